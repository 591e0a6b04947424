"""What is told of a body from its points alone: whether it can be one, how far it is from another, how it is held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.detect.plausibility import distance, extent_px, is_on_floor, is_plausible, posture_of
from posecheck.records import Pose, Posture
from posecheck.testing import FOOT_CAMERA, Body, Camera, half_kneeling, make_pose, standing, supine

NOBODY = Pose.absent(0.0)


def test_a_person_is_plausible_and_one_on_the_head_is_not() -> None:
    """A kneeling person can be one; nobody, and a trunk that points down, cannot."""
    pose = make_pose(half_kneeling())
    assert pose.points_m is not None
    assert is_plausible(pose)
    assert not is_plausible(NOBODY)
    assert not is_plausible(replace(pose, points_m=pose.points_m * (1.0, -1.0, 1.0)))


def test_a_trunk_too_long_for_the_body_is_not_plausible() -> None:
    """Shoulders as far from the hips as the feet are from the head are those of a wrong lock."""
    pose = make_pose(half_kneeling())
    assert pose.points_px is not None
    points = pose.points_px.copy()
    points[[11, 12]] -= (0.0, extent_px(points))
    assert not is_plausible(replace(pose, points_px=points))


def test_a_distance_is_told_in_extents_of_the_body() -> None:
    """A body moved by half of its extent is half an extent away; from nobody, and to nobody, it is infinitely far."""
    pose = make_pose(standing())
    assert pose.points_px is not None
    moved = replace(pose, points_px=pose.points_px + np.array([0.5 * extent_px(pose.points_px), 0.0]))
    assert distance(moved, pose) == pytest.approx(0.5)
    assert distance(pose, NOBODY) == distance(NOBODY, pose) == float("inf")


@pytest.mark.parametrize(
    ("body", "camera", "posture", "on_floor"),
    [
        (half_kneeling(), Camera(), Posture.HALF_KNEELING, True),
        (supine(), FOOT_CAMERA, Posture.SUPINE_KNEES_BENT, True),
        (standing(), Camera(), Posture.STANDING, False),
    ],
)
def test_who_is_on_the_floor_is_told_from_who_stands(
    body: Body, camera: Camera, posture: Posture, on_floor: bool
) -> None:
    """Kneeling and lying are on the floor, standing is not; nobody has no posture."""
    assert posture_of(make_pose(body, camera=camera)) is posture
    assert is_on_floor(posture) is on_floor
    assert posture_of(NOBODY) is Posture.UNKNOWN
