"""Why each limit stands where it stands: its signal in correct holds and in faulty ones, over the tuning clips."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.accuracy_card.clips import Clip, Truth, TruthFault
from benchmarks.accuracy_card.judge import FrameReport, Report
from posecheck.exercises import Exercise
from posecheck.exercises.format import Fault, Limit
from posecheck.judging.leg_roles import reading_of
from posecheck.judging.limits import key_of

EDGE_S = 0.5  # left out at both ends of a hold: the movement into it and out of it
DROP_EDGE_S = 0.35
REST_S = 1.2  # around holds and faults: the movement into them and out of them
PERCENTILES = (1, 5, 50, 95, 99)
CORRECT, BEFORE, REST = "correct", "before the hold", "at rest"

# the faults that each signal shows
SHOWN_BY: dict[str, tuple[str, ...]] = {
    "front_knee_flexion": ("front_foot_far",),
    "front_shin_inclination": ("front_foot_far", "hips_not_forward"),
    "rear_knee_flexion": (),
    "rear_thigh_inclination": ("hips_not_forward",),
    "trunk_lean": ("leaning_back", "leaning_forward"),
    "arm_elevation": ("arms_low",),
    "bend_to_front": ("bend_small", "bend_wrong_side"),
    "knee_drop": ("drop_small", "one_side"),
    "knee_shift": ("one_side",),
}


@dataclass(frozen=True, slots=True)
class Spread:
    """How a limit's value is distributed: degrees (or a ratio, or a difference), over `clips` clips and `n` frames.

    `inside` are the shares within the limit's enter and exit (a cue's limit: beyond it, twice).
    """

    what: str
    n: int
    clips: int
    percentiles: tuple[float, ...]
    inside: tuple[float, float]


def limit_names(limit: Limit | Fault) -> str:
    """A limit in words: its signal, its group, and what it is relative to."""
    relative = {"difference": " from the baseline", "ratio": " / baseline", None: ""}[limit.relative]
    return f"{limit.signal}{relative}" + (f" ({limit.group})" if limit.group else "")


def spreads(exercise: Exercise, clips: Iterable[tuple[Truth, Report]]) -> Iterator[tuple[Limit | Fault, list[Spread]]]:
    """Yield each limit and each cue's limit of an exercise with the spreads of its value.

    Args:
        exercise: whose limits.
        clips: truth and report of the tuning clips of this exercise.
    """
    clips = list(clips)
    parts: tuple[Limit | Fault, ...] = (*exercise.limits, *exercise.faults)
    for part in parts:
        rows = []
        for what in (BEFORE, REST, CORRECT, *SHOWN_BY.get(part.signal, ())):
            if what == BEFORE and not (isinstance(part, Limit) and part.setup):
                continue
            if what == REST and not (isinstance(part, Limit) and part.attempt):
                continue
            values = [_values(part, what, truth, report) for truth, report in clips]
            values = [v for v in values if v]
            if values:
                rows.append(_spread(part, what, values))
        yield part, rows


def _spread(part: Limit | Fault, what: str, values: list[list[float]]) -> Spread:
    flat = np.concatenate([np.array(v) for v in values])
    if isinstance(part, Fault):
        flat = np.abs(flat) if part.magnitude else flat
        beyond = flat > part.above if part.above is not None else flat < (part.below or 0.0)
        inside = [float(beyond.mean())] * 2
    else:
        enter, leave = part.enter or part.attempt or part.setup, part.exit or part.attempt or part.setup
        if what in (BEFORE, REST):
            enter = leave = part.setup if what == BEFORE else part.attempt
        inside = [float(((flat >= r[0]) & (flat <= r[1])).mean()) if r else 1.0 for r in (enter, leave)]
    cuts = tuple(float(x) for x in np.percentile(flat, PERCENTILES))
    return Spread(what, len(flat), len(values), cuts, (inside[0], inside[1]))


def _values(part: Limit | Fault, what: str, truth: Truth, report: Report) -> list[float]:
    """The values of a limit in the frames of a clip in which `what` was the case."""
    spans = list(_spans(part, what, truth))
    found = []
    for frame in report.frames:
        if not (frame.judged and frame.in_posture and any(a <= frame.t <= b for a, b in spans)):
            continue
        value = _raw(part, frame) if what == BEFORE else frame.values.get(key_of(part))
        if value is not None:
            found.append(value)
    return found


def _raw(part: Limit | Fault, frame: FrameReport) -> float | None:
    """The reading itself: a setup range is never relative."""
    reading = reading_of(frame.measurement, part.signal, part.plane, frame.context.front)
    return None if reading is None else reading.value


def _spans(part: Limit | Fault, what: str, truth: Truth) -> Iterator[tuple[float, float]]:
    kneeling = truth.exercise != "knee_drops"
    edge = EDGE_S if kneeling else DROP_EDGE_S
    if what == BEFORE:
        starts = [e.start_s for e in truth.events]
        for f in truth.frames:  # from taking the posture to one second before the hold
            if f.rear is not None and any(0.8 < s - f.t < 3.2 for s in starts):
                yield (f.t, f.t)
        return
    if what == REST:  # where nothing is done: an attempt seen here is a false one
        busy = [(e.start_s - REST_S, e.end_s + REST_S) for e in truth.events]
        busy += [(f.start_s - REST_S, f.end_s + REST_S) for f in truth.faults]
        for f in truth.frames:
            if (f.rear is not None or not kneeling) and not any(a <= f.t <= b for a, b in busy):
                yield (f.t, f.t)
        return
    if what != CORRECT:
        for fault in truth.faults:
            if fault.fault == what and (kneeling or part.group in (None, fault.group) or what == "one_side"):
                yield (fault.start_s + edge, fault.end_s - edge)
        return
    for event in truth.events:
        faulty = any(_covers(f, event.start_s, event.end_s) for f in truth.faults)
        if not faulty and part.group in (None, event.group):
            yield (event.start_s + edge, event.end_s - edge)


def _covers(fault: TruthFault, start_s: float, end_s: float) -> bool:
    brief = fault.fault in ("hold_short", "hold_broken", "drop_short")  # right while it lasted
    return not brief and fault.start_s < end_s and fault.end_s > start_s


def view_spreads(clips: Iterable[tuple[Clip, Report]]) -> Iterator[tuple[str, str, str, int, tuple[float, ...]]]:
    """Yield (exercise, label, gauge, frames, percentiles) of what the view is judged by, while the posture is taken.

    Args:
        clips: tuning clips with their reports; those from the recommended camera go together, each other view alone.
    """
    found: dict[tuple[str, str, str], list[float]] = {}
    for clip, report in clips:
        label = clip.camera if clip.regular else clip.label
        rears = [f.rear for f in clip.truth.frames]
        for frame in report.frames:
            at = min(round(frame.t * clip.truth.fps), len(rears) - 1)
            if frame.measurement.view is None or (rears[at] is None and clip.truth.exercise != "knee_drops"):
                continue
            view = frame.measurement.view
            gauges = {
                "yaw": view.yaw_deg,
                "trunk look": view.trunk_to_shoulder_ratio,
                "body share": view.body_size_fraction,
            }
            for name, value in gauges.items():
                found.setdefault((clip.truth.exercise, name, label), []).append(value)
    for (exercise, name, label), values in sorted(found.items()):
        yield exercise, label, name, len(values), tuple(float(x) for x in np.percentile(values, PERCENTILES))
