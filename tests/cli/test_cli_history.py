"""posecheck history and its subcommands as they are typed, --save, and --no-history."""

from __future__ import annotations

import functools
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from posecheck.cli import app as cli
from posecheck.errors import FormatError, InputError, OutputError, UsageError
from posecheck.history.store import open_history
from posecheck.live import loop
from posecheck.records import Pose
from posecheck.report.history_view import LINE_COLUMNS, history_view, span_words, spark
from posecheck.report.terminal import console
from posecheck.synthetic.history import kept, made_up_progress, made_up_sets
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import knee_drops_set
from tests.cli.command import Command
from tests.live.live_set import LiveSet, Person, drops

run = functools.partial(CliRunner().invoke, cli.app)


@pytest.fixture(autouse=True)
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The history that the commands find without being told."""
    path = tmp_path / "data" / "history.db"
    monkeypatch.setenv("POSECHECK_DB", str(path))
    monkeypatch.setenv("COLUMNS", "80")
    return path


@pytest.fixture
def month(db: Path) -> Path:
    """A month of made-up sets up to yesterday."""
    yesterday = datetime.now().astimezone().date() - timedelta(days=1)
    with open_history(db, write=True) as history:
        history.put(*map(kept, made_up_sets(30, yesterday)))
    return db


def output(*args: object, text: str | None = None) -> str:
    """What a command prints; fails when it does not succeed."""
    found = run(list(map(str, args)), input=text)
    assert found.exit_code == 0, (found.output, found.exception)
    return found.output


def error_of(*args: object) -> BaseException | None:
    """What a command raises, for `main` to tell."""
    return run(list(map(str, args))).exception


# ---- the table


@pytest.mark.usefixtures("month")
def test_a_month_at_a_glance() -> None:
    """Totals, streak, the last sets, a line for the weeks, and each trend with its change, error and verdict."""
    text = output("history", "--last", 5)
    assert re.search(r"^69 sets on 23 days, 6\d complete, 1 h \d+ min held in all$", text, re.M)
    assert re.search(r"^\d days in a row, longest 7 days$", text, re.M)
    assert len(re.findall(r"^ *\d+  \d{4}-\d\d-\d\d \d\d:\d\d  ", text, re.M)) == 5
    assert re.search(r"^Hips forward, left +\d+° → \d+° +\+\d+° +\d+°  [▁-█]{8}  change *$", text, re.M)
    assert len(re.findall(r"no clear change yet", text)) == 5
    assert "minimal detectable change" in text
    assert all(len(line) <= 80 for line in text.splitlines())


@pytest.mark.usefixtures("month")
def test_only_one_exercise() -> None:
    """--exercise leaves the others out of table, totals and trends."""
    text = output("history", "-e", "knee_drops")
    assert "Knee drop, in" in text
    assert "side_bend" not in text
    assert "Hips forward" not in text


def test_nothing_is_kept_yet(db: Path) -> None:
    """Without a history there are words on how to get one, and no file."""
    assert "Every live set is (posecheck live)" in output("history")
    assert not db.exists()


def test_lines_do_not_make_more_of_a_difference_than_it_is() -> None:
    """The line of values that lie within the repeat error stays flat, that of a real rise goes from bottom to top."""
    assert spark([10, 11, 10, 11], least_range=20.0) in ("▄▅▄▅", "▄▄▄▄", "▅▅▅▅")
    assert spark([0, 10, 20, 30], least_range=20.0) == "▁▃▆█"
    assert spark([0, 5, 10], lowest=0.0) == "▁▅█"
    assert spark([3, 3], lowest=0.0) == "██"
    assert spark([]) == ""


def test_lengths_of_time_in_words() -> None:
    """Seconds, minutes and hours, rounded to what matters."""
    assert [span_words(s) for s in (0, 59.4, 60, 3570, 3900, 36000)] == [
        *("0 s", "59 s", "1 min", "1 h 0 min", "1 h 5 min", "10 h 0 min")
    ]


def test_a_long_history_is_as_short_to_read() -> None:
    """Of a year the table is no longer than of a month, and its lines no wider."""
    texts = []
    for days in (30, 365):
        with (out := console()).capture() as captured:
            out.print(history_view(made_up_progress(days)))
        texts.append(captured.get())
        lines = re.findall("[▁▂▃▄▅▆▇█]+", captured.get())
        assert lines
        assert all(len(line) <= LINE_COLUMNS + 2 for line in lines)
    assert abs(len(texts[0].splitlines()) - len(texts[1].splitlines())) <= 2


# ---- export, import, delete


def test_to_another_computer_and_back(month: Path, tmp_path: Path) -> None:
    """Export, delete all, import: the same table as before."""
    before = output("history")
    assert "Sets written to" in output("history", "export", tmp_path / "e.json")
    assert "Rows written to" in output("history", "export", tmp_path / "e.csv")
    assert output("history", "delete", "--all", "--yes") == "Sets deleted: 69.\n"
    assert "Nothing is kept yet" in output("history")
    assert output("history", "import", tmp_path / "e.json") == "Sets added: 69. Here already: 0.\n"
    with open_history(month) as history:
        assert history.count() == 69
    # the sets have other numbers now
    assert re.sub(r"^ *\d+ ", "", output("history"), flags=re.M) == re.sub(r"^ *\d+ ", "", before, flags=re.M)


def test_deleting_asks_first(month: Path) -> None:
    """Without --yes it says how many of how many, and only yes deletes."""
    assert "Delete 2 of your 69 sets for good?" in (text := output("history", "delete", 3, 4, text="n\n"))
    assert "Nothing was deleted." in text
    assert run(["history", "delete", "3"], input="").exit_code != 0  # nobody there to answer
    with open_history(month) as history:
        assert history.count() == 69
    assert "Sets deleted: 2." in output("history", "delete", 3, 4, text="y\n")
    with open_history(month) as history:
        assert not {3, 4} & set(history.ids())


def test_deleting_what_is_old(month: Path) -> None:
    """--before a day leaves that day and what came after it."""
    with open_history(month) as history:
        days = [one.at.date() for one in history.figures()]
    day = days[len(days) // 2]
    output("history", "delete", "--before", day, "--yes")
    with open_history(month) as history:
        assert [one.at.date() for one in history.figures()] == [d for d in days if d >= day]


@pytest.mark.parametrize("args", [(), ("--all", "3"), ("--all", "--before", "2026-01-01")])
def test_what_to_delete_must_be_said(month: Path, args: tuple[str, ...]) -> None:
    """Nothing, or two ways at once, is refused, and nothing is deleted."""
    assert isinstance(error_of("history", "delete", *args, "--yes"), UsageError)
    with open_history(month) as history:
        assert history.count() == 69


def test_a_set_that_is_not_there(month: Path) -> None:
    """One wrong number among right ones deletes none."""
    error = error_of("history", "delete", 1, 999, "--yes")
    assert isinstance(error, UsageError)
    assert "there is no set 999" in str(error)
    with open_history(month) as history:
        assert history.count() == 69


def test_deleting_where_nothing_is(db: Path) -> None:
    """Without a history there is nothing to delete, and none is made."""
    assert "Nothing is kept" in output("history", "delete", "--all", "--yes")
    assert not db.exists()


@pytest.mark.parametrize(
    ("args", "kind"),
    [
        (("export", "e.txt"), UsageError),
        (("export", "none/e.json"), OutputError),
        (("import", "none.json"), InputError),
        (("import", __file__), FormatError),
    ],
)
@pytest.mark.usefixtures("month")
def test_files_that_cannot_be(args: tuple[str, ...], kind: type[Exception]) -> None:
    """A wrong ending, folder or content is an error of its kind."""
    assert isinstance(error_of("history", *args), kind)


def test_the_history_is_no_place_to_export_to(month: Path) -> None:
    """An export that would overwrite the history itself is refused."""
    as_json = month.with_suffix(".json")
    month.rename(as_json)
    assert isinstance(error_of("history", "export", as_json, "--db", as_json), UsageError)
    with open_history(as_json) as history:
        assert history.count() == 69


# ---- what becomes of old and damaged ones


def test_a_damaged_history_is_told(month: Path) -> None:
    """`posecheck history` says that it is damaged and where it was put, and shows the new, empty one."""
    month.write_bytes(b"\x00" * 5000)
    found = run(["history"])
    assert found.exit_code == 0
    assert "is damaged" in found.stderr
    assert "set aside as" in " ".join(found.stderr.split())
    assert "Nothing is kept yet" in found.stdout
    assert "Older copies are still there" in output("history", "delete", "--all", "--yes")


def test_a_newer_history_is_told(month: Path) -> None:
    """One that a newer posecheck wrote is left alone."""
    with closing(sqlite3.connect(month)) as database:
        database.execute("PRAGMA user_version = 99")
    for args in (("history",), ("history", "delete", "--all", "--yes"), ("history", "import", "x.json")):
        error = error_of(*args)
        assert isinstance(error, FormatError)
        assert "update posecheck" in str(error)


# ---- what comes in


def a_tape(path: Path, poses: list[Pose]) -> Path:
    """A tape of a recording."""
    with TapeWriter(path, TapeHeader("0.1.0", "full", "4eaa", "me.mp4", poses[0].size)) as tape:
        for pose in poses:
            tape.write(pose)
    os.utime(path, (1_750_000_000, 1_750_000_000))
    return path


def test_judge_save(db: Path, tmp_path: Path) -> None:
    """A judged tape is kept when asked for, dated by its file, and once however often it is judged."""
    tape = a_tape(tmp_path / "t.jsonl", list(knee_drops_set(("in", "out"), fps=10)))
    output("judge", tape, "-e", "knee_drops", "-q")
    assert not db.exists()
    assert "kept as set 1" in output("judge", tape, "-e", "knee_drops", "-q", "--save")
    assert "it was kept before, as set 1" in output("judge", tape, "-e", "knee_drops", "-q", "--save")
    with open_history(db) as history:
        one = history.get(1)
        assert history.count() == 1
        assert history.trace(1).summary == one.summary
    assert (one.origin.kind, one.origin.model_sha256, one.summary.source) == ("tape", "4eaa", "me.mp4")
    assert one.started.timestamp() == pytest.approx(1_750_000_000 - one.summary.duration_s, abs=1)


def test_recordings_of_one_name_and_length_are_two_sets(db: Path, tmp_path: Path) -> None:
    """Another day's recording with the same name and length is kept beside the first one, a copy of either is not."""
    days = {"monday": ("in", "out"), "tuesday": ("out", "in")}
    tapes = []
    for day, sides in days.items():
        (tmp_path / day).mkdir()
        tapes.append(a_tape(tmp_path / day / "today.jsonl", list(knee_drops_set(sides, fps=10))))
    for number, tape in enumerate(tapes, 1):
        assert f"kept as set {number}" in output("judge", tape, "-e", "knee_drops", "-q", "--save")
    with open_history(db) as history:
        before = [history.get(number) for number in history.ids()]
    assert len({(one.summary.frames, one.summary.duration_s) for one in before}) == 1
    for number, tape in enumerate(tapes, 1):
        copy = tape.with_name("copy.jsonl")
        copy.write_bytes(tape.read_bytes())  # with a later date
        told = output("judge", copy, "-e", "knee_drops", "-q", "--save")
        assert f"it was kept before, as set {number}, which stays as it is" in told
    assert "kept as set 3" in output("judge", tapes[0], "-e", "knee_drops", "-q", "--save", "--to", 9)
    with open_history(db) as history:
        assert [history.get(number) for number in sorted(history.ids())][:2] == before


def test_a_history_that_cannot_be_written_is_found_before_the_work(tmp_path: Path) -> None:
    """With --save a wrong place is told before anything is judged."""
    tape = a_tape(tmp_path / "t.jsonl", list(knee_drops_set(("in",), fps=10)))
    error = error_of("judge", tape, "-e", "knee_drops", "--save", "--json", tmp_path / "r.json", "--db", tape)
    assert isinstance(error, FormatError)
    assert "is no history" in str(error)
    assert not (tmp_path / "r.json").exists()


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("told", [(), ("--no-history",)])
def test_live_keeps_unless_told_not_to(
    db: Path, tmp_path: Path, short_film: Path, monkeypatch: pytest.MonkeyPatch, told: tuple[str, ...]
) -> None:
    """`posecheck live` keeps the set without being asked, and does not with --no-history; its tape is the same set."""
    live = LiveSet(Person(drops()))
    scripted = functools.partial(loop.run_live, make_detector=lambda: live.person, make_display=live.display)
    monkeypatch.setattr(loop, "run_live", scripted)
    tape = tmp_path / "t.jsonl"
    output("live", "knee_drops", "--camera", short_film, "--mute", "--no-voice", "--tape", tape, *told)
    assert db.exists() is not bool(told)
    if told:
        assert "kept as set 1" in output("judge", tape, "--save", "-q")
        with open_history(db) as history:
            assert history.get(1).origin.routine == "knee_drops"
    else:
        assert "it was kept before, as set 1" in output("judge", tape, "--save", "-q")
        assert json.loads(output("history", "export", tmp_path / "e.json") and (tmp_path / "e.json").read_text())


def test_help_has_examples() -> None:
    """Each command's help shows how it is typed."""
    for args in (("history",), ("history", "export"), ("history", "import"), ("history", "delete"), ("serve",)):
        text = output(*args, "--help")
        assert f"posecheck {args[0]}" in text.split("Examples:")[1]


@pytest.mark.system
def test_the_commands_start_quickly() -> None:
    """Help loads neither the database nor the web framework nor pydantic."""
    heavy = ("sqlite3", "starlette", "uvicorn", "pydantic", "rich.table", "numpy")
    code = f"import sys, posecheck.cli.app; sys.exit(str([m for m in {heavy!r} if m in sys.modules] or ''))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.stderr.strip() == ""


def test_a_bad_set_of_a_file_is_told_and_the_others_are_kept(command: Command, tmp_path: Path) -> None:
    """Exit code 12 and a warning with the place; of a file without a good set 10; and the list shows all others."""
    source, target, file = tmp_path / "a.db", tmp_path / "b.db", tmp_path / "e.json"
    with open_history(source, write=True) as history:
        history.put(*(kept(one) for one in made_up_sets(3)))
    assert command("history", "export", file, "--db", source).code == 0
    data = json.loads(file.read_text(encoding="utf-8"))
    count = len(data["sets"])
    data["sets"][0]["started"] = "9999-12-31T23:00:00-05:00"
    file.write_text(json.dumps(data), encoding="utf-8")
    made = command("history", "import", file, "--db", target)
    assert made.code == 12
    assert "set 1.started: this is not allowed here; allowed: years from 1970 to 2099" in made.err
    assert f"Sets added: {count - 1}. Here already: 0. Left out: 1." in made.out
    assert command("history", "--db", target).out
    data["sets"] = data["sets"][:1]
    file.write_text(json.dumps(data), encoding="utf-8")
    made = command("history", "import", file, "--db", target)
    assert (made.code, made.out) == (10, "")
    assert "nothing of" in made.err


def test_a_damaged_set_that_is_kept_is_told(command: Command, tmp_path: Path) -> None:
    """The list shows the others, and says how to remove it; so does the page."""
    db = tmp_path / "a.db"
    with open_history(db, write=True) as history:
        numbers = history.put(*(kept(one) for one in made_up_sets(3)))
        history._db.execute("UPDATE sets SET started = 253402300799.0 WHERE id = ?", numbers[:1])
    for arguments in (("history",), ("progress", "-o", tmp_path / "p.html")):
        made = command(*arguments, "--db", db)
        assert made.code == 0
        assert f"set {numbers[0]} is damaged" in made.err
        assert f"`posecheck history delete {numbers[0]}` removes it" in made.err
    assert command("history", "delete", numbers[0], "--yes", "--db", db).code == 0
    assert command("history", "--db", db).err == ""
