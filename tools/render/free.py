"""Any pose from its joint angles, in the terms of `posecheck.testing.Body`: for exercises without a model of their own.

The lowest point of the skin is put on the floor. Upright the middle of the feet stays where it is, lying the pelvis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .angles import Angles, incline, included, trunk
from .body import Body, Joints, Posed
from .pose import SIDES, root_above_hips, spread_spine
from .rotate import FORWARD, LEFT, UP, Matrix, Vector, align, angle_between, cross, rotation, unit

LIES_DEG = -45.0  # a trunk that leans back by more lies
LEAST_ARM_DEG, LEAST_SPREAD = 7.0, 0.16  # a hanging arm is not in the hip
NAMES = {"L": "left", "R": "right"}


@dataclass(frozen=True, slots=True)
class Free:
    """Joint angles in degrees; see `posecheck.testing.Body` for zero and sign of each."""

    trunk_lean: float = 0.0
    side_bend: float = 0.0
    left_thigh: float = 0.0
    right_thigh: float = 0.0
    left_shin: float = 0.0
    right_shin: float = 0.0
    left_thigh_out: float = 0.0
    right_thigh_out: float = 0.0
    left_shin_in: float = 0.0
    right_shin_in: float = 0.0
    left_arm: float = 0.0
    right_arm: float = 0.0
    arms_out: float = 0.0
    left_heel: float = 0.0
    right_heel: float = 0.0


def free(body: Body, p: Free) -> Posed:
    """Pose the body by forward kinematics."""
    pelvis = rotation([1, 0, 0], p.trunk_lean)
    chest = rotation([0, 1, 0], -p.side_bend) @ pelvis
    pose: dict[str, Matrix] = {"root": pelvis}
    ankles = []
    for side, sign in SIDES:
        thigh, shin, out, inwards, heel = (
            float(getattr(p, f"{NAMES[side]}_{name}")) for name in ("thigh", "shin", "thigh_out", "shin_in", "heel")
        )
        hip = pelvis @ np.array([sign * body.hip_half_m, 0.0, 0.0])
        knee = hip + body.thigh_m * _down(sign, thigh, out)
        ankle = knee + body.shin_m * _down(sign, shin, inwards)
        ankles.append(ankle)
        # a straight leg has no knee that points anywhere: the kneecap does
        pole = knee - (hip + ankle) / 2 + 0.04 * rotation([1, 0, 0], (thigh + shin) / 2) @ FORWARD
        rest = [body.head(f"{bone}.{side}") for bone in ("upperleg01", "lowerleg01", "foot")]
        pose[f"upperleg01.{side}"] = pose[f"upperleg02.{side}"] = align(rest[1] - rest[0], FORWARD, knee - hip, pole)
        pose[f"lowerleg01.{side}"] = pose[f"lowerleg02.{side}"] = align(rest[2] - rest[1], FORWARD, ankle - knee, pole)
        pose[f"foot.{side}"] = rotation([1, 0, 0], _foot(shin) + heel)
        _arm(body, pose, chest, side, sign, float(getattr(p, f"{NAMES[side]}_arm")), p.arms_out)
    head = rotation([1, 0, 0], 12.0 if p.trunk_lean < LIES_DEG else -0.35 * max(p.trunk_lean, 0.0))
    spread_spine(pose, pelvis, chest, head @ chest)
    root = pelvis @ root_above_hips(body)
    if p.trunk_lean >= LIES_DEG:
        root = root - np.array([0.0, float(np.mean([a[1] for a in ankles])), 0.0])
    posed = body.posed(pose, root)
    return posed.moved(np.eye(3), np.array([0.0, 0.0, -float(body.skin(posed)[:, 2].min())]))


def _down(sign: int, inclination: float, out: float) -> Vector:
    """Direction downwards along a thigh or shin; `sign` is that of the side's x."""
    i, o = np.deg2rad(inclination), np.deg2rad(out)
    way: Vector = -np.cos(o) * np.sin(i) * FORWARD - np.cos(o) * np.cos(i) * UP + sign * np.sin(o) * LEFT
    return way


def _foot(shin: float) -> float:
    """How far a foot is turned about the body's x: flat, with the shin when that lies behind, up when it lies ahead."""
    behind = float(np.clip((shin - 40) / 40, 0, 1)) * (shin + 60)
    ahead = float(np.clip((-shin - 55) / 35, 0, 1)) * shin
    return behind + ahead


def _arm(
    body: Body, pose: dict[str, Matrix], chest: Matrix, side: str, sign: int, elevation: float, plane: float
) -> None:
    """Raise one arm by an elevation, in a plane: 0 forwards, 90 sideways."""
    if 0 <= elevation < LEAST_ARM_DEG:
        elevation, plane = LEAST_ARM_DEG, 90.0
    raised = float(np.clip((elevation - 30) / 150, 0, 1))
    e, a = np.deg2rad(elevation), np.deg2rad(plane)
    ahead = np.cos(a) * FORWARD + np.sin(a) * sign * LEFT
    upper = unit(-np.cos(e) * UP + np.sin(e) * ahead + LEAST_SPREAD * (1 - raised) * sign * LEFT)
    pole = np.sin(e) * UP + np.cos(e) * ahead
    lower = rotation(cross(upper, pole), 6.0) @ upper
    shoulder, elbow, wrist = (body.head(f"{bone}.{side}") for bone in ("upperarm01", "lowerarm01", "wrist"))
    pose[f"clavicle.{side}"] = chest @ rotation([0, 1, 0], -sign * 22 * raised)
    pose[f"shoulder01.{side}"] = chest @ rotation([0, 1, 0], -sign * 38 * raised)
    turn = align(elbow - shoulder, FORWARD, chest @ upper, chest @ pole)
    pose[f"upperarm01.{side}"] = pose[f"upperarm02.{side}"] = turn
    turn = align(wrist - elbow, FORWARD, chest @ lower, chest @ pole)
    pose[f"lowerarm01.{side}"] = pose[f"lowerarm02.{side}"] = pose[f"wrist.{side}"] = turn


def free_angles(joints: Joints) -> Angles:
    """Return the true angles by the names of the measured signals, of the joint centres."""
    along = trunk(joints)
    across = joints.right.hip - joints.left.hip
    chest = unit(cross(along, across))
    found = {
        "trunk_lean": float(np.degrees(np.arctan2(along @ FORWARD, along @ UP))),
        "side_bend": float(np.degrees(np.arctan2(along @ -LEFT, along @ UP))),
    }
    for name, limbs, sign in (("left", joints.left, 1), ("right", joints.right, -1)):
        thigh, shin = limbs.hip - limbs.knee, limbs.knee - limbs.ankle
        found |= {
            f"{name}_knee_flexion": 180 - included(limbs.hip, limbs.knee, limbs.ankle),
            f"{name}_hip_flexion": float(np.degrees(np.arctan2(-(thigh @ chest), thigh @ unit(along)))),
            f"{name}_thigh_inclination": incline(limbs.hip, limbs.knee),
            f"{name}_shin_inclination": incline(limbs.knee, limbs.ankle),
            f"{name}_shin_tilt": float(np.degrees(np.arcsin(unit(shin) @ LEFT * -sign))),
            f"{name}_arm_elevation": angle_between(limbs.elbow - limbs.shoulder, -along),
        }
    return found
