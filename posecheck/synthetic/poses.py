"""Body + Camera → Pose: forward kinematics, and the picture that a camera takes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin, sqrt, tan

import numpy as np

from posecheck.records import LANDMARK_COUNT, Floats, Pose
from posecheck.synthetic.bodies import (
    FOOT_AHEAD,
    FOOT_BEHIND,
    FOREARM,
    HAND,
    HEAD,
    HIP_HALF,
    SHIN,
    SHOULDER_HALF,
    THIGH,
    TRUNK,
    UPPER_ARM,
    Body,
)

_Vec = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera is and what it is like.

    `yaw_deg`: 0 sees the front, 90 the subject faces the picture's right, 180 the back, -90 faces left. `pitch_deg`:
    looks down by this. `above_m`: how much higher than the mid-hip it is; `distance_m`: how far from it. The mid-hip is
    shown at `hip_at` (shares of width and height). `size`: (width, height) in pixels; `fov_deg`: field of view over
    the height. `orthographic`: no perspective.
    """

    yaw_deg: float = 90.0
    pitch_deg: float = 0.0
    above_m: float = 0.4
    distance_m: float = 2.6
    size: tuple[int, int] = (640, 480)
    fov_deg: float = 50.0
    hip_at: tuple[float, float] = (0.5, 0.6)
    orthographic: bool = False


SIDE_CAMERA = Camera()
FRONT_CAMERA = Camera(yaw_deg=0.0)  # ahead of the subject, as the side bend is filmed
# Beyond the feet, looking down, as knee drops are filmed.
FOOT_CAMERA = Camera(yaw_deg=0.0, pitch_deg=45.0, above_m=0.0, distance_m=2.2)


def make_pose(body: Body, t: float = 0.0, camera: Camera = SIDE_CAMERA, height_m: float = 1.7) -> Pose:
    """The pose of a body as a camera sees it, without noise, every landmark at visibility 0.95.

    Args:
        body: its joint angles.
        t: seconds.
        camera: how it is seen.
        height_m: body height.

    Returns:
        A pose; `points_m` (33, 3) about the mid-hip and `points_px` (33, 2), both exact.
    """
    axes, scale, hip = _view(camera)
    metres = (np.array(_landmarks(body)) * height_m) @ axes
    depth = camera.distance_m if camera.orthographic else camera.distance_m + metres[:, 2:]
    seen = (metres[:, :2] + (0.0, camera.above_m)) / depth - (0.0, camera.above_m / camera.distance_m)
    return Pose(t, camera.size, hip + seen * scale, metres, _VISIBLE.copy())


_VISIBLE = np.full(LANDMARK_COUNT, 0.95)  # a guess: about what the detector gives for a landmark in full view


@lru_cache(maxsize=64)
def _view(camera: Camera) -> tuple[Floats, float, Floats]:
    """(forwards, up, right) of the body in camera axes as rows, the focal length in pixels, the mid-hip in pixels."""
    yaw, pitch = radians(camera.yaw_deg), radians(camera.pitch_deg)
    level = ((sin(yaw), 0.0, -cos(yaw)), (0.0, -1.0, 0.0), (-cos(yaw), 0.0, -sin(yaw)))
    axes = [(x, y * cos(pitch) - z * sin(pitch), y * sin(pitch) + z * cos(pitch)) for x, y, z in level]
    width, height = camera.size
    scale = height / 2 / tan(radians(camera.fov_deg) / 2)
    return np.array(axes), scale, np.array([width * camera.hip_at[0], height * camera.hip_at[1]])


def _go(start: _Vec, way: _Vec, length: float) -> _Vec:
    return start[0] + way[0] * length, start[1] + way[1] * length, start[2] + way[2] * length


def _landmarks(body: Body) -> list[_Vec]:
    """The 33 points as (forwards, up, right) of the mid-hip, in body heights."""
    s, c = sin(radians(body.trunk_lean)), cos(radians(body.trunk_lean))
    q = c * tan(radians(body.side_bend))
    n = sqrt(1.0 + q * q)
    trunk, chest, across = (s / n, c / n, q / n), (c, -s, 0.0), (-s * q / n, -c * q / n, 1.0 / n)
    neck = _go((0.0, 0.0, 0.0), trunk, TRUNK)
    points = _face(_go(neck, trunk, HEAD), trunk, chest, across)
    left = _arm(_go(neck, across, -SHOULDER_HALF), body.left_arm, -body.arms_out, trunk, chest, across)
    right = _arm(_go(neck, across, SHOULDER_HALF), body.right_arm, body.arms_out, trunk, chest, across)
    points += [p for pair in zip(left, right, strict=True) for p in pair]
    left = _leg(-1.0, body.left_thigh, body.left_thigh_out, body.left_shin, body.left_shin_in, body.left_heel)
    right = _leg(1.0, body.right_thigh, body.right_thigh_out, body.right_shin, body.right_shin_in, body.right_heel)
    return points + [p for pair in zip(left, right, strict=True) for p in pair]


def _face(middle: _Vec, up: _Vec, ahead: _Vec, across: _Vec) -> list[_Vec]:
    """Nose, eyes, ears and mouth, in the order of the landmarks."""
    places = [(0.06, 0.0, 0.0)]  # ahead, up, right of the middle of the head
    places += [(0.05, 0.02, side * x) for side in (-1, 1) for x in (0.01, 0.018, 0.026)]
    places += [(0.0, 0.01, -0.045), (0.0, 0.01, 0.045), (0.05, -0.025, -0.015), (0.05, -0.025, 0.015)]
    return [_go(_go(_go(middle, ahead, a), up, u), across, r) for a, u, r in places]


def _arm(shoulder: _Vec, elevation: float, plane: float, trunk: _Vec, chest: _Vec, across: _Vec) -> list[_Vec]:
    """Shoulder, elbow, wrist, pinky, index and thumb of a straight arm."""
    e, a = radians(elevation), radians(plane)
    way = _go(_go(_go((0.0, 0.0, 0.0), trunk, -cos(e)), chest, sin(e) * cos(a)), across, sin(e) * sin(a))
    wrist = _go(shoulder, way, UPPER_ARM + FOREARM)
    hand = _go(wrist, way, HAND)
    return [shoulder, _go(shoulder, way, UPPER_ARM), wrist, hand, hand, _go(wrist, way, HAND / 2)]


def _leg(side: float, thigh: float, thigh_out: float, shin: float, shin_in: float, heel: float) -> list[_Vec]:
    """Hip, knee, ankle, heel and toe; `side` is -1 for the left leg and 1 for the right one."""
    hip = (0.0, 0.0, side * HIP_HALF)
    shank = _segment(side, shin, shin_in)
    knee = _go(hip, _segment(side, thigh, thigh_out), THIGH)
    ankle = _go(knee, shank, SHIN)
    # a foot stands flat until the shin lies on the floor: then it goes along with the shin
    lies = max(0.0, min(1.0, (shin - 40.0) / 40.0))
    foot = (1.0 - lies + lies * shank[0], lies * shank[1], lies * shank[2])
    length = sqrt(foot[0] ** 2 + foot[1] ** 2 + foot[2] ** 2) or 1.0
    foot = (foot[0] / length, foot[1] / length, foot[2] / length)
    if heel:
        s, c = sin(radians(heel)), cos(radians(heel))
        foot = (foot[0] * c + foot[1] * s, foot[1] * c - foot[0] * s, foot[2])
    # as high as the ankle: so foot and kneeling knee are level, as MediaPipe places them on the floor
    return [hip, knee, ankle, _go(ankle, foot, -FOOT_BEHIND), _go(ankle, foot, FOOT_AHEAD)]


def _segment(side: float, inclination: float, out: float) -> _Vec:
    """Direction downwards along a thigh or shin."""
    i, o = radians(inclination), radians(out)
    return -cos(o) * sin(i), -cos(o) * cos(i), side * sin(o)
