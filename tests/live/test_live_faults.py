"""What fails during a live set, camera, disk, model, screen or power: it is told, and nothing judged is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from posecheck.capture.video_file import open_video
from posecheck.errors import CameraError, InputError, ModelError, OutputError, PosecheckError
from posecheck.live import loop
from posecheck.live.guide.routine import routine_for
from posecheck.live.ui.screen import ScreenStatus
from posecheck.tape import read_tape
from tests.capture.mjpeg import MjpegServer, Mode
from tests.live.live_set import MODEL, LiveSet, Person, counts, drops, film
from tests.waiting import ending, until

ROOT = Path(__file__).resolve().parents[2]
LOST_S = 2.0  # the promise: a crash loses no more
needs_posix = pytest.mark.skipif(os.name != "posix", reason="limits and signals are those of POSIX")
pytestmark = [pytest.mark.system, pytest.mark.usefixtures("unhurried")]


# ---- what fails on the way


@pytest.fixture
def small_files() -> Iterator[None]:
    """Files of more than 20 kB cannot be written."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@needs_posix
@pytest.mark.usefixtures("small_files")
def test_a_disk_that_fills_does_not_end_the_set(tmp_path: Path, short_film: Path, statuses: list[ScreenStatus]) -> None:
    """When film and tape cannot grow the set goes on to its end, the window says so, and what was kept can be read."""
    paths: dict[str, Any] = {"tape": tmp_path / "t.jsonl", "sound_log": tmp_path / "s.jsonl"}
    verdict = LiveSet(Person(drops())).run("knee_drops", short_film, **paths)
    assert counts(verdict.summaries) == [{"in": 1, "out": 1}]
    assert isinstance(verdict.error, OutputError)
    assert "t.jsonl" in str(verdict.error)
    notices = {status.notice for status in statuses}
    assert any(notice and notice.startswith("Not kept any more: cannot write") for notice in notices)
    with read_tape(paths["tape"]) as tape:
        assert len(list(tape)) >= 3
        assert tape.warning is not None


@needs_posix
@pytest.mark.usefixtures("small_files")
def test_a_film_that_cannot_grow_does_not_end_the_set(tmp_path: Path, statuses: list[ScreenStatus]) -> None:
    """The mark for recording goes out when the film cannot be written any more, and the tape is kept all the same."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits[1], limits[1]))
    camera = film(tmp_path / "camera.mp4", drops()[-1].t + 1.5, noise=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    verdict = LiveSet(Person(drops())).run("knee_drops", camera, record=tmp_path / "r.mp4")
    assert counts(verdict.summaries) == [{"in": 1, "out": 1}]
    assert isinstance(verdict.error, OutputError)
    recording = [status.recording for status in statuses]
    assert recording[0]
    assert not recording[-1]


def test_a_full_disk_for_the_log_of_what_is_told(tmp_path: Path, short_film: Path) -> None:
    """A log that cannot be written ends neither the set nor the verdict; the error is told at the end."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    verdict = LiveSet(Person(drops())).run("knee_drops", short_film, sound_log=full)
    assert counts(verdict.summaries) == [{"in": 1, "out": 1}]
    assert isinstance(verdict.error, OutputError)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("fault", [ModelError("the model is damaged"), RuntimeError("a fault of ours")])
def test_a_detector_that_fails_loses_nothing_judged(short_film: Path, fault: Exception) -> None:
    """Whatever the detector raises ends the set with the verdict so far, and with that error."""
    live = LiveSet(Person(drops(), fault=fault, fault_t=7.0))
    verdict = live.run("knee_drops", short_film)
    assert counts(verdict.summaries) == [{"in": 1, "out": 0}]
    assert verdict.error is fault
    assert live.person.closed


def test_a_screen_that_fails_loses_nothing_judged(short_film: Path) -> None:
    """A fault while showing ends the set with the verdict so far."""
    person = Person(drops())
    verdict = LiveSet(person, breaks=lambda: person.seen_t >= 7.0).run("knee_drops", short_film)
    assert counts(verdict.summaries) == [{"in": 1, "out": 0}]
    assert str(verdict.error) == "the screen is broken"


def test_a_detector_that_cannot_be_made_is_told(short_film: Path) -> None:
    """An error while loading the model ends the set at once; the camera is closed."""

    def fail() -> Person:
        raise ModelError("the model is damaged")

    verdict = loop.run_live(
        routine_for("knee_drops"),
        MODEL,
        loop.LiveOptions(camera=str(short_film), mute=True, voice=False),
        make_detector=fail,
        make_display=LiveSet(Person(drops())).display,
    )
    assert isinstance(verdict.error, ModelError)


@pytest.mark.parametrize("works", [True, False])
def test_the_picture_is_there_while_the_model_loads(works: bool) -> None:
    """A stream is shown before the detector is ready; one that cannot be made then ends the set with its error."""
    person = Person(drops())
    live = LiveSet(person)

    def make() -> Person:
        until(lambda: live.viewers[0].shown >= 3, "three pictures")
        if not works:
            raise ModelError("the model is damaged")
        return person

    with MjpegServer() as server:
        live.closes = lambda: person.seen_t > 0
        verdict = loop.run_live(
            routine_for("knee_drops"),
            MODEL,
            loop.LiveOptions(camera=server.url, mute=True, voice=False),
            make_detector=make,
            make_display=live.display,
        )
    assert isinstance(verdict.error, ModelError) == (not works)


def test_no_screen_is_told_and_the_camera_is_let_go(short_film: Path) -> None:
    """A window that cannot open is the error of the run, and no thread is left that reads the camera."""

    def fail() -> Any:
        raise PosecheckError("there is no screen")

    before = set(threading.enumerate())
    with pytest.raises(PosecheckError, match="no screen"):
        loop.run_live(
            routine_for("knee_drops"),
            MODEL,
            loop.LiveOptions(camera=str(short_film), mute=True, voice=False),
            make_display=fail,
        )
    assert {t for t in threading.enumerate() if "sound" not in t.name} <= before


def test_a_damaged_file_ends_the_set_with_its_verdict(tmp_path: Path, short_film: Path) -> None:
    """A film that breaks off in the middle is judged up to there."""
    data = short_film.read_bytes()
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data[: len(data) // 3])
    live = LiveSet(Person(drops()))
    verdict = live.run("knee_drops", broken)
    assert 0.0 < live.person.seen_t < 10.0
    assert verdict.summaries[0].frames > 0


# ---- a camera that misbehaves


def tells_of_the_camera(statuses: list[ScreenStatus]) -> bool:
    """Whether the window said that something is wrong with the stream."""
    return any("camera app" in status.notice for status in statuses if status.notice)


def test_a_camera_without_a_picture_is_told_in_words(statuses: list[ScreenStatus]) -> None:
    """A stream that opens and sends nothing is told in the window; who then quits reads it once more, as the error."""
    with MjpegServer() as server:
        server.mode = "stall"
        live = LiveSet(Person(drops()), closes=lambda: tells_of_the_camera(statuses))
        verdict = live.run("knee_drops", server.url)
    assert isinstance(verdict.error, CameraError)
    assert "camera app" in str(verdict.error)
    assert not verdict.summaries[0].frames


def test_the_set_goes_on_where_it_was(statuses: list[ScreenStatus]) -> None:
    """Garbage, a dropped and a stalled connection in the middle of a set: each is told, and all is counted after it."""
    person = Person(drops(), waits=True)
    modes: tuple[Mode, ...] = ("garbage", "drop", "stall")
    with MjpegServer() as server:

        def misbehave() -> None:
            for at_s, mode in zip((3.0, 5.5, 7.5), modes, strict=True):
                until(lambda at_s=at_s: person.acted_s >= at_s, f"{at_s} s")  # type: ignore[misc]
                del statuses[:]
                server.mode = mode
                until(lambda: tells_of_the_camera(statuses), f"words on {mode}")
                server.mode = "play"

        thread = threading.Thread(target=misbehave, daemon=True)
        thread.start()
        live = LiveSet(person, closes=lambda: person.finished)
        verdict = live.run("knee_drops", server.url)
        thread.join()
    assert verdict.error is None
    assert counts(verdict.summaries) == [{"in": 1, "out": 1}]


# ---- recordings and privacy


CHILD = """
import sys, time
from pathlib import Path
import pytest
from tests.live.live_set import LiveSet, Person, drops, take_time

class Standing(Person):
    def detect(self, frame):
        if frame.t >= 4.75:
            print(frame.t, flush=True)
            sys.stdin.read()
        return super().detect(frame)

take_time(pytest.MonkeyPatch())
folder, camera, ending = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
LiveSet(Standing(drops())).run("knee_drops", camera, tape=folder / f"t{ending}", record=folder / "r.mp4")
"""


@needs_posix
@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_a_crash_loses_two_seconds_at_most(tmp_path: Path, short_film: Path, suffix: str) -> None:
    """Killed in the middle, the unfinished film and tape can be read up to the last two seconds."""

    def kept_t() -> list[float]:
        """The last times on the disk."""
        times: list[float] = []
        paths = [*tmp_path.glob(f"t.unfinished-*{suffix}"), *tmp_path.glob("r.unfinished-*.mp4")]
        if len(paths) < 2:
            return times
        with suppress(InputError), read_tape(paths[0]) as tape, open_video(paths[1]) as source:
            times += [max((p.t for p in tape), default=0.0), max((f.t for f in source), default=0.0)]
        return times

    command = [sys.executable, "-c", CHILD, str(tmp_path), str(short_film), suffix]
    with ending(subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)) as child:
        assert child.stdout is not None
        last_t = float(child.stdout.readline())
        until(lambda: min(kept_t(), default=0.0) >= last_t - LOST_S, "what was seen two seconds ago on the disk")
        child.kill()
        child.wait()
    assert last_t - LOST_S <= min(kept_t())
    assert max(kept_t()) <= last_t


@needs_posix
@pytest.mark.parametrize("what", ["tape", "record"])
def test_what_is_kept_is_put_on_the_disk_every_second(
    tmp_path: Path, short_film: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Film and tape are forced from the system's memory to the disk about once a second: a power cut loses no more."""
    calls: list[int] = []
    monkeypatch.setattr(os, "fsync", calls.append)
    options: dict[str, Any] = {what: tmp_path / {"tape": "t.jsonl", "record": "r.mp4"}[what]}
    LiveSet(Person(drops())).run("knee_drops", short_film, **options)
    assert len(calls) >= drops()[-1].t - 1


@pytest.mark.parametrize("record", [False, True])
def test_pictures_are_kept_only_when_asked_for(
    tmp_path: Path,
    short_film: Path,
    monkeypatch: pytest.MonkeyPatch,
    statuses: list[ScreenStatus],
    record: bool,
) -> None:
    """Without --record no file appears anywhere near; with it the film alone does, and the window shows the mark."""
    home, here = tmp_path / "home", tmp_path / "here"
    for folder in (home, here):
        folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TMPDIR", str(home))
    monkeypatch.chdir(here)
    options: dict[str, Any] = {"record": here / "me.mp4"} if record else {}
    verdict = LiveSet(Person(drops())).run("knee_drops", short_film, **options)
    assert counts(verdict.summaries) == [{"in": 1, "out": 1}]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == ([here / "me.mp4"] if record else [])
    assert {status.recording for status in statuses[:-1]} == {record}
