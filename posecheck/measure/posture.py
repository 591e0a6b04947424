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

from posecheck.records import LANDMARKS_OF, Posture, Side, Vectors
from posecheck.records.geometry import (
    Points,
    angle_between,
    cross,
    distance,
    dot,
    elevation,
    mid_hip,
    mid_shoulder,
    norm,
    subtract,
    trunk,
    trunk_length,
    unit,
    without_part,
)

LEFT, RIGHT = LANDMARKS_OF[Side.LEFT], LANDMARKS_OF[Side.RIGHT]

UPSIDE_DOWN_DEG = -35.0  # a trunk that points down by more is a wrong detection, but for a bridge: a guess
HIGHEST_BRIDGE_DEG = -60.0  # real bridges read as -9 to -47 (19 photographs); a guess, with room for a higher one
RECLINED_DEG = 27.0  # leaning back by more: lying, seen by a camera that may look down
# seen from a raised camera at the foot end some read as reclined by 20 degrees only, but the trunk looks short and the
# knees are up (measured: look 1.2 at most, 1.4 in noise, knees at hip height); upright bodies 15 degrees at most
RECLINED_SHORT_DEG, SHORT_LOOK, KNEES_UP = 15.0, 1.35, 0.35
PRONE_DEG = -65.0  # leaning forwards by more: face down
FOLDED_DEG = -50.0  # leaning forwards by more: on hands and knees, if hands and knees are where they belong; a guess
LEVEL_TRUNK_DEG = 35.0  # a trunk that points up or down by less is level, as far as a tilted camera tells; a guess
ON_SIDE_DEG = 60.0  # hips above each other, elevated by more: on the side; a guess, noise reaches 40
# in trunk lengths, how far the hands reach below the trunk: on hands or forearms 0.33 and more (19 photographs, planks
# and all fours), on the back 0.48 and less, where the floor is in the way
PROPPED, SURELY_PROPPED = 0.3, 0.6
STRAIGHT_DEG = 40.0  # a knee that is bent by less is straight: 17 at most in photographs of planks, and a guess
HIDDEN = 0.6  # visibility of knee and ankle: below, a leg may not be where it is found
# flexion of a knee that stands on the floor; with a level shin less is enough, for in depth a thigh that leans forward
# is read as less bent (37 degrees where the picture shows 80)
KNEELS_DEG, KNEELS_LEVEL_DEG, LEVEL_DEG = 40.0, 30.0, -25.0
# in trunk lengths: from behind shoulders and hips are this wide at least, and the ankles of who stands this far down
BACK_WIDTH, SHORTEST_STAND = 0.25, 1.25
KNEE_HEIGHT_GAP = 0.20  # in trunk lengths: the front knee is at least this much higher than the rear one
# in trunk lengths, of the rear knee above the soles: 0.2 at most on the floor (18 photographs of people; 95 % of the
# frames of rendered sets), 0.24 and more in the air (8 of 10 photographs); 14 cm are 0.28, a cushion of 8 cm 0.16
KNEE_IN_THE_AIR = 0.22
# seen from the front or behind the height is told badly, but the rear leg of who lunges is nearly straight (37 degrees
# at most in 4 photographs, 80 and more on the knee)
LUNGE_FLEXION_DEG = 60.0
# in trunk lengths, in space, where perspective has no say: a knee that is lower than the front foot by more does not
# kneel there (-0.03 at least in 20 photographs of people who kneel, -0.24 in one of somebody who sits)
KNEE_UNDER_THE_FLOOR = -0.2
# the rear thigh points ahead by at most this share of its length, as seen in space: 0.51 at most in 18 photographs; who
# sits with one knee up has both thighs ahead (0.61 to 0.70 in 3 photographs)
BOTH_AHEAD = 0.6
ACROSS = 0.6  # in trunk lengths: shoulders and hips that look this wide are seen from the front or behind; a guess
# a low lunge: the rear thigh is as low as this, the shin as level, the front knee as bent
DEEP_THIGH_DEG, DEEP_SHIN_DEG, DEEP_FLEXION_DEG = -22.0, -20.0, 70.0


class _Leg(NamedTuple):
    """Elevation of thigh (knee seen from the hip) and shin (ankle seen from the knee), + up; knee flexion; degrees.

    `knee_drop` and `ankle_drop`: how far below the mid-hip, in trunk lengths of the picture.
    """

    side: Side
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


def classify(vectors: Vectors, *, highest_knee: float = KNEE_IN_THE_AIR) -> tuple[Posture, Side | None]:
    """Posture and, when half-kneeling, the side whose leg is in front.

    Args:
        vectors: the landmarks.
        highest_knee: a rear knee that seems further above the floor, in trunk lengths, is in the air.

    Returns:
        (posture, front side or None). `Posture.UNKNOWN` when nothing fits.
    """
    px, metres = vectors.px, vectors.m
    trunk_deg, reclined_deg = _trunk(metres)
    hip_y, length = mid_hip(px)[1], trunk_length(px) or 1.0
    left, right = (_leg(px, metres, side, hip_y, length) for side in (Side.LEFT, Side.RIGHT))
    if trunk_deg < UPSIDE_DOWN_DEG:
        return (Posture.SUPINE_KNEES_BENT if is_bridge(metres) else Posture.UNKNOWN), None
    if _on_the_side(metres, trunk_deg):
        return Posture.ON_THE_SIDE, None
    lies_back = reclined_deg > RECLINED_DEG or (reclined_deg > RECLINED_SHORT_DEG and _knees_up(px, left, right))
    if lies_back or reclined_deg < FOLDED_DEG:
        found = _level(vectors, left, right, trunk_deg, reclined_deg)
        if found is not None:
            return found, None
    return _kneeling(vectors, left, right, highest_knee) or (_upright(px, left, right), None)


def _level(vectors: Vectors, left: _Leg, right: _Leg, trunk_deg: float, reclined_deg: float) -> Posture | None:
    """The posture of a body whose trunk is level, or folded forward; None when it is rather upright."""
    legs = _visible(left, right, vectors.visibility)
    propped = _propped(vectors.m)
    straight = all(leg.flexion_deg < STRAIGHT_DEG for leg in legs)
    if reclined_deg < 0:
        # one leg may be lifted
        if propped > PROPPED and not straight and any(leg.kneels and leg.thigh_deg < -55.0 for leg in legs):
            return Posture.ALL_FOURS
        if reclined_deg > PRONE_DEG:
            return None
        if all(leg.stands_on_foot and leg.thigh_deg < -45.0 for leg in legs):
            return Posture.BENT_FORWARD
        return Posture.PLANK if propped > PROPPED and straight else Posture.FACE_DOWN
    if abs(trunk_deg) < LEVEL_TRUNK_DEG and propped > SURELY_PROPPED and straight:
        return Posture.PLANK  # left and right are mixed up from the side, so the chest seems to be up
    # a leg that is hidden, as one is that points at the camera, has no say
    bent = all(leg.flexion_deg > 25.0 and leg.shin_deg < -25.0 for leg in legs)
    return Posture.SUPINE_KNEES_BENT if bent else Posture.LYING


def _on_the_side(metres: Points, trunk_deg: float) -> bool:
    """Whether the hips are above each other beside a level trunk; which way it reclines says nothing then."""
    across = subtract(metres[RIGHT.hip], metres[LEFT.hip])
    return abs(trunk_deg) < LEVEL_TRUNK_DEG and abs(elevation(across)) > ON_SIDE_DEG


def _kneeling(vectors: Vectors, left: _Leg, right: _Leg, highest_knee: float) -> tuple[Posture, Side | None] | None:
    """On one knee, with the front side, or on both; None for who does not kneel."""
    px = vectors.px
    from_behind = px[RIGHT.hip][0] > px[LEFT.hip][0]
    for front, rear in ((left, right), (right, left)):
        if not front.stands_on_foot or _both_ahead(vectors.m, front.side):
            continue
        if (rear.kneels or _kneels_deep(front, rear)) and _is_higher(front, rear):
            if _above_sole_in(vectors.m, front.side, rear.side) > KNEE_UNDER_THE_FLOOR:
                in_the_air = _is_in_the_air(vectors, front.side, rear, highest_knee)
                return (Posture.LUNGE, None) if in_the_air else (Posture.HALF_KNEELING, front.side)
        elif from_behind and _kneels_from_behind(front, rear):
            return Posture.HALF_KNEELING, front.side
    return (Posture.TALL_KNEELING, None) if left.kneels and right.kneels else None


def knee_height(vectors: Vectors, front: Side) -> float:
    """How far the rear knee is above the floor, in trunk lengths: the mean height above the soles of both feet.

    It is told well from the side only (`knee_height_shows`).

    Args:
        vectors: the landmarks.
        front: the side whose leg is in front.
    """
    return (_above_sole(vectors, front, front.other) + _above_sole(vectors, front.other, front.other)) / 2


def knee_height_shows(vectors: Vectors) -> bool:
    """Whether the view shows how high the rear knee is: from the front or behind the rear shin points along it."""
    return abs(width_across(vectors.px)) < ACROSS / 2


def _is_in_the_air(vectors: Vectors, front: Side, rear: _Leg, highest_knee: float) -> bool:
    """Whether the rear knee is in the air. From the front the rear leg of who lunges is nearly straight, too."""
    from_front = width_across(vectors.px) < 0 and rear.flexion_deg < LUNGE_FLEXION_DEG
    return (knee_height_shows(vectors) or from_front) and knee_height(vectors, front) > highest_knee


def _above_sole(vectors: Vectors, foot: Side, knee: Side) -> float:
    """How far a knee is above the sole of a foot, in trunk lengths.

    It is looked at in the picture and in space. The other leg's foot is seen better in the picture from the side; from
    the front or behind a camera that looks down moves it up or down there, and space tells better.
    """
    in_picture, in_space = (_above_sole_in(points, foot, knee) for points in (vectors.px, vectors.m))
    share = min(1.0, abs(width_across(vectors.px)) / ACROSS) if foot is not knee else 0.5
    return share * in_space + (1.0 - share) * in_picture


def _above_sole_in(points: Points, foot: Side, knee: Side) -> float:
    """The same in the picture alone, or in space alone, whichever the points are of."""
    return (_sole(points, foot) - points[LANDMARKS_OF[knee].knee][1]) / (trunk_length(points) or 1.0)


def _sole(points: Points, side: Side) -> float:
    """The lowest of a foot: y, + down."""
    leg = LANDMARKS_OF[side]
    return max(points[leg.ankle][1], points[leg.heel][1], points[leg.foot_index][1])


def _both_ahead(metres: Points, front: Side) -> bool:
    """Whether the other thigh points ahead as well: who sits with one knee up does not kneel."""
    leg, rear = LANDMARKS_OF[front], LANDMARKS_OF[front.other]
    thigh, other = subtract(metres[leg.knee], metres[leg.hip]), subtract(metres[rear.knee], metres[rear.hip])
    ahead = unit((thigh[0], 0.0, thigh[2]))
    return dot(ahead, other) > BOTH_AHEAD * norm(other)


def _kneels_deep(front: _Leg, rear: _Leg) -> bool:
    """A low lunge: the rear thigh is nearly level, and so is the shin."""
    return (
        rear.thigh_deg < DEEP_THIGH_DEG
        and rear.shin_deg > DEEP_SHIN_DEG
        and rear.knee_drop > 0.3
        and front.flexion_deg > DEEP_FLEXION_DEG
    )


def _propped(metres: Points) -> float:
    """How far the hands reach below the trunk, square to it, in trunk lengths: the one that reaches less far."""
    along = unit(trunk(metres))
    down = unit(without_part((0.0, 1.0, 0.0), along))
    shoulders = mid_shoulder(metres)
    reach = min(dot(subtract(metres[leg.wrist], shoulders), down) for leg in (LEFT, RIGHT))
    return reach / (trunk_length(metres) or 1.0)


def is_bridge(metres: Points) -> bool:
    """Whether a body lies on its back, feet on the floor, with the hips up. `metres`: 33 points (x, y, z)."""
    trunk_deg, reclined_deg = _trunk(metres)
    shins = [elevation(subtract(metres[leg.ankle], metres[leg.knee])) for leg in (LEFT, RIGHT)]
    return HIGHEST_BRIDGE_DEG < trunk_deg < 0.0 and 90.0 < reclined_deg < 160.0 and max(shins) < -40.0


def _knees_up(px: Points, left: _Leg, right: _Leg) -> bool:
    """Seen from the feet: knees as high in the picture as the hips, and a trunk that looks short for its shoulders."""
    shoulders = distance(px[LEFT.shoulder], px[RIGHT.shoulder])
    from_front = px[RIGHT.hip][0] < px[LEFT.hip][0]
    return from_front and trunk_length(px) < SHORT_LOOK * shoulders and max(left.knee_drop, right.knee_drop) < KNEES_UP


def is_upside_down(metres: Points) -> bool:
    """Whether the trunk points down and it is no bridge: a wrong detection, not a posture. `metres`: 33 points."""
    return _trunk(metres)[0] < UPSIDE_DOWN_DEG and not is_bridge(metres)


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


def _upright(px: Points, left: _Leg, right: _Leg) -> Posture:
    """Standing, or sitting on the floor or on a chair."""
    ankle_drop = (left.ankle_drop + right.ankle_drop) / 2
    level = min(left.thigh_deg, right.thigh_deg)
    if left.stands_on_foot and right.stands_on_foot:
        if level > -25.0 and ankle_drop > 0.6:
            return Posture.CHAIR_SITTING
        if ankle_drop > 0.8:
            # shins of a kneeling body are read as hanging down from the front or behind
            short = ankle_drop < SHORTEST_STAND and width_across(px) > BACK_WIDTH
            return Posture.UNKNOWN if short else Posture.STANDING
    if (ankle_drop < 0.7 and level > -40.0) or (ankle_drop < 1.3 and level > -25.0):
        return Posture.FLOOR_SITTING
    return Posture.UNKNOWN


def _trunk(metres: Points) -> tuple[float, float]:
    """Elevation of the trunk, and how far it reclines (+ on the back, - forwards), side bend left out; degrees."""
    lateral = unit(subtract(metres[RIGHT.hip], metres[LEFT.hip]))
    up = without_part(trunk(metres), lateral)
    chest = cross(up, lateral)  # the way it faces
    return elevation(up), degrees(atan2(-chest[1], -up[1]))


def _leg(px: Points, metres: Points, side: Side, hip_y: float, length: float) -> _Leg:
    """One leg; the height of the mid-hip in the picture, and the length of the trunk there, are in pixels."""
    leg = LANDMARKS_OF[side]
    thigh, shin = subtract(metres[leg.knee], metres[leg.hip]), subtract(metres[leg.ankle], metres[leg.knee])
    return _Leg(
        side,
        elevation(thigh),
        elevation(shin),
        angle_between(thigh, shin),
        (px[leg.knee][1] - hip_y) / length,
        (px[leg.ankle][1] - hip_y) / length,
    )
