"""The legs of a half-kneeling body by their right names, and where they are, while the detector misreads them.

In a still side view the detector names the legs the other way round, for frames or for seconds; it folds both into one,
or puts them where none are. Three things tell better:

- which leg is in front is agreed once for a kneeling, from all signs of it (`front_leg`): nobody changes the kneeling
  leg without leaving the position for a moment;
- knee and feet stand on the floor: while the hips are where these legs allow, legs that are found elsewhere are put
  back to where they were last seen right (`leg_geometry`);
- limbs are as long as limbs: what cannot be legs, and cannot be put back, is not judged.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from math import inf
from statistics import median

from posecheck.correct.front_leg import FrontLeg
from posecheck.correct.leg_geometry import (
    FACTS,
    from_side,
    is_still,
    leg_facts,
    legs_fit,
    moved,
    rebuilt,
    swap_legs,
    with_legs_of,
)
from posecheck.correct.rear_knee import RearKnee
from posecheck.measure.angles import CLEAR
from posecheck.measure.measuring import posture_and_view
from posecheck.records import Landmark, Measurement, Pose, Posture, Side
from posecheck.records.times import SAME_TIME_S, TrueSince

FROZEN_S = 30.0  # legs are put back to the last good frame for at most the length of a hold and a half
# in trunk lengths: knee and feet that are further from their place on the floor have not walked there; and how much
# thigh and shin may differ from their usual length, seen from the side
JUMP_LIMITS = (0.2, 0.12)
ODD_S = 1.0  # a half-kneeling body that stays different for this long is believed
USUAL_S = 3.0  # what is usual is the median of this long ...
FACTS_EVERY_S = 0.2  # ... taken this often
STAY = 0.2  # in trunk lengths: hips and knees this near to where they were are those of a body that has not got up
AGREE_S = 0.7  # a leg is in front when it was seen there this long ...
# ... and it is so with this probability. The names alone reach it, as on a couch, where nothing else tells
SURE = 0.85
SETTLED_S = 2.0  # after this long half-kneeling the question is closed
OTHER_S = 0.4  # in another known posture this long: the legs may have changed
AWAY_S = 1.2  # not half-kneeling this long, whatever was seen: the same

_HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
_KNEES = (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE)
_ANKLES = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)


class LegCorrection:
    """Follows the legs of a body; give it the poses of one source in order of time.

    `front` is the side whose leg was last agreed to be in front, or None before there is one. Before that, a frame is
    left as it is.
    """

    def __init__(self) -> None:
        self.front: Side | None = None
        self._agreed = False  # since the last change
        self._sure = 0.0  # the probability at that time
        self._asked_s = 0.0  # for how long it looks half-kneeling
        self._signs = FrontLeg()
        self._rear_knee = RearKnee()
        self._good: Pose | None = None  # the last one whose legs were right, and the leg that it has in front
        self._good_front: Side | None = None
        self._knees_bent: Pose | None = None  # lying
        self._facts: deque[tuple[float, tuple[float, ...]]] = deque()
        self._usual: list[float] | None = None
        self._odd = TrueSince()
        self._unread = TrueSince()  # kept without looking half-kneeling, from the front or behind
        self._seen_t = 0.0
        self._other_s = 0.0
        self._last_t: float | None = None

    def update(self, pose: Pose) -> Pose:
        """Take the next pose.

        Returns:
            The pose with its legs put right where needed; its `correction` says what is known of them.
        """
        found = posture_and_view(pose, highest_knee=inf)  # on the floor or not: which leg is in front is asked
        dt = pose.t - self._last_t if self._last_t is not None else 0.0
        self._last_t = pose.t
        if found.front is None:
            pose = self._not_half_kneeling(pose, found, dt)
        else:
            pose = self._half_kneeling(pose, found, found.front, dt)
        known = replace(
            pose.correction, front=self.front, front_agreed=self._agreed, front_probability=self._probability
        )
        return replace(pose, correction=known)

    @property
    def _probability(self) -> float | None:
        """How surely the front leg is in front; the likelier one when none was agreed in time."""
        if self._agreed:
            return self._sure
        return max(map(self._signs.probability, Side)) if self._asked_s >= SETTLED_S else None

    def _half_kneeling(self, pose: Pose, found: Measurement, front: Side, dt: float) -> Pose:
        """A pose that looks half-kneeling with the leg `front` in front."""
        self._seen_t, self._other_s = pose.t, 0.0
        self._unread.clear()
        self._asked_s += min(dt, AGREE_S)
        fit = legs_fit(pose, found)
        if fit and (not self._agreed or self._signs.seen_s < SETTLED_S):
            self._signs.half_kneeling(pose, found, min(dt, AGREE_S))
            self._agree()
        if not self._agreed:
            if self._asked_s >= SETTLED_S:
                self.front = None  # the side of the kneeling before says nothing of this one
            if fit:
                self._learn(pose, found)
            return pose
        named = pose
        if front is not self.front:
            named, found = swap_legs(pose), replace(found, front=self.front)
            fit = legs_fit(named, found)
        if not fit:
            self._odd.clear()  # what cannot be is never believed, however long it lasts
            return self._put_back(named) or self._kneels(named, legs_hidden=True)
        if self._odd.update(pose.t, self._jumped(named, found)) > ODD_S:
            self._facts.clear()  # they stay there: that is how it is now
            self._odd.clear()
        if self._odd.since is not None:
            return self._put_back(named) or self._kneels(named)
        self._learn(named, found)
        return self._kneels(named)

    def _not_half_kneeling(self, pose: Pose, found: Measurement, dt: float) -> Pose:
        """A pose that does not look half-kneeling: another posture, or legs that were misread."""
        self._odd.clear()
        self._signs.not_half_kneeling(pose, found)
        pose, posture = self._keeps_knees_bent(pose, found)
        kept = None
        if self._agreed and posture is not Posture.TALL_KNEELING:
            kept = (self._put_back(pose) if posture is Posture.UNKNOWN else None) or self._stays(pose, found)
        if self._unread.update(pose.t, kept is not None and not from_side(found)) >= OTHER_S:
            self._signs.clear()  # where only the hips are known to have stayed the legs may have changed: ask again
        if kept is not None:
            self._seen_t = pose.t
            return kept
        if posture is not Posture.UNKNOWN:
            self._other_s += dt
        if self._other_s >= OTHER_S or pose.t - self._seen_t >= AWAY_S:
            self._forget()
        return pose

    def _agree(self) -> None:
        """Settle which leg is in front, once it is sure enough."""
        if self._signs.seen_s >= AGREE_S - SAME_TIME_S:
            leader = max(Side, key=self._signs.probability)
            sure = self._signs.probability(leader)
            if sure >= SURE:
                if self._agreed and leader is not self.front:
                    self._forget_places()
                if self._good is not None and self._good_front is not leader:
                    self._good, self._good_front = swap_legs(self._good), leader
                self.front, self._agreed, self._sure = leader, True, sure

    def _forget(self) -> None:
        """The body has left the position: another leg may be in front the next time."""
        self._agreed = False
        self._asked_s = 0.0
        self._forget_places()
        self._signs.clear()

    def _forget_places(self) -> None:
        self._good = self._usual = None
        self._odd.clear()
        self._facts.clear()

    def _kneels(self, pose: Pose, legs_hidden: bool = False) -> Pose:
        """The pose of a body that is known to be half-kneeling, or to lunge with the knee in the air."""
        posture = Posture.LUNGE if self._rear_knee.in_the_air else Posture.HALF_KNEELING
        return replace(pose, correction=replace(pose.correction, posture=posture, legs_hidden=legs_hidden))

    def _keeps_knees_bent(self, pose: Pose, found: Measurement) -> tuple[Pose, Posture]:
        """Keep to lying with bent knees while hips and feet stay where they were.

        In a quick drop the knees are lost for a few frames, and the legs look straight, or the body upright. A person
        who really gets up or stretches the legs moves hips or feet.
        """
        if found.posture is Posture.SUPINE_KNEES_BENT:
            self._knees_bent = pose
        elif moved(pose, self._knees_bent, (*_HIPS, *_ANKLES)) <= STAY:
            bent = Posture.SUPINE_KNEES_BENT
            return replace(pose, correction=replace(pose.correction, posture=bent)), bent
        return pose, found.posture

    def _stays(self, pose: Pose, found: Measurement) -> Pose | None:
        """The pose, legs swapped back if need be, when hips and knees are where they were while half-kneeling.

        A bent trunk with raised arms makes the rest of the body hard to read, and so do legs on the edge of a posture,
        or hidden ones; nobody gets up without moving hips and knees.
        """
        sideways = from_side(found)  # else a knee is guessed
        for one in (pose, swap_legs(pose)):
            if moved(one, self._good, _hips_and_clear_knees(one) if sideways else _HIPS) <= STAY:
                return self._kneels(one)
        return None

    def _jumped(self, pose: Pose, found: Measurement) -> bool:
        """Whether knee or feet have left their place on the floor, or a limb has another length than before."""
        vectors = pose.vectors()
        if self._usual is None or self.front is None or vectors is None:
            return False
        now, usual = leg_facts(vectors, self.front), self._usual
        # by the usual trunk: that of one frame trembles, and the places are many trunks away from the picture's corner
        limits = [limit * usual[-1] for limit in (JUMP_LIMITS if from_side(found) else JUMP_LIMITS[:1])]
        return any(abs(now[i] - usual[i]) > most for part, most in zip(FACTS, limits, strict=False) for i in part)

    def _learn(self, pose: Pose, found: Measurement) -> None:
        """Take legs that are right into account for what is usual: the median of the last seconds."""
        self._rear_knee.update(pose, found)
        self._good, self._good_front = pose, found.front
        facts, vectors, front = self._facts, pose.vectors(), found.front
        due = not facts or pose.t - facts[-1][0] >= FACTS_EVERY_S
        if due and vectors is not None and front is not None:
            facts.append((pose.t, leg_facts(vectors, front)))
            while pose.t - facts[0][0] > USUAL_S:
                facts.popleft()
            self._usual = [median(one) for one in zip(*(f for _, f in facts), strict=True)]

    def _put_back(self, pose: Pose) -> Pose | None:
        """The pose with the legs of the last good one, as far as the rest of the body shows that they are there."""
        good = self._good
        if self.front is None or good is None or pose.t - good.t > FROZEN_S:
            return None
        put = rebuilt(pose, good, self.front) or (with_legs_of(pose, good) if is_still(pose, good) else None)
        return None if put is None else self._kneels(put)


def _hips_and_clear_knees(pose: Pose) -> tuple[Landmark, ...]:
    """The hips and the knees that are clear, as others may be anywhere behind them; both knees when neither is."""
    clear = [] if pose.visibility is None else [knee for knee in _KNEES if pose.visibility[knee] >= CLEAR]
    return (*_HIPS, *(clear or _KNEES))
