"""Which leg is in front, agreed over time; and legs that the detector has swapped, swapped back.

From the side, perspective tells the legs apart better than the detector does: the leg nearer to the camera meets the
floor lower in the picture, and the nearer leg is the left one exactly when the person faces to the left. Surer still:
who knelt on both knees before kneels on the one that stayed where it was (`both_knees`).

From the front or behind legs do not cross: ones that seem to are named the other way round (knees and feet both crossed
in 0.1 % of the frames with the right names, in 39 % of those with the wrong ones).

Sometimes it folds both legs into one, or puts them where none are, for seconds. Knee and feet stand on the floor: while
the hips are where these legs allow, the legs are rebuilt from where they were last seen right (`legs`). What cannot be
legs, and cannot be rebuilt, is not judged.

In a still side view the detector sometimes names the legs the other way round, for a few frames or for seconds. Nobody
changes the kneeling leg without leaving the half-kneeling position for a moment, so a front leg that changes from one
frame to the next is the detector's doing, and the legs are given back their names until it changes its mind.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from math import inf
from statistics import median

from posecheck.correct.both_knees import BothKnees
from posecheck.correct.leg_geometry import (
    FACTS,
    from_side,
    is_still,
    leg_facts,
    legs_cross,
    legs_fit,
    moved,
    rebuilt,
    swap_legs,
    with_legs_of,
)
from posecheck.measure.angles import CLEAR
from posecheck.measure.measuring import posture_and_view
from posecheck.measure.posture import classify
from posecheck.records import LANDMARKS_OF, Correction, Landmark, Measurement, Pose, Posture, Side
from posecheck.records.geometry import midpoint, near_side, subtract, trunk_length
from posecheck.records.times import SAME_TIME_S, TrueSince

FROZEN_S = 30.0  # legs are rebuilt from the last good frame for at most the length of a hold and a half
# in trunk lengths: knee and feet that are further from their place on the floor have not walked there; and how much
# thigh and shin may differ from their usual length, seen from the side
JUMP_LIMITS = (0.2, 0.12)
ODD_S = 1.0  # a half-kneeling body that stays different for this long is believed
USUAL_S = 3.0  # what is usual is the median of this long ...
FACTS_EVERY_S = 0.2  # ... taken this often
STAY = 0.2  # in trunk lengths: hips and knees this near to where they were are those of a body that has not got up
# a front foot that is found further away for this long has been drawn back (from behind, 0.4 s at most while it stayed;
# 2 s and more when it was drawn back, and both knees were not made out)
FOOT_AWAY, FOOT_AWAY_S = 0.6, 1.0
AGREE_S = 0.7  # a leg is in front when it was seen there this long ...
SHARE = 0.6  # ... in this share of the time
SETTLED_S = 2.0  # after this long half-kneeling the vote is over
OTHER_S = 0.4  # in another known posture this long: the legs may have changed
AWAY_S = 1.2  # not half-kneeling this long, whatever was seen: the same
# in trunk lengths: medians of whole stretches were 0.01 and less for a far front foot, 0.02 and more for a near one.
# Perspective speaks the louder the further from the middle, at most as loud as two detectors; a knee that stayed where
# it was, as loud as three (right in 179 of 181 positions; perspective erred in 4 of 185, the names in 7)
MIDDLE_OFFSET, LOUD_OFFSET, LOUDEST, SURE = 0.02, 0.12, 2.0, 3.0
UNLIKE = 0.3  # slopes of shin and foot, both on the floor, that differ by more
SHORTEST = 0.08  # in trunk lengths across the picture: a shin or foot that looks shorter shows no slope

_HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
_KNEES = (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE)
_ANKLES = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)


class LegCorrection:
    """Follows which leg is in front; give it the poses of one source in order of time.

    `front` is the side whose leg is agreed to be in front, or None before there is one. Before that, a frame is left
    as it is.
    """

    def __init__(self) -> None:
        self.front: Side | None = None
        self._agreed = False  # since the last change
        self._settled = False
        self._good: Pose | None = None
        self._knees_bent: Pose | None = None  # lying
        self._both_knees = BothKnees()
        self._facts: deque[tuple[float, tuple[float, ...]]] = deque()
        self._usual: list[float] | None = None
        self._odd = TrueSince()
        self._foot_away = TrueSince()
        self._votes = dict.fromkeys(Side, 0.0)
        self._seen_s = 0.0
        self._seen_t = 0.0
        self._other_s = 0.0
        self._last_t: float | None = None

    def update(self, pose: Pose) -> Pose:
        """Take the next pose.

        Returns:
            The pose with its legs put right where needed; its `correction` says what is known of them.
        """
        t, measurement = pose.t, _posture_and_view(pose)
        dt = t - self._last_t if self._last_t is not None else 0.0
        self._last_t = t
        if measurement.front is None:
            return self._known(self._not_half_kneeling(pose, measurement, dt))
        return self._known(self._half_kneeling(pose, measurement, measurement.front, dt))

    def _known(self, pose: Pose) -> Pose:
        """The pose with the leg that is agreed to be in front."""
        return replace(pose, correction=replace(pose.correction, front=self.front, front_agreed=self._agreed))

    def _not_half_kneeling(self, pose: Pose, measurement: Measurement, dt: float) -> Pose:
        """A pose that does not look half-kneeling: another posture, or legs that were misread."""
        self._odd.clear()
        self._both_knees.update(pose, measurement)
        pose, posture = self._keeps_knees_bent(pose, measurement)
        if posture is Posture.UNKNOWN and (unfolded := self._unfold(pose)):
            self._seen_t = pose.t
            return unfolded
        if (stayed := self._stays(pose, posture, measurement)) is not None:
            if not self._foot_has_left(stayed):
                self._seen_t = pose.t
                return _in_posture(stayed, Posture.HALF_KNEELING)
            self._other_s = OTHER_S
        self._away(posture, pose.t, dt)
        return pose

    def _half_kneeling(self, pose: Pose, measurement: Measurement, front: Side, dt: float) -> Pose:
        """A pose that looks half-kneeling with the leg `front` in front."""
        t = pose.t
        self._seen_t, self._other_s = t, 0.0
        fits = legs_fit(pose, measurement)
        if fits and not self._settled:
            self._vote(pose, measurement, front, min(dt, AGREE_S))
        by_itself = True
        if self._agreed and front is not self.front:
            pose = swap_legs(pose)
            by_itself = kneels_by_itself(pose, self.front)
            # the hips keep their names, so by itself it may look like sitting
            pose = self._known(_in_posture(pose, Posture.HALF_KNEELING))
            measurement = _posture_and_view(pose)
            fits = legs_fit(pose, measurement)
        if not fits:
            self._odd.clear()  # what cannot be is never believed, however long it lasts
            return self._unfold(pose) or _with_hidden_legs(pose)
        if self._agreed:
            if self._odd.update(t, self._jumped(pose, measurement)) > ODD_S:
                by_itself = True
                self._facts.clear()  # they stay there: that is how it is now
                self._odd.clear()
            if self._odd.since is None:
                if by_itself:
                    self._remember(pose)
            elif unfolded := self._unfold(pose):
                return unfolded
        return pose

    def _keeps_knees_bent(self, pose: Pose, measurement: Measurement) -> tuple[Pose, Posture]:
        """Keep to lying with bent knees while hips and feet stay where they were.

        In a quick drop the knees are lost for a few frames, and the legs look straight, or the body upright. A person
        who really gets up or stretches the legs moves hips or feet.
        """
        if measurement.posture is Posture.SUPINE_KNEES_BENT:
            self._knees_bent = pose
        elif moved(pose, self._knees_bent, (*_HIPS, *_ANKLES)) <= STAY:
            return _in_posture(pose, Posture.SUPINE_KNEES_BENT), Posture.SUPINE_KNEES_BENT
        return pose, measurement.posture

    def _stays(self, pose: Pose, posture: Posture, measurement: Measurement) -> Pose | None:
        """The pose, legs swapped back if need be, when hips and knees are where they were while half-kneeling.

        A bent trunk with raised arms makes the rest of the body hard to read, and so do legs on the edge of a posture,
        or hidden ones; nobody gets up without moving hips and knees.
        """
        if not self._agreed or posture is Posture.TALL_KNEELING:
            return None
        sideways = from_side(measurement)  # else a knee is guessed
        for one in (pose, swap_legs(pose)):
            if moved(one, self._good, _hips_and_clear_knees(one) if sideways else _HIPS) <= STAY:
                return one
        return None

    def _foot_has_left(self, pose: Pose) -> bool:
        """Whether the front foot is away from its place for a while: it was drawn back, though the hips have stayed."""
        away = self.front is not None and moved(pose, self._good, [LANDMARKS_OF[self.front].ankle]) > FOOT_AWAY
        return self._foot_away.update(pose.t, away) >= FOOT_AWAY_S

    def _jumped(self, pose: Pose, measurement: Measurement) -> bool:
        """Whether knee or feet have left their place on the floor, or a limb has another length than before."""
        vectors = pose.vectors()
        if self._usual is None or self.front is None or vectors is None:
            return False
        now, usual = leg_facts(vectors, self.front), self._usual
        # by the usual trunk: that of one frame trembles, and the places are many trunks away from the picture's corner
        limits = [limit * usual[-1] for limit in (JUMP_LIMITS if from_side(measurement) else JUMP_LIMITS[:1])]
        return any(abs(now[i] - usual[i]) > most for part, most in zip(FACTS, limits, strict=False) for i in part)

    def _remember(self, pose: Pose) -> None:
        """Take the legs into account for what is usual: the median of the last seconds."""
        self._good = pose
        self._foot_away.clear()
        facts, vectors, front = self._facts, pose.vectors(), self.front
        due = not facts or pose.t - facts[-1][0] >= FACTS_EVERY_S
        if due and vectors is not None and front is not None:
            facts.append((pose.t, leg_facts(vectors, front)))
            while pose.t - facts[0][0] > USUAL_S:
                facts.popleft()
            self._usual = [median(one) for one in zip(*(f for _, f in facts), strict=True)]

    def _unfold(self, pose: Pose) -> Pose | None:
        """The pose with the legs of the last good one, as far as the rest of the body shows that they are there."""
        good = self._good
        if not self._agreed or self.front is None or good is None or pose.t - good.t > FROZEN_S:
            return None
        unfolded = rebuilt(pose, good, self.front) or (with_legs_of(pose, good) if is_still(pose, good) else None)
        if unfolded is None:
            return None
        unfolded = replace(unfolded, correction=Correction())  # it has to look half-kneeling by itself
        return unfolded if _posture_and_view(unfolded).front is self.front else None

    def _away(self, posture: Posture, t: float, dt: float) -> None:
        if posture is not Posture.UNKNOWN:
            self._other_s += dt
        if self._other_s >= OTHER_S or t - self._seen_t >= AWAY_S:
            self._agreed = self._settled = False
            self._good = self._usual = None
            self._odd.clear()
            self._foot_away.clear()
            self._facts.clear()
            self._votes, self._seen_s = dict.fromkeys(Side, 0.0), 0.0

    def _vote(self, pose: Pose, measurement: Measurement, front: Side, dt: float) -> None:
        vectors = pose.vectors()
        named_wrongly = vectors is not None and not from_side(measurement) and legs_cross(vectors.px)
        self._votes[front.other if named_wrongly else front] += dt
        self._seen_s += dt
        if shown := front_leg(pose, measurement):
            side, weight = shown
            self._votes[side] += weight * dt
        if stayed := self._both_knees.kneeling(pose, measurement):
            side, weight = stayed
            self._votes[side.other] += SURE * weight * dt
        total = sum(self._votes.values())
        leader = max(Side, key=self._votes.__getitem__)
        if self._seen_s >= AGREE_S - SAME_TIME_S and self._votes[leader] >= SHARE * total:
            self.front, self._agreed = leader, True
            self._settled = self._seen_s >= SETTLED_S


def _posture_and_view(pose: Pose) -> Measurement:
    """The posture and view; which leg is in front is asked whether or not the rear knee is on the floor."""
    return posture_and_view(pose, highest_knee=inf)


def _in_posture(pose: Pose, posture: Posture) -> Pose:
    """The pose of a body that is known to be in a posture."""
    return replace(pose, correction=replace(pose.correction, posture=posture))


def _with_hidden_legs(pose: Pose) -> Pose:
    """The pose with knees and feet that are not where they were found."""
    return replace(pose, correction=replace(pose.correction, legs_hidden=True))


def kneels_by_itself(pose: Pose, front: Side | None) -> bool:
    """Whether a pose reads as half-kneeling with this leg in front, without what earlier frames say.

    Args:
        pose: a pose.
        front: the side of the front leg.

    Returns:
        With None for `front`: whether the pose shows no front leg. False when nobody is seen.
    """
    vectors = pose.vectors()
    return vectors is not None and classify(vectors, highest_knee=inf)[1] is front


def _hips_and_clear_knees(pose: Pose) -> tuple[Landmark, ...]:
    """The hips and the knees that are clear, as others may be anywhere behind them; both knees when neither is."""
    clear = [] if pose.visibility is None else [knee for knee in _KNEES if pose.visibility[knee] >= CLEAR]
    return (*_HIPS, *(clear or _KNEES))


def front_leg(pose: Pose, measurement: Measurement) -> tuple[Side, float] | None:
    """The side whose leg is in front, as perspective shows it, and with what weight.

    Rear knee, rear foot and front foot are on the floor; the front foot lies below the line through the rear leg in the
    picture when it is the nearer one. How that line runs on to the front foot is told by the rear shin and the front
    foot together, and by the rear knee and toes; their mean distance, in trunk lengths of the picture, decides.

    Args:
        pose: a half-kneeling pose.
        measurement: the view of that pose, and the front leg as the model labels it.

    Returns:
        The side and a weight of 0 to LOUDEST; None when perspective does not show it.
    """
    view, labelled, vectors = measurement.view, measurement.front, pose.vectors()
    if vectors is None or view is None or labelled is None or not from_side(measurement):
        return None
    px, leg, rear = vectors.px, LANDMARKS_OF[labelled], LANDMARKS_OF[labelled.other]
    knee, trunk = px[rear.knee], trunk_length(px)
    lines = [
        subtract(px[rear.ankle], knee),
        subtract(px[rear.foot_index], knee),
        subtract(px[leg.foot_index], px[leg.heel]),
    ]
    if trunk == 0.0 or any(abs(line[0]) < SHORTEST * trunk for line in lines):
        return None  # it points at the camera
    shin, long, foot = (line[1] / line[0] for line in lines)
    if abs(foot - shin) > UNLIKE:
        foot = shin  # the foot is hidden, as behind a stool
    across, down, _ = subtract(midpoint(px[leg.heel], px[leg.foot_index]), knee)
    offset = (down - ((shin + foot) / 2 + long) / 2 * across) / trunk
    weight = LOUDEST * min(1.0, abs(offset - MIDDLE_OFFSET) / LOUD_OFFSET)
    near = near_side(view.facing)
    return (near if offset > MIDDLE_OFFSET else near.other), weight
