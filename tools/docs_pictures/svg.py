"""Collects the elements of a drawing, and draws the figure into it: the farther a limb, the paler."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import numpy as np

from tools.docs_pictures.figure import Part, Xy, Xyz

Box = tuple[float, float, float, float]  # left, top, width, height
Projection = Callable[[Xyz], tuple[float, float, float, float]]  # x and y in the drawing, depth, units per metre

ROUND = 'stroke-linecap="round" stroke-linejoin="round"'
NEAR_BODY, FAR_BODY = (31, 78, 121), (146, 176, 205)
CAMERA, LINE, TEXT, SOFT = "#b85c00", "#5a6b7a", "#1e2630", "#52606d"
BEAM, MAT, FURNITURE = "#e69f00", "#cfe6df", "#c9d1d9"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass
class Svg:
    """Collects the elements of a drawing."""

    parts: list[str] = field(default_factory=list)

    def add(self, element: str) -> None:
        self.parts.append(element)

    def text(self, words: str, at: Xy, size: float = 19, colour: str = TEXT, more: str = "") -> None:
        self.add(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="{size:g}" fill="{colour}" {more}>{escape(words)}</text>'
        )

    def polygon(self, points: Sequence[Xy], style: str) -> None:
        self.add(f'<path d="{outline(points)}" {style}/>')

    def line(self, start: Xy, end: Xy, style: str) -> None:
        self.add(f'<path d="M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}" {style}/>')

    def path(self, route: str, style: str) -> None:
        self.add(f'<path d="{route}" {style}/>')

    def box(self, box: Box, style: str, radius: float = 0.0) -> None:
        x, y, width, height = box
        self.add(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius:g}" {style}/>')

    def lens(self, at: Xy) -> None:
        """Where the camera is."""
        self.add(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="6" fill="{CAMERA}" stroke="#fff" stroke-width="1.6"/>')

    def measure(self, start: Xy, end: Xy) -> None:
        """A dimension line with an arrowhead at each end."""
        self.line(start, end, f'stroke="{LINE}" stroke-width="1.8"')
        along = math.atan2(end[1] - start[1], end[0] - start[0])
        for (x, y), way in ((start, along), (end, along + math.pi)):
            sides = [(x + 11 * math.cos(way + turn), y + 11 * math.sin(way + turn)) for turn in (0.36, -0.36)]
            self.polygon([(x, y), *sides], f'fill="{LINE}"')

    def figure(self, parts: Sequence[Part], project: Projection) -> None:
        """The person: the farther a limb, the earlier and the paler it is drawn."""
        shapes = []
        for part in parts:
            balls = [project(centre) for centre in part.centres]
            depth = float(np.mean([ball[2] for ball in balls]))
            shapes.append((depth, hull([(x, y, r * s) for (x, y, _, s), r in zip(balls, part.radii, strict=True)])))
        shapes.sort(key=lambda shape: -shape[0])
        near, far = shapes[-1][0], shapes[0][0]
        for depth, points in shapes:
            share = min(1.0, (depth - near) / max(far - near, 0.5))
            red, green, blue = (round(a + (b - a) * share) for a, b in zip(NEAR_BODY, FAR_BODY, strict=True))
            style = f'fill="#{red:02x}{green:02x}{blue:02x}" stroke="#fff" stroke-width="1.4"'
            self.polygon(points, style)


def outline(points: Sequence[Xy]) -> str:
    """Return a closed path."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def hull(balls: Sequence[tuple[float, float, float]]) -> list[Xy]:
    """Return the outline of the convex hull of some discs (x, y, radius)."""
    turns = np.radians(np.arange(0, 360, 10))
    dots = [(x + r * math.cos(turn), y + r * math.sin(turn)) for x, y, r in balls for turn in turns]
    dots.sort()

    def half(ordered: Sequence[Xy]) -> list[Xy]:
        chain: list[Xy] = []
        for x, y in ordered:
            while len(chain) > 1:
                (ax, ay), (bx, by) = chain[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        return chain[:-1]

    return half(dots) + half(dots[::-1])
