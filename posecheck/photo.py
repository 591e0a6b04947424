"""Photograph → Measurement: one picture, looked at in all four turns, with the reason when nothing can be said.

A film shows how far a joint moves from where it was; a single picture has to show the angle itself. So only what can be
seen from this view is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from posecheck.correct.joint_centres import with_joint_centres
from posecheck.detect.bystanders import somebody_else
from posecheck.detect.person_tracker import look_upright
from posecheck.detect.pose_detector import PoseDetector
from posecheck.measure import measure
from posecheck.measure.signals import about
from posecheck.records import Frame, Landmark, Measurement, Posture, Reading, Signal

# a trunk turned 20 degrees from the side looks this long for its shoulders; up to there the errors of a half-kneeling
# body are known, and two lunges seen from further round were 16 and 25 degrees off at the hip
SIDE_LOOK = 4.0

_KNEES = frozenset({Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE})
_HIPS = frozenset({Landmark.LEFT_HIP, Landmark.RIGHT_HIP})
ALONE = "Two people are in the picture: show only the one who does the exercise."
TURN = "The bend of hips and knees does not show from here: for that, turn sideways to the camera."


def measure_photograph(detector: PoseDetector, frame: Frame) -> tuple[Measurement, str | None]:
    """Measure the person in a photograph.

    Args:
        detector: a `Detector` in image mode.
        frame: the picture.

    Returns:
        (what can be measured from this view, why the posture is unknown or what would show the rest, in words that
        help; None when nothing is missing).
    """
    pose = look_upright(detector, frame)
    measurement = measure(with_joint_centres(pose))
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
    oblique = measurement.front is not None and view.trunk_to_shoulder_ratio < SIDE_LOOK

    def visible(plane: str, readings: Mapping[Signal, Reading]) -> dict[Signal, Reading]:
        kept = {}
        for signal, reading in readings.items():
            what = about(signal.value)
            low, high = what.trusted_yaw[plane]
            if low <= view.yaw_deg <= high and not (oblique and what.body_plane == "sagittal"):
                kept[signal] = reading
        return kept

    return replace(measurement, image=visible("image", measurement.image), world=visible("world", measurement.world))


def why_unknown(measurement: Measurement) -> str | None:
    """Why the posture of a single picture is unknown, in words that say what would help; None when it is known."""
    if measurement.posture is not Posture.UNKNOWN:
        return None
    if measurement.view is None:
        return "Nobody was seen. The whole body must be in the picture, in enough light."
    if measurement.view.cut >= _KNEES:
        return "The legs are not in the picture. Show the whole body."
    if measurement.view.cut & _HIPS:
        return "The hips are at the edge of the picture. Show the whole body."
    return "The points found do not form a known position. Show the whole body from the side, head up."
