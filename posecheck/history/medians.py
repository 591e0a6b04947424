"""Trace → what is kept of a set: of each hold one figure for each judged signal, its median."""

from __future__ import annotations

from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING

from posecheck.exercises.model import Exercise
from posecheck.history.records import KeptRepetition, KeptSet, Origin, SetState, SignalMedian, exercise_hash
from posecheck.records import Phase, Repetition

if TYPE_CHECKING:
    from posecheck.trace import SignalTrace, Trace


def kept_set(
    uid: str, started: datetime, origin: Origin, exercise: Exercise, trace: Trace, state: SetState | None = None
) -> KeptSet:
    """What is kept of a set; `state` follows from the verdict when it is left out."""
    return KeptSet(
        uid,
        started,
        state or (SetState.DONE if trace.summary.complete else SetState.STOPPED),
        origin,
        exercise.title,
        exercise_hash(exercise),
        trace.summary,
        medians_of(trace, main_signal(exercise)),
        trace.to_json(),
    )


def main_signal(exercise: Exercise) -> str | None:
    """The signal that makes the stretch: by which an effort is seen, in degrees from the starting position."""
    for limit in exercise.limits:
        if limit.relative == "difference" and limit.attempt and limit.enter:
            return limit.signal
    return None


def medians_of(trace: Trace, main: str | None) -> tuple[KeptRepetition, ...]:
    """The medians of every repetition; signals that were never known in it are left out."""
    return tuple(_repetition(trace, one, main) for one in trace.summary.repetitions)


def _repetition(trace: Trace, repetition: Repetition, main: str | None) -> KeptRepetition:
    paused = [(s.start_s, s.end_s) for s in trace.phases if s.phase is Phase.PAUSED]
    chosen = [
        index
        for index, t in enumerate(trace.times)
        if repetition.start_s <= t <= repetition.end_s and not any(start <= t < end for start, end in paused)
    ]
    found = (_median(signal, chosen, main) for signal in trace.signals)
    return KeptRepetition(repetition.number, tuple(one for one in found if one is not None))


def _median(signal: SignalTrace, chosen: list[int], main: str | None) -> SignalMedian | None:
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
        signal.name == main and signal.relative == "difference",
    )
