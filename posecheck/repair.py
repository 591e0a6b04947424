"""Which leg is in front, agreed over time; and legs that the detector has swapped, swapped back.

In a still side view the detector sometimes names the legs the other way round, for a few frames or for seconds. Nobody
changes the kneeling leg without leaving the half-kneeling position for a moment, so a front leg that changes from one
frame to the next is the detector's doing, and the legs are given back their names until it changes its mind.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from posecheck.measure import measure
from posecheck.records import LANDMARK_COUNT, Measurement, Pose, Posture, Side

AGREE_S = 0.7  # a leg is in front when it was seen there this long ...
SHARE = 0.6  # ... in this share of the time
SETTLED_S = 2.0  # after this long half-kneeling the vote is over
OTHER_S = 0.4  # in another known posture this long: the legs may have changed
AWAY_S = 1.2  # not half-kneeling this long, whatever was seen: the same

_LEGS_SWAPPED = np.arange(LANDMARK_COUNT)
_LEGS_SWAPPED[25:33] = [26, 25, 28, 27, 30, 29, 32, 31]


def swap_legs(pose: Pose) -> Pose:
    """The pose with left and right exchanged from the knees down."""
    if pose.points_px is None or pose.points_m is None or pose.visibility is None:
        return pose
    return replace(
        pose,
        points_px=pose.points_px[_LEGS_SWAPPED],
        points_m=pose.points_m[_LEGS_SWAPPED],
        visibility=pose.visibility[_LEGS_SWAPPED],
    )


class LegRepair:
    """Follows which leg is in front; feed it the poses of one source in order of time.

    `front` is the side whose leg is agreed to be in front, or None before there is one. While it is being agreed, a frame
    that says otherwise is left as it is.
    """

    def __init__(self) -> None:
        self.front: Side | None = None
        self._locked = False
        self._votes = dict.fromkeys(Side, 0.0)
        self._seen_t = 0.0
        self._other_s = 0.0
        self._last_t: float | None = None

    def feed(self, pose: Pose) -> tuple[Pose, Measurement]:
        """The pose, repaired where needed, and its measurement."""
        measurement = measure(pose)
        t, front = pose.t, measurement.front
        dt = t - self._last_t if self._last_t is not None else 0.0
        self._last_t = t
        if front is None:
            self._away(measurement.posture, t, dt)
            return pose, measurement
        self._seen_t, self._other_s = t, 0.0
        if not self._locked:
            self._vote(front, min(dt, AGREE_S))
        if self._locked and front is not self.front:
            pose = swap_legs(pose)
            measurement = measure(pose)
        return pose, measurement

    def _away(self, posture: Posture, t: float, dt: float) -> None:
        if posture is not Posture.UNKNOWN:
            self._other_s += dt
        if self._other_s >= OTHER_S or t - self._seen_t >= AWAY_S:
            self._locked = False
            self._votes = dict.fromkeys(Side, 0.0)

    def _vote(self, front: Side, dt: float) -> None:
        self._votes[front] += dt
        total = sum(self._votes.values())
        leader = max(Side, key=self._votes.__getitem__)
        if total >= AGREE_S - 1e-6 and self._votes[leader] >= SHARE * total:
            self.front = leader
            self._locked = total >= SETTLED_S
