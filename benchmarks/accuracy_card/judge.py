"""Tape → Report: what posecheck said about a clip, frame by frame and in sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from posecheck.exercises import Exercise
from posecheck.judging.session import Session
from posecheck.records import Context, EventKind, Measurement, Pose, Repetition, Step, Summary, Values

REASONS = frozenset({"no_person", "view", "hidden", "cut_off", "too_far", "frame_rate", "which_leg"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A cue as the person saw it: by name, from when to when it was on the screen, in seconds."""

    cue: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class FrameReport:
    """What was made of one frame. `measurement` is smoothed; `context` is what it was compared with."""

    t: float
    judged: bool
    in_posture: bool
    reason: str | None
    values: Values  # what limits and faults were compared with
    measurement: Measurement
    context: Context


@dataclass(frozen=True, slots=True)
class Report:
    """All that posecheck said about a clip. Times in seconds of the clip."""

    repetitions: tuple[Repetition, ...]
    counts: Mapping[str, int]
    shown: tuple[Shown, ...]
    started: tuple[tuple[str, float], ...]  # (group, when it was said that a hold runs)
    paused: tuple[float, ...]
    frames: tuple[FrameReport, ...]


def judge(poses: Iterable[Pose], exercise: Exercise) -> Report:
    """Judge the poses of one clip.

    Args:
        poses: in order of time.
        exercise: what is judged.

    Returns:
        The verdict with everything that was said on the way.
    """
    session = Session(exercise)
    frames: list[FrameReport] = []
    said: list[tuple[float, str | None]] = []
    started: list[tuple[str, float]] = []
    paused: list[float] = []
    for pose in poses:
        step = session.feed(pose)
        frames.append(_frame(step, session.exercise))
        said.append((step.check.t, step.progress.cue))
        for event in step.events:
            if event.kind is EventKind.HOLD_STARTED:
                started.append((event.group or "", event.t))
            elif event.kind is EventKind.HOLD_PAUSED:
                paused.append(event.t)
    summary = session.summary()
    return Report(
        summary.repetitions, summary.counts, spans(said, _names(summary)), tuple(started), tuple(paused), tuple(frames)
    )


def _frame(step: Step, exercise: Exercise) -> FrameReport:
    check = step.check
    # before the front leg is agreed on nothing is shown, so nothing is measured
    judged = check.judged and (step.pose.correction.front_agreed or exercise.groups_by != "rear_leg")
    return FrameReport(
        check.t, judged, check.in_posture, check.reason_code, check.values, step.measurement, step.context
    )


def _names(summary: Summary) -> dict[str, str]:
    return {span.text: span.cue for span in summary.cues}


def spans(said: Iterable[tuple[float, str | None]], names: Mapping[str, str]) -> tuple[Shown, ...]:
    """Join the cue texts of successive frames to stretches of time; a cue lasts until the frame that ends it."""
    found: list[Shown] = []
    last: str | None = None
    for t, text in said:
        if last is not None:
            found[-1] = Shown(found[-1].cue, found[-1].start_s, t)
        if text is not None and text != last:
            found.append(Shown(names.get(text, text), t, t))
        last = text
    return tuple(found)
