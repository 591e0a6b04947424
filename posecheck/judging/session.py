"""Session.feed(pose) → Step; Session.summary() → Summary: one exercise judged over one source."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from posecheck._version import __version__
from posecheck.correct import PoseCorrection, as_filmed
from posecheck.errors import PoseError
from posecheck.exercises import load_exercise
from posecheck.exercises.format import PRIORITIES, Exercise
from posecheck.exercises.sides import resolved
from posecheck.judging.check import check
from posecheck.judging.count import Counter
from posecheck.judging.cues import Cue, Cues
from posecheck.judging.leg_roles import reading_of, signal_of
from posecheck.judging.wording import help_for
from posecheck.measure import measure
from posecheck.measure.smooth import Smoother
from posecheck.measure.uncertainty import errors_of, nearer_leg
from posecheck.measure.view import FROM_SIDE_DEG
from posecheck.records import (
    Check,
    Context,
    Event,
    EventKind,
    Measurement,
    NotJudgedSpan,
    Phase,
    Pose,
    Posture,
    Progress,
    Side,
    Signal,
    Step,
    Summary,
    Zone,
)
from posecheck.records.ranges import open_ended

FPS_FRAMES = 10  # a guess: the frame rate is judged on so many stamps, 0.7 s of 15 frames a second
LONGEST_STEP_S = 10.0  # a guess: frames that are further apart in the median are stamped in another unit
SHORTEST_SPAN_S = 0.3  # a guess: shorter stretches without a verdict are not worth listing


class Session:
    """Judges poses of one source against one exercise, in order of time.

    Args:
        exercise: what is judged: a name, the path of a TOML file, or what `load_exercise` gave.
        source: name of the source, for the summary.

    Example:
        >>> session = Session("ninety_ninety")                   # doctest: +SKIP
        >>> for pose in poses:                                   # doctest: +SKIP
        ...     step = session.feed(pose)
        >>> session.summary().counts                             # doctest: +SKIP
        {'left': 2, 'right': 2}
    """

    def __init__(self, exercise: str | Path | Exercise, source: str = "") -> None:
        if not isinstance(exercise, Exercise):
            exercise = load_exercise(exercise)
        self.exercise = exercise = resolved(exercise)
        self._source = source
        self._correction = PoseCorrection(
            exercise.postures,
            shows_back=exercise.view.yaw_enter[0] < FROM_SIDE_DEG,
            kneels=exercise.posture is not Posture.STANDING,
        )
        self._smoother = Smoother()
        self._counter = Counter(exercise)
        self._cues = Cues()
        self._gaps = _NotJudged()
        faults = sorted(exercise.faults, key=lambda f: PRIORITIES.index(f.priority))
        self._faults = [(fault, Cue(fault.name, fault.cue)) for fault in faults]
        self._goal = exercise.counts_goal
        self._times: deque[float] = deque()
        self._gaps_s: deque[float] = deque(maxlen=FPS_FRAMES - 1)
        self._first_t: float | None = None
        self._judged = False  # the stricter limits first
        self._judged_s = 0.0
        self._other_postures: dict[str, float] = defaultdict(float)  # seconds
        self._frames = self._seen = 0

    def feed(self, pose: Pose) -> Step:
        """Take the next pose; its `t` must be above that of the one before.

        Raises:
            PoseError: time stands still or runs backwards, or is not in seconds.
        """
        fps = self._rate(pose.t)
        pose = self._correction.update(pose)
        measurement = self._smoother.update(measure(pose))
        known = pose.correction
        context = self._counter.context(known.front, self._judged, fps, known.front_probability)
        verdict = check(measurement, self.exercise, context)
        events = self._counter.update(measurement.posture, verdict)
        if verdict.judged and self._judged and len(self._times) > 1:
            self._judged_s += pose.t - self._times[-2]
            if not verdict.in_posture:
                self._other_postures[measurement.posture.value] += pose.t - self._times[-2]
        self._judged = verdict.judged
        text = None if verdict.reason is None else help_for(verdict.reason, self.exercise)
        self._gaps.update(verdict, text or "")
        if events and any(e.kind is EventKind.HOLD_STARTED for e in events):
            self._cues.new_hold()
        shown, spoken = self._cues.update(pose.t, self._wanted(measurement, verdict, text))
        if spoken is not None:
            events = (*events, Event(pose.t, EventKind.CUE, self._counter.group, reason=spoken.name, text=spoken.text))
        self._frames += 1
        self._seen += pose.present
        told_apart = known.front_agreed or self.exercise.groups_by != "rear_leg"  # which leg is which
        progress = self._progress(measurement, verdict, context, shown, told_apart)
        return Step(as_filmed(pose), measurement, verdict, context, events, progress)

    def finish(self) -> tuple[Event, ...]:
        """The source has ended: close the hold in progress; returns what that led to."""
        return self._counter.finish()

    def summary(self, interrupted: bool = False) -> Summary:
        """The verdict so far; the hold in progress is closed. Feeding must not go on after it."""
        self.finish()
        self._cues.finish(self._times[-1] if self._times else 0.0)
        self._gaps.finish()
        return self.so_far(interrupted)

    def so_far(self, interrupted: bool = False) -> Summary:
        """The verdict as it stands, without what is still open: a hold, a cue, a stretch that cannot be judged."""
        last = self._times[-1] if self._times else 0.0
        first = self._first_t if self._first_t is not None else 0.0
        counts = self._counter.counts
        return Summary(
            posecheck=__version__,
            exercise=self.exercise.name,
            source=self._source,
            duration_s=last - first,
            frames=self._frames,
            frames_with_pose=self._seen,
            judged_s=self._judged_s,
            repetitions=tuple(self._counter.repetitions),
            counts=dict(counts),
            goal=self.exercise.counts_goal,
            complete=self._counter.done,
            cues=tuple(self._cues.spans),
            not_judged=tuple(self._gaps.spans),
            interrupted=interrupted,
            other_postures=dict(sorted(self._other_postures.items(), key=lambda one: -one[1])),
        )

    def _rate(self, t: float) -> float | None:
        """Frames a second of late, or None when too little was seen."""
        times = self._times
        if times and t <= times[-1]:
            raise PoseError(f"time must rise from pose to pose: {t} s follows {times[-1]} s")
        if self._first_t is None:
            self._first_t = t
        if times:
            self._gaps_s.append(t - times[-1])
        times.append(t)
        while len(times) > FPS_FRAMES:
            times.popleft()
        if len(times) < FPS_FRAMES:
            return None
        # the median: a hole in the stamps is an absence, not a slow source
        step_s = sorted(self._gaps_s)[(FPS_FRAMES - 1) // 2]
        if step_s > LONGEST_STEP_S:
            raise PoseError(f"t must be in seconds: {step_s:g} s between two poses look like milliseconds")
        return 1.0 / step_s

    def _wanted(self, measurement: Measurement, verdict: Check, text: str | None) -> tuple[Cue, ...]:
        """What could be said about this frame, most urgent first."""
        phase = self._counter.phase
        if phase is Phase.DONE:
            return ()
        if text is not None and verdict.reason is not None:
            return (Cue(verdict.reason.kind.value, text, lasting=True),)
        if phase is Phase.SWITCH:
            return (Cue("switch_side", self.exercise.switch_cue),)
        if not verdict.in_posture:
            cue = self.exercise.posture_cue(measurement.posture)
            return (Cue("posture", cue),) if cue else ()
        if not verdict.faults:
            return ()
        now = "hold" if self._counter.held_s else "position" if self._counter.in_position else "setup"
        found = [(f, cue) for f, cue in self._faults if cue.name in verdict.faults and now in f.during]
        if found and (phase is Phase.RETURN or (now == "hold" and _is_good(verdict))):
            # while a hold runs well only safety is worth a word
            found = [(f, cue) for f, cue in found if f.priority == "safety"]
        return tuple([cue for _, cue in found])

    def _progress(
        self, measurement: Measurement, verdict: Check, context: Context, cue: Cue | None, known: bool
    ) -> Progress:
        counter = self._counter
        shows = verdict.judged and verdict.in_posture and known
        angles = self._angles(measurement, context) if shows else ()
        return Progress(
            counter.phase,
            counter.group,
            counter.held_s,
            self.exercise.timing.target_s,
            dict(counter.counts),
            self._goal,
            cue.text if cue else None,
            angles,
            _errors(self.exercise.name, nearer_leg(measurement, context.front), context.front) if angles else {},
        )

    def _angles(
        self, measurement: Measurement, context: Context
    ) -> tuple[tuple[Signal, float, float | None, float | None], ...]:
        """The judged readings with the range they should be in, in the reading's own unit."""
        found: dict[Signal, tuple[float, float, float]] = {}
        planes: dict[Signal, str] = {}
        for limit in self.exercise.limits:
            if limit.enter is None or limit.group not in (None, self._counter.group):
                continue
            reading = reading_of(measurement, limit.signal, limit.plane, context.front)
            named = signal_of(limit.signal, context.front)
            if reading is None or named is None:
                continue
            signal, sign = named
            if planes.setdefault(signal, limit.plane) != limit.plane:
                continue  # shown as it is read in one plane: the first that the exercise names
            low, high = _absolute(limit.enter, limit.relative, context.baselines.get((limit.signal, limit.plane)))
            if sign < 0:
                low, high = -high, -low
            # two limits of one signal are one range
            _, lowest, highest = found.get(signal, (0.0, low, high))
            found[signal] = (sign * reading.value, max(low, lowest), min(high, highest))
        return tuple((signal, value, *open_ended(low, high)) for signal, (value, low, high) in found.items())


def _is_good(verdict: Check) -> bool:
    """Whether a hold goes on."""
    return any(zone in (Zone.KEEP, Zone.ENTER) for zone in verdict.zones.values())


@cache
def _errors(exercise: str, nearer: str | None, front: Side | None) -> Mapping[Signal, float]:
    """± of the signals of an exercise, in degrees, in this view."""
    named = ((signal_of(name, front), error) for name, error in errors_of(exercise, nearer).items())
    return {found[0]: error for found, error in named if found is not None}


def _absolute(limits: tuple[float, float], relative: str | None, base: float | None) -> tuple[float, float]:
    low, high = limits
    if relative == "difference":
        return low + (base or 0.0), high + (base or 0.0)
    return (low * (base or 1.0), high * (base or 1.0)) if relative == "ratio" else (low, high)


class _NotJudged:
    """Joins frames without a verdict into stretches of time."""

    def __init__(self) -> None:
        self.spans: list[NotJudgedSpan] = []
        self._open: NotJudgedSpan | None = None

    def update(self, verdict: Check, text: str) -> None:
        """Take a frame: it goes on with the stretch that is open, ends it, or begins one.

        Args:
            verdict: the verdict on the frame.
            text: what to tell the person, when there is no verdict.
        """
        span, t = self._open, verdict.t
        code = verdict.reason_code
        if span is not None:
            # the stretch lasts until the frame that ends it
            span = NotJudgedSpan(span.reason, span.text, span.start_s, t)
            self._open = span
            if code != span.reason:
                self._close()
        if self._open is None and code is not None:
            self._open = NotJudgedSpan(code, text, t, t)

    def finish(self) -> None:
        if self._open is not None:
            self._close()

    def _close(self) -> None:
        if self._open is not None and self._open.end_s - self._open.start_s >= SHORTEST_SPAN_S:
            self.spans.append(self._open)
        self._open = None
