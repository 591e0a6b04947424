"""Which leg kneels, told by where both knees were a moment before: that one stays, the other foot steps forward.

Kneeling on both knees seen from the side, the nearer knee and foot meet the floor lower in the picture, however the
body is turned. The knee and foot that are left on the floor are then the nearer ones when they are as low as those.
"""

from __future__ import annotations

from collections import deque
from statistics import median

from posecheck.correct.leg_geometry import from_side
from posecheck.records import LANDMARKS_OF, Measurement, Pose, Posture, Side
from posecheck.records.geometry import midpoint, near_side, trunk_length
from posecheck.records.times import TrueSince

REMEMBERED_S = 2.0  # of kneeling on both knees; the median counts
AGO_S = 6.0  # who knelt on both knees longer ago may have moved ...
UP_S = 0.4  # ... and so may who stands, sits or lies this long
# in trunk lengths. Nearer and further knees were 0.03 to 0.18 below and above the middle (one clip in 100: 0.01 on the
# wrong side); a knee that is further along the floor than this has been put somewhere else
LOUD_OFFSET, MOVED = 0.03, 0.4

_LEFT, _RIGHT = LANDMARKS_OF[Side.LEFT], LANDMARKS_OF[Side.RIGHT]


class BothKnees:
    """Remembers knees and feet of a body that kneels on both; give it the poses of one source in order of time."""

    def __init__(self) -> None:
        self._facts: deque[tuple[float, list[float]]] = deque()
        self._up = TrueSince()  # another posture is seen

    def update(self, pose: Pose, measurement: Measurement) -> None:
        """Take a pose that is not half-kneeling, and remember where knees and ankles are.

        Only kneeling on both knees, seen from the side, is remembered. Getting up clears what was remembered.

        Args:
            pose: the pose of the frame.
            measurement: the posture and the view of that pose.
        """
        posture, vectors = measurement.posture, pose.vectors()
        if self._up.update(pose.t, posture not in (Posture.TALL_KNEELING, Posture.UNKNOWN)) >= UP_S:
            self._facts.clear()
        if posture is not Posture.TALL_KNEELING or vectors is None or not from_side(measurement):
            return
        px, facts = vectors.px, self._facts
        knees, ankles = midpoint(px[_LEFT.knee], px[_RIGHT.knee]), midpoint(px[_LEFT.ankle], px[_RIGHT.ankle])
        facts.append((pose.t, [*knees[:2], *ankles[:2]]))
        while pose.t - facts[0][0] > REMEMBERED_S:
            facts.popleft()

    def kneeling(self, pose: Pose, measurement: Measurement) -> tuple[Side, float] | None:
        """The side whose knee has stayed where it was while both were on the floor.

        Args:
            pose: a half-kneeling pose.
            measurement: the view and the front leg of that pose.

        Returns:
            The side of the knee on the floor and how sure that is, 0 to 1; None when it cannot be told.
        """
        view, front, vectors = measurement.view, measurement.front, pose.vectors()
        if view is None or front is None or vectors is None or not from_side(measurement):
            return None
        if not self._facts or pose.t - self._facts[-1][0] > AGO_S:
            return None
        px = vectors.px
        trunk = max(trunk_length(px), 1.0)
        rear = LANDMARKS_OF[front.other]
        knee, ankle = px[rear.knee], px[rear.ankle]
        knee_x, knee_y, ankle_x, ankle_y = (median(one) for one in zip(*(f for _, f in self._facts), strict=True))
        if max(abs(knee[0] - knee_x), abs(ankle[0] - ankle_x)) > MOVED * trunk:
            return None
        offset = (knee[1] - knee_y + ankle[1] - ankle_y) / 2 / trunk
        near = near_side(view.facing)
        return (near if offset > 0 else near.other), min(1.0, abs(offset) / LOUD_OFFSET)
