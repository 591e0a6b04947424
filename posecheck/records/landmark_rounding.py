"""The steps in which the detector hands on landmarks, and poses counted in them, as a tape keeps them.

The steps are far below the detector's own unrest: in a still body a point moves by 0.2 pixels of a 640 pixel picture
from frame to frame, by 1.4 mm and by 0.0006 of visibility (means over the samples); rounding moves it by a quarter of a
step. It turns an angle by 0.01 degrees in the median, and changed no repetition in any recording. They are powers of
two, so that counting, adding and turning pictures by quarters is exact.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from posecheck.records import LANDMARK_COUNT, Floats, Pose

STEPS_ACROSS = 10240  # steps across the picture's longer side: 1/16 pixel of 640, far below the unrest told above
_N = LANDMARK_COUNT
_NUMBERS = 6 * _N  # x and y in the picture, x, y and z in space, visibility
_px, _m, _visibility = np.split(np.arange(_NUMBERS), (2 * _N, 5 * _N))
_BY_POINT = np.concatenate((_px.reshape(2, _N).T.ravel(), _m.reshape(3, _N).T.ravel(), _visibility))  # where each is
_packed = struct.Struct(f"={_NUMBERS}q").pack


@dataclass(frozen=True, slots=True)
class Steps:
    """Step sizes of the picture's points in pixels, of the 3-D points in metres, and of visibility."""

    px: float
    m: float = 2.0**-10
    visibility: float = 2.0**-7

    @classmethod
    def of(cls, size: tuple[int, int]) -> Steps:
        """The steps for a picture of (width, height) pixels: 1/16 pixel at 640 x 480, 1/4 at 1920 x 1080."""
        return cls(2.0 ** round(log2(max(*size, 1) / STEPS_ACROSS)))


def in_steps(values: Floats, step: float) -> Floats:
    """The values rounded to whole steps; never -0, which cannot be counted.

    Args:
        values: an array of any shape.
        step: the length of a step, in the unit of the values.
    """
    rounded: Floats = np.rint(values / step) * step + 0.0
    return rounded


class Differences:
    """Poses as whole steps from the pose before: 198 numbers, most of them small; give it poses in order of time.

    First x, then y of the 33 points in the picture; x, y, z of those in space; visibility.
    """

    def __init__(self, steps: Steps) -> None:
        self._step = np.repeat([steps.px, steps.m, steps.visibility], [2 * _N, 3 * _N, _N])
        self._last: NDArray[np.int64] = np.zeros(_NUMBERS, np.int64)

    def encode(self, points_px: Floats, points_m: Floats, visibility: Floats) -> list[int] | None:
        """Express the arrays of a `Pose`, which are finite and below 1e9, as differences to the pose before, in steps.

        Args:
            points_px: the landmarks in the picture, (33, 2) pixels.
            points_m: the landmarks in space, (33, 3) metres.
            visibility: how visible each landmark is, (33,), 0 to 1.

        Returns:
            A whole number of steps for each coordinate and visibility; None when the pose is not made of whole steps to
            the last bit.
        """
        flat = np.concatenate((points_px.T.ravel(), points_m.T.ravel(), visibility))
        counts = np.rint(flat / self._step).astype(np.int64)
        if (counts * self._step).tobytes() != flat.tobytes():
            return None
        found: list[int] = (counts - self._last).tolist()
        self._last = counts
        return found

    def decode(self, t: float, size: tuple[int, int], differences: list[int]) -> Pose:
        """The pose that these differences make of the pose before.

        Args:
            t: the time of the frame, in seconds.
            size: width and height of the picture, in pixels.
            differences: what `encode` returned.

        Raises:
            ValueError: they are not as many whole numbers as needed.
        """
        try:
            packed = _packed(*differences)  # numpy takes thrice as long, and would take fractions, too
        except struct.error as error:
            raise ValueError("it has not all landmarks in whole steps") from error
        self._last += np.frombuffer(packed, np.int64)
        # they lie in memory as the detector's do: sums over them are then the same to the last bit
        flat = (self._last * self._step)[_BY_POINT]
        return Pose(t, size, flat[: 2 * _N].reshape(_N, 2), flat[2 * _N : 5 * _N].reshape(_N, 3), flat[5 * _N :])
