"""What is heard and when, on timelines of sets made to order; no sound is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from posecheck.exercises import load_exercise
from posecheck.judging.session import Session
from posecheck.live.guide.coach import (
    AFTER_CHIME_S,
    CARE_MOST_S,
    NUMERALS,
    SAME_AGAIN_S,
    STABLE_S,
    Coach,
    Kind,
    Message,
    Priority,
    closing_words,
    words_of_care,
)
from posecheck.live.guide.flow_records import Moment, Stage
from posecheck.live.guide.phrases import spoken_s
from posecheck.records import Event, EventKind, Phase, Pose, Progress, Step, Summary
from posecheck.testing import judged, knee_drops_set, ninety_ninety_set, side_bend_set

pytestmark = pytest.mark.system

FRAMING_S, READY_S = 20.0, 3.0
FPS = 15.0


def stage_moments(
    stage: Stage, start: float, seconds: float, name: str = "ninety_ninety", instruction: str | None = None
) -> list[Moment]:
    """A stage without a step; READY and REST count down."""
    times = [start + i / FPS for i in range(round(seconds * FPS))]
    counts = stage in (Stage.READY, Stage.REST)
    return [
        Moment(
            t,
            stage,
            start,
            load_exercise(name),
            1,
            1,
            Pose.absent(t),
            seconds_left=start + seconds - t if counts else None,
            instruction=instruction,
        )
        for t in times
    ]


def exercise_moments(poses: Iterable[Pose], name: str, start: float = 0.0) -> Iterator[Moment]:
    """The stage EXERCISE of poses made to order, from `start` on, judged by a real session."""
    exercise = load_exercise(name)
    session = Session(exercise)
    for pose in poses:
        step = session.feed(replace(pose, t=pose.t + start))
        yield Moment(step.pose.t, Stage.EXERCISE, start, exercise, 1, 1, step.pose, step, events=step.events)


def routine(poses: Iterable[Pose], name: str) -> list[Moment]:
    """Framing, three-two-one, the set, and the end, as the flow of a live set makes them."""
    start = FRAMING_S + READY_S
    poses = list(poses)
    moments = stage_moments(Stage.FRAMING, 0.0, FRAMING_S, name) + stage_moments(Stage.READY, FRAMING_S, READY_S, name)
    moments += exercise_moments(poses, name, start)
    end = moments[-1].t + 0.1
    finished = (judged(poses, name),)
    return moments + [replace(m, finished=finished) for m in stage_moments(Stage.DONE, end, 8.0, name)]


def told(moments: Iterable[Moment], voice: bool = True) -> list[Message]:
    """Everything a coach says to these moments."""
    coach = Coach(voice)
    return [message for moment in moments for message in coach.update(moment)]


SETS: dict[str, Callable[[], list[Pose]]] = {
    "ninety_ninety": lambda: ninety_ninety_set(("right", "left")),
    "side_bend": lambda: side_bend_set(("right",)),
    "knee_drops": lambda: knee_drops_set(("in", "out") * 2),
    "paused": lambda: ninety_ninety_set(("right",), broken_s=1.5),
    "whole": ninety_ninety_set,
}


@cache
def moments_of(key: str) -> list[Moment]:
    return routine(SETS[key](), key if key in ("side_bend", "knee_drops") else "ninety_ninety")


@cache
def heard(key: str) -> list[Message]:
    return told(moments_of(key))


def named(messages: Iterable[Message], *names: str) -> list[Message]:
    return [m for m in messages if m.name in names]


def event_times(key: str, kind: EventKind) -> list[float]:
    return [e.t for m in moments_of(key) for e in m.events if e.kind is kind]


def held_at(key: str, t: float) -> float:
    """Seconds held at a moment of a set."""
    step = next(m.step for m in moments_of(key) if m.t == t)
    assert step is not None
    return step.progress.held_s


def one(stage: Stage, t: float, *events: Event, held_s: float = 0.0, phase: Phase = Phase.HOLD) -> Moment:
    """A moment with a progress made to order."""
    exercise = load_exercise("ninety_ninety")
    goal = exercise.counts_goal
    step = None
    if stage is Stage.EXERCISE:
        source = next(m.step for m in moments_of("ninety_ninety") if m.step is not None)
        progress = Progress(phase, "left", held_s, 20.0, dict.fromkeys(goal, 0), goal)
        step = Step(Pose.absent(t), source.measurement, source.check, source.context, events, progress)
    return Moment(t, stage, 0.0, exercise, 1, 1, Pose.absent(t), step, events=events)


def after_care(coach: Coach) -> float:
    """Let the greeting and the words of care be said; returns the time when all is quiet."""
    t = 0.0
    while t < 20.0:
        coach.update(one(Stage.EXERCISE, t, phase=Phase.SETUP))
        t += 0.1
    return t


# ---- the start


def test_the_words_of_care_come_first_and_are_short() -> None:
    """The first words are a greeting and the words of care; they end within 15 s and tell when to stop."""
    speech = [m for m in heard("ninety_ninety") if m.kind is Kind.SPEECH]
    assert speech[0].name == "greeting"
    assert speech[0].t == 0.0
    care = named(speech, "care")
    assert speech[1 : 1 + len(care)] == care
    assert care[-1].t + care[-1].lasts_s <= CARE_MOST_S
    words = " ".join(m.text or "" for m in care)
    for part in ("never pain", "Stop if", "not a medical device"):
        assert part in words


@pytest.mark.parametrize("name", ["ninety_ninety", "side_bend", "knee_drops"])
def test_words_of_care_are_the_exercises_own(name: str) -> None:
    """What is said is whole sentences of the exercise file, in its order, and fits into the time."""
    care = load_exercise(name).care
    said = words_of_care(care)
    assert sum(map(spoken_s, said)) <= CARE_MOST_S
    places = [care.index(sentence) for sentence in said]
    assert places == sorted(places)
    assert places[0] == 0


def test_endless_words_of_care_are_cut_to_what_can_be_said() -> None:
    """A user's exercise with a page of care is not read out whole, the first sentence is."""
    care = "Take care. " + "This is one of many sentences that nobody waits for. " * 3 + "word " * 60 + "end."
    said = words_of_care(care)
    assert said[0] == "Take care."
    assert sum(map(spoken_s, said)) <= CARE_MOST_S


def test_the_start_is_counted_in() -> None:
    """Three, two, one at these seconds before the set, each with a tick that rises, then a chime."""
    begin = FRAMING_S + READY_S
    ready = [m for m in heard("ninety_ninety") if m.name == "ready"]
    assert [(m.text, round(begin - m.t)) for m in ready if m.kind is Kind.SPEECH] == [
        ("Three.", 3),
        ("Two.", 2),
        ("One.", 1),
    ]
    ticks = [m.progress for m in ready if m.kind is Kind.TICK]
    assert ticks == [0, pytest.approx(1 / 3), pytest.approx(2 / 3)]
    assert [m.t for m in named(heard("ninety_ninety"), "begin")] == [pytest.approx(begin)]


def test_framing_says_the_title_and_what_to_do() -> None:
    """After the words of care: the title, then the instruction, again after 8 s and then more seldom."""
    moments = stage_moments(Stage.FRAMING, 0.0, 60.0, instruction="Step back a little.")
    messages = told(moments)
    title = named(messages, "title")
    assert [m.text for m in title] == ["90 90 hip-flexor stretch."]
    said = named(messages, "instruction")
    assert {m.text for m in said} == {"Step back a little."}
    assert title[0].t < said[0].t
    gaps = [b.t - a.t for a, b in pairwise(said)]
    assert gaps == [pytest.approx(SAME_AGAIN_S, abs=0.1), pytest.approx(2 * SAME_AGAIN_S, abs=0.1)]


def test_an_instruction_that_flickers_is_not_said() -> None:
    """Only what is asked for 1.5 s on end is spoken; a new instruction is said at once thereafter."""
    moments = stage_moments(Stage.FRAMING, 0.0, 20.0)
    for i in range(20):  # changes every half second
        moments += stage_moments(Stage.FRAMING, 20.0 + i / 2, 0.5, instruction=("Left.", "Right.")[i % 2])
    moments += stage_moments(Stage.FRAMING, 30.0, 5.0, instruction="Turn sideways to the camera.")
    said = named(told(moments), "instruction")
    assert [m.text for m in said] == ["Turn sideways to the camera."]
    assert said[0].t == pytest.approx(30.0 + STABLE_S, abs=0.1)


# ---- a hold


def test_each_hold_begins_with_a_chime_and_the_reminder() -> None:
    """At each hold: the chime at its start, and the reminder to tighten the abdomen right after it."""
    starts = event_times("ninety_ninety", EventKind.HOLD_STARTED)
    assert len(starts) == 2
    assert [m.t for m in named(heard("ninety_ninety"), "hold_started")] == starts
    reminders = named(heard("ninety_ninety"), "reminder")
    assert [m.text for m in reminders] == ["Tummy tight."] * 2
    for start, reminder in zip(starts, reminders, strict=True):
        assert reminder.t == pytest.approx(start + AFTER_CHIME_S, abs=0.1)


def test_each_held_second_ticks_and_rises() -> None:
    """One tick at each whole second held, 1 to 19 of 20, each nearer the target than the one before."""
    start, reached = (event_times("side_bend", kind)[0] for kind in (EventKind.HOLD_STARTED, EventKind.HOLD_REACHED))
    ticks = [m for m in heard("side_bend") if m.name == "held"]
    assert [m.progress for m in ticks] == [pytest.approx(n / 20) for n in range(1, 20)]
    assert all(start < m.t < reached for m in ticks)
    for n, tick in enumerate(ticks, 1):
        assert held_at("side_bend", tick.t) == pytest.approx(n, abs=1 / FPS + 0.01)


def test_the_last_five_seconds_are_counted_in_words() -> None:
    """Five at 15 s held, four at 16, ... one at 19, then the chime and "and relax"."""
    numerals = [m for m in heard("side_bend") if m.priority is Priority.NUMERAL]
    assert tuple(m.text for m in numerals) == NUMERALS == ("Five.", "Four.", "Three.", "Two.", "One.")
    for n, numeral in enumerate(numerals):
        assert held_at("side_bend", numeral.t) == pytest.approx(15 + n, abs=1 / FPS + 0.01)
    reached = event_times("side_bend", EventKind.HOLD_REACHED)[0]
    assert [m.t for m in named(heard("side_bend"), "hold_reached")] == [reached]
    assert named(heard("side_bend"), "relax")[0].t == pytest.approx(reached + AFTER_CHIME_S, abs=0.1)


def test_a_whole_hold_in_order() -> None:
    """Everything that is heard of one hold of 20 s, in its order."""
    start = event_times("side_bend", EventKind.HOLD_STARTED)[0]
    names = [m.name for m in heard("side_bend") if m.t >= start and m.name != "held"]
    assert names == [
        "hold_started",
        "reminder",
        *(f"numeral:{n}" for n in (5, 4, 3, 2, 1)),
        "hold_reached",
        "relax",
        "count",
        "switch_side",
        "switch_side",
        "routine_done",
        "summary",
    ]


def test_a_pause_is_heard_and_stops_the_ticks() -> None:
    """A broken hold: the pause chime, no tick until it goes on, then the count goes on where it was."""
    paused, resumed = (event_times("paused", kind)[0] for kind in (EventKind.HOLD_PAUSED, EventKind.HOLD_RESUMED))
    assert [m.t for m in named(heard("paused"), "hold_paused")] == [paused]
    assert [m.t for m in named(heard("paused"), "hold_resumed")] == [resumed]
    ticks = named(heard("paused"), "held")
    assert not [m for m in ticks if paused <= m.t < resumed]
    assert [m.progress for m in ticks] == [pytest.approx(n / 20) for n in range(1, 20)]
    assert [m.text for m in heard("paused") if m.priority is Priority.NUMERAL] == list(NUMERALS)


def test_switching_sides_is_heard_and_counted() -> None:
    """After a counted hold: the count in words with its side, then the chime and the words to switch."""
    messages = heard("ninety_ninety")
    assert [m.text for m in named(messages, "count")] == ["One of two, right side.", "One of two, left side."]
    switches = named(messages, "switch_side")
    assert [m.kind for m in switches[:2]] == [Kind.CHIME, Kind.SPEECH]
    assert switches[1].text == "Switch sides."
    counted = event_times("ninety_ninety", EventKind.REPETITION_COUNTED)
    assert counted[0] < switches[0].t < counted[0] + 2.0
    assert switches[1].t < counted[0] + 4.0


def test_drops_tick_and_are_counted_without_a_countdown() -> None:
    """A hold of 2 s: one tick, the chime when it is reached, and the running count of in and out together."""
    messages = heard("knee_drops")
    assert [m.text for m in named(messages, "count")] == ["One.", "Two.", "Three.", "Four."]
    assert [m.progress for m in named(messages, "held")] == [0.5] * 4
    assert len(named(messages, "hold_reached")) == 4
    assert not [m for m in messages if m.name == "relax" or m.priority is Priority.NUMERAL]


def test_the_end_of_a_set_and_of_a_routine() -> None:
    """The last hold is counted, the set is done, and the closing sentence says so, one after the other."""
    speech = [m for m in heard("whole") if m.kind is Kind.SPEECH]
    assert [m.text for m in speech[-3:]] == ["Two of two, left side.", "Set done.", "Well done. The set is complete."]
    assert len(named(heard("whole"), "reminder")) == 4
    assert [m.kind for m in named(heard("whole"), "set_done")] == [Kind.CHIME, Kind.SPEECH]


@pytest.mark.parametrize("key", SETS)
def test_one_message_at_a_time(key: str) -> None:
    """No two spoken messages overlap, unless the later one cuts the earlier one short for something more urgent."""
    speech = [m for m in heard(key) if m.kind is Kind.SPEECH]
    assert len(speech) > 8
    for a, b in pairwise(speech):
        assert b.interrupt or b.t >= a.t + a.lasts_s - 1e-9, (a, b)
        assert not b.interrupt or b.priority > a.priority, (a, b)


@pytest.mark.parametrize("key", SETS)
def test_the_same_moments_give_the_same_messages(key: str) -> None:
    """A coach reads no clock: the same moments give the same messages, in order of time."""
    assert told(moments_of(key)) == heard(key)
    times = [m.t for m in heard(key)]
    assert times == sorted(times)


# ---- what comes first


def test_nothing_but_safety_is_said_while_the_last_seconds_are_counted() -> None:
    """In the last five seconds a cue stays unsaid, a safety cue cuts the count short."""
    for reason, said in (("hips_forward", False), ("ease_off", True)):
        coach = Coach(voice=True)
        t = after_care(coach)
        cue = Event(t + 2.0, EventKind.CUE, "left", reason=reason, text="Do this.")
        heard_then: list[Message] = []
        for i in range(50):
            events = (cue,) if i == 20 else ()
            heard_then += coach.update(one(Stage.EXERCISE, t + i / 10, *events, held_s=15.0 + i / 10))
        cues = named(heard_then, f"cue:{reason}")
        assert bool(cues) is said
        numerals = [m.text for m in heard_then if m.priority is Priority.NUMERAL]
        assert numerals == [n for n in NUMERALS if not said or n != "Three."]
        if cues:
            assert cues[0].t == pytest.approx(t + 2.0, abs=1e-6)


def test_a_numeral_is_not_blocked_by_a_long_cue() -> None:
    """Who is told something long when the count begins hears "five" at its second."""
    coach = Coach(voice=True)
    t = after_care(coach)
    cue = Event(t, EventKind.CUE, "left", reason="arms_up", text="Reach both arms up, as far as is comfortable.")
    messages = [*coach.update(one(Stage.EXERCISE, t, cue, held_s=14.0))]
    for i in range(1, 15):
        messages += coach.update(one(Stage.EXERCISE, t + i / 10, held_s=14.0 + i / 10))
    speech = [m for m in messages if m.kind is Kind.SPEECH]
    assert [(m.name, m.interrupt) for m in speech] == [("cue:arms_up", False), ("numeral:5", True)]
    assert speech[1].t == pytest.approx(t + 1.0, abs=0.11)


def test_late_advice_is_dropped() -> None:
    """A cue that could not begin within 1.5 s, because something more important was said, is never said."""
    coach = Coach(voice=True)
    t = after_care(coach)
    text = "Hold it there, for this is a long sentence that takes four seconds."
    refused = Event(t, EventKind.REPETITION_REFUSED, "left", reason="partial", text=text)
    late = Event(t + 1.0, EventKind.CUE, "left", reason="arms_up", text="Arms up.")
    fresh = Event(t + 4.0, EventKind.CUE, "left", reason="arms_up", text="Arms up.")
    events = {0: refused, 10: late, 40: fresh}
    messages: list[Message] = []
    for i in range(80):
        now = (events[i],) if i in events else ()
        messages += coach.update(one(Stage.EXERCISE, t + i / 10, *now, phase=Phase.POSITION))
    (cue,) = named(messages, "cue:arms_up")
    assert cue.t > t + 4.0


def test_care_that_is_cut_short_is_said_again() -> None:
    """A safety cue cuts the words of care short; afterwards the sentence is said from its start."""
    coach = Coach(voice=True)
    messages: list[Message] = []
    for i in range(250):
        cue = Event(i / 10, EventKind.CUE, "left", reason="ease_off", text="Ease back a little.")
        messages += coach.update(one(Stage.EXERCISE, i / 10, *((cue,) if i == 50 else ()), phase=Phase.POSITION))
    speech = [m for m in messages if m.kind is Kind.SPEECH]
    cut = next(i for i, m in enumerate(speech) if m.name == "cue:ease_off")
    assert speech[cut].interrupt
    assert speech[cut].t == pytest.approx(5.0)
    assert speech[cut - 1].text == speech[cut + 1].text
    said = [m.text for m in named(speech, "care")]
    assert tuple(dict.fromkeys(said)) == words_of_care(load_exercise("ninety_ninety").care)


def test_a_refused_repetition_is_told_in_spoken_words() -> None:
    """The units are words and the seconds are whole: nothing that a speech engine would spell."""
    coach = Coach(voice=True)
    t = after_care(coach)
    refused = Event(t, EventKind.REPETITION_REFUSED, "left", 12.3, "partial", "held 12.9 s of 20 s")
    messages = [*coach.update(one(Stage.EXERCISE, t, refused, phase=Phase.POSITION))]
    messages += coach.update(one(Stage.EXERCISE, t + 0.5, phase=Phase.POSITION))
    assert [(m.kind, m.name) for m in messages] == [(Kind.CHIME, "refused"), (Kind.SPEECH, "refused")]
    assert messages[1].text == "Held 12 of 20 seconds"


def test_the_space_bar_is_heard() -> None:
    """A chime and a word when the routine pauses, a chime when it goes on."""
    coach = Coach(voice=True)
    t = after_care(coach)
    messages: list[Message] = []
    for i in range(20):
        stage = Stage.PAUSED if i < 10 else Stage.EXERCISE
        messages += coach.update(one(stage, t + i / 10, phase=Phase.SETUP))
    assert [(m.name, m.kind) for m in messages] == [
        ("paused", Kind.CHIME),
        ("paused", Kind.SPEECH),
        ("resumed", Kind.CHIME),
    ]


def test_the_rest_names_what_comes_next() -> None:
    """In a rest the next exercise is said once."""
    coach = Coach(voice=True)
    t = after_care(coach)
    moments = stage_moments(Stage.REST, t, 10.0, "knee_drops")
    said = [m for moment in moments for m in coach.update(moment) if m.kind is Kind.SPEECH]
    assert [m.text for m in said] == ["Rest. Next: Knee drops."]


# ---- without a voice


@pytest.mark.parametrize("key", ["ninety_ninety", "paused"])
def test_without_a_voice_the_same_chimes_and_ticks_are_heard(key: str) -> None:
    """No speech, and every tick and chime of the spoken set at the same times; counts get a chime instead."""
    silent = told(moments_of(key), voice=False)
    assert {m.kind for m in silent} == {Kind.TICK, Kind.CHIME}
    sounds = [m for m in heard(key) if m.kind is not Kind.SPEECH]
    assert [m for m in silent if m.name not in ("counted", "attention")] == sounds
    assert [m.t for m in named(silent, "counted")] == event_times(key, EventKind.REPETITION_COUNTED)


def test_without_a_voice_a_cue_asks_to_look_at_the_screen() -> None:
    """Each cue and each instruction is a chime, at the times at which it would be said."""
    cue = Event(3.0, EventKind.CUE, "left", reason="arms_up", text="Arms up.")
    coach = Coach(voice=False)
    coach.update(one(Stage.EXERCISE, 2.9, phase=Phase.POSITION))
    assert [m.name for m in coach.update(one(Stage.EXERCISE, 3.0, cue, phase=Phase.POSITION))] == ["attention"]
    framing = told(stage_moments(Stage.FRAMING, 0.0, 5.0, instruction="Step back a little."), voice=False)
    assert [m.name for m in framing] == ["attention"]
    assert framing[0].t == pytest.approx(STABLE_S, abs=0.1)


def test_a_voice_that_fails_on_the_way_leaves_no_words() -> None:
    """Once the voice is gone nothing that waited is said, and coming back starts afresh."""
    coach = Coach(voice=True)
    first = coach.update(one(Stage.EXERCISE, 0.0, phase=Phase.SETUP))
    assert [m.name for m in first] == ["begin"]  # the greeting waits for the chime
    coach.voice = False
    after = [m for i in range(1, 100) for m in coach.update(one(Stage.EXERCISE, i / 10, phase=Phase.SETUP))]
    assert after == []
    coach.voice = True
    assert [m for i in range(100, 130) for m in coach.update(one(Stage.EXERCISE, i / 10, phase=Phase.SETUP))] == []


# ---- closing words


def summary(complete: bool, **counts: int) -> Summary:
    goal = dict.fromkeys(counts, 2)
    return Summary("1", "ninety_ninety", "camera", 60, 900, 900, 60, (), counts, goal, complete, (), ())


def test_closing_words() -> None:
    """Complete or not, one exercise or several: a sentence that says what was done."""
    done, part = summary(True, left=2, right=2), summary(False, left=1, right=0)
    assert closing_words((done,)) == "Well done. The set is complete."
    assert closing_words((done,) * 3) == "Well done. All three sets are complete."
    assert closing_words((part,)) == "Finished. left one of two, right none of two."
    assert closing_words((done, part)) == "Finished. one of two sets complete."
    assert closing_words(()) == "Finished."
