"""How much work something is: told so that neither the speed of the machine nor what else runs on it matters."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median


def effort(act: Callable[[], object], rounds: int = 9) -> float:
    """The processor time of `act`, in units of a fixed piece of work of about a millisecond.

    Both are measured in turns, so that a busy machine slows both; the middle of `rounds` is told.
    """
    act()  # what is loaded once
    return median(_seconds(act) / _seconds(_unit) for _ in range(rounds))


def _seconds(act: Callable[[], object]) -> float:
    begin = time.thread_time()
    act()
    return time.thread_time() - begin


def _unit() -> int:
    return sum(number * number for number in range(16_000))
