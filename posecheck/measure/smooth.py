"""Measurement → Measurement: steadier signals, one filter for each signal.

One Euro filter (Casiez, Roussel, Vogel 2012, "1€ filter", CHI): a low pass whose cut-off rises with speed, so that
a still body reads steady and a moving one is not late. Jumps that no body makes are left out for a moment, and after
a gap the filters start afresh. The picture jitters less than one degree after it; its delay is about 0.1 s.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from math import atan2, cos, degrees, pi, radians, sin

from posecheck.measure.signals import is_ratio
from posecheck.records import Doubt, Measurement, Reading, Signal, View

TURN = 2.0 * pi
RATIO_SCALE = 100.0  # a ratio is filtered in hundredths, which move about as fast as degrees do


@dataclass(frozen=True, slots=True)
class Smoothing:
    """Settings of the filters: frequencies in Hz, speeds in degrees a second, times in seconds."""

    min_cutoff_hz: float = 1.0
    beta: float = 0.05
    d_cutoff_hz: float = 1.0
    max_speed: float = 400.0
    hold_s: float = 0.3
    gap_s: float = 0.5
    view_s: float = 1.0
    size_s: float = 10.0  # a guess: nobody folds up for longer


class _OneEuro:
    __slots__ = ("at", "scale", "speed", "value", "wraps")

    def __init__(self, value: float, at: float, signal: Signal) -> None:
        self.value, self.at, self.speed = value, at, 0.0
        self.wraps = not is_ratio(signal)
        self.scale = 1.0 if self.wraps else RATIO_SCALE

    def update(self, raw: float, t: float, how: Smoothing) -> float:
        """Take a value, and return the smoothed one.

        Args:
            raw: the value as it was measured, in degrees or as a ratio.
            t: its time in seconds; one that does not rise changes nothing.
            how: the settings of the filter.
        """
        dt, value = t - self.at, self.value
        if dt <= 0:
            return value
        change = raw - value
        if self.wraps and not -180.0 <= change < 180.0:
            change = (change + 180.0) % 360.0 - 180.0
        if dt > how.gap_s:
            return self._restart(raw, t)
        scaled = change * self.scale
        if abs(scaled) > how.max_speed * dt + 20.0:
            # a jump is left out, unless it stays
            return value if dt < how.hold_s else self._restart(raw, t)
        rate, speed = TURN * how.d_cutoff_hz * dt, self.speed
        self.speed = speed = speed + rate / (rate + 1.0) * (scaled / dt - speed)
        rate = TURN * (how.min_cutoff_hz + how.beta * abs(speed)) * dt
        value += rate / (rate + 1.0) * change
        if self.wraps and not -180.0 <= value < 180.0:
            value = (value + 180.0) % 360.0 - 180.0
        self.value, self.at = value, t
        return value

    def _restart(self, raw: float, t: float) -> float:
        self.value, self.at, self.speed = raw, t, 0.0
        return raw


class Smoother:
    """Smooths the measurements of one source; give them in order of time."""

    def __init__(self, how: Smoothing | None = None) -> None:
        self._how = how or Smoothing()
        self._image: dict[Signal, _OneEuro] = {}
        self._world: dict[Signal, _OneEuro] = {}
        self._views: deque[tuple[float, float, float, float]] = (
            deque()
        )  # t, sine and cosine of the yaw, lateral_orientation

        self._sizes: deque[tuple[float, float]] = deque()  # of the last seconds: t, size

    def update(self, measurement: Measurement) -> Measurement:
        """The same measurement with smoothed signals and view; one without a view passes unchanged."""
        if measurement.view is None:
            return measurement
        t = measurement.t
        return Measurement(  # not by `replace`, which takes longer than all that is replaced
            t,
            self._view(measurement.view, t),
            measurement.posture,
            measurement.front,
            self._signals(self._image, measurement.image, t),
            self._signals(self._world, measurement.world, t),
            measurement.lacks,
        )

    def _signals(
        self, filters: dict[Signal, _OneEuro], raw: Mapping[Signal, Reading], t: float
    ) -> dict[Signal, Reading]:
        smoothed, how = {}, self._how
        for signal, reading in raw.items():
            known = filters.get(signal)
            if reading.confidence <= 0.0:
                smoothed[signal] = reading  # known to be wrong: the filter waits
            elif known is None:
                filters[signal] = _OneEuro(reading.value, t, signal)
                smoothed[signal] = reading
            else:
                smoothed[signal] = Reading(known.update(reading.value, t, how), reading.confidence)
        return smoothed

    def _view(self, view: View, t: float) -> View:
        """Yaw, as a direction, and lateral orientation averaged over the last second; an unsteady yaw is less sure.

        The size is the largest of the last seconds: a body that folds up has not gone further away.
        """
        views = self._views
        yaw = radians(view.yaw_deg)
        views.append((t, sin(yaw), cos(yaw), view.lateral_orientation))
        while views[0][0] < t - self._how.view_s:
            views.popleft()
        n = len(views)
        _, sines, cosines, lateral_orientation = zip(*views, strict=True)
        y, x = sum(sines) / n, sum(cosines) / n
        self._sizes.append((t, view.body_size_fraction))
        while self._sizes[0][0] < t - self._how.size_s:
            self._sizes.popleft()
        steady = (x * x + y * y) ** 2  # 1 when it keeps still, 0.5 when it jumps about by 30 degrees
        return View(
            degrees(atan2(y, x)),
            view.facing,
            max(size for _, size in self._sizes),
            view.trunk_to_shoulder_ratio,
            view.cut,
            sum(lateral_orientation) / n,
            view.headroom,
            min(view.confidence, steady),
            view.doubt if view.confidence <= steady else Doubt.VIEW,
        )
