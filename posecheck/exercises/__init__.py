"""The exercises: one TOML file each, in the format of `model.py`."""

from __future__ import annotations

import difflib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from posecheck.errors import ExerciseError
from posecheck.exercises.model import Exercise

FOLDER = Path(__file__).parent

__all__ = ["Exercise", "exercise_names", "load_exercise"]


def exercise_names() -> tuple[str, ...]:
    """Names of the built-in exercises, sorted."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.toml")))


def load_exercise(name: str | Path) -> Exercise:
    """Load a built-in exercise by name, or one of your own by the path of its TOML file.

    Raises:
        ExerciseError: there is no such exercise, or the file is not valid; names file, key and what is allowed.
    """
    path = Path(name)
    if path.suffix == ".toml":
        return _read(path)
    if str(name) not in exercise_names():
        close = difflib.get_close_matches(str(name), exercise_names(), 1, 0.4)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise ExerciseError(
            f"there is no exercise {str(name)!r}.{hint} Known: {', '.join(exercise_names())}; "
            "or give the path of a .toml file."
        )
    return _built_in(str(name))


@cache
def _built_in(name: str) -> Exercise:
    return _read(FOLDER / f"{name}.toml")


def _read(path: Path) -> Exercise:
    try:
        return Exercise.model_validate(read_toml(path, "exercise"))
    except ValidationError as error:
        raise ExerciseError(explain(path, error, "exercise")) from error


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """The tables of a TOML file; `what` it should be is named in the ExerciseError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ExerciseError(f"cannot read the {what} {path}: {error.strerror}. Check the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExerciseError(f"{path} is not valid TOML: {error}. Correct that line.") from error


def explain(path: Path, error: ValidationError, what: str) -> str:
    """All that is wrong with a file, in one line: key, and what is allowed."""
    problems = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"]) or "the whole"
        problems.append(f"{key}: {problem['msg'].removeprefix('Value error, ')}")
    return f"{path} is not a valid {what}: " + "; ".join(problems)
