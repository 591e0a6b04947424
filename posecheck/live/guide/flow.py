"""Pose → Moment: leads through a routine, hands-free. It waits for the person, never the other way round.

    FRAMING (whole body, distance, view, posture) → READY (3, 2, 1) → EXERCISE → REST → FRAMING of the next → ... → DONE

The session of a set gets every pose from the moment on that its set is the next one. Framing and countdown are only
what is shown and told: who starts a hold before the countdown is over is in the exercise at once and loses nothing.
All times come from the poses, and keys act at the time of the next pose, so the same poses and keys give the same
moments and the same verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from posecheck.detect.plausibility import posture_of
from posecheck.exercises import Exercise
from posecheck.judging.session import Session
from posecheck.live.guide.flow_records import Moment, Stage
from posecheck.live.guide.framing import Framed, Framing
from posecheck.live.guide.routine import Routine
from posecheck.records import Event, EventKind, Phase, Pose, Step, Summary
from posecheck.records.times import SAME_TIME_S, TrueSince

READY_S = 3.0  # three, two, one
MET_S = 1.0  # a guess: framing must be right this long before the countdown ...
LOST_S = 1.0  # a guess: ... which ends when it is wrong for longer
PRAISE_S = 2.0  # a guess: a set that is done stays in the picture this long
AWAY_S = 8.0  # a guess: without a verdict this long in an exercise: back to framing, the counts stay
TURN_S = 20.0  # a guess: the same while changing sides, and the longest wait for who comes back from the keyboard
GET_READY = "Get ready."
PAUSED = "Paused. Press space to go on."
GO_BACK = "Go back into position: your hold goes on there."


class Action(StrEnum):
    """What a key can ask for."""

    PAUSE = "pause"  # or go on
    NEXT = "next"  # the next set; in a rest, the end of it
    RESTART = "restart"  # the present set


@dataclass(frozen=True, slots=True)
class KeyPress:
    """A key that was pressed before the pose at `t` (seconds of the source) and after the one before."""

    t: float
    action: Action


@dataclass(frozen=True, slots=True)
class Judged:
    """What the session of a set made of the newest pose, with what it knew; `number` is that of the session.

    A set that is begun anew has another session. `begun`: the exercise itself has begun.
    """

    number: int
    exercise: Exercise
    step: Step
    begun: bool


class Flow:
    """Leads one person through a routine; give it the poses of a source in order of time.

    Args:
        routine: what is to be done, from `routine_for`.
        source: name of the source, for the summaries.
        strict: only the whole target counts, held inside the stricter limits.

    `keys` are the key presses so far, to be kept with the poses. `judged` is None while no session is fed.

    Example:
        >>> flow = Flow(routine_for("daily"))         # doctest: +SKIP
        >>> moment = flow.feed(pose)                  # doctest: +SKIP
        >>> moment.stage, moment.instruction          # doctest: +SKIP
        (<Stage.FRAMING: 'framing'>, "I can't see you. Step into the picture, at most 3 m from the camera.")
    """

    def __init__(self, routine: Routine, *, source: str = "", strict: bool = False) -> None:
        sets = routine.sets
        self._sets = tuple(replace(s, exercise=strict_exercise(s.exercise)) for s in sets) if strict else sets
        self._source = source
        self._clock = _Clock()
        self._finished: tuple[Summary, ...] = ()
        self._pressed: list[Action] = []
        self.keys: list[KeyPress] = []
        self.judged: Judged | None = None
        self._index = self._sessions = 0
        self._back_from: float | None = None  # since when the person is waited for after a pause, in the source's time
        self._stage = Stage.FRAMING
        self._since: float | None = None  # when the stage began, on the clock without pauses
        self._stage_t = 0.0  # the same, in the time of the source
        self._fresh()

    @property
    def done(self) -> bool:
        """Whether every set of the routine has ended."""
        return self._stage is Stage.DONE

    def key(self, action: Action) -> None:
        """A key was pressed: it acts at the time of the next pose."""
        self._pressed.append(action)

    def feed(self, pose: Pose) -> Moment:
        """Take the next pose; its `t` must be above that of the one before.

        Raises:
            ValueError: time stands still or runs backwards.
        """
        if self._since is None:
            self._enter(self._stage, pose.t)
        events = self._press(pose.t)
        self.judged = None
        if self.done:
            return self._moment(pose, events)
        if self._clock.paused_t is not None and not self._is_back(pose):
            words = PAUSED if self._back_from is None else GO_BACK
            moment = self._moment(pose, events)
            return replace(moment, stage=Stage.PAUSED, stage_since=self._clock.paused_t, instruction=words)
        now = self._clock.at(pose.t)
        step = self._session.feed(replace(pose, t=now) if self._clock.lost_s else pose)
        framed = self._framing.update(now, step)
        if self._clock.lost_s:
            step = _at(step, pose.t)
        self._holding = step.progress.phase in (Phase.HOLD, Phase.PAUSED)
        at_work, number, exercise = self._index, self._sessions, self._session.exercise
        closing = self._advance(pose.t, step, framed)
        self.judged = Judged(number, exercise, step, self._begun or number != self._sessions)
        events += self._told(step.events, resting=self._stage is Stage.REST and self._index == at_work)
        return self._moment(pose, events + closing, step, framed)

    def finish(self) -> tuple[Event, ...]:
        """The source has ended: close the hold in progress; returns what that led to."""
        return () if self.done else self._close()

    def summaries(self, interrupted: bool = False) -> tuple[Summary, ...]:
        """The verdicts so far, in the order of the sets; feeding must not go on after it.

        The present set is among them when it has begun, or when there is no other.

        Args:
            interrupted: the present set was stopped before its end.
        """
        if self.done or (self._finished and not self._begun):
            return self._finished
        return (*self._finished, self._summary(interrupted))

    def so_far(self) -> Summary:
        """The verdict on the present set as it stands, without what is still open."""
        summary = self._session.so_far()
        return self._clock.on_source(summary) if self._clock.lost_s else summary

    # ---- sets

    @property
    def _exercise(self) -> Exercise:
        return self._sets[self._index].exercise

    def _fresh(self) -> None:
        """A new session for the present set."""
        self._sessions += 1
        self._session = Session(self._exercise, self._source)
        self._holding = False  # a hold was in progress at the last pose
        self._framing: Framing = Framing(self._exercise)
        self._begun = False
        self._done_at: float | None = None  # these two on the clock without pauses
        self._blind = TrueSince()

    def _enter(self, stage: Stage, t: float) -> None:
        self._stage, self._stage_t, self._since = stage, t, self._clock.at(t)
        self._begun = self._begun or stage is Stage.EXERCISE

    def _end_set(self, t: float, rest: bool) -> tuple[Event, ...]:
        """Close the present set and go on to the next; returns what closing it led to."""
        events = self._close()
        self._finished += (self._summary(interrupted=False),)
        if self._index == len(self._sets) - 1:
            self._enter(Stage.DONE, t)
            return events
        rest = rest and self._sets[self._index].rest_s > 0
        self._index += 1
        self._fresh()
        self._enter(Stage.REST if rest else Stage.FRAMING, t)
        return events

    def _close(self) -> tuple[Event, ...]:
        return tuple(replace(e, t=self._clock.source_t(e.t)) for e in self._session.finish())

    def _summary(self, interrupted: bool) -> Summary:
        summary = self._session.summary(interrupted)
        return self._clock.on_source(summary) if self._clock.lost_s else summary

    # ---- keys

    def _press(self, t: float) -> tuple[Event, ...]:
        """Let the keys act that were pressed since the last pose."""
        events: tuple[Event, ...] = ()
        pressed, self._pressed = self._pressed, []
        for action in pressed:
            self.keys.append(KeyPress(t, action))
            if self.done:
                continue
            goes_on = self._clock.paused_t is not None
            if action is Action.PAUSE and not goes_on:
                self._clock.paused_t = t
                continue
            if action is Action.PAUSE and self._holding and self._back_from is None:
                self._back_from = t
                continue
            if goes_on:
                self._resume(t)
            if action is Action.PAUSE:
                continue
            if action is Action.RESTART:
                self._fresh()
                self._enter(Stage.FRAMING, t)
            elif action is Action.NEXT and self._stage is Stage.REST:
                self._enter(Stage.FRAMING, t)
            elif action is Action.NEXT:
                events += self._end_set(t, rest=False)
        return events

    def _is_back(self, pose: Pose) -> bool:
        """Whether a pause is over: who had to walk to the keyboard is waited for, so that the open hold goes on."""
        if self._back_from is None:
            return False
        if posture_of(pose) is not self._exercise.posture and pose.t - self._back_from < TURN_S:
            return False
        self._resume(pose.t)
        return True

    def _resume(self, t: float) -> None:
        self._clock.resume(t)
        self._stage_t, self._back_from = t, None

    # ---- stages

    def _advance(self, t: float, step: Step, framed: Framed) -> tuple[Event, ...]:
        """Go on to the next stage if it is time; returns what the end of a set led to."""
        now, kinds = self._clock.at(t), {event.kind for event in step.events}
        if EventKind.SET_DONE in kinds:
            self._done_at = now
        if self._stage is not Stage.EXERCISE:
            if kinds & {EventKind.HOLD_STARTED, EventKind.SET_DONE}:
                self._enter(Stage.EXERCISE, t)
            else:
                self._prepare(t, framed)
            self._blind.clear()
        elif self._done_at is not None:
            if now - self._done_at >= PRAISE_S:
                return self._end_set(t, rest=True)
        else:
            patience_s = TURN_S if step.progress.phase is Phase.SWITCH else AWAY_S
            if self._blind.update(now, not step.check.judged) >= patience_s:
                self._enter(Stage.FRAMING, t)
        return ()

    def _prepare(self, t: float, framed: Framed) -> None:
        """The stages before an exercise."""
        if self._stage is Stage.REST:
            if self._left(t) == 0.0:
                self._enter(Stage.FRAMING, t)
        elif self._stage is Stage.FRAMING:
            if framed.right_s >= MET_S - SAME_TIME_S:
                self._enter(Stage.READY, t)
        elif framed.wrong_s > LOST_S:
            self._enter(Stage.FRAMING, t)
        elif self._left(t) == 0.0:
            self._enter(Stage.EXERCISE, t)

    def _left(self, t: float) -> float | None:
        """Seconds left of a countdown or a rest, or None in the other stages."""
        whole = {Stage.READY: READY_S, Stage.REST: self._sets[self._index - 1].rest_s}.get(self._stage)
        if whole is None or self._since is None:
            return None
        left = whole - (self._clock.at(t) - self._since)
        return left if left > SAME_TIME_S else 0.0

    # ---- what is shown and told

    def _told(self, events: tuple[Event, ...], resting: bool) -> tuple[Event, ...]:
        """Before the exercise the instruction speaks, not the cues of the session; while resting nothing does."""
        if resting:
            return ()
        return tuple(e for e in events if self._stage is Stage.EXERCISE or e.kind is not EventKind.CUE)

    def _moment(
        self, pose: Pose, events: tuple[Event, ...], step: Step | None = None, framed: Framed | None = None
    ) -> Moment:
        stage = self._stage
        framing = framed if stage in (Stage.FRAMING, Stage.READY) else None
        words = {
            Stage.FRAMING: framing.instruction if framing else None,
            Stage.READY: GET_READY,
            Stage.REST: f"Rest. The camera then: {self._exercise.view.camera}",
        }
        return Moment(
            pose.t,
            stage,
            self._stage_t,
            self._exercise,
            self._index + 1,
            len(self._sets),
            pose,
            step if stage is Stage.EXERCISE else None,
            self._left(pose.t),
            framing.checks if framing else (),
            words.get(stage),
            events,
            self._finished,
        )


def strict_exercise(exercise: Exercise) -> Exercise:
    """The exercise for those who want the whole dose: a hold counts at its full target, inside the enter limits."""
    timing = exercise.timing.model_copy(update={"full_s": exercise.timing.target_s, "credit": "enter"})
    return exercise.model_copy(update={"timing": timing})


def replayed(flow: Flow, items: Iterable[Pose | Action]) -> Iterator[Moment]:
    """The moments of kept poses and of the keys pressed between them: those of the live set, to the letter.

    Args:
        flow: a new flow of the same routine.
        items: poses and keys, in the order in which they came.
    """
    for item in items:
        if isinstance(item, Action):
            flow.key(item)
        else:
            yield flow.feed(item)


class _Clock:
    """Time without the pauses: a session sees none of them, so a hold goes on where it was."""

    def __init__(self) -> None:
        self.paused_t: float | None = None  # when the present pause began, in the time of the source
        self.lost_s = 0.0
        self._pauses: list[tuple[float, float]] = []  # (when, on this clock; how long)

    def resume(self, t: float) -> None:
        if self.paused_t is not None:
            self._pauses.append((self.at(self.paused_t), t - self.paused_t))
            self.lost_s += t - self.paused_t
        self.paused_t = None

    def at(self, t: float) -> float:
        """This clock at a present time of the source."""
        return (t if self.paused_t is None else self.paused_t) - self.lost_s

    def source_t(self, clock_s: float) -> float:
        """The time of the source when this clock showed that."""
        return clock_s + sum(seconds for when, seconds in self._pauses if clock_s >= when - 1e-6)

    def on_source(self, summary: Summary) -> Summary:
        """A summary with the times of the source; its duration stays that without the pauses."""
        at = self.source_t
        return replace(
            summary,
            repetitions=tuple(replace(r, start_s=at(r.start_s), end_s=at(r.end_s)) for r in summary.repetitions),
            cues=tuple(replace(c, start_s=at(c.start_s), end_s=at(c.end_s)) for c in summary.cues),
            not_judged=tuple(replace(n, start_s=at(n.start_s), end_s=at(n.end_s)) for n in summary.not_judged),
        )


def _at(step: Step, t: float) -> Step:
    """The step with the time of the source."""
    return replace(
        step,
        pose=replace(step.pose, t=t),
        measurement=replace(step.measurement, t=t),
        check=replace(step.check, t=t),
        events=tuple(replace(e, t=t) for e in step.events),
    )
