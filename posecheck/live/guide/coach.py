"""Moment → Message: what is heard and when. Pure: no sound is made here, and no clock is read.

One spoken message at a time. What could not begin in time is dropped: late advice is wrong advice. The words of care,
the reminder at each hold and the counts may wait a little longer; safety cuts every other word short. While the last
seconds of a hold are counted only safety may speak.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from math import ceil, inf

from posecheck.live.guide.flow_records import Moment, Stage
from posecheck.live.guide.phrases import count_word, sentences, spoken, spoken_s
from posecheck.records import Event, EventKind, Phase, Progress, Summary

CARE_MOST_S = 15.0  # a guess: the words of care at the start take no longer
STABLE_S = 1.5  # a guess: an instruction that changes sooner is not said
SAME_AGAIN_S = 8.0  # a guess: the same instruction again at the earliest; twice as late each time
COUNTED_DOWN = 5  # a guess: the last seconds of a hold, in words
COUNTED_DOWN_FROM_S = 10.0  # a guess: shorter holds are not counted down
READY_COUNT = 3  # three, two, one, as READY_S of the flow
AFTER_CHIME_S = 0.4  # a guess: words wait until a chime can be told from them
TIMELY_S, NUMERAL_TIMELY_S, IMPORTANT_S = 1.5, 0.6, 5.0  # a guess: begun within this time of its cause, or dropped


class Kind(StrEnum):
    """How a message is heard."""

    TICK = "tick"
    CHIME = "chime"
    SPEECH = "speech"


class Priority(IntEnum):
    """Which words are spoken first, and which cut others short: the higher."""

    PRAISE = 1
    GUIDE = 2  # titles and instructions
    CUE = 3
    CARE = 4  # the words of care: whatever began is not cut short below NUMERAL
    EVENT = 5  # the reminder, counts, switch sides, done
    NUMERAL = 6
    SAFETY = 7


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to be heard at `t`, in seconds of the source.

    `name` says what it is ("hold_started", "count", "cue:hips_forward"). `text` is there for speech, `progress`
    (0 to 1, how near the target is) for ticks. `interrupt`: cut short what is being said. `patience_s`: how long a
    busy voice may put it off.
    """

    t: float
    kind: Kind
    name: str
    text: str | None = None
    progress: float | None = None
    priority: Priority = Priority.EVENT
    interrupt: bool = False
    patience_s: float = TIMELY_S

    @property
    def lasts_s(self) -> float:
        """About how long it takes to say, in seconds; 0 for ticks and chimes."""
        return spoken_s(self.text) if self.text else 0.0


NUMERALS = tuple(spoken(f"{count_word(n)}.") for n in range(COUNTED_DOWN, 0, -1))  # to have them ready
_CHIMES = {
    EventKind.IN_POSITION,
    EventKind.HOLD_STARTED,
    EventKind.HOLD_PAUSED,
    EventKind.HOLD_RESUMED,
    EventKind.HOLD_REACHED,
    EventKind.SET_DONE,
}


class Coach:
    """Turns each moment of a routine into what is heard; give it every moment in order of time.

    Args:
        voice: whether words can be heard. Without, cues become a chime that asks to look at the screen. May be set
            at any time, when a speech engine turns out not to work.

    Example:
        >>> coach = Coach(voice=True)                 # doctest: +SKIP
        >>> speaker.tell(coach.update(moment))          # doctest: +SKIP
    """

    def __init__(self, voice: bool) -> None:
        self.voice = voice
        self._talk = _Talk()
        self._now: list[Message] = []  # of the moment being fed
        self._t = 0.0
        self._stage: Stage | None = None
        self._titled: int | None = None
        self._instruction: str | None = None
        self._repeat_at = 0.0
        self._repeat_s = SAME_AGAIN_S
        self._ready_said = READY_COUNT + 1
        self._ticked = 0
        self._numeral = COUNTED_DOWN + 1

    def update(self, moment: Moment) -> tuple[Message, ...]:
        """Take one moment; returns what is to be heard now, in order."""
        self._now, self._t = [], moment.t
        counting = False
        if self._stage is None:
            self._greet(moment)
        if moment.stage is not self._stage:
            self._enter(moment, self._stage)
        for event in moment.events:
            self._event(event, moment)
        if moment.stage is Stage.FRAMING:
            self._frame(moment)
        elif moment.stage is Stage.READY:
            self._count_in(moment)
        elif moment.stage is Stage.EXERCISE and moment.step is not None:
            counting = self._hold(moment.step.progress)
        chimed = any(m.kind is Kind.CHIME for m in self._now)
        if not self.voice:
            self._talk.forget()
        said = self._talk.next(moment.t, counting, chimed)
        return (*self._now, said) if said else tuple(self._now)

    # ---- ways to be heard

    def _chime(self, name: str) -> None:
        self._now.append(Message(self._t, Kind.CHIME, name))

    def _tick(self, name: str, progress: float) -> None:
        self._now.append(Message(self._t, Kind.TICK, name, progress=progress))

    def _say(self, name: str, text: str, priority: Priority, patience_s: float = TIMELY_S) -> None:
        message = Message(self._t, Kind.SPEECH, name, spoken(text), priority=priority, patience_s=patience_s)
        if self.voice:
            self._talk.wish(message)
        elif name.startswith(("cue:", "instruction")):
            self._chime("attention")

    # ---- stages

    def _greet(self, moment: Moment) -> None:
        self._say("greeting", "Hello, let's stretch.", Priority.CARE, inf)
        for sentence in words_of_care(moment.exercise.care):
            self._say("care", sentence, Priority.CARE, inf)

    def _enter(self, moment: Moment, before: Stage | None) -> None:
        self._stage = moment.stage
        self._ready_said = READY_COUNT + 1
        self._instruction = None
        if moment.stage is Stage.PAUSED:
            self._chime("paused")
            self._say("paused", "Paused.", Priority.EVENT)
        elif before is Stage.PAUSED:
            self._chime("resumed")
        elif moment.stage is Stage.EXERCISE:
            self._chime("begin")
        elif moment.stage is Stage.REST:
            self._say("next", f"Rest. Next: {moment.exercise.title}.", Priority.EVENT, IMPORTANT_S)
        elif moment.stage is Stage.DONE:
            self._chime("routine_done")
            self._say("summary", closing_words(moment.finished), Priority.PRAISE, 2 * IMPORTANT_S)

    def _frame(self, moment: Moment) -> None:
        t = moment.t
        if moment.instruction != self._instruction:
            self._instruction = moment.instruction
            self._repeat_at, self._repeat_s = t + STABLE_S, SAME_AGAIN_S
        if self.voice and not self._talk.idle(t):
            return  # nothing is lost: an instruction that still holds is said afterwards
        if self._titled != moment.number:
            self._titled = moment.number
            self._say("title", f"{moment.exercise.title}.", Priority.GUIDE)
        elif moment.instruction is not None and t >= self._repeat_at:
            self._repeat_at, self._repeat_s = t + self._repeat_s, 2 * self._repeat_s
            self._say("instruction", moment.instruction, Priority.GUIDE)

    def _count_in(self, moment: Moment) -> None:
        left = ceil(moment.seconds_left - 1e-9) if moment.seconds_left is not None else 0
        if 1 <= left < self._ready_said:
            self._ready_said = left
            if left <= READY_COUNT:
                self._tick("ready", 1 - left / READY_COUNT)
                self._say("ready", f"{count_word(left)}.", Priority.EVENT, NUMERAL_TIMELY_S)

    # ---- what happens in an exercise

    def _event(self, event: Event, moment: Moment) -> None:
        if event.kind in _CHIMES:
            self._chime(event.kind.value)
        if event.kind is EventKind.HOLD_STARTED:
            self._ticked, self._numeral = 0, COUNTED_DOWN + 1
            if moment.exercise.reminder:
                self._say("reminder", moment.exercise.reminder, Priority.EVENT, IMPORTANT_S)
        elif event.kind is EventKind.HOLD_REACHED and moment.exercise.timing.target_s >= COUNTED_DOWN_FROM_S:
            self._say("relax", "And relax.", Priority.EVENT)
        elif event.kind is EventKind.REPETITION_COUNTED:
            if not self.voice:
                self._chime("counted")
            self._say("count", _count_words(event, moment), Priority.EVENT, IMPORTANT_S)
        elif event.kind is EventKind.REPETITION_REFUSED:
            self._chime("refused")
            self._say("refused", event.text or "Not counted.", Priority.EVENT, IMPORTANT_S)
        elif event.kind is EventKind.SET_DONE:
            self._say("set_done", "Set done.", Priority.EVENT, IMPORTANT_S)
        elif event.kind is EventKind.CUE and event.text:
            self._cue(event.reason or "cue", event.text, moment)

    def _cue(self, reason: str, text: str, moment: Moment) -> None:
        if reason == "switch_side":
            self._chime("switch_side")
            self._say("switch_side", text, Priority.EVENT, IMPORTANT_S)
            return
        urgent = any(f.name == reason and f.priority == "safety" for f in moment.exercise.faults)
        self._say(f"cue:{reason}", text, Priority.SAFETY if urgent else Priority.CUE)

    def _hold(self, progress: Progress) -> bool:
        """Tick the seconds held and count the last ones down; returns whether they are being counted."""
        if progress.phase is not Phase.HOLD:
            return False
        held, target = progress.held_s, progress.target_s
        second = int(held + 1e-9)
        if self._ticked < second < target:
            self._ticked = second
            self._tick("held", second / target)
        left = ceil(target - held - 1e-9)
        if target < COUNTED_DOWN_FROM_S or not 1 <= left <= COUNTED_DOWN:
            return False
        if left < self._numeral:
            self._numeral = left
            self._say(f"numeral:{left}", f"{count_word(left)}.", Priority.NUMERAL, NUMERAL_TIMELY_S)
        return True


class _Talk:
    """Lets one message speak at a time; `t` in seconds of the source."""

    def __init__(self) -> None:
        self._waiting: list[Message] = []
        self._speaking: Message | None = None
        self._until = -inf
        self._chime_until = -inf

    def wish(self, message: Message) -> None:
        if message.priority is Priority.NUMERAL:  # the numeral before is out of date
            self._waiting = [m for m in self._waiting if m.priority is not Priority.NUMERAL]
        self._waiting.append(message)

    def idle(self, t: float) -> bool:
        return not self._waiting and t >= self._until

    def forget(self) -> None:
        """Without a voice nothing waits."""
        self._waiting, self._speaking, self._until = [], None, -inf

    def next(self, t: float, counting: bool, chimed: bool) -> Message | None:
        """What begins to be said now, if anything.

        Args:
            t: the time in the source, in seconds.
            counting: whether seconds are counted aloud; then nothing less urgent than a numeral begins.
            chimed: whether a chime has just begun, after which less urgent words wait.
        """
        if chimed:
            self._chime_until = t + AFTER_CHIME_S
        self._waiting = [m for m in self._waiting if t - m.t <= m.patience_s]
        lowest = Priority.NUMERAL if counting else Priority.PRAISE
        free = [m for m in self._waiting if m.priority >= lowest]
        if t < self._chime_until:
            free = [m for m in free if m.priority >= Priority.NUMERAL]
        if not free:
            return None
        best = max(free, key=lambda m: m.priority)  # the first of equals
        old = self._speaking if t < self._until else None
        if old is not None and not _may_cut(best.priority, old.priority):
            return None
        self._waiting.remove(best)
        if old is not None and old.patience_s == inf:
            self._waiting.insert(0, old)  # care is said again, from the start of the sentence
        self._speaking, self._until = best, t + best.lasts_s
        return replace(best, t=t, interrupt=old is not None)


def _may_cut(new: Priority, old: Priority) -> bool:
    return new > old and (old < Priority.CARE or new >= Priority.NUMERAL)


def words_of_care(care: str) -> tuple[str, ...]:
    """The sentences of an exercise's words of care that can be said within `CARE_MOST_S`.

    The two first and the last one stay as long as there are others to leave out, longest first.
    """
    said = list(sentences(care))
    while sum(map(spoken_s, said)) > CARE_MOST_S and len(said) > 1:
        said.remove(max(said[2:-1] or said[1:], key=len))
    return tuple(said)


def closing_words(finished: tuple[Summary, ...]) -> str:
    """One or two sentences on a whole routine."""
    done = sum(s.complete for s in finished)
    if finished and done == len(finished):
        return "Well done. " + ("The set is complete." if done == 1 else f"All {count_word(done)} sets are complete.")
    if len(finished) == 1:
        (only,) = finished
        counts = ", ".join(f"{g} {count_word(n)} of {count_word(only.goal[g])}" for g, n in only.counts.items())
        return f"Finished. {counts}."
    return f"Finished. {count_word(done)} of {count_word(len(finished))} sets complete." if finished else "Finished."


def _count_words(event: Event, moment: Moment) -> str:
    if moment.step is None or event.group is None:
        return "Counted."
    counts, goal = moment.step.progress.counts, moment.step.progress.goal
    if moment.exercise.groups_by == "direction":  # in and out are two halves of one count
        return f"{count_word(sum(counts.values()))}."
    return f"{count_word(counts[event.group])} of {count_word(goal[event.group])}, {event.group} side."
