"""Trace → what is kept of a set: of each hold one figure for each judged signal, its median."""

from __future__ import annotations

from collections.abc import Mapping
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
        medians_of(trace, main_signals(exercise)),
        trace.to_json(),
    )


def main_signals(exercise: Exercise) -> Mapping[tuple[str, str | None], int]:
    """The signals that make the stretch, by name and group (None: every group), with the sign of more of it.

    It is the one by which an effort is seen, in degrees from the starting position; a ratio is not told as an angle.
    """
    found: dict[tuple[str, str | None], int] = {}
    for limit in exercise.limits:
        known = {group for _, group in found} & {limit.group, None}
        if limit.relative == "difference" and limit.attempt and limit.enter and not known and _in_degrees(limit.signal):
            found[limit.signal, limit.group] = -1 if limit.enter[1] <= 0 else 1
    return found


def medians_of(trace: Trace, main: Mapping[tuple[str, str | None], int]) -> tuple[KeptRepetition, ...]:
    """The medians of every repetition; signals that were never known in it are left out."""
    return tuple(_repetition(trace, one, main) for one in trace.summary.repetitions)


def _in_degrees(signal: str) -> bool:
    return not any(kind in signal for kind in ("ratio", "shift"))


def _repetition(trace: Trace, repetition: Repetition, main: Mapping[tuple[str, str | None], int]) -> KeptRepetition:
    paused = [(s.start_s, s.end_s) for s in trace.phases if s.phase is Phase.PAUSED]
    chosen = [
        index
        for index, t in enumerate(trace.times)
        if repetition.start_s <= t <= repetition.end_s and not any(start <= t < end for start, end in paused)
    ]
    found: list[SignalMedian] = []
    for signal in trace.signals:
        sign = main.get((signal.name, repetition.group), main.get((signal.name, None), 0))
        one = _median(signal, chosen, sign if signal.relative == "difference" else 0)
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
