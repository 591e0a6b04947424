"""What the flow of a live set hands on after every pose. The screen shows it, and the coach speaks of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from posecheck.exercises.format import Exercise
from posecheck.records import Event, Pose, Step, Summary


class Stage(StrEnum):
    """Where a routine is; it waits for the person, never the other way round."""

    FRAMING = "framing"  # find the place: whole body in the picture, distance, view, posture of the exercise
    READY = "ready"  # three, two, one
    EXERCISE = "exercise"
    REST = "rest"  # between two exercises
    PAUSED = "paused"  # by the space bar
    DONE = "done"


@dataclass(frozen=True, slots=True)
class FramingCheck:
    """One thing that must be right before an exercise starts, in a few words, and whether it is."""

    text: str
    met: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """All that one pose led to in a routine.

    `t` is seconds of the source, `exercise` the present or next one, `number` of `total` in the routine (from 1).
    `pose` is what was seen now. `step` is there in the stage EXERCISE. `seconds_left` counts down in READY and REST.
    `framing` lists what must be right in FRAMING, `instruction` is the one thing to do now, in plain words. `events`
    are those of the step, and of a set that ended. `finished` are the verdicts of the exercises done so far.
    `stage_since` is when the stage began.
    """

    t: float
    stage: Stage
    stage_since: float
    exercise: Exercise
    number: int
    total: int
    pose: Pose
    step: Step | None = None
    seconds_left: float | None = None
    framing: tuple[FramingCheck, ...] = ()
    instruction: str | None = None
    events: tuple[Event, ...] = ()
    finished: tuple[Summary, ...] = field(default=())
