"""What a report needs of one set: the verdict, its judged signals over time, and why each hold broke or did not count.

    recorder = TraceRecorder(session.exercise)
    for pose in poses:
        recorder.update(session.feed(pose))
    recorder.note(session.finish())
    trace = recorder.trace(session.summary())

A trace is kept as JSON and says all that its page shows, so that a set can be shown when its exercise has changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import ForeignError, FormatError
from posecheck.exercises.format import Exercise, Fault, Limit
from posecheck.judging.conditions import HOLDING, Condition, cue_for
from posecheck.judging.limits import asked_by_fault, key_of
from posecheck.judging.timeline import Break, Timeline
from posecheck.measure.signals import is_ratio
from posecheck.measure.uncertainty import errors_of, nearer_leg
from posecheck.records import LANDMARK_COUNT, Event, Phase, Pose, Step, Summary, ValueKey
from posecheck.records.gate import TRACE, json_of
from posecheck.records.ranges import Span, open_ended
from posecheck.records.times import SAME_TIME_S

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA = 1  # of the JSON of a trace; a reader refuses any other
EVERY_S = 0.2  # a guess, between two values that are kept: a plot of a minute has 300 points
_DECIMALS_DEG, _DECIMALS_RATIO = 1, 3  # a tenth of a degree is below all that is measured; a ratio of 1 is 100 %


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of a signal in one group, or in all (None): a hold begins inside `enter` and goes on inside `exit`."""

    group: str | None
    enter: Span
    exit: Span


@dataclass(frozen=True, slots=True)
class SignalTrace:
    """One judged signal: `values` at the trace's `times`, as they are compared with the limits, and their ±.

    `name` is that of the exercise file (`front_knee_flexion`); with `relative` the values are the difference to, or the
    ratio to, the person's own starting position. None: not known at that time.
    """

    name: str
    plane: str
    relative: str | None
    bounds: tuple[Bounds, ...]
    values: tuple[float | None, ...]
    errors: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A stretch of time, in seconds of the source, in one phase and group."""

    phase: Phase
    group: str | None
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Figure:
    """The landmarks at a moment: `size` of the picture and `points` in it in pixels, `visibility` 0 to 1."""

    t: float
    size: tuple[int, int]
    points: tuple[tuple[float, float], ...]
    visibility: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BreakReason:
    """Why one hold broke or did not count.

    `seen` is the blamed condition as it was at `seen_s`: when it was missed by most in a hold that broke, or as it was
    for most of an effort that never became a hold. `until_s` is when it was over. `cue` is what the exercise says to do
    about it. `others` are the further conditions that failed at `seen_s`, and `figure` shows the body then.
    """

    broke: Break
    seen: Condition | None = None
    seen_s: float | None = None
    until_s: float | None = None
    cue: str | None = None
    figure: Figure | None = None
    others: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """One set. All times in seconds of the source; `zero_s` is the one that is shown as 0:00."""

    schema: int
    summary: Summary
    title: str
    care: str
    target_s: float
    full_s: float
    zero_s: float
    start_s: float
    end_s: float
    phases: tuple[PhaseSpan, ...]
    times: tuple[float, ...]
    signals: tuple[SignalTrace, ...]
    reasons: tuple[BreakReason, ...]

    def to_json(self) -> str:
        """The trace as compact JSON."""
        return _adapter().dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Trace:
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is damaged, or a newer posecheck wrote it.
        """
        from pydantic import ValidationError

        again = "it is damaged, or from another version of posecheck; judge its recording again"
        try:
            trace = _adapter().validate_python(json_of(text, Path("the trace of this set"), TRACE))
        except ForeignError as error:
            raise FormatError(f"{error}: {again}") from error
        except ValidationError as error:
            raise FormatError(
                f"the trace of this set cannot be read ({error.error_count()} errors): {again}"
            ) from error
        if trace.schema != SCHEMA:
            raise FormatError(
                f"the trace of this set has schema {trace.schema}, this posecheck reads {SCHEMA}: update posecheck"
            )
        _check_lengths(trace)
        return trace


def _check_lengths(trace: Trace) -> None:
    """Find out whether the lists that belong together are of one length.

    Raises:
        FormatError: they are not.
    """
    wanted = len(trace.times)
    lengths = {len(values) for signal in trace.signals for values in (signal.values, signal.errors)}
    figures = [reason.figure for reason in trace.reasons if reason.figure is not None]
    points = {len(values) for figure in figures for values in (figure.points, figure.visibility)}
    if not (lengths <= {wanted} and points <= {LANDMARK_COUNT} and list(trace.times) == sorted(trace.times)):
        raise FormatError(
            "the trace of this set is damaged: its times must rise, with a value and an error of each signal for each, "
            f"and a figure has {LANDMARK_COUNT} points; judge its recording again"
        )


@cache
def _adapter() -> TypeAdapter[Trace]:
    from pydantic import TypeAdapter

    return TypeAdapter(Trace)


class TraceRecorder:
    """Keeps what a report needs while a set goes on; give it every step of its session.

    Args:
        exercise: what is judged.
        from_first: times are shown from the first pose on (live), not as they are in the source (a recording).

    `trace` may be asked for at any time, and feeding may go on after it.
    """

    def __init__(self, exercise: Exercise, *, from_first: bool = False) -> None:
        self._exercise = exercise
        self._from_first = from_first
        self._timeline = Timeline(exercise)
        self._channels = _channels(exercise)
        self._times: list[float] = []
        self._poses: list[Pose] = []  # one for each time
        self._values: list[list[float | None]] = [[] for _ in self._channels]
        self._errors: list[list[float | None]] = [[] for _ in self._channels]
        self._spans: list[PhaseSpan] = []
        self._first_s = self._last_s = 0.0

    def update(self, step: Step) -> None:
        """Take the next step."""
        t = step.check.t
        if not self._spans:
            self._first_s = t
        self._timeline.update(step)
        self._span(step.progress.phase, step.progress.group, t)
        self._last_s = t
        if not self._times or t - self._times[-1] >= EVERY_S - SAME_TIME_S:
            self._keep(step)

    def note(self, events: Iterable[Event]) -> None:
        """Take what `Session.finish` returned."""
        self._timeline.finish(events)

    def trace(self, summary: Summary) -> Trace:
        """All that was kept so far, with the verdict so far."""
        exercise = self._exercise
        breaks = self._timeline.all_breaks(summary.repetitions)
        return Trace(
            SCHEMA,
            summary,
            exercise.title,
            exercise.care,
            exercise.timing.target_s,
            exercise.timing.full_s,
            self._first_s if self._from_first else 0.0,
            self._first_s,
            self._last_s,
            tuple(self._spans),
            tuple(self._times),
            tuple(
                SignalTrace(c.name, c.plane, c.relative, c.bounds, tuple(values), tuple(errors))
                for c, values, errors in zip(self._channels, self._values, self._errors, strict=True)
            ),
            tuple(self._reason(one) for one in breaks),
        )

    def _span(self, phase: Phase, group: str | None, t: float) -> None:
        last = self._spans[-1] if self._spans else None
        if last is not None:
            self._spans[-1] = last = replace(last, end_s=t)
        if last is None or (last.phase, last.group) != (phase, group):
            self._spans.append(PhaseSpan(phase, group, t, t))

    def _keep(self, step: Step) -> None:
        errors = errors_of(self._exercise.name, nearer_leg(step.measurement, step.context.front))
        self._times.append(round(step.check.t, 3))
        self._poses.append(step.pose)
        for channel, values, kept in zip(self._channels, self._values, self._errors, strict=True):
            value = step.check.values.get(channel.key)
            values.append(None if value is None else round(value, channel.decimals))
            known = value is not None and channel.relative != "ratio"
            kept.append(errors.get(channel.name) if known else None)

    def _reason(self, broke: Break) -> BreakReason:
        blamed, at_s = broke.blamed, broke.at_s
        if blamed is None or at_s is None:
            return BreakReason(broke)
        frames = [frame for frame in self._timeline.frames if at_s <= frame.t <= broke.end_s]
        effort = frames[0].phase not in HOLDING
        if not effort:
            after = (frame for frame in self._timeline.frames if frame.t >= at_s)
            frames = list(takewhile(lambda f: f.failed and f.phase in HOLDING, after))
        failed = [(c, f.t) for f in frames for c in f.failed if c.key == blamed.key]
        failed.sort(key=lambda one: one[0].missed_by or 0.0)
        seen, seen_s = failed[len(failed) // 2 if effort else -1]
        until_s = frames[-1].t
        others = tuple(c for f in frames if f.t == seen_s for c in f.failed if c.key != blamed.key)
        return BreakReason(broke, seen, seen_s, until_s, cue_for(seen, self._exercise), self._figure(seen_s), others)

    def _figure(self, t: float) -> Figure | None:
        """The body at the kept time nearest to `t`."""
        nearest = min(range(len(self._times)), key=lambda i: abs(self._times[i] - t))
        pose = self._poses[nearest]
        if pose.points_px is None or pose.visibility is None:
            return None
        points = tuple((round(float(x), 1), round(float(y), 1)) for x, y in pose.points_px)
        return Figure(pose.t, pose.size, points, tuple(round(float(v), 2) for v in pose.visibility))


# ---- which signals are kept


@dataclass(frozen=True, slots=True)
class _Channel:
    """One signal with all its limits."""

    name: str
    plane: str
    relative: str | None
    bounds: tuple[Bounds, ...]

    @property
    def key(self) -> ValueKey:
        return self.name, self.plane, self.relative

    @property
    def decimals(self) -> int:
        return _DECIMALS_RATIO if is_ratio(self.name, self.relative) else _DECIMALS_DEG


def _channels(exercise: Exercise) -> tuple[_Channel, ...]:
    """Each signal that has limits, then those that only a fault looks at, in the order of the exercise file."""
    found: dict[ValueKey, _Channel] = {}
    for limit in exercise.limits:
        if limit.enter is not None and limit.exit is not None:
            _add(found, limit, Bounds(limit.group, open_ended(*limit.enter), open_ended(*limit.exit)))
    judged = set(found)
    for fault in exercise.faults:
        if key_of(fault) not in judged and fault.during != ("setup",):
            span = _fault_span(fault)
            _add(found, fault, Bounds(fault.group, span, span))
    return tuple(found.values())


def _add(found: dict[ValueKey, _Channel], part: Limit | Fault, bounds: Bounds) -> None:
    key = key_of(part)
    known = found.get(key)
    found[key] = replace(known, bounds=(*known.bounds, bounds)) if known else _Channel(*key, (bounds,))


def _fault_span(fault: Fault) -> Span:
    if fault.magnitude and fault.above is not None:
        return (-fault.above, fault.above)
    asked = asked_by_fault(fault)
    return open_ended(asked.low, asked.high)
