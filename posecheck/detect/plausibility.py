"""What can be told of a found body from its points alone: whether it can be one, its size, its place, how it is held.

For the stages before measuring, which must tell one person from another and a person from a chair.
"""

from __future__ import annotations

from math import hypot

from posecheck.measure.posture import classify, is_upside_down
from posecheck.records import MAIN_LANDMARKS, TRUNK_LEVEL, Floats, Pose, Posture

LONGEST_TRUNK = 0.6  # of the body's extent: right bodies measured at most 0.59, wrong locks 0.63 to 0.67
FAR = 0.25  # a guess: of the body's extent: two looks further apart than this show different bodies

_BODY = list(MAIN_LANDMARKS)
_PAIRS = ((0, 0), (11, 12), (23, 24), (25, 26))  # left and right
_ON_FLOOR = frozenset(
    {
        Posture.HALF_KNEELING,
        Posture.TALL_KNEELING,
        Posture.FLOOR_SITTING,
        *TRUNK_LEVEL,
    }
)


def is_plausible(pose: Pose) -> bool:
    """Whether a pose can be a person: head up in the picture's sense, trunk not too long for the body."""
    vectors = pose.vectors()
    if vectors is None or pose.points_px is None:
        return False
    (ax, ay, _), (bx, by, _), (cx, cy, _), (dx, dy, _) = (vectors.px[i] for i in (11, 12, 23, 24))
    trunk = hypot((ax + bx - cx - dx) / 2, (ay + by - cy - dy) / 2)
    return trunk <= LONGEST_TRUNK * extent_px(pose.points_px) and not is_upside_down(vectors.m)


def extent_px(px: Floats) -> float:
    """The larger side of the box round head, shoulders, hips, knees and ankles, in pixels."""
    xs, ys = px[_BODY].T.tolist()
    return float(max(max(xs) - min(xs), max(ys) - min(ys)))


def distance(a: Pose, b: Pose) -> float:
    """How far apart two bodies are, in extents of `b`; infinite when one is absent.

    Nose, shoulders, hips and knees are compared; left and right are not told apart.

    Args:
        a: a pose.
        b: the pose that is the measure.
    """
    now, then = a.vectors(), b.vectors()
    if now is None or then is None or b.points_px is None:
        return float("inf")
    apart = [
        hypot(*((now.px[i][k] - then.px[i][k] + (now.px[j][k] - then.px[j][k])) / 2 for k in (0, 1))) for i, j in _PAIRS
    ]
    return sum(apart) / len(apart) / max(extent_px(b.points_px), 1.0)


def posture_of(pose: Pose) -> Posture:
    """The posture of a body; unknown when nobody is seen."""
    vectors = pose.vectors()
    return Posture.UNKNOWN if vectors is None else classify(vectors)[0]


def is_on_floor(posture: Posture) -> bool:
    """Whether somebody who is held like this kneels, sits or lies on the floor."""
    return posture in _ON_FLOOR
