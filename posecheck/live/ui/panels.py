"""What stands on the live picture outside an exercise: start screen, countdown, rest, pause, result, help, notices.

Each function draws on a `Canvas`; none keeps anything. What is laid out in boxes gives back the box it took.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache

from posecheck.draw.canvas import (
    BOLD,
    CAP_HEIGHT,
    DARK,
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
    Point,
    fit_text,
)
from posecheck.draw.overlay import draw_ring
from posecheck.errors import PosecheckError
from posecheck.exercises import load_exercise
from posecheck.exercises.format import Exercise
from posecheck.live.guide.flow_records import FramingCheck, Moment
from posecheck.live.ui.ghost import draw_ghost, draw_room, stance_of
from posecheck.records import SHORTEST_HOLD_S, Progress, Side, Summary

KEYS = (
    ("Space", "pause, go on"),
    ("n", "next exercise"),
    ("r", "restart this exercise"),
    ("m", "sound off, on"),
    ("f", "full screen"),
    ("h", "this help"),
    ("q, Esc", "quit"),
)
MARGIN = 12  # units
_CARD, _ROW = 196.0, 39.0  # width of a card, height of a line of the checklist
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def paragraph(
    canvas: Canvas,
    text: str,
    left_top: Point,
    width: float,
    size: float,
    colour: Colour = WHITE,
    *,
    lines: int = 1,
    weight: int = MEDIUM,
    align: float = 0.0,
) -> float:
    """Write text in lines that fit, smaller where it must be.

    Args:
        canvas: the picture.
        text: the words.
        left_top: the corner where they start, in pixels.
        width: of a line at most, in pixels.
        size: of the font at most, in units.
        colour: BGR.
        lines: how many at most.
        weight: of the font.
        align: each line starts at the left (0), is centred (0.5) or ends at the right (1) of `width`.

    Returns:
        Its lower edge in pixels.
    """
    pixels, broken = fit_text(text, max(1, int(width)), canvas.px(size), lines, weight)
    baseline = left_top[1] + pixels * (LINE_PITCH + CAP_HEIGHT) / 2
    for line in broken:
        canvas.text(line, (left_top[0] + align * width, baseline), pixels / canvas.unit, colour, weight, align)
        baseline += pixels * LINE_PITCH
    return left_top[1] + len(broken) * pixels * LINE_PITCH


# ---- the start screen


def draw_start(canvas: Canvas, moment: Moment, *, mirror: bool) -> None:
    """Find the place: draw the ghost figure, between the cards or, in a narrow picture, under them.

    Args:
        canvas: the picture.
        moment: its exercise says which figure.
        mirror: whether the picture is mirrored.
    """
    margin = MARGIN * canvas.unit
    below = 0.0 if canvas.width > 1.15 * canvas.height else _cards_height(moment) * canvas.unit + margin
    aside = 0.0 if below else (_CARD - 6) * canvas.unit
    box = (margin + aside, margin + below, canvas.width - margin - aside, canvas.height - margin)
    draw_ghost(canvas, stance_of(moment.exercise), box, mirror=mirror)


def draw_start_cards(canvas: Canvas, moment: Moment) -> None:
    """Find the place: draw what must be right, at the left, and where the camera goes, at the right.

    Args:
        canvas: the picture.
        moment: what the flow made of the newest pose.
    """
    unit, margin, width = canvas.unit, MARGIN * canvas.unit, _CARD * canvas.unit
    _draw_checklist(canvas, moment, (margin, margin, margin + width, margin + _cards_height(moment) * unit))
    room = (canvas.width - margin - width, margin, canvas.width - margin, margin + _CARD * unit)
    canvas.plate(room, 14)
    inside = (room[0] + 8 * unit, room[1] + 6 * unit, room[2] - 8 * unit, room[1] + 100 * unit)
    draw_room(canvas, stance_of(moment.exercise), inside)
    place = moment.exercise.view.camera
    start = (room[0] + 10 * unit, room[1] + 104 * unit)
    words = f"Camera: {place[:1].lower()}{place[1:]}"
    paragraph(canvas, words, start, width - 20 * unit, 14, lines=5, weight=REGULAR)


def _cards_height(moment: Moment) -> float:
    return max(_CARD, 84.0 + _ROW * len(moment.framing) + 6)


def _draw_checklist(canvas: Canvas, moment: Moment, box: Box) -> None:
    """The title, and what must be right before it starts: ticked when it is, an open ring when it is not yet."""
    unit = canvas.unit
    canvas.plate(box, 14)
    left, width = box[0] + 12 * unit, box[2] - box[0] - 24 * unit
    number = f"Exercise {moment.number} of {moment.total}" if moment.total > 1 else "Find your place"
    paragraph(canvas, number, (left, box[1] + 8 * unit), width, 14, GREY)
    paragraph(canvas, moment.exercise.title, (left, box[1] + 26 * unit), width, 20, lines=2, weight=BOLD)
    top = box[1] + 82 * unit
    for check in moment.framing:
        _draw_check(canvas, check, (left, top), width)
        top += _ROW * unit


def _draw_check(canvas: Canvas, check: FramingCheck, left_top: Point, width: float) -> None:
    unit = canvas.unit
    left, middle = left_top[0], left_top[1] + 17 * unit
    if check.met:
        canvas.tick((left + 9 * unit, middle), 17, SKY)
    else:
        canvas.disc((left + 9 * unit, middle), 7.5, ORANGE, outline=2.4)
    pixels, lines = fit_text(check.text, int(width - 27 * unit), canvas.px(16), 2, MEDIUM)
    pitch = pixels * 1.1
    baseline = middle + pixels * CAP_HEIGHT / 2 - (len(lines) - 1) * pitch / 2
    for line in lines:
        canvas.text(line, (left + 26 * unit, baseline), pixels / unit, WHITE if not check.met else GREY)
        baseline += pitch


def draw_care(canvas: Canvas, care: str, recording: bool) -> None:
    """Write the words of care on a plate along the bottom: when to stop first and large, then all others.

    Args:
        canvas: the picture.
        care: the words; sentences that begin with "Stop" come first.
        recording: whether pictures are kept, which is said, too.
    """
    unit, margin = canvas.unit, MARGIN * canvas.unit
    stop = " ".join(one for one in _SENTENCE_END.split(care) if one.startswith("Stop"))
    rest = " ".join(one for one in _SENTENCE_END.split(care) if not one.startswith("Stop"))
    kept = "Pictures are being recorded." if recording else "No picture is kept."
    width = canvas.width - 2 * margin - 28 * unit
    stop_px, stop_lines = fit_text(stop, int(width), canvas.px(20), 3, BOLD) if stop else (0, ())
    rest_px, rest_lines = fit_text(f"{rest} {kept}".strip(), int(width), canvas.px(14), 6, REGULAR)
    height = (stop_px * len(stop_lines) + rest_px * len(rest_lines)) * LINE_PITCH + 24 * unit
    box = (margin, canvas.height - margin - height, canvas.width - margin, canvas.height - margin)
    canvas.plate(box, 14)
    canvas.plate(box, 14)  # twice as dark: this must be read
    left = box[0] + 14 * unit
    top = paragraph(canvas, stop, (left, box[1] + 10 * unit), width, 20, lines=3, weight=BOLD) if stop else box[1]
    paragraph(canvas, f"{rest} {kept}".strip(), (left, top + 4 * unit), width, 14, lines=6, weight=REGULAR)


# ---- between the exercises


def draw_ready(canvas: Canvas, moment: Moment, height: float = 0.5) -> None:
    """Three, two, one: draw a number of a third of the picture.

    Args:
        canvas: the picture.
        moment: how many seconds are left.
        height: where the number's middle is, as a share of the picture from the top.
    """
    canvas.dim(0.5)
    left = moment.seconds_left or 0.0
    number = str(max(1, math.ceil(left - 1e-6)))
    middle = (canvas.width / 2, canvas.height * height)
    size = min(canvas.height * 0.34 / CAP_HEIGHT, canvas.width * 0.5) / canvas.unit
    draw_ring(canvas, middle, size * 0.62, min(left % 1.0 or 1.0, 1.0), SKY, dashed=False)
    baseline = middle[1] + size * CAP_HEIGHT / 2 * canvas.unit
    canvas.text(number, (middle[0], baseline), size, WHITE, BOLD, align=0.5)


def draw_rest(canvas: Canvas, moment: Moment) -> None:
    """Draw what comes next, where its camera goes, and the seconds until then.

    Args:
        canvas: the picture.
        moment: its exercise is the next one.
    """
    canvas.dim(0.3)
    unit, margin = canvas.unit, 24 * canvas.unit
    wide = canvas.width > 1.15 * canvas.height
    digits = max(canvas.height * 0.16, 70 * unit) / CAP_HEIGHT / unit
    radius = digits * 0.86
    middle = (margin + (radius + 10) * unit, canvas.height / 2) if wide else (canvas.width / 2, (radius + 40) * unit)
    seconds = moment.seconds_left or 0.0
    whole = max(seconds, moment.t - moment.stage_since + seconds)
    draw_ring(canvas, middle, radius, seconds / whole if whole > 0 else 0.0, SKY, dashed=False)
    baseline = middle[1] + digits * CAP_HEIGHT / 2 * unit
    canvas.text(str(math.ceil(seconds - 1e-6)), (middle[0], baseline), digits, WHITE, BOLD, align=0.5)
    canvas.text("Rest", (middle[0], baseline + 26 * unit), 19, GREY, MEDIUM, align=0.5)
    left = middle[0] + (radius + 34) * unit if wide else margin
    top = 30 * unit if wide else middle[1] + (radius + 30) * unit
    width = canvas.width - margin - left
    exercise = moment.exercise
    top = paragraph(canvas, f"Next, {moment.number} of {moment.total}", (left, top), width, 18, GREY)
    top = paragraph(canvas, exercise.title, (left, top), width, 34, lines=2, weight=BOLD)
    top = paragraph(canvas, dose_of(exercise), (left, top + 2 * unit), width, 18, SKY, weight=BOLD)
    room = (left, top + 12 * unit, left + min(width, 230 * unit), top + 122 * unit)
    draw_room(canvas, stance_of(exercise), room)
    beside = room[2] + 14 * unit
    if canvas.width - margin - beside > 150 * unit:
        paragraph(canvas, exercise.view.camera, (beside, room[1]), canvas.width - margin - beside, 16, lines=5)
        top = room[3] + 8 * unit
    else:
        top = paragraph(canvas, exercise.view.camera, (left, room[3] + 6 * unit), width, 16, lines=3) + 4 * unit
    for step in exercise.steps:
        if top > canvas.height - 44 * unit:
            break
        canvas.disc((left + 4 * unit, top + 10 * unit), 2.5, GREY)
        top = (
            paragraph(canvas, step, (left + 16 * unit, top), width - 16 * unit, 15, lines=2, weight=REGULAR) + 2 * unit
        )


def dose_of(exercise: Exercise) -> str:
    """How much of it, in a few words: "2 × 20 s each: left, right"; without seconds where nothing is held."""
    names = ", ".join(exercise.groups)
    if exercise.timing.target_s < SHORTEST_HOLD_S:
        return f"{exercise.goal.each} × {names}"
    return f"{exercise.goal.each} × {exercise.timing.target_s:g} s each: {names}"


def draw_switch(canvas: Canvas, exercise: Exercise, progress: Progress) -> None:
    """Change over: draw large words and, where it is the other leg's turn, an arrow from this side to that one.

    Args:
        canvas: the picture.
        exercise: gives the words.
        progress: its group is the side that is done.
    """
    unit = canvas.unit
    legs = exercise.groups_by == "rear_leg" and progress.group in (Side.LEFT, Side.RIGHT)
    width = min(canvas.width - 2 * MARGIN * unit, 470 * unit)
    left, top, height = (canvas.width - width) / 2, 0.24 * canvas.height, (150 if legs else 94) * unit
    canvas.plate((left, top, left + width, top + height), 18)
    inner = width - 32 * unit
    words = exercise.switch_cue.rstrip(".")
    paragraph(canvas, words, (left + 16 * unit, top + 10 * unit), inner, 60, weight=BOLD, align=0.5)
    if not legs:
        return
    now, then = f"{progress.group}", f"{Side(progress.group or '').other} knee down"
    arrow, gap = 44 * unit, 14 * unit
    words_px = canvas.text_width(now, 30, MEDIUM) + canvas.text_width(then, 30, BOLD)
    x, baseline = (canvas.width - words_px - arrow - 2 * gap) / 2, top + 126 * unit
    canvas.text(now, (x, baseline), 30, GREY, MEDIUM)
    x += canvas.text_width(now, 30, MEDIUM) + gap
    _draw_arrow(canvas, (x, baseline - 10 * unit), (x + arrow, baseline - 10 * unit))
    canvas.text(then, (x + arrow + gap, baseline), 30, SKY, BOLD)


def _draw_arrow(canvas: Canvas, start: Point, end: Point) -> None:
    unit = canvas.unit
    canvas.path([start, end], SKY, 6)
    back = end[0] - 15 * unit
    canvas.path([(back, end[1] - 13 * unit), end, (back, end[1] + 13 * unit)], SKY, 6)


def draw_paused(canvas: Canvas) -> None:
    """Two bars, as on the button of a player."""
    canvas.dim(0.35)
    unit, middle, top = canvas.unit, canvas.width / 2, canvas.height / 2 - 100 * canvas.unit
    for left in (-44.0, 14.0):
        x, bottom = middle + left * unit, top + 96 * unit
        canvas.fill([(x, top), (x + 30 * unit, top), (x + 30 * unit, bottom), (x, bottom)], WHITE)
    canvas.text("Paused", (middle, top + 156 * unit), 54, WHITE, BOLD, align=0.5)


# ---- the result


def draw_done(canvas: Canvas, moment: Moment) -> None:
    """Draw a row for each exercise: counts by side or direction against the goal, and the seconds held.

    Args:
        canvas: the picture.
        moment: the verdicts are those that are finished in it.
    """
    canvas.dim(0.22)
    unit = canvas.unit
    width = min(canvas.width - 48 * unit, 600 * unit)
    left = (canvas.width - width) / 2
    complete = bool(moment.finished) and all(one.complete for one in moment.finished)
    top = 26 * unit
    if complete:
        canvas.tick((left + 24 * unit, top + 26 * unit), 44, SKY)
    words = "Well done" if complete else "Finished for now"
    paragraph(canvas, words, (left + (60 * unit if complete else 0), top), width - 60 * unit, 46, weight=BOLD)
    top += 74 * unit
    room = max(1, int((canvas.height - top - 40 * unit) / (68 * unit)))
    for summary in moment.finished[:room]:
        _draw_result(canvas, summary, (left, top), width)
        top += 68 * unit
    if len(moment.finished) > room:
        canvas.text(f"and {len(moment.finished) - room} more", (left, top + 16 * unit), 18, GREY)
    if not moment.finished:
        paragraph(canvas, "No exercise was done.", (left, top), width, 24, GREY)


def _draw_result(canvas: Canvas, summary: Summary, left_top: Point, width: float) -> None:
    unit, (left, top) = canvas.unit, left_top
    canvas.path([(left, top), (left + width, top)], GREY, 1)
    mark = (left + 14 * unit, top + 34 * unit)
    if summary.complete:
        canvas.tick(mark, 24, SKY)
    else:
        canvas.disc(mark, 10, ORANGE, outline=2.6)
    held = sum(one.held_s for one in summary.repetitions if one.counted)
    inner = width - 150 * unit
    paragraph(canvas, title_of(summary.exercise), (left + 40 * unit, top + 6 * unit), inner, 22, weight=BOLD)
    counts = " · ".join(f"{name} {summary.counts.get(name, 0)} of {goal}" for name, goal in summary.goal.items())
    paragraph(canvas, counts, (left + 40 * unit, top + 35 * unit), inner, 19, SKY if summary.complete else WHITE)
    canvas.text(f"{held:.0f} s", (left + width, top + 32 * unit), 28, WHITE, BOLD, align=1)
    canvas.text("held", (left + width, top + 54 * unit), 16, GREY, MEDIUM, align=1)


@cache
def title_of(name: str) -> str:
    """The title of an exercise by its name; its name in words when it is none of the built-in ones."""
    try:
        return load_exercise(name).title
    except PosecheckError:
        return name.replace("_", " ").capitalize()


# ---- over everything


def draw_help(canvas: Canvas) -> None:
    """What the keys do."""
    unit = canvas.unit
    width, height = 356 * unit, (64 + 34 * len(KEYS)) * unit
    left, top = (canvas.width - width) / 2, max(0.0, (canvas.height - height) / 2)
    for _ in range(2):
        canvas.plate((left, top, left + width, top + height), 16)
    canvas.text("Keys", (left + 24 * unit, top + 40 * unit), 26, WHITE, BOLD)
    baseline = top + 78 * unit
    for key, words in KEYS:
        canvas.text(key, (left + 24 * unit, baseline), 20, SKY, BOLD)
        canvas.text(words, (left + 118 * unit, baseline), 20, WHITE)
        baseline += 34 * unit


def draw_notice(canvas: Canvas, text: str) -> None:
    """Draw a band across the picture with a warning sign, for trouble with the camera.

    Args:
        canvas: the picture.
        text: what is wrong, and what to do.
    """
    unit = canvas.unit
    width = min(canvas.width - 2 * MARGIN * unit, 640 * unit)
    pixels, lines = fit_text(text, max(1, int(width - 90 * unit)), canvas.px(24), 3, MEDIUM)
    height = max(70 * unit, len(lines) * pixels * LINE_PITCH + 24 * unit)
    left, top = (canvas.width - width) / 2, (canvas.height - height) / 2
    for _ in range(2):
        canvas.plate((left, top, left + width, top + height), 14)
    x, y = left + 40 * unit, top + height / 2
    canvas.fill([(x, y - 22 * unit), (x + 24 * unit, y + 19 * unit), (x - 24 * unit, y + 19 * unit)], ORANGE)
    canvas.text("!", (x, y + 14 * unit), 30, DARK, BOLD, align=0.5)
    start = (left + 76 * unit, top + (height - len(lines) * pixels * LINE_PITCH) / 2)
    paragraph(canvas, text, start, width - 90 * unit, 24, lines=3)


def draw_foot(
    canvas: Canvas,
    words: str,
    small: str,
    left: Sequence[str],
    marks: Sequence[tuple[str, bool]],
    colour: Colour = WHITE,
) -> None:
    """Draw the strip under the picture: the one thing to do in large letters, and what stands around it.

    Args:
        canvas: the strip alone.
        words: the one thing to do; may be empty.
        small: words above it; may be empty.
        left: up to two short lines at the left.
        marks: words at the right, and whether a filled dot stands before them (REC).
        colour: of the large letters, BGR.
    """
    unit = canvas.unit
    canvas.clear(DARK)
    narrow = canvas.width < 560 * unit
    aside = 10 * unit if narrow else 98 * unit
    _draw_asides(canvas, left, marks, narrow)
    space, top = max(1, int(canvas.width - 2 * aside)), (22 if narrow else 3) * unit
    if small:
        top = paragraph(canvas, small, (aside, top), space, 15, GREY, weight=REGULAR, align=0.5)
    if not words:
        return
    room = canvas.height - top - 3 * unit
    pixels, lines = fit_text(words, space, canvas.px(38), 1)
    if pixels < canvas.px(27):
        pixels, lines = fit_text(words, space, max(1, min(canvas.px(33), int(room / 2 / LINE_PITCH))), 2)
    baseline = top + (room - len(lines) * pixels * LINE_PITCH) / 2 + pixels * (LINE_PITCH + CAP_HEIGHT) / 2
    for line in lines:
        canvas.text(line, (canvas.width / 2, baseline), pixels / unit, colour, align=0.5)
        baseline += pixels * LINE_PITCH


def _draw_asides(canvas: Canvas, left: Sequence[str], marks: Sequence[tuple[str, bool]], narrow: bool) -> None:
    """The short lines at both ends of the strip: one above the other or, in a narrow picture, in a row at the top."""
    unit = canvas.unit
    first = 18 * unit if narrow else canvas.height / 2 - 3 * unit
    if narrow:
        canvas.text("   ".join(left[:2]), (10 * unit, first), 15, GREY, MEDIUM)
    else:
        for number, line in enumerate(left[:2]):
            drop = 19 * number if len(left) > 1 else 8
            canvas.text(line, (10 * unit, first + drop * unit), 15, GREY, MEDIUM)
    right, baseline = canvas.width - 10 * unit, first + (8 * unit if len(marks) == 1 and not narrow else 0)
    for line, dot in marks[:2]:
        width = canvas.text_width(line, 16, BOLD)
        canvas.text(line, (right, baseline), 16, WHITE, BOLD, align=1)
        if dot:
            canvas.disc((right - width - 11 * unit, baseline - 6 * unit), 6, ORANGE)
        if narrow:
            right -= width + 36 * unit
        else:
            baseline += 20 * unit
