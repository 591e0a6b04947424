"""Pictures on their side or upside down: what a turn is, and where a point of the turned picture was before it.

A turn is counted in quarters clockwise, as the picture is turned. `correct` finds out by how many a camera is mounted
turned, `detect` turns pictures in which it finds nobody who stands upright; both turn the points back here.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from posecheck.records.pose import Floats, Pose

TURNS = (0, 1, 2, 3)


def turn_back(pose: Pose, turn: int) -> Pose:
    """The pose of the upright picture, from that of the turned one.

    Args:
        pose: found in the picture that was turned.
        turn: by how many quarter turns clockwise it was.
    """
    width, height = pose.size
    for _ in range(turn % 4):
        # one quarter turn counter-clockwise: (x, y) of a w x h picture goes to (y, w - x) of an h x w one
        if pose.points_px is not None and pose.points_m is not None:
            px, metres = pose.points_px, pose.points_m
            turned: Floats = np.stack([px[:, 1], width - px[:, 0]], axis=1)
            pose = replace(
                pose,
                points_px=turned.round(6),
                points_m=np.stack([metres[:, 1], 0.0 - metres[:, 0], metres[:, 2]], axis=1),
            )
        width, height = height, width
    return replace(pose, size=(width, height))
