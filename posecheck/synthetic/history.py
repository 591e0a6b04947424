"""Weeks of made-up but plausible sets, for tests of what is shown of a history."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone

from posecheck._version import __version__
from posecheck.history.progress import HoldFigure, Progress, SetFigures, progress_of
from posecheck.history.records import KeptRepetition, KeptSet, Origin, SetState, SignalMedian, SourceKind
from posecheck.measure.uncertainty import FRONT_NEARER, KNEELING_NEARER, errors_of
from posecheck.records import Repetition, Summary

DONE_ON = 0.85  # a guess: share of the days on which somebody stretches
GIVES_UP = 0.08  # a guess: share of the sets that are stopped
SCATTER_DEG = 1.5  # a guess: between the holds of a set
LAST = date(2026, 11, 22)  # any fixed day: the same history is made every time
_TITLES = {
    "ninety_ninety": "90-90 hip-flexor stretch",
    "side_bend": "90-90 stretch with side bend",
    "knee_drops": "Knee drops",
}
_START_DEG = {  # from the starting position; and what is gained in a month
    ("ninety_ninety", "left"): (8.0, 14.0),
    ("ninety_ninety", "right"): (12.0, 4.0),
    ("side_bend", "left"): (12.0, 7.0),
    ("side_bend", "right"): (17.0, 3.0),
    ("knee_drops", "in"): (11.0, 4.0),
    ("knee_drops", "out"): (12.0, 5.0),
}
_SIGNALS = {"ninety_ninety": "rear_thigh_inclination", "side_bend": "bend_to_front", "knee_drops": "knee_drop"}


def made_up_sets(days: int = 30, last: date = LAST, seed: int = 7, a_day: int = 1) -> list[SetFigures]:
    """Sets of an invented history: all three exercises on most days, the same every time.

    Args:
        days: how many days there are.
        last: the last of them.
        seed: another seed gives another history.
        a_day: how often each exercise is done on such a day.
    """
    return list(_sets(days, last, random.Random(seed), a_day))


def made_up_progress(days: int = 30, last: date = LAST, seed: int = 7) -> Progress:
    """What the progress page shows of `made_up_sets`.

    Args:
        days: how many days there are.
        last: the last of them, which is also today.
        seed: another seed gives another history.
    """
    return progress_of(made_up_sets(days, last, seed), last)


def kept(figures: SetFigures, trace: str | None = None) -> KeptSet:
    """A set with these figures as it is kept in the database, for `History.put`.

    Args:
        figures: the figures of the set. Its repetitions are laid out from 12 s on, all equally long.
        trace: the course of the set, as `Trace.to_json` writes it; None for none.
    """
    each_s = figures.held_s / max(len(figures.holds), 1)
    repetitions: list[Repetition] = []
    medians: list[KeptRepetition] = []
    for number, hold in enumerate(figures.holds, 1):
        start_s = 12.0 + (number - 1) * (each_s + 6.0)
        repetitions.append(Repetition(number, hold.group, start_s, start_s + each_s, each_s, counted=True))
        sign = -1 if hold.group == "out" else 1
        samples = round(each_s * 5)
        median = SignalMedian(hold.signal, "image", "difference", sign * hold.value, hold.error, samples, sign)
        medians.append(KeptRepetition(number, (median,)))
    return KeptSet(
        f"{figures.id:032x}",
        figures.at,
        SetState(figures.state),
        Origin(SourceKind(figures.source_kind), "full", "0" * 64, "daily"),
        figures.title,
        "0" * 64,
        _summary(figures, tuple(repetitions)),
        tuple(medians),
        trace,
    )


def _summary(figures: SetFigures, repetitions: tuple[Repetition, ...]) -> Summary:
    frames = round(figures.duration_s * 15)
    counts: Mapping[str, int] = dict.fromkeys(figures.goal, 0) | Counter(r.group for r in repetitions)
    return Summary(
        *(__version__, figures.exercise, "camera 0", figures.duration_s, frames, frames, figures.duration_s - 8.0),
        repetitions=repetitions,
        counts=counts,
        goal=figures.goal,
        complete=figures.complete,
        cues=(),
        not_judged=(),
        interrupted=not figures.complete,
    )


def _sets(days: int, last: date, chance: random.Random, a_day: int) -> Iterator[SetFigures]:
    number = 0
    zone = timezone(timedelta(hours=1))
    for index in range(days):
        day = last - timedelta(days=days - 1 - index)
        if chance.random() > DONE_ON:
            continue
        at = datetime(day.year, day.month, day.day, 7, chance.randrange(60), tzinfo=zone)
        for _ in range(a_day):
            for exercise in _TITLES:
                number += 1
                yield _set(number, at, exercise, index / 30, chance)
                at += timedelta(minutes=4)


def _set(number: int, at: datetime, exercise: str, months: float, chance: random.Random) -> SetFigures:
    drops = exercise == "knee_drops"
    groups, each, target_s = (("in", "out"), 5, 2.4) if drops else (("left", "right"), 2, 20.8)
    stopped = chance.random() < GIVES_UP
    counts = {group: each - (chance.randint(1, each) if stopped else 0) for group in groups}
    done_s = {group: [max(chance.gauss(target_s, target_s / 20), 1.6) for _ in range(n)] for group, n in counts.items()}
    gained = 1 - 0.5 ** (2 * months)  # fast at first
    holds: list[HoldFigure] = []
    for group, n in counts.items():
        start, gain = _START_DEG[exercise, group]
        today = start + gain * gained * 4 / 3 + chance.gauss(0, 1.2)
        nearer = {"left": KNEELING_NEARER, "right": FRONT_NEARER}.get(group) if exercise == "ninety_ninety" else None
        error = errors_of(exercise, nearer).get(_SIGNALS[exercise])
        holds += [HoldFigure(group, _SIGNALS[exercise], chance.gauss(today, SCATTER_DEG), error) for _ in range(n)]
    held_s = sum(sum(some) for some in done_s.values())
    goal = dict.fromkeys(groups, each)
    return SetFigures(
        number,
        at,
        exercise,
        _TITLES[exercise],
        "stopped" if stopped else "done",
        "live",
        not stopped,
        held_s * 1.5 + 20,
        held_s,
        counts,
        goal,
        tuple(holds),
    )
