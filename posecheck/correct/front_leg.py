"""Which leg is in front, and how surely: all signs of it, weighed by how often they are right, as one probability.

A sign is a number from -1 (the right leg is in front) to +1 (the left one). Each is averaged over the time for which
the body has been half-kneeling, as neighbouring frames tell the same again. The weights are those of a logistic
regression on rendered people whose legs are known: `python -m benchmarks.kneelings fit` makes them anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from math import exp

from posecheck.correct.both_knees import BothKnees
from posecheck.correct.leg_geometry import from_side, legs_cross
from posecheck.measure.angles import rear_foot_is_up
from posecheck.records import LANDMARKS_OF, Measurement, Pose, Side
from posecheck.records.geometry import midpoint, near_side, subtract, trunk_length


class Sign(StrEnum):
    """What tells which leg is in front."""

    NAME_FROM_SIDE = "name_from_side"  # what the detector calls it; from the side it often errs
    NAME = "name"  # the same from the front or behind, where legs do not cross
    PERSPECTIVE = "perspective"  # from the side, the nearer leg meets the floor lower in the picture
    STAYED = "stayed"  # from the side, the knee that stayed on the floor when the other foot stepped forward


# log odds of a sign that speaks as loud as it can: fitted to 160 kneelings of rendered people and 8 fault tapes.
# Of 1,575 beginnings that are then said to be sure to 97 % and more 99.0 % are right, of 345 at 80 to 90 % 92.8 %
WEIGHTS: Mapping[Sign, float] = {
    Sign.NAME_FROM_SIDE: 2.1,
    Sign.NAME: 4.0,
    Sign.PERSPECTIVE: 4.1,
    Sign.STAYED: 6.0,
}
# in trunk lengths: medians of 61 kneelings on the floor were -0.24 to -0.01 for a far front foot, 0.10 to 0.41 for a
# near one; a cushion of 8 cm under the knee moves both up by 0.16. Perspective speaks the louder the further from the
# middle
MIDDLE_OFFSET, LOUD_OFFSET = 0.07, 0.15
UNLIKE = 0.3  # slopes of shin and foot, both on the floor, that differ by more
SHORTEST = 0.08  # in trunk lengths across the picture: a shin or foot that looks shorter shows no slope


class FrontLeg:
    """Adds up the signs of one kneeling; give it the poses of one source in order of time."""

    def __init__(self) -> None:
        self._both_knees = BothKnees()
        self.clear()

    def clear(self) -> None:
        """Another kneeling may begin: forget the signs, but not where both knees were."""
        self.seen_s = 0.0
        self._sums = dict.fromkeys(Sign, 0.0)

    def not_half_kneeling(self, pose: Pose, measurement: Measurement) -> None:
        """Take a pose in which no leg is in front; from both knees on the floor the next kneeling is told.

        Args:
            pose: the pose of the frame.
            measurement: its posture and its view.
        """
        self._both_knees.update(pose, measurement)

    def half_kneeling(self, pose: Pose, measurement: Measurement, dt: float) -> None:
        """Take a pose with a leg in front.

        Args:
            pose: the pose, with the names that the detector gave.
            measurement: its view and front leg.
            dt: the seconds for which it stands.
        """
        self.seen_s += dt
        for sign, value in signs_of(pose, measurement, self._both_knees).items():
            self._sums[sign] += value * dt

    def probability(self, side: Side) -> float:
        """How surely the leg of a side is in front, 0 to 1; 0.5 while nothing is known."""
        if self.seen_s <= 0.0:
            return 0.5
        log_odds = sum(WEIGHTS[sign] * total for sign, total in self._sums.items()) / self.seen_s
        return 1.0 / (1.0 + exp(-log_odds if side is Side.LEFT else log_odds))


def signs_of(pose: Pose, measurement: Measurement, both_knees: BothKnees) -> dict[Sign, float]:
    """The signs that one half-kneeling pose shows, -1 for the right leg to +1 for the left one.

    Args:
        pose: the pose, with the names that the detector gave.
        measurement: its view and front leg.
        both_knees: what is known of the time before.
    """
    front, vectors = measurement.front, pose.vectors()
    if front is None or vectors is None:
        return {}
    if not from_side(measurement):
        return {Sign.NAME: _signed(front.other if legs_cross(vectors.px) else front)}
    found = {Sign.NAME_FROM_SIDE: _signed(front)}
    if (shown := perspective(pose, measurement)) is not None:
        found[Sign.PERSPECTIVE] = shown
    if (stayed := both_knees.kneeling(pose, measurement)) is not None:
        side, loudness = stayed
        found[Sign.STAYED] = loudness * _signed(side.other)
    return found


def perspective(pose: Pose, measurement: Measurement) -> float | None:
    """The side whose leg is in front, as perspective shows it: -1 the right one to +1 the left one.

    Rear knee, rear foot and front foot are on the floor; the front foot lies below the line through the rear leg in the
    picture when it is the nearer one. How that line runs on to the front foot is told by the rear shin and the front
    foot together, and by the rear knee and toes; their mean distance, in trunk lengths of the picture, decides. The
    nearer leg is the left one exactly when the person faces to the left.

    Args:
        pose: a half-kneeling pose.
        measurement: the view of that pose, and the front leg as the model labels it.

    Returns:
        None when perspective does not show it, or the rear foot is on a wall or a couch.
    """
    view, labelled, vectors = measurement.view, measurement.front, pose.vectors()
    if vectors is None or view is None or labelled is None or not from_side(measurement):
        return None
    px, leg, rear = vectors.px, LANDMARKS_OF[labelled], LANDMARKS_OF[labelled.other]
    if rear_foot_is_up(px, labelled):
        return None
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
    nearer = max(-1.0, min(1.0, (offset - MIDDLE_OFFSET) / LOUD_OFFSET))
    return nearer * _signed(near_side(view.facing))


def _signed(side: Side) -> float:
    return 1.0 if side is Side.LEFT else -1.0
