"""From a plan to the pose at a time: smooth movements, small sway, and which leg is the rear one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .body import Side
from .free import Free
from .plan import ANGLES, DropRep, KeyPose, KneelRep, Plan
from .pose import Drop, Kneel

GO_IN_S, GO_OUT_S = 6.0, 4.4  # of a kneeling repetition, before and after its hold
ARM_REST_DEG, TILT_DEG, FRONT_M = 8.0, 2.0, 0.03
Keys = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Span:
    """A repetition's time: from its first movement to its last, and its hold."""

    start_s: float
    hold_s: tuple[float, float]
    end_s: float


@dataclass(frozen=True, slots=True)
class Moment:
    """What the subject does at one time; `rear` is set while half-kneeling."""

    pose: Kneel | Drop | Free
    rear: Side | None


def between(t: float, keys: Keys) -> float:
    """Return the value at t: minimum-jerk movement between (time, value) keys, still before and after them."""
    times = [k[0] for k in keys]
    if t <= times[0]:
        return keys[0][1]
    if t >= times[-1]:
        return keys[-1][1]
    i = int(np.searchsorted(times, t, side="right")) - 1
    u = (t - times[i]) / (times[i + 1] - times[i])
    return keys[i][1] + (keys[i + 1][1] - keys[i][1]) * u**3 * (10 - 15 * u + 6 * u * u)


class Sway:
    """Slow trembling about a value, different for each seed."""

    def __init__(self, amplitude: float, seed: int) -> None:
        """Draw the phases of three slow waves."""
        self._amplitude = amplitude
        self._phases = np.random.RandomState(seed).rand(3) * 6.28  # this generator's stream is frozen for good

    def __call__(self, t: float) -> float:
        """Return the deviation at t."""
        waves = zip((0.23, 0.41, 0.9), self._phases, (0.5, 0.35, 0.15), strict=True)
        return self._amplitude * float(sum(np.sin(2 * np.pi * f * t + p) * w for f, p, w in waves))


class KneelTimeline:
    """Half-kneeling holds, one after the other."""

    def __init__(self, plan: Plan, thigh_m: float) -> None:
        """Lay the plan's repetitions out in time for a body with this length of thigh."""
        self._thigh_m, self._bends = thigh_m, plan.bends
        self._reps: list[KneelRep] = [rep for rep in plan.reps if isinstance(rep, KneelRep)]
        seed = plan.seed * 7
        self._sways = [Sway(a, i + 1 + seed) for i, a in enumerate((0.005, 2.2, 1.1, 1.4))]
        self.spans: list[Span] = []
        t = 1.5 if plan.lead is None else plan.lead
        for rep in self._reps:
            course = GO_IN_S + rep.hold + GO_OUT_S
            self.spans.append(Span(t, (t + GO_IN_S, t + GO_IN_S + rep.hold), t + course))
            t += course + rep.rest
        self.duration_s = t + (1.0 if plan.tail is None else plan.tail)

    def at(self, t: float) -> Moment:
        """Return the pose at a time."""
        shift, arm, lean, tilt = (sway(t) for sway in self._sways)
        pose = Kneel(0.0, 0.0, shift, ARM_REST_DEG + arm, lean, self._thigh_m + FRONT_M, TILT_DEG + tilt)
        for rep, span in zip(self._reps, self.spans, strict=True):
            if span.start_s <= t < span.end_s:
                return self._within(rep, t - span.start_s, shift, arm, lean, tilt)
        return Moment(pose, None)

    def _within(self, rep: KneelRep, u: float, shift: float, arm: float, lean: float, tilt: float) -> Moment:
        """Return the pose `u` seconds into a repetition; the last four are the sway."""
        end = GO_IN_S + rep.hold
        bend = (26.0 if self._bends else 0.0) if rep.lean is None else rep.lean
        step = between(u, [(0, 0), (1.8, 1), (end + 2.6, 1), (end + 4.2, 0)])
        up = between(u, [(2.2, ARM_REST_DEG), (4.2, rep.arm), (end + 0.2, rep.arm), (end + 1.8, ARM_REST_DEG)])
        forward = between(u, [(4.2, 0), (5.8, rep.shift), (end + 0.2, rep.shift), (end + 1.6, 0)])
        sideways = between(u, [(4.6, 0), (6.0, bend), (end, bend), (end + 1.4, 0)])
        pitch = between(u, [(4, 0), (6, rep.tilt), (end, rep.tilt), (end + 1, 0)])
        if rep.pause is not None:
            start, stop = GO_IN_S + rep.pause[0], GO_IN_S + sum(rep.pause)
            away = between(u, [(start - 0.5, 0), (start, 1), (stop, 1), (stop + 0.5, 0)])
            up, forward, sideways = up * (1 - away) + 20 * away, forward * (1 - away), sideways * (1 - away)
        left_front = rep.side == "R"
        pose = Kneel(
            left=step if left_front else 0.0,
            right=0.0 if left_front else step,
            shift_m=forward + shift,
            arm_deg=up + arm,
            lean_deg=(sideways if left_front else -sideways) + lean,
            front_m=self._thigh_m + FRONT_M + rep.front,
            tilt_deg=TILT_DEG + pitch + tilt,
        )
        return Moment(pose, rep.side if 1.8 <= u < end + 2.6 else None)


class DropTimeline:
    """Knee drops, one after the other."""

    def __init__(self, plan: Plan) -> None:
        """Lay the plan's repetitions out in time."""
        self._plan = plan
        self._sways = [Sway(1.2, i + plan.seed * 7) for i in (1, 2)]
        self.spans: list[Span] = []
        t = 2.0 if plan.lead is None else plan.lead
        self._left: list[tuple[float, float]] = [(0.0, 0.0), (t, 0.0)]
        self._right = list(self._left)
        for rep in plan.reps:
            if not isinstance(rep, DropRep):
                continue
            held, end = (t + rep.move, t + rep.move + rep.hold), t + 2 * rep.move + rep.hold - 0.2
            self.spans.append(Span(t, held, end))
            t = end + rep.rest
            for keys, value in zip((self._left, self._right), swivels(rep), strict=True):
                keys += [(held[0], value), (held[1], value), (end, 0.0), (t, 0.0)]
        self.duration_s = t + (1.5 if plan.tail is None else plan.tail)

    def at(self, t: float) -> Moment:
        """Return the pose at a time."""
        left = between(t, self._left) + self._sways[0](t)
        right = between(t, self._right) * self._plan.asym + self._sways[1](t)
        return Moment(Drop(left, right, self._plan.feet, self._plan.knee), None)


def swivels(rep: DropRep) -> tuple[float, float]:
    """Return the left and the right knee's swivel at the lowest point, + = inwards."""
    usual = {"in": 27.0, "out": 36.0}.get(rep.direction, 25.0)
    amount = usual if rep.amount is None else rep.amount
    signs = {"in": (1, 1), "out": (-1, -1), "right": (1, -1), "left": (-1, 1)}[rep.direction]
    return signs[0] * amount, signs[1] * amount


class FreeTimeline:
    """A motion from pose to pose."""

    def __init__(self, plan: Plan) -> None:
        """Lay the plan's poses out in time."""
        self.spans: list[Span] = []
        self._keys: dict[str, list[tuple[float, float]]] = {name: [] for name in ANGLES}
        self._sways = {name: Sway(0.8, i + plan.seed * 7) for i, name in enumerate(ANGLES) if "heel" not in name}
        t = 0.0
        for rep in plan.reps:
            if not isinstance(rep, KeyPose):
                continue
            t += rep.move if self.spans else 0.0
            self.spans.append(Span(t, (t, t + rep.stay), t + rep.stay))
            for name, keys in self._keys.items():
                keys += [(t, rep.angles.get(name, 0.0)), (t + rep.stay, rep.angles.get(name, 0.0))]
            t += rep.stay
        self.duration_s = t

    def at(self, t: float) -> Moment:
        """Return the pose at a time."""
        angles = {name: between(t, keys) for name, keys in self._keys.items()}
        for name, sway in self._sways.items():
            angles[name] += sway(t)
        return Moment(Free(**angles), None)


Timeline = KneelTimeline | DropTimeline | FreeTimeline


def timeline(plan: Plan, thigh_m: float) -> Timeline:
    """Return the plan's course in time."""
    if plan.free:
        return FreeTimeline(plan)
    return DropTimeline(plan) if plan.drops else KneelTimeline(plan, thigh_m)
