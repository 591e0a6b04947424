"""The report as other programs read it: JSON in the published shape, CSV with a row a frame."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from posecheck import __version__
from posecheck.errors import OutputError
from posecheck.exercises import load_exercise
from posecheck.judging.session import Session
from posecheck.measure import measure
from posecheck.records import Pose, Signal, Step, Summary
from posecheck.records.tables import csv_table
from posecheck.report.json_csv import CsvWriter, measurement_dict, routine_dict, summary_dict, write_json
from posecheck.report.table import columns_of, rows_of
from posecheck.testing import dropped_out, half_kneeling, make_pose, ninety_ninety_set

# issue 1, "The JSON report has exactly this shape": keys may be added, none removed
SHAPE: dict[str, type | tuple[type, ...]] = {
    "schema": int,
    "posecheck": str,
    "exercise": str,
    "source": str,
    "duration_s": float,
    "frames": int,
    "frames_with_pose": int,
    "judged_s": float,
    "repetitions": list,
    "counts": dict,
    "goal": dict,
    "complete": bool,
    "cues": list,
    "not_judged": list,
    "other_postures": dict,
}
REPETITION: dict[str, type | tuple[type, ...]] = {
    "number": int,
    "group": str,
    "start_s": float,
    "end_s": float,
    "held_s": float,
    "counted": bool,
    "reason": (str, type(None)),
}
CUE: dict[str, type | tuple[type, ...]] = {"cue": str, "text": str, "start_s": float, "end_s": float}
NOT_JUDGED: dict[str, type | tuple[type, ...]] = {"reason": str, "start_s": float, "end_s": float}


@cache
def run() -> tuple[list[Step], Summary]:
    """A short set with a counted hold, a short one, a cue and a stretch without a person."""
    good = ninety_ninety_set(("right",))
    later = [replace(p, t=p.t + good[-1].t + 0.1) for p in ninety_ninety_set(("left",), hold_s=4)]
    session = Session(load_exercise("ninety_ninety"), "übung.mp4")
    steps = [session.feed(pose) for pose in dropped_out([*good, *later], (15.0, 16.0))]
    return steps, session.summary()


def has_shape(data: dict[str, Any], shape: dict[str, type | tuple[type, ...]]) -> None:
    for key, kind in shape.items():
        assert key in data
        assert isinstance(data[key], kind), key
        assert isinstance(data[key], bool) is (kind is bool), key


def test_a_table_of_frames_ends_at_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first rows are there, and it is told."""
    monkeypatch.setattr("posecheck.report.json_csv.MOST_ROWS", 5)
    steps = run()[0][:7]
    with CsvWriter(tmp_path / "frames.csv") as table:
        for step in steps[:5]:
            table.write(step)
        assert table.warning is None
        for step in steps[5:]:
            table.write(step)
    assert table.warning == "the table of --csv has the first 5 rows; more are not written"
    assert len((tmp_path / "frames.csv").read_text(encoding="utf-8").splitlines()) == 1 + 5


def test_the_json_has_the_published_shape(tmp_path: Path) -> None:
    """Every key is there with its type, in lists too, after a way through a file."""
    path = tmp_path / "report.json"
    write_json(path, summary_dict(run()[1]))
    data = json.loads(path.read_text(encoding="utf-8"))
    has_shape(data, SHAPE)
    for key, shape in (("repetitions", REPETITION), ("cues", CUE), ("not_judged", NOT_JUDGED)):
        assert data[key], f"the example has no {key}"
        for item in data[key]:
            has_shape(item, shape)


def test_the_json_says_what_the_summary_says() -> None:
    """Values are those of the summary, times rounded to milliseconds."""
    summary = run()[1]
    data = summary_dict(summary)
    assert (data["schema"], data["posecheck"], data["exercise"]) == (1, __version__, "ninety_ninety")
    assert (data["source"], data["counts"], data["goal"]) == (
        "übung.mp4",
        {"left": 0, "right": 1},
        {"left": 2, "right": 2},
    )
    assert [r["reason"] for r in data["repetitions"]] == [None, "too_short"]
    for item, repetition in zip(data["repetitions"], summary.repetitions, strict=True):
        assert item["held_s"] == pytest.approx(repetition.held_s, abs=0.0005)
        assert item["held_s"] == round(item["held_s"], 3)
    assert data["other_postures"]["standing"] == pytest.approx(summary.other_postures["standing"], abs=0.0005)


def test_a_report_without_anything_is_whole() -> None:
    """An empty session has all keys, with empty lists."""
    data = summary_dict(Session(load_exercise("knee_drops")).summary())
    has_shape(data, SHAPE)
    assert (data["repetitions"], data["cues"], data["not_judged"]) == ([], [], [])


def test_json_has_no_numbers_that_are_none() -> None:
    """Not-a-number is refused instead of written as something that JSON does not have."""
    with pytest.raises(ValueError, match="JSON"):
        write_json("never-written.json", {"x": float("nan")})


def test_the_csv_has_a_row_a_frame(tmp_path: Path) -> None:
    """One row for each step, read back with the standard library: time, phase and every signal with its confidence."""
    path = tmp_path / "frames.csv"
    steps = run()[0]
    with CsvWriter(path) as table:
        for step in steps:
            table.write(step)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(steps)
    assert {"t_s", "phase", *(f"{s}_confidence" for s in Signal)} <= set(rows[0])
    assert all(None not in row and None not in row.values() for row in rows)
    for row, step in zip(rows, steps, strict=True):
        assert float(row["t_s"]) == step.pose.t
        assert row["phase"] == step.progress.phase
        reading = step.measurement.image.get(Signal.TRUNK_LEAN)
        if reading is None:
            assert row["trunk_lean_deg"] == row["trunk_lean_confidence"] == ""
            assert (row["judged"], row["reason"]) == ("FALSE", "no_person")
        else:
            assert float(row["trunk_lean_deg"]) == pytest.approx(reading.value, abs=1e-4)
            assert float(row["trunk_lean_confidence"]) == pytest.approx(reading.confidence, abs=1e-3)


def test_the_csv_is_the_exported_one_without_landmarks_and_zones(tmp_path: Path) -> None:
    """What `replay --csv` writes has the names and the cells that `export --exercise` has for the same frames."""
    poses, exercise = ninety_ninety_set(("right",)), load_exercise("ninety_ninety")
    session = Session(exercise)
    with CsvWriter(tmp_path / "frames.csv") as table:
        for pose in poses:
            table.write(session.feed(pose))
    with csv_table(tmp_path / "exported.csv", columns_of(exercise)) as write:
        for row in rows_of(poses, exercise):
            write(row)
    frames, exported = (
        list(csv.DictReader((tmp_path / name).read_text(encoding="utf-8").splitlines()))
        for name in ("frames.csv", "exported.csv")
    )
    assert "hold" in {row["phase"] for row in frames}
    assert frames == [{name: row[name] for name in frames[0]} for row in exported]
    left_out = set(exported[0]) - set(frames[0])
    assert all(name.startswith("zone_") or name.endswith(("_px", "_m", "_visibility")) for name in left_out)


def test_an_error_keeps_the_rows_before_it(tmp_path: Path) -> None:
    """Rows that were judged before an error are kept; without any the file that was there stays."""
    path = tmp_path / "frames.csv"
    path.write_text("old", encoding="utf-8")
    step = run()[0][0]

    def fail(*steps: Step) -> None:
        with CsvWriter(path) as table:
            for one in steps:
                table.write(one)
            raise RuntimeError("consumer")

    with pytest.raises(RuntimeError, match="consumer"):
        fail()
    assert path.read_text(encoding="utf-8") == "old"
    with pytest.raises(RuntimeError, match="consumer"):
        fail(step, step)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    assert list(tmp_path.iterdir()) == [path]


def test_a_csv_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder in place of the file is an output error, before any work."""
    with pytest.raises(OutputError):
        CsvWriter(tmp_path)


def test_a_photograph_as_data() -> None:
    """The measurement of one picture has posture, view and each signal in both planes."""
    data = measurement_dict("a.jpg", measure(make_pose(half_kneeling())), None)
    assert (data["source"], data["posture"], data["front_leg"], data["reason"]) == (
        "a.jpg",
        "half_kneeling",
        "left",
        None,
    )
    assert data["view"]["yaw_deg"] == 90.0
    assert data["signals"]["left_knee_flexion"]["confidence"] == 0.95
    assert data["signals"]["left_knee_flexion"]["world"] == pytest.approx(90)
    nobody = measurement_dict("b.jpg", measure(Pose.absent(0.0)), "no_person")
    assert (nobody["view"], nobody["signals"], nobody["reason"]) == (None, {}, "no_person")
    json.dumps(data, allow_nan=False)


def test_a_routine_is_its_name_and_its_sets() -> None:
    """The report of a routine holds that of each set, in order, in the shape they have alone."""
    sets = [Session(load_exercise(name)).summary() for name in ("side_bend", "knee_drops")]
    report = routine_dict("mine", sets)
    assert report == {"schema": 1, "routine": "mine", "sets": [summary_dict(one) for one in sets]}
    assert [one["exercise"] for one in report["sets"]] == ["side_bend", "knee_drops"]
