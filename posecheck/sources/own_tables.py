"""posecheck's own tables, read back: the CSV and Parquet that `posecheck export` writes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from posecheck.errors import FormatError
from posecheck.records import LANDMARK_COUNT, Landmark
from posecheck.sources.guarding import number, picture_size
from posecheck.sources.records import Axes, Given, Person, Recording, SourceFrame, SourceOptions, Unit

NAME = "posecheck"
_TIME, _FIRST = "t_s", "nose_x_px"
_PARTS = ("x_px", "y_px", "x_m", "y_m", "z_m", "visibility")
_COLUMNS = [f"{landmark.name.lower()}_{part}" for landmark in Landmark for part in _PARTS]


def fits(given: Given) -> bool:
    """Whether a table has posecheck's columns."""
    if given.columns is not None:
        return {_TIME, _FIRST} <= given.columns.keys()
    return given.text is not None and {_TIME, _FIRST} <= set(next(csv.reader([given.text.partition("\n")[0]]), []))


def read(given: Given, options: SourceOptions) -> Recording:
    """Read a table back.

    Args:
        given: a file that fits.
        options: the size of the picture is needed of a CSV; a Parquet file has it.

    Raises:
        FormatError: a column is missing, or something is no number.
    """
    del options
    names = given.columns.keys() if given.columns is not None else next(csv.reader([_text(given).partition("\n")[0]]))
    missing = [name for name in _COLUMNS if name not in names]
    if missing:
        raise FormatError(f"{given.path} has no column {missing[0]}: export the tape again")
    size = (given.about or {}).get("size")
    known = picture_size(*size) if isinstance(size, list) and len(size) == 2 else None
    try:
        frames = tuple(_frames(given))
    except csv.Error as error:
        raise FormatError(f"{given.path} is not a CSV file ({error}): export the tape again") from error
    return Recording(frames, known, Unit.METRE, Axes(), centred=True)


def _text(given: Given) -> str:
    assert given.text is not None
    return given.text


def _rows(given: Given) -> Iterator[Mapping[str, Any]]:
    if given.columns is None:
        yield from csv.DictReader(io.StringIO(_text(given)))
    else:
        columns = given.columns
        for index in range(len(columns[_TIME])):
            yield {name: columns[name][index] for name in (_TIME, *_COLUMNS)}


def _frames(given: Given) -> Iterator[SourceFrame]:
    for index, row in enumerate(_rows(given)):
        where = f"{given.path}, row {index + 1}"
        t = number(row[_TIME], f"{where}, {_TIME}")
        values = np.array([number(row[name], f"{where}, {name}") for name in _COLUMNS])
        if np.isnan(t):
            raise FormatError(f"{where} has no time")
        yield SourceFrame(index, () if np.isnan(values).all() else (_person(values),), t)


def _person(values: Sequence[float] | np.ndarray[Any, np.dtype[np.float64]]) -> Person:
    points = np.asarray(values).reshape(LANDMARK_COUNT, len(_PARTS))
    xyz = points[:, 2:5]
    return Person(points[:, :2].copy(), None if np.isnan(xyz).all() else xyz.copy(), np.nan_to_num(points[:, 5]))
