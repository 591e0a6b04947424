"""A ghost figure that shows how to stand, and a small drawing of where the camera goes.

The figures are jointed bodies in the posture of the exercise, seen as its camera sees them, with limbs of usual width.
A posture that has no figure of its own is shown standing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posecheck.draw.canvas import DARK, GREY, SKY, WHITE, Box, Canvas, Image, Point
from posecheck.exercises.format import Exercise
from posecheck.libraries import load_cv2
from posecheck.measure.view import FROM_SIDE_DEG
from posecheck.records import FACE_UP, Landmark, Posture
from posecheck.synthetic.bodies import Body, floor_sitting, half_kneeling, lying, standing, supine, tall_kneeling
from posecheck.synthetic.exercises import MADE
from posecheck.synthetic.poses import FOOT_CAMERA, FRONT_CAMERA, SIDE_CAMERA, Camera, make_pose

_ARMS_UP = 172.0  # a guess: degrees: arms up as people hold them, not straight up
_ROOM_M = 2.05  # a guess: height of the room that is drawn: a person and a camera fit into it
_PAGE = 1000  # pixels of the square on which a figure is laid out before it is fitted into its box
# How opaque, 0 to 1: the body, its far limbs, and the two edges that stand out on a light and on a dark ground.
_FILL, _FAR_FILL, _DARK_EDGE, _LIGHT_EDGE = 0.36, 0.26, 0.6, 0.95
_TINT = (235, 205, 165)  # BGR; a guess: a light blue that no skin and few clothes have

# Radii of the body's parts in metres, each a chain of (landmark, radius); the hands are the index fingers.
_Chain = tuple[tuple[Landmark, float], ...]


def _limbs(side: str) -> tuple[_Chain, ...]:
    def of(name: str) -> Landmark:
        return Landmark[f"{side}_{name}"]

    return (
        ((of("HIP"), 0.085), (of("KNEE"), 0.062), (of("ANKLE"), 0.042)),
        ((of("HEEL"), 0.036), (of("FOOT_INDEX"), 0.03)),
        ((of("SHOULDER"), 0.058), (of("ELBOW"), 0.045), (of("WRIST"), 0.032), (of("INDEX"), 0.028)),
    )


# Guesses, as the radii of the limbs: the outline of a slim person.
_TRUNK = (
    (Landmark.LEFT_SHOULDER, 0.07),
    (Landmark.RIGHT_SHOULDER, 0.07),
    (Landmark.LEFT_HIP, 0.095),
    (Landmark.RIGHT_HIP, 0.095),
)
_HEAD_RADIUS, _NECK_RADIUS = 0.105, 0.05  # metres; guesses, too


@dataclass(frozen=True, slots=True)
class Stance:
    """How to be in front of the camera: the body, what the camera sees of it, and the camera's place in the room.

    `camera_m` and `reach_m`: height of the camera, and its distance from the middle of the body, in metres.
    """

    body: Body
    camera: Camera
    camera_m: float
    reach_m: float


_BODIES = {
    Posture.STANDING: standing(left_arm=8.0, right_arm=8.0, arms_out=90.0),
    Posture.TALL_KNEELING: tall_kneeling(left_arm=8.0, right_arm=8.0, arms_out=90.0),
    Posture.HALF_KNEELING: half_kneeling(arm_elevation=_ARMS_UP, arms_out=90.0),
    Posture.FLOOR_SITTING: floor_sitting(left_arm=30.0, right_arm=30.0, arms_out=90.0),
    Posture.SUPINE_KNEES_BENT: supine(left_arm=28.0, right_arm=28.0, arms_out=90.0),
    Posture.LYING: lying(left_arm=20.0, right_arm=20.0, arms_out=90.0),
}


def stance_of(exercise: Exercise) -> Stance:
    """The stance that an exercise starts in, by its name or posture, and the view it is judged from."""
    made = MADE.get(exercise.name)
    body = made.start if made else _BODIES.get(exercise.posture, _BODIES[Posture.STANDING])
    if sum(exercise.view.yaw_enter) / 2 >= FROM_SIDE_DEG:
        return Stance(body, SIDE_CAMERA, 0.95, 2.7)
    if exercise.posture in FACE_UP:
        return Stance(body, FOOT_CAMERA, 1.75, 2.2)
    return Stance(body, FRONT_CAMERA, 0.95, 2.7)


def draw_ghost(canvas: Canvas, stance: Stance, box: Box, *, mirror: bool = False) -> None:
    """Draw the figure as a light, translucent body, as large as it fits.

    Args:
        canvas: the picture.
        stance: how the body is, and how the camera sees it.
        box: where it goes, in pixels; nothing is drawn into one of less than 8 pixels.
        mirror: whether the picture is mirrored.
    """
    left, top, right, bottom = (round(edge) for edge in box)
    if right - left < 8 or bottom - top < 8:
        return
    keep, light = _veil(stance, right - left, bottom - top, mirror, max(1, round(2 * canvas.unit)))
    canvas.veil((left, top), keep, light)


def draw_room(canvas: Canvas, stance: Stance, box: Box) -> None:
    """Draw where the camera goes, from the side: the camera, what it sees, floor and figure.

    Args:
        canvas: the picture.
        stance: how the body is, and where the camera stands.
        box: where it goes, in pixels.
    """
    left, top, right, bottom = box
    body = replace(_room_camera(stance), distance_m=1.0)
    shapes, low = _in_metres(stance.body, body)
    floor = bottom - 6 * canvas.unit
    behind = max(x for x, _ in (point for shape in shapes for point in shape)) + 0.15
    across = stance.reach_m + behind + 0.35
    scale = min((right - left) / across, (floor - top) / _ROOM_M)
    start = (left + right) / 2 - across * scale / 2

    def at(x: float, up: float) -> Point:
        """A point of the room: metres from the camera, metres over the floor."""
        return start + (0.35 + x) * scale, floor - up * scale

    lens = at(0.0, stance.camera_m)
    ways = [
        math.atan2(stance.camera_m - (low - y), stance.reach_m + x) for shape in shapes for x, y in shape
    ]  # downwards to each point of the body
    for way in (min(ways) - 0.07, max(ways) + 0.07):
        room_m = stance.camera_m if way > 0 else _ROOM_M - stance.camera_m  # down to the floor, or up
        seen_m = min(stance.reach_m + behind, room_m / math.tan(max(abs(way), 1e-3)))
        canvas.path([lens, at(seen_m, stance.camera_m - seen_m * math.tan(way))], SKY, 1.2)
    away = (min(ways) + max(ways)) / 2
    canvas.path([at(-0.35, 0.0), at(stance.reach_m + behind, 0.0)], GREY, 2)
    for foot in (-0.16, 0.0, 0.16):
        canvas.path([lens, at(foot, 0.0)], GREY, 2)
    for shape in shapes:
        canvas.fill([at(stance.reach_m + x, low - y) for x, y in shape], WHITE)
    _draw_camera(canvas, lens, away, 0.13 * scale)


def _draw_camera(canvas: Canvas, lens: Point, away: float, half: float) -> None:
    """A box with a lens that looks in the direction `away` (radians)."""
    along, across = (math.cos(away), math.sin(away)), (-math.sin(away), math.cos(away))

    def corner(ahead: float, aside: float) -> Point:
        return (
            lens[0] + half * (ahead * along[0] + aside * across[0]),
            lens[1] + half * (ahead * along[1] + aside * across[1]),
        )

    canvas.fill([corner(x, y) for x, y in ((-2.0, -1.1), (0.6, -1.1), (0.6, 1.1), (-2.0, 1.1))], SKY)
    canvas.fill([corner(x, y) for x, y in ((0.4, -0.5), (1.5, -0.9), (1.5, 0.9), (0.4, 0.5))], SKY)
    canvas.path([corner(x, y) for x, y in ((-2.0, -1.1), (0.6, -1.1), (0.6, 1.1), (-2.0, 1.1))], DARK, 1, closed=True)


def _room_camera(stance: Stance) -> Camera:
    """Somebody who looks on from the side, with the camera at the left: a quarter turn from the camera's own view."""
    return Camera(yaw_deg=stance.camera.yaw_deg - 90.0, orthographic=True, size=(_PAGE, _PAGE), hip_at=(0.5, 0.5))


@lru_cache(maxsize=8)
def _in_metres(body: Body, camera: Camera) -> tuple[tuple[tuple[Point, ...], ...], float]:
    """The outlines of the parts in metres about the mid-hip (x right, y down), and how far down the lowest is."""
    pose = make_pose(body, camera=camera)
    assert pose.points_m is not None
    balls = [(float(x), float(y), 1.0) for x, y, _ in pose.points_m]
    shapes = tuple(tuple((float(x), float(y)) for x, y in part) for part in _parts(balls, pose.points_m[:, 2]))
    return shapes, max(y for shape in shapes for _, y in shape)


def _parts(balls: Sequence[tuple[float, float, float]], depth: NDArray[np.float64]) -> list[NDArray[np.float32]]:
    """Outlines of the parts, the far side's first; `balls`: x, y and units a metre of each landmark."""
    left_far = depth[Landmark.LEFT_HIP] > depth[Landmark.RIGHT_HIP]
    far, near = ("LEFT", "RIGHT") if left_far else ("RIGHT", "LEFT")
    ears, shoulders = (
        _between(balls, *pair)
        for pair in ((Landmark.LEFT_EAR, Landmark.RIGHT_EAR), (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER))
    )
    parts = [_hull(pair) for chain in _limbs(far) for pair in _capsules(balls, chain)]
    parts.append(_hull([(*balls[one], radius) for one, radius in _TRUNK]))
    parts.append(_hull([(*shoulders, _NECK_RADIUS), (*ears, _NECK_RADIUS)]))
    parts.append(_hull([(*ears, _HEAD_RADIUS)]))
    return parts + [_hull(pair) for chain in _limbs(near) for pair in _capsules(balls, chain)]


_Ball = tuple[float, float, float, float]  # x, y, units a metre, radius in metres


def _capsules(balls: Sequence[tuple[float, float, float]], chain: _Chain) -> list[list[_Ball]]:
    placed = [(*balls[one], radius) for one, radius in chain]
    return [[placed[i], placed[i + 1]] for i in range(len(placed) - 1)]


def _between(balls: Sequence[tuple[float, float, float]], one: Landmark, other: Landmark) -> tuple[float, float, float]:
    x, y, scale = ((a + b) / 2 for a, b in zip(balls[one], balls[other], strict=True))
    return x, y, scale


def _hull(balls: Sequence[_Ball]) -> NDArray[np.float32]:
    turns = np.radians(np.arange(0, 360, 15))
    circle = np.column_stack((np.cos(turns), np.sin(turns)))
    dots = np.vstack([(x, y) + circle * radius * scale for x, y, scale, radius in balls]).astype(np.float32)
    return np.asarray(load_cv2().convexHull(dots), np.float32).reshape(-1, 2)


@lru_cache(maxsize=6)
def _veil(stance: Stance, width: int, height: int, mirror: bool, edge: int) -> tuple[Image, Image]:
    """What to multiply the picture with (255 = 1), and what to add to it then, to see the figure over it."""
    camera = replace(stance.camera, size=(_PAGE, _PAGE))
    pose = make_pose(stance.body, camera=camera)
    assert pose.points_px is not None
    assert pose.points_m is not None
    focal = _PAGE / 2 / math.tan(math.radians(camera.fov_deg) / 2)
    balls = [
        (float(x), float(y), focal / (camera.distance_m + float(z)))
        for (x, y), z in zip(pose.points_px, pose.points_m[:, 2], strict=True)
    ]
    parts = _parts(balls, pose.points_m[:, 2])
    every = np.vstack(parts)
    low, high = every.min(axis=0), every.max(axis=0)
    scale = float(min((width - 4 * edge) / (high[0] - low[0]), (height - 4 * edge) / (high[1] - low[1])))
    offset = np.array([width, height]) / 2 - (low + high) / 2 * scale
    opaque, tint = _painted([part * scale + offset for part in parts], width, height, edge)
    if mirror:
        opaque, tint = opaque[:, ::-1], tint[:, ::-1]
    keep = (255 * (1 - opaque[..., None])).repeat(3, axis=2).astype(np.uint8)
    return np.ascontiguousarray(keep), np.ascontiguousarray((tint * opaque[..., None]).astype(np.uint8))


def _painted(
    parts: Sequence[NDArray[np.float32]], width: int, height: int, edge: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """How opaque the figure is (height, width; 0 to 1), and its colours (height, width, 3); drawn in double size."""
    cv2 = load_cv2()

    def small(large: Image) -> NDArray[Any]:
        return np.asarray(cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA), np.float32) / 255

    body = np.zeros((2 * height, 2 * width), np.uint8)
    far_parts = len(parts) // 2 - 1
    for number, part in enumerate(parts):
        fill = _FAR_FILL if number < far_parts else _FILL
        cv2.fillConvexPoly(body, (2 * part).round().astype(np.int32), round(255 * fill))
    outlines, _ = cv2.findContours(body, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    opaque, tint = small(body), np.full((height, width, 3), _TINT, np.float32)
    for thickness, opacity, colour in ((6 * edge, _DARK_EDGE, DARK), (2 * edge, _LIGHT_EDGE, WHITE)):
        line = np.zeros_like(body)
        cv2.polylines(line, outlines, True, 255, thickness, cv2.LINE_AA)
        share = small(line)
        opaque += share * (opacity - opaque)
        tint += share[..., None] * (np.array(colour, np.float32) - tint)
    return opaque, tint
