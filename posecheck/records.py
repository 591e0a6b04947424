"""What the stages hand on: frozen records, with units in their names or docstrings.

Time `t` is always seconds of the source. Missing is a value (`None`, or an absent pose), never NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, TypeAlias, TypeVar, dataclass_transform

if TYPE_CHECKING:  # the history and its pages, which read these records, do without
    import numpy as np
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
_T = TypeVar("_T")
Vector = tuple[float, float, float]
LANDMARK_COUNT = 33
SHORTEST_HOLD_S = 1.0  # what is asked for less long is a repetition, and nobody has to be told of the seconds


@dataclass_transform(frozen_default=True)
def frame_record(cls: type[_T]) -> type[_T]:
    """A slotted dataclass that is made for every frame: frozen for the type checker only, which makes it in a quarter
    of the time."""
    return dataclass(slots=True)(cls)


class Landmark(IntEnum):
    """The 33 points of MediaPipe's BlazePose, by index; left and right are the subject's own."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32


class Side(StrEnum):
    """A side of the subject's body."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        return _OTHER[self]


_OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}


class Posture(StrEnum):
    """The body positions that are told apart."""

    STANDING = "standing"
    TALL_KNEELING = "tall_kneeling"
    HALF_KNEELING = "half_kneeling"
    FLOOR_SITTING = "floor_sitting"
    SUPINE_KNEES_BENT = "supine_knees_bent"
    LYING = "lying"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a source.

    `index` counts from 0; `t` is the presentation time in seconds; `image` is BGR uint8 (height, width, 3).
    """

    index: int
    t: float
    image: NDArray[np.uint8]


_ZEROS = (0.0,) * LANDMARK_COUNT


@dataclass(slots=True, eq=False)
class Plain:
    """The landmarks of a pose as plain floats: for single points that is several times as quick as numpy.

    `px`: (x, y, 0) in pixels, `m`: (x, y, z) in metres, `visibility`: 0 to 1; 33 of each. `xs`, `ys`: those of `px`.
    `posture`, with the leg in front: as `posture.classified` has it, when somebody has asked.
    """

    px: list[Vector]
    m: list[Vector]
    visibility: list[float]
    xs: list[float]
    ys: list[float]
    posture: tuple[Posture, Side | None] | None = None


@frame_record
class Pose:
    """The landmarks of one frame, or their absence.

    `size` is (width, height) of the picture in pixels. `points_px` is (33, 2) in pixels, x right and y down.
    `points_m` is (33, 3) in metres about the mid-hip, x right, y down, z away from the camera.
    `visibility` is (33,), 0 to 1. When nobody is seen the three arrays are all None.
    """

    t: float
    size: tuple[int, int]
    points_px: Floats | None = None
    points_m: Floats | None = None
    visibility: Floats | None = None
    _plain: Plain | None = field(default=None, init=False, repr=False)

    @classmethod
    def absent(cls, t: float, size: tuple[int, int] = (0, 0)) -> Pose:
        """The pose of a frame in which nobody is seen."""
        return cls(t, size)

    @property
    def present(self) -> bool:
        return self.points_px is not None

    @property
    def arrays(self) -> tuple[Floats, Floats, Floats] | None:
        """`points_px`, `points_m` and `visibility`; None when nobody is seen."""
        if self.points_px is None or self.points_m is None or self.visibility is None:
            return None
        return self.points_px, self.points_m, self.visibility

    @property
    def plain(self) -> Plain | None:
        """The landmarks as plain floats, made once, as every stage wants them; None when nobody is seen."""
        if self._plain is None and (arrays := self.arrays) is not None:
            points_px, points_m, visibility = arrays
            xs, ys = points_px.T.tolist()
            px, metres = list(zip(xs, ys, _ZEROS, strict=True)), list(zip(*points_m.T.tolist(), strict=True))
            plain = Plain(px, metres, visibility.tolist(), xs, ys)
            object.__setattr__(self, "_plain", plain)  # the type checker takes it for frozen
        return self._plain

    def __eq__(self, other: object) -> bool:
        """Equal when time, size and every coordinate are equal bit for bit."""
        if not isinstance(other, Pose):
            return NotImplemented
        from numpy import array_equal

        pairs = (
            (self.points_px, other.points_px),
            (self.points_m, other.points_m),
            (self.visibility, other.visibility),
        )
        return (
            self.t == other.t
            and self.size == other.size
            and all(a is b or (a is not None and b is not None and array_equal(a, b)) for a, b in pairs)
        )

    __hash__ = None  # type: ignore[assignment]  # holds arrays


class Signal(StrEnum):
    """What is measured; `measure.py` defines each, with zero, sign and source. Degrees, or ratios without a unit."""

    LEFT_KNEE_FLEXION = "left_knee_flexion"
    RIGHT_KNEE_FLEXION = "right_knee_flexion"
    LEFT_HIP_FLEXION = "left_hip_flexion"
    RIGHT_HIP_FLEXION = "right_hip_flexion"
    LEFT_THIGH_INCLINATION = "left_thigh_inclination"
    RIGHT_THIGH_INCLINATION = "right_thigh_inclination"
    LEFT_SHIN_INCLINATION = "left_shin_inclination"
    RIGHT_SHIN_INCLINATION = "right_shin_inclination"
    LEFT_ARM_ELEVATION = "left_arm_elevation"
    RIGHT_ARM_ELEVATION = "right_arm_elevation"
    LEFT_SHIN_TILT = "left_shin_tilt"
    RIGHT_SHIN_TILT = "right_shin_tilt"
    LEFT_ANKLE_DORSIFLEXION = "left_ankle_dorsiflexion"
    RIGHT_ANKLE_DORSIFLEXION = "right_ankle_dorsiflexion"
    KNEE_FLEXION = "knee_flexion"
    HIP_FLEXION = "hip_flexion"
    THIGH_INCLINATION = "thigh_inclination"
    SHIN_INCLINATION = "shin_inclination"
    ARM_ELEVATION = "arm_elevation"
    TRUNK_LEAN = "trunk_lean"
    SIDE_BEND = "side_bend"
    SHIN_TILT = "shin_tilt"
    KNEE_DROP = "knee_drop"
    KNEE_GAP_RATIO = "knee_gap_ratio"
    KNEE_SHIFT = "knee_shift"
    FEET_GAP_RATIO = "feet_gap_ratio"


@frame_record
class Reading:
    """One signal of one frame: its value (degrees, or a ratio) and how far it can be trusted, 0 to 1."""

    value: float
    confidence: float


@frame_record
class View:
    """How the camera sees the body.

    `yaw_deg`: 0 from the front or back, 90 from the side. `facing`: the way the subject faces in the picture,
    -1 left, +1 right (only meaningful from the side). `body_share`: extent from head to feet as a share of the
    picture's longer side. `trunk_look`: how long the trunk looks, in shoulder widths of the picture; a trunk
    that points at the camera looks short. `cut`: landmarks that lie within 2 % of the picture's edge or beyond it, and
    feet that are made up right above it.
    `rightness`: how far the subject's right is on the picture's right, -1 to +1: negative from the front, positive
    from behind. `headroom`: from the nose to the picture's upper edge, in extents from head to feet.
    `confidence`: how surely this is a whole body seen from there, 0 to 1; below about a half nothing can be said of it.
    """

    yaw_deg: float
    facing: int
    body_share: float
    trunk_look: float = 1.0
    cut: frozenset[Landmark] = frozenset()
    rightness: float = -1.0
    headroom: float = 1.0
    confidence: float = 1.0


@frame_record
class Measurement:
    """Everything measured in one frame; `view` is None when nobody is seen.

    `image` holds the signals in the image plane, `world` the same ones from the 3-D points; a signal that cannot
    be had is left out. `front` is the side whose leg is in front, when half-kneeling.
    """

    t: float
    view: View | None = None
    posture: Posture = Posture.UNKNOWN
    front: Side | None = None
    image: Mapping[Signal, Reading] = field(default_factory=dict)
    world: Mapping[Signal, Reading] = field(default_factory=dict)


class Zone(StrEnum):
    """How far a frame satisfies the limits of one group, from worst to best."""

    OUT = "out"
    TRY = "try"
    KEEP = "keep"
    ENTER = "enter"


@frame_record
class Check:
    """The verdict on one frame, without regard to what came before.

    `judged` is False, with a `reason`, when the view or the landmarks allow no verdict. `ready` tells that the setup
    limits hold. `zones` gives for each group how far its limits are met. `faults` are the names of the exercise's
    faults that are present, most urgent first.
    """

    t: float
    judged: bool
    reason: str | None = None
    in_posture: bool = False
    ready: bool = False
    zones: Mapping[str, Zone] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


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
    """One attempt: counted, or not with a `reason` (a short code) and `text` (in words). Times in seconds."""

    number: int
    group: str
    start_s: float
    end_s: float
    held_s: float
    counted: bool
    reason: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class CueSpan:
    """A cue and the stretch of time for which it was given, in seconds."""

    cue: str
    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class NotJudgedSpan:
    """A stretch of time, in seconds, without a verdict: no fault, no credit. `text` says what would help."""

    reason: str
    text: str
    start_s: float
    end_s: float


@frame_record
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


@frame_record
class Step:
    """All that one pose led to."""

    pose: Pose
    measurement: Measurement
    check: Check
    events: tuple[Event, ...]
    progress: Progress


@dataclass(frozen=True, slots=True)
class Summary:
    """The verdict on a whole recording or set. Times in seconds of the source."""

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
