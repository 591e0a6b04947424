"""camera-side.svg, -front, -feet: where the camera stands, seen from the side and from above, and what it should see.

Drawn to scale from a jointed figure in metres, so that the three views of each agree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from tools.docs_pictures.figure import Part, Xy, Xyz, half_kneeling, on_the_back, turned
from tools.docs_pictures.svg import BEAM, CAMERA, FONT, FURNITURE, LINE, MAT, ROUND, SOFT, TEXT, Svg

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
