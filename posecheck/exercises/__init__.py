"""The exercises: one TOML file each, in the format of `format.py`.

The three beside this file were measured on recordings. Those in `more` were tried on bodies made to order and on a
rendered clip or two: their limits are starting values.
"""

from __future__ import annotations

from posecheck.exercises.format import Exercise
from posecheck.exercises.loading import (
    built_in_names,
    exercise_names,
    load_exercise,
    more_exercise_names,
    own_exercise_names,
    user_exercises_dir,
)

__all__ = [
    "Exercise",
    "built_in_names",
    "exercise_names",
    "load_exercise",
    "more_exercise_names",
    "own_exercise_names",
    "user_exercises_dir",
]
