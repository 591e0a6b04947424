"""A gauge for each judged signal: an arc at its joint, or a bar for a ratio, with the value and its target.

A reading inside its target is blue, solid and ticked, one outside is orange and dashed: nothing depends on telling
colours apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from posecheck.draw.canvas import (
    BOLD,
    CAP_HEIGHT,
    DARK,
    GREY,
    ORANGE,
    REGULAR,
    SKY,
    WHITE,
    Box,
    Canvas,
    Colour,
    Point,
)
from posecheck.draw.label_layout import Places, Wanted
from posecheck.draw.skeleton import LIMBS, TRUNK, Figure
from posecheck.measure.uncertainty import angle_text
from posecheck.records import Landmark, Signal
from posecheck.records.geometry import wrapped_deg
from posecheck.records.ranges import is_inside, range_text

Target = tuple[Signal, float, float | None, float | None]
Spot = Callable[[float, float], Box | None]  # width and height → where there is room


@dataclass(frozen=True, slots=True)
class _Joint:
    """Where an angle is drawn: its vertex, and the directions in degrees of its zero, its value and growing values."""

    vertex: Point
    zero: float
    value: float
    grows: int


def _direction(start: Point, end: Point) -> float:
    return math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))


def _joint(figure: Figure, signal: Signal, facing: int) -> _Joint | None:
    """Where `signal` is drawn on this body; None when it is not an angle, or cannot be seen.

    Which way values grow: flexion and elevation the way the joint is bent now, inclinations the way the body faces.
    """
    side, _, kind = signal.value.partition("_")
    if side not in LIMBS:
        side, kind = ("left" if figure.left_clearer else "right"), signal.value
    (shoulder, elbow, _), (hip, knee, ankle, heel, toe) = LIMBS[side]
    shoulders, hips = TRUNK[:2], TRUNK[2:]
    down = _direction(figure.at(*shoulders), figure.at(*hips))
    up = -90.0
    right = 1 if figure.at(Landmark.RIGHT_HIP)[0] > figure.at(Landmark.LEFT_HIP)[0] else -1
    inwards = right if side == "left" else -right
    across_foot = _direction(figure.at(heel), figure.at(toe)) - 90 * facing
    # landmarks of the vertex, landmarks the measured direction points to, direction of zero, sense in which values grow
    ways: dict[str, tuple[tuple[Landmark, ...], tuple[Landmark, ...], float, int]] = {
        "knee_flexion": ((knee,), (ankle,), _direction(figure.at(hip), figure.at(knee)), 0),
        "hip_flexion": ((hip,), (knee,), down, -facing),
        "thigh_inclination": ((knee,), (hip,), up, facing),
        "shin_inclination": ((ankle,), (knee,), up, facing),
        "arm_elevation": ((shoulder,), (elbow,), down, 0),
        "shin_tilt": ((ankle,), (knee,), up, inwards),
        "ankle_dorsiflexion": ((ankle,), (knee,), across_foot, facing),
        "trunk_lean": (hips, shoulders, up, facing),
        "side_bend": (hips, shoulders, up, right),
    }
    if kind not in ways:
        return None
    vertex, end, zero, grows = ways[kind]
    if not figure.seen(*vertex, *end):
        return None
    direction = _direction(figure.at(*vertex), figure.at(*end))
    bent = 1 if wrapped_deg(direction - zero) >= 0 else -1
    return _Joint(figure.at(*vertex), zero, direction, grows or bent)


def _plain(target: Target) -> Target:
    """The target as it is written: a bend that has to be to the left is "19° of 8–39°", not "-19° of -39 to -8°"."""
    signal, value, low, high = target
    if signal is Signal.SIDE_BEND and low is not None and high is not None and high <= 0:
        return signal, -value, -high, -low
    return target


@dataclass(frozen=True, slots=True)
class Label:
    """What is still to be written beside a joint or between two of them, once the free room is known."""

    anchor: Point
    target: Target


def draw_arcs(
    canvas: Canvas, figure: Figure, targets: tuple[Target, ...], *, facing: int, grey: bool = False
) -> list[Label]:
    """Draw the arcs of the judged readings at their joints, with the target zone.

    Args:
        canvas: the picture.
        figure: the body in it.
        targets: the readings, each with its bounds; one that is not a finite number is left out.
        facing: +1 when the body faces the right of the picture, else -1.
        grey: draw without a verdict.

    Returns:
        The labels for `draw_labels`.
    """
    labels = []
    for target in targets:
        signal, value, low, high = target
        if not math.isfinite(value):
            continue
        joint = _joint(figure, signal, facing)
        if joint is not None:
            _draw_arc(canvas, joint, value, low, high, grey)
            labels.append(Label(joint.vertex, target))
        elif signal in _BARS and figure.seen(*_BARS[signal][:2]):
            labels.append(Label(figure.at(*_BARS[signal][:2]), target))
    return labels


def draw_labels(
    canvas: Canvas,
    figure: Figure,
    labels: list[Label],
    *,
    taken: list[Box],
    grey: bool = False,
    errors: Mapping[Signal, float] | None = None,
    places: Places | None = None,
) -> list[Box]:
    """Write values and targets near their joints where there is room: off the boxes taken, the body, each other.

    Args:
        canvas: the picture.
        figure: the body in it.
        labels: what `draw_arcs` returned.
        taken: boxes to keep off, in pixels; they are not changed.
        grey: draw without a verdict.
        errors: the ± of a value, in degrees, where it is known.
        places: remembers where the labels of the pictures before stood; None for a single picture.

    Returns:
        The boxes of the labels, in pixels.
    """
    spots = figure.spots()
    if not spots:
        return []
    reach = 8 * canvas.unit
    body = [(x - reach, y - reach, x + reach, y + reach) for x, y in spots]
    middle = sum(x for x, _ in spots) / len(spots), sum(y for _, y in spots) / len(spots)
    boxes = list(taken)
    places = places or Places()
    places.next_picture()

    def spot_of(label: Label, away: float, keep_off: list[Box]) -> Spot:
        def spot(width: float, height: float) -> Box | None:
            return places.spot(canvas, label.target[0], Wanted(label.anchor, away, width, height), boxes, keep_off)

        return spot

    # What has its place keeps it; then what is outside its target: it matters most, should there not be room for all.
    for label in sorted(labels, key=lambda label: (not places.known(label.target[0]), is_inside(*label.target[1:]))):
        x, y = label.anchor
        hidden = any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in taken)
        if hidden or not (0 <= x < canvas.width and 0 <= y < canvas.height):
            continue
        error = (errors or {}).get(label.target[0])
        if label.target[0] in _BARS:
            box = _draw_bar(canvas, label, error, spot_of(label, 90, []), grey)
        else:
            words = angle_text(_plain(label.target)[1], error)
            spot = spot_of(label, _direction(middle, label.anchor), body)
            box = _draw_label(canvas, label, words, spot, grey)
        if box is not None:
            boxes.append(box)
    return boxes[len(taken) :]


def _colour(target: Target, grey: bool) -> Colour:
    _, value, low, high = target
    if grey:
        return GREY
    if low is None and high is None:
        return WHITE
    return SKY if is_inside(value, low, high) else ORANGE


def _draw_arc(canvas: Canvas, joint: _Joint, value: float, low: float | None, high: float | None, grey: bool) -> None:
    radius = 27.0
    if low is not None or high is not None:
        begin = low if low is not None else min(0.0, high or 0.0)
        end = high if high is not None else max(begin + 40.0, value)
        zone = joint.zero + joint.grows * begin, joint.grows * min(end - begin, 180.0)
        canvas.arc(joint.vertex, radius, *zone, DARK, 8.5)
        canvas.arc(joint.vertex, radius, *zone, GREY, 6)
    colour = _colour((Signal.TRUNK_LEAN, value, low, high), grey)
    sweep = wrapped_deg(joint.value - joint.zero)
    good = grey or is_inside(value, low, high)
    dashes = 0 if good else max(2, round(abs(sweep) / 22))
    canvas.arc(joint.vertex, radius, joint.zero, sweep, DARK, 6)
    canvas.arc(joint.vertex, radius, joint.zero, sweep, colour, 3.5, dashes)
    turn = math.radians(joint.value)
    reach = radius * canvas.unit
    needle = (joint.vertex[0] + reach * math.cos(turn), joint.vertex[1] + reach * math.sin(turn))
    canvas.disc(needle, 5.5, DARK)
    canvas.disc(needle, 4, colour)


def _draw_label(canvas: Canvas, label: Label, words: str, spot: Spot, grey: bool) -> Box | None:
    """The value in `words` and its target on a plate; returns the plate's box, or None when there is no room for it."""
    _, value, low, high = _plain(label.target)
    goal = range_text(low, high, "°", digits=0) if canvas.readable(13) else ""
    tick = (low is not None or high is not None) and not grey and is_inside(value, low, high)
    unit = canvas.unit
    first = canvas.text_width(words, 19, BOLD) + (18 * unit if tick else 0)
    width = max(first, canvas.text_width(goal, 13)) + 14 * unit
    box = spot(width, (42 if goal else 26) * unit)
    if box is None:
        return None
    _draw_leader(canvas, label.anchor, box)
    canvas.plate(box, 7)
    left, baseline = box[0] + 7 * unit, box[1] + (7 + 19 * CAP_HEIGHT) * unit
    colour = _colour(label.target, grey)
    canvas.text(words, (left, baseline), 19, colour, BOLD)
    if tick:
        canvas.tick((left + canvas.text_width(words, 19, BOLD) + 11 * unit, baseline - 6 * unit), 11, colour)
    if goal:
        canvas.text(goal, (left, baseline + 16 * unit), 13, WHITE, REGULAR)
    return box


def _draw_leader(canvas: Canvas, anchor: Point, box: Box) -> None:
    """A thin line to a label that had to be put far from its joint."""
    nearest = min(max(anchor[0], box[0]), box[2]), min(max(anchor[1], box[1]), box[3])
    distance, start = math.dist(anchor, nearest), 30 * canvas.unit
    if distance > 1.5 * start:
        share = start / distance
        begin = anchor[0] + share * (nearest[0] - anchor[0]), anchor[1] + share * (nearest[1] - anchor[1])
        canvas.path([begin, nearest], DARK, 1.5)


# Ratios, and the tilt of both shins, are bars under the middle of two landmarks: landmarks, label, lowest and highest
_BARS: dict[Signal, tuple[Landmark, Landmark, str, float, float]] = {
    Signal.KNEE_GAP_RATIO: (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE, "Knees apart", 0.0, 2.0),
    Signal.KNEE_DROP: (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE, "Knees", -30.0, 40.0),
    Signal.KNEE_SHIFT: (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE, "Knees to a side", -1.0, 1.0),
    Signal.FEET_GAP_RATIO: (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE, "Feet apart", 0.0, 2.0),
}


def _draw_bar(canvas: Canvas, label: Label, error: float | None, spot: Spot, grey: bool) -> Box | None:
    """A ratio as a bar with target zone and pointer, under the landmarks it is taken between; see `_draw_label`."""
    signal, value, low, high = target = label.target
    _, _, name, lowest, highest = _BARS[signal]
    lowest, highest = min(lowest, value, low or 0), max(highest, value, high or 0)
    unit = canvas.unit
    box = spot(148 * unit, 54 * unit)
    if box is None:
        return None
    canvas.plate(box, 7)
    colour, good = _colour(target, grey), is_inside(value, low, high)
    left, right, middle = box[0] + 10 * unit, box[2] - 10 * unit, box[1] + 36 * unit

    def across(ratio: float) -> float:
        return float(left + (ratio - lowest) / (highest - lowest) * (right - left))

    if canvas.readable(13):
        canvas.text(name, (left, box[1] + 18 * unit), 13, WHITE, REGULAR)
    end = right - (15 * unit if good and not grey else 0)
    number = angle_text(value, error) if signal is Signal.KNEE_DROP else f"{value:.2f}"
    canvas.text(number, (end, box[1] + 19 * unit), 17, colour, BOLD, align=1)
    if good and not grey:
        canvas.tick((right - 5 * unit, box[1] + 13 * unit), 10, colour)
    canvas.path([(left, middle), (right, middle)], GREY, 2)
    zone = across(lowest if low is None else low), across(highest if high is None else high)
    canvas.path([(zone[0], middle), (zone[1], middle)], SKY if not grey else GREY, 7)
    x = across(value)
    pointer = [(x, middle - 2 * unit), (x - 6 * unit, middle + 11 * unit), (x + 6 * unit, middle + 11 * unit)]
    canvas.fill(pointer, colour)
    canvas.path(pointer, DARK, 1, closed=True)
    return box
