"""Expectation files: what is compared, with which tolerance, and what is said when it differs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from posecheck.cli import app as cli
from posecheck.errors import ExerciseError, FormatError, InputError, OutputError
from posecheck.expectation import (
    Expectation,
    compare,
    expectation_text,
    is_tape,
    listed,
    load_expectation,
    run_expectation,
)
from posecheck.records import Pose, Repetition, Summary
from posecheck.records.folders import data_dir
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import judged, knee_drops_set, ninety_ninety_set

GOOD = 'schema = 1\nrecording = "me.jsonl.gz"\nexercise = "knee_drops"\n'


def write_tape(path: Path, poses: list[Pose]) -> Path:
    """A tape of these poses."""
    with TapeWriter(path, TapeHeader("0", "made", "0", path.name, (640, 480))) as writer:
        for pose in poses:
            writer.write(pose)
    return path


@pytest.fixture(scope="module")
def drops() -> list[Pose]:
    """One drop in, one out, and one in that is let go too soon."""
    first = knee_drops_set(("in", "out"))
    later = [Pose(p.t + first[-1].t + 0.1, p.size, p.points_px, p.points_m, p.visibility) for p in short()]
    return [*first, *later]


def short() -> list[Pose]:
    return knee_drops_set(("in",), hold_s=0.3)


@pytest.fixture
def folder(tmp_path: Path, drops: list[Pose]) -> Path:
    """A folder with the tape in it."""
    write_tape(tmp_path / "me.jsonl.gz", drops)
    return tmp_path


def run_cli(monkeypatch: pytest.MonkeyPatch, *args: object) -> int:
    """The exit code of a command."""
    monkeypatch.setattr("sys.argv", ["posecheck", *(str(a) for a in args)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def expected(**values: Any) -> Expectation:
    """An expectation of knee drops."""
    return Expectation.model_validate({"schema": 1, "recording": "x", "exercise": "knee_drops", **values})


def summary_of(*repetitions: tuple[str, float, float, str | None]) -> Summary:
    """A report with these repetitions: group, start, held, reason."""
    found = tuple(
        Repetition(i, group, start, start + held, held, reason is None, reason, reason)
        for i, (group, start, held, reason) in enumerate(repetitions, 1)
    )
    counts = {group: sum(r.counted and r.group == group for r in found) for group in ("in", "out")}
    goal = {"in": 1, "out": 1}
    return Summary("0", "knee_drops", "x", 20.0, 1, 1, 20.0, found, counts, goal, counts == goal, (), ())


# ---- comparing


def test_a_long_time_in_another_posture_is_in_the_words_of_an_assertion() -> None:
    """An author who forgot a posture reads it where a test fails; a few seconds of standing are no matter."""
    plain = summary_of(("in", 4.0, 3.0, None))
    assert "posture_also" not in listed(plain)
    doubtful = replace(plain, other_postures={"floor_sitting": 31.2, "standing": 4.0})
    assert listed(doubtful).endswith("31 s read as sitting on the floor; posture_also?")


def test_what_is_as_expected_gives_no_line() -> None:
    """Counts, completeness and repetitions within a second are as expected."""
    wanted = expected(
        complete=True,
        counts={"in": 1, "out": 1},
        repetitions=[{"group": "in", "start_s": 3.0, "held_s": 3.0}, {"group": "out", "start_s": 8.0, "held_s": 3.0}],
    )
    assert compare(wanted, summary_of(("in", 3.9, 2.1, None), ("out", 7.1, 3.9, None))) == ()


def test_every_difference_has_its_line() -> None:
    """Each difference names the key, what was found and what was expected; then everything logged is listed."""
    wanted = expected(
        complete=True,
        counts={"in": 1},
        repetitions=[{"group": "in", "start_s": 3.0, "held_s": 3.0, "reason": "partial"}],
    )
    found = summary_of(("in", 3.5, 5.0, None), ("out", 9.0, 1.0, "too_short"), ("in", 15.0, 3.0, None))
    assert compare(wanted, found) == (
        "counts.in: 2, expected 1",
        "complete: not complete, expected complete",
        "repetition 1 (in, 3.5 s): counted, expected partial",
        "repetition 1 (in, 3.5 s): held 5.00 s, expected 3 ± 1 s",
        "not expected: 2 out 9.00-10.00 s held 1.00 s too_short",
        "not expected: 3 in 15.00-18.00 s held 3.00 s counted",
        "logged: 1 in 3.50-8.50 s held 5.00 s counted; 2 out 9.00-10.00 s held 1.00 s too_short; "
        "3 in 15.00-18.00 s held 3.00 s counted",
    )


def test_a_group_left_out_is_expected_to_count_none() -> None:
    """[counts] stands for all groups."""
    assert compare(expected(counts={"in": 1}), summary_of(("in", 1, 3, None), ("out", 9, 3, None)))[0] == (
        "counts.out: 1, expected 0"
    )


@pytest.mark.parametrize(("tolerance", "same"), [({"counts": 0}, False), ({"counts": 1}, True)])
def test_the_tolerance_of_counts_spares_one_repetition(tolerance: dict[str, int], same: bool) -> None:
    """With counts = 1 one repetition of a group may be missing, or be there in addition; without, it may not."""
    wanted = expected(
        counts={"in": 1, "out": 1},
        repetitions=[{"group": "in", "start_s": 3.0}, {"group": "out", "start_s": 8.0}],
        tolerance=tolerance,
    )
    assert (compare(wanted, summary_of(("in", 3.0, 3.0, None))) == ()) is same
    more = summary_of(("in", 3.0, 3.0, None), ("out", 8.0, 3.0, None), ("in", 12.0, 3.0, None))
    assert (compare(wanted, more) == ()) is same


def test_repetitions_without_times_are_paired_in_order() -> None:
    """Where no beginning is given the next one of the group is compared."""
    wanted = expected(repetitions=[{"group": "in"}, {"group": "in", "reason": "partial"}])
    assert compare(wanted, summary_of(("in", 3.0, 3.0, None), ("in", 8.0, 1.0, "partial"))) == ()
    assert "repetition 1 (in, 3.0 s): partial" in compare(wanted, summary_of(("in", 3.0, 1.0, "partial")))[0]


def test_a_wide_tolerance_pairs_the_nearest() -> None:
    """Of two that are near enough the nearer one is compared."""
    wanted = expected(repetitions=[{"group": "in", "start_s": 8.0, "held_s": 2.0}], tolerance={"start_s": 10})
    lines = compare(wanted, summary_of(("in", 3.0, 9.0, None), ("in", 7.0, 2.0, None)))
    assert lines[0] == "not expected: 1 in 3.00-12.00 s held 9.00 s counted"


# ---- reading


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("schema = 2\ncomplete = true\n" + GOOD.partition("\n")[2], "schema: Input should be 1"),
        (GOOD, "nothing is expected"),
        (GOOD + "complete = 1.5", "complete: "),
        (GOOD + "complete = true\nform_s = 3", r"form_s: no such key; allowed: schema, recording, .*from_s"),
        (GOOD + "[counts]\nin = -1", r"counts\.in: .*greater than or equal to 0"),
        (GOOD + "[counts]\nin = 1\n[tolerance]\nheld = 2", r"tolerance\.held: no such key; allowed: counts, held_s"),
        (GOOD + '[[repetitions]]\nheld_s = "long"', r"repetitions\.0\.group: Field required; repetitions\.0\.held_s"),
        (GOOD + "complete = true\nfrom_s = 5\nto_s = 4", "`to_s` must come after `from_s`"),
        (GOOD + "complete = true\nfrom_s = nan", "from_s: "),
        ("schema = ", "is not valid TOML"),
    ],
)
def test_a_file_that_is_not_valid_names_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    """Each mistake is answered with the file, the key, and what is allowed."""
    path = tmp_path / "me.posecheck.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=says) as told:
        load_expectation(path)
    assert str(path) in str(told.value)


def test_what_is_missing_is_named(folder: Path) -> None:
    """A missing recording, an unknown exercise and a group that it has not are told with file and key."""
    path = folder / "x.posecheck.toml"
    path.write_text(GOOD.replace("me.jsonl", "you.jsonl") + "complete = true", encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.posecheck\.toml: recording: there is no file .*you\.jsonl\.gz"):
        run_expectation(path)
    path.write_text(GOOD.replace("knee_drops", "knee_drop") + "complete = true", encoding="utf-8")
    with pytest.raises(ExerciseError, match=r"x\.posecheck\.toml: exercise: .*Did you mean knee_drops"):
        run_expectation(path)
    path.write_text(GOOD + '[[repetitions]]\ngroup = "up"', encoding="utf-8")
    with pytest.raises(FormatError, match=r"x\.posecheck\.toml: repetitions\.0\.group: 'up' is not one of in, out"):
        run_expectation(path)


def test_a_tape_is_told_from_a_video(folder: Path) -> None:
    """By content where there is one, whatever the name; by the name where there is none."""
    assert is_tape(folder / "me.jsonl.gz")
    (folder / "me.jsonl.gz").rename(folder / "film.mp4")
    assert is_tape(folder / "film.mp4")
    assert not is_tape(data_dir("samples") / "knee_drops.mp4")
    assert is_tape(folder / "none.jsonl")
    assert not is_tape(folder / "none.mp4")


# ---- writing


def test_what_is_written_is_read_and_met(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command writes a file beside the tape that the same tape meets, and says what a person should look at."""
    assert run_cli(monkeypatch, "expect", folder / "me.jsonl.gz", "-e", "knee_drops", "--quiet") == 0
    path = folder / "me.posecheck.toml"
    told = capsys.readouterr().out
    assert "in 1, out 1: is that what was done?" in told
    assert re.search(r"repetition 3 +in at \d+\.\d s, partial: is it right to refuse it\?", told)
    wanted = load_expectation(path)
    assert (wanted.recording, wanted.exercise, wanted.counts) == ("me.jsonl.gz", "knee_drops", {"in": 1, "out": 1})
    assert wanted.repetitions is not None
    assert [r.reason for r in wanted.repetitions] == [None, None, "partial"]
    assert run_expectation(path) == ()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("in = 1", "in = 2"), encoding="utf-8")
    assert run_expectation(path)[0] == "counts.in: 1, expected 2"


def test_a_file_that_is_there_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --force a reviewed file is not overwritten; with it, it is."""
    path = folder / "me.posecheck.toml"
    path.write_text("reviewed", encoding="utf-8")
    command = ("expect", folder / "me.jsonl.gz", "-e", "knee_drops", "--quiet")
    assert run_cli(monkeypatch, *command) == 2
    assert "give --force" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "reviewed"
    assert run_cli(monkeypatch, *command, "--force") == 0
    assert run_expectation(path) == ()


def test_a_part_and_another_folder_are_written_down(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--from and --to are in the file, and the path of the tape is relative to where the file is."""
    (folder / "tests").mkdir()
    out = folder / "tests" / "part.posecheck.toml"
    code = run_cli(
        *(monkeypatch, "expect", folder / "me.jsonl.gz", "-e", "knee_drops", "-q"),
        *("--out", out, "--from", "0", "--to", "7.5"),
    )
    assert code == 0
    wanted = load_expectation(out)
    assert (wanted.recording, wanted.from_s, wanted.to_s) == ("../me.jsonl.gz", 0.0, 7.5)
    assert wanted.counts == {"in": 1, "out": 0}
    assert run_expectation(out) == ()


@pytest.mark.parametrize(
    ("extra", "says"),
    [(("--out", "x.toml"), "its name must end in .posecheck.toml"), (("--tape", "y.jsonl"), "is a tape already")],
)
def test_what_cannot_be_written_is_refused_first(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    extra: tuple[str, str],
    says: str,
) -> None:
    """A name that pytest would not find, and a tape of a tape, are refused before the work, and nothing is written."""
    monkeypatch.chdir(folder)
    assert run_cli(monkeypatch, "expect", "me.jsonl.gz", "-e", "knee_drops", *extra) == 2
    assert says in capsys.readouterr().err
    assert [p.name for p in folder.iterdir()] == ["me.jsonl.gz"]


def test_nobody_seen_is_nothing_to_expect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tape without anybody gives no file."""
    write_tape(tmp_path / "empty.jsonl", [Pose.absent(i / 10) for i in range(20)])
    assert run_cli(monkeypatch, "expect", tmp_path / "empty.jsonl", "-e", "knee_drops", "-q") == 8
    assert not (tmp_path / "empty.posecheck.toml").exists()


def test_an_own_exercise_is_written_as_a_path(tmp_path: Path) -> None:
    """The file of one's own exercise is named relative to the expectation file, and odd names survive TOML."""
    summary = judged(ninety_ninety_set(("right",)), "ninety_ninety")
    path = tmp_path / "tests" / "a.posecheck.toml"
    text = expectation_text(path, tmp_path / 'my "best" é.mp4', str(tmp_path / "my.toml"), summary, model="heavy")
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    wanted = load_expectation(path)
    assert (wanted.recording, wanted.exercise, wanted.model) == ('../my "best" é.mp4', "../my.toml", "heavy")
    with pytest.raises(OutputError, match="cannot be written in a TOML file: rename it"):
        expectation_text(path, tmp_path / "\udcff.mp4", "knee_drops", summary)


def test_no_attempt_is_expected_as_none(tmp_path: Path) -> None:
    """A recording in which nothing was tried expects an empty list, so that a later false count is found."""
    path = tmp_path / "a.posecheck.toml"
    path.write_text(expectation_text(path, tmp_path / "a.mp4", "knee_drops", summary_of()), encoding="utf-8")
    wanted = load_expectation(path)
    assert wanted.repetitions == ()
    assert compare(wanted, summary_of(("in", 1.0, 1.0, "partial")))[0].startswith("not expected: 1 in")


@pytest.mark.model
def test_a_video_is_expected_by_its_tape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A video judged with --tape gives a file that refers to the tape and holds for the video, too."""
    sample = data_dir("samples") / "knee_drops.mp4"
    out, tape = tmp_path / "s.posecheck.toml", tmp_path / "s.jsonl.gz"
    code = run_cli(
        *(monkeypatch, "expect", sample, "-e", "knee_drops", "--to", "8", "--out", out, "--tape", tape),
    )
    assert code == 0
    assert "Knee drops" in capsys.readouterr().out
    wanted = load_expectation(out)
    assert (wanted.recording, wanted.to_s, wanted.counts) == ("s.jsonl.gz", None, {"in": 1, "out": 0})
    assert run_expectation(out) == ()
    text = out.read_text(encoding="utf-8")
    from_video = f'recording = "{sample.as_posix()}"\nto_s = 8.0'
    out.write_text(text.replace('recording = "s.jsonl.gz"', from_video), encoding="utf-8")
    assert run_expectation(out) == ()
