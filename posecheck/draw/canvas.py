"""A picture to draw on: shapes, plates and text whose sizes follow the picture, on any size and shape of it.

Lengths are in units: 1 unit is 1/480 of the picture's shorter side. Points are in pixels, may lie anywhere (also far
outside the picture), and are skipped when they are not finite. Colours are BGR, of the Okabe-Ito palette, which keeps
its contrasts for colour-blind eyes.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posecheck.libraries import load_cv2

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]
Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels

# The shades are guesses: light ones to be read on dark plates, and DARK under them. The others are Okabe and Ito's.
WHITE: Colour = (245, 245, 245)
GREY: Colour = (165, 165, 165)
DARK: Colour = (32, 26, 22)
SKY: Colour = (233, 180, 86)
ORANGE: Colour = (0, 159, 230)
YELLOW: Colour = (66, 228, 240)

REGULAR, MEDIUM, BOLD = 400, 500, 700  # weights of a font, as CSS counts them
# Height of digits and capitals, and the line pitch, as shares of the font's size (OpenCV's "sans" is Rubik).
CAP_HEIGHT = 0.70
LINE_PITCH = 1.22  # a guess: lines that do not touch
# A guess: how much of the picture shows through a plate: white text on it must be read on white ground.
PLATE_LIGHT = 0.27
_FAR = 16_000.0  # a guess: pixels, farther off than any picture's edge, and not too far for OpenCV to draw
_SMALLEST = 9  # a guess: pixels: smaller text cannot be read

_local = threading.local()


def _font() -> Any:
    """This thread's font face: loading one takes a while, and drawing sets its weight, so threads do not share it."""
    if not hasattr(_local, "font"):
        _local.font = load_cv2().FontFace("sans")
    return _local.font


@lru_cache(maxsize=1024)
def _text_width(text: str, size: int, weight: int) -> int:
    left, _, width, _ = load_cv2().getTextSize((0, 0), text, (0, 0), _font(), size, weight)
    return int(left + width)


@lru_cache(maxsize=32)
def _plate_mask(width: int, height: int, radius: int) -> Image:
    """What to multiply a picture with (255 = 1) to put a dark plate with round corners on it."""
    cv2 = load_cv2()
    mask = np.full((height, width, 3), 255, np.uint8)
    light = (round(255 * PLATE_LIGHT),) * 3
    cv2.fillPoly(mask, [_rounded(0, 0, width - 1, height - 1, radius)], light, cv2.LINE_AA)
    mask.setflags(write=False)
    return mask


def _rounded(left: int, top: int, right: int, bottom: int, radius: int) -> NDArray[np.int32]:
    """The outline of a rectangle with round corners, for fillPoly."""
    radius = max(0, min(radius, (right - left) // 2, (bottom - top) // 2))
    turn = np.radians(np.arange(0, 91, 15))
    corners = ((right, bottom, 0), (left, bottom, 90), (left, top, 180), (right, top, 270))
    parts = []
    for x, y, start in corners:
        angle = turn + math.radians(start)
        inwards_x = x - radius if x == right else x + radius
        inwards_y = y - radius if y == bottom else y + radius
        parts.append(np.column_stack((inwards_x + radius * np.cos(angle), inwards_y + radius * np.sin(angle))))
    return np.vstack(parts).round().astype(np.int32)


@lru_cache(maxsize=256)
def fit_text(text: str, width: int, size: int, lines: int, weight: int = MEDIUM) -> tuple[int, tuple[str, ...]]:
    """Break a text into lines that fit, in a font as small as it takes.

    Args:
        text: the words.
        width: of a line at most, in pixels.
        size: of the font at most, in pixels.
        lines: how many at most.
        weight: of the font.

    Returns:
        The font size in pixels and the lines, of about equal length. What does not fit in the smallest font is cut,
        with "…".
    """
    smallest = min(size, _SMALLEST)
    for smaller in range(size, smallest - 1, -1):
        broken = _break(text, width, smaller, weight)
        if broken is not None and len(broken) <= lines:
            return smaller, _balanced(text, width, smaller, weight, broken)
    cut = text
    while cut:
        cut = cut[:-1].rstrip()
        broken = _break(f"{cut}…", width, smallest, weight)
        if broken is not None and len(broken) <= lines:
            return smallest, broken
    return smallest, ()


def _break(text: str, width: int, size: int, weight: int) -> tuple[str, ...] | None:
    """Lines filled greedily with words; None when a single word is too wide."""
    lines: list[str] = []
    for word in text.split():
        if _text_width(word, size, weight) > width:
            return None
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def _balanced(text: str, width: int, size: int, weight: int, broken: tuple[str, ...]) -> tuple[str, ...]:
    """The same number of lines, broken as narrow as that allows, so that no word is left alone on the last one."""
    for share in (0.55, 0.65, 0.75, 0.85):
        narrower = _break(text, int(width * share), size, weight)
        if narrower is not None and len(narrower) == len(broken) > 1:
            return narrower
    return broken


def _whole(points: Iterable[Point]) -> list[tuple[int, int]]:
    """Whole pixels, none farther off than OpenCV can draw; in plain Python, as numpy is slower for a few points."""
    whole = []
    for x, y in points:
        if -_FAR < x < _FAR and -_FAR < y < _FAR:
            whole.append((round(x), round(y)))
        elif math.isfinite(x) and math.isfinite(y):
            whole.append((round(min(max(x, -_FAR), _FAR)), round(min(max(y, -_FAR), _FAR))))
    return whole


class Canvas:
    """Draws on `image`, BGR uint8 (height, width, 3), in place; `unit`: pixels a unit, when not by the picture's size.

    Example:
        canvas = Canvas(picture)
        canvas.text("92°", (20, 60), 24, WHITE)
    """

    def __init__(self, image: Image, unit: float | None = None) -> None:
        self.image = image
        self.height, self.width = image.shape[:2]
        self.unit = unit or min(self.width, self.height) / 480
        self._cv2 = load_cv2()

    def px(self, units: float) -> int:
        """Units to whole pixels, 1 at least."""
        return max(1, round(float(units * self.unit)))

    def path(self, points: Iterable[Point], colour: Colour, thickness: float, *, closed: bool = False) -> None:
        """Draw lines through points, antialiased, with round joints.

        Args:
            points: in pixels.
            colour: BGR.
            thickness: in units.
            closed: whether the last point is joined to the first.
        """
        corners = _whole(points)
        if len(corners) > 1:
            array = np.array(corners, np.int32)
            self._cv2.polylines(self.image, [array], closed, colour, self.px(thickness), self._cv2.LINE_AA)

    def fill(self, points: Iterable[Point], colour: Colour) -> None:
        """Draw a filled polygon.

        Args:
            points: its corners, in pixels.
            colour: BGR.
        """
        corners = _whole(points)
        if len(corners) > 2:
            self._cv2.fillPoly(self.image, [np.array(corners, np.int32)], colour, self._cv2.LINE_AA)

    def disc(self, centre: Point, radius: float, colour: Colour, outline: float = 0.0) -> None:
        """Draw a filled circle, or a ring.

        Args:
            centre: in pixels.
            radius: in units.
            colour: BGR.
            outline: thickness of the ring, in units; 0 fills the circle.
        """
        for x, y in _whole([centre]):
            thickness = self.px(outline) if outline else -1
            self._cv2.circle(self.image, (x, y), self.px(radius), colour, thickness, self._cv2.LINE_AA)

    def arc(
        self,
        centre: Point,
        radius: float,
        start: float,
        sweep: float,
        colour: Colour,
        thickness: float,
        dashes: int = 0,
    ) -> None:
        """Draw an arc; nothing when an angle is not finite.

        Args:
            centre: in pixels.
            radius: in units.
            start: where it begins, in degrees: 0 = right, 90 = down.
            sweep: how far it goes on, in degrees.
            colour: BGR.
            thickness: in units.
            dashes: of how many pieces it is made; 0 for a whole line.
        """
        if not math.isfinite(start + sweep):
            return
        pieces = max(dashes, 1)
        drawn = math.radians(sweep / (2 * pieces - 1))
        (x, y), reach = centre, radius * self.unit
        # As many corners as keep the polygon within a quarter of a pixel of the circle.
        corners = max(1, math.ceil(abs(drawn) / math.sqrt(2 / max(reach, 8))))
        for piece in range(pieces):
            begin = math.radians(start) + 2 * piece * drawn
            turns = [begin + drawn * corner / corners for corner in range(corners + 1)]
            points = [(x + reach * math.cos(turn), y + reach * math.sin(turn)) for turn in turns]
            self.path(points, colour, thickness)

    def tick(self, centre: Point, size: float, colour: Colour) -> None:
        """Draw a check-mark: drawn, since it carries meaning that colour alone must not.

        Args:
            centre: in pixels.
            size: about its width, in units.
            colour: BGR.
        """
        x, y, half = *centre, size * self.unit / 2
        corners = [(x - half, y), (x - 0.25 * half, y + 0.7 * half), (x + half, y - 0.75 * half)]
        self.path(corners, colour, max(1.0, size / 5))

    def plate(self, box: Box, radius: float = 10) -> None:
        """Darken the picture behind text: a translucent plate with round corners, cut at the picture's edge.

        Args:
            box: left, top, right, bottom in pixels.
            radius: of the corners, in units.
        """
        left, top, right, bottom = (round(edge) for edge in box)
        x0, y0, x1, y1 = max(left, 0), max(top, 0), min(right, self.width), min(bottom, self.height)
        if x1 <= x0 or y1 <= y0:
            return
        mask = _plate_mask(right - left, bottom - top, self.px(radius))[y0 - top : y1 - top, x0 - left : x1 - left]
        part = self.image[y0:y1, x0:x1]
        self._cv2.multiply(part, mask, dst=part, scale=1 / 255)

    def veil(self, left_top: tuple[int, int], keep: Image, light: Image) -> None:
        """Lay a translucent picture on this one, cut at its edge: multiply by one picture, then add another.

        Args:
            left_top: where it goes, in pixels.
            keep: how much is kept of what is below, (height, width, 3) BGR; 255 keeps all.
            light: what is added, of the same shape.
        """
        (left, top), (height, width) = left_top, keep.shape[:2]
        x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + width, self.width), min(top + height, self.height)
        if x1 <= x0 or y1 <= y0:
            return
        part = self.image[y0:y1, x0:x1]
        within = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
        self._cv2.multiply(part, keep[within], dst=part, scale=1 / 255)
        self._cv2.add(part, light[within], dst=part)

    def clear(self, colour: Colour) -> None:
        """One colour all over; ten times quicker than numpy does it."""
        self._cv2.rectangle(self.image, (0, 0), (self.width, self.height), colour, -1)

    def dim(self, light: float) -> None:
        """Darken the whole picture to this share of its light, to write on it."""
        self._cv2.convertScaleAbs(self.image, dst=self.image, alpha=light)

    def text(
        self, text: str, left_baseline: Point, size: float, colour: Colour, weight: int = MEDIUM, align: float = 0.0
    ) -> None:
        """Draw one line of text.

        Args:
            text: the words.
            left_baseline: where its baseline starts, in pixels.
            size: of the font, in units.
            colour: BGR.
            weight: of the font.
            align: the text starts at the point (0), is centred on it (0.5) or ends there (1).
        """
        pixels = self.px(size)
        shift = align * _text_width(text, pixels, weight) if align else 0.0
        for x, y in _whole([(left_baseline[0] - shift, left_baseline[1])]):
            self._cv2.putText(self.image, text, (x, y), colour, _font(), pixels, weight)

    def readable(self, size: float) -> bool:
        """Whether text of `size` units is large enough to read in this picture."""
        return self.px(size) >= _SMALLEST

    def text_width(self, text: str, size: float, weight: int = MEDIUM) -> int:
        """How wide a line of text would be, in pixels.

        Args:
            text: the words.
            size: of the font, in units.
            weight: of the font.
        """
        return _text_width(text, self.px(size), weight)


def overlap(box: Box, others: Sequence[Box]) -> float:
    """The area that a box shares with others, in square pixels; what two of them share counts twice.

    Args:
        box: left, top, right, bottom in pixels.
        others: the same of each.
    """
    left, top, right, bottom = box
    area = 0.0
    for other in others:
        if left < other[2] and right > other[0] and top < other[3] and bottom > other[1]:
            area += (min(right, other[2]) - max(left, other[0])) * (min(bottom, other[3]) - max(top, other[1]))
    return area
