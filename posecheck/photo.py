"""Photograph → Measurement: one picture, looked at in all four turns, with the reason when nothing can be said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from posecheck.follow import look_upright
from posecheck.measure import measure, why_unknown
from posecheck.others import somebody_else
from posecheck.records import Frame, Measurement, Posture


def measure_photograph(detector: Any, frame: Frame) -> tuple[Measurement, str | None]:
    """Measure the person in a photograph.

    Args:
        detector: a `Detector` in image mode.
        frame: the picture.

    Returns:
        (what was measured, why the posture is unknown in words that help; None when it is known).
    """
    pose = look_upright(detector, frame)
    measurement = measure(pose)
    if somebody_else(detector, frame, pose):
        alone = "Two people are in the picture: show only the one who does the exercise."
        return replace(measurement, posture=Posture.UNKNOWN, front=None), alone
    return measurement, why_unknown(measurement)
