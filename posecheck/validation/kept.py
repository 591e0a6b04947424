"""What a validation keeps: a folder with the tape of landmarks and the script as it was said. No picture, no name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from posecheck._version import __version__
from posecheck.errors import FormatError, InputError, OutputError
from posecheck.judging.session import Session
from posecheck.records import gate
from posecheck.records.files import atomic_write_text, make_folder
from posecheck.tape import read_tape
from posecheck.validation.score import Validated, score
from posecheck.validation.script import Said, exercise_for, from_dict, script_for, to_dict

TAPE, SCRIPT = "tape.jsonl.gz", "script.json"
SCHEMA = 1


def new_folder(exercise: str, wanted: Path | None = None) -> Path:
    """Make the folder that a validation is kept in.

    Args:
        exercise: its name.
        wanted: where; None for a new one in the working folder, numbered.

    Raises:
        OutputError: it cannot be made, or something was kept in it already.
    """
    folder = wanted
    if folder is None:
        numbered = (Path(f"validation-{exercise}-{number:02d}") for number in count(1))
        folder = next(path for path in numbered if not path.exists())
    if (folder / SCRIPT).exists() or (folder / TAPE).exists():
        raise OutputError(f"{folder} holds a validation already: give --to another folder")
    make_folder(folder)
    return folder


def write_script(folder: Path, exercise: str, said: Sequence[Said]) -> None:
    """Keep what was said beside the tape.

    Args:
        folder: where the tape is.
        exercise: its name.
        said: the lines that were said, with their times.

    Raises:
        OutputError: it cannot be written.
    """
    data = {"schema": SCHEMA, "posecheck": __version__, "exercise": exercise, "said": [to_dict(one) for one in said]}
    atomic_write_text(folder / SCRIPT, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def kept_folders(folders: Sequence[Path]) -> Iterator[Path]:
    """The validations in some folders: each of them, or the folders in it.

    Args:
        folders: what was kept, or where several were put.

    Raises:
        InputError: there is none in one of them.
    """
    for folder in folders:
        found = sorted(path.parent for path in folder.rglob(SCRIPT))
        if not found:
            raise InputError(f"there is no validation in {folder}: give a folder that `posecheck validate` made")
        yield from found


def scored(folder: Path) -> Validated:
    """Judge a kept tape with this posecheck, and score it by what was said.

    Args:
        folder: what `posecheck validate` kept.

    Raises:
        InputError: the tape or the script is missing.
        FormatError: one of them is damaged.
    """
    exercise, said = read_script(folder)
    session = Session(exercise_for(script_for(exercise)), source=TAPE)
    with read_tape(folder / TAPE) as tape:
        for pose in tape:
            session.feed(pose)
    return score(said, session.summary())


def read_script(folder: Path) -> tuple[str, tuple[Said, ...]]:
    """The exercise, and what was said.

    Args:
        folder: what `posecheck validate` kept.

    Raises:
        InputError: there is no script.
        FormatError: it is damaged, or of a later posecheck.
    """
    path = folder / SCRIPT
    if not path.is_file():
        raise InputError(f"there is no {path}: give a folder that `posecheck validate` made")
    try:
        data = gate.json_of(gate.read(path, gate.SCRIPT), path, gate.SCRIPT)
        if data["schema"] != SCHEMA:
            raise FormatError(f"{path} is of schema {data['schema']}: install the posecheck that wrote it")
        return str(data["exercise"]), tuple(from_dict(one) for one in data["said"])
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(f"{path} is damaged ({error}): do the validation again") from error
