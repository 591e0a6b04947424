"""What is drawn over or under any picture of a live set: help, notices, the strip at the foot.

Each function draws on a `Canvas`; none keeps anything.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    Canvas,
    Colour,
    fit_text,
)
from posecheck.live.ui.paragraph import MARGIN, paragraph

KEYS = (
    ("Space", "pause, go on"),
    ("n", "next exercise"),
    ("r", "restart this exercise"),
    ("m", "sound off, on"),
    ("f", "full screen"),
    ("h", "this help"),
    ("q, Esc", "quit"),
)


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
