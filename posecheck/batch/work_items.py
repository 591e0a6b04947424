"""What the dispatcher, the pools and the jobs hand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from posecheck.batch.inputs import Recording
from posecheck.batch.pieces import Piece
from posecheck.capture.gaps import ALL_WELL, ReadingNotes


@dataclass(frozen=True, slots=True)
class Work:
    """Something for a worker to do: judge a recording.

    When it was cut into `pieces`: find the poses of the one at `index`, or with None judge the joined poses of all;
    `notes` is then what the pieces had to tell. `split`: workers would idle, so a long one may be cut.
    """

    recording: Recording
    pieces: tuple[Piece, ...] = ()
    index: int | None = None
    notes: ReadingNotes = ALL_WELL
    split: bool = False


class State(StrEnum):
    """How the work on a recording ended."""

    JUDGED = "judged"
    KEPT = "kept"  # an earlier run had done it
    FAILED = "failed"
    SPLIT = "split"  # to be done in `pieces`
    PIECE = "piece"  # one of them is done


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a recording.

    `problem` with its `exit_code`: why it has no verdict, or one about nothing. `fatal`: the next one would meet the
    same (a full disk), so nothing more is begun. `notes`: what is odd about the recording.
    """

    recording: Recording
    state: State
    frames: int = 0
    problem: str | None = None
    exit_code: int = 0
    took_s: float = 0.0
    notes: ReadingNotes = ALL_WELL
    fatal: bool = False
    pieces: tuple[Piece, ...] = ()


class Task(Protocol):
    """What workers are sent once, and then do again and again; it can be pickled."""

    def warm_up(self) -> None:
        """Called once in each worker before the first work."""

    def __call__(self, work: Work) -> Outcome:
        """Do the work; raises nothing."""
