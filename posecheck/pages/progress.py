"""Progress → the page of months: what changed, what did not clearly change, held time and the latest sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from posecheck import __version__
from posecheck.history.progress import Progress, SetFigures, Symmetry, Trend, TrendPoint, Verdict
from posecheck.history.view import NEVER, span_words, state_words
from posecheck.pages.html import Link, Row, day, render, short_day
from posecheck.pages.progress_plots import (
    Period,
    completion_plot,
    held_plot,
    periods,
    shared_range,
    symmetry_plot,
    trend_plot,
    turned,
)
from posecheck.pages.wording import side

LATEST = 12  # sets that are shown at once; the others of the list unfold


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
    """What the page says, before it is a page."""
    return ProgressView(
        title="Progress",
        until=day(progress.today),
        headline=_headline(progress),
        empty=None if progress.totals.sets else NEVER,
        tiles=tuple(_tiles(progress)),
        findings=tuple(_findings(progress)),
        exercises=tuple(_exercises(progress)),
        weeks=tuple(_weeks(progress)),
        exercise_key=tuple((title, number) for number, title in enumerate(progress.titles.values())),
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
            yield Finding("▲" if _gain(trend) > 0 else "▼", "good" if _gain(trend) > 0 else "bad", _change_words(trend))
    for one in progress.symmetries:
        if one.verdict is Verdict.DIFFERENCE:
            yield Finding("⇄", "plain", f"{one.title}, sides: {_difference(one)} now, a clear difference.")
    unclear = [f"{t.title.lower()}, {side(t.group)}" for t in progress.trends if t.verdict is Verdict.NO_CHANGE]
    if unclear:
        yield Finding("=", "plain", f"No clear change yet: {'; '.join(unclear)}.")
    few = [f"{t.title.lower()}, {side(t.group)}" for t in progress.trends if t.verdict is Verdict.TOO_FEW]
    if few:
        yield Finding("…", "plain", f"Too few sets to tell: {'; '.join(few)}.")


def _gain(trend: Trend) -> float:
    return turned(trend) * (trend.change or 0.0)


def _change_words(trend: Trend) -> str:
    sign = turned(trend)
    first, latest = _deg(sign * (trend.first or 0.0)), _deg(sign * (trend.latest or 0.0))
    than = "more" if _gain(trend) > 0 else "less"
    return f"{trend.title}, {side(trend.group)}: from {first} to {latest}, {than} by more than the repeat error."


# ---- trends


def _exercises(progress: Progress) -> Iterator[ExercisePart]:
    index = 0
    for exercise, title in progress.titles.items():
        trends = [t for t in progress.trends if t.exercise == exercise]
        plots = []
        for trend in trends:
            plots.append(_trend_plot(trend, index, [t for t in trends if t.signal == trend.signal]))
            index += 1
        for number, one in enumerate(progress.symmetries):
            if one.exercise == exercise:
                plots.append(_symmetry_plot(one, number))
        if plots:
            yield ExercisePart(f"exercise-{exercise}", title, tuple(plots))


def _trend_plot(trend: Trend, index: int, alike: Sequence[Trend]) -> Plot:
    sign = turned(trend)
    words = _trend_words(trend)
    return Plot(
        f"trend-{index}",
        f"{trend.title}, {side(trend.group)}",
        {Verdict.CHANGE: "clear change"}.get(trend.verdict, trend.verdict.value),
        "good" if trend.verdict is Verdict.CHANGE and _gain(trend) > 0 else "plain",
        Markup(trend_plot(trend, index, shared_range(alike))),
        words,
        ("Date", "Degrees", "Sets"),
        tuple(_point_row(p, sign) for p in reversed(trend.points)),
    )


def _trend_words(trend: Trend) -> str:
    sign = turned(trend)
    if trend.first is None or trend.latest is None or trend.change is None:
        return f"{_deg(sign * (trend.latest or 0.0))} from the starting position; two sets or more are needed to tell."
    parts = [f"{_deg(sign * trend.first)} at first, {_deg(sign * trend.latest)} now, from the starting position."]
    more = "more" if _gain(trend) > 0 else "less"
    if trend.repeat_error is None:
        parts.append("How exact this is was never measured, so no change is called one.")
    elif trend.verdict is Verdict.CHANGE:
        parts.append(f"{_deg(abs(trend.change), 1)} {more} exceeds the repeat error of {_deg(trend.repeat_error, 1)}.")
    else:
        parts.append(
            f"{_deg(abs(trend.change), 1)} {more} is within the repeat error of {_deg(trend.repeat_error, 1)} (shaded)."
        )
    return " ".join(parts)


def _symmetry_plot(symmetry: Symmetry, number: int) -> Plot:
    words = "No set has both sides yet."
    if symmetry.latest is not None:
        words = f"{_difference(symmetry)} now."
        if symmetry.repeat_error is not None:
            than = "exceeds" if symmetry.verdict is Verdict.DIFFERENCE else "is within"
            words = (
                f"{_difference(symmetry)} now, which {than} the repeat error of {_deg(symmetry.repeat_error)} (shaded)."
            )
    return Plot(
        f"symmetry-{number}",
        f"{symmetry.title}, left against right",
        {Verdict.DIFFERENCE: "clear difference"}.get(symmetry.verdict, symmetry.verdict.value),
        "plain",
        Markup(symmetry_plot(symmetry, number)),
        words,
        ("Date", "Left − right", "Sets"),
        tuple(_point_row(p, 1.0) for p in reversed(symmetry.points)),
    )


def _difference(symmetry: Symmetry) -> str:
    latest = symmetry.latest or 0.0
    if round(latest) == 0:
        return "The sides are alike"
    return f"{'Left' if latest > 0 else 'Right'} goes {_deg(abs(latest))} further"


def _point_row(point: TrendPoint, sign: float) -> Row:
    error = "" if point.error is None else f" ± {point.error:.0f}"
    return Row((short_day(point.at), f"{_deg(sign * point.value)}{error}", f"{point.sets:,}"))


def _deg(value: float, decimals: int = 0) -> str:
    return f"{round(value, decimals) + 0.0:.{decimals}f}°".replace("-", "−")


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
