"""What the stages hand on: frozen records, with units in their names or docstrings.

Time `t` is always seconds of the source. Missing is a value (`None`, or an absent pose), never NaN.
"""

from __future__ import annotations

from posecheck.records.body import (
    FACE_UP,
    LANDMARK_COUNT,
    LANDMARKS_OF,
    MAIN_LANDMARKS,
    OTHER_SIDE,
    TRUNK_LEVEL,
    Landmark,
    Posture,
    Side,
    SideLandmarks,
)
from posecheck.records.lacks import LACKS_NOTHING, Lacks
from posecheck.records.measurement import (
    Doubt,
    Measurement,
    Reading,
    Signal,
    View,
)
from posecheck.records.pose import (
    UNCORRECTED,
    Correction,
    Floats,
    Frame,
    Pose,
    Vector,
    Vectors,
)
from posecheck.records.verdict import (
    SHORTEST_HOLD_S,
    Check,
    Context,
    CueSpan,
    Event,
    EventKind,
    NotJudgedSpan,
    Phase,
    Progress,
    Reason,
    ReasonKind,
    Repetition,
    Step,
    Summary,
    ValueKey,
    Values,
    Zone,
)

__all__ = [
    "FACE_UP",
    "LACKS_NOTHING",
    "LANDMARKS_OF",
    "LANDMARK_COUNT",
    "MAIN_LANDMARKS",
    "OTHER_SIDE",
    "SHORTEST_HOLD_S",
    "TRUNK_LEVEL",
    "UNCORRECTED",
    "Check",
    "Context",
    "Correction",
    "CueSpan",
    "Doubt",
    "Event",
    "EventKind",
    "Floats",
    "Frame",
    "Lacks",
    "Landmark",
    "Measurement",
    "NotJudgedSpan",
    "Phase",
    "Pose",
    "Posture",
    "Progress",
    "Reading",
    "Reason",
    "ReasonKind",
    "Repetition",
    "Side",
    "SideLandmarks",
    "Signal",
    "Step",
    "Summary",
    "ValueKey",
    "Values",
    "Vector",
    "Vectors",
    "View",
    "Zone",
]
