"""Poses and what is measured in them → tables for analysis: a row a pose, the unit at the end of each column's name.

    t_s, nose_x_px, nose_y_px, nose_x_m, nose_y_m, nose_z_m, nose_visibility, ... right_foot_index_visibility,
    posture, front_leg, yaw_deg, view_confidence,
    left_knee_flexion_deg, left_knee_flexion_world_deg, left_knee_flexion_confidence, ...

Pixels: x right, y down, from the picture's upper left corner. Metres: x right, y down, z away from the camera, about
the mid-hip. Ratios have no unit. A value that cannot be had is an empty cell, or null.

Without an exercise a row is measured by itself, as a photograph is: half-kneeling from the side, the angles are those
of the joints, not of where the detector puts hips and rear knee. With one it is what was judged: legs put right and
signals smoothed; phase, group (side or direction), judged, reason, held_s, front_probability (how surely the front leg
is in front) and zone_GROUP are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from posecheck.correct.joint_centres import with_joint_centres
from posecheck.exercises import Exercise
from posecheck.judging.session import Session
from posecheck.measure import measure
from posecheck.measure.signals import is_ratio
from posecheck.records import Landmark, Measurement, Pose, Reading, Signal, Step
from posecheck.records.tables import Cell, Columns

_AXES_PX, _AXES_M = ("x_px", "y_px"), ("x_m", "y_m", "z_m")
_POINT_COLUMNS = (*_AXES_PX, *_AXES_M, "visibility")
_DECIMALS = 4  # of signals; a thousandth of what is known of them

_TIME: Columns = {"t_s": float}
_POINTS: Columns = {f"{landmark.name.lower()}_{what}": float for landmark in Landmark for what in _POINT_COLUMNS}
_VERDICT: Columns = {
    "phase": str,
    "group": str,
    "judged": bool,
    "reason": str,
    "held_s": float,
    "front_probability": float,
}


def columns_of(exercise: Exercise | None) -> Columns:
    """The columns of a table of poses, in order.

    Args:
        exercise: what the poses are judged for; None for a table without a verdict.
    """
    plain = {**_TIME, **_POINTS, **_measured_columns()}
    return plain if exercise is None else {**plain, **_VERDICT, **{f"zone_{group}": str for group in exercise.groups}}


def judged_columns() -> Columns:
    """The columns of what was measured and judged, without landmarks and zones: some of those of `columns_of`."""
    return {**_TIME, **_measured_columns(), **_VERDICT}


def judged_row(step: Step) -> list[Cell]:
    """The row of a step, under `judged_columns`."""
    return [step.measurement.t, *_measured(step.measurement), *_verdict(step)]


def rows_of(poses: Iterable[Pose], exercise: Exercise | None) -> Iterator[list[Cell]]:
    """A row for each pose.

    Args:
        poses: the poses, in order of time.
        exercise: what they are judged for; None for rows without a verdict.
    """
    session = Session(exercise) if exercise is not None else None
    for pose in poses:
        if session is None:
            yield [pose.t, *_points(pose), *_measured(measure(with_joint_centres(pose)))]
        else:
            step = session.feed(pose)
            verdict = _verdict(step)
            zones = [step.check.zones.get(group) for group in session.exercise.groups]
            measured = _measured(step.measurement)
            yield [pose.t, *_points(step.pose), *measured, *verdict, *(zone and zone.value for zone in zones)]


def _points(pose: Pose) -> list[Cell]:
    if pose.arrays is None:
        return [None] * (len(Landmark) * len(_POINT_COLUMNS))
    px, metres, seen = (array.tolist() for array in pose.arrays)
    space: Sequence[Sequence[Cell]] = [(None,) * len(_AXES_M)] * len(Landmark) if pose.lacks.depth else metres
    blank = (None,) * len(_POINT_COLUMNS)
    lost = pose.lacks.landmarks
    return [x for i in Landmark for x in (blank if i in lost else (*px[i], *space[i], seen[i]))]


def _measured_columns() -> Columns:
    found: dict[str, type] = {"posture": str, "front_leg": str, "yaw_deg": float, "view_confidence": float}
    for signal in Signal:
        unit = "" if is_ratio(signal) else "_deg"
        found |= {f"{signal.value}{unit}": float, f"{signal.value}_world{unit}": float}
        found[f"{signal.value}_confidence"] = float
    return found


def _measured(measurement: Measurement) -> list[Cell]:
    view, front = measurement.view, measurement.front
    found: list[Cell] = [measurement.posture.value if view else None, front.value if front else None]
    found += [round(view.yaw_deg, _DECIMALS), round(view.confidence, _DECIMALS)] if view else [None, None]
    for signal in Signal:
        image, world = measurement.image.get(signal), measurement.world.get(signal)
        if measurement.lacks.depth:
            world = None  # a value of made up depth is none
        found += [_value(image), _value(world), round(image.confidence, _DECIMALS) if image else None]
    return found


def _value(reading: Reading | None) -> float | None:
    return round(reading.value, _DECIMALS) if reading is not None else None


def _verdict(step: Step) -> list[Cell]:
    check, progress, sure = step.check, step.progress, step.context.front_probability
    held_s = round(progress.held_s, _DECIMALS)
    sure = None if sure is None else round(sure, _DECIMALS)
    return [progress.phase.value, progress.group, check.judged, check.reason_code, held_s, sure]
