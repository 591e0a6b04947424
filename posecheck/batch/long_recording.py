"""One long recording on several cores: `posecheck replay --jobs`."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posecheck.batch.inputs import Recording
from posecheck.batch.pieces import Piece, detect_piece, judge_joined, plan_pieces
from posecheck.batch.pools import LocalPool
from posecheck.batch.work_items import Outcome, State, Work
from posecheck.capture.film_options import FilmOptions
from posecheck.capture.gaps import ReadingNotes, joined_notes
from posecheck.detect.models import Model
from posecheck.errors import InputError, PosecheckError
from posecheck.exercises import Exercise
from posecheck.records import Summary
from posecheck.run import Outputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.judging.trace import Trace

_LOOK_S = 0.2  # a guess: between two looks at Ctrl-C and the bar, too short to be felt


class PieceTask:
    """Finds the poses of the pieces of one video; `counter` counts the frames of all workers."""

    def __init__(self, model: Model, tapes: Sequence[Path], options: FilmOptions) -> None:
        self._model, self._tapes, self._options = model, tapes, options
        self.counter: Any = multiprocessing.get_context("spawn").Value("L", 0)

    def warm_up(self) -> None:
        """Nothing that is not needed at once anyway."""

    def __call__(self, work: Work) -> Outcome:
        """Find the poses of one piece."""
        assert work.index is not None
        try:
            piece = work.pieces[work.index]
            where, tape = Path(work.recording.where), self._tapes[work.index]
            notes = detect_piece(where, self._model, piece, tape, self._count, options=self._options)
        except PosecheckError as error:
            return Outcome(work.recording, State.FAILED, problem=str(error), exit_code=error.exit_code)
        return Outcome(work.recording, State.PIECE, notes=notes)

    def _count(self) -> None:
        with self.counter.get_lock():
            self.counter.value += 1


def replay_in_pieces(
    video: Path,
    exercise: Exercise | str,
    model: Model,
    outputs: Outputs,
    jobs: int,
    *,
    options: FilmOptions | None = None,
    stop: Callable[[], bool] = lambda: False,
    show: Callable[[int, int | None], None] = lambda _frames, _total: None,
) -> tuple[Summary, ReadingNotes, Trace | None] | None:
    """Judge a video of two minutes or more on several cores.

    After a stop the verdict is about the first piece, as far as it was read; no annotated video is written then.

    Args:
        video: the video file.
        exercise: a loaded exercise, or "auto".
        model: the pose model.
        outputs: what is written.
        jobs: how many processes work at most.
        options: how the video is read.
        stop: says whether to stop.
        show: is told how many frames are done, of how many (None when unknown).

    Returns:
        The verdict, what is odd about the file, and the course where the outputs need it; None when the video is to be
        judged in one piece: it is too short, its pieces do not fit together, or a piece failed, which the run in one
        piece will report.
    """
    options = options or FilmOptions()
    pieces, frames = plan_pieces(video, options)
    if not pieces:
        return None
    with tempfile.TemporaryDirectory() as name:
        tapes = [Path(name, f"{piece.index}.jsonl") for piece in pieces]
        task = PieceTask(model, tapes, options)
        with LocalPool(task, min(jobs, len(pieces))) as pool:
            works = [Work(Recording(str(video), video.name), pieces, piece.index) for piece in pieces]
            outcomes = _done(pool, works, stop, lambda: show(task.counter.value, frames))
        if stop():
            summary, trace = _so_far(video, exercise, model, outputs, pieces[0], tapes[0], options)
            return summary, ReadingNotes(), trace
        if any(outcome.state is State.FAILED for outcome in outcomes):
            return None
        judged = judge_joined(video, exercise, model, pieces, tapes, outputs, options=options)
        notes = joined_notes(outcome.notes for outcome in outcomes)
        return None if judged is None else (judged[0], notes, judged[1])


def _so_far(
    video: Path,
    exercise: Exercise | str,
    model: Model,
    outputs: Outputs,
    piece: Piece,
    tape: Path,
    options: FilmOptions,
) -> tuple[Summary, Trace | None]:
    """The verdict on the first piece, as far as it came; KeyboardInterrupt when it had not begun."""
    try:
        wanted = replace(outputs, annotate=None)
        judged = judge_joined(video, exercise, model, [piece], [tape], wanted, options=options, interrupted=True)
    except InputError as error:
        raise KeyboardInterrupt from error
    if judged is None:
        raise KeyboardInterrupt
    return judged


def _done(pool: LocalPool, works: list[Work], stop: Callable[[], bool], show: Callable[[], None]) -> list[Outcome]:
    """What came of the works; not of all of them after a stop or a failure."""
    waiting, running, outcomes = deque(works), set[Future[Outcome]](), list[Outcome]()
    while waiting or running:
        while waiting and pool.room():
            running.add(pool.submit(waiting.popleft()))
        done, running = wait(running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
        show()
        for future in done:
            lost = future.exception()
            outcomes.append(Outcome(works[0].recording, State.FAILED, problem=str(lost)) if lost else future.result())
        if stop() or any(outcome.state is State.FAILED for outcome in outcomes):
            pool.abort()
            break
    return outcomes
