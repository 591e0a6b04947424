"""The exercises that were never recorded, as bodies made to order: how each is done right, and its typical faults.

Data: a starting body, a body for each group where the exercise is held or turns back, and what goes wrong. `made_set`
makes poses of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from posecheck.records import Pose, Posture, Side
from posecheck.synthetic.bodies import Body, half_kneeling, other_side, standing, supine, tall_kneeling
from posecheck.synthetic.motions import keys_of, motion
from posecheck.synthetic.poses import FOOT_CAMERA, FRONT_CAMERA, SIDE_CAMERA, Camera

# A guess: a camera on a chair beside the mat, with the whole body in its picture.
LYING_SIDE_CAMERA = Camera(above_m=0.5, pitch_deg=8.0, hip_at=(0.5, 0.65))


@dataclass(frozen=True, slots=True)
class Wrong:
    """A way to do an exercise wrong: other angles where it is held, or a hold of other length.

    `angles` are those of the left group, mirrored for the right one. `reason` is why the repetition must be refused,
    `cue` which fault must be named (None: none); `either`: both sides move, so that it may be taken for an effort of
    any of them.
    """

    reason: str
    cue: str | None = None
    angles: Mapping[str, float] = field(default_factory=dict)
    hold_s: float | None = None
    either: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """How one exercise is done: bodies at the start and where it is held, for the left group or the only one.

    `way_in` comes before the start, and where the group changes. `hold_s` is the time held, `move_s` that
    of the way there and back.
    """

    camera: Camera
    start: Body
    held: Body
    hold_s: float
    wrong: Mapping[str, Wrong]
    move_s: float = 1.2
    rest_s: float = 1.2
    way_in: Body | None = None


def _legs(**angles: float) -> dict[str, float]:
    """The same angles for both legs: `thigh`, `shin`, `thigh_out`, `shin_in`."""
    return {f"{side}_{name}": value for side in Side for name, value in angles.items()}


def _arms(elevation: float) -> dict[str, float]:
    return {"left_arm": elevation, "right_arm": elevation}


# Right positions and wrong ones, in degrees: chosen well inside the limits of their exercises, or well outside.
_ON_BACK = supine(feet_gap=0.9)
_CHAIR = Body(**_legs(thigh=-88.0, shin=2.0), trunk_lean=5.0)
_BRIDGE = Body(trunk_lean=-114.0, **_legs(thigh=-116.0, shin=-18.0))
_LOW_BRIDGE = {"trunk_lean": -99.0, **_legs(thigh=-129.0, shin=-38.0)}
_SQUAT = Body(trunk_lean=38.0, **_legs(thigh=-68.0, shin=25.0), **_arms(85.0))
_BUTTERFLY = Body(**_legs(thigh=-95.0, thigh_out=50.0, shin=-60.0, shin_in=-65.0), left_arm=25.0, right_arm=25.0)
_KNEES_UP = _legs(thigh=-130.0, thigh_out=35.0, shin=-25.0, shin_in=-45.0)
_HEELS = Body(trunk_lean=5.0, **_legs(thigh=-65.0, shin=92.0), **_arms(15.0))

MADE: dict[str, Made] = {
    "couch_stretch": Made(
        SIDE_CAMERA,
        half_kneeling(Side.LEFT, rear_thigh=-14.0, rear_knee_flexion=112.0, trunk_lean=32.0, arm_elevation=45.0),
        half_kneeling(Side.LEFT, hips_forward=4.0, rear_knee_flexion=128.0, trunk_lean=0.0, arm_elevation=20.0),
        30.5,
        {
            "chest down": Wrong("chest_up", "chest_up", {"trunk_lean": 32.0}),
            "foot too low": Wrong("foot_up", "foot_up", {"left_shin": 102.0}),
            "too short": Wrong("partial", None, hold_s=20.0),
        },
        way_in=standing(),
    ),
    "standing_quad_stretch": Made(
        SIDE_CAMERA,
        standing(),
        standing(left_thigh=4.0, left_shin=134.0, left_arm=-38.0, right_arm=40.0),
        20.5,
        {
            "heel too low": Wrong("heel_closer", "heel_closer", {"left_shin": 85.0}),
            "knee in front": Wrong("knee_forward", "knee_forward", {"left_thigh": -38.0, "left_shin": 90.0}),
            "leaning": Wrong("lean_forward", "lean_forward", {"trunk_lean": 32.0}),
        },
    ),
    "single_knee_to_chest": Made(
        LYING_SIDE_CAMERA,
        _ON_BACK,
        replace(_ON_BACK, left_thigh=-212.0, left_shin=-92.0, left_arm=58.0, right_arm=58.0),
        20.5,
        {
            "not close": Wrong("closer", "closer", {"left_thigh": -176.0, "left_shin": -86.0}),
            "both legs up": Wrong("other_leg", "other_leg", {"right_thigh": -205.0, "right_shin": -90.0}),
            "too short": Wrong("partial", None, hold_s=13.0),
        },
    ),
    "active_knee_extension": Made(
        LYING_SIDE_CAMERA,
        _ON_BACK,
        replace(_ON_BACK, left_thigh=-180.0, left_shin=-160.0, left_arm=50.0, right_arm=50.0),
        3.2,
        {
            "knee bent": Wrong("straighten", "straighten", {"left_shin": -115.0}),
            "thigh to the chest": Wrong("thigh_upright", "thigh_upright", {"left_thigh": -220.0, "left_shin": -195.0}),
            "too short": Wrong("partial", None, hold_s=1.0),
        },
    ),
    "bridge": Made(
        LYING_SIDE_CAMERA,
        _ON_BACK,
        _BRIDGE,
        10.4,
        {
            "hips too low": Wrong("hips_higher", "hips_higher", {**_LOW_BRIDGE, **_legs(thigh=-124.0, shin=-35.0)}),
            "too short": Wrong("partial", None, hold_s=6.0),
            "arched": Wrong("too_high", "too_high", {"trunk_lean": -119.0, **_legs(thigh=-89.0, shin=-8.0)}),
        },
    ),
    "bridge_repetitions": Made(
        LYING_SIDE_CAMERA,
        _ON_BACK,
        _BRIDGE,
        1.0,
        {
            "hips too low": Wrong("hips_higher", "hips_higher", {**_LOW_BRIDGE, **_legs(thigh=-124.0, shin=-35.0)}),
            "feet far away": Wrong(
                "feet_closer", "feet_closer", {"trunk_lean": -106.0, **_legs(thigh=-108.0, shin=-76.0)}
            ),
        },
    ),
    "bent_knee_fall_out": Made(
        FOOT_CAMERA,
        supine(feet_gap=0.9),
        supine(feet_gap=0.9, knees_in=-15.0, to_right=-15.0),
        2.4,
        {
            "both knees out": Wrong(
                "other_knee", "other_knee", {"right_shin_in": -28.0, "right_thigh_out": 34.0}, either=True
            ),
            "too small": Wrong("further", None, {"left_shin_in": -10.0, "left_thigh_out": 19.0}),
            "too short": Wrong("partial", None, hold_s=0.05),
        },
    ),
    "windshield_wipers": Made(
        FOOT_CAMERA,
        supine(),
        supine(to_right=-26.0),
        2.4,
        {
            "one knee only": Wrong("further", "both_knees", {"right_shin_in": 0.0, "right_thigh_out": 21.9}),
            "too small": Wrong("further", None, {"left_shin_in": -11.0, "right_shin_in": 11.0}),
            "too short": Wrong("partial", None, hold_s=0.3),
        },
    ),
    "seated_butterfly": Made(
        replace(FRONT_CAMERA, distance_m=2.0),
        replace(_BUTTERFLY, **_legs(thigh=-150.0, thigh_out=20.0, shin=-20.0, shin_in=-22.0)),
        _BUTTERFLY,
        20.5,
        {
            "knees up": Wrong("knees_sink", "knees_sink", _KNEES_UP),
            "feet apart": Wrong("soles_together", "soles_together", _legs(shin_in=-40.0, shin=-75.0)),
            "to one side": Wrong("sit_tall", "sit_tall", {"side_bend": 20.0}),
        },
    ),
    "calf_stretch": Made(
        SIDE_CAMERA,
        standing(),
        standing(
            trunk_lean=18.0,
            left_thigh=32.0,
            left_shin=32.0,
            right_thigh=-35.0,
            right_shin=22.0,
            left_arm=70.0,
            right_arm=70.0,
        ),
        30.5,
        {
            "heel up": Wrong("heel_down", "heel_down", {"left_heel": 32.0}),
            "knee bent": Wrong("knee_straight", "knee_straight", {"left_thigh": 14.0, "left_shin": 54.0}),
            "too short": Wrong("partial", None, hold_s=20.0),
        },
    ),
    "childs_pose": Made(
        replace(LYING_SIDE_CAMERA, distance_m=2.0),
        _HEELS,
        Body(trunk_lean=97.0, **_legs(thigh=-64.0, shin=92.0), **_arms(165.0)),
        30.5,
        {
            "hips high": Wrong("sit_back", "sit_back", {"trunk_lean": 110.0, **_legs(thigh=-8.0, shin=90.0)}),
            "not folded": Wrong("fold", "fold", {"trunk_lean": 48.0, **_arms(120.0)}),
            "arms back": Wrong("arms_out", "arms_out", _arms(20.0)),
        },
        move_s=2.0,
        way_in=tall_kneeling(),
    ),
    "standing_side_bend": Made(
        FRONT_CAMERA,
        standing(arms_out=90.0),
        standing(side_bend=-22.0, right_arm=165.0, arms_out=90.0),
        15.5,
        {
            "too small": Wrong("bend_more", "bend_more", {"side_bend": -8.5}),
            "arm down": Wrong("arm_over", "arm_over", {"right_arm": 10.0}),
            "too short": Wrong("partial", None, hold_s=10.0),
        },
    ),
    "squat": Made(
        replace(SIDE_CAMERA, distance_m=2.4, hip_at=(0.5, 0.52)),
        standing(),
        _SQUAT,
        0.5,
        {
            "too shallow": Wrong("deeper", "deeper", {"trunk_lean": 15.0, **_legs(thigh=-28.0, shin=16.0)}),
            "bent over": Wrong("chest_up", "chest_up", {"trunk_lean": 63.0}),
        },
    ),
    "sit_to_stand": Made(
        SIDE_CAMERA,
        _CHAIR,
        standing(),
        0.8,
        {
            "knees bent": Wrong("stand_up", "stand_up", {"trunk_lean": 12.0, **_legs(thigh=-24.0, shin=18.0)}),
            "bent over": Wrong("upright", "upright", {"trunk_lean": 38.0}),
        },
    ),
    "split_squat": Made(
        SIDE_CAMERA,
        standing(left_thigh=-22.0, left_shin=-4.0, right_thigh=18.0, right_shin=30.0, right_heel=25.0),
        standing(left_thigh=-80.0, left_shin=6.0, right_thigh=6.0, right_shin=84.0, trunk_lean=5.0),
        0.6,
        {
            "too shallow": Wrong("deeper", "deeper", {"left_thigh": -42.0, "right_thigh": 14.0, "right_shin": 58.0}),
            "bent over": Wrong("chest_up", "chest_up", {"trunk_lean": 48.0}),
        },
    ),
    "arm_raise": Made(
        FRONT_CAMERA,
        standing(arms_out=90.0),
        standing(left_arm=168.0, arms_out=90.0),
        0.6,
        {
            "too low": Wrong("higher", "higher", {"left_arm": 110.0}),
            "leaning": Wrong("lean", "lean", {"side_bend": 22.0}),
            "both arms": Wrong("one_arm", "one_arm", {"right_arm": 168.0}, either=True),
        },
    ),
}


def made_set(
    name: str,
    *,
    groups: Sequence[str] | None = None,
    wrong: str | None = None,
    fps: float = 10.0,
    camera: Camera | None = None,
    height_m: float = 1.7,
) -> list[Pose]:
    """A set of an exercise that was never recorded.

    Args:
        name: of the exercise, one of `MADE`.
        groups: the group of each repetition, in order; when left out all that its goal asks for.
        wrong: a typical fault of `MADE[name].wrong`, in every repetition.
        fps: frames a second.
        camera: how it is seen; when left out as the exercise asks for.
        height_m: body height.
    """
    from posecheck.exercises import load_exercise

    keys = keys_of(*made_stations(name, groups=groups, wrong=wrong))
    kneeling = load_exercise(name).posture is Posture.HALF_KNEELING
    view = camera or MADE[name].camera
    return list(motion(keys, fps, camera=view, height_m=height_m, detected=kneeling, planted=kneeling))


def made_stations(
    name: str, *, groups: Sequence[str] | None = None, wrong: str | None = None
) -> list[tuple[float, float, Body]]:
    """The motion of `made_set` as stations: (seconds to get there, seconds to stay, body).

    Args:
        name: name of an exercise in `MADE`.
        groups: the group of each repetition; None for those that make a set.
        wrong: a key of `Made.wrong`, for the way in which every repetition is done wrong; None for none.

    Raises:
        KeyError: there is no such exercise, or no such way to do it wrong.
    """
    made = MADE[name]
    fault = made.wrong[wrong] if wrong else Wrong("")
    held = replace(made.held, **dict(fault.angles))
    hold_s = made.hold_s if fault.hold_s is None else fault.hold_s
    stations: list[tuple[float, float, Body]] = []
    before: str | None = None
    for group in goal_groups(name) if groups is None else groups:
        start, there = (other_side(made.start), other_side(held)) if group == Side.RIGHT else (made.start, held)
        if group != before and made.way_in is not None:
            stations.append((1.5, 1.0, made.way_in))
        if group != before:
            stations.append((1.5, 1.6, start))
        before = group
        stations += [(made.move_s, hold_s, there), (made.move_s, made.rest_s, start)]
    stations.append((0.0, 0.6, stations[-1][2]))
    return stations


def goal_groups(name: str) -> tuple[str, ...]:
    """The groups of the repetitions that make a set, in the order in which they are asked for."""
    from posecheck.exercises import load_exercise

    exercise: Any = load_exercise(name)
    each, groups = exercise.goal.each, exercise.groups
    if exercise.goal.alternate:
        return tuple(group for _ in range(each) for group in groups)
    return tuple(group for group in groups for _ in range(each))
