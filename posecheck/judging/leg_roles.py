"""The names that an exercise uses for its signals, as signals of a side: "front_" and "rear_" follow the front leg."""

from __future__ import annotations

from functools import cache

from posecheck.exercises.format import BEND_TO_FRONT, ROLES, Exercise
from posecheck.measure.angles import reading
from posecheck.records import Context, Measurement, Reading, Side, Signal


def groups_at_work(exercise: Exercise, context: Context) -> tuple[str, ...]:
    """The groups that a repetition could now belong to: the rear leg's side, or every side or direction.

    Args:
        exercise: names the groups and what tells them apart.
        context: its front leg decides when the rear leg does.

    Returns:
        No group when the rear leg decides and the front leg is not known.
    """
    if exercise.groups_by == "rear_leg":
        return () if context.front is None else (context.front.other.value,)
    return exercise.groups


@cache
def signal_of(name: str, front: Side | None) -> tuple[Signal, float] | None:
    """The signal behind the name an exercise uses, and its sign.

    Args:
        name: "front_knee_flexion", for example; "front_" or "rear_" stands for the side of that leg.
        front: the side of the front leg; None when it is not known.

    Returns:
        The signal and 1 or -1; None when the name needs a front leg and there is none.

    Raises:
        ValueError: there is no such signal.
    """
    role, _, rest = name.partition("_")
    if role not in ROLES and name != BEND_TO_FRONT:
        return Signal(name), 1.0
    if front is None:
        return None
    if name == BEND_TO_FRONT:
        return Signal.SIDE_BEND, 1.0 if front is Side.RIGHT else -1.0
    return Signal(f"{front if role == 'front' else front.other}_{rest}"), 1.0


def reading_of(measurement: Measurement, name: str, plane: str, front: Side | None) -> Reading | None:
    """The reading of a signal by the name an exercise uses.

    Args:
        measurement: the readings of the frame.
        name: the signal; "front_" or "rear_" before it stands for the side of that leg.
        plane: "image", or "world" for the landmarks in space.
        front: the side of the front leg; None when it is not known.

    Returns:
        The reading; None when it cannot be had. A bend towards the front leg is the side bend with a sign.
    """
    named = signal_of(name, front)
    if named is None:
        return None
    signal, sign = named
    one = reading(measurement.image if plane == "image" else measurement.world, signal)
    return one if one is None or sign > 0 else Reading(-one.value, one.confidence)
