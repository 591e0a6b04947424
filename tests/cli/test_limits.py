"""Nothing grows without end: rows of tables and of TRC, labels of an axis, poses of a page; each limit is told."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from posecheck.errors import OutputError
from posecheck.report.pages.plots import Plot, clock_axis, clock_range
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import knee_drops_set
from tests.cli.command import Command

RATE_HZ = 10.0


def tape(path: Path, times: Sequence[float]) -> Path:
    """A tape with poses at these times."""
    poses = list(islice(knee_drops_set(("in", "out"), fps=RATE_HZ), len(times)))
    with TapeWriter(path, TapeHeader("0", "full", "0", "me.mp4", (640, 480))) as writer:
        for pose, t in zip(poses, times, strict=True):
            writer.write(replace(pose, t=t))
    return path


def rows(path: Path) -> list[list[str]]:
    """The rows of a TRC file behind its header: number, time and cells."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[5:] if line]


@pytest.mark.parametrize("gap_s", [61.0, 1e4, 1e7, 5e9])
def test_of_a_hole_a_minute_of_blanks_is_written(command: Command, tmp_path: Path, gap_s: float) -> None:
    """However long it is; behind it the times are the true ones, and it is told."""
    path = tape(tmp_path / "t.jsonl", [0.0, 0.1, 0.2, gap_s + 0.2, gap_s + 0.3])
    made = command("export", path, "-o", tmp_path / "t.trc")
    assert made.code == 0
    assert "1 hole is longer than 60 s: of each so many blank rows are written, then the column Time jumps" in made.err
    found = rows(tmp_path / "t.trc")
    assert [int(row[0]) for row in found] == list(range(1, len(found) + 1))
    times = [float(row[1]) for row in found]
    assert times == sorted(times)
    assert [bool(row[2]) for row in found] == [True] * 3 + [False] * (len(found) - 5) + [True] * 2
    assert times[-3] == pytest.approx(60.2, abs=0.11)
    assert times[-2:] == pytest.approx([gap_s + 0.2, gap_s + 0.3])
    header = (tmp_path / "t.trc").read_text(encoding="utf-8").splitlines()[2].split("\t")
    assert int(header[2]) == len(found)


def test_a_shorter_hole_is_written_whole(command: Command, tmp_path: Path) -> None:
    """Nothing is told then."""
    path = tape(tmp_path / "t.jsonl", [0.0, 0.1, 0.2, 59.0, 59.1])
    made = command("export", path, "-o", tmp_path / "t.trc")
    assert (made.code, made.err) == (0, "")
    assert len(rows(tmp_path / "t.trc")) == 592


def test_too_many_rows_are_refused(command: Command, tmp_path: Path) -> None:
    """At a rate that makes too many of a tape, the file is not begun, and the error says what to do."""
    path = tape(tmp_path / "t.jsonl", [50.0 * number for number in range(30)])
    made = command("export", path, "-o", tmp_path / "t.trc", "--rate", 1000)
    assert made.code == OutputError.exit_code
    assert "would have 1,450,001 rows, and at most 1,000,000 are written: give a lower --rate" in made.err
    assert not (tmp_path / "t.trc").exists()


@pytest.mark.parametrize("form", ["export", "judge"])
def test_a_table_ends_at_its_limit(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """The first rows are there, and it is told."""
    monkeypatch.setattr("posecheck.records.tables.MOST_ROWS", 7)
    monkeypatch.setattr("posecheck.report.json_csv.MOST_ROWS", 7)
    path = tape(tmp_path / "t.jsonl", [number / RATE_HZ for number in range(9)])
    table = tmp_path / "t.csv"
    made = (
        command("export", path, "-o", table)
        if form == "export"
        else command("judge", path, "-e", "knee_drops", "--csv", table)
    )
    assert made.code == 0
    with table.open(newline="", encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == 1 + 7
    assert "has the first 7" in made.err


def test_a_page_ends_at_its_limit(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It explains what came first, and tells how to have the rest."""
    path = tape(tmp_path / "t.jsonl", [number / RATE_HZ for number in range(60)])
    page = tmp_path / "r.html"
    monkeypatch.setattr("posecheck.run.MOST_ON_PAGE", 60)
    assert command("report", path, "-e", "knee_drops", "-o", page).err == ""
    monkeypatch.setattr("posecheck.run.MOST_ON_PAGE", 40)
    made = command("report", path, "-e", "knee_drops", "-o", page)
    assert made.code == 0
    assert "the page explains the first 40 poses, up to 4 s: give --from and --to for others" in made.err


@pytest.mark.parametrize("length_s", [0.1, 59.0, 4000.0, 1e5, 1e7, 1e10])
def test_an_axis_has_few_labels(length_s: float) -> None:
    """However long a tape says that it took."""
    plot = Plot("p", (600, 100), clock_range(0.0, length_s), (0.0, 1.0))
    clock_axis(plot, ticks=8)
    assert 1 <= plot.svg("").count("<text") <= 12


def test_a_page_of_a_tape_with_a_gap_is_small(command: Command, tmp_path: Path) -> None:
    """A gap of months makes the page no larger."""
    sizes = []
    for gap_s in (0.1, 1e7):
        path = tape(tmp_path / "t.jsonl", [number / RATE_HZ + (gap_s if number > 30 else 0) for number in range(60)])
        assert command("report", path, "-e", "knee_drops", "-o", tmp_path / "r.html").code == 0
        sizes.append((tmp_path / "r.html").stat().st_size)
    assert sizes[1] < 1.5 * sizes[0]
