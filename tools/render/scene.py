"""What stands round the subject: room, furniture, light. Meshes and numbers only, no OpenGL."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .camera import Camera, look_at, orthographic
from .looks import Colour, Light, Room
from .mesh import Shape, box, lumps
from .plan import Furniture
from .rotate import Matrix, Vector, rotation, unit

FAR_FLOOR_M, WALL_M = 7.0, 3.0
MAT_AREA = (-0.45, 0.45, -1.2, 1.2)  # x from, x to, y from, y to
NO_MAT = (1.0, -1.0, 1.0, -1.0)


@dataclass(frozen=True, slots=True)
class Solid:
    """Triangles that do not bend: rows of position, normal, colour, gloss (n, 11) float32, three rows a triangle."""

    rows: NDArray[np.float32]

    @property
    def normal(self) -> NDArray[np.float32]:
        """The first triangle's normal."""
        return self.rows[0, 3:6]

    def faces_camera(self, camera: Camera) -> bool:
        """Whether the camera is on the side the first triangle's normal points to."""
        return bool(np.dot(camera.eye - self.rows[0, :3], self.normal) > 0)


def room_planes(room: Room) -> list[Solid]:
    """Return floor, ceiling and four walls, each on its own: what lies between camera and subject is left out."""
    s, b, h = room.size_m, FAR_FLOOR_M, WALL_M
    floor: list[tuple[float, ...]] = [(-b, -b, 0.0), (b, -b, 0.0), (b, b, 0.0), (-b, b, 0.0)]
    ceiling: list[tuple[float, ...]] = [(x, y, h) for x, y, _ in reversed(floor)]
    planes = [_plane(floor, (0, 0, 1), room.floor), _plane(ceiling, (0, 0, -1), room.wall)]
    for normal in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        nx, ny = normal
        along = np.array([-ny, nx])
        foot = -s * np.array(normal)
        low, high = foot - b * along, foot + b * along
        corners = [(*low, 0.0), (*high, 0.0), (*high, h), (*low, h)]
        planes.append(_plane(corners, (nx, ny, 0), room.wall))
    return planes


def _plane(corners: list[tuple[float, ...]], normal: tuple[float, float, float], colour: Colour) -> Solid:
    rows = [[*corners[i], *normal, *colour, 0.0, 1.0] for i in (0, 1, 2, 0, 2, 3)]
    return Solid(np.array(rows, np.float32))


def furniture(pieces: tuple[Furniture, ...]) -> Solid | None:
    """Return all pieces as one solid, or None when there are none."""
    rows = [_rows(shape, piece) for piece in pieces for shape in _shapes(piece)]
    return Solid(np.concatenate(rows).astype(np.float32)) if rows else None


def _shapes(piece: Furniture) -> list[Shape]:
    """Return the boxes a piece is made of, standing at the origin."""
    w, d, h = piece.size
    if piece.kind == "box":
        return [box((w, d, h), (0, 0, 0))]
    seat = h * 0.5 if piece.kind == "chair" else h
    leg = 0.04
    corners = [(x * (w - leg) / 2, y * (d - leg) / 2) for x in (-1, 1) for y in (-1, 1)]
    shapes = [box((leg, leg, seat), (x, y, 0)) for x, y in corners] + [box((w, d, 0.04), (0, 0, seat - 0.02))]
    if piece.kind == "chair":
        shapes.append(box((w, 0.03, h - seat), (0, (d - 0.03) / 2, seat)))
    return shapes


def _rows(shape: Shape, piece: Furniture) -> NDArray[np.float64]:
    """Turn, place and colour a shape; each triangle gets its own normal."""
    points = shape.points @ rotation((0, 0, 1), piece.turn).T + np.array([*piece.at, 0.0])
    corners = points[shape.faces]
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat = np.repeat(flat / np.linalg.norm(flat, axis=1, keepdims=True), 3, axis=0)
    corners = corners.reshape(-1, 3)
    colours = np.array(piece.colour) * (1 + 0.05 * lumps(corners, 0.3)[:, None])
    gloss = np.tile((0.05, 20.0), (len(corners), 1))
    return np.concatenate([corners, flat, np.clip(colours, 0, 1), gloss], axis=1)


@dataclass(frozen=True, slots=True)
class Lighting:
    """A light as the shaders want it: directions and colours (3,), matrix (4, 4)."""

    to_light: Vector
    projection: Matrix
    key: Vector
    sky: Vector
    ground: Vector
    exposure: float
    window: float


def lighting(light: Light, camera: Camera, lying: bool, reach_m: float) -> Lighting:
    """Place the light: usually ahead and to the subject's left, or at a bearing from the camera.

    Args:
        light: the named light.
        camera: whose position a bearing is taken from.
        lying: whether the subject lies, which lowers the middle of what is lit.
        reach_m: half the width of the area in which shadows are cast.
    """
    if light.bearing_deg is None:
        to_light = unit((0.4, -0.3, 0.9) if lying else (0.45, -0.55, 0.85))
    else:
        bearing = np.deg2rad(camera.azimuth_deg + light.bearing_deg)
        to_light = unit((np.sin(bearing), -np.cos(bearing), light.rise))
    centre = np.array([0, 0, 0.2 if lying else 0.6])
    view = look_at(centre + to_light * 5, centre, up=(0, 1, 0.01))
    cold, warm = np.array([1.0, 0.96, 0.90]), np.array([1.0, 0.82, 0.58])
    return Lighting(
        to_light=to_light,
        projection=orthographic(reach_m, 0.1, 11) @ view,
        key=light.key * (cold * (1 - light.warm) + warm * light.warm),
        sky=light.ambient * np.array([0.95, 0.98, 1.05]),
        ground=light.ambient * np.array([0.72, 0.62, 0.54]),
        exposure=light.exposure,
        window=light.window,
    )
