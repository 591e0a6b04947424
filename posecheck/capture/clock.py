"""The clock of a live set: everything there that waits for a time asks it, so that a test can set the time by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Condition
from typing import TypeVar

T = TypeVar("T")


class Clock:
    """The computer's own clock."""

    def now(self) -> float:
        """Seconds since some moment; they only rise."""
        return time.perf_counter()

    def wait_for(self, changed: Condition, reached: Callable[[], object], limit_s: float) -> None:
        """Wait until something has come about, or until time is up.

        Args:
            changed: is notified whenever it may have come about. Its lock must be held; it is let go of meanwhile.
            reached: tells whether it has.
            limit_s: how long to wait at most, in seconds.
        """
        changed.wait_for(reached, limit_s)

    def next_of(self, queue: SimpleQueue[T], limit_s: float) -> T | None:
        """The next item of a queue; None when none comes in time.

        Args:
            queue: the queue.
            limit_s: how long to wait at most, in seconds.
        """
        try:
            return queue.get(timeout=limit_s)
        except Empty:
            return None


SYSTEM = Clock()
