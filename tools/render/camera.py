"""A pinhole camera that looks at the subject from a given azimuth, height and distance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .rotate import UP, Matrix, Vector, VectorLike, cross, rotation, unit

NEAR_M, FAR_M = 0.05, 30.0


def look_at(eye: Vector, target: Vector, up: VectorLike = UP, roll_deg: float = 0.0, tilt_deg: float = 0.0) -> Matrix:
    """Return the 4x4 view matrix (x right, y up, -z ahead); + tilt looks higher, + roll turns the camera clockwise."""
    ahead = unit(target - eye)
    right = unit(cross(ahead, np.asarray(up, float)))
    ahead = rotation(right, tilt_deg) @ ahead
    roll = rotation(ahead, roll_deg)
    right = roll @ right
    view = np.eye(4)
    view[:3, :3] = [right, cross(right, ahead), -ahead]
    view[:3, 3] = -view[:3, :3] @ eye
    return view


def perspective(hfov_deg: float, aspect: float) -> Matrix:
    """Return the 4x4 OpenGL projection for a horizontal field of view and width/height."""
    x = 1 / np.tan(np.deg2rad(hfov_deg) / 2)
    p = np.zeros((4, 4))
    p[0, 0], p[1, 1], p[3, 2] = x, x * aspect, -1
    p[2, 2], p[2, 3] = (FAR_M + NEAR_M) / (NEAR_M - FAR_M), 2 * FAR_M * NEAR_M / (NEAR_M - FAR_M)
    return p


def orthographic(half_m: float, near_m: float, far_m: float) -> Matrix:
    """Return the 4x4 parallel projection of a square of twice `half_m`."""
    p = np.diag([1 / half_m, 1 / half_m, -2 / (far_m - near_m), 1.0])
    p[2, 3] = -(far_m + near_m) / (far_m - near_m)
    return p


@dataclass(frozen=True)
class Camera:
    """Where the camera stands and how it sees.

    Attributes:
        azimuth_deg: 0 = in front of the subject, 90 = on the subject's left, 180 = behind.
        height_m, distance_m: above the floor; along the floor from the middle of the room.
        target: the point looked at.
        tilt_deg, roll_deg: turned away from that, + higher, + clockwise.
        hfov_deg: horizontal field of view before distortion.
        barrel: radial distortion, 0 none, 0.3 strong barrel; the corners stay where they are.
        size: width and height in pixels.
    """

    azimuth_deg: float
    height_m: float
    distance_m: float
    target: tuple[float, float, float]
    tilt_deg: float = 0.0
    roll_deg: float = 0.0
    hfov_deg: float = 62.0
    barrel: float = 0.0
    size: tuple[int, int] = (640, 480)

    @cached_property
    def eye(self) -> Vector:
        """The camera's position in the world."""
        a = np.deg2rad(self.azimuth_deg)
        return np.array([self.distance_m * np.sin(a), -self.distance_m * np.cos(a), self.height_m])

    @cached_property
    def matrix(self) -> Matrix:
        """World to clip coordinates (4x4)."""
        view = look_at(self.eye, np.asarray(self.target, float), roll_deg=self.roll_deg, tilt_deg=self.tilt_deg)
        return perspective(self.hfov_deg, self.size[0] / self.size[1]) @ view

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the pixels (n, 2), y down, of world points (n, 3), before distortion."""
        clip = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ self.matrix.T
        x, y = clip[:, 0] / clip[:, 3], clip[:, 1] / clip[:, 3]
        return np.stack([(x * 0.5 + 0.5) * self.size[0], (0.5 - y * 0.5) * self.size[1]], axis=1)

    def barrel_map(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return, for each pixel of the distorted picture, the x and y to read in the straight one.

        r_straight = r (1 + k r²) / (1 + k) with r = 1 at the corners.
        """
        width, height = self.size
        y, x = np.mgrid[0:height, 0:width].astype(np.float64)
        x, y = x - (width - 1) / 2, y - (height - 1) / 2
        radius2 = (x * x + y * y) / ((width / 2) ** 2 + (height / 2) ** 2)
        scale = (1 + self.barrel * radius2) / (1 + self.barrel)
        return (x * scale + (width - 1) / 2).astype(np.float32), (y * scale + (height - 1) / 2).astype(np.float32)
