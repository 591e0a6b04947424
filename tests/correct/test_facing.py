"""A body that shows its back is turned back when the detector turns it round."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.correct.facing import SHOWN_S, BackFacing, turned_round, turned_to
from posecheck.measure import measure
from posecheck.records import Pose
from posecheck.testing import FRONT_CAMERA, SIDE_CAMERA, Body, Camera, half_kneeling, make_pose, standing, supine

BEHIND = Camera(yaw_deg=170)
UP = half_kneeling(arm_elevation=170)


def seen(
    back: BackFacing, body: Body, camera: Camera, seconds: float, start_s: float = 0.0, fps: int = 15
) -> list[Pose]:
    """What is made of a body that keeps still."""
    return [back.update(make_pose(body, start_s + i / fps, camera)) for i in range(round(seconds * fps))]


def yaw(pose: Pose) -> float:
    view = measure(pose).view
    assert view is not None
    return view.yaw_deg


def test_turning_round_twice_changes_nothing() -> None:
    """Left and right, near and far are exchanged, and exchanged back."""
    pose = make_pose(half_kneeling(), camera=BEHIND)
    once = turned_round(pose)
    assert once != pose
    assert turned_round(once) == pose
    assert turned_round(Pose.absent(1.0)) == Pose.absent(1.0)
    assert turned_to(Pose.absent(1.0), 1.0, 0.0) == Pose.absent(1.0)


def test_a_back_is_known_after_a_while_and_then_kept_with_raised_arms() -> None:
    """With the arms down the detector is believed; a chest that it shows with raised arms is the back turned round."""
    back = BackFacing()
    assert seen(back, half_kneeling(), BEHIND, SHOWN_S) == [
        make_pose(half_kneeling(), i / 15, BEHIND) for i in range(round(15 * SHOWN_S))
    ]
    assert not back.known
    seen(back, half_kneeling(), BEHIND, 1.0, 1.0)
    assert back.known
    right = make_pose(UP, 2.0, BEHIND)
    assert right.points_px is not None
    found = back.update(turned_round(right))
    assert found.points_px is not None
    assert (found.points_px == right.points_px).all()
    assert yaw(found) == pytest.approx(yaw(right), abs=1.0)


@pytest.mark.parametrize("off", [-60.0, -30.0, 30.0, 60.0])
def test_a_body_between_back_and_chest_is_turned_as_it_was_before(off: float) -> None:
    """With raised arms nobody turns: whatever way the points in space face, they face as with the arms down."""
    back = BackFacing()
    seen(back, half_kneeling(), BEHIND, 2.0)
    there, wavering = make_pose(UP, 2.0, BEHIND), make_pose(UP, 2.0, replace(BEHIND, yaw_deg=170 + off))
    found = back.update(replace(there, points_m=wavering.points_m))
    assert yaw(found) == pytest.approx(yaw(there), abs=1.0)
    assert found.points_m is not None
    assert there.points_m is not None
    assert np.abs(found.points_m - there.points_m).max() < 0.02


@pytest.mark.parametrize("camera", [FRONT_CAMERA, SIDE_CAMERA, Camera(yaw_deg=115), Camera(yaw_deg=-115)])
def test_chest_and_side_are_left_alone(camera: Camera) -> None:
    """From the front and from the side nothing is changed, with the arms down or up."""
    back = BackFacing()
    assert seen(back, half_kneeling(), camera, 2.0) == [make_pose(half_kneeling(), i / 15, camera) for i in range(30)]
    assert seen(back, UP, camera, 2.0, 2.0) == [make_pose(UP, 2 + i / 15, camera) for i in range(30)]
    assert not back.known


@pytest.mark.parametrize("camera", [FRONT_CAMERA, SIDE_CAMERA])
def test_who_really_turns_round_is_believed(camera: Camera) -> None:
    """Seen from the front or the side with the arms down for a while, the back is forgotten."""
    back = BackFacing()
    seen(back, standing(), BEHIND, 3.0)
    seen(back, standing(), camera, 2.0, 3.0)
    assert not back.known


def test_who_lies_shows_no_back() -> None:
    """A lying body tells nothing, whichever end is nearer to the camera."""
    back = BackFacing()
    seen(back, supine(), Camera(yaw_deg=180, pitch_deg=30), 2.0)
    assert not back.known
    assert back.update(Pose.absent(3.0)) == Pose.absent(3.0)
