"""What the format gained for more exercises: groups by side, several postures, signals of both legs and the ankle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from posecheck.correct.image_rotation import ImageRotation
from posecheck.errors import ExerciseError
from posecheck.exercises import load_exercise
from posecheck.exercises.advice import warnings
from posecheck.exercises.loading import built_in_path
from posecheck.exercises.sides import resolved
from posecheck.judging.check import check
from posecheck.judging.session import Session
from posecheck.measure import measure, reading
from posecheck.measure.angles import BOTH_LEGS
from posecheck.records import Context, Landmark, Posture, Reading, Reason, ReasonKind, Signal, Zone
from posecheck.synthetic.bodies import other_side
from posecheck.synthetic.exercises import LYING_SIDE_CAMERA, MADE
from posecheck.testing import (
    SIDE_CAMERA,
    Camera,
    assert_angle,
    half_kneeling,
    hidden,
    lying,
    make_pose,
    standing,
    supine,
)


def changed(name: str, tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """The file of a built-in exercise with some text changed, as somebody's own."""
    text = built_in_path(name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


# ---- groups by side


def test_a_limit_of_the_working_leg_is_written_out_for_both_sides() -> None:
    """One limit in the file is one for each group, of that group's leg; what has no side stays once."""
    written = load_exercise("standing_quad_stretch")
    plain = resolved(written)
    knees = [(x.group, x.signal, x.enter) for x in plain.limits if x.signal.endswith("knee_flexion")]
    assert knees == [
        ("left", "left_knee_flexion", (105.0, 175.0)),
        ("right", "right_knee_flexion", (105.0, 175.0)),
        ("left", "right_knee_flexion", (0.0, 30.0)),
        ("right", "left_knee_flexion", (0.0, 30.0)),
    ]
    assert [x.group for x in plain.limits if x.signal == "trunk_lean"] == [None]
    assert resolved(load_exercise("squat")) is load_exercise("squat")


def test_what_is_signed_towards_the_right_is_turned_for_the_left() -> None:
    """A bend towards the working side is a bend to the right for one group and to the left for the other."""
    plain = resolved(load_exercise("standing_side_bend"))
    bends = {x.group: (x.enter, x.exit, x.attempt) for x in plain.limits if x.relative}
    assert bends["right"] == ((12.0, 45.0), (9.0, 55.0), (5.0, 90.0))
    assert bends["left"] == ((-45.0, -12.0), (-55.0, -9.0), (-90.0, -5.0))
    (zero,) = plain.baselines
    assert (zero.signal, zero.within) == ("side_bend", (-8.0, 8.0))
    more = {x.group: (x.above, x.below) for x in plain.faults if x.name == "bend_more"}
    assert more == {"left": (-11.0, None), "right": (None, 11.0)}


def test_a_zero_of_what_has_no_side_stays_as_it_is() -> None:
    """The trunk leans forward for both groups alike, and has one zero."""
    written = load_exercise("standing_side_bend")
    lean = written.baselines[0].model_copy(update={"signal": "trunk_lean"})
    both = written.model_copy(update={"baselines": (*written.baselines, lean)})
    assert resolved(both).baselines == (*resolved(written).baselines, lean)


def test_a_magnitude_has_no_side(tmp_path: Path) -> None:
    """A fault that compares the size without its sign is the same for both groups."""
    old = 'above = 40\nduring = ["position", "hold"]'
    path = changed("standing_side_bend", tmp_path, (old, f"magnitude = true\n{old}"))
    faults = [x for x in resolved(load_exercise(path)).faults if x.name == "ease_off"]
    assert [(x.group, x.signal, x.above, x.below) for x in faults] == [
        ("left", "side_bend", 40.0, None),
        ("right", "side_bend", 40.0, None),
    ]


def test_a_limit_for_one_side_only_stays_one() -> None:
    """`group` says for which side; then the other one is not written."""
    written = load_exercise("standing_quad_stretch")
    one = written.model_copy(update={"limits": tuple(x.model_copy(update={"group": "left"}) for x in written.limits)})
    assert {x.group for x in resolved(one).limits} == {"left"}


MISTAKES: dict[str, tuple[str, tuple[tuple[str, str], ...], list[str]]] = {
    "a working side without sides": (
        "squat",
        (('signal = "shin_inclination"', 'signal = "working_shin_inclination"'),),
        ["faults.1.signal", "working_shin_inclination", 'groups_by = "side"', "left_shin_inclination"],
    ),
    "sides with other names": (
        "arm_raise",
        (('groups = ["left", "right"]', 'groups = ["up", "down"]'),),
        ['groups_by = "side"', 'groups = ["left", "right"]'],
    ),
    "two groups and no word for the change": (
        "arm_raise",
        (('switch_cue = "Now the other arm."\n', ""),),
        ["switch_cue", "more than one group"],
    ),
    "a front leg where the groups are sides": (
        "split_squat",
        (('signal = "working_shin_inclination"', 'signal = "front_shin_inclination"'),),
        ["front_shin_inclination", "rear_leg", "working_knee_flexion"],
    ),
    "no limit that tells the sides apart": (
        "calf_stretch",
        (("working_", "left_"),),
        ["groups", "the goal of 'right' cannot be reached"],
    ),
    "the same posture twice": (
        "squat",
        (('posture_also = ["chair_sitting"', 'posture_also = ["standing"'),),
        ["posture_also", "standing", "twice"],
    ),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_mistakes_of_sides_and_postures_are_named(what: str, tmp_path: Path) -> None:
    """Each is refused with its key and what is allowed."""
    name, changes, words = MISTAKES[what]
    with pytest.raises(ExerciseError) as caught:
        load_exercise(changed(name, tmp_path, *changes))
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_fault_of_a_side_before_any_effort_is_advised_against(tmp_path: Path) -> None:
    """During setup alone it would never be said, as nobody knows yet which side it will be."""
    old = 'below = 102\nduring = ["position", "hold"]'
    path = changed("standing_quad_stretch", tmp_path, (old, 'below = 102\nduring = ["setup"]'))
    (remark, *_) = [r for r in warnings(load_exercise(path)) if r.key[-1] == "during"]
    assert "never said" in remark.words


def test_a_fault_of_one_side_is_not_seen_in_the_other_ones_effort() -> None:
    """The bent knee of the working leg is no "straight knee" fault of the other group."""
    exercise = resolved(load_exercise("standing_quad_stretch"))
    measurement = measure(make_pose(MADE["standing_quad_stretch"].held))
    for group, faults in (("left", ()), ("right", ("knee_forward", "heel_closer")), (None, ())):
        found = check(measurement, exercise, Context(group=group))
        assert set(found.faults) <= set(faults) or group == "right"
        assert ("heel_closer" in found.faults) == (group == "right")
    assert check(measurement, exercise, Context()).zones == {"left": Zone.ENTER, "right": Zone.OUT}


def test_the_leg_that_rests_may_be_hidden_the_working_one_may_not() -> None:
    """From the side the far leg is often hidden: that stops the judging only while it is the one that works."""
    exercise = resolved(load_exercise("active_knee_extension"))
    pose = hidden(
        make_pose(MADE["active_knee_extension"].held, camera=LYING_SIDE_CAMERA),
        Landmark.RIGHT_KNEE,
        Landmark.RIGHT_ANKLE,
    )
    seen = {group: check(measure(pose), exercise, Context(group=group)) for group in (None, "left", "right")}
    assert [seen[group].judged for group in (None, "left", "right")] == [True, True, False]
    assert seen["right"].reason == Reason(ReasonKind.HIDDEN, "legs")


# ---- more than one posture


def test_what_it_may_also_be_taken_for_is_judged_other_postures_are_not() -> None:
    """On one leg, which has no posture of its own, is judged; lying on the back is not."""
    session = Session(load_exercise("standing_quad_stretch"))
    on_one_leg = MADE["standing_quad_stretch"].held
    assert measure(make_pose(on_one_leg)).posture is Posture.UNKNOWN
    for number, body in enumerate((standing(), on_one_leg)):
        assert session.feed(make_pose(body, number / 10)).check.in_posture
    assert not session.feed(make_pose(lying(), 1.0, SIDE_CAMERA)).check.in_posture


def test_a_turned_camera_is_not_guessed_where_it_cannot_be_told() -> None:
    """Somebody who only stands, before an exercise on the back, is not taken for lying in a picture on its side."""
    poses = [make_pose(standing(), i / 10) for i in range(30)]
    for postures, turned in ((load_exercise("bridge").postures, False), ((Posture.SUPINE_KNEES_BENT,), False)):
        rotation = ImageRotation(*postures)
        for pose in poses:
            rotation.update(pose)
        assert bool(rotation.turn) is turned
    careless = ImageRotation(Posture.LYING)
    careless._can_tell = True
    for pose in poses:
        careless.update(pose)
    assert careless.turn != 0  # what would happen otherwise


# ---- signals


def legs(left: float, right: float, left_seen: float = 0.9, right_seen: float = 0.9) -> dict[Signal, Reading]:
    kinds = ("knee_flexion", "hip_flexion", "thigh_inclination", "shin_inclination")
    values: dict[Signal, Reading] = {}
    for kind in kinds:
        values[Signal(f"left_{kind}")] = Reading(left, left_seen)
        values[Signal(f"right_{kind}")] = Reading(right, right_seen)
    return values


@pytest.mark.parametrize(
    ("left", "right", "seen", "mean"),
    [(80.0, 100.0, 0.9, 90.0), (80.0, 100.0, 0.0, 80.0), (178.0, -176.0, 0.9, -179.0), (-176.0, 178.0, 0.9, -179.0)],
)
def test_a_signal_of_both_legs_is_their_mean_by_how_well_they_are_seen(
    left: float, right: float, seen: float, mean: float
) -> None:
    """A hidden leg has no say, and legs on both sides of 180 degrees have their mean there, not at 0."""
    for signal in BOTH_LEGS:
        both = reading(legs(left, right, right_seen=seen), signal)
        assert both is not None
        assert both.value == pytest.approx(mean)
        assert both.confidence == 0.9


def test_nobody_seen_at_all_is_no_division_by_nothing() -> None:
    """With both legs at visibility 0 the left one is given, without confidence."""
    assert reading(legs(50.0, 70.0, 0.0, 0.0), Signal.KNEE_FLEXION) == Reading(50.0, 0.0)
    assert reading({}, Signal.KNEE_FLEXION) is None


@pytest.mark.parametrize("yaw", [90.0, -90.0])
@pytest.mark.parametrize("face", [(0.0, -40.0), (25.0, 0.0), (-25.0, 0.0)], ids=["up", "to the right", "to the left"])
def test_lying_the_face_does_not_turn_the_hips(yaw: float, face: tuple[float, float]) -> None:
    """Hip flexion has its sign wherever the lying person looks: up, to the feet, or over the head."""
    pose = make_pose(supine(knee_flexion=90.0), camera=replace(LYING_SIDE_CAMERA, yaw_deg=yaw))
    assert pose.points_px is not None
    px = pose.points_px.copy()
    px[Landmark.NOSE] = (px[Landmark.LEFT_EAR] + px[Landmark.RIGHT_EAR]) / 2 + face
    assert_angle(replace(pose, points_px=px), "hip_flexion", 45, within=4)


def test_face_down_leans_forwards() -> None:
    """Child's pose is a trunk that leans forwards by 97 degrees, from either side."""
    for yaw in (90.0, -90.0):
        pose = make_pose(MADE["childs_pose"].held, camera=Camera(yaw_deg=yaw))
        assert measure(pose).posture is Posture.FACE_DOWN
        assert_angle(pose, "trunk_lean", 97, within=3)


@pytest.mark.parametrize("plane", ["image", "world"])
def test_ankle_dorsiflexion_falls_when_the_heel_leaves_the_floor(plane: str) -> None:
    """A shin tilted by 30 degrees over a flat foot is 30; on the toes it is less by as much as the foot tips."""
    body = standing(left_thigh=30.0, left_shin=30.0)
    camera = Camera(orthographic=True)
    assert_angle(make_pose(body, camera=camera), "left_ankle_dorsiflexion", 30, within=0.5, plane=plane)
    tipped = replace(body, left_heel=25.0)
    assert_angle(make_pose(tipped, camera=camera), "left_ankle_dorsiflexion", 5, within=0.5, plane=plane)


def test_each_shin_has_its_own_tilt() -> None:
    """One knee 20 degrees in, the other 10 out: each is read, and the plain signal is their mean."""
    body = supine(knees_in=5.0, to_right=15.0)
    found = measure(make_pose(body, camera=Camera(yaw_deg=0.0, pitch_deg=90.0, above_m=0.0, orthographic=True))).world
    left, right = found[Signal.LEFT_SHIN_TILT].value, found[Signal.RIGHT_SHIN_TILT].value
    assert [left, right] == pytest.approx([20.0, -10.0], abs=1.0)
    assert found[Signal.SHIN_TILT].value == pytest.approx((left + right) / 2)


def test_a_foot_on_the_couch_is_no_slope_of_the_floor() -> None:
    """With the shin up against the couch the knees are read as they are, not by a floor as steep as the shin."""
    body = half_kneeling("left", hips_forward=4.0, rear_knee_flexion=145.0)
    pose = make_pose(body, camera=Camera(orthographic=True))
    assert measure(pose).posture is Posture.HALF_KNEELING
    assert_angle(pose, "rear_knee_flexion", 145, within=1)


def test_the_other_side_of_a_body() -> None:
    """Mirrored twice it is itself; once, what was left is right, and the bend is turned."""
    body = standing(left_thigh=20.0, right_arm=90.0, side_bend=10.0, left_heel=5.0, arms_out=90.0)
    turned = other_side(body)
    assert other_side(turned) == body
    assert (turned.right_thigh, turned.left_arm, turned.side_bend, turned.right_heel) == (20.0, 90.0, -10.0, 5.0)
    assert turned.arms_out == 90.0
