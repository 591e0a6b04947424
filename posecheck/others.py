"""Frame + Pose → is there somebody else in the picture?

MediaPipe returns one body even where it is asked for more when two overlap, as a therapist and a patient do. So the
body that was found is painted over, and the picture is looked at once more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from posecheck._cv2 import load_cv2
from posecheck.follow import extent_px, is_plausible
from posecheck.records import Frame, Pose

BRUSH = 0.16  # of the body's extent: as thick as a limb in loose clothes
SMALLEST = 0.4  # of the first body's extent: somebody far behind is no doubt about who exercises
LEAST_SEEN = 0.5  # median visibility: remains of the painted body are less

# shoulders, hips, trunk crosswise, legs, arms, neck and ears
_STROKES = (
    *((11, 12), (23, 24), (11, 23), (12, 24), (11, 24), (12, 23)),
    *((23, 25), (25, 27), (27, 31), (24, 26), (26, 28), (28, 32)),
    *((11, 13), (13, 15), (15, 19), (12, 14), (14, 16), (16, 20), (0, 11), (0, 12), (7, 8)),
)


def somebody_else(detector: Any, frame: Frame, pose: Pose) -> bool:
    """Whether a second person of comparable size is in the picture.

    Args:
        detector: a `Detector` in image mode.
        frame: the picture.
        pose: the body already found in it.
    """
    if pose.points_px is None:
        return False
    other: Pose = detector.detect(replace(frame, image=_paint_over(frame, pose)))
    if other.points_px is None or other.visibility is None or not is_plausible(other):
        return False
    large = extent_px(other.points_px) >= SMALLEST * extent_px(pose.points_px)
    return large and float(np.median(other.visibility)) >= LEAST_SEEN


def _paint_over(frame: Frame, pose: Pose) -> Any:
    cv2 = load_cv2()
    image = frame.image.copy()
    if pose.points_px is None:
        return image
    colour = tuple(float(x) for x in cv2.mean(image)[:3])
    points = np.clip(pose.points_px, -1e6, 1e6).round().astype(int).tolist()
    width = max(1, round(BRUSH * extent_px(pose.points_px)))
    for a, b in _STROKES:
        cv2.line(image, points[a], points[b], colour, width)
    cv2.circle(image, points[0], width, colour, -1)
    return image
