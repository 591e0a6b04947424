"""The history ⇄ one JSON file, to take it along; and → CSV, a row a repetition, for a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from posecheck._version import __version__
from posecheck.errors import ForeignError, FormatError, InputError
from posecheck.history.records import KeptSet, what_is_wrong
from posecheck.history.store import History
from posecheck.judging.trace import Trace
from posecheck.records.files import whole_file
from posecheck.records.gate import HISTORY, check, json_of, read, too_large
from posecheck.records.serialising import as_data, from_data
from posecheck.records.tables import Cell, Columns, csv_table

SCHEMA = 1
_KIND = "posecheck history"
_SCHEMA_LETTERS = 20  # of a schema, in an error
_SETS = b'"sets": ['  # the end of the first line; then comes a line for each set
_OF_SET: Columns = {"set": int, "started": str, "exercise": str, "state": str, "source_kind": str, "source": str}
_OF_REPETITION: Columns = {
    **{"repetition": int, "side": str, "start_s": float, "end_s": float, "held_s": float},
    **{"counted": bool, "reason": str},
}


def export_json(history: History, path: Path) -> int:
    """Write every set with all that is kept of it, a line a set.

    Args:
        history: the history to write out.
        path: the JSON file; it takes its place only when whole.

    Returns:
        How many sets there are.

    Raises:
        OutputError: it cannot be written.
    """
    ids = history.ids()
    head = json.dumps({"kind": _KIND, "schema": SCHEMA, "posecheck": __version__})
    with whole_file(path, private=True) as part, part.open("w", newline="", encoding="utf-8") as file:
        file.write(f'{head[:-1]}, "sets": [\n')
        for number, set_id in enumerate(ids, 1):
            file.write(_set_json(history.get(set_id)) + (",\n" if number < len(ids) else "\n"))
        file.write("]}\n")
    return len(ids)


def export_csv(history: History, path: Path) -> int:
    """Write a row for each repetition, with the median and the ± of each signal.

    A set without a repetition has a row, too.

    Args:
        history: the history to write out.
        path: the CSV file; it takes its place only when whole.

    Returns:
        How many rows there are.

    Raises:
        OutputError: it cannot be written.
    """
    count = 0
    sets = [history.get(set_id, trace=False) for set_id in history.ids()]
    names = sorted({_column(m.signal, m.relative) for s in sets for r in s.repetitions for m in r.medians})
    signals: Columns = {f"{name}{end}": float for name in names for end in ("", "_error")}
    columns = {**_OF_SET, **_OF_REPETITION, **signals}
    with csv_table(path, columns, private=True) as write:
        for number, kept in zip(history.ids(), sets, strict=True):
            for row in _csv_rows(number, kept):
                write([row.get(name) for name in columns])
                count += 1
    return count


@dataclass(frozen=True, slots=True)
class Imported:
    """How many sets are new, and how many were here already; and why others were left out, a sentence each."""

    new: int
    known: int
    left_out: tuple[str, ...] = ()


def import_json(history: History, path: Path) -> Imported:
    """Keep the sets of an exported file. One that is not right is left out, and hides no other.

    Args:
        history: the history that they are put into; it must be open to write.
        path: the file that `export_json` has written.

    Raises:
        InputError: the file cannot be read.
        FormatError: it is no exported history, or a newer posecheck's.
    """
    new, known, left_out = 0, 0, list[str]()

    def sound() -> Iterator[KeptSet]:
        nonlocal known
        for number, data in enumerate(_sets_in(path), 1):
            place = f"set {number}"
            try:
                kept = _set_of(data() if callable(data) else data, path, place)
            except (ForeignError, ValueError) as error:
                left_out.append(str(error) if isinstance(error, ForeignError) else _words(error, path, place))
                continue
            if kept.uid in seen or history.has(kept):
                known += 1
                continue
            seen.add(kept.uid)
            yield kept

    seen: set[str] = set()
    for kept, refused in history.put_each(sound()):
        if refused is None:
            new += 1
        else:
            left_out.append(f"{path}, the set of {kept.started:%Y-%m-%d %H:%M} cannot be kept ({refused})")
    return Imported(new, known, tuple(left_out))


def _sets_in(path: Path) -> Iterator[Any]:
    """What the file holds of each set, as data, or as a function that reads it or raises a ForeignError.

    A file that is small and whole is read at once, whatever program wrote it; any other one line by line, as it was
    written, so that it may be of any size, and damage hides no set but its own.
    """
    from pydantic_core import from_json

    found, why = None, "it is too large to be read at once"
    try:
        found = from_json(read(path, HISTORY))
    except ValueError as error:
        why = str(error)
    except ForeignError as error:
        if not error.allowed:  # it cannot be read at all
            raise
    if found is not None:
        if not isinstance(found, dict) or found.get("kind") != _KIND or not isinstance(found.get("sets"), list):
            raise FormatError(f"{path} is no history: give a file that posecheck history export made")
        _check_schema(found, path)
        yield from found["sets"]
        return
    try:
        with path.open("rb") as file:
            _check_head(file.readline(HISTORY.most_bytes).strip(), path, why)
            whole = True
            while (line := file.readline(HISTORY.most_bytes)).strip() not in (b"]}", b""):
                whole = line.endswith(b"\n")
                yield partial(_of_line, line, path)
                while not line.endswith(b"\n") and line:  # the rest of a line that is too long
                    line = file.readline(HISTORY.most_bytes)
            if whole and line.strip() != b"]}":
                yield partial(_cut_off, path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error


def _check_head(line: bytes, path: Path, why: str) -> None:
    """Find out whether a first line is that of a history; `why`: that the file is not read at once."""
    from pydantic_core import from_json

    try:
        head = from_json(line + b"]}") if line.endswith(_SETS) else None
    except ValueError:
        head = None
    if not isinstance(head, dict) or head.get("kind") != _KIND:
        raise FormatError(f"{path} is not valid JSON, or no history ({why}): export the history again")
    _check_schema(head, path)


def _check_schema(head: dict[str, Any], path: Path) -> None:
    if head.get("schema") != SCHEMA:
        schema = repr(head.get("schema"))[:_SCHEMA_LETTERS]
        raise FormatError(f"{path} has schema {schema}, this posecheck reads {SCHEMA}: update posecheck")


def _of_line(line: bytes, path: Path) -> Any:
    if not line.endswith(b"\n"):
        raise too_large(path, HISTORY) if len(line) == HISTORY.most_bytes else _cut_off_error(path)
    return json_of(line.strip().removesuffix(b","), path, HISTORY)


def _cut_off(path: Path) -> Any:
    raise _cut_off_error(path)


def _cut_off_error(path: Path) -> FormatError:
    return FormatError(f"{path} is cut off: what comes after the sets above is missing; export the history again")


def _words(error: ValueError, path: Path, place: str) -> str:
    """The first thing that pydantic found."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return f"{path}, {place}: {error}"
    first = error.errors()[0]
    return f"{path}, {place}, {'.'.join(map(str, first['loc']))}: {first['msg']}"


def _set_json(kept: KeptSet) -> str:
    data = as_data(kept)
    if kept.trace is not None:
        data["trace"] = json.loads(kept.trace)
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def _set_of(data: Any, path: Path, place: str) -> KeptSet:
    """The set that the data tells of.

    Raises:
        ForeignError: something in it is not allowed.
        ValueError: it is no set; a pydantic.ValidationError, which says where.
    """
    check(data, path, HISTORY, place)
    if isinstance(data, dict) and data.get("trace") is not None:
        try:
            data = {**data, "trace": Trace.from_json(json.dumps(data["trace"])).to_json()}
        except FormatError as error:
            raise FormatError.at(path, f"{place}.trace", str(error), "what posecheck history export wrote") from error
    kept = from_data(KeptSet, data)
    wrong = what_is_wrong(kept)
    if wrong is not None:
        raise FormatError.at(path, f"{place}.{wrong[0]}", "this is not allowed here", wrong[1])
    return kept


def _column(signal: str, relative: str | None) -> str:
    return f"{signal}_{relative}" if relative else signal


def _csv_rows(number: int, kept: KeptSet) -> Iterator[dict[str, Cell]]:
    s = kept.summary
    of_set = (number, kept.started.isoformat(), s.exercise, str(kept.state), str(kept.origin.kind), s.source)
    start: dict[str, Cell] = dict(zip(_OF_SET, of_set, strict=True))
    medians = {one.number: one.medians for one in kept.repetitions}
    for r in s.repetitions:
        times = (round(x, 3) for x in (r.start_s, r.end_s, r.held_s))
        row = start | dict(zip(_OF_REPETITION, (r.number, r.group, *times, r.counted, r.reason), strict=True))
        for m in medians.get(r.number, ()):
            name = _column(m.signal, m.relative)
            row |= {name: round(m.value, 2), f"{name}_error": None if m.error is None else round(m.error, 1)}
        yield row
    if not s.repetitions:
        yield start
