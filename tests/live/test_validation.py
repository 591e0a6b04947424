"""`posecheck validate`: who follows the script is scored right, who does not is not, and what is kept says it again."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from pathlib import Path

import pytest

from posecheck.errors import FormatError, InputError, OutputError, UsageError
from posecheck.exercises import load_exercise
from posecheck.live import loop
from posecheck.live.guide.flow import Action
from posecheck.live.guide.flow_records import Moment, Stage
from posecheck.live.guide.scripted import ScriptedCoach, ScriptedFlow
from posecheck.records import CueSpan, NotJudgedSpan, Pose, Repetition, Summary
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.validation.kept import SCRIPT, TAPE, kept_folders, new_folder, read_script, scored, write_script
from posecheck.validation.score import END_S, START_S, Validated, score
from posecheck.validation.script import SCRIPTS, Fault, Hold, Line, Said, exercise_for, script_for
from posecheck.validation.words import validated_dict, validated_lines, validated_rows
from tests.live.follower import Follower
from tests.live.live_set import Viewer, film

FPS = 10.0
NAMES = tuple(SCRIPTS)


@functools.cache
def done(name: str, react_s: float = 0.3, move_s: float = 1.0, deaf: bool = False) -> tuple[ScriptedFlow, Validated]:
    """The whole script of an exercise, and its score."""
    flow, _, poses = led(name, react_s, move_s, deaf=deaf)
    summary = flow.summaries()[0]
    assert poses[0].t == 0.0
    return flow, score(flow.said, summary)


def led(name: str, react_s: float, move_s: float, deaf: bool = False) -> tuple[ScriptedFlow, list[Moment], list[Pose]]:
    flow = ScriptedFlow(script_for(name))
    person = Follower(flow, name, react_s, move_s, deaf=deaf)
    moments: list[Moment] = []
    poses: list[Pose] = []
    while not flow.done:
        poses.append(person.pose(len(poses) / FPS))
        moments.append(flow.feed(poses[-1]))
    flow.finish()
    return flow, moments, poses


# ---- whole scripts


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("react_s", "move_s"), [(0.3, 1.0), (1.0, 2.0)])
def test_who_follows_the_script_is_scored_right(name: str, react_s: float, move_s: float) -> None:
    """A quick and a slow person: every count, held time and fault is right, and no cue is false."""
    _, found = done(name, react_s, move_s)
    assert found.exact
    assert found.counts[1] >= 4
    assert found.held[0] == found.held[1] >= 2
    assert found.seen[0] == found.seen[1] >= 2
    assert (found.false_cues, found.elsewhere, found.reasons) == ((), 0, ())
    assert found.judged_s == found.asked_s > 20


def test_who_does_not_follow_it_is_not() -> None:
    """Somebody who stays where they are: what had to count did not, and no fault was seen to be one."""
    _, found = done("knee_drops", deaf=True)
    assert not found.exact
    assert found.counts[0] == sum(hold.counts is False for hold in found.holds)
    assert (found.held, found.seen[0]) == ((0, 0), 0)


def test_who_leaves_before_the_word_has_another_time() -> None:
    """A hold that was left five seconds before "stop" counts, but its held time cannot be true."""
    flow, found = done("ninety_ninety")
    hold = next(h for h in found.holds if h.counts)
    summary = replace(flow.summaries()[0])
    short = tuple(replace(r, held_s=r.held_s - 5.5) if r.counted else r for r in summary.repetitions)
    off = score(flow.said, replace(summary, repetitions=short))
    assert off.counts == found.counts
    assert off.held[0] < off.held[1]
    assert hold.least_s == pytest.approx(25.0 - START_S, abs=0.7)


# ---- the score, by hand


def said(*lines: tuple[float, Line]) -> tuple[Said, ...]:
    return tuple(Said(t, line, 0.4) for t, line in lines)


def verdict(*repetitions: Repetition, cues: tuple[CueSpan, ...] = (), lost: tuple[NotJudgedSpan, ...] = ()) -> Summary:
    counts = {g: sum(r.counted and r.group == g for r in repetitions) for g in ("left", "right")}
    return Summary(
        *("0", "ninety_ninety", "", 60.0, 600, 600, 60.0, repetitions, counts, {}, False, cues, lost),
    )


def repetition(start: float, end: float, group: str = "left", **change: object) -> Repetition:
    keys: dict[str, object] = {"held_s": end - start, "counted": True}
    return Repetition(1, group, start, end, **{**keys, **change})  # type: ignore[arg-type]


HELD = said(
    (10.0, Line("Now.", 25.0, Hold("left"))),
    (35.0, Line("Stop.", 1.5, stop=True)),
    (40.0, Line("Now.", 8.0, Hold("left", False), Fault("arms lower", ("arms_up",)))),
    (48.0, Line("Stop.", 1.5, stop=True)),
    (60.0, Line("Done.", 1.0)),
)


def test_a_hold_is_matched_by_its_time_and_its_side() -> None:
    """Counted on the other side, twice, in the time of another, or while nothing was to be done: each is named."""
    right = score(HELD, verdict(repetition(12.0, 35.5)))
    assert (right.counts, right.exact) == ((2, 2), True)
    assert right.holds[0].held_s == 23.5
    other = score(HELD, verdict(repetition(12.0, 35.5, "right")))
    assert (other.holds[0].counted, other.holds[0].wrong_side, other.exact) == (0, 1, False)
    twice = score(HELD, verdict(repetition(12.0, 20.0), repetition(21.0, 35.0)))
    assert twice.counts == (1, 2)
    false = score(HELD, verdict(repetition(12.0, 35.5), repetition(42.0, 48.0)))
    assert (false.counts, false.holds[1].right) == ((1, 2), False)
    between = score(HELD, verdict(repetition(12.0, 35.5), repetition(52.0, 58.0)))
    assert (between.counts, between.elsewhere, between.exact) == ((2, 2), 1, False)
    extra = score(HELD, verdict(repetition(12.0, 35.5, counted=False, reason="extra")))
    assert extra.exact, "only the cap of the goal kept it from counting"


def test_reaction_is_allowed_for_and_no_more() -> None:
    """Any held time between the latest start with the first end, and the earliest start with the latest end, fits."""
    least, most = 25.0 - 0.4 - START_S, 25.0 + 0.4 + END_S
    for held_s, fits in ((least + 0.1, True), (least - 0.1, False), (most - 0.1, True), (most + 0.1, False)):
        found = score(HELD, verdict(repetition(12.0, 35.5, held_s=held_s)))
        assert found.held == (int(fits), 1)


def test_a_fault_is_seen_by_its_cue_or_its_refusal_in_its_time() -> None:
    """Another cue, or its cue at another time, does not show that it was seen."""
    assert score(HELD, verdict(cues=(CueSpan("arms_up", "", 41.0, 43.0),))).faults[0].seen == "arms_up"
    assert score(HELD, verdict(cues=(CueSpan("lean_back", "", 41.0, 43.0),))).faults[0].seen is None
    assert score(HELD, verdict(cues=(CueSpan("arms_up", "", 30.0, 32.0),))).faults[0].seen is None
    assert score(HELD, verdict(cues=(CueSpan("arms_up", "", 30.0, 42.0),))).faults[0].seen is None, "from before"
    assert score(HELD, verdict(cues=(CueSpan("arms_up", "", 30.0, 46.0),))).faults[0].seen == "arms_up"
    refused = repetition(42.0, 48.0, counted=False, reason="arms_up")
    assert score(HELD, verdict(refused)).faults[0].seen == "arms_up"


def test_cues_during_right_holding_are_false_and_what_was_not_judged_is_told() -> None:
    """Only from the latest start to the earliest end: while the person moves, any cue is fair."""
    cues = tuple(CueSpan("arms_up", "", t, t + 1.0) for t in (11.0, 20.0, 36.0))
    found = score(HELD, verdict(cues=cues, lost=(NotJudgedSpan("cut_off:head", "", 30.0, 38.0),)))
    assert found.false_cues == ("arms_up",)
    assert found.right_s == pytest.approx(25.0 - 0.4 - START_S)
    assert (found.asked_s, found.judged_s, found.reasons) == (33.0, 28.0, ("cut_off:head",))
    told = " ".join(validated_lines(found))
    assert "False cues while you did it right: 1 in 21 s (arms_up)." in told
    assert "Judged 28 of 33 s" in told
    assert '3.5 s after the word "now"' in told
    rows = validated_rows(found)
    assert len({len(row) for row in rows}) == 1
    assert len(rows) == 1 + 2 + 1
    assert json.loads(json.dumps(validated_dict(found)))["sums"]["counts"] == {"right": 1, "of": 2}


def test_what_ended_early_is_scored_as_far_as_it_went() -> None:
    """A hold without its "stop" is no hold."""
    early = score(HELD[:1], verdict(repetition(2.0, 8.0), repetition(12.0, 20.0)))
    assert (early.holds, early.elsewhere) == ((), 0), "nobody knows yet whether that was right"
    assert score((), verdict()).counts == (0, 0)


# ---- scripts and guide


@pytest.mark.parametrize("name", NAMES)
def test_a_script_asks_for_what_its_exercise_knows(name: str) -> None:
    """Groups and cues are those of the exercise, every hold has its end, both sides come, and it is short."""
    script, exercise = script_for(name), load_exercise(name)
    known = {fault.name for fault in exercise.faults} | {"too_short", "partial", "too_small"}
    holds = [line for line in script.lines if line.hold]
    assert {line.hold.group for line in holds if line.hold and line.hold.counts} == set(exercise.groups)
    assert all(set(line.fault.cues) <= known for line in script.lines if line.fault)
    assert sum(line.stop for line in script.lines) == len(holds)
    assert 60 < script.duration_s < 240
    goal = exercise_for(script).goal
    assert (goal.each > len(holds), goal.alternate) == (True, False)


def test_there_is_no_script_for_other_exercises() -> None:
    """The three main exercises have one; another name says which there are."""
    with pytest.raises(UsageError, match="ninety_ninety, side_bend, knee_drops"):
        script_for("squat")


def test_the_script_begins_when_the_person_is_in_place_and_nothing_else_is_told() -> None:
    """Framing and countdown first; then each line at its time, no cue, no verdict, and keys do nothing."""
    flow, moments, _ = led("knee_drops", 0.3, 1.0, deaf=False)
    stages = [stage for i, m in enumerate(moments) if (stage := m.stage) is not moments[i - 1].stage or i == 0]
    assert stages == [Stage.FRAMING, Stage.READY, Stage.EXERCISE]
    told = [m for m in moments if m.stage is Stage.EXERCISE]
    assert all(m.step is None and m.events == () for m in told)
    lines = list(dict.fromkeys((one.t, one.line.say) for one in flow.said))
    assert [say for _, say in lines] == [*(line.say for line in script_for("knee_drops").lines), "Done. Thank you."]
    for before, after in zip(flow.said, flow.said[1:], strict=False):
        least = max(before.line.wait_s, before.words_s)
        assert least <= after.t - before.t <= least + 0.7
    again = ScriptedFlow(script_for("knee_drops"))
    again.key(Action.PAUSE)
    assert again.feed(Pose.absent(0.0)).stage is Stage.FRAMING


@pytest.mark.parametrize("voice", [True, False])
def test_each_line_is_heard_once(voice: bool) -> None:
    """With a voice the words themselves, at once; without one a chime asks to look at the screen."""
    flow, moments, _ = led("knee_drops", 0.3, 1.0, deaf=False)
    coach = ScriptedCoach(voice=voice)
    heard = [(m, coach.update(m)) for m in moments]
    during = [message for m, messages in heard if m.stage is Stage.EXERCISE for message in messages]
    if voice:
        assert [m.text for m in during] == [one.line.say for one in flow.said]
        assert all(m.interrupt for m in during)
    else:
        assert [m.name for m in during] == ["attention"] * len(flow.said)


# ---- what is kept


def write_tape(path: Path, poses: list[Pose]) -> None:
    with TapeWriter(path, TapeHeader("0", "made", "0" * 64, "made", poses[0].size)) as writer:
        for pose in poses:
            writer.write(pose)


def test_tape_and_script_give_the_score_again(tmp_path: Path) -> None:
    """A folder holds two files, found wherever it was put, and judging its tape gives the same."""
    flow, _, poses = led("knee_drops", 0.3, 1.0, deaf=False)
    folder = new_folder("knee_drops", tmp_path / "clinic" / "person-01")
    write_tape(folder / TAPE, poses)
    write_script(folder, "knee_drops", flow.said)
    assert {path.name for path in folder.iterdir()} == {TAPE, SCRIPT}
    assert list(kept_folders([tmp_path / "clinic"])) == [folder]
    exercise, read = read_script(folder)
    assert (exercise, [one.line for one in read]) == ("knee_drops", [one.line for one in flow.said])
    found = scored(folder)
    assert found.exact
    assert found.counts == score(flow.said, flow.summaries()[0]).counts
    with pytest.raises(OutputError, match="another folder"):
        new_folder("knee_drops", folder)


def test_folders_are_numbered_and_damage_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was kept is overwritten; what is missing or damaged says what to do."""
    monkeypatch.chdir(tmp_path)
    assert [new_folder("side_bend").name for _ in range(2)] == ["validation-side_bend-01", "validation-side_bend-02"]
    with pytest.raises(InputError, match="posecheck validate"):
        list(kept_folders([tmp_path]))
    with pytest.raises(InputError, match="posecheck validate"):
        read_script(tmp_path)
    for text in ("{", '{"schema": 1, "exercise": "side_bend", "said": [{"t": 1}]}', '{"schema": 9}'):
        (tmp_path / SCRIPT).write_text(text, encoding="utf-8")
        with pytest.raises(FormatError):
            read_script(tmp_path)


# ---- the command


@pytest.mark.system
def test_the_command_leads_scores_and_keeps(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    unhurried: None,  # noqa: ARG001  # for its effect
) -> None:
    """A film as the camera, a person who follows the script: figures in the terminal, tape and script in the folder."""
    from tests.live.test_live import command

    camera = film(tmp_path / "camera.mp4", 120.0, FPS)

    def run(*args: object, **given: object) -> loop.LiveVerdict:
        guide = given["guide"]
        assert isinstance(guide, loop.Guide)
        assert isinstance(guide.flow, ScriptedFlow)
        person = Follower(guide.flow, "knee_drops", 0.6, 1.5)

        class Screen(Viewer):
            """Nobody presses keys."""

            def __init__(self) -> None:
                self.shown, self.room, self.released = 0, (1000, 700), False

            @property
            def closed(self) -> bool:
                return False

            def show(self, image: object) -> None:  # noqa: ARG002
                self.shown += 1

            def keys(self) -> list[str]:
                return []

        return real_run(*args, make_detector=lambda: person, make_display=Screen, **given)  # type: ignore[arg-type]

    real_run = loop.run_live
    monkeypatch.setattr(loop, "run_live", run)
    args = (
        "validate",
        "knee_drops",
        "--camera",
        camera,
        "--no-voice",
        "--to",
        tmp_path / "p",
        "--json",
        tmp_path / "r.json",
    )
    assert command(monkeypatch, *args) == 0
    told = capsys.readouterr()
    assert "Counted as it had to be: 6 of 6." in told.out
    assert "Faults on purpose that were seen: 2 of 2." in told.out
    assert "no picture" in told.err
    assert {path.name for path in (tmp_path / "p").iterdir()} == {TAPE, SCRIPT}
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["exact"] is True
    assert command(monkeypatch, *args) == OutputError.exit_code
    assert command(monkeypatch, "validate", "squat") == UsageError.exit_code
