"""Expectation files: what a recording is expected to be judged as, within tolerances; written once, reviewed, kept.

    schema = 1
    recording = "me.jsonl.gz"        # a tape or a video, from this file's folder
    exercise = "knee_drops"          # a name, or a .toml file, from this file's folder
    complete = true

    [counts]
    in = 5
    out = 5

    [tolerance]                      # each may be left out
    counts = 0                       # repetitions of a group, more or less
    held_s = 1.0
    start_s = 1.0

    [[repetitions]]                  # every attempt; without a `reason` it counted
    group = "in"
    start_s = 4.2
    held_s = 3.3

`from_s` and `to_s` choose a part of the recording, `model` the pose model for a video; what is left out is not
compared.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from posecheck.detect.models import DEFAULT_MODEL
from posecheck.errors import ExerciseError, FormatError, InputError, OutputError
from posecheck.exercises import load_exercise
from posecheck.exercises.format import Exercise, Part, Seconds
from posecheck.exercises.loading import read_toml
from posecheck.exercises.posture_words import posture_doubt
from posecheck.records import Repetition, Summary
from posecheck.records.gate import EXPECTATION

SUFFIX = ".posecheck.toml"
SCHEMA = 1  # raised when a file of expectations has to be written otherwise
DECIMALS_S = 2  # a guess: of times in a file of expectations: more cannot be seen, fewer would round a hold
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_TAPE_NAMES = (".jsonl", ".jsonl.gz")
Time = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


class Tolerance(Part):
    """How far the report may be off."""

    counts: Annotated[Count, Field(description="repetitions of a group, more or less")] = 0
    held_s: Annotated[Seconds, Field(description="of each held time")] = 1.0
    start_s: Annotated[Seconds, Field(description="of each beginning")] = 1.0


class ExpectedRepetition(Part):
    """One attempt; without a `reason` it is expected to count."""

    group: str
    start_s: Time | None = None
    held_s: Time | None = None
    reason: str | None = None


class Expectation(Part):
    """The expected report of one recording."""

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    recording: Annotated[str, Field(min_length=1)]
    exercise: Annotated[str, Field(min_length=1)]
    model: str = DEFAULT_MODEL
    from_s: Time = 0.0
    to_s: Time | None = None
    complete: bool | None = None
    counts: dict[str, Count] | None = None
    repetitions: tuple[ExpectedRepetition, ...] | None = None
    tolerance: Tolerance = Tolerance()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.complete is None and self.counts is None and self.repetitions is None:
            raise ValueError("nothing is expected: give `complete`, [counts] or [[repetitions]]")
        if self.to_s is not None and self.to_s <= self.from_s:
            raise ValueError("`to_s` must come after `from_s`")
        return self


_TABLES: dict[str, type[Part]] = {"tolerance": Tolerance, "repetitions": ExpectedRepetition}


def load_expectation(path: str | Path) -> Expectation:
    """Read and validate an expectation file.

    Raises:
        FormatError: it cannot be read or is not valid; names file, key and what is allowed.
    """
    path = Path(path)
    try:
        return Expectation.model_validate(read_toml(path, EXPECTATION))
    except ValidationError as error:
        raise FormatError(f"{path} is not a valid expectation file: {_problems(error)}") from error


def _problems(error: ValidationError) -> str:
    """All that is wrong, each with its key and what is allowed there."""
    found = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"])
        words = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            table = _TABLES.get(str(problem["loc"][0]), Expectation)
            words = f"no such key; allowed: {', '.join(f.alias or n for n, f in table.model_fields.items())}"
        found.append(f"{key}: {words}" if key else words)
    return "; ".join(found)


def is_tape(path: Path) -> bool:
    """Whether a recording is a tape and no video: by its content, and by its name when it is not there."""
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError:
        return path.name.endswith(_TAPE_NAMES)
    return start == b"\x1f\x8b" or start[:1] == b"{"


def run_expectation(path: str | Path) -> tuple[str, ...]:
    """Judge the recording of an expectation file again.

    Returns:
        What differs from the report expected, a line each; then, if anything differs, all that was logged.

    Raises:
        PosecheckError: the file is not valid, or the recording or exercise is missing or cannot be judged.
    """
    from posecheck.run import judge, replay

    path = Path(path)
    wanted = load_expectation(path)
    exercise = exercise_of(path, wanted)
    recording = path.parent / wanted.recording
    if not recording.is_file():
        raise InputError(
            f"{path}: recording: there is no file {recording}; put it there, or correct the name "
            f"(it is looked for from the folder of {path.name})"
        )
    if is_tape(recording):
        summary = judge(recording, exercise, start_s=wanted.from_s, end_s=wanted.to_s)
    else:
        summary = replay(recording, exercise, model=_model_of(path, wanted), start_s=wanted.from_s, end_s=wanted.to_s)
    return compare(wanted, summary)


def exercise_of(path: Path, wanted: Expectation) -> Exercise:
    """The exercise of an expectation file; its groups are those that the exercise has.

    Args:
        path: the expectation file. The path of an exercise file in it starts from its folder.
        wanted: what the file says.

    Raises:
        ExerciseError: there is no such exercise.
        FormatError: a group is unknown.
    """
    named = path.parent / wanted.exercise if wanted.exercise.endswith(".toml") else wanted.exercise
    try:
        exercise = load_exercise(named)
    except ExerciseError as error:
        raise ExerciseError(f"{path}: exercise: {error}") from error
    groups = {f"counts.{g}": g for g in wanted.counts or ()}
    groups |= {f"repetitions.{i}.group": r.group for i, r in enumerate(wanted.repetitions or ())}
    for key, group in groups.items():
        if group not in exercise.groups:
            raise FormatError(f"{path}: {key}: {group!r} is not one of {', '.join(exercise.groups)}")
    return exercise


def _model_of(path: Path, wanted: Expectation) -> str | Path:
    return path.parent / wanted.model if wanted.model.endswith(".task") else wanted.model


# ---- comparing


def compare(wanted: Expectation, summary: Summary) -> tuple[str, ...]:
    """What of a report differs from the one expected, a line each; empty when nothing does.

    Args:
        wanted: what is expected, and how much may differ. What it leaves out is not compared.
        summary: the verdict that was found.
    """
    differs: list[str] = []
    if wanted.counts is not None:
        for group, count in {**dict.fromkeys(summary.counts, 0), **wanted.counts}.items():
            found = summary.counts.get(group, 0)
            if abs(found - count) > wanted.tolerance.counts:
                differs.append(f"counts.{group}: {found}, expected {_about(count, wanted.tolerance.counts)}")
    if wanted.complete is not None and summary.complete != wanted.complete:
        said = {True: "complete", False: "not complete"}
        differs.append(f"complete: {said[summary.complete]}, expected {said[wanted.complete]}")
    if wanted.repetitions is not None:
        differs += _compare_repetitions(wanted.repetitions, summary.repetitions, wanted.tolerance)
    return (*differs, f"logged: {listed(summary)}") if differs else ()


def _about(expected: float, within: float) -> str:
    return f"{expected:g} ± {within:g}" if within else f"{expected:g}"


def _compare_repetitions(
    wanted: Sequence[ExpectedRepetition], found: Sequence[Repetition], within: Tolerance
) -> list[str]:
    """Pairs what is expected with what was found, by group and beginning; as many as `counts` may be left over."""
    differs: list[str] = []
    missing: dict[str, list[str]] = {}
    left = list(found)
    for number, one in enumerate(wanted, 1):
        match = _match(one, left, within)
        if match is None:
            at = "" if one.start_s is None else f" at {_about(one.start_s, within.start_s)} s"
            missing.setdefault(one.group, []).append(f"repetition {number}: {one.group}{at} was not found")
            continue
        left.remove(match)
        differs += _compare_one(f"repetition {number} ({match.group}, {match.start_s:.1f} s)", one, match, within)
    for lines in missing.values():
        differs += lines if len(lines) > within.counts else []
    for group in dict.fromkeys(r.group for r in left):
        extra = [r for r in left if r.group == group]
        if len(extra) > within.counts:
            differs += [f"not expected: {repetition_line(r)}" for r in extra]
    return differs


def _match(wanted: ExpectedRepetition, left: Sequence[Repetition], within: Tolerance) -> Repetition | None:
    same = [r for r in left if r.group == wanted.group]
    start_s = wanted.start_s
    if start_s is None:
        return next(iter(same), None)
    near = [r for r in same if abs(r.start_s - start_s) <= within.start_s]
    return min(near, key=lambda r: abs(r.start_s - start_s), default=None)


def _compare_one(name: str, wanted: ExpectedRepetition, found: Repetition, within: Tolerance) -> list[str]:
    differs = []
    if found.reason != wanted.reason:
        differs.append(f"{name}: {found.reason or 'counted'}, expected {wanted.reason or 'counted'}")
    if wanted.held_s is not None and abs(found.held_s - wanted.held_s) > within.held_s:
        differs.append(f"{name}: held {found.held_s:.2f} s, expected {_about(wanted.held_s, within.held_s)} s")
    return differs


# ---- writing


def expectation_text(
    path: Path,
    recording: Path,
    exercise: str,
    summary: Summary,
    *,
    model: str = DEFAULT_MODEL,
    span: tuple[float, float | None] = (0.0, None),
) -> str:
    """The text of an expectation file that expects what a run has found.

    Args:
        path: where the file will be; the paths in it start from its folder.
        recording: the video or tape.
        exercise: a name, or the path of a .toml file.
        summary: what the run has found.
        model: name of the pose model, or the path of a .task file.
        span: start and end of the part that was judged, in seconds; the end is None for that of the recording.

    Raises:
        OutputError: TOML cannot hold a name.
    """
    values: dict[str, Any] = {
        "schema": SCHEMA,
        "recording": _relative(recording, path.parent),
        "exercise": _relative(Path(exercise), path.parent) if exercise.endswith(".toml") else exercise,
    }
    if model != DEFAULT_MODEL:
        values["model"] = _relative(Path(model), path.parent) if model.endswith(".task") else model
    if span[0]:
        values["from_s"] = span[0]
    if span[1] is not None:
        values["to_s"] = span[1]
    values["complete"] = summary.complete
    lines = [f"# Written by posecheck {summary.posecheck} from what it found: to be reviewed by a person."]
    lines += [_line(key, value) for key, value in values.items()]
    lines += ["", "[counts]", *(_line(group, count) for group, count in summary.counts.items())]
    lines += ["", "[tolerance]", *(_line(key, value) for key, value in Tolerance().model_dump().items())]
    for r in summary.repetitions:
        lines += ["", "[[repetitions]]", _line("group", r.group), _line("start_s", round(r.start_s, DECIMALS_S))]
        lines.append(_line("held_s", round(r.held_s, DECIMALS_S)))
        if r.reason is not None:
            lines.append(f"{_line('reason', r.reason)}  # {' '.join((r.text or '').split())}".rstrip("# "))
    if not summary.repetitions:
        lines.insert(lines.index("[counts]") - 1, "repetitions = []")
    return "\n".join(lines) + "\n"


def _line(key: str, value: object) -> str:
    # a JSON string is a TOML one, but for DEL and lone surrogates
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise OutputError(f"{key} {value!r} cannot be written in a TOML file: rename it") from error
    name = key if _BARE_KEY.fullmatch(key) else json.dumps(key)
    return f"{name} = {text}".replace("\x7f", "\\u007f")


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return path.resolve().as_posix()


def listed(summary: Summary) -> str:
    """Every attempt, every stretch that was not judged and time in another posture, for the message of an assertion."""
    lines = [repetition_line(r) for r in summary.repetitions]
    lines += [f"not judged {n.start_s:.2f}-{n.end_s:.2f} s: {n.reason}: {n.text}" for n in summary.not_judged]
    doubt = posture_doubt(summary.other_postures)
    return "; ".join([*lines, *([doubt] if doubt else ())]) or "nothing was logged"


def repetition_line(r: Repetition) -> str:
    """One attempt with its times and its reason."""
    return f"{r.number} {r.group} {r.start_s:.2f}-{r.end_s:.2f} s held {r.held_s:.2f} s {r.reason or 'counted'}"
