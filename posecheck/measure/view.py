"""How the camera sees a body: from where, which way it faces, what is cut off, how surely it is a whole one."""

from __future__ import annotations

from math import atan2, degrees

from posecheck.measure.posture import is_on_back
from posecheck.records import LANDMARKS_OF, MAIN_LANDMARKS, TRUNK_LEVEL, Doubt, Landmark, Posture, Side, Vectors, View
from posecheck.records.geometry import TINY, Points, distance, norm, trunk

EDGE_SHARE = 0.02  # of the picture: a landmark this near to its edge may be cut off
FROM_SIDE_DEG = 45.0  # a view that is turned by more is one from the side
# of a lying trunk's tilt in the picture: from 20 degrees beside the feet, raised, it is tilted by 22 to 32
TILT_SHARE = 0.67
FOOTROOM, MADE_UP = 0.16, 0.5  # feet this near to the lower edge, in extents, and less visible are made up

_ANKLES = frozenset({Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE})
# hands and the face but for the nose may be out of the picture: nothing is measured on them
_CUT_CANDIDATES = (
    *MAIN_LANDMARKS,
    *(Landmark[f"{side}_{part}"] for part in ("ELBOW", "WRIST", "HEEL", "FOOT_INDEX") for side in ("LEFT", "RIGHT")),
)


def facing_of(vectors: Vectors, front: Side | None, posture: Posture) -> int:
    """The way the subject faces in the picture: -1 left, +1 right.

    Args:
        vectors: the landmarks.
        front: the side whose leg is in front, when half-kneeling.
        posture: the body's posture.
    """
    px, metres = vectors.px, vectors.m
    if posture in TRUNK_LEVEL:
        # on the back the feet are ahead, face down the head is; who looks at the camera shows it by the nose no more
        feet = -trunk(px)[0]
        ahead = feet if is_on_back(metres) else -feet
    elif front is not None:
        leg, rear = LANDMARKS_OF[front], LANDMARKS_OF[front.other]
        ahead = (px[leg.foot_index][0] - px[leg.heel][0]) + (px[leg.knee][0] - px[rear.knee][0])
    else:
        ears = (px[Landmark.LEFT_EAR][0] + px[Landmark.RIGHT_EAR][0]) / 2
        ahead = px[Landmark.NOSE][0] - ears
        if not ahead:
            ahead = -(metres[Landmark.RIGHT_HIP][2] - metres[Landmark.LEFT_HIP][2])
    return 1 if ahead >= 0 else -1


def view_of(size: tuple[int, int], vectors: Vectors, facing: int, posture: Posture) -> View:
    """How the camera sees a body.

    Args:
        size: width and height of the picture in pixels.
        vectors: the landmarks.
        facing: the way the subject faces in the picture, -1 left, +1 right.
        posture: the body's posture.
    """
    px, visibility = vectors.px, vectors.visibility
    xs, ys = [px[i][0] for i in MAIN_LANDMARKS], [px[i][1] for i in MAIN_LANDMARKS]
    extent = max(max(xs) - min(xs), max(ys) - min(ys))
    cut = _cut_off(size, vectors, extent)
    up = trunk(px)
    look = norm(up) / max(distance(px[Landmark.LEFT_SHOULDER], px[Landmark.RIGHT_SHOULDER]), TINY)
    headroom = px[Landmark.NOSE][1] / max(extent, TINY)
    share = extent / max(*size, 1)
    inside = 1.0 - 2.0 * len(cut.intersection(MAIN_LANDMARKS)) / len(MAIN_LANDMARKS)
    knees = max(visibility[Landmark.LEFT_KNEE], visibility[Landmark.RIGHT_KNEE])
    sure = _confidence(share, norm(up) / max(extent, TINY), knees, inside)
    return View(yaw_deg_of(vectors, posture), facing, share, look, cut, _lateral_orientation(px), headroom, *sure)


def yaw_deg_of(vectors: Vectors, posture: Posture) -> float:
    """How far the body is turned away from the camera: 0 from the front or back, 90 from the side.

    Args:
        vectors: the landmarks.
        posture: the body's posture.
    """
    (left_x, _, left_z), (right_x, _, right_z) = vectors.m[Landmark.LEFT_HIP], vectors.m[Landmark.RIGHT_HIP]
    yaw = degrees(atan2(abs(right_z - left_z), abs(right_x - left_x)))
    if posture not in TRUNK_LEVEL:
        return yaw
    # a lying body seen from the side lies across the picture, whatever its hips seem to do
    across, down, _ = trunk(vectors.px)
    return max(yaw, TILT_SHARE * degrees(atan2(abs(across), abs(down))))


def _lateral_orientation(px: Points) -> float:
    """How far the subject's right is on the picture's right, -1 to +1."""
    shoulders = px[Landmark.RIGHT_SHOULDER][0] - px[Landmark.LEFT_SHOULDER][0]
    hips = px[Landmark.RIGHT_HIP][0] - px[Landmark.LEFT_HIP][0]
    return (shoulders + hips) / ((abs(shoulders) + abs(hips)) or 1.0)


def _cut_off(size: tuple[int, int], vectors: Vectors, extent: float) -> frozenset[Landmark]:
    """The landmarks that are cut off by the picture's edge.

    Feet below the edge are made up above it: hardly visible, and the lowest points of the body (0.15 extents from the
    edge and less where the feet were cut off; seen feet are clear, hidden ones, as those of a body that kneels towards
    the camera, 0.3 extents and more away).
    """
    (width, height), px, visibility = size, vectors.px, vectors.visibility
    edge_x, edge_y = EDGE_SHARE * width, EDGE_SHARE * height
    cut = frozenset(
        i
        for i in _CUT_CANDIDATES
        if not (edge_x <= px[i][0] <= width - edge_x and edge_y <= px[i][1] <= height - edge_y)
    )
    legs = LANDMARKS_OF.values()
    hardly = max(min(visibility[leg.knee], visibility[leg.ankle]) for leg in legs) < MADE_UP
    lowest = max(px[i][1] for leg in legs for i in (leg.knee, leg.ankle, leg.heel, leg.foot_index))
    if hardly and height - lowest < FOOTROOM * extent:
        cut |= _ANKLES
    return cut


def _confidence(share: float, trunk: float, knees: float, inside: float) -> tuple[float, Doubt]:
    """How surely a body is one, and what speaks most against it: its size, its trunk, its legs or the picture's edge.

    Each is 0.5 where right bodies end: a share of the picture of 0.22 (right ones 0.25 to 0.5), a trunk of 0.2 of the
    body's extent (0.27 and more; what was found on cut off legs: 0.01 to 0.13), the better knee seen at 0.6 (0.77 and
    more; 0.4 to 0.67 where there was none). How much of the extent a trunk fills at most says nothing: who squats deep,
    hugs the knees or bends is all trunk. Neither does the room above the head: who lies in an upright picture has much.
    """
    each = {
        Doubt.SIZE: (share - 0.14) / 0.16,
        Doubt.TRUNK: (trunk - 0.1) / 0.2,
        Doubt.LEGS: (knees - 0.4) / 0.4,
        Doubt.EDGE: inside,
    }
    least = min(each, key=each.__getitem__)
    return max(0.0, min(1.0, each[least])), least


def is_from_side(view: View) -> bool:
    """Whether a body is seen rather from the side than from the front or back."""
    return view.yaw_deg >= FROM_SIDE_DEG
