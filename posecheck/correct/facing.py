"""A body that shows its back, and that the detector turns round: turned back.

With raised arms hardly anything tells a back from a chest, and the detector takes one for the other, for a frame or for
a whole hold: all that was left is right, and what was near is far; or it wavers, and finds something between the two.
With the arms down it tells them apart. Nobody turns round with raised arms, so what was seen before they went up holds
until they are down again.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from math import hypot

import numpy as np

from posecheck.correct.leg_geometry import in_order
from posecheck.measure.posture import BACK_WIDTH, width_across
from posecheck.records import LANDMARKS_OF, OTHER_SIDE, Landmark, Pose, Side
from posecheck.records.geometry import Points, norm, subtract, trunk

SHOWN_S, MOST_S = 0.7, 1.0  # the back was seen this much longer than chest or side, with the arms down of late
UPRIGHT = 0.5  # sine of the trunk's elevation: below, the body lies

_ORDER = np.array(OTHER_SIDE)


class BackFacing:
    """Remembers whether the body shows its back, and how it is turned; give it the poses of a source in order of time.

    `known`: whether it shows its back.
    """

    def __init__(self) -> None:
        self._shown_s = 0.0  # + the back, - the chest or a side
        self._lateral: deque[tuple[float, float, float]] = deque()  # t, and to the subject's right: x, z
        self._last_t: float | None = None
        self.known = False

    def update(self, pose: Pose) -> Pose:
        """The pose; if the body is known to show its back, turned as shoulders and hips were with the arms down."""
        dt = pose.t - self._last_t if self._last_t is not None else 0.0
        self._last_t = pose.t
        vectors = pose.vectors()
        if vectors is None:
            return pose
        px = vectors.px
        width = width_across(px)
        arms_down = all(px[side.wrist][1] > px[side.shoulder][1] for side in LANDMARKS_OF.values())
        if arms_down and _trunk_rise(vectors.m) > UPRIGHT:
            self._see(pose.t, vectors.m, dt if width > BACK_WIDTH else -dt)
        if not self.known or (arms_down and abs(width) < BACK_WIDTH):
            return pose
        x, z = (sum(one) for one in tuple(zip(*self._lateral, strict=True))[1:])
        return turned_to(turned_round(pose) if width < 0 else pose, x, z)

    def _see(self, t: float, metres: Points, shown_s: float) -> None:
        self._shown_s = max(-MOST_S, min(MOST_S, self._shown_s + shown_s))
        if abs(self._shown_s) >= SHOWN_S:
            self.known = self._shown_s > 0
        if shown_s > 0:
            x, z = _lateral(metres)
            self._lateral.append((t, x, z))
            while t - self._lateral[0][0] > MOST_S:
                self._lateral.popleft()


def turned_to(pose: Pose, x: float, z: float) -> Pose:
    """The pose turned about the upright until its hips point in a direction; an absent pose stays as it is.

    Args:
        pose: its landmarks in space are turned, not those in the picture.
        x: the direction of the line from the left hip to the right one: its part to the right of the camera.
        z: its part away from the camera.
    """
    vectors = pose.vectors()
    if vectors is None or pose.points_m is None:
        return pose
    (left_x, _, left_z), (right_x, _, right_z) = vectors.m[Landmark.LEFT_HIP], vectors.m[Landmark.RIGHT_HIP]
    x_now, z_now = right_x - left_x, right_z - left_z
    length = hypot(x_now, z_now) * hypot(x, z) or 1.0
    cosine, sine = (x_now * x + z_now * z) / length, (x_now * z - z_now * x) / length
    across, down, away = pose.points_m.T
    turned = np.stack([across * cosine - away * sine, down, across * sine + away * cosine], axis=1)
    return replace(pose, points_m=turned)


def _trunk_rise(metres: Points) -> float:
    """Sine of the trunk's elevation, 1 for one that is upright."""
    up = trunk(metres)
    return -up[1] / (norm(up) or 1.0)


def _lateral(metres: Points) -> tuple[float, float]:
    """From the subject's left to the right, by shoulders and hips: across the picture, and away from the camera."""
    left, right = LANDMARKS_OF[Side.LEFT], LANDMARKS_OF[Side.RIGHT]
    shoulders = subtract(metres[right.shoulder], metres[left.shoulder])
    hips = subtract(metres[right.hip], metres[left.hip])
    return shoulders[0] + hips[0], shoulders[2] + hips[2]


def turned_round(pose: Pose) -> Pose:
    """The pose with left and right exchanged, and near and far: the same picture of a body that faces the other way."""
    swapped = in_order(pose, _ORDER)
    if swapped.points_m is None:
        return pose
    return replace(swapped, points_m=swapped.points_m * np.array([1.0, 1.0, -1.0]) + 0.0)
