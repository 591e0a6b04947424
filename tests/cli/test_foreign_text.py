"""Foreign text in the terminal: names, titles, tapes, errors and bars give no orders to it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from rich.console import Console

from posecheck.cli.plain_text import ShownStream
from posecheck.exercises.loading import built_in_path
from posecheck.report.plain_table import PlainTable
from posecheck.report.terminal import ShownConsole, console, progress_bar
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import knee_drops_set
from tests.cli.command import Command

EVIL = "x\x1b]0;PWN\x07\x1b[31m\x9b2J\u202ey"
ORDERS = ("\x1b", "\x07", "\x9b", "\u202e")


def obeyed(text: str) -> list[str]:
    """The control characters of the foreign text that have come through."""
    return [sign for sign in ORDERS if sign in text]


def tape(path: Path, source: str) -> Path:
    """A short tape of a film with this name."""
    with TapeWriter(path, TapeHeader("0", "full", "0", source, (640, 480))) as writer:
        for pose in knee_drops_set(("in",), fps=10):
            writer.write(pose)
    return path


@pytest.mark.parametrize(
    "command_line", [("judge", "-e", "knee_drops"), ("why", "-e", "knee_drops"), ("expect", "-e", "knee_drops")]
)
def test_a_tape_gives_no_orders(command: Command, tmp_path: Path, command_line: tuple[str, ...]) -> None:
    """Neither its source nor its name, in the tables of the commands that judge it."""
    path = tape(tmp_path / f"{EVIL}.jsonl", EVIL)
    made = command(command_line[0], path, *command_line[1:])
    assert made.out
    assert not obeyed(made.out + made.err)


def test_an_exercise_gives_no_orders(command: Command, tmp_path: Path) -> None:
    """Neither its title nor its cues; the title is still to be seen."""
    path = tmp_path / "mine.toml"
    text = built_in_path("knee_drops").read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title"))
    path.write_text(text.replace(title, f"title = {json.dumps(EVIL)}"), encoding="utf-8")
    made = command("exercises", "check", path)
    assert made.code == 0
    assert "x␛]0;PWN" in made.out
    assert not obeyed(made.out + made.err)


@pytest.mark.parametrize("arguments", [("judge", EVIL), ("replay", EVIL), (EVIL,), ("judge", "a", EVIL), ("-" + EVIL,)])
def test_an_error_gives_no_orders(command: Command, arguments: tuple[str, ...]) -> None:
    """Errors of ours and of the command line's parser."""
    made = command(*arguments)
    assert made.code
    assert made.err
    assert not obeyed(made.out + made.err)


def test_a_table_in_colour_obeys_rich_alone() -> None:
    """Styles are written, orders in a cell or a heading are not."""
    file = io.StringIO()
    table = PlainTable()
    table.add_column(EVIL)
    table.add_row(EVIL)
    ShownConsole(file=file, force_terminal=True, color_system="standard", width=80).print(table)
    plain = io.StringIO()
    safe = PlainTable()
    safe.add_column("x␛]0;PWN␇␛[31m�2J�y")
    safe.add_row("x␛]0;PWN␇␛[31m�2J�y")
    Console(file=plain, force_terminal=True, color_system="standard", width=80).print(safe)
    assert "\x1b[1m" in file.getvalue()
    assert file.getvalue().split() == plain.getvalue().split()


def test_a_progress_bar_gives_no_orders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the title nor the note of a bar; what moves the bar is its own."""
    path = tmp_path / "terminal"
    with path.open("w") as file:
        monkeypatch.setattr(sys, "stderr", _Terminal(file))
        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        with progress_bar(EVIL, quiet=False) as advance:
            advance(1, 2, EVIL)
    shown = path.read_text(encoding="utf-8")
    assert "x␛]0;PWN" in shown
    assert "\x1b]0" not in shown
    assert "\x07" not in shown


def test_the_streams_hand_on_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are written as they are; rich writes its colours to the stream behind."""
    inner = io.StringIO()
    stream = ShownStream(inner)
    stream.writelines(["a\n", "b\x1b\n"])
    assert inner.getvalue() == "a\nb␛\n"
    assert stream.isatty() is False
    monkeypatch.setattr(sys, "stdout", stream)
    assert console().file is inner


class _Terminal:
    """A file that says it is a terminal."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file = file

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()
