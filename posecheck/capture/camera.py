"""Camera, stream, or a file played as if it were one → the newest Frame; the live sibling of `capture`.

    with open_camera("0") as source:
        while not source.ended:
            frame = source.take(0.1)
            if source.trouble: ...

One thread reads, and only the newest picture is kept. A call of OpenCV that does not return is left behind, with its
thread, and another is started: nobody ever waits for a camera. What is wrong is found by age, so a reader that hangs
is noticed as quickly as one that fails.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from posecheck.capture.clock import SYSTEM, Clock
from posecheck.capture.feeds import CameraFeed, StreamFeed, hide_password
from posecheck.capture.health import Kind, Situation, Trouble, Watch
from posecheck.capture.video_file import VideoSource, open_video
from posecheck.errors import UsageError
from posecheck.libraries import load_cv2
from posecheck.records import Frame
from posecheck.records.closing import Closing

Image = NDArray[np.uint8]
T = TypeVar("T")

# A guess: waits before a camera is opened again: soon at first, then without keeping the system busy.
BACK_OFF_S = (0.5, 1.0, 2.0, 4.0, 5.0)
READ_LIMIT_S = 5.0  # a guess: a read that takes longer hangs: far longer than any camera's time between two pictures
FROZEN_LIMIT_S = 4.0  # a guess: the same picture for so long is no camera that is slow
_LEFT_BEHIND = 3  # a guess: threads that hang in OpenCV; with more, wait for one to come back
_CLOSE_S = 0.5  # a guess: a device that does not let go within it is left to its thread
_STEP_S = 0.001  # the least between two frames: the detector counts whole milliseconds
_LAST_INDEX = 99  # a guess: far above the number of cameras of any computer
_SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp")


class Feed(Protocol):
    """Opens one camera or stream, in the reading thread; tests pass their own."""

    kind: Kind
    name: str
    open_limit_s: float  # an opening that takes longer is left behind

    def open(self) -> Any:
        """A capture with grab, retrieve and release (as cv2.VideoCapture), or None when it cannot be opened."""

    def why(self, had_picture: bool) -> Situation:
        """Why it could not be opened, or stopped."""


def open_camera(
    where: str | Path, size: tuple[int, int] | None = None, *, speed: float = 1.0, clock: Clock = SYSTEM
) -> LiveSource:
    """Open a camera, a stream or a video file to be watched live.

    Cameras and streams are opened in the background: whether that works is told by `trouble`.

    Args:
        where: the index of a camera ("0"), an address (http, rtsp, ...) or the path of a video file.
        size: (width, height) to ask a camera for, in pixels; None leaves it to the camera.
        speed: of a file; 2.0 plays it in half the time.
        clock: tells the times of pictures and how old they are, and plays a file; another one in tests.

    Raises:
        UsageError: no such kind of address, or a value out of range.
        InputError: the file is missing, or not a video that can be read.
        DependencyError: OpenCV cannot be loaded.
    """
    where = str(where)
    if not 0 < speed < float("inf"):
        raise UsageError(f"the speed must be more than 0, not {speed:g}")
    if size is not None and not (0 < size[0] <= 10_000 and 0 < size[1] <= 10_000):
        raise UsageError(f"a picture of {size[0]} x {size[1]} cannot be had: give a size such as 1280 x 720")
    if not where.isdecimal() and "://" not in where:
        return _FileSource(open_video(where), speed, clock)
    # The slowest part of opening with Windows' Media Foundation; must be set before OpenCV is loaded.
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
    load_cv2()
    if not where.isdecimal():
        _check_address(where)
        return WatchedSource(StreamFeed(where), clock=clock)
    if int(where) > _LAST_INDEX:
        raise UsageError(f'there is no camera {where}: "posecheck cameras" lists those there are')
    return WatchedSource(CameraFeed(int(where), size), clock=clock)


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        fine = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        fine = False
    if not fine:
        example = "http://192.168.1.20:8080/video"
        raise UsageError(f"{hide_password(url)} is no address of a video stream: give one such as {example}")


class LiveSource(Closing):
    """The newest frame of what is opened; a context manager, used by one consumer.

    `name`: what is shown of it. `size`: (width, height) of the newest picture, None before the first. `dropped`: frames
    that a newer one replaced before they were taken. `restarts`: how often the picture came back from a new opening.
    `from_file`: whether it is a file, which ends. `warning`: what was wrong with it, at the end; None when nothing was.

    A Frame's `index` counts the frames taken; its `t` rises strictly: seconds since the opening, or for a file its own
    presentation time, so that a verdict does not depend on the machine.
    """

    from_file = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.size: tuple[int, int] | None = None
        self.dropped = 0
        self.restarts = 0
        self.warning: str | None = None
        self._changed = threading.Condition()
        self._newest: tuple[float, Image] | None = None
        self._taken = 0
        self._over = False
        self._closed = threading.Event()
        self._error: Exception | None = None

    def take(self, timeout_s: float) -> Frame | None:
        """The newest frame not taken yet, waiting for it up to `timeout_s`; None when none came, or at the end.

        Raises:
            InputError: the file is damaged.
        """
        until = time.perf_counter() + timeout_s
        with self._changed:
            self._tend()
            while self._newest is None and not self._over and not self._closed.is_set():
                left_s = until - time.perf_counter()
                if left_s <= 0:
                    break
                self._changed.wait(min(left_s, 0.25))
                self._tend()
            newest, self._newest = self._newest, None
            error, self._error = (self._error, None) if newest is None else (None, self._error)
            if error is not None:
                raise error
            if newest is None or self._closed.is_set():
                return None
            self._taken += 1
            return Frame(self._taken - 1, *newest)

    @property
    def ended(self) -> bool:
        """Whether there will be no more frames: a file has ended, or the source was closed."""
        with self._changed:
            return self._closed.is_set() or (self._over and self._newest is None and self._error is None)

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong right now, and what to do; None when all is well."""
        return None

    def close(self) -> None:
        """Stop reading; never waits long, and may be called twice."""
        with self._changed:
            if self._closed.is_set():
                return
            self._closed.set()
            self._newest = None
            self._changed.notify_all()
        self._join(_CLOSE_S)

    @abstractmethod
    def _join(self, time_limit_s: float) -> None:
        """Wait for the thread, no longer than `time_limit_s`."""

    def _tend(self) -> None:
        """Called whenever somebody asks, with the lock held."""

    def _hand_on(self, t: float, image: Image) -> None:
        """Put the newest picture where `take` finds it; with the lock held."""
        self.dropped += self._newest is not None
        self._newest = (t, image)
        self.size = (image.shape[1], image.shape[0])
        self._changed.notify_all()

    def _end(self, error: Exception | None) -> None:
        with self._changed:
            self._over, self._error = True, error
            self._changed.notify_all()


class _FileSource(LiveSource):
    """A file at its own speed. It starts with the first `take`, so that a slow start of the app skips nothing."""

    from_file = True

    def __init__(self, video: VideoSource, speed: float, clock: Clock = SYSTEM) -> None:
        super().__init__(video.name)
        self.size = video.size
        self._video, self._speed, self._clock = video, speed, clock
        self._thread: threading.Thread | None = None

    def _tend(self) -> None:
        if self._thread is None and not self._closed.is_set():
            self._thread = threading.Thread(target=self._play, name=f"play {self.name}", daemon=True)
            self._thread.start()

    def _join(self, time_limit_s: float) -> None:
        if self._thread is None:
            self._video.close()
        else:
            self._thread.join(time_limit_s)

    def _play(self) -> None:
        error: Exception | None = None
        start: float | None = None
        try:
            with self._video:
                for frame in self._video:
                    now = self._clock.now()
                    start = now - frame.t / self._speed if start is None else start
                    with self._changed:
                        self._clock.wait_for(self._changed, self._closed.is_set, start + frame.t / self._speed - now)
                        if self._closed.is_set():
                            return
                        self._hand_on(frame.t, frame.image)
                self.warning = self._video.warning
        except Exception as caught:  # noqa: BLE001  # handed to the consumer, who raises it
            error = caught
        self._end(error)


class WatchedSource(LiveSource):
    """A camera or a stream: watched, and opened again when it fails.

    Args:
        back_off_s: the pauses before each further try; the last one stays.
        read_limit_s: a reading call that takes longer is left behind.
        frozen_limit_s: a picture that stands still so long makes us open anew.
        clock: tells how old a picture is, and how long a call has lasted.
    """

    def __init__(
        self,
        feed: Feed,
        *,
        back_off_s: tuple[float, ...] = BACK_OFF_S,
        read_limit_s: float = READ_LIMIT_S,
        frozen_limit_s: float = FROZEN_LIMIT_S,
        clock: Clock = SYSTEM,
    ) -> None:
        super().__init__(feed.name)
        self._frozen_limit_s = frozen_limit_s
        self._feed, self._back_off_s, self._read_limit_s = feed, back_off_s, read_limit_s
        self._clock, self._start = clock, clock.now()
        self._last_t = -_STEP_S
        self._watch = Watch(feed.kind, feed.name, sys.platform)
        self._tries = 0  # since the last picture that was new
        self._call_until_t: float | None = None  # when the reader, being in a call, is left behind
        self._readers: list[threading.Thread] = []
        with self._changed:
            self._start_reader()

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong right now, and what to do; None when all is well."""
        with self._changed:
            self._tend()
            return None if self._closed.is_set() else self._watch.trouble(self._now())

    def _now(self) -> float:
        return self._clock.now() - self._start

    def _join(self, time_limit_s: float) -> None:
        self._readers[-1].join(time_limit_s)

    def _tend(self) -> None:
        """Leave a reader behind that hangs, and start another."""
        self._readers = [r for r in self._readers[:-1] if r.is_alive()] + self._readers[-1:]
        if self._closed.is_set() or self._call_until_t is None or self._now() < self._call_until_t:
            return
        if len(self._readers) > _LEFT_BEHIND:
            return
        self._watch.failed(Situation.STALLED)
        self._start_reader()

    def _start_reader(self) -> None:
        self._call_until_t = None
        self._readers.append(threading.Thread(target=self._read, name=f"read {self.name}", daemon=True))
        self._readers[-1].start()

    def _mine(self) -> bool:
        """Whether the calling thread is the reader, and not one that was left behind."""
        return not self._closed.is_set() and threading.current_thread() is self._readers[-1]

    def _read(self) -> None:
        """The thread: open, read until it fails, wait, and again."""
        try:
            while self._pause():
                capture = self._calling(self._feed.open, self._feed.open_limit_s)
                if capture is None:
                    if self._mine():
                        self._failed(self._feed.why(self._watch.had_picture))
                    continue
                try:
                    self._pump(capture)
                finally:
                    capture.release()
        except Exception as error:  # noqa: BLE001  # a fault of ours: handed to the consumer, who raises it
            if self._mine():
                self._end(error)

    def _pause(self) -> bool:
        """Wait before a further try; False when the thread is to end."""
        with self._changed:
            if not self._mine():
                return False
            tries, self._tries = self._tries, self._tries + 1
        wait_s = self._back_off_s[min(tries, len(self._back_off_s)) - 1] if tries else 0.0
        with self._changed:
            self._clock.wait_for(self._changed, self._closed.is_set, wait_s)
            return self._mine()

    def _calling(self, call: Callable[[], T], limit_s: float) -> T:
        """Call what may hang, with the time noted."""
        with self._changed:
            if self._mine():
                self._call_until_t = self._now() + limit_s
        try:
            return call()
        finally:
            with self._changed:
                if self._mine():
                    self._call_until_t = None

    def _pump(self, capture: Any) -> None:
        """Hand on pictures until there are no more, or the same one for too long."""
        opened_t, first = self._now(), True
        while self._mine():
            began_t = self._now()
            if not self._calling(capture.grab, self._read_limit_s):
                slow = self._now() - began_t >= self._read_limit_s / 2
                self._failed(Situation.STALLED if slow else Situation.LOST)
                return
            t = self._now()  # before decoding: nearer to the moment of the picture
            whole, image = self._calling(capture.retrieve, self._read_limit_s)
            if not whole or image is None or image.size == 0:
                self._failed(Situation.LOST)
                return
            with self._changed:
                if not self._mine():
                    return
                self._last_t = t = max(t, self._last_t + _STEP_S)
                self.restarts += first and self._watch.had_picture
                if self._watch.picture(t, image):
                    self._tries = 1
                self._hand_on(t, image)
                if min(self._watch.frozen_s(t), t - opened_t) >= self._frozen_limit_s:
                    return
            first = False

    def _failed(self, situation: Situation) -> None:
        with self._changed:
            if self._mine():
                self._watch.failed(situation)
