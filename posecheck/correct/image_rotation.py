"""A camera that is mounted turned: poses of a picture turned by quarter turns, turned upright.

Phones film on their side, and not every file says so. The detector follows a turned body all the same, so it is enough
to turn the points: when the exercise's posture is never seen in the picture as it is, but is in one of its turns, that
turn is taken, until another one shows the posture instead. Once the posture has been seen for long enough no picture is
turned any more: who lies down in mid-set does not turn the camera.
"""

from __future__ import annotations

from posecheck.measure.posture import classify
from posecheck.records import Pose, Posture
from posecheck.records.quarter_turns import TURNS, turn_back

SHOWN_S = 0.8  # a guess: a turn that shows the posture this long is right; another than the present one ...
UNSHOWN_S = 4.0  # ... while the present one has not for this long (at the start: not at all) is taken
EVERY_S = 0.1  # as often as the other turns are looked at


class ImageRotation:
    """Finds out how the camera is mounted; give it the poses of one source in order of time.

    `turn` is the number of quarter turns clockwise by which the pictures are turned, 0 until known otherwise.
    """

    def __init__(self, *postures: Posture) -> None:
        self._postures = postures
        # what stands looks as if it lay in a turned picture, and what is unknown may be anything
        self._can_tell = not set(postures) & {Posture.LYING, Posture.UNKNOWN}
        self.turn = 0
        self._seen_t: float | None = None  # when the present turn last showed the posture
        self._shown_s = dict.fromkeys(TURNS, 0.0)
        self._looked_t: float | None = None
        self._right_s = 0.0  # for how long the present turn has shown the posture

    def update(self, pose: Pose) -> Pose:
        """The pose, upright."""
        if not pose.present:
            return pose
        upright = turn_back(pose, self.turn) if self.turn else pose
        if (
            self._can_tell
            and self._right_s < SHOWN_S
            and (self._looked_t is None or pose.t - self._looked_t >= EVERY_S)
        ):
            dt = 0.0 if self._looked_t is None else min(pose.t - self._looked_t, 2 * EVERY_S)
            self._looked_t = pose.t
            self._look(pose, upright, dt)
        return upright

    def _look(self, pose: Pose, upright: Pose, dt: float) -> None:
        if self._shows(upright):
            if any(self._shown_s.values()):
                self._shown_s = dict.fromkeys(TURNS, 0.0)
            self._seen_t = pose.t
            self._right_s += dt
            return
        if self._seen_t is not None and pose.t - self._seen_t < UNSHOWN_S:
            return
        for turn in TURNS:
            if turn != self.turn:
                shown = self._shows(turn_back(pose, turn) if turn else pose)
                self._shown_s[turn] = self._shown_s[turn] + dt if shown else 0.0
        best = max(TURNS, key=self._shown_s.__getitem__)
        if self._shown_s[best] >= SHOWN_S:
            self.turn, self._seen_t, self._right_s = best, pose.t, 0.0
            self._shown_s = dict.fromkeys(TURNS, 0.0)

    def _shows(self, pose: Pose) -> bool:
        vectors = pose.vectors()
        return vectors is not None and classify(vectors)[0] in self._postures
