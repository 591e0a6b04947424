"""True angles from the rig's joint centres: degrees, world axes (see rotate.py). Included angles for knees and hips."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from .body import Joints, Limbs, Side
from .rotate import FORWARD, UP, Vector, angle_between, cross, unit

Angles: TypeAlias = dict[str, float]


def included(a: Vector, corner: Vector, b: Vector) -> float:
    """Return the angle at a corner, 0 to 180."""
    return angle_between(a - corner, b - corner)


def trunk(joints: Joints) -> Vector:
    """Return the vector from the middle of the hips to the middle of the shoulders."""
    left, right = joints.left, joints.right
    along: Vector = (left.shoulder + right.shoulder - left.hip - right.hip) / 2
    return along


def incline(upper: Vector, lower: Vector) -> float:
    """Return a segment's sagittal inclination: 0 = vertical, + = its upper end is ahead."""
    segment = upper - lower
    return float(np.degrees(np.arctan2(segment @ FORWARD, segment @ UP)))


def kneeling_angles(joints: Joints, rear: Side) -> Angles:
    """Return the angles of half-kneeling; `rear` is the side whose knee is on the floor.

    side_lean is + towards the front leg's side; the last three are signed as in the measured signals (+ = ahead).
    """
    back, front = joints.side(rear), joints.side("R" if rear == "L" else "L")
    up = trunk(joints)
    across = joints.left.hip - joints.right.hip
    across = unit(across - UP * (across @ UP))
    lean = float(np.degrees(np.arctan2(up @ across, up @ UP)))
    return {
        "front_knee": included(front.hip, front.knee, front.ankle),
        "back_knee": included(back.hip, back.knee, back.ankle),
        "front_hip": included(front.shoulder, front.hip, front.knee),
        "back_hip": included(back.shoulder, back.hip, back.knee),
        "back_thigh_vert": angle_between(back.hip - back.knee, UP),
        "arm_front": included(front.hip, front.shoulder, front.elbow),
        "arm_back": included(back.hip, back.shoulder, back.elbow),
        "side_lean": lean if rear == "R" else -lean,
        "rear_thigh_inclination": incline(back.hip, back.knee),
        "front_shin_inclination": incline(front.knee, front.ankle),
        "trunk_lean": float(np.degrees(np.arctan2(up @ FORWARD, up @ UP))),
    }


def drop_angles(joints: Joints) -> Angles:
    """Return the angles of knee drops: tilt of shins and thighs (+ = inwards), knees, knee-gap ratio in percent."""
    along = unit(trunk(joints))
    across = joints.left.hip - joints.right.hip
    across = unit(across - along * (across @ along))
    chest = cross(across, along)

    def tilt(end: Vector, start: Vector, inward: int) -> float:
        segment = end - start
        return float(np.degrees(np.arctan2(inward * (segment @ across), segment @ chest)))

    def one(name: Side, limbs: Limbs, inward: int) -> Angles:
        return {
            f"shank_{name}": tilt(limbs.knee, limbs.ankle, inward),
            f"thigh_{name}": tilt(limbs.knee, limbs.hip, inward),
            f"knee_{name}": included(limbs.hip, limbs.knee, limbs.ankle),
        }

    knees = float(np.linalg.norm(joints.left.knee - joints.right.knee))
    ankles = max(float(np.linalg.norm(joints.left.ankle - joints.right.ankle)), 1e-6)
    return {**one("L", joints.left, -1), **one("R", joints.right, 1), "knee_gap_ratio": knees / ankles * 100}
