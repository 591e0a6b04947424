"""Frame → Pose, with MediaPipe's Pose Landmarker; this module alone uses mediapipe.

One detector for one source:

    with Detector(load_model()) as detector:
        pose = detector.detect(frame)
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from posecheck.detect.mask_removal import without_mask
from posecheck.detect.models import Model
from posecheck.errors import ModelError, PoseError, UsageError
from posecheck.libraries import load_cv2, missing_dependency, other_version
from posecheck.records import Frame, Pose
from posecheck.records.closing import Closing
from posecheck.records.landmark_rounding import Steps, in_steps
from posecheck.records.pose import arrays_of

_LONGEST_SIDE_PX = 1280  # the network sees 256 x 256: a larger picture only costs time


def load_mediapipe() -> None:
    """Load MediaPipe before it is needed, so that no picture waits for it.

    Raises:
        DependencyError: MediaPipe, or a system library that it needs, is missing.
    """
    try:
        import mediapipe  # noqa: F401
    except (ImportError, OSError) as error:
        raise missing_dependency(error, "mediapipe") from error


class Detector(Closing):
    """MediaPipe's Pose Landmarker for one source; a context manager.

    Args:
        model: the pose model.
        mode: "video" follows a person from frame to frame, "image" looks at each picture afresh.
        num_poses: how many people to look for; the first one found is returned.
        min_confidence: 0 to 1, for finding and following.

    Raises:
        DependencyError: mediapipe does not load, or is of a version that cannot be used.
        ModelError: mediapipe refuses the model.
    """

    def __init__(
        self,
        model: Model,
        *,
        mode: Literal["video", "image"] = "video",
        num_poses: int = 1,
        min_confidence: float = 0.5,
    ) -> None:
        self._cv2 = load_cv2()
        self._video = mode == "video"
        self._last_ms = -1
        self._seen = False
        self._rgb: NDArray[np.uint8] | None = None
        try:
            with _quiet_stderr():
                self._mediapipe, self._landmarker = _create(model, self._video, num_poses, min_confidence)
        except (ImportError, OSError) as error:
            raise missing_dependency(error, "mediapipe") from error
        except (AttributeError, TypeError) as error:  # a MediaPipe whose classes are other ones
            raise other_version("mediapipe") from error
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"MediaPipe refuses the model {model.path}: use another one, or get it again (posecheck models get)"
            ) from error

    def close(self) -> None:
        """Let go of the landmarker; may be called twice."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None

    def detect(self, frame: Frame) -> Pose:
        """The pose of the person in `frame`, in pixels of the whole picture; absent when nobody is seen."""
        if self._landmarker is None:
            raise UsageError("the detector is closed: make another one")
        height, width = frame.image.shape[:2]
        picture = self._picture(frame.image)
        if self._seen:
            result = self._run(picture, frame.t)
        else:  # MediaPipe writes its last warnings when it first sees a person
            with _quiet_stderr():
                result = self._run(picture, frame.t)
        self._seen = self._seen or bool(result.pose_landmarks)
        return _pose(frame.t, (width, height), result)

    def _picture(self, image: NDArray[np.uint8]) -> Any:
        """The frame as MediaPipe wants it: RGB, not needlessly large."""
        cv2 = self._cv2
        height, width = image.shape[:2]
        scale = _LONGEST_SIDE_PX / max(height, width)
        if scale < 1:
            small = (max(1, round(width * scale)), max(1, round(height * scale)))
            image = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
        # one buffer for all frames: MediaPipe copies it
        self._rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB, dst=self._rgb)
        del image  # room for the copy
        return self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=self._rgb)

    def _run(self, picture: Any, t: float) -> Any:
        if not self._video:
            return self._landmarker.detect(picture)
        self._last_ms = max(self._last_ms + 1, round(t * 1000))  # must rise strictly
        return self._landmarker.detect_for_video(picture, self._last_ms)


_slimmed = lru_cache(maxsize=1)(without_mask)  # once for all detectors of a process


def _create(model: Model, video: bool, num_poses: int, min_confidence: float) -> tuple[Any, Any]:
    """MediaPipe and its landmarker, from the model without its mask; from the model as it is when that is refused."""
    slim = _slimmed(model.data)
    if slim is not model.data:
        with suppress(ValueError, RuntimeError, OSError):  # all that MediaPipe refuses with
            return _create_from(slim, video, num_poses, min_confidence)
    return _create_from(model.data, video, num_poses, min_confidence)


def _create_from(bundle: bytes, video: bool, num_poses: int, min_confidence: float) -> tuple[Any, Any]:
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=bundle),  # a path breaks on Windows
        running_mode=vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE,
        num_poses=num_poses,
        min_pose_detection_confidence=min_confidence,
        min_pose_presence_confidence=min_confidence,
        min_tracking_confidence=min_confidence,
    )
    return mediapipe, vision.PoseLandmarker.create_from_options(options)


def _pose(t: float, size: tuple[int, int], result: Any) -> Pose:
    """The first person in a result of MediaPipe, all coordinates in whole steps; absent when there is none."""
    arrays, steps = arrays_of(result, size), Steps.of(size)
    if arrays is None:
        return Pose.absent(t, size)
    px, metres, visibility = arrays
    try:
        return Pose(t, size, in_steps(px, steps.px), in_steps(metres, steps.m), in_steps(visibility, steps.visibility))
    except PoseError:
        return Pose.absent(t, size)  # never seen: a body that cannot be one is nobody


_stderr_lock = threading.Lock()
_stderr_users = 0
_stderr_saved: int | None = None


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Send file descriptor 2 to nowhere: MediaPipe's C++ part writes there and offers no other way.

    Counted, so that detectors in several threads restore the true one. Does nothing when there is no descriptor 2.
    """
    global _stderr_users, _stderr_saved
    with _stderr_lock:
        if _stderr_users == 0:
            _stderr_saved = _divert_stderr()
        _stderr_users += 1
    try:
        yield
    finally:
        with _stderr_lock:
            _stderr_users -= 1
            if _stderr_users == 0 and _stderr_saved is not None:
                os.dup2(_stderr_saved, 2)
                os.close(_stderr_saved)
                _stderr_saved = None


def _divert_stderr() -> int | None:
    """Point descriptor 2 at the null device; return a copy of the true one, None when there is none."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
    try:
        saved = os.dup(2)
    except OSError:
        return None
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)
    return saved
