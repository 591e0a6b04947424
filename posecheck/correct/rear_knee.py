"""Whether the rear knee is on the floor or in the air, agreed over time.

A single picture tells it by the heights of the knee above both soles. A leg that is hidden behind the other one is
misread for seconds, with the foot too low, so over time the median of a while decides, and more height is allowed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from math import inf
from statistics import median

from posecheck.measure.measuring import posture_and_view
from posecheck.measure.posture import knee_height, knee_height_shows
from posecheck.measure.view import is_from_side
from posecheck.records import Pose, Posture

# in trunk lengths; medians of 1.5 s of rendered sets whose rear leg was misread were 0.39 at most, but for one second.
# Lunges have 0.37 to 0.65 in 8 of 10 photographs. It is 20 cm: a knee lifted by less passes for one on the floor
KNEE_SURELY_IN_THE_AIR = 0.4
KNEE_S = 1.5  # a guess: the median of so long decides; a knee that is lifted is told after half of it


class RearKnee:
    """Follows the height of the rear knee; give it the poses of one source, with their legs put right, in order."""

    def __init__(self) -> None:
        self._heights: deque[tuple[float, float]] = deque()

    def update(self, pose: Pose) -> Pose:
        """Take the next pose.

        Returns:
            The pose; one that half-kneels but for the rear knee is known to be in a lunge.
        """
        vectors = pose.vectors()
        known = pose.correction.posture
        if vectors is None or known not in (None, Posture.HALF_KNEELING):
            return pose
        found = posture_and_view(pose, highest_knee=inf)
        if found.front is None or found.view is None:
            return pose
        if known is None and is_from_side(found.view) and knee_height_shows(vectors):
            self._heights.append((pose.t, knee_height(vectors, found.front)))
        while self._heights and pose.t - self._heights[0][0] > KNEE_S:
            self._heights.popleft()
        if not pose.correction.front_agreed:
            return pose  # as this picture alone shows it
        heights = [height for _, height in self._heights]
        in_the_air = bool(heights) and median(heights) > KNEE_SURELY_IN_THE_AIR
        posture = Posture.LUNGE if in_the_air else Posture.HALF_KNEELING
        return replace(pose, correction=replace(pose.correction, posture=posture))
