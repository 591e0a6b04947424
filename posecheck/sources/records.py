"""What a reader of foreign poses gets and gives: options of the user, and a recording of people in 33 landmarks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from posecheck.errors import UsageError
from posecheck.records import Floats


class SourceView(StrEnum):
    """From where a camera saw the body whose points have no depth."""

    SIDE = "side"
    FRONT = "front"


class Unit(StrEnum):
    """The unit of 3-D points."""

    METRE = "m"
    CENTIMETRE = "cm"
    MILLIMETRE = "mm"

    @property
    def metres(self) -> float:
        """How many metres it is."""
        return _METRES[self]


_METRES = {Unit.METRE: 1.0, Unit.CENTIMETRE: 0.01, Unit.MILLIMETRE: 0.001}


@dataclass(frozen=True, slots=True)
class Axes:
    """Which axis of a source runs to the picture's right, down, and away from the camera.

    `order` are their numbers (0 for x), `signs` are -1 for an axis that runs the other way.
    """

    order: tuple[int, int, int] = (0, 1, 2)
    signs: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @classmethod
    def parse(cls, text: str) -> Axes:
        """Read "x,-y,-z": right is x, down is against y, away from the camera is against z.

        Raises:
            UsageError: it does not name each of x, y and z once.
        """
        parts = [part.strip().lower() for part in text.split(",")]
        letters = [part.removeprefix("-") for part in parts]
        if sorted(letters) != ["x", "y", "z"]:
            raise UsageError(
                f"{text!r} does not say how the axes run: name those that go right, down and away from the camera, "
                "for example x,-y,-z when y is up and z comes towards it"
            )
        right, down, away = ("xyz".index(letter) for letter in letters)
        signs = [-1.0 if part.startswith("-") else 1.0 for part in parts]
        return cls((right, down, away), (signs[0], signs[1], signs[2]))


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What the user says about a file; None: it is found in the file, or asked for.

    Args:
        format: the name of a format; None to find out.
        size: (width, height) of the picture in pixels.
        fps: frames a second, where the file has no times.
        view: from where the camera saw the body, where the points have no depth.
        unit: of 3-D points.
        axes: of 3-D points.
        person: of several people "best" (the surest in each frame), the id that the source gave, or, where it gave
            none, the place in the frame, 0 the first.
    """

    format: str | None = None
    size: tuple[int, int] | None = None
    fps: float | None = None
    view: SourceView | None = None
    unit: Unit | None = None
    axes: Axes | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """The landmarks of one person in one frame, in the order of `Landmark`; those that were not found are NaN.

    `px`: (33, 2) in pixels, None when the source has no picture. `xyz`: (33, 3) in the unit and axes of the source,
    None when it has no depth. `visibility`: (33,), 0 to 1. `identity`: what the source calls this person, if anything.
    """

    px: Floats | None
    xyz: Floats | None
    visibility: Floats
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class SourceFrame:
    """The people in one frame. `t` is in seconds; None: `number` / the frames a second that are asked for."""

    number: int
    people: tuple[Person, ...]
    t: float | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file has, before it becomes poses.

    `size`: of the picture, where the file tells it. `unit` and `axes` of `xyz`, where they are known. `centred`: `xyz`
    is about the mid-hip already. `notes`: what a user has to know about how it was read, a sentence each.
    """

    frames: tuple[SourceFrame, ...]
    size: tuple[int, int] | None = None
    unit: Unit | None = None
    axes: Axes | None = None
    centred: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was opened: the one part that it has is not None.

    `document`: parsed JSON, or a list of the documents of JSON Lines. `text`: of a CSV or TRC file. `columns`: of a
    Parquet file, with `about`, its metadata. `files`: the JSON files of a folder, with the document of each.
    """

    path: Path
    document: Any = None
    text: str | None = None
    columns: dict[str, list[Any]] | None = None
    about: dict[str, Any] | None = None
    files: tuple[tuple[str, Any], ...] | None = None


class Format(Protocol):
    """A format of foreign poses: one module each, listed in `posecheck.sources`."""

    NAME: str

    def fits(self, given: Given) -> bool:
        """Whether a file is of this format, by what is in it."""
        ...

    def read(self, given: Given, options: SourceOptions) -> Recording:
        """Read it.

        Args:
            given: a file that fits.
            options: what the user says about it.

        Raises:
            FormatError: something in it cannot be.
            UsageError: something has to be said about it.
        """
        ...
