"""The history's database: what goes in comes out, versions, other people's files, export and import."""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from posecheck import Session, load_exercise
from posecheck.errors import FormatError, InputError, OutputError
from posecheck.exercises import more_exercise_names
from posecheck.history.exchange import Imported, export_csv, export_json, import_json
from posecheck.history.medians import kept_set, main_signals
from posecheck.history.opening import history_path, look_after, upgrade
from posecheck.history.progress import TITLES, HoldFigure, progress_of
from posecheck.history.records import (
    BELOW,
    LESS,
    MORE,
    KeptRepetition,
    KeptSet,
    Origin,
    SetState,
    SignalMedian,
    SourceKind,
    exercise_hash,
    new_uid,
)
from posecheck.history.schema import APPLICATION_ID, MIGRATIONS, VERSION
from posecheck.history.store import History, open_history
from posecheck.judging.trace import Trace, TraceRecorder
from posecheck.measure.uncertainty import FRONT_NEARER, KNEELING_NEARER, errors_of
from posecheck.records import Pose, gate
from posecheck.synthetic.history import kept, made_up_sets
from posecheck.testing import knee_drops_set, made_set, ninety_ninety_set

SIDES = ("right", "left")
ORIGIN = Origin(SourceKind.LIVE, "full", "4eaa", "daily")


@cache
def trace_of(name: str, low_arms: bool = False) -> Trace:
    """A made set, judged by a session: knee drops, or one hold a side; with low arms after nobody was seen."""
    exercise = load_exercise(name)
    session, recorder = Session(exercise, "camera 0"), TraceRecorder(exercise, from_first=True)
    poses = list(knee_drops_set(("in", "out"), fps=10) if name == "knee_drops" else ninety_ninety_set(SIDES, fps=10))
    if low_arms:
        low = (replace(p, t=p.t + 3.0) for p in ninety_ninety_set(["right"], arm_deg=90, fps=10))
        poses = [*(Pose.absent(i / 10, (640, 480)) for i in range(20)), *low]
    for pose in poses:
        recorder.update(session.feed(pose))
    recorder.note(session.finish())
    return recorder.trace(session.summary())


def judged_set(name: str = "knee_drops", low_arms: bool = False) -> KeptSet:
    """A made set as it is kept, with a name of its own."""
    started = datetime.fromisoformat("2026-11-25T07:30:00+05:30")
    return kept_set(new_uid(), started, ORIGIN, load_exercise(name), trace_of(name, low_arms))


def made_kept(name: str) -> KeptSet:
    """A made set of a further exercise, a repetition of each group, as it is kept."""
    session = Session(load_exercise(name), "camera 0")
    exercise = session.exercise
    recorder = TraceRecorder(exercise)
    for pose in made_set(name, groups=exercise.groups):
        recorder.update(session.feed(pose))
    recorder.note(session.finish())
    trace = recorder.trace(session.summary())
    return kept_set(new_uid(), datetime.fromisoformat("2026-11-25T07:30:00+05:30"), ORIGIN, exercise, trace)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a history can be."""
    return tmp_path / "folder" / "history.db"


@pytest.fixture
def filled(path: Path) -> Path:
    """A history with a made-up week, and a judged set with its plots."""
    with open_history(path, write=True) as history:
        history.put(*map(kept, made_up_sets(7)), judged_set())
    return path


# ---- in and out


@pytest.mark.parametrize("whole", [True, False])
def test_what_goes_in_comes_out(path: Path, whole: bool) -> None:
    """A set with repetitions that count and others, cues, stretches not judged and medians reads back equal."""
    one = judged_set("ninety_ninety", low_arms=True)
    assert one.summary.cues
    assert one.summary.not_judged
    assert not all(r.counted for r in one.summary.repetitions)
    one = one if whole else replace(one, trace=None, state=SetState.RUNNING)
    with open_history(path, write=True) as history:
        (number,) = history.put(one)
    with open_history(path) as history:
        assert history.get(number) == one
        assert history.get(number).started.utcoffset() == timedelta(hours=5, minutes=30)


def test_a_set_is_replaced_not_doubled(path: Path) -> None:
    """The same set again, with more of it, takes the place of what was there and keeps its number."""
    one = judged_set()
    less = replace(one, state=SetState.RUNNING, summary=replace(one.summary, repetitions=()), repetitions=())
    with open_history(path, write=True) as history:
        assert history.put(less) == history.put(one) == (1,)
        assert history.count() == 1
        assert history.get(1) == one
        assert history.put(judged_set()) == (2,)  # numbers are not used up meanwhile
        history.delete([2])
        assert history.put(judged_set()) == (3,)  # and that of another set is never given again


def test_medians_are_those_of_the_hold(path: Path) -> None:
    """A body that holds 15 degrees forward is kept with 15 for its hips, with the ± of the side that is nearer."""
    one = judged_set("ninety_ninety")
    with open_history(path, write=True) as history:
        history.put(one)
        (figures,) = history.figures()
    assert [h.group for h in figures.holds] == ["right", "left"]
    assert [h.value for h in figures.holds] == pytest.approx([15, 15], abs=1)
    errors = [
        errors_of("ninety_ninety", nearer)["rear_thigh_inclination"] for nearer in (KNEELING_NEARER, FRONT_NEARER)
    ]
    assert [h.error for h in figures.holds] == errors
    assert figures.held_s == pytest.approx(sum(r.held_s for r in one.summary.repetitions))


@pytest.mark.parametrize(
    ("exercise", "signals"),
    [
        ("ninety_ninety", {("rear_thigh_inclination", "difference", None): MORE}),
        ("side_bend", {("bend_to_front", "difference", None): MORE}),
        ("knee_drops", {("knee_drop", "difference", "in"): MORE, ("knee_drop", "difference", "out"): BELOW}),
        ("active_knee_extension", {("working_knee_flexion", None, None): LESS}),
        ("arm_raise", {("working_arm_elevation", None, None): MORE}),
        ("bent_knee_fall_out", {("working_shin_tilt", "difference", None): BELOW}),
        ("bridge", {("hip_flexion", None, None): LESS}),
        ("bridge_repetitions", {("hip_flexion", None, None): LESS}),
        ("calf_stretch", {("working_thigh_inclination", None, None): MORE}),
        ("childs_pose", {("trunk_lean", None, None): MORE}),
        ("couch_stretch", {("rear_knee_flexion", None, None): MORE}),
        ("seated_butterfly", {("shin_tilt", None, None): BELOW}),
        ("single_knee_to_chest", {("working_hip_flexion", None, None): MORE}),
        ("sit_to_stand", {("knee_flexion", None, None): LESS}),
        ("split_squat", {("working_thigh_inclination", None, None): BELOW}),
        ("squat", {("knee_flexion", None, None): MORE}),
        ("standing_quad_stretch", {("working_knee_flexion", None, None): MORE}),
        ("standing_side_bend", {("side_bend_to_working", "difference", None): MORE}),
        ("windshield_wipers", {("knee_shift_to_working", "difference", None): MORE}),
    ],
)
def test_trends_are_drawn_of_the_signal_that_makes_the_stretch(exercise: str, signals: object) -> None:
    """It is the one that the file marks, or by which an effort is seen, with the way that is further."""
    assert main_signals(load_exercise(exercise)) == signals


@pytest.mark.parametrize("exercise", more_exercise_names())
def test_every_exercise_keeps_what_a_trend_needs(exercise: str, path: Path) -> None:
    """A set of each further exercise has a figure for each counted hold, and a title that is no signal's name."""
    with open_history(path, write=True) as history:
        history.put(made_kept(exercise))
        (figures,) = history.figures()
    assert figures.holds
    assert len(figures.holds) == sum(figures.counts.values())
    assert {hold.signal for hold in figures.holds} <= TITLES.keys()
    progress = progress_of([figures], date(2026, 11, 25))
    assert {trend.group for trend in progress.trends} == set(figures.counts)
    assert all(trend.latest is not None and trend.latest > -5 for trend in progress.trends)  # further is told upwards


def test_sides_written_out_are_one_trend_each(path: Path) -> None:
    """Where each side has its own signal and sign, more is larger on both, and both have the same name."""
    one = judged_set()
    repetitions = tuple(replace(one.summary.repetitions[n], group=side) for n, side in enumerate(("left", "right")))
    medians = tuple(
        KeptRepetition(r.number, (SignalMedian(f"{r.group}_shin_tilt", "image", "difference", value, 5.0, 9, sign),))
        for r, value, sign in zip(repetitions, (-20.0, 18.0), (-1, 1), strict=True)
    )
    with open_history(path, write=True) as history:
        history.put(replace(one, summary=replace(one.summary, repetitions=repetitions), repetitions=medians))
        (figures,) = history.figures()
    assert figures.holds == (HoldFigure("left", "shin_tilt", 20.0, 5.0), HoldFigure("right", "shin_tilt", 18.0, 5.0))


def test_all_sets_or_none(path: Path) -> None:
    """When one of several sets cannot be written none of them is."""
    good, bad = judged_set(), replace(judged_set(), uid=None)  # type: ignore[arg-type]  # what the database refuses
    with open_history(path, write=True) as history:
        with pytest.raises(OutputError):
            history.put(good, bad)
        assert history.count() == 0
        assert history.put(good) == (1,)


def test_deleted_is_gone_from_the_file(path: Path) -> None:
    """After a set is deleted neither its rows nor its words can be found in the files of the database."""
    one = judged_set()
    secret = replace(one, summary=replace(one.summary, source="my-secret-camera"))
    with open_history(path, write=True) as history:
        history.put(secret)
        assert b"my-secret-camera" in b"".join(f.read_bytes() for f in path.parent.iterdir())
        assert history.delete([1]) == 1
        assert history.count() == 0
        assert b"my-secret-camera" not in b"".join(f.read_bytes() for f in path.parent.iterdir())
        tables = ("repetitions", "medians", "cues", "not_judged", "traces")
    with closing(sqlite3.connect(path)) as db:
        assert [db.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables] == [(0,)] * 5


def test_there_is_no_such_set(path: Path) -> None:
    """Asking for a set that is not there, or for the plots of one that has none, says so."""
    with open_history(path, write=True) as history:
        history.put(replace(judged_set(), trace=None))
        with pytest.raises(InputError, match="there is no set 9"):
            history.get(9)
        with pytest.raises(InputError, match="there is no set 9"):
            history.trace(9)
        with pytest.raises(InputError, match="only the verdict is kept"):
            history.trace(1)


def test_a_recording_is_kept_once(path: Path) -> None:
    """Judged and saved again it stays as it is, and so does a live set whose tape is saved."""
    video = Origin(SourceKind.VIDEO, "full", "4eaa")
    first, again = replace(judged_set(), origin=video), replace(judged_set(), origin=video, title="New title")
    with open_history(path, write=True) as history:
        assert history.save(first) == (1, True)
        assert history.save(again) == (1, False)
        assert history.get(1) == first
        history.delete([1])
        (number,) = history.put(live := judged_set())
        assert history.save(again) == (number, False)
        assert history.get(number) == live


def test_recordings_of_one_name_and_length_are_told_apart(path: Path) -> None:
    """What was measured tells them apart where the file is not known, else the file; without both, the time."""
    one = judged_set()
    trace = json.loads(one.trace or "")
    trace["signals"][0]["values"][3] = 1.25
    other = replace(judged_set(), trace=json.dumps(trace))
    filmed = replace(judged_set(), recording="a", trace=json.dumps(trace | {"times": [0.0]}))
    bare = replace(judged_set(), trace=None, started=one.started + timedelta(hours=1))
    with open_history(path, write=True) as history:
        assert [history.save(some) for some in (one, other, filmed, bare)] == [(n, True) for n in range(1, 5)]
        changed = replace(filmed, uid="x", trace=json.dumps(trace | {"times": [7.0]}))
        assert history.save(changed) == (3, False)
        assert [history.save(some)[1] for some in (one, other, filmed, bare)] == [False] * 4
        assert history.get(3) == filmed


def test_lists_and_figures_stay_clear_of_the_plots(filled: Path) -> None:
    """A page of the list is found by its index, and the figures by theirs, without a look at what is kept to draw."""
    with open_history(filled) as history:
        plans: list[str] = []

        def planned(statement: str) -> None:
            if statement.startswith("SELECT"):
                with closing(sqlite3.connect(filled)) as db:
                    plans.extend(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}"))

        history._db.set_trace_callback(planned)
        assert len(history.page(3, 2)) == 3
        assert any("sets_by_time" in plan for plan in plans), plans
        assert not any("SCAN repetitions" in plan for plan in plans)
        history.figures()
        history._db.set_trace_callback(None)
    assert any("COVERING INDEX main_medians" in plan for plan in plans), plans
    assert not any("traces" in plan for plan in plans)


# ---- whose it is


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_only_the_owner_can_read_it(path: Path, tmp_path: Path) -> None:
    """The folder, the database and the files beside it, and what is exported, are closed to others."""
    before = os.umask(0)
    try:
        with open_history(path, write=True) as history:
            history.put(judged_set())
            assert len(list(path.parent.iterdir())) == 3
            assert {stat.S_IMODE(f.stat().st_mode) for f in path.parent.iterdir()} == {0o600}
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            export_json(history, tmp_path / "e.json")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "e.json").stat().st_mode) == 0o600


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """--db comes first, then POSECHECK_DB, then the data folder, which POSECHECK_DATA may name."""
    assert history_path(tmp_path / "x.db") == tmp_path / "x.db"
    monkeypatch.setenv("POSECHECK_DB", str(tmp_path / "env.db"))
    assert history_path() == tmp_path / "env.db"
    monkeypatch.delenv("POSECHECK_DB")
    monkeypatch.setenv("POSECHECK_DATA", str(tmp_path))
    assert history_path() == tmp_path / "history.db"
    monkeypatch.delenv("POSECHECK_DATA")
    assert history_path().parts[-2:] == ("posecheck", "history.db")


def test_reading_makes_nothing(path: Path) -> None:
    """Looking at a history that is not there shows an empty one, and leaves no file."""
    with open_history(path) as history:
        assert history.figures() == []
        assert history.newest() is None
    assert look_after(path) is None
    assert not path.parent.exists()


def test_a_reader_cannot_write(path: Path) -> None:
    """A history that was opened to be read refuses every change."""
    with open_history(path, write=True) as history:
        history.put(judged_set())
    with open_history(path) as history, pytest.raises(OutputError):
        history.delete([1])


def test_the_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    """A picture, a folder and another program's database are refused in words, and stay as they are."""
    picture, other = tmp_path / "me.jpg", tmp_path / "browser.db"
    picture.write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE cookies (name)")
        db.commit()
    before = {f: f.read_bytes() for f in (picture, other)}
    for file, words in ((picture, "is no history"), (other, "of another program"), (tmp_path, "is a folder")):
        for write in (True, False):
            with pytest.raises(InputError, match=words):
                open_history(file, write=write)
    assert {f: f.read_bytes() for f in (picture, other)} == before
    assert sorted(tmp_path.iterdir()) == [other, picture]


# ---- versions


def old_history(path: Path) -> KeptSet:
    """A database of version 1, as it was before plots were kept, with one set in it; the set."""
    one = replace(judged_set(), trace=None)
    repetitions = tuple(replace(r, side_probability=None) for r in one.summary.repetitions)  # was not kept then ...
    one = replace(one, summary=replace(one.summary, repetitions=repetitions, other_postures={}))  # ... nor were these
    with open_history(path, write=True) as history:
        history.put(one)
    with closing(sqlite3.connect(path)) as db:
        db.executescript("DROP TABLE traces; DROP INDEX main_medians; ALTER TABLE sets DROP COLUMN other_postures;")
        db.executescript("ALTER TABLE sets DROP COLUMN recording;")
        db.executescript("ALTER TABLE repetitions DROP COLUMN side_probability;")
        db.executescript(next(step for step in MIGRATIONS[0].split(";") if "INDEX main_medians" in step))
        db.executescript("PRAGMA user_version = 1; PRAGMA journal_mode = DELETE;")
    return one


def test_version_1_is_what_its_step_makes(path: Path) -> None:
    """The old database of these tests has the very tables that the first step of the schema makes."""
    old_history(path)
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(":memory:")) as made:
        upgrade(made, 0, to=1)
        tables = "SELECT name, sql FROM sqlite_master ORDER BY name"
        assert db.execute(tables).fetchall() == made.execute(tables).fetchall()


def test_an_older_history_is_migrated_with_a_copy(path: Path) -> None:
    """It is brought to the present version with its sets, a copy as it was stays beside it, and the user is told."""
    one = old_history(path)
    with open_history(path, write=True) as history:
        assert history.said is not None
        assert f"from version 1 to {VERSION}" in history.said
        assert history.get(1) == one
        history.put(judged_set())
    (copy,) = path.parent.glob("history-version1-*.db")
    assert str(copy) in history.said
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT uid FROM sets").fetchall() == [(one.uid,)]
    assert look_after(path) is None


def test_an_older_history_can_be_read_where_it_cannot_be_written(path: Path) -> None:
    """Read only, it is shown as it would be after the migration, and the file stays as it is."""
    one = old_history(path)
    before = path.read_bytes()
    with open_history(path) as history:
        assert history.get(1) == one
        with pytest.raises(InputError, match="only the verdict"):
            history.trace(1)
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_the_old_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a step fails the database is that of before, and can be migrated another time."""
    one = old_history(path)
    with monkeypatch.context() as patch:
        patch.setattr("posecheck.history.opening.MIGRATIONS", ("", "CREATE TABLE traces (a); CREATE NONSENSE;"))
        with pytest.raises(OutputError):
            open_history(path, write=True)
    with open_history(path, write=True) as history:
        assert history.get(1) == one


def test_a_newer_history_is_refused(path: Path) -> None:
    """The history of a later posecheck is left alone: the error says which version it has, and what to do."""
    with closing(open_history(path, write=True)) as history:
        history.put(judged_set())
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    for write in (True, False):
        with pytest.raises(FormatError, match=rf"has version {VERSION + 1}.*update posecheck"):
            open_history(path, write=write)
    assert [f.name for f in path.parent.glob("*.db")] == ["history.db"]


def test_the_database_says_whose_it_is(path: Path) -> None:
    """Its application id and version are those of the schema, and it keeps a log beside it (WAL)."""
    open_history(path, write=True).close()
    with closing(sqlite3.connect(path)) as db:
        pragmas = ("application_id", "user_version", "journal_mode")
        found = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
    assert found == [APPLICATION_ID, VERSION, "wal"]


# ---- the exercise that was judged


def test_the_hash_is_of_the_content() -> None:
    """The same exercise has the same hash every time; a changed limit, even from one infinity to the other, another."""
    exercise = load_exercise("ninety_ninety")
    first = exercise_hash(exercise)
    assert first == exercise_hash(load_exercise("ninety_ninety")) != exercise_hash(load_exercise("side_bend"))
    up, down = (
        exercise.model_copy(
            update={"limits": (exercise.limits[0].model_copy(update={"attempt": end}), *exercise.limits[1:])}
        )
        for end in ((0.0, float("inf")), (-float("inf"), 0.0))
    )
    assert len({first, exercise_hash(up), exercise_hash(down)}) == 3


# ---- export and import


def contents(history: History) -> dict[str, KeptSet]:
    """Every set by its name."""
    return {one.uid: one for one in map(history.get, history.ids())}


def test_a_history_moves_to_another_computer(filled: Path, tmp_path: Path) -> None:
    """Exported and imported elsewhere every set is equal; imported again nothing is doubled."""
    with open_history(filled) as history, open_history(tmp_path / "other.db", write=True) as other:
        count = export_json(history, tmp_path / "e.json")
        assert count == history.count() > 10
        assert import_json(other, tmp_path / "e.json") == Imported(count, 0)
        assert contents(other) == contents(history)
        assert import_json(other, tmp_path / "e.json") == Imported(0, count)
        assert other.count() == count


def test_csv_has_a_row_a_repetition(filled: Path, tmp_path: Path) -> None:
    """A spreadsheet gets every repetition with its set, and the median and ± of each signal in columns."""
    with open_history(filled) as history:
        export_csv(history, tmp_path / "e.csv")
        sets = contents(history)
    with (tmp_path / "e.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sum(bool(row["repetition"]) for row in rows) == sum(len(s.summary.repetitions) for s in sets.values())
    row = next(r for r in rows if r["exercise"] == "side_bend" and r["repetition"])
    assert (row["bend_to_front_difference_error"], row["counted"]) == (
        f"{errors_of('side_bend')['bend_to_front']}",
        "TRUE",
    )
    assert float(row["bend_to_front_difference"]) > 5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda _: "{", "not valid JSON"),
        (lambda _: "[]", "is no history"),
        (lambda _: "", "not valid JSON"),
        (lambda d: json.dumps({**d, "schema": 9}), "update posecheck"),
        (lambda d: json.dumps({**d, "sets": {}}), "is no history"),
        (lambda d: json.dumps(changed(d, title="\ud800")), "not valid JSON"),
    ],
)
def test_a_file_that_is_no_history_changes_nothing(filled: Path, tmp_path: Path, change: object, words: str) -> None:
    """Whatever is wrong with the whole of it, the error says so, and not one of its sets is taken in."""
    data = exported(filled, tmp_path)
    assert callable(change)
    (tmp_path / "e.json").write_text(change(data), encoding="utf-8")
    with open_history(tmp_path / "new.db", write=True) as history:
        with pytest.raises(FormatError, match=words):
            import_json(history, tmp_path / "e.json")
        assert history.count() == 0


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"uid": None}, "uid: .*valid string"),
        ({"uid": ""}, r"set 3\.uid: .*allowed: a name"),
        ({"started": "2026-11-25T07:30:00"}, r"set 3\.started: .*allowed: a time with the offset"),
        ({"started": "9999-12-31T23:59:59-12:00"}, r"set 3\.started: .*allowed: years from 1970 to 2099"),
        ({"started": "1066-10-14T09:00:00+00:00"}, "years from 1970 to 2099"),
        ({"state": "lost"}, "state: Input should be"),
        ({"trace": {"schema": 1}}, r"set 3\.trace: the trace"),
        ({"trace": "times"}, r"set 3\.trace: the trace"),
        ({"title": "x" * 100_001}, r"set 3\.title: .*allowed: Unicode text of at most 100,000 letters"),
        ({"summary.frames": 10**22}, r"set 3\.summary\.frames: .*allowed: numbers"),
        ({"summary.frames": 1e999}, r"set 3\.summary\.frames: .*allowed: numbers"),
        ({"summary.frames": -1}, r"set 3\.summary\.frames"),
        ({"summary.duration_s": float("nan")}, r"set 3\.summary\.duration_s: .*allowed: seconds from 0 to 86400"),
        ({"summary.duration_s": 86_401}, r"set 3\.summary\.duration_s: .*allowed: seconds from 0 to 86400"),
        ({"summary.judged_s": -0.5}, r"set 3\.summary\.judged_s: .*allowed: seconds"),
        ({"summary.counts": {}}, r"set 3\.summary\.goal: .*only groups that have a count"),
        ({"summary.counts": {"left": -1}, "summary.goal": {}}, r"set 3\.summary\.counts"),
        ({"summary.goal": {"left": 10**9}, "summary.counts": {"left": 0}}, r"set 3\.summary\.goal: .*10000"),
        ({"repetitions": [{"number": 77, "medians": []}]}, r"set 3\.repetitions: .*numbers of the summary"),
        ({"summary.cues": [[[]]]}, "cues"),
        ({"summary.cues": json.loads("[" * 40 + "]" * 40)}, "in each other up to 32 deep"),
    ],
)
def test_a_wrong_set_hides_no_other(filled: Path, tmp_path: Path, keys: dict[str, object], words: str) -> None:
    """It is left out and told, with its place and what is allowed; all others come in, and can be read."""
    data = changed(exported(filled, tmp_path), **keys)
    (tmp_path / "e.json").write_text(json.dumps(data), encoding="utf-8")
    with open_history(tmp_path / "new.db", write=True) as history:
        found = import_json(history, tmp_path / "e.json")
        assert (found.new, found.known, len(found.left_out)) == (len(data["sets"]) - 1, 0, 1)
        assert re.search(words, found.left_out[0]), found.left_out
        assert "e.json, set 3" in found.left_out[0]
        assert len(history.figures()) == len(contents(history)) == found.new
        assert history.left_out == []


@pytest.mark.parametrize("what", ["times", "values", "errors", "figure", "order"])
def test_a_set_whose_lists_differ_in_length_is_left_out(tmp_path: Path, path: Path, what: str) -> None:
    """Times, values and errors belong together, one by one; times rise, and a figure has all landmarks."""
    with open_history(path, write=True) as history:
        history.put(judged_set(low_arms=True), judged_set())
    data = exported(path, tmp_path)
    trace = data["sets"][0]["trace"]
    if what == "times":
        trace["times"].append(trace["times"][-1] + 1)
    elif what == "order":
        trace["times"].reverse()
    elif what == "figure":
        figure = {"t": 1.0, "size": [1, 1], "points": [[0.0, 0.0]], "visibility": [1.0]}
        broke = {"what": "refused", "number": 1, "group": "in", "start_s": 0, "end_s": 1, "held_s": 0}
        broke |= {"text": None, "at_s": None, "blamed": None}
        trace["reasons"] = [{"broke": broke, "figure": figure}]
    else:
        trace["signals"][0][what].pop()
    (tmp_path / "e.json").write_text(json.dumps(data), encoding="utf-8")
    with open_history(tmp_path / "new.db", write=True) as history:
        found = import_json(history, tmp_path / "e.json")
        assert (found.new, len(found.left_out)) == (1, 1)
        assert "set 1.trace: the trace of this set is damaged" in found.left_out[0]


def test_a_file_of_any_size_is_read_line_by_line(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One too large to be read at once, with a damaged line, a line too long and an end cut off: the others come in."""
    exported(filled, tmp_path)
    lines = (tmp_path / "e.json").read_bytes().splitlines(keepends=True)
    longest = max(map(len, lines))
    small = replace(gate.HISTORY, most_bytes=longest + 10)
    monkeypatch.setattr("posecheck.history.exchange.HISTORY", small)
    lines[2] = b"{damaged},\n"
    lines[3] = lines[3].replace(b'"posecheck"', b" " * 2 * longest + b'"posecheck"', 1)
    (tmp_path / "e.json").write_bytes(b"".join(lines[:-2]) + lines[-2][:100])
    with open_history(tmp_path / "new.db", write=True) as history:
        found = import_json(history, tmp_path / "e.json")
        assert found.new == len(lines) - 2 - 3
        assert [one.split("e.json")[1].split("(")[0] for one in found.left_out] == [
            ": it is not valid JSON ",
            f": it is too large for a history; allowed: at most {small.most_bytes:,} bytes",
            " is cut off: what comes after the sets above is missing; export the history again",
        ]


def test_a_set_that_the_database_refuses_is_left_out(filled: Path, tmp_path: Path) -> None:
    """What no rule foresees is refused by the tables, and hides no other set either."""
    data = exported(filled, tmp_path)
    kept = data["sets"][2]
    kept["summary"]["cues"] = [{"cue": "a", "text": "b", "start_s": 0, "end_s": 1}]
    (tmp_path / "e.json").write_text(json.dumps(data), encoding="utf-8")
    with open_history(tmp_path / "new.db", write=True) as history:
        history._db.execute(
            "CREATE TRIGGER no BEFORE INSERT ON cues WHEN new.cue = 'a' BEGIN SELECT RAISE(ABORT, 'x'); END"
        )
        found = import_json(history, tmp_path / "e.json")
        assert (found.new, len(found.left_out)) == (len(data["sets"]) - 1, 1)
        assert "cannot be kept (x)" in found.left_out[0]
        assert history.count() == found.new


@pytest.mark.parametrize(
    "damage",
    [
        "started = 253402300799.0",
        "started = 9e300",
        "started = -9e9",
        "started = 'today'",
        "duration_s = 9e999",
        "counts = '[]'",
        "counts = '{\"left\": null}'",
        "goal = '{'",
        "utc_offset_s = 999999999",
    ],
)
def test_a_damaged_set_in_the_database_hides_no_other(filled: Path, damage: str) -> None:
    """An older posecheck took such sets in: lists leave them out, and tell which, and how to remove them."""
    with open_history(filled, write=True) as history:
        count = history.count()
        history._db.execute(f"UPDATE sets SET {damage} WHERE id = 2")
        history._db.execute("UPDATE medians SET value = 9e999 WHERE set_id = 3")
    with open_history(filled) as history:
        assert len(history.figures()) == count - 1
        assert len(history.page(count)) == count - 1
        (told,) = history.left_out
        assert told.startswith("set 2 is damaged (")
        assert "`posecheck history delete 2`" in told


def exported(filled: Path, folder: Path) -> Any:
    """The exported history as data; its file is e.json in the folder."""
    with open_history(filled) as history:
        export_json(history, folder / "e.json")
    return json.loads((folder / "e.json").read_text(encoding="utf-8"))


def changed(data: Any, **keys: object) -> Any:
    """The exported data with these keys of its third set changed; a dot leads into what a key holds."""
    for key, value in keys.items():
        *way, last = key.split(".")
        place = data["sets"][2]
        for part in way:
            place = place[part]
        place[last] = value
    return data


def test_a_file_that_is_not_there(path: Path, tmp_path: Path) -> None:
    """A missing file is told by name."""
    with open_history(path, write=True) as history, pytest.raises(InputError, match=r"cannot read .*none\.json"):
        import_json(history, tmp_path / "none.json")
