"""Bodies as joint angles, and the postures that exercises start from.

Segment lengths are shares of the body height (Winter, "Biomechanics and Motor Control of Human Movement", 4th ed.,
table 4.1), with shoulders and hips as narrow as MediaPipe places them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import asin, degrees, radians, sin

from posecheck.records import Side

# Shares of the body height, see above; the half widths are narrower, as MediaPipe's landmarks are.
HIP_HALF, SHOULDER_HALF, TRUNK, THIGH, SHIN = 0.055, 0.105, 0.288, 0.245, 0.246
UPPER_ARM, FOREARM, HAND, HEAD = 0.186, 0.146, 0.08, 0.12  # as above; HAND and HEAD are guesses
FOOT_AHEAD, FOOT_BEHIND = 0.11, 0.035  # of the ankle, to the toes and to the heel; a guess


@dataclass(frozen=True, slots=True)
class Body:
    """Joint angles in degrees; all zero is standing with hanging arms.

    `*_thigh`, `*_shin`: inclination in the sagittal plane (knee flexion = shin - thigh). `*_thigh_out`: knee out from
    under the hip; `*_shin_in`: knee inwards of the ankle; `*_heel`: the foot tipped onto its toes. `*_arm`: elevation
    against the trunk; `arms_out`: the plane in which the arms are raised, 0 forwards, 90 sideways. `trunk_lean` +
    forwards, -90 on the back; `side_bend` + towards the subject's right.
    """

    trunk_lean: float = 0.0
    side_bend: float = 0.0
    left_thigh: float = 0.0
    right_thigh: float = 0.0
    left_shin: float = 0.0
    right_shin: float = 0.0
    left_thigh_out: float = 0.0
    right_thigh_out: float = 0.0
    left_shin_in: float = 0.0
    right_shin_in: float = 0.0
    left_arm: float = 0.0
    right_arm: float = 0.0
    arms_out: float = 0.0
    left_heel: float = 0.0
    right_heel: float = 0.0


def other_side(body: Body) -> Body:
    """The mirrored body: left and right exchanged."""
    turned: dict[str, float] = {}
    for name in (f.name for f in fields(body)):
        side, _, rest = name.partition("_")
        other = {"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, name)
        turned[other] = getattr(body, name)
    return Body(**{**turned, "side_bend": -body.side_bend})


def standing(**angles: float) -> Body:
    """Upright on both feet; any `Body` angle can be given."""
    return Body(**angles)


def tall_kneeling(**angles: float) -> Body:
    """Upright on both knees, shins on the floor."""
    return Body(**{"left_shin": 90.0, "right_shin": 90.0, **angles})


def half_kneeling(
    rear: Side | str = Side.RIGHT,
    *,
    hips_forward: float = 0.0,
    front_knee_flexion: float | None = None,
    front_shin: float | None = None,
    rear_thigh: float | None = None,
    rear_knee_flexion: float | None = None,
    trunk_lean: float = 0.0,
    bend_to_front: float = 0.0,
    arm_elevation: float = 0.0,
    **angles: float,
) -> Body:
    """On one knee, the other foot in front; angles in degrees.

    Args:
        rear: the side of the knee on the floor.
        hips_forward: glides the hips ahead over knee and foot that stay where they are. It inclines rear thigh and
            front shin by that angle, and bends the front knee as much; each of these can be set on its own.
        front_knee_flexion: flexion of the front knee; None for 90 and `hips_forward`.
        front_shin: inclination of the front shin; None for `hips_forward`.
        rear_thigh: inclination of the rear thigh; None for `hips_forward`.
        rear_knee_flexion: flexion of the rear knee; None for a rear shin that lies on the floor.
        trunk_lean: + forwards.
        bend_to_front: side bend, + towards the front leg's side.
        arm_elevation: of both arms, against the trunk.
        angles: any angle of `Body`; it overrides what the other arguments say.
    """
    rear = Side(rear)
    shin = hips_forward if front_shin is None else front_shin
    flexion = 90.0 + hips_forward if front_knee_flexion is None else front_knee_flexion
    thigh = hips_forward if rear_thigh is None else rear_thigh
    rear_flexion = 90.0 - thigh if rear_knee_flexion is None else rear_knee_flexion
    made = {
        "trunk_lean": trunk_lean,
        "side_bend": bend_to_front if rear.other is Side.RIGHT else -bend_to_front,
        f"{rear}_thigh": thigh,
        f"{rear}_shin": thigh + rear_flexion,
        f"{rear.other}_thigh": shin - flexion,
        f"{rear.other}_shin": shin,
        "left_arm": arm_elevation,
        "right_arm": arm_elevation,
    }
    return Body(**{**made, **angles})


def floor_sitting(**angles: float) -> Body:
    """On the floor with the legs straight ahead."""
    legs = dict.fromkeys(("left_thigh", "right_thigh", "left_shin", "right_shin"), -90.0)
    return Body(**{**legs, **angles})


def shin_box(front: Side | str = Side.LEFT, **angles: float) -> Body:
    """Seated "90-90": both knees bent on the floor, one shin across in front, the other one pointing back.

    Args:
        front: the side of the shin in front.
        angles: any angle of `Body`, in degrees; it overrides those of the posture.
    """
    front = Side(front)
    legs = {
        f"{front}_thigh": -90.0,
        f"{front}_thigh_out": 40.0,
        f"{front}_shin_in": -80.0,
        f"{front.other}_thigh": -90.0,
        f"{front.other}_thigh_out": 75.0,
        f"{front.other}_shin": 85.0,
    }
    return Body(**{**legs, **angles})


def supine(
    *,
    knees_in: float = 0.0,
    to_right: float = 0.0,
    knee_flexion: float = 90.0,
    feet_gap: float = 1.4,
    **angles: float,
) -> Body:
    """On the back, knees bent, feet flat on the floor; angles in degrees.

    Args:
        knees_in: both shins tilted inwards (- outwards).
        to_right: both shins tilted towards the subject's right.
        knee_flexion: flexion of both knees.
        feet_gap: distance between the feet, in shoulder widths.
        angles: any angle of `Body`; it overrides what the other arguments say.
    """
    legs: dict[str, float] = {}
    for side, shin_in in ((Side.LEFT, knees_in + to_right), (Side.RIGHT, knees_in - to_right)):
        legs[f"{side}_thigh"] = -90.0 - knee_flexion / 2
        legs[f"{side}_shin"] = -90.0 + knee_flexion / 2
        legs[f"{side}_shin_in"] = shin_in
        # the feet stay where they are: the thigh goes along
        out = (feet_gap * SHOULDER_HALF - HIP_HALF - SHIN * sin(radians(shin_in))) / THIGH
        legs[f"{side}_thigh_out"] = degrees(asin(max(-1.0, min(1.0, out))))
    return Body(**{"trunk_lean": -90.0, **legs, **angles})


def lying(**angles: float) -> Body:
    """On the back, legs straight."""
    return floor_sitting(**{"trunk_lean": -90.0, **angles})
