"""A live set without camera, screen and model, for tests: a scripted person, a viewer with fingers, and small films."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.capture.camera import LiveSource, open_camera
from posecheck.capture.video_file import open_video
from posecheck.detect.models import Model
from posecheck.draw.video_writer import VideoWriter
from posecheck.live import loop
from posecheck.live.guide.routine import routine_for
from posecheck.live.loop import LiveOptions, LiveVerdict, run_live
from posecheck.records import Frame, Pose, Summary
from posecheck.records.closing import Closing
from posecheck.testing import knee_drops_set
from tests.waiting import until

FPS = 10.0
SIZE = (64, 48)
MODEL = Model("made", "0" * 64, 0, Path("made.task"), b"")


class EveryFrame(LiveSource):
    """A film as the camera, as fast as it is watched: no frame is ever dropped, however busy the machine is."""

    from_file = True

    def __init__(self, path: str | Path) -> None:
        self._video = open_video(path)
        super().__init__(self._video.name)
        self.size = self._video.size
        self._frames = iter(self._video)

    def take(self, timeout_s: float) -> Frame | None:  # noqa: ARG002  # reading a file never takes long
        """The next frame."""
        frame = next(self._frames, None)
        self._over = frame is None
        return frame

    def _join(self, time_limit_s: float) -> None:  # noqa: ARG002  # there is no thread
        self._video.close()


class Held(EveryFrame):
    """A film that stands still at some times, in seconds, while a test in another process does what it has to.

    It tells so by a file in `folder`, "reached 3.0", and goes on when there is another one, "go on 3.0".
    """

    def __init__(self, path: str | Path, folder: Path, *times_s: float) -> None:
        super().__init__(path)
        self._folder, self._times_s = folder, list(times_s)
        self._frame: Frame | None = None  # at which it stands still

    def take(self, timeout_s: float) -> Frame | None:
        """The next frame; None while it stands still."""
        frame = self._frame or super().take(timeout_s)
        if frame is None or not self._times_s or frame.t < self._times_s[0]:
            return frame
        if self._frame is None:
            self._frame = frame
            (self._folder / f"reached {self._times_s[0]}").touch()
        if not (self._folder / f"go on {self._times_s[0]}").exists():
            self._closed.wait(timeout_s)
            return None
        del self._times_s[0]
        self._frame = None
        return frame


def open_unhurried(where: str, size: tuple[int, int] | None = None, *, speed: float = 1.0) -> LiveSource:
    """As `open_camera`; a film is watched frame by frame."""
    return open_camera(where, size, speed=speed) if "://" in where else EveryFrame(where)


def take_time(patch: pytest.MonkeyPatch) -> None:
    """Let live sets judge and record every frame of a film, however busy the machine is."""

    def offer(writer: VideoWriter, image: Any, t: float) -> bool:
        writer.write(image, t)
        return True

    patch.setattr(loop, "open_camera", open_unhurried)
    patch.setattr(VideoWriter, "offer", offer)


class Person(Closing):
    """Whatever is in the picture, this detector finds the poses given: at each frame that of its time.

    `seen_t` is the time of the newest frame; `fault` is raised at `fault_t`. With `waits` the person stands still while
    no frames come: poses go on by frames, not by time. While a key is `due` no further frame is looked at: a
    film that runs as fast as it can does not overtake whoever presses keys.
    """

    def __init__(
        self,
        poses: Sequence[Pose],
        *,
        fault: Exception | None = None,
        fault_t: float = float("inf"),
        waits: bool = False,
    ) -> None:
        self._poses, self._times = poses, [p.t for p in poses]
        self._fault, self._fault_t, self._waits = fault, fault_t, waits
        self.acted_s = 0.0
        self.seen_t = -1.0
        self.closed = False
        self.due: Callable[[], bool] = lambda: False

    def detect(self, frame: Frame) -> Pose:
        """The pose at the time of the frame."""
        if self.due():
            until(lambda: not self.due(), "the press of a key")
        if self._fault is not None and frame.t >= self._fault_t:
            raise self._fault
        step_s = min(frame.t - self.seen_t, 0.1) if self.seen_t >= 0 else 0.0
        self.acted_s = self.acted_s + step_s if self._waits else frame.t
        self.seen_t = frame.t
        index = bisect.bisect_left(self._times, self.acted_s - 1e-3)
        if index == len(self._times):
            return Pose.absent(frame.t, self._poses[-1].size)
        return replace(self._poses[index], t=frame.t)

    @property
    def finished(self) -> bool:
        """Whether the last pose is over."""
        return self.acted_s > self._times[-1]

    def close(self) -> None:
        self.closed = True


class Viewer(Closing):
    """A screen that nobody sees; presses each key once the person was seen at its time (seconds of the source).

    `shown` counts pictures, `newest` is the last one, `room` the size of the window in pixels; `asked` tells whether
    there was a look at the keys. `closes` tells when the window is closed by its button; `breaks` makes `show` raise.
    """

    def __init__(
        self,
        person: Person,
        keys: Iterable[tuple[float, str]] = (),
        closes: Callable[[], bool] = lambda: False,
        breaks: Callable[[], bool] = lambda: False,
    ) -> None:
        self._person, self._keys = person, list(keys)
        self._closes, self._breaks = closes, breaks
        self.shown = 0
        self.asked = False
        self.newest: Any = None
        self.room = (1000, 700)
        self.released = False
        person.due = self._due

    @property
    def closed(self) -> bool:
        return self._closes()

    @property
    def size(self) -> tuple[int, int]:
        return self.room

    def show(self, image: Any) -> None:
        if self._breaks():
            raise RuntimeError("the screen is broken")
        assert image.ndim == 3
        self.shown += 1
        self.newest = image

    def _due(self) -> bool:
        return not self.released and any(self._person.seen_t >= t >= 0 for t, _ in self._keys)

    def keys(self) -> list[str]:
        due = [key for t, key in self._keys if self._person.seen_t >= t]
        self._keys = self._keys[len(due) :]
        self.asked = True
        return due

    def toggle_fullscreen(self) -> None:
        """There is only one size."""

    def close(self) -> None:
        self.released = True


@dataclass
class LiveSet:
    """Runs a live set of a scripted person; `shown` tells afterwards what the viewer got."""

    person: Person
    keys: Sequence[tuple[float, str]] = ()
    closes: Callable[[], bool] = lambda: False
    breaks: Callable[[], bool] = lambda: False
    viewers: list[Viewer] = field(default_factory=list)

    def display(self) -> Viewer:
        """What is given as `make_display`."""
        self.viewers.append(Viewer(self.person, self.keys, self.closes, self.breaks))
        return self.viewers[-1]

    def run(
        self, routine: str, camera: str | Path, *, stop: Callable[[], bool] = lambda: False, **options: Any
    ) -> LiveVerdict:
        """The verdict of the set; without sound, unless a log of it is asked for."""
        given = LiveOptions(camera=str(camera), mute=True, voice=False, **options)
        return run_live(
            routine_for(routine),
            MODEL,
            given,
            stop=stop,
            make_detector=lambda: self.person,
            make_display=self.display,
        )


def film(path: Path, seconds: float, fps: float = FPS, size: tuple[int, int] = SIZE, noise: bool = False) -> Path:
    """A video of grey pictures with nobody in it; noise makes a larger file."""
    random = np.random.default_rng(0)
    with VideoWriter(path) as writer:
        for index in range(round(seconds * fps)):
            image = np.full((size[1], size[0], 3), 90 + index % 60, np.uint8)
            writer.write(random.integers(0, 255, image.shape, np.uint8) if noise else image, index / fps)
    return path


def counts(summaries: Iterable[Summary]) -> list[dict[str, int]]:
    """The counts of each set."""
    return [dict(s.counts) for s in summaries]


def one_after_the_other(*sets: Sequence[Pose], pause_s: float) -> list[Pose]:
    """Sets with nobody in the picture before each."""
    poses: list[Pose] = []
    start = 0.0
    for one in sets:
        poses += [Pose.absent(start + i / FPS, (640, 480)) for i in range(round(pause_s * FPS))]
        poses += [replace(p, t=p.t + start + pause_s) for p in one]
        start = poses[-1].t + 1 / FPS
    return poses


@functools.cache
def drops() -> tuple[Pose, ...]:
    """Two knee drops, in and out: 11 s."""
    return tuple(knee_drops_set(("in", "out"), fps=FPS))
