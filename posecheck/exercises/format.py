"""The format of an exercise file: what each key means and which values it may have.

An exercise is data. `enter` and `exit` are the limits between which a hold begins and outside of which its clock stops
(hysteresis); `setup` is what the starting position must satisfy; `attempt` marks the effort by which an attempt
is recognised even when it never becomes a hold. All ranges are [lowest, highest]; `inf` stands for no bound.

The JSON Schema (`schema.py`) is made from these classes; what they cannot say of an exercise as a whole is in
`validation.py`, and what is allowed but unwise in `advice.py`.
"""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from posecheck.exercises.posture_words import KIND_OF
from posecheck.exercises.validation import Remark, mistakes
from posecheck.measure.signals import BEND_TO_FRONT as BEND_TO_FRONT
from posecheck.measure.signals import BY_SIDE as BY_SIDE
from posecheck.measure.signals import ROLES as ROLES
from posecheck.measure.signals import SIDE_ROLES as SIDE_ROLES
from posecheck.measure.signals import SIGNAL_NAMES as SIGNAL_NAMES
from posecheck.records import Landmark, Posture
from posecheck.records.ranges import is_part

PRIORITIES = ("safety", "visibility", "posture", "position", "stretch", "praise")
LANDMARK_NAMES = tuple(sorted({i.name.removeprefix("LEFT_").lower() for i in Landmark if i.name.startswith("LEFT_")}))
RESERVED = ("auto", "check", "explain", "new", "schema", "show", "signals")  # words of the command line


def _unknown(what: str, value: object, allowed: tuple[str, ...]) -> ValueError:
    close = difflib.get_close_matches(str(value), allowed, 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return ValueError(f"unknown {what} {value!r}.{hint} Allowed: {', '.join(allowed)}")


def _known_signal(value: object) -> object:
    if value not in SIGNAL_NAMES:
        raise _unknown("signal", value, SIGNAL_NAMES)
    return value


def _ordered(value: object) -> object:
    if isinstance(value, list) and len(value) == 2 and all(type(x) in (int, float) and x == x for x in value):
        if value[0] > value[1]:
            raise ValueError(f"the lowest value {value[0]} is above the highest {value[1]}")
        return tuple(float(x) for x in value)
    raise ValueError("a range is written [lowest, highest], for example [70, 112] or [145, inf]")


def _known_landmark(value: object) -> object:
    if value not in LANDMARK_NAMES:
        raise _unknown("landmark", value, LANDMARK_NAMES)
    return value


def _not_reserved(name: str) -> str:
    if name in RESERVED:
        raise ValueError(f"{name!r} is a word of the command line; allowed: any other name")
    return name


def _described(text: str) -> Any:
    return Field(description=text)


# JSON Schema of [lowest, highest].
_RANGE_SCHEMA = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}

SignalName = Annotated[
    str,
    BeforeValidator(_known_signal),
    WithJsonSchema({"type": "string", "enum": list(SIGNAL_NAMES)}),
    _described("what is measured; see docs/signals.md"),
]
LandmarkName = Annotated[
    str, BeforeValidator(_known_landmark), WithJsonSchema({"type": "string", "enum": list(LANDMARK_NAMES)})
]
Range = Annotated[tuple[float, float], BeforeValidator(_ordered), WithJsonSchema(_RANGE_SCHEMA)]
Plane = Annotated[
    Literal["image", "world"], _described("measured in the picture (`image`), or on the 3-D points (`world`)")
]
Relative = Literal["difference", "ratio"]
AgainstBaseline = Annotated[
    Relative | None, _described("compare with the person's own zero: the `difference` to it, or the `ratio`")
]
OfGroup = Annotated[
    str | None, _described("only for this group, a fault only while it is tried; for all groups, always, when left out")
]
Seconds = Annotated[float, Field(ge=0, le=3600)]


class Part(BaseModel):
    """Base of all parts of an exercise: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class View(Part):
    """Where the camera has to be, and what it has to see."""

    camera: Annotated[str, Field(description="where to put the camera, in a sentence")]
    yaw_enter: Annotated[Range, Field(description="view yaw, degrees: 0 front or back, 90 side; judging starts inside")]
    yaw_exit: Annotated[Range, Field(description="view yaw, degrees: judging stops outside")]
    trunk_enter: Annotated[
        Range | None, Field(description="how long the trunk looks, in shoulder widths: judging starts")
    ] = None
    trunk_exit: Annotated[Range | None, Field(description="how long the trunk looks: judging stops outside")] = None
    behind: Annotated[bool, Field(description="whether the camera may be behind the person")] = True
    folded: Annotated[
        bool, Field(description="the body is folded up, so its shape does not tell whether all of it is seen")
    ] = False
    cue: Annotated[str, Field(description="what to say when the view is wrong")]
    landmarks: Annotated[
        tuple[LandmarkName, ...], Field(description="points that must be seen, both sides: hip, knee, ...")
    ]
    min_fps: Annotated[float, Field(gt=0, description="fewer frames a second are not judged")] = 5.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        _inside(self.yaw_enter, self.yaw_exit, "yaw_enter", "yaw_exit")
        if (self.trunk_enter is None) != (self.trunk_exit is None):
            raise ValueError("`trunk_enter` and `trunk_exit` are given together")
        if self.trunk_enter and self.trunk_exit:
            _inside(self.trunk_enter, self.trunk_exit, "trunk_enter", "trunk_exit")
        return self


class Goal(Part):
    """How many repetitions of each group make a set."""

    each: Annotated[int, Field(ge=1, le=100, description="counted repetitions of each group")]
    alternate: Annotated[bool, Field(description="ask for the other group after each counted repetition")] = True


class Timing(Part):
    """All times in seconds."""

    target_s: Annotated[Seconds, Field(description="what the person is asked for")]
    full_s: Annotated[Seconds, Field(description="held at least this long: counted")]
    partial_s: Annotated[Seconds, Field(description="held at least this long but not full: logged as partial")]
    log_s: Annotated[Seconds, Field(description="holds shorter than this are not listed")]
    attempt_s: Annotated[Seconds, Field(description="efforts that never became a hold are listed from this length")]
    setup_s: Annotated[Seconds, Field(description="the starting position must be kept this long")] = 0.7
    enter_s: Annotated[Seconds, Field(description="inside the enter limits this long: a hold, dated back")] = 0.4
    grace_s: Annotated[Seconds, Field(description="landmarks lost no longer than this are credited")] = 0.5
    end_after_s: Annotated[Seconds, Field(description="outside the exit limits this long: the hold has ended")] = 3.0
    leave_s: Annotated[Seconds, Field(description="out of posture this long: the hold has ended")] = 1.0
    credit: Annotated[Literal["exit", "enter"], Field(description="the clock runs inside these limits")] = "exit"
    end_when_back: Annotated[bool, Field(description="a repetition ends as soon as no attempt is seen any more")] = (
        False
    )

    over_when_held: Annotated[
        bool,
        Field(description="a repetition needs no way back, as standing up: one held when the recording ends counts"),
    ] = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.partial_s <= self.full_s <= self.target_s:
            values = f"{self.partial_s:g}, {self.full_s:g}, {self.target_s:g}"
            words = f"partial_s ≤ full_s ≤ target_s must hold, not {values}: a hold that is asked for must count"
            raise _wrong(Remark(("full_s",), words))
        if self.log_s > self.full_s:
            words = f"log_s ≤ full_s must hold, not {self.log_s:g}, {self.full_s:g}: what counts must be listed"
            raise _wrong(Remark(("log_s",), words))
        return self


class Baseline(Part):
    """The person's own zero of a signal, taken in the starting position."""

    signal: SignalName
    plane: Plane = "image"
    within: Annotated[Range, Field(description="readings outside are not taken as a starting position")]
    keep: Annotated[Range, Field(description="the baseline is kept inside, whatever was read")]
    spread: Annotated[float, Field(gt=0, description="the readings of `setup_s` may differ by this much")]
    take: Annotated[Literal["lowest", "latest", "first"], Field(description="which steady reading counts")] = "latest"


class Limit(Part):
    """The limits of one signal."""

    model_config = ConfigDict(json_schema_extra={"dependentRequired": {"enter": ["exit"], "exit": ["enter"]}})

    signal: SignalName
    plane: Plane = "image"
    group: OfGroup = None
    relative: AgainstBaseline = None
    setup: Annotated[Range | None, _described("the starting position needs this; never relative")] = None
    enter: Annotated[Range | None, _described("a hold begins when all of these are met")] = None
    exit: Annotated[Range | None, _described("a hold goes on while all of these are met; wider than `enter`")] = None
    attempt: Annotated[Range | None, _described("an effort is seen as soon as one of these is met")] = None
    trend: Annotated[
        Literal["more", "less"] | None,
        _described("draw this signal's trend, and what is further; when left out, the one with `enter` and `attempt`"),
    ] = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.enter is None) != (self.exit is None):
            raise _wrong(Remark(("enter" if self.enter else "exit",), "`enter` and `exit` are given together"))
        if self.enter and self.exit:
            _inside(self.enter, self.exit, "enter", "exit")
        return self


class Fault(Part):
    """Something to correct: a signal above or below a value, in some phases, and the cue that helps.

    One with a `group` is looked for only while that group is tried, so that nobody who rests is told to go deeper.
    """

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["above"]}, {"required": ["below"]}]})

    name: Annotated[str, _described("a short name of its own, for reports")]
    signal: SignalName
    plane: Plane = "image"
    group: OfGroup = None
    relative: AgainstBaseline = None
    above: Annotated[float | None, _described("the fault is there above this value; give this or `below`")] = None
    below: Annotated[float | None, _described("the fault is there below this value; give this or `above`")] = None
    magnitude: Annotated[bool, _described("compare the size without its sign")] = False
    during: Annotated[
        tuple[Literal["setup", "position", "hold"], ...],
        _described("when it is looked for: getting ready, in position, in the hold"),
    ]
    priority: Annotated[
        Literal["safety", "visibility", "posture", "position", "stretch", "praise"],
        _described("which cue comes first when there are several: safety, then down to praise"),
    ]
    cue: Annotated[str, _described("what to say; in plain words, what to do")]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("give exactly one of `above` and `below`")
        return self


class Exercise(Part):
    """One exercise: how to do it, how it is seen, what is judged and what is counted."""

    schema_version: Annotated[Literal[1], Field(alias="schema", description="version of this format: 1")]
    name: Annotated[
        str,
        Field(pattern=r"^[a-z][a-z0-9_]*$", description="a-z, 0-9 and _, a letter first; as the file is called"),
        AfterValidator(_not_reserved),
    ]
    title: Annotated[str, _described("what people call it")]
    steps: Annotated[tuple[str, ...], _described("how to do it, a sentence or two each; read out and shown")]
    care: Annotated[str, _described("words of care: when to stop, whom to ask")]
    posture: Annotated[Posture, _described("the body position in which it is done and judged")]
    posture_also: Annotated[
        tuple[Posture, ...],
        _described("what else the body may be taken for while it is done; `unknown`: positions without a name"),
    ] = ()
    posture_cues: Annotated[
        dict[Posture, str], Field(description="what to say in another posture; `unknown`: in all that are not named")
    ]
    groups_by: Annotated[
        Literal["rear_leg", "side", "direction"],
        Field(
            description="rear_leg: left and right by the kneeling leg; side: left and right by the working arm or leg, "
            "signals may be named working_... and other_...; direction: groups as named"
        ),
    ]
    groups: Annotated[tuple[str, ...], Field(min_length=1, description="what is counted apart: sides, or directions")]
    reminder: Annotated[str | None, Field(description="said at each hold, never judged")] = None
    switch_cue: Annotated[
        str, _described("what to say when it is the other group's turn; may be left out when there is one group only")
    ] = ""
    view: Annotated[View, _described("where the camera has to be")]
    goal: Annotated[Goal, _described("what makes a set")]
    timing: Annotated[Timing, _described("all times, in seconds")]
    baselines: Annotated[tuple[Baseline, ...], _described("signals taken against the person's own zero")] = ()
    limits: Annotated[tuple[Limit, ...], _described("what a hold needs")]
    faults: Annotated[tuple[Fault, ...], _described("what to correct, and with which words")] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        found = mistakes(self)
        if found:
            raise _wrong(*found)
        return self

    def __hash__(self) -> int:
        return hash(self.name)  # of all that is in it would take longer than judging a frame

    @property
    def postures(self) -> tuple[Posture, ...]:
        """All postures in which it is judged, the one that has its words first."""
        return (self.posture, *self.posture_also)

    def posture_cue(self, posture: Posture) -> str | None:
        """What to say in another posture: its own words, those of the posture it is a kind of, or of `unknown`."""
        words = self.posture_cues
        return words.get(posture) or words.get(KIND_OF.get(posture, posture)) or words.get(Posture.UNKNOWN)

    @property
    def counts_goal(self) -> dict[str, int]:
        return dict.fromkeys(self.groups, self.goal.each)


def _wrong(*remarks: Remark) -> ValidationError:
    """An error for pydantic to join to its own ones, at the key of each remark."""
    return ValidationError.from_exception_data(
        "Exercise",
        [
            InitErrorDetails(
                type=PydanticCustomError("exercise", "{words}", {"words": one.words}), loc=one.key, input=None
            )
            for one in remarks
        ],
    )


def _inside(inner: tuple[float, float], outer: tuple[float, float], inner_name: str, outer_name: str) -> None:
    if not is_part(inner, outer):
        words = f"`{inner_name}` {list(inner)} is outside `{outer_name}` {list(outer)}; allowed: inside of it"
        raise _wrong(Remark((inner_name,), words))
