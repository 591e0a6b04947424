"""Which frames of a film are wanted: about 15 a second are enough to judge by.

Counts are those of all frames, held times nearly so; docs/recordings.md has the figures. A frame is chosen by its time
alone, so the pieces of a long film, and a second reading of it, choose the same ones.
"""

from __future__ import annotations

import math

from posecheck.capture.film_options import Rate

AUTO_FPS = 15.0  # twice what the slow exercises need; the samples were filmed at it
SLOW_FPS = 20.0  # films up to here keep all frames: every second one would be too few


def chosen_rate(rate: Rate, fps: float) -> float | None:
    """Frames a second that are wanted of a film.

    Args:
        rate: a number, "all", or "auto": every second frame of 30 a second, every fourth of 60, all of slow films.
        fps: frames a second of the film.

    Returns:
        None for all of them.
    """
    if rate == "all":
        return None
    if rate == "auto":
        return None if fps <= SLOW_FPS else fps / max(1, round(fps / AUTO_FPS))
    return None if rate >= fps else float(rate)


class Pace:
    """Chooses frames by their times: the first one, and then the first of each period of 1 / `rate` seconds.

    Args:
        rate: frames a second that are wanted; None for all.
        fps: frames a second that come. The periods begin half a frame before those at even times, so that stamps that
            were rounded, or tremble, do not change the choice.
    """

    def __init__(self, rate: float | None, fps: float) -> None:
        self._rate = rate
        self._phase = 0.0 if rate is None else 0.5 * rate / fps
        self._place: int | None = None

    def wants(self, t: float) -> bool:
        """Whether the frame at `t` seconds is wanted; to be asked for each frame, in order."""
        if self._rate is None:
            return True
        before, self._place = self._place, math.floor(t * self._rate + self._phase)
        return self._place != before
