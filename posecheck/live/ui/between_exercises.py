"""What is drawn between exercises: countdown, rest, change of sides, pause.

Each function draws on a `Canvas`; none keeps anything.
"""

from __future__ import annotations

import math

from posecheck.draw.canvas import BOLD, CAP_HEIGHT, GREY, MEDIUM, REGULAR, SKY, WHITE, Canvas, Point
from posecheck.draw.overlay import draw_ring
from posecheck.exercises.format import Exercise
from posecheck.live.guide.flow_records import Moment
from posecheck.live.ui.ghost import draw_room, stance_of
from posecheck.live.ui.paragraph import MARGIN, paragraph
from posecheck.records import SHORTEST_HOLD_S, Progress, Side


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
