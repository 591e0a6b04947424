"""Somebody else in the picture: found by painting the first body over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.others import SMALLEST, somebody_else
from posecheck.records import Frame, Pose
from posecheck.testing import half_kneeling, make_pose


class Looks:
    """A detector that always sees the same, and keeps the picture it was shown."""

    def __init__(self, pose: Pose) -> None:
        self.pose = pose
        self.shown = np.zeros((0, 0, 3), np.uint8)

    def detect(self, frame: Frame) -> Pose:
        self.shown = frame.image
        return self.pose


def scene() -> tuple[Frame, Pose]:
    pose = make_pose(half_kneeling("right"))
    width, height = pose.size
    noise = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return Frame(0, 0.0, noise), pose


def beside(pose: Pose) -> Pose:
    assert pose.points_px is not None
    return replace(pose, points_px=pose.points_px + np.array([0.6 * pose.size[0], 0.0]))


def scaled(pose: Pose, factor: float) -> Pose:
    assert pose.points_px is not None
    return replace(pose, points_px=pose.points_px * factor)


def test_a_second_body_is_told() -> None:
    """What is still found when the first body is painted over, and is large and clear, is somebody else."""
    frame, pose = scene()
    assert somebody_else(Looks(beside(pose)), frame, pose)


@pytest.mark.parametrize("what", ["nobody", "far away", "unclear", "impossible", "what is left of the first"])
def test_no_false_alarm(what: str) -> None:
    """Nobody, somebody far behind, remains of the first body and impossible bodies are no second person."""
    frame, pose = scene()
    assert pose.visibility is not None
    assert pose.points_m is not None
    other = {
        "nobody": Pose.absent(0.0, pose.size),
        "far away": scaled(beside(pose), SMALLEST - 0.05),
        "unclear": replace(beside(pose), visibility=pose.visibility * 0.3),
        "impossible": replace(beside(pose), points_m=pose.points_m * np.array([1.0, -1.0, 1.0])),
        "what is left of the first": pose,
    }[what]
    assert not somebody_else(Looks(other), frame, pose)
    assert not somebody_else(Looks(beside(pose)), frame, Pose.absent(0.0, pose.size))


def test_only_the_first_body_is_painted_over() -> None:
    """The points of the body are covered in one colour; the picture handed in is left as it was."""
    frame, pose = scene()
    before, looks = frame.image.copy(), Looks(pose)
    somebody_else(looks, frame, pose)
    assert pose.points_px is not None
    knee_x, knee_y = (int(v) for v in pose.points_px[26])
    patch = looks.shown[knee_y - 2 : knee_y + 3, knee_x - 2 : knee_x + 3].reshape(-1, 3)
    assert (patch == patch[0]).all()
    np.testing.assert_array_equal(frame.image, before)
    np.testing.assert_array_equal(looks.shown[0, 0], before[0, 0])
