"""Batches of tapes, from the command line to the tables: what is done is kept, what is broken stops nothing."""

from __future__ import annotations

import csv
import errno
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck import __version__, judge
from posecheck.batch import recording_job
from posecheck.batch.inputs import Found, Recording, find_recordings
from posecheck.batch.manifests import read_mark
from posecheck.batch.recording_job import Job
from posecheck.batch.run_batch import Workers, prepare, run_batch
from posecheck.batch.settings import Plan
from posecheck.batch.work_items import Outcome, State, Work
from posecheck.cli.app import main
from posecheck.detect.models import Model
from posecheck.errors import OutputError, UsageError
from posecheck.exercises import load_exercise
from posecheck.records import Frame, Pose
from posecheck.records.files import writing
from posecheck.report.json_csv import summary_dict
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import knee_drops_set
from tests.waiting import PATIENCE_S, ending, until

pytestmark = pytest.mark.system

HEADER = TapeHeader(__version__, "full", "0" * 64, "me.mp4", (640, 480))


@pytest.fixture(scope="module")
def drops() -> list[Pose]:
    """Two knee drops, in and out."""
    return knee_drops_set(("in", "out"), fps=15.0)


def write(path: Path, poses: Sequence[Pose]) -> Path:
    """A tape of poses."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with TapeWriter(path, HEADER) as tape:
        for pose in poses:
            tape.write(pose)
    return path


@pytest.fixture
def clips(tmp_path: Path, drops: Sequence[Pose]) -> Path:
    """A folder with two good tapes and one broken video."""
    folder = tmp_path / "clips"
    write(folder / "a.jsonl.gz", drops)
    write(folder / "deep" / "b.jsonl", drops[: len(drops) // 2])
    (folder / "broken.mp4").write_bytes(b"no video")
    return folder


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """The command line in this process: exit code, standard output, standard error."""

    def call(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["posecheck", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return call


def rows(path: Path) -> list[dict[str, str]]:
    """A table's rows."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def plan_for(out: Path, **changes: Any) -> Plan:
    """A plan for knee drops into `out`, which is made ready."""
    prepare(out, resume=True)
    return replace(Plan(load_exercise("knee_drops"), out, "full", ""), **changes)


def do(plan: Plan, where: Path | str, name: str = "me") -> Outcome:
    """One recording, judged in this process."""
    return Job(plan)(Work(Recording(str(where), name)))


def test_a_folder_becomes_reports_and_tables(clips: Path, run: Any, tmp_path: Path) -> None:
    """The reports are those of judge; the broken one is told at the end, in a row of its own, by the exit code."""
    out = tmp_path / "out"
    code, text, err = run("batch", clips, "-e", "knee_drops", "--out", out, "--jobs", 2)
    assert code == 12
    assert "2 judged, 1 not judged, of 3" in text
    assert "broken: " in err
    assert "is not a video that can be read" in err
    report = json.loads((out / "a.json").read_text(encoding="utf-8"))
    assert report == summary_dict(judge(clips / "a.jsonl.gz", "knee_drops"))
    table = {row["recording"]: row for row in rows(out / "recordings.csv")}
    assert list(table) == ["a", "broken", "deep/b"]
    assert (table["a"]["counts"], table["a"]["counted"], table["a"]["complete"]) == (
        "in 1 of 5, out 1 of 5",
        "2",
        "FALSE",
    )
    assert (table["broken"]["counted"], "not a video" in table["broken"]["problem"]) == ("", True)
    repetitions = [(r["recording"], r["group"], r["counted"]) for r in rows(out / "repetitions.csv")]
    assert repetitions[:2] == [("a", "in", "TRUE"), ("a", "out", "TRUE")]


def test_the_parquet_tables_hold_the_same(clips: Path, tmp_path: Path) -> None:
    """Plain columns with the types that pandas and R expect; what is missing is null."""
    parquet = pytest.importorskip("pyarrow.parquet")
    plan = plan_for(tmp_path / "out")
    run_batch(find_recordings([str(clips)]), plan, None, Workers(1))
    table = parquet.read_table(tmp_path / "out" / "recordings.parquet")
    kinds = {field.name: str(field.type) for field in table.schema}
    assert (kinds["complete"], kinds["counted"], kinds["duration_s"], kinds["recording"]) == (
        "bool",
        "int64",
        "double",
        "string",
    )
    assert table.column("counted").to_pylist() == [2, None, 1]
    for name in ("recordings", "repetitions"):
        plain = rows(tmp_path / "out" / f"{name}.csv")
        rich = parquet.read_table(tmp_path / "out" / f"{name}.parquet").to_pylist()
        assert [[as_text(v) for v in row.values()] for row in rich] == [list(row.values()) for row in plain]


def as_text(value: object) -> str:
    """A cell as the CSV has it."""
    return "" if value is None else str(value).upper() if isinstance(value, bool) else str(value)


def test_without_pyarrow_the_csv_is_written_and_the_remedy_told(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parquet is an extra."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    _, tables = run_batch(find_recordings([str(clips)]), plan_for(tmp_path / "out"), None, Workers(1))
    assert tables.no_parquet is not None
    assert "pip install 'posecheck[parquet]'" in tables.no_parquet
    assert len(rows(tables.recordings)) == 3
    assert not tables.recordings.with_suffix(".parquet").exists()


def test_a_folder_that_holds_something_is_not_overwritten(clips: Path, run: Any, tmp_path: Path) -> None:
    """Neither an earlier batch, unless it is to be resumed, nor anything else."""
    out = tmp_path / "out"
    assert run("batch", clips / "a.jsonl.gz", "-e", "knee_drops", "--out", out, "-q")[0] == 0
    code, _, err = run("batch", clips, "--out", out)
    assert code == 2
    assert "give --resume to go on with it" in err
    code, _, err = run("batch", clips, "--out", clips, "--resume")
    assert code == 2
    assert "no batch was written to it" in err
    code, text, _ = run("batch", clips, "-e", "knee_drops", "--out", out, "--resume")
    assert code == 12
    assert "1 judged, 1 kept from before, 1 not judged" in text


def test_what_is_done_is_kept_and_what_changed_is_done_again(drops: Sequence[Pose], tmp_path: Path) -> None:
    """Done means: the same content, exercise, model and options, and every output as it was written."""
    tape, out = write(tmp_path / "me.jsonl", drops), tmp_path / "out"
    plan = plan_for(out, resume=True)
    assert do(plan, tape).state is State.JUDGED
    assert do(plan, tape).state is State.KEPT
    tape.touch()  # another time, the same content
    assert do(plan, tape).state is State.KEPT
    moved = tape.rename(tmp_path / "moved.jsonl")
    assert do(plan, moved).state is State.KEPT
    (out / "me.json").write_text("{}", encoding="utf-8")
    assert do(plan, moved).state is State.JUDGED
    (out / "me.json").unlink()
    assert do(plan, moved).state is State.JUDGED
    write(moved, drops[:-5])
    assert do(plan, moved).state is State.JUDGED
    other = load_exercise("knee_drops").model_copy(update={"title": "Another"})
    for changed in (replace(plan, exercise=other), replace(plan, model_sha256="1"), replace(plan, tapes=True)):
        assert do(changed, moved).state is State.JUDGED
        assert do(changed, moved).state is State.KEPT


def test_without_resume_everything_is_judged(drops: Sequence[Pose], tmp_path: Path) -> None:
    """The mark of an earlier run is not looked at."""
    tape, plan = write(tmp_path / "me.jsonl", drops), plan_for(tmp_path / "out")
    assert [do(plan, tape).state for _ in range(2)] == [State.JUDGED, State.JUDGED]


def test_a_recording_that_changes_while_it_is_read_is_noticed(
    drops: Sequence[Pose], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gets no report, and is judged by the next run."""
    tape, plan = write(tmp_path / "me.jsonl", drops), plan_for(tmp_path / "out", resume=True)
    finish = recording_job._finished

    def meddle(run: Any) -> Any:
        summary = finish(run)
        with tape.open("ab") as file:
            file.write(b"\n")
        return summary

    with monkeypatch.context() as patch:
        patch.setattr(recording_job, "_finished", meddle)
        outcome = do(plan, tape)
    assert outcome.state is State.FAILED
    assert outcome.problem is not None
    assert "changed while it was read" in outcome.problem
    assert not (plan.out / "me.json").exists()
    write(tape, drops)
    assert do(plan, tape).state is State.JUDGED


def test_a_full_disk_ends_the_batch_and_resume_goes_on(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told as it is; what was whole stays whole, and nothing half-written is left."""
    plan = plan_for(tmp_path / "out", resume=True)
    assert do(plan, clips / "a.jsonl.gz", "a").state is State.JUDGED

    def full(path: Path, _data: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    def write_json(path: Path, data: object) -> None:
        with writing(path):
            full(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(recording_job, "write_json", write_json)
        outcome = do(plan, clips / "deep" / "b.jsonl", "deep/b")
    assert outcome.fatal
    assert outcome.exit_code == OutputError.exit_code
    assert outcome.problem is not None
    assert "no space left on device; free some space" in outcome.problem
    assert read_mark(plan.out, Recording("", "deep/b")) is None
    assert not list((plan.out / ".posecheck" / "parts").iterdir())
    states = [do(plan, clips / "a.jsonl.gz", "a").state, do(plan, clips / "deep" / "b.jsonl", "deep/b").state]
    assert states == [State.KEPT, State.JUDGED]


def test_a_recording_that_shows_nobody_keeps_its_report_and_is_told(tmp_path: Path) -> None:
    """It is not judged again by the next run, and told again."""
    absent = [Pose.absent(i / 15, (640, 480)) for i in range(30)]
    tape, plan = write(tmp_path / "me.jsonl", absent), plan_for(tmp_path / "out", resume=True)
    first, second = do(plan, tape), do(plan, tape)
    assert (first.state, second.state) == (State.JUDGED, State.KEPT)
    assert first.problem == second.problem
    assert first.problem is not None
    assert "nobody was seen" in first.problem
    assert first.exit_code == second.exit_code == 8
    assert (plan.out / "me.json").is_file()


def test_whatever_a_recording_does_is_an_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, damaged, a folder, a live routine, a fault of ours: each is told, nothing is raised."""
    plan = plan_for(tmp_path / "out")
    damaged = tmp_path / "damaged.jsonl.gz"
    damaged.write_bytes(gzip.compress(b"not a tape\n"))
    routine = tmp_path / "live.jsonl"
    with TapeWriter(routine, replace(HEADER, routine="daily")):
        pass
    problems = [do(plan, path).problem or "" for path in (tmp_path / "gone.mp4", damaged, tmp_path, routine)]
    for problem, words in zip(problems, ("cannot read", "is not a tape", "is a folder", "live routine"), strict=True):
        assert words in problem

    def break_down(_run: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(recording_job, "_finished", break_down)
    good = write(tmp_path / "good.jsonl", [Pose.absent(0.0)])
    outcome = do(plan, good)
    assert outcome.problem is not None
    assert "ZeroDivisionError: oh (a fault of posecheck" in outcome.problem

    def take_away(_run: object) -> None:
        good.unlink()
        good.stat()

    monkeypatch.setattr(recording_job, "_finished", take_away)
    outcome = do(plan, good)
    assert (outcome.exit_code, outcome.fatal) == (3, False)
    assert outcome.problem == f"cannot use {good}: no such file or directory"


def test_a_worker_that_does_not_see_the_folder_says_so(drops: Sequence[Pose], tmp_path: Path) -> None:
    """On a cluster the output folder must be on a disk that all share."""
    plan = Plan(load_exercise("knee_drops"), tmp_path / "elsewhere", "full", "")
    outcome = do(plan, write(tmp_path / "me.jsonl", drops))
    assert outcome.fatal
    assert outcome.problem is not None
    assert "does not see the folder" in outcome.problem


def test_the_tables_hold_what_is_done_after_a_stop(clips: Path, tmp_path: Path) -> None:
    """After Ctrl-C there is a row for each recording that has ended under this plan, and for no other."""
    out = tmp_path / "out"
    old = plan_for(out, tapes=True)
    assert do(old, clips / "deep" / "b.jsonl", "deep/b").state is State.JUDGED
    found = find_recordings([str(clips)])
    begun: list[int] = []
    tally, tables = run_batch(
        found, plan_for(out), None, Workers(1), stop=lambda: bool(begun), show=lambda tally, _: begun.append(tally.done)
    )
    assert tally.stopped
    assert [row["recording"] for row in rows(tables.recordings)] == [r.name for r in found.recordings][: tally.done]
    assert 1 <= tally.done < 3


@pytest.mark.skipif(os.name == "nt", reason="signals as on Linux and macOS")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_ctrl_c_in_a_terminal_ends_cleanly_and_resume_goes_on(
    drops: Sequence[Pose], run: Any, tmp_path: Path, name: str
) -> None:
    """The whole process group gets the signal, as from a terminal: no trace, tables of what is done, exit code 130."""
    first = write(tmp_path / "clips" / "0.jsonl", drops).read_bytes()
    for number in range(1, 400):
        (tmp_path / "clips" / f"{number}.jsonl").write_bytes(first)
    args = ["batch", str(tmp_path / "clips"), "-e", "knee_drops", "--out", str(tmp_path / "out"), "--jobs", "2"]
    with ending(
        subprocess.Popen(
            [sys.executable, "-m", "posecheck", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    ) as process:
        until(lambda: list(tmp_path.glob("out/*.json")), "a first report")
        os.killpg(process.pid, getattr(signal, name))
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert "with --resume to go on" in err
    assert "Traceback" not in err
    done = len(rows(tmp_path / "out" / "recordings.csv"))
    assert 1 <= done < 400
    for extra in list((tmp_path / "clips").glob("*.jsonl"))[done + 20 :]:
        extra.unlink()
    code, text, _ = run(*args, "--resume")
    assert code == 0
    assert " kept from before" in text
    assert not list(tmp_path.glob("out/.posecheck/parts/*"))


def test_a_folder_of_tapes_is_judged_in_parallel(clips: Path, run: Any, tmp_path: Path) -> None:
    """Videos in it are left alone; with --out the reports are kept, and a second run judges anew."""
    code, text, _ = run("judge", clips, "-e", "knee_drops", "--jobs", 2)
    assert code == 0
    assert "2 judged, of 2" in text
    for _ in range(2):
        assert run("judge", clips, "-e", "knee_drops", "--out", tmp_path / "out", "-q")[0] == 0
    assert len(rows(tmp_path / "out" / "recordings.csv")) == 2
    code, _, err = run("judge", clips, "--json", tmp_path / "r.json")
    assert code == 2
    assert "is a folder" in err
    code, _, err = run("judge", clips / "a.jsonl.gz", "--jobs", 2)
    assert code == 2
    assert "are for a folder" in err


def test_only_a_whole_video_is_cut(run: Any) -> None:
    """A part of one is not."""
    code, _, err = run("replay", "me.mp4", "-e", "knee_drops", "--jobs", 2, "--from", 3)
    assert code == 2
    assert "--jobs judges a whole video" in err


def test_the_output_folder_must_be_one(tmp_path: Path) -> None:
    """A file in its place is told; an empty folder is taken; an attempt that began nothing leaves no trace."""
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is a file"):
        prepare(tmp_path / "file", resume=False)
    for _ in range(2):
        prepare(tmp_path / "new" / "out", resume=False)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").touch()
    with pytest.raises(UsageError, match="not empty"):
        prepare(tmp_path / "other", resume=True)


def test_nothing_found_is_nothing_done(tmp_path: Path) -> None:
    """Empty tables still have their headings."""
    tally, tables = run_batch(Found(()), plan_for(tmp_path / "out"), None, Workers(1))
    assert tally.done == 0
    assert tables.repetitions.read_text(encoding="utf-8").startswith("recording,exercise,number")


def test_the_detector_for_single_pictures_is_made_once_and_lent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It serves recording after recording, two at a time get one each, and no tracker is lent to the next."""
    made: list[str] = []

    class Looking:
        def __init__(self, _: Model, *, mode: str = "video") -> None:
            made.append(mode)

        def detect(self, frame: Frame) -> Pose:
            return Pose.absent(frame.t)

    monkeypatch.setattr(recording_job, "Detector", Looking)
    model = Model("full", "0" * 64, 0, tmp_path / "full.task", b"")
    job = Job(Plan(load_exercise("knee_drops"), tmp_path, "full", "0" * 64), model)
    for _ in range(3):
        with job._detector(model, "image") as lent:
            assert not lent.detect(Frame(0, 0.0, np.zeros((2, 2, 3), np.uint8))).present
        lent.close()  # again: it is given back once
    assert made == ["image"]
    first, second = job._detector(model, "image"), job._detector(model, "image")
    first.close()
    second.close()
    assert made == ["image", "image"]
    job._detector(model, "video")
    job._detector(model, "video")
    assert made[2:] == ["video", "video"]
