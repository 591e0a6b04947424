"""What all tests share: repeatable property tests, tests on every core, and a logged error fails the test."""

from __future__ import annotations

import logging
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from posecheck.live.ui.screen import ScreenStatus
    from tests.cli.command import Command

# the same examples every time, and no failure because a machine is busy
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=30, database=None)
# --hypothesis-profile deep: twenty times as many, and others each time
settings.register_profile("deep", deadline=None, max_examples=600)
settings.load_profile("repeatable")

MOST_WORKERS = 4  # the longest test file takes a quarter of the time: more would wait for it


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A worker for each core; none where files are named: to start them takes longer than a few tests."""
    if any(Path(arg.partition("::")[0]).is_file() for arg in config.args):
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_WORKERS) if cores > 1 else 0


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs no pose model and no system around it is marked `core`.

    Files that run the pose model come first among workers, then those that drive the system: they take longest, and
    nobody is to wait for the last.
    """
    for item in items:
        if not any(item.get_closest_marker(name) for name in ("model", "system")):
            item.add_marker("core")
    if hasattr(config, "workerinput"):
        model, system = (Counter(i.path for i in items if i.get_closest_marker(name)) for name in ("model", "system"))
        items.sort(key=lambda item: (-model[item.path], -system[item.path]))


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_is_heard() -> None:
    """A shell starts what runs in the background deaf to Ctrl-C, with all its children: here it is heard."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _no_history_of_ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever a test does, it is not kept in the history of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POSECHECK_DB", str(tmp_path_factory.mktemp("history") / "history.db"))
        yield


@pytest.fixture(autouse=True)
def _no_logged_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test during which something logged an error."""
    yield
    logged = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not logged, f"errors were logged: {logged}"


# ---- commands (see command.py)


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> Command:
    """Runs `posecheck ...` in this process, in an empty folder, with an empty history and no exercises of one's own."""
    from tests.cli.command import runner

    folder = tmp_path_factory.mktemp("command")
    monkeypatch.setenv("POSECHECK_DATA", str(folder / "data"))
    monkeypatch.setenv("POSECHECK_DB", str(folder / "history.db"))
    (folder / "here").mkdir()
    monkeypatch.chdir(folder / "here")
    return runner(monkeypatch, capsys)


# ---- live sets (see live_set.py)


@pytest.fixture(scope="module")
def unhurried() -> Iterator[None]:
    """A film as the camera of a live set is watched frame by frame, as fast as it can be."""
    from tests.live.live_set import take_time

    with pytest.MonkeyPatch.context() as patch:
        take_time(patch)
        yield


@pytest.fixture(scope="session")
def short_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film as long as two knee drops."""
    from tests.live.live_set import drops, film

    return film(tmp_path_factory.mktemp("film") / "me.mp4", drops()[-1].t + 1.5)


@pytest.fixture
def statuses(monkeypatch: pytest.MonkeyPatch) -> list[ScreenStatus]:
    """What the windows of the test were told to show."""
    from posecheck.live import loop
    from posecheck.live.ui.screen import Screen

    seen: list[ScreenStatus] = []

    class Watched(Screen):
        def draw(self, image: Any, moment: Any, *, status: ScreenStatus) -> Any:
            seen.append(status)
            return super().draw(image, moment, status=status)

    monkeypatch.setattr(loop, "Screen", Watched)
    return seen
