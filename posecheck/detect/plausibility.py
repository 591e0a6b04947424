"""What can be told of a found body from its points alone: whether it can be one, its size, its place, how it is held.

For the stages before measuring, which must tell one person from another and a person from a chair.
"""

from __future__ import annotations

from math import dist

from posecheck.measure.posture import classify, is_upside_down
from posecheck.records import MAIN_LANDMARKS, TRUNK_LEVEL, Floats, Landmark, Pose, Posture
from posecheck.records.geometry import midpoint, trunk_length

LONGEST_TRUNK = 0.6  # of the body's extent: right bodies measured at most 0.59, wrong locks 0.63 to 0.67
FAR = 0.25  # a guess: of the body's extent: two looks further apart than this show different bodies

_BODY = list(MAIN_LANDMARKS)
_PAIRS = (
    (Landmark.NOSE, Landmark.NOSE),
    (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER),
    (Landmark.LEFT_HIP, Landmark.RIGHT_HIP),
    (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE),
)
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
    longest = LONGEST_TRUNK * extent_px(pose.points_px)
    return trunk_length(vectors.px) <= longest and not is_upside_down(vectors.m)


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
        dist(midpoint(now.px[left], now.px[right]), midpoint(then.px[left], then.px[right])) for left, right in _PAIRS
    ]
    return sum(apart) / len(apart) / max(extent_px(b.points_px), 1.0)


def posture_of(pose: Pose) -> Posture:
    """The posture of a body; unknown when nobody is seen."""
    vectors = pose.vectors()
    return Posture.UNKNOWN if vectors is None else classify(vectors)[0]


def is_on_floor(posture: Posture) -> bool:
    """Whether somebody who is held like this kneels, sits or lies on the floor."""
    return posture in _ON_FLOOR
