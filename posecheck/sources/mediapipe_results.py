"""Results of MediaPipe's Pose Landmarker, or of its older Pose solution, kept as JSON, JSON Lines or CSV.

JSON: a list of frames, or an object with them under `frames`, `results` or `poses`. A frame has the landmarks under a
name of MediaPipe (`pose_landmarks`, `poseLandmarks`, `landmarks`), the world landmarks as `pose_world_landmarks`,
`poseWorldLandmarks`, `worldLandmarks` or `world_landmarks`, and a time. Each is a list of 33, or of people with 33
each, or an object with `landmark`; a landmark is an object with x, y, z and visibility, or a list of them.

CSV: a row a frame, with columns such as `nose_x` or `x0`, and `world_nose_x`, `nose_x_world` or `world_x0`; or a row a
landmark, with the columns `landmark` (name or number), `x`, `y`, `visibility`, and `world_x` or `x_world`.

Points in the picture are shares of it. World landmarks are metres; z of a point in the picture is not taken for depth.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from math import isnan
from typing import Any

import numpy as np

from posecheck.errors import FormatError, UsageError
from posecheck.records import LANDMARK_COUNT, Floats, Landmark
from posecheck.sources.guarding import number, numbers, picture_size
from posecheck.sources.records import Axes, Given, Person, Recording, SourceFrame, SourceOptions, Unit
from posecheck.sources.times import time_of

NAME = "mediapipe"
_PICTURE = ("pose_landmarks", "poseLandmarks", "landmarks")
_WORLD = ("pose_world_landmarks", "poseWorldLandmarks", "worldLandmarks", "world_landmarks")
_LISTS = ("frames", "results", "poses")
_VALUES = ("x", "y", "z", "visibility")
_WORLD_COLUMN = re.compile(r"^world_|_world(?=_|$)")
_NUMBERED = re.compile(r"(?:landmark_)?([xyzv]|visibility)_?(\d{1,2})|(?:landmark_)?(\d{1,2})_([xyzv]|visibility)")
_NAMES = {landmark.name.lower(): landmark for landmark in Landmark}


def fits(given: Given) -> bool:
    """Whether a document has landmarks by MediaPipe's names, or a table columns for them."""
    if given.document is not None:
        frames, _ = _frames(given.document)
        return bool(frames) and any(
            isinstance(frame, Mapping) and _first(frame, _PICTURE) is not None for frame in frames
        )
    if given.text is None:
        return False
    header = _header(given.text)
    return ("landmark" in header and "x" in header) or any(_column(name, 0) is not None for name in header)


def read(given: Given, options: SourceOptions) -> Recording:
    """Read results of MediaPipe.

    Args:
        given: a file that fits.
        options: the size of the picture is needed, unless the file has it.

    Raises:
        FormatError: something in it cannot be.
        UsageError: the picture's size is not known.
    """
    size = options.size
    if given.document is not None:
        frames, top = _frames(given.document)
        size = size or _size_of(top) or next((found for f in frames if (found := _size_of(f))), None)
        read_frames = list(_from_json(given, frames, _known(size, given)))
    else:
        read_frames = _from_csv(given, _known(size, given))
    return Recording(tuple(read_frames), size, Unit.METRE, Axes(), centred=True)


def _known(size: tuple[int, int] | None, given: Given) -> tuple[int, int]:
    if size is None:
        raise UsageError(
            f"{given.path} has points as shares of the picture, and not its size: give it with --size, as 1280x720"
        )
    return size


def _frames(document: Any) -> tuple[list[Any], Any]:
    """The frames of a document, and the object that they are in."""
    if isinstance(document, list):
        return document, None
    if isinstance(document, Mapping):
        for name in _LISTS:
            if isinstance(document.get(name), list):
                return document[name], document
        return [document], document
    return [], None


def _first(frame: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((frame[name] for name in names if name in frame), None)


def _size_of(part: Any) -> tuple[int, int] | None:
    if not isinstance(part, Mapping):
        return None
    pairs = (("image_width", "image_height"), ("width", "height"), ("imageWidth", "imageHeight"))
    return next((s for w, h in pairs if (s := picture_size(part.get(w), part.get(h)))), None)


# ---- JSON


def _from_json(given: Given, frames: list[Any], size: tuple[int, int]) -> Iterator[SourceFrame]:
    for index, frame in enumerate(frames):
        where = f"{given.path}, frame {index}"
        if not isinstance(frame, Mapping):
            raise FormatError(f"{where}: an object with landmarks was expected")
        t, count = time_of(frame, where)
        pictures = _people(_first(frame, _PICTURE), where)
        worlds = _people(_first(frame, _WORLD), where)
        if worlds and len(worlds) != len(pictures):
            raise FormatError(f"{where}: {len(pictures)} people in the picture, but {len(worlds)} in space")
        people = []
        for place, picture in enumerate(pictures):
            world = _landmarks(worlds[place], where) if worlds else None
            people.append(_person(_landmarks(picture, where), world, size))
        yield SourceFrame(index if count is None else count, tuple(people), t)


def _people(value: Any, where: str) -> list[Any]:
    """The lists of landmarks of each person."""
    if value is None or value == []:
        return []
    if isinstance(value, Mapping) and "landmark" in value:
        return [value["landmark"]]
    if not isinstance(value, list):
        raise FormatError(f"{where}: a list of landmarks was expected")
    first = value[0]
    if isinstance(first, Mapping):
        return [one["landmark"] for one in value] if all("landmark" in one for one in value) else [value]
    return [value] if isinstance(first, list) and first and not isinstance(first[0], (list, Mapping)) else value


def _landmarks(points: Any, where: str) -> Floats:
    """(33, 4): x, y, z, visibility."""
    if not isinstance(points, list) or len(points) != LANDMARK_COUNT:
        count = len(points) if isinstance(points, list) else "no"
        raise FormatError(f"{where}: {LANDMARK_COUNT} landmarks were expected, there are {count}")
    rows = np.full((LANDMARK_COUNT, len(_VALUES)), np.nan)
    for index, point in enumerate(points):
        place = f"{where}, landmark {index}"
        if isinstance(point, Mapping):
            rows[index] = [number(point.get(name), place) for name in _VALUES]
        else:
            values = numbers(point, place)[: len(_VALUES)]
            rows[index, : len(values)] = values
    return rows


def _person(picture: Floats, world: Floats | None, size: tuple[int, int]) -> Person:
    seen = picture[:, 3] if world is None or not np.isnan(picture[:, 3]).all() else world[:, 3]
    if np.isnan(seen).all():
        seen = np.ones(LANDMARK_COUNT)  # a detector that tells no visibility found what it found
    if not 0.0 <= float(np.nanmin(seen)) <= float(np.nanmax(seen)) <= 1.0:
        raise FormatError("visibility must lie from 0 to 1")
    xyz = None if world is None or np.isnan(world[:, :3]).all() else world[:, :3]
    return Person(picture[:, :2] * size, xyz, np.nan_to_num(seen))


# ---- CSV


def _header(text: str) -> list[str]:
    line = text.lstrip().partition("\n")[0]
    return [name.strip() for name in next(csv.reader([line]), [])]


def _first_number(names: Sequence[str]) -> int:
    """0, or 1 in a table whose numbered columns go to 33."""
    return int(any(re.fullmatch(r"x_?33|(landmark_)?33_x", name.strip().lower()) for name in names))


def _column(name: str, first: int) -> tuple[Landmark, int, bool] | None:
    """The landmark, the place in x, y, z, visibility, and whether it is in space, that a column is for."""
    plain = name.strip().lower()
    world = _WORLD_COLUMN.search(plain) is not None
    plain = _WORLD_COLUMN.sub("", plain)
    numbered = _NUMBERED.fullmatch(plain)
    if numbered is not None:
        value, index = numbered[1] or numbered[4], int(numbered[2] or numbered[3]) - first
        return (Landmark(index), "xyzv".index(value[0]), world) if index in range(LANDMARK_COUNT) else None
    part, _, value = plain.rpartition("_")
    if value in (*_VALUES, "v") and part in _NAMES:
        return _NAMES[part], "xyzv".index(value[0]), world
    return None


def _from_csv(given: Given, size: tuple[int, int]) -> list[SourceFrame]:
    assert given.text is not None
    rows = csv.DictReader(io.StringIO(given.text), skipinitialspace=True)
    try:
        if "landmark" in (rows.fieldnames or ()):
            return list(_from_long(given, rows, size))
        return list(_from_wide(given, rows, size))
    except csv.Error as error:
        raise FormatError(f"{given.path} is not a CSV file ({error}): write it again") from error


def _from_wide(given: Given, rows: csv.DictReader[str], size: tuple[int, int]) -> Iterator[SourceFrame]:
    names = rows.fieldnames or ()
    columns = {name: found for name in names if (found := _column(name, _first_number(names)))}
    picture_columns = {(landmark, value) for landmark, value, world in columns.values() if not world}
    if len({landmark for landmark, value in picture_columns if value == 0}) < LANDMARK_COUNT:
        raise FormatError(f"{given.path} has no columns for all {LANDMARK_COUNT} landmarks: nose_x or x0, and so on")
    for index, row in enumerate(rows):
        where = f"{given.path}, line {rows.line_num}"
        picture, world = (np.full((LANDMARK_COUNT, len(_VALUES)), np.nan) for _ in range(2))
        for name, (landmark, value, in_space) in columns.items():
            (world if in_space else picture)[landmark, value] = number(row[name], f"{where}, {name}")
        t, count = time_of(row, where)
        people = () if np.isnan(picture[:, :2]).all() else (_checked(picture, world, size, where),)
        yield SourceFrame(index if count is None else count, people, t)


def _from_long(given: Given, rows: csv.DictReader[str], size: tuple[int, int]) -> Iterator[SourceFrame]:
    columns = {name: _long_column(name) for name in rows.fieldnames or ()}
    wanted = {name: found for name, found in columns.items() if found is not None}
    read = ((time_of(row, f"{given.path}, line {rows.line_num}"), rows.line_num, row) for row in rows)
    for index, ((t, count), lines) in enumerate(groupby(read, lambda one: one[0])):
        if t is None and count is None:
            raise FormatError(
                f"{given.path} has a row a landmark: a column frame or timestamp_ms says which go together"
            )
        picture, world = (np.full((LANDMARK_COUNT, len(_VALUES)), np.nan) for _ in range(2))
        for _, line, row in lines:
            where = f"{given.path}, line {line}"
            landmark = _landmark(row["landmark"], where)
            if not np.isnan(picture[landmark]).all():
                raise FormatError(f"{where}: {landmark.name.lower()} stands twice in one frame")
            for name, (value, in_space) in wanted.items():
                (world if in_space else picture)[landmark, value] = number(row[name], f"{where}, {name}")
        people = (
            () if np.isnan(picture[:, :2]).all() else (_checked(picture, world, size, f"{given.path}, frame {index}"),)
        )
        yield SourceFrame(index if count is None else count, people, t)


def _long_column(name: str) -> tuple[int, bool] | None:
    plain = name.strip().lower()
    world = _WORLD_COLUMN.search(plain) is not None
    value = _WORLD_COLUMN.sub("", plain)
    return ("xyzv".index(value[0]), world) if value in (*_VALUES, "v") else None


def _landmark(value: str | None, where: str) -> Landmark:
    plain = (value or "").strip().lower().removeprefix("poselandmark.")
    if plain in _NAMES:
        return _NAMES[plain]
    index = number(plain, f"{where}, landmark")
    if isnan(index) or index not in range(LANDMARK_COUNT):
        raise FormatError(f"{where}: there is no landmark {plain!r}")
    return Landmark(int(index))


def _checked(picture: Floats, world: Floats, size: tuple[int, int], where: str) -> Person:
    try:
        return _person(picture, world, size)
    except FormatError as error:
        raise FormatError(f"{where}: {error}") from error
