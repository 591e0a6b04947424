"""Exercises whose groups are sides, each side written out: `working_knee_flexion` → `left_...` for the group left.

A file says each limit once, in terms of the working and the other arm or leg. The judge knows left and right only, so
`resolved` gives every such part twice, once for each group. So a mirrored body is judged by mirrored limits, exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posecheck.measure.signals import TO_WORKING, needs_working_side
from posecheck.records import Side

if TYPE_CHECKING:
    from posecheck.exercises.format import Baseline, Exercise, Fault, Limit

_RANGES = ("setup", "enter", "exit", "attempt", "within", "keep")


def resolved(exercise: Exercise) -> Exercise:
    """The same exercise without roles of sides; itself when it has none."""
    if exercise.groups_by != "side":
        return exercise
    baselines: dict[str, Baseline] = {}
    for base in exercise.baselines:
        for side in (Side.RIGHT, Side.LEFT):
            one = _of_side(base, side)
            baselines.setdefault(f"{one.signal} {one.plane}", one)  # a signed signal has one zero for both sides
    return exercise.model_copy(
        update={
            "baselines": tuple(baselines.values()),
            "limits": _written_out(exercise.limits),
            "faults": _written_out(exercise.faults),
        }
    )


def _written_out(parts: Any) -> tuple[Any, ...]:
    found = []
    for part in parts:
        if needs_working_side(part.signal):
            found += [_of_side(part, side) for side in Side if part.group in (None, side.value)]
        else:
            found.append(part)
    return tuple(found)


def _of_side(part: Any, side: Side) -> Any:
    """The part for the group of one side; as it is when its signal has no such role."""
    if not needs_working_side(part.signal):
        return part
    change: dict[str, Any] = {"group": side.value} if "group" in type(part).model_fields else {}
    if part.signal not in TO_WORKING:
        role, _, rest = part.signal.partition("_")
        change["signal"] = f"{side if role == 'working' else side.other}_{rest}"
    else:
        change["signal"] = TO_WORKING[part.signal]
        if side is Side.LEFT:  # + is towards the right
            change |= _negative(part)
    return part.model_copy(update=change)


def _negative(part: Limit | Fault | Baseline) -> dict[str, Any]:
    """The ranges and values of a part for the opposite sign; a magnitude has none."""
    change: dict[str, Any] = {}
    for name in _RANGES:
        limits = getattr(part, name, None)
        if limits is not None:
            change[name] = (-limits[1], -limits[0])
    if not getattr(part, "magnitude", False):
        above, below = getattr(part, "above", None), getattr(part, "below", None)
        if above is not None or below is not None:
            change |= {"above": None if below is None else -below, "below": None if above is None else -above}
    return change
