"""A plot as inline SVG that takes its colours from the page, so that it follows light and dark.

Scales, ticks and marks are drawn with drawsvg. Nothing has a style attribute, as a strict Content-Security-Policy
forbids them; letters are text in the page's own font. A unit is a CSS pixel: text is readable at phone width because a
plot is made no wider than that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from html import escape
from typing import Any

SMALL = (330, 200)  # width and height in CSS pixels: fits a phone
PHONE_WIDTH, DESK_WIDTH = 330, 760  # CSS pixels: a phone held upright, and a page's column on a desk
FONT, SMALL_FONT = 11.5, 10.0  # a guess: CSS pixels; smaller cannot be read on a phone
LEFT, RIGHT, BOTTOM, TOP = 46, 10, 36, 10  # margins
_TICK = 3.0  # CSS pixels
_TICKS_APART_PX = 24.0  # a guess: at least, of a scale of values
_HATCH_PX = 5.0  # a guess: between two lines of a hatch
# how each hatch is drawn: the way its lines are turned, and whether others cross them
_HATCHES = {"////": (45, False), "\\\\\\\\": (-45, False), "xxxx": (45, True), "||||": (0, False)}

Point = tuple[float, float]


class Ink(StrEnum):
    """The colours of plots: variables of the page."""

    TEXT = "var(--plot-text)"
    GRID = "var(--plot-grid)"
    MAIN = "var(--plot-main)"
    SECOND = "var(--plot-second)"
    THIRD = "var(--plot-third)"
    GOOD = "var(--plot-good)"
    BAD = "var(--plot-bad)"
    PAPER = "var(--plot-paper)"


class Plot:
    """One plot: what is drawn later lies above, and nothing sticks out of its ranges but marks and words.

    Args:
        key: a name of its own in the page.
        size: width and height in CSS pixels.
        x_range, y_range: the values at the left and right, and at the lower and upper edge.
        left: the margin on the left, for what stands at the axis.
        grid: whether the ticks of values have lines.
    """

    def __init__(
        self, key: str, size: tuple[int, int], x_range: Point, y_range: Point, *, left: int = LEFT, grid: bool = True
    ) -> None:
        import drawsvg

        self._svg: Any = drawsvg
        self.key, self.x_range, self.y_range = key, x_range, y_range
        self._width, self._height = size
        self._box = (float(left), float(TOP), float(size[0] - RIGHT), float(size[1] - BOTTOM))
        self._grid = grid
        clip = drawsvg.ClipPath(id=f"{key}-clip")
        x0, y0, x1, y1 = self._box
        clip.append(drawsvg.Rectangle(x0, y0, x1 - x0, y1 - y0))
        self._inside: Any = drawsvg.Group(clip_path=clip)
        self._behind: list[Any] = []
        self._above: list[Any] = []
        self._patterns: dict[tuple[str, str], Any] = {}

    # ---- places

    def x(self, value: float) -> float:
        """Where a value is, in pixels."""
        return _placed(value, self.x_range, (self._box[0], self._box[2]))

    def y(self, value: float) -> float:
        """Where a value is, in pixels from the top."""
        return _placed(value, self.y_range, (self._box[3], self._box[1]))

    # ---- marks

    def line(self, points: Iterable[Point | None], ink: Ink, *, width: float = 1.2, dash: str = "") -> None:
        """Draw a line through points.

        Args:
            points: (x, y) as values; None is a gap.
            ink: its colour.
            width: in CSS pixels.
            dash: "" for a whole line, else the lengths of dashes and gaps in CSS pixels: "4 3".
        """
        parts, pen = [], "M"
        for point in points:
            if point is None:
                pen = "M"
            else:
                parts.append(f"{pen}{_short(self.x(point[0]))} {_short(self.y(point[1]))}")
                pen = "L"
        self._path("".join(parts), stroke=ink, fill="none", stroke_width=width, **_dashed(dash))

    def markers(self, points: Iterable[Point], shape: str, ink: Ink, *, radius: float) -> None:
        """Draw a mark at each point.

        Args:
            points: (x, y) as values.
            shape: "o" is a circle, "s" a square, "^" a triangle, "D" a diamond and "X" a cross.
            ink: its colour.
            radius: in CSS pixels.
        """
        self._above.append(self._svg.Path(d=self._marks(points, shape, radius), fill=ink))

    def cross(self, point: Point, ink: Ink, label: str) -> None:
        """Draw one large cross with a label beside it.

        Args:
            point: (x, y) as values.
            ink: the colour of the cross.
            label: the words.
        """
        self._above.append(self._svg.Path(d=self._marks([point], "X", 4.5), fill=ink, stroke=Ink.PAPER))
        self._words(label, self.x(point[0]) + 7, self.y(point[1]) - 3, FONT, font_weight="bold")

    def level(self, value: float, ink: Ink, *, width: float = 0.8, dash: str = "") -> None:
        """Draw a line across the plot.

        Args:
            value: its height, as a value.
            ink: its colour.
            width: in CSS pixels.
            dash: as for `line`.
        """
        self.line([(self.x_range[0], value), (self.x_range[1], value)], ink, width=width, dash=dash)

    def band(self, low: float, high: float, ink: Ink, opacity: float) -> None:
        """Draw a shaded band across the plot.

        Args:
            low: its lower edge, as a value.
            high: its upper edge, as a value.
            ink: its colour.
            opacity: 0 to 1.
        """
        self._path(self._rectangle(*self.x_range, low, high), fill=ink, fill_opacity=opacity)

    def ribbon(self, parts: Iterable[Sequence[tuple[float, float, float]]], ink: Ink, opacity: float) -> None:
        """Shade the area between a lower and a higher line.

        Args:
            parts: each is drawn by itself: a row of (x, low, high) as values.
            ink: the colour.
            opacity: 0 to 1.
        """
        path = ""
        for part in parts:
            around = [(x, high) for x, _, high in part] + [(x, low) for x, low, _ in reversed(part)]
            path += "M" + "L".join(f"{_short(self.x(x))} {_short(self.y(y))}" for x, y in around) + "z"
        self._path(path, fill=ink, fill_opacity=opacity)

    def boxes(self, boxes: Iterable[tuple[float, float, float, float]], ink: Ink, hatch: str = "") -> None:
        """Draw rectangles.

        Args:
            boxes: left, right, low, high of each, as values.
            ink: the colour.
            hatch: "" to fill them, else a key of `_HATCHES`: they are hatched with it, on paper.
        """
        path = "".join(self._rectangle(*box) for box in boxes)
        self._path(path, fill=self._hatched(ink, hatch) if hatch else ink, stroke=ink, stroke_width=1)

    def text(self, words: str, x_px: float, y_px: float, *, anchor: str = "start", size: float = SMALL_FONT) -> None:
        """Write words at a place in pixels; `x` and `y` give places of values.

        Args:
            words: one line.
            x_px: where they start, or what `anchor` says, in CSS pixels.
            y_px: their baseline, in CSS pixels.
            anchor: "start", "middle" or "end": which part of the words is at `x_px`.
            size: of the font, in CSS pixels.
        """
        self._words(words, x_px, y_px, size, text_anchor=anchor)

    # ---- axes

    def y_axis(self, label: str, *, whole: bool = False) -> None:
        """Draw the scale of values: round numbers, each with a line, and what they are.

        Args:
            label: what the values are.
            whole: use whole numbers only.
        """
        low, high = sorted(self.y_range)
        room = (self._box[3] - self._box[1]) / _TICKS_APART_PX
        step = _round_step((high - low) / room, whole=whole)
        ticks = [n * step for n in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        for tick in ticks:
            self._y_tick(tick, f"{tick + 0.0:.{decimals}f}".replace("-", "−"))
        middle, at = (self._box[1] + self._box[3]) / 2, FONT
        self._words(label, at, middle, FONT, text_anchor="middle", transform=f"rotate(-90 {at} {_short(middle)})")

    def y_names(self, names: Iterable[tuple[float, str]]) -> None:
        """Names at places of the scale, without ticks."""
        for value, name in names:
            self._words(name, self._box[0] - 6, self.y(value) + FONT / 3, FONT, text_anchor="end")

    def x_axis(self, ticks: Sequence[tuple[float, str]], label: str, *, inwards: bool = False) -> None:
        """Draw the axis below the plot.

        Args:
            ticks: (value, its label), in order.
            label: what the values are.
            inwards: the first and the last label stay inside the plot.
        """
        x0, _, x1, y = self._box
        for number, (value, name) in enumerate(ticks):
            x, anchor = self.x(value), "middle"
            if inwards and len(ticks) > 1 and number in (0, len(ticks) - 1):
                anchor = "start" if number == 0 else "end"
            self._rule(x, y, x, y + _TICK, 1)
            self._words(name, x, y + _TICK + FONT, FONT, text_anchor=anchor)
        self._words(label, (x0 + x1) / 2, self._height - 5, FONT, text_anchor="middle")

    # ---- out

    def svg(self, title: str, *, described_by: str = "", css: str = "") -> str:
        """The plot, to stand inside a page.

        Args:
            title: what it shows, for those who do not see it.
            described_by: the id of the element that says it in words.
            css: further classes.
        """
        drawing = self._svg.Drawing(self._width, self._height, id_prefix=f"{self.key}-")
        x0, y0, x1, y1 = self._box
        frame = [self._svg.Path(d=f"M{x0} {y1}H{x1}", stroke=Ink.GRID)]
        if self._grid:
            frame.append(self._svg.Path(d=f"M{x0} {y0}V{y1}", stroke=Ink.GRID))
        drawing.extend([*self._behind, self._inside, *frame, *self._above])
        inside = drawing.as_svg(header="", skip_js=True, skip_css=True).partition(">")[2]
        named = {"class": f"plot {css}".strip(), "role": "img", "aria-label": title, "focusable": "false"}
        if described_by:
            named["aria-describedby"] = described_by
        words = "".join(f' {name}="{escape(value)}"' for name, value in named.items())
        return f'<svg viewBox="0 0 {self._width} {self._height}"{words}>{inside}'  # HTML knows it without namespaces

    # ---- parts

    def _path(self, path: str, **attributes: Any) -> None:
        if path:
            self._inside.append(self._svg.Path(d=path, **attributes))

    def _marks(self, points: Iterable[Point], shape: str, radius: float) -> str:
        mark = _marker(shape, radius)
        return "".join(f"M{_short(self.x(x))} {_short(self.y(y))}{mark}" for x, y in points)

    def _rectangle(self, left: float, right: float, low: float, high: float) -> str:
        x0, x1, y0, y1 = (_short(v) for v in (self.x(left), self.x(right), self.y(high), self.y(low)))
        return f"M{x0} {y0}H{x1}V{y1}H{x0}z"

    def _hatched(self, ink: Ink, hatch: str) -> Any:
        found = self._patterns.get((ink, hatch))
        if found is None:
            turned, crossed = _HATCHES[hatch]
            size = _HATCH_PX
            found = self._svg.Pattern(size, size, patternTransform=f"rotate({turned})")
            found.append(self._svg.Rectangle(0, 0, size, size, fill=Ink.PAPER))
            lines = f"M{size / 2} 0V{size}" + (f"M0 {size / 2}H{size}" if crossed else "")
            found.append(self._svg.Path(d=lines, stroke=ink, stroke_width=1.2))
            self._patterns[ink, hatch] = found
        return found

    def _y_tick(self, value: float, name: str) -> None:
        x0, _, x1, _ = self._box
        y = self.y(value)
        if self._grid:
            self._rule(x0, y, x1, y, 0.6)
        self._rule(x0 - _TICK, y, x0, y, 1)
        self._words(name, x0 - _TICK - 3, y + FONT / 3, FONT, text_anchor="end")

    def _rule(self, x0: float, y0: float, x1: float, y1: float, width: float) -> None:
        path = f"M{_short(x0)} {_short(y0)}L{_short(x1)} {_short(y1)}"
        self._behind.append(self._svg.Path(d=path, stroke=Ink.GRID, stroke_width=width))

    def _words(self, words: str, x: float, y: float, size: float, **attributes: Any) -> None:
        self._above.append(self._svg.Text(words, size, _short(x), _short(y), fill=Ink.TEXT, **attributes))


def _placed(value: float, span: Point, pixels: Point) -> float:
    return pixels[0] + (value - span[0]) / ((span[1] - span[0]) or 1.0) * (pixels[1] - pixels[0])


def _short(value: float, decimals: int = 1) -> str:
    return f"{value:.{decimals}f}".rstrip("0").removesuffix(".")


def _marker(shape: str, r: float) -> str:
    """The path of a marker about the place where the pen is: circle, square, triangle, diamond or cross."""
    if shape == "o":
        return f"m{-r} 0a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"
    corners = {
        "s": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        "^": ((0, -1.1), (1.1, 0.9), (-1.1, 0.9)),
        "D": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
        "X": (
            *((0, -0.45), (0.55, -1), (1, -0.55), (0.45, 0), (1, 0.55), (0.55, 1)),
            *((0, 0.45), (-0.55, 1), (-1, 0.55), (-0.45, 0), (-1, -0.55), (-0.55, -1)),
        ),
    }[shape]
    moves = zip(corners, ((0.0, 0.0), *corners), strict=False)
    steps = [f"{_short((x - x0) * r, 2)} {_short((y - y0) * r, 2)}" for (x, y), (x0, y0) in moves]
    return f"m{steps[0]}l{' '.join(steps[1:])}z"


def _dashed(dash: str) -> dict[str, str]:
    return {"stroke_dasharray": dash} if dash else {}


def _round_step(least: float, *, whole: bool) -> float:
    """The smallest round step that is no smaller: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(max(least, 1e-9)))
    step = next(n * power for n in (1, 2, 5, 10) if n * power >= least * (1 - 1e-9))
    return max(step, 1.0) if whole else step


def clock(seconds: float) -> str:
    """A time of a recording as it is shown: 0:07, 2:04, 1:00:03.

    Example:
        >>> clock(7.4), clock(124), clock(3603.6)
        ('0:07', '2:04', '1:00:04')
    """
    whole = round(seconds)
    minutes, rest = divmod(abs(whole), 60)
    hours, minutes = divmod(minutes, 60)
    shown = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return f"−{shown}" if whole < 0 else shown


def clock_range(start_s: float, end_s: float) -> Point:
    """The range of a time axis: a second at least.

    Args:
        start_s: its first time, in seconds.
        end_s: its last time, in seconds.
    """
    return start_s, start_s + max(end_s - start_s, 1.0)


def clock_axis(plot: Plot, *, ticks: int) -> None:
    """Draw a time axis with round steps and times as they are shown in the page.

    Args:
        plot: its `x_range` is in seconds.
        ticks: about how many labels there is room for.
    """
    start, end = plot.x_range
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
    step = next((s for s in steps if (end - start) / s <= ticks), 0)
    step = step or steps[-1] * math.ceil((end - start) / ticks / steps[-1])  # a tape may say that it took years
    times = range(math.ceil(start / step - 1e-9) * step, math.floor(end + 1e-9) + 1, step)
    plot.x_axis([(t, clock(t)) for t in times], "time, minutes:seconds")
