"""How a camera sees a body made to order: from where, which way it faces, what is cut off, how surely it is whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.measure import measure
from posecheck.records import Doubt, Landmark, Pose
from posecheck.testing import (
    FOOT_CAMERA,
    FRONT_CAMERA,
    SHOULDER_HALF,
    SIDE_CAMERA,
    TRUNK,
    Body,
    Camera,
    floor_sitting,
    half_kneeling,
    hidden,
    lying,
    make_pose,
    standing,
    supine,
    tall_kneeling,
)

SIDE = Camera(yaw_deg=90, orthographic=True)
FRONT = Camera(yaw_deg=0, orthographic=True)
EXACT = 1e-6
YAWS = st.floats(-180, 180)


@given(yaw=YAWS)
def test_yaw_is_the_angle_off_the_frontal_view(yaw: float) -> None:
    """0 from the front and from behind, 90 from either side, in between the acute angle."""
    expected = min(abs(yaw), 180 - abs(yaw))
    view = measure(make_pose(half_kneeling(), camera=Camera(yaw_deg=yaw))).view
    assert view is not None
    assert view.yaw_deg == pytest.approx(expected, abs=EXACT)


@pytest.mark.parametrize("body", [half_kneeling("left"), half_kneeling("right"), standing()])
@pytest.mark.parametrize(("yaw", "lateral_orientation"), [(0, -1), (40, -1), (-40, -1), (140, 1), (180, 1), (-140, 1)])
def test_rightness_tells_behind_from_front(body: Body, yaw: float, lateral_orientation: float) -> None:
    """The subject's right is on the picture's left from the front, -1, and on its right from behind, +1."""
    view = measure(make_pose(body, camera=Camera(yaw_deg=yaw))).view
    assert view is not None
    assert view.lateral_orientation == pytest.approx(lateral_orientation, abs=EXACT)


def test_shoulders_and_hips_that_disagree_leave_the_rightness_between() -> None:
    """A body of which only the hips are turned front to back is neither surely behind nor in front."""
    pose = make_pose(standing(), camera=FRONT)
    assert pose.points_px is not None
    px = pose.points_px.copy()
    px[[23, 24]] = px[[24, 23]]
    view = measure(replace(pose, points_px=px)).view
    assert view is not None
    hips, shoulders = abs(px[24][0] - px[23][0]), abs(px[12][0] - px[11][0])
    assert view.lateral_orientation == pytest.approx((hips - shoulders) / (hips + shoulders))


@pytest.mark.parametrize("yaw", [0.0, 30.0, 60.0, -75.0])
def test_the_trunk_looks_longer_the_more_it_is_seen_from_the_side(yaw: float) -> None:
    """Trunk length in shoulder widths of the picture: the body's own from the front, over cos yaw when turned."""
    view = measure(make_pose(standing(), camera=Camera(yaw_deg=yaw, orthographic=True))).view
    assert view is not None
    assert view.trunk_to_shoulder_ratio == pytest.approx(TRUNK / (2 * SHOULDER_HALF) / np.cos(np.radians(yaw)))


@pytest.mark.parametrize("body", [half_kneeling("left"), half_kneeling("right"), tall_kneeling(), standing()])
@pytest.mark.parametrize(("yaw", "facing"), [(90, 1), (60, 1), (120, 1), (-90, -1), (-60, -1), (-120, -1)])
def test_facing_is_the_way_the_subject_faces_in_the_picture(body: Body, yaw: float, facing: int) -> None:
    """Facing right is +1, facing left -1, also from obliquely behind."""
    view = measure(make_pose(body, camera=Camera(yaw_deg=yaw))).view
    assert view is not None
    assert view.facing == facing


def test_landmarks_at_or_beyond_the_edge_are_cut_off() -> None:
    """A point within 2 % of an edge or outside the picture is named as cut off, and only such points."""
    whole = measure(make_pose(half_kneeling())).view
    assert whole is not None
    assert not whole.cut
    low = measure(make_pose(half_kneeling(), camera=Camera(hip_at=(0.5, 0.85)))).view
    assert low is not None
    assert {Landmark.LEFT_ANKLE, Landmark.RIGHT_KNEE} <= low.cut
    assert not {Landmark.NOSE, Landmark.LEFT_HIP} & low.cut


def test_body_share_halves_with_twice_the_distance() -> None:
    """The share of the picture that the body takes follows its distance."""
    near, far = (measure(make_pose(standing(), camera=replace(FRONT, distance_m=d))).view for d in (2.5, 5.0))
    assert near is not None
    assert far is not None
    assert near.body_size_fraction == pytest.approx(2 * far.body_size_fraction)


@pytest.mark.parametrize(("yaw", "least", "most"), [(0.0, 0.0, 1.0), (15.0, 10.0, 20.0), (45.0, 35.0, 50.0)])
def test_who_lies_across_the_picture_is_seen_from_the_side(yaw: float, least: float, most: float) -> None:
    """A lying trunk that is level in the picture is seen from the side, also when the hips seem to face the camera."""
    pose = make_pose(supine(), camera=replace(FOOT_CAMERA, yaw_deg=FOOT_CAMERA.yaw_deg + yaw))
    assert pose.points_m is not None
    metres = pose.points_m.copy()
    metres[24, 2] = metres[23, 2]
    view = measure(replace(pose, points_m=metres)).view
    assert view is not None
    assert least <= view.yaw_deg <= most


def confidence(pose: Pose) -> float:
    view = measure(pose).view
    assert view is not None
    return view.confidence


@pytest.mark.parametrize(
    ("body", "camera"),
    [
        *((body, camera) for body in (standing(), half_kneeling(), tall_kneeling()) for camera in (SIDE, FRONT)),
        (floor_sitting(), SIDE),
        (supine(), FOOT_CAMERA),
        (supine(knees_in=25), FOOT_CAMERA),
        (lying(), SIDE),
    ],
)
def test_a_whole_body_is_sure(body: Body, camera: Camera) -> None:
    """A body that fills a third of the picture and more is surely one, however it is held."""
    assert confidence(make_pose(body, camera=camera)) >= 0.5


GOOD = make_pose(half_kneeling())


def with_shoulders(share: float) -> Pose:
    """A body whose trunk is this share as long as it was, its head where it was."""
    assert GOOD.points_px is not None
    points = GOOD.points_px.copy()
    points[11:13, 1] = points[23, 1] + share * (points[11:13, 1] - points[23, 1])
    return replace(GOOD, points_px=points)


@pytest.mark.parametrize(
    ("pose", "doubt"),
    [
        (make_pose(half_kneeling(), camera=replace(SIDE_CAMERA, distance_m=8.0)), Doubt.SIZE),
        (hidden(GOOD, Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE, visibility=0.4), Doubt.LEGS),
        (make_pose(half_kneeling(), camera=Camera(hip_at=(0.0, 0.6))), Doubt.EDGE),
        (with_shoulders(0.2), Doubt.TRUNK),
    ],
    ids=str,
)
def test_what_may_not_be_a_whole_body_is_unsure(pose: Pose, doubt: Doubt) -> None:
    """Too small, no knees to be seen, half outside, or hardly a trunk: each alone makes it unsure, and is told."""
    view = measure(pose).view
    assert view is not None
    assert view.confidence < 0.4
    assert view.doubt is doubt


def test_a_body_that_is_all_trunk_is_sure() -> None:
    """Who squats deep, hugs the knees or bends is all trunk: that alone is no doubt."""
    assert confidence(with_shoulders(1.5)) >= 0.5


def test_feet_made_up_above_the_lower_edge_are_cut_off() -> None:
    """Hardly visible feet right above the lower edge are cut off; clear ones there, and hidden ones higher up, not."""
    low, high = (make_pose(half_kneeling(), camera=replace(FRONT_CAMERA, hip_at=(0.5, y))) for y in (0.66, 0.5))
    feet = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)
    ankles = {Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE}

    def cut(pose: Pose) -> set[Landmark]:
        view = measure(pose).view
        assert view is not None
        return set(view.cut) & ankles

    assert cut(hidden(low, *feet, visibility=0.2)) == ankles
    assert not cut(low)
    assert not cut(hidden(high, *feet, visibility=0.2))
