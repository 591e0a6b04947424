"""The angles and ratios of one pose, in the picture or in space; `signals.py` tells in words what each is.

Definitions follow the joint coordinate systems of the ISB (Wu et al. 2002, J Biomech 35:543) reduced to what 33
landmarks can show; zero is the anatomical position:

    knee flexion        180 - angle(hip-knee, ankle-knee); 0 = straight (half-kneeling, in the picture: less the
                        slope that level lines have there)
    hip flexion         thigh against trunk in the sagittal plane; 0 = in line, + = knee in front, - = extension
    thigh inclination   0 = vertical, + = hip ahead of knee
    shin inclination    0 = vertical, + = knee ahead of ankle
                        (the four without a side: both legs, weighted by visibility)
    ankle dorsiflexion  shin against foot, which points from heel to toes; 0 = at a right angle, + = the knee comes over
                        the toes; it falls when the heel leaves the floor
    arm elevation       upper arm against trunk; 0 = hanging, 180 = overhead (plain: both arms, weighted by visibility)
    trunk lean          0 = upright, + = forwards
    side bend           0 = upright, + = towards the subject's right
    shin tilt           a shin tilted to the side (plain: the mean of both); 0 = upright, + = knee inwards, - = outwards
    knee drop           for lying on the back: shin tilt, plus 10 degrees for each trunk length that the knees are found
                        below the hips (in an inward drop the detector finds them too far down the shin)
    knee gap ratio      distance of the knees / distance of the ankles
    knee shift          mid-knee against mid-ankle, in ankle distances, + = towards the subject's right
    feet gap ratio      distance of the ankles / distance of the shoulders
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import atan2, degrees

from posecheck.records import LANDMARKS_OF, Landmark, Reading, Side, Signal
from posecheck.records.geometry import (
    TINY,
    Points,
    Vector,
    angle_between,
    cross,
    distance,
    dot,
    inclination,
    mid_hip,
    midpoint,
    near_side,
    negative,
    norm,
    subtract,
    trunk,
    trunk_length,
    unit,
    without_part,
    wrapped_deg,
)

SLIDE_DEG = 10.0  # of knee drop for each trunk length that the knees are found below the hips
MOST_TRUNKS = 2.0  # of the knees below the hips: a trunk that points at the camera has no length
STEEPEST_FLOOR, NEAR_TRUST = 0.36, 0.5  # of the floor: at most 20 degrees; see `floor_slopes`
HIDDEN, CLEAR = 0.6, 0.85  # visibility: a leg below the one counts for nothing when the other is above the other

_KNEES = (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE)
_ANKLES = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)
_SHOULDERS = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
_HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)

BOTH_LEGS = {
    Signal(name): (Signal(f"left_{name}"), Signal(f"right_{name}"))
    for name in ("knee_flexion", "hip_flexion", "thigh_inclination", "shin_inclination")
}


@dataclass(frozen=True, slots=True)
class Axes:
    """Directions of the body, vectors of length 1.

    `ahead` and `right`: forwards and to the subject's right, both level. `trunk`: from the hips to the shoulders;
    `spine`: the same without its side bend; `chest`: the way the chest faces. `slopes`: how steeply a level line runs
    across the picture at each knee (y for each x), see `floor_slopes`.
    """

    ahead: Vector
    right: Vector
    trunk: Vector
    spine: Vector
    chest: Vector
    slopes: Mapping[Side, float] = field(default_factory=dict)


def picture_axes(px: Points, facing: int, slopes: Mapping[Side, float]) -> Axes:
    """The directions of a body in the picture.

    Args:
        px: the 33 points in pixels.
        facing: the way the subject faces, -1 left, +1 right.
        slopes: of the floor, see `floor_slopes`.
    """
    up = unit(trunk(px))
    right = 1.0 if px[Landmark.RIGHT_HIP][0] >= px[Landmark.LEFT_HIP][0] else -1.0
    # the trunk turned by 90 degrees towards the side that the subject faces
    chest = (-up[1] * facing, up[0] * facing, 0.0)
    return Axes((float(facing), 0.0, 0.0), (right, 0.0, 0.0), up, up, chest, slopes)


def space_axes(metres: Points) -> Axes:
    """The directions of a body in space, from its 33 points in metres."""
    lateral = unit(subtract(metres[Landmark.RIGHT_HIP], metres[Landmark.LEFT_HIP]))
    up = unit(trunk(metres))
    spine = unit(without_part(up, lateral))
    chest = cross(spine, lateral)
    ahead, right = unit((chest[0], 0.0, chest[2])), unit((lateral[0], 0.0, lateral[2]))
    return Axes(ahead, right, up, spine, chest)


def floor_slopes(px: Points, front: Side, facing: int) -> dict[Side, float]:
    """How steeply a level line, along the way the body faces, runs across the picture (y for each x) at each knee.

    A camera that looks down, and not quite from the side, shears the picture: what lies on the floor slopes, what is as
    high as the camera does not. The rear shin of a half-kneeling body lies on the floor and shows how much; the front
    thigh is about half as high as the camera. A near shin is misread by about as much as it slopes, so half of what it
    shows is taken (mean errors of front and rear knee on stills of seed 0: 4.1 and 5.3 degrees without, 3.7 and 3.1
    with; of seed 4: 3.9 and 4.5, 3.8 and 3.0).

    Args:
        px: the 33 points in pixels.
        front: the side whose leg is in front.
        facing: the way the subject faces, -1 left, +1 right.
    """
    if rear_foot_is_up(px, front):
        return {}
    across, down = _rear_shin(px, front)
    # steeper is no floor: a foot that is lifted, or misread
    slope = max(-STEEPEST_FLOOR, min(STEEPEST_FLOOR, down / across)) if abs(across) > TINY else 0.0
    if near_side(facing) is not front:
        slope *= NEAR_TRUST
    return {front.other: slope, front: slope / 2}


def rear_foot_is_up(px: Points, front: Side) -> bool:
    """Whether the rear foot of a half-kneeling body is on a wall or a couch.

    Args:
        px: the 33 points in pixels.
        front: the side whose leg is in front.
    """
    across, down = _rear_shin(px, front)
    return down < -2 * STEEPEST_FLOOR * abs(across)


def _rear_shin(px: Points, front: Side) -> tuple[float, float]:
    """From the rear knee to the rear ankle: across the picture, and down."""
    rear = LANDMARKS_OF[front.other]
    across, down, _ = subtract(px[rear.ankle], px[rear.knee])
    return across, down


def measure_angles(points: Points, visibility: Sequence[float], axes: Axes) -> dict[Signal, Reading]:
    """Every signal of one plane that can be had, but for those of both legs: see `reading`.

    Args:
        points: the 33 points, in pixels or metres.
        visibility: of each, 0 to 1.
        axes: the body's directions in that plane.
    """
    return {
        **_leg_angles(points, visibility, axes, Side.LEFT),
        **_leg_angles(points, visibility, axes, Side.RIGHT),
        **_arm_angles(points, visibility, axes),
        **_trunk_angles(visibility, axes),
        **_ratios(points, visibility, axes),
        **_shin_tilts(points, visibility, axes),
    }


def _leg_angles(points: Points, visibility: Sequence[float], axes: Axes, side: Side) -> dict[Signal, Reading]:
    leg = LANDMARKS_OF[side]
    thigh = subtract(points[leg.hip], points[leg.knee])
    shin = subtract(points[leg.knee], points[leg.ankle])
    foot = subtract(points[leg.foot_index], points[leg.heel])
    thigh_seen = min(visibility[leg.hip], visibility[leg.knee])
    shin_seen = min(visibility[leg.knee], visibility[leg.ankle])
    foot_seen = min(visibility[leg.heel], visibility[leg.foot_index])
    hip_flexion = degrees(atan2(-dot(thigh, axes.chest), dot(thigh, axes.spine)))
    found = {
        "knee_flexion": Reading(_knee_flexion(thigh, shin, axes.slopes.get(side, 0.0)), min(thigh_seen, shin_seen)),
        "hip_flexion": Reading(hip_flexion, min(thigh_seen, visibility[leg.shoulder])),
        "thigh_inclination": Reading(inclination(thigh, axes.ahead), thigh_seen),
        "shin_inclination": Reading(inclination(shin, axes.ahead), shin_seen),
        "ankle_dorsiflexion": Reading(_beyond_right_angle(foot, shin), min(shin_seen, foot_seen)),
    }
    return {Signal(f"{side}_{name}"): one for name, one in found.items()}


def _knee_flexion(thigh: Vector, shin: Vector, slope: float) -> float:
    """How far a knee is bent, in degrees, as it would be seen if the floor did not slope."""
    thigh, shin = (thigh[0], thigh[1] - slope * thigh[0], thigh[2]), (shin[0], shin[1] - slope * shin[0], shin[2])
    return 180.0 - angle_between(thigh, negative(shin))


def _beyond_right_angle(u: Vector, v: Vector) -> float:
    """How much less than 90 degrees is between two vectors, -90 to 90 (0 when one has no length)."""
    return degrees(atan2(dot(u, v), norm(cross(u, v))))


def _arm_angles(points: Points, visibility: Sequence[float], axes: Axes) -> dict[Signal, Reading]:
    found = {}
    for side, one in LANDMARKS_OF.items():
        value = angle_between(subtract(points[one.elbow], points[one.shoulder]), negative(axes.trunk))
        found[side] = Reading(value, min(visibility[one.shoulder], visibility[one.elbow]))
    left, right = found[Side.LEFT], found[Side.RIGHT]
    weight = left.confidence + right.confidence
    mean = (left.value * left.confidence + right.value * right.confidence) / weight if weight > TINY else left.value
    return {
        Signal.LEFT_ARM_ELEVATION: left,
        Signal.RIGHT_ARM_ELEVATION: right,
        Signal.ARM_ELEVATION: Reading(mean, max(left.confidence, right.confidence)),
    }


def _trunk_angles(visibility: Sequence[float], axes: Axes) -> dict[Signal, Reading]:
    seen = min(visibility[i] for i in (*_SHOULDERS, *_HIPS))
    return {
        Signal.TRUNK_LEAN: Reading(inclination(axes.trunk, axes.ahead), seen),
        Signal.SIDE_BEND: Reading(inclination(axes.trunk, axes.right), seen),
    }


def _ratios(points: Points, visibility: Sequence[float], axes: Axes) -> dict[Signal, Reading]:
    found: dict[Signal, Reading] = {}
    knees, ankles = [points[i] for i in _KNEES], [points[i] for i in _ANKLES]
    ankles_apart, shoulders_apart = distance(*ankles), distance(*(points[i] for i in _SHOULDERS))
    legs_seen = min(visibility[i] for i in (*_KNEES, *_ANKLES))
    if ankles_apart > TINY:
        found[Signal.KNEE_GAP_RATIO] = Reading(distance(*knees) / ankles_apart, legs_seen)
        shift = subtract(midpoint(*knees), midpoint(*ankles))
        found[Signal.KNEE_SHIFT] = Reading(dot(shift, axes.right) / ankles_apart, legs_seen)
    if shoulders_apart > TINY:
        seen = min(visibility[i] for i in (*_ANKLES, *_SHOULDERS))
        found[Signal.FEET_GAP_RATIO] = Reading(ankles_apart / shoulders_apart, seen)
    # one clear leg is enough: a foot that is hidden behind the other one is beside it
    one_leg_seen = max(_leg_seen(visibility, side) for side in Side)
    if (length := trunk_length(points)) > TINY:
        found[Signal.STRIDE_RATIO] = Reading(abs(dot(subtract(*ankles), axes.ahead)) / length, one_leg_seen)
    if (leg := max(_leg_length(points, side) for side in Side)) > TINY:
        height = max(ankle[1] for ankle in ankles) - mid_hip(points)[1]
        found[Signal.HIP_HEIGHT_RATIO] = Reading(height / leg, one_leg_seen)
    return found


def _leg_length(points: Points, side: Side) -> float:
    """Thigh and shin, in the unit of the points."""
    leg = LANDMARKS_OF[side]
    return distance(points[leg.hip], points[leg.knee]) + distance(points[leg.knee], points[leg.ankle])


def _leg_seen(visibility: Sequence[float], side: Side) -> float:
    """How well a leg is seen: as the worst of hip, knee and ankle."""
    leg = LANDMARKS_OF[side]
    return min(visibility[leg.hip], visibility[leg.knee], visibility[leg.ankle])


def _shin_tilts(points: Points, visibility: Sequence[float], axes: Axes) -> dict[Signal, Reading]:
    left = _shin_tilt(points, visibility, axes, Side.LEFT)
    right = _shin_tilt(points, visibility, axes, Side.RIGHT)
    both = _mean_or_clearer(left, right)
    knees_y, hips_y = (points[a][1] + points[b][1] for a, b in (_KNEES, _HIPS))
    down = (knees_y - hips_y) / 2
    trunks = max(-MOST_TRUNKS, min(MOST_TRUNKS, down / (trunk_length(points) or 1.0)))
    return {
        Signal.LEFT_SHIN_TILT: left,
        Signal.RIGHT_SHIN_TILT: right,
        Signal.SHIN_TILT: both,
        Signal.KNEE_DROP: Reading(both.value + SLIDE_DEG * trunks, both.confidence),
    }


def _shin_tilt(points: Points, visibility: Sequence[float], axes: Axes, side: Side) -> Reading:
    leg = LANDMARKS_OF[side]
    shin = subtract(points[leg.knee], points[leg.ankle])
    across = shin[0] * axes.right[0] + shin[2] * axes.right[2]
    tilt = degrees(atan2(across, norm(without_part(shin, axes.right))))
    return Reading(tilt if side is Side.LEFT else -tilt, min(visibility[leg.knee], visibility[leg.ankle]))


def _mean_or_clearer(left: Reading, right: Reading) -> Reading:
    """The mean of both legs; of one alone when the other is hidden, as it is when it points at the camera."""
    better, worse = (left, right) if left.confidence >= right.confidence else (right, left)
    if worse.confidence < HIDDEN and better.confidence > CLEAR:
        return better
    return Reading((left.value + right.value) / 2, worse.confidence)


def reading(found: Mapping[Signal, Reading], signal: Signal) -> Reading | None:
    """A signal of one plane; one that means both legs is their mean, weighted by how well each leg is seen.

    Args:
        found: the signals of one plane, from `Measurement.image` or `Measurement.world`.
        signal: the one that is wanted.

    Returns:
        The reading; None when it cannot be had.
    """
    legs = BOTH_LEGS.get(signal)
    if legs is None:
        return found.get(signal)
    left, right = found.get(legs[0]), found.get(legs[1])
    if left is None or right is None:
        return None
    weight = left.confidence + right.confidence
    share = right.confidence / weight if weight > TINY else 0.0
    apart = wrapped_deg(right.value - left.value)  # 179 and -179 are two degrees apart
    value = left.value + share * apart
    return Reading(wrapped_deg(value) if abs(value) > 180.0 else value, max(left.confidence, right.confidence))
