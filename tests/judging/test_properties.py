"""What holds for any poses whatever: no crash, no number that is none, no time or count that there was no time for."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from posecheck.draw.display_filter import DisplayFilter
from posecheck.errors import PoseError
from posecheck.exercises import load_exercise
from posecheck.judging.session import Session
from posecheck.judging.timeline import explain
from posecheck.measure import measure
from posecheck.records import Measurement, Phase, Pose, Repetition, Step, Summary
from posecheck.report.json_csv import summary_dict
from posecheck.tape import TapeHeader, TapeWriter, read_tape
from tests.judging.strategies import (
    EXERCISES,
    MISHAPS,
    Mishap,
    Poses,
    Still,
    befallen,
    examples,
    exercises,
    filmed,
    made_up,
    mishaps,
    one_hold,
)

HAIR = 1e-6  # of seconds: sums of time stamps


def numbers(measurement: Measurement) -> list[float]:
    view = measurement.view
    seen = (
        []
        if view is None
        else [
            view.yaw_deg,
            view.body_size_fraction,
            view.trunk_to_shoulder_ratio,
            view.lateral_orientation,
            view.headroom,
        ]
    )
    readings = [*measurement.image.values(), *measurement.world.values()]
    return [measurement.t, *seen, *(x for r in readings for x in (r.value, r.confidence))]


def assert_sane_step(step: Step) -> None:
    """Every number of a step is one, its progress is within its own bounds, and without a verdict it says why."""
    assert_numbers(step)
    assert step.check.judged or (step.check.reason and not step.check.zones and not step.check.faults)


def assert_numbers(step: Step) -> None:
    progress = step.progress
    assert all(math.isfinite(x) for x in numbers(step.measurement))
    assert all(math.isfinite(value) for _, value, _, _ in progress.angles)
    assert all(bound is None or math.isfinite(bound) for _, _, low, high in progress.angles for bound in (low, high))
    assert 0 <= progress.held_s < math.inf
    assert all(0 <= progress.counts[group] <= goal for group, goal in progress.goal.items())
    assert all(event.t == step.pose.t and 0 <= event.held_s < math.inf for event in step.events)


def assert_sane(summary: Summary, poses: Poses) -> None:
    """All times lie within the recording and in order, nothing is held or counted that there was no time for."""
    start, end = (poses[0].t, poses[-1].t) if poses else (0.0, 0.0)
    assert summary.duration_s == end - start
    assert summary.frames == len(poses) >= summary.frames_with_pose
    assert 0 <= summary.judged_s <= summary.duration_s + HAIR
    repetitions, timing = summary.repetitions, load_exercise(summary.exercise).timing
    assert_in_order(repetitions, start, end)
    for one in repetitions:
        assert 0 <= one.held_s <= one.end_s - one.start_s + HAIR
        assert one.counted is (one.reason is None)
        assert (one.text is None) is one.counted
        assert not one.counted or one.held_s >= timing.full_s - HAIR
    for group, count in summary.counts.items():
        assert count == sum(one.counted and one.group == group for one in repetitions) <= summary.goal[group]
    assert sum(summary.counts.values()) * timing.full_s <= summary.duration_s + HAIR
    assert summary.complete is (summary.counts == summary.goal)
    spans = [(s.start_s, s.end_s) for s in summary.cues] + [(s.start_s, s.end_s) for s in summary.not_judged]
    assert all(start <= begun <= over <= end for begun, over in spans)
    json.dumps(summary_dict(summary), allow_nan=False)


def assert_in_order(repetitions: Iterable[Repetition], start: float, end: float) -> None:
    before = start
    for number, one in enumerate(repetitions, 1):
        assert one.number == number
        assert before - HAIR <= one.start_s <= one.end_s <= end
        before = one.end_s


def assert_survives(name: str, poses: Poses) -> None:
    """Poses are judged as an exercise, step by step, and everything that comes out is sane."""
    session, settler = Session(load_exercise(name)), DisplayFilter()
    for pose in poses:
        step = session.feed(pose)
        assert_sane_step(step)
        assert_numbers(settler.update(step))
    assert_sane(session.summary(), poses)


@given(name=exercises, happens=mishaps)
@example(name="ninety_ninety", happens=[Mishap("absent", 0.0, 1.0, 1)])
@example(name="side_bend", happens=[Mishap("one point", 0.5, 0.1, 1)])
@example(name="knee_drops", happens=[Mishap("far off", 0.0, 1.0, 1)])
def test_whatever_happens_to_a_recording_the_verdict_is_sane(name: str, happens: list[Mishap]) -> None:
    """Lost, frozen, swapped, shaken, hurried or far off: no crash, no NaN, no time from nowhere."""
    assert_survives(name, befallen(one_hold(name), happens))


@given(name=exercises, stills=made_up, start_s=st.floats(0, 1e6))
def test_any_bodies_give_a_sane_verdict(name: str, stills: list[Still], start_s: float) -> None:
    """Limbs turned anywhere, seen from anywhere, half visible, in any picture: the same."""
    assert_survives(name, filmed(stills, start_s))


@pytest.mark.parametrize("what", MISHAPS)
@pytest.mark.parametrize("name", EXERCISES)
def test_after_a_mishap_it_goes_on(name: str, what: str) -> None:
    """What happens to two frames of a recording, right at its beginning, is over afterwards: the repetition counts."""
    poses = one_hold(name)
    session = Session(load_exercise(name))
    for pose in befallen(poses, [Mishap(what, 0.0, 1 / len(poses), 5)]):
        session.feed(pose)
    assert sum(session.summary().counts.values()) == 1


@examples(12)
@given(name=exercises, happens=mishaps, at=st.floats(0, 1))
def test_a_verdict_can_be_explained(name: str, happens: list[Mishap], at: float) -> None:
    """`why` says of any recording the same repetitions as the session, and stretches that follow each other."""
    poses = befallen(one_hold(name), happens)
    session = Session(load_exercise(name))
    for pose in poses:
        session.feed(pose)
    t = poses[0].t + at * (poses[-1].t - poses[0].t)
    why = explain(poses, load_exercise(name), t)
    assert why.repetitions == session.summary().repetitions
    assert why.moment is not None
    assert why.moment.t <= t + HAIR
    for one, after in zip(why.stretches, why.stretches[1:], strict=False):
        assert one.start_s <= one.end_s == after.start_s
    refused = [b.number for b in why.breaks if b.what == "refused"]
    assert sorted(refused, key=str) == sorted((r.number for r in why.repetitions if not r.counted), key=str)
    for one_break in why.breaks:
        assert one_break.start_s <= one_break.end_s
        assert one_break.at_s is None or one_break.blamed is not None


@examples(8)
@given(name=exercises, happens=mishaps)
def test_a_verdict_is_the_same_every_time(name: str, happens: list[Mishap]) -> None:
    """The same poses give the same steps and the same summary, to the letter."""
    poses = befallen(one_hold(name), happens)
    first, second = Session(load_exercise(name)), Session(load_exercise(name))
    for pose in poses:
        assert first.feed(pose) == second.feed(pose)
    assert first.summary() == second.summary()


@examples(12)
@given(stills=made_up)
def test_the_phase_says_what_is_held(stills: list[Still]) -> None:
    """Seconds are held in the phases of a hold and in no other one."""
    for name in EXERCISES:
        session = Session(load_exercise(name))
        for pose in filmed(stills):
            progress = session.feed(pose).progress
            holding = progress.phase in (Phase.HOLD, Phase.PAUSED, Phase.RETURN)
            assert holding or progress.held_s == 0.0


# ---- the contract about time and numbers


@pytest.mark.parametrize("again", [0.0, -0.1, -1e9])
def test_a_time_that_does_not_rise_is_an_error(again: float) -> None:
    """A time that comes again, or an earlier one, is refused by name, and the session goes on as if without it."""
    poses = one_hold("knee_drops")
    whole, plain = Session(load_exercise("knee_drops")), Session(load_exercise("knee_drops"))
    for number, pose in enumerate(poses):
        assert whole.feed(pose) == plain.feed(pose)
        if number % 20 == 0:
            with pytest.raises(PoseError, match="time must rise"):
                whole.feed(Pose.absent(pose.t + again))
    assert whole.summary() == plain.summary()


def test_measuring_forgets() -> None:
    """Measuring a pose twice, with others in between, says the same."""
    poses = one_hold("ninety_ninety")[::20]
    first = [measure(pose) for pose in poses]
    assert [measure(pose) for pose in reversed(poses)][::-1] == first


# ---- tapes


@given(name=exercises, happens=mishaps)
def test_a_tape_gives_back_every_number(
    name: str, happens: list[Mishap], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any poses read back bit for bit, whatever their picture's size."""
    poses = befallen(one_hold(name), happens)
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    write(path, poses)
    with read_tape(path) as tape:
        assert tuple(tape) == poses


def write(path: Path, poses: Iterable[Pose]) -> None:
    with TapeWriter(path, TapeHeader("0", "made", "0", "made.mp4", (640, 480))) as tape:
        for pose in poses:
            tape.write(pose)


@pytest.mark.parametrize("name", EXERCISES)
def test_a_sound_recording_counts(name: str) -> None:
    """The recordings of these tests count while nothing happens to them: there is something to spoil."""
    session = Session(load_exercise(name))
    for pose in one_hold(name):
        session.feed(pose)
    assert sum(session.summary().counts.values()) == 1
