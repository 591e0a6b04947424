"""Frame + Pose → is there somebody else in the picture?

MediaPipe returns one body even where it is asked for more when two overlap, as a therapist and a patient do. So the
body that was found is painted over, and the picture is looked at once more. What is left of a painted body may look
like a person itself, and so may an instrument beside it. So it is painted over in another way, too: who is really there
is found in the same place both times.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from posecheck.detect.plausibility import extent_px, is_plausible
from posecheck.detect.pose_detector import PoseDetector
from posecheck.libraries import load_cv2
from posecheck.records import MAIN_LANDMARKS, Floats, Frame, Landmark, Pose

WIDER = 1.5  # a guess: the second time the brush is so much wider
# a guess, of the first body's extent: main points that are nearer at the median are the same person's
SAME_PLACE = 0.15
_FILL_PX = 256  # longest side of the picture in which the background is continued: more detail is not needed
BRUSH = 0.16  # a guess: of the body's extent: as thick as a limb in loose clothes
SMALLEST = 0.4  # a guess: of the first body's extent: somebody far behind is no doubt about who exercises
MOST_COVERED = 0.5  # a guess: of its main points: what is found on the painted body is what is left of it
_MAIN = list(MAIN_LANDMARKS)
LEAST_SEEN = 0.5  # a guess: median visibility: remains of the painted body are less

# the lines along which a body is painted over, each through the points named
_LINES = (
    (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP, Landmark.LEFT_HIP, Landmark.LEFT_SHOULDER),
    (Landmark.LEFT_SHOULDER, Landmark.RIGHT_HIP),
    (Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP),
    (Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE, Landmark.LEFT_FOOT_INDEX),
    (Landmark.RIGHT_HIP, Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE, Landmark.RIGHT_FOOT_INDEX),
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST, Landmark.LEFT_INDEX),
    (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_ELBOW, Landmark.RIGHT_WRIST, Landmark.RIGHT_INDEX),
    (Landmark.LEFT_SHOULDER, Landmark.NOSE, Landmark.RIGHT_SHOULDER),
    (Landmark.LEFT_EAR, Landmark.RIGHT_EAR),
)


def somebody_else(detector: PoseDetector, frame: Frame, pose: Pose) -> bool:
    """Whether a second person of comparable size is in the picture.

    Args:
        detector: a `Detector` in image mode.
        frame: the picture.
        pose: the body already found in it.
    """
    return find_other(detector, frame, pose) is not None


def find_other(detector: PoseDetector, frame: Frame, pose: Pose) -> Pose | None:
    """A second person of comparable size, or None.

    Args:
        detector: a `Detector` in image mode.
        frame: the picture.
        pose: the body already found in it.
    """
    if pose.points_px is None:
        return None
    covered = _cover(frame, pose.points_px)
    other = _seen_beside(detector.detect(_painted(frame, covered)), pose, covered)
    if other is None or other.points_px is None:
        return None
    wider = _cover(frame, pose.points_px, WIDER)
    again = detector.detect(_filled(frame, wider))
    if again.points_px is None:
        return None
    apart = np.linalg.norm(again.points_px[_MAIN] - other.points_px[_MAIN], axis=1)
    return other if float(np.median(apart)) <= SAME_PLACE * extent_px(pose.points_px) else None


def _seen_beside(other: Pose, pose: Pose, covered: NDArray[np.bool_]) -> Pose | None:
    """What was found on a painted picture, when it is large and clear enough and not on the painted body."""
    if pose.points_px is None or other.points_px is None or other.visibility is None or not is_plausible(other):
        return None
    large = extent_px(other.points_px) >= SMALLEST * extent_px(pose.points_px)
    clear = float(np.median(other.visibility)) >= LEAST_SEEN
    return other if large and clear and _share_inside(other.points_px, covered) <= MOST_COVERED else None


def covers(frame: Frame, other: Pose, pose: Pose) -> bool:
    """Whether another body is drawn over a main point of a body, or so near that the two may be mixed up.

    Args:
        frame: the picture; its size is used.
        other: the body that may be in the way.
        pose: the body that may be covered.

    Returns:
        False when nobody is seen in one of the poses.
    """
    if other.points_px is None or pose.points_px is None:
        return False
    return _share_inside(pose.points_px, _cover(frame, other.points_px)) > 0.0


def without(frame: Frame, pose: Pose, keep: Pose | None = None) -> Frame:
    """The picture with a body painted over in the mean colour.

    Args:
        frame: the picture; it is not changed.
        pose: the body to paint over; when it is absent, the picture comes back as it is.
        keep: a body whose area is not painted over; None for nobody.
    """
    if pose.points_px is None:
        return frame
    covered = _cover(frame, pose.points_px)
    if keep is not None and keep.points_px is not None:
        covered &= ~_cover(frame, keep.points_px)
    return _painted(frame, covered)


def _painted(frame: Frame, covered: NDArray[np.bool_]) -> Frame:
    cv2 = load_cv2()
    image = frame.image.copy()
    mean = [total / covered.size for total in cv2.sumElems(image)[:3]]
    cv2.copyTo(np.full_like(image, np.array(mean, np.uint8)), covered.view(np.uint8), image)
    return replace(frame, image=image)


def _filled(frame: Frame, covered: NDArray[np.bool_]) -> Frame:
    """The picture with the background continued over an area."""
    cv2 = load_cv2()
    height, width = covered.shape
    scale = min(1.0, _FILL_PX / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(covered.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    background = cv2.resize(cv2.inpaint(small, mask, 3, cv2.INPAINT_TELEA), (width, height))
    image = frame.image.copy()
    cv2.copyTo(background, covered.view(np.uint8), image)
    return replace(frame, image=image)


def _cover(frame: Frame, points_px: Floats, brush: float = 1.0) -> NDArray[np.bool_]:
    """The pixels of a body, (height, width), drawn as thick strokes."""
    cv2 = load_cv2()
    mask = np.zeros(frame.image.shape[:2], np.uint8)
    points = np.clip(points_px, -1e6, 1e6).round().astype(int).tolist()
    width = max(1, round(brush * BRUSH * extent_px(points_px)))
    for line in _LINES:
        for a, b in pairwise(line):
            cv2.line(mask, points[a], points[b], 255, width)
    cv2.circle(mask, points[Landmark.NOSE], width, 255, -1)
    covered: NDArray[np.bool_] = mask > 0
    return covered


def _share_inside(points_px: Floats, covered: NDArray[np.bool_]) -> float:
    """The share of a body's main points that lie on covered pixels."""
    height, width = covered.shape
    main = points_px[_MAIN].round().astype(int)
    inside = [0 <= x < width and 0 <= y < height and bool(covered[y, x]) for x, y in main]
    return float(np.mean(inside))
