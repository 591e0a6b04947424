"""A pose made to order → the same as the detector would see it: hips not quite where the joints are.

From the side the detector misplaces the hips of a half-kneeling body, and a session puts them right (`measure.joints`).
So a made body, whose points are exact, has to be misplaced first, or it would be put wrong.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from posecheck.measure import FROM_SIDE_DEG, Points, Wanted, joints, measure
from posecheck.records import Landmark, Pose, Side

_NOTHING = Wanted(frozenset(), frozenset())
_MOST_STEPS = 40
_EXACT_PX = 1e-6
_HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)


def as_detected(pose: Pose) -> Pose:
    """The pose with the hips where the detector puts them, if it is half-kneeling and seen from the side.

    A session finds them where they were made. (A far knee it puts on the floor, wherever it is, so that one stays.) Any
    other pose is returned as it is.
    """
    seen = measure(pose, wanted=_NOTHING)
    if pose.points_px is None or seen.front is None or seen.view is None or seen.view.yaw_deg < FROM_SIDE_DEG:
        return pose
    found = _misplaced([(x, y, 0.0) for x, y in pose.points_px.tolist()], seen.front, seen.view.facing)
    if found is None:
        return pose
    detected = replace(pose, points_px=np.array(found)[:, :2])
    return detected if measure(detected, wanted=_NOTHING).front is seen.front else pose


def _misplaced(wanted: Points, front: Side, facing: int) -> Points | None:
    """The points whose hips `joints` puts where they are wanted; None where there are none."""
    points = list(wanted)
    for _ in range(_MOST_STEPS):
        found = joints(points, front, facing)
        missed = [(i, wanted[i][0] - found[i][0], wanted[i][1] - found[i][1]) for i in _HIPS]
        if all(abs(right) + abs(down) < _EXACT_PX for _, right, down in missed):
            return points
        for i, right, down in missed:
            points[i] = (points[i][0] + right, points[i][1] + down, 0.0)
    return None
