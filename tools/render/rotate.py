"""Rotations and directions.

World: x = the subject's left, -y = the way the subject faces, z = up; metres, degrees, right-handed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = NDArray[np.float64]
VectorLike: TypeAlias = Vector | Sequence[float]

FORWARD: Vector = np.array([0.0, -1.0, 0.0])
UP: Vector = np.array([0.0, 0.0, 1.0])
LEFT: Vector = np.array([1.0, 0.0, 0.0])


def unit(vector: VectorLike) -> Vector:
    """Scale a vector to length 1."""
    v = np.asarray(vector, float)
    length: float = float(np.linalg.norm(v))
    return v / length


def cross(a: Vector, b: Vector) -> Vector:
    """Return a × b (np.cross is ten times slower for two single vectors)."""
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def rotation(axis: VectorLike, degrees: float) -> Matrix:
    """Return the 3x3 rotation about an axis by the right-hand rule (Rodrigues' formula)."""
    x, y, z = unit(axis)
    angle = np.deg2rad(degrees)
    k = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    turned: Matrix = np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)
    return turned


def frame(direction: VectorLike, pole: VectorLike) -> Matrix:
    """Return the orthonormal frame (columns) of a direction and the part of `pole` at right angles to it."""
    d = unit(direction)
    p = np.asarray(pole, float)
    p = unit(p - d * (p @ d))
    return np.stack([d, p, cross(d, p)], axis=1)


def align(direction: VectorLike, pole: VectorLike, to_direction: VectorLike, to_pole: VectorLike) -> Matrix:
    """Return the rotation that takes one direction and its pole to another direction and its pole."""
    return frame(to_direction, to_pole) @ frame(direction, pole).T


def fraction(turn: Matrix, share: float) -> Matrix:
    """Return a share (0 to 1) of a rotation about the same axis."""
    angle = float(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1)))
    if angle < 1e-6:
        return np.eye(3)
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    return rotation(axis, float(np.rad2deg(angle)) * share)


def angle_between(a: Vector, b: Vector) -> float:
    """Return the angle between two vectors in degrees, 0 to 180 (by atan2: exact near 0 and 180)."""
    return float(np.degrees(np.arctan2(np.linalg.norm(cross(a, b)), a @ b)))
