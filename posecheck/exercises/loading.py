"""The exercises: one TOML file each, in the format of `format.py`.

The three beside this file were measured on recordings. Those in `more` were tried on bodies made to order and on a
rendered clip or two: their limits are starting values.
"""

from __future__ import annotations

import codecs
import difflib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from posecheck.errors import ExerciseError
from posecheck.exercises.format import Exercise
from posecheck.records import gate
from posecheck.records.folders import user_data_dir
from posecheck.records.gate import Kind

FOLDER = Path(__file__).parent
MORE_FOLDER = FOLDER / "more"
_SAVE = "Save it as UTF-8 in the editor."

__all__ = [
    "Exercise",
    "built_in_names",
    "exercise_names",
    "load_exercise",
    "more_exercise_names",
    "own_exercise_names",
    "user_exercises_dir",
]


def exercise_names() -> tuple[str, ...]:
    """Names of the exercises that were measured on recordings, sorted; `auto` looks among these."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.toml")))


def more_exercise_names() -> tuple[str, ...]:
    """Names of the other built-in exercises, sorted: their limits are starting values, not measured."""
    return tuple(sorted(p.stem for p in MORE_FOLDER.glob("*.toml")))


def built_in_names() -> tuple[str, ...]:
    """Names of all built-in exercises, the measured ones first."""
    return (*exercise_names(), *more_exercise_names())


def built_in_path(name: str) -> Path:
    """The file of a built-in exercise."""
    return (FOLDER if name in exercise_names() else MORE_FOLDER) / f"{name}.toml"


def user_exercises_dir() -> Path:
    """The folder of one's own exercises, `exercises` in the user's data folder; it need not be there."""
    return user_data_dir() / "exercises"


def own_exercise_names() -> tuple[str, ...]:
    """Names of the exercises in the user's folder, sorted, but for those that built-in ones have: these win."""
    built_in = built_in_names()
    return tuple(sorted(p.stem for p in user_exercises_dir().glob("*.toml") if p.stem not in built_in))


def load_exercise(name: str | Path) -> Exercise:
    """Load an exercise: a built-in one or one of the user's exercise folder by name, any other by its TOML file's path.

    Raises:
        ExerciseError: there is no such exercise, or the file is not valid; names file, key and what is allowed.
    """
    path = Path(name)
    if path.suffix == ".toml":
        return _read(path)
    if str(name) in built_in_names():
        return _built_in(str(name))
    own = own_exercise_names()
    if str(name) in own:
        return _read(user_exercises_dir() / f"{name}.toml")
    known = (*built_in_names(), *own)
    close = difflib.get_close_matches(str(name), known, 1, 0.4)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise ExerciseError(
        f"there is no exercise {str(name)!r}.{hint} Known: {', '.join(known)}; or give the path of a .toml file."
    )


@cache
def _built_in(name: str) -> Exercise:
    return _read(built_in_path(name))


def _read(path: Path) -> Exercise:
    try:
        return Exercise.model_validate(read_toml(path, gate.EXERCISE))
    except ValidationError as error:
        raise ExerciseError(explain(path, error, "exercise")) from error


def read_toml(path: Path, kind: Kind) -> dict[str, Any]:
    """The tables of a TOML file.

    Args:
        path: the file.
        kind: what it should be.

    Raises:
        ForeignError: it cannot be read, is not TOML, or holds what is not allowed.
    """
    return gate.toml_of(read_text(path, kind), path, kind)


def read_text(path: Path, kind: Kind) -> str:
    """The text of a file in UTF-8, with or without the mark that editors on Windows put in front of it.

    Args:
        path: the file.
        kind: what it should be.

    Raises:
        ForeignError: it cannot be read, or is in another encoding, which is named.
    """
    data = gate.read(path, kind)
    marks = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if data.startswith(marks) or b"\0" in data:
        wide = data.startswith(marks[:2]) or data[1:4] == bytes(3) or data[:3] == bytes(3)
        raise kind.error(f"{path} is in {'UTF-32' if wide else 'UTF-16'}, not in UTF-8. {_SAVE}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise kind.error(
            f"{path} is in an older encoding such as Windows-1252, not in UTF-8 (line {line}). {_SAVE}"
        ) from error
    return text.replace("\r\n", "\n")


def explain(path: Path, error: ValidationError, what: str) -> str:
    """All that is wrong with a file, in one line: each key, and what is allowed.

    Args:
        path: the file.
        error: what pydantic found in it.
        what: what it should be: "exercise", for example.
    """
    from posecheck.exercises.schema import problems

    return f"{path} is not a valid {what}: " + "; ".join(str(problem) for problem in problems(error))
