"""posecheck: checks stretches in front of a camera.

    capture → detect → measure → check → count → report

A picture becomes a Frame, a Frame a Pose of 33 landmarks, a Pose a Measurement of angles, a Measurement a Check
against an exercise, Checks become Events (holds, repetitions), and at the end there is a Summary:

    >>> import posecheck
    >>> summary = posecheck.replay("samples/knee_drops.mp4", "knee_drops")    # doctest: +SKIP
    >>> summary.counts                                                       # doctest: +SKIP
    {'in': 5, 'out': 5}

Importing this package loads neither OpenCV nor MediaPipe; `replay` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from posecheck.errors import PosecheckError
    from posecheck.exercises import Exercise, exercise_names, load_exercise
    from posecheck.records import (
        Check,
        Event,
        Frame,
        Landmark,
        Measurement,
        Pose,
        Progress,
        Reading,
        Repetition,
        Signal,
        Step,
        Summary,
    )
    from posecheck.run import judge, replay
    from posecheck.session import Session

__all__ = [
    "Check",
    "Event",
    "Exercise",
    "Frame",
    "Landmark",
    "Measurement",
    "Pose",
    "PosecheckError",
    "Progress",
    "Reading",
    "Repetition",
    "Session",
    "Signal",
    "Step",
    "Summary",
    "exercise_names",
    "judge",
    "load_exercise",
    "replay",
]

_HOMES = {
    "PosecheckError": "errors",
    "Exercise": "exercises",
    "exercise_names": "exercises",
    "load_exercise": "exercises",
    "judge": "run",
    "replay": "run",
    "Session": "session",
}


def __getattr__(name: str) -> Any:
    # loaded when first asked for, so that `posecheck --help` is quick
    if name not in __all__:
        raise AttributeError(f"module 'posecheck' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"posecheck.{_HOMES.get(name, 'records')}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
