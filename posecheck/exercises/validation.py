"""What is wrong with an exercise as a whole, and what is allowed but unwise.

`mistakes` stop a file from loading; `warnings` are what `posecheck exercises check` says beside. Each names the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from posecheck.exercises.sides import resolved
from posecheck.measure.signals import (
    SIGNAL_NAMES,
    Interval,
    about,
    measured_errors,
    needs_front_leg,
    needs_working_side,
)
from posecheck.records import FACE_UP, Posture
from posecheck.records.ranges import is_part

if TYPE_CHECKING:
    from posecheck.exercises.format import Baseline, Exercise, Fault, Limit

Key = tuple[str | int, ...]
Box = dict[tuple[str, str, str | None], Interval]  # (signal, plane, relative) → limits

BEYOND_DEG = 10.0  # judging that has begun may go on this far outside the views in which a signal is trusted
MOST_FPS = 25.0  # many cameras give no more in a dim room
ANYTHING = (float("-inf"), float("inf"))


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said about one key of an exercise: the way to it, and plain words."""

    key: Key
    words: str

    def __str__(self) -> str:
        return f"{dotted(self.key)}: {self.words}"


def dotted(key: Key) -> str:
    """A key as it is shown: "limits.0.enter"."""
    return ".".join(str(part) for part in key)


def mistakes(exercise: Exercise) -> tuple[Remark, ...]:
    """All that makes an exercise impossible to judge, or to complete."""
    found = [*_groups(exercise), *_names(exercise)]
    if not found:  # what follows would only repeat it in other words
        found = [*_views(exercise), *_reach(exercise), *_goals(exercise)]
    return tuple(found)


def warnings(exercise: Exercise) -> tuple[Remark, ...]:
    """All that is allowed in an exercise, but may not be what is meant."""
    return (*_unwise_posture(exercise), *_unwise_limits(exercise), *_unwise_rest(exercise))


# ---- mistakes


def _parts(exercise: Exercise) -> Iterator[tuple[Key, Limit | Fault | Baseline]]:
    yield from ((("baselines", number), part) for number, part in enumerate(exercise.baselines))
    yield from ((("limits", number), part) for number, part in enumerate(exercise.limits))
    yield from ((("faults", number), part) for number, part in enumerate(exercise.faults))


def _groups(exercise: Exercise) -> Iterator[Remark]:
    if exercise.groups_by == "rear_leg" and exercise.posture is not Posture.HALF_KNEELING:
        yield Remark(
            ("posture",),
            f'groups_by = "rear_leg" needs posture = "half_kneeling": {exercise.posture} has no front leg; '
            'or use groups_by = "side" or "direction"',
        )
    if exercise.groups_by != "direction" and exercise.groups != ("left", "right"):
        yield Remark(("groups",), f'groups_by = "{exercise.groups_by}" needs groups = ["left", "right"]')
    if len(exercise.groups) > 1 and not exercise.switch_cue:
        yield Remark(("switch_cue",), "is needed with more than one group: what to say when it is the other one's turn")
    yield from _once(exercise.postures, ("posture_also",))
    yield from _once(exercise.groups, ("groups",))
    yield from _once(tuple(f.name for f in exercise.faults), ("faults",))


def _once(names: tuple[str, ...], key: Key) -> Iterator[Remark]:
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Remark(key, f"{name!r} is there twice; each name once")


def _names(exercise: Exercise) -> Iterator[Remark]:
    """Names that lead nowhere: roles without a front leg, groups that are not there, zeros that are not taken."""
    bases = {(b.signal, b.plane) for b in exercise.baselines}
    for key, part in _parts(exercise):
        if exercise.groups_by != "rear_leg" and needs_front_leg(part.signal):
            yield Remark(
                (*key, "signal"),
                f'{part.signal} needs groups_by = "rear_leg" and posture = "half_kneeling", the only posture with a '
                f"front and a rear leg; allowed here: {', '.join(_allowed(exercise))}",
            )
        if exercise.groups_by != "side" and needs_working_side(part.signal):
            yield Remark(
                (*key, "signal"),
                f'{part.signal} needs groups_by = "side", where each group has a working side; '
                f"allowed here: {', '.join(_allowed(exercise))}",
            )
        group, relative = getattr(part, "group", None), getattr(part, "relative", None)
        if group is not None and group not in exercise.groups:
            yield Remark(
                (*key, "group"), f"group {group!r} of {part.signal} is not one of {', '.join(exercise.groups)}"
            )
        if relative and (part.signal, part.plane) not in bases:
            yield Remark(
                (*key, "relative"),
                f"{part.signal} is relative, but has no baseline in the {part.plane} plane: add a [[baselines]] of it",
            )
    for group in exercise.groups:
        if not any(x.enter and x.group in (None, group) for x in exercise.limits):
            yield Remark(
                ("limits",), f"group {group!r} has no limit with `enter` and `exit`: its goal cannot be reached"
            )


def _allowed(exercise: Exercise) -> tuple[str, ...]:
    """The names of signals that mean something in an exercise with such groups."""
    front, side = exercise.groups_by == "rear_leg", exercise.groups_by == "side"
    return tuple(n for n in SIGNAL_NAMES if (front or not needs_front_leg(n)) and (side or not needs_working_side(n)))


def _views(exercise: Exercise) -> Iterator[Remark]:
    """Signals that cannot be trusted in the views in which the exercise is judged."""
    if not _meet(exercise.view.yaw_enter, (0.0, 90.0)):
        words = f"{_text(exercise.view.yaw_enter)} is no view that there is, so nothing is ever judged"
        yield Remark(("view", "yaw_enter"), f"{words}; allowed: 0 (front or back) to 90 (the side)")
        return
    for key, part in _parts(exercise):
        low, high = about(part.signal).trusted_yaw[part.plane]
        slack = max(0.0, low - BEYOND_DEG), min(90.0, high + BEYOND_DEG)
        for name, limits, allowed in (
            ("yaw_enter", exercise.view.yaw_enter, (low, high)),
            ("yaw_exit", exercise.view.yaw_exit, slack),
        ):
            # 0 to 90 is all there is: [0, inf] asks for no more
            if not is_part((max(0.0, limits[0]), min(90.0, limits[1])), allowed):
                yield Remark(
                    (*key, "signal"),
                    f"{part.signal} cannot be trusted in every view that view.{name} {_text(limits)} lets in; allowed "
                    f"for it in the {part.plane} plane: {_text(allowed)} (0 is front or back, 90 the side)"
                    f"{_other_plane(part, limits)}",
                )
                break


def _other_plane(part: Limit | Fault | Baseline, limits: Interval) -> str:
    other = "world" if part.plane == "image" else "image"
    fits = is_part((max(0.0, limits[0]), min(90.0, limits[1])), about(part.signal).trusted_yaw[other])
    return f'; or plane = "{other}"' if fits else ""


def _reach(exercise: Exercise) -> Iterator[Remark]:
    """Ranges with no value in them that the signal can have."""
    keep = {(b.signal, b.plane): b.keep for b in exercise.baselines}
    for number, base in enumerate(exercise.baselines):
        if not _meet(base.within, about(base.signal).possible):
            yield _never(("baselines", number, "within"), base.signal, about(base.signal).possible)
    for number, limit in enumerate(exercise.limits):
        possible = about(limit.signal).possible
        against = possible
        if limit.relative == "difference":
            low, high = keep[limit.signal, limit.plane]
            against = possible[0] - high, possible[1] - low
        elif limit.relative == "ratio":
            against = ANYTHING
        for name, wanted, can in (
            ("setup", limit.setup, possible),  # the starting position is never relative
            ("enter", limit.enter, against),
            ("attempt", limit.attempt, against),
        ):
            if wanted and not _meet(wanted, can):
                yield _never(("limits", number, name), limit.signal, can)


def _never(key: Key, signal: str, possible: Interval) -> Remark:
    return Remark(key, f"{signal} is never in this range, so the goal cannot be reached; it can be {_text(possible)}")


def _goals(exercise: Exercise) -> Iterator[Remark]:
    """Limits that can never hold at once, and groups that can never get a turn."""
    starts: Box = {}
    for number, limit in enumerate(exercise.limits):
        if limit.setup and not _narrow(starts, (limit.signal, limit.plane, None), limit.setup):
            yield _at_odds(("limits", number, "setup"), f"the other `setup` of {limit.signal}")
    for number, base in enumerate(exercise.baselines):
        start = starts.get((base.signal, base.plane, None))
        if start and not _meet(start, base.within):
            yield _at_odds(("baselines", number, "within"), f"the `setup` {_text(start)} of {base.signal}")
    for group in exercise.groups:
        box = Box()
        for number, limit in enumerate(exercise.limits):
            at = (limit.signal, limit.plane, limit.relative)
            if limit.enter and limit.group in (None, group) and not _narrow(box, at, limit.enter):
                yield _at_odds(("limits", number, "enter"), f"another `enter` of {limit.signal}")
    if exercise.groups_by != "rear_leg":
        plain = resolved(exercise)
        for first, second in combinations(exercise.groups, 2):
            box = Box()
            for limit in plain.limits:
                if limit.enter and limit.group in (None, second):
                    _narrow(box, (limit.signal, limit.plane, limit.relative), limit.enter)
            if _always(plain, first, box):
                yield Remark(
                    ("groups",),
                    f"the goal of {second!r} cannot be reached: whatever meets its limits counts for {first!r}, which "
                    "comes first; give each group limits of its own that do not overlap",
                )


def _at_odds(key: Key, other: str) -> Remark:
    return Remark(key, f"no value meets this and {other}, so the goal cannot be reached; allowed: ranges that overlap")


def _narrow(box: Box, at: tuple[str, str, str | None], limits: Interval) -> bool:
    low, high = box.get(at, ANYTHING)
    box[at] = max(low, limits[0]), min(high, limits[1])
    return box[at][0] <= box[at][1]


def _always(exercise: Exercise, group: str, box: Box) -> bool:
    """Whether everything within the limits `box` is within the limits of `group`, or an attempt at them."""
    keeps = []
    for limit in exercise.limits:
        if limit.group not in (None, group):
            continue
        inside = box.get((limit.signal, limit.plane, limit.relative), ANYTHING)
        if limit.attempt and is_part(inside, limit.attempt):
            return True
        if limit.exit:
            keeps.append(is_part(inside, limit.exit))
    return all(keeps)


# ---- warnings


def _unwise_posture(exercise: Exercise) -> Iterator[Remark]:
    if exercise.posture is Posture.UNKNOWN:
        yield Remark(("posture",), "whatever is no known posture passes for it, a misread body, too")
    for posture in exercise.postures:
        if posture in exercise.posture_cues and posture is not Posture.UNKNOWN:
            yield Remark(("posture_cues", posture.value), "is never said: it is a posture of the exercise")
    if Posture.UNKNOWN not in exercise.postures and Posture.UNKNOWN not in exercise.posture_cues:
        yield Remark(("posture_cues",), "without `unknown` nothing is said in the postures that are not named")
    lies = exercise.posture in FACE_UP
    for key, part in _parts(exercise):
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
                f"is not used: no limit or fault of {base.signal} is relative, and none has a `setup`",
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
    for number, fault in enumerate(exercise.faults):
        of_group = fault.group is not None or needs_working_side(fault.signal)
        if of_group and exercise.groups_by != "rear_leg" and fault.during == ("setup",):
            words = (
                "is never said: before an effort nobody knows which group it will be; name `position` or `hold`, too"
            )
            yield Remark(("faults", number, "during"), words)
    if not exercise.faults:
        yield Remark(("faults",), "without any, nobody is told what to correct")


# ---- ranges


def _meet(one: Interval, other: Interval) -> bool:
    return max(one[0], other[0]) <= min(one[1], other[1])


def _text(limits: Interval) -> str:
    return f"[{limits[0]:g}, {limits[1]:g}]"
