"""The person's own zero of each signal that is judged relative to one."""

from __future__ import annotations

from collections import deque
from statistics import median

from posecheck.exercises.format import Baseline, Exercise
from posecheck.judging.limits import asked_by_baseline
from posecheck.records import Check
from posecheck.records.times import SAME_TIME_S


class Baselines:
    """The person's zero of each signal that an exercise takes relative to one."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._windows: dict[tuple[str, str], deque[tuple[float, float]]] = {}
        self.values: dict[tuple[str, str], float] = {}

    @property
    def complete(self) -> bool:
        return len(self.values) == len(self._exercise.baselines)

    def clear(self) -> None:
        self._windows.clear()
        self.values = {}

    def update(self, check: Check, effort: bool) -> None:
        """Take note of a frame in which the starting position is kept.

        Args:
            check: the verdict on the frame, with its values.
            effort: whether the person may be moving already; then a known zero must not move.
        """
        for base in self._exercise.baselines:
            asked = asked_by_baseline(base)
            value = asked.value(check.values)
            if value is None:
                continue
            if asked.holds(check.values):
                self._take(base, check.t, value, effort)
            else:
                self._windows.pop((base.signal, base.plane), None)

    def pause(self) -> None:
        """The starting position was left: the readings so far do not join with later ones."""
        self._windows.clear()

    def _take(self, base: Baseline, t: float, value: float, effort: bool) -> None:
        key = (base.signal, base.plane)
        window = self._windows.setdefault(key, deque())
        window.append((t, value))
        # a little slack: stamps of 0.1 s steps add up to a hair less than they should
        span = self._exercise.timing.setup_s - SAME_TIME_S
        while len(window) > 1 and window[1][0] <= t - span:
            window.popleft()
        values = [v for _, v in window]
        if t - window[0][0] < span or max(values) - min(values) > base.spread:
            return
        middle = min(max(median(values), base.keep[0]), base.keep[1])
        known = self.values.get(key)
        if known is None or (base.take == "latest" and not effort) or (base.take == "lowest" and middle < known):
            self.values = {**self.values, key: middle}
