"""The person's own zero of each signal that is judged relative to one."""

from __future__ import annotations

from collections import deque
from statistics import median

from posecheck.exercises.format import Baseline, Exercise
from posecheck.judging.check import reading_of
from posecheck.records import Context, Measurement
from posecheck.records.time_tolerance import SAME_TIME_S


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

    def update(self, measurement: Measurement, context: Context, effort: bool) -> None:
        """Take note of a frame in which the starting position is kept.

        Args:
            measurement: the readings of the frame.
            context: its front leg chooses the signals of that leg.
            effort: whether the person may be moving already; then a known zero must not move.
        """
        for base in self._exercise.baselines:
            reading = reading_of(measurement, base.signal, base.plane, context.front)
            if reading is not None:
                self._feed_one(base, measurement.t, reading.value, effort)

    def pause(self) -> None:
        """The starting position was left: the readings so far do not join with later ones."""
        self._windows.clear()

    def _feed_one(self, base: Baseline, t: float, value: float, effort: bool) -> None:
        key = (base.signal, base.plane)
        window = self._windows.setdefault(key, deque())
        if not base.within[0] <= value <= base.within[1]:
            window.clear()
            return
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
