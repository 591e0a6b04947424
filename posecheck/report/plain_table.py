"""Tables and lines of the terminal that break no word and no figure, however narrow it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Column, Table
from rich.text import Text

from posecheck.records.shown import shown

_BETWEEN = 2  # columns between two cells


class PlainTable(Table):
    """A table without lines. Figures, in columns to the right, are never broken; texts only between words.

    Where the terminal is too narrow for that, each row is written as a paragraph: heading and value after each other.
    """

    def __init__(self) -> None:
        super().__init__(box=None, pad_edge=False, header_style="bold")

    def add_row(self, *cells: RenderableType | None, **how: Any) -> None:
        """Add a row; control characters of foreign text are shown as signs, and have a width, before it is measured.

        Args:
            cells: what stands in it, one for each column.
            how: as for rich's table.
        """
        super().add_row(*(shown(cell) if isinstance(cell, str) else cell for cell in cells), **how)

    def add_column(self, header: RenderableType = "", *args: Any, **how: Any) -> None:
        """Add a column, its heading as the cells are.

        Args:
            header: the heading.
            args: as for rich's table.
            how: as for rich's table.
        """
        super().add_column(shown(header) if isinstance(header, str) else header, *args, **how)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        least, most = [_least(c) for c in self.columns], [_most(c) for c in self.columns]
        room = options.max_width - _BETWEEN * len(self.columns)
        if sum(least) > room:
            for cells in zip(*(list(column.cells) for column in self.columns), strict=True):
                yield Filled(_named(self.columns, cells) if self.show_header else list(map(_text, cells)))
            return
        if sum(most) > room:
            spare = room - sum(least)
            for column, low, high in zip(self.columns, least, most, strict=True):
                column.width = low + min(spare, high - low)
                spare -= column.width - low
        yield from super().__rich_console__(console, options)


class Filled:
    """Short texts one after the other, in as many lines as they need; a text that fits into a line is not broken.

    Args:
        parts: the texts.
        between: how many spaces stand between two in one line.
    """

    def __init__(self, parts: Iterable[Text], between: int = _BETWEEN) -> None:
        self.parts, self.between = [part for part in parts if part.plain], between

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line = Text()
        for part in self.parts:
            if line.plain and cell_len(line.plain) + self.between + cell_len(part.plain) <= options.max_width:
                line = Text.assemble(line, " " * self.between, part)
                continue
            if line.plain:
                yield line
            line = part
        if line.plain:
            yield line


def clauses(sentence: str) -> list[Text]:
    """The parts of a sentence behind each comma, to be `Filled` with one space between them."""
    return [Text(f"{part}," if number else part) for number, part in _counted_down(sentence.split(", "))]


def _counted_down(parts: Sequence[str]) -> list[tuple[int, str]]:
    return list(zip(range(len(parts) - 1, -1, -1), parts, strict=True))


def _named(columns: Sequence[Column], cells: Sequence[object]) -> list[Text]:
    pairs = [(_text(column.header), _text(cell)) for column, cell in zip(columns, cells, strict=True)]
    return [
        Text.assemble((f"{' '.join(name.plain.split())} ", "dim"), cell) if name.plain else cell
        for name, cell in pairs
        if cell.plain
    ]


def _text(cell: object) -> Text:
    return cell if isinstance(cell, Text) else Text(str(cell))


def _lines(column: Column) -> list[str]:
    return [line for cell in (column.header, *column.cells) for line in _text(cell).plain.splitlines()]


def _most(column: Column) -> int:
    return max((cell_len(line) for line in _lines(column)), default=0)


def _least(column: Column) -> int:
    if column.no_wrap or column.justify == "right":
        return _most(column)
    return max((cell_len(word) for line in _lines(column) for word in line.split()), default=0)
