"""An annotated film of every picture: between two poses the skeleton moves evenly, and nothing is invented."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.draw.in_between import InBetweenWriter, step_between
from posecheck.judging.session import Session
from posecheck.records import Frame, Step
from posecheck.testing import blank_frames, knee_drops_set


class Noted:
    """Stands where an AnnotatedWriter would, and notes what it is given."""

    def __init__(self) -> None:
        self.given: list[tuple[int, Step]] = []

    def write(self, frame: Frame, step: Step) -> None:
        self.given.append((frame.index, step))


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    """Steps of a drop, a pose each 1/15 s."""
    session = Session("knee_drops")
    return [session.feed(pose) for pose in knee_drops_set(("in",))][40:50]


def test_the_skeleton_moves_evenly_between_two_poses(steps: list[Step]) -> None:
    """A quarter of the way in time is a quarter of the way in the picture; the verdict shown is the one before."""
    first, second = steps[0], steps[1]
    t = first.pose.t + 0.25 * (second.pose.t - first.pose.t)
    between = step_between(first, second, t)
    assert first.pose.points_px is not None
    assert second.pose.points_px is not None
    assert between.pose.points_px == pytest.approx(0.75 * first.pose.points_px + 0.25 * second.pose.points_px)
    assert (between.pose.t, between.progress, between.check) == (t, first.progress, first.check)


def test_no_body_is_made_up(steps: list[Step]) -> None:
    """Where nobody was seen, or half a second is missing, the last pose stays."""
    first, second = steps[0], steps[1]
    gone = replace(second, pose=type(second.pose).absent(second.pose.t, second.pose.size))
    assert step_between(first, gone, first.pose.t + 0.01) is first
    late = replace(second, pose=replace(second.pose, t=first.pose.t + 1.0))
    assert step_between(first, late, first.pose.t + 0.5) is first


def test_every_frame_is_written_once_in_order(steps: list[Step]) -> None:
    """Frames between wait for the next pose; those for which none comes show the last one."""
    frames, noted = blank_frames(9, fps=60), Noted()
    writer = InBetweenWriter(noted)  # type: ignore[arg-type]
    writer.write(frames[0], steps[0], frames[1:4])
    assert [index for index, _ in noted.given] == [0]
    writer.write(frames[4], steps[1], frames[5:7])
    writer.write_as_last(frames[7:8])
    writer.write_as_last(frames[8:])
    assert [index for index, _ in noted.given] == list(range(9))
    assert all(step is steps[1] for _, step in noted.given[5:])
    assert steps[0].pose.points_px is not None
    moved = [step.pose.points_px for _, step in noted.given[1:4]]
    assert not any(np.array_equal(points, steps[0].pose.points_px) for points in moved if points is not None)
