"""Hands recordings to a pool of workers, as many as it has room for, and counts the outcomes. It keeps no results."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field

from posecheck.batch.inputs import Recording
from posecheck.batch.pools import Pool
from posecheck.batch.work_items import Outcome, State, Work
from posecheck.capture.gaps import ReadingNotes, joined_notes

LOST_CODE = 1  # the exit code of an error that has none of its own
SHOWN_FAILURES = 20  # a guess: as many as a terminal shows at once; the table has them all
_LOOK_S = 0.2  # a guess: between two looks at Ctrl-C and the bar, too short to be felt


@dataclass(slots=True)
class Tally:
    """How a batch stands. `failures`: the first ones, (recording, why)."""

    total: int
    judged: int = 0
    kept: int = 0
    failed: int = 0
    frames: int = 0
    stopped: bool = False
    fatal: str | None = None
    failures: list[tuple[Recording, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        return self.judged + self.kept + self.failed

    def add(self, outcome: Outcome) -> None:
        """Count an outcome in."""
        self.frames += outcome.frames
        if outcome.fatal:
            self.fatal = self.fatal or outcome.problem
        if outcome.problem is not None:
            self.failed += 1
            if len(self.failures) < SHOWN_FAILURES:
                self.failures.append((outcome.recording, outcome.problem))
        elif outcome.state is State.KEPT:
            self.kept += 1
        else:
            self.judged += 1


class Dispatcher:
    """Runs one batch through a pool.

    Args:
        pool: the workers.
        lost: notes down a recording whose worker was lost too often; returns its outcome.
        stop: tells whether to begin nothing more (Ctrl-C).
        show: is told how things stand, a few times a second.
        workers: when fewer recordings than these are left, long ones may be cut, so that no worker idles.
    """

    def __init__(
        self,
        pool: Pool,
        lost: Callable[[Recording, BaseException], Outcome],
        stop: Callable[[], bool] = lambda: False,
        show: Callable[[Tally, int], None] = lambda _tally, _running: None,
        *,
        workers: int = 0,
    ) -> None:
        self._pool, self._lost, self._stop, self._show, self._workers = pool, lost, stop, show, workers
        self._begun = 0
        self._running: dict[Future[Outcome], tuple[Work, int]] = {}
        self._again: deque[tuple[Work, int]] = deque()  # before new ones: retries, pieces, joins
        self._pieces: dict[Recording, int] = {}  # still to come, of each that is in pieces
        self._notes: dict[Recording, list[ReadingNotes]] = {}  # of its pieces

    def run(self, recordings: Iterable[Recording], total: int) -> Tally:
        """Judge all recordings, or as many as there are before a stop; a second Ctrl-C gives up what runs.

        Args:
            recordings: in the order in which they are begun.
            total: how many there are.

        Returns:
            What came of them.
        """
        tally = Tally(total)
        waiting = iter(recordings)
        try:
            while self._feed(waiting, tally) or self._running:
                self._collect(tally)
        except KeyboardInterrupt:
            tally.stopped = True
            self._pool.abort()
        return tally

    def _feed(self, waiting: Iterator[Recording], tally: Tally) -> bool:
        """Fill the pool; False when there is nothing more to hand over."""
        while True:
            if self._stop() or tally.fatal:
                tally.stopped = tally.stopped or self._stop()
                return False
            if self._pool.room() <= 0:
                return True
            work, tries = self._again.popleft() if self._again else (self._next(waiting, tally.total), 0)
            if work is None:
                return False
            self._running[self._pool.submit(work)] = (work, tries + 1)

    def _next(self, waiting: Iterator[Recording], total: int) -> Work | None:
        recording = next(waiting, None)
        if recording is None:
            return None
        left = total - self._begun  # this one, too
        self._begun += 1
        return Work(recording, split=left < self._workers)

    def _collect(self, tally: Tally) -> None:
        if not self._running:  # a cluster without workers, for the moment
            time.sleep(_LOOK_S)
        done, _ = wait(self._running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
        for future in done:
            work, tries = self._running.pop(future)
            error = future.exception()
            if error is None:
                self._take(work, future.result(), tally)
            elif tries < self._pool.tries:
                self._again.append((work, tries))
            else:
                self._take(work, self._lost(work.recording, error), tally)
        self._show(tally, len(self._running))

    def _take(self, work: Work, outcome: Outcome, tally: Tally) -> None:
        """Count what came back, or hand over what follows from it: pieces, and then their joining."""
        recording = outcome.recording
        if outcome.state is State.SPLIT:
            self._pieces[recording] = len(outcome.pieces)
            self._again.extend((Work(recording, outcome.pieces, piece.index), 0) for piece in outcome.pieces)
        elif work.index is None:
            tally.add(outcome)
        elif recording not in self._pieces:  # another piece of it has failed
            return
        elif outcome.state is State.PIECE:
            self._pieces[recording] -= 1
            self._notes.setdefault(recording, []).append(outcome.notes)
            if not self._pieces[recording]:
                del self._pieces[recording]
                notes = joined_notes(self._notes.pop(recording))
                self._again.append((Work(recording, work.pieces, notes=notes), 0))
        else:
            del self._pieces[recording]
            self._notes.pop(recording, None)
            tally.add(outcome)
