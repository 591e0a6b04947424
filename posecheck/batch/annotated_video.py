"""The annotated video of a recording whose poses are on a tape: its pictures are read a second time.

A worker makes it when the detection has ended. So it needs one core, as everything else that it does, and the encoder
gets the room that the tracker had: 377 instead of 473 MiB at 1080p, for 5 % more CPU time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from posecheck.batch.memory import give_back
from posecheck.capture.film_options import FilmOptions
from posecheck.detect.models import Model
from posecheck.exercises import Exercise
from posecheck.records import Frame, Pose
from posecheck.records.closing import Closing
from posecheck.records.times import SAME_TIME_S
from posecheck.run import Outputs, VideoRun
from posecheck.tape import read_tape


def make_film(
    video: Path, exercise: Exercise, model: Model, tape: Path, film: Path, options: FilmOptions | None = None
) -> None:
    """Write the annotated video of a recording from poses that were found before.

    Args:
        video: the recording.
        exercise: what it is judged for.
        model: the pose model; it is not run.
        tape: the poses of the recording.
        film: the annotated video to write.
        options: how the recording is read: as for the tape.

    Raises:
        PosecheckError: as for `VideoRun`.
    """
    give_back()
    with (
        read_tape(tape) as poses,
        VideoRun(video, exercise, model, Outputs(annotate=film), options=options, detector=Known(iter(poses))) as run,
    ):
        for _ in run.steps():
            pass


class Known(Closing):
    """Stands where a detector would: gives each frame the pose that was found before."""

    def __init__(self, poses: Iterator[Pose]) -> None:
        self._poses = poses
        self._next = next(poses, None)

    def detect(self, frame: Frame) -> Pose:
        """The pose at the frame's time; absent where there is none."""
        while self._next is not None and self._next.t < frame.t - SAME_TIME_S:
            self._next = next(self._poses, None)
        if self._next is not None and self._next.t <= frame.t + SAME_TIME_S:
            return self._next
        height, width = frame.image.shape[:2]
        return Pose.absent(frame.t, (width, height))

    def close(self) -> None:
        """Nothing is held."""
