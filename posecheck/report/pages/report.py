"""Trace → the report of one set, as one HTML page that needs nothing else."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from posecheck._version import __version__
from posecheck.exercises.posture_words import other_postures_text
from posecheck.judging.trace import BreakReason, SignalTrace, Trace
from posecheck.measure.signals import is_ratio
from posecheck.records import Phase, Repetition
from posecheck.records.times import SAME_TIME_S
from posecheck.report.pages.figures import StickFigure, stick_figure
from posecheck.report.pages.html import Link, Row, moment, render
from posecheck.report.pages.plots import clock
from posecheck.report.pages.report_plots import signal_plot, timeline_plots
from posecheck.report.pages.wording import (
    Words,
    explained,
    limits_text,
    name_of,
    noun,
    number,
    outcome,
    seconds,
    side,
    sure_side,
    to_change,
    verdict,
    with_error,
    words_for,
)

MOST_ROWS = 60  # a guess: of a table of values
_ROUND_STEPS_S = (1, 2, 5, 10, 15, 30, 60)  # times that people count in


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One side or direction against its goal."""

    name: str
    counted: int
    goal: int
    held: str


@dataclass(frozen=True, slots=True)
class Change:
    """What to do differently, and the repetitions that it would have helped."""

    text: str
    where: str


@dataclass(frozen=True, slots=True)
class ReasonCard:
    """One hold that broke or did not count: `picture` as a data URI, else a drawn `figure`, with its text."""

    number: int
    title: str
    sentences: tuple[str, ...]
    change: str | None
    picture: str | None
    figure: StickFigure | None
    alt: str


@dataclass(frozen=True, slots=True)
class SignalCard:
    """One judged signal: its plot, the same in words, and its values as a table."""

    key: str
    title: str
    note: str
    svg: Markup
    words: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """All that the template shows."""

    title: str
    exercise: str
    when: str | None
    source: str
    headline: str
    verdict: str
    complete: bool
    noun: str
    target: str
    goals: tuple[GoalRow, ...]
    changes: tuple[Change, ...]
    reasons: tuple[ReasonCard, ...]
    blurred: bool | None
    timeline: tuple[Markup, Markup]
    timeline_words: str
    timeline_rows: tuple[Row, ...]
    repetitions: tuple[Row, ...]
    signals: tuple[SignalCard, ...]
    care: str
    version: str


def report_page(
    trace: Trace,
    *,
    when: datetime | None = None,
    pictures: Mapping[int, bytes] | None = None,
    blurred: bool = True,
    links: Sequence[Link] = (),
) -> str:
    """The page of one set.

    Args:
        trace: what was kept of it.
        when: its beginning, with the zone of the place; None where it is not known.
        pictures: a JPEG for some of `trace.reasons`, by index.
        blurred: whether the faces in the pictures are blurred.
        links: what stands at the top of the page, when it is served.

    Returns:
        One HTML document, without script, that loads nothing from anywhere.
    """
    return render("report.html", report_view(trace, when, pictures or {}, blurred), tuple(links))


def report_view(trace: Trace, when: datetime | None, pictures: Mapping[int, bytes], blurred: bool) -> ReportView:
    """What the page says, before it is a page.

    Args:
        trace: what was kept of the set.
        when: its beginning, with the zone of the place; None where it is not known.
        pictures: a JPEG by the index of the reason that it shows.
        blurred: whether faces are blurred in them.
    """
    summary = trace.summary
    told = told_reasons(trace)
    phone, desk = timeline_plots(trace)
    return ReportView(
        title=f"{trace.title}: report",
        exercise=trace.title,
        when=moment(when) if when is not None else None,
        source=summary.source,
        headline=_headline(trace),
        verdict=_verdict(trace),
        complete=summary.complete,
        noun=noun(trace),
        target=f"{trace.target_s:g} s",
        goals=tuple(_goal(trace, group) for group in summary.goal),
        changes=_changes(trace, told),
        reasons=tuple(_card(trace, place, index, pictures.get(index)) for place, index in enumerate(told, 1)),
        blurred=blurred if pictures else None,
        timeline=(Markup(phone), Markup(desk)),
        timeline_words=_timeline_words(trace),
        timeline_rows=_timeline_rows(trace),
        repetitions=tuple(_repetition_row(trace, r) for r in summary.repetitions),
        signals=tuple(_signal(trace, index, told) for index in _blamed_first(trace, told)),
        care=trace.care,
        version=summary.posecheck or __version__,
    )


def told_reasons(trace: Trace) -> tuple[int, ...]:
    """The indices of the reasons that the page shows.

    A pause that ended the hold is left out, as the reason why the hold was refused says the same; and so is a pause of
    which no condition is known.
    """
    ends = {(r.broke.start_s, r.broke.at_s) for r in trace.reasons if r.broke.what != "paused"}
    return tuple(
        index
        for index, r in enumerate(trace.reasons)
        if not (r.broke.what == "paused" and (r.broke.start_s, r.broke.at_s) in ends)
        and not (r.broke.what == "paused" and r.seen is None)
    )


# ---- in short


def _headline(trace: Trace) -> str:
    summary, what = trace.summary, noun(trace)
    done, wanted = sum(summary.counts.values()), sum(summary.goal.values())
    if summary.complete:
        return f"All {wanted} {what}s counted"
    if not summary.repetitions:
        return f"No {what} was seen"
    return f"{done} of {wanted} {what}s counted"


def _verdict(trace: Trace) -> str:
    summary = trace.summary
    spent = clock(trace.end_s - trace.start_s)
    parts = [f"The set took {spent} minutes."]
    if summary.duration_s > 0:
        share = summary.judged_s / summary.duration_s
        if share < 0.995:
            parts.append(f"{min(share, 0.99):.0%} of it could be judged.")
    missing = {group: goal - summary.counts.get(group, 0) for group, goal in summary.goal.items()}
    if summary.repetitions and any(left > 0 for left in missing.values()):
        parts.append(f"Still to do: {', '.join(f'{group} {left}' for group, left in missing.items() if left > 0)}.")
    if summary.interrupted:
        parts.append("It was stopped before its end.")
    return " ".join(parts)


def _goal(trace: Trace, group: str) -> GoalRow:
    summary = trace.summary
    held = sum(r.held_s for r in summary.repetitions if r.group == group and r.counted)
    name = side(group).capitalize()
    return GoalRow(name, summary.counts.get(group, 0), summary.goal[group], seconds(held))


def _changes(trace: Trace, told: Sequence[int]) -> tuple[Change, ...]:
    """What to change, the most frequent first, each once."""
    found: dict[str, list[str]] = {}
    for index in told:
        reason = trace.reasons[index]
        text = to_change(trace, reason)
        if text is not None:
            where = f"{noun(trace)} {reason.broke.number}" if reason.broke.number else f"a short {noun(trace)}"
            places = found.setdefault(text, [])
            if where not in places:
                places.append(where)
    ordered = sorted(found.items(), key=lambda one: -len(one[1]))
    return tuple(Change(text, ", ".join(where)) for text, where in ordered)


def _card(trace: Trace, place: int, index: int, picture: bytes | None) -> ReasonCard:
    reason = trace.reasons[index]
    uri = None if picture is None else f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"
    at = clock((reason.seen_s if reason.seen_s is not None else reason.broke.end_s) - trace.zero_s)
    figure = stick_figure(reason.figure) if reason.figure is not None and uri is None else None
    kind = "Picture with the skeleton" if uri else "Stick figure of the body"
    return ReasonCard(
        place,
        outcome(trace, reason),
        explained(trace, reason),
        to_change(trace, reason),
        uri,
        figure,
        f"{kind} at {at}",
    )


# ---- the whole set


def _timeline_words(trace: Trace) -> str:
    summary, what = trace.summary, noun(trace)
    counted = sum(r.counted for r in summary.repetitions)
    pauses = sum(s.phase is Phase.PAUSED for s in trace.phases)
    lost = sum(n.end_s - n.start_s for n in summary.not_judged)
    parts = [
        f"{_many(len(summary.repetitions), what)}, {counted} counted",
        _many(pauses, "pause"),
        _many(len(summary.cues), "cue"),
        f"{lost:.0f} s not judged" if lost >= 0.5 else "all of it judged",
    ]
    elsewhere = other_postures_text(summary.other_postures)
    if elsewhere:
        parts.append(f"in other postures: {elsewhere}")
    return f"{'; '.join(parts)}.".capitalize()


def _many(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def _timeline_rows(trace: Trace) -> tuple[Row, ...]:
    summary, zero = trace.summary, trace.zero_s
    found = [(r.start_s, r.end_s, name_of(trace, r.number, r.group), verdict(r)) for r in summary.repetitions]
    found += [(s.start_s, s.end_s, "Pause", "") for s in trace.phases if s.phase is Phase.PAUSED]
    found += [(c.start_s, c.end_s, "Cue", c.text) for c in summary.cues]
    found += [(n.start_s, n.end_s, "Not judged", n.text) for n in summary.not_judged]
    return tuple(Row((clock(a - zero), clock(b - zero), what, more)) for a, b, what, more in sorted(found))


def _repetition_row(trace: Trace, r: Repetition) -> Row:
    times = clock(r.start_s - trace.zero_s), clock(r.end_s - trace.zero_s)
    return Row((str(r.number), sure_side(r), *times, seconds(r.held_s), verdict(r)))


# ---- signals


def _blamed_first(trace: Trace, told: Sequence[int]) -> list[int]:
    """The signals by index: those that explain something first, else in the order of the exercise file."""
    reasons = [trace.reasons[i] for i in told]
    return sorted(
        range(len(trace.signals)), key=lambda index: not any(_blames(one, trace.signals[index]) for one in reasons)
    )


def _signal(trace: Trace, index: int, told: Sequence[int]) -> SignalCard:
    signal = trace.signals[index]
    marks = [(place, trace.reasons[i]) for place, i in enumerate(told, 1) if _blames(trace.reasons[i], signal)]
    words = words_for(signal.name, signal.relative)
    return SignalCard(
        f"signal-{index}",
        words.title,
        _note(words),
        Markup(signal_plot(trace, index, marks)),
        _signal_words(trace, signal),
        _signal_rows(trace, signal),
    )


def _note(words: Words) -> str:
    """The scale of a signal: "0° is upright; above it forwards, below it back"."""
    if not words.plus:
        return words.note
    return "; ".join(filter(None, (words.note, f"above it {words.plus}, below it {words.minus}")))


def _blames(reason: BreakReason, signal: SignalTrace) -> bool:
    seen = reason.seen
    return seen is not None and (seen.name, seen.plane, seen.relative) == (signal.name, signal.plane, signal.relative)


def _signal_words(trace: Trace, signal: SignalTrace) -> str:
    ratio = is_ratio(signal.name, signal.relative)
    counted = [(r.start_s, r.end_s) for r in trace.summary.repetitions if r.counted]
    spans = [
        (max(p.start_s, start), min(p.end_s, end))
        for p in trace.phases
        for start, end in counted
        if p.phase in (Phase.HOLD, Phase.RETURN)
    ]
    held = [
        v
        for t, v in zip(trace.times, signal.values, strict=True)
        if v is not None and any(start <= t <= end for start, end in spans)
    ]
    errors = Counter(e for e in signal.errors if e is not None)
    parts = [limits_text(signal)]
    if held:
        low, high = number(min(held), ratio), number(max(held), ratio)
        parts.append(f"In what counted it was {low} to {high}." if low != high else f"In what counted it was {low}.")
    if errors:
        sizes = " or ".join(f"{e:.0f}°" for e in sorted({round(e) for e in errors}))
        parts.append(f"Known to ± {sizes}.")
    return " ".join(parts)


def _signal_rows(trace: Trace, signal: SignalTrace) -> tuple[Row, ...]:
    """The values at round times, no more than a table can bear."""
    ratio, zero = is_ratio(signal.name, signal.relative), trace.zero_s
    span = max(trace.end_s - trace.start_s, 1.0)
    step = next((s for s in _ROUND_STEPS_S if span / s <= MOST_ROWS), _ROUND_STEPS_S[-1])
    rows: list[Row] = []
    due = 0.0
    for t, value, error in zip(trace.times, signal.values, signal.errors, strict=True):
        if t - zero >= due - SAME_TIME_S:
            due = ((t - zero) // step + 1) * step
            if value is not None:
                rows.append(Row((clock(t - zero), with_error(value, error, ratio), _fits(signal, value))))
    return tuple(rows)


def _fits(signal: SignalTrace, value: float) -> str:
    for bounds in signal.bounds:
        if all(edge is None or (value - edge) * sign >= 0 for edge, sign in zip(bounds.enter, (1, -1), strict=True)):
            return "right" if bounds.group is None else f"right, {bounds.group}"
    return "outside"
