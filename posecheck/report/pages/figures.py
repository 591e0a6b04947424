"""The body at a moment as a stick figure: what a page shows where there is no picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

from posecheck.draw.skeleton import LIMBS, TRUNK
from posecheck.judging.trace import Figure
from posecheck.records import Landmark

SEEN = 0.3  # a guess: visibility below which a landmark is not drawn, as in draw/skeleton.py
_EDGE = 0.12  # of the body's extent, around it
_HEAD = 0.2  # of the trunk's length, the head's radius
_SIZE = 100.0  # the longer side of the drawing


@dataclass(frozen=True, slots=True)
class StickFigure:
    """A drawing in its own units: limbs as lists of "x,y x,y", the head as a circle."""

    width: float
    height: float
    trunk: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    left_joints: tuple[tuple[float, float], ...]
    right_joints: tuple[tuple[float, float], ...]
    head: tuple[float, float, float] | None


def stick_figure(figure: Figure) -> StickFigure | None:
    """The drawing of a body; None when too little of it is seen."""
    seen = [i for i in range(len(figure.points)) if figure.visibility[i] >= SEEN]
    if len(seen) < 8 or not set(TRUNK) <= set(seen):
        return None
    xs, ys = [figure.points[i][0] for i in seen], [figure.points[i][1] for i in seen]
    extent = max(max(xs) - min(xs), max(ys) - min(ys), 1.0)
    edge, scale = _EDGE * extent, _SIZE / (extent * (1 + 2 * _EDGE))
    origin = (min(xs) - edge, min(ys) - edge)

    def at(index: int) -> tuple[float, float]:
        x, y = figure.points[index]
        return round((x - origin[0]) * scale, 1), round((y - origin[1]) * scale, 1)

    def line(chain: tuple[Landmark, ...]) -> str:
        return " ".join(f"{x},{y}" for x, y in (at(i) for i in chain if i in seen))

    def joints(which: str) -> tuple[tuple[float, float], ...]:
        return tuple(at(i) for chain in LIMBS[which] for i in chain[:3] if i in seen)

    size = (max(xs) - min(xs) + 2 * edge, max(ys) - min(ys) + 2 * edge)
    return StickFigure(
        round(size[0] * scale, 1),
        round(size[1] * scale, 1),
        line(TRUNK),
        tuple(line(chain) for chain in LIMBS["left"]),
        tuple(line(chain) for chain in LIMBS["right"]),
        joints("left"),
        joints("right"),
        _head(figure, seen, at(Landmark.NOSE), scale),
    )


def _head(
    figure: Figure, seen: list[int], nose: tuple[float, float], scale: float
) -> tuple[float, float, float] | None:
    if Landmark.NOSE not in seen:
        return None
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = (figure.points[i] for i in TRUNK)
    trunk = math.dist(((ax + bx) / 2, (ay + by) / 2), ((cx + dx) / 2, (cy + dy) / 2))
    return (*nose, round(_HEAD * trunk * scale, 1))
