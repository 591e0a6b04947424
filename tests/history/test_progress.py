"""The figures of months: what is called a change and what is not, weeks, streaks, and how quick they are."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.history.progress import (
    MOST_POINTS,
    HoldFigure,
    SetFigures,
    Trend,
    Verdict,
    progress_of,
    repeat_error,
)
from posecheck.synthetic.history import LAST, made_up_progress, made_up_sets

ZONE = timezone(timedelta(hours=-8))
MONDAY = date(2026, 11, 16)


def a_set(number: int, day: date, *angles: tuple[str, float], error: float | None = 6.0, **other: object) -> SetFigures:
    """A set at seven in the evening of a day, with a hold of each of these sides and angles."""
    holds = tuple(HoldFigure(side, "rear_thigh_inclination", angle, error) for side, angle in angles)
    counts = {side: sum(s == side for s, _ in angles) for side in ("left", "right")}
    made = SetFigures(
        *(number, datetime(day.year, day.month, day.day, 19, tzinfo=ZONE), "ninety_ninety", "90-90", "done", "live"),
        complete=True,
        duration_s=100.0,
        held_s=20.0 * len(angles),
        counts=counts,
        goal={"left": 2, "right": 2},
        holds=holds,
    )
    return replace(made, **other)  # type: ignore[arg-type]  # names of its fields


def left_trend(*angles: float, error: float | None = 6.0) -> Trend:
    """The trend of sets on following days with one hold of the left side each."""
    sets = [a_set(i, MONDAY + timedelta(days=i), ("left", angle), error=error) for i, angle in enumerate(angles)]
    return next(t for t in progress_of(sets, MONDAY).trends if t.group == "left")


# ---- the repeat error


def test_the_repeat_error_is_the_minimal_detectable_change() -> None:
    """MDC95 = 1.96 · √2 · SEM, with SEM = ± / 1.96 and the spread of the holds joined to it."""
    assert repeat_error((6.1, 6.1), None) == pytest.approx(math.sqrt(2) * 6.1)
    assert repeat_error((6.0, 6.0), 2.0) == pytest.approx(1.96 * math.sqrt(2) * math.hypot(6.0 / 1.96, 2.0))
    assert repeat_error((None, None), 2.0) is None  # how far holds of one set lie apart is not all of it
    assert repeat_error((6.0, None), 2.0) is None


@given(st.floats(0.5, 20), st.floats(-60, 60))
def test_a_change_is_called_one_only_beyond_the_repeat_error(error: float, change: float) -> None:
    """Whatever the ± and however large the change, it is a change exactly when it exceeds the repeat error."""
    trend = left_trend(10.0, 10.0 + change, error=error)
    limit = math.sqrt(2) * error
    assert trend.verdict is (Verdict.CHANGE if abs(trend.change or 0.0) > limit else Verdict.NO_CHANGE)


def test_medians_of_sets_are_compared_not_single_ones() -> None:
    """One wild set among the last ones makes no change: the medians of three at each end are compared."""
    steady = left_trend(10, 10, 10, 10, 10, 40)
    assert (steady.first, steady.latest, steady.verdict) == (10, 10, Verdict.NO_CHANGE)
    moved = left_trend(10, 10, 10, 22, 22, 22)
    assert (moved.change, moved.verdict) == (12, Verdict.CHANGE)


def test_holds_that_lie_apart_make_the_repeat_error_larger() -> None:
    """Who holds once at 5 and once at 25 degrees in every set needs a larger change than who holds evenly."""
    even = [a_set(i, MONDAY, ("left", 10 + i), ("left", 10 + i)) for i in range(4)]
    uneven = [a_set(i, MONDAY, ("left", i), ("left", 20 + i)) for i in range(4)]
    (one,), (other,) = (progress_of(sets, MONDAY).trends for sets in (even, uneven))
    assert one.repeat_error == pytest.approx(math.sqrt(2) * 6.0)
    assert other.repeat_error is not None
    assert other.repeat_error > 3 * (one.repeat_error or 0.0)


def test_without_any_known_error_nothing_is_called_a_change() -> None:
    """Without a ± (an exercise of one's own) there is a trend, but no verdict of a change, nor of a difference."""
    trend = left_trend(0, 50, error=None)
    assert (trend.change, trend.repeat_error, trend.verdict) == (50, None, Verdict.UNKNOWN)
    sets = [a_set(0, MONDAY, ("left", 50), ("left", 48), ("right", 0), ("right", 2), error=None)]
    (symmetry,) = progress_of(sets, MONDAY).symmetries
    assert (symmetry.latest, symmetry.repeat_error, symmetry.verdict) == (48, None, Verdict.UNKNOWN)


def test_less_can_be_further() -> None:
    """Where a smaller angle is further a fall of it is a gain."""
    sets = [a_set(i, MONDAY + timedelta(days=i), ("left", angle)) for i, angle in enumerate((60, 30))]
    less = [replace(one, holds=tuple(replace(hold, less=True) for hold in one.holds)) for one in sets]
    more, fell = (progress_of(some, MONDAY).trends[0] for some in (sets, less))
    assert (more.verdict, more.change, more.gain) == (Verdict.CHANGE, -30, -30)
    assert (fell.verdict, fell.change, fell.gain) == (Verdict.CHANGE, -30, 30)


def test_a_long_trend_counts_its_sets() -> None:
    """Where points are joined to weeks or months each says of how many sets, and none is lost."""
    for days in (2 * MOST_POINTS, 9 * MOST_POINTS):
        sets = [a_set(i, MONDAY + timedelta(days=i), ("left", 10 + i % 3)) for i in range(days)]
        points = progress_of(sets, MONDAY).trends[0].points
        assert len(points) <= MOST_POINTS
        assert sum(point.sets for point in points) == days
        assert {point.value for point in points} <= {10, 10.5, 11, 11.5, 12}


def test_one_set_is_too_few() -> None:
    """A single set has a value and no change."""
    trend = left_trend(12)
    assert (trend.latest, trend.change, trend.verdict) == (12, None, Verdict.TOO_FEW)


def test_left_against_right_in_degrees() -> None:
    """The difference is left minus right of the same set, judged by the errors of both sides."""
    sets = [a_set(i, MONDAY, ("left", 20), ("right", 8)) for i in range(3)] + [a_set(9, MONDAY, ("left", 50))]
    (clear,) = progress_of(sets, MONDAY).symmetries
    assert (clear.latest, clear.verdict, len(clear.points)) == (12, Verdict.DIFFERENCE, 3)
    (unclear,) = progress_of([a_set(1, MONDAY, ("left", 14), ("right", 8))], MONDAY).symmetries
    assert (unclear.latest, unclear.verdict) == (6, Verdict.NO_DIFFERENCE)


# ---- weeks and days


def test_weeks_go_from_monday_to_today_without_a_gap() -> None:
    """A week without a set is there with nothing in it, up to the present one."""
    sets = [a_set(1, MONDAY - timedelta(days=15), ("left", 9)), a_set(2, MONDAY, ("left", 9), complete=False)]
    weeks = progress_of(sets, MONDAY + timedelta(days=8)).weeks
    assert [w.start for w in weeks] == [MONDAY + timedelta(weeks=n) for n in (-3, -2, -1, 0, 1)]
    assert [(w.sets, w.complete, w.held_in_all_s) for w in weeks] == [
        *[(1, 1, 20.0), (0, 0, 0.0), (0, 0, 0.0), (1, 0, 20.0), (0, 0, 0.0)]
    ]


@pytest.mark.parametrize(
    ("days_ago", "now", "longest"),
    [((0, 1, 2), 3, 3), ((1, 2), 2, 2), ((2, 3), 0, 2), ((0, 2, 3, 4), 1, 3), ((), 0, 0)],
)
def test_streaks(days_ago: tuple[int, ...], now: int, longest: int) -> None:
    """Days in a row count to today or yesterday; a day without a counted hold breaks them."""
    sets = [a_set(i, MONDAY - timedelta(days=ago), ("left", 9)) for i, ago in enumerate(days_ago)]
    sets.append(a_set(99, MONDAY - timedelta(days=30)))  # nothing counted that day
    totals = progress_of(sets, MONDAY).totals
    assert (totals.streak_days, totals.longest_streak_days) == (now, longest)


def test_days_are_those_of_the_place() -> None:
    """A set at half past eleven in the evening belongs to that day, whatever day it is in Greenwich."""
    late = datetime(2026, 11, 15, 23, 30, tzinfo=ZONE)  # a Sunday; Monday in UTC
    progress = progress_of([a_set(1, MONDAY, ("left", 9), at=late)], MONDAY)
    assert progress.weeks[0].start == MONDAY - timedelta(days=7)


# ---- the made-up month, and five years


def test_the_made_up_month_is_plausible() -> None:
    """It has all three exercises, both sides, some sets not complete, one clear change and others that are not."""
    progress = made_up_progress()
    assert {(t.exercise, t.group) for t in progress.trends} == {
        *[(name, side) for name in ("ninety_ninety", "side_bend") for side in ("left", "right")],
        *[("knee_drops", way) for way in ("in", "out")],
    }
    assert 0 < progress.totals.complete < progress.totals.sets
    assert {t.verdict for t in progress.trends} == {Verdict.CHANGE, Verdict.NO_CHANGE}
    assert all(t.repeat_error for t in progress.trends)


def test_five_years_stay_a_page() -> None:
    """Of five years, 10,000 sets, the points are joined to months, the list stays short, and no set is lost in sum."""
    sets = made_up_sets(1830, LAST, a_day=2)
    progress = progress_of(sets, LAST)
    assert progress.totals.sets == len(sets) > 9_000
    assert all(len(t.points) <= MOST_POINTS for t in progress.trends)
    assert sum(p.sets for p in progress.trends[0].points) > 2_500
    assert len(progress.sets) == 50
    assert progress.sets[0].at > progress.sets[-1].at
