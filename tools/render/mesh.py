"""Triangle meshes: normals, smoothing over neighbours, simple shapes. numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Faces = NDArray[np.int64]


def normals(points: Points, faces: Faces) -> Points:
    """Return unit normals of the vertices, weighted by the area of their triangles."""
    a, b, c = points[faces[:, 0]], points[faces[:, 1]], points[faces[:, 2]]
    area = np.cross(b - a, c - a)
    total = np.zeros_like(points)
    for corner in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(faces[:, corner], area[:, axis], len(points))
    unit: Points = total / np.maximum(np.linalg.norm(total, axis=1), 1e-12)[:, None]
    return unit


def edges(faces: Faces) -> Faces:
    """Return all edges (2 for an inner one), each with its smaller vertex first."""
    return np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)


def rim(faces: Faces) -> NDArray[np.int64]:
    """Return the vertices on the open border of a mesh."""
    pairs, count = np.unique(edges(faces), axis=0, return_counts=True)
    return np.unique(pairs[count == 1])


def straight_rim(values: Points, faces: Faces, rounds: int) -> Points:
    """Even out the border of a mesh: mix each border vertex with its neighbours along the border, several times.

    Args:
        values: (n, columns) of any kind.
        faces: of the mesh.
        rounds: how often.
    """
    pairs, count = np.unique(edges(faces), axis=0, return_counts=True)
    border = pairs[count == 1]
    both = np.concatenate([border, border[:, ::-1]])
    degree = np.bincount(both[:, 0], minlength=len(values))
    rows = np.flatnonzero(degree)
    result = values.copy()
    for _ in range(rounds):
        total = np.zeros_like(result)
        np.add.at(total, both[:, 0], result[both[:, 1]])
        result[rows] = 0.5 * result[rows] + 0.5 * total[rows] / degree[rows, None]
    return result


class Neighbours:
    """The mean over each vertex's neighbours, for any number of columns."""

    def __init__(self, faces: Faces, count: int) -> None:
        """Sort the edges of a mesh whose `count` vertices all have neighbours."""
        pairs = np.unique(edges(faces), axis=0)
        both = np.concatenate([pairs, pairs[:, ::-1]])
        both = both[np.argsort(both[:, 0], kind="stable")]
        self._to = both[:, 1]
        self._start = np.searchsorted(both[:, 0], np.arange(count))
        self._degree = np.bincount(both[:, 0], minlength=count)[:, None]

    def mean(self, values: Points) -> Points:
        """Return the mean over the neighbours, (n, columns) as given."""
        total: Points = np.add.reduceat(values[self._to], self._start, axis=0) / self._degree
        return total

    def smooth(self, values: Points, stages: set[int], share: float = 0.6) -> dict[int, Points]:
        """Mix each value with its neighbours' mean again and again; return the values after each number of rounds."""
        result = {}
        for done in range(1, max(stages) + 1):
            values = (1 - share) * values + share * self.mean(values)
            if done in stages:
                result[done] = values
        return result

    def shrink(self, chosen: NDArray[np.bool_], rings: int) -> NDArray[np.bool_]:
        """Take `rings` rings of vertices away from the border of a selection."""
        for _ in range(rings):
            chosen = chosen & (self.mean((~chosen).astype(float)[:, None])[:, 0] < 1e-9)
        return chosen


@dataclass(frozen=True, slots=True)
class Shape:
    """A small mesh without a rig."""

    points: Points
    faces: Faces


def ellipsoid(centre: Points, radii: Points, rows: int = 12, columns: int = 18) -> Shape:
    """Return an ellipsoid with its poles up and down."""
    polar = np.linspace(0, np.pi, rows)
    round_ = np.linspace(0, 2 * np.pi, columns, endpoint=False)
    grid = np.stack([
        np.outer(np.sin(polar), np.cos(round_)),
        np.outer(np.sin(polar), np.sin(round_)),
        np.outer(np.cos(polar), np.ones(columns)),
    ], axis=-1).reshape(-1, 3)  # fmt: skip
    return Shape(centre + grid * radii, _grid_faces(rows, columns, closed=True))


def curtain(rings: NDArray[np.float64]) -> Shape:
    """Return an open sheet through (rows, columns, 3) points."""
    rows, columns = rings.shape[:2]
    return Shape(rings.reshape(-1, 3), _grid_faces(rows, columns, closed=False))


def _grid_faces(rows: int, columns: int, closed: bool) -> Faces:
    """Return the triangles of a grid of rows and columns, the last column joined to the first when closed."""
    r, c = np.meshgrid(np.arange(rows - 1), np.arange(columns if closed else columns - 1), indexing="ij")
    here, right = r * columns + c, r * columns + (c + 1) % columns
    a, b = here.ravel(), right.ravel()
    return np.concatenate([np.stack([a, a + columns, b], 1), np.stack([b, a + columns, b + columns], 1)])


def box(size: tuple[float, float, float], at: tuple[float, float, float]) -> Shape:
    """Return a box with sharp edges; `at` is the middle of its bottom."""
    w, d, h = size
    points: list[Points] = []
    faces: list[list[int]] = []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            u, v = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
            middle = np.eye(3)[axis] * sign
            start = len(points)
            points += [middle + a * u + b * v for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            turn = [[0, 1, 2], [0, 2, 3]] if sign > 0 else [[0, 2, 1], [0, 3, 2]]
            faces += [[start + i for i in t] for t in turn]
    scaled = np.array(points) * np.array([w, d, h]) / 2 + np.array(at) + np.array([0, 0, h / 2])
    return Shape(scaled, np.array(faces))


def lumps(points: Points, size_m: float, seed: int = 0) -> NDArray[np.float64]:
    """Return smooth pseudo-random values of about -1 to 1 at points, with bumps of about `size_m`."""
    random = np.random.default_rng(seed)
    total = np.zeros(len(points))
    for _ in range(12):
        direction = random.normal(size=3)
        direction *= np.pi / size_m / np.linalg.norm(direction)
        total += np.sin(points @ direction + random.uniform(0, 2 * np.pi))
    bumps: NDArray[np.float64] = total / np.sqrt(12 / 2) / 1.5
    return bumps
