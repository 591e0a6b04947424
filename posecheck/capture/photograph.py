"""Photograph → Frame, upright, once its header has said that it is not too large to be decoded."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from posecheck.capture.container import too_large
from posecheck.capture.picture_size import longest_part, picture_size
from posecheck.capture.quiet import quiet
from posecheck.capture.readable import MOST_PIXELS, readable_file
from posecheck.errors import FormatError
from posecheck.libraries import load_cv2
from posecheck.records import Frame
from posecheck.records.gate import PICTURE, read


def read_image(path: str | Path) -> Frame:
    """Read a photograph upright, as its EXIF orientation tells, as a Frame at t = 0.

    Raises:
        InputError: the file is missing or not a picture that can be read.
    """
    path = readable_file(Path(path), "picture")
    cv2 = load_cv2()
    advice = "give a JPEG or PNG picture"
    data = np.frombuffer(read(path, PICTURE), np.uint8)  # not imread: it cannot open every Unicode path on Windows
    size = picture_size(data[:1_000_000].tobytes())
    if size is None or longest_part(data.tobytes()) > PICTURE.most_bytes:
        raise FormatError(f"{path} is not a picture that can be read: {advice}")
    if size[0] * size[1] > MOST_PIXELS:
        raise too_large(path, size)
    try:
        with quiet(cv2):
            image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise FormatError(f"{path} cannot be decoded: {advice}") from error
    if image is None:
        raise FormatError(f"{path} is not a picture that can be read: {advice}")
    return Frame(0, 0.0, image)
