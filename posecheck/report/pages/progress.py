"""Progress → the page of months: what changed, what did not clearly change, held time and the latest sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from posecheck._version import __version__
from posecheck.history.progress import Progress, SetFigures, Symmetry, Trend, TrendPoint, Verdict
from posecheck.measure.signals import is_ratio
from posecheck.report.history_view import NEVER, span_words, state_words
from posecheck.report.pages.html import Link, Row, day, render, short_day
from posecheck.report.pages.progress_plots import (
    Period,
    completion_plot,
    held_plot,
    periods,
    shared_range,
    symmetry_plot,
    trend_plot,
)
from posecheck.report.pages.wording import number, side, unit, with_error

NOT_KNOWN = "How exactly it repeats was never measured, so no change is called one."
LATEST = 12  # a guess: sets that are shown at once; the others of the list unfold


@dataclass(frozen=True, slots=True)
class Tile:
    """One large figure with its name and a remark."""

    name: str
    value: str
    remark: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What may be said of one trend in a few words."""

    mark: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot with its title, the same in words, and its figures as a table."""

    key: str
    title: str
    tag: str
    kind: str
    svg: Markup
    words: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ExercisePart:
    """The plots of one exercise."""

    key: str
    title: str
    plots: tuple[Plot, ...]


@dataclass(frozen=True, slots=True)
class SetRow:
    """A set in the list; `href` leads to its report, where there is one."""

    when: str
    title: str
    href: str | None
    counted: str
    held: str
    mark: str
    state: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """All that the template shows."""

    title: str
    until: str
    headline: str
    empty: str | None
    tiles: tuple[Tile, ...]
    findings: tuple[Finding, ...]
    exercises: tuple[ExercisePart, ...]
    weeks: tuple[Plot, ...]
    exercise_key: tuple[tuple[str, int], ...]
    sets: tuple[SetRow, ...]
    older_sets: tuple[SetRow, ...]
    sets_in_all: int
    version: str


def progress_page(
    progress: Progress, *, report_link: Callable[[int], str | None] | None = None, links: Sequence[Link] = ()
) -> str:
    """The page of all that is kept.

    Args:
        progress: the figures, from `progress_of`.
        report_link: the address of a set's report by the set's number, when the page is served.
        links: what stands at the top of the page, when it is served.

    Returns:
        One HTML document, without script, that loads nothing from anywhere.
    """
    return render("progress.html", progress_view(progress, report_link or (lambda _: None)), tuple(links))


def progress_view(progress: Progress, report_link: Callable[[int], str | None]) -> ProgressView:
    """What the page says, before it is a page.

    Args:
        progress: the figures, from `progress_of`.
        report_link: the address of a set's report by the set's number; None for a set without one.
    """
    return ProgressView(
        title="Progress",
        until=day(progress.today),
        headline=_headline(progress),
        empty=None if progress.totals.sets else NEVER,
        tiles=tuple(_tiles(progress)),
        findings=tuple(_findings(progress)),
        exercises=tuple(_exercises(progress)),
        weeks=tuple(_weeks(progress)),
        exercise_key=tuple((title, index) for index, title in enumerate(progress.titles.values())),
        sets=tuple(_set_row(one, report_link) for one in progress.sets[:LATEST]),
        older_sets=tuple(_set_row(one, report_link) for one in progress.sets[LATEST:]),
        sets_in_all=progress.totals.sets,
        version=__version__,
    )


# ---- in short


def _headline(progress: Progress) -> str:
    totals = progress.totals
    if totals.streak_days > 2:
        return f"{totals.streak_days} days in a row"
    return f"{_many(totals.sets, 'set')} so far"


def _tiles(progress: Progress) -> Iterator[Tile]:
    totals = progress.totals
    share = totals.complete / totals.sets if totals.sets else 0.0
    yield Tile("Sets", f"{totals.sets:,}", f"{totals.complete:,} complete, {share:.0%}")
    latest = span_words(progress.weeks[-1].held_in_all_s) if progress.weeks else "nothing"
    yield Tile("Held in all", span_words(totals.held_s), f"{latest} this week")
    yield Tile("Days with a set", f"{totals.days:,}", f"longest in a row: {totals.longest_streak_days:,}")


def _findings(progress: Progress) -> Iterator[Finding]:
    """Clear changes first, then sides that differ, then what has not clearly changed, in one line."""
    for trend in progress.trends:
        if trend.verdict is Verdict.CHANGE:
            yield Finding("▲" if trend.gain > 0 else "▼", "good" if trend.gain > 0 else "bad", _change_words(trend))
    for one in progress.symmetries:
        if one.verdict is Verdict.DIFFERENCE:
            yield Finding("⇄", "plain", f"{one.title}, sides: {_difference(one)} now, a clear difference.")
    for mark, verdict, words in (
        ("=", Verdict.NO_CHANGE, "No clear change yet"),
        ("?", Verdict.UNKNOWN, "No repeat error is known, so no change is called one"),
        ("…", Verdict.TOO_FEW, "Too few sets to tell"),
    ):
        names = [f"{_name(t, progress)}, {side(t.group)}" for t in progress.trends if t.verdict is verdict]
        if names:
            yield Finding(mark, "plain", f"{words}: {'; '.join(names)}.")


def _name(trend: Trend, progress: Progress) -> str:
    """What a trend is called in a list; with its exercise where others go by the same name."""
    alike = {t.exercise for t in progress.trends if t.title == trend.title}
    return trend.title.lower() + (f" ({trend.exercise_title})" if len(alike) > 1 else "")


def _change_words(trend: Trend) -> str:
    first, latest = _value(trend, trend.first), _value(trend, trend.latest)
    return (
        f"{trend.title}, {side(trend.group)}: from {first} to {latest}, {_than(trend)} by more than the repeat error."
    )


def _than(trend: Trend) -> str:
    return "more" if (trend.change or 0.0) > 0 else "less"


# ---- trends


def _exercises(progress: Progress) -> Iterator[ExercisePart]:
    shown = list(enumerate(progress.trends))
    for exercise, title in progress.titles.items():
        trends = [t for t in progress.trends if t.exercise == exercise]
        plots = [_trend_plot(t, index, _alike(t, trends)) for index, t in shown if t.exercise == exercise]
        plots += [_symmetry_plot(one, i) for i, one in enumerate(progress.symmetries) if one.exercise == exercise]
        if plots:
            yield ExercisePart(f"exercise-{exercise}", title, tuple(plots))


def _alike(trend: Trend, trends: Sequence[Trend]) -> list[Trend]:
    """The trends that are shown in one range: those of the same signal."""
    return [t for t in trends if (t.signal, t.relative) == (trend.signal, trend.relative)]


def _trend_plot(trend: Trend, index: int, alike: Sequence[Trend]) -> Plot:
    return Plot(
        f"trend-{index}",
        f"{trend.title}, {side(trend.group)}",
        {Verdict.CHANGE: "clear change"}.get(trend.verdict, trend.verdict.value),
        "good" if trend.verdict is Verdict.CHANGE and trend.gain > 0 else "plain",
        Markup(trend_plot(trend, index, shared_range(alike))),
        _trend_words(trend),
        ("Date", unit(trend.signal, trend.relative).capitalize(), "Sets"),
        tuple(_point_row(trend, p) for p in reversed(trend.points)),
    )


def _trend_words(trend: Trend) -> str:
    start = {"difference": " from the starting position", "ratio": " of the start"}.get(trend.relative or "", "")
    if trend.first is None or trend.latest is None or trend.change is None:
        return f"{_value(trend, trend.latest)}{start}; two sets or more are needed to tell."
    now = f"{_value(trend, trend.first)} at first, {_value(trend, trend.latest)} now{start and f',{start}'}."
    parts = [now, "Less is further." if trend.less else ""]
    if trend.repeat_error is None:
        parts.append(NOT_KNOWN)
    else:
        change, limit = _value(trend, abs(trend.change), 1), _value(trend, trend.repeat_error, 1)
        clear = trend.verdict is Verdict.CHANGE
        than, shown = ("exceeds", "") if clear else ("is within", " (shaded)")
        parts.append(f"{change} {_than(trend)} {than} the repeat error of {limit}{shown}.")
    return " ".join(filter(None, parts))


def _symmetry_plot(symmetry: Symmetry, index: int) -> Plot:
    words = "No set has both sides yet."
    if symmetry.latest is not None:
        words = f"{_difference(symmetry)} now. {NOT_KNOWN}"
        if symmetry.repeat_error is not None:
            than = "exceeds" if symmetry.verdict is Verdict.DIFFERENCE else "is within"
            limit = _value(symmetry, symmetry.repeat_error)
            words = f"{_difference(symmetry)} now, which {than} the repeat error of {limit} (shaded)."
    return Plot(
        f"symmetry-{index}",
        f"{symmetry.title}, left against right",
        {Verdict.DIFFERENCE: "clear difference"}.get(symmetry.verdict, symmetry.verdict.value),
        "plain",
        Markup(symmetry_plot(symmetry, index)),
        words,
        ("Date", "Left − right", "Sets"),
        tuple(_point_row(symmetry, p) for p in reversed(symmetry.points)),
    )


def _difference(symmetry: Symmetry) -> str:
    latest = symmetry.latest or 0.0
    if _value(symmetry, abs(latest)) == _value(symmetry, 0.0):
        return "The sides are alike"
    further = "Left" if (latest > 0) != symmetry.less else "Right"
    return f"{further} goes {_value(symmetry, abs(latest))} further"


def _point_row(one: Trend | Symmetry, point: TrendPoint) -> Row:
    shown = with_error(point.value, point.error, is_ratio(one.signal, one.relative))
    return Row((short_day(point.at), shown, f"{point.sets:,}"))


def _value(one: Trend | Symmetry, value: float | None, decimals: int = 0) -> str:
    return number(value or 0.0, is_ratio(one.signal, one.relative), decimals)


# ---- weeks and sets


def _weeks(progress: Progress) -> Iterator[Plot]:
    if not progress.weeks:
        return
    some, period = periods(progress.weeks)
    titles = tuple(progress.titles.items())
    last = some[-1]
    usual = sum(sum(one.held_s.values()) for one in some) / len(some)
    yield Plot(
        "held",
        f"Held time a {period}",
        "",
        "plain",
        Markup(held_plot(some, titles, period)),
        f"{span_words(sum(last.held_s.values()))} in the latest {period}; {span_words(usual)} on average.",
        (f"{period.capitalize()} from", *(title for _, title in titles), "In all"),
        tuple(_held_row(one, titles) for one in reversed(some)),
    )
    complete, sets = sum(one.complete for one in some), sum(one.sets for one in some)
    yield Plot(
        "completion",
        f"Completion a {period}",
        "",
        "plain",
        Markup(completion_plot(some, period)),
        f"{complete:,} of {sets:,} sets complete (solid); the others hatched. In the latest {period} "
        f"{last.complete} of {last.sets}.",
        (f"{period.capitalize()} from", "Sets", "Complete"),
        tuple(Row((short_day(one.start), f"{one.sets:,}", f"{one.complete:,}")) for one in reversed(some)),
    )


def _held_row(one: Period, titles: Sequence[tuple[str, str]]) -> Row:
    held = [one.held_s.get(exercise, 0.0) for exercise, _ in titles]
    return Row((short_day(one.start), *(span_words(s) for s in held), span_words(sum(held))))


def _set_row(one: SetFigures, report_link: Callable[[int], str | None]) -> SetRow:
    counted = ", ".join(f"{group} {one.counts.get(group, 0)} of {goal}" for group, goal in one.goal.items())
    when = f"{short_day(one.at)}, {one.at:%H:%M}".replace(" ", "\N{NO-BREAK SPACE}", 2)  # the time may go below
    mark = "✓" if one.complete else "–"
    return SetRow(when, one.title, report_link(one.id), counted, span_words(one.held_s), mark, state_words(one))


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
