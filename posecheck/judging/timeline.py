"""Why a hold began, broke or did not count: the timeline of a recording, as rows of data.

The session says what was counted. Here each frame's limits are looked at again, with what the check knew of the person
at that moment, and frames in which the same conditions failed are joined into stretches of time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from posecheck.errors import UsageError
from posecheck.exercises.format import Exercise
from posecheck.judging.conditions import HOLDING, Condition, conditions_of
from posecheck.judging.leg_roles import groups_at_work
from posecheck.judging.limits import key_of
from posecheck.judging.session import Session
from posecheck.records import Event, EventKind, NotJudgedSpan, Phase, Pose, Posture, Repetition, Step
from posecheck.records.times import SAME_TIME_S

SHORTEST_S = 0.3  # a guess: a shorter stretch is flicker, and goes with the one before
_CLOSED = (EventKind.REPETITION_COUNTED, EventKind.REPETITION_REFUSED)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, in seconds, in one phase with the same conditions failing, each as bad as it became."""

    start_s: float
    end_s: float
    phase: Phase
    group: str | None
    failed: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """A hold that broke, or an attempt that did not count, and the condition to blame.

    `what` is "paused", "refused", or "dropped" for a hold too short to be listed. `number` is that of the repetition,
    `held_s` what was held until then. `at_s` is when the condition failed first; both None: no limit is to blame. Of an
    effort that never became a hold (`best_s` is given) the condition is as it was at its best, and that is when.
    """

    what: str
    number: int | None
    group: str
    start_s: float
    end_s: float
    held_s: float
    text: str | None
    at_s: float | None
    blamed: Condition | None
    best_s: float | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """All conditions of one frame, those that held and those that did not."""

    t: float
    phase: Phase
    group: str | None
    posture: Posture
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """The timeline of a recording. `moment` is the one that was asked for; `not_judged` is that of the Summary."""

    stretches: tuple[Stretch, ...]
    breaks: tuple[Break, ...]
    repetitions: tuple[Repetition, ...]
    moment: Moment | None = None
    other_postures: Mapping[str, float] = field(default_factory=dict)
    not_judged: tuple[NotJudgedSpan, ...] = ()


def explain(poses: Iterable[Pose], exercise: Exercise, at_s: float | None = None) -> Why:
    """Judge poses and find out which condition failed when, and by how much.

    Args:
        poses: of one recording, in order of time.
        exercise: what they are judged as.
        at_s: a moment, in seconds of the recording, to look at closely: the last frame until then.

    Returns:
        The timeline; the same poses give the same one.

    Raises:
        UsageError: `at_s` is not within the recording.
    """
    session = Session(exercise)
    exercise = session.exercise  # with the sides written out
    timeline = Timeline(exercise)
    moment: Moment | None = None
    last_t: float | None = None
    first_t: float | None = None
    for pose in poses:
        step = session.feed(pose)
        frame = timeline.update(step)
        if at_s is not None and pose.t <= at_s + SAME_TIME_S:
            moment = _moment(step, exercise, frame)
        first_t = pose.t if first_t is None else first_t
        last_t = pose.t
    if at_s is not None and (moment is None or last_t is None or at_s > last_t + 1.0):
        span = "it is empty" if first_t is None else f"it goes from {first_t:.1f} to {last_t:.1f} s"
        raise UsageError(f"there is nothing at {at_s:g} s of the recording: {span}")
    timeline.finish(session.finish())
    summary = session.summary()
    breaks = timeline.all_breaks(summary.repetitions)
    stretches = _joined(timeline.frames)
    return Why(stretches, breaks, summary.repetitions, moment, summary.other_postures, summary.not_judged)


# ---- one frame


@dataclass(frozen=True, slots=True)
class TimelineFrame:
    """One frame: which conditions of the phase that it was held against failed, and the phase that it led to."""

    t: float
    phase: Phase  # whose limits it was held against
    group: str | None
    failed: tuple[Condition, ...]
    now: Phase  # the phase that it led to


def _moment(step: Step, exercise: Exercise, frame: TimelineFrame) -> Moment:
    group, phase = frame.group, frame.phase
    conditions = conditions_of(step, exercise, phase, group)
    if phase is not Phase.SETUP and group is None and step.check.judged and step.check.in_posture:
        # nothing is tried: what each group would ask for
        parts = (conditions_of(step, exercise, phase, each) for each in groups_at_work(exercise, step.context))
        conditions = tuple(dict.fromkeys(c for part in parts for c in part))
    return Moment(step.check.t, phase, group, step.measurement.posture, conditions)


# ---- all frames


class Timeline:
    """Takes the steps in order of time: what failed in each frame, and which condition broke each hold."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self.frames: list[TimelineFrame] = []
        self.breaks: list[Break] = []
        self._number = 0
        self._start_s = 0.0  # of the hold
        self._held_s = 0.0
        self._bad: tuple[float, Condition] | None = None  # what failed first since the hold was last good

    def update(self, step: Step) -> TimelineFrame:
        last = self.frames[-1] if self.frames else None
        before = last.now if last else Phase.SETUP
        phase, group, t = step.progress.phase, step.progress.group, step.check.t
        closing = next((e for e in step.events if e.kind in _CLOSED), None)
        ends = before in HOLDING and phase not in HOLDING
        # the check came before the step to another phase: it was made with the limits of the one before
        judged_as = phase if phase is Phase.SETUP and not ends else before
        at_work = closing.group if closing else last.group if ends and last else group
        failed = tuple(c for c in conditions_of(step, self._exercise, judged_as, at_work) if not c.holds)
        if at_work is None and step.check.judged and step.check.in_posture and phase is not Phase.SETUP:
            failed = ()  # nothing is tried
        if before in HOLDING or phase in HOLDING:
            self._follow(t, failed)
        for event in step.events:
            self._note(event, ends)
        if ends and closing is None:
            self._drop(t)
        self._held_s = step.progress.held_s
        frame = TimelineFrame(t, judged_as, at_work, failed, phase)
        self.frames.append(frame)
        return frame

    def finish(self, events: Iterable[Event]) -> None:
        """The recording has ended."""
        for event in events:
            self._note(event, was_hold=bool(self.frames) and self.frames[-1].now in HOLDING)

    def _follow(self, t: float, failed: Sequence[Condition]) -> None:
        if not failed:
            self._bad = None
        elif self._bad is None:
            self._bad = (t, failed[0])

    def _note(self, event: Event, was_hold: bool) -> None:
        if event.kind is EventKind.HOLD_STARTED:
            self._start_s, self._bad = event.t - event.held_s, None
        elif event.kind is EventKind.HOLD_PAUSED:
            self._held_s = event.held_s
            self._add("paused", self._number + 1, event.group or "", event.t, None)
        elif event.kind in _CLOSED:
            self._number += 1
            if event.kind is EventKind.REPETITION_REFUSED and was_hold:
                self._held_s = event.held_s
                if event.reason == "extra":
                    self._bad = None  # it was held well
                self._add("refused", self._number, event.group or "", event.t, event.text)

    def _drop(self, t: float) -> None:
        """A hold has ended that is too short to be listed."""
        self._add("dropped", None, self.frames[-1].group or "", t, "too short to be listed")
        self.breaks = [
            replace(b, number=None) if b.what == "paused" and b.start_s == self._start_s else b for b in self.breaks
        ]

    def _add(self, what: str, number: int | None, group: str, end_s: float, text: str | None) -> None:
        at_s, blamed = self._bad or (None, None)
        self.breaks.append(Break(what, number, group, self._start_s, end_s, self._held_s, text, at_s, blamed))

    def all_breaks(self, repetitions: Iterable[Repetition]) -> tuple[Break, ...]:
        """The breaks of holds, and the efforts that never became one, in order of time."""
        listed = {b.number for b in self.breaks if b.what == "refused"}
        efforts = [self._effort(r) for r in repetitions if not r.counted and r.number not in listed]
        return tuple(sorted([*self.breaks, *efforts], key=lambda b: (b.end_s, b.what)))

    def _effort(self, r: Repetition) -> Break:
        """An effort that never became a hold, and its fault's condition, else the one that failed for most of it.

        The condition is told as it was at its best: that is how far the person got, and the rest is the way there.
        """
        seconds: dict[Condition, float] = defaultdict(float)
        first: dict[Condition, float] = {}
        best: dict[Condition, tuple[float, Condition]] = {}
        for frame, after in pairwise(f for f in self.frames if r.start_s <= f.t <= r.end_s):
            for condition in frame.failed:
                seconds[condition.key] += after.t - frame.t
                first.setdefault(condition.key, frame.t)
                known = best.get(condition.key)
                if known is None or (condition.missed_by or 0.0) < (known[1].missed_by or 0.0):
                    best[condition.key] = frame.t, condition
        faults = (f for f in self._exercise.faults if f.name == r.reason and f.group in (None, r.group))
        fault = next(map(key_of, faults), None)
        of_fault = [key for key in seconds if key.value_key == fault]
        key = max(of_fault or seconds, key=seconds.__getitem__, default=None)
        at_s, (best_s, blamed) = (first[key], best[key]) if key is not None else (None, (None, None))
        span = (r.start_s, r.end_s, r.held_s)
        return Break("refused", r.number, r.group, *span, r.text, at_s, blamed, best_s)


def _worse(one: Condition | None, other: Condition) -> Condition:
    return other if one is None or (other.missed_by or 0.0) > (one.missed_by or 0.0) else one


def _joined(frames: Sequence[TimelineFrame]) -> tuple[Stretch, ...]:
    """Frames of one phase in which the same conditions fail, joined; flicker goes with the stretch before it."""
    stretches: list[Stretch] = []
    ends = [*(frame.t for frame in frames[1:]), *(frame.t for frame in frames[-1:])]  # each lasts until the next one
    for frame, end_s in zip(frames, ends, strict=True):
        one = Stretch(frame.t, end_s, frame.phase, frame.group, frame.failed)
        if stretches and _alike(stretches[-1], one):
            stretches[-1] = _merged(stretches[-1], one)
        else:
            stretches.append(one)
    calm: list[Stretch] = []
    for one in stretches:
        last = calm[-1] if calm else None
        same_phase = last is not None and (last.phase, last.group) == (one.phase, one.group)
        if last is not None and same_phase and (_alike(last, one) or one.end_s - one.start_s < SHORTEST_S):
            calm[-1] = _merged(last, one) if _alike(last, one) else replace(last, end_s=one.end_s)
        else:
            calm.append(one)
    return tuple(calm)


def _alike(one: Stretch, other: Stretch) -> bool:
    return (one.phase, one.group, [c.key for c in one.failed]) == (
        other.phase,
        other.group,
        [c.key for c in other.failed],
    )


def _merged(one: Stretch, other: Stretch) -> Stretch:
    failed = tuple(_worse(a, b) for a, b in zip(one.failed, other.failed, strict=True))
    return replace(one, end_s=other.end_s, failed=failed)
