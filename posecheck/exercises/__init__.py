"""The exercises: one TOML file each, in the format of `model.py`; the built-in ones are beside this file."""

from __future__ import annotations

import difflib
import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from posecheck.errors import ExerciseError
from posecheck.exercises.model import Exercise

FOLDER = Path(__file__).parent

__all__ = ["Exercise", "exercise_names", "load_exercise", "own_exercise_names", "user_exercises_dir"]


def exercise_names() -> tuple[str, ...]:
    """Names of the built-in exercises, sorted."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.toml")))


def user_exercises_dir() -> Path:
    """The folder of one's own exercises, which need not be there.

    It is `exercises` in the user's data folder, or in POSECHECK_DATA when that is set.
    """
    from posecheck.models import DATA_ENV

    override = os.environ.get(DATA_ENV)
    if override:
        return Path(override) / "exercises"
    from platformdirs import user_data_path

    return user_data_path("posecheck", appauthor=False) / "exercises"


def own_exercise_names() -> tuple[str, ...]:
    """Names of the exercises in the user's folder, sorted, but for those that built-in ones have: these win."""
    built_in = exercise_names()
    return tuple(sorted(p.stem for p in user_exercises_dir().glob("*.toml") if p.stem not in built_in))


def load_exercise(name: str | Path) -> Exercise:
    """Load an exercise: a built-in one or one of the user's exercise folder by name, any other by its TOML file's path.

    Raises:
        ExerciseError: there is no such exercise, or the file is not valid; names file, key and what is allowed.
    """
    path = Path(name)
    if path.suffix == ".toml":
        return _read(path)
    if str(name) in exercise_names():
        return _built_in(str(name))
    own = own_exercise_names()
    if str(name) in own:
        return _read(user_exercises_dir() / f"{name}.toml")
    known = (*exercise_names(), *own)
    close = difflib.get_close_matches(str(name), known, 1, 0.4)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise ExerciseError(
        f"there is no exercise {str(name)!r}.{hint} Known: {', '.join(known)}; or give the path of a .toml file."
    )


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
    from posecheck.exercises.schema import problems

    return f"{path} is not a valid {what}: " + "; ".join(str(problem) for problem in problems(error))
