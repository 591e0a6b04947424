"""Photograph → Measurement: one picture, looked at in all four turns, with the reason when nothing can be said.

A film shows how far a joint moves from where it was; a single picture has to show the angle itself. So only what can be
seen from this view is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from posecheck.exercises.signals import about
from posecheck.follow import look_upright
from posecheck.measure import measure, why_unknown
from posecheck.others import somebody_else
from posecheck.records import Frame, Measurement, Posture, Reading, Signal

# a trunk turned 20 degrees from the side looks this long for its shoulders; up to there the errors of a half-kneeling
# body are known, and two lunges seen from further round were 16 and 25 degrees off at the hip
SIDE_LOOK = 4.0

ALONE = "Two people are in the picture: show only the one who does the exercise."
TURN = "The bend of hips and knees does not show from here: for that, turn sideways to the camera."


def measure_photograph(detector: Any, frame: Frame) -> tuple[Measurement, str | None]:
    """Measure the person in a photograph.

    Args:
        detector: a `Detector` in image mode.
        frame: the picture.

    Returns:
        (what can be measured from this view, why the posture is unknown or what would show the rest, in words that
        help; None when nothing is missing).
    """
    pose = look_upright(detector, frame)
    measurement = measure(pose, detected=True)
    if somebody_else(detector, frame, pose):
        return replace(measurement, posture=Posture.UNKNOWN, front=None), ALONE
    shown = seen_from_here(measurement)
    turn = any(about(signal.value).body_plane == "sagittal" for signal in measurement.image.keys() - shown.image.keys())
    return shown, why_unknown(measurement) or (TURN if turn else None)


def seen_from_here(measurement: Measurement) -> Measurement:
    """The measurement without the signals that its view cannot show."""
    view = measurement.view
    if view is None:
        return measurement
    oblique = measurement.front is not None and view.trunk_look < SIDE_LOOK

    def visible(plane: str, readings: Mapping[Signal, Reading]) -> dict[Signal, Reading]:
        kept = {}
        for signal, reading in readings.items():
            what = about(signal.value)
            low, high = what.trusted_yaw[plane]
            if low <= view.yaw_deg <= high and not (oblique and what.body_plane == "sagittal"):
                kept[signal] = reading
        return kept

    return replace(measurement, image=visible("image", measurement.image), world=visible("world", measurement.world))
