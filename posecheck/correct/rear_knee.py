"""Whether the rear knee is on the floor or in the air, agreed over time.

A single picture tells it by the heights of the knee above both soles. A leg that is hidden behind the other one is
misread for seconds, with the foot too low, so over time the median of a while decides, and more height is allowed.
"""

from __future__ import annotations

from collections import deque
from statistics import median

from posecheck.correct.leg_geometry import from_side
from posecheck.measure.posture import knee_height, knee_height_shows
from posecheck.records import Measurement, Pose

# in trunk lengths; medians of 1.5 s of rendered sets whose rear leg was misread were 0.39 at most, but for one second.
# Lunges have 0.37 to 0.65 in 8 of 10 photographs. It is 20 cm: a knee lifted by less passes for one on the floor
KNEE_SURELY_IN_THE_AIR = 0.4
KNEE_S = 1.5  # a guess: the median of so long decides; a knee that is lifted is told after half of it


class RearKnee:
    """Follows the height of the rear knee; give it the poses of one source that look half-kneeling, in order."""

    def __init__(self) -> None:
        self._heights: deque[tuple[float, float]] = deque()

    def update(self, pose: Pose, found: Measurement) -> None:
        """Take the next pose.

        Args:
            pose: a pose that half-kneels but for the rear knee.
            found: its front leg and its view.
        """
        vectors = pose.vectors()
        if vectors is None or found.front is None:
            return
        if from_side(found) and knee_height_shows(vectors):
            self._heights.append((pose.t, knee_height(vectors, found.front)))
        while self._heights and pose.t - self._heights[0][0] > KNEE_S:
            self._heights.popleft()

    @property
    def in_the_air(self) -> bool:
        """Whether the knee is in the air; False as long as nothing tells."""
        return bool(self._heights) and median(height for _, height in self._heights) > KNEE_SURELY_IN_THE_AIR
