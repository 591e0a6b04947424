"""The start screen: where to stand, what must be right before it starts, and the words of care.

Each function draws on a `Canvas`; none keeps anything.
"""

from __future__ import annotations

import re

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
    Point,
    fit_text,
)
from posecheck.live.guide.flow_records import FramingCheck, Moment
from posecheck.live.ui.ghost import draw_ghost, draw_room, stance_of
from posecheck.live.ui.paragraph import MARGIN, paragraph

_CARD, _ROW = 196.0, 39.0  # width of a card, height of a line of the checklist
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


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
