"""Video + Trace → a small picture with the skeleton for each reason, faces blurred unless asked otherwise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posecheck.capture.film_options import FilmOptions
from posecheck.capture.video_file import open_recording
from posecheck.detect.bystanders import without
from posecheck.detect.plausibility import extent_px
from posecheck.detect.pose_detector import PoseDetector
from posecheck.draw.canvas import Canvas, Image
from posecheck.draw.overlay import draw_body
from posecheck.draw.skeleton import TRUNK
from posecheck.judging.trace import Figure, Trace
from posecheck.libraries import load_cv2
from posecheck.records import LANDMARK_COUNT, Floats, Frame, Pose

FACE = slice(0, 11)  # nose, eyes, ears and mouth
HEIGHT_PX = 400  # of a picture in the page; shown at half of it
QUALITY = 80  # a guess: of JPEG, 0 to 100: no blocks to be seen at half size
_MARGIN = 0.12  # of the body's extent, around it
_SAME_TIME_S = 1e-4  # a trace keeps times rounded, and frames of one film are further apart than this
# How far the head reaches from the middle of its landmarks, generously: a head is about 0.25 trunk lengths in radius,
# and about 0.07 of a body's height; seen from the feet the trunk looks short.
_HEAD_OF_TRUNK, _HEAD_OF_FACE, _HEAD_OF_BODY = 0.42, 1.5, 0.11
_MOST_OTHERS = 4  # people beside the one who is judged
_MOSAIC = 6  # pixels across a blurred head


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An upright ellipse in pixels: middle and half axes."""

    x: float
    y: float
    across: float
    down: float


def pictures_of(
    video: Path,
    trace: Trace,
    wanted: Sequence[int],
    *,
    blur: bool = True,
    finder: PoseDetector | None = None,
    options: FilmOptions | None = None,
) -> dict[int, bytes]:
    """A JPEG for each wanted reason of a trace, by index; none where the body was not seen.

    Args:
        video: the recording that the trace was made from.
        trace: the course of the set.
        wanted: indices of reasons in the trace.
        blur: blur the face of the one who is judged, and those of others whom `finder` finds.
        finder: finds other people; None to look for nobody.
        options: how the video was read for the trace.

    Raises:
        InputError: the video cannot be read again.
    """
    figures = {i: figure for i in wanted if (figure := trace.reasons[i].figure) is not None}
    if not figures:
        return {}
    found: dict[int, bytes] = {}
    times = [figure.t for figure in figures.values()]
    span = max(min(times) - _SAME_TIME_S, 0.0), max(times) + _SAME_TIME_S
    with open_recording(video, *span, options) as source:
        for frame in source:
            for index, figure in figures.items():
                if abs(frame.t - figure.t) <= _SAME_TIME_S:
                    found[index] = picture(frame, figure, blur=blur, finder=finder)
    return found


def picture(frame: Frame, figure: Figure, *, blur: bool = True, finder: PoseDetector | None = None) -> bytes:
    """One picture: cut to the body, its skeleton drawn, as JPEG.

    Args:
        frame: the frame of the video; it is not changed.
        figure: the landmarks of the one who is judged.
        blur: blur the face of that person, and those of others whom `finder` finds.
        finder: finds other people; None to look for nobody.

    Returns:
        Empty when it cannot be encoded.
    """
    cv2 = load_cv2()
    points = np.array(figure.points, float) * (
        frame.image.shape[1] / (figure.size[0] or frame.image.shape[1]),
        frame.image.shape[0] / (figure.size[1] or frame.image.shape[0]),
    )
    image = frame.image.copy()
    if blur:
        heads = [head_of(points)]
        if finder is not None:
            heads += [head_of(other) for other in others_in(frame, points, finder)]
        for head in heads:
            image = blurred(image, head)
    height, width = image.shape[:2]
    left, top, right, bottom = _body_box(points, width, height)
    image = image[top:bottom, left:right]
    scale = HEIGHT_PX / image.shape[0]
    size = (max(1, round(image.shape[1] * scale)), HEIGHT_PX)
    image = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    pose = _drawn(frame, size, (points - (left, top)) * scale, np.array(figure.visibility, float))
    canvas = Canvas(image)
    draw_body(canvas, pose, mirror=False)
    whole, data = cv2.imencode(".jpg", canvas.image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(data) if whole else b""


def _drawn(frame: Frame, size: tuple[int, int], points: Floats, visibility: Floats) -> Pose:
    """A pose of which only the picture is known, for drawing or painting over."""
    return Pose(frame.t, size, points, np.zeros((LANDMARK_COUNT, 3)), visibility)


def others_in(frame: Frame, points: Floats, finder: PoseDetector) -> list[Floats]:
    """The landmarks of other people, each (33, 2) pixels.

    Each body that was found is painted over, and the picture is looked at once more. One too many blurs a corner of the
    picture, one too few shows a face; so whatever is found counts.

    Args:
        frame: the picture; it is not changed.
        points: the landmarks of the one who is judged, (33, 2) pixels.
        finder: finds a body in a picture.
    """
    found: list[Floats] = []
    rest = without(frame, _drawn(frame, _size_of(frame), points, np.ones(LANDMARK_COUNT)))
    for _ in range(_MOST_OTHERS):
        other = finder.detect(rest)
        if other.points_px is None:
            break
        found.append(other.points_px)
        rest = without(rest, other)
    return found


def _size_of(frame: Frame) -> tuple[int, int]:
    return frame.image.shape[1], frame.image.shape[0]


def head_of(points_px: Floats) -> Ellipse:
    """Where the head may be: around the face's landmarks, larger than any head."""
    face = points_px[FACE]
    x, y = face.mean(axis=0)
    shoulders, hips = points_px[list(TRUNK[:2])].mean(axis=0), points_px[list(TRUNK[2:])].mean(axis=0)
    reach = max(
        _HEAD_OF_TRUNK * math.dist(shoulders, hips),
        _HEAD_OF_FACE * float(np.linalg.norm(face - (x, y), axis=1).max()),
        _HEAD_OF_BODY * extent_px(points_px),
    )
    return Ellipse(float(x), float(y), reach, 1.15 * reach)


def blurred(image: Image, head: Ellipse) -> Image:
    """A copy in which nothing of the head can be made out: a coarse mosaic, smoothed.

    Args:
        image: (height, width, 3) BGR.
        head: where the head is, in pixels.
    """
    cv2 = load_cv2()
    out = image.copy()
    height, width = out.shape[:2]
    left, right = max(0, math.floor(head.x - head.across)), min(width, math.ceil(head.x + head.across))
    top, bottom = max(0, math.floor(head.y - head.down)), min(height, math.ceil(head.y + head.down))
    if right <= left or bottom <= top:
        return out
    part = out[top:bottom, left:right]
    coarse = cv2.resize(part, (_MOSAIC, _MOSAIC), interpolation=cv2.INTER_AREA)
    smooth = cv2.resize(coarse, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    ys, xs = np.mgrid[top:bottom, left:right]
    inside = ((xs - head.x) / head.across) ** 2 + ((ys - head.y) / head.down) ** 2 <= 1.0
    part[inside] = smooth[inside]
    return out


def _body_box(points: Floats, width: int, height: int) -> tuple[int, int, int, int]:
    """The part of the picture with the body in it: left, top, right, bottom."""
    near = points[np.isfinite(points).all(axis=1)]
    low, high = near.min(axis=0), near.max(axis=0)
    margin = _MARGIN * float((high - low).max())
    left, top = (max(0, math.floor(v - margin)) for v in low)
    right, bottom = min(width, math.ceil(high[0] + margin)), min(height, math.ceil(high[1] + margin))
    if right - left < 16 or bottom - top < 16:
        return 0, 0, width, height
    return left, top, right, bottom
