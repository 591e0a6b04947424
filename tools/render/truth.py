"""What really happened in a clip: true angles of each frame, and what a strict observer who knows them would credit.

A hold asks for arms ≥ 145, the rear thigh ≥ 8 from vertical and the trunk within 20 of upright (side bend: a bend ≥ 10
towards the front leg's side), front knee 55 to 110 included; a drop for a knee-gap ratio ≤ 0.65 (in) or ≥ 1.35 (out) of
its neutral. A hold counts from 18 s, a drop from 1.5 s. A hold that is left for at most 3 s while still half-kneeling
goes on; the time away is not held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from .angles import Angles
from .body import Side
from .plan import DropRep, KneelRep, Plan, to_json
from .timeline import Span

ARMS_DEG, THIGH_DEG, TRUNK_DEG, BEND_DEG, FRONT_KNEE_DEG = 145.0, 8.0, 20.0, 10.0, (55.0, 110.0)
DROP_IN, DROP_OUT, NEUTRAL_S = 0.65, 1.35, 1.5
HOLD_COUNTS_S, DROP_COUNTS_S = 18.0, 1.5
HOLD_GAP_S, DROP_GAP_S = 3.0, 0.3
HOLD_UNSURE_S, DROP_UNSURE_S = 0.8, 0.3  # nearer than this to a limit, either verdict is fair
TARGET = {"hold": 2, "drop": 5}  # of each group for a complete session
GROUPS: dict[Side, str] = {"L": "left", "R": "right"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One frame: its time, the rear leg while half-kneeling, the true angles."""

    t: float
    rear: Side | None
    angles: Angles


@dataclass(frozen=True, slots=True)
class Event:
    """A hold or a drop that happened."""

    group: str
    start_s: float
    end_s: float
    held_s: float
    counted: bool
    unsure: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a coach would correct, for the hold of one repetition (0 = the plan's first)."""

    rep: int
    group: str
    fault: str
    start_s: float
    end_s: float


def events(plan: Plan, samples: Sequence[Sample], fps: float) -> list[Event]:
    """Return all holds or drops, also those too short to count."""
    states = _drop_states(samples, fps) if plan.drops else [_hold_state(plan, s) for s in samples]
    gap = DROP_GAP_S if plan.drops else HOLD_GAP_S
    counts, doubt = (DROP_COUNTS_S, DROP_UNSURE_S) if plan.drops else (HOLD_COUNTS_S, HOLD_UNSURE_S)
    found: list[tuple[str, float, float, float, bool]] = []
    for state, run in groupby(range(len(states)), key=lambda i: states[i]):
        if state is None:
            continue
        frames = list(run)
        start, end = frames[0] / fps, (frames[-1] + 1) / fps
        if found and found[-1][0] == state:
            _, first, last, held, near = found[-1]
            away = start - last
            if away <= gap and _same_position(samples, round(last * fps), frames[0]):
                near = near or (not plan.drops and away > gap - 1.0)
                found[-1] = (state, first, end, held + end - start, near)
                continue
        found.append((state, start, end, end - start, False))
    return [
        Event(group, round(start, 4), round(end, 4), round(held, 2), held >= counts, near or abs(held - counts) < doubt)
        for group, start, end, held, near in found
    ]


def _same_position(samples: Sequence[Sample], start: int, end: int) -> bool:
    """Whether the rear leg stays the same from one frame to another."""
    return len({sample.rear for sample in samples[start : end + 1]}) == 1


def _hold_state(plan: Plan, sample: Sample) -> str | None:
    """Return the group whose hold a frame belongs to."""
    if sample.rear is None:
        return None
    a = sample.angles
    knee = FRONT_KNEE_DEG[0] <= a["front_knee"] <= FRONT_KNEE_DEG[1]
    if plan.bends:
        ok = a["side_lean"] >= BEND_DEG
    else:
        upright = abs(a["trunk_lean"]) <= TRUNK_DEG
        ok = upright and min(a["arm_front"], a["arm_back"]) >= ARMS_DEG and a["rear_thigh_inclination"] >= THIGH_DEG
    return GROUPS[sample.rear] if ok and knee else None


def _drop_states(samples: Sequence[Sample], fps: float) -> list[str | None]:
    """Return which drop each frame belongs to, by its knee gap relative to that of the first seconds."""
    gaps = np.array([sample.angles["knee_gap_ratio"] for sample in samples])
    relative = gaps / np.median(gaps[: max(int(NEUTRAL_S * fps), 1)])
    return ["in" if r <= DROP_IN else "out" if r >= DROP_OUT else None for r in relative]


def faults(plan: Plan, samples: Sequence[Sample], spans: Sequence[Span], found: Sequence[Event]) -> list[Fault]:
    """Return what was wrong in each repetition, by the median of its true angles during the hold."""
    result = []
    for i, (rep, span) in enumerate(zip(plan.reps, spans, strict=True)):
        start, end = span.hold_s
        inside = [s.angles for s in samples if start <= s.t <= end] or [_nearest(samples, start)]
        middle = {key: float(np.median([a[key] for a in inside])) for key in inside[0]}
        held = [e for e in found if e.start_s < end and e.end_s > start]
        if isinstance(rep, DropRep):
            group, names = str(rep.direction), _drop_faults(rep, held)
        elif isinstance(rep, KneelRep):
            group, names = GROUPS[rep.side], _hold_faults(plan, rep, middle, held)
        else:
            continue  # nobody knows what is wrong in a free motion
        result += [Fault(i, group, name, round(start, 3), round(end, 3)) for name in names]
    return result


def _nearest(samples: Sequence[Sample], t: float) -> Angles:
    return min(samples, key=lambda s: abs(s.t - t)).angles


def _drop_faults(rep: DropRep, held: Sequence[Event]) -> list[str]:
    if rep.direction in ("left", "right"):
        return ["one_side"]
    if not held:
        return ["drop_small"]
    return [] if any(e.counted for e in held) else ["drop_short"]


def _hold_faults(plan: Plan, rep: KneelRep, angles: Angles, held: Sequence[Event]) -> list[str]:
    names = []
    if rep.pause is not None:
        names.append("hold_broken")
    if angles["front_knee"] > FRONT_KNEE_DEG[1]:
        names.append("front_foot_far")
    if plan.bends:
        if angles["side_lean"] <= -BEND_DEG:
            names.append("bend_wrong_side")
        elif angles["side_lean"] < BEND_DEG:
            names.append("bend_small")
    else:
        if min(angles["arm_front"], angles["arm_back"]) < ARMS_DEG:
            names.append("arms_low")
        if angles["rear_thigh_inclination"] < THIGH_DEG:
            names.append("hips_not_forward")
        if abs(angles["trunk_lean"]) > 15:
            names.append("leaning_back" if angles["trunk_lean"] < 0 else "leaning_forward")
    if not names and held and rep.pause is None and not any(e.counted for e in held):  # short, and nothing else
        names.append("hold_short")
    return names


def document(plan: Plan, samples: Sequence[Sample], spans: Sequence[Span]) -> dict[str, Any]:
    """Return the truth file's content; a free motion has its true angles, but nobody knows what it should count."""
    if plan.free:
        return {
            "exercise": plan.exercise,
            "plan": to_json(plan),
            "fps": plan.fps,
            "frames": len(samples),
            "per_frame": _per_frame(samples),
        }
    found = events(plan, samples, plan.fps)
    groups = ("in", "out") if plan.drops else ("left", "right")
    per_group = {g: [e for e in found if e.group == g] for g in groups}
    counts = {g: sum(e.counted for e in own) for g, own in per_group.items()}
    target = TARGET["drop" if plan.drops else "hold"]
    return {
        "exercise": "side_bend" if plan.bends else plan.exercise,
        "plan": to_json(plan),
        "fps": plan.fps,
        "frames": len(samples),
        "counts": counts,
        "counts_between": {
            g: [sum(e.counted and not e.unsure for e in own), sum(e.counted or e.unsure for e in own)]
            for g, own in per_group.items()
        },
        "events": [
            {"group": e.group, "start_s": e.start_s, "end_s": e.end_s, "held_s": e.held_s, "counted": e.counted}
            for e in found
        ],
        "complete": all(n >= target for n in counts.values()),
        "faults": [
            {"rep": f.rep, "group": f.group, "fault": f.fault, "start_s": f.start_s, "end_s": f.end_s}
            for f in faults(plan, samples, spans, found)
        ],
        "per_frame": _per_frame(samples),
    }


def _per_frame(samples: Sequence[Sample]) -> list[dict[str, Any]]:
    return [
        {"t": round(s.t, 4), "rear": s.rear, "angles": {k: round(v, 1) for k, v in s.angles.items()}} for s in samples
    ]
