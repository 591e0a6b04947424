"""Measurement → Check: judges one frame against an exercise. No state: what must be remembered comes in as Context."""

from __future__ import annotations

from posecheck.exercises.format import Exercise
from posecheck.judging.judgeable import why_not_judged
from posecheck.judging.leg_roles import groups_at_work
from posecheck.judging.limits import asked_by_faults, asked_of, values_of
from posecheck.records import Check, Context, Measurement, Values, Zone


def check(measurement: Measurement, exercise: Exercise, context: Context) -> Check:
    """Judge one frame.

    Args:
        measurement: the (smoothed) signals of the frame.
        exercise: what is judged.
        context: what earlier frames have settled.

    Returns:
        The verdict on this frame alone; `judged` is False, with a reason, when no verdict is possible.
    """
    t, in_posture = measurement.t, measurement.posture in exercise.postures
    reason = why_not_judged(measurement, exercise, context)
    if reason is not None:
        return Check(t, False, reason, in_posture)
    if not in_posture:
        return Check(t, True)
    values = values_of(measurement, exercise, context)
    groups = groups_at_work(exercise, context)
    # a group that is not tried cannot be done wrong; the side of the rear leg is at work as long as it is known
    at_work = groups if exercise.groups_by == "rear_leg" else (context.group,)
    return Check(
        t,
        True,
        None,
        in_posture=True,
        ready=bool(groups) and all(asked.holds(values) for asked in asked_of(exercise, "setup", None)),
        zones={group: _zone(exercise, group, values) for group in groups},
        faults=_faults(exercise, at_work, values),
        values=values,
    )


def _zone(exercise: Exercise, group: str, values: Values) -> Zone:
    """How far the limits of a group are met. The enter limits lie inside the exit limits."""
    if all(asked.holds(values) for asked in asked_of(exercise, "exit", group)):
        inside = all(asked.holds(values) for asked in asked_of(exercise, "enter", group))
        return Zone.ENTER if inside else Zone.KEEP
    return Zone.TRY if any(asked.holds(values) for asked in asked_of(exercise, "attempt", group)) else Zone.OUT


def _faults(exercise: Exercise, at_work: tuple[str | None, ...], values: Values) -> tuple[str, ...]:
    """The names of the faults that are there: their value is known, and outside its range."""
    present = []
    for fault, asked in asked_by_faults(exercise):
        if fault.group is None or fault.group in at_work:
            missed_by = asked.missed_by(values)
            if missed_by is not None and missed_by > 0:
                present.append(fault.name)
    return tuple(present)
