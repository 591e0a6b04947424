"""What is wrong with an exercise as a whole: `mistakes` stop a file from loading. Each names the key.

What is allowed but unwise is in `advice.py`.
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
    needs_front_leg,
    needs_working_side,
)
from posecheck.records import Posture
from posecheck.records.ranges import is_part

if TYPE_CHECKING:
    from posecheck.exercises.format import Baseline, Exercise, Fault, Limit

Key = tuple[str | int, ...]
Box = dict[tuple[str, str, str | None], Interval]  # (signal, plane, relative) → limits

BEYOND_DEG = 10.0  # judging that has begun may go on this far outside the views in which a signal is trusted
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


# ---- mistakes


def parts_of(exercise: Exercise) -> Iterator[tuple[Key, Limit | Fault | Baseline]]:
    """All that names a signal, with the way to it."""
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
    for key, part in parts_of(exercise):
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
    if not meet(exercise.view.yaw_enter, (0.0, 90.0)):
        words = f"{range_words(exercise.view.yaw_enter)} is no view that there is, so nothing is ever judged"
        yield Remark(("view", "yaw_enter"), f"{words}; allowed: 0 (front or back) to 90 (the side)")
        return
    for key, part in parts_of(exercise):
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
                    f"{part.signal} cannot be trusted in every view that view.{name} {range_words(limits)} lets in; "
                    f"allowed for it in the {part.plane} plane: {range_words(allowed)} "
                    f"(0 is front or back, 90 the side){_other_plane(part, limits)}",
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
        if not meet(base.within, about(base.signal).possible):
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
            if wanted and not meet(wanted, can):
                yield _never(("limits", number, name), limit.signal, can)


def _never(key: Key, signal: str, possible: Interval) -> Remark:
    return Remark(
        key, f"{signal} is never in this range, so the goal cannot be reached; it can be {range_words(possible)}"
    )


def _goals(exercise: Exercise) -> Iterator[Remark]:
    """Limits that can never hold at once, and groups that can never get a turn."""
    starts: Box = {}
    for number, limit in enumerate(exercise.limits):
        if limit.setup and not _narrow(starts, (limit.signal, limit.plane, None), limit.setup):
            yield _at_odds(("limits", number, "setup"), f"the other `setup` of {limit.signal}")
    for number, base in enumerate(exercise.baselines):
        start = starts.get((base.signal, base.plane, None))
        if start and not meet(start, base.within):
            yield _at_odds(("baselines", number, "within"), f"the `setup` {range_words(start)} of {base.signal}")
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


# ---- ranges


def meet(one: Interval, other: Interval) -> bool:
    """Whether two ranges have a value in common.

    Args:
        one: lowest and highest value.
        other: those of the other range, in the same unit.
    """
    return max(one[0], other[0]) <= min(one[1], other[1])


def range_words(limits: Interval) -> str:
    """A range as it is written in a file."""
    return f"[{limits[0]:g}, {limits[1]:g}]"
