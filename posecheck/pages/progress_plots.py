"""The plots of the progress page: a trend for each side, sides against each other, held time and completion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from posecheck.history.progress import Symmetry, Trend, TrendPoint, Week
from posecheck.pages.html import short_day
from posecheck.pages.plots import SMALL, Ink, drawn, svg_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 60  # more weeks are joined to months
_LEAST_SPAN = 10.0  # degrees that a trend's plot shows at least
_SIDES = {"left": (Ink.MAIN, "o", "-"), "right": (Ink.SECOND, "s", "--")}  # circles and squares: not colour alone
_OTHERS = ((Ink.MAIN, "o", "-"), (Ink.SECOND, "s", "--"), (Ink.THIRD, "^", ":"))
_FILLS = ((Ink.MAIN, None), (Ink.SECOND, "////"), (Ink.THIRD, "\\\\\\\\"), (Ink.GOOD, "xxx"))


@dataclass(frozen=True, slots=True)
class Period:
    """A week, or a month of weeks: seconds held by exercise, sets begun and complete."""

    start: date
    end: date
    held_s: dict[str, float]
    sets: int
    complete: int


def periods(weeks: Sequence[Week]) -> tuple[tuple[Period, ...], str]:
    """The weeks, or months where there would be too many; and what one of them is called."""
    if len(weeks) <= MOST_BARS:
        return tuple(
            Period(w.start, w.start + timedelta(days=6), dict(w.held_s), w.sets, w.complete) for w in weeks
        ), "week"
    months: dict[tuple[int, int], list[Week]] = {}
    for week in weeks:
        months.setdefault((week.start.year, week.start.month), []).append(week)
    return tuple(_month(some) for some in months.values()), "month"


def _month(weeks: Sequence[Week]) -> Period:
    held: dict[str, float] = {}
    for week in weeks:
        for exercise, seconds in week.held_s.items():
            held[exercise] = held.get(exercise, 0.0) + seconds
    end = weeks[-1].start + timedelta(days=6)
    return Period(weeks[0].start, end, held, sum(w.sets for w in weeks), sum(w.complete for w in weeks))


def turned(trend: Trend) -> float:
    """−1 for a movement that is counted below zero (knees outwards), so that more is always further up."""
    return -1.0 if (trend.latest or 0.0) < 0 else 1.0


def shared_range(trends: Sequence[Trend]) -> tuple[float, float]:
    """The range of degrees in which trends of one movement are shown, so that sides can be compared."""
    shown = [turned(t) * p.value + step * (p.error or 0.0) for t in trends for p in t.points for step in (-0.4, 0.4)]
    for trend in trends:
        if trend.first is not None and trend.repeat_error is not None:
            first = turned(trend) * trend.first
            shown += [first - trend.repeat_error, first + trend.repeat_error]
    low, high = min(shown, default=0.0), max(shown, default=_LEAST_SPAN)
    more = max(_LEAST_SPAN - (high - low), 0.06 * (high - low)) / 2
    return low - more, high + more


def trend_plot(trend: Trend, index: int, y_range: tuple[float, float]) -> str:
    """One side over time: inside the shaded band a change is no larger than the repeat error."""
    ink, marker, line = _SIDES.get(trend.group, _OTHERS[0 if trend.group != "out" else 1])
    sign = turned(trend)
    with drawn(*SMALL) as axes:
        axes.set_ylim(*y_range)
        if trend.first is not None and trend.repeat_error is not None:
            _band(axes, sign * trend.first, trend.repeat_error)
        _points(axes, trend.points, sign, ink, marker, line)
        axes.set_ylabel("degrees", color=Ink.TEXT)
        _dates(axes, trend.points)
        title = f"{trend.title}, {trend.group}: degrees over time"
        return svg_of(axes, f"trend-{index}", title, described_by=f"trend-{index}-words")


def symmetry_plot(symmetry: Symmetry, index: int) -> str:
    """Left minus right over time: inside the shaded band there is no clear difference."""
    with drawn(*SMALL) as axes:
        limit = symmetry.repeat_error or 0.0
        most = max([abs(p.value) + (p.error or 0.0) * 0.4 for p in symmetry.points] + [limit, _LEAST_SPAN / 2]) * 1.1
        axes.set_ylim(-most, most)
        if symmetry.repeat_error is not None:
            _band(axes, 0.0, symmetry.repeat_error)
        axes.axhline(0, color=Ink.TEXT, linewidth=0.8)
        _points(axes, symmetry.points, 1.0, Ink.THIRD, "D", "-")
        for y, words, va in ((0.98, "left further", "top"), (0.02, "right further", "bottom")):
            axes.text(0.01, y, words, transform=axes.transAxes, va=va, color=Ink.TEXT, fontsize=10)
        axes.set_ylabel("degrees, left − right", color=Ink.TEXT)
        _dates(axes, symmetry.points)
        title = f"{symmetry.title}: left minus right in degrees over time"
        return svg_of(axes, f"symmetry-{index}", title, described_by=f"symmetry-{index}-words")


def held_plot(some: Sequence[Period], titles: Sequence[tuple[str, str]], period: str) -> str:
    """Minutes held in each week or month, exercise upon exercise; `titles` are their names and titles, in order."""
    with drawn(*SMALL) as axes:
        below = [0.0] * len(some)
        for number, (exercise, _) in enumerate(titles):
            ink, hatch = _FILLS[number % len(_FILLS)]
            minutes = [one.held_s.get(exercise, 0.0) / 60 for one in some]
            _bars(axes, minutes, below, ink, hatch)
            below = [a + b for a, b in zip(below, minutes, strict=True)]
        axes.set_ylim(0, max([*below, 1.0]) * 1.08)
        axes.set_ylabel("minutes held", color=Ink.TEXT)
        _period_ticks(axes, some, period)
        return svg_of(axes, "held", f"Minutes held in each {period}", described_by="held-words")


def completion_plot(some: Sequence[Period], period: str) -> str:
    """Sets of each week or month: complete ones, and on top of them those that were not."""
    with drawn(*SMALL) as axes:
        complete = [float(one.complete) for one in some]
        others = [float(one.sets - one.complete) for one in some]
        _bars(axes, complete, [0.0] * len(some), Ink.GOOD, None)
        _bars(axes, others, complete, Ink.BAD, "////")
        axes.set_ylim(0, max([*(one.sets for one in some), 1]) * 1.08)
        axes.set_ylabel("sets", color=Ink.TEXT)
        from matplotlib.ticker import MaxNLocator

        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        _period_ticks(axes, some, period)
        return svg_of(axes, "completion", f"Sets in each {period}, complete or not", described_by="completion-words")


# ---- parts


def _band(axes: Axes, middle: float, reach: float) -> None:
    axes.axhspan(middle - reach, middle + reach, facecolor=Ink.GRID, alpha=0.45, linewidth=0)
    axes.axhline(middle, color=Ink.TEXT, linewidth=0.8, linestyle=(0, (1, 2)))


def _points(axes: Axes, points: Sequence[TrendPoint], sign: float, ink: Ink, marker: str, line: str) -> None:
    days = [_day(p.at) for p in points]
    values = [sign * p.value for p in points]
    size = 4.5 if len(points) <= 40 else 3.0
    axes.plot(days, values, color=ink, marker=marker, markersize=size, linestyle=line, linewidth=1.2)


def _day(at: datetime) -> float:
    return at.toordinal() + (at.hour + at.minute / 60) / 24


def _bars(axes: Axes, heights: Sequence[float], below: Sequence[float], ink: Ink, hatch: str | None) -> None:
    from matplotlib.collections import PolyCollection  # one for all bars: a patch for each takes ten times as long

    boxes = [
        [(x - 0.4, low), (x + 0.4, low), (x + 0.4, low + high), (x - 0.4, low + high)]
        for x, (low, high) in enumerate(zip(below, heights, strict=True))
        if high > 0
    ]
    if boxes:
        face = Ink.PAPER if hatch else ink
        axes.add_collection(PolyCollection(boxes, facecolor=face, edgecolor=ink, hatch=hatch, linewidth=0.9))


def _dates(axes: Axes, points: Sequence[TrendPoint]) -> None:
    """A few days, each written out with its month, and with its year where the plot spans more than one."""
    if not points:
        return
    first, last = points[0].at.date(), points[-1].at.date()
    span = max((last - first).days, 1)
    count = 3 if span > 300 or first.year != last.year else 4
    days = sorted({first + timedelta(days=round(span * i / (count - 1))) for i in range(count)})
    axes.set_xlim(first.toordinal() - 0.03 * span, last.toordinal() + 1 + 0.03 * span)
    axes.set_xticks([d.toordinal() for d in days], [_label(d, first, last) for d in days])
    _inwards(axes)
    axes.set_xlabel("date", color=Ink.TEXT)


def _inwards(axes: Axes) -> None:
    """The first and the last label stay inside the plot."""
    labels = axes.get_xticklabels()
    if len(labels) > 1:
        labels[0].set_horizontalalignment("left")
        labels[-1].set_horizontalalignment("right")


def _label(day: date, first: date, last: date) -> str:
    return short_day(day) if first.year != last.year else short_day(day).rpartition(" ")[0]


def _period_ticks(axes: Axes, some: Sequence[Period], period: str) -> None:
    first, last = some[0].start, some[-1].start
    count = 3 if first.year != last.year else 4
    step = max(1, -(-(len(some) - 1) // (count - 1)))
    places = list(range(0, len(some), step))
    label = [_label(some[i].start, first, last) for i in places]
    if period == "month":
        label = [short_day(some[i].start).partition(" ")[2] for i in places]
    axes.set_xticks(places, label)
    axes.set_xlim(-0.7, len(some) - 0.3)
    axes.set_xlabel("week from Monday" if period == "week" else "month", color=Ink.TEXT)
