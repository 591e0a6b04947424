"""What is made of measurements: the check of a frame, the events of a set, the summary of it all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from posecheck.records.body import Side
from posecheck.records.measurement import Measurement, Signal
from posecheck.records.pose import Pose

SHORTEST_HOLD_S = 1.0  # what is asked for less long is a repetition, and nobody has to be told of the seconds


class Zone(StrEnum):
    """How far a frame satisfies the limits of one group, from worst to best."""

    OUT = "out"
    TRY = "try"
    KEEP = "keep"
    ENTER = "enter"


class ReasonKind(StrEnum):
    """Why a frame cannot be judged."""

    NO_PERSON = "no_person"
    VIEW = "view"
    HIDDEN = "hidden"
    CUT_OFF = "cut_off"
    TOO_FAR = "too_far"
    FRAME_RATE = "frame_rate"
    WHICH_LEG = "which_leg"  # half-kneeling, but which knee is down cannot be told surely enough
    SOURCE = "source"  # it never tells what the exercise needs


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a frame cannot be judged: the kind, and the part of the body (or "depth") that is to blame, where one is."""

    kind: ReasonKind
    part: str | None = None

    @property
    def code(self) -> str:
        """As it is written in files: "too_far", or "cut_off:head" with a part."""
        return self.kind.value if self.part is None else f"{self.kind.value}:{self.part}"


# what a limit or fault is compared with: the signal by the exercise's name, the plane it is measured in, and what it is
# relative to ("difference" or "ratio" to the person's own zero; None: the reading itself)
ValueKey = tuple[str, str, str | None]
Values = Mapping[ValueKey, float | None]  # None: not seen well enough, or its zero is not known


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict on one frame, without regard to what came before.

    `judged` is False, with a `reason`, when the view or the landmarks allow no verdict. `ready` tells that the setup
    limits hold. `zones` gives for each group how far its limits are met. `faults` are the names of the exercise's
    faults that are present, most urgent first. `values` are what limits and faults were compared with, in degrees or as
    ratios; there are none where nothing was compared.
    """

    t: float
    judged: bool
    reason: Reason | None = None
    in_posture: bool = False
    ready: bool = False
    zones: Mapping[str, Zone] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    values: Values = field(default_factory=dict)

    @property
    def reason_code(self) -> str | None:
        """The code of the reason, as it is written in files; None when there is none."""
        return None if self.reason is None else self.reason.code


@dataclass(frozen=True, slots=True)
class Context:
    """What is known from earlier frames: the front leg, the person's baselines, and whether the last frame was judged.

    `baselines` is keyed by signal name (with its role) and plane. `fps` is None until it is known. `group`: the one for
    which an effort is made. `front_probability`: how surely the front leg is in front, or the likelier one when none is
    agreed; None when the legs were not asked, or nothing tells yet.
    """

    front: Side | None = None
    baselines: Mapping[tuple[str, str], float] = field(default_factory=dict)
    judged: bool = True
    fps: float | None = None
    group: str | None = None
    front_probability: float | None = None


class Phase(StrEnum):
    """Where the person is in the set."""

    SETUP = "setup"
    POSITION = "position"
    HOLD = "hold"
    PAUSED = "paused"
    RETURN = "return"
    SWITCH = "switch"
    DONE = "done"


class EventKind(StrEnum):
    """What can happen while counting."""

    IN_POSITION = "in_position"
    HOLD_STARTED = "hold_started"
    HOLD_PAUSED = "hold_paused"
    HOLD_RESUMED = "hold_resumed"
    HOLD_REACHED = "hold_reached"
    REPETITION_COUNTED = "repetition_counted"
    REPETITION_REFUSED = "repetition_refused"
    CUE = "cue"
    SET_DONE = "set_done"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at `t`; `text` is what to tell the person, where there is something to tell."""

    t: float
    kind: EventKind
    group: str | None = None
    held_s: float = 0.0
    reason: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Repetition:
    """One attempt: counted, or not with a `reason` (a short code) and `text` (in words). Times in seconds.

    `side_probability`: how surely its side is the right one, where the leg in front tells the side; else None.
    """

    number: int
    group: str
    start_s: float
    end_s: float
    held_s: float
    counted: bool
    reason: str | None = None
    text: str | None = None
    side_probability: float | None = None


@dataclass(frozen=True, slots=True)
class CueSpan:
    """A cue and the stretch of time for which it was given, in seconds."""

    cue: str
    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class NotJudgedSpan:
    """A stretch of time, in seconds, without a verdict: no fault, no credit.

    `reason` is the code of a `Reason`; `text` says what would help.
    """

    reason: str
    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the set stands after a frame, for whoever shows it.

    `group` is the side or direction now worked, `held_s` of `target_s` seconds are held, `cue` is the text to show.
    `angles` are the judged readings of this frame: (signal, value in degrees or as a ratio, lowest and highest value
    that is right; None for no bound). `errors` gives the ± of those whose error was measured, in degrees.
    """

    phase: Phase
    group: str | None
    held_s: float
    target_s: float
    counts: Mapping[str, int]
    goal: Mapping[str, int]
    cue: str | None = None
    angles: tuple[tuple[Signal, float, float | None, float | None], ...] = ()
    errors: Mapping[Signal, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """All that one pose led to; `context` is what the check knew from earlier frames."""

    pose: Pose
    measurement: Measurement
    check: Check
    context: Context
    events: tuple[Event, ...]
    progress: Progress


@dataclass(frozen=True, slots=True)
class Summary:
    """The verdict on a whole recording or set. Times in seconds of the source.

    `other_postures`: for how long the body was read as in a posture that is none of the exercise's, longest first.
    """

    posecheck: str
    exercise: str
    source: str
    duration_s: float
    frames: int
    frames_with_pose: int
    judged_s: float
    repetitions: tuple[Repetition, ...]
    counts: Mapping[str, int]
    goal: Mapping[str, int]
    complete: bool
    cues: tuple[CueSpan, ...]
    not_judged: tuple[NotJudgedSpan, ...]
    interrupted: bool = False
    other_postures: Mapping[str, float] = field(default_factory=dict)
