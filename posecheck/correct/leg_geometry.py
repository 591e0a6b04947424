"""The legs of one pose: whether they can be legs, and the same pose with better ones. `legs` says when, over time.

Knee and feet of a half-kneeling body stand on the floor, and limbs keep their lengths: from a good frame before and the
hips of now follow the legs of now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from posecheck.measure.view import is_from_side
from posecheck.records import LANDMARKS_OF, OTHER_SIDE, Landmark, Measurement, Pose, Side, Vector, Vectors
from posecheck.records.geometry import Points, distance, mid_hip, mid_shoulder, trunk_length

STILL = 0.08  # in trunk lengths: hips and shoulders that stay within this have not moved
LIMB_OFF = 0.2  # in trunk lengths: a rear thigh that differs by more is another one
# in trunk lengths, from the side: front shin, rear thigh and rear shin are as long as this at least, and a rear shin at
# most as long as that. Right ones were 0.58, 0.64 and 0.66 to 0.92, of real people in lunges 0.70, 0.75 and 0.77; in 9
# of 11 stills with a knee or foot off by more than a third of the trunk one was shorter. (A front thigh may look short:
# when it is the hidden one, the detector puts its hip towards the knee.)
SHORTEST_LIMBS, LONGEST_SHIN = (0.54, 0.53, 0.55), 1.02

# hip, knee, ankle of the front leg, and of the rear one
_LEGS = {
    side: [joint for leg in (LANDMARKS_OF[side], LANDMARKS_OF[side.other]) for joint in (leg.hip, leg.knee, leg.ankle)]
    for side in Side
}
_BELOW_HIPS = Landmark.LEFT_KNEE  # the first of them: knees and feet are the last landmarks
FACTS = (range(6), range(6, 9))  # of the facts of a leg: places on the floor, limb lengths
_LEGS_SWAPPED = np.array([*list(Landmark)[:_BELOW_HIPS], *OTHER_SIDE[_BELOW_HIPS:]])


def swap_legs(pose: Pose) -> Pose:
    """The pose with left and right exchanged from the knees down."""
    return in_order(pose, _LEGS_SWAPPED)


def in_order(pose: Pose, order: NDArray[np.int64]) -> Pose:
    """The pose with its landmarks in another order; an absent pose stays as it is.

    Args:
        pose: a pose.
        order: (33,); the landmark at each place is taken from the place that stands here.
    """
    if pose.arrays is None:
        return pose
    px, metres, seen = pose.arrays
    return replace(pose, points_px=px[order], points_m=metres[order], visibility=seen[order])


def is_still(pose: Pose, before: Pose) -> bool:
    """Whether hips and shoulders are where they were; False when nobody is seen in one of the poses.

    Args:
        pose: the pose now.
        before: an earlier one.
    """
    seen, earlier = pose.vectors(), before.vectors()
    if seen is None or earlier is None:
        return False
    now, then = seen.px, earlier.px
    limit = STILL * trunk_length(then)
    return all(distance(middle(now), middle(then)) <= limit for middle in (mid_shoulder, mid_hip))


def moved(pose: Pose, before: Pose | None, which: Sequence[Landmark]) -> float:
    """How far the landmark that moved most is from where it was, in trunk lengths; infinite when it was not seen.

    Args:
        pose: the pose now.
        before: an earlier one; its trunk is the measure. None when there is none.
        which: the landmarks to compare.
    """
    seen, earlier = pose.vectors(), before.vectors() if before is not None else None
    if seen is None or earlier is None:
        return float("inf")
    now, then = seen.px, earlier.px
    return max(distance(now[i], then[i]) for i in which) / max(trunk_length(then), 1.0)


def from_side(measurement: Measurement) -> bool:
    """Whether the body is seen from the side enough to use lengths and perspective; False when nobody is seen."""
    return measurement.view is not None and is_from_side(measurement.view)


def legs_cross(px: Points) -> bool:
    """Whether knees and feet are the other way round in the picture than the hips."""
    left, right = LANDMARKS_OF[Side.LEFT], LANDMARKS_OF[Side.RIGHT]
    way = 1.0 if px[right.hip][0] >= px[left.hip][0] else -1.0
    knees, ankles = px[right.knee][0] - px[left.knee][0], px[right.ankle][0] - px[left.ankle][0]
    return knees * way < 0 and ankles * way < 0


def leg_facts(vectors: Vectors, front: Side) -> tuple[float, ...]:
    """Places of knees and feet on the floor, and lengths of limbs, in pixels.

    Pixels, because a place in trunk lengths would move with a trunk that is misread.

    Args:
        vectors: the landmarks of a half-kneeling body.
        front: the side of its front leg.

    Returns:
        x, y of rear knee, rear ankle and front ankle; then the lengths of front thigh, front shin, rear thigh, rear
        shin and trunk (at least 1).
    """
    hip, knee, ankle, rear_hip, rear_knee, rear_ankle = [vectors.px[i] for i in _LEGS[front]]
    lengths = distance(hip, knee), distance(knee, ankle), distance(rear_hip, rear_knee), distance(rear_knee, rear_ankle)
    return (*rear_knee[:2], *rear_ankle[:2], *ankle[:2], *lengths, max(trunk_length(vectors.px), 1.0))


def legs_fit(pose: Pose, measurement: Measurement) -> bool:
    """Whether the limbs of a half-kneeling body are as long as limbs are.

    Args:
        pose: the pose to look at.
        measurement: the view and the front leg of that pose.

    Returns:
        True also when it cannot be told: no front leg, nobody seen, or not seen from the side.
    """
    front = measurement.front
    vectors = pose.vectors()
    if front is None or vectors is None or not from_side(measurement):
        return True
    *_, front_shin, rear_thigh, rear_shin, trunk = leg_facts(vectors, front)
    shortest_front_shin, shortest_rear_thigh, shortest_rear_shin = SHORTEST_LIMBS
    return (
        front_shin / trunk >= shortest_front_shin
        and rear_thigh / trunk >= shortest_rear_thigh
        and shortest_rear_shin <= rear_shin / trunk <= LONGEST_SHIN
    )


def with_legs_of(pose: Pose, good: Pose) -> Pose:
    """The pose with knees and feet where another one has them; unchanged when nobody is seen in one of the two.

    Args:
        pose: keeps all landmarks down to the hips.
        good: gives those below, with their visibility.
    """
    if pose.arrays is None or good.arrays is None:
        return pose
    px, metres, seen = (
        np.concatenate((now[:_BELOW_HIPS], then[_BELOW_HIPS:]))
        for now, then in zip(pose.arrays, good.arrays, strict=True)
    )
    return replace(pose, points_px=px, points_m=metres, visibility=seen)


def rebuilt(pose: Pose, good: Pose, front: Side) -> Pose | None:
    """The pose with rear knee and feet where they stood, and the front knee where thigh and shin then meet.

    Args:
        pose: a pose whose legs are misread.
        good: an earlier pose whose legs were right.
        front: the side of the front leg.

    Returns:
        None when the hips are not where that rear knee allows: then the person has got up, or moved the knee. None also
        when nobody is seen in one of the poses, or thigh and shin cannot meet.
    """
    seen, before = pose.vectors(), good.vectors()
    if seen is None or before is None:
        return None
    px, then = seen.px, before.px
    hip, knee, ankle, rear_hip, rear_knee, _ = _LEGS[front]
    thigh = distance(then[rear_hip], then[rear_knee])
    if abs(distance(px[rear_hip], then[rear_knee]) - thigh) > LIMB_OFF * trunk_length(then):
        return None
    met, placed = _meet(px[hip], then[ankle], then[hip], then[knee]), with_legs_of(pose, good)
    if met is None or placed.points_px is None:
        return None
    placed.points_px[knee] = met
    return placed


def _meet(hip: Vector, ankle: Vector, hip_then: Vector, knee_then: Vector) -> tuple[float, float] | None:
    """Where the knee is, bent the same way, when thigh and shin are as long as then; None when they do not reach."""
    thigh, shin, apart = distance(hip_then, knee_then), distance(knee_then, ankle), distance(hip, ankle)
    if apart < 1.0 or not abs(thigh - shin) < apart < thigh + shin:
        return None
    along = (thigh**2 - shin**2 + apart**2) / (2 * apart)
    aside = sqrt(max(thigh**2 - along**2, 0.0))
    x, y = (ankle[0] - hip[0]) / apart, (ankle[1] - hip[1]) / apart
    way_x, way_y = ankle[0] - hip_then[0], ankle[1] - hip_then[1]
    if way_x * (knee_then[1] - hip_then[1]) < way_y * (knee_then[0] - hip_then[0]):
        aside = -aside
    return hip[0] + x * along - y * aside, hip[1] + y * along + x * aside
