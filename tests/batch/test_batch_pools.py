"""Worker processes: one that dies takes nothing with it, no more is begun than there is room for, Ctrl-C is clean."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from posecheck.batch.dispatcher import SHOWN_FAILURES, Dispatcher, Tally
from posecheck.batch.inputs import Recording
from posecheck.batch.pieces import Piece
from posecheck.batch.pools import LocalPool, Pool, deaf_children
from posecheck.batch.work_items import Outcome, State, Work
from posecheck.capture.gaps import ALL_WELL, ReadingNotes
from posecheck.report.terminal import finishing_on_ctrl_c
from tests.batch.batch_tasks import Scripted, recordings
from tests.waiting import until

pytestmark = pytest.mark.system


def lost(recording: Recording, error: BaseException) -> Outcome:
    """What becomes of a recording whose worker was lost twice."""
    return Outcome(recording, State.FAILED, problem=f"lost: {type(error).__name__}", exit_code=1)


class HandMade(Pool):
    """A pool in this process that does everything at once, and remembers what it was handed.

    It has room again when the dispatcher has taken what came back, not before: the order is always the same.
    """

    def __init__(self, answer: Callable[[Work], Outcome], size: int = 1) -> None:
        self.size, self.answer = size, answer
        self.handed: list[Work] = []
        self.most = 0
        self.dispatcher = Dispatcher(self, lost)

    def room(self) -> int:
        return self.size - len(self.dispatcher._running)

    def submit(self, work: Work) -> Future[Outcome]:
        self.handed.append(work)
        self.most = max(self.most, len(self.dispatcher._running) + 1)
        future = Future[Outcome]()
        future.set_result(self.answer(work))
        return future

    def abort(self) -> None:
        """Nothing runs for long."""

    def close(self) -> None:
        """Nothing is held."""


def judged(work: Work) -> Outcome:
    """All is well."""
    return Outcome(work.recording, State.JUDGED, frames=10)


def test_never_more_is_handed_over_than_there_is_room() -> None:
    """Recordings are drawn from the source only when a worker is free, so memory does not grow with their number."""
    pool = HandMade(judged, size=3)
    drawn = 0

    def source() -> Iterator[Recording]:
        nonlocal drawn
        for recording in recordings(*(f"r{i}" for i in range(50))):
            drawn += 1
            assert drawn <= len(pool.handed) + 1
            yield recording

    tally = pool.dispatcher.run(source(), 50)
    assert (tally.judged, tally.frames, pool.most) == (50, 500, 3)


def test_failures_are_counted_and_only_the_first_are_kept() -> None:
    """A night with a thousand broken files does not fill the memory."""
    pool = HandMade(lambda work: Outcome(work.recording, State.FAILED, problem="broken", exit_code=10), size=50)
    tally = pool.dispatcher.run(recordings(*(f"r{i}" for i in range(100))), 100)
    assert (tally.failed, len(tally.failures)) == (100, SHOWN_FAILURES)


def test_what_the_next_one_would_meet_too_ends_the_batch() -> None:
    """After a full disk nothing more is begun."""
    pool = HandMade(lambda w: Outcome(w.recording, State.FAILED, problem="disk full", exit_code=6, fatal=True))
    tally = pool.dispatcher.run(recordings("a", "b", "c"), 3)
    assert (len(pool.handed), tally.fatal) == (1, "disk full")


def test_pieces_are_done_before_other_recordings_and_then_joined() -> None:
    """A recording in pieces is counted once, when they are joined, with what they had to tell."""
    pieces = (Piece(0, 0.0, 60.0), Piece(1, 60.0, None))

    def answer(work: Work) -> Outcome:
        if work.recording.name != "long":
            return judged(work)
        if work.index is not None:
            return Outcome(work.recording, State.PIECE, notes=ReadingNotes(("cut off",)) if work.index else ALL_WELL)
        return judged(work) if work.pieces else Outcome(work.recording, State.SPLIT, pieces=pieces)

    pool = HandMade(answer)
    tally = pool.dispatcher.run(recordings("long", "other"), 2)
    order = [(w.recording.name, w.index, len(w.pieces)) for w in pool.handed]
    assert order == [("long", None, 0), ("long", 0, 2), ("long", 1, 2), ("long", None, 2), ("other", None, 0)]
    assert (tally.judged, pool.handed[3].notes.warning) == (2, "cut off")


def test_the_last_recordings_may_be_cut() -> None:
    """Those that are handed over when fewer are left than there are workers; with one worker none."""
    for workers, last in ((0, ""), (1, ""), (2, "d"), (3, "cd"), (9, "abcd")):
        pool = HandMade(judged)
        pool.dispatcher = Dispatcher(pool, lost, workers=workers)
        pool.dispatcher.run(recordings(*"abcd"), 4)
        assert "".join(work.recording.name for work in pool.handed if work.split) == last


def test_a_piece_that_fails_fails_its_recording_once() -> None:
    """The other pieces are not waited for, and nothing is joined."""
    pieces = (Piece(0, 0.0, 60.0), Piece(1, 60.0, None))

    def answer(work: Work) -> Outcome:
        if work.index is not None:
            return Outcome(work.recording, State.FAILED, problem="damaged", exit_code=10)
        return Outcome(work.recording, State.SPLIT, pieces=pieces)

    pool = HandMade(answer, size=2)
    tally = pool.dispatcher.run(recordings("long"), 1)
    assert (tally.failed, len(pool.handed)) == (1, 3)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills workers as Linux does when memory runs out")
def test_a_killed_worker_is_replaced_and_takes_nothing_with_it(tmp_path: Path) -> None:
    """Killed once, a recording is tried again and judged; killed twice, it is reported; the others are untouched."""
    names = ["a", "once", "b", "kill", "broken", "c", "d"]
    with LocalPool(Scripted(tmp_path), 2) as pool:
        tally = Dispatcher(pool, lost).run(recordings(*names), len(names))
    assert (tally.judged, tally.failed, tally.done) == (5, 2, 7)
    problems = {recording.name: problem for recording, problem in tally.failures}
    assert problems == {"kill": "lost: BrokenProcessPool", "broken": "it is broken"}
    assert len(list(tmp_path.glob("kill.begun.*"))) == len(list(tmp_path.glob("once.begun.*"))) == 2
    assert len(list(tmp_path.glob("a.begun.*"))) == 1


def test_workers_are_kept_warm(tmp_path: Path) -> None:
    """Twenty recordings are judged by two processes, not by twenty."""
    with LocalPool(Scripted(tmp_path), 2) as pool:
        Dispatcher(pool, lost).run(recordings(*(f"r{i}" for i in range(20))), 20)
    assert len({path.suffix for path in tmp_path.glob("*.begun.*")}) <= 2


@pytest.mark.skipif(os.name == "nt", reason="signals as on Linux and macOS")
def test_ctrl_c_finishes_what_runs_and_a_second_one_gives_it_up(tmp_path: Path) -> None:
    """After the first nothing more is begun; after the second the batch ends, though a recording runs for ever."""

    def interrupt() -> None:
        until(lambda: list(tmp_path.glob("slow.begun.*")), "the slow one")
        os.kill(os.getpid(), signal.SIGINT)
        until(lambda: told, "the first Ctrl-C")
        os.kill(os.getpid(), signal.SIGINT)

    told: list[int] = []

    def show(_tally: Tally, running: int) -> None:
        if stop():
            told.append(running)

    with finishing_on_ctrl_c() as stop, LocalPool(Scripted(tmp_path), 1) as pool:
        threading.Thread(target=interrupt, daemon=True).start()
        tally = Dispatcher(pool, lost, stop, show).run(recordings("a", "slow", "b"), 3)
    assert (tally.judged, tally.stopped, told[0]) == (1, True, 1)
    assert not list(tmp_path.glob("b.begun.*"))


@pytest.mark.skipif(os.name == "nt", reason="signals as on Linux and macOS")
def test_ctrl_c_while_a_worker_starts_reaches_the_parent_and_not_the_worker() -> None:
    """Pressed in the moment in which a process starts, it is heard right afterwards; the process is born deaf to it."""
    code = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    heard: list[str] = []

    def start_and_press() -> None:
        with deaf_children():
            os.kill(os.getpid(), signal.SIGINT)
            heard.append(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)

    with pytest.raises(KeyboardInterrupt):
        start_and_press()
    assert heard == ["True\n"]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
