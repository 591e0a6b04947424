"""The result at the end of a routine."""

from __future__ import annotations

from functools import cache

from posecheck.draw.canvas import BOLD, GREY, MEDIUM, ORANGE, SKY, WHITE, Canvas, Point
from posecheck.errors import PosecheckError
from posecheck.exercises import load_exercise
from posecheck.live.guide.flow_records import Moment
from posecheck.live.ui.paragraph import paragraph
from posecheck.records import Summary


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
