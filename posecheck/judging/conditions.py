"""Which conditions of an exercise hold in one frame, and by how much the others are missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from posecheck.exercises.format import Baseline, Exercise, Fault, Limit
from posecheck.judging.check import help_for, reading_of, value_of
from posecheck.measure.uncertainty import errors_of, nearer_leg
from posecheck.records import Context, Measurement, Phase, Posture, Step

# how a posture is spoken of: what somebody was seen doing, and what to do to get there
_SEEN = {
    Posture.STANDING: "standing",
    Posture.TALL_KNEELING: "kneeling on both knees",
    Posture.HALF_KNEELING: "kneeling on one knee",
    Posture.FLOOR_SITTING: "sitting on the floor",
    Posture.SUPINE_KNEES_BENT: "lying on your back with your knees bent",
    Posture.LYING: "lying with your legs straight",
    Posture.UNKNOWN: "in a position that was not made out",
}
_GET_THERE = {
    Posture.STANDING: "stand up",
    Posture.TALL_KNEELING: "kneel on both knees",
    Posture.HALF_KNEELING: "kneel on one knee",
    Posture.FLOOR_SITTING: "sit down on the floor",
    Posture.SUPINE_KNEES_BENT: "lie on your back with your knees bent",
    Posture.LYING: "lie down",
    Posture.UNKNOWN: "take the position of the exercise",
}

HOLDING = (Phase.HOLD, Phase.PAUSED, Phase.RETURN)
UNSEEN = "not seen well enough"
_INF = float("inf")


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
    if not check.judged:
        reason = check.reason or ""
        help_text = help_for(reason, exercise)
        return (Condition("view", words=f"{reason.replace(':', ': ')}: {help_text}", cue=help_text),)
    if not check.in_posture:
        cue = exercise.posture_cues.get(measurement.posture)
        return (Condition("posture", words=posture_words(measurement.posture, exercise.posture), cue=cue),)
    if context.front is None and exercise.groups_by == "rear_leg":
        return (Condition("front leg", words="not clear yet which leg it is"),)
    errors = errors_of(exercise.name, nearer_leg(measurement, context.front))
    if phase in (Phase.SWITCH, Phase.DONE):
        return ()  # nothing is asked for
    found = []
    for limit in exercise.limits:
        bounds = _bounds(limit, exercise, phase)
        if bounds is not None and (phase is Phase.SETUP or limit.group in (None, group)):
            value, words = _value(measurement, limit, context, phase)
            relative = None if phase is Phase.SETUP else limit.relative
            found.append(_condition(limit, relative, value, bounds, errors.get(limit.signal), words))
    if phase is Phase.POSITION:
        found += _faults(step, exercise, context, found)
    if phase is Phase.SETUP and all(c.holds for c in found):
        found += _baselines(measurement, exercise, context, errors)
    return tuple(found)


def posture_words(seen: Posture, wanted: Posture) -> str:
    """What was the matter with a posture, for a person.

    Args:
        seen: the posture that the person was in.
        wanted: the posture that the exercise asks for.

    Example:
        >>> posture_words(Posture.STANDING, Posture.HALF_KNEELING)
        'you were standing; kneel on one knee'
    """
    return f"you were {_SEEN[seen]}; {_GET_THERE[wanted]}"


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


def _faults(step: Step, exercise: Exercise, context: Context, limits: Sequence[Condition]) -> list[Condition]:
    """The faults an effort can be refused for, where no limit on the same signal says it already."""
    known = {(c.name, c.plane, c.relative) for c in limits if not c.holds}
    found = []
    for fault in exercise.faults:
        if fault.name in step.check.faults and "position" in fault.during:
            value = value_of(step.measurement, fault, context)
            low = -_INF if fault.below is None else fault.below
            high = _INF if fault.above is None else fault.above
            value = abs(value) if fault.magnitude and value is not None else value
            if value is not None and (fault.signal, fault.plane, fault.relative) not in known:
                found.append(_condition(fault, fault.relative, value, (low, high), None, None))
    return found


def _baselines(
    measurement: Measurement, exercise: Exercise, context: Context, errors: Mapping[str, float]
) -> list[Condition]:
    """What keeps the person's own zeros from being taken: readings out of range, else unrest."""
    missing = [b for b in exercise.baselines if (b.signal, b.plane) not in context.baselines]
    found = []
    for base in missing:
        reading = reading_of(measurement, base.signal, base.plane, context.front)
        value, words = (None, UNSEEN) if reading is None else (reading.value, None)
        condition = _condition(base, None, value, base.within, errors.get(base.signal), words)
        found += [] if condition.holds else [condition]
    return found or [Condition("steady", words=f"not still for {exercise.timing.setup_s:g} s yet")]


def _bounds(limit: Limit, exercise: Exercise, phase: Phase) -> tuple[float, float] | None:
    if phase is Phase.SETUP:
        return limit.setup
    return limit.exit if phase in HOLDING and exercise.timing.credit == "exit" else limit.enter


def _value(measurement: Measurement, limit: Limit, context: Context, phase: Phase) -> tuple[float | None, str | None]:
    """What a limit is compared with, or why it cannot be had."""
    if phase is Phase.SETUP:  # the starting position is judged on the reading itself
        reading = reading_of(measurement, limit.signal, limit.plane, context.front)
        return (None, UNSEEN) if reading is None else (reading.value, None)
    value = value_of(measurement, limit, context)
    if value is not None:
        return value, None
    unknown = limit.relative and (limit.signal, limit.plane) not in context.baselines
    return None, "the starting position is not known yet" if unknown else UNSEEN


def _condition(
    part: Limit | Baseline | Fault,
    relative: str | None,
    value: float | None,
    bounds: tuple[float, float],
    error: float | None,
    words: str | None,
) -> Condition:
    low, high = bounds
    missed_by = None if value is None else max(low - value, value - high, 0.0)
    return Condition(
        part.signal,
        part.plane,
        relative,
        value,
        None if relative == "ratio" else error,
        None if low == -_INF else low,
        None if high == _INF else high,
        missed_by,
        words,
        None if isinstance(part, Baseline) else part.group,
    )
