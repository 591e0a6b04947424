"""Which conditions of an exercise hold in one frame, and by how much the others are missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from posecheck.exercises.format import Exercise
from posecheck.judging.limits import Asked, RangeName, asked_by_baseline, asked_by_faults, asked_of
from posecheck.judging.wording import help_for, posture_words
from posecheck.measure.uncertainty import errors_of, nearer_leg
from posecheck.records import Context, Phase, Step, ValueKey
from posecheck.records.ranges import open_ended

HOLDING = (Phase.HOLD, Phase.PAUSED, Phase.RETURN)
UNSEEN = "not seen well enough"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition at one moment.

    `name` is the signal, or "view", "posture", "front leg" or "steady" where `words` say what is the matter. `group`:
    it is asked for in this group only. `value` is what is compared with `low` and `high`: degrees or a ratio, for a
    `relative` one against the starting position. `error` is the ± of the value, `missed_by` how far it is outside
    (0: it holds). None: not known. `cue`: what helps when there is no value, where it is known.
    """

    name: str
    plane: str = "image"
    relative: str | None = None
    value: float | None = None
    error: float | None = None
    low: float | None = None
    high: float | None = None
    missed_by: float | None = None
    words: str | None = None
    group: str | None = None
    cue: str | None = None

    @property
    def holds(self) -> bool:
        return self.missed_by == 0.0

    @property
    def value_key(self) -> ValueKey:
        """Where its value stands among the values of a frame."""
        return self.name, self.plane, self.relative

    @property
    def key(self) -> Condition:
        """Which condition it is, whatever was measured."""
        # not by `replace`, which is four times as slow: a long set asks for it often
        return Condition(
            *(self.name, self.plane, self.relative, None, None, self.low, self.high, None),
            *(self.words, self.group, self.cue),
        )


def conditions_of(step: Step, exercise: Exercise, phase: Phase, group: str | None) -> tuple[Condition, ...]:
    """Every condition that matters in this phase, in the order of the exercise file.

    Args:
        step: what was found in the frame.
        exercise: the exercise that it was judged for.
        phase: the phase that the set is in. Nothing is asked for while sides are switched or when the set is done.
        group: the side or direction at work; None when it is not known.

    Returns:
        One condition alone (view, posture or front leg) when that one keeps the rest from being judged.
    """
    check, measurement, context = step.check, step.measurement, step.context
    if check.reason is not None:
        help_text = help_for(check.reason, exercise)
        return (Condition("view", words=f"{check.reason.code.replace(':', ': ')}: {help_text}", cue=help_text),)
    if not check.in_posture:
        cue = exercise.posture_cue(measurement.posture)
        return (Condition("posture", words=posture_words(measurement.posture, exercise.posture), cue=cue),)
    if context.front is None and exercise.groups_by == "rear_leg":
        return (Condition("front leg", words="not clear yet which leg it is"),)
    if phase in (Phase.SWITCH, Phase.DONE):
        return ()  # nothing is asked for
    errors = errors_of(exercise.name, nearer_leg(measurement, context.front))
    asked = asked_of(exercise, _range_of(phase, exercise), group)
    found = [_condition(one, step, errors.get(one.key[0])) for one in asked]
    if phase is Phase.POSITION:
        found += _faults(step, exercise, found)
    if phase is Phase.SETUP and all(c.holds for c in found):
        found += _baselines(step, exercise, errors)
    return tuple(found)


def _range_of(phase: Phase, exercise: Exercise) -> RangeName:
    """The range of each limit that a frame is held against in this phase."""
    if phase is Phase.SETUP:
        return "setup"
    return "exit" if phase in HOLDING and exercise.timing.credit == "exit" else "enter"


def cue_for(condition: Condition, exercise: Exercise) -> str | None:
    """What the exercise says to do about a condition that is missed; None where it has no words for it.

    Args:
        condition: the condition, with the value that misses it.
        exercise: its faults give the words.
    """
    if condition.value is None:
        return condition.cue
    above = condition.high is not None and condition.value > condition.high
    same = [f for f in exercise.faults if f.signal == condition.name and f.during != ("setup",)]
    same = [f for f in same if f.magnitude or (f.above is not None) == above]
    same.sort(key=lambda f: (f.relative != condition.relative, f.plane != condition.plane))
    return same[0].cue if same else None


def _faults(step: Step, exercise: Exercise, limits: Sequence[Condition]) -> list[Condition]:
    """The faults an effort can be refused for, where no limit on the same signal says it already."""
    told = {c.value_key for c in limits if not c.holds}
    return [
        _condition(asked, step, None)
        for fault, asked in asked_by_faults(exercise)
        if fault.name in step.check.faults and "position" in fault.during and asked.key not in told
    ]


def _baselines(step: Step, exercise: Exercise, errors: Mapping[str, float]) -> list[Condition]:
    """What keeps the person's own zeros from being taken: readings out of range, else unrest."""
    missing = [b for b in exercise.baselines if (b.signal, b.plane) not in step.context.baselines]
    found = [_condition(asked_by_baseline(base), step, errors.get(base.signal)) for base in missing]
    failed = [condition for condition in found if not condition.holds]
    return failed or [Condition("steady", words=f"not still for {exercise.timing.setup_s:g} s yet")]


def _condition(asked: Asked, step: Step, error: float | None) -> Condition:
    signal, plane, relative = asked.key
    value = asked.value(step.check.values)
    return Condition(
        signal,
        plane,
        relative,
        value,
        None if relative == "ratio" else error,
        *open_ended(asked.low, asked.high),
        asked.missed_by(step.check.values),
        None if value is not None else _why_no_value(asked, step.context),
        asked.group,
    )


def _why_no_value(asked: Asked, context: Context) -> str:
    signal, plane, relative = asked.key
    if relative is not None and (signal, plane) not in context.baselines:
        return "the starting position is not known yet"
    return UNSEEN
