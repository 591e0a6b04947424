"""What the stages hand on: frozen records, with units in their names or docstrings.

Time `t` is always seconds of the source. Missing is a value (`None`, or an absent pose), never NaN.
"""

from __future__ import annotations

from posecheck.records.body import (
    LANDMARK_COUNT,
    LANDMARKS_OF,
    MAIN_LANDMARKS,
    Landmark,
    Posture,
    Side,
    SideLandmarks,
)
from posecheck.records.measurement import (
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
    "LANDMARKS_OF",
    "LANDMARK_COUNT",
    "MAIN_LANDMARKS",
    "SHORTEST_HOLD_S",
    "UNCORRECTED",
    "Check",
    "Context",
    "Correction",
    "CueSpan",
    "Event",
    "EventKind",
    "Floats",
    "Frame",
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
