"""What is kept of a set: the verdict, and the judged signals of each hold at their medians."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from posecheck._version import __version__
from posecheck.records import Summary

if TYPE_CHECKING:
    from posecheck.exercises.format import Exercise


_UID_LETTERS = 100  # a guess: ours have 32
_MOST_GOAL = 10_000  # a guess: of repetitions; nobody sets out to do more


class SetState(StrEnum):
    """How a set ended; one that is RUNNING when nobody is at it was cut off by a crash."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class SourceKind(StrEnum):
    """Where a set was seen."""

    LIVE = "live"
    VIDEO = "video"
    TAPE = "tape"


MORE, BELOW, LESS = 1, -1, 2  # which way a signal goes further; as numbers they are in the database


@dataclass(frozen=True, slots=True)
class SignalMedian:
    """One judged signal of one hold at its median, as it is compared with its limits, and its ± (None: not measured).

    `relative` tells of a difference or a ratio to the starting position; `samples` are the values behind the median.
    `main` marks the signal that makes the stretch, of which trends are drawn: MORE of it is further, BELOW zero more of
    it is further, or LESS of it is; 0 for all others.
    """

    signal: str
    plane: str
    relative: str | None
    value: float
    error: float | None
    samples: int
    main: int = 0


@dataclass(frozen=True, slots=True)
class KeptRepetition:
    """What is kept of a repetition beside what the summary says of it; `number` is the one there."""

    number: int
    medians: tuple[SignalMedian, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where sets come from: the kind of source, the pose model, and the routine they are part of ("" for none)."""

    kind: SourceKind
    model: str
    model_sha256: str
    routine: str = ""


@dataclass(frozen=True, slots=True)
class KeptSet:
    """A set as it is kept, finished or so far. `uid` is its own on every machine; `started` has an offset.

    `exercise_sha256` is that of the content of the exercise (see `exercise_hash`), `trace` what a report draws, as
    JSON, or None. `recording` is the SHA-256 of the recording's file and of the part that was judged, "" for none.
    """

    uid: str
    started: datetime
    state: SetState
    origin: Origin
    title: str
    exercise_sha256: str
    summary: Summary
    repetitions: tuple[KeptRepetition, ...] = ()
    trace: str | None = field(default=None, repr=False)
    posecheck: str = __version__
    recording: str = ""


FIRST_YEAR, LAST_YEAR = 1970, 2099  # a guess: before, no clock of a camera begins; after, this is no longer in use


def right_year(at: datetime) -> bool:
    """Whether a set can have begun then.

    Args:
        at: the time, in whatever zone.
    """
    return FIRST_YEAR <= at.year <= LAST_YEAR


def what_is_wrong(kept: KeptSet) -> tuple[str, str] | None:
    """The first place in a set where something is that cannot be, and what is allowed there; None when all can be.

    Args:
        kept: the set, whose numbers are finite and whose texts are valid.
    """
    s = kept.summary
    numbers = [r.number for r in s.repetitions]
    medians = [one.number for one in kept.repetitions]
    sures = [r.side_probability for r in s.repetitions if r.side_probability is not None]
    rules = (
        ("uid", 0 < len(kept.uid) <= _UID_LETTERS, f"a name of 1 to {_UID_LETTERS} letters"),
        ("started", kept.started.utcoffset() is not None, "a time with the offset of its place"),
        ("started", right_year(kept.started), f"years from {FIRST_YEAR} to {LAST_YEAR}"),
        ("summary.frames", 0 <= s.frames_with_pose <= s.frames, "no fewer frames than those with a pose, from 0"),
        ("summary.goal", s.goal.keys() <= s.counts.keys(), "only groups that have a count"),
        ("summary.counts", all(0 <= n <= s.frames for n in s.counts.values()), "at most as many as there are frames"),
        ("summary.goal", all(0 <= n <= _MOST_GOAL for n in s.goal.values()), f"from 0 to {_MOST_GOAL}"),
        ("summary.repetitions", numbers == sorted(set(numbers)), "numbers that rise, each once"),
        ("summary.repetitions", all(r.start_s <= r.end_s for r in s.repetitions), "an end after the start"),
        ("summary.repetitions", all(0.0 <= sure <= 1.0 for sure in sures), "a side_probability from 0 to 1"),
        ("repetitions", len(medians) == len(set(medians)), "each number once"),
        ("repetitions", set(medians) <= set(numbers), "numbers of the summary's repetitions"),
    )
    return next(((place, allowed) for place, right, allowed in rules if not right), None)


def new_uid() -> str:
    """A name for a set that no other set has."""
    return uuid.uuid4().hex


def recording_hash(file_sha256: str, start_s: float = 0.0, end_s: float | None = None) -> str:
    """What tells a recording, or a part of it, from all others.

    Args:
        file_sha256: SHA-256 of its file.
        start_s: where the part begins, in seconds of the recording.
        end_s: where it ends; None for the end of the recording.
    """
    return hashlib.sha256(f"{file_sha256} {start_s!r} {end_s!r}".encode()).hexdigest()


def exercise_hash(exercise: Exercise) -> str:
    """SHA-256 of the content of an exercise, whatever its file looks like."""
    content = json.dumps(exercise.model_dump(), sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()
