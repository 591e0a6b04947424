"""Scripted sources and detectors, which fail where they are told to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from posecheck.records import Frame, Pose
from posecheck.records.closing import Closing


def blank_frames(count: int, fps: float = 15.0, size: tuple[int, int] = (64, 48)) -> list[Frame]:
    """Black frames, for a scripted source; the first is at 0 s.

    Args:
        count: how many.
        fps: frames a second.
        size: width and height in pixels.
    """
    image = np.zeros((size[1], size[0], 3), np.uint8)
    return [Frame(i, i / fps, image) for i in range(count)]


class ScriptedSource(Closing):
    """Yields the frames given, and raises the exceptions among them; a context manager that notes when it is closed."""

    def __init__(self, frames: Iterable[Frame | Exception]) -> None:
        self._frames = frames
        self.closed = False

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._frames:
            if isinstance(frame, Exception):
                raise frame
            yield frame

    def close(self) -> None:
        self.closed = True


class ScriptedDetector(Closing):
    """Answers each frame with the next pose, at the frame's time; raises exceptions among them; then sees nobody."""

    def __init__(self, poses: Iterable[Pose | Exception]) -> None:
        self._poses = iter(poses)
        self.closed = False

    def detect(self, frame: Frame) -> Pose:
        """The next pose; the picture is not looked at."""
        height, width = frame.image.shape[:2]
        pose = next(self._poses, Pose.absent(frame.t, (width, height)))
        if isinstance(pose, Exception):
            raise pose
        return replace(pose, t=frame.t)

    def close(self) -> None:
        self.closed = True
