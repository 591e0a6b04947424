"""Judging for the commands: to the end or to Ctrl-C, with a progress bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.cli.options import AUTO
from posecheck.errors import NoPersonError, TooShortError

if TYPE_CHECKING:
    from posecheck.capture.gaps import ReadingNotes
    from posecheck.exercises import Exercise
    from posecheck.judging.trace import Trace
    from posecheck.records import Summary
    from posecheck.run import TapeRun, VideoRun

BAR_EVERY = 5  # a guess: frames between two moves of the progress bar


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a run: the verdict, the exercise, what is odd about the recording, the trace where it was kept."""

    summary: Summary
    exercise: Exercise
    notes: ReadingNotes
    trace: Trace | None


def follow(start: Callable[[], VideoRun | TapeRun], title: str, exercise: str, quiet: bool) -> Judged:
    """Judge to the end or to Ctrl-C.

    Args:
        start: opens what is judged.
        title: stands at the progress bar.
        exercise: what was asked for; with "auto" the bar says that the exercise is being found out.
        quiet: show no progress.
    """
    from posecheck.report.terminal import finishing_on_ctrl_c, progress_bar, short_counts

    interrupted = False
    with progress_bar(title, quiet) as advance:
        if exercise == AUTO:
            advance(0, None, "finding out which exercise it is")
        run = start()
        with finishing_on_ctrl_c() as stop, run:
            for count, step in enumerate(run.steps(), 1):
                if count % BAR_EVERY == 0:
                    advance(count, run.frame_count, short_counts(step.progress.counts, step.progress.goal))
                if stop():
                    interrupted = True
                    break
            trace = run.trace(interrupted)
            summary = run.summary(interrupted) if trace is None else trace.summary
    return Judged(summary, run.exercise, run.notes, trace)


def refuse_nothing(summary: Summary) -> None:
    """Raise when there was nothing to judge: too few frames, or nobody in them."""
    from posecheck.run import MIN_FRAMES

    if summary.frames < MIN_FRAMES:
        few = "only one frame" if summary.frames else "no frame"
        raise TooShortError(f"{summary.source} has {few} to judge: give a recording of at least a few seconds")
    if not summary.frames_with_pose:
        raise NoPersonError(
            f"nobody was seen in {summary.source}: the whole body must be in the picture, in enough light"
        )
