"""Keeps OpenCV and its FFmpeg from writing to the terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from posecheck.libraries import default_environment


@contextmanager
def quiet(cv2: ModuleType) -> Iterator[None]:
    """Keep OpenCV and its FFmpeg from writing to stderr, unless the user has set their log levels.

    FFmpeg's level and the limit of packets without a picture (long sound) are read once, at the first opening.
    """
    wanted = {"OPENCV_FFMPEG_LOGLEVEL": "-8", "OPENCV_FFMPEG_READ_ATTEMPTS": "1000000"}
    if "OPENCV_LOG_LEVEL" not in os.environ:  # stays: the reading thread would log too
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    with default_environment(wanted):
        yield
