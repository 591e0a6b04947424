"""Waiting on a machine of any speed: for what has to happen, never for a time; and a clock that a test sets by hand."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Condition
from typing import AnyStr, TypeVar

from posecheck.capture.clock import Clock

T = TypeVar("T")

# Not a measure of speed: what has not happened by then never will. Less than the time limit of a test (pyproject.toml),
# so that the message says what was waited for.
PATIENCE_S = 300.0
LOOK_S = 0.005


def until(reached: Callable[[], T | None], what: str = "it") -> T:
    """Wait until something is true; returns it."""
    end = time.monotonic() + PATIENCE_S
    while not (found := reached()):
        assert time.monotonic() < end, f"{what} did not come true"
        time.sleep(LOOK_S)
    return found


@contextmanager
def ending(process: subprocess.Popen[AnyStr]) -> Iterator[subprocess.Popen[AnyStr]]:
    """A child process that is ended with the block, also when the block raises."""
    with process:
        try:
            yield process
        finally:
            process.kill()


class HandClock(Clock):
    """A clock that stands still until it is set.

    `asking` is the time up to which somebody waits in `next_of`; None when nobody does.
    """

    def __init__(self) -> None:
        self.t = 0.0
        self.asking: float | None = None
        self._ends: list[float] = []

    @property
    def next_t(self) -> float | None:
        """The first time up to which somebody waits in `wait_for`; None when nobody does."""
        return min(list(self._ends), default=None)

    def move_on(self) -> None:
        """Set the clock to `next_t`."""
        self.t = max(self.t, self.next_t or 0.0)

    def now(self) -> float:
        return self.t

    def wait_for(self, changed: Condition, reached: Callable[[], object], limit_s: float) -> None:
        end = self.t + limit_s
        self._ends.append(end)
        try:
            while not reached() and self.t < end:
                changed.wait(LOOK_S)
        finally:
            self._ends.remove(end)

    def next_of(self, queue: SimpleQueue[T], limit_s: float) -> T | None:
        self.asking = self.t + limit_s
        try:
            while True:
                try:
                    return queue.get(timeout=LOOK_S)
                except Empty:
                    if self.t >= self.asking:
                        return None
        finally:
            self.asking = None
