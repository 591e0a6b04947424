"""Live capture: what goes wrong with a camera is noticed in time, said in plain words, and does not stop the set."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from posecheck.capture.camera import LiveSource, WatchedSource, open_camera
from posecheck.capture.devices import CameraInfo, list_cameras
from posecheck.capture.feeds import StreamFeed, why_not
from posecheck.capture.health import Kind, Situation, Trouble, Watch, wording
from posecheck.draw.video_writer import VideoWriter
from posecheck.errors import FormatError, InputError, PosecheckError, UsageError
from posecheck.records import Frame
from tests.capture.mjpeg import SIZE, MjpegServer, Mode

pytestmark = pytest.mark.system

NOTICED_S = 3.0  # the promise
PLATFORMS = ("linux", "darwin", "win32", "freebsd14")
NO_VIDEO_DEVICE = not Path("/dev/video0").exists()


def picture(number: int = 0, level: int = 90) -> NDArray[np.uint8]:
    """A picture that differs from those of other numbers in one pixel only."""
    image = np.full((48, 64, 3), level, np.uint8)
    image.reshape(-1)[number] += 1
    return image


def codes(watch: Watch, times_s: list[float]) -> list[str | None]:
    """What is wrong at each of these times."""
    troubles = [watch.trouble(t) for t in times_s]
    return [None if trouble is None else trouble.code.value for trouble in troubles]


# ---- the watch, on a clock of its own ----


def test_a_slow_opening_is_told_and_the_first_picture_ends_it() -> None:
    """A camera that takes its time is "opening" after a second, and all is well with its first picture."""
    watch = Watch(Kind.CAMERA, "camera 0", "linux")
    assert codes(watch, [0.5, 1.5, 20.0]) == [None, "opening", "opening"]
    watch.picture(20.1, picture())
    assert codes(watch, [20.2]) == [None]


def test_no_picture_for_two_seconds_is_a_stall() -> None:
    """The age of the newest picture alone tells a stall, and since when."""
    watch = Watch(Kind.STREAM, "http://phone/video", "linux")
    watch.picture(5.0, picture())
    assert codes(watch, [6.9, 7.0]) == [None, "stalled"]
    trouble = watch.trouble(9.0)
    assert trouble is not None
    assert trouble.since_t == 5.0


def test_a_failure_is_told_at_once_before_the_first_picture_and_after_a_second_later_on() -> None:
    """A wrong index is told at once; a stream that comes back within a second was not lost."""
    watch = Watch(Kind.CAMERA, "camera 7", "linux")
    watch.failed(Situation.WRONG_INDEX)
    assert codes(watch, [0.0]) == ["wrong_index"]
    watch.picture(3.0, picture())
    watch.failed(Situation.LOST)
    assert codes(watch, [3.5, 4.0]) == [None, "lost"]
    watch.picture(4.1, picture(1))
    assert codes(watch, [4.2]) == [None]


@pytest.mark.parametrize(("level", "code"), [(90, "frozen"), (3, "black")])
def test_the_same_picture_for_two_seconds(level: int, code: str) -> None:
    """A picture that stands still is frozen, or, if there is nothing to see in it, black; another picture ends it."""
    watch = Watch(Kind.CAMERA, "camera 0", "linux")
    found = []
    for step in range(26):  # ten a second
        watch.picture(step / 10, picture(level=level))
        found += codes(watch, [step / 10])
    assert found == 20 * [None] + 6 * [code]
    assert codes(watch, [5.0]) == ["frozen" if code == "frozen" else "stalled"]
    watch.picture(5.1, picture(level=140))
    assert codes(watch, [5.1]) == [None]


def test_one_pixel_of_change_is_not_frozen_and_noise_is_still_black() -> None:
    """A picture in which one pixel changes is alive; a covered lens with noise is black."""
    alive, covered = (Watch(Kind.CAMERA, "camera 0", "linux") for _ in range(2))
    noise = np.random.default_rng(3)
    for step in range(31):
        assert alive.picture(step / 10, picture(step))
        covered.picture(step / 10, noise.integers(0, 9, (48, 64, 3)).astype(np.uint8))
    assert codes(alive, [3.0]) == [None]
    assert codes(covered, [3.0]) == ["black"]
    assert alive.frozen_s(3.0) == covered.frozen_s(3.0) == 0


def test_each_trouble_has_words_on_each_system() -> None:
    """Whatever can go wrong has one line that ends with what to do, with nothing left to fill in."""
    never = {(Situation.WRONG_INDEX, Kind.STREAM), (Situation.NO_PERMISSION, Kind.STREAM)}
    never |= {(Situation.BUSY, Kind.STREAM), (Situation.UNREACHABLE, Kind.CAMERA), (Situation.NO_VIDEO, Kind.CAMERA)}
    for situation in Situation:
        for kind in Kind:
            for platform in PLATFORMS if (situation, kind) not in never else ():
                name = "camera 2" if kind is Kind.CAMERA else "http://phone/video"
                text = wording(situation, kind, name, platform)
                assert text.endswith(".")
                assert ": " in text
                assert not set("{}\n") & set(text)


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        ("darwin", "System Settings > Privacy & Security > Camera"),
        ("win32", "Settings > Privacy & security > Camera"),
        ("linux", "usermod -aG video"),
    ],
)
def test_permission_is_explained_for_each_system(platform: str, words: str) -> None:
    """Who may not use the camera is told where to allow it on their system."""
    assert words in wording(Situation.NO_PERMISSION, Kind.CAMERA, "camera 0", platform)


def test_why_a_camera_does_not_open() -> None:
    """Not there: the index is wrong, or it was unplugged; there: not allowed, or in use."""
    assert why_not(there=False, allowed=False, had_picture=False) is Situation.WRONG_INDEX
    assert why_not(there=False, allowed=True, had_picture=True) is Situation.LOST
    assert why_not(there=True, allowed=False, had_picture=False) is Situation.NO_PERMISSION
    assert why_not(there=True, allowed=True, had_picture=True) is Situation.BUSY


# ---- a phone's stream, over the loopback ----


class Viewer:
    """A consumer as the live window is one: takes, and looks whether something is wrong."""

    def __init__(self, source: LiveSource) -> None:
        self.source = source
        self.frames: list[Frame] = []

    def until(self, reached: Callable[[], bool], limit_s: float) -> float:
        """Take until `reached`; returns the seconds that it took, and fails after `limit_s`."""
        start = time.monotonic()
        while time.monotonic() - start < limit_s:
            frame = self.source.take(0.05)
            if frame is not None:
                self.frames.append(frame)
            if reached():
                return time.monotonic() - start
        raise AssertionError(f"not within {limit_s} s; trouble: {self.source.trouble}, {len(self.frames)} frames")

    def sees(self, *codes: str) -> Trouble:
        """Wait, no longer than promised, until something is wrong; returns what."""
        self.until(lambda: (t := self.source.trouble) is not None and t.code in codes, NOTICED_S)
        trouble = self.source.trouble
        assert trouble is not None
        return trouble

    def recovers(self, limit_s: float = 8.0) -> None:
        """Wait until pictures come again and nothing is wrong; longer than the longest pause between two tries."""
        count = len(self.frames)
        self.until(lambda: len(self.frames) > count + 2 and self.source.trouble is None, limit_s)


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    with MjpegServer() as server:
        yield server


@pytest.fixture
def viewer(server: MjpegServer) -> Iterator[Viewer]:
    """Looks at the stream of `server`, and has seen its first pictures."""
    with open_camera(server.url) as source:
        viewer = Viewer(source)
        viewer.recovers()
        yield viewer


def check_order(frames: list[Frame]) -> None:
    """Times rise by a millisecond or more, and nothing is missing in the count."""
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert all(b.t - a.t >= 0.000999 for a, b in pairwise(frames))


@pytest.mark.parametrize(
    ("mode", "codes", "words"),
    [
        ("stall", ["stalled"], "keep the phone awake"),
        ("drop", ["lost", "stalled"], "camera app"),
        ("garbage", ["lost", "stalled"], "camera app"),
        ("still", ["frozen"], "stands still"),
        ("black", ["black"], "turn on the light"),
    ],
)
def test_a_stream_that_fails_is_noticed_and_goes_on(
    mode: Mode, codes: list[str], words: str, server: MjpegServer, viewer: Viewer
) -> None:
    """Stalled, ended, garbled, frozen or black: told within 3 s with what to do; later it goes on, in rising time."""
    server.mode = mode
    assert words in viewer.sees(*codes).text
    server.mode = "play"
    viewer.recovers()
    check_order(viewer.frames)
    assert viewer.source.size == SIZE


def test_a_stalled_connection_is_given_up(server: MjpegServer) -> None:
    """OpenCV keeps the time limit for reading, and a new connection brings the picture back."""
    with WatchedSource(StreamFeed(server.url, read_limit_s=0.5), back_off_s=(0.1,)) as source:
        viewer = Viewer(source)
        viewer.recovers()
        server.mode = "stall"
        viewer.until(lambda: server.connections >= 2, NOTICED_S)
        server.mode = "play"
        viewer.recovers()
        assert source.restarts == 1
        check_order(viewer.frames)


def test_a_phone_that_answers_late_is_waited_for(server: MjpegServer) -> None:
    """An address at which the video is not started yet is told, and the picture comes once it is."""
    server.mode = "drop"
    with open_camera(server.url) as source:
        viewer = Viewer(source)
        assert "start the video" in viewer.sees("no_video").text
        server.mode = "play"
        viewer.recovers()
        assert source.restarts == 0
        assert viewer.frames[0].t > 0.4  # counted from the opening


def test_nothing_at_the_address(server: MjpegServer) -> None:
    """An address at which nobody answers is told as such, without the password in it."""
    port = server.port
    server.__exit__(None, None, None)
    with open_camera(f"http://me:secret@127.0.0.1:{port}/video") as source:
        trouble = Viewer(source).sees("unreachable")
    assert f"Nothing answers at http://127.0.0.1:{port}/video" in trouble.text
    assert "secret" not in trouble.text + source.name


def test_the_newest_picture_wins(viewer: Viewer) -> None:
    """Who comes late gets the newest picture; those in between are counted as dropped."""
    dropped = viewer.source.dropped
    time.sleep(0.5)
    before = viewer.source.dropped
    frame = viewer.source.take(0.0)
    assert frame is not None
    assert frame.t > viewer.frames[-1].t + 0.3
    assert before - dropped >= 5


# ---- a camera that hangs: the calls of OpenCV replaced ----


class FakeCapture:
    """Gives a picture every 10 ms, hangs, or fails."""

    def __init__(self, feed: FakeFeed) -> None:
        self.feed, self.count, self.released, self.hangs = feed, 0, False, False

    def grab(self) -> bool:
        if self.hangs or not self.feed.hang.is_set():
            self.feed.back.wait(20)
        time.sleep(0.01)
        self.count += not self.feed.frozen
        return not self.feed.unplugged

    def retrieve(self) -> tuple[bool, Any]:
        return True, picture(self.count % 90)

    def release(self) -> None:
        self.released = True


class FakeFeed:
    """A camera that can be unplugged (`unplugged`), and whose calls hang while `hang` is cleared, until `back`."""

    kind = Kind.CAMERA
    name = "camera 0"
    open_limit_s = 0.3

    def __init__(self) -> None:
        self.hang, self.back = threading.Event(), threading.Event()
        self.hang.set()
        self.unplugged = self.broken = self.frozen = False
        self.opened: list[FakeCapture] = []

    def open(self) -> FakeCapture | None:
        if self.broken:
            raise RuntimeError("a fault")
        if not self.hang.is_set():
            self.back.wait(20)
        if self.unplugged:
            return None
        self.opened.append(FakeCapture(self))
        return self.opened[-1]

    def why(self, had_picture: bool) -> Situation:
        return why_not(there=False, allowed=True, had_picture=had_picture)


@pytest.fixture
def feed() -> Iterator[FakeFeed]:
    feed = FakeFeed()
    yield feed
    feed.back.set()


def test_a_camera_unplugged_and_plugged_in_again(feed: FakeFeed) -> None:
    """A camera that is gone is told, and once it is back the picture goes on."""
    with WatchedSource(feed, back_off_s=(0.05, 0.1)) as source:
        viewer = Viewer(source)
        viewer.recovers()
        feed.unplugged = True
        assert viewer.sees("lost").text == "Camera 0 is gone: plug it in again."
        feed.unplugged = False
        viewer.recovers()
        assert source.restarts == 1
        check_order(viewer.frames)
    assert all(capture.released for capture in feed.opened)


def test_a_call_that_hangs_is_left_behind(feed: FakeFeed) -> None:
    """When a read does not return, another thread opens anew; the old capture is released when its call ends."""
    with WatchedSource(feed, back_off_s=(0.05,), read_limit_s=0.4) as source:
        viewer = Viewer(source)
        viewer.recovers()
        feed.opened[0].hangs = True
        viewer.until(lambda: source.restarts == 1, NOTICED_S)
        viewer.recovers()
        assert not feed.opened[0].released
        feed.back.set()
        viewer.until(lambda: feed.opened[0].released, 2.0)
        check_order(viewer.frames)


def test_a_camera_that_hangs_for_good_does_not_pile_up_threads(feed: FakeFeed) -> None:
    """While every call hangs it is told, and the number of threads is bounded; then it goes on."""
    feed.open_limit_s = 0.1
    with WatchedSource(feed, back_off_s=(0.05,), read_limit_s=0.1) as source:
        viewer = Viewer(source)
        viewer.recovers()
        feed.hang.clear()
        viewer.sees("stalled")
        readers = [t for t in threading.enumerate() if t.name == "read camera 0"]
        assert 2 <= len(readers) <= 4  # bounded, however long it hangs
        feed.hang.set()
        feed.back.set()
        viewer.recovers()
        check_order(viewer.frames)
    assert all(capture.released for capture in feed.opened)


def test_close_does_not_wait_for_a_camera_that_hangs(feed: FakeFeed) -> None:
    """Closing while a call hangs returns within 1.5 s, and nothing more is handed on."""
    source = WatchedSource(feed)
    feed.hang.clear()
    time.sleep(0.1)
    start = time.monotonic()
    source.close()
    source.close()
    assert time.monotonic() - start < 1.5
    assert source.take(0.0) is None
    assert source.ended
    assert source.trouble is None


def test_a_frozen_camera_is_opened_anew(feed: FakeFeed) -> None:
    """A picture that stands still makes us open the camera again, with growing pauses while that does not help."""
    feed.frozen = True
    with WatchedSource(feed, back_off_s=(0.05, 0.3, 60.0), frozen_limit_s=0.2) as source:
        viewer = Viewer(source)
        viewer.until(lambda: source.restarts == 2, NOTICED_S)
        assert viewer.frames[-1].t > 0.74  # twice 0.2 s of looking, and two pauses
        viewer.until(lambda: feed.opened[2].released, NOTICED_S)
        assert len(feed.opened) == 3


def test_a_fault_of_ours_is_raised_and_not_waited_for(feed: FakeFeed) -> None:
    """What is no matter of the camera is raised by `take`, once, and the source has ended."""
    feed.broken = True
    with WatchedSource(feed) as source:
        with pytest.raises(RuntimeError, match="a fault"):
            source.take(3.0)
        assert source.ended


def test_leaving_by_an_error_closes_the_source(server: MjpegServer) -> None:
    """A consumer that raises leaves no reading thread."""

    def consume() -> None:
        with open_camera(server.url) as source:
            Viewer(source).recovers()
            raise KeyError

    with pytest.raises(KeyError):
        consume()
    assert [t for t in threading.enumerate() if t.name == f"read {server.url}"] == []


def test_a_program_ends_cleanly_while_a_stream_hangs(server: MjpegServer) -> None:
    """A process that leaves while OpenCV waits for a stalled stream ends at once, without a crash."""
    server.mode = "stall"
    code = f"import time; from posecheck.capture.camera import open_camera; s = open_camera({server.url!r})\n"
    code += "assert s.take(0.6) is None; print(time.monotonic()); s.close()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    ended = time.monotonic()
    assert (done.returncode, done.stderr) == (0, "")
    assert ended - float(done.stdout) < 4.5  # less than OpenCV would wait


# ---- what is given to open ----


@pytest.mark.skipif(not (sys.platform == "linux" and NO_VIDEO_DEVICE), reason="there is a camera")
def test_a_wrong_index_is_told() -> None:
    """An index without a camera is told within 3 s, with where to look."""
    with open_camera("0", (1280, 720)) as source:
        trouble = Viewer(source).sees("wrong_index")
    assert os.environ["OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS"] == "0"  # or Windows takes half a minute
    assert trouble.text == 'There is no camera 0: plug it in, or choose one that "posecheck cameras" lists.'


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("missing.mp4", InputError),
        (__file__, FormatError),
        ("123456789012345678901234567890", UsageError),
        ("gopher://127.0.0.1/x", UsageError),
        ("http://", UsageError),
        ("http://127.0.0.1:port/x", UsageError),
    ],
)
def test_what_can_never_open_is_refused_at_once(where: str, error: type[PosecheckError]) -> None:
    """A missing file, a file that is no video, and an impossible index or address are refused with an error."""
    with pytest.raises(error, match=r"check the name|not a video|no camera|no address"):
        open_camera(where)


def test_a_stream_without_pictures_is_not_confused_with_no_answer(server: MjpegServer) -> None:
    """Something answers: no video at first, a stall if there was video; nothing answers: unreachable."""
    feed = StreamFeed(server.url)
    assert feed.why(had_picture=False) is Situation.NO_VIDEO
    assert feed.why(had_picture=True) is Situation.STALLED
    server.__exit__(None, None, None)
    assert feed.why(had_picture=True) is Situation.UNREACHABLE


# ---- a file as the camera ----

FILE_S = 1.0


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 1 s with 20 pictures a second."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with VideoWriter(path) as writer:
        for index in range(round(FILE_S * 20)):
            writer.write(picture(index, 100), index / 20)
    return path


def play(source: LiveSource, pause_s: float = 0.0) -> tuple[list[Frame], float]:
    """Every frame that is to be had up to the end, and how long that took in seconds."""
    start, frames = time.monotonic(), []
    for _ in range(400):
        if (frame := source.take(0.1)) is not None:
            frames.append(frame)
            time.sleep(pause_s)
        if source.ended:
            return frames, time.monotonic() - start
    raise AssertionError("the file does not end")


def test_a_file_plays_at_its_own_speed_and_ends(film: Path) -> None:
    """A file takes as long as it is, tells its own times, and the run ends with it, without any trouble."""
    with open_camera(str(film)) as source:
        time.sleep(0.3)  # a slow start skips nothing
        frames, took_s = play(source)
        assert source.trouble is None
        assert source.take(0.0) is None
    assert FILE_S - 0.1 <= took_s < FILE_S + 1.0
    times = {round(index / 20, 3) for index in range(20)}
    assert {round(frame.t, 3) for frame in frames} <= times
    assert len(frames) + source.dropped == 20
    assert (source.name, source.size, source.from_file) == (film.name, (64, 48), True)
    check_order(frames)


def test_a_slow_consumer_gets_the_newest_frames_of_a_file(film: Path) -> None:
    """A consumer that takes 0.2 s a frame misses frames, not time: the file still ends when it should."""
    with open_camera(film, speed=2.0) as source:
        frames, took_s = play(source, pause_s=0.2)
    assert took_s < FILE_S / 2 + 0.8
    assert source.dropped >= 8
    assert frames[-1].t == pytest.approx(FILE_S - 0.05, abs=0.001)
    check_order(frames)


def test_a_file_that_was_never_played_closes(film: Path) -> None:
    """Closing before the first frame, or in the middle, ends the source at once."""
    with open_camera(film) as never, open_camera(film) as begun:
        assert begun.take(2.0) is not None
    assert never.ended
    assert begun.ended
    assert begun.take(1.0) is None


# ---- the list ----


def script(answers: dict[str, str]) -> Callable[[str], list[str]]:
    """A stand-in for the child process: what it runs for "names", and for each index."""
    ready = "import sys, time; print('{\"ready\": true}', flush=True); "
    return lambda what: [sys.executable, "-S", "-c", ready + answers[what]]


@pytest.mark.skipif(not (sys.platform == "linux" and NO_VIDEO_DEVICE), reason="there is a camera")
def test_no_camera_is_an_empty_list() -> None:
    """A computer without a camera has an empty list, soon."""
    start = time.monotonic()
    assert list_cameras() == ()
    assert time.monotonic() - start < 10


def test_the_list_tells_name_size_and_rate_and_a_camera_that_hangs_is_cut_off() -> None:
    """One that works, one in use and one that hangs are listed, each with what to do, in little more than the limit."""
    command = script(
        {
            "names": 'print(\'{"names": [[2, "Old"], [0, "Front camera"], [1, "Desk"]]}\')',
            "0": 'print(\'{"open": true, "width": 1280, "height": 720, "fps": 30.0}\')',
            "1": 'print(\'{"open": false, "allowed": true}\')',
            "2": "time.sleep(30)",
        }
    )
    start = time.monotonic()
    front, desk, old = list_cameras(0.5, command=command)
    assert time.monotonic() - start < 4
    assert front == CameraInfo(0, "Front camera", 1280, 720, 30.0)
    assert (desk.index, desk.name, desk.width) == (1, "Desk", None)
    assert desk.note.startswith("Camera 1 ")
    assert old.note == "did not answer in 0.5 s: unplug it, or close other programs that use it"


def test_without_names_only_what_opens_is_listed() -> None:
    """Where the system tells no names, the first indices are tried; a child that crashes is no camera."""
    answers = {"names": "sys.exit(1)", "0": "print('{\"open\": false}')", "2": "sys.exit(1)", "3": "print('oops')"}
    answers["1"] = 'print(\'{"open": true, "width": 640, "height": 480, "fps": 0}\')'
    assert list_cameras(3.0, command=script(answers)) == (CameraInfo(1, "", 640, 480),)


def test_a_film_that_is_cut_off_says_so_at_its_end(tmp_path: Path, film: Path) -> None:
    """Who tries the app with half a film is told why it ended; with a whole one there is nothing to tell."""
    noise = np.random.default_rng(0)  # so that the pictures, not the index, fill the file
    with VideoWriter(tmp_path / "whole.mp4") as writer:
        for index in range(40):
            writer.write(noise.integers(0, 256, (48, 64, 3), np.uint8), index / 20)
    data = (tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "half.mp4").write_bytes(data[: len(data) * 6 // 10])
    with open_camera(tmp_path / "half.mp4", speed=20.0) as half, open_camera(film, speed=20.0) as whole:
        play(half)
        play(whole)
    assert half.warning is not None
    assert "half.mp4 is cut off" in half.warning
    assert whole.warning is None
