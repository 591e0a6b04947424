"""Tapes as tables: what stands in the columns, in which unit, and that other programs can read it."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.cli import app as cli
from posecheck.correct.joint_centres import with_joint_centres
from posecheck.measure import measure
from posecheck.records import Landmark, Pose, Signal
from posecheck.report.table import columns_of, rows_of
from posecheck.report.trc import rate_of, write_trc
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import SIDE_CAMERA, half_kneeling, knee_drops_set, make_pose

HEADER = TapeHeader("0.1.0", "made", "0", "dehnen ü.mp4", (640, 480))
Export = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def drops() -> Sequence[Pose]:
    """The first seconds of knee drops at 15 frames a second, with a moment in which nobody is seen."""
    poses = knee_drops_set()[:180]
    return [Pose.absent(p.t, p.size) if 20 <= i < 30 else p for i, p in enumerate(poses)]


@pytest.fixture
def tape(tmp_path: Path, drops: Sequence[Pose]) -> Path:
    """A tape of them."""
    path = tmp_path / "me.jsonl.gz"
    with TapeWriter(path, HEADER) as writer:
        for pose in drops:
            writer.write(pose)
    return path


@pytest.fixture
def export(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Export:
    """Runs `posecheck export ...`; returns exit code, standard output, standard error."""

    def run(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["posecheck", "export", *map(str, args)])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        return (code, *capsys.readouterr())

    return run


def test_a_row_holds_landmarks_and_signals(export: Export, tape: Path, drops: Sequence[Pose]) -> None:
    """The CSV beside the tape has a row a pose, with every coordinate and every signal of both planes."""
    assert export(tape) == (0, f"{tape.parent / 'me.csv'}: 180 rows\n", "")
    with (tape.parent / "me.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(columns_of(None))
    pose, row = drops[7], rows[7]
    assert pose.points_px is not None
    assert pose.points_m is not None
    assert float(row["t_s"]) == pose.t
    assert float(row["left_knee_y_px"]) == pose.points_px[Landmark.LEFT_KNEE, 1]
    assert float(row["right_foot_index_z_m"]) == pose.points_m[Landmark.RIGHT_FOOT_INDEX, 2]
    measured = measure(pose)
    assert row["posture"] == measured.posture.value
    assert float(row["knee_drop_deg"]) == pytest.approx(measured.image[Signal.KNEE_DROP].value, abs=1e-4)
    assert float(row["left_hip_flexion_world_deg"]) == pytest.approx(
        measured.world[Signal.LEFT_HIP_FLEXION].value, abs=1e-4
    )
    assert float(row["knee_gap_ratio"]) == pytest.approx(measured.image[Signal.KNEE_GAP_RATIO].value, abs=1e-4)
    assert all(value == "" for name, value in rows[25].items() if name != "t_s")


def test_a_half_kneeling_body_is_measured_at_its_joints() -> None:
    """Also without an exercise: from the side the angles are those that are judged, not those of the raw points."""
    pose = make_pose(half_kneeling("right", hips_forward=10), camera=SIDE_CAMERA)
    row = dict(zip(columns_of(None), next(iter(rows_of([pose], None))), strict=True))
    joints, raw = (measure(one).image[Signal.RIGHT_THIGH_INCLINATION].value for one in (with_joint_centres(pose), pose))
    assert row["right_thigh_inclination_deg"] == pytest.approx(joints, abs=1e-4)
    assert abs(joints - raw) > 0.5


def test_with_an_exercise_the_rows_are_what_was_judged(export: Export, tape: Path) -> None:
    """Phase, direction, zones and what was held stand beside the signals, and say why nothing was judged."""
    assert export(tape, "-e", "knee_drops", "-q")[0] == 0
    with (tape.parent / "me.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"hold", "position", "setup"} <= {row["phase"] for row in rows}
    assert "enter" in {row["zone_in"] for row in rows if row["group"] == "in"}
    assert max(float(row["held_s"]) for row in rows) > 1.0
    assert (rows[25]["judged"], rows[25]["reason"], rows[25]["zone_in"]) == ("FALSE", "no_person", "")


def test_parquet_holds_the_same(export: Export, tape: Path, drops: Sequence[Pose]) -> None:
    """The Parquet file has the same rows, with types, nulls, and the tape's header as metadata."""
    parquet = pytest.importorskip("pyarrow.parquet")
    assert export(tape, "-o", tape.with_name("me.parquet"), "-e", "knee_drops", "-q") == (0, "", "")
    table = parquet.read_table(tape.with_name("me.parquet"))
    exercise = cli._load("knee_drops")
    assert [list(row.values()) for row in table.to_pylist()] == list(rows_of(drops, exercise))
    assert {name: str(table.schema.field(name).type) for name in ("t_s", "posture", "judged")} == {
        "t_s": "double",
        "posture": "string",
        "judged": "bool",
    }
    assert json.loads(table.schema.metadata[b"source"]) == "dehnen ü.mp4"


@dataclass(frozen=True, slots=True)
class Trc:
    """A TRC file as its specification reads it: header, marker names, times, and points (rows, markers, 3) or NaN."""

    header: dict[str, str]
    markers: list[str]
    times: list[float]
    points: np.ndarray[Any, np.dtype[np.float64]]


def read_trc(path: Path) -> Trc:
    """Read three lines of header, two of column names, a blank one, and a line a frame; all tab-separated."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t") == ["PathFileType", "4", "(X/Y/Z)", path.name]
    header = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    markers = lines[3].split("\t")[2::3]
    assert lines[3].startswith("Frame#\tTime\t")
    assert lines[4].split("\t")[2:5] == ["X1", "Y1", "Z1"]
    assert lines[4].endswith(f"\tZ{len(markers)}")
    assert lines[5] == ""
    cells = [line.split("\t") for line in lines[6:]]
    assert {len(row) for row in cells} == {2 + 3 * len(markers)} == {len(lines[4].split("\t"))}
    assert [int(row[0]) for row in cells] == list(range(1, len(cells) + 1))
    values = np.array([[float(x) if x else math.nan for x in row[2:]] for row in cells])
    return Trc(header, markers, [float(row[1]) for row in cells], values.reshape(len(cells), -1, 3))


def test_trc_has_markers_in_metres_at_a_constant_rate(export: Export, tape: Path, drops: Sequence[Pose]) -> None:
    """Header, units and rate are as the format asks for; y is up; who is not seen is blank."""
    assert export(tape, "-f", "trc", "-q") == (0, "", "")
    trc = read_trc(tape.with_name("me.trc"))
    rate, rows = float(trc.header["DataRate"]), len(trc.times)
    assert (trc.header["Units"], int(trc.header["NumFrames"]), int(trc.header["NumMarkers"])) == ("m", rows, 33)
    assert rate == rate_of([pose.t for pose in drops]) == pytest.approx(15, abs=0.01)
    assert trc.times == pytest.approx([i / rate for i in range(rows)], abs=1e-6)
    assert trc.markers == [landmark.name.lower() for landmark in Landmark]
    metres = drops[7].points_m
    assert metres is not None
    assert trc.points[7] == pytest.approx(metres * [1, -1, -1], abs=1e-3)
    blank = np.isnan(trc.points).all(axis=(1, 2))
    assert blank[20:30].all()
    assert not np.isnan(trc.points[~blank]).any()


def test_uneven_stamps_become_even(tmp_path: Path, drops: Sequence[Pose]) -> None:
    """At a variable rate the points are taken between the poses before and after; a long hole is left blank."""
    metres = drops[0].points_m
    assert metres is not None
    stamps = [5.0, 5.03, 5.1, 5.12, 5.2, 6.0, 6.1]
    poses = [replace(drops[0], t=t, points_m=metres + (t - 5.0)) for t in stamps]  # moves by 1 m/s in each axis
    assert write_trc(tmp_path / "a.trc", poses, stamps, 10.0) == 12
    trc = read_trc(tmp_path / "a.trc")
    assert trc.times == pytest.approx([i / 10 for i in range(12)])
    moved = trc.points - trc.points[0]
    for row in (0, 1, 2, 10, 11):
        assert moved[row] == pytest.approx(np.array([1, -1, -1]) * row / 10 + np.zeros((33, 3)), abs=2e-5)
    assert np.isnan(trc.points[3:10]).all()


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (("none.jsonl",), 3, "there is no file"),
        (("bad.jsonl",), 10, "is not a tape"),
        (("one.jsonl", "-f", "trc"), 11, "at least two poses"),
        (("empty.jsonl", "-f", "trc"), 8, "nobody was seen"),
        (("me.jsonl.gz", "-o", "me.txt"), 2, "does not tell the format: end it in .csv, .parquet, .trc or .json"),
        (("me.jsonl.gz", "-o", "me.jsonl.gz", "-f", "csv"), 2, "it would be overwritten"),
        (("me.jsonl.gz", "-o", "none/me.csv"), 6, "there is no folder none"),
        (("me.jsonl.gz", "--rate", "30"), 2, "--rate is for --format trc"),
        (("me.jsonl.gz", "-f", "trc", "--rate", "0"), 2, "above 0"),
        (("me.jsonl.gz", "-f", "trc", "-e", "knee_drops"), 2, "leave --exercise out"),
        (("me.jsonl.gz", "-e", "auto"), 2, "name of an exercise"),
        (("me.jsonl.gz", "-e", "knee_drop"), 4, "Did you mean knee_drops?"),
    ],
)
def test_what_cannot_be_done_is_said(
    export: Export,
    tape: Path,
    monkeypatch: pytest.MonkeyPatch,
    args: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    """Each mistake has one line and its exit code, and leaves no file behind."""
    monkeypatch.chdir(tape.parent)
    Path("bad.jsonl").write_text("{}\n", encoding="utf-8")
    for name, count in (("one", 1), ("empty", 5)):
        with TapeWriter(f"{name}.jsonl", HEADER) as writer:
            for i in range(count):
                writer.write(Pose.absent(i / 10, (640, 480)))
    before = sorted(Path().iterdir())
    found = export(*args)
    assert found[0] == code
    assert told in " ".join(found[2].split())
    assert found[2].count("\n") == 1
    assert sorted(Path().iterdir()) == before


def test_a_damaged_tape_leaves_no_half_table(export: Export, tape: Path) -> None:
    """Where the tape breaks in the middle the table that was there stays as it was."""
    plain = tape.with_name("broken.jsonl")
    with TapeWriter(plain, HEADER) as writer:
        for pose in knee_drops_set()[:20]:
            writer.write(pose)
    lines = plain.read_bytes().splitlines(keepends=True)
    plain.write_bytes(b"".join([*lines[:10], b"{}\n", *lines[10:]]))
    for ending in ("csv", "parquet", "trc"):
        pytest.importorskip("pyarrow")
        old = plain.with_suffix(f".{ending}")
        old.write_bytes(b"old")
        code, _, told = export(plain, "-f", ending)
        assert (code, old.read_bytes()) == (10, b"old")
        assert "line 11 is damaged" in told
    assert not list(tape.parent.glob(".*"))


def test_a_tape_that_was_cut_off_is_exported_up_to_there(export: Export, tape: Path) -> None:
    """What a crash left is written, with a warning."""
    data = tape.read_bytes()
    tape.write_bytes(data[: len(data) // 2])
    code, out, told = export(tape)
    assert code == 0
    assert "rows" in out
    assert "warning: me.jsonl.gz is cut off" in told
