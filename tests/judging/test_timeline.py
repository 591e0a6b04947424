"""Why: which condition failed when, by how much, for each hold that broke or did not count."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from posecheck.cli import app as cli
from posecheck.errors import UsageError
from posecheck.exercises import load_exercise
from posecheck.judging.timeline import Why, explain
from posecheck.records import Phase, Pose, Posture
from posecheck.records.folders import data_dir
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import (
    Camera,
    dropped_out,
    floor_sitting,
    half_kneeling,
    keys_of,
    knee_drops_set,
    motion,
    ninety_ninety_set,
    side_bend_set,
    standing,
)


def why(poses: list[Pose], exercise: str = "ninety_ninety", at_s: float | None = None) -> Why:
    """The timeline of these poses."""
    return explain(poses, load_exercise(exercise), at_s)


def test_a_broken_hold_is_blamed_on_the_limit_that_failed_first() -> None:
    """Arms that come down in mid-hold pause it: blamed is the arms' own exit limit, from the moment it failed."""
    found = why(ninety_ninety_set(("right",), broken_s=1.5))
    pause = found.breaks[0]
    assert (pause.what, pause.number, pause.group) == ("paused", 1, "right")
    assert pause.blamed is not None
    assert pause.at_s is not None
    assert (pause.blamed.name, pause.blamed.low, pause.blamed.high) == ("arm_elevation", 130.0, None)
    assert pause.blamed.value is not None
    assert pause.blamed.missed_by == pytest.approx(130.0 - pause.blamed.value)
    assert pause.start_s + pause.held_s == pytest.approx(pause.at_s, abs=0.1)
    assert pause.at_s < pause.end_s < pause.at_s + 0.5
    (repetition,) = found.repetitions
    assert repetition.counted


def test_the_timeline_is_whole() -> None:
    """The stretches follow one another without a gap, from the first frame to the last, each in another state."""
    poses = ninety_ninety_set(("right",), broken_s=1.5)
    stretches = why(poses).stretches
    assert (stretches[0].start_s, stretches[-1].end_s) == (poses[0].t, poses[-1].t)
    for one, after in pairwise(stretches):
        assert one.end_s == after.start_s
        same = (one.phase, one.group, [c.key for c in one.failed]) == (
            *(after.phase, after.group),
            [c.key for c in after.failed],
        )
        assert not same
    phases = [s.phase for s in stretches if s.end_s - s.start_s > 1.0]
    assert [p for p in phases if p in (Phase.HOLD, Phase.PAUSED)] == [Phase.HOLD, Phase.PAUSED, Phase.HOLD]
    clean = [s for s in stretches if s.phase is Phase.HOLD and s.end_s - s.start_s > 1.0]
    assert all(s.failed == () for s in clean)


def test_a_hold_that_comes_out_too_soon_is_refused_for_what_ended_it() -> None:
    """A hold of 12 s is refused, and the moment at which it was let go is named."""
    found = why(ninety_ninety_set(("right",), hold_s=12))
    refused = found.breaks[-1]
    assert (refused.what, refused.number, refused.text) == ("refused", 1, found.repetitions[0].text)
    assert refused.blamed is not None
    assert refused.blamed.name in ("arm_elevation", "rear_thigh_inclination")
    assert refused.at_s == pytest.approx(found.repetitions[0].end_s, abs=0.15)


@pytest.mark.parametrize(
    ("poses", "exercise", "signal"),
    [
        (ninety_ninety_set(("right",), arm_deg=90), "ninety_ninety", "arm_elevation"),
        (ninety_ninety_set(("right",), shift_deg=0), "ninety_ninety", "rear_thigh_inclination"),
        (side_bend_set(("left",), bend_deg=5), "side_bend", "bend_to_front"),
        (knee_drops_set(("in",), drop_deg=8), "knee_drops", "knee_drop"),
        (knee_drops_set(("in",), to_one_side=True), "knee_drops", "knee_shift"),
    ],
)
def test_an_effort_that_never_became_a_hold_is_blamed_on_its_fault(
    poses: list[Pose], exercise: str, signal: str
) -> None:
    """A whole effort with one fault is refused for that fault: its limit failed for most of the time."""
    (effort,) = why(poses, exercise).breaks
    assert (effort.what, effort.held_s) == ("refused", 0.0)
    assert effort.blamed is not None
    assert effort.blamed.name == signal
    assert effort.blamed.missed_by is not None
    assert effort.blamed.missed_by > 0


def test_an_effort_is_told_at_its_best() -> None:
    """A drop of 6 degrees is blamed for the 6 degrees that were reached, not for the beginning of the way there."""
    found = why(knee_drops_set(("in",), drop_deg=6), "knee_drops")
    (refused,) = found.breaks
    assert refused.blamed is not None
    assert refused.blamed.value == pytest.approx(6, abs=0.5)
    assert refused.at_s is not None
    assert refused.best_s is not None
    assert refused.start_s <= refused.at_s < refused.best_s <= refused.end_s


def test_time_in_another_posture_is_told_with_the_poses() -> None:
    """Ten seconds on the floor are ten seconds read as sitting, and standing before them is standing."""
    found = why(list(motion(keys_of((0, 3, standing()), (0.5, 10, floor_sitting())), 15)))
    assert list(found.other_postures) == ["floor_sitting", "standing"]
    assert found.other_postures["floor_sitting"] == pytest.approx(10.2, abs=0.4)
    assert found.other_postures["standing"] == pytest.approx(3.2, abs=0.4)


def test_an_effort_without_a_start_is_blamed_on_no_limit_of_the_hold() -> None:
    """Who is in the stretch from the first frame on is refused for the start, and the timeline says what it lacks."""
    deep = half_kneeling("right", hips_forward=25, arm_elevation=172)
    found = why(list(motion(keys_of((0, 12, deep)))))
    (effort,) = found.breaks
    assert (effort.what, effort.text) == ("refused", "the starting position was not kept for a moment first")
    assert {s.phase for s in found.stretches} == {Phase.SETUP}
    lacking = {c.name for s in found.stretches if s.group for c in s.failed}
    assert "rear_thigh_inclination" in lacking or "front_shin_inclination" in lacking


def test_one_more_than_the_goal_is_blamed_on_nothing() -> None:
    """A third hold on a side is logged as extra: no limit failed."""
    found = why(ninety_ninety_set(("right", "right", "right")))
    assert [(b.number, b.text, b.blamed) for b in found.breaks if b.what == "refused"] == [
        (3, "more than the goal: logged, not counted", None)
    ]


def test_what_is_not_seen_is_not_blamed_on_a_limit() -> None:
    """A hold that is paused because nobody is seen is blamed on the view, with words that help and no value."""
    poses = list(dropped_out(ninety_ninety_set(("right",)), (15.0, 16.5)))
    pause = why(poses).breaks[0]
    assert pause.blamed is not None
    assert (pause.what, pause.blamed.name, pause.blamed.value) == ("paused", "view", None)
    assert pause.at_s == pytest.approx(15.0, abs=0.1)
    assert pause.blamed.words is not None
    assert "no_person: I can't see you" in pause.blamed.words


def test_a_hold_too_short_to_be_listed_is_told() -> None:
    """A hold of about one second appears in no report; here it is, with what ended it."""
    deep = half_kneeling("right", hips_forward=15, arm_elevation=172)
    start = half_kneeling("right")
    keys = keys_of((0, 1, standing()), (1, 3, start), (0.6, 0.9, deep), (0.6, 5, start))
    found = why(list(motion(keys)))
    assert found.repetitions == ()
    assert [b.what for b in found.breaks] == ["paused", "dropped"]
    assert all(b.number is None and b.blamed is not None for b in found.breaks)


def test_another_posture_is_named() -> None:
    """While somebody sits on the floor the timeline says which posture is seen and which is wanted."""
    keys = keys_of((0, 3, floor_sitting()))
    (stretch,) = why(list(motion(keys))).stretches
    assert [(c.name, c.words) for c in stretch.failed] == [
        ("posture", "you were sitting on the floor; kneel on one knee")
    ]
    assert stretch.phase is Phase.SETUP


def test_a_clean_set_has_no_breaks() -> None:
    """A set done well has nothing to blame, and limits fail only on the way in and out."""
    found = why(knee_drops_set(("in", "out")), "knee_drops")
    assert found.breaks == ()
    assert {s.group for s in found.stretches if s.phase is Phase.HOLD} == {"in", "out"}
    assert all(not s.failed for s in found.stretches if s.phase is Phase.HOLD)


def test_the_same_tape_gives_the_same_timeline() -> None:
    """Twice the same poses, twice the same rows."""
    poses = ninety_ninety_set(("right",), broken_s=1.5)
    assert why(poses) == why(poses)


def test_no_poses_give_no_rows() -> None:
    """An empty recording has an empty timeline."""
    assert why([]) == Why((), (), ())


def test_a_moment_shows_every_condition() -> None:
    """In mid-hold with the arms down every exit limit is listed with its value, and the arms alone fail."""
    poses = ninety_ninety_set(("right",), broken_s=1.5, camera=Camera(orthographic=True))
    pause = why(poses).breaks[0]
    moment = why(poses, at_s=pause.end_s).moment
    assert moment is not None
    assert (moment.group, moment.posture) == ("right", Posture.HALF_KNEELING)
    assert moment.t == pytest.approx(pause.end_s, abs=0.1)
    limits = [limit for limit in load_exercise("ninety_ninety").limits if limit.exit]
    assert [c.name for c in moment.conditions] == [limit.signal for limit in limits]
    assert [c.name for c in moment.conditions if not c.holds] == ["arm_elevation"]
    knee = next(c for c in moment.conditions if c.name == "rear_knee_flexion")
    assert knee.error is not None


def test_between_efforts_both_directions_are_shown() -> None:
    """At rest, lying on the back, a moment shows what a drop inwards and what one outwards would need."""
    moment = why(knee_drops_set(("in",)), "knee_drops", at_s=2.0).moment
    assert moment is not None
    found = [(c.name, c.plane, c.group) for c in moment.conditions]
    assert found == [("knee_drop", "image", "in"), ("knee_drop", "world", "in"), ("knee_drop", "image", "out")]


@pytest.mark.parametrize("at_s", [-1.0, 99.0])
def test_a_moment_outside_of_the_recording_is_refused(at_s: float) -> None:
    """A time before the first frame or after the last is answered with the span of the recording."""
    with pytest.raises(UsageError, match=rf"nothing at {at_s:g} s of the recording: it goes from 0\.0 to \d+\.\d s"):
        why(knee_drops_set(("in",)), "knee_drops", at_s)


# ---- the command


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tape of a hold that is broken off."""
    path = tmp_path_factory.mktemp("why") / "me.jsonl.gz"
    with TapeWriter(path, TapeHeader("0", "made", "0", "me", (640, 480))) as writer:
        for pose in ninety_ninety_set(("right",), hold_s=14, broken_s=1.5):
            writer.write(pose)
    return path


def run_cli(monkeypatch: pytest.MonkeyPatch, *args: object) -> int:
    """The exit code of a command."""
    monkeypatch.setattr("sys.argv", ["posecheck", *(str(a) for a in args)])
    monkeypatch.setenv("COLUMNS", "160")
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def test_the_command_prints_breaks_and_timeline(
    tape: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terminal shows each break with its limit, then a row for each stretch; the exercise is found out."""
    assert run_cli(monkeypatch, "why", tape) == 0
    told = capsys.readouterr().out
    assert "90-90 hip-flexor stretch: 0 of 1 counted" in told
    assert "refused: held 14" in told
    rows = [line for line in told.splitlines() if line.lstrip().startswith("1 ")]
    assert len(rows) == 1  # one row an attempt, however often it paused
    assert "limit ≥ 130°, by " in told
    assert "posture: you were standing; kneel on one knee" in told
    assert "paused right" in told


def test_the_command_looks_at_a_moment(
    tape: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--at prints each condition with its verdict."""
    assert run_cli(monkeypatch, "why", tape, "-e", "ninety_ninety", "--at", "12") == 0
    told = capsys.readouterr().out
    assert "at 12.00 s: hold, half kneeling, right" in told
    assert told.count("✓") == 7


def test_a_video_is_refused_with_how_to_make_a_tape(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A video is answered with the command that makes a tape of it."""
    assert run_cli(monkeypatch, "why", data_dir("samples") / "knee_drops.mp4", "-e", "knee_drops") == 10
    assert "--exercise knee_drops --tape poses.jsonl.gz`, then ask why of that" in capsys.readouterr().err
