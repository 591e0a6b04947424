"""TRC (track row column): markers in space, as posecheck, OpenSim, Pose2Sim and others write them.

The unit stands in the file. How the axes run does not, but for posecheck's own files, whose 33 markers tell who wrote
them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from posecheck.errors import FormatError
from posecheck.records import LANDMARK_COUNT, Landmark
from posecheck.sources.guarding import number
from posecheck.sources.records import Axes, Given, Person, Recording, SourceFrame, SourceOptions, Unit
from posecheck.sources.skeletons import MARKERS, OUR_MARKERS

NAME = "trc"
_HEADER_LINES = 5
_OURS = Axes.parse("x,-y,-z")


def fits(given: Given) -> bool:
    """Whether a text begins as TRC files do."""
    return given.text is not None and given.text.lstrip().startswith("PathFileType")


def read(given: Given, options: SourceOptions) -> Recording:
    """Read markers.

    Args:
        given: a file that fits.
        options: the axes are needed, unless posecheck wrote the file.

    Raises:
        FormatError: the header is none, or something is no number.
    """
    del options
    assert given.text is not None
    lines = given.text.lstrip().splitlines()
    if len(lines) <= _HEADER_LINES:
        raise FormatError(f"{given.path} has no rows of markers: write it again")
    about = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=False))
    names = [name.strip() for name in lines[3].split("\t")[2:] if name.strip()]
    places = {MARKERS[key]: i for i, name in enumerate(names) if (key := _key(name)) in MARKERS}
    others = [name for name in names if _key(name) not in MARKERS]
    notes = (
        (f"{len(others)} markers stand for no landmark and are left out: {', '.join(others[:10])}",) if others else ()
    )
    frames = tuple(_frames(given, lines[_HEADER_LINES:], places, len(names)))
    return Recording(frames, None, _unit(given, about), _OURS if tuple(names) == OUR_MARKERS else None, notes=notes)


def _key(name: str) -> str:
    return name.lower().replace("_", "").replace(" ", "")


def _unit(given: Given, about: dict[str, str]) -> Unit | None:
    told = about.get("Units", "").strip().lower()
    if told and told not in list(Unit):
        raise FormatError(f"{given.path} has the unit {told[:20]!r}: m, cm and mm are read")
    return Unit(told) if told else None


def _frames(given: Given, lines: list[str], places: dict[Landmark, int], count: int) -> Iterator[SourceFrame]:
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        where = f"{given.path}, line {_HEADER_LINES + index + 1}"
        cells = [cell.strip() for cell in line.rstrip("\r\n").split("\t")]
        cells += [""] * (2 + 3 * count - len(cells))  # blank cells at the end may be left out
        t = number(cells[1], f"{where}, Time")
        if np.isnan(t):
            raise FormatError(f"{where} has no time")
        values = np.array([number(cell, where) for cell in cells[2 : 2 + 3 * count]]).reshape(count, 3)
        xyz = np.full((LANDMARK_COUNT, 3), np.nan)
        xyz[list(places)] = values[list(places.values())]
        found = ~np.isnan(xyz).any(axis=1)
        people = (Person(None, xyz, found.astype(np.float64)),) if found.any() else ()
        yield SourceFrame(index, people, t)
