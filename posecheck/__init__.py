"""posecheck: checks stretches in front of a camera.

    capture → detect → correct → measure → check → count → report

A picture becomes a Frame, a Frame a Pose of 33 landmarks, a Pose a Measurement of angles, a Measurement a Check
against an exercise, Checks become Events (holds, repetitions), and at the end there is a Summary. Each stage has a
folder (check and count share `judging`); a camera, a tape and a test feed the same Session.

    >>> import posecheck
    >>> summary = posecheck.replay("samples/knee_drops.mp4", "knee_drops")    # doctest: +SKIP
    >>> summary.counts                                                       # doctest: +SKIP
    {'in': 5, 'out': 5}

A loop of one's own:

    >>> session = posecheck.Session("squat")
    >>> with posecheck.open_video("me.mp4") as video, posecheck.Detector(posecheck.load_model()) as detector:
    ...     for frame in video:                                              # doctest: +SKIP
    ...         step = session.feed(detector.detect(frame))

Everything named in `__all__` here and in `posecheck.testing` is public: it keeps its name and meaning until the next
minor version (0.2), and what goes is announced in the changelog one version before. All else may change at any time.
Nothing here is shared between threads: one Session, Detector or video belongs to one thread at a time; several of them
may work side by side. Importing posecheck loads neither OpenCV nor MediaPipe nor PyAV.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from posecheck._version import __version__

if TYPE_CHECKING:
    from posecheck.capture.photograph import read_image
    from posecheck.capture.video_file import VideoSource, open_video
    from posecheck.detect.mediapipe_detector import Detector
    from posecheck.detect.models import Model, load_model
    from posecheck.detect.person_tracker import PersonTracker
    from posecheck.draw.canvas import Canvas
    from posecheck.draw.overlay import draw_step
    from posecheck.errors import (
        CameraError,
        DependencyError,
        ExerciseError,
        FormatError,
        InputError,
        ModelError,
        NoPersonError,
        OutputError,
        PartialError,
        PosecheckError,
        PoseError,
        TooShortError,
        UsageError,
    )
    from posecheck.exercises import Exercise, exercise_names, load_exercise
    from posecheck.judging.session import Session
    from posecheck.measure.measuring import measure as measure_pose
    from posecheck.records import (
        Check,
        Context,
        CueSpan,
        Event,
        EventKind,
        Frame,
        Landmark,
        Measurement,
        NotJudgedSpan,
        Phase,
        Pose,
        Posture,
        Progress,
        Reading,
        Repetition,
        Side,
        Signal,
        Step,
        Summary,
        View,
        Zone,
    )
    from posecheck.run import judge, replay
    from posecheck.tape import TapeHeader, TapeWriter, read_tape

# where each public name is defined; with another name there after a colon
_HOMES = {
    "capture.photograph": ("read_image",),
    "capture.video_file": ("VideoSource", "open_video"),
    "detect.mediapipe_detector": ("Detector",),
    "detect.models": ("Model", "load_model"),
    "detect.person_tracker": ("PersonTracker",),
    "draw.canvas": ("Canvas",),
    "draw.overlay": ("draw_step",),
    "errors": (
        "CameraError",
        "DependencyError",
        "ExerciseError",
        "FormatError",
        "InputError",
        "ModelError",
        "NoPersonError",
        "OutputError",
        "PartialError",
        "PoseError",
        "PosecheckError",
        "TooShortError",
        "UsageError",
    ),
    "exercises": ("Exercise", "exercise_names", "load_exercise"),
    "judging.session": ("Session",),
    "measure.measuring": ("measure_pose:measure",),
    "run": ("judge", "replay"),
    "tape": ("TapeHeader", "TapeWriter", "read_tape"),
}
_ADDRESSES = {
    name.partition(":")[0]: (home, name.rpartition(":")[2]) for home, names in _HOMES.items() for name in names
}

__all__ = [
    "CameraError",
    "Canvas",
    "Check",
    "Context",
    "CueSpan",
    "DependencyError",
    "Detector",
    "Event",
    "EventKind",
    "Exercise",
    "ExerciseError",
    "FormatError",
    "Frame",
    "InputError",
    "Landmark",
    "Measurement",
    "Model",
    "ModelError",
    "NoPersonError",
    "NotJudgedSpan",
    "OutputError",
    "PartialError",
    "PersonTracker",
    "Phase",
    "Pose",
    "PoseError",
    "PosecheckError",
    "Posture",
    "Progress",
    "Reading",
    "Repetition",
    "Session",
    "Side",
    "Signal",
    "Step",
    "Summary",
    "TapeHeader",
    "TapeWriter",
    "TooShortError",
    "UsageError",
    "VideoSource",
    "View",
    "Zone",
    "__version__",
    "draw_step",
    "exercise_names",
    "judge",
    "load_exercise",
    "load_model",
    "measure_pose",
    "open_video",
    "read_image",
    "read_tape",
    "replay",
]


def __getattr__(name: str) -> Any:
    # loaded when first asked for, so that `posecheck --help` is quick
    if name not in __all__:
        raise AttributeError(f"module 'posecheck' has no attribute {name!r}")
    home, original = _ADDRESSES.get(name, ("records", name))
    return getattr(import_module(f"posecheck.{home}"), original)


def __dir__() -> list[str]:
    return __all__
