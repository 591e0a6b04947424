"""A decoded picture → the BGR image that a viewer would see: upright, with square pixels, in the film's first size."""

from __future__ import annotations

import math
import struct
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posecheck.capture.readable import MOST_PIXELS
from posecheck.libraries import load_cv2

Image = NDArray[np.uint8]

_MOST_STRETCH = 8.0  # wider or taller pixels are an error of the file: no camera has them
_HD_HEIGHT = 720  # films of this size that do not tell their colours have those of HDTV (ITU-R BT.709), as in players
_UNSPECIFIED, _BT709_SPACE = 2, 1  # ISO/IEC 23091-2
_PQ = 16  # the same; the curve of HDR10. HLG, that of phones, is made to be shown as it is
_WHITE_NITS, _BRIGHTEST = 203.0, 5.0  # ITU-R BT.2408: paper white of HDR; what is five times brighter is all white


class UprightPictures:
    """Makes the images of one film. `size` (width, height) in pixels is that of its first picture, seen upright.

    A later picture of another size is scaled into this one, with its own proportions and black bars.

    Args:
        av: the module.
        first: the first decoded picture.
        pixel_ratio: width of a pixel for its height, 1 where it is not known.
        mirrored: mirror every image.
    """

    def __init__(self, av: ModuleType, first: Any, pixel_ratio: float, *, mirrored: bool = False) -> None:
        self._cv2 = load_cv2()
        self._reformatter = av.video.reformatter.VideoReformatter()
        # OpenCV's own choice: chroma as before
        self._bicubic = av.video.reformatter.Interpolation.BICUBIC
        self._pixel_ratio = pixel_ratio if 1 / _MOST_STRETCH <= pixel_ratio <= _MOST_STRETCH else 1.0
        self._mirrored = mirrored
        self._rotation = first.rotation
        self._turn = turn_of(first)
        width, height = self._square(first)
        if width * height > MOST_PIXELS:
            self._pixel_ratio = 1.0
            width, height = self._square(first)
        self.size: tuple[int, int] = (height, width) if self._turn[0] % 2 else (width, height)

    def image(self, picture: Any) -> Image:
        """Make the image of a picture.

        Args:
            picture: an av.VideoFrame.

        Returns:
            (height, width, 3) BGR, of the size of the film.
        """
        if picture.rotation != self._rotation:
            self._rotation, self._turn = picture.rotation, turn_of(picture)
        turns, flipped = self._turn
        width, height = self._square(picture)
        goal = self.size[::-1] if turns % 2 else self.size
        if (width, height) != goal:
            scale = min(goal[0] / width, goal[1] / height)
            width, height = max(1, round(width * scale)), max(1, round(height * scale))
        image = self._bgr(picture, width, height)
        if (width, height) != goal:
            image = _on_black(image, goal)
        return self._turned(image, turns, flipped)

    def _square(self, picture: Any) -> tuple[int, int]:
        """Width and height of a picture once its pixels are square; nothing is made smaller."""
        if self._pixel_ratio > 1:
            return max(1, round(picture.width * self._pixel_ratio)), picture.height
        return picture.width, max(1, round(picture.height / self._pixel_ratio))

    def _bgr(self, picture: Any, width: int, height: int) -> Image:
        options: dict[str, Any] = {}
        if picture.colorspace == _UNSPECIFIED and min(picture.width, picture.height) >= _HD_HEIGHT:
            options["src_colorspace"] = _BT709_SPACE
        small = self._reformatter.reformat(
            picture, width, height, "bgr24", interpolation=self._bicubic, threads=1, **options
        )
        image: Image = np.ascontiguousarray(small.to_ndarray())
        if picture.color_trc == _PQ:  # FFmpeg's own conversion takes half a second for a picture of 1080p
            image = self._cv2.LUT(image, _shown_by_pq())
        return image

    def _turned(self, image: Image, turns: int, flipped: bool) -> Image:
        cv2 = self._cv2
        if flipped != (self._mirrored and turns % 2 == 0):
            image = cv2.flip(image, 1)
        if turns:
            image = cv2.rotate(
                image, (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)[turns - 1]
            )
        if self._mirrored and turns % 2:
            image = cv2.flip(image, 1)
        return image


@cache
def _shown_by_pq() -> Image:
    """What an ordinary display shows for each of the 256 values of a PQ picture.

    Source: SMPTE ST 2084 for the curve; bright parts are pressed together after Reinhard et al. 2002, equation 4.
    """
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    root = (np.arange(256) / 255.0) ** (1 / m2)
    nits = 10_000.0 * (np.maximum(root - c1, 0.0) / (c2 - c3 * root)) ** (1 / m1)
    light = nits / _WHITE_NITS
    pressed = light * (1.0 + light / _BRIGHTEST**2) / (1.0 + light)
    shown: Image = np.round(255.0 * np.clip(pressed, 0.0, 1.0) ** (1 / 2.2)).astype(np.uint8)
    return shown


def turn_of(picture: Any) -> tuple[int, bool]:
    """How a picture is brought upright: mirror it if told so, then turn it by so many right angles clockwise.

    Not to be asked of every picture: one whose side data were looked at is freed only by the garbage collector, and a
    film of 1080p took 300 MB more.

    Source: the display matrix of ISO/IEC 14496-12, 6.2.2; (a b u / c d v / x y w), a to d in 16.16.
    """
    data = picture.side_data.get("DISPLAYMATRIX")
    if data is None:
        return 0, False
    a, b, _, c, d, *_ = struct.unpack("=9i", bytes(data))
    flipped = a * d - b * c < 0
    if flipped:
        a, b = -a, -b
    return round(math.degrees(math.atan2(b, a)) / 90) % 4, flipped


def _on_black(image: Image, size: tuple[int, int]) -> Image:
    """The image in the middle of a black one of `size` (width, height)."""
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    top, left = (size[1] - image.shape[0]) // 2, (size[0] - image.shape[1]) // 2
    canvas[top : top + image.shape[0], left : left + image.shape[1]] = image
    return canvas
