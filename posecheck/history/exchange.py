"""The history ⇄ one JSON file, to take it along; and → CSV, a row a repetition, for a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posecheck._version import __version__
from posecheck.errors import FormatError, InputError
from posecheck.history.records import KeptSet
from posecheck.history.store import History
from posecheck.judging.trace import Trace
from posecheck.records.files import whole_file
from posecheck.records.serialising import as_data, from_data
from posecheck.records.tables import Cell, Columns, csv_table

if TYPE_CHECKING:
    from pydantic import ValidationError

SCHEMA = 1
_KIND = "posecheck history"
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


def import_json(history: History, path: Path) -> tuple[int, int]:
    """Keep the sets of an exported file; all of them, or none when the file is not right.

    Args:
        history: the history that they are put into; it must be open to write.
        path: the file that `export_json` has written.

    Returns:
        How many are new, and how many were here already and stay as they are.

    Raises:
        InputError: the file cannot be read.
        FormatError: it is no exported history, or a newer posecheck's.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    sets = _sets_of(data, path)
    new = {one.uid: one for one in sets if not history.has(one)}
    try:
        history.put(*new.values())
    except (OverflowError, UnicodeEncodeError) as error:
        raise FormatError(f"{path} is damaged: {error}; nothing was imported") from error
    return len(new), len(sets) - len(new)


def _sets_of(data: bytes, path: Path) -> list[KeptSet]:
    from pydantic import ValidationError
    from pydantic_core import from_json

    try:
        found = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise FormatError(f"{path} is not valid JSON: {error}; export the history again") from error
    if not isinstance(found, dict) or found.get("kind") != _KIND or not isinstance(found.get("sets"), list):
        raise FormatError(f"{path} is no history: give a file that posecheck history export made")
    if found.get("schema") != SCHEMA:
        raise FormatError(f"{path} has schema {found.get('schema')}, this posecheck reads {SCHEMA}: update posecheck")
    sets: list[KeptSet] = []
    for number, one in enumerate(found["sets"], 1):
        try:
            sets.append(_set_of(one))
        except (ValidationError, FormatError) as error:
            raise FormatError(f"{path}, set {number}: {_words(error)}; nothing was imported") from error
    return sets


def _words(error: ValidationError | FormatError) -> str:
    if isinstance(error, FormatError):
        return str(error)
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _set_json(kept: KeptSet) -> str:
    data = as_data(kept)
    if kept.trace is not None:
        data["trace"] = json.loads(kept.trace)
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def _set_of(data: Any) -> KeptSet:
    if isinstance(data, dict) and data.get("trace") is not None:
        data = {**data, "trace": Trace.from_json(json.dumps(data["trace"])).to_json()}
    kept = from_data(KeptSet, data)
    if kept.started.utcoffset() is None:
        raise FormatError("the time has no offset")
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
