"""Poses and what is measured in them → tables for analysis: a row a pose, the unit at the end of each column's name.

    t_s, nose_x_px, nose_y_px, nose_x_m, nose_y_m, nose_z_m, nose_visibility, ... right_foot_index_visibility,
    posture, front_leg, yaw_deg, left_knee_flexion_deg, left_knee_flexion_world_deg, left_knee_flexion_confidence, ...

Pixels: x right, y down, from the picture's upper left corner. Metres: x right, y down, z away from the camera, about
the mid-hip. Ratios have no unit. A value that cannot be had is an empty cell, or null.

Without an exercise a row is measured by itself, as a photograph is: half-kneeling from the side, the angles are those
of the joints, not of where the detector puts hips and rear knee. With one it is what was judged: legs put right and
signals smoothed; phase, group (side or direction), judged, reason, held_s and zone_GROUP are added.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from posecheck.correct.joint_centres import with_joint_centres
from posecheck.errors import DependencyError
from posecheck.exercises import Exercise
from posecheck.judging.session import Session
from posecheck.measure import measure
from posecheck.measure.signals import is_ratio
from posecheck.records import Landmark, Measurement, Pose, Reading, Signal, Step
from posecheck.records.files import whole_file
from posecheck.tape import TapeHeader

_AT_ONCE = 4096  # rows of a Parquet row group
_AXES_PX, _AXES_M = ("x_px", "y_px"), ("x_m", "y_m", "z_m")
_POINT_COLUMNS = (*_AXES_PX, *_AXES_M, "visibility")
_DECIMALS = 4  # of signals; a thousandth of what is known of them

Cell = str | float | bool | None


def columns_of(exercise: Exercise | None) -> dict[str, type]:
    """The names of the columns, in order, and what is in them."""
    found: dict[str, type] = {"t_s": float}
    found |= {f"{landmark.name.lower()}_{what}": float for landmark in Landmark for what in _POINT_COLUMNS}
    found |= {"posture": str, "front_leg": str, "yaw_deg": float}
    for signal in Signal:
        unit = "" if is_ratio(signal) else "_deg"
        found |= {f"{signal.value}{unit}": float, f"{signal.value}_world{unit}": float}
        found[f"{signal.value}_confidence"] = float
    if exercise is not None:
        found |= {"phase": str, "group": str, "judged": bool, "reason": str, "held_s": float}
        found |= {f"zone_{group}": str for group in exercise.groups}
    return found


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
            yield [pose.t, *_points(step.pose), *_measured(step.measurement), *_judged(step, session.exercise)]


def write_csv(path: Path, columns: dict[str, type], rows: Iterable[Sequence[Cell]], source: TapeHeader) -> int:
    """Write the rows as CSV, UTF-8, whole or not at all.

    Args:
        path: the file.
        columns: the names of the columns, with the type of each.
        rows: a cell for each column.
        source: not used: CSV has no place for it.

    Returns:
        How many rows there are.

    Raises:
        OutputError: it cannot be written.
    """
    del source
    count = 0
    with whole_file(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for count, row in enumerate(rows, 1):  # noqa: B007
            writer.writerow(row)
    return count


def write_parquet(path: Path, columns: dict[str, type], rows: Iterable[Sequence[Cell]], source: TapeHeader) -> int:
    """Write the rows as Parquet, whole or not at all.

    Args:
        path: the file.
        columns: the names of the columns, with the type of each.
        rows: a cell for each column.
        source: where the tape comes from; it is written into the schema's metadata.

    Returns:
        How many rows there are.

    Raises:
        DependencyError: pyarrow is not installed.
        OutputError: it cannot be written.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise DependencyError("Parquet needs pyarrow: pip install 'posecheck[parquet]', or use --format csv") from error
    kinds = {str: pyarrow.string(), float: pyarrow.float64(), bool: pyarrow.bool_()}
    told = {key: json.dumps(value) for key, value in asdict(source).items()}
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in columns.items()], metadata=told)
    count, remaining = 0, iter(rows)
    with whole_file(path) as part, pyarrow.parquet.ParquetWriter(part, schema, compression="zstd") as writer:
        while block := list(islice(remaining, _AT_ONCE)):
            by_column = [list(column) for column in zip(*block, strict=True)]
            writer.write_table(pyarrow.table(by_column, schema=schema))
            count += len(block)
    return count


def _points(pose: Pose) -> list[Cell]:
    if pose.arrays is None:
        return [None] * (len(Landmark) * len(_POINT_COLUMNS))
    px, metres, seen = (array.tolist() for array in pose.arrays)
    return [x for i in Landmark for x in (*px[i], *metres[i], seen[i])]


def _measured(measurement: Measurement) -> list[Cell]:
    view, front = measurement.view, measurement.front
    found: list[Cell] = [measurement.posture.value if view else None, front.value if front else None]
    found.append(round(view.yaw_deg, _DECIMALS) if view else None)
    for signal in Signal:
        image, world = measurement.image.get(signal), measurement.world.get(signal)
        found += [_value(image), _value(world), round(image.confidence, _DECIMALS) if image else None]
    return found


def _value(reading: Reading | None) -> float | None:
    return round(reading.value, _DECIMALS) if reading is not None else None


def _judged(step: Step, exercise: Exercise) -> list[Any]:
    check, progress = step.check, step.progress
    zones = [check.zones[group].value if group in check.zones else None for group in exercise.groups]
    held_s = round(progress.held_s, _DECIMALS)
    reason = None if check.reason is None else check.reason.code
    return [progress.phase.value, progress.group, check.judged, reason, held_s, *zones]
