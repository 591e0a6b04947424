"""An annotated film of every picture, although only some were judged: between two poses the skeleton moves evenly.

For the eye only: nothing of what is made here is judged or kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from posecheck.draw.video_writer import AnnotatedWriter
from posecheck.records import Frame, Pose, Step

_LONGEST_S = 0.5  # between two poses further apart nobody knows where the body was


class InBetweenWriter:
    """Writes judged frames to an annotated film, and those between them with a pose between the two."""

    def __init__(self, writer: AnnotatedWriter) -> None:
        self._writer = writer
        self._step: Step | None = None
        self._between: Sequence[Frame] = ()

    def write(self, frame: Frame, step: Step, after: Sequence[Frame]) -> None:
        """Add a judged frame; the frames between it and the one before are written first.

        Args:
            frame: its picture must not be changed afterwards.
            step: what was found.
            after: the frames behind it, up to the next judged one.

        Raises:
            OutputError: an earlier picture could not be written.
        """
        for one in self._between:
            assert self._step is not None
            self._writer.write(one, step_between(self._step, step, one.t))
        self._writer.write(frame, step)
        self._step, self._between = step, after

    def write_as_last(self, frames: Sequence[Frame]) -> None:
        """Add frames for which no pose is coming: they show the last one.

        Args:
            frames: their pictures must not be changed afterwards.

        Raises:
            OutputError: an earlier picture could not be written.
        """
        for one in (*self._between, *frames):
            if self._step is not None:
                self._writer.write(one, self._step)
        self._between = ()


def step_between(first: Step, second: Step, t: float) -> Step:
    """The first step with the pose that lies between both.

    Args:
        first: the step before.
        second: the step after.
        t: a time between them, in seconds.
    """
    a, b = first.pose, second.pose
    if a.points_px is None or b.points_px is None or a.points_m is None or b.t - a.t > _LONGEST_S or a.size != b.size:
        return first
    share = (t - a.t) / (b.t - a.t)
    points = a.points_px + share * (b.points_px - a.points_px)
    return replace(first, pose=Pose(t, a.size, points, a.points_m, a.visibility))
