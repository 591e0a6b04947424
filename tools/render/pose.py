"""Poses of the stretches from their parameters: half-kneeling (continuous between both sides) and supine knee drops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .body import Body, Posed, Side
from .rotate import FORWARD, UP, Matrix, Vector, VectorLike, align, cross, fraction, rotation, unit

SIDES: tuple[tuple[Side, int], ...] = (("L", 1), ("R", -1))  # with the sign of their x
KNEE_PAD_M = 0.055  # height of the knee's joint centre when the knee is on the floor
_SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")
_NECK = ("neck01", "neck02", "neck03", "head")


@dataclass(frozen=True, slots=True)
class Kneel:
    """Parameters of half-kneeling.

    Attributes:
        left, right: 0 = that knee is on the floor, 1 = that foot is in front; between them the leg swings.
        shift_m: hips forward of the rear knee.
        arm_deg: elevation of both arms, 0 hanging, 180 overhead.
        lean_deg: side bend, + towards the subject's left.
        front_m: distance of the front ankle ahead of the rear knee.
        tilt_deg: trunk forwards, - backwards.
    """

    left: float
    right: float
    shift_m: float
    arm_deg: float
    lean_deg: float
    front_m: float
    tilt_deg: float


@dataclass(frozen=True, slots=True)
class Drop:
    """Parameters of lying with bent knees: the swivel of each knee about its hip-ankle axis, + = inwards.

    Attributes:
        left_deg, right_deg: swivel.
        feet_m: each foot's distance from the midline.
        knee_deg: included angle of both knees.
    """

    left_deg: float
    right_deg: float
    feet_m: float
    knee_deg: float


def middle_joint(start: Vector, end: Vector, first_m: float, second_m: float, pole: VectorLike) -> Vector:
    """Return the knee of a two-bone chain between two points, bent towards `pole` (law of cosines)."""
    reach = end - start
    distance = min(float(np.linalg.norm(reach)), (first_m + second_m) * 0.9995)
    along = unit(reach)
    x = (first_m**2 - second_m**2 + distance**2) / (2 * distance)
    height = np.sqrt(max(first_m**2 - x * x, 0))
    p = np.asarray(pole, float)
    p = unit(p - along * (p @ along))
    joint: Vector = start + along * x + p * height
    return joint


def _leg(
    body: Body, pose: dict[str, Matrix], side: Side, hip: Vector, knee: Vector, ankle: Vector, foot: Matrix
) -> None:
    """Set a leg's bones so that its joints are where they are given; the knee points away from the hip-ankle line."""
    rest = [body.head(f"{bone}.{side}") for bone in ("upperleg01", "lowerleg01", "foot")]
    pole = knee - (hip + ankle) / 2
    pose[f"upperleg01.{side}"] = pose[f"upperleg02.{side}"] = align(rest[1] - rest[0], FORWARD, knee - hip, pole)
    pose[f"lowerleg01.{side}"] = pose[f"lowerleg02.{side}"] = align(rest[2] - rest[1], FORWARD, ankle - knee, pole)
    pose[f"foot.{side}"] = foot


def spread_spine(pose: dict[str, Matrix], pelvis: Matrix, chest: Matrix, head: Matrix) -> None:
    """Spread the turn from pelvis to chest over the spine, and from chest to head over the neck."""
    for bones, below, above in ((_SPINE, pelvis, chest), (_NECK, chest, head)):
        turn = above @ below.T
        for i, bone in enumerate(bones):
            pose[bone] = fraction(turn, (i + 1) / len(bones)) @ below


def _arms(body: Body, pose: dict[str, Matrix], chest: Matrix, elevation: float, spread: float, bend: float) -> None:
    """Raise both arms through the front, `spread` degrees out to the side, elbows bent by `bend`."""
    raised = float(np.clip((elevation - 30) / 150, 0, 1))
    for side, sign in SIDES:
        shoulder, elbow, wrist = (body.head(f"{bone}.{side}") for bone in ("upperarm01", "lowerarm01", "wrist"))
        pose[f"clavicle.{side}"] = chest @ rotation([0, 1, 0], -sign * 22 * raised)
        pose[f"shoulder01.{side}"] = chest @ rotation([0, 1, 0], -sign * 38 * raised)
        out = np.deg2rad(spread * (1 - 0.35 * raised))
        lift = rotation([1, 0, 0], -elevation)
        pole = lift @ FORWARD
        upper = unit(lift @ -UP * np.cos(out) + np.array([sign, 0.0, 0.0]) * np.sin(out))
        lower = rotation(cross(upper, pole), bend) @ upper
        turn = align(elbow - shoulder, FORWARD, chest @ upper, chest @ pole)
        pose[f"upperarm01.{side}"] = pose[f"upperarm02.{side}"] = turn
        turn = align(wrist - elbow, FORWARD, chest @ lower, chest @ pole)
        pose[f"lowerarm01.{side}"] = pose[f"lowerarm02.{side}"] = pose[f"wrist.{side}"] = turn


def root_above_hips(body: Body) -> Vector:
    """Return the root bone relative to the middle of the hips, at rest."""
    return body.head("root") - (body.head("upperleg01.L") + body.head("upperleg01.R")) / 2


def half_kneeling(body: Body, p: Kneel) -> Posed:
    """Kneel with one foot in front, both knees on the floor, or anything between: legs by inverse kinematics."""
    half, thigh, shin = body.hip_half_m, body.thigh_m, body.shin_m
    incline = float(np.arcsin(np.clip(p.shift_m / thigh, -0.9, 0.9)))
    pose: dict[str, Matrix] = {"root": np.eye(3)}
    hips = []
    for (side, sign), f in zip(SIDES, (p.left, p.right), strict=True):
        hip = np.array([sign * half, -thigh * np.sin(incline), KNEE_PAD_M + thigh * np.cos(incline)])
        hips.append(hip)
        ankle = _swing(body, sign, f, p.front_m)
        knee = middle_joint(hip, ankle, thigh, shin, [sign * 0.12 * f, -1, -0.6 + 1.2 * f])
        knee[2] = max(knee[2], KNEE_PAD_M)
        toes_down = rotation([1, 0, 0], 150 * float(np.clip(1 - f * 1.15, 0, 1)))
        _leg(body, pose, side, hip, knee, ankle, toes_down)
    aside = rotation([0, 1, 0], p.lean_deg)
    chest = aside @ rotation([1, 0, 0], p.tilt_deg)
    spread_spine(pose, np.eye(3), chest, fraction(aside, 0.9))
    _arms(body, pose, chest, p.arm_deg, spread=12, bend=8)
    return body.posed(pose, (hips[0] + hips[1]) / 2 + root_above_hips(body))


def _swing(body: Body, sign: int, f: float, front_m: float) -> Vector:
    """Return the ankle on its way from behind (f = 0) past the body to the front (f = 1): a quadratic curve."""
    half = body.hip_half_m
    behind = np.array([sign * half * 1.05, body.shin_m, KNEE_PAD_M + 0.012])
    ahead = np.array([sign * half * 1.25, -front_m, body.ankle_height_m])
    passing = np.array([sign * half * 1.2, 0.02, 0.20])
    control = 2 * passing - 0.5 * (behind + ahead)
    ankle: Vector = (1 - f) ** 2 * behind + 2 * f * (1 - f) * control + f * f * ahead
    ankle[2] = max(ankle[2], KNEE_PAD_M)
    return ankle


def knee_drop(body: Body, p: Drop) -> Posed:
    """Lie on the back, head towards +y, feet on the floor, and let each knee fall inwards or outwards."""
    pelvis = rotation([1, 0, 0], -90.0)
    pose: dict[str, Matrix] = {"root": pelvis}
    root = np.array([0, 0, body.back_depth_m + 0.012])
    knee_rad = np.deg2rad(p.knee_deg)
    reach = np.sqrt(body.thigh_m**2 + body.shin_m**2 - 2 * body.thigh_m * body.shin_m * np.cos(knee_rad))
    for (side, sign), swivel in zip(SIDES, (p.left_deg, p.right_deg), strict=True):
        hip = root + pelvis @ (body.head(f"upperleg01.{side}") - body.head("root"))
        across, down = sign * p.feet_m - hip[0], body.ankle_height_m - hip[2]
        along = np.sqrt(reach**2 - across**2 - down**2)
        ankle = np.array([sign * p.feet_m, hip[1] - along, body.ankle_height_m])
        knee = middle_joint(hip, ankle, body.thigh_m, body.shin_m, rotation(ankle - hip, sign * swivel) @ UP)
        foot = rotation([0, 0, 1], sign * 10.0) @ fraction(rotation([0, 1, 0], -sign * swivel), 0.45)
        _leg(body, pose, side, hip, knee, ankle, foot)
    spread_spine(pose, pelvis, pelvis, pelvis @ rotation([1, 0, 0], 12.0))
    _arms(body, pose, pelvis, -4.0, spread=30.0, bend=3)
    _rest_hands(body, pose, root)
    return body.posed(pose, root)


def _rest_hands(body: Body, pose: dict[str, Matrix], root: Vector, height_m: float = 0.045) -> None:
    """Let both arms sink until the wrists rest on the floor."""
    posed = body.posed(pose, root)
    for side, _ in SIDES:
        shoulder, wrist = (posed.heads[body.index[f"{bone}.{side}"]] for bone in ("upperarm01", "wrist"))
        arm = wrist - shoulder
        pitch = np.arcsin(np.clip((height_m - shoulder[2]) / np.linalg.norm(arm), -0.9, 0.9))
        sunk = unit([arm[0], arm[1], 0]) * np.cos(pitch) + UP * np.sin(pitch)
        turn = align(arm, UP, sunk, UP)
        for bone in ("upperarm01", "upperarm02", "lowerarm01", "lowerarm02", "wrist"):
            pose[f"{bone}.{side}"] = turn @ pose[f"{bone}.{side}"]


def standing(body: Body, stride: float = 0.0) -> Posed:
    """Stand at the origin facing -y; `stride` from -1 to 1 puts the left (+) or the right foot ahead."""
    pose: dict[str, Matrix] = {"root": np.eye(3)}
    drop = 0.015 + 0.05 * abs(stride)
    hip_height = float(body.head("upperleg01.L")[2] - body.vertices[:, 2].min()) - drop
    for side, sign in SIDES:
        hip = np.array([sign * body.hip_half_m, 0.0, hip_height])
        ankle = np.array([sign * body.hip_half_m, -0.3 * sign * stride, body.ankle_height_m])
        knee = middle_joint(hip, ankle, body.thigh_m, body.shin_m, [0, -1, 0])
        _leg(body, pose, side, hip, knee, ankle, np.eye(3))
    spread_spine(pose, np.eye(3), np.eye(3), np.eye(3))
    _arms(body, pose, np.eye(3), 6.0, spread=10, bend=10)
    root = np.array([0.0, 0.0, hip_height]) + root_above_hips(body)
    return body.posed(pose, root)
