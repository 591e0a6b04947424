"""Postures told apart, and the leg in front, over bodies and cameras."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.measure import measure
from posecheck.measure.posture import HIDDEN, classify
from posecheck.records import Landmark, Pose, Posture, Side, Vectors
from posecheck.records.quarter_turns import turn_back
from posecheck.synthetic.bodies import other_side
from posecheck.synthetic.exercises import MADE
from posecheck.testing import (
    FOOT_CAMERA,
    Body,
    Camera,
    floor_sitting,
    half_kneeling,
    hidden,
    lying,
    make_pose,
    shin_box,
    standing,
    supine,
    tall_kneeling,
)

UPRIGHT = {
    "standing": (standing(), Posture.STANDING),
    "arms up": (standing(left_arm=170, right_arm=170), Posture.STANDING),
    "tall kneeling": (tall_kneeling(), Posture.TALL_KNEELING),
    "long sitting": (floor_sitting(), Posture.FLOOR_SITTING),
    "shin box, left in front": (shin_box("left"), Posture.FLOOR_SITTING),
    "shin box, right in front": (shin_box("right"), Posture.FLOOR_SITTING),
}
# level, folded or seated bodies that are seen from all around
LEVEL = {
    "all fours": (
        standing(trunk_lean=85, left_shin=90, right_shin=90, left_arm=85, right_arm=85),
        Posture.ALL_FOURS,
    ),
    "plank": (
        Body(78.0, left_thigh=78, right_thigh=78, left_shin=78, right_shin=78, left_arm=80, right_arm=80),
        Posture.PLANK,
    ),
    "prone": (
        Body(90.0, left_thigh=90, right_thigh=90, left_shin=90, right_shin=90, left_arm=170, right_arm=170),
        Posture.FACE_DOWN,
    ),
    "child's pose": (MADE["childs_pose"].held, Posture.FACE_DOWN),
    "toe touch": (
        Body(100.0, left_thigh=-5, right_thigh=-5, left_shin=5, right_shin=5, left_arm=90, right_arm=90),
        Posture.BENT_FORWARD,
    ),
    "a bow": (Body(50.0), Posture.STANDING),
    "chair": (standing(left_thigh=-85, right_thigh=-85), Posture.CHAIR_SITTING),
    "bridge": (supine(knee_flexion=80, trunk_lean=-120), Posture.SUPINE_KNEES_BENT),
    "sitting, one knee up": (floor_sitting(left_thigh=-130, left_shin=-30, trunk_lean=-5), Posture.FLOOR_SITTING),
}
HEIGHTS = st.floats(1.45, 2.0)
PITCHES = st.floats(-15, 20)  # documented in posture.py: about 20 degrees
LOOKING_DOWN = st.floats(30, 60)
YAWS = st.floats(-180, 180)
SIDES = st.sampled_from(Side)


def posture(body: Body, yaw: float, pitch: float, height: float = 1.7) -> tuple[Posture, Side | None]:
    """Posture and front leg as seen by a camera."""
    measured = measure(make_pose(body, camera=Camera(yaw_deg=yaw, pitch_deg=pitch), height_m=height))
    return measured.posture, measured.front


@pytest.mark.parametrize("name", UPRIGHT)
@pytest.mark.parametrize("yaw", [0, 45, 90, 135, 180, -90, -45])
@pytest.mark.parametrize("pitch", [-10, 0, 10, 20])
def test_upright_postures_are_told_apart(name: str, yaw: float, pitch: float) -> None:
    """Standing, kneeling and sitting are named right from all around, with a camera tilted a little."""
    body, expected = UPRIGHT[name]
    assert posture(body, yaw, pitch) == (expected, None)


@pytest.mark.parametrize("name", LEVEL)
@pytest.mark.parametrize("yaw", [90, -90, 60, -60, 120, -120, 30, 0])
@pytest.mark.parametrize("pitch", [0, 10])
@pytest.mark.parametrize("turned", [False, True], ids=["as it is", "mirrored"])
def test_level_and_seated_postures_are_told_apart(name: str, yaw: float, pitch: float, turned: bool) -> None:
    """All fours, plank, face down, bent forward, a chair and a bridge have their names from the side and obliquely."""
    body, expected = LEVEL[name]
    assert posture(other_side(body) if turned else body, yaw, pitch) == (expected, None)


@pytest.mark.parametrize("yaw", [0, 15, -15, 180])
@pytest.mark.parametrize("turn", [1, 3])
@pytest.mark.parametrize("body", [standing(), standing(left_thigh=-60, left_shin=40), floor_sitting(trunk_lean=10)])
def test_a_body_on_its_side_has_its_hips_above_each_other(yaw: float, turn: int, body: Body) -> None:
    """Whoever is seen from the front, a quarter turn further lies on the side, legs straight or bent."""
    pose = turn_back(make_pose(body, camera=Camera(yaw_deg=yaw)), turn)
    assert measure(pose).posture is Posture.ON_THE_SIDE


def test_a_plank_whose_chest_seems_to_be_up_is_a_plank() -> None:
    """From the side left and right are mixed up: with the arms straight down below the shoulders it is no lying."""
    body, _ = LEVEL["plank"]
    pose = make_pose(replace(body, left_arm=85, right_arm=85), camera=Camera(yaw_deg=90))
    assert measure(with_sides_exchanged(pose)).posture is Posture.PLANK
    lies = make_pose(lying(left_arm=60, right_arm=60), camera=Camera(yaw_deg=90))  # the arms up in the air
    assert measure(lies).posture is Posture.LYING


def with_sides_exchanged(pose: Pose) -> Pose:
    """The pose with the names of shoulders, arms, hips and legs the other way round."""
    assert pose.points_px is not None
    assert pose.points_m is not None
    order = [*range(11), *(i + 1 if i % 2 else i - 1 for i in range(11, 33))]
    return replace(pose, points_px=pose.points_px[order], points_m=pose.points_m[order])


@pytest.mark.parametrize("yaw", [90, -90])
@pytest.mark.parametrize("turned", [False, True], ids=["as it is", "mirrored"])
def test_a_low_lunge_kneels_deep(yaw: float, turned: bool) -> None:
    """The rear thigh is nearly level, its shin on the floor, the front knee well bent: half-kneeling still."""
    deep = half_kneeling("left", rear_thigh=62, rear_knee_flexion=28, front_knee_flexion=120, front_shin=20)
    body, front = (other_side(deep), Side.LEFT) if turned else (deep, Side.RIGHT)
    assert posture(body, yaw, 0) == (Posture.HALF_KNEELING, front)


@pytest.mark.parametrize("yaw", [90, -90, 45, 0])
def test_hips_below_the_knees_are_those_of_who_sits_on_the_floor(yaw: float) -> None:
    """The lowest squat, on the feet, is not told from sitting with the knees up: neither stands nor sits on a chair."""
    squats = standing(left_thigh=-110, right_thigh=-110, left_shin=35, right_shin=35, trunk_lean=30)
    assert posture(squats, yaw, 0) == (Posture.FLOOR_SITTING, None)


@pytest.mark.parametrize("yaw", [90, -90, 45, 0])
def test_who_has_both_thighs_ahead_does_not_kneel(yaw: float) -> None:
    """Sitting on the floor with one foot tucked under and one knee up has no front leg, though a shin is level."""
    sits = floor_sitting(left_thigh=-85, left_shin=20, right_thigh=-48, right_shin=75, trunk_lean=-5)
    assert posture(sits, yaw, 0)[1] is None


@pytest.mark.parametrize(("flexion", "expected"), [(37.0, Posture.HALF_KNEELING), (22.0, Posture.UNKNOWN)])
def test_a_kneeling_leg_that_is_read_as_less_bent_in_depth_kneels(flexion: float, expected: Posture) -> None:
    """A thigh that leans forward by 40 degrees, its shin on the floor, kneels as read (37 degrees of flexion); a leg
    that is nearly straight does not."""
    pose = make_pose(half_kneeling(Side.LEFT), camera=Camera(yaw_deg=90))
    assert pose.points_m is not None
    metres = pose.points_m.copy()
    back = -1.0  # the body faces to the right
    for start, end, down_deg in ((23, 25, 49.0), (25, 27, 49.0 - flexion)):
        down = np.radians(down_deg)
        metres[end] = metres[start] + 0.4 * np.array([back * np.cos(down), np.sin(down), 0.0])
    assert measure(replace(pose, points_m=metres)).posture is expected


@given(rear=SIDES, yaw=st.sampled_from([90, -90, 70, -110, 60]), pitch=PITCHES, height=HEIGHTS, shift=st.floats(-5, 25))
def test_front_leg_from_the_side(rear: Side, yaw: float, pitch: float, height: float, shift: float) -> None:
    """Half-kneeling is seen from the side with the right leg in front, upright and with the hips forward."""
    body = half_kneeling(rear, hips_forward=shift, arm_elevation=170)
    assert posture(body, yaw, pitch, height) == (Posture.HALF_KNEELING, rear.other)


@given(rear=SIDES, yaw=st.floats(-45, 45), pitch=PITCHES, height=HEIGHTS, bend=st.floats(-25, 25))
def test_front_leg_from_the_front(rear: Side, yaw: float, pitch: float, height: float, bend: float) -> None:
    """Half-kneeling is seen from the front with the right leg in front, bent to either side."""
    body = half_kneeling(rear, side_bend=bend)
    assert posture(body, yaw, pitch, height) == (Posture.HALF_KNEELING, rear.other)


@given(rear=SIDES, yaw=st.floats(135, 225), pitch=st.floats(-10, 15), height=HEIGHTS, bend=st.floats(-20, 20))
def test_front_leg_from_behind(rear: Side, yaw: float, pitch: float, height: float, bend: float) -> None:
    """Half-kneeling is seen from behind with the right leg in front."""
    body = half_kneeling(rear, side_bend=bend)
    assert posture(body, yaw, pitch, height) == (Posture.HALF_KNEELING, rear.other)


@pytest.mark.parametrize("front", Side)
@pytest.mark.parametrize("pitch", [-15, 0, 10, 20])
def test_the_shin_box_is_never_half_kneeling(front: Side, pitch: float) -> None:
    """The seated "90-90" is not taken for half-kneeling from any direction, upright or leaning."""
    taken = [
        (yaw, lean)
        for yaw in range(-180, 180, 10)
        for lean in (-10, 0, 15)
        if posture(shin_box(front, trunk_lean=lean), yaw, pitch)[0] is Posture.HALF_KNEELING
    ]
    assert taken == []


@given(yaw=YAWS, pitch=PITCHES, height=HEIGHTS, lean=st.floats(-15, 20))
def test_sitting_with_straight_legs_is_never_half_kneeling(
    yaw: float, pitch: float, height: float, lean: float
) -> None:
    """Sitting on the floor with the legs ahead has no front leg from any direction."""
    assert posture(floor_sitting(trunk_lean=lean), yaw, pitch, height)[0] is not Posture.HALF_KNEELING


@given(yaw=YAWS, pitch=PITCHES, height=HEIGHTS)
def test_both_knees_down_is_never_half_kneeling(yaw: float, pitch: float, height: float) -> None:
    """Tall kneeling has no front leg."""
    assert posture(tall_kneeling(), yaw, pitch, height) == (Posture.TALL_KNEELING, None)


@given(yaw=st.floats(-35, 35), pitch=LOOKING_DOWN, height=HEIGHTS, knees=st.floats(-25, 25), flexion=st.floats(70, 110))
def test_supine_with_bent_knees(yaw: float, pitch: float, height: float, knees: float, flexion: float) -> None:
    """On the back with bent knees is seen by a camera that looks down by 30 to 60 degrees, knees in, out or up."""
    body = supine(knees_in=knees, knee_flexion=flexion)
    assert posture(body, yaw, pitch, height) == (Posture.SUPINE_KNEES_BENT, None)


@given(yaw=YAWS, pitch=st.floats(0, 60), height=HEIGHTS)
def test_lying_with_straight_legs_is_lying(yaw: float, pitch: float, height: float) -> None:
    """Straight legs on the floor are not bent knees, wherever the camera is; from the head end they are upside down."""
    expected = (Posture.LYING,) if abs(yaw) <= 100 else (Posture.LYING, Posture.UNKNOWN)
    assert posture(lying(), yaw, pitch, height)[0] in expected


@pytest.mark.parametrize("straight", Side)
@pytest.mark.parametrize("point", ["KNEE", "ANKLE"])
@pytest.mark.parametrize(
    ("straight_seen", "bent_seen", "expected"),
    [
        (0.95, 0.95, Posture.LYING),
        (HIDDEN, 0.95, Posture.LYING),
        (HIDDEN - 0.01, HIDDEN, Posture.SUPINE_KNEES_BENT),
        (HIDDEN - 0.01, HIDDEN - 0.01, Posture.LYING),
        (0.95, HIDDEN - 0.01, Posture.LYING),
    ],
)
def test_a_hidden_leg_has_no_say_in_bent_knees(
    straight: Side, point: str, straight_seen: float, bent_seen: float, expected: Posture
) -> None:
    """On the back a leg that is read as straight prevents bent knees unless it is hidden and the other is not."""
    legs = {f"{straight}_thigh": -90.0, f"{straight}_shin": -90.0, f"{straight}_thigh_out": 0.0}
    pose = make_pose(supine(**legs), camera=FOOT_CAMERA)
    pose = hidden(pose, Landmark[f"{straight.upper()}_{point}"], visibility=straight_seen)
    pose = hidden(pose, Landmark[f"{straight.other.upper()}_{point}"], visibility=bent_seen)
    assert measure(pose).posture is expected


@pytest.mark.parametrize(
    ("reclined", "expected"), [(30.0, Posture.SUPINE_KNEES_BENT), (20.0, Posture.SUPINE_KNEES_BENT), (10.0, None)]
)
def test_a_short_trunk_with_the_knees_up_lies_though_it_reads_as_hardly_reclined(
    reclined: float, expected: Posture | None
) -> None:
    """From a raised camera at the feet the depth of the trunk is under-read: 20 degrees of recline are enough."""
    pose = make_pose(supine(), camera=FOOT_CAMERA)
    assert pose.points_px is not None
    assert pose.points_m is not None
    metres = pose.points_m.copy()
    hips = (metres[23] + metres[24]) / 2
    for i in range(23):  # head, trunk and arms: as long as before, reclined by this
        up, away = hips[1] - metres[i][1], metres[i][2] - hips[2]
        along = np.hypot(up, away)
        metres[i][1] = hips[1] - along * np.cos(np.radians(reclined))
        metres[i][2] = hips[2] + along * np.sin(np.radians(reclined))
    found = measure(replace(pose, points_m=metres)).posture
    assert (found is Posture.SUPINE_KNEES_BENT) is (expected is Posture.SUPINE_KNEES_BENT)


def test_sitting_back_on_a_chair_is_not_lying() -> None:
    """A trunk that looks long for its shoulders leans back by 20 degrees and still sits."""
    seated = standing(trunk_lean=-20, left_thigh=-85, right_thigh=-85)
    assert posture(seated, 0, 0)[0] not in (Posture.SUPINE_KNEES_BENT, Posture.LYING)


def test_face_down_is_not_supine() -> None:
    """Lying on the belly is face down, also with bent knees."""
    face_down = standing(trunk_lean=90, left_thigh=90, right_thigh=90, left_shin=150, right_shin=150)
    assert posture(face_down, 90, 0)[0] is Posture.FACE_DOWN


def test_upside_down_is_no_posture() -> None:
    """A trunk that points down is a wrong detection."""
    assert posture(standing(trunk_lean=150), 90, 0) == (Posture.UNKNOWN, None)


def test_a_body_without_extent_is_unknown_or_named_without_failing() -> None:
    """All points in one place do not fail."""
    for seen in (0.0, 1.0):
        nowhere = Vectors(((5.0, 5.0, 0.0),) * 33, ((0.0, 0.0, 0.0),) * 33, (seen,) * 33)
        assert classify(nowhere)[1] is None


def test_a_rear_shin_that_points_at_the_camera_from_behind_is_half_kneeling() -> None:
    """From behind the rear shin is read as hanging down; its foot, lowest in the picture, tells that it kneels."""
    pose = make_pose(half_kneeling("right"), camera=Camera(yaw_deg=180))
    assert pose.points_px is not None
    assert pose.points_m is not None
    px, metres = pose.points_px.copy(), pose.points_m.copy()
    trunk = (px[[23, 24]] - px[[11, 12]]).mean(axis=0)[1]
    metres[28] = metres[26] + (0.0, 0.35, 0.05)
    px[28] = (px[26][0], px[[23, 24]].mean(axis=0)[1] + 1.35 * trunk)
    px[27, 1] = px[[23, 24]].mean(axis=0)[1] + 0.8 * trunk
    found = measure(replace(pose, points_px=px, points_m=metres))
    assert (found.posture, found.front) == (Posture.HALF_KNEELING, Side.LEFT)


@pytest.mark.parametrize(("yaw", "expected"), [(180, Posture.UNKNOWN), (0, Posture.STANDING)])
def test_from_behind_short_legs_that_hang_down_do_not_stand(yaw: float, expected: Posture) -> None:
    """Both shins of a kneeling body are read as hanging down from behind: feet that near to the hips do not stand."""
    pose = make_pose(standing(), camera=Camera(yaw_deg=yaw))
    assert pose.points_px is not None
    assert measure(pose).posture is Posture.STANDING
    px = pose.points_px.copy()
    hips, trunk = px[[23, 24], 1].mean(), (px[[23, 24], 1] - px[[11, 12], 1]).mean()
    px[25:27, 1], px[27:33, 1] = hips + 0.55 * trunk, hips + 1.1 * trunk
    assert measure(replace(pose, points_px=px)).posture is expected
