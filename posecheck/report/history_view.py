"""What a person reads of a history in the terminal: totals, the last sets, trends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from rich.console import Group, RenderableType
from rich.text import Text

from posecheck.history.progress import Progress, SetFigures, Symmetry, Totals, Trend, Verdict
from posecheck.measure.signals import is_ratio
from posecheck.report.plain_table import Filled, PlainTable, clauses

LINE_COLUMNS = 8  # a guess: of a small trend line
WEEKS = 10  # a guess: the latest ones that are listed: with what stands around them they fit a terminal of 24 lines
NEVER = "Nothing is kept yet. Every live set is (posecheck live), and a recording with: posecheck replay F --save"
RULE = (
    "A change is called one when it exceeds the repeat error: 1.96 · √2 · the standard error of a set, from the "
    "measured ± and from how far your own holds lie apart (minimal detectable change, 95 %)."
)
_BLOCKS = "▁▂▃▄▅▆▇█"


def history_view(progress: Progress) -> RenderableType:
    """Totals, the last sets and the trends."""
    if not progress.totals.sets:
        return Text(NEVER)
    parts: list[RenderableType] = [_headline(progress.totals), Text(""), _sets(progress.sets), Text("")]
    parts += [_weeks(progress), Text("")]
    if progress.trends:
        parts += [_trends(progress.trends, progress.symmetries), Text(f"\n{RULE}", style="italic")]
    return Group(*parts)


def span_words(seconds: float) -> str:
    """A length of time in words: 48 s, 12 min, 1 h 5 min."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def spark(values: Sequence[float], lowest: float | None = None, least_range: float = 0.0) -> str:
    """A line of blocks, one column for each value.

    Args:
        values: in order of time.
        lowest: the value of the lowest block; None for the least of the values.
        least_range: the whole height is at least this much when `lowest` is None: what is smaller than an error must
            not look like a change.
    """
    if not values:
        return ""
    low, high = min(values) if lowest is None else lowest, max(values)
    if lowest is None:
        more = max(least_range - (high - low), 0.0) / 2
        low, high = low - more, high + more
    whole = (high - low) or 1.0
    return "".join(_BLOCKS[round((value - low) / whole * (len(_BLOCKS) - 1))] for value in values)


def state_words(one: SetFigures) -> str:
    """How a set ended, in a word or two."""
    if one.complete:
        return "complete"
    return "unfinished" if one.state == "running" else "not complete"


def _headline(totals: Totals) -> RenderableType:
    sets = Text(f"{_many(totals.sets, 'set')} on {_many(totals.days, 'day')},", style="bold")
    row = Text.assemble(
        (f"{_many(totals.streak_days, 'day')} in a row", "bold cyan" if totals.streak_days else ""),
        f", longest {_many(totals.longest_streak_days, 'day')}",
    )
    rest = clauses(f"{totals.complete} complete, {span_words(totals.held_s)} held in all")
    return Group(Filled([sets, *rest], between=1), row)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _sets(sets: Sequence[SetFigures]) -> PlainTable:
    table = PlainTable()
    for name in ("set", "when", "exercise", "counted", "held", ""):
        right = name in ("set", "held")
        table.add_column(name, justify="right" if right else "left", overflow="fold", no_wrap=name == "when")
    for one in sets:
        seen = "" if one.source_kind == "live" else f", {one.source_kind}"
        words = Text(state_words(one) + seen, style="cyan" if one.complete else "yellow")
        counted = ", ".join(f"{group} {one.counts.get(group, 0)}/{goal}" for group, goal in one.goal.items())
        when = f"{one.at:%Y-%m-%d %H:%M}"
        table.add_row(str(one.id), when, one.exercise, counted, span_words(one.held_s), words)
    return table


def _weeks(progress: Progress) -> PlainTable:
    table = PlainTable()
    table.add_column("held a week")
    table.add_column("latest", justify="right")
    table.add_column("sets complete", justify="right")
    weeks = progress.weeks[-WEEKS:]
    held = [week.held_in_all_s for week in weeks]
    first = weeks[0].start
    ends = f"{first:%d %b} to {weeks[-1].start + timedelta(days=6):%d %b}"
    table.add_row(f"{spark(held, 0.0)}  {ends}", span_words(held[-1]), f"{weeks[-1].complete} of {weeks[-1].sets}")
    return table


def _trends(trends: Sequence[Trend], symmetries: Sequence[Symmetry]) -> PlainTable:
    table = PlainTable()
    mixed = any(t.relative is None for t in trends)
    table.add_column("* from the start" if mixed else "from the start", overflow="fold")
    for name in ("then → now", "change", "repeat\nerror"):
        table.add_column(name, justify="right")
    table.add_column("trend", no_wrap=True)
    table.add_column("")
    for what in dict.fromkeys((t.exercise, t.signal) for t in trends):
        for t in trends:
            if (t.exercise, t.signal) == what:
                moved = "" if t.first is None else f"{_shown(t, t.first)} → {_shown(t, t.latest)}"
                star = "*" if mixed and t.relative else ""
                _row(table, f"{t.title}{star}, {t.group}", moved, t.change, t)
        for s in symmetries:
            if (s.exercise, s.signal) == what:
                _row(table, "  left − right", "", s.latest, s)
    return table


def _row(table: PlainTable, name: str, moved: str, difference: float | None, one: Trend | Symmetry) -> None:
    line = spark(_squeezed([point.value for point in one.points]), least_range=one.repeat_error or 0.0)
    limit = _shown(one, one.repeat_error)
    table.add_row(name, moved, _shown(one, difference, signed=True), limit, line, _verdict(one.verdict))


def _squeezed(values: Sequence[float]) -> list[float]:
    """As many values as a small line has columns, each the median of its neighbours."""
    columns = min(LINE_COLUMNS, len(values))
    ends = [round(i * len(values) / columns) for i in range(columns + 1)] if columns else []
    return [median(values[start:end]) for start, end in pairwise(ends)]


def _verdict(verdict: Verdict) -> Text:
    clear = verdict in (Verdict.CHANGE, Verdict.DIFFERENCE)
    return Text(verdict.value, style="bold cyan" if clear else "")


def _shown(one: Trend | Symmetry, value: float | None, signed: bool = False) -> str:
    if value is None:
        return ""
    if is_ratio(one.signal, one.relative):
        return f"{value:+.2f}" if signed else f"{value:.2f}"
    return f"{round(value) + 0:+d}°" if signed else f"{round(value) + 0:d}°"
