"""Tables and lines of the terminal in any width, and in terminals that know only ASCII."""

from __future__ import annotations

import io

import pytest
from rich.console import Console, RenderableType
from rich.text import Text

from posecheck import Session, load_exercise
from posecheck.cli.plain_text import show_in_plain_text
from posecheck.exercises import built_in_names
from posecheck.report.plain_table import Filled, PlainTable, clauses
from posecheck.report.terminal import exercise_view, summary_view
from posecheck.testing import knee_drops_set


def printed(what: RenderableType, columns: int) -> str:
    """What a terminal of so many columns shows."""
    console = Console(width=columns, file=io.StringIO(), highlight=False, markup=False)
    with console.capture() as capture:
        console.print(what)
    return capture.get()


def summary() -> RenderableType:
    """The verdict on three knee drops."""
    session = Session(load_exercise("knee_drops"), "me.mp4")
    for pose in knee_drops_set(("in", "out", "in"), fps=10):
        session.feed(pose)
    return summary_view(session.summary(), session.exercise)


@pytest.mark.parametrize("columns", [40, 50, 60, 72, 80])
def test_a_verdict_breaks_no_word_and_no_time(columns: int) -> None:
    """Every word and every length of time of the wide verdict is whole in the narrow one, within the width."""
    wide, narrow = printed(summary(), 200), printed(summary(), columns)
    assert max(map(len, narrow.splitlines())) <= columns
    assert set(wide.split()) <= set(narrow.split())
    for figure in ("19.0 s,", "19.0 s judged", "3.6 s", "0:03.0", "✓ counted", "inwards 2 of 5"):
        assert figure in narrow, figure


@pytest.mark.parametrize("name", built_in_names())
def test_an_exercise_breaks_no_word(name: str) -> None:
    """Nor does an exercise, with its table of limits; a heading over nothing may be left out."""
    view = exercise_view(load_exercise(name))
    narrow = printed(view, 40)
    assert set(printed(view, 300).split()) <= {*narrow.split(), "against"}
    assert max(map(len, narrow.splitlines())) <= 40


def test_a_table_takes_the_width_that_its_words_need() -> None:
    """A column gets at least its longest word; the rest goes to the first ones that can use it."""
    table = PlainTable()
    table.add_column("what")
    table.add_column("held", justify="right")
    table.add_row("uninterruptedly long and short", "1 h 5 min")
    assert printed(table, 30).split("\n")[1].split() == ["uninterruptedly", "1", "h", "5", "min"]
    assert "held 1 h 5 min" in printed(table, 16)


def test_texts_fill_lines() -> None:
    """What fits is not broken; what is longer than a line is, between words."""
    assert (
        printed(Filled(clauses("one two, three four, five six"), between=1), 12) == "one two,\nthree four,\nfive six\n"
    )
    assert printed(Filled([Text("a"), Text(""), Text("b")]), 9) == "a  b\n"
    assert printed(Filled([Text("long words are broken")]), 10) == "long words\nare broken\n"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("ascii", b"+ counted - 90 deg > ? _.-=+*%# *"), ("utf-8", "✓ counted – 90° → ü ▁▂▃▄▅▆▇█ ⠋".encode())],
)
def test_signs_that_cannot_be_shown_are_ascii(encoding: str, shown: bytes) -> None:
    """Where a terminal knows no "✓" it shows a "+", and no question mark; where it does, all is as it is."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    show_in_plain_text(stream)
    stream.write("✓ counted – 90° → ü ▁▂▃▄▅▆▇█ ⠋")
    stream.flush()
    assert raw.getvalue() == shown
    show_in_plain_text(raw)  # no text file
