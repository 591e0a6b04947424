"""Reasons and parts of the body in words: what to tell a person who cannot be judged."""

from __future__ import annotations

from posecheck.exercises.format import BEND_TO_FRONT, Exercise
from posecheck.exercises.posture_words import POSTURE_WORDS
from posecheck.records import FACE_UP, Posture, Reason, ReasonKind
from posecheck.records.lacks import DEPTH

_HELP = {
    ReasonKind.NO_PERSON: "I can't see you. Step into the picture, at most 3 m from the camera.",
    ReasonKind.TOO_FAR: "Show your whole body, at most 3 m from the camera.",
    ReasonKind.WHICH_LEG: "Show me once which knee is down: lift the front foot.",
    ReasonKind.FRAME_RATE: (
        "The picture comes too slowly to judge. Close other programs, or record at 15 frames a second or more."
    ),
}
# MediaPipe finds people by the face, which it finds more easily while they are upright
_FACE_FIRST = "Show your face to the camera first, at most 3 m away, then lie down."
_LACKING_DEPTH = "These poses have no depth, which this exercise needs. Take them from a source with 3-D landmarks."
_LACKING = "These poses have no {}, which this exercise needs. Take them from a source that finds them."
_BODY_WORDS = {
    "hip": "hips",
    "knee": "knees",
    "ankle": "feet",
    "heel": "feet",
    "foot_index": "feet",
    "shoulder": "shoulders",
    "elbow": "arms",
    "wrist": "hands",
}


def help_for(reason: Reason, exercise: Exercise) -> str:
    """What to tell a person who cannot be judged.

    Args:
        reason: why not, as in `Check.reason`.
        exercise: its view and its posture choose the words.
    """
    if reason.kind is ReasonKind.VIEW:
        return exercise.view.cue
    if reason.kind is ReasonKind.HIDDEN:
        return f"I can't see your {reason.part} well. Make sure nothing covers them, and that there is light."
    if reason.kind is ReasonKind.SOURCE:
        return _LACKING_DEPTH if reason.part == DEPTH else _LACKING.format(reason.part)
    if reason.kind is ReasonKind.CUT_OFF:
        return f"Step back a little, I can't see your {reason.part}."
    lies = exercise.posture in FACE_UP
    return _FACE_FIRST if lies and reason.kind is ReasonKind.NO_PERSON else _HELP[reason.kind]


def landmark_words(name: str) -> str:
    """The part of the body that a landmark stands for, by its name without a side: "ankle" is "feet"."""
    return _BODY_WORDS.get(name, name)


def signal_words(signal: str) -> str:
    """The parts of the body that a signal is measured on: "arms", "shoulders and hips" or "legs"."""
    if "arm" in signal:
        return "arms"
    return "shoulders and hips" if signal in ("trunk_lean", "side_bend", BEND_TO_FRONT) else "legs"


def posture_words(seen: Posture, wanted: Posture) -> str:
    """What was the matter with a posture, for a person.

    Args:
        seen: the posture that the person was in.
        wanted: the posture that the exercise asks for.

    Example:
        >>> posture_words(Posture.STANDING, Posture.HALF_KNEELING)
        'you were standing; kneel on one knee'
    """
    return f"you were {POSTURE_WORDS[seen].seen}; {POSTURE_WORDS[wanted].get_there}"
