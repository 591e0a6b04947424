"""Which posture a body is in, and which leg is in front, from one pose.

Directions come from the 3-D points, where a foreshortened thigh keeps its direction; heights that decide which knee is
on the floor come from the picture, where they are more exact. "Down" is the camera's: the limits leave room for a
camera tilted by up to about 20 degrees for the upright postures, and for one that looks down by 30 to 60 degrees for
lying.
The limits were set on the photographs and recordings named in the accuracy figures, not on one clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, degrees
from typing import NamedTuple

from posecheck.records import LANDMARKS_OF, Posture, Side, SideLandmarks, Vectors
from posecheck.records.geometry import (
    Points,
    angle_between,
    cross,
    distance,
    elevation,
    mid_hip,
    subtract,
    trunk,
    trunk_length,
    unit,
    without_part,
)

LEFT, RIGHT = LANDMARKS_OF[Side.LEFT], LANDMARKS_OF[Side.RIGHT]

UPSIDE_DOWN_DEG = -35.0  # a trunk that points down by more is a wrong detection, not a posture
RECLINED_DEG = 27.0  # leaning back by more: lying, seen by a camera that may look down
# seen from a raised camera at the foot end some read as reclined by 20 degrees only, but the trunk looks short and the
# knees are up (measured: look 1.2 at most, 1.4 in noise, knees at hip height); upright bodies 15 degrees at most
RECLINED_SHORT_DEG, SHORT_LOOK, KNEES_UP = 15.0, 1.35, 0.35
PRONE_DEG = -65.0  # leaning forwards by more: face down
HIDDEN = 0.6  # visibility of knee and ankle: below, a leg may not be where it is found
# flexion of a knee that stands on the floor; with a level shin less is enough, for in depth a thigh that leans forward
# is read as less bent (37 degrees where the picture shows 80)
KNEELS_DEG, KNEELS_LEVEL_DEG, LEVEL_DEG = 40.0, 30.0, -25.0
# in trunk lengths: from behind shoulders and hips are this wide at least, and the ankles of who stands this far down
BACK_WIDTH, SHORTEST_STAND = 0.25, 1.25
KNEE_HEIGHT_GAP = 0.20  # in trunk lengths: the front knee is at least this much higher than the rear one


class _Leg(NamedTuple):
    """Elevation of thigh (knee seen from the hip) and shin (ankle seen from the knee), + up; knee flexion; degrees.

    `knee_drop` and `ankle_drop`: how far below the mid-hip, in trunk lengths of the picture.
    """

    thigh_deg: float
    shin_deg: float
    flexion_deg: float
    knee_drop: float
    ankle_drop: float

    @property
    def kneels(self) -> bool:
        least = KNEELS_LEVEL_DEG if self.shin_deg > LEVEL_DEG else KNEELS_DEG
        return self.thigh_deg < -38.0 and self.shin_deg > -38.0 and self.flexion_deg > least and self.knee_drop > 0.35

    @property
    def stands_on_foot(self) -> bool:
        return self.shin_deg < -40.0


def classify(vectors: Vectors) -> tuple[Posture, Side | None]:
    """Posture and, when half-kneeling, the side whose leg is in front.

    Args:
        vectors: the landmarks.

    Returns:
        (posture, front side or None). `Posture.UNKNOWN` when nothing fits.
    """
    px, metres, seen = vectors.px, vectors.m, vectors.visibility
    trunk_deg, reclined_deg = _trunk(metres)
    if trunk_deg < UPSIDE_DOWN_DEG:
        return Posture.UNKNOWN, None
    hip_y, length = mid_hip(px)[1], trunk_length(px) or 1.0
    left, right = (_leg(px, metres, leg, hip_y, length) for leg in (LEFT, RIGHT))
    lies_back = reclined_deg > RECLINED_DEG or (reclined_deg > RECLINED_SHORT_DEG and _knees_up(px, left, right))
    if lies_back or reclined_deg < PRONE_DEG:
        # a leg that is hidden, as one is that points at the camera, has no say
        bent = all(leg.flexion_deg > 25.0 and leg.shin_deg < -25.0 for leg in _visible(left, right, seen))
        return (Posture.SUPINE_KNEES_BENT if bent and reclined_deg > 0 else Posture.LYING), None
    from_behind = px[RIGHT.hip][0] > px[LEFT.hip][0]
    for front_side, front, rear in ((Side.LEFT, left, right), (Side.RIGHT, right, left)):
        if rear.kneels and front.stands_on_foot and _is_higher(front, rear):
            return Posture.HALF_KNEELING, front_side
        if from_behind and _kneels_from_behind(front, rear):
            return Posture.HALF_KNEELING, front_side
    if left.kneels and right.kneels:
        return Posture.TALL_KNEELING, None
    found = _upright(left, right)
    short = (left.ankle_drop + right.ankle_drop) / 2 < SHORTEST_STAND
    if found is Posture.STANDING and short and width_across(px) > BACK_WIDTH:
        found = Posture.UNKNOWN  # shins of a kneeling body, read as hanging down
    return found, None


def _knees_up(px: Points, left: _Leg, right: _Leg) -> bool:
    """Seen from the feet: knees as high in the picture as the hips, and a trunk that looks short for its shoulders."""
    shoulders = distance(px[LEFT.shoulder], px[RIGHT.shoulder])
    from_front = px[RIGHT.hip][0] < px[LEFT.hip][0]
    return from_front and trunk_length(px) < SHORT_LOOK * shoulders and max(left.knee_drop, right.knee_drop) < KNEES_UP


def is_upside_down(metres: Points) -> bool:
    """Whether the trunk points down: a wrong detection, not a posture. `metres`: 33 points (x, y, z)."""
    return _trunk(metres)[0] < UPSIDE_DOWN_DEG


def is_on_back(metres: Points) -> bool:
    """Whether a lying body has its chest up. `metres`: 33 points (x, y, z)."""
    return _trunk(metres)[1] > 0


def _is_higher(front: _Leg, rear: _Leg) -> bool:
    return rear.knee_drop - front.knee_drop > KNEE_HEIGHT_GAP and front.flexion_deg > 30.0 and front.thigh_deg > -60.0


def _visible(left: _Leg, right: _Leg, seen: Sequence[float]) -> tuple[_Leg, ...]:
    left_seen, right_seen = (min(seen[leg.knee], seen[leg.ankle]) for leg in (LEFT, RIGHT))
    if left_seen < HIDDEN <= right_seen:
        return (right,)
    return (left,) if right_seen < HIDDEN <= left_seen else (left, right)


def _kneels_from_behind(front: _Leg, rear: _Leg) -> bool:
    """The rear shin points at the camera and is read as hanging down; its foot is the lowest point of the picture."""
    return (
        rear.thigh_deg < -38.0
        and rear.knee_drop - front.knee_drop > 0.05
        and rear.ankle_drop - front.ankle_drop > 0.25
        and rear.ankle_drop < 1.55
        and front.ankle_drop < 0.9
    )


def width_across(px: Points) -> float:
    """Width of shoulders and hips, the right on the right, in trunk lengths: + from behind, - from the front."""
    shoulders = px[RIGHT.shoulder][0] - px[LEFT.shoulder][0]
    hips = px[RIGHT.hip][0] - px[LEFT.hip][0]
    return (shoulders + hips) / 2 / max(trunk_length(px), 1.0)


def _upright(left: _Leg, right: _Leg) -> Posture:
    ankle_drop = (left.ankle_drop + right.ankle_drop) / 2
    if left.stands_on_foot and right.stands_on_foot and ankle_drop > 0.8:
        return Posture.STANDING
    level = min(left.thigh_deg, right.thigh_deg)
    if (ankle_drop < 0.7 and level > -40.0) or (ankle_drop < 1.3 and level > -25.0):
        return Posture.FLOOR_SITTING
    return Posture.UNKNOWN


def _trunk(metres: Points) -> tuple[float, float]:
    """Elevation of the trunk, and how far it reclines (+ on the back, - forwards), side bend left out; degrees."""
    lateral = unit(subtract(metres[RIGHT.hip], metres[LEFT.hip]))
    up = without_part(trunk(metres), lateral)
    chest = cross(up, lateral)  # the way it faces
    return elevation(up), degrees(atan2(-chest[1], -up[1]))


def _leg(px: Points, metres: Points, leg: SideLandmarks, hip_y: float, length: float) -> _Leg:
    """One leg; the height of the mid-hip in the picture, and the length of the trunk there, are in pixels."""
    thigh, shin = subtract(metres[leg.knee], metres[leg.hip]), subtract(metres[leg.ankle], metres[leg.knee])
    return _Leg(
        elevation(thigh),
        elevation(shin),
        angle_between(thigh, shin),
        (px[leg.knee][1] - hip_y) / length,
        (px[leg.ankle][1] - hip_y) / length,
    )
