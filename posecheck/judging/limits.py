"""What an exercise asks of a frame: the values of the frame, and the ranges that they have to be in.

Only here is a value compared with a range. The check of a frame, `why`, the trace and the report all ask this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from posecheck.exercises.format import Baseline, Exercise, Fault, Limit
from posecheck.judging.leg_roles import reading_of
from posecheck.records import Context, Measurement, Reading, ValueKey, Values

VISIBLE = 0.4  # a reading whose landmarks are less visible than this has no value: a guess
_INF = float("inf")

RangeName = Literal["setup", "enter", "exit", "attempt"]  # the ranges of a limit, by the names of the exercise file


@dataclass(frozen=True, slots=True)
class Asked:
    """A range that one value of a frame is asked to be in, both ends included.

    `group`: it is asked for in this group only. `magnitude`: the value is taken without its sign.
    """

    key: ValueKey
    group: str | None
    low: float
    high: float
    magnitude: bool = False

    def value(self, values: Values) -> float | None:
        """What is compared with the range; None when it is not known."""
        value = values.get(self.key)
        return abs(value) if self.magnitude and value is not None else value

    def missed_by(self, values: Values) -> float | None:
        """How far the value is outside the range: 0 when it is inside, None when it is not known."""
        value = self.value(values)
        return None if value is None else max(self.low - value, value - self.high, 0.0)

    def holds(self, values: Values) -> bool:
        """Whether the value is known and inside the range."""
        return self.missed_by(values) == 0.0


@lru_cache(maxsize=256)
def asked_of(exercise: Exercise, name: RangeName, group: str | None) -> tuple[Asked, ...]:
    """What the limits of an exercise ask for.

    Args:
        exercise: its limits are looked at in the order of the file.
        name: which range of each limit.
        group: the side or direction at work. The starting position is the same for all groups.

    Returns:
        One range for each limit that has it and that is for all groups or for this one.
    """
    limits = [one for one in exercise.limits if name == "setup" or one.group in (None, group)]
    ranges = [(one, getattr(one, name)) for one in limits]
    return tuple(_asked(one, *both, is_setup=name == "setup") for one, both in ranges if both is not None)


@lru_cache(maxsize=64)
def asked_by_faults(exercise: Exercise) -> tuple[tuple[Fault, Asked], ...]:
    """Each fault of an exercise with the range that its value is outside of while the fault is there."""
    return tuple((one, asked_by_fault(one)) for one in exercise.faults)


def asked_by_fault(fault: Fault) -> Asked:
    """The range that the value of a fault has to be in; outside, the fault is there."""
    low = -_INF if fault.below is None else fault.below
    high = _INF if fault.above is None else fault.above
    return Asked(key_of(fault), fault.group, low, high, fault.magnitude)


def asked_by_baseline(baseline: Baseline) -> Asked:
    """The range in which the person's own zero is taken."""
    return Asked((baseline.signal, baseline.plane, None), None, *baseline.within)


def _asked(limit: Limit, low: float, high: float, *, is_setup: bool) -> Asked:
    # the starting position is judged on the reading itself: there is no zero before it
    key = (limit.signal, limit.plane, None) if is_setup else key_of(limit)
    return Asked(key, limit.group, low, high)


def key_of(part: Limit | Fault) -> ValueKey:
    """Where the value that a limit or fault looks at stands among the values of a frame."""
    return part.signal, part.plane, part.relative


def values_of(measurement: Measurement, exercise: Exercise, context: Context) -> Values:
    """Work out everything that limits, faults and zeros of an exercise look at in a frame.

    Args:
        measurement: the readings of the frame.
        exercise: names the signals.
        context: its zeros and its front leg are used.

    Returns:
        Degrees for most signals, a plain number for a ratio; None when the signal is not seen well enough or its zero
        is not known.
    """
    values: dict[ValueKey, float | None] = {}
    for signal, plane, relatives in _signals_of(exercise):
        value = _seen(reading_of(measurement, signal, plane, context.front))
        base = context.baselines.get((signal, plane))
        for relative in relatives:
            values[signal, plane, relative] = _against(value, base, relative)
    return values


@lru_cache(maxsize=64)
def _signals_of(exercise: Exercise) -> tuple[tuple[str, str, tuple[str | None, ...]], ...]:
    """Each signal and plane that an exercise looks at, and what it is taken relative to."""
    found: dict[tuple[str, str], dict[str | None, None]] = {}
    for base in exercise.baselines:
        found[base.signal, base.plane] = {None: None}
    parts: list[Limit | Fault] = [*exercise.limits, *exercise.faults]
    for part in parts:
        found.setdefault((part.signal, part.plane), {None: None})[part.relative] = None
    return tuple((*key, tuple(kinds)) for key, kinds in found.items())


def _seen(reading: Reading | None) -> float | None:
    return None if reading is None or reading.confidence < VISIBLE else reading.value


def _against(value: float | None, base: float | None, relative: str | None) -> float | None:
    if relative is None or value is None:
        return value
    if base is None:
        return None
    if relative == "difference":
        return value - base
    return value / base if base else None
