"""`python -m tools.docs_pictures`: makes the pictures of docs/ anew.

    overview.png                   three judged frames of samples/, drawn by posecheck itself; takes about a minute
    camera-side.svg, -front, -feet where the camera stands: seen from the side and from above, and what it should see

The schematics are drawn to scale from a jointed figure in metres, so that the three views of each agree.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

Array = NDArray[np.float64]
Xy = tuple[float, float]
Xyz = tuple[float, float, float]
Box = tuple[float, float, float, float]  # left, top, width, height
Projection = Callable[[Xyz], tuple[float, float, float, float]]  # x and y in the drawing, depth, units per metre

# ---------------------------------------------------------------------------------------------------------- overview


@dataclass(frozen=True)
class Example:
    """A frame of a sample judged from `start_s` on: the first held for `held_s` after `counted` repetitions."""

    exercise: str
    start_s: float
    counted: int
    held_s: float
    title: str
    detail: str


EXAMPLES = (
    Example("ninety_ninety", 4.0, 1, 11.0, "90-90 hip-flexor stretch", "Side camera. Hold 20 s, twice on each side."),
    Example("side_bend", 4.0, 1, 13.0, "90-90 with side bend", "Front camera. Hold 20 s, twice on each side."),
    Example("knee_drops", 0.0, 4, 1.75, "Knee drops", "Raised camera at the feet. 5 in, 5 out, 2 s each."),
)
WIDTH, HEIGHT, GAP = 1600, 582, 16
FRAME = ((WIDTH - 4 * GAP) // 3, (WIDTH - 4 * GAP) // 4)
PAPER, INK, FADED = (255, 255, 255), (48, 38, 30), (112, 98, 86)  # BGR


def overview() -> bytes:
    """Return the PNG file of the three frames with their captions and a key."""
    from posecheck.draw.canvas import BOLD, DARK, GREY, REGULAR, SKY, WHITE, YELLOW, Canvas

    canvas = Canvas(np.full((HEIGHT, WIDTH, 3), PAPER, np.uint8))
    unit = canvas.unit
    for place, example in enumerate(EXAMPLES):
        left, top = GAP + place * (FRAME[0] + GAP), GAP
        canvas.image[top : top + FRAME[1], left : left + FRAME[0]] = judged_frame(example)
        canvas.text(example.title, (left + 2, top + FRAME[1] + 38), 27 / unit, INK, BOLD)
        canvas.text(example.detail, (left + 2, top + FRAME[1] + 67), 20.5 / unit, FADED, REGULAR)

    # the key: what is drawn on the frames
    middle = HEIGHT - 50.0
    canvas.fill(_corners(GAP, middle - 34, WIDTH - GAP, middle + 34), (243, 243, 243))

    def words(x: float, *lines: str) -> None:
        for line, y in zip(lines, (middle - 4, middle + 20), strict=True):
            canvas.text(line, (x, y), 19 / unit, INK, REGULAR)

    x = GAP + 36.0
    canvas.disc((x + 4, middle), 26 / unit, DARK)
    canvas.arc((x + 4, middle), 19 / unit, -90, 215, SKY, 6 / unit)
    words(x + 44, "Seconds held: the clock runs", "only while the pose is right")
    x += 366
    canvas.plate((x - 14, middle - 20, x + 84, middle + 20), 7 / unit)
    canvas.text("16°", (x - 4, middle + 8), 23 / unit, SKY, BOLD)
    canvas.tick((x + 62, middle), 18 / unit, SKY)
    words(x + 98, "Measured angle: ticked", "when it is within its limits")
    x += 420
    canvas.plate((x - 14, middle - 20, x + 62, middle + 20), 7 / unit)
    canvas.disc((x + 8, middle), 9 / unit, SKY)
    canvas.disc((x + 40, middle), 8 / unit, GREY, outline=2 / unit)
    words(x + 76, "Repetitions that counted,", "and those still to come")
    x += 372
    for bone, joint, y in ((WHITE, "disc", middle - 11), (YELLOW, "square", middle + 11)):
        line = [(x - 14.0, y), (x + 34.0, y)]
        canvas.path(line, DARK, 9 / unit)
        canvas.path(line, bone, 5 / unit)
        if joint == "disc":
            canvas.disc((x + 34, y), 9 / unit, DARK)
            canvas.disc((x + 34, y), 7 / unit, WHITE)
        else:
            canvas.fill(_corners(x + 26, y - 8, x + 42, y + 8), DARK)
            canvas.fill(_corners(x + 28, y - 6, x + 40, y + 6), YELLOW)
            canvas.fill(_corners(x + 31, y - 3, x + 37, y + 3), DARK)
    words(x + 58, "Left limbs: white, round joints", "Right limbs: yellow, square")
    return small_png(canvas.image, radius=18)


def _corners(left: float, top: float, right: float, bottom: float) -> list[Xy]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def judged_frame(example: Example) -> NDArray[np.uint8]:
    """Judge the sample up to the wanted frame; return that frame as posecheck draws it, in the size of `FRAME`."""
    from posecheck.detect.models import load_model
    from posecheck.draw.overlay import draw
    from posecheck.libraries import load_cv2
    from posecheck.records import Phase
    from posecheck.run import VideoRun

    cv2 = load_cv2()
    path = ROOT / "samples" / f"{example.exercise}.mp4"
    with VideoRun(path, example.exercise, load_model(), start_s=example.start_s) as run:
        for frame, step in run:
            progress = step.progress
            if progress.phase is not Phase.HOLD or sum(progress.counts.values()) < example.counted:
                continue
            if progress.held_s >= example.held_s and progress.cue is None:
                # Without the film's noise, drawn twice as large and reduced: smooth edges, and a smaller file.
                calm = cv2.bilateralFilter(frame.image, 5, 20, 3)
                large = cv2.resize(calm, (2 * FRAME[0], 2 * FRAME[1]), interpolation=cv2.INTER_CUBIC)
                drawn = draw(large, step, title=run.exercise.title)
                return np.asarray(cv2.resize(drawn, FRAME, interpolation=cv2.INTER_AREA), np.uint8)
    raise SystemExit(f"{path.name} has no frame with {example.counted} repetitions and {example.held_s:g} s held")


def small_png(image: NDArray[np.uint8], radius: int) -> bytes:
    """Return a PNG file with round transparent corners, of 43 levels a channel: half of what 256 levels take."""
    from posecheck.libraries import load_cv2

    height, width = image.shape[:2]
    picture = np.full((height, width, 4), 255, np.uint8)
    picture[..., :3] = np.round(image / 255 * 42) * 255 / 42 + 0.5
    y, x = np.mgrid[:radius, :radius] + 0.5
    corner = np.round(255 * np.clip(radius + 0.5 - np.hypot(radius - x, radius - y), 0, 1))
    for down, right in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        picture[::down, ::right, 3][:radius, :radius] = corner
    cv2 = load_cv2()
    done, data = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    assert done
    return bytes(data)


# ------------------------------------------------------------------------------------------------- the jointed figure


@dataclass(frozen=True)
class Part:
    """A limb between two balls, or a trunk between several: their centres (forward, left, up) and radii in metres."""

    centres: tuple[Xyz, ...]
    radii: tuple[float, ...]


TRUNK = (0.105, 0.105, 0.095, 0.095)  # radii at the hips and at the shoulders


def half_kneeling(bend_deg: float = 0.0) -> list[Part]:
    """Return a person of 1.72 m on the right knee, hips a little forward, arms up, bent by so much to the left."""
    turn = math.radians(bend_deg)
    pelvis = np.array([0.06, -0.03 if bend_deg else 0.0, 0.485])

    def bent(forward: float, left: float, up: float, share: float = 1.0) -> Xyz:
        """A point of the trunk, from where it is upright, in metres from the pelvis."""
        angle = turn * share
        return (
            float(pelvis[0] + forward),
            float(pelvis[1] + left * math.cos(angle) + up * math.sin(angle)),
            float(pelvis[2] - left * math.sin(angle) + up * math.cos(angle)),
        )

    hips = {1: bent(0, 0.1, 0, 0), -1: bent(0, -0.1, 0, 0)}
    parts = [
        Part((hips[1], (0.47, 0.13, 0.52)), (0.085, 0.06)),
        Part(((0.47, 0.13, 0.52), (0.44, 0.13, 0.09)), (0.06, 0.042)),
        Part(((0.42, 0.13, 0.045), (0.61, 0.15, 0.035)), (0.042, 0.03)),
        Part((hips[-1], (-0.05, -0.11, 0.07)), (0.085, 0.06)),
        Part(((-0.05, -0.11, 0.07), (-0.46, -0.11, 0.06)), (0.06, 0.042)),
        Part(((-0.46, -0.11, 0.06), (-0.62, -0.11, 0.035)), (0.04, 0.028)),
        Part((bent(0, 0.07, 0.02, 0), bent(0, -0.07, 0.02, 0), bent(0, 0.12, 0.46), bent(0, -0.12, 0.46)), TRUNK),
        Part((bent(0, 0, 0.5), bent(0.01, 0, 0.62)), (0.055, 0.05)),
        Part((bent(0.02, 0, 0.71), bent(0.02, 0, 0.75)), (0.095, 0.1)),
    ]
    for side in (1, -1):
        shoulder, elbow = bent(0, 0.175 * side, 0.49), bent(0.02, 0.2 * side, 0.79)
        parts += [
            Part((shoulder, elbow), (0.058, 0.044)),
            Part((elbow, bent(0.03, 0.15 * side, 1.2)), (0.044, 0.03)),
        ]
    return parts


def on_the_back() -> list[Part]:
    """Return a person on the back, feet flat and wide, both knees dropped inwards; forward is towards the head."""
    parts = [
        Part(((0.44, 0.07, 0.11), (0.44, -0.07, 0.11), (0.9, 0.12, 0.11), (0.9, -0.12, 0.11)), TRUNK),
        Part(((0.94, 0, 0.11), (1.06, 0, 0.12)), (0.055, 0.05)),
        Part(((1.15, 0, 0.12), (1.19, 0, 0.12)), (0.1, 0.095)),
    ]
    for side in (1, -1):
        hip, knee, ankle = (0.43, 0.1 * side, 0.11), (0.03, 0.075 * side, 0.42), (-0.18, 0.27 * side, 0.09)
        parts += [
            Part((hip, knee), (0.085, 0.06)),
            Part((knee, ankle), (0.06, 0.042)),
            Part(((-0.16, 0.27 * side, 0.045), (-0.35, 0.3 * side, 0.035)), (0.042, 0.032)),
            Part(((0.93, 0.175 * side, 0.1), (0.68, 0.32 * side, 0.06)), (0.058, 0.043)),
            Part(((0.68, 0.32 * side, 0.06), (0.37, 0.39 * side, 0.04)), (0.044, 0.03)),
        ]
    return parts


def turned(parts: Sequence[Part], forward: Xy) -> list[Part]:
    """Return the figure facing `forward` in the room, where x is away from the camera and y to the camera's left."""
    ahead, left = np.array([*forward, 0.0]), np.array([-forward[1], forward[0], 0.0])
    frame = np.stack([ahead, left, [0.0, 0.0, 1.0]])

    def place(point: Xyz) -> Xyz:
        x, y, z = (float(value) for value in np.array(point) @ frame)
        return x, y, z

    return [Part(tuple(place(centre) for centre in part.centres), part.radii) for part in parts]


# ------------------------------------------------------------------------------------------------------- drawing it

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


# ---------------------------------------------------------------------------------------------- the camera's place

HFOV, VFOV = math.radians(62), math.radians(48.5)  # of the samples' camera, and about that of laptops and phones
SCALE = 136.0  # drawing units in a metre
PAGE = (1000.0, 760.0)
PANEL = (28.0, 612.0)  # left and right of the two schematics
FLOOR, ABOVE = 404.0, 616.0  # where the floor is seen from the side; the middle line from above
PICTURE = (648.0, 100.0, 324.0, 243.0)  # the camera's picture: left, top, width, height


@dataclass(frozen=True)
class Setup:
    """One drawing: the person in the room, the camera, and the words. Metres; the camera looks along +x."""

    file: str
    title: str
    about: str  # for those who cannot see it
    person: tuple[Part, ...]
    mat: tuple[float, float, float, float]  # x from, x to, y from, y to
    distance: float
    height: float
    heights: Xy
    aim: Xyz
    origin: float  # of x = 0 in the drawing
    tripod: bool
    distance_words: str
    height_words: str
    facing: tuple[Xy, Xy, str, str]  # from above: an arrow, its words, and the end of them that is at the arrow
    sees: tuple[tuple[str, ...], ...]
    avoid: tuple[tuple[str, ...], ...]


def camera_drawing(setup: Setup) -> str:
    """Return the SVG file of one drawing."""
    svg = Svg()
    width, height = PAGE
    svg.add(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-labelledby="title desc" font-family="{FONT}" fill="none">'
    )
    svg.add(f'<title id="title">{escape(setup.title)}</title>\n<desc id="desc">{escape(setup.about)}</desc>')
    far = setup.origin + 1.2 * SCALE
    near = setup.origin - setup.distance * SCALE
    svg.add(
        f'<defs><linearGradient id="beam" gradientUnits="userSpaceOnUse" x1="{near:.0f}" y1="0" x2="{far:.0f}" y2="0">'
        f'<stop offset="0" stop-color="{BEAM}" stop-opacity=".34"/><stop offset="1" stop-color="{BEAM}" '
        f'stop-opacity=".08"/></linearGradient>'
        f'<clipPath id="picture"><rect x="{PICTURE[0]}" y="{PICTURE[1]}" width="{PICTURE[2]}" height="{PICTURE[3]}" '
        f'rx="10"/></clipPath></defs>'
    )
    svg.box((0.8, 0.8, width - 1.6, height - 1.6), 'fill="#fff" stroke="#d5dce3" stroke-width="1.5"', 18)
    svg.text(setup.title, (PANEL[0], 46), 27, TEXT, 'font-weight="700"')
    for words, at in (
        ("From the side", (PANEL[0], 86)),
        ("From above", (PANEL[0], 484)),
        ("What the camera should see", (PICTURE[0], 86)),
    ):
        svg.text(words, at, 18, SOFT, 'font-weight="600"')
    _from_the_side(svg, setup)
    _from_above(svg, setup)
    _picture(svg, setup)
    y = PICTURE[1] + PICTURE[3] + 44
    y = _list(svg, setup.sees, y, "m0 -6l5.5 6 10.5-13", "#0072b2")
    svg.text("Not like this", (PICTURE[0], y + 20), 18, SOFT, 'font-weight="600"')
    _list(svg, setup.avoid, y + 54, "m1-13l13 13m0-13l-13 13", "#c04a00")
    svg.add("</svg>\n")
    return "\n".join(svg.parts)


def _list(svg: Svg, items: Sequence[Sequence[str]], y: float, mark: str, colour: str) -> float:
    """Items of several lines, each after a mark; returns where the next would start."""
    for item in items:
        svg.path(f"M{PICTURE[0] + 1:g} {y:g}{mark}", f'stroke="{colour}" stroke-width="3.2" {ROUND}')
        for line in item:
            svg.text(line, (PICTURE[0] + 30, y), 18.5)
            y += 25
        y += 12
    return y


def _from_the_side(svg: Svg, setup: Setup) -> None:
    def at(x: float, z: float) -> Xy:
        return setup.origin + x * SCALE, FLOOR - z * SCALE

    lens, pitch = (-setup.distance, setup.height), _pitch(setup)
    low, high = pitch - VFOV / 2, pitch + VFOV / 2
    right = (PANEL[1] - setup.origin) / SCALE
    top = (FLOOR - 102) / SCALE
    reach = -lens[1] / math.tan(low)
    corners = [lens, (lens[0] + reach, 0.0), (right, 0.0)]
    if lens[0] + reach > right:
        corners = [lens, (right, lens[1] + (right - lens[0]) * math.tan(low))]
    end = lens[1] + (right - lens[0]) * math.tan(high)
    corners += [(right, end)] if end < top else [(right, top), (lens[0] + (top - lens[1]) / math.tan(high), top)]
    svg.polygon([at(*corner) for corner in corners], 'fill="url(#beam)"')
    svg.line(at(*lens), at(setup.aim[0], setup.aim[2]), f'stroke="{CAMERA}" stroke-width="1.6" stroke-dasharray="7 6"')
    svg.line((PANEL[0], FLOOR), (PANEL[1], FLOOR), f'stroke="{LINE}" stroke-width="2.4"')
    (left, floor), (end_x, _) = at(setup.mat[0], 0), at(setup.mat[1], 0)
    svg.box((left, floor - 4, end_x - left, 5), 'fill="#7fb8a8"', 2)
    svg.figure(setup.person, lambda p: (*at(p[0], p[2] + 0.02), p[1], SCALE))
    (_tripod if setup.tripod else _laptop)(svg, at, setup)

    # how far: along the floor to the mark; how high: the range that is good, and one line up to the camera
    below = FLOOR + 26
    for x in (at(lens[0], 0)[0], setup.origin):
        svg.line((x, FLOOR + 6), (x, below + 8), f'stroke="{LINE}" stroke-width="1.4"')
    svg.measure((at(lens[0], 0)[0], below), (setup.origin, below))
    middle = (at(lens[0], 0)[0] + setup.origin) / 2
    svg.text(setup.distance_words, (middle, below + 25), 19, TEXT, 'text-anchor="middle" font-weight="600"')
    x, from_y, to_y = at(lens[0], 0)[0] - 62, at(0, setup.heights[0])[1], at(0, setup.heights[1])[1]
    svg.box((x - 5, to_y, 10, from_y - to_y), f'fill="{BEAM}" fill-opacity=".45"', 3)
    svg.measure((x, FLOOR), (x, to_y))
    svg.text(setup.height_words, (x - 8, to_y - 12), 19, TEXT, 'font-weight="600"')


def _from_above(svg: Svg, setup: Setup) -> None:
    def at(x: float, y: float) -> Xy:
        return setup.origin + x * SCALE, ABOVE - y * SCALE

    lens = -setup.distance
    right, top = (PANEL[1] - setup.origin) / SCALE, (ABOVE - 498) / SCALE
    bottom = (ABOVE - (PAGE[1] - 26)) / SCALE
    slope = math.tan(HFOV / 2) / math.cos(_pitch(setup))  # the corners of the floor are seen a little wider
    corners: list[Xy] = [(lens, 0.0)]
    for edge in (top, bottom):
        side = math.copysign(1, edge)
        wide = slope * (right - lens)
        if wide > abs(edge):
            crossing = [(lens + abs(edge) / slope, edge), (right, edge)]
            corners += crossing if side > 0 else crossing[::-1]
        else:
            corners.append((right, side * wide))
    svg.polygon([at(*corner) for corner in corners], 'fill="url(#beam)"')
    (x0, y0), (x1, y1) = at(setup.mat[0], setup.mat[3]), at(setup.mat[1], setup.mat[2])
    svg.box((x0, y0, x1 - x0, y1 - y0), f'fill="{MAT}" stroke="#7fb8a8" stroke-width="1.5"', 7)
    svg.line(
        at(lens, 0), at(setup.aim[0], setup.aim[1]), f'stroke="{CAMERA}" stroke-width="1.6" stroke-dasharray="7 6"'
    )
    svg.figure(setup.person, lambda p: (*at(p[0], p[1]), -p[2], SCALE))
    (x, y), half = at(lens, 0), 0.17 * SCALE
    if setup.tripod:
        for turn in (60, 180, 300):
            foot = (x + 26 * math.cos(math.radians(turn)), y + 26 * math.sin(math.radians(turn)))
            svg.line((x, y), foot, f'stroke="{LINE}" stroke-width="3" stroke-linecap="round"')
        svg.box((x - 7, y - 15, 12, 30), f'fill="{TEXT}"', 3)
    else:
        svg.box((x - 46, y - half - 12, 82, 2 * half + 24), f'fill="{FURNITURE}"', 6)
        svg.box((x, y - half, 0.2 * SCALE - 14, 2 * half), 'fill="#8794a1"', 3)
        svg.box((x - 6, y - half, 7, 2 * half), f'fill="{TEXT}"', 2.5)
    svg.lens((x, y))
    start, end, words, anchor = setup.facing
    (sx, sy), (ex, ey) = at(*start), at(*end)
    along = math.atan2(ey - sy, ex - sx)
    svg.line((sx, sy), (ex - 10 * math.cos(along), ey - 10 * math.sin(along)), f'stroke="{TEXT}" stroke-width="3"')
    sides = [(ex - 15 * math.cos(along + turn), ey - 15 * math.sin(along + turn)) for turn in (0.45, -0.45)]
    svg.polygon([(ex, ey), *sides], f'fill="{TEXT}"')
    beside = (sx + 10, sy + 6) if anchor == "start" else (min(sx, ex) - 12, (sy + ey) / 2 + 6)
    svg.text(words, beside, 18, TEXT, f'text-anchor="{anchor}"')


def _laptop(svg: Svg, at: Callable[[float, float], Xy], setup: Setup) -> None:
    """A laptop on a small table, its camera at the top of the screen."""
    (x, y), (_, floor) = at(-setup.distance, setup.height), at(0, 0)
    desk = y + 0.24 * SCALE
    for leg in (x - 36, x + 18):
        svg.box((leg, desk + 4, 6, floor - desk - 4), f'fill="{FURNITURE}"')
    svg.box((x - 46, desk + 4, 82, 8), 'fill="#b4bec8"', 3)
    svg.line((x - 10, desk), (x + 26, desk), f'stroke="{TEXT}" stroke-width="6" stroke-linecap="round"')
    svg.line((x - 10, desk), (x, y - 5), f'stroke="{TEXT}" stroke-width="5" stroke-linecap="round"')
    svg.lens((x, y))


def _tripod(svg: Svg, at: Callable[[float, float], Xy], setup: Setup) -> None:
    """A phone on a tall tripod, tilted down."""
    (x, y), (_, floor) = at(-setup.distance, setup.height), at(0, 0)
    pole = x - 9
    for foot in (pole - 30, pole + 30):
        svg.line(
            (pole, floor - 0.62 * SCALE), (foot, floor - 1), f'stroke="{LINE}" stroke-width="4" stroke-linecap="round"'
        )
    svg.line((pole, y + 6), (pole, floor - 0.45 * SCALE), f'stroke="{LINE}" stroke-width="5" stroke-linecap="round"')
    tilt = math.degrees(-_pitch(setup))
    svg.box((x - 5, y - 20, 8, 40), f'fill="{TEXT}" transform="rotate({tilt:.0f} {x:.1f} {y:.1f})"', 3)
    svg.lens((x, y))
    radius = 74.0
    down = (x + radius * math.cos(math.radians(tilt)), y + radius * math.sin(math.radians(tilt)))
    svg.path(f"M{x:.1f} {y:.1f}h{radius + 18:g}", f'stroke="{LINE}" stroke-width="1.4" stroke-dasharray="3 4"')
    svg.path(
        f"M{x + radius:.1f} {y:.1f}A{radius:g} {radius:g} 0 0 1 {down[0]:.1f} {down[1]:.1f}",
        f'stroke="{CAMERA}" stroke-width="2.4"',
    )
    svg.text("tilted down", (x + radius + 10, y + 30), 19, TEXT, 'font-weight="600"')


def _pitch(setup: Setup) -> float:
    return math.atan2(setup.aim[2] - setup.height, setup.aim[0] + setup.distance)


def _picture(svg: Svg, setup: Setup) -> None:
    """What the camera sees, in true perspective."""
    left, top, width, height = PICTURE
    pitch, focal = _pitch(setup), width / 2 / math.tan(HFOV / 2)
    ahead = np.array([math.cos(pitch), 0.0, math.sin(pitch)])
    upwards = np.array([-math.sin(pitch), 0.0, math.cos(pitch)])
    eye = np.array([-setup.distance, 0.0, setup.height])

    def project(point: Xyz) -> tuple[float, float, float, float]:
        ray = np.array(point) - eye
        depth = float(ray @ ahead)
        scale = focal / depth
        return left + width / 2 - point[1] * scale, top + height / 2 - float(ray @ upwards) * scale, depth, scale

    def flat(x: float, y: float, z: float = 0.0) -> Xy:
        return project((x, y, z))[:2]

    svg.add('<g clip-path="url(#picture)">')
    svg.box((left, top, width, height), 'fill="#f3f6f8"')
    wall, front = 1.9, -setup.distance + 0.4
    svg.polygon([flat(wall, 6), flat(wall, -6), flat(front, -6), flat(front, 6)], 'fill="#e2e8ed"')
    x0, x1, y0, y1 = setup.mat
    svg.polygon(
        [flat(x0, y0), flat(x1, y0), flat(x1, y1), flat(x0, y1)], f'fill="{MAT}" stroke="#7fb8a8" stroke-width="1.5"'
    )
    svg.figure(setup.person, project)
    svg.add("</g>")
    svg.box((left, top, width, height), f'stroke="{TEXT}" stroke-width="3"', 10)
    for x, y, dx, dy in (
        (14, 14, 1, 1),
        (width - 14, 14, -1, 1),
        (14, height - 14, 1, -1),
        (width - 14, height - 14, -1, -1),
    ):
        svg.path(
            f"M{left + x + 20 * dx:g} {top + y:g}h{-20 * dx}v{20 * dy}",
            f'stroke="{CAMERA}" stroke-width="2.6" stroke-linecap="round"',
        )


SETUPS = (
    Setup(
        file="camera-side.svg",
        title="90-90 hip-flexor stretch: camera at your side",
        about="A person half-kneels on a mat with raised arms. The camera stands at the person's side, 2.5 to 3 m away "
        "and 0.7 to 1.2 m high, and sees the whole body from the side, raised hands included.",
        person=tuple(turned(half_kneeling(), (0, -1))),
        mat=(-0.32, 0.32, -0.9, 0.9),
        distance=2.75,
        height=0.95,
        heights=(0.7, 1.2),
        aim=(0.0, 0.0, 0.85),
        origin=496.0,
        tripod=False,
        distance_words="2.5 to 3 m",
        height_words="0.7 to 1.2 m high",
        facing=((-0.5, -0.1), (-0.5, -0.62), "you face this way", "end"),
        sees=(
            ("You from the side: turn your", "left or right side to it"),
            ("Your whole body, raised", "hands and feet included"),
            ("Nobody else",),
        ),
        avoid=(("From the front: the angles of", "hips and knees cannot be seen"),),
    ),
    Setup(
        file="camera-front.svg",
        title="90-90 with side bend: camera in front of you",
        about="A person half-kneels on a mat facing the camera and bends to the side of the front leg, arms raised. "
        "The camera stands in front, 2.5 to 3 m away and 0.7 to 1.2 m high, and sees the whole body from the front.",
        person=tuple(turned(half_kneeling(17), (-1, 0))),
        mat=(-0.9, 0.9, -0.32, 0.32),
        distance=2.75,
        height=0.95,
        heights=(0.7, 1.2),
        aim=(0.0, 0.0, 0.85),
        origin=484.0,
        tripod=False,
        distance_words="2.5 to 3 m",
        height_words="0.7 to 1.2 m high",
        facing=((-0.42, 0.5), (-0.95, 0.5), "you face this way", "start"),
        sees=(
            ("You from the front",),
            ("Your whole body, also while", "you bend to either side"),
            ("Nobody else",),
        ),
        avoid=(("From the side: the bend", "cannot be seen"),),
    ),
    Setup(
        file="camera-feet.svg",
        title="Knee drops: raised camera at your feet",
        about="A person lies on the back on a mat, knees bent, feet wide and towards the camera, both knees dropped "
        "inwards. The camera stands at the foot end, about 1.6 m from the knees and 1.5 to 2 m high, tilted down, and "
        "sees the person from head to feet.",
        person=tuple(turned(on_the_back(), (1, 0))),
        mat=(-0.45, 1.4, -0.32, 0.32),
        distance=1.6,
        height=1.8,
        heights=(1.5, 2.0),
        aim=(0.0, 0.0, 0.22),
        origin=392.0,
        tripod=True,
        distance_words="about 1.6 m to your knees",
        height_words="1.5 to 2 m high",
        facing=((0.02, 0.62), (-0.5, 0.62), "feet this way", "start"),
        sees=(
            ("You from head to feet,", "with your feet nearest"),
            ("Your feet wide, and", "both knees in sight"),
            ("Nobody else",),
        ),
        avoid=(
            ("Low at your feet: you are", "often not found, or misread"),
            ("From the side: the drops", "cannot be seen"),
        ),
    ),
)


def main(argv: list[str] | None = None) -> int:
    """Write the pictures; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs_pictures", description="Makes the pictures of docs/.")
    parser.add_argument("--only", choices=("overview", "camera"), help="one kind only")
    only = parser.parse_args(argv).only
    DOCS.mkdir(exist_ok=True)
    if only != "overview":
        for setup in SETUPS:
            (DOCS / setup.file).write_text(camera_drawing(setup), encoding="utf-8", newline="\n")
    if only != "camera":
        (DOCS / "overview.png").write_bytes(overview())
    for path in sorted([*DOCS.glob("camera-*.svg"), *DOCS.glob("overview.png")]):
        sys.stdout.write(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1000:.0f} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
