"""Motion in space → the poses that a detector would give: cameras round the body, and noise as measured on people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from posecheck.records import LANDMARK_COUNT, Floats, Pose

SIZE = (1280, 720)
FOCAL_PX = 900.0  # a guess: 71 degrees across, as webcams and phones have them
FLOOR = (27, 28, 29, 30, 31, 32)  # ankles, heels and toes
HIPS = (23, 24)
YAWS_DEG, DISTANCES_M, HEIGHTS_M = (0.0, 90.0), (2.0, 4.0), (0.5, 1.6)  # where people put a camera, by the issue
# Trembling of the detector's landmarks on tapes of 23 films of real people: the median over the films of what is left
# beside a parabola fitted over half a second. In the picture as shares of the length of the trunk, in space in metres.
# A constant misplacement is not in it: nobody knows it for people.
_PARTS = ("face", "shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "heel", "toes")
_PICTURE = (0.0033, 0.0039, 0.0054, 0.0062, 0.0066, 0.0031, 0.0053, 0.0063, 0.0087, 0.0114)
_ACROSS_M = (0.0027, 0.0022, 0.0037, 0.0046, 0.0049, 0.0005, 0.0039, 0.0059, 0.0063, 0.0072)
_DEPTH_M = (0.0051, 0.0039, 0.0048, 0.0077, 0.0083, 0.0005, 0.0049, 0.0107, 0.0118, 0.0145)
# the part of each landmark, in their order
_PART_OF = (*(0,) * 11, 1, 1, 2, 2, 3, 3, *(4,) * 6, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9)
_STAYS = 0.5  # a guess, from the three tapes at 25 and 30 frames a second: how much of it is there 0.04 s later
_STEP_S = 0.04


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Where a camera stands: `yaw_deg` 0 in front, 90 at the right side; it looks at the middle of the body if `aims`,
    else level."""

    yaw_deg: float
    distance_m: float
    height_m: float
    aims: bool = True


def random_viewpoints(count: int, seed: int) -> tuple[Viewpoint, ...]:
    """Cameras anywhere between the limits.

    Args:
        count: how many.
        seed: the same seed gives the same cameras.
    """
    random = np.random.default_rng(seed)
    return tuple(
        Viewpoint(
            yaw_deg=float(random.uniform(*YAWS_DEG)),
            distance_m=float(random.uniform(*DISTANCES_M)),
            height_m=float(random.uniform(*HEIGHTS_M)),
        )
        for _ in range(count)
    )


def seen_from(motion: Floats, fps: float, viewpoint: Viewpoint) -> list[Pose]:
    """The poses of a motion as a camera sees it, without noise.

    Args:
        motion: (frames, 33, 3) in metres: x forwards, y up, z to the subject's right.
        fps: frames a second.
        viewpoint: where the camera stands.
    """
    floor = np.percentile(motion[:, FLOOR, 1], 5)
    yaw = np.radians(viewpoint.yaw_deg)
    towards = np.array([np.cos(yaw), 0.0, np.sin(yaw)])  # from the body to the camera
    right = np.array([np.sin(yaw), 0.0, -np.cos(yaw)])  # to the right in the picture
    up = np.array([0.0, 1.0, 0.0])
    middle = motion[0, HIPS].mean(0)
    start = np.array([middle[0], floor, middle[2]])
    if viewpoint.aims:  # turned up or down about the picture's own horizontal
        raised = motion[0, :, 1].max() - floor
        pitch = np.arctan2(viewpoint.height_m - raised / 2, viewpoint.distance_m)
        level = towards
        towards = level * np.cos(pitch) + up * np.sin(pitch)
        up = up * np.cos(pitch) - level * np.sin(pitch)
    else:
        level = towards
    eye = start + level * viewpoint.distance_m + np.array([0.0, viewpoint.height_m, 0.0])
    poses = []
    for index, points in enumerate(motion):
        away = points - eye
        depth = -(away @ towards)
        px = np.stack(
            [SIZE[0] / 2 + FOCAL_PX * (away @ right) / depth, SIZE[1] / 2 - FOCAL_PX * (away @ up) / depth], 1
        )
        about = points - points[list(HIPS)].mean(0)
        space = np.stack([about @ right, -(about @ up), -(about @ towards)], 1)
        poses.append(Pose(index / fps, SIZE, px, space, np.full(LANDMARK_COUNT, 0.95)))
    return poses


def whole_in_picture(poses: list[Pose]) -> bool:
    """Whether no landmark ever leaves the picture."""
    return all(
        bool(((pose.points_px >= 0.0) & (pose.points_px <= SIZE)).all()) for pose in poses if pose.points_px is not None
    )


def trembling(poses: list[Pose], seed: int) -> list[Pose]:
    """The poses with noise as measured on people; what leaves the picture is hardly seen.

    Args:
        poses: exact ones, in order of time.
        seed: the same seed gives the same noise.
    """
    random = np.random.default_rng(seed)
    part = list(_PART_OF)
    picture = np.array(_PICTURE)[part][:, None]
    space = np.stack([np.array(_ACROSS_M)[part], np.array(_ACROSS_M)[part], np.array(_DEPTH_M)[part]], 1)
    trunk = float(np.median([_trunk_px(pose) for pose in poses]))
    noise = random.normal(size=(LANDMARK_COUNT, 5))
    last_t = poses[0].t
    noisy = []
    for pose in poses:
        stays = _STAYS ** ((pose.t - last_t) / _STEP_S)
        noise = stays * noise + np.sqrt(1 - stays**2) * random.normal(size=noise.shape)
        last_t = pose.t
        assert pose.points_px is not None
        assert pose.points_m is not None
        px = pose.points_px + noise[:, :2] * picture * trunk
        outside = ((px < 0.0) | (px > pose.size)).any(axis=1)
        seen = np.where(outside, 0.1, 0.95)
        noisy.append(Pose(pose.t, pose.size, px, pose.points_m + noise[:, 2:] * space, seen))
    return noisy


def _trunk_px(pose: Pose) -> float:
    assert pose.points_px is not None
    return float(np.linalg.norm(pose.points_px[[11, 12]].mean(0) - pose.points_px[[23, 24]].mean(0)))
