"""A result of MediaPipe becomes a pose: pixels of the picture, metres, seconds; nobody is an absent pose."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from posecheck.records import Pose
from posecheck.testing import half_kneeling, make_pose


def result_of(*poses: Pose) -> SimpleNamespace:
    """What MediaPipe's Pose Landmarker gives for these people: normalised points, and those in space."""
    found, world = [], []
    for pose in poses:
        assert pose.points_px is not None
        assert pose.points_m is not None
        assert pose.visibility is not None
        rows = zip(pose.points_px / pose.size, pose.visibility, strict=True)
        found.append([SimpleNamespace(x=x, y=y, z=0.0, visibility=seen) for (x, y), seen in rows])
        world.append([SimpleNamespace(x=x, y=y, z=z) for x, y, z in pose.points_m])
    return SimpleNamespace(pose_landmarks=found, pose_world_landmarks=world)


@pytest.mark.parametrize("person", [0, 1])
def test_the_pose_is_that_of_the_person_who_is_asked_for(person: int) -> None:
    """Points come back in pixels, and time as it was given."""
    people = make_pose(half_kneeling("left")), make_pose(half_kneeling("right"))
    pose = Pose.from_mediapipe(result_of(*people), 1.5, people[0].size, person)
    assert (pose.t, pose.size) == (1.5, people[0].size)
    assert pose.points_px == pytest.approx(people[person].points_px)
    assert np.array_equal(np.asarray(pose.points_m), np.asarray(people[person].points_m))
    assert np.array_equal(np.asarray(pose.visibility), np.asarray(people[person].visibility))


def test_nobody_is_an_absent_pose() -> None:
    """A result without people, or with fewer than asked for, is a pose in which nobody is seen."""
    one = make_pose(half_kneeling("left"))
    assert Pose.from_mediapipe(result_of(), 0.5, (640, 480)) == Pose.absent(0.5, (640, 480))
    assert not Pose.from_mediapipe(result_of(one), 0.5, one.size, person=1).present
