"""A text in lines that fit, on the live picture."""

from __future__ import annotations

from posecheck.draw.canvas import CAP_HEIGHT, LINE_PITCH, MEDIUM, WHITE, Canvas, Colour, Point, fit_text

MARGIN = 12  # units


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
