"""The JSON Schema of an exercise file, and what is wrong with one in plain words, both from `format.py`."""

from __future__ import annotations

import difflib
import re
from typing import Any

from pydantic import BaseModel, ValidationError

from posecheck.exercises.format import Baseline, Exercise, Fault, Goal, Limit, Timing, View
from posecheck.exercises.validation import Key, Remark

_TABLES: dict[str | int, type[BaseModel]] = {
    "view": View,
    "goal": Goal,
    "timing": Timing,
    "baselines": Baseline,
    "limits": Limit,
    "faults": Fault,
}


def exercise_schema() -> dict[str, Any]:
    """The JSON Schema of an exercise file, from the definition that validates it; editors complete keys by it.

    It says what each key may be. What only the whole can tell (a signal that cannot be trusted in the view, a goal out
    of reach) is found by `posecheck exercises check`.
    """
    made = Exercise.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "title": "posecheck exercise",
    }


def problems(error: ValidationError) -> tuple[Remark, ...]:
    """What a validation found, each with its key and what is allowed there."""
    ours = error.title == Exercise.__name__
    found = []
    for problem in error.errors():
        key = problem["loc"] or ("the whole",)
        words = problem["msg"].removeprefix("Value error, ")
        model = _model_at(key) if ours else None
        if model and problem["type"] == "extra_forbidden":
            words = _unknown_key(str(key[-1]), model)
        elif model and problem["type"] == "missing":
            words = f"{words}: {_description(str(key[-1]), model)}"
        elif problem["type"] in _BOUNDS:
            words = f"{words}, not {problem['input']!r}"
        found.append(Remark(key, words))
    return tuple(found)


_BOUNDS = ("greater_than", "greater_than_equal", "less_than_equal", "enum", "literal_error")


def _model_at(key: Key) -> type[BaseModel] | None:
    """The class of the table in which a key stands."""
    if len(key) == 1:
        return Exercise
    return _TABLES.get(key[0]) if len(key) in (2, 3) else None


def _keys(model: type[BaseModel]) -> dict[str, str]:
    """The keys of a table as they are written, with their descriptions."""
    return {field.alias or name: field.description or "" for name, field in model.model_fields.items()}


def _description(key: str, model: type[BaseModel]) -> str:
    return _keys(model).get(key, "")


def _unknown_key(key: str, model: type[BaseModel]) -> str:
    known = tuple(_keys(model))
    close = difflib.get_close_matches(key, known, 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return f"there is no such key.{hint} Allowed: {', '.join(known)}"


def line_of(text: str, key: Key) -> int | None:
    """The line of a TOML text, from 1, on which a key stands, or else its table; None when neither is found.

    Args:
        text: the file.
        key: the way to the key: ("limits", 2, "enter") is `enter` in the third [[limits]].
    """
    table = "" if len(key) == 1 and key[0] not in _TABLES and key[0] != "posture_cues" else str(key[0])
    wanted = int(key[1]) if len(key) > 1 and isinstance(key[1], int) else 0
    name = str(key[0]) if not table else next((part for part in key[1:] if isinstance(part, str)), None)
    current, seen, found = "", -1, None
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\[?\s*([\w.]+)\s*\]\]?", line)
        if header and "=" not in line.split("#", 1)[0]:
            current = header[1]
            seen += current == table
            if current == table and seen == wanted:
                found = number
        elif (
            current == table and (not table or seen == wanted) and name and re.match(rf"\s*{re.escape(name)}\s*=", line)
        ):
            return number
    return found
