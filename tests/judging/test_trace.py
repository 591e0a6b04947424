"""Trace: what a report needs of one set, kept while it goes on and read back again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import pairwise

import pytest

from posecheck.errors import FormatError
from posecheck.exercises import load_exercise
from posecheck.judging.session import Session
from posecheck.judging.trace import EVERY_S, BreakReason, Trace, TraceRecorder
from posecheck.measure.uncertainty import FRONT_NEARER, KNEELING_NEARER, errors_of
from posecheck.records import Phase, Pose
from posecheck.testing import dropped_out, knee_drops_set, ninety_ninety_set, side_bend_set

NEARER = (FRONT_NEARER, KNEELING_NEARER)

EXACT_DEG = 0.6  # of a made body whose hips are where the detector puts them; values are kept to 0.1


def traced(poses: Iterable[Pose], exercise: str = "ninety_ninety", *, from_first: bool = False) -> Trace:
    """The trace of these poses."""
    session = Session(load_exercise(exercise))
    recorder = TraceRecorder(session.exercise, from_first=from_first)
    for pose in poses:
        recorder.update(session.feed(pose))
    recorder.note(session.finish())
    return recorder.trace(session.summary())


def the_reason(trace: Trace) -> BreakReason:
    """The only reason there is."""
    (reason,) = trace.reasons
    return reason


@pytest.fixture(scope="module")
def broken() -> Trace:
    """A hold in which the arms come down for a moment."""
    return traced(ninety_ninety_set(("right",), broken_s=1.5))


def test_the_judged_signals_are_kept_over_time(broken: Trace) -> None:
    """Each signal with a limit is there once, thinned, and its value in the hold is that of the body that was made."""
    named = {(s.name, s.relative): s for s in broken.signals}
    assert len(named) == len(broken.signals) == 7
    assert all(len(s.values) == len(s.errors) == len(broken.times) for s in broken.signals)
    assert min(b - a for a, b in pairwise(broken.times)) >= EVERY_S - 1e-3
    in_hold = next(i for i, t in enumerate(broken.times) if t >= 10.0)
    arms, shin = named["arm_elevation", None], named["rear_thigh_inclination", "difference"]
    assert arms.values[in_hold] == pytest.approx(172, abs=EXACT_DEG)
    assert shin.values[in_hold] == pytest.approx(15, abs=EXACT_DEG)
    assert arms.bounds[0].enter == (145.0, None)
    assert arms.bounds[0].exit == (130.0, None)
    assert arms.errors[in_hold] in {errors_of("ninety_ninety", near)["arm_elevation"] for near in NEARER}
    assert arms.values[0] is None  # standing: not judged by these limits


def test_a_pause_is_told_at_its_worst(broken: Trace) -> None:
    """The condition that broke the hold is given as it was when the arms were lowest, with what to do and a figure."""
    reason = the_reason(broken)
    assert reason.broke.what == "paused"
    assert reason.seen is not None
    assert reason.seen_s is not None
    assert reason.until_s is not None
    assert reason.figure is not None
    assert (reason.seen.name, reason.seen.low) == ("arm_elevation", 130.0)
    assert reason.seen.value == pytest.approx(0, abs=EXACT_DEG)
    assert reason.broke.at_s is not None
    assert reason.broke.at_s < reason.seen_s <= reason.until_s < reason.broke.at_s + 3
    assert reason.cue == "Reach both arms up, as far as is comfortable."
    assert reason.figure.t == pytest.approx(reason.seen_s, abs=EVERY_S)
    assert len(reason.figure.points) == 33


def test_an_effort_is_told_as_it_was_for_most_of_it() -> None:
    """Arms held at 120 degrees for 20 s are told as that, not as they were on the way down."""
    reason = the_reason(traced(ninety_ninety_set(("right",), arm_deg=120)))
    assert reason.broke.what == "refused"
    assert reason.seen is not None
    assert reason.seen.value == pytest.approx(120, abs=EXACT_DEG)
    assert reason.seen.low == 145.0


@pytest.mark.parametrize(
    ("poses", "exercise", "signal", "value"),
    [
        (side_bend_set(("right",), bend_deg=-15), "side_bend", "bend_to_front", -15),
        (knee_drops_set(("in",), drop_deg=6), "knee_drops", "knee_drop", 6),
        (knee_drops_set(("in",), to_one_side=True), "knee_drops", "knee_shift", 0.29),
    ],
)
def test_other_exercises_are_told_too(poses: list[Pose], exercise: str, signal: str, value: float) -> None:
    """A bend to the wrong side, a small drop and a drop to one side are blamed on their own signal and value."""
    reason = the_reason(traced(poses, exercise))
    assert reason.seen is not None
    assert reason.seen.name == signal
    assert reason.seen.value == pytest.approx(value, abs=0.5 if abs(value) > 1 else 0.02)


def test_a_setup_cue_is_not_the_answer_to_a_small_drop() -> None:
    """What the exercise says while getting ready is not given as help for the movement itself."""
    assert the_reason(traced(knee_drops_set(("in",), drop_deg=6), "knee_drops")).cue is None


def test_a_hold_too_many_blames_no_limit() -> None:
    """A hold beyond the goal was held well: its reason names no condition, no cue and no figure."""
    trace = traced(ninety_ninety_set(("right",) * 3))
    assert [r.counted for r in trace.summary.repetitions] == [True, True, False]
    reason = the_reason(trace)
    assert reason.broke.what == "refused"
    assert reason == BreakReason(reason.broke)


def test_the_phases_cover_the_set(broken: Trace) -> None:
    """The phases follow one another from the first pose to the last, and tell the pause."""
    spans = broken.phases
    assert (spans[0].start_s, spans[-1].end_s) == (broken.start_s, broken.end_s)
    assert all(a.end_s == b.start_s for a, b in pairwise(spans))
    assert [s.phase for s in spans if s.phase in (Phase.HOLD, Phase.PAUSED)] == [Phase.HOLD, Phase.PAUSED, Phase.HOLD]
    assert {s.group for s in spans if s.phase is Phase.HOLD} == {"right"}


def test_what_is_not_judged_has_no_value() -> None:
    """While nobody is seen, no signal has a value, and its error is not given either."""
    poses = dropped_out(ninety_ninety_set(("right",)), (12.0, 15.0))
    trace = traced(poses)
    gone = [i for i, t in enumerate(trace.times) if 12.2 < t < 14.8]
    assert gone
    assert all(s.values[i] is None and s.errors[i] is None for s in trace.signals for i in gone)


def test_a_hold_that_broke_because_nobody_was_seen_has_no_figure() -> None:
    """There is nothing to draw, and the view is to blame."""
    reasons = traced(dropped_out(ninety_ninety_set(("right",)), (12.0, 18.0))).reasons
    unseen = [reason.figure for reason in reasons if reason.seen is not None and reason.seen.name == "view"]
    assert unseen
    assert set(unseen) == {None}


def test_a_signal_that_only_a_fault_looks_at_is_kept_too() -> None:
    """Its bounds are those of the fault, the same for a hold to begin and to go on."""
    exercise = load_exercise("side_bend")
    fault = exercise.faults[0].model_copy(
        update={"signal": "arm_elevation", "relative": None, "above": 90.0, "below": None, "magnitude": False}
    )
    session = Session(exercise.model_copy(update={"faults": (fault.model_copy(update={"during": ("hold",)}),)}))
    recorder = TraceRecorder(session.exercise)
    recorder.update(session.feed(side_bend_set(("right",))[0]))
    (signal,) = (s for s in recorder.trace(session.summary()).signals if s.name == "arm_elevation")
    assert [(b.enter, b.exit) for b in signal.bounds] == [((None, 90.0), (None, 90.0))]


def test_json_there_and_back(broken: Trace) -> None:
    """A trace reads back equal, and is small enough to keep one for each set."""
    text = broken.to_json()
    assert Trace.from_json(text) == broken
    assert len(text) < 40_000


def test_a_damaged_trace_and_a_newer_one_are_refused(broken: Trace) -> None:
    """What is not whole, or newer, is refused in words that say what to do."""
    text = broken.to_json()
    with pytest.raises(FormatError, match="judge its recording again"):
        Trace.from_json(text[: len(text) // 2])
    with pytest.raises(FormatError, match="update posecheck"):
        Trace.from_json(text.replace('"schema":1', '"schema":2', 1))
    with pytest.raises(FormatError, match=r"cannot be read \(\d+ errors\): .*judge its recording again"):
        Trace.from_json(text.replace('"title"', '"name"', 1))


@pytest.mark.parametrize("what", ["times", "values", "errors", "order", "figure"])
def test_lists_that_belong_together_are_of_one_length(broken: Trace, what: str) -> None:
    """A value and an error for each time, times that rise, and all landmarks of a figure; else nothing can be drawn."""
    data = json.loads(broken.to_json())
    assert Trace.from_json(json.dumps(data)) == broken
    if what == "times":
        data["times"].append(data["times"][-1] + 1.0)
    elif what == "order":
        data["times"].reverse()
    elif what == "figure":
        figure = next(reason["figure"] for reason in data["reasons"] if reason["figure"])
        figure["points"].pop()
    else:
        data["signals"][0][what].pop()
    with pytest.raises(FormatError, match=r"is damaged: its times must rise.*judge its recording again"):
        Trace.from_json(json.dumps(data))


def test_a_trace_may_be_asked_for_on_the_way() -> None:
    """Asking in mid-set changes nothing: the trace at the end is the same as without asking."""
    poses = ninety_ninety_set(("right",), hold_s=5)
    session = Session(load_exercise("ninety_ninety"))
    recorder = TraceRecorder(session.exercise)
    early = traced([]).summary
    for pose in poses:
        recorder.update(session.feed(pose))
        recorder.trace(early)
    recorder.note(session.finish())
    assert recorder.trace(session.summary()) == traced(poses)


def test_a_live_set_begins_at_zero() -> None:
    """The times of a live set, whose clock begins anywhere, are shown from its first pose on."""
    poses = ninety_ninety_set(("right",), hold_s=3)
    later = [Pose(p.t + 1000.0, p.size, p.points_px, p.points_m, p.visibility) for p in poses]
    assert traced(later, from_first=True).zero_s == 1000.0
    assert traced(later).zero_s == 0.0
