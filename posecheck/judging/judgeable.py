"""Whether a frame can be judged at all: is the body seen whole, from the right side, near and clearly enough."""

from __future__ import annotations

from functools import cache, lru_cache

from posecheck.exercises.format import BEND_TO_FRONT, Baseline, Exercise, Limit
from posecheck.judging.leg_roles import reading_of
from posecheck.judging.limits import VISIBLE
from posecheck.judging.wording import landmark_words, signal_words
from posecheck.measure.view import FROM_SIDE_DEG
from posecheck.records import (
    FACE_UP,
    Context,
    Doubt,
    Lacks,
    Landmark,
    Measurement,
    Posture,
    Reason,
    ReasonKind,
    View,
)
from posecheck.records.lacks import DEPTH

VISIBLE_AGAIN = 0.6  # judging begins when all that is needed is this visible, and goes on down to VISIBLE: a guess
SURELY_BEHIND = 0.3  # lateral_orientation: judging that has begun goes on up to this: a guess
SLOWER = 0.75  # of the frame rate asked for: judging that has begun goes on down to this: a guess
# where the head is cut off a small body is made up under the edge: nose 0.2 extents from it at the median, else 0.63
# and more, as raised arms need the room
HEADROOM = 0.3
SMALLEST_BODY = 0.22  # head to feet, of the picture's longer side: below, the points are too coarse (confidence 0.5)
# who lies is longer than who kneels (0.33 and more from the feet, 0.48 and more from the side): legs without a head, on
# their own, look like a small one on the floor (0.27 and 0.31 at most, for 15 s in two recordings)
SMALLEST_LYING = 0.33
LEGS_HEADROOM = 1.2  # legs alone have a made-up head 0.8 to 1.1 extents below the edge; who lies low has 1.5 and more
# confidence of the view: below the one nothing is judged, until it is at the other; guesses
UNSURE, UNSURE_AGAIN = 0.4, 0.5

_TALLER = (Posture.STANDING, Posture.TALL_KNEELING)  # on the way down the head may still be out of the picture
_ANY_HEADROOM = (*FACE_UP, Posture.STANDING)  # exercises that need no room above the head
_TRUNK = ("shoulder", "hip")  # by which everything is measured
# by which a knee on the floor is told from one in the air: without, holds of one side were lost in a sample
_SOLES = ("heel", "foot_index")
_PARTS = {
    "legs": {Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE},
    "feet": {Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE},
    "head": {Landmark.NOSE},
    "hips": {Landmark.LEFT_HIP, Landmark.RIGHT_HIP},
    "shoulders": {Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER},
}


def why_not_judged(measurement: Measurement, exercise: Exercise, context: Context) -> Reason | None:
    """Why nothing can be said about a frame.

    Args:
        measurement: the readings of the frame.
        exercise: what it asks of the view and of the landmarks.
        context: whether the frame before was judged: what goes on may be seen a little worse than what begins.

    Returns:
        The first reason that was found; None when the frame can be judged.
    """
    view = measurement.view
    if view is None:
        return Reason(ReasonKind.NO_PERSON)
    lacking = what_lacks(exercise, measurement.lacks) if measurement.lacks else None
    if lacking is not None:
        return Reason(ReasonKind.SOURCE, lacking)
    slowest = exercise.view.min_fps * (SLOWER if context.judged else 1.0)
    if context.fps is not None and context.fps < slowest:
        return Reason(ReasonKind.FRAME_RATE)
    if not exercise.view.behind and view.lateral_orientation > (SURELY_BEHIND if context.judged else 0.0):
        return Reason(ReasonKind.VIEW)
    if exercise.posture not in _ANY_HEADROOM and measurement.posture not in _TALLER and view.headroom < HEADROOM:
        # the head may be there, but not the room for the hands above it
        return Reason(ReasonKind.CUT_OFF, "head" if Landmark.NOSE in view.cut else "head and hands")
    if measurement.posture in exercise.postures:
        if exercise.groups_by == "rear_leg" and context.front is None and context.front_probability is not None:
            return Reason(ReasonKind.WHICH_LEG)
        return _in_posture(measurement, view, exercise, context)
    return _in_another_posture(view, measurement.posture, exercise)


@lru_cache(maxsize=64)
def what_lacks(exercise: Exercise, lacks: Lacks) -> str | None:
    """What an exercise needs and a source of poses never tells.

    Without depth the posture is told of who stands, and from the side, where the body moves in the picture's plane.

    Args:
        exercise: what is to be judged.
        lacks: what the source does not have.

    Returns:
        "depth", or the part of the body in words; None when the exercise can be judged.
    """
    from_side = exercise.view.yaw_enter[0] >= FROM_SIDE_DEG
    parts: list[Limit | Baseline] = [*exercise.limits, *exercise.baselines]
    needed = [(one.signal, one.plane) for one in parts]
    flat = from_side or exercise.posture is Posture.STANDING
    if lacks.depth and (not flat or any(plane == "world" for _, plane in needed)):
        return DEPTH
    names = [*_TRUNK, *exercise.view.landmarks, *(name for signal, _ in needed for name in _points_of(signal))]
    if exercise.posture is Posture.HALF_KNEELING:
        names += _SOLES
    missing = (name for name in names if not lacks.landmarks.isdisjoint(_both_sides(name)))
    return next(map(landmark_words, missing), None)


def _points_of(signal: str) -> tuple[str, ...]:
    """The landmarks of a side that a signal is measured on, beside shoulders and hips."""
    if "arm" in signal:
        return ("elbow",)
    if signal in ("trunk_lean", "side_bend", BEND_TO_FRONT):
        return ()
    return ("knee", "ankle", "heel", "foot_index") if "ankle" in signal else ("knee", "ankle")


def _in_posture(measurement: Measurement, view: View, exercise: Exercise, context: Context) -> Reason | None:
    asked, judged = exercise.view, context.judged
    low, high = asked.yaw_exit if judged else asked.yaw_enter
    if not low <= view.yaw_deg <= high:
        return Reason(ReasonKind.VIEW)
    trunk = asked.trunk_exit if judged else asked.trunk_enter
    if trunk and not trunk[0] <= view.trunk_to_shoulder_ratio <= trunk[1]:
        return Reason(ReasonKind.VIEW)
    if Landmark.NOSE in view.cut:
        return Reason(ReasonKind.CUT_OFF, "head")  # half a body is reported whole, and is wrong
    if view.cut:
        for name in asked.landmarks:
            if not view.cut.isdisjoint(_both_sides(name)):
                return Reason(ReasonKind.CUT_OFF, landmark_words(name))
    hidden = _hidden(measurement, exercise, context)
    if hidden is not None:
        return hidden
    return _doubt(view, exercise, UNSURE if judged else UNSURE_AGAIN)


def _hidden(measurement: Measurement, exercise: Exercise, context: Context) -> Reason | None:
    """The first signal that a hold needs and that is not seen well enough."""
    least = VISIBLE if context.judged else VISIBLE_AGAIN
    for group, signal, plane in _needed(exercise):
        if exercise.groups_by == "side" and group not in (None, context.group):
            continue  # the arm or leg that rests may be hidden
        reading = reading_of(measurement, signal, plane, context.front)
        if reading is not None and reading.confidence < least:
            return Reason(ReasonKind.HIDDEN, signal_words(signal))
    return None


@lru_cache(maxsize=64)
def _needed(exercise: Exercise) -> tuple[tuple[str | None, str, str], ...]:
    return tuple(dict.fromkeys((one.group, one.signal, one.plane) for one in exercise.limits if one.enter))


def _doubt(view: View, exercise: Exercise, least: float) -> Reason | None:
    """What speaks against a whole body, when that speaks loud enough."""
    if view.confidence >= least or exercise.view.folded:
        return None
    if view.doubt is Doubt.SIZE and view.body_size_fraction >= SMALLEST_BODY:
        return None  # it was larger a moment ago: who crouches or hugs the knees is no further away
    if view.doubt is Doubt.EDGE:
        parts = (part for part, landmarks in _PARTS.items() if landmarks & view.cut)
        return Reason(ReasonKind.CUT_OFF, next(parts, "body"))
    return {
        Doubt.SIZE: Reason(ReasonKind.TOO_FAR),
        Doubt.TRUNK: Reason(ReasonKind.HIDDEN, "shoulders and hips"),
        Doubt.LEGS: Reason(ReasonKind.HIDDEN, "legs"),
        Doubt.VIEW: Reason(ReasonKind.VIEW),
    }[view.doubt]


@cache
def _both_sides(name: str) -> frozenset[Landmark]:
    return frozenset(Landmark[f"{side}_{name.upper()}"] for side in ("LEFT", "RIGHT"))


def _in_another_posture(view: View, posture: Posture, exercise: Exercise) -> Reason | None:
    """Why the posture may be misread: what of the body is out of the picture, or that it may not be a whole body."""
    for part, landmarks in _PARTS.items():
        # who stands may walk into the picture, or be about to come down
        if landmarks <= view.cut or (landmarks & view.cut and posture is not Posture.STANDING):
            return Reason(ReasonKind.CUT_OFF, part)
    short = posture in FACE_UP and view.body_size_fraction < SMALLEST_LYING
    if short and view.headroom < LEGS_HEADROOM:
        return Reason(ReasonKind.TOO_FAR)
    return _doubt(view, exercise, UNSURE_AGAIN)
