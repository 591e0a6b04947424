"""Trace → what is kept of a set: of each hold one figure for each judged signal, its median."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING

from posecheck.exercises.format import Exercise, Limit
from posecheck.history.records import (
    BELOW,
    LESS,
    MORE,
    KeptRepetition,
    KeptSet,
    Origin,
    SetState,
    SignalMedian,
    exercise_hash,
)
from posecheck.records import Phase, Repetition

if TYPE_CHECKING:
    from posecheck.judging.trace import SignalTrace, Trace


def kept_set(
    uid: str,
    started: datetime,
    origin: Origin,
    exercise: Exercise,
    trace: Trace,
    state: SetState | None = None,
    recording: str = "",
) -> KeptSet:
    """What is kept of a set.

    Args:
        uid: the name of the set that no other has.
        started: when it began.
        origin: where the poses came from.
        exercise: what was judged.
        trace: the course of the set, with the verdict.
        state: none when the verdict says it: done when the set is complete, else stopped.
        recording: what tells the recording from all others (see `recording_hash`); "" for a live set.
    """
    return KeptSet(
        uid,
        started,
        state or (SetState.DONE if trace.summary.complete else SetState.STOPPED),
        origin,
        exercise.title,
        exercise_hash(exercise),
        trace.summary,
        medians_of(trace, main_signals(exercise)),
        trace.to_json(),
        recording=recording,
    )


MainSignals = Mapping[tuple[str, str | None, str | None], int]


def main_signals(exercise: Exercise) -> MainSignals:
    """The signals that make the stretch, by name, relation to the start and group (None: all): which way is further.

    They are those that the file marks with `trend`; else the first of each group by which an effort is seen.
    """
    marked = [limit for limit in exercise.limits if limit.trend]
    found: dict[tuple[str, str | None, str | None], int] = {}
    for limit in marked or exercise.limits:
        known = {group for *_, group in found} & {limit.group, None}
        if limit.enter and (limit.trend or (limit.attempt and not known)):
            found[limit.signal, limit.relative, limit.group] = _further(limit)
    return found


def _further(limit: Limit) -> int:
    """Which way is further: away from the start, below zero where a hold is, and towards zero where it may be 0."""
    low, high = limit.enter or (0.0, 0.0)
    if high <= 0 and limit.trend != "less":
        return BELOW
    towards_zero = low <= 0 or (limit.setup is not None and limit.setup[0] >= high)
    return LESS if limit.trend == "less" or (towards_zero and limit.trend is None) else MORE


def medians_of(trace: Trace, main: MainSignals) -> tuple[KeptRepetition, ...]:
    """The medians of every repetition; signals that were never known in it are left out.

    Args:
        trace: the course of the set.
        main: the signals that are kept, as `main_signals` gives them.
    """
    return tuple(_repetition(trace, one, main) for one in trace.summary.repetitions)


def _repetition(trace: Trace, repetition: Repetition, main: MainSignals) -> KeptRepetition:
    paused = [(s.start_s, s.end_s) for s in trace.phases if s.phase is Phase.PAUSED]
    chosen = [
        index
        for index, t in enumerate(trace.times)
        if repetition.start_s <= t <= repetition.end_s and not any(start <= t < end for start, end in paused)
    ]
    found: list[SignalMedian] = []
    for signal in trace.signals:
        key = signal.name, signal.relative
        one = _median(signal, chosen, main.get((*key, repetition.group), main.get((*key, None), 0)))
        found += [one] if one is not None else []
    return KeptRepetition(repetition.number, tuple(found))


def _median(signal: SignalTrace, chosen: list[int], main: int) -> SignalMedian | None:
    values = [value for i in chosen if (value := signal.values[i]) is not None]
    if not values:
        return None
    errors = [error for i in chosen if (error := signal.errors[i]) is not None]
    return SignalMedian(
        signal.name,
        signal.plane,
        signal.relative,
        median(values),
        median(errors) if errors else None,
        len(values),
        main,
    )
