"""Which of two people does the exercise, told without knowing the exercise: who stays on the floor, and in place.

A `Watch` gets each pose of the body that is followed. It notices when that body can no longer be the person who
exercises: the tracker has jumped to a passer, the body walks across the picture, or it only stands there. Then it says
whether another person who was found is the better choice. Two people on the floor cannot be told apart: the one who is
followed is kept.
"""

from __future__ import annotations

from collections import deque
from enum import Enum

from posecheck.detect.plausibility import FAR, distance, extent_px, is_on_floor, posture_of
from posecheck.records import Pose, Posture
from posecheck.records.times import TrueSince

# A guess: of the body's extent, within this long: no body moves so, but a tracker changes people.
JUMP, JUMP_S = 0.3, 0.3
TRAVEL, TRAVEL_S = 0.4, 2.0  # a guess: of the body's extent, across the picture, within this long: somebody who walks
STANDS_S = 3.0  # a guess: who stands this long while another one kneels or lies is looking on
AT_HOME_S = 0.5  # a guess: on the floor, in place, this long: where the exercise is done
LEFT_S = 1.0  # a guess: off the floor this long without a jump: has got up
MOST_DOUBT_S = 2.5  # a guess: a body that the tracker jumped to is believed after this long


class Doubt(Enum):
    """Why the body that is followed may not be the one who exercises."""

    JUMPED = "jumped"
    TRAVELS = "travels"
    STANDS = "stands"


class Watch:
    """Where the followed body has been; give it every plausible pose of one source, in order of time.

    `home`: where the one who exercises is known to be, if so.
    """

    def __init__(self, home: Pose | None = None) -> None:
        self._late: deque[Pose] = deque()  # of the last JUMP_S
        self._way: deque[tuple[float, float]] = deque()  # (t, x of the mid-hip) of the last TRAVEL_S
        self._home = home
        self._at_home = TrueSince()
        self._left_home = TrueSince()
        self._stands = TrueSince()
        self._jumped_t: float | None = None
        self._posture = Posture.UNKNOWN
        self.doubt: Doubt | None = None

    @property
    def on_floor(self) -> bool:
        """Whether the body that is followed is on the floor."""
        return is_on_floor(self._posture)

    @property
    def must_wait(self) -> bool:
        """Whether the body must not be judged now: the tracker has jumped off the floor to somebody else."""
        return self.doubt is Doubt.JUMPED and not self.on_floor

    def update(self, pose: Pose) -> None:
        """Take the next pose of the followed body; then `doubt` says why it may be the wrong person, or is None."""
        self._posture = posture_of(pose)
        self._follow_jumps(pose)
        travels = self._travels(pose)
        stands = self._stands.update(pose.t, self._posture is Posture.STANDING) >= STANDS_S
        if self._jumped_t is not None:
            self.doubt = Doubt.JUMPED
        else:
            self.doubt = Doubt.TRAVELS if travels else Doubt.STANDS if stands else None
            self._follow_home(pose, travels)

    def is_better(self, other: Pose) -> bool:
        """Whether somebody else in the same picture is rather the one who exercises."""
        posture = posture_of(other)
        if self.doubt is None or not is_on_floor(posture):
            return False
        if self.is_home(other):
            return True
        if self.doubt is Doubt.STANDS:
            return posture is not Posture.FLOOR_SITTING  # who sits on the floor may be looking on, too
        return self.doubt is Doubt.TRAVELS or not self.on_floor

    def is_home(self, other: Pose) -> bool:
        """Whether somebody is where the followed body was when the tracker jumped away."""
        return self._jumped_t is not None and self._home is not None and distance(other, self._home) <= FAR

    def _follow_jumps(self, pose: Pose) -> None:
        late = self._late
        while late and pose.t - late[0].t > JUMP_S and len(late) > 1:
            late.popleft()
        moved = bool(late) and pose.t - late[0].t <= 2 * JUMP_S and distance(pose, late[0]) > JUMP
        late.append(pose)
        if moved and self._home is not None and distance(pose, self._home) > FAR:
            self._jumped_t = self._jumped_t if self._jumped_t is not None else pose.t
        elif self._jumped_t is not None and self._home is not None:
            back = self.on_floor and distance(pose, self._home) <= FAR
            if back or pose.t - self._jumped_t > MOST_DOUBT_S:
                self._home = self._home if back else None
                self._jumped_t = None
                self._way.clear()

    def _travels(self, pose: Pose) -> bool:
        if pose.points_px is None:
            return False
        way = self._way
        if self._jumped_t == pose.t:
            way.clear()
        way.append((pose.t, float(pose.points_px[23, 0] + pose.points_px[24, 0]) / 2))
        while pose.t - way[0][0] > TRAVEL_S:
            way.popleft()
        xs = [x for _, x in way]
        return max(xs) - min(xs) > TRAVEL * extent_px(pose.points_px)

    def _follow_home(self, pose: Pose, travels: bool) -> None:
        at_home = self.on_floor and not travels
        if self._at_home.update(pose.t, at_home) >= AT_HOME_S:
            self._home = pose
        if self._left_home.update(pose.t, not at_home) > LEFT_S:
            self._home = None


def are_alike(one: Pose, other: Pose) -> bool:
    """Whether both are on the floor, so that it is not clear which of them exercises.

    Args:
        one: the pose of a person.
        other: the pose of another one.
    """
    return is_on_floor(posture_of(one)) and is_on_floor(posture_of(other))
