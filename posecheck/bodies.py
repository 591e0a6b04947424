"""What can be told of a found body from its points alone: whether it can be one, its size, its place, how it is held.

For the stages before measuring, which must tell one person from another and a person from a chair.
"""

from __future__ import annotations

from math import hypot

import numpy as np

from posecheck.posture import classified, is_upside_down
from posecheck.records import Floats, Pose, Posture

LONGEST_TRUNK = 0.6  # of the body's extent: right bodies measured at most 0.59, wrong locks 0.63 to 0.67
FAR = 0.25  # of the body's extent: two looks further apart than this show different bodies

_BODY = np.array([0, 11, 12, 23, 24, 25, 26, 27, 28])
_LEFT, _RIGHT = np.array([0, 11, 23, 25]), np.array([0, 12, 24, 26])
_ON_FLOOR = frozenset(
    {
        Posture.HALF_KNEELING,
        Posture.TALL_KNEELING,
        Posture.FLOOR_SITTING,
        Posture.SUPINE_KNEES_BENT,
        Posture.LYING,
    }
)


def is_plausible(pose: Pose) -> bool:
    """Whether a pose can be a person: head up in the picture's sense, trunk not too long for the body."""
    plain = pose.plain
    if plain is None or pose.points_px is None:
        return False
    trunk_x, trunk_y = ((plain.px[11][i] + plain.px[12][i] - plain.px[23][i] - plain.px[24][i]) / 2 for i in (0, 1))
    return hypot(trunk_x, trunk_y) <= LONGEST_TRUNK * extent_px(pose.points_px) and not is_upside_down(plain.m)


def extent_px(px: Floats) -> float:
    """The larger side of the box round head, shoulders, hips, knees and ankles, in pixels."""
    body = px[_BODY]
    return float((body.max(axis=0) - body.min(axis=0)).max())


def distance(a: Pose, b: Pose) -> float:
    """How far apart two bodies are, in extents of `b`: nose, shoulders, hips and knees, left and right not told apart.

    Infinite when one is absent.
    """
    if a.points_px is None or b.points_px is None:
        return float("inf")
    moved = a.points_px - b.points_px
    apart = (moved[_LEFT] + moved[_RIGHT]) / 2
    return float(np.hypot(apart[:, 0], apart[:, 1]).mean()) / max(extent_px(b.points_px), 1.0)


def posture_of(pose: Pose) -> Posture:
    """The posture of a body; unknown when nobody is seen."""
    plain = pose.plain
    return Posture.UNKNOWN if plain is None else classified(plain)[0]


def is_on_floor(posture: Posture) -> bool:
    """Whether somebody who is held like this kneels, sits or lies on the floor."""
    return posture in _ON_FLOOR
