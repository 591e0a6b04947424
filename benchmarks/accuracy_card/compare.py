"""Truth and report of one clip → Result: the figures of that clip. No files, no model: tested on made-up reports."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks.accuracy_card.clips import Truth, TruthEvent, TruthFault, TruthFrame
from benchmarks.accuracy_card.judge import REASONS, FrameReport, Report, Shown
from posecheck.judging.leg_roles import reading_of
from posecheck.records import Repetition, Side

FIRST_S = 1.0  # of a hold: the cues of getting there may still be shown
LEAST_SHOWN_S = 0.2  # a cue that overlaps a hold by less is that of the movement after it
STILL_DEG, STILL_S = 2.0, 0.25  # angles are compared where the true one stays within this, before and after
INSTRUCTION_S = 3.0
NEUTRAL_S = 1.5  # of a knee-drop clip: the start, in which the knees are still

# what counts as having seen a fault: cues, or the reason of an effort that was not counted
ACCEPTED: dict[str, frozenset[str]] = {
    "front_foot_far": frozenset({"front_foot_too_far"}),
    "arms_low": frozenset({"arms_up"}),
    "hips_not_forward": frozenset({"hips_forward", "shin_upright"}),
    "leaning_back": frozenset({"lean_back"}),
    "leaning_forward": frozenset({"lean_forward"}),
    "hold_short": frozenset({"partial", "too_short"}),
    "hold_broken": frozenset({"partial", "too_short", "paused"}),
    "bend_wrong_side": frozenset({"wrong_side"}),
    "bend_small": frozenset({"bend_more"}),
    "drop_small": frozenset({"too_small"}),
    "drop_short": frozenset({"too_short", "partial"}),
    "one_side": frozenset({"one_side"}),
}
SEEN_AFTERWARDS = frozenset({"hold_short", "hold_broken", "drop_short", "drop_small"})  # no time to feedback

Value = Callable[[dict[str, float]], float | None]


@dataclass(frozen=True, slots=True)
class Pair:
    """A measured signal (by the name an exercise uses) and the true value of the same thing, in its unit."""

    signal: str
    true: Value


def _plain(key: str, scale: float = 1.0, offset: float = 0.0) -> Value:
    return lambda angles: angles[key] * scale + offset if key in angles else None


def _mean(one: str, other: str) -> Value:
    return lambda angles: (angles[one] + angles[other]) / 2 if one in angles else None


PAIRS: dict[str, tuple[Pair, ...]] = {
    "ninety_ninety": (
        Pair("front_knee_flexion", _plain("front_knee", -1.0, 180.0)),
        Pair("rear_knee_flexion", _plain("back_knee", -1.0, 180.0)),
        Pair("rear_thigh_inclination", _plain("rear_thigh_inclination")),
        Pair("front_shin_inclination", _plain("front_shin_inclination")),
        Pair("trunk_lean", _plain("trunk_lean")),
        Pair("arm_elevation", _mean("arm_front", "arm_back")),
    ),
    "side_bend": (Pair("bend_to_front", _plain("side_lean")),),
    "knee_drops": (
        Pair("knee_drop", _mean("shank_L", "shank_R")),
        Pair("knee_gap_ratio", _plain("knee_gap_ratio", 0.01)),
    ),
}
FROM_NEUTRAL = frozenset({"knee_drop", "knee_gap_ratio"})  # judged against the person's own neutral


@dataclass(frozen=True, slots=True)
class AngleError:
    """Measured minus true, of one signal in one frame; `near`: which leg was nearer ("" where it does not matter)."""

    signal: str
    error: float
    near: str


@dataclass(frozen=True, slots=True)
class FaultResult:
    """Whether a true fault was seen, after how many seconds (None: no time), and what was said instead."""

    fault: str
    seen: bool
    after_s: float | None
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one clip. Times in seconds; `judged_of`: (seconds not judged, seconds the posture was taken)."""

    exact: bool
    off_by: int
    hold_errors: tuple[tuple[float, float], ...]  # (held in truth, reported minus truth)
    lost: int  # counted holds of the truth without any repetition in the report
    wrong_side: int
    correct_s: float
    false_cues: tuple[Shown, ...]
    faults: tuple[FaultResult, ...]
    start_after_s: tuple[float, ...]
    judged_of: tuple[float, float]
    instruction_s: float | None
    wrong_verdicts: tuple[str, ...]
    angles: tuple[AngleError, ...]


def compare(truth: Truth, report: Report) -> Result:
    """Compare what happened with what was reported."""
    off = sum(_outside(report.counts.get(g, 0), span) for g, span in truth.counts_between.items())
    matched = match(truth.events, report.repetitions)
    correct = correct_spans(truth)
    false = tuple(s for s in report.shown if any(_overlap(s.start_s, s.end_s, *c) >= LEAST_SHOWN_S for c in correct))
    return Result(
        exact=off == 0,
        off_by=off,
        hold_errors=tuple((e.held_s, r.held_s - e.held_s) for e, r in matched),
        lost=sum(e.counted for e in truth.events) - sum(e.counted for e, _ in matched),
        wrong_side=sum(is_wrong_side(truth, r) for r in report.repetitions),
        correct_s=sum(end - start for start, end in correct),
        false_cues=false,
        faults=tuple(fault_result(fault, report) for fault in truth.faults),
        start_after_s=tuple(_start_delays(truth.events, report)),
        judged_of=_not_judged(truth, report),
        instruction_s=instruction_after(truth, report),
        wrong_verdicts=tuple(wrong_verdicts(truth, report, false)),
        angles=tuple(angle_errors(truth, report.frames)),
    )


def _outside(n: int, between: tuple[int, int]) -> int:
    return max(between[0] - n, n - between[1], 0)


def _overlap(a: float, b: float, c: float, d: float) -> float:
    return min(b, d) - max(a, c)


def match(events: tuple[TruthEvent, ...], repetitions: tuple[Repetition, ...]) -> list[tuple[TruthEvent, Repetition]]:
    """Pair each true hold or drop with the repetition of its group that overlaps it most."""
    pairs = []
    free = list(repetitions)
    for event in events:
        same = [r for r in free if r.group == event.group and r.held_s > 0]
        best = max(same, key=lambda r: _overlap(r.start_s, r.end_s, event.start_s, event.end_s), default=None)
        if best is not None and _overlap(best.start_s, best.end_s, event.start_s, event.end_s) > 0:
            pairs.append((event, best))
            free.remove(best)
    return pairs


def correct_spans(truth: Truth) -> list[tuple[float, float]]:
    """Seconds in which the hold or drop was right: true events without their first second and without other faults.

    A hold that is broken off or short was right while it lasted; the time away is cut out of the event.
    """
    kneeling = truth.exercise != "knee_drops"
    first_s = FIRST_S if kneeling else 0.5  # a drop lasts 2.5 s
    wrong = [(f.start_s - 1, f.end_s + 1) for f in truth.faults if f.fault not in SEEN_AFTERWARDS]
    found = []
    for event in truth.events:
        if any(_overlap(event.start_s, event.end_s, *span) > 0 for span in wrong):
            continue
        away = event.end_s - event.start_s - event.held_s
        if event.end_s - event.start_s > first_s and away < 0.5:
            found.append((event.start_s + first_s, event.end_s))
    return found


def is_wrong_side(truth: Truth, repetition: Repetition) -> bool:
    """Whether a repetition is named after another side or direction than the one that was worked."""
    if truth.exercise == "knee_drops":
        span = (repetition.start_s, repetition.end_s)
        overlapping = [e.group for e in truth.events if _overlap(e.start_s, e.end_s, *span) > 0]
        return bool(overlapping) and repetition.group not in overlapping
    inside = [f.rear for f in truth.frames if repetition.start_s <= f.t <= repetition.end_s and f.rear is not None]
    if not inside:
        return False
    return repetition.group != max(Side, key=inside.count).value


def fault_result(fault: TruthFault, report: Report) -> FaultResult:
    """Whether a fault was cued while it lasted, or the effort was refused for the right reason."""
    right = ACCEPTED.get(fault.fault, frozenset({fault.fault}))
    cues = [s for s in report.shown if _overlap(s.start_s, s.end_s, fault.start_s, fault.end_s + 0.5) >= 0]
    refused = [
        r
        for r in report.repetitions
        if not r.counted and _overlap(r.start_s, r.end_s, fault.start_s - 1.0, fault.end_s + 1.0) > 0
    ]
    paused = [t for t in report.paused if fault.start_s <= t <= fault.end_s + 1.0]
    said = [s.cue for s in cues] + [str(r.reason) for r in refused] + ["paused"] * bool(paused)
    times = [max(s.start_s - fault.start_s, 0.0) for s in cues if s.cue in right]
    after = min(times, default=None) if fault.fault not in SEEN_AFTERWARDS else None
    return FaultResult(fault.fault, any(word in right for word in said), after, tuple(dict.fromkeys(said)))


def _start_delays(events: tuple[TruthEvent, ...], report: Report) -> list[float]:
    """Seconds from the start of each true hold to the moment posecheck said that it runs."""
    delays = []
    for event in events:
        times = [t for group, t in report.started if group == event.group and event.start_s - 1 <= t <= event.end_s]
        if times:
            delays.append(max(min(times) - event.start_s, 0.0))
    return delays


def _not_judged(truth: Truth, report: Report) -> tuple[float, float]:
    """(Seconds without a verdict, seconds) of the time in which the posture was taken."""
    taken = _taken(truth)
    frames = [f for f in report.frames if taken(f.t)]
    if not frames:
        return (0.0, 0.0)
    unjudged = sum(not (f.judged and f.in_posture) for f in frames)
    return (unjudged / truth.fps, len(frames) / truth.fps)


def _taken(truth: Truth) -> Callable[[float], bool]:
    """Whether the exercise's posture was taken at a time: half-kneeling, or (drops) always."""
    if truth.exercise == "knee_drops":
        return lambda _: True
    times, rears = [f.t for f in truth.frames], [f.rear for f in truth.frames]
    return lambda t: rears[min(bisect_left(times, t - 0.5 / truth.fps), len(rears) - 1)] is not None


def instruction_after(truth: Truth, report: Report) -> float | None:
    """Seconds from taking the posture to the first shown reason for not judging; None when there was none."""
    start = next((f.t for f in truth.frames if truth.exercise == "knee_drops" or f.rear is not None), 0.0)
    times = [max(s.start_s - start, 0.0) for s in report.shown if s.cue in REASONS and s.end_s >= start]
    return min(times, default=None)


def wrong_verdicts(truth: Truth, report: Report, false_cues: tuple[Shown, ...]) -> list[str]:
    """Name what was said that is not true: counts too high, refusals for a wrong reason, cues for no fault, sides."""
    found = []
    for group, (_, most) in truth.counts_between.items():
        if report.counts.get(group, 0) > most:
            found.append(f"counted {report.counts[group]} {group}, at most {most} happened")
    real = {word for f in truth.faults for word in ACCEPTED.get(f.fault, ())}
    for repetition in report.repetitions:
        if is_wrong_side(truth, repetition):
            found.append(f"{repetition.start_s:.0f} s: {repetition.group} is the wrong side")
        elif not repetition.counted and repetition.reason not in real | {"extra"}:
            found.append(f"{repetition.start_s:.0f} s: {repetition.group} refused as {repetition.reason}")
    found += [f"{s.start_s:.0f} s: cue {s.cue}" for s in false_cues if s.cue not in REASONS]
    return found


# ---- angles


def angle_errors(truth: Truth, frames: tuple[FrameReport, ...]) -> list[AngleError]:
    """Measured minus true of each judged signal, in judged frames in which the true value stands still."""
    found: list[AngleError] = []
    reach = max(round(STILL_S * truth.fps), 1)
    kneeling = truth.exercise != "knee_drops"
    for pair in PAIRS[truth.exercise]:
        true = [pair.true(f.angles) if f.rear or not kneeling else None for f in truth.frames]
        measured = [_measured(pair.signal, frame, at) for frame, at in _aligned(truth, frames)]
        shift_true = shift = 0.0
        if pair.signal in FROM_NEUTRAL:
            start = [(a, b) for f, a, b in zip(truth.frames, true, measured, strict=False) if f.t < NEUTRAL_S]
            early = [(a, b) for a, b in start if a is not None and b is not None]
            if not early:
                continue
            shift_true, shift = median(a for a, _ in early), median(b for _, b in early)
        most = STILL_DEG / 100 if "ratio" in pair.signal else STILL_DEG
        for i, (a, b) in enumerate(zip(true, measured, strict=False)):
            window = true[max(i - reach, 0) : i + reach + 1]
            if a is None or b is None or not is_still(window, most):
                continue
            near = "" if truth.near is None else _near(truth.frames[i].rear, truth.near)
            found.append(AngleError(pair.signal, (b - shift) - (a - shift_true), near))
    return found


def is_still(window: list[float | None], most: float) -> bool:
    """Whether the known values of a window differ by no more than `most`."""
    values = [v for v in window if v is not None]
    return max(values) - min(values) <= most


def _aligned(truth: Truth, frames: tuple[FrameReport, ...]) -> list[tuple[FrameReport | None, TruthFrame]]:
    """Each true frame with the report of the frame at its time, or None."""
    by_index = {round(f.t * truth.fps): f for f in frames}
    return [(by_index.get(round(f.t * truth.fps)), f) for f in truth.frames]


def _measured(signal: str, frame: FrameReport | None, at: TruthFrame) -> float | None:
    if frame is None or not frame.judged or not frame.in_posture:
        return None
    reading = reading_of(frame.measurement, signal, "image", at.rear.other if at.rear is not None else None)
    return None if reading is None else reading.value


def _near(rear: Side | None, near: Side) -> str:
    return "" if rear is None else "kneeling leg nearer" if near is rear else "front leg nearer"
