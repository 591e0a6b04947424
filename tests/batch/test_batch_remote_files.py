"""Recordings at an address: fetched by a worker, judged like a file, told apart by what the server says of them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from posecheck.batch.inputs import find_recordings
from posecheck.batch.remote_files import is_address
from posecheck.batch.work_items import State
from posecheck.errors import DependencyError
from posecheck.testing import knee_drops_set
from tests.batch.test_batch import do, plan_for, write

pytestmark = pytest.mark.system


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder without a word, and with `tells` the time of change of its files."""

    tells = True

    def log_message(self, *_args: object) -> None:
        """Nothing."""

    def send_header(self, keyword: str, value: str) -> None:
        if keyword == "Last-Modified":
            if not self.tells:
                return
            value = str(Path(self.translate_path(self.path)).stat().st_mtime_ns)
        super().send_header(keyword, value)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a server, and the folder that it serves."""
    pytest.importorskip("fsspec")
    pytest.importorskip("aiohttp")
    folder = tmp_path / "site"
    folder.mkdir()
    Handler.tells = True
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", folder
        server.shutdown()


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_recording_is_fetched_judged_and_kept(site: tuple[str, Path], tmp_path: Path) -> None:
    """It is judged again when the server tells of another version, or does not tell; no copy of it is left."""
    address, folder = site
    drops = knee_drops_set(("in",), fps=15.0)
    write(folder / "me.jsonl.gz", drops)
    plan = plan_for(tmp_path / "out", resume=True)

    def state() -> State:
        return do(plan, f"{address}/me.jsonl.gz").state

    assert [state(), state()] == [State.JUDGED, State.KEPT]
    write(folder / "me.jsonl.gz", drops[:-3])
    assert state() is State.JUDGED
    Handler.tells = False
    assert [state(), state()] == [State.JUDGED, State.JUDGED]
    assert not list((plan.out / ".posecheck" / "parts").iterdir())


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_address_that_is_not_there_is_told(site: tuple[str, Path], tmp_path: Path) -> None:
    """One line with the address, from a server that has no such file, and from none at all."""
    for where in (f"{site[0]}/gone.mp4", "http://127.0.0.1:1/gone.mp4"):
        outcome = do(plan_for(tmp_path / "out"), where)
        assert (outcome.state, outcome.exit_code) == (State.FAILED, 3)
        assert outcome.problem is not None
        assert f"cannot read {where}: " in outcome.problem


def test_a_pattern_of_addresses_is_listed(tmp_path: Path) -> None:
    """By the driver of its kind; here fsspec's own for files."""
    pytest.importorskip("fsspec")
    for name in ("a.jsonl", "b.jsonl", "c.txt"):
        (tmp_path / name).touch()
    found = find_recordings([f"file://{tmp_path.as_posix()}/*.jsonl"]).recordings
    assert [r.name for r in found] == ["a", "b"]
    assert all(is_address(r.where) for r in found)


def test_without_fsspec_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses need an extra, paths do not."""
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    outcome = do(plan_for(tmp_path / "out"), "https://example.invalid/me.mp4")
    assert outcome.exit_code == DependencyError.exit_code
    assert outcome.problem is not None
    assert "pip install 'posecheck[cluster]'" in outcome.problem


def test_what_is_an_address() -> None:
    """A scheme and two slashes; a drive letter is none."""
    assert is_address("https://a/b.mp4")
    assert is_address("s3://bucket/b.mp4")
    assert not is_address("C:/clips/b.mp4")
    assert not is_address("clips/b.mp4")
