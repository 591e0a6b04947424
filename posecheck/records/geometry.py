"""Vectors and directions: the only place for them.

A vector is a tuple (x, y, z): x right, y down, z away from the camera; in the picture z is 0. Plain floats, as for 33
points they are several times as quick as arrays, and the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, degrees, dist, hypot

from posecheck.records.body import Landmark, Side

Vector = tuple[float, float, float]
Points = Sequence[Vector]  # one for each landmark

TINY = 1e-9  # a length below it is none: nothing is divided by it
DEGREES_AROUND = 360.0  # a full turn


def subtract(a: Vector, b: Vector) -> Vector:
    """The vector from `b` to `a`.

    Args:
        a: the point where it ends, in any unit.
        b: the point where it starts, in the same unit.
    """
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def dot(a: Vector, b: Vector) -> float:
    """The scalar product of two vectors.

    Args:
        a: a vector in any unit.
        b: the other one.
    """
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """The vector product of two vectors, `a` × `b`.

    Args:
        a: the first vector, in any unit.
        b: the second one.
    """
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def norm(a: Vector) -> float:
    """The length of a vector."""
    return hypot(*a)


def negative(a: Vector) -> Vector:
    """The vector that points the other way."""
    return (-a[0], -a[1], -a[2])


def scaled(a: Vector, factor: float) -> Vector:
    """The vector, `factor` times as long.

    Args:
        a: a vector in any unit.
        factor: below zero it also turns the vector round.
    """
    return (a[0] * factor, a[1] * factor, a[2] * factor)


def unit(a: Vector) -> Vector:
    """The vector of length 1 in the same direction; one without a length stays as it is."""
    length = norm(a) or 1.0
    return (a[0] / length, a[1] / length, a[2] / length)


def without_part(a: Vector, direction: Vector) -> Vector:
    """What is left of a vector without its part along a direction.

    Args:
        a: a vector in any unit.
        direction: a vector of length 1.
    """
    return subtract(a, scaled(direction, dot(a, direction)))


def midpoint(a: Vector, b: Vector) -> Vector:
    """The point half way between two points.

    Args:
        a: a point in any unit.
        b: the other one, in the same unit.
    """
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2)


def distance(a: Vector, b: Vector) -> float:
    """The distance of two points, in their unit.

    Args:
        a: a point.
        b: the other one.
    """
    return dist(a, b)


def angle_between(u: Vector, v: Vector) -> float:
    """The unsigned angle between two vectors in degrees, 0 to 180; 0 when one has no length.

    By atan2, which keeps its precision near 0 and 180 degrees, where acos loses it.

    Args:
        u: a vector of any length.
        v: the other one.
    """
    return degrees(atan2(norm(cross(u, v)), dot(u, v)))


def elevation(a: Vector) -> float:
    """How far a vector points up from the level, in degrees, -90 to 90."""
    return degrees(atan2(-a[1], hypot(a[0], a[2])))


def inclination(a: Vector, ahead: Vector) -> float:
    """How far a vector is from upright, in degrees.

    Args:
        a: a vector in any unit.
        ahead: a level vector of length 1; an inclination towards it is positive.
    """
    return degrees(atan2(a[0] * ahead[0] + a[2] * ahead[2], -a[1]))


def wrapped_deg(degrees_: float) -> float:
    """The same direction as an angle from -180 up to, and not including, 180 degrees."""
    return (degrees_ + 180.0) % DEGREES_AROUND - 180.0


def mid_hip(points: Points) -> Vector:
    """The middle of the hips."""
    return midpoint(points[Landmark.LEFT_HIP], points[Landmark.RIGHT_HIP])


def mid_shoulder(points: Points) -> Vector:
    """The middle of the shoulders."""
    return midpoint(points[Landmark.LEFT_SHOULDER], points[Landmark.RIGHT_SHOULDER])


def trunk(points: Points) -> Vector:
    """From the middle of the hips to that of the shoulders."""
    return subtract(mid_shoulder(points), mid_hip(points))


def trunk_length(points: Points) -> float:
    """The length of the trunk, in the unit of the points."""
    return norm(trunk(points))


def near_side(facing: int) -> Side:
    """The side of the subject that is nearer to a camera at its side.

    Args:
        facing: the way the subject faces in the picture, -1 left, +1 right.
    """
    return Side.LEFT if facing < 0 else Side.RIGHT
