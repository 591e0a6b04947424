"""The figures of a run as CSV files beside the benchmark: written by `accuracy.py`, read by the card and by people."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "results"
ABOUT = "run"  # the table of what was run, and when: a key and a value a row
PEOPLE = "people"  # written by benchmarks/real.py; rows of recordings that nobody here has are kept by hand


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under named columns; units are in the names, and what was not measured is empty."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __iter__(self) -> Iterator[dict[str, str]]:
        """Each row by the names of its columns."""
        return (dict(zip(self.head, row, strict=True)) for row in self.rows)

    def where(self, **wanted: str) -> list[dict[str, str]]:
        """The rows with these values in these columns."""
        return [row for row in self if all(row[name] == value for name, value in wanted.items())]


@dataclass(frozen=True, slots=True)
class Results:
    """All tables of a run by the name of their file, without its ending."""

    tables: Mapping[str, Table]

    @property
    def about(self) -> dict[str, str]:
        """What was run, and when: date, version, model, seeds."""
        return {row["key"]: row["value"] for row in self.tables[ABOUT]}

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]


def about_table(about: Mapping[str, str]) -> Table:
    """The table of what was run."""
    return Table(("key", "value"), tuple(about.items()))


def write(results: Results, folder: Path) -> None:
    """Write each table as NAME.csv.

    Args:
        results: the tables.
        folder: where to; it is made.

    Raises:
        ValueError: a row has more or fewer values than there are columns.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in results.tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(_checked(name, table))


def _checked(name: str, table: Table) -> Iterator[Sequence[str]]:
    yield table.head
    for row in table.rows:
        if len(row) != len(table.head):
            raise ValueError(f"{name}: {len(row)} values under {len(table.head)} columns: {row}")
        yield row


def read(folder: Path) -> Results:
    """Read all tables of a folder."""
    tables = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        tables[path.stem] = Table(tuple(head), tuple(tuple(row) for row in rows))
    return Results(tables)
