"""The plots of the progress page: a trend for each side, sides against each other, held time and completion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from posecheck.history.progress import Symmetry, Trend, TrendPoint, Week
from posecheck.report.pages.html import short_day
from posecheck.report.pages.plots import SMALL, SMALL_FONT, Ink, Plot
from posecheck.report.pages.wording import unit

MOST_BARS = 60  # a guess: more weeks are joined to months
# A guess: that a trend's plot shows at least: noise must not look like a change.
_LEAST_SPAN = {"degrees": 10.0, "share": 0.2}
_SIDES = {"left": (Ink.MAIN, "o", ""), "right": (Ink.SECOND, "s", "5 2")}  # circles and squares: not colour alone
_OTHERS = ((Ink.MAIN, "o", ""), (Ink.SECOND, "s", "5 2"), (Ink.THIRD, "^", "1 2"))
_FILLS = ((Ink.MAIN, ""), (Ink.SECOND, "////"), (Ink.THIRD, "\\\\\\\\"), (Ink.GOOD, "xxxx"))


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


def shared_range(trends: Sequence[Trend]) -> tuple[float, float]:
    """The range in which trends of one movement are shown, so that sides can be compared."""
    shown = [p.value + step * (p.error or 0.0) for t in trends for p in t.points for step in (-0.4, 0.4)]
    for trend in trends:
        if trend.first is not None and trend.repeat_error is not None:
            shown += [trend.first - trend.repeat_error, trend.first + trend.repeat_error]
    least = _least_span(trends[0])
    low, high = min(shown, default=0.0), max(shown, default=least)
    more = max(least - (high - low), 0.06 * (high - low)) / 2
    return low - more, high + more


def trend_plot(trend: Trend, index: int, y_range: tuple[float, float]) -> str:
    """One side over time, as SVG: inside the shaded band a change is no larger than the repeat error.

    Args:
        trend: the values of one side.
        index: tells the plot from the others of the page.
        y_range: the lowest and the highest value shown.
    """
    ink, marker, dash = _SIDES.get(trend.group, _OTHERS[0 if trend.group != "out" else 1])
    what = unit(trend.signal, trend.relative)
    plot = Plot(f"trend-{index}", SMALL, _day_range(trend.points), y_range)
    if trend.first is not None and trend.repeat_error is not None:
        _band(plot, trend.first, trend.repeat_error)
    _points(plot, trend.points, ink, marker, dash)
    plot.y_axis(what)
    _dates(plot, trend.points)
    return plot.svg(f"{trend.title}, {trend.group}: {what} over time", described_by=f"trend-{index}-words")


def symmetry_plot(symmetry: Symmetry, index: int) -> str:
    """Left minus right over time, as SVG: inside the shaded band there is no clear difference.

    Args:
        symmetry: the differences.
        index: tells the plot from the others of the page.
    """
    limit = symmetry.repeat_error or 0.0
    least, what = _least_span(symmetry) / 2, unit(symmetry.signal, symmetry.relative)
    most = max([abs(p.value) + (p.error or 0.0) * 0.4 for p in symmetry.points] + [limit, least]) * 1.1
    plot = Plot(f"symmetry-{index}", SMALL, _day_range(symmetry.points), (-most, most))
    if symmetry.repeat_error is not None:
        _band(plot, 0.0, symmetry.repeat_error)
    plot.level(0.0, Ink.TEXT)
    _points(plot, symmetry.points, Ink.THIRD, "D", "")
    left = plot.x(plot.x_range[0]) + 3
    above, below = ("right", "left") if symmetry.less else ("left", "right")
    plot.text(f"{above} further", left, plot.y(most) + SMALL_FONT + 1)
    plot.text(f"{below} further", left, plot.y(-most) - 4)
    plot.y_axis(f"{what}, left − right")
    _dates(plot, symmetry.points)
    title = f"{symmetry.title}: left minus right, {what} over time"
    return plot.svg(title, described_by=f"symmetry-{index}-words")


def held_plot(some: Sequence[Period], titles: Sequence[tuple[str, str]], period: str) -> str:
    """Minutes held in each week or month, exercise upon exercise, as SVG.

    Args:
        some: the weeks or months, in order.
        titles: (name, title) of each exercise, from the lowest up.
        period: "week" or "month".
    """
    in_all = [sum(one.held_s.values()) / 60 for one in some]
    plot = _period_plot("held", some, max([*in_all, 1.0]))
    below = [0.0] * len(some)
    for number, (exercise, _) in enumerate(titles):
        ink, hatch = _FILLS[number % len(_FILLS)]
        minutes = [one.held_s.get(exercise, 0.0) / 60 for one in some]
        _bars(plot, minutes, below, ink, hatch)
        below = [a + b for a, b in zip(below, minutes, strict=True)]
    plot.y_axis("minutes held")
    _period_axis(plot, some, period)
    return plot.svg(f"Minutes held in each {period}", described_by="held-words")


def completion_plot(some: Sequence[Period], period: str) -> str:
    """Sets of each week or month, as SVG: complete ones, and on top of them those that were not.

    Args:
        some: the weeks or months, in order.
        period: "week" or "month".
    """
    plot = _period_plot("completion", some, float(max([*(one.sets for one in some), 1])))
    complete = [float(one.complete) for one in some]
    others = [float(one.sets - one.complete) for one in some]
    _bars(plot, complete, [0.0] * len(some), Ink.GOOD, "")
    _bars(plot, others, complete, Ink.BAD, "////")
    plot.y_axis("sets", whole=True)
    _period_axis(plot, some, period)
    return plot.svg(f"Sets in each {period}, complete or not", described_by="completion-words")


# ---- parts


def _least_span(one: Trend | Symmetry) -> float:
    return _LEAST_SPAN[unit(one.signal, one.relative)]


def _band(plot: Plot, middle: float, reach: float) -> None:
    plot.band(middle - reach, middle + reach, Ink.GRID, 0.45)
    plot.level(middle, Ink.TEXT, dash="1 2")


def _points(plot: Plot, points: Sequence[TrendPoint], ink: Ink, marker: str, dash: str) -> None:
    places = [(_day(p.at), p.value) for p in points]
    plot.line(places, ink, dash=dash)
    plot.markers(places, marker, ink, radius=2.6 if len(points) <= 40 else 1.8)


def _day(at: datetime) -> float:
    return at.toordinal() + (at.hour + at.minute / 60) / 24


def _day_range(points: Sequence[TrendPoint]) -> tuple[float, float]:
    if not points:
        return 0.0, 1.0
    first, last = points[0].at.toordinal(), points[-1].at.toordinal()
    edge = 0.03 * max(last - first, 1)
    return first - edge, last + 1 + edge


def _dates(plot: Plot, points: Sequence[TrendPoint]) -> None:
    """A few days, each written out with its month, and with its year where the plot spans more than one."""
    if not points:
        return
    first, last = points[0].at.date(), points[-1].at.date()
    span = max((last - first).days, 1)
    count = 3 if span > 300 or first.year != last.year else 4
    days = sorted({first + timedelta(days=round(span * i / (count - 1))) for i in range(count)})
    plot.x_axis([(d.toordinal(), _label(d, first, last)) for d in days], "date", inwards=True)


def _label(day: date, first: date, last: date) -> str:
    return short_day(day) if first.year != last.year else short_day(day).rpartition(" ")[0]


def _period_plot(key: str, some: Sequence[Period], most: float) -> Plot:
    return Plot(key, SMALL, (-0.7, len(some) - 0.3), (0.0, 1.08 * most))


def _bars(plot: Plot, heights: Sequence[float], below: Sequence[float], ink: Ink, hatch: str) -> None:
    boxes = [
        (x - 0.4, x + 0.4, low, low + high)
        for x, (low, high) in enumerate(zip(below, heights, strict=True))
        if high > 0
    ]
    plot.boxes(boxes, ink, hatch)


def _period_axis(plot: Plot, some: Sequence[Period], period: str) -> None:
    first, last = some[0].start, some[-1].start
    count = 3 if first.year != last.year else 4
    step = max(1, -(-(len(some) - 1) // (count - 1)))
    places = range(0, len(some), step)
    if period == "month":
        labels = [short_day(some[i].start).partition(" ")[2] for i in places]
    else:
        labels = [_label(some[i].start, first, last) for i in places]
    words = "week from Monday" if period == "week" else "month"
    plot.x_axis(list(zip(map(float, places), labels, strict=True)), words)
