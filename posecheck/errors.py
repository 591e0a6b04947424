"""Errors that say what to do next, each with the exit code the command line ends with.

What comes from elsewhere and cannot be used is a ForeignError: InputError, ExerciseError and ModelError are such.

PosecheckError            1   anything else that went wrong
├── UsageError            2   the command was called with something it cannot take
├── PoseError             2   a pose that cannot be one: wrong shapes, no numbers, other units
├── InputError            3   a file is missing, empty or a folder
│   ├── FormatError      10   a file is not what it should be: no video, damaged, no tape
│   └── TooShortError    11   a recording with too little in it to judge
├── ExerciseError         4   no such exercise, or its file is not valid
├── ModelError            5   the pose model is missing or damaged
├── OutputError           6   an output cannot be written
├── DependencyError       7   a library, or a system library it needs, cannot be loaded
├── NoPersonError         8   nobody was seen in the whole recording
├── CameraError           9   a camera or stream cannot be used
└── PartialError         12   of many recordings, some could not be judged
(stopped by Ctrl-C      130)
"""

from __future__ import annotations

from pathlib import Path
from typing import Self


class PosecheckError(Exception):
    """Base of all errors of posecheck; `str(error)` is one line that says what to do."""

    exit_code = 1


class ForeignError(PosecheckError):
    """What comes from elsewhere cannot be used.

    `path` is the file, `place` where in it, `allowed` what may be there; None and "" where they are not known.
    """

    path: Path | None = None
    place = ""
    allowed = ""

    @classmethod
    def at(cls, path: Path, place: str, problem: str, allowed: str) -> Self:
        """The error of one place in a file.

        Args:
            path: the file.
            place: where in it: a line, or the way to a key; "" for the whole.
            problem: what is wrong, in words.
            allowed: what may be there.
        """
        where = f"{path}, {place}" if place else f"{path}"
        error = cls(f"{where}: {problem}; allowed: {allowed}")
        error.path, error.place, error.allowed = path, place, allowed
        return error


class UsageError(PosecheckError):
    """An option or argument has a value that cannot be used."""

    exit_code = 2


class PoseError(PosecheckError, ValueError):
    """A pose has the wrong shape, is not made of numbers, or is in other units than it should be."""

    exit_code = 2


class InputError(ForeignError):
    """An input file is missing, empty, a folder, or cannot be opened."""

    exit_code = 3


class FormatError(InputError):
    """An input file is not of the kind that it should be, or is damaged."""

    exit_code = 10


class TooShortError(InputError):
    """A recording has too few frames to judge anything."""

    exit_code = 11


class ExerciseError(ForeignError):
    """An exercise is unknown, or its file is not valid."""

    exit_code = 4


class ModelError(ForeignError):
    """The pose model is missing, damaged or cannot be fetched."""

    exit_code = 5


class OutputError(PosecheckError):
    """An output file cannot be written."""

    exit_code = 6


class DependencyError(PosecheckError):
    """A library that is needed cannot be loaded."""

    exit_code = 7


class NoPersonError(PosecheckError):
    """Nobody was seen, so there is nothing to judge."""

    exit_code = 8


class CameraError(PosecheckError):
    """A camera or stream cannot be opened or has stopped."""

    exit_code = 9


class PartialError(PosecheckError):
    """Of many recordings, some could not be judged; the others were."""

    exit_code = 12
