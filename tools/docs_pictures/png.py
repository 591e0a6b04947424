"""PNG files that are small enough for a README."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def small_png(image: NDArray[np.uint8], radius: int) -> bytes:
    """Return a PNG file with round transparent corners, of 43 levels a channel: half of what 256 levels take."""
    from posecheck.libraries import load_cv2

    height, width = image.shape[:2]
    picture = np.full((height, width, 4), 255, np.uint8)
    picture[..., :3] = np.round(image / 255 * 42) * 255 / 42 + 0.5
    y, x = np.mgrid[:radius, :radius] + 0.5
    corner = np.round(255 * np.clip(radius + 0.5 - np.hypot(radius - x, radius - y), 0, 1))
    for down, right in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        picture[::down, ::right, 3][:radius, :radius] = corner
    cv2 = load_cv2()
    done, data = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    assert done
    return bytes(data)
