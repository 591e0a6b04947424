"""Writes docs/signals.md with its pictures, and docs/exercise.schema.json, from the code.

    python -m tools.signals_page

A test compares what is there with what this writes.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from posecheck.exercises.schema import exercise_schema
from posecheck.measure.signals import PLANES, About, all_kinds, measured_errors
from posecheck.records.files import atomic_write_text

DOCS = Path(__file__).resolve().parents[1] / "docs"
PICTURES = "signals"

Xy = tuple[float, float]
Line = tuple[Xy, ...]


@dataclass(frozen=True, slots=True)
class Angle:
    """An angle to draw: its vertex, a point in the direction of zero, one in the direction of the value."""

    vertex: Xy
    zero: Xy
    value: Xy
    radius: float = 34


@dataclass(frozen=True, slots=True)
class Picture:
    """A stick figure: what of it is measured, the angles, and the distances that a ratio is made of."""

    head: Xy
    body: tuple[Line, ...]
    measured: tuple[Line, ...]
    angles: tuple[Angle, ...] = ()
    bars: tuple[tuple[Xy, Xy, str], ...] = ()
    floor: float | None = 206
    words: str = ""


# half-kneeling, seen from the side, facing the picture's right
_SHOULDER, _HIP = (112, 62), (108, 122)
_FRONT = ((108, 122), (158, 136), (150, 202), (172, 202))
_REAR = ((108, 122), (88, 184), (32, 192))
_SIDE_ARM = ((112, 62), (120, 92), (132, 112))
# from the front: the person's right is on the picture's left
_LEGS = (((98, 126), (94, 164), (92, 202)), ((142, 126), (146, 164), (148, 202)))
# lying on the back, seen from raised feet
_LYING = (((96, 66), (144, 66)), ((100, 116), (140, 116)), ((120, 66), (120, 116)))


def _on_the_back(left_knee: Xy, right_knee: Xy) -> tuple[Line, ...]:
    return (*_LYING, ((100, 116), right_knee, (72, 196)), ((140, 116), left_knee, (168, 196)))


_IN = _on_the_back((140, 140), (100, 140))
_FIGURES = {
    "knee_flexion": Picture(
        (118, 36),
        ((_SHOULDER, _HIP), _SIDE_ARM, _REAR),
        (_FRONT[:3],),
        (Angle(_FRONT[1], (208, 150), _FRONT[2]),),
    ),
    "hip_flexion": Picture(
        (118, 36),
        (_SIDE_ARM, _REAR, _FRONT[1:]),
        ((_SHOULDER, *_FRONT[:2]),),
        (Angle(_HIP, (104, 182), _FRONT[1]),),
    ),
    "thigh_inclination": Picture(
        (118, 36),
        ((_SHOULDER, _HIP), _SIDE_ARM, _FRONT, _REAR[1:]),
        (_REAR[:2],),
        (Angle(_REAR[1], (88, 118), _HIP, 44),),
    ),
    "shin_inclination": Picture(
        (118, 36),
        ((_SHOULDER, _HIP), _SIDE_ARM, _REAR, (_HIP, (176, 138)), ((150, 202), (172, 202))),
        (((150, 202), (176, 138)),),
        (Angle((150, 202), (150, 134), (176, 138), 44),),
    ),
    "ankle_dorsiflexion": Picture(
        (118, 36),
        ((_SHOULDER, _HIP), _SIDE_ARM, _REAR, (_HIP, (176, 138))),
        (((140, 202), (190, 202)), ((150, 200), (176, 138))),
        (Angle((150, 202), (150, 134), (176, 138), 44),),
    ),
    "arm_elevation": Picture(
        (108, 38),
        (_FRONT, _REAR),
        ((_HIP, _SHOULDER, (150, 38)), ((150, 38), (172, 20))),
        (Angle(_SHOULDER, _HIP, (150, 38)),),
    ),
    "trunk_lean": Picture(
        (146, 42),
        (_FRONT, _REAR, ((132, 66), (138, 96), (150, 116))),
        ((_HIP, (132, 66)),),
        (Angle(_HIP, (108, 56), (132, 66), 46),),
    ),
    "side_bend": Picture(
        (94, 42),
        (((98, 126), (142, 126)), *_LEGS, ((78, 72), (64, 100), (58, 122)), ((120, 62), (130, 92), (134, 114))),
        (((120, 126), (99, 67)), ((78, 72), (120, 62))),
        (Angle((120, 126), (120, 58), (99, 67), 48),),
        words="← the person's right",
    ),
    "shin_tilt": Picture(
        (120, 40),
        _IN,
        (((100, 140), (72, 196)), ((140, 140), (168, 196))),
        (Angle((72, 196), (72, 132), (100, 140), 42), Angle((168, 196), (168, 132), (140, 140), 42)),
        floor=None,
    ),
    "knee_drop": Picture(
        (120, 40),
        _IN,
        (((100, 140), (72, 196)), ((140, 140), (168, 196))),
        (Angle((72, 196), (72, 132), (100, 140), 42), Angle((168, 196), (168, 132), (140, 140), 42)),
        (((190, 116), (190, 140), "+ c"),),
        floor=None,
        words="c: 10° for each trunk length",
    ),
    "knee_gap_ratio": Picture(
        (120, 40),
        _IN,
        (),
        bars=(((100, 152), (140, 152), "a"), ((72, 210), (168, 210), "b")),
        floor=None,
        words="a / b",
    ),
    "knee_shift": Picture(
        (120, 40),
        _on_the_back((140, 140), (64, 134)),
        (),
        bars=(((120, 160), (102, 160), "a"), ((72, 210), (168, 210), "b")),
        floor=None,
        words="a / b",
    ),
    "feet_gap_ratio": Picture(
        (120, 34),
        (
            ((96, 60), (144, 60)),
            ((120, 60), (120, 122)),
            ((104, 122), (136, 122)),
            ((104, 122), (88, 160), (74, 198)),
            ((136, 122), (152, 160), (166, 198)),
        ),
        (),
        bars=(((74, 212), (166, 212), "a"), ((96, 74), (144, 74), "b")),
        floor=200,
        words="a / b",
    ),
    "stride_ratio": Picture(
        (118, 36),
        (_SIDE_ARM, _REAR, _FRONT),
        ((_SHOULDER, _HIP),),
        bars=(((32, 172), (150, 172), "a"), ((76, 62), (72, 122), "b")),
        words="a / b",
    ),
    "hip_height_ratio": Picture(
        (130, 40),
        (((118, 64), (104, 122)), ((118, 64), (150, 84), (176, 74)), ((138, 202), (166, 202))),
        (((104, 122), (152, 150), (138, 202)),),
        bars=(((70, 122), (70, 202), "a"),),
        words="a / (thigh + shin)",
    ),
}

_BONE = 'fill="none" stroke="#9aa7b4" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"'
_MEASURED = 'fill="none" stroke="#0072b2" stroke-width="7" stroke-linecap="round" stroke-linejoin="round"'
_ZERO = 'fill="none" stroke="#5b6773" stroke-width="1.8" stroke-dasharray="5 5"'
_ARC = 'fill="none" stroke="#c04a00" stroke-width="3.4" stroke-linecap="round"'
_FONT = 'font-family="sans-serif" font-size="15" fill="#2b3640"'


def drawing(about: About) -> str:
    """The picture of a signal, as SVG."""
    picture = _FIGURES[about.kind]
    title = f"{about.title}: 0 is {about.zero}"
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 230" width="240" height="230" role="img">',
        f"<title>{title}</title>",
        '<rect x="0.8" y="0.8" width="238.4" height="228.4" rx="12" fill="#fff" stroke="#d5dce3"/>',
    ]
    if picture.floor is not None:
        parts.append(f'<path d="M20 {picture.floor:g}H220" stroke="#d5dce3" stroke-width="3"/>')
    parts += [f'<path d="{_path(line)}" {_BONE}/>' for line in picture.body]
    x, y = picture.head
    parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="16" fill="#fff" stroke="#9aa7b4" stroke-width="6"/>')
    parts += [f'<path d="{_path(line)}" {_MEASURED}/>' for line in picture.measured]
    for angle in picture.angles:
        parts += _angle(angle)
    for start, end, words in picture.bars:
        parts += _bar(start, end, words)
    if picture.words:
        parts.append(f'<text x="14" y="224" {_FONT}>{picture.words}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _path(line: Sequence[Xy]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in line)


def _angle(angle: Angle) -> list[str]:
    """The dashed line of zero, and the arc from it to the value with a + at its end."""
    x, y = angle.vertex
    begin, end = (math.atan2(p[1] - y, p[0] - x) for p in (angle.zero, angle.value))
    turn = (end - begin + math.pi) % math.tau - math.pi
    radius = angle.radius
    (x0, y0), (x1, y1) = ((x + radius * math.cos(at), y + radius * math.sin(at)) for at in (begin, begin + turn))
    arc = f"M{x0:.1f} {y0:.1f}A{radius:g} {radius:g} 0 0 {1 if turn > 0 else 0} {x1:.1f} {y1:.1f}"
    middle = begin + turn / 2
    at = x + (radius + 13) * math.cos(middle), y + (radius + 13) * math.sin(middle)
    return [
        f'<path d="{_path((angle.vertex, angle.zero))}" {_ZERO}/>',
        f'<path d="{arc}" {_ARC}/>',
        f'<text x="{at[0]:.1f}" y="{at[1] + 6:.1f}" text-anchor="middle" font-weight="700" {_FONT}>+</text>',
    ]


def _bar(start: Xy, end: Xy, words: str) -> list[str]:
    """A distance, with what it is called."""
    upright = start[0] == end[0]
    dx, dy = (5, 0) if upright else (0, 5)
    ends = [((x - dx, y - dy), (x + dx, y + dy)) for x, y in (start, end)]
    at = max(start[0], end[0]) + 9, (start[1] + end[1]) / 2 + 5
    return [
        *(f'<path d="{_path(line)}" {_ARC}/>' for line in ((start, end), *ends)),
        f'<text x="{at[0]:g}" y="{at[1]:g}" {_FONT}>{words}</text>',
    ]


# ---- the page

_HEAD = """# The signals

What an exercise can measure. Made from the code by `python -m tools.signals_page`; do not edit.

- **Names**: `left_` and `right_` are the person's own sides. `front_` and `rear_` are the legs of a half-kneeling body:
  they need `groups_by = "rear_leg"` and `posture = "half_kneeling"`. `working_` and `other_` are the sides of an arm or
  leg where the groups are sides: `working_knee_flexion` is the left knee's for the group left. They need
  `groups_by = "side"`, and make each limit count for both groups.
- **Plane**: `image` measures in the picture, `world` on the detector's 3-D points. An exercise says which; when
  left out it is `image`, which is the more exact one in the views named here.
- **View**: the yaw of the camera, 0° in front of the person or behind, 90° at the side. `view.yaw_enter` of an exercise
  must lie within the views of all its signals, `view.yaw_exit` may go 10° further: `posecheck exercises check` says so.
- **Error**: ± in degrees, the 95th percentile of measured minus true over recordings of [ACCURACY.md](../ACCURACY.md),
  in the named exercise's own view (the worse of both legs). No number: not measured; do not set limits closer than 15°.

The format of an exercise file is [exercise.schema.json](exercise.schema.json); `posecheck exercises new NAME` writes a
commented starting file.
"""


def page() -> str:
    """The text of docs/signals.md."""
    rows = ["| signal | zero | plane of the body | views: `image` | views: `world` |", "|---|---|---|---|---|"]
    for about in all_kinds():
        views = " | ".join(_yaw(about, plane) for plane in PLANES)
        anchor = about.title.lower().replace(" ", "-")
        rows.append(f"| [{about.title}](#{anchor}) | {about.zero} | {about.body_plane} | {views} |")
    return "\n".join([_HEAD, *rows, "", *(_section(about) for about in all_kinds())])


def _yaw(about: About, plane: str) -> str:
    low, high = about.trusted_yaw[plane]
    return "any" if (low, high) == (0, 90) else f"{low:g} to {high:g}°"


def _section(about: About) -> str:
    low, high = about.possible
    values = f"{low:g} to {high:g}".replace("-inf", "any").replace("any to inf", "any").replace("to inf", "or more")
    unit = "°" if about.unit == "degrees" else ", without a unit"
    errors = [f"±{error:.0f}° as `{known}` in `{name}`" for name, known, error in measured_errors(about.kind)]
    rows = [
        ("names", ", ".join(f"`{name}`" for name in about.names)),
        ("zero", about.zero),
        ("sign", about.sign),
        ("values", f"{values}{unit}"),
        ("plane of the body", about.body_plane),
        ("trusted views", "; ".join(f"`{plane}`: {_yaw(about, plane)}" for plane in PLANES)),
        ("error", "; ".join(errors) or "not measured"),
    ]
    return "\n".join(
        [
            f"## {about.title}\n",
            f"![{about.title}]({PICTURES}/{about.kind}.svg)\n",
            f"{about.what}\n",
            "| | |",
            "|---|---|",
            *(f"| {key} | {words} |" for key, words in rows),
            "",
            f"{about.note}\n",
        ]
    )


def files() -> dict[str, str]:
    """What is written: path within docs → text."""
    pictures = {f"{PICTURES}/{about.kind}.svg": drawing(about) for about in all_kinds()}
    schema = json.dumps(exercise_schema(), indent=2, ensure_ascii=False)
    return {"signals.md": page(), "exercise.schema.json": f"{schema}\n", **pictures}


def main() -> None:
    """Write all files."""
    (DOCS / PICTURES).mkdir(exist_ok=True)
    for name, text in files().items():
        atomic_write_text(DOCS / name, text)
    sys.stdout.write(f"{len(files())} files are written to {DOCS}\n")


if __name__ == "__main__":
    main()
