"""What a person is told to do, line by line, with faults on purpose: the script is the truth.

A line is said, and the next one comes `wait_s` later. With a line that has a `hold` the person begins something that
counts, or does not; the next line with `stop` ends it. With a line that has a `fault` something wrong begins, and the
next line ends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from posecheck.errors import UsageError
from posecheck.exercises import Exercise, load_exercise

MOST_COUNTED = 100  # of each side or direction: so many that no set is ever done


@dataclass(frozen=True, slots=True)
class Hold:
    """What the person does from a line on: in which group, and whether it is to count (None: either is right)."""

    group: str
    counts: bool | None = True
    what: str = "done right"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong on purpose; `cues` are the exercise's own, or reasons for not counting, that show it was seen."""

    what: str
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What is said, and how long it is until the next line, in seconds."""

    say: str
    wait_s: float
    hold: Hold | None = None
    fault: Fault | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A line that was said, when, and how long the words take: both in seconds."""

    t: float
    line: Line
    words_s: float


@dataclass(frozen=True, slots=True)
class Script:
    """What one exercise is validated by, and where the person is to be before the first line."""

    exercise: str
    lines: tuple[Line, ...]

    @property
    def duration_s(self) -> float:
        return sum(line.wait_s for line in self.lines)


def script_for(name: str) -> Script:
    """The script of an exercise.

    Args:
        name: of one of the three main exercises.

    Raises:
        UsageError: there is none for it.
    """
    if name not in SCRIPTS:
        raise UsageError(f"there is no script for {name}: choose one of {', '.join(SCRIPTS)}")
    return SCRIPTS[name]


def exercise_for(script: Script) -> Exercise:
    """The exercise of a script, with a dose that is never reached: the script tells when it is over."""
    exercise = load_exercise(script.exercise)
    goal = exercise.goal.model_copy(update={"each": MOST_COUNTED, "alternate": False})
    return exercise.model_copy(update={"goal": goal})


def spans(said: tuple[Said, ...]) -> Iterator[tuple[Said, Said]]:
    """Each line that was said, with the one that came after it."""
    return pairwise(said)


def to_dict(said: Said) -> dict[str, Any]:
    """A line that was said, as it is kept."""
    line = {key: value for key, value in asdict(said.line).items() if value is not None and value is not False}
    return {"t": round(said.t, 3), "words_s": round(said.words_s, 2), **line}


def from_dict(data: dict[str, Any]) -> Said:
    """A line that was kept.

    Args:
        data: as `to_dict` made it.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    if not isinstance(data, dict):
        raise TypeError("a line is a table")
    hold, fault = data.get("hold"), data.get("fault")
    line = Line(
        str(data["say"]),
        float(data["wait_s"]),
        None if hold is None else Hold(**hold),
        None if fault is None else Fault(str(fault["what"]), tuple(fault["cues"])),
        bool(data.get("stop", False)),
    )
    return Said(float(data["t"]), line, float(data["words_s"]))


def _attempt(before: str, hold: Hold, seconds: float, fault: Fault | None = None, rest_s: float = 5.0) -> list[Line]:
    """Told what comes, "now", and "stop": so the words that begin and end a hold are short."""
    return [
        Line(f"{before} Wait for now.", 6.0),
        Line("Now.", seconds, hold, fault),
        Line("Stop.", 1.5, stop=True),
        Line("Come back, and rest.", rest_s),
    ]


_INTRO = Line("Some of what you hear is wrong on purpose. Do it all the same, but never into pain.", 7.0)
_STRETCH = "Next: reach both arms up and move your hips forward."
_BEND = "Next: reach up and bend to the side of your front leg."
_HIPS_BACK = Fault("hips left back", ("hips_forward", "shin_upright"))
_ARMS_LOW = Fault("arms lower", ("arms_up",))
_TOO_SHORT = Fault("stopped too soon", ("too_short", "partial"))
_LITTLE_BEND = Fault("hardly bent", ("bend_more",))
_WRONG_SIDE = Fault("bent to the other side", ("wrong_side",))
_SMALL_DROP = Fault("knees dropped a little only", ("too_small",))
_ONE_SIDE = Fault("both knees to one side", ("one_side",))


def _kneel(side: str) -> Line:
    other = "right" if side == "left" else "left"
    return Line(f"{side.capitalize()} knee on the floor, {other} foot in front. Change over if you have to.", 12.0)


def _drop(way: str, what: str = "") -> list[Line]:
    told = Line(f"Next: let both knees drop {way}wards{what}. Wait for now.", 5.0)
    return [told, Line("Now.", 5.0, Hold(way)), Line("Stop.", 1.5, stop=True), Line("Knees up to the middle.", 4.0)]


SCRIPTS = {
    "ninety_ninety": Script(
        "ninety_ninety",
        (
            _INTRO,
            _kneel("left"),
            *_attempt(_STRETCH, Hold("left"), 25.0),
            *_attempt(
                "Next, a fault: both arms up, but leave your hips back.",
                Hold("left", False, "hips left back"),
                9.0,
                _HIPS_BACK,
            ),
            _kneel("right"),
            *_attempt(_STRETCH, Hold("right"), 25.0),
            Line(f"{_STRETCH} Wait for now.", 6.0),
            Line("Now.", 10.0, Hold("right", None, "arms lower for a while")),
            Line("Now a fault: arms lower, to the height of your shoulders.", 8.0, fault=_ARMS_LOW),
            Line("Arms up again.", 8.0),
            Line("Stop.", 1.5, stop=True),
            Line("Come back, and rest.", 5.0),
            *_attempt(_STRETCH, Hold("right", False, "stopped too soon"), 7.0, _TOO_SHORT),
        ),
    ),
    "side_bend": Script(
        "side_bend",
        (
            _INTRO,
            _kneel("left"),
            *_attempt(_BEND, Hold("left"), 25.0),
            *_attempt(
                "Next, a fault: reach up and bend to the other side, away from your front leg.",
                Hold("left", False, "bent to the other side"),
                9.0,
                _WRONG_SIDE,
            ),
            _kneel("right"),
            *_attempt(_BEND, Hold("right"), 25.0),
            *_attempt(
                "Next, a fault: reach up, but bend only a very little.",
                Hold("right", False, "hardly bent"),
                9.0,
                _LITTLE_BEND,
            ),
            *_attempt(_BEND, Hold("right", False, "stopped too soon"), 7.0, _TOO_SHORT),
        ),
    ),
    "knee_drops": Script(
        "knee_drops",
        (
            _INTRO,
            Line("Knees up in the middle, feet wide. Lie still.", 6.0),
            *_drop("in"),
            *_drop("out"),
            *_attempt(
                "Next, a fault: let both knees drop inwards a very little only.",
                Hold("in", False, "dropped a little only"),
                5.0,
                _SMALL_DROP,
            ),
            *_attempt(
                "Next, a fault: let both knees drop to the same side.",
                Hold("in", False, "both knees to one side"),
                5.0,
                _ONE_SIDE,
            ),
            *_drop("in", ", again"),
            *_drop("out", ", again"),
        ),
    ),
}
