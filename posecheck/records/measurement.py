"""What is measured of a pose: signals, the view, the posture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from posecheck.records.body import Landmark, Posture, Side
from posecheck.records.lacks import LACKS_NOTHING, Lacks


class Signal(StrEnum):
    """What is measured, in degrees, or as ratios without a unit.

    `posecheck/measure/angles.py` defines each, with zero, sign and source.
    """

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
    STRIDE_RATIO = "stride_ratio"
    HIP_HEIGHT_RATIO = "hip_height_ratio"


@dataclass(frozen=True, slots=True)
class Reading:
    """One signal of one frame: its value (degrees, or a ratio) and how far it can be trusted, 0 to 1."""

    value: float
    confidence: float


class Doubt(StrEnum):
    """What speaks most against a whole body that is seen from where it seems to be."""

    SIZE = "size"
    TRUNK = "trunk"
    LEGS = "legs"
    EDGE = "edge"
    VIEW = "view"


@dataclass(frozen=True, slots=True)
class View:
    """How the camera sees the body.

    `yaw_deg`: 0 from the front or back, 90 from the side. `facing`: the way the subject faces in the picture,
    -1 left, +1 right (only meaningful from the side). `body_size_fraction`: extent from head to feet as a share of the
    picture's longer side. `trunk_to_shoulder_ratio`: how long the trunk looks, in shoulder widths of the picture; a
    trunk that points at the camera looks short. `cut`: landmarks that lie within 2 % of the picture's edge or beyond
    it, and feet that are made up right above it. `lateral_orientation`: how far the subject's right is on the picture's
    right, -1 to +1: negative from the front, positive from behind. `headroom`: from the nose to the picture's upper
    edge, in extents from head to feet. `confidence`: how surely this is a whole body seen from there, 0 to 1; below
    about a half nothing can be said of it. `doubt`: what makes it as low as it is.
    """

    yaw_deg: float
    facing: int
    body_size_fraction: float
    trunk_to_shoulder_ratio: float = 1.0
    cut: frozenset[Landmark] = frozenset()
    lateral_orientation: float = -1.0
    headroom: float = 1.0
    confidence: float = 1.0
    doubt: Doubt = Doubt.SIZE


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything measured in one frame; `view` is None when nobody is seen.

    `image` holds the signals in the image plane, `world` the same ones from the 3-D points; a signal that cannot
    be had is left out. `front` is the side whose leg is in front, when half-kneeling. `lacks`: what the source of the
    pose never tells.
    """

    t: float
    view: View | None = None
    posture: Posture = Posture.UNKNOWN
    front: Side | None = None
    image: Mapping[Signal, Reading] = field(default_factory=dict)
    world: Mapping[Signal, Reading] = field(default_factory=dict)
    lacks: Lacks = LACKS_NOTHING
