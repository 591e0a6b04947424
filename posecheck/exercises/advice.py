"""What is allowed in an exercise, but may not be what is meant: `posecheck exercises check` says it beside."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING

from posecheck.exercises.validation import ANYTHING, Key, Remark, meet, parts_of, range_words
from posecheck.measure.signals import Interval, measured_errors, needs_working_side
from posecheck.records import FACE_UP, Posture
from posecheck.records.ranges import is_part

if TYPE_CHECKING:
    from posecheck.exercises.format import Exercise, Fault, Limit

EARLY_WORD = 0.2  # of what is right, from its edge: a guess; that near to the edge a word comes in good time
MOST_FPS = 25.0  # many cameras give no more in a dim room

# degrees in which a body is still read as in a posture, rounded from the limits of measure/posture.py
_UPRIGHT = {"trunk_lean": (-27.0, 65.0)}  # further back it lies, further forward it is bent forward
_READ_AS: dict[Posture, dict[str, Interval]] = {
    Posture.STANDING: {**_UPRIGHT, "knee_flexion": (-15.0, 100.0)},  # deeper it sits on a chair
    Posture.TALL_KNEELING: {**_UPRIGHT, "knee_flexion": (40.0, 180.0)},
    Posture.HALF_KNEELING: {**_UPRIGHT, "front_knee_flexion": (30.0, 180.0), "rear_knee_flexion": (30.0, 180.0)},
    Posture.FLOOR_SITTING: _UPRIGHT,
    Posture.CHAIR_SITTING: _UPRIGHT,
    Posture.LUNGE: _UPRIGHT,
    Posture.SUPINE_KNEES_BENT: {"knee_flexion": (25.0, 180.0)},
    Posture.PLANK: {"knee_flexion": (-15.0, 40.0)},
}


def warnings(exercise: Exercise) -> tuple[Remark, ...]:
    """All that is allowed in an exercise, but may not be what is meant, each with its key."""
    return (
        *_unwise_posture(exercise),
        *_unwise_limits(exercise),
        *_at_odds(exercise),
        *_unwise_faults(exercise),
        *_unwise_rest(exercise),
    )


def _unwise_posture(exercise: Exercise) -> Iterator[Remark]:
    if exercise.posture is Posture.UNKNOWN:
        yield Remark(("posture",), "whatever is no known posture passes for it, a misread body, too")
    for posture in exercise.postures:
        if posture in exercise.posture_cues and posture is not Posture.UNKNOWN:
            yield Remark(("posture_cues", posture.value), "is never said: it is a posture of the exercise")
    if Posture.UNKNOWN not in exercise.postures and Posture.UNKNOWN not in exercise.posture_cues:
        yield Remark(("posture_cues",), "without `unknown` nothing is said in the postures that are not named")
    lies = exercise.posture in FACE_UP
    for key, part in parts_of(exercise):
        if part.signal == "knee_drop" and not lies:
            yield Remark((*key, "signal"), "knee_drop is made for lying on the back; upright use shin_tilt")


def _unwise_limits(exercise: Exercise) -> Iterator[Remark]:
    for number, limit in enumerate(exercise.limits):
        if not (limit.setup or limit.enter or limit.attempt):
            yield Remark(("limits", number), "does nothing: give `setup`, `enter` and `exit`, or `attempt`")
        if not limit.enter or not limit.exit:
            continue
        if limit.enter == limit.exit:
            yield Remark(
                ("limits", number, "exit"), "is the same as `enter`: a tremble at the limit interrupts the hold"
            )
        error = max((e for _, _, e in measured_errors(limit.signal)), default=None)
        width = limit.enter[1] - limit.enter[0]
        if error is not None and limit.relative != "ratio" and width < error:
            yield Remark(
                ("limits", number, "enter"),
                f"is {width:g}° wide, but {limit.signal} is known to ±{error:.0f}° only: it will be met by chance",
            )
    judged: tuple[Limit | Fault, ...] = (*exercise.limits, *exercise.faults)
    used = {(x.signal, x.plane) for x in judged if x.relative}
    # a zero of a signal that the starting position needs asks for it to keep still there
    used |= {(x.signal, x.plane) for x in exercise.limits if x.setup}
    for number, base in enumerate(exercise.baselines):
        if (base.signal, base.plane) not in used:
            yield Remark(
                ("baselines", number),
                f"is not used: no limit or fault of {base.signal} is relative or has `setup`",
            )


def _unwise_rest(exercise: Exercise) -> Iterator[Remark]:
    if not exercise.timing.full_s:
        yield Remark(("timing", "full_s"), "with 0 the shortest touch counts")
    if exercise.view.min_fps > MOST_FPS:
        yield Remark(
            ("view", "min_fps"), f"many cameras give no more than {MOST_FPS:g} pictures a second in a dim room"
        )
    if not exercise.view.landmarks:
        yield Remark(("view", "landmarks"), "with none, nothing is asked to be in the picture")
    if not exercise.faults:
        yield Remark(("faults",), "without any, nobody is told what to correct")
    yield from _silent(exercise)


def _silent(exercise: Exercise) -> Iterator[Remark]:
    """Cues without a word in them."""
    cues: dict[Key, str] = {("view", "cue"): exercise.view.cue}
    cues |= {("posture_cues", posture.value): cue for posture, cue in exercise.posture_cues.items()}
    cues |= {("faults", number, "cue"): fault.cue for number, fault in enumerate(exercise.faults)}
    yield from (Remark(key, "is empty: say what to do") for key, cue in cues.items() if not cue.strip())


def _at_odds(exercise: Exercise) -> Iterator[Remark]:
    """Limits that speak against the posture, or against each other."""
    starts = {(x.signal, x.plane): x.setup for x in exercise.limits if x.setup}
    for number, limit in enumerate(exercise.limits):
        key = ("limits", number)
        for name, wanted in (("setup", limit.setup), ("enter", None if limit.relative else limit.enter)):
            if wanted and (refused := _refused(exercise, limit.signal, wanted)):
                yield Remark((*key, name), refused)
        if limit.attempt and limit.enter and not is_part(limit.enter, limit.attempt):
            yield Remark(
                (*key, "attempt"),
                f"{range_words(limit.attempt)} is narrower than `enter` {range_words(limit.enter)}: a hold can be "
                "reached that is no attempt",
            )
        start = starts.get((limit.signal, limit.plane))
        if start and limit.enter and limit.attempt and not limit.relative and meet(start, limit.enter):
            yield Remark(
                (*key, "setup" if limit.setup else "enter"),
                f"the starting position {range_words(start)} overlaps `enter` {range_words(limit.enter)}: "
                "whoever stays there may have reached the goal",
            )
    for group in exercise.groups if exercise.timing.end_when_back else ():
        if not any(x.attempt and x.group in (None, group) for x in exercise.limits):
            yield Remark(("timing", "end_when_back"), f"does nothing for {group!r}: no limit of it has an `attempt`")


def _refused(exercise: Exercise, signal: str, wanted: Interval) -> str | None:
    """Why a body in this range is hardly in a posture of the exercise; None when it is for half of the range."""
    ranges = [_READ_AS.get(posture, {}).get(signal, ANYTHING) for posture in exercise.postures]
    if Posture.UNKNOWN in exercise.postures or ANYTHING in ranges:
        return None
    low, high = min(r[0] for r in ranges), max(r[1] for r in ranges)
    middle = max(min(wanted[1], 180.0), wanted[0]) / 2 + max(wanted[0], -180.0) / 2
    if low <= middle <= high:
        return None
    names = " or ".join(exercise.postures)
    return (
        f"a body with {signal} in {range_words(wanted)} is no more read as {names}, which has it in about "
        f"{range_words((low, high))}: name the other posture in posture_also"
    )


def _unwise_faults(exercise: Exercise) -> Iterator[Remark]:
    """Faults inside of what is allowed; a word of safety may come before the limit."""
    for number, fault in enumerate(exercise.faults):
        for limit in exercise.limits:
            same = (limit.signal, limit.plane, limit.relative) == (fault.signal, fault.plane, fault.relative)
            apart = None not in (limit.group, fault.group) and limit.group != fault.group
            if not same or apart or not limit.enter or fault.during == ("setup",) or fault.priority == "safety":
                continue
            name, bound = ("above", fault.above) if fault.above is not None else ("below", fault.below)
            low, high = limit.enter
            room = EARLY_WORD * (high - low) if high - low < inf else 0.0
            early = high - room if name == "above" else low + room
            if bound is not None and low < bound < high and (bound < early if name == "above" else bound > early):
                yield Remark(
                    ("faults", number, name),
                    f"{bound:g} is inside the `enter` {range_words(limit.enter)} of {fault.signal}: what is right "
                    "is called a fault",
                )
    for number, fault in enumerate(exercise.faults):
        of_group = fault.group is not None or needs_working_side(fault.signal)
        if of_group and exercise.groups_by != "rear_leg" and fault.during == ("setup",):
            words = (
                "is never said: before an effort nobody knows which group it will be; name `position` or `hold`, too"
            )
            yield Remark(("faults", number, "during"), words)
