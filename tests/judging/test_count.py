"""Holds, repetitions and sides, counted from verdicts made by hand: no body, no picture."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.exercises import load_exercise
from posecheck.exercises.format import Exercise
from posecheck.exercises.sides import resolved
from posecheck.judging.check import check
from posecheck.judging.count import AFTER_GOAL_S, GLITCH_S, REASONS, Counter
from posecheck.judging.limits import values_of
from posecheck.records import (
    Check,
    Context,
    Event,
    EventKind,
    Measurement,
    Phase,
    Posture,
    Reading,
    Reason,
    ReasonKind,
    Repetition,
    Side,
    Signal,
    Values,
    View,
    Zone,
)

NINETY = load_exercise("ninety_ninety")
DROPS = load_exercise("knee_drops")
T = NINETY.timing
D = DROPS.timing
KNEES = 5.0  # the neutral of the knee drop
HIPS_FORWARD = {"enter": 15.0, "keep": 5.0}
KNEES_IN = {"enter": 20.0, "keep": 7.0, "try": 5.0}
KNEES_OUT = {"enter": -20.0, "keep": -7.0, "try": -4.0}
ZONES = {"enter": Zone.ENTER, "keep": Zone.KEEP, "try": Zone.TRY, "out": Zone.OUT, "start": Zone.OUT}
LOST, LEFT = "lost", "left"
RATES = [5.0, 8.0, 10.0, 15.0, 30.0]


def readings(front: Side | None, group: str, what: str) -> dict[Signal, Reading]:
    """Every signal that the limits name, as it is in this zone; a test holds it against the check."""
    if front is None:
        moved = (KNEES_IN if group == "in" else KNEES_OUT).get(what, 0.0)
        values = {Signal.KNEE_DROP: KNEES + moved, Signal.KNEE_SHIFT: 0.0}
    else:
        shift = HIPS_FORWARD.get(what, 0.0)
        values = {
            Signal(f"{front}_knee_flexion"): 90.0 + shift,
            Signal(f"{front}_shin_inclination"): shift,
            Signal(f"{front.other}_knee_flexion"): 90.0 - shift,
            Signal(f"{front.other}_thigh_inclination"): shift,
            Signal.TRUNK_LEAN: 0.0,
            Signal.ARM_ELEVATION: 172.0 if what in ("enter", "keep", "try") else 0.0,
        }
    return {signal: Reading(value, 1.0) for signal, value in values.items()}


class Drive:
    """Feeds a Counter with what is the case for some seconds; notes what happened.

    What can be the case: "start" (the starting position), "enter", "keep", "try", "out", "lost", "left" (its posture).
    """

    def __init__(self, exercise: Exercise = NINETY, fps: float = 15.0, steps: Iterable[float] | None = None) -> None:
        self.exercise, self.counter = exercise, Counter(exercise)
        self.front: Side | None = None if exercise is DROPS else Side.LEFT
        self.steps = cycle(steps or [1 / fps])
        self.t = 0.0
        self.until = 0.0
        self.events: list[Event] = []
        self.caused: list[tuple[float, Event]] = []

    def go(self, what: str, seconds: float, group: str | None = None, faults: tuple[str, ...] = ()) -> Drive:
        self.until += seconds
        while self.t < self.until - 1e-9:
            self._frame(what, group, faults)
            self.t += next(self.steps)
        return self

    def _frame(self, what: str, group: str | None, faults: tuple[str, ...]) -> None:
        posture = Posture.STANDING if what == LEFT else self.exercise.posture
        group = group or (self.front.other.value if self.front else "in")
        context = self.counter.context(self.front, what != LOST, None)
        found = readings(self.front, group, what)
        values = values_of(Measurement(self.t, None, posture, self.front, found, found), self.exercise, context)
        if what == LOST:
            check = Check(self.t, False, Reason(ReasonKind.NO_PERSON))
        elif what == LEFT:
            check = Check(self.t, True)
        else:
            zones = dict.fromkeys(self.exercise.groups if self.front is None else (group,), Zone.OUT)
            zones[group] = ZONES[what]
            check = Check(self.t, True, None, True, what == "start" or self.exercise is DROPS, zones, faults, values)
        events = self.counter.update(posture, check)
        self.events += events
        self.caused += [(self.t, event) for event in events]

    def hole(self, seconds: float) -> Drive:
        """No frame at all for so long."""
        self.until += seconds
        self.t += seconds
        return self

    def done(self) -> list[Repetition]:
        self.events += self.counter.finish()
        return self.counter.repetitions

    def kinds(self) -> list[EventKind]:
        return [e.kind for e in self.events]


def ready(exercise: Exercise = NINETY, fps: float = 15.0, steps: Iterable[float] | None = None) -> Drive:
    """In position, baselines taken."""
    drive = Drive(exercise, fps, steps).go("start", 1.6)
    assert drive.counter.in_position
    return drive


def only(repetitions: list[Repetition]) -> Repetition:
    assert len(repetitions) == 1, repetitions
    return repetitions[0]


@pytest.mark.parametrize("what", ZONES)
@pytest.mark.parametrize("group", ["left", "right", "in", "out"])
def test_what_is_driven_is_what_the_check_would_say(what: str, group: str) -> None:
    """The readings made for a zone are in that zone of the exercise, against the baselines of the starting position."""
    exercise = DROPS if group in DROPS.groups else NINETY
    front = None if exercise is DROPS else Side(group).other
    drive = Drive(exercise)
    drive.front = front
    baselines = drive.go("start", 1.6).counter.context(front, True, None).baselines
    assert len(baselines) == len(exercise.baselines)
    view = (
        View(0.0, 1, 0.6, trunk_to_shoulder_ratio=1.2)
        if exercise is DROPS
        else View(90.0, 1, 0.6, trunk_to_shoulder_ratio=4.0)
    )
    found = readings(front, group, what)
    made = Measurement(2.0, view, exercise.posture, front, found, found)
    verdict = check(made, exercise, Context(front, baselines, judged=False))
    assert verdict.judged
    assert {g: z for g, z in verdict.zones.items() if z is not Zone.OUT} == (
        {} if ZONES[what] is Zone.OUT else {group: ZONES[what]}
    )
    assert verdict.ready or what != "start"


def test_a_whole_hold_counts() -> None:
    """A hold of the full time on the rear leg's side is counted, with its start, its end and its length."""
    repetition = only(ready().go("enter", 20.5).go("out", 4).done())
    assert (repetition.number, repetition.group, repetition.counted, repetition.reason) == (1, "right", True, None)
    assert repetition.held_s == pytest.approx(20.5, abs=0.1)
    assert repetition.start_s == pytest.approx(1.6, abs=0.1)
    assert repetition.end_s == pytest.approx(22.1, abs=0.1)


def test_the_start_is_dated_back() -> None:
    """A hold is certain only after `enter_s`, and then counts from its first frame."""
    drive = ready().go("enter", 3)
    started = next(e for e in drive.events if e.kind is EventKind.HOLD_STARTED)
    assert started.t == pytest.approx(1.6 + T.enter_s, abs=0.1)
    assert started.held_s == pytest.approx(T.enter_s, abs=0.1)
    assert drive.counter.held_s == pytest.approx(3.0, abs=0.1)


def test_a_brush_of_the_limits_is_no_hold() -> None:
    """Inside the limits for less than `enter_s` starts nothing."""
    drive = ready()
    for _ in range(10):
        drive.go("enter", T.enter_s - 0.15).go("out", 0.6)
    assert EventKind.HOLD_STARTED not in drive.kinds()


def test_the_exit_limits_keep_but_do_not_start_a_hold() -> None:
    """Between enter and exit limits a hold goes on; none begins there."""
    assert EventKind.HOLD_STARTED not in ready().go("keep", 5).kinds()
    assert only(ready().go("enter", 1).go("keep", 19.5).go("out", 4).done()).held_s == pytest.approx(20.5, abs=0.1)


def test_a_fault_pauses_and_keeps_the_credit() -> None:
    """Two seconds outside are not credited, the seconds before are kept, and it is one hold."""
    drive = ready().go("enter", 10).go("try", 2).go("enter", 10.5).go("out", 4)
    repetition = only(drive.done())
    assert repetition.counted
    assert repetition.held_s == pytest.approx(20.5, abs=0.2)
    kinds = [k for k in drive.kinds() if k in (EventKind.HOLD_PAUSED, EventKind.HOLD_RESUMED)]
    assert kinds[:2] == [EventKind.HOLD_PAUSED, EventKind.HOLD_RESUMED]


@pytest.mark.parametrize("what", ["try", "out"])
@pytest.mark.parametrize(("outside_s", "credited"), [(0.24, True), (0.28, False)])
def test_only_a_glitch_outside_the_limits_is_credited(what: str, outside_s: float, credited: bool) -> None:
    """A spell outside that is too quick for a body counts as held once it is over; a longer one does not."""
    drive = ready(fps=100).go("enter", 5)
    before = drive.counter.held_s
    assert drive.go(what, outside_s).counter.held_s == before
    drive.go("enter", 5)
    assert drive.counter.held_s == pytest.approx(10 + (outside_s if credited else 0), abs=0.03)
    assert EventKind.HOLD_PAUSED not in drive.kinds()


def test_a_glitch_that_never_ends_is_no_credit() -> None:
    """A hold that ends outside the limits has nothing of what came after it left them."""
    repetition = only(ready(fps=100).go("enter", 12).go("out", GLITCH_S - 0.01).done())
    assert repetition.held_s == pytest.approx(12, abs=0.02)


@pytest.mark.parametrize("fps", RATES)
def test_short_losses_are_credited(fps: float) -> None:
    """Landmarks lost for less than `grace_s` count as held, at every frame rate."""
    drive = ready(fps=fps).go("enter", 10).go(LOST, 1 / fps).go("enter", 11).go("out", 4)
    repetition = only(drive.done())
    assert repetition.held_s == pytest.approx(21 + 1 / fps, abs=2 / fps)
    assert EventKind.HOLD_PAUSED not in drive.kinds()[: drive.kinds().index(EventKind.HOLD_REACHED) + 1]


@pytest.mark.parametrize("lost_s", [T.grace_s + 0.3, 2.0])
def test_longer_losses_are_not_credited(lost_s: float) -> None:
    """Landmarks lost for longer pause the hold: it goes on without those seconds."""
    drive = ready().go("enter", 10).go(LOST, lost_s).go("enter", 9).go("out", 4)
    repetition = only(drive.done())
    assert repetition.held_s == pytest.approx(19, abs=0.2)
    assert drive.kinds().count(EventKind.HOLD_RESUMED) == 1


@pytest.mark.parametrize("what", ["try", "out", LOST])
def test_a_hold_ends_after_a_long_break(what: str) -> None:
    """Outside or lost for `end_after_s`: what follows is another hold, and the halves do not add up."""
    drive = ready().go("enter", 12).go(what, T.end_after_s + 0.2).go("enter", 12).go("out", 4)
    assert [r.reason for r in drive.done()] == ["partial", "partial"]


@pytest.mark.parametrize("what", ["try", "out"])
def test_who_has_held_long_enough_may_let_go(what: str) -> None:
    """Once the target is reached a hold ends `AFTER_GOAL_S` after it left the limits, before that only much later."""
    drive = ready(fps=30).go("enter", T.target_s + 0.5).go(what, AFTER_GOAL_S - 0.1)
    assert drive.counter.repetitions == []
    assert only(drive.go(what, 0.2).counter.repetitions).counted
    early = ready(fps=30).go("enter", T.target_s - 0.5).go(what, AFTER_GOAL_S + 0.1)
    assert early.counter.repetitions == []
    assert only(early.go("enter", 1).go("out", 4).counter.repetitions).held_s == pytest.approx(
        T.target_s + 0.5, abs=0.1
    )


def test_leaving_the_posture_ends_a_hold_sooner() -> None:
    """Another posture for `leave_s` ends the hold; a shorter one is only a break."""
    ended = ready().go("enter", 12).go(LEFT, T.leave_s + 0.2).go("start", 1).go("enter", 12).go("out", 4).done()
    assert [r.reason for r in ended] == ["partial", "partial"]
    assert only(ready().go("enter", 12).go(LEFT, T.leave_s - 0.3).go("enter", 12).go("out", 4).done()).counted


@pytest.mark.parametrize(
    ("held_s", "reason"),
    [
        (T.full_s + 0.3, None),
        (T.full_s - 0.3, "partial"),
        (T.partial_s + 0.3, "partial"),
        (T.partial_s - 0.3, "too_short"),
        (T.log_s + 0.3, "too_short"),
    ],
)
def test_what_is_not_full_is_logged_with_why(held_s: float, reason: str | None) -> None:
    """About the target counts; less is partial or too short, listed, not counted, and said in words."""
    drive = ready().go("enter", held_s).go("out", 4)
    repetition = only(drive.done())
    assert repetition.reason == reason
    assert repetition.counted is (reason is None)
    assert drive.counter.counts["right"] == (reason is None)
    if reason:
        assert repetition.text is not None
        assert f"{repetition.held_s:.1f}" in repetition.text


def test_the_shortest_holds_are_not_listed() -> None:
    """Below `log_s` nothing is listed."""
    assert ready().go("enter", T.log_s - 0.3).go("out", 4).done() == []


def test_more_than_the_goal_is_logged_and_not_counted() -> None:
    """The third hold on one side is extra, and the counts stay at the goal."""
    drive = ready()
    for _ in range(3):
        drive.go("enter", 20).go("out", 4)
    assert [r.reason for r in drive.done()] == [None, None, "extra"]
    assert drive.counter.counts == {"left": 0, "right": 2}
    assert not drive.counter.done


def whole_set(fps: float = 15.0, steps: Iterable[float] | None = None) -> Drive:
    """Two holds of 20.5 s on each side, alternating, with tall kneeling in between."""
    drive = Drive(fps=fps, steps=steps)
    for front in (Side.LEFT, Side.RIGHT) * 2:
        drive.front = front
        drive.go("start", 2).go("enter", 20.5).go("start", 3.5).go(LEFT, 2)
    return drive


def test_sides_go_by_the_rear_leg_and_the_set_is_done_once() -> None:
    """Alternating holds count for the rear leg's side; with the last one the set is done, once."""
    drive = whole_set()
    assert [r.group for r in drive.done()] == ["right", "left", "right", "left"]
    assert drive.counter.counts == {"left": 2, "right": 2}
    assert drive.kinds().count(EventKind.SET_DONE) == 1
    assert drive.counter.phase is Phase.DONE


@pytest.mark.parametrize("fps", RATES)
def test_the_frame_rate_does_not_change_a_set(fps: float) -> None:
    """From 5 to 30 frames a second the same holds count and are held for the same time."""
    drive = whole_set(fps)
    assert [r.counted for r in drive.done()] == [True] * 4
    for repetition in drive.counter.repetitions:
        assert repetition.held_s == pytest.approx(20.5, abs=1.5 / fps)


def test_a_variable_frame_rate_does_not_change_a_set() -> None:
    """Stuttering frames, 0.02 to 0.3 s apart, give the same holds."""
    drive = whole_set(steps=[0.02, 0.1, 0.05, 0.3, 0.07, 0.15, 0.033])
    assert [r.counted for r in drive.done()] == [True] * 4
    assert [r.held_s for r in drive.counter.repetitions] == pytest.approx([20.5] * 4, abs=0.6)


def test_after_a_counted_hold_the_other_side_is_asked_for() -> None:
    """The phase says switch until the other leg is in front."""
    drive = ready().go("enter", 20.5).go("out", 3.5)
    phases = [drive.counter.phase, drive.go(LEFT, 2).counter.phase]
    drive.front = Side.RIGHT
    phases.append(drive.go("start", 0.2).counter.phase)
    assert phases == [Phase.SWITCH, Phase.SWITCH, Phase.SETUP]


def test_the_starting_position_ends_the_switch_on_the_same_side_too() -> None:
    """Who stands up and kneels down again on the same side is in position, and no longer asked to switch."""
    drive = ready().go("enter", 20.5).go("out", 3.5).go(LEFT, 2)
    assert drive.counter.phase is Phase.SWITCH
    assert drive.go("start", T.setup_s - 0.2).counter.phase is Phase.SWITCH
    assert drive.go("start", 0.5).counter.phase is Phase.POSITION
    assert not drive.counter.resting
    assert drive.kinds()[-1] is EventKind.IN_POSITION


def test_the_phases_come_in_order() -> None:
    """Setup, position, hold, paused, hold, return, switch."""
    drive = Drive()
    phases: list[Phase] = []
    for what, seconds in (("out", 1), ("start", 2), ("enter", 8), ("try", 1), ("enter", 13), ("out", 4)):
        for _ in range(round(seconds * 5)):
            drive.go(what, 0.2)
            if not phases or phases[-1] is not drive.counter.phase:
                phases.append(drive.counter.phase)
    expected = [Phase.SETUP, Phase.POSITION, Phase.HOLD, Phase.PAUSED, Phase.HOLD, Phase.RETURN, Phase.PAUSED]
    assert [p for p in phases if p is not Phase.PAUSED] == [p for p in expected if p is not Phase.PAUSED] + [
        Phase.SWITCH
    ]
    assert Phase.PAUSED in phases


def test_nothing_counts_while_getting_into_position() -> None:
    """Before the starting position was kept for `setup_s` no hold begins; the effort is listed."""
    drive = Drive().go("out", 2).go("start", T.setup_s - 0.3).go("enter", 25).go("out", 4)
    assert not drive.counter.in_position
    assert [(r.counted, r.held_s, r.reason) for r in drive.done()] == [(False, 0.0, "position")]


def test_leaving_asks_for_the_starting_position_again() -> None:
    """Who stands up has to take the starting position anew, and its baselines with it."""
    drive = ready().go(LEFT, T.leave_s + 0.3)
    assert not drive.counter.in_position
    assert drive.counter.context(drive.front, True, None).baselines == {}


@pytest.mark.parametrize("pair", [("enter", "try"), ("keep", "try"), ("enter", "out"), ("enter", LOST)])
def test_trembling_at_a_limit_counts_once_at_most(pair: tuple[str, str]) -> None:
    """An angle that trembles round a limit for 40 s never gives two counts."""
    drive = ready().go("enter", 1)
    for _ in range(300):
        drive.go(pair[0], 1 / 15).go(pair[1], 1 / 15)
    assert sum(r.counted for r in drive.go("out", 4).done()) <= 1


@given(
    fps=st.sampled_from(RATES),
    parts=st.lists(
        st.tuples(st.sampled_from([*ZONES, LOST, LEFT, "hole"]), st.floats(0.05, 6.0)), min_size=1, max_size=25
    ),
    drops=st.booleans(),
)
def test_no_more_is_held_than_time_passed(fps: float, parts: list[tuple[str, float]], drops: bool) -> None:
    """Whatever happens: 0 ≤ held ≤ end - start, repetitions do not overlap, and counts agree with the list."""
    drive = ready(DROPS if drops else NINETY, fps)
    for what, seconds in parts:
        if what == "hole":
            drive.hole(seconds)
        else:
            drive.go(what, seconds)
    repetitions = drive.done()
    before = 0.0
    for number, r in enumerate(repetitions, 1):
        assert r.number == number
        assert before - 1e-9 <= r.start_s <= r.end_s <= drive.t
        assert 0 <= r.held_s <= r.end_s - r.start_s + 1e-9
        assert r.counted is (r.reason is None)
        before = r.end_s
    for group, count in drive.counter.counts.items():
        assert count == sum(r.counted and r.group == group for r in repetitions) <= drive.exercise.goal.each


def test_a_hole_in_the_stamps_is_not_credited() -> None:
    """Frames that are missing altogether for two seconds add nothing to the hold."""
    repetition = only(ready().go("enter", 10).hole(2.0).go("enter", 9).go("out", 4).done())
    assert repetition.held_s == pytest.approx(19, abs=0.2)


def test_a_long_hole_in_the_stamps_ends_a_hold() -> None:
    """Ten seconds without any frame end a hold as ten seconds without a person do."""
    lost = ready().go("enter", 12).go(LOST, 10).go("enter", 12).go("out", 4).done()
    hole = ready().go("enter", 12).hole(10).go("enter", 12).go("out", 4).done()
    assert [r.reason for r in lost] == ["partial", "partial"]
    assert [r.reason for r in hole] == ["partial", "partial"]


def test_an_effort_that_never_becomes_a_hold_is_refused_with_its_fault() -> None:
    """Trying for long with the arms down is listed once, not counted, and named after the fault."""
    drive = ready().go("try", T.attempt_s + 0.5, faults=("arms_up",)).go("out", 1)
    repetition = only(drive.done())
    assert (repetition.counted, repetition.reason, repetition.held_s) == (False, "arms_up", 0.0)
    assert repetition.text == next(f.cue for f in NINETY.faults if f.name == "arms_up")
    assert EventKind.REPETITION_REFUSED in drive.kinds()


def test_a_short_effort_is_not_listed() -> None:
    """Efforts shorter than `attempt_s` are getting into position, not attempts."""
    assert ready().go("try", T.attempt_s - 0.5).go("out", 1).done() == []


def test_coming_out_of_a_hold_is_no_second_effort() -> None:
    """What follows a hold without coming back is not listed as a failed attempt."""
    drive = ready().go("enter", 20.5).go("try", T.end_after_s + T.attempt_s + 2).go("out", 1)
    assert [r.reason for r in drive.done()] == [None]


def test_the_end_of_the_source_closes_a_hold() -> None:
    """A hold that is still going on at the end is logged with what it has."""
    assert only(ready().go("enter", 20.5).done()).counted
    assert only(ready().go("enter", 12).done()).reason == "partial"
    assert Drive().done() == []


def test_events_are_stamped_with_the_frame_that_caused_them() -> None:
    """Every event of a frame has that frame's time, so that what is said matches what is seen."""
    drive = whole_set()
    assert [(round(t, 3), e.kind) for t, e in drive.caused if e.t != t] == []


# ---- knee drops


def dropped(drive: Drive, group: str, seconds: float = 2.5) -> Drive:
    """One drop and back."""
    return drive.go("try", 0.4, group).go("enter", seconds, group).go("try", 0.4, group).go("out", 1)


@pytest.mark.parametrize("fps", [8.0, 10.0, 15.0, 30.0])
def test_five_drops_each_way_make_a_set(fps: float) -> None:
    """Five in and five out, in turn, are ten counts at every frame rate, held for the right time."""
    drive = ready(DROPS, fps)
    for group in ("in", "out") * 5:
        dropped(drive, group)
    assert all(r.counted for r in drive.done())
    assert drive.counter.counts == {"in": 5, "out": 5}
    assert drive.counter.done
    for repetition in drive.counter.repetitions:
        assert repetition.held_s == pytest.approx(2.5, abs=2 / fps)


def test_a_drop_has_to_come_back_before_the_next() -> None:
    """Up half-way and down again is the same drop; all the way back makes two."""
    drive = ready(DROPS).go("enter", 2, "in").go("try", 0.5, "in").go("enter", 2, "in").go("out", 1)
    assert sum(r.counted for r in drive.done()) == 1
    drive = ready(DROPS).go("enter", 2, "in").go("out", 0.5, "in").go("enter", 2, "in").go("out", 1)
    assert sum(r.counted for r in drive.done()) == 2


def test_a_drop_ends_when_the_knees_are_back() -> None:
    """The knees need not wait out the end of a hold."""
    drive = ready(DROPS).go("enter", 2, "in").go("out", 0.2)
    assert [r.counted for r in drive.counter.repetitions] == [True]


def test_the_other_direction_is_another_drop() -> None:
    """From in straight to out are two drops, one each way."""
    drive = ready(DROPS).go("enter", 2, "in").go("enter", 2, "out").go("out", 1)
    assert [(r.group, r.counted) for r in drive.done()] == [("in", True), ("out", True)]


def test_a_drop_too_small_and_one_too_short_are_refused() -> None:
    """An effort without a drop is too small; a drop let go at once is too short; neither counts."""
    small = ready(DROPS).go("try", D.attempt_s + 0.3, "in").go("out", 1)
    assert [(r.reason, r.counted) for r in small.done()] == [("too_small", False)]
    brief = ready(DROPS).go("enter", (D.log_s + D.partial_s) / 2, "in").go("out", 1)
    assert [(r.reason, r.counted) for r in brief.done()] == [("too_short", False)]


# ---- to the letter: eight frames a second, whose times are exact; every event, and every limit at its very value


def exact(exercise: Exercise = NINETY, *, start_frames: int = 9) -> Drive:
    """The starting position from 0 s on, eight frames a second; the next frame is `start_frames` / 8 s."""
    return frames(Drive(exercise, fps=8), "start", start_frames)


def frames(drive: Drive, what: str, count: int, group: str | None = None, faults: tuple[str, ...] = ()) -> Drive:
    """So many frames of what is the case."""
    drive.until = drive.t
    return drive.go(what, count / 8, group, faults)


def test_a_hold_with_a_pause_to_the_letter() -> None:
    """Every event of a hold that is paused for a second, held on and let go, with its time, side and seconds held."""
    drive = exact()
    frames(drive, "enter", 40)  # 1.125 to 6 s
    frames(drive, "try", 8)  # 6.125 to 7 s
    frames(drive, "enter", 128)  # 7.125 to 23 s
    frames(drive, "out", 5)
    assert drive.events == [
        Event(0.75, EventKind.IN_POSITION, "right"),
        Event(1.625, EventKind.HOLD_STARTED, "right", 0.5),
        Event(6.5, EventKind.HOLD_PAUSED, "right", 4.875),
        Event(7.125, EventKind.HOLD_RESUMED, "right", 4.875),
        Event(22.25, EventKind.HOLD_REACHED, "right", 20.0),
        Event(23.5, EventKind.REPETITION_COUNTED, "right", 20.75),
    ]
    assert drive.counter.repetitions == [Repetition(1, "right", 1.125, 23.0, 20.75, True)]
    assert drive.counter.counts == {"left": 0, "right": 1}
    assert (drive.counter.phase, drive.counter.group, drive.counter.held_s) == (Phase.SWITCH, "right", 0.0)


def test_a_hold_that_is_lost_to_the_letter() -> None:
    """Nobody seen pauses a hold after `grace_s` and ends it after `end_after_s`; the words say what was held."""
    drive = frames(frames(exact(), "enter", 24), LOST, 24)  # held from 1.125 to 4 s, lost from 4.125 to 7 s
    assert drive.events[2:] == [
        Event(4.625, EventKind.HOLD_PAUSED, "right", 2.875),
        Event(7.0, EventKind.REPETITION_REFUSED, "right", 2.875, "too_short", "too short: held 2.9 s of 20 s"),
    ]
    assert drive.counter.repetitions == [
        Repetition(1, "right", 1.125, 4.0, 2.875, False, "too_short", "too short: held 2.9 s of 20 s")
    ]


def test_a_partial_hold_to_the_letter() -> None:
    """What is refused says how long it was held; the end of the source closes it at its last frame, once."""
    drive = frames(exact(), "enter", 97)  # held from 1.125 to 13.125 s
    assert drive.counter.finish() == (
        Event(13.125, EventKind.REPETITION_REFUSED, "right", 12.0, "partial", "held 12.0 s of 20 s"),
    )
    assert drive.counter.finish() == ()


def test_a_refused_effort_to_the_letter() -> None:
    """An effort lasts from its first frame to its last one, and is told once it has been away for `LAPSE_S`."""
    drive = frames(frames(exact(), "try", 41, faults=("arms_up",)), "out", 3)  # tried from 1.125 to 6.125 s
    cue = next(f.cue for f in NINETY.faults if f.name == "arms_up")
    assert drive.events[1:] == [Event(6.5, EventKind.REPETITION_REFUSED, "right", 0.0, "arms_up", cue)]
    assert drive.counter.repetitions == [Repetition(1, "right", 1.125, 6.125, 0.0, False, "arms_up", cue)]


def test_two_holds_are_numbered_and_the_last_one_ends_the_set() -> None:
    """The fourth counted hold is followed by the end of the set, at the same moment; a fifth is extra."""
    drive = Drive(fps=8)
    for number, front in enumerate((Side.LEFT, Side.RIGHT, Side.LEFT, Side.RIGHT, Side.LEFT), 1):
        drive.front = front
        frames(frames(frames(drive, "start", 9), "enter", 170), "out", 10)
        last = [e.kind for e in drive.events[-2:]]
        if number == 4:
            assert last == [EventKind.REPETITION_COUNTED, EventKind.SET_DONE]
            assert drive.events[-1] == Event(drive.events[-2].t, EventKind.SET_DONE)
        frames(drive, LEFT, 10)
    assert [(r.number, r.group, r.reason, r.text) for r in drive.counter.repetitions] == [
        (1, "right", None, None),
        (2, "left", None, None),
        (3, "right", None, None),
        (4, "left", None, None),
        (5, "right", "extra", "more than the goal: logged, not counted"),
    ]
    assert drive.kinds().count(EventKind.SET_DONE) == 1
    assert drive.counter.phase is Phase.DONE


@pytest.mark.parametrize(("count", "there"), [(6, False), (7, True)])
def test_the_starting_position_takes_its_time(count: int, there: bool) -> None:
    """With `setup_s` of 0.7 s the frame 0.75 s after the first one is the one in position."""
    assert exact(start_frames=count).counter.in_position is there


def test_the_starting_position_is_taken_without_a_break() -> None:
    """A frame that is not the starting position, lost, or in another posture starts its time anew."""
    for what in ("out", LOST, LEFT):
        drive = frames(frames(exact(start_frames=5), what, 1), "start", 5)
        assert not drive.counter.in_position, what
        assert frames(drive, "start", 2).counter.in_position, what


def test_only_leaving_for_long_asks_for_the_position_again() -> None:
    """Away for less than `leave_s` the position is kept, from then on asked for again; a return stops the clock."""
    assert T.leave_s == 1.0
    drive = frames(exact(), LEFT, 8)  # 0.875 s
    assert drive.counter.in_position
    drive = frames(frames(drive, "out", 1), LEFT, 8)
    assert drive.counter.in_position
    assert not frames(drive, LEFT, 1).counter.in_position
    assert drive.counter.context(drive.front, True, None).baselines == {}


def test_a_hold_starts_at_its_very_time() -> None:
    """The frame that is `enter_s` after the first one inside starts the hold, and one before does not."""
    drive = Drive(fps=10).go("start", 2.0)
    kinds = [drive.go("enter", 0.1).kinds().count(EventKind.HOLD_STARTED) for _ in range(5)]
    assert kinds == [0, 0, 0, 0, 1]  # 0.4 s after the first


def test_entering_again_starts_the_time_of_entering_anew() -> None:
    """Between two spells inside the limits there must be nothing else, neither less of an effort nor none."""
    for what in ("try", "keep", "out"):
        drive = frames(frames(frames(exact(), "enter", 3), what, 1), "enter", 3)
        assert EventKind.HOLD_STARTED not in drive.kinds(), what
        drive = frames(drive, "enter", 2)
        assert drive.events[-1] == Event(drive.t - 0.125, EventKind.HOLD_STARTED, "right", 0.5), what


@pytest.mark.parametrize(("lost", "credited", "paused"), [(3, True, False), (4, False, False), (5, False, True)])
def test_the_grace_to_the_letter(lost: int, credited: bool, paused: bool) -> None:
    """A gap of `grace_s` exactly is credited, a longer one is not; the pause is told by the first frame beyond it."""
    assert T.grace_s == 0.5
    drive = frames(frames(frames(exact(), "enter", 24), LOST, lost), "enter", 1)
    assert drive.counter.held_s == 2.875 + (0.5 if credited else 0.0)
    assert (EventKind.HOLD_PAUSED in drive.kinds()) is paused


@pytest.mark.parametrize(("hole", "same"), [(22, True), (23, False)])
def test_a_hole_of_the_time_that_ends_a_hold_ends_it(hole: int, same: bool) -> None:
    """Frames missing for less than `end_after_s` leave one hold; from it on it is over, and another one may begin."""
    assert T.end_after_s == 3.0
    drive = frames(exact(), "enter", 24)
    drive.t += hole / 8
    frames(drive, "enter", 1)
    assert (len(drive.counter.repetitions) == 0) is same
    assert drive.counter.held_s == (2.875 if same else 0.0)


@pytest.mark.parametrize("what", ["try", "out"])
def test_a_hold_ends_outside_at_its_very_time(what: str) -> None:
    """The frame `end_after_s` after the last good one ends a hold, not the one before."""
    drive = frames(frames(exact(), "enter", 24), what, 23)
    assert drive.counter.repetitions == []
    assert only(frames(drive, what, 1).counter.repetitions).end_s == 4.0


def test_out_of_posture_a_hold_ends_at_its_very_time() -> None:
    """The frame `leave_s` after the last good one ends a hold."""
    drive = frames(frames(exact(), "enter", 24), LEFT, 7)
    assert drive.counter.repetitions == []
    assert only(frames(drive, LEFT, 1).counter.repetitions).end_s == 4.0


def test_an_unknown_posture_is_a_loss_and_no_leaving() -> None:
    """A body that cannot be read has not left: the hold ends only after `end_after_s`, and the position is kept."""
    drive = frames(exact(), "enter", 24)
    for number in range(1, 25):
        drive.counter.context(drive.front, True, None)
        drive.counter.update(Posture.UNKNOWN, Check(drive.t, True))
        drive.t += 0.125
        assert len(drive.counter.repetitions) == (number == 24)
    assert drive.counter.in_position


@pytest.mark.parametrize(("lost", "over"), [(4, False), (5, True)])
def test_an_effort_is_lost_after_the_grace(lost: int, over: bool) -> None:
    """An effort that is not seen for more than `grace_s` is over, and is listed when it was long enough."""
    drive = frames(frames(exact(), "try", 41), LOST, lost)
    assert [r.reason for r in drive.counter.repetitions] == ["too_small"] * over
    assert [e.t for e in drive.events[1:]] == [6.75] * over


@pytest.mark.parametrize(("count", "listed"), [(40, 0), (41, 1)])
def test_an_effort_is_listed_from_its_very_length(count: int, listed: int) -> None:
    """Tried for `attempt_s` exactly it is listed, a frame less it is not."""
    assert T.attempt_s == 5.0
    assert len(frames(frames(exact(), "try", count), "out", 3).counter.repetitions) == listed


@pytest.mark.parametrize(
    ("count", "reason"),
    [(16, None), (17, "too_short"), (80, "too_short"), (81, "partial"), (144, "partial"), (145, "-")],
)
def test_what_a_hold_is_worth_at_its_very_length(count: int, reason: str | None) -> None:
    """From 2 s it is listed, from 10 s partial, from 18 s counted: the times of the exercise, to the frame."""
    assert (T.log_s, T.partial_s, T.full_s) == (2.0, 10.0, 18.0)
    found = frames(exact(), "enter", count).done()
    assert [r.reason or "-" for r in found] == ([] if reason is None else [reason])


def test_the_fault_that_lasted_longest_is_named() -> None:
    """Of two faults in one effort the one that was there for longer is the reason; one of the setup never is."""
    drive = exact()
    assert "rear_knee" not in drive.counter._blamable
    frames(drive, "try", 16, faults=("rear_knee", "lean_back"))
    frames(drive, "try", 25, faults=("rear_knee", "arms_up"))
    frames(drive, "out", 3)
    assert only(drive.counter.repetitions).reason == "arms_up"
    early = frames(frames(exact(), "try", 25, faults=("lean_back",)), "try", 16, faults=("arms_up",))
    assert only(frames(early, "out", 3).counter.repetitions).reason == "lean_back"


def test_a_hold_that_was_let_go_is_no_second_effort_until_it_is_over() -> None:
    """What follows a hold belongs to it; only after a moment of nothing is there a new effort."""
    drive = frames(frames(exact(), "enter", 24), "try", 24 + 48)
    assert [r.reason for r in frames(drive, "out", 4).counter.repetitions] == ["too_short"]
    frames(frames(drive, "try", 41), "out", 3)
    assert [r.reason for r in drive.counter.repetitions] == ["too_short", "too_small"]


def test_a_short_hold_before_an_effort_is_not_listed_with_it() -> None:
    """A hold too short to be listed has used up the effort it came from."""
    drive = frames(frames(frames(exact(), "enter", 8), "out", 24), "try", 48)
    frames(drive, "out", 3)
    assert [r.reason for r in drive.counter.repetitions] == ["too_small"]
    drive = frames(frames(exact(), "enter", 8), "try", 24 + 48)
    assert frames(drive, "out", 3).counter.repetitions == []


def test_what_is_known_is_handed_on() -> None:
    """The context has the front leg, the zeros, and what it was told of the last frame and the rate."""
    drive = exact()
    context = drive.counter.context(Side.LEFT, False, 12.0)
    assert (context.front, context.judged, context.fps) == (Side.LEFT, False, 12.0)
    assert set(context.baselines) == {(b.signal, b.plane) for b in NINETY.baselines}
    assert drive.counter.context(Side.LEFT, True, None) == Context(Side.LEFT, context.baselines, True, None)


def test_the_other_leg_in_front_is_a_new_beginning() -> None:
    """Position, zeros and rest are over when another leg is agreed to be in front; the same leg changes nothing."""
    drive = exact()
    assert drive.counter.context(Side.LEFT, True, None).baselines
    assert drive.counter.in_position
    assert drive.counter.context(Side.RIGHT, True, None).baselines == {}
    assert not drive.counter.in_position
    assert (drive.counter.phase, drive.counter.group) == (Phase.SETUP, "left")


def test_zeros_are_not_taken_in_a_hold() -> None:
    """The zeros stay what they were while a hold runs, even if the starting position were read in it."""
    drive = frames(exact(), "enter", 24)
    before = dict(drive.counter.context(drive.front, True, None).baselines)
    for _ in range(24):
        moved = {s: Reading(r.value - 3, 1.0) for s, r in readings(drive.front, "right", "start").items()}
        context = drive.counter.context(drive.front, True, None)
        values = values_of(Measurement(drive.t, None, NINETY.posture, drive.front, moved), NINETY, context)
        verdict = Check(drive.t, True, None, True, True, {"right": Zone.ENTER}, values=values)
        drive.counter.update(NINETY.posture, verdict)
        drive.t += 0.125
    assert dict(drive.counter.context(drive.front, True, None).baselines) == before


def test_drops_have_no_side_and_no_switch() -> None:
    """Between drops nobody is asked to switch; the group is the direction while one is tried, and none before."""
    drive = exact(DROPS)
    assert (drive.counter.group, drive.counter.phase) == (None, Phase.POSITION)
    frames(drive, "enter", 16, "out")
    assert (drive.counter.group, drive.counter.phase) == ("out", Phase.HOLD)
    frames(drive, "out", 1)
    assert (drive.counter.group, drive.counter.phase) == (None, Phase.POSITION)
    assert [(r.group, r.counted) for r in drive.counter.repetitions] == [("out", True)]


def test_the_clock_runs_inside_the_limits_that_give_credit() -> None:
    """Between enter and exit limits the clock goes on, unless the exercise credits the enter limits only."""
    assert frames(frames(exact(), "enter", 9), "keep", 4).counter.held_s == 1.5
    strict = NINETY.model_copy(update={"timing": T.model_copy(update={"credit": "enter"})})
    assert frames(frames(exact(strict), "enter", 9), "keep", 4).counter.held_s == 1.0


@pytest.mark.parametrize("exercise", [NINETY, DROPS], ids=lambda e: e.name)
def test_before_anything_there_is_nothing(exercise: Exercise) -> None:
    """A fresh counter is in setup, not in position, rests from nothing, and its end closes nothing."""
    counter = Counter(exercise)
    assert (counter.phase, counter.group, counter.held_s, counter.done) == (Phase.SETUP, None, 0.0, False)
    assert (counter.in_position, counter.resting) == (False, False)
    assert counter.finish() == ()
    assert counter.counts == dict.fromkeys(exercise.groups, 0)


def test_the_very_first_effort_is_listed() -> None:
    """Who tries from the first frame on, without the starting position, is told that it was missing."""
    drive = frames(frames(Drive(fps=8), "try", 41), "out", 3)
    assert only(drive.counter.repetitions).reason == "position"


def test_an_effort_may_lapse_for_its_very_time() -> None:
    """Away for `LAPSE_S` exactly an effort goes on; away for longer it is over."""
    drive = Drive(DROPS, steps=[0.3])
    drive.go("try", 0.3, "in")
    assert drive.go("out", 0.3, "in").counter.group == "in"
    assert drive.go("out", 0.3, "in").counter.group is None


@pytest.mark.parametrize(("outside", "held_s"), [(2, 3.25), (3, 2.875)])
def test_a_glitch_lasts_its_very_time(outside: int, held_s: float) -> None:
    """Back inside `GLITCH_S` after leaving, the gap is credited; a frame later it is not."""
    assert GLITCH_S == 0.25
    assert frames(frames(frames(exact(), "enter", 24), "out", outside), "enter", 1).counter.held_s == held_s


# ---- sides that work by turns, and exercises without zeros

RAISE = resolved(load_exercise("arm_raise"))


def feed(counter: Counter, t: float, zone: Zone, group: str = "left", *, is_ready: bool = False) -> tuple[Event, ...]:
    """One frame of the arm raise, in which the arm of this side is in this zone."""
    zones = {**dict.fromkeys(RAISE.groups, Zone.OUT), group: zone}
    counter.context(None, True, None)
    return counter.update(RAISE.posture, Check(t, True, None, True, is_ready, zones))


def raised(group: str = "left") -> tuple[Counter, float]:
    """In position since 1 s, and one arm raised and lowered; with the time of the last frame."""
    counter, t = Counter(RAISE), 0.0
    for zone, seconds, is_ready in ((Zone.OUT, 1.0, True), (Zone.ENTER, 2.0, False), (Zone.OUT, 2.0, False)):
        for _ in range(round(seconds * 10)):
            feed(counter, t, zone, group, is_ready=is_ready)
            t += 0.1
    assert [(r.group, r.counted) for r in counter.repetitions] == [(group, True)]
    return counter, t


def test_without_a_zero_the_setup_alone_takes_its_time() -> None:
    """An exercise that compares with nothing is in position when the start was kept for its time, and not before."""
    counter, times = Counter(RAISE), [0.0, 0.35, RAISE.timing.setup_s - 0.05, RAISE.timing.setup_s]
    in_position = []
    for t in (5.0 + t for t in times):
        feed(counter, t, Zone.OUT, is_ready=True)
        in_position.append(counter.in_position)
    assert in_position == [False, False, False, True]


def test_the_next_frame_is_told_whose_effort_it_is() -> None:
    """The check is told which group is tried, and of none when nobody tries."""
    counter = Counter(RAISE)
    feed(counter, 0.0, Zone.OUT, is_ready=True)
    assert counter.context(None, True, None).group is None
    feed(counter, 0.1, Zone.TRY, "right")
    assert counter.context(None, True, None).group == "right"


def test_the_other_sides_turn_ends_the_rest() -> None:
    """After a counted side the rest goes on while the same side moves again, and ends with the other one's effort."""
    for group, resting in (("left", True), ("right", False)):
        counter, t = raised("left")
        assert counter.resting
        feed(counter, t, Zone.TRY, group)
        assert counter.resting is resting


# ---- who moves when the recording begins, never pauses, or is still down at its end

SQUAT = resolved(load_exercise("squat"))
SITS = resolved(load_exercise("sit_to_stand"))


def squats(*stretches: tuple[Zone, float], exercise: Exercise = SQUAT) -> Counter:
    """A counter after stretches of seconds in one zone each; out of the limits is the starting position."""
    counter, t = Counter(exercise), 0.0
    for zone, seconds in stretches:
        for _ in range(round(seconds * 10)):
            zones = dict.fromkeys(exercise.groups, zone)
            counter.context(None, True, None)
            counter.update(exercise.posture, Check(t, True, None, True, zone is Zone.OUT, zones))
            t += 0.1
    counter.finish()
    return counter


def listed(counter: Counter) -> list[str | None]:
    return [r.reason for r in counter.repetitions]


def test_who_is_already_moving_has_the_first_repetition_counted() -> None:
    """A squat that was on its way when the recording began counts, as it leads back to standing; so do the next."""
    down = ((Zone.TRY, 0.3), (Zone.ENTER, 1.0), (Zone.TRY, 0.3), (Zone.OUT, 1.0))
    counter = squats(*down, *down)
    assert listed(counter) == [None, None]
    assert counter.repetitions[0].start_s == pytest.approx(0.3)


def test_who_never_pauses_has_every_repetition_counted() -> None:
    """Standing for less than the time of the starting position between two squats loses none of them."""
    down = ((Zone.OUT, 0.3), (Zone.TRY, 0.2), (Zone.ENTER, 1.0), (Zone.TRY, 0.2))
    assert listed(squats(*down * 3, (Zone.OUT, 0.3))) == [None, None, None]


def test_what_never_leads_back_is_refused_for_the_position() -> None:
    """A repetition that began before the position was known and was followed by another effort had no position."""
    counter = squats((Zone.TRY, 0.3), (Zone.ENTER, 1.0))
    assert listed(counter) == ["unfinished"]
    t = 2.0
    counter = Counter(SQUAT)
    for zone, seconds in ((Zone.TRY, 0.3), (Zone.ENTER, 1.0), (Zone.OUT, 0.5), (Zone.ENTER, 1.0), (Zone.OUT, 0.5)):
        for _ in range(round(seconds * 10)):
            counter.context(None, True, None)
            zones = dict.fromkeys(SQUAT.groups, zone)
            counter.update(SQUAT.posture, Check(t, True, None, True, False, zones))  # never in the starting position
            t += 0.1
    counter.finish()
    assert listed(counter) == ["position", "position"]
    assert counter.repetitions[0].text == REASONS["position"]


def test_what_led_to_another_posture_never_led_back() -> None:
    """A squat that was on its way at the start and ended on the floor does not count when the person stands up."""
    counter, t = Counter(SQUAT), 0.0
    stretches = ((Zone.TRY, 0.3, True), (Zone.ENTER, 1.0, True), (Zone.OUT, 0.2, False), (Zone.OUT, 2.0, True))
    for zone, seconds, stands in stretches:
        for _ in range(round(seconds * 10) + (20 if not stands else 0)):
            counter.context(None, True, None)
            ready = stands and zone is Zone.OUT
            check = Check(t, True, None, stands, ready, dict.fromkeys(SQUAT.groups, zone) if stands else {})
            counter.update(SQUAT.posture if stands else Posture.LYING, check)
            t += 0.1
    counter.finish()
    assert counter.counts == {"squats": 0}


def test_who_is_still_down_at_the_end_has_not_finished() -> None:
    """A squat that is open when the recording ends does not count, and says so."""
    counter = squats((Zone.OUT, 1.0), (Zone.ENTER, 1.0), (Zone.OUT, 1.0), (Zone.ENTER, 1.0))
    assert listed(counter) == [None, "unfinished"]
    assert "ended" in (counter.repetitions[1].text or "")


def test_standing_at_the_start_is_no_stand_and_at_the_end_is_one() -> None:
    """Who stands when the recording begins has not stood up; who stands when it ends has."""
    counter = Counter(SITS)
    t = 0.0
    steady: Values = {("hip_height_ratio", "image", None): 0.6}
    nothing: Values = {}
    for zone, seconds in ((Zone.ENTER, 2.0), (Zone.OUT, 2.0), (Zone.ENTER, 2.0)):
        for _ in range(round(seconds * 10)):
            counter.context(None, True, None)
            zones = dict.fromkeys(SITS.groups, zone)
            sits = zone is Zone.OUT
            counter.update(SITS.posture, Check(t, True, None, True, sits, zones, values=steady if sits else nothing))
            t += 0.1
    counter.finish()
    assert listed(counter) == [None]
    assert counter.repetitions[0].start_s == pytest.approx(4.0)


@pytest.mark.parametrize(("out_s", "reason"), [(0.3, None), (4.0, "not_kept")])
def test_a_drop_that_leaves_its_limits_for_most_of_it_was_another_movement(out_s: float, reason: str | None) -> None:
    """Long enough inside in all, but for less than two thirds of its time: it is refused, and does not count."""
    drive = Drive(DROPS).go("start", 2).go("enter", 1.5, "in")
    while out_s > 0:
        drive.go("try", min(out_s, 0.6), "in").go("enter", 0.4, "in")
        out_s -= 0.6
    drive.go("start", 3)
    assert {r.reason for r in drive.counter.repetitions} == {reason}
