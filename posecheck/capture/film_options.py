"""How a recording is to be read: at what rate, mirrored or not, at which speed it was filmed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from posecheck.errors import UsageError

Rate = Literal["auto", "all"] | float

MOST_FPS = 1000.0


@dataclass(frozen=True, slots=True)
class FilmOptions:
    """What a recording does not tell about itself, and how many of its frames are wanted.

    `rate`: frames a second that are wanted: a number, "all", or "auto" (see `pace`). `fps`: frames a second of a film
    that has no clock; films that have one keep theirs. `mirrored`: the camera has swapped left and right; every
    picture is mirrored back. `slow_motion`: the film plays so many times slower than what it shows; all times are
    divided by it.

    Raises:
        UsageError: a number cannot be used.
    """

    rate: Rate = "auto"
    fps: float | None = None
    mirrored: bool = False
    slow_motion: float = 1.0

    def __post_init__(self) -> None:
        if isinstance(self.rate, str):
            if self.rate not in ("auto", "all"):
                raise UsageError(f"the rate must be auto, all, or a number of frames a second, not {self.rate}")
        elif not 0 < self.rate <= MOST_FPS:
            raise UsageError(f"the rate must be above 0 and at most {MOST_FPS:g} frames a second, not {self.rate:g}")
        if self.fps is not None and not 0 < self.fps <= MOST_FPS:
            raise UsageError(f"the film must have above 0 and at most {MOST_FPS:g} frames a second, not {self.fps:g}")
        if not (1 <= self.slow_motion <= 100 and math.isfinite(self.slow_motion)):
            raise UsageError(f"slow motion is 1 to 100 times slower, not {self.slow_motion:g}")


def rate_of(text: str) -> Rate:
    """The rate that a word or a number on the command line means.

    Args:
        text: "auto", "all", or a number of frames a second.

    Raises:
        UsageError: it is none of these.
    """
    if text == "auto":
        return "auto"
    if text == "all":
        return "all"
    try:
        return float(text)
    except ValueError as error:
        raise UsageError(f"the rate must be auto, all, or a number of frames a second, not {text}") from error
