"""Kept sets → Progress: trends, weeks, sides against each other, streaks. Pure figures: no database and no clock.

A change is called one only when it exceeds the repeat error, the minimal detectable change

    MDC95 = 1.96 · √2 · SEM        (Weir 2005, doi:10.1519/15184.1)

SEM is the standard error of measurement of one set: of the measured ± (95 % of errors are smaller, uncertainty.toml)
and of what the person's own holds of one side scatter by within a set, SEM² = (± / 1.96)² + s². Where the two values
that are compared have their own ±, because the camera saw them from another side, √2 · SEM becomes √(SEM₁² + SEM₂²).
The ± is not divided by the number of sets: the same camera at the same place errs to the same side again.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median

COMPARED = 3  # a guess: sets at the beginning and at the end that are compared, by their median
MOST_POINTS = 120  # a guess: more are joined to weeks, then to months
LISTED = 50  # a guess: sets in the list
Z95 = 1.96  # standard deviations on each side of the mean hold 95 % of a normal distribution

TITLES = {  # of a side's own signal without the side
    "rear_thigh_inclination": "Hips forward",
    "bend_to_front": "Side bend",
    "knee_drop": "Knee drop",
    "rear_knee_flexion": "Back knee bend",
    "knee_flexion": "Knee bend",
    "hip_flexion": "Hip bend",
    "shin_tilt": "Shin tilt",
    "knee_shift": "Knees to the side",
    "thigh_inclination": "Thigh tilt",
    "trunk_lean": "Forward lean",
    "side_bend": "Side bend",
    "arm_elevation": "Arm raised",
}


class Verdict(StrEnum):
    """What may be said of a difference between two measurements."""

    CHANGE = "change"
    NO_CHANGE = "no clear change yet"
    DIFFERENCE = "a difference"
    NO_DIFFERENCE = "no clear difference"
    TOO_FEW = "too few sets to tell"
    UNKNOWN = "repeat error not known"


@dataclass(frozen=True, slots=True)
class HoldFigure:
    """A counted hold: its side or direction, and the median of the signal that makes the stretch.

    The value has its ± (None: not measured), in degrees or as a share. `relative` tells of a difference or ratio to the
    starting position; further is a larger value, or with `less` a smaller one.
    """

    group: str
    signal: str
    value: float
    error: float | None
    relative: str | None = "difference"
    less: bool = False


@dataclass(frozen=True, slots=True)
class SetFigures:
    """What the figures need of a set.

    `at` is its beginning with the offset of the place, `state` done, stopped or running (unfinished, when nobody is at
    it), `source_kind` live, video or tape; `holds` are the counted ones.
    """

    id: int
    at: datetime
    exercise: str
    title: str
    state: str
    source_kind: str
    complete: bool
    duration_s: float
    held_s: float
    counts: Mapping[str, int]
    goal: Mapping[str, int]
    holds: tuple[HoldFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The median of a set, or of the sets of a week or month: `set_id` is None then."""

    at: datetime
    value: float
    error: float | None
    sets: int = 1
    set_id: int | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """One signal of one exercise on one side (or in one direction) over time.

    `first` and `latest` are the medians of the first and the last sets, `change` is their difference, `repeat_error`
    what it has to exceed. None: too few sets, or no ± was ever measured.
    """

    exercise: str
    exercise_title: str
    signal: str
    title: str
    relative: str | None
    less: bool
    group: str
    points: tuple[TrendPoint, ...]
    first: float | None
    latest: float | None
    change: float | None
    repeat_error: float | None
    verdict: Verdict

    @property
    def gain(self) -> float:
        """The change, above zero where it leads further."""
        return (self.change or 0.0) * (-1.0 if self.less else 1.0)


@dataclass(frozen=True, slots=True)
class Symmetry:
    """Left minus right, in the sets that have both; `latest` is the median of the last ones."""

    exercise: str
    exercise_title: str
    signal: str
    title: str
    relative: str | None
    less: bool
    points: tuple[TrendPoint, ...]
    latest: float | None
    repeat_error: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday: seconds held by exercise, sets begun, sets complete, days with a set."""

    start: date
    held_s: Mapping[str, float]
    sets: int
    complete: int
    days: int

    @property
    def held_in_all_s(self) -> float:
        return sum(self.held_s.values())


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything kept, in sum. A streak is days in a row on which something counted; today may still be to come."""

    sets: int
    complete: int
    held_s: float
    days: int
    streak_days: int
    longest_streak_days: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What the progress page and `posecheck history` show.

    `weeks` has every week from the first to today, oldest first; `sets` the newest ones, newest first; `titles` those
    of the exercises by name.
    """

    today: date
    totals: Totals
    trends: tuple[Trend, ...]
    symmetries: tuple[Symmetry, ...]
    weeks: tuple[Week, ...]
    sets: tuple[SetFigures, ...]
    titles: Mapping[str, str]


def progress_of(sets: Iterable[SetFigures], today: date, listed: int = LISTED) -> Progress:
    """The figures of all these sets.

    Args:
        sets: in whatever order they come.
        today: the last day that is looked at.
        listed: how many of the newest sets are in the list.
    """
    ordered = sorted(sets, key=lambda one: (one.at, one.id))
    titles = {one.exercise: one.title for one in ordered}
    trends, symmetries = _trends(ordered)
    return Progress(
        today,
        _totals(ordered, today),
        trends,
        symmetries,
        _weeks(ordered, today),
        tuple(reversed(ordered[-listed:])),
        titles,
    )


def repeat_error(errors: tuple[float | None, float | None], spread: float | None) -> float | None:
    """By how much two values must differ to differ clearly: the MDC95 of their difference.

    Args:
        errors: the ± of each value, at 95 %; None where it is not known.
        spread: the standard deviation of one person's holds, in the unit of the values; None counts as 0.

    Returns:
        None where a ± is not known.

    Example:
        >>> round(repeat_error((6.1, 6.1), None), 1), round(repeat_error((6.1, 12.9), 2.0), 1)
        (8.6, 15.3)
    """
    if errors[0] is None or errors[1] is None:
        return None
    return Z95 * math.hypot(*(math.hypot(error / Z95, spread or 0.0) for error in errors if error is not None))


# ---- trends


@dataclass(frozen=True, slots=True)
class _Value:
    """The median of one set on one side; `freedom` and `squares` are those of its holds about their mean."""

    at: datetime
    set_id: int
    value: float
    error: float | None
    freedom: int
    squares: float


def _value(one: SetFigures, holds: Sequence[HoldFigure]) -> _Value:
    values = [hold.value for hold in holds]
    mean = sum(values) / len(values)
    squares = sum([(value - mean) ** 2 for value in values])
    errors = [hold.error for hold in holds]
    return _Value(one.at, one.id, _middle(values), _median_error(errors), len(values) - 1, squares)


def _trends(sets: Sequence[SetFigures]) -> tuple[tuple[Trend, ...], tuple[Symmetry, ...]]:
    titles = {one.exercise: one.title for one in sets}
    series: dict[tuple[str, str, str | None, bool], dict[str, list[_Value]]] = defaultdict(lambda: defaultdict(list))
    for one in sets:
        held: dict[tuple[str, str], list[HoldFigure]] = defaultdict(list)
        for hold in one.holds:
            held[hold.signal, hold.group].append(hold)
        for (signal, group), holds in held.items():
            what = one.exercise, signal, holds[0].relative, holds[0].less
            series[what][group].append(_value(one, holds))
    trends: list[Trend] = []
    symmetries: list[Symmetry] = []
    for (exercise, signal, relative, less), by_group in sorted(series.items(), key=lambda one: one[0][:2]):
        title = TITLES.get(signal, signal.replace("_", " ").capitalize())
        names = exercise, titles[exercise], signal, title, relative, less
        trends += [_trend(names, group, by_group[group]) for group in sorted(by_group)]
        if {"left", "right"} <= by_group.keys():
            symmetries.append(_symmetry(names, by_group["left"], by_group["right"]))
    return tuple(trends), tuple(symmetries)


_Names = tuple[str, str, str, str, str | None, bool]


def _trend(names: _Names, group: str, values: list[_Value]) -> Trend:
    some = min(COMPARED, len(values) // 2)
    points = _points(values)
    early, late = values[:some], values[len(values) - some :]
    latest = median(v.value for v in values[-COMPARED:])
    if not some:
        return Trend(*names, group, points, None, latest, None, None, Verdict.TOO_FEW)
    first, latest = median(v.value for v in early), median(v.value for v in late)
    errors = _median_error([v.error for v in early]), _median_error([v.error for v in late])
    limit, change = repeat_error(errors, _spread(values)), latest - first
    verdict = _compared(change, limit, Verdict.CHANGE, Verdict.NO_CHANGE)
    return Trend(*names, group, points, first, latest, change, limit, verdict)


def _symmetry(names: _Names, left: list[_Value], right: list[_Value]) -> Symmetry:
    rights = {v.set_id: v for v in right}
    both = [(v, rights[v.set_id]) for v in left if v.set_id in rights]
    points = _points([_Value(a.at, a.set_id, a.value - b.value, _joined(a.error, b.error), 0, 0.0) for a, b in both])
    if not both:
        return Symmetry(*names, points, None, None, Verdict.TOO_FEW)
    late = both[-COMPARED:]
    latest = median(a.value - b.value for a, b in late)
    errors = _median_error([a.error for a, _ in late]), _median_error([b.error for _, b in late])
    limit = repeat_error(errors, _spread([*left, *right]))
    verdict = _compared(latest, limit, Verdict.DIFFERENCE, Verdict.NO_DIFFERENCE)
    return Symmetry(*names, points, latest, limit, verdict)


def _compared(difference: float, limit: float | None, clear: Verdict, unclear: Verdict) -> Verdict:
    if limit is None:
        return Verdict.UNKNOWN
    return clear if abs(difference) > limit else unclear


def _spread(values: Sequence[_Value]) -> float | None:
    """Standard deviation of holds of one side within a set, pooled over the sets; None without two in any set."""
    freedom = sum([value.freedom for value in values])
    return math.sqrt(sum([value.squares for value in values]) / freedom) if freedom else None


def _median_error(errors: Sequence[float | None]) -> float | None:
    known = [error for error in errors if error is not None]
    return _middle(known) if known else None


def _middle(values: Sequence[float]) -> float:
    """The median. For few values the one of the standard library takes three times as long."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _joined(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else math.hypot(one, other)


def _points(values: Sequence[_Value]) -> tuple[TrendPoint, ...]:
    """The points of the sets; of their weeks, or months, where there would be too many."""
    if len(values) <= MOST_POINTS:
        return tuple(TrendPoint(v.at, v.value, v.error, 1, v.set_id) for v in values)
    days = {v.at.toordinal() for v in values}
    by_week = len({_week_number(day) for day in days}) <= MOST_POINTS
    joined: dict[Hashable, list[_Value]] = defaultdict(list)
    for v in values:
        joined[_week_number(v.at.toordinal()) if by_week else (v.at.year, v.at.month)].append(v)
    return tuple(map(_point_of, joined.values()))


def _week_number(ordinal: int) -> int:
    return (ordinal - 1) // 7  # day 1 was a Monday


def _point_of(some: Sequence[_Value]) -> TrendPoint:
    middle = some[len(some) // 2].at
    return TrendPoint(middle, _middle([v.value for v in some]), _median_error([v.error for v in some]), len(some))


# ---- weeks and days


def _monday(at: datetime) -> date:
    day = at.date()
    return day - timedelta(days=day.weekday())


def _weeks(sets: Sequence[SetFigures], today: date) -> tuple[Week, ...]:
    if not sets:
        return ()
    by_week: dict[date, list[SetFigures]] = defaultdict(list)
    for one in sets:
        by_week[_monday(one.at)].append(one)
    start, last = min(by_week), max(max(by_week), today - timedelta(days=today.weekday()))
    starts = [start + timedelta(weeks=n) for n in range((last - start).days // 7 + 1)]
    return tuple(_week(start, by_week.get(start, [])) for start in starts)


def _week(start: date, sets: Sequence[SetFigures]) -> Week:
    held: dict[str, float] = defaultdict(float)
    for one in sets:
        held[one.exercise] += one.held_s
    return Week(start, dict(held), len(sets), sum(one.complete for one in sets), len({one.at.date() for one in sets}))


def _totals(sets: Sequence[SetFigures], today: date) -> Totals:
    days = sorted({one.at.date() for one in sets if any(one.counts.values())})
    longest = run = 0
    before: date | None = None
    for day in days:
        run = run + 1 if before is not None and day - before == timedelta(days=1) else 1
        longest, before = max(longest, run), day
    alive = before is not None and today - before <= timedelta(days=1)
    return Totals(
        len(sets),
        sum(one.complete for one in sets),
        sum(one.held_s for one in sets),
        len({one.at.date() for one in sets}),
        run if alive else 0,
        longest,
    )
