"""A live routine → kept sets, while it goes on: after each repetition and at the end of each set.

The loop of a live set must neither fail nor wait because of the history, so a thread of its own writes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from posecheck.errors import PosecheckError
from posecheck.exercises.format import Exercise
from posecheck.history.medians import kept_set
from posecheck.history.records import KeptSet, Origin, SetState, new_uid
from posecheck.history.store import History, open_history
from posecheck.judging.trace import TraceRecorder
from posecheck.live.guide.flow import Flow, Judged
from posecheck.live.guide.flow_records import Moment, Stage
from posecheck.records import Event, EventKind, Summary
from posecheck.records.closing import Closing

RETRY_S = 1.0  # a guess: what could not be written is tried again
CLOSE_S = 8.0  # a guess: at the end it is waited so long for what is still to be written
_LOGGED = {EventKind.REPETITION_COUNTED, EventKind.REPETITION_REFUSED}
_AT_WORK = (Stage.READY, Stage.EXERCISE)


@dataclass(slots=True)
class _Current:
    """The set that goes on; `kept` is what was kept of it last, None while it has not begun."""

    number: int
    exercise: Exercise
    uid: str
    started: datetime
    recorder: TraceRecorder
    fed: bool = False
    kept: KeptSet | None = None


class Keeper:
    """Follows a flow and hands on its sets, each again whenever there is more of it.

    Args:
        keep: takes a set, in place of what it took under the same `uid`.
        origin: where the sets come from.
        now: tells the time.

    Sets that never began are not kept; one that was begun anew stays as a stopped one.
    """

    def __init__(self, keep: Callable[[KeptSet], object], origin: Origin, now: Callable[[], datetime]) -> None:
        self._keep, self._origin, self._now = keep, origin, now
        self._current: _Current | None = None
        self._finished = 0

    def take(self, flow: Flow, moment: Moment) -> None:
        """Take what the flow made of the newest pose.

        Args:
            flow: the flow, right after it took the pose.
            moment: what it returned.
        """
        judged = flow.judged
        if judged is None:  # paused, or done
            if len(moment.finished) > self._finished:
                self._leave(moment.finished, moment.events)
            return
        news = [event for event in moment.events if event not in judged.step.events]
        if self._current is None or judged.number != self._current.number:  # a key ended the set, or began it anew
            self._leave(moment.finished, news)
            self._current = self._fresh(judged)
        self._feed(self._current, judged, flow, moment)
        if len(moment.finished) > self._finished:
            self._leave(moment.finished, news)

    def finish(self, summaries: Sequence[Summary], events: Iterable[Event] = ()) -> None:
        """Keep what is left, once the flow was finished.

        Args:
            summaries: all verdicts of the flow, in order.
            events: what finishing the flow led to.
        """
        self._leave(summaries, events)

    def _fresh(self, judged: Judged) -> _Current:
        recorder = TraceRecorder(judged.exercise, from_first=True)
        return _Current(judged.number, judged.exercise, new_uid(), self._now(), recorder)

    def _feed(self, current: _Current, judged: Judged, flow: Flow, moment: Moment) -> None:
        if not judged.begun and moment.stage not in _AT_WORK:  # still finding the place
            self._current = self._fresh(judged) if current.fed else current
            return
        if not current.fed:
            current.fed, current.started = True, self._now()
        current.recorder.update(judged.step)
        ended = len(moment.finished) > self._finished
        logged = any(event.kind in _LOGGED for event in judged.step.events)
        if judged.begun and not ended and (current.kept is None or logged):
            self._put(current, flow.so_far(), SetState.RUNNING)

    def _leave(self, summaries: Sequence[Summary], events: Iterable[Event]) -> None:
        """The present set is over: with a verdict, or without one when it was begun anew."""
        current, self._current = self._current, None
        ended, self._finished = len(summaries) > self._finished, len(summaries)
        if current is None or current.kept is None:
            return
        if ended:
            current.recorder.note(events)
            self._put(current, summaries[-1])
        else:
            self._keep(replace(current.kept, state=SetState.STOPPED))

    def _put(self, current: _Current, summary: Summary, state: SetState | None = None) -> None:
        trace = current.recorder.trace(summary)
        current.kept = kept_set(current.uid, current.started, self._origin, current.exercise, trace, state)
        self._keep(current.kept)


class BackgroundHistory(Closing):
    """Writes sets in a thread of its own; `put` returns at once and never fails.

    What cannot be written now, as the database is locked or the disk is full, is tried again while the set goes on.
    `trouble` tells why something is not written, `said` what opening the history led to; both None when all is well.
    """

    def __init__(self, path: Path, retry_s: float = RETRY_S) -> None:
        self.trouble: str | None = None
        self.said: str | None = None
        self._path, self._retry_s = path, retry_s
        self.written: set[str] = set()  # names of sets
        self._waiting: dict[str, KeptSet] = {}
        self._closing = False
        self._changed = threading.Condition()
        # a daemon: a disk that hangs must not keep the program from ending
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)
        self._thread.start()

    def put(self, kept: KeptSet) -> None:
        """Have a set written, in place of what is kept of it."""
        with self._changed:
            self._waiting[kept.uid] = kept
            self._changed.notify()

    def close(self) -> None:
        """Wait until all is written, or cannot be; may be called twice."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            self.trouble = self.trouble or f"the disk of {self._path} does not answer"

    def _run(self) -> None:
        history: History | None = None
        last = False
        while not last:
            with self._changed:
                if not self._waiting and not self._closing:
                    self._changed.wait()
                elif self.trouble and not self._closing:
                    self._changed.wait(self._retry_s)
                last, taken = self._closing, dict(self._waiting)
            history = self._write(history, taken)
        if history is not None:
            history.close()

    def _write(self, history: History | None, taken: dict[str, KeptSet]) -> History | None:
        """Write what was taken; the history that is open then, None when it must be opened again."""
        if not taken:
            return history
        try:
            if history is None:
                history = open_history(self._path, write=True)
                self.said = history.said or self.said
            history.put(*taken.values())
        except PosecheckError as error:
            self.trouble = str(error)
            if history is not None:
                history.close()
            return None
        self.trouble = None
        self.written |= taken.keys()
        with self._changed:
            for uid, kept in taken.items():
                if self._waiting.get(uid) is kept:
                    del self._waiting[uid]
        return history


class LiveHistory(Closing):
    """Keeps the sets of a live routine; nothing that fails here ends or delays a set.

    `trouble` tells why sets are not kept, `said` what opening the history led to; both None when all is well.
    """

    def __init__(self, path: Path, origin: Origin) -> None:
        self._writer = BackgroundHistory(path)
        self._keeper = Keeper(self._writer.put, origin, lambda: datetime.now().astimezone())
        self._failure: str | None = None

    @property
    def trouble(self) -> str | None:
        return self._failure or self._writer.trouble

    @property
    def said(self) -> str | None:
        return self._writer.said

    @property
    def kept(self) -> int:
        """How many sets were written."""
        return len(self._writer.written)

    def take(self, flow: Flow, moment: Moment) -> None:
        """Take what the flow made of the newest pose; a failure is only noted in `trouble`.

        Args:
            flow: the flow, right after it took the pose.
            moment: what it returned.
        """
        self._tried(lambda: self._keeper.take(flow, moment))

    def finish(self, summaries: Sequence[Summary], events: Iterable[Event]) -> None:
        """Keep what is left, once the flow was finished, and wait until all is written.

        Args:
            summaries: all verdicts of the flow, in order.
            events: what finishing the flow led to.
        """
        self._tried(lambda: self._keeper.finish(summaries, events))
        self.close()

    def close(self) -> None:
        self._writer.close()

    def _tried(self, act: Callable[[], object]) -> None:
        if self._failure is not None:
            return
        try:
            act()
        except Exception as error:  # noqa: BLE001  # a set that goes on is worth more than what is kept of it
            self._failure = f"the set cannot be kept ({type(error).__name__}: {error})"
