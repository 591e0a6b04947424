"""Signals of bodies made to order: zero, sign and value, in both planes, whatever the camera."""

from __future__ import annotations

from dataclasses import replace
from math import atan, degrees

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.measure import measure, reading
from posecheck.measure.angles import CLEAR, HIDDEN, NEAR_TRUST, SLIDE_DEG, STEEPEST_FLOOR
from posecheck.records import Landmark, Measurement, Pose, Posture, Reading, Side, Signal
from posecheck.records.geometry import angle_between, subtract
from posecheck.testing import (
    FOOT_CAMERA,
    Body,
    Camera,
    half_kneeling,
    hidden,
    make_pose,
    mirrored,
    standing,
    supine,
)

SIDE = Camera(yaw_deg=90, orthographic=True)
OTHER_SIDE = Camera(yaw_deg=-90, orthographic=True)
FRONT = Camera(yaw_deg=0, orthographic=True)
BEHIND = Camera(yaw_deg=180, orthographic=True)
EXACT = 1e-6
SIDES = st.sampled_from(Side)
YAWS = st.floats(-180, 180)


def world(body: Body, yaw: float = 0.0) -> dict[Signal, float]:
    """World readings of a body seen from a yaw."""
    return {s: r.value for s, r in measure(make_pose(body, camera=Camera(yaw_deg=yaw))).world.items()}


def image(body: Body, camera: Camera = SIDE) -> dict[Signal, float]:
    """Image-plane readings of a body."""
    return {s: r.value for s, r in measure(make_pose(body, camera=camera)).image.items()}


def image_of(pose: Pose) -> dict[Signal, float]:
    """Image-plane readings of a pose."""
    return {s: r.value for s, r in measure(pose).image.items()}


def of(side: Side, name: str) -> Signal:
    return Signal(f"{side}_{name}")


@pytest.mark.parametrize("camera", [SIDE, OTHER_SIDE, FRONT, BEHIND], ids=["right", "left", "front", "behind"])
def test_standing_upright_is_the_zero_of_every_angle(camera: Camera) -> None:
    """In the anatomical position all angles are 0 in both planes; the knee drop is for lying on the back."""
    angles = [s for s in Signal if not s.endswith(("ratio", "shift", "drop"))]
    assert Signal.SHIN_TILT in angles
    measured = measure(make_pose(standing(), camera=camera))
    for plane in (measured.image, measured.world):
        found = {s: one.value for s in angles if (one := reading(plane, s)) is not None}
        assert found == pytest.approx(dict.fromkeys(angles, 0.0), abs=EXACT)


@given(
    yaw=YAWS,
    rear=SIDES,
    front_flexion=st.floats(40, 140),
    front_shin=st.floats(-35, 35),
    rear_thigh=st.floats(-40, 45),
    rear_flexion=st.floats(45, 130),
    lean=st.floats(-30, 30),
    arm=st.floats(0, 180),
)
def test_world_angles_come_back_from_any_yaw(
    yaw: float,
    rear: Side,
    front_flexion: float,
    front_shin: float,
    rear_thigh: float,
    rear_flexion: float,
    lean: float,
    arm: float,
) -> None:
    """Every sagittal angle of a made half-kneeling body is recovered in the world plane from every direction."""
    body = half_kneeling(
        rear,
        front_knee_flexion=front_flexion,
        front_shin=front_shin,
        rear_thigh=rear_thigh,
        rear_knee_flexion=rear_flexion,
        trunk_lean=lean,
        arm_elevation=arm,
    )
    found, front = world(body, yaw), rear.other
    expected = {
        of(front, "knee_flexion"): front_flexion,
        of(front, "shin_inclination"): front_shin,
        of(front, "thigh_inclination"): front_shin - front_flexion,
        of(front, "hip_flexion"): lean - (front_shin - front_flexion),
        of(rear, "knee_flexion"): rear_flexion,
        of(rear, "thigh_inclination"): rear_thigh,
        of(rear, "hip_flexion"): lean - rear_thigh,
        of(rear, "arm_elevation"): arm,
        of(front, "arm_elevation"): arm,
        Signal.ARM_ELEVATION: arm,
        Signal.TRUNK_LEAN: lean,
        Signal.SIDE_BEND: 0.0,
    }
    for signal, value in expected.items():
        # hip flexion has no limits: compared as directions
        assert (found[signal] - value + 180) % 360 - 180 == pytest.approx(0, abs=EXACT), signal


@given(rear=SIDES, from_left=st.booleans(), flexion=st.floats(45, 135), shift=st.floats(-20, 35), arm=st.floats(0, 180))
def test_side_view_angles_come_back_in_the_image_plane(
    rear: Side, from_left: bool, flexion: float, shift: float, arm: float
) -> None:
    """From either side the image plane shows the made knee, thigh, shin, trunk and arm angles."""
    body = half_kneeling(
        rear, front_knee_flexion=flexion, front_shin=3, rear_thigh=shift, arm_elevation=arm, trunk_lean=4
    )
    found, front = image(body, OTHER_SIDE if from_left else SIDE), rear.other
    assert found[of(front, "knee_flexion")] == pytest.approx(flexion, abs=EXACT)
    assert found[of(front, "shin_inclination")] == pytest.approx(3, abs=EXACT)
    assert found[of(rear, "thigh_inclination")] == pytest.approx(shift, abs=EXACT)
    assert found[of(rear, "knee_flexion")] == pytest.approx(90 - shift, abs=EXACT)
    assert found[of(rear, "hip_flexion")] == pytest.approx(4 - shift, abs=EXACT)
    assert found[Signal.TRUNK_LEAN] == pytest.approx(4, abs=EXACT)
    assert found[Signal.ARM_ELEVATION] == pytest.approx(arm, abs=EXACT)


@given(bend=st.floats(-40, 40), lean=st.floats(-20, 20), yaw=YAWS)
def test_side_bend_comes_back_in_the_world(bend: float, lean: float, yaw: float) -> None:
    """The side bend is + towards the subject's right and independent of the lean and of the yaw."""
    found = world(half_kneeling(side_bend=bend, trunk_lean=lean), yaw)
    assert found[Signal.SIDE_BEND] == pytest.approx(bend, abs=EXACT)
    assert found[Signal.TRUNK_LEAN] == pytest.approx(lean, abs=EXACT)


@pytest.mark.parametrize("camera", [FRONT, BEHIND], ids=["front", "behind"])
@pytest.mark.parametrize("bend", [-20.0, 15.0])
def test_side_bend_is_the_same_from_front_and_behind(camera: Camera, bend: float) -> None:
    """In the image plane the side bend keeps its sign whichever way the subject faces."""
    assert image(half_kneeling(side_bend=bend), camera)[Signal.SIDE_BEND] == pytest.approx(bend, abs=EXACT)


@given(bend=st.floats(-30, 30), rear=SIDES, yaw=YAWS)
def test_a_side_bend_does_not_change_hip_flexion(bend: float, rear: Side, yaw: float) -> None:
    """Hip flexion is taken in the sagittal plane: trunk minus thigh, whatever the side bend."""
    found = world(half_kneeling(rear, rear_thigh=15, trunk_lean=5, side_bend=bend), yaw)
    assert found[of(rear, "hip_flexion")] == pytest.approx(-10, abs=EXACT)


def test_extension_of_the_hip_is_negative() -> None:
    """Gliding the hips forward over the knee reads as growing extension, past the straight line without a fold."""
    values = [world(half_kneeling("right", hips_forward=d))[Signal.RIGHT_HIP_FLEXION] for d in (-5, 0, 15, 40)]
    assert values == pytest.approx([5, 0, -15, -40], abs=EXACT)


@pytest.mark.parametrize("plane", [0, 45, 90])
def test_arm_elevation_does_not_depend_on_the_way_the_arms_are_raised(plane: float) -> None:
    """Raised forwards or sideways, the upper arm has the same elevation against the trunk, a bent one too."""
    found = world(standing(left_arm=120, right_arm=80, arms_out=plane, trunk_lean=10, side_bend=10))
    assert found[Signal.LEFT_ARM_ELEVATION] == pytest.approx(120, abs=EXACT)
    assert found[Signal.RIGHT_ARM_ELEVATION] == pytest.approx(80, abs=EXACT)


def test_the_arm_that_is_seen_better_weighs_more() -> None:
    """Both arms are averaged by visibility; with one of them invisible the other one alone is read."""
    pose = make_pose(standing(left_arm=150, right_arm=50), camera=SIDE)
    assert measure(pose).image[Signal.ARM_ELEVATION].value == pytest.approx(100, abs=EXACT)
    half = hidden(pose, Landmark.RIGHT_ELBOW, visibility=0.0)
    assert measure(half).image[Signal.ARM_ELEVATION] == Reading(pytest.approx(150, abs=EXACT), 0.95)  # type: ignore[arg-type]


@pytest.mark.parametrize("knees_in", [-25.0, -10.0, 0.0, 10.0, 25.0])
def test_shin_tilt_is_that_of_both_shins(knees_in: float) -> None:
    """Both knees inwards read positive in the world, and the knees come nearer to each other."""
    found = world(supine(knees_in=knees_in))
    assert found[Signal.SHIN_TILT] == pytest.approx(knees_in, abs=EXACT)
    assert found[Signal.KNEE_SHIFT] == pytest.approx(0, abs=EXACT)
    assert np.sign(1 - found[Signal.KNEE_GAP_RATIO]) == np.sign(round(knees_in))


@pytest.mark.parametrize("knees_in", [-25.0, 0.0, 25.0])
@pytest.mark.parametrize("pitch", [30.0, 60.0])
def test_knee_drop_is_the_tilt_and_how_far_the_knees_are_below_the_hips(knees_in: float, pitch: float) -> None:
    """To the tilt come 10 degrees for each trunk length from the hips down to the knees, in each plane by its own."""
    pose = make_pose(supine(knees_in=knees_in), camera=replace(FOOT_CAMERA, pitch_deg=pitch))
    assert pose.points_px is not None
    assert pose.points_m is not None
    found = measure(pose)
    assert SLIDE_DEG == 10
    for points, plane in ((pose.points_px, found.image), (pose.points_m, found.world)):
        shoulders, hips, knees = (points[[i, i + 1]].mean(axis=0) for i in (11, 23, 25))
        slid = 10 * (knees[1] - hips[1]) / np.linalg.norm(shoulders - hips)
        assert abs(slid) > 1
        tilt, drop = plane[Signal.SHIN_TILT], plane[Signal.KNEE_DROP]
        assert drop.value == pytest.approx(tilt.value + slid, abs=EXACT)
        assert drop.confidence == tilt.confidence


def test_knees_found_lower_are_a_drop_inwards() -> None:
    """Knees that slide down the picture by half a trunk length, shins as they were, add 5 degrees."""
    pose = make_pose(supine(knees_in=10), camera=FOOT_CAMERA)
    assert pose.points_px is not None
    px = pose.points_px.copy()
    trunk = float(np.linalg.norm(px[[11, 12]].mean(axis=0) - px[[23, 24]].mean(axis=0)))
    px[25:29, 1] += trunk / 2
    before, after = measure(pose).image, measure(replace(pose, points_px=px)).image
    assert after[Signal.SHIN_TILT].value == pytest.approx(before[Signal.SHIN_TILT].value, abs=EXACT)
    assert after[Signal.KNEE_DROP].value == pytest.approx(before[Signal.KNEE_DROP].value + 5, abs=EXACT)


@pytest.mark.parametrize("lost", Side)
@pytest.mark.parametrize("point", ["KNEE", "ANKLE"])
@pytest.mark.parametrize(
    ("lost_seen", "other_seen", "alone"),
    [
        (HIDDEN - 0.01, CLEAR + 0.01, True),
        (HIDDEN, CLEAR + 0.01, False),
        (HIDDEN - 0.01, CLEAR, False),
        (0.1, 0.1, False),
    ],
)
def test_a_hidden_leg_leaves_the_tilt_to_the_clear_one(
    lost: Side, point: str, lost_seen: float, other_seen: float, alone: bool
) -> None:
    """A leg that is hidden counts for nothing beside a clear one; else it is the mean, as sure as the worse leg."""
    pose = make_pose(supine(**{f"{lost}_shin_in": -30.0, f"{lost.other}_shin_in": 20.0}), camera=FOOT_CAMERA)
    other = [Landmark[f"{lost.other.upper()}_{p}"] for p in ("KNEE", "ANKLE")]
    pose = hidden(pose, *other, visibility=other_seen)
    found = measure(hidden(pose, Landmark[f"{lost.upper()}_{point}"], visibility=lost_seen)).world
    tilt = found[Signal.SHIN_TILT]
    assert tilt.value == pytest.approx(20 if alone else -5, abs=EXACT)
    assert tilt.confidence == (other_seen if alone else min(lost_seen, other_seen))
    assert found[Signal.KNEE_DROP].confidence == tilt.confidence


def test_knees_to_one_side_are_a_shift_and_no_drop() -> None:
    """Windshield wipers: the mid-knee moves, + to the subject's right, while the mean tilt stays 0."""
    right, left = world(supine(to_right=20)), world(supine(to_right=-20))
    assert right[Signal.SHIN_TILT] == pytest.approx(0, abs=EXACT)
    assert left[Signal.SHIN_TILT] == pytest.approx(0, abs=EXACT)
    assert right[Signal.KNEE_SHIFT] > 0.2
    assert left[Signal.KNEE_SHIFT] == pytest.approx(-right[Signal.KNEE_SHIFT], abs=EXACT)


@pytest.mark.parametrize("gap", [1.0, 1.4, 2.0])
def test_feet_gap_is_told_in_shoulder_widths(gap: float) -> None:
    """The distance of the ankles over that of the shoulders, in both planes from the front."""
    assert world(supine(feet_gap=gap))[Signal.FEET_GAP_RATIO] == pytest.approx(gap, abs=EXACT)
    assert image(supine(feet_gap=gap), FRONT)[Signal.FEET_GAP_RATIO] == pytest.approx(gap, abs=EXACT)


@given(
    rear=SIDES,
    yaw=YAWS,
    shift=st.floats(0, 25),
    bend=st.floats(-20, 20),
    left_arm=st.floats(0, 170),
    right_arm=st.floats(0, 170),
)
def test_a_mirror_swaps_the_sides_and_nothing_else(
    rear: Side, yaw: float, shift: float, bend: float, left_arm: float, right_arm: float
) -> None:
    """The mirrored picture gives left for right, the opposite side bend, and the same values otherwise."""
    body = half_kneeling(rear, hips_forward=shift, side_bend=bend, left_arm=left_arm, right_arm=right_arm)
    pose = make_pose(body, camera=Camera(yaw_deg=yaw))
    plain, flipped = measure(pose), measure(mirrored(pose))
    assert flipped.posture is plain.posture
    assert flipped.front is (plain.front.other if plain.front else None)
    for before, after in ((plain.image, flipped.image), (plain.world, flipped.world)):
        for signal, one in before.items():
            name = signal.replace("left", "_").replace("right", "left").replace("_", "right", 1)
            twin = Signal(name) if signal.startswith("left") else Signal(signal.replace("right", "left"))
            sign = -1 if signal in (Signal.SIDE_BEND, Signal.KNEE_SHIFT) else 1
            assert after[twin].value == pytest.approx(sign * one.value, abs=1e-5), signal


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (480, 640), (720, 1280)])
def test_the_shape_of_the_picture_changes_no_angle(size: tuple[int, int]) -> None:
    """Angles are taken in pixels: a wide or a tall picture gives the same ones."""
    body = half_kneeling("left", front_knee_flexion=101, rear_thigh=12)
    found = image(body, replace(SIDE, size=size))
    assert found[Signal.RIGHT_KNEE_FLEXION] == pytest.approx(101, abs=EXACT)
    assert found[Signal.LEFT_THIGH_INCLINATION] == pytest.approx(12, abs=EXACT)


@given(height=st.floats(1.2, 2.1), distance=st.floats(1.5, 5), x=st.floats(0.3, 0.7))
def test_body_size_distance_and_place_change_no_signal(height: float, distance: float, x: float) -> None:
    """A tall or short body, near or far, left or right in the picture has the same signals."""
    body = half_kneeling("right", hips_forward=12, arm_elevation=160)
    camera = replace(SIDE, distance_m=distance, hip_at=(x, 0.6))
    moved = measure(make_pose(body, camera=camera, height_m=height))
    plain = measure(make_pose(body, camera=SIDE))
    for signal in plain.image:
        if "ratio" not in signal and "knee_shift" not in signal and "drop" not in signal:
            assert moved.image[signal].value == pytest.approx(plain.image[signal].value, abs=1e-5), signal


@pytest.mark.parametrize("yaw", [68.0, 80.0, 100.0, 112.0])
@pytest.mark.parametrize("rear", Side)
def test_the_slope_of_level_lines_is_taken_out_of_the_knees(rear: Side, yaw: float) -> None:
    """A rear knee loses what its shin shows of the slope, all of it when far and half when near; a front one half."""
    pose = make_pose(half_kneeling(rear), camera=Camera(yaw_deg=yaw, pitch_deg=15, orthographic=True))
    found = measure(pose)
    assert pose.points_px is not None
    trust = NEAR_TRUST if rear is Side.RIGHT else 1.0  # who faces the picture's right shows the right side
    for side, (hip, knee, ankle) in ((Side.LEFT, (23, 25, 27)), (Side.RIGHT, (24, 26, 28))):
        px = [(float(pose.points_px[i][0]), float(pose.points_px[i][1]), 0.0) for i in (hip, knee, ankle)]
        raw = 180 - angle_between(subtract(px[0], px[1]), subtract(px[2], px[1])) - 90
        left = found.image[of(side, "knee_flexion")].value - 90
        assert abs(raw) > 2.0
        assert left / raw == pytest.approx(1 - trust * (1.0 if side is rear else 0.5), abs=0.1)


def test_a_shin_that_is_lifted_is_no_floor() -> None:
    """The slope taken out is that of at most 20 degrees; a shin much steeper is on a wall or couch, and shows none."""
    pose = make_pose(half_kneeling(Side.RIGHT), camera=SIDE)
    assert pose.points_px is not None
    for steep, slope in ((0.7, STEEPEST_FLOOR * NEAR_TRUST / 2), (0.9, 0.0)):
        points = pose.points_px.copy()
        points[28, 1] -= steep * abs(points[28, 0] - points[26, 0])
        lifted = image_of(replace(pose, points_px=points))
        assert abs(lifted[Signal.LEFT_KNEE_FLEXION] - 90) == pytest.approx(degrees(atan(slope)), abs=0.5)


def test_an_absent_pose_measures_nothing() -> None:
    """Nobody seen gives an empty measurement at the same time."""
    assert measure(Pose.absent(3.5)) == Measurement(3.5)
    assert measure(Pose.absent(3.5)).posture is Posture.UNKNOWN


def test_confidence_is_that_of_the_worst_point_needed() -> None:
    """A hidden ankle lowers knee and shin of its side and nothing of the other."""
    found = measure(hidden(make_pose(half_kneeling()), Landmark.LEFT_ANKLE, visibility=0.2)).image
    assert found[Signal.LEFT_KNEE_FLEXION].confidence == 0.2
    assert found[Signal.LEFT_SHIN_INCLINATION].confidence == 0.2
    assert found[Signal.LEFT_THIGH_INCLINATION].confidence == 0.95
    assert found[Signal.RIGHT_KNEE_FLEXION].confidence == 0.95


def test_points_that_coincide_leave_ratios_out() -> None:
    """A degenerate pose with all points in one place measures without failing and has no ratios."""
    nowhere = Pose(0.0, (640, 480), np.full((33, 2), 100.0), np.zeros((33, 3)), np.ones(33))
    measured = measure(nowhere)
    assert Signal.KNEE_GAP_RATIO not in measured.image
    assert Signal.FEET_GAP_RATIO not in measured.world
    assert all(np.isfinite(r.value) for r in (*measured.image.values(), *measured.world.values()))
