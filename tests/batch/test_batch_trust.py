"""Damaged marks and reports of a batch, and links in its folder: nothing breaks, and nothing leaves it."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from posecheck import Session, load_exercise
from posecheck.batch.inputs import Recording
from posecheck.batch.manifests import Mark, is_whole, mark_path, read_mark, sha256_of, write_mark
from posecheck.batch.output_folder import keep
from posecheck.batch.tables import write_tables
from posecheck.errors import OutputError
from posecheck.report.json_csv import summary_dict, write_json
from posecheck.testing import knee_drops_set

KEY = "k"
NAMES = ("a", "b", "c")
needs_links = pytest.mark.skipif(os.name == "nt", reason="needs links")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The folder of a batch of three recordings that have ended well."""
    session = Session(load_exercise("knee_drops"), "me.mp4")
    for pose in knee_drops_set(("in",), fps=10):
        session.feed(pose)
    folder = tmp_path / "out"
    folder.mkdir()
    for name in NAMES:
        report = folder / f"{name}.json"
        write_json(report, summary_dict(session.summary()))
        outputs = ((report.name, sha256_of(report)),)
        write_mark(folder, Recording(f"{name}.mp4", name), Mark(KEY, f"{name}.mp4", "1 2", "ab", outputs))
    return folder


def table(out: Path) -> dict[str, dict[str, str]]:
    """The rows of the recordings, by name."""
    write_tables(out, [Recording(f"{name}.mp4", name) for name in NAMES], KEY)
    with (out / "recordings.csv").open(newline="", encoding="utf-8") as file:
        return {row["recording"]: row for row in csv.DictReader(file)}


def test_whole_reports_have_whole_rows(out: Path) -> None:
    """As a comparison for what follows."""
    rows = table(out)
    assert [rows[name]["problem"] for name in NAMES] == [""] * 3
    assert [rows[name]["counts"] for name in NAMES] == ["in 1 of 5, out 0 of 5"] * 3


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda _: b"[]",
        lambda _: b"[" * 10_000,
        lambda d: json.dumps({**d, "duration_s": 1e9}).encode(),
        lambda d: json.dumps({**d, "counts": {}}).encode(),
        lambda d: json.dumps({**d, "counts": {"in": []}}).encode(),
        lambda d: json.dumps({**d, "repetitions": [{"number": 1}]}).encode(),
        lambda d: json.dumps({**d, "gaps": "none"}).encode(),
        lambda d: json.dumps({key: value for key, value in d.items() if key != "goal"}).encode(),
    ],
)
def test_a_damaged_report_has_a_row_that_says_so(out: Path, change: Any) -> None:
    """It hides no other recording, and its row has what the mark knows."""
    path = out / "b.json"
    path.write_bytes(change(json.loads(path.read_bytes())))
    rows = table(out)
    assert "b.json" in rows["b"]["problem"]
    assert (rows["b"]["exercise"], rows["b"]["sha256"]) == ("", "ab")
    assert [rows[name]["problem"] for name in "ac"] == ["", ""]


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b"[" * 100_000, b'{"key": 1e999}', b'{"outputs": 3}', b"\xff", b'{"key": "\\ud800"}'],
)
def test_a_damaged_mark_is_none(out: Path, data: bytes) -> None:
    """Its recording is judged again."""
    recording = Recording("b.mp4", "b")
    mark_path(out, recording).write_bytes(data)
    assert read_mark(out, recording) is None
    assert set(table(out)) == {"a", "c"}


def test_a_mark_that_names_a_file_elsewhere_is_not_believed(out: Path, tmp_path: Path) -> None:
    """Neither by "..", nor by an absolute name: nothing outside of the folder is read."""
    elsewhere = tmp_path / "b.json"
    (out / "b.json").rename(elsewhere)
    recording = Recording("b.mp4", "b")
    for name in ("../b.json", str(elsewhere)):
        mark = Mark(KEY, "b.mp4", "1 2", "ab", ((name, sha256_of(elsewhere)),))
        write_mark(out, recording, mark)
        assert not is_whole(out, mark)
        row = table(out)["b"]
        assert row["exercise"] == ""
        assert "it lies outside of the output folder" in row["problem"]


@needs_links
def test_no_link_leads_an_output_out_of_the_folder(out: Path, tmp_path: Path) -> None:
    """Tables, marks and reports: what a link points to stays as it is."""
    aim = tmp_path / "aim"
    aim.mkdir()
    (aim / "mine").write_text("mine")
    made = tmp_path / "made"
    made.write_text("new")
    (out / "sub").symlink_to(aim)
    with pytest.raises(OutputError, match=r"would lie outside of .*: a link leads there; remove it"):
        keep(out, {"sub/mine": made})
    with pytest.raises(OutputError, match="would lie outside"):
        keep(out, {"../aim/mine": made})
    (out / "a.json").unlink()
    (out / "a.json").symlink_to(aim / "mine")
    keep(out, {"a.json": made})  # a link of the very name is replaced
    assert (out / "a.json").read_text() == "new"
    assert not (out / "a.json").is_symlink()
    (out / "recordings.csv").symlink_to(aim / "mine")
    with pytest.raises(OutputError, match="would lie outside"):
        table(out)
    marks = mark_path(out, Recording("b.mp4", "b")).parent
    for mark in marks.iterdir():
        mark.unlink()
    marks.rmdir()
    marks.symlink_to(aim)
    with pytest.raises(OutputError, match="would lie outside"):
        write_mark(out, Recording("b.mp4", "b"), Mark(KEY, "b.mp4", "1 2", "ab"))
    assert [path.name for path in aim.iterdir()] == ["mine"]
    assert (aim / "mine").read_text() == "mine"


@needs_links
def test_a_circle_of_links_is_outside(out: Path) -> None:
    """Nobody knows where it leads."""
    (out / "x").symlink_to(out / "y")
    (out / "y").symlink_to(out / "x")
    mark = Mark(KEY, "b.mp4", "1 2", "ab", (("x/b.json", "cd"),))
    assert not is_whole(out, mark)
