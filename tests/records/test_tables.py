"""Tables: what their cells look like, and that a table is whole or not there."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

from posecheck.errors import DependencyError, OutputError
from posecheck.records.tables import Cell, Columns, csv_table, parquet_table

pytestmark = pytest.mark.core

COLUMNS: Columns = {"text": str, "number": int, "value": float, "true": bool}
ROWS: list[list[Cell]] = [["ä, b", 1, 0.1, True], [None, None, None, None], ["c", -2, -2.5, False]]


def read(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_a_cell_stands_as_other_programs_read_it(tmp_path: Path) -> None:
    """Numbers are written in full, truth as TRUE or FALSE, and what is missing is empty."""
    with csv_table(tmp_path / "t.csv", COLUMNS) as write:
        for row in ROWS:
            write(row)
    assert read(tmp_path / "t.csv") == [
        list(COLUMNS),
        ["ä, b", "1", "0.1", "TRUE"],
        ["", "", "", ""],
        ["c", "-2", "-2.5", "FALSE"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\tx"])
def test_a_text_is_never_a_formula(tmp_path: Path, text: str) -> None:
    """A file name may begin like a formula; no spreadsheet may run it."""
    with csv_table(tmp_path / "t.csv", {"name": str}) as write:
        write([text])
    assert read(tmp_path / "t.csv")[1] == [f"'{text}"]


def test_a_text_gives_no_orders_to_a_terminal(tmp_path: Path) -> None:
    """A table is looked at in a terminal, too: control characters are signs there; numbers stay numbers."""
    with csv_table(tmp_path / "t.csv", {"name": str, "x": float}) as write:
        write(["\x1b]0;x\r\n=1", -1.5])
    assert read(tmp_path / "t.csv")[1] == ["␛]0;x␍\n=1", "-1.5"]


def test_parquet_has_the_cells_as_they_are(tmp_path: Path) -> None:
    """The Parquet table has the types of the columns, nulls, texts unchanged, and what is told of it."""
    parquet = pytest.importorskip("pyarrow.parquet")
    rows: list[list[Cell]] = [*ROWS, ["=1+1", 3, 0.0, True]]
    with parquet_table(tmp_path / "t.parquet", COLUMNS, {"source": "me"}) as write:
        for row in rows:
            write(row)
    table = parquet.read_table(tmp_path / "t.parquet")
    assert [list(row.values()) for row in table.to_pylist()] == rows
    assert [str(field.type) for field in table.schema] == ["string", "int64", "double", "bool"]
    assert table.schema.metadata[b"source"] == b"me"


@pytest.mark.parametrize("count", [0, 1, 4095, 4096, 4097, 10000])
def test_parquet_of_any_length_is_whole(tmp_path: Path, count: int) -> None:
    """No row is lost or doubled where one row group ends and the next begins."""
    parquet = pytest.importorskip("pyarrow.parquet")
    with parquet_table(tmp_path / "t.parquet", {"n": int}) as write:
        for n in range(count):
            write([n])
    assert parquet.read_table(tmp_path / "t.parquet").column("n").to_pylist() == list(range(count))


@pytest.mark.parametrize("table", [csv_table, parquet_table])
def test_a_name_that_is_no_unicode_is_written(tmp_path: Path, table: object) -> None:
    """A stray byte in a file name becomes a question mark, and does not end the table."""
    assert callable(table)
    if table is parquet_table:
        pytest.importorskip("pyarrow")
    with table(tmp_path / "t", {"name": str}) as write:
        write(["m\udcff.mp4"])
    assert b"m?.mp4" in (tmp_path / "t").read_bytes()


@pytest.mark.parametrize("table", [csv_table, parquet_table])
def test_an_error_leaves_the_old_table(tmp_path: Path, table: object) -> None:
    """When the work fails the table that was there is still there, and nothing else."""
    assert callable(table)
    if table is parquet_table:
        pytest.importorskip("pyarrow")
    path = tmp_path / "t"
    path.write_bytes(b"old")

    def fail() -> None:
        with table(path, {"name": str}) as write:
            write(["new"])
            raise RuntimeError("work")

    with pytest.raises(RuntimeError, match="work"):
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """No folder, or a missing pyarrow, is said before the first row."""
    with pytest.raises(OutputError, match="cannot write"), csv_table(tmp_path / "none" / "t.csv", COLUMNS):
        raise AssertionError


def test_without_pyarrow_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parquet is an extra: the error names it, and no file is left."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DependencyError, match=r"posecheck\[parquet\]"), parquet_table(tmp_path / "t.parquet", COLUMNS):
        raise AssertionError
    assert list(tmp_path.iterdir()) == []
