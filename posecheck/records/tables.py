"""Rows → CSV and Parquet: the one writer of tables. A table takes the place of an older one when it is whole.

    with csv_table(path, {"t_s": float, "posture": str}) as write:
        write([0.5, "standing"])

The columns stand in order, each with the type of its cells; None is an empty cell, or null.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from posecheck.errors import DependencyError
from posecheck.records.files import whole_file, writing
from posecheck.records.shown import shown

Cell: TypeAlias = str | int | float | bool | None
Columns: TypeAlias = Mapping[str, type]
Write: TypeAlias = Callable[[Sequence[Cell]], None]

MOST_ROWS = 1_000_000  # of a table with a row a pose: 18 hours of 15 a second, and spreadsheets take no more
_AT_ONCE = 4096  # rows of a Parquet row group: some megabytes of the widest table, that of landmarks and signals
_FORMULA = ("=", "+", "-", "@", "\t")  # a spreadsheet takes a text that begins so for a formula, and runs it


@contextmanager
def csv_table(path: Path, columns: Columns, *, private: bool = False) -> Iterator[Write]:
    """Give a function that writes a row of a CSV file in UTF-8; after an error there is no such file.

    Truth is TRUE or FALSE, which pandas, R and spreadsheets read as such. A text that a spreadsheet would take for a
    formula gets an apostrophe in front, and a control character becomes a sign.

    Args:
        path: the file.
        columns: the names of the columns, with the type of each.
        private: only its owner can read the file.

    Raises:
        OutputError: it cannot be written.
    """
    with whole_file(path, private=private) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)

        def write(row: Sequence[Cell]) -> None:
            with writing(path):
                writer.writerow([_for_csv(cell) for cell in row])

        write(list(columns))
        yield write


@contextmanager
def parquet_table(path: Path, columns: Columns, about: Mapping[str, str] | None = None) -> Iterator[Write]:
    """Give a function that writes a row of a Parquet file; after an error there is no such file.

    Args:
        path: the file.
        columns: the names of the columns, with the type of each.
        about: what is told of the table, in the schema's metadata.

    Raises:
        DependencyError: pyarrow is not installed.
        OutputError: it cannot be written.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise DependencyError(
            f"Parquet needs pyarrow ({error}): pip install 'posecheck[parquet]', or use CSV"
        ) from error
    kinds = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in columns.items()], metadata=about)
    waiting: list[list[Cell]] = []

    with whole_file(path) as part, pyarrow.parquet.ParquetWriter(part, schema, compression="zstd") as writer:

        def flush() -> None:
            by_column = [list(column) for column in zip(*waiting, strict=True)] or [[] for _ in columns]
            waiting.clear()
            with writing(path):
                writer.write_table(pyarrow.table(by_column, schema=schema))

        def write(row: Sequence[Cell]) -> None:
            waiting.append([_readable(cell) for cell in row])
            if len(waiting) >= _AT_ONCE:
                flush()

        yield write
        flush()


def _for_csv(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, str):
        text = shown(cell)
        cell = f"'{text}" if text.startswith(_FORMULA) else text
    return _readable(cell)


def _readable(cell: Cell) -> Cell:
    """File names may hold letters that are no Unicode; tables may not."""
    return cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell
