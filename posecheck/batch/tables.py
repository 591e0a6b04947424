"""All reports of a batch → one table a row a recording, and one a row a repetition; as CSV and Parquet.

Rows come from the marks and reports on the disk, one at a time, so a million recordings need no more memory than ten.
Every column has one plain type; what is missing is an empty cell.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from posecheck.batch.inputs import Recording
from posecheck.batch.manifests import Mark, read_mark
from posecheck.records.closing import Closing
from posecheck.records.files import new_part, put_in_place, writing

_ROWS = 5000  # of a row group in Parquet

Cell = str | int | float | bool | None
Columns = Sequence[tuple[str, type]]

RECORDINGS: Columns = (
    ("recording", str),
    ("source", str),
    ("exercise", str),
    ("complete", bool),
    ("counted", int),
    ("goal", int),
    ("refused", int),
    ("counts", str),
    ("duration_s", float),
    ("judged_s", float),
    ("frames", int),
    ("frames_with_pose", int),
    ("cues", int),
    ("commonest_cue", str),
    ("problem", str),
    ("warning", str),
    ("missing_s", float),
    ("took_s", float),
    ("posecheck", str),
    ("sha256", str),
)
REPETITIONS: Columns = (
    ("recording", str),
    ("exercise", str),
    ("number", int),
    ("group", str),
    ("start_s", float),
    ("end_s", float),
    ("held_s", float),
    ("counted", bool),
    ("reason", str),
    ("text", str),
)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that were written, and why there is no Parquet, if there is none."""

    recordings: Path
    repetitions: Path
    no_parquet: str | None


def write_tables(out: Path, recordings: Iterable[Recording], key: str) -> Tables:
    """Write the tables of all recordings that have ended, well or not.

    Args:
        out: the output folder of the batch.
        recordings: in the order of the rows.
        key: that of the plan; marks of another plan are not taken.

    Returns:
        The paths of the tables; and why there are no Parquet tables, if so.

    Raises:
        OutputError: they cannot be written; the tables that were there before are kept then.
    """
    formats: list[tuple[str, Callable[[Path, Columns], Any]]] = [(".csv", _CsvTable)]
    no_parquet = None
    try:
        import pyarrow.parquet  # noqa: F401

        formats.append((".parquet", _ParquetTable))
    except ImportError as error:
        no_parquet = f"no Parquet tables ({error}): pip install 'posecheck[parquet]', then run again with --resume"
    with ExitStack() as opened:
        of_recordings, of_repetitions = (
            [opened.enter_context(make(out / f"{name}{suffix}", columns)) for suffix, make in formats]
            for name, columns in (("recordings", RECORDINGS), ("repetitions", REPETITIONS))
        )
        for recording, mark, report in _ended(out, recordings, key):
            row = _recording_row(recording, mark, report)
            for table in of_recordings:
                table.write(_readable(row))
            for row in _repetition_rows(recording, report):
                for table in of_repetitions:
                    table.write(_readable(row))
        for table in (*of_recordings, *of_repetitions):
            table.finish()
    return Tables(out / "recordings.csv", out / "repetitions.csv", no_parquet)


def _ended(out: Path, recordings: Iterable[Recording], key: str) -> Iterator[tuple[Recording, Mark, dict[str, Any]]]:
    for recording in recordings:
        mark = read_mark(out, recording)
        if mark is not None and mark.key == key:
            yield recording, mark, _report(out, mark)


def _report(out: Path, mark: Mark) -> dict[str, Any]:
    if mark.report is None:
        return {}
    try:
        report: dict[str, Any] = json.loads((out / mark.report).read_bytes())
    except (OSError, ValueError):
        return {}
    return report


def _recording_row(recording: Recording, mark: Mark, report: dict[str, Any]) -> list[Cell]:
    row: list[Cell] = [recording.name, recording.where, report.get("exercise")]
    if report:
        counts, goal = report["counts"], report["goal"]
        cues = Counter[str]()
        for cue in report["cues"]:
            cues[cue["text"]] += 1
        row += [report["complete"], sum(counts.values()), sum(goal.values())]
        row += [sum(not r["counted"] for r in report["repetitions"])]
        row += [", ".join(f"{group} {counts[group]} of {goal[group]}" for group in goal)]
        row += [report[name] for name in ("duration_s", "judged_s", "frames", "frames_with_pose")]
        row += [cues.total(), max(sorted(cues), key=cues.__getitem__) if cues else None]
    else:
        row += [None] * 11
    gaps = report.get("gaps")
    missing_s = None if gaps is None else round(sum((gap["end_s"] - gap["start_s"] for gap in gaps), 0.0), 3)
    return [*row, mark.problem, mark.warning, missing_s, mark.took_s, report.get("posecheck"), mark.sha256 or None]


def _repetition_rows(recording: Recording, report: dict[str, Any]) -> Iterator[list[Cell]]:
    for r in report.get("repetitions", ()):
        yield [recording.name, report["exercise"], *(r[name] for name, _ in REPETITIONS[2:])]


def _readable(row: Sequence[Cell]) -> list[Cell]:
    """File names may hold letters that are no Unicode; tables may not."""
    return [cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell for cell in row]


class _Table(Closing):
    """A table that takes the place of an older one when it is finished, not before."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with writing(path):
            self._part = new_part(path) or path

    def finish(self) -> None:
        """All rows are written."""
        with writing(self._path):
            self._end()
            put_in_place(self._part, self._path)

    def close(self) -> None:
        """Let go of the file; what is not finished is gone."""
        with suppress(OSError):
            self._end()
            self._part.unlink(missing_ok=True)

    def _end(self) -> None:
        raise NotImplementedError


class _CsvTable(_Table):
    def __init__(self, path: Path, columns: Columns) -> None:
        super().__init__(path)
        with writing(path):
            self._file: IO[str] = self._part.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file)
        self.write([name for name, _ in columns])

    def write(self, row: Sequence[Cell]) -> None:
        # TRUE and FALSE are read as such by pandas and by R
        cells = [str(cell).upper() if isinstance(cell, bool) else cell for cell in row]
        with writing(self._path):
            self._writer.writerow(cells)

    def _end(self) -> None:
        self._file.close()


class _ParquetTable(_Table):
    """Written in groups of rows."""

    def __init__(self, path: Path, columns: Columns) -> None:
        import pyarrow
        import pyarrow.parquet

        super().__init__(path)
        types = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}
        self._schema = pyarrow.schema([(name, types[kind]) for name, kind in columns])
        self._rows: list[Sequence[Cell]] = []
        with writing(path):
            self._writer = pyarrow.parquet.ParquetWriter(self._part, self._schema)

    def write(self, row: Sequence[Cell]) -> None:
        self._rows.append(row)
        if len(self._rows) >= _ROWS:
            self._flush()

    def finish(self) -> None:
        self._flush()
        super().finish()

    def _flush(self) -> None:
        import pyarrow

        columns = zip(*self._rows, strict=True) if self._rows else [() for _ in self._schema]
        table = pyarrow.table([list(c) for c in columns], schema=self._schema)
        self._rows = []
        with writing(self._path):
            self._writer.write_table(table)

    def _end(self) -> None:
        self._writer.close()
