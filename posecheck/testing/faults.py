"""What goes wrong with poses: noise, dropouts, swapped legs, hidden points, mirrored pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from posecheck.correct.leg_geometry import swap_legs
from posecheck.records import LANDMARK_COUNT, OTHER_SIDE, Landmark, Pose

Spans = Sequence[tuple[float, float]]


def noisy(poses: Iterable[Pose], px: float = 1.5, m: float = 0.01, seed: int = 0) -> Iterator[Pose]:
    """Add Gaussian noise to every coordinate; absent poses stay as they are.

    Args:
        poses: the poses to disturb.
        px: standard deviation in the picture, in pixels.
        m: standard deviation in space, in metres.
        seed: the same seed gives the same noise.
    """
    random = np.random.default_rng(seed)
    for pose in poses:
        if pose.points_px is None or pose.points_m is None:
            yield pose
        else:
            moved_px = pose.points_px + random.normal(0.0, px, (LANDMARK_COUNT, 2))
            yield replace(pose, points_px=moved_px, points_m=pose.points_m + random.normal(0.0, m, (LANDMARK_COUNT, 3)))


def dropped_out(poses: Iterable[Pose], *spans: tuple[float, float]) -> Iterator[Pose]:
    """Nobody is seen for a time.

    Args:
        poses: the poses to disturb.
        spans: (from, to) of each such time in seconds, the end not included.
    """
    return (Pose.absent(p.t, p.size) if _within(p.t, spans) else p for p in poses)


def swapped(poses: Iterable[Pose], *spans: tuple[float, float]) -> Iterator[Pose]:
    """The left leg is named the right one for a time, and the right one the left.

    Args:
        poses: the poses to disturb.
        spans: (from, to) of each such time in seconds, the end not included.
    """
    return (swap_legs(p) if _within(p.t, spans) else p for p in poses)


def hidden(pose: Pose, *landmarks: Landmark, visibility: float = 0.1) -> Pose:
    """The pose with some landmarks that are hardly seen.

    Args:
        pose: a pose; an absent one stays as it is.
        landmarks: those to hide.
        visibility: what they get, 0 to 1.
    """
    if pose.visibility is None:
        return pose
    seen = pose.visibility.copy()
    seen[list(landmarks)] = visibility
    return replace(pose, visibility=seen)


def mirrored(pose: Pose) -> Pose:
    """The pose of the mirrored picture: left becomes right."""
    if pose.arrays is None:
        return pose
    px, metres, seen = (array[list(OTHER_SIDE)] for array in pose.arrays)
    points_px, points_m = px * (-1.0, 1.0) + (pose.size[0], 0.0), metres * (-1.0, 1.0, 1.0)
    return Pose(pose.t, pose.size, points_px, points_m, seen, lacks=pose.lacks)


def _within(t: float, spans: Spans) -> bool:
    return any(start <= t < end for start, end in spans)
