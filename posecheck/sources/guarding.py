"""Opens foreign files without trusting them: sizes, encodings, numbers; what cannot be is one sentence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import isfinite, nan
from pathlib import Path
from typing import Any

from posecheck.errors import DependencyError, FormatError, InputError
from posecheck.records.gate import content
from posecheck.records.pose_check import FARTHEST
from posecheck.sources.records import Given

# A guess: an hour of COCO-17 at 30 frames a second is 80 MB. Python's objects take some ten times as much.
MOST_BYTES = 300_000_000
MOST_FILES = 500_000  # of a folder, a frame each: a guess, more than four hours at 30 frames a second
MOST_CELLS = 50_000_000  # of a Parquet file: an hour of a tape at 30 frames a second has 28 million
_PARQUET = b"PAR1"


def open_given(path: Path) -> Given:
    """Read a file, or a folder of JSON files.

    Raises:
        InputError: it is missing, empty or cannot be read.
        FormatError: it is none of JSON, CSV, TRC and Parquet, or too large.
        DependencyError: it is a Parquet file and pyarrow is not installed.
    """
    try:
        if path.is_dir():
            return Given(path, files=_folder(path))
        data = _bytes(path, MOST_BYTES)
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}: check the name") from error
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read {path}: {reason.lower()}") from error
    if data[:4] == _PARQUET:
        return _parquet(path)
    text = _text(path, data)
    if text.lstrip()[:1] in ("{", "["):
        return Given(path, document=_json(path, text))
    return Given(path, text=text)


def number(value: Any, where: str) -> float:
    """A number, or NaN for what is missing: null, an empty cell, or NaN itself.

    Args:
        value: what stands in the file.
        where: the place, for the error.

    Raises:
        FormatError: it is no number, or larger than any coordinate.
    """
    if value is None or value == "":
        return nan
    try:
        if isinstance(value, bool):
            raise TypeError("a truth")
        found = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise FormatError(f"{where}: {_short(value)} is no number that can be used") from error
    if found != found:
        return nan
    if not isfinite(found) or abs(found) > FARTHEST:
        raise FormatError(f"{where}: {found:g} is larger than any coordinate")
    return found


def numbers(values: Any, where: str) -> list[float]:
    """A list of numbers, as `number` reads each.

    Args:
        values: what stands in the file.
        where: the place, for the error.

    Raises:
        FormatError: it is no list of numbers.
    """
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise FormatError(f"{where}: a list of numbers was expected")
    return [number(value, where) for value in values]


def picture_size(width: Any, height: Any) -> tuple[int, int] | None:
    """The size of a picture, in pixels, when both are whole numbers above 0; else None.

    Args:
        width: what stands in the file.
        height: the same.
    """
    if all(isinstance(one, int) and not isinstance(one, bool) and 0 < one <= FARTHEST for one in (width, height)):
        return int(width), int(height)
    return None


def _short(value: Any) -> str:
    return repr(value)[:40] if isinstance(value, str) else f"a {type(value).__name__}"


def _bytes(path: Path, most: int) -> bytes:
    data = content(path, most)
    if data is None:
        raise FormatError(f"{path} has more than the {most / 1e6:.0f} MB that are read: cut it")
    if not data.strip():
        raise InputError(f"{path} is empty: give a file with poses")
    return data


def _text(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{path} is no text in UTF-8: give JSON, CSV, TRC or Parquet") from error


def _json(path: Path, text: str) -> Any:
    """The document, or a list of the documents of JSON Lines."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise FormatError(f"{path} is nested too deeply to be poses") from error
    except ValueError as whole:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            if len(lines) > 1:
                return [json.loads(line) for line in lines]
        except (ValueError, RecursionError):
            pass
        raise FormatError(f"{path} is not JSON ({whole}): write it again") from whole


def _folder(path: Path) -> tuple[tuple[str, Any], ...]:
    names = sorted(file.name for file in path.iterdir() if file.suffix == ".json" and file.is_file())
    if not names:
        raise InputError(f"{path} is a folder without JSON files: give that of OpenPose's --write_json, or one file")
    if len(names) > MOST_FILES:
        raise FormatError(f"{path} has {len(names)} JSON files, more than the {MOST_FILES} that are read")
    found, left = [], MOST_BYTES
    for name in names:
        data = _bytes(path / name, left)
        left -= len(data)
        found.append((name, _json(path / name, _text(path / name, data))))
    return tuple(found)


def _parquet(path: Path) -> Given:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise DependencyError(
            f"Parquet needs pyarrow ({error}): pip install 'posecheck[parquet]', or use CSV"
        ) from error
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            cells = file.metadata.num_rows * file.metadata.num_columns
            if cells > MOST_CELLS:
                raise FormatError(f"{path} has {cells:,} cells, more than the {MOST_CELLS:,} that are read: cut it")
            table = file.read()
        about = {key.decode(): json.loads(value) for key, value in (table.schema.metadata or {}).items()
                 if not key.startswith((b"pandas", b"ARROW"))}  # fmt: skip
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise FormatError(f"{path} cannot be read as Parquet ({reason}): write it again") from error
    return Given(path, columns=table.to_pydict(), about=about)
