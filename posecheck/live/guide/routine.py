"""Routines: a small TOML file each, which exercises to do in which order, how many sets, and how long to rest.

    schema = 1
    name = "morning"
    title = "My morning"

    [[blocks]]
    exercise = "ninety_ninety"   # a built-in one, or the path of a .toml file, seen from the folder of this file
    sets = 2                     # 1 when left out
    rest_s = 30                  # after each set; 15 when left out

A routine waits for the person: after a rest the next exercise begins when the person is ready.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo

from posecheck.errors import ExerciseError
from posecheck.exercises import Exercise, built_in_names, load_exercise, own_exercise_names
from posecheck.exercises.format import Part, Seconds
from posecheck.exercises.loading import explain, read_toml
from posecheck.records import SHORTEST_HOLD_S
from posecheck.records.gate import ROUTINE, ROUTINE_OR_EXERCISE

FOLDER = Path(__file__).parent / "routines"
DEFAULT_ROUTINE = "daily"


def _loaded(value: object, info: ValidationInfo) -> object:
    """The exercise that a routine names; the folder of the routine's file comes as the context."""
    if not isinstance(value, str):
        return value
    try:
        return load_exercise(Path(info.context or ".", value) if value.endswith(".toml") else value)
    except ExerciseError as error:
        raise ValueError(str(error)) from error


class Block(Part):
    """One exercise of a routine, once or more."""

    exercise: Annotated[Exercise, BeforeValidator(_loaded), Field(description="built-in name, or path of a .toml file")]
    sets: Annotated[int, Field(ge=1, le=20, description="how many times")] = 1
    rest_s: Annotated[Seconds, Field(description="rest after each set, seconds")] = 15.0


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """One set of a routine, and the rest after it in seconds."""

    exercise: Exercise
    rest_s: float


class Routine(Part):
    """Exercises in the order in which they are done."""

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    blocks: Annotated[tuple[Block, ...], Field(min_length=1)]

    @property
    def sets(self) -> tuple[PlannedSet, ...]:
        """Every set, one after the other."""
        return tuple(PlannedSet(b.exercise, b.rest_s) for b in self.blocks for _ in range(b.sets))


def routine_names() -> tuple[str, ...]:
    """Names of the built-in routines, sorted."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.toml")))


def load_routine(name: str | Path = DEFAULT_ROUTINE) -> Routine:
    """Load a built-in routine by name, or one of your own by the path of its TOML file.

    Raises:
        ExerciseError: there is no such routine, or its file is not valid; names file, key and what is allowed.
    """
    path = Path(name)
    if path.suffix == ".toml":
        return _routine(read_toml(path, ROUTINE), path)
    if str(name) not in routine_names():
        raise _unknown(str(name), "routine", routine_names())
    return _built_in(str(name))


def routine_for(name: str | Path | Exercise = DEFAULT_ROUTINE) -> Routine:
    """The routine for what a person asks for; an exercise becomes a routine of one set.

    Args:
        name: name of a built-in routine or exercise, path of the TOML file of either, or a loaded exercise.

    Raises:
        ExerciseError: there is neither, or the file is not valid.
    """
    if isinstance(name, Exercise):
        return _of_one(name)
    path = Path(name)
    if path.suffix == ".toml":
        data = read_toml(path, ROUTINE_OR_EXERCISE)
        # an exercise has limits, a routine has blocks
        return _routine(data, path) if "blocks" in data or "limits" not in data else _of_one(load_exercise(path))
    if str(name) in routine_names():
        return load_routine(name)
    exercises = (*built_in_names(), *own_exercise_names())
    if str(name) in exercises:
        return _of_one(load_exercise(name))
    raise _unknown(str(name), "routine or exercise", (*routine_names(), *exercises))


def routine_lines(routine: Routine) -> tuple[str, ...]:
    """A routine in plain words: its title, then a line for each block."""
    lines = [f"{routine.title} ({routine.name})"]
    for number, block in enumerate(routine.blocks, 1):
        sets = f"{block.sets} sets of " if block.sets > 1 else ""
        rested = number < len(routine.blocks) or block.sets > 1
        rest = f", then {block.rest_s:g} s of rest" if rested and block.rest_s else ""
        if rest and block.sets > 1:
            rest = f", {block.rest_s:g} s of rest after each"
        lines.append(f"{number}. {block.exercise.title}: {sets}{dose_words(block.exercise)}{rest}")
    return tuple(lines)


def dose_words(exercise: Exercise) -> str:
    """How much of an exercise makes a set: "2 on each side, 20 s each"; without seconds where nothing is held."""
    each, target_s = exercise.goal.each, exercise.timing.target_s
    seconds = "" if target_s < SHORTEST_HOLD_S else f", {target_s:g} s each"
    if exercise.groups_by != "direction":
        return f"{each} on each side{seconds}"
    return f"{' and '.join(f'{each} {group}' for group in exercise.groups)}{seconds}"


def _of_one(exercise: Exercise) -> Routine:
    block = Block(exercise=exercise)
    return Routine.model_validate({"schema": 1, "name": exercise.name, "title": exercise.title, "blocks": (block,)})


@cache
def _built_in(name: str) -> Routine:
    path = FOLDER / f"{name}.toml"
    return _routine(read_toml(path, ROUTINE), path)


def _routine(data: dict[str, Any], path: Path) -> Routine:
    try:
        return Routine.model_validate(data, context=path.parent)
    except ValidationError as error:
        raise ExerciseError(explain(path, error, "routine")) from error


def _unknown(name: str, what: str, known: tuple[str, ...]) -> ExerciseError:
    close = difflib.get_close_matches(name, known, 1, 0.4)
    hint = f" Did you mean {close[0]}?" if close else ""
    return ExerciseError(
        f"there is no {what} {name!r}.{hint} Known: {', '.join(known)}; or give the path of a .toml file."
    )
