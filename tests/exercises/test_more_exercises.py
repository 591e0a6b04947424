"""The exercises that were never recorded, on bodies made to order: done right, done wrong, seen wrong, mirrored."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.cli import app as cli
from posecheck.draw.angle_overlay import draw_arcs
from posecheck.draw.canvas import Canvas
from posecheck.draw.overlay import draw
from posecheck.draw.skeleton import Figure
from posecheck.exercises import built_in_names, exercise_names, load_exercise, more_exercise_names
from posecheck.exercises.advice import warnings
from posecheck.exercises.sides import resolved
from posecheck.judging.session import Session
from posecheck.judging.timeline import explain
from posecheck.live.guide.flow import Flow, replayed
from posecheck.live.guide.flow_records import Stage
from posecheck.live.guide.framing import posture_words
from posecheck.live.guide.routine import dose_words, routine_for
from posecheck.live.ui.between_exercises import dose_of
from posecheck.live.ui.ghost import draw_ghost, draw_room, stance_of
from posecheck.live.ui.screen import Screen, ScreenStatus
from posecheck.measure import measure, reading
from posecheck.records import Landmark, Phase, Pose, Signal, Step, Summary
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import FOOT_CAMERA, FRONT_CAMERA, MADE, SIDE_CAMERA, judged, made_set, make_pose, mirrored

NAMES = more_exercise_names()
WRONG = [(name, wrong) for name in MADE for wrong in MADE[name].wrong]
FOURTEEN = {
    "couch stretch": ["couch_stretch"],
    "standing quad stretch": ["standing_quad_stretch"],
    "single knee to chest": ["single_knee_to_chest"],
    "supine active knee extension": ["active_knee_extension"],
    "bridge, hold and repetitions": ["bridge", "bridge_repetitions"],
    "bent-knee fall-out": ["bent_knee_fall_out"],
    "windshield wipers": ["windshield_wipers"],
    "seated butterfly": ["seated_butterfly"],
    "calf stretch": ["calf_stretch"],
    "child's pose": ["childs_pose"],
    "standing side bend": ["standing_side_bend"],
    "sit-to-stand, squat": ["sit_to_stand", "squat"],
    "split squat": ["split_squat"],
    "arm raise": ["arm_raise"],
}


def fps_of(name: str) -> float:
    """As few frames a second as the exercise can be judged with, with a little to spare: the tests stay quick."""
    return load_exercise(name).view.min_fps + 1.0


@cache
def first_of(name: str, group: str) -> tuple[Pose, ...]:
    """One repetition of one group, done right."""
    return tuple(made_set(name, groups=[group], fps=fps_of(name)))


@cache
def verdict(name: str, group: str) -> Summary:
    return judged(first_of(name, group), name)


def groups_of(name: str) -> tuple[str, ...]:
    return load_exercise(name).groups


def test_all_fourteen_are_there() -> None:
    """Each exercise that the format has to carry has a file and a motion; the measured ones come first."""
    assert sorted(name for names in FOURTEEN.values() for name in names) == sorted(NAMES) == sorted(MADE)
    assert built_in_names()[:3] == exercise_names()
    assert not set(exercise_names()) & set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_measured_says_so(name: str) -> None:
    """The file says in its first lines that its limits are starting values, and nothing in it is unwise."""
    from posecheck.exercises.loading import built_in_path

    head = built_in_path(name).read_text(encoding="utf-8").split("\nschema =", 1)[0]
    assert "starting value" in head
    assert "not measured" in head
    exercise = load_exercise(name)
    assert warnings(exercise) == ()
    assert "not a medical device" in exercise.care
    assert any(word in exercise.care for word in ("Stop if", "Stop"))


@pytest.mark.parametrize("name", NAMES)
def test_done_right_the_whole_set_counts(name: str) -> None:
    """The goal is reached, nothing is refused, and all of it can be judged."""
    summary = judged(made_set(name, fps=fps_of(name)), name)
    assert summary.complete
    assert dict(summary.counts) == summary.goal
    assert [r.reason for r in summary.repetitions if not r.counted] == []
    assert summary.not_judged == ()


@pytest.mark.parametrize(("name", "wrong"), WRONG, ids=lambda x: x)
def test_each_fault_is_refused(name: str, wrong: str) -> None:
    """A typical fault counts nothing: the repetition is listed once, with its reason, and the helpful cue is given."""
    fault = MADE[name].wrong[wrong]
    exercise = load_exercise(name)
    cues = {f.name: f.cue for f in exercise.faults}
    for group in exercise.groups:
        summary = judged(made_set(name, groups=[group], wrong=wrong), name)
        assert not any(summary.counts.values())
        (only,) = summary.repetitions
        assert only.reason == fault.reason
        assert only.group == group or fault.either
        if fault.cue:
            assert (fault.cue, cues[fault.cue]) in [(cue.cue, cue.text) for cue in summary.cues]
        if fault.reason in cues:
            assert only.text == cues[fault.reason]


@pytest.mark.parametrize("name", NAMES)
def test_from_a_wrong_view_nothing_is_judged(name: str) -> None:
    """From the front instead of the side, or the other way round: no count and no blame, but where to turn."""
    exercise = load_exercise(name)
    seen = MADE[name].camera
    other = {SIDE_CAMERA.yaw_deg: FRONT_CAMERA, FRONT_CAMERA.yaw_deg: SIDE_CAMERA}[seen.yaw_deg]
    camera = replace(seen, yaw_deg=other.yaw_deg, pitch_deg=0.0 if seen is FOOT_CAMERA else seen.pitch_deg)
    summary = judged(made_set(name, groups=exercise.groups[:1], camera=camera, fps=fps_of(name)), name)
    assert not any(summary.counts.values())
    assert summary.repetitions == ()
    assert exercise.view.cue in [span.text for span in summary.not_judged]


@pytest.mark.parametrize("name", [name for name in NAMES if "left" in groups_of(name)])
def test_mirrored_left_is_right(name: str) -> None:
    """The mirrored picture counts for the other side, for exactly the same time, and the right side's own does, too.

    Not to the letter: the side that is further from the camera is measured a little differently.
    """
    left, right = verdict(name, "left"), verdict(name, "right")
    turned = judged([mirrored(pose) for pose in first_of(name, "left")], name)
    assert (left.counts, right.counts, turned.counts) == (
        {"left": 1, "right": 0},
        {"left": 0, "right": 1},
        {"left": 0, "right": 1},
    )
    assert turned.repetitions[0].held_s == pytest.approx(left.repetitions[0].held_s, abs=1e-6)
    assert right.repetitions[0].held_s == pytest.approx(left.repetitions[0].held_s, abs=0.15)


@pytest.mark.parametrize("height_m", [1.55, 1.9])
@pytest.mark.parametrize("name", NAMES)
def test_short_and_tall_people(name: str, height_m: float) -> None:
    """Angles do not depend on size: as long as the body is in the picture, the same repetition counts."""
    seen = MADE[name].camera
    camera = replace(seen, distance_m=seen.distance_m * height_m / 1.7, above_m=seen.above_m * height_m / 1.7)
    group = groups_of(name)[0]
    summary = judged(made_set(name, groups=[group], camera=camera, height_m=height_m, fps=fps_of(name)), name)
    assert summary.counts[group] == 1


# ---- every command and the live window


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs posecheck with these words; exit code, standard output, standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["posecheck", *map(str, words)])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize("name", NAMES)
def test_every_command_takes_every_exercise(
    name: str, command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    """Explained, checked, judged, asked why and expected: each works for each exercise, by its name."""
    group = groups_of(name)[0]
    tape = tmp_path / "me.jsonl.gz"
    with TapeWriter(tape, TapeHeader("0", "made", "0", "me", (640, 480))) as writer:
        for pose in first_of(name, group):
            writer.write(pose)
    exercise = load_exercise(name)
    code, out, _ = command("exercises", name)
    assert (code, exercise.title in out, "not measured" in out) == (0, True, True)
    code, out, err = command("exercises", "check", name)
    assert (code, err) == (0, "")
    assert "warning" not in out
    code, out, _ = command("judge", tape, "-e", name, "--json", tmp_path / "report.json")
    assert (tmp_path / "report.json").exists()
    assert "counted" in out
    code, out, _ = command("why", tape, "-e", name)
    assert (code, "1 of 1 counted" in out) == (0, True)
    if NAMES.index(name) % 4:
        return  # what follows goes by no exercise: a few of them are enough
    middle = verdict(name, group).repetitions[0].start_s + 0.2
    code, out, _ = command("why", tape, "-e", name, "--at", f"{middle:.2f}")
    assert (code, resolved(exercise).limits[-1].signal.rsplit("_", 1)[1] in out) == (0, True), out
    code, out, err = command("expect", tape, "-e", name)
    assert code == 0, err
    assert list(tmp_path.glob("*.posecheck.toml"))


def test_the_list_has_all_and_says_which_are_measured(command: Callable[..., tuple[int, str, str]]) -> None:
    """The three measured ones come first, the others are marked."""
    code, out, _ = command("exercises")
    rows = [line.split()[0] for line in out.splitlines() if line and not line[0].isspace()]
    assert code == 0
    assert [row for row in rows if row in built_in_names()] == list(built_in_names())
    assert all(f"{name} *" in out for name in NAMES)
    assert "starting values" in out


@pytest.mark.parametrize("name", NAMES)
def test_a_live_set_of_each(name: str) -> None:
    """Framed, counted in and counted: the routine of each exercise runs, and its picture is drawn in every stage."""
    flow = Flow(routine_for(name), source="made to order")
    screen, drawn = Screen(), set()
    for number, moment in enumerate(replayed(flow, first_of(name, groups_of(name)[0]))):
        if moment.stage not in drawn or number % 40 == 0:
            picture = screen.draw(np.full((480, 640, 3), 90, np.uint8), moment, status=ScreenStatus(mirror=True))
            assert picture.shape[1] == 640
            drawn.add(moment.stage)
    assert Stage.EXERCISE in drawn
    assert sum(flow.summaries()[0].counts.values()) == 1


@pytest.mark.parametrize("name", NAMES)
def test_each_has_a_ghost_of_its_own_start(name: str) -> None:
    """The figure to stand in shows the body the exercise starts with, and where the camera goes can be drawn."""
    stance = stance_of(load_exercise(name))
    assert stance.body == MADE[name].start
    canvas = Canvas(np.full((480, 640, 3), 128, np.uint8))
    draw_ghost(canvas, stance, (120, 40, 520, 440))
    draw_room(canvas, stance, (20.0, 20.0, 120.0, 140.0))
    assert (canvas.image != 128).any()


def test_words_for_repetitions_and_for_what_looks_like_several_postures() -> None:
    """Nobody is told to hold a squat for half a second, or that child's pose is lying down."""
    squat, bridge, child = (load_exercise(name) for name in ("squat", "bridge", "childs_pose"))
    assert (dose_of(squat), dose_words(squat)) == ("10 × squats", "10 squats")
    assert (dose_of(bridge), dose_words(bridge)) == ("5 × 10 s each: bridges", "5 bridges, 10 s each")
    assert dose_words(load_exercise("arm_raise")) == "5 on each side"
    assert [posture_words(e) for e in (squat, bridge, child)] == [
        "In position",
        "On your back, knees bent",
        "In position",
    ]


def test_the_other_side_is_asked_for_until_it_is_tried() -> None:
    """After a counted hold of one side "change legs" is told, until the other leg is lifted."""
    session = Session(load_exercise("standing_quad_stretch"))
    steps = [session.feed(pose) for pose in made_set("standing_quad_stretch", groups=["left", "right"])]
    said = [s for s in session.summary().cues if s.cue == "switch_side"]
    assert len(said) == 2
    tried = next(s.check.t for s in steps if s.check.zones.get("right") not in (None, "out"))
    assert said[0].end_s <= tried + 0.3


def test_why_names_the_limit_of_the_side_that_was_tried() -> None:
    """A heel that is not drawn up far enough on the right is blamed on the right knee, not on the left one."""
    poses = made_set("standing_quad_stretch", groups=["right"], wrong="heel too low")
    (refused,) = explain(poses, load_exercise("standing_quad_stretch")).breaks
    assert refused.blamed is not None
    assert refused.blamed.name == "right_knee_flexion"


@pytest.mark.parametrize("name", ["squat", "sit_to_stand", "bridge_repetitions"])
def test_nobody_who_rests_between_repetitions_is_told_to_go_further(name: str) -> None:
    """The cue of a repetition that is too small comes while it is tried, not in the pauses of a set that is right."""
    group = groups_of(name)[0]
    assert [cue.cue for cue in judged(made_set(name, groups=[group] * 3), name).cues] == []


def test_repetitions_show_their_number_and_holds_their_seconds() -> None:
    """Of squats the large number is how many were counted, and it changes with the count and not with the seconds."""
    session = Session(load_exercise("squat"))
    steps = [session.feed(pose) for pose in made_set("squat", groups=["squats"] * 2)]
    deep = [s for s in steps if s.progress.phase is Phase.HOLD]
    first, later = deep[0], next(s for s in deep if s.progress.counts["squats"] == 1)

    def number(step: Step) -> Any:
        return draw(np.full((480, 640, 3), 90, np.uint8), step)[:200, :180]

    longer = replace(first, progress=replace(first.progress, held_s=0.49))
    assert (number(first) == number(longer)).all()
    assert (number(first) != number(later)).any()
    held = replace(first, progress=replace(first.progress, target_s=20.0, held_s=3.0))
    assert (number(held) != number(replace(held, progress=replace(held.progress, held_s=4.0)))).any()


@pytest.mark.parametrize(
    ("name", "signal", "turned"),
    [
        ("bent_knee_fall_out", Signal.LEFT_SHIN_TILT, -30.0),
        ("calf_stretch", Signal.LEFT_ANKLE_DORSIFLEXION, 32.0),
        ("bridge", Signal.HIP_FLEXION, 2.0),
    ],
)
def test_the_new_angles_are_drawn_at_their_joints(name: str, signal: Signal, turned: float) -> None:
    """Each has an arc with a label at a joint of the leg it belongs to; what it shows is what is measured."""
    pose = make_pose(MADE[name].held, camera=MADE[name].camera)
    measurement = measure(pose)
    assert measurement.view is not None
    found = reading(measurement.image, signal)
    assert found is not None
    assert found.value == pytest.approx(turned, abs=8)
    canvas = Canvas(np.full((480, 640, 3), 128, np.uint8))
    target = (signal, found.value, -60.0, 60.0)
    figure = Figure(pose, 640, 480, mirror=False)
    (label,) = draw_arcs(canvas, figure, (target,), facing=measurement.view.facing)
    assert label.target == target
    joints = (Landmark.LEFT_ANKLE, Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
    assert label.anchor in [figure.at(joint) for joint in joints]
    x, y = (round(c) for c in label.anchor)
    assert (canvas.image[y - 45 : y + 45, x - 45 : x + 45] != 128).any()
