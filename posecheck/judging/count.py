"""Check → Event: holds, repetitions and sides. All state and all time is here.

    SETUP (starting position kept, baselines taken) → POSITION → HOLD ⇄ PAUSED → RETURN → SWITCH → ... → DONE

A hold is an integral over `t`: it starts when the enter limits have been met for `enter_s`, dated back to the first
of those frames, and its clock runs inside the exit limits. Lost landmarks are credited when they come back within
`grace_s`; a fault or a longer loss pauses it; it ends after `end_after_s` outside, or `leave_s` out of posture. A knee
drop is a short hold that ends as soon as the knees are back. An effort that never becomes a hold is refused.

Who moves when the recording begins, or never pauses, has kept no starting position before the first repetition: it
counts all the same when it leads back to that position. One that is still open at the end does not count.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from posecheck.exercises.format import Exercise
from posecheck.judging.baselines import Baselines
from posecheck.records import SHORTEST_HOLD_S, Check, Context, Event, EventKind, Phase, Posture, Repetition, Side, Zone
from posecheck.records.times import SAME_TIME_S, TrueSince

PAUSE_SHOWN_S = 0.3  # a guess: shorter interruptions are not worth a word
AFTER_GOAL_S = 0.5  # a guess: who has held long enough may let go, and is over with it this soon
GLITCH_S = 0.25  # a guess: no body leaves the limits and comes back in less, so the readings were wrong
KEPT_SHARE = 2 / 3  # a guess: of a repetition, inside the limits; in less it was another movement at its deepest
LAPSE_S = 0.3  # a guess: an effort is over when it was away this long

REASONS = {
    "partial": "held {held:.1f} s of {target:g} s",
    "too_short": "too short: held {held:.1f} s of {target:g} s",
    "too_small": "the movement was too small",
    "position": "the starting position was not kept for a moment first",
    "extra": "more than the goal: logged, not counted",
    "not_kept": "the limits were not kept for most of it",
    "unfinished": "the recording ended before it was over",
}


@dataclass(slots=True)
class _Attempt:
    """An effort of one group; a hold once `started`."""

    group: str
    tried_from: float
    start: float
    last_seen: float
    inside: TrueSince = field(default_factory=TrueSince)  # the enter limits, before the hold has begun
    started: bool = False
    confirmed: bool = True  # the starting position was kept before it
    moved: bool = False  # it was seen to begin: the limits were not met from the first frame on
    held: float = 0.0
    last_good: float = 0.0
    outside: TrueSince = field(default_factory=TrueSince)  # the exit limits, in the hold
    paused: bool = False
    reached: bool = False
    faults: dict[str, float] = field(default_factory=dict)
    side_probability: float | None = None  # as it was known last, where the leg in front tells the side


class Counter:
    """Counts one exercise; give it measurement and check of each frame in order of time."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._timing = exercise.timing
        self._front: Side | None = None
        self._front_probability: float | None = None
        self._baselines = Baselines(exercise)
        self._blamable = {f.name for f in exercise.faults if "position" in f.during}
        self._attempt: _Attempt | None = None
        self._unconfirmed: _Attempt | None = None  # a repetition that still has to lead back to the starting position
        self._spent: str | None = None  # the group whose present effort has already been a hold
        self._ready = TrueSince()
        self._left_posture = TrueSince()
        self._last_t: float | None = None
        self.in_position = False
        self._at_rest = False  # nothing was tried at some time of this visit to the position
        # a way back shows the starting position; without zeros nothing else has to be known of it
        timing = exercise.timing
        self._may_confirm = timing.end_when_back and not timing.over_when_held and not exercise.baselines
        self.resting = False  # a repetition was counted, the other side is awaited
        self._last_group: str | None = None  # that of the last counted repetition
        self.repetitions: list[Repetition] = []
        self.counts: dict[str, int] = dict.fromkeys(exercise.groups, 0)
        self.done = False

    @property
    def phase(self) -> Phase:
        attempt = self._attempt
        if attempt is not None and attempt.started:
            return Phase.PAUSED if attempt.paused else Phase.RETURN if attempt.reached else Phase.HOLD
        if self.done:
            return Phase.DONE
        if self.resting:
            return Phase.SWITCH
        return Phase.POSITION if self.in_position else Phase.SETUP

    @property
    def group(self) -> str | None:
        """The side or direction now worked at."""
        if self._attempt is not None:
            return self._attempt.group
        if self._exercise.groups_by == "rear_leg" and self._front is not None:
            return self._front.other.value
        return None

    @property
    def held_s(self) -> float:
        return self._attempt.held if self._attempt and self._attempt.started else 0.0

    def context(
        self, front: Side | None, judged: bool, fps: float | None, front_probability: float | None = None
    ) -> Context:
        """What the check of the next frame has to know.

        Args:
            front: the leg that is agreed to be in front; None when it is not known. Another leg than before begins a
                new visit to the position.
            judged: whether the frame before was judged.
            fps: frames a second; None when they are not known.
            front_probability: how surely that leg is in front; None when nothing tells.
        """
        self._front_probability = front_probability
        if front is not self._front:
            self._front = front
            self._new_visit()
            self.resting = False
        group = None if self._attempt is None else self._attempt.group
        return Context(front, self._baselines.values, judged, fps, group, front_probability)

    def update(self, posture: Posture, check: Check) -> tuple[Event, ...]:
        """Take one frame, and return what happened in it.

        Args:
            posture: the posture of the body in the frame.
            check: the verdict on the frame; its time is the time of the frame.
        """
        t = check.t
        events: list[Event] = []
        if not check.judged or (not check.in_posture and posture is Posture.UNKNOWN):
            self._lost(t, self._timing.end_after_s, events)
        elif not check.in_posture:
            self._left(t, events)
        else:
            self._left_posture.clear()
            self._position(check, events)
            self._effort(check, events)
        self._last_t = t
        return tuple(events)

    def finish(self) -> tuple[Event, ...]:
        """The source has ended: close what is open."""
        events: list[Event] = []
        if self._attempt is not None and self._last_t is not None:
            self._close(self._attempt, self._last_t, events, ended=True)
        self._refuse_unconfirmed(self._last_t or 0.0, events)
        return tuple(events)

    # ---- getting into position

    def _new_visit(self) -> None:
        self.in_position = False
        self._at_rest = False
        self._ready.clear()
        self._baselines.clear()

    def _position(self, check: Check, events: list[Event]) -> None:
        ready_s = self._ready.update(check.t, check.ready)
        if check.ready and self._unconfirmed is not None:
            self._confirm(self._unconfirmed, check.t, events)
        if not check.ready:
            self._baselines.pause()
            return
        if self._attempt is None or not self._attempt.started:
            self._baselines.update(check, effort=self._attempt is not None)
        long_enough = ready_s >= self._timing.setup_s - SAME_TIME_S
        if not self.in_position and long_enough and self._baselines.complete:
            self.in_position = True
            self.resting = False
            events.append(Event(check.t, EventKind.IN_POSITION, self.group))

    # ---- when there is nothing to judge, or another posture

    def _left(self, t: float, events: list[Event]) -> None:
        left_s = self._left_posture.update(t, True)
        self._lost(t, self._timing.leave_s, events)
        if left_s >= self._timing.leave_s:
            self._refuse_unconfirmed(t, events)
            self._new_visit()

    def _lost(self, t: float, patience_s: float, events: list[Event]) -> None:
        attempt = self._attempt
        self._ready.clear()
        self._baselines.pause()
        if attempt is None:
            return
        if not attempt.started:
            if t - attempt.last_seen > self._timing.grace_s:
                self._close(attempt, t, events)
            return
        if t - attempt.last_good > self._timing.grace_s:
            self._pause(attempt, t, events)
        if t - attempt.last_good >= patience_s:
            self._close(attempt, t, events)

    # ---- efforts and holds

    def _effort(self, check: Check, events: list[Event]) -> None:
        held = self._attempt
        if held is not None and held.started and check.t - held.last_good >= self._timing.end_after_s:
            self._close(held, check.t, events)  # a hole in the time stamps
        if self._attempt is None:
            group = next((g for g in self._exercise.groups if check.zones.get(g, Zone.OUT) is not Zone.OUT), None)
            if group is None:
                self._spent, self._at_rest = None, True
                return
            moved = self._at_rest or check.zones[group] is not Zone.ENTER
            self._attempt = _Attempt(group, check.t, check.t, check.t, moved=moved)
            if self._exercise.groups_by == "side" and group != self._last_group:
                self.resting = False  # the other side's turn has come
        if self._exercise.groups_by == "rear_leg":
            self._attempt.side_probability = self._front_probability
        zone = check.zones.get(self._attempt.group, Zone.OUT)
        if self._attempt.started:
            self._hold(self._attempt, check, zone, events)
        else:
            self._try(self._attempt, check, zone, events)

    def _try(self, attempt: _Attempt, check: Check, zone: Zone, events: list[Event]) -> None:
        t = check.t
        inside_s = attempt.inside.update(t, zone is Zone.ENTER)
        if zone is Zone.OUT:
            if t - attempt.last_seen > LAPSE_S:
                self._close(attempt, t, events)
            return
        for fault in check.faults:
            if fault in self._blamable:
                attempt.faults[fault] = attempt.faults.get(fault, 0.0) + t - attempt.last_seen
        attempt.last_seen = t
        may_start = self.in_position or (self._may_confirm and attempt.moved)
        if zone is Zone.ENTER and may_start and inside_s >= self._timing.enter_s - SAME_TIME_S:
            self._refuse_unconfirmed(t, events)
            attempt.started, attempt.confirmed = True, self.in_position
            attempt.start, attempt.held, attempt.last_good = t - inside_s, inside_s, t
            self.resting = False
            events.append(Event(t, EventKind.HOLD_STARTED, attempt.group, attempt.held))

    def _hold(self, attempt: _Attempt, check: Check, zone: Zone, events: list[Event]) -> None:
        t = check.t
        good = zone is Zone.ENTER or (zone is Zone.KEEP and self._timing.credit == "exit")
        outside_s = attempt.outside.lasted_s(t)
        attempt.outside.update(t, not good)
        if good:
            gap = t - attempt.last_good
            if outside_s <= GLITCH_S and gap <= self._timing.grace_s:
                attempt.held += gap
            attempt.last_good = t
            if attempt.paused:
                attempt.paused = False
                events.append(Event(t, EventKind.HOLD_RESUMED, attempt.group, attempt.held))
            if not attempt.reached and attempt.held >= self._timing.target_s:
                attempt.reached = True
                events.append(Event(t, EventKind.HOLD_REACHED, attempt.group, attempt.held))
            return
        back = self._timing.end_when_back and zone is Zone.OUT
        patience_s = AFTER_GOAL_S if attempt.reached else self._timing.end_after_s
        if back or t - attempt.last_good >= patience_s:
            self._close(attempt, t, events)
        elif not attempt.reached and outside_s >= PAUSE_SHOWN_S:
            self._pause(attempt, t, events)

    @staticmethod
    def _pause(attempt: _Attempt, t: float, events: list[Event]) -> None:
        if not attempt.paused:
            attempt.paused = True
            events.append(Event(t, EventKind.HOLD_PAUSED, attempt.group, attempt.held))

    def _confirm(self, attempt: _Attempt, t: float, events: list[Event]) -> None:
        """The starting position was kept after a repetition, if not before it."""
        self._unconfirmed = None
        self.in_position = True
        self._log(attempt, attempt.start, attempt.last_good, self._reason(attempt), t, events)

    def _refuse_unconfirmed(self, t: float, events: list[Event]) -> None:
        attempt, self._unconfirmed = self._unconfirmed, None
        if attempt is not None:
            self._log(attempt, attempt.start, attempt.last_good, "position", t, events)

    def _close(self, attempt: _Attempt, t: float, events: list[Event], *, ended: bool = False) -> None:
        """End the present effort, and log it if it is worth it; `ended`: as the recording has ended."""
        self._attempt = None
        spent = self._spent == attempt.group
        if attempt.started:
            self._spent = attempt.group
        if attempt.started and attempt.held >= self._timing.log_s:
            # a hold is worth what was held of it; a movement there and back is not done before the way back
            moves = self._timing.end_when_back and self._timing.target_s < SHORTEST_HOLD_S
            is_open = ended and moves and not self._timing.over_when_held
            reason = "unfinished" if is_open else self._reason(attempt)
            if attempt.confirmed or reason is not None:
                self._log(attempt, attempt.start, attempt.last_good, reason, t, events)
            else:
                self._unconfirmed = attempt
        elif (
            not spent
            and (attempt.moved or self.in_position)
            and attempt.last_seen - attempt.tried_from >= self._timing.attempt_s
        ):
            worst = max(attempt.faults, key=lambda name: attempt.faults[name], default="too_small")
            reason = worst if self.in_position else "position"
            self._log(attempt, attempt.tried_from, attempt.last_seen, reason, t, events)

    def _reason(self, attempt: _Attempt) -> str | None:
        if self._timing.end_when_back and attempt.held < KEPT_SHARE * (attempt.last_good - attempt.start):
            return max(attempt.faults, key=lambda name: attempt.faults[name], default="not_kept")
        if attempt.held < self._timing.partial_s:
            return "too_short"
        if attempt.held < self._timing.full_s:
            return "partial"
        return "extra" if self.counts[attempt.group] >= self._exercise.goal.each else None

    def _log(
        self, attempt: _Attempt, start: float, end: float, reason: str | None, t: float, events: list[Event]
    ) -> None:
        text = None if reason is None else self._words(reason, attempt.held)
        number = len(self.repetitions) + 1
        counted = reason is None
        sure = attempt.side_probability
        repetition = Repetition(number, attempt.group, start, end, attempt.held, counted, reason, text, sure)
        self.repetitions.append(repetition)
        kind = EventKind.REPETITION_COUNTED if counted else EventKind.REPETITION_REFUSED
        events.append(Event(t, kind, attempt.group, attempt.held, reason, text))
        if counted:
            was_done = self.done
            self.counts[attempt.group] += 1
            self.done = all(n >= self._exercise.goal.each for n in self.counts.values())
            self.resting = self._exercise.goal.alternate and self._exercise.groups_by != "direction"
            self._last_group = attempt.group
            if self.done and not was_done:
                events.append(Event(t, EventKind.SET_DONE))

    def _words(self, reason: str, held: float) -> str:
        if reason in REASONS:
            return REASONS[reason].format(held=held, target=self._timing.target_s)
        return next(f.cue for f in self._exercise.faults if f.name == reason)
