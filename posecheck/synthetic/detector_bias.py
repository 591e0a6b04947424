"""A pose made to order → the same as the detector would see it: hips not quite where the joints are.

From the side the detector misplaces the hips of a half-kneeling body, and a session puts them right
(`correct.joint_centres`). So a made body, whose points are exact, has to be misplaced first, or it would be put wrong.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from posecheck.correct.joint_centres import joint_centres
from posecheck.measure import posture_and_view
from posecheck.measure.view import is_from_side
from posecheck.records import Landmark, Pose, Side
from posecheck.records.geometry import Points

_MOST_STEPS = 40  # a guess: of an approximation that needs a handful
_EXACT_PX = 1e-6  # a guess: far below what can be seen or measured
_HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)


def as_detected(pose: Pose) -> Pose:
    """The pose with the hips where the detector puts them, if it is half-kneeling and seen from the side.

    A session finds them where they were made. (A far knee it puts on the floor, wherever it is, so that one stays.) Any
    other pose is returned as it is.
    """
    seen = posture_and_view(pose)
    if pose.points_px is None or seen.front is None or seen.view is None or not is_from_side(seen.view):
        return pose
    found = _misplaced([(x, y, 0.0) for x, y in pose.points_px.tolist()], seen.front, seen.view.facing)
    if found is None:
        return pose
    detected = replace(pose, points_px=np.array(found)[:, :2])
    return detected if posture_and_view(detected).front is seen.front else pose


def _misplaced(wanted: Points, front: Side, facing: int) -> Points | None:
    """The points whose hips `joint_centres` puts where they are wanted; None where there are none."""
    points = list(wanted)
    for _ in range(_MOST_STEPS):
        found = joint_centres(points, front, facing)
        missed = [(i, wanted[i][0] - found[i][0], wanted[i][1] - found[i][1]) for i in _HIPS]
        if all(abs(right) + abs(down) < _EXACT_PX for _, right, down in missed):
            return points
        for i, right, down in missed:
            points[i] = (points[i][0] + right, points[i][1] + down, 0.0)
    return None
