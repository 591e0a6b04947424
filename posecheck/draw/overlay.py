"""Step → picture: draws what was seen and judged on the frame, for the annotated video and the live window.

    on the body    the skeleton, and a gauge for each judged signal (skeleton.py, angle_overlay.py)
    top left       the held seconds in a ring, and the phase
    top right      the title, and the repetitions as dots by side or direction
    bottom         the one cue, or why nothing is judged

Everything is sized by the picture's shorter side; the seconds are at least 1/8 of its height. Drawing takes about 2 ms
at 640 x 480. Text is never mirrored. cv2 is loaded with the first picture, not with this module.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from posecheck.draw.angle_overlay import draw_arcs, draw_labels
from posecheck.draw.canvas import (
    BOLD,
    CAP_HEIGHT,
    GREY,
    LINE_PITCH,
    MEDIUM,
    ORANGE,
    REGULAR,
    SKY,
    WHITE,
    Box,
    Canvas,
    Colour,
    Image,
    Point,
    fit_text,
)
from posecheck.draw.label_layout import Places
from posecheck.draw.skeleton import Figure, draw_skeleton
from posecheck.libraries import load_cv2
from posecheck.records import SHORTEST_HOLD_S, Measurement, Phase, Pose, Progress, Step

_PHASES = {
    Phase.SETUP: "Get ready",
    Phase.POSITION: "In position",
    Phase.HOLD: "Hold",
    Phase.PAUSED: "Paused",
    Phase.RETURN: "Come back",
    Phase.SWITCH: "Change over",
    Phase.DONE: "Set done",
}
_MARGIN = 12  # units
_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)  # the box of what is not drawn
_TRACK: Colour = (110, 110, 110)  # BGR, the part of a ring that is still to come
# More dots than this do not fit: the row is written as numbers.
_MOST_DOTS = 6
_FAIR_LETTERS = 22  # units; a guess: a cue in smaller letters takes two lines instead


def draw(image: Image, step: Step, *, mirror: bool = False, title: str = "") -> Image:
    """Draw a step on a copy of its frame.

    Args:
        image: BGR uint8 (height, width, 3), unmirrored, of any size; it is left as it is.
        step: what the frame led to. Its pose is scaled when it was found in a picture of another size.
        mirror: flip the picture left to right, as a mirror does. Left and right limbs stay the subject's own.
        title: a short name to show, usually the exercise's.

    Returns:
        A new picture of the same size.

    Raises:
        DependencyError: OpenCV cannot be loaded.

    Example:
        cv2.imwrite("step.png", draw(frame.image, step, title="Side bend"))
    """
    canvas = Canvas(_copy(image, mirror))
    draw_step(canvas, step, mirror=mirror, title=title)
    return canvas.image


@dataclass(slots=True)
class Memory:
    """What the pictures before looked like: with it nothing jumps from one picture to the next."""

    figure: Figure | None = None
    places: Places = field(default_factory=Places)


def draw_step(
    canvas: Canvas,
    step: Step,
    *,
    mirror: bool = False,
    title: str = "",
    memory: Memory | None = None,
    hold: bool = True,
    banner: bool = True,
    readable_px: float = 0.0,
) -> list[Box]:
    """Draw a step on a picture that is mirrored already.

    Args:
        canvas: the picture.
        step: what the frame led to.
        mirror: whether the picture is mirrored.
        title: a short name to show.
        memory: of the pictures before, in a row of pictures.
        hold: whether the seconds are shown.
        banner: whether the cue is written at the bottom.
        readable_px: the seconds are at least so many pixels high (and 1/8 of the picture's height).

    Returns:
        The boxes of the cards.
    """
    grey = not step.check.judged
    figure = draw_body(canvas, step.pose, mirror, grey=grey, memory=memory)
    labels = []
    if figure is not None:
        facing = _facing(step.measurement, mirror)
        labels = draw_arcs(canvas, figure, step.progress.angles, facing=facing, grey=grey)
    # The cards go over the body, and the labels keep off the cards.
    taken = [_draw_hold(canvas, step.progress, step.check.judged, readable_px) if hold else _NOWHERE]
    taken.append(_draw_counts(canvas, step.progress, title, beside=taken[0]))
    taken.append(_draw_banner(canvas, step) if banner else _NOWHERE)
    if figure is not None:
        errors, places = step.progress.errors, memory.places if memory else None
        draw_labels(canvas, figure, labels, taken=taken, grey=grey, errors=errors, places=places)
    return taken


def _copy(image: Image, mirror: bool) -> Image:
    return np.ascontiguousarray(load_cv2().flip(image, 1)) if mirror else image.copy()


def _facing(measurement: Measurement, mirror: bool) -> int:
    """Which way the body faces in the picture as shown: +1 right, -1 left."""
    facing = measurement.view.facing if measurement.view and measurement.view.facing else 1
    return -facing if mirror else facing


def draw_body(
    canvas: Canvas, pose: Pose, mirror: bool, *, grey: bool = False, memory: Memory | None = None
) -> Figure | None:
    """Draw the skeleton.

    Args:
        canvas: the picture.
        pose: the body in it, in pixels of the picture that it was found in.
        mirror: whether the picture is mirrored.
        grey: draw without a verdict.
        memory: what is kept from picture to picture; None for a single picture.

    Returns:
        The figure that was drawn; None when nobody is seen.
    """
    if not pose.present:
        return None
    last = memory.figure if memory else None
    figure = Figure(pose, canvas.width, canvas.height, mirror=mirror, last=last)
    if memory:
        memory.figure = figure
    draw_skeleton(canvas, figure, grey=grey)
    return figure


def _draw_hold(canvas: Canvas, progress: Progress, judged: bool, readable_px: float = 0.0) -> Box:
    """The held seconds and the phase, top left: in a ring or, where a ring would fill a narrow picture, over a bar."""
    unit, margin = canvas.unit, _MARGIN * canvas.unit
    # the digits are 1/8 of the height or more
    digits = max(canvas.height / 8, 56 * unit, readable_px) * 1.03 / CAP_HEIGHT / unit
    # a ring about two digits: with room to spare or, in a narrow picture, as close as they allow
    radius = digits * (0.86 if 2 * digits * unit < 0.45 * canvas.width else 0.76)
    side = 2 * (radius + 8) * unit
    ring = side < 0.5 * canvas.width
    width, height = (side, side) if ring else (digits * 1.5 * unit, (digits * CAP_HEIGHT + 64) * unit)
    box = (margin, margin, margin + width, margin + height + 32 * unit)
    canvas.plate(box, 14)
    colour = _state_colour(progress, judged)
    middle = (margin + width / 2, margin + height / 2 - (0 if ring else 16 * unit))
    done = progress.phase is Phase.DONE
    repeats = progress.target_s < SHORTEST_HOLD_S and bool(progress.goal)
    value, target, of = progress.held_s, progress.target_s, f"of {progress.target_s:g} s"
    if repeats:  # nothing is held: what is counted is the number to see from afar
        value, target = float(sum(progress.counts.values())), float(sum(progress.goal.values()))
        of = f"of {target:g}"
    share = min(max(value / target, 0.0), 1.0) if target > 0 else 0.0
    share = 1.0 if done else share
    if ring:
        draw_ring(canvas, middle, radius, share, colour, dashed=progress.phase is Phase.PAUSED)
    else:
        across = (margin + 14 * unit, margin + width - 14 * unit)
        _draw_hold_bar(canvas, across, margin + height - 9 * unit, share, colour, dashed=progress.phase is Phase.PAUSED)
    if done:
        canvas.tick(middle, digits * 0.75, colour)
    else:
        lift = middle[1] + digits * CAP_HEIGHT / 2 * unit
        number = f"{math.floor(max(value, 0.0) + 1e-6)}"
        canvas.text(number, (middle[0], lift), digits, WHITE if judged else GREY, BOLD, align=0.5)
        canvas.text(of, (middle[0], lift + 20 * unit), 14, GREY, MEDIUM, align=0.5)
    reached = repeats and progress.phase is Phase.HOLD
    phase = _PHASES[Phase.RETURN if reached else progress.phase] if judged or done else "Not judged"
    canvas.text(phase, (middle[0], box[3] - 12 * unit), 20, colour, BOLD, align=0.5)
    return box


def draw_ring(canvas: Canvas, centre: Point, radius: float, share: float, colour: Colour, *, dashed: bool) -> None:
    """Draw a ring that fills from the top, as a clock turns.

    Args:
        canvas: the picture.
        centre: in pixels.
        radius: in units.
        share: how much of it is filled, 0 to 1.
        colour: of the filled part, BGR.
        dashed: draw the filled part in dashes.
    """
    canvas.disc(centre, radius, _TRACK, outline=2)
    if share > 0.004:
        canvas.arc(centre, radius, -90, 360 * share, colour, 9, max(2, round(share * 24)) if dashed else 0)


def _draw_hold_bar(
    canvas: Canvas, across: tuple[float, float], y: float, share: float, colour: Colour, *, dashed: bool
) -> None:
    left, right = across
    canvas.path([(left, y), (right, y)], _TRACK, 2)
    pieces = max(2, round(share * 9)) if dashed else 1
    drawn = share * (right - left) / (2 * pieces - 1)
    for piece in range(pieces if share > 0.004 else 0):
        start = left + 2 * piece * drawn
        canvas.path([(start, y), (start + drawn, y)], colour, 9)


def _state_colour(progress: Progress, judged: bool) -> Colour:
    if not judged and progress.phase is not Phase.DONE:
        return GREY
    return {Phase.HOLD: SKY, Phase.DONE: SKY, Phase.PAUSED: ORANGE}.get(progress.phase, WHITE)


def _draw_counts(canvas: Canvas, progress: Progress, title: str, *, beside: Box) -> Box:
    """The title, and a row of dots for each side or direction, top right: filled when counted, hollow when to come.

    Where there is no room for it beside the box of the seconds, it goes under that.
    """
    unit, margin = canvas.unit, _MARGIN * canvas.unit
    rows = list(progress.goal)
    labels = max((canvas.text_width(row.capitalize(), 18, BOLD) for row in rows), default=0)
    most = max((progress.goal[row] for row in rows), default=0)
    dots = (min(most, _MOST_DOTS) * 18 + 6) * unit
    space = max(1, int(canvas.width - beside[2] - 2 * margin - 20 * unit))
    size, lines = fit_text(title, min(space, canvas.px(230)), canvas.px(15), 2) if title else (0, ())
    heading = max((canvas.text_width(line, size / unit) for line in lines), default=0)
    width = max(labels + dots + 22 * unit if rows else 0, heading) + 20 * unit
    height = ((6 + 18 * len(lines) if lines else 0) + 27 * len(rows) + 10) * unit
    top = margin if width - 20 * unit <= space else beside[3] + margin
    box = (canvas.width - margin - width, top, canvas.width - margin, top + height)
    if not rows and not lines:
        return _NOWHERE
    canvas.plate(box, 14)
    left, baseline = box[0] + 10 * unit, box[1] + 22 * unit
    for line in lines:
        canvas.text(line, (left, baseline), size / unit, GREY)
        baseline += 18 * unit
    baseline += 6 * unit if lines else 0
    for row in rows:
        current = row == progress.group and progress.phase is not Phase.DONE
        _draw_count_row(canvas, (left, baseline), labels, row, progress, current)
        baseline += 27 * unit
    return box


def _draw_count_row(
    canvas: Canvas, start: tuple[float, float], labels: int, row: str, progress: Progress, current: bool
) -> None:
    unit = canvas.unit
    left, baseline = start
    middle = baseline - 6 * unit
    if current:
        canvas.fill([(left, middle - 6 * unit), (left + 9 * unit, middle), (left, middle + 6 * unit)], WHITE)
    colour, weight = (WHITE, BOLD) if current else (GREY, MEDIUM)
    canvas.text(row.capitalize(), (left + 14 * unit, baseline), 18, colour, weight)
    counted, goal = progress.counts.get(row, 0), progress.goal[row]
    x = left + labels + 32 * unit
    if goal > _MOST_DOTS or counted > goal:
        canvas.text(f"{counted} of {goal}", (x - 8 * unit, baseline), 17, SKY, BOLD)
        return
    for number in range(goal):
        if number < counted:
            canvas.disc((x, middle), 7, SKY)
        else:
            canvas.disc((x, middle), 6, GREY, outline=1.6)
        x += 18 * unit


def words_of(step: Step) -> tuple[str, str]:
    """The cue and, when nothing is judged, the reason; each empty when there is nothing to say."""
    reason = ""
    if not step.check.judged and step.progress.phase is not Phase.DONE:
        words = (step.check.reason_code or "").replace("_", " ").replace(":", ", ")
        reason = f"Not judged: {words}" if words else "Not judged"
    return step.progress.cue or "", reason


def _draw_banner(canvas: Canvas, step: Step) -> Box:
    """The current cue, or why nothing is judged, at the bottom; nothing when there is nothing to say."""
    cue, reason = words_of(step)
    if not cue and not reason:
        return _NOWHERE
    if not cue:
        return _draw_plate_text(canvas, reason, "", GREY)
    return _draw_plate_text(canvas, cue, reason, WHITE)


def _draw_plate_text(canvas: Canvas, words: str, small: str, colour: Colour) -> Box:
    """Large words on a dark plate along the bottom edge, with small ones above them.

    One line where letters of a fair size allow it, as the feet of a whole body are there; else two.
    """
    unit, margin = canvas.unit, _MARGIN * canvas.unit
    space = int(canvas.width - 2 * margin - 28 * unit)
    size, lines = fit_text(words, space, canvas.px(33), 1)
    if size < canvas.px(_FAIR_LETTERS):
        size, lines = fit_text(words, space, canvas.px(27), 2)
    small_size, small_lines = fit_text(small, space, canvas.px(16), 1, REGULAR) if small else (0, ())
    pitch = size * LINE_PITCH
    height = pitch * len(lines) + (22 * unit if small else 0) + 18 * unit
    box = (margin, canvas.height - margin - height, canvas.width - margin, canvas.height - margin)
    canvas.plate(box, 14)
    baseline = box[1] + 9 * unit
    for line in small_lines:
        canvas.text(line, (canvas.width / 2, baseline + 15 * unit), small_size / unit, GREY, REGULAR, align=0.5)
        baseline += 22 * unit
    baseline += (pitch + size * CAP_HEIGHT) / 2
    for line in lines:
        canvas.text(line, (canvas.width / 2, baseline), size / unit, colour, align=0.5)
        baseline += pitch
    return box
