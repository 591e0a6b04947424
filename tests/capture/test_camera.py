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
from tests.waiting import PATIENCE_S, HandClock, ending, until

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
    """A consumer as the live window is one: takes, and looks whether something is wrong.

    With a `clock` that is set by hand the time of the source is that of the test, however slow the machine is.
    """

    def __init__(self, source: LiveSource, clock: HandClock | None = None) -> None:
        self.source, self.clock = source, clock
        self.frames: list[Frame] = []
        self.since_t = 0.0  # when the newest picture was seen first

    def take(self) -> None:
        """Take the newest picture, if there is one."""
        frame = self.source.take(0.05)
        if frame is not None:
            if not self.frames or (self.frames[-1].image != frame.image).any():
                self.since_t = frame.t
            self.frames.append(frame)

    def until(self, reached: Callable[[], bool], what: str) -> None:
        """Take until `reached`."""

        def look() -> bool:
            self.take()
            return reached()

        until(look, f"{what} (trouble: {self.source.trouble}, {len(self.frames)} frames)")

    def sees(self, *codes: str) -> Trouble:
        """Wait until something is wrong; returns what. The clock is not set further than it takes by the promise."""

        def look() -> bool:
            if self.clock is not None:
                self.clock.t = max(self.clock.t, self.since_t + NOTICED_S)
            trouble = self.source.trouble
            return trouble is not None and trouble.code in codes

        self.until(look, " or ".join(codes))
        trouble = self.source.trouble
        assert trouble is not None
        return trouble

    def recovers(self) -> None:
        """Wait until pictures come again and nothing is wrong; pauses between two tries are cut short."""
        count = len(self.frames)

        def look() -> bool:
            if self.clock is not None:
                self.clock.move_on()
            return len(self.frames) > count + 2 and self.source.trouble is None

        self.until(look, "pictures")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    with MjpegServer() as server:
        yield server


@pytest.fixture
def viewer(server: MjpegServer, clock: HandClock) -> Iterator[Viewer]:
    """Looks at the stream of `server`, and has seen its first pictures."""
    with open_camera(server.url, clock=clock) as source:
        viewer = Viewer(source, clock)
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
        viewer.until(lambda: server.connections >= 2, "a second connection")
        server.mode = "play"
        viewer.recovers()
        assert source.restarts >= 1
        check_order(viewer.frames)


def test_a_phone_that_answers_late_is_waited_for(server: MjpegServer, clock: HandClock) -> None:
    """An address at which the video is not started yet is told, and the picture comes once it is."""
    server.mode = "drop"
    with open_camera(server.url, clock=clock) as source:
        viewer = Viewer(source, clock)
        assert "start the video" in viewer.sees("no_video").text
        clock.t = 7.0
        server.mode = "play"
        viewer.recovers()
        assert source.restarts == 0
        assert viewer.frames[0].t >= 7.0  # counted from the opening


def test_nothing_at_the_address(server: MjpegServer) -> None:
    """An address at which nobody answers is told as such, without the password in it."""
    port, clock = server.port, HandClock()
    server.__exit__(None, None, None)
    with open_camera(f"http://me:secret@127.0.0.1:{port}/video", clock=clock) as source:
        trouble = Viewer(source, clock).sees("unreachable")
    assert f"Nothing answers at http://127.0.0.1:{port}/video" in trouble.text
    assert "secret" not in trouble.text + source.name


def test_the_newest_picture_wins(viewer: Viewer) -> None:
    """Who comes late gets the newest picture; those in between are counted as dropped."""
    source, clock = viewer.source, viewer.clock
    assert clock is not None
    dropped = source.dropped
    clock.t += 1.0
    until(lambda: source.dropped - dropped >= 5, "five pictures that nobody took")
    before = source.dropped
    frame = source.take(0.0)
    assert frame is not None
    assert frame.t >= clock.t + 0.001 * (before - dropped - 2)  # each a millisecond later; two may be from before


# ---- a camera that hangs: the calls of OpenCV replaced ----


class FakeCapture:
    """Gives a picture every 10 ms, hangs, or fails."""

    def __init__(self, feed: FakeFeed) -> None:
        self.feed, self.count, self.released, self.hangs = feed, 0, False, False

    def grab(self) -> bool:
        if self.hangs or not self.feed.hang.is_set():
            self.feed.hanging += 1
            self.feed.back.wait()
        time.sleep(0.01)  # its rate
        self.count += not self.feed.frozen
        return not self.feed.unplugged

    def retrieve(self) -> tuple[bool, Any]:
        return True, picture(self.count % 90)

    def release(self) -> None:
        self.released = True


class FakeFeed:
    """A camera that can be unplugged (`unplugged`), and whose calls hang while `hang` is cleared, until `back`.

    `hanging` counts the calls that did.
    """

    kind = Kind.CAMERA
    name = "camera 0"
    open_limit_s = 0.3

    def __init__(self) -> None:
        self.hang, self.back = threading.Event(), threading.Event()
        self.hang.set()
        self.unplugged = self.broken = self.frozen = False
        self.hanging = 0
        self.opened: list[FakeCapture] = []

    def open(self) -> FakeCapture | None:
        if self.broken:
            raise RuntimeError("a fault")
        if not self.hang.is_set():
            self.hanging += 1
            self.back.wait()
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


def test_a_camera_unplugged_and_plugged_in_again(feed: FakeFeed, clock: HandClock) -> None:
    """A camera that is gone is told, and once it is back the picture goes on."""
    with WatchedSource(feed, back_off_s=(0.05, 0.1), clock=clock) as source:
        viewer = Viewer(source, clock)
        viewer.recovers()
        feed.unplugged = True
        assert viewer.sees("lost").text == "Camera 0 is gone: plug it in again."
        feed.unplugged = False
        viewer.recovers()
        assert source.restarts == 1
        check_order(viewer.frames)
    until(lambda: all(capture.released for capture in feed.opened), "the release")


def test_a_call_that_hangs_is_left_behind(feed: FakeFeed, clock: HandClock) -> None:
    """When a read does not return, another thread opens anew; the old capture is released when its call ends."""
    with WatchedSource(feed, back_off_s=(0.05,), read_limit_s=0.4, clock=clock) as source:
        viewer = Viewer(source, clock)
        viewer.recovers()
        feed.opened[0].hangs = True
        viewer.until(lambda: feed.hanging == 1, "the hang")
        clock.t += 0.39
        viewer.take()
        assert len(feed.opened) == 1
        clock.t += 0.02
        viewer.recovers()
        assert source.restarts == 1
        assert not feed.opened[0].released
        feed.back.set()
        viewer.until(lambda: feed.opened[0].released, "the release")
        check_order(viewer.frames)


def test_a_camera_that_hangs_for_good_does_not_pile_up_threads(feed: FakeFeed, clock: HandClock) -> None:
    """While every call hangs it is told, and the number of threads is bounded; then it goes on."""
    feed.open_limit_s = 0.1

    def readers() -> int:
        return sum(t.name == "read camera 0" for t in threading.enumerate())

    with WatchedSource(feed, back_off_s=(0.05,), read_limit_s=0.1, clock=clock) as source:
        viewer = Viewer(source, clock)
        viewer.recovers()
        feed.hang.clear()

        def hang_on() -> bool:
            """The time goes on; all threads that there may be hang."""
            clock.t += 0.05
            assert readers() <= 4
            return feed.hanging == 4

        viewer.until(hang_on, "four calls that hang")
        assert viewer.sees("stalled")
        for _ in range(10):  # bounded, however long it hangs
            clock.t += 10.0
            viewer.take()
            assert readers() == 4
        feed.hang.set()
        feed.back.set()
        viewer.recovers()
        check_order(viewer.frames)
    until(lambda: all(capture.released for capture in feed.opened), "the release")


def test_close_does_not_wait_for_a_camera_that_hangs(feed: FakeFeed) -> None:
    """Closing while a call hangs leaves it behind, and nothing more is handed on."""
    feed.hang.clear()
    source = WatchedSource(feed)
    until(lambda: feed.hanging, "the hang")
    source.close()
    source.close()
    assert "read camera 0" in {t.name for t in threading.enumerate()}  # hangs still
    assert source.take(0.0) is None
    assert source.ended
    assert source.trouble is None


def test_a_frozen_camera_is_opened_anew(feed: FakeFeed, clock: HandClock) -> None:
    """A picture that stands still makes us open the camera again, with growing pauses while that does not help."""
    feed.frozen = True
    with WatchedSource(feed, back_off_s=(0.05, 0.3, 60.0), frozen_limit_s=0.2, clock=clock) as source:
        viewer = Viewer(source, clock)

        def goes_on(step_s: float, reached: Callable[[], bool]) -> bool:
            clock.t += step_s
            return reached()

        viewer.until(lambda: goes_on(0.01, lambda: source.restarts == 2), "two openings more")
        assert viewer.frames[-1].t > 0.74  # twice 0.2 s of looking, and two pauses
        viewer.until(lambda: goes_on(0.01, lambda: feed.opened[2].released), "the third release")
        again_t = until(lambda: clock.next_t, "the long pause")
        assert again_t - clock.t > 59.0
        assert len(feed.opened) == 3
        clock.t = again_t
        viewer.until(lambda: len(feed.opened) == 4, "a fourth opening")


def test_a_fault_of_ours_is_raised_and_not_waited_for(feed: FakeFeed) -> None:
    """What is no matter of the camera is raised by `take`, once, and the source has ended."""
    feed.broken = True
    with WatchedSource(feed) as source:
        with pytest.raises(RuntimeError, match="a fault"):
            source.take(PATIENCE_S)
        assert source.ended


def test_leaving_by_an_error_closes_the_source(server: MjpegServer) -> None:
    """A consumer that raises leaves no reading thread."""

    def consume() -> None:
        with open_camera(server.url) as source:
            Viewer(source).recovers()
            raise KeyError

    with pytest.raises(KeyError):
        consume()
    until(lambda: f"read {server.url}" not in {t.name for t in threading.enumerate()}, "the end of the thread")


def test_a_program_ends_cleanly_while_a_stream_hangs(server: MjpegServer) -> None:
    """A process that leaves while OpenCV waits, here for an hour, for a stalled stream ends without a crash."""
    server.mode = "stall"
    code = f"""
from posecheck.capture import feeds
from posecheck.capture.camera import WatchedSource
feeds._STREAM_OPEN_S = 3600.0
source = WatchedSource(feeds.StreamFeed({server.url!r}, 3600.0))
input()
assert source.take(0.0) is None
source.close()
"""
    command = [sys.executable, "-c", code]
    with ending(
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    ) as child:
        until(lambda: server.connections or child.poll() is not None, "the connection")
        out, err = child.communicate("\n", timeout=PATIENCE_S)
    assert (child.returncode, out, err) == (0, "", "")


# ---- what is given to open ----


@pytest.mark.skipif(not (sys.platform == "linux" and NO_VIDEO_DEVICE), reason="there is a camera")
def test_a_wrong_index_is_told() -> None:
    """An index without a camera is told within 3 s, with where to look."""
    clock = HandClock()
    with open_camera("0", (1280, 720), clock=clock) as source:
        trouble = Viewer(source, clock).sees("wrong_index")
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


def play(source: LiveSource) -> None:
    """Take every frame that is to be had, up to the end."""

    def over() -> bool:
        source.take(0.1)
        return source.ended

    until(over, "the end of the file")


def test_a_file_plays_at_its_own_speed_and_ends(film: Path, clock: HandClock) -> None:
    """Each frame comes when its time has come, not before; the run ends with the file, without any trouble."""
    frames: list[Frame] = []
    with open_camera(str(film), clock=clock) as source:
        clock.t = 5.0  # a slow start skips nothing: it begins with the first that is taken
        for index in range(20):
            if index > 0:
                due_t = until(lambda: clock.next_t, "the wait for the next frame")
                assert due_t == pytest.approx(5.0 + index / 20)
                assert source.take(0.0) is None
                clock.t = due_t
            frames.append(until(lambda: source.take(0.1), "the next frame"))
        until(lambda: source.ended, "the end")
        assert source.trouble is None
        assert source.take(0.0) is None
    assert [frame.t for frame in frames] == pytest.approx([index / 20 for index in range(20)])
    assert (source.name, source.size, source.from_file, source.dropped) == (film.name, (64, 48), True, 0)
    check_order(frames)


def test_a_slow_consumer_gets_the_newest_frames_of_a_file(film: Path, clock: HandClock) -> None:
    """A consumer that takes 0.21 s a frame misses frames, not time: the file still ends when it should."""
    with open_camera(film, speed=2.0, clock=clock) as source:
        frames = [until(lambda: source.take(0.1), "the first frame")]
        while not source.ended:
            until(lambda: clock.next_t, "the wait for the next frame")
            clock.t += 0.21
            due = min(20, int(clock.t * 2.0 * 20) + 1)  # frames that have come
            until(lambda due=due: len(frames) + source.dropped == due - 1, "the newest frame")  # type: ignore[misc]
            frames.append(until(lambda: source.take(0.1), "the newest frame"))
            until(lambda: source.ended or clock.next_t, "the end, or a further frame")
    assert [round(frame.t * 20) for frame in frames] == [0, 8, 16, 19]
    assert clock.t < FILE_S / 2 + 0.21
    assert source.dropped == 16
    check_order(frames)


def test_a_file_that_was_never_played_closes(film: Path) -> None:
    """Closing before the first frame, or in the middle, ends the source at once."""
    with open_camera(film) as never, open_camera(film) as begun:
        assert begun.take(PATIENCE_S) is not None
    assert never.ended
    assert begun.ended
    assert begun.take(1.0) is None


# ---- the list ----


def script(answers: dict[str, str]) -> Callable[[str], list[str]]:
    """A stand-in for the child process: what it runs for "names", and for each index."""
    # with the answer in one piece: no time passes between the two
    return lambda what: [sys.executable, "-S", "-c", "import sys, time; print('{\"ready\": true}'); " + answers[what]]


@pytest.mark.skipif(not (sys.platform == "linux" and NO_VIDEO_DEVICE), reason="there is a camera")
def test_no_camera_is_an_empty_list() -> None:
    """A computer without a camera has an empty list."""
    assert list_cameras(PATIENCE_S) == ()


def test_the_list_tells_name_size_and_rate_and_a_camera_that_hangs_is_cut_off() -> None:
    """One that works, one in use and one that would hang for ever are listed, each with what to do."""
    command = script(
        {
            "names": 'print(\'{"names": [[2, "Old"], [0, "Front camera"], [1, "Desk"]]}\')',
            "0": 'print(\'{"open": true, "width": 1280, "height": 720, "fps": 30.0}\')',
            "1": 'print(\'{"open": false, "allowed": true}\')',
            "2": "sys.stdout.flush()\nwhile True: time.sleep(60)",
        }
    )
    front, desk, old = list_cameras(0.5, command=command)
    assert front == CameraInfo(0, "Front camera", 1280, 720, 30.0)
    assert (desk.index, desk.name, desk.width) == (1, "Desk", None)
    assert desk.note.startswith("Camera 1 ")
    assert old.note == "did not answer in 0.5 s: unplug it, or close other programs that use it"


def test_without_names_only_what_opens_is_listed() -> None:
    """Where the system tells no names, the first indices are tried; a child that crashes is no camera."""
    answers = {"names": "sys.exit(1)", "0": "print('{\"open\": false}')", "2": "sys.exit(1)", "3": "print('oops')"}
    answers["1"] = 'print(\'{"open": true, "width": 640, "height": 480, "fps": 0}\')'
    assert list_cameras(PATIENCE_S, command=script(answers)) == (CameraInfo(1, "", 640, 480),)


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
