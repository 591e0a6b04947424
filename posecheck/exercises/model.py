"""The format of an exercise file: what each key means and which values it may have.

An exercise is data. `enter` and `exit` are the limits between which a hold begins and outside of which its clock stops
(hysteresis); `setup` is what the starting position must satisfy; `attempt` marks the effort by which an attempt
is recognised even when it never becomes a hold. All ranges are [lowest, highest]; `inf` stands for no bound.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from posecheck.records import Landmark, Posture, Signal

ROLES = ("front", "rear")
BY_SIDE = ("knee_flexion", "hip_flexion", "thigh_inclination", "shin_inclination", "arm_elevation")
BEND_TO_FRONT = "bend_to_front"  # the side bend, + = towards the front leg's side
SIGNAL_NAMES = (
    *(s.value for s in Signal),
    *(f"{role}_{name}" for role in ROLES for name in BY_SIDE),
    BEND_TO_FRONT,
)
PRIORITIES = ("safety", "visibility", "posture", "position", "stretch", "praise")


def _known_signal(value: object) -> object:
    if value not in SIGNAL_NAMES:
        raise ValueError(f"unknown signal {value!r}; allowed: {', '.join(SIGNAL_NAMES)}")
    return value


def _ordered(value: object) -> object:
    if isinstance(value, list) and len(value) == 2 and all(type(x) in (int, float) and x == x for x in value):
        if value[0] > value[1]:
            raise ValueError(f"the lowest value {value[0]} is above the highest {value[1]}")
        return tuple(float(x) for x in value)
    raise ValueError("a range is written [lowest, highest], for example [70, 112] or [145, inf]")


SignalName = Annotated[str, BeforeValidator(_known_signal)]
Range = Annotated[tuple[float, float], BeforeValidator(_ordered)]
Plane = Literal["image", "world"]
Relative = Literal["difference", "ratio"]
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
    cue: Annotated[str, Field(description="what to say when the view is wrong")]
    landmarks: Annotated[tuple[str, ...], Field(description="points that must be seen, both sides: hip, knee, ...")]
    min_fps: Annotated[float, Field(gt=0, description="fewer frames a second are not judged")] = 5.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        _inside(self.yaw_enter, self.yaw_exit, "yaw_enter", "yaw_exit")
        if (self.trunk_enter is None) != (self.trunk_exit is None):
            raise ValueError("`trunk_enter` and `trunk_exit` are given together")
        if self.trunk_enter and self.trunk_exit:
            _inside(self.trunk_enter, self.trunk_exit, "trunk_enter", "trunk_exit")
        known = sorted({i.name.removeprefix("LEFT_").lower() for i in Landmark if i.name.startswith("LEFT_")})
        for name in self.landmarks:
            if name not in known:
                raise ValueError(f"unknown landmark {name!r}; allowed: {', '.join(known)}")
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

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.partial_s <= self.full_s <= self.target_s:
            raise ValueError("partial_s ≤ full_s ≤ target_s must hold")
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

    signal: SignalName
    plane: Plane = "image"
    group: Annotated[str | None, Field(description="only for this group; all groups when left out")] = None
    relative: Annotated[Relative | None, Field(description="against the baseline of the signal")] = None
    setup: Range | None = None
    enter: Range | None = None
    exit: Range | None = None
    attempt: Range | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.enter is None) != (self.exit is None):
            raise ValueError("`enter` and `exit` are given together")
        if self.enter and self.exit:
            _inside(self.enter, self.exit, "enter", "exit")
        return self


class Fault(Part):
    """Something to correct: a signal above or below a value, in some phases, and the cue that helps."""

    name: str
    signal: SignalName
    plane: Plane = "image"
    group: str | None = None
    relative: Relative | None = None
    above: float | None = None
    below: float | None = None
    magnitude: Annotated[bool, Field(description="compare the size without its sign")] = False
    during: tuple[Literal["setup", "position", "hold"], ...]
    priority: Literal["safety", "visibility", "posture", "position", "stretch", "praise"]
    cue: str

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("give exactly one of `above` and `below`")
        return self


class Exercise(Part):
    """One exercise: how to do it, how it is seen, what is judged and what is counted."""

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    steps: tuple[str, ...]
    care: str
    posture: Posture
    posture_cues: Annotated[dict[Posture, str], Field(description="what to say in another posture; `unknown`: else")]
    groups_by: Annotated[
        Literal["rear_leg", "direction"], Field(description="rear_leg: groups are left and right; direction: as named")
    ]
    groups: Annotated[tuple[str, ...], Field(min_length=1)]
    reminder: Annotated[str | None, Field(description="said at each hold, never judged")] = None
    switch_cue: str
    view: View
    goal: Goal
    timing: Timing
    baselines: tuple[Baseline, ...] = ()
    limits: tuple[Limit, ...]
    faults: tuple[Fault, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.groups_by == "rear_leg":
            if self.posture is not Posture.HALF_KNEELING:
                raise ValueError('groups_by = "rear_leg" needs posture = "half_kneeling"')
            if self.groups != ("left", "right"):
                raise ValueError('groups_by = "rear_leg" needs groups = ["left", "right"]')
        _once(self.groups, "groups")
        _once(tuple(f.name for f in self.faults), "faults")
        bases = {(b.signal, b.plane) for b in self.baselines}
        judged: tuple[Limit | Fault, ...] = (*self.limits, *self.faults)
        for name in (x.signal for x in (*judged, *self.baselines)):
            if self.groups_by != "rear_leg" and (name.startswith(ROLES) or name == BEND_TO_FRONT):
                raise ValueError(f'{name} needs groups_by = "rear_leg"')
        for part in judged:
            if part.group is not None and part.group not in self.groups:
                raise ValueError(f"group {part.group!r} of {part.signal} is not one of {', '.join(self.groups)}")
            if part.relative and (part.signal, part.plane) not in bases:
                raise ValueError(f"{part.signal} is relative, but has no baseline in the {part.plane} plane")
        for group in self.groups:
            if not any(x.enter and x.group in (None, group) for x in self.limits):
                raise ValueError(f"group {group!r} has no limit with `enter` and `exit`")
        return self

    @property
    def counts_goal(self) -> dict[str, int]:
        return dict.fromkeys(self.groups, self.goal.each)


def _once(names: tuple[str, ...], what: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{what}: {name!r} is there twice")


def _inside(inner: tuple[float, float], outer: tuple[float, float], inner_name: str, outer_name: str) -> None:
    if inner[0] < outer[0] or inner[1] > outer[1]:
        raise ValueError(f"`{inner_name}` {list(inner)} is outside `{outer_name}` {list(outer)}")
