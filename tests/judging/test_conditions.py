"""Which conditions of an exercise hold in one frame: what is said of a limit that has no value."""

from __future__ import annotations

import pytest

from posecheck.exercises import load_exercise
from posecheck.judging.check import check
from posecheck.judging.conditions import UNSEEN, Condition, conditions_of
from posecheck.records import Context, Measurement, Phase, Posture, Progress, Reading, Side, Signal, Step, View
from posecheck.testing import half_kneeling, make_pose

BEND = load_exercise("side_bend")
FRONT_VIEW = View(5.0, 1, 0.6)
ZERO = {("bend_to_front", "image"): 0.0}


def conditions(bend: float, confidence: float, context: Context, phase: Phase) -> tuple[Condition, ...]:
    """Those of a side bend, right leg in front, with this reading."""
    image = {Signal.SIDE_BEND: Reading(bend, confidence)}
    measurement = Measurement(1.0, FRONT_VIEW, Posture.HALF_KNEELING, Side.RIGHT, image)
    verdict = check(measurement, BEND, context)
    progress = Progress(phase, "left", 0.0, 20.0, {}, {})
    step = Step(make_pose(half_kneeling("left")), measurement, verdict, context, (), progress)
    return conditions_of(step, BEND, phase, "left")


@pytest.mark.parametrize(("bend", "missed_by"), [(5.0, 4.5), (9.5, 0.0), (20.0, 0.0), (45.0, 5.0)])
def test_a_limit_is_missed_by_what_lies_between(bend: float, missed_by: float) -> None:
    """In position a bend is held against the enter limit, and what is lacking or too much is told in degrees."""
    found = conditions(bend, 1.0, Context(Side.RIGHT, ZERO), Phase.POSITION)[0]
    assert (found.name, found.value, found.low, found.high) == ("bend_to_front", bend, 9.5, 40.0)
    assert found.missed_by == pytest.approx(missed_by)
    assert found.holds is (missed_by == 0.0)


def test_a_signal_that_was_not_measured_is_not_seen_well_enough() -> None:
    """In the starting position a limit whose signal is missing says so; it is no other limit's fault."""
    image = {Signal.TRUNK_LEAN: Reading(0.0, 1.0)}
    measurement = Measurement(1.0, FRONT_VIEW, Posture.HALF_KNEELING, Side.RIGHT, image)
    context = Context(Side.RIGHT, judged=True)
    verdict = check(measurement, BEND, context)
    progress = Progress(Phase.SETUP, None, 0.0, 20.0, {}, {})
    found = conditions_of(
        Step(make_pose(half_kneeling("left")), measurement, verdict, context, (), progress), BEND, Phase.SETUP, None
    )
    assert {c.words for c in found if c.name == "bend_to_front"} == {UNSEEN}


def test_a_limit_without_a_value_says_why() -> None:
    """Without its zero it says so; with one, but seen too poorly, it says that; neither holds."""
    for confidence, zeros, words in ((1.0, {}, "not known yet"), (0.41, ZERO, None), (0.39, ZERO, UNSEEN)):
        context = Context(Side.RIGHT, zeros, judged=True)
        if confidence < 0.4:  # the frame as a whole is not judged then
            (found,) = conditions(12.0, confidence, context, Phase.HOLD)
            assert (found.name, found.words) == ("view", found.words)
            assert "shoulders and hips" in (found.words or "")
            continue
        found = conditions(12.0, confidence, context, Phase.HOLD)[0]
        assert found.holds is (words is None)
        assert words is None or words in (found.words or "")
