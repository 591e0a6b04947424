"""What was said and the verdict → how often posecheck was right. Pure: no camera, no clock.

A person needs time: "now" is a word and then a movement, "stop" is a word and then a movement back. So a hold begins
between "now" and START_S after the word, and ends between "stop" and END_S after the word. Any held time that fits is
right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from posecheck.records import CueSpan, Repetition, Summary
from posecheck.validation.script import Fault, Hold, Said, spans

# Guesses: answering a word takes 0.2 to 0.5 s (simple reaction to sound), the way into a stretch up to 3 s, back 1.5 s.
START_S, END_S = 3.5, 2.0
LATE_S = 3.0  # a guess: a cue for a fault may come so long after the words that ended it


@dataclass(frozen=True, slots=True)
class HoldResult:
    """One thing that the person was told to do, and what was made of it.

    `right`: counted as it had to be (None: either way is right). `held_s` is None when nothing counted; `told_s` is the
    time from "now" to "stop", and `least_s` to `most_s` what may have been held, in seconds.
    """

    group: str
    what: str
    at_s: float
    counts: bool | None
    counted: int
    wrong_side: int
    held_s: float | None
    told_s: float
    least_s: float
    most_s: float

    @property
    def right(self) -> bool | None:
        if self.counts is None:
            return None if not self.wrong_side else False
        return self.counted == int(self.counts) and not self.wrong_side

    @property
    def held_right(self) -> bool | None:
        """Whether the held time can be true; None where none had to count, or nothing did."""
        if not self.counts or self.held_s is None:
            return None
        return self.least_s <= self.held_s <= self.most_s


@dataclass(frozen=True, slots=True)
class FaultResult:
    """A fault on purpose, and by which cue or reason it was seen; None: not seen."""

    what: str
    at_s: float
    seen: str | None


@dataclass(frozen=True, slots=True)
class Validated:
    """How often posecheck was right for one person, camera and room.

    `elsewhere` counts repetitions that were counted while nothing was to be done. `false_cues` are cues shown in
    `right_s` seconds of right holding. `judged_s` of `asked_s` seconds of holding could be judged, else for `reasons`.
    """

    exercise: str
    holds: tuple[HoldResult, ...]
    faults: tuple[FaultResult, ...]
    elsewhere: int
    false_cues: tuple[str, ...]
    right_s: float
    judged_s: float
    asked_s: float
    reasons: tuple[str, ...]

    @property
    def counts(self) -> tuple[int, int]:
        """(counted rightly, to be told)."""
        told = [hold.right for hold in self.holds if hold.right is not None]
        return sum(told), len(told)

    @property
    def held(self) -> tuple[int, int]:
        """(held times that can be true, held times)."""
        told = [hold.held_right for hold in self.holds if hold.held_right is not None]
        return sum(told), len(told)

    @property
    def seen(self) -> tuple[int, int]:
        """(faults that were seen, faults)."""
        return sum(fault.seen is not None for fault in self.faults), len(self.faults)

    @property
    def exact(self) -> bool:
        """Whether all counts were right, and nothing else was counted."""
        right, of = self.counts
        return right == of and not self.elsewhere


def score(said: Sequence[Said], summary: Summary) -> Validated:
    """Compare a verdict with what the person was told to do.

    Args:
        said: the lines that were said, in order of time; the last one ends the one before.
        summary: the verdict on the poses of that time.
    """
    asked = list(_holds(said))
    mine = _matched(asked, summary.repetitions)
    holds = tuple(_result(*one, mine.get(index, [])) for index, one in enumerate(asked))
    faults = tuple(_fault(one.line.fault, one, after, summary) for one, after in spans(tuple(said)) if one.line.fault)
    right = [span for one in asked for span in _right_spans(*one, said)]
    false = tuple(
        cue.cue for cue in summary.cues if any(start <= cue.start_s < end for start, end in right) and _is_cue(cue)
    )
    counted = [r for r in summary.repetitions if _counts(r) and _is_told(r, said)]
    matched = [r for own in mine.values() for r in own]
    times = [(start.t, stop.t) for _, start, stop in asked]
    lost = [(n.reason, sum(_shared((n.start_s, n.end_s), span) for span in times)) for n in summary.not_judged]
    asked_s = sum(end - start for start, end in times)
    return Validated(
        summary.exercise,
        holds,
        faults,
        sum(r not in matched for r in counted),
        false,
        sum(end - start for start, end in right),
        max(0.0, asked_s - sum(seconds for _, seconds in lost)),
        asked_s,
        tuple(dict.fromkeys(reason for reason, seconds in lost if seconds > 0)),
    )


def _holds(said: Sequence[Said]) -> list[tuple[Hold, Said, Said]]:
    """What was to be done, from which word to which."""
    found = []
    begun: tuple[Hold, Said] | None = None
    for one in said:
        if begun is not None and (one.line.stop or one.line.hold):
            found.append((*begun, one))
            begun = None
        if one.line.hold is not None:
            begun = one.line.hold, one
    return found


def _is_told(repetition: Repetition, said: Sequence[Said]) -> bool:
    """Whether it began while the script tells what is to be done: not before, and not in a hold without an end."""
    begun: float | None = None
    for one in said:
        begun = one.t if one.line.hold else None if one.line.stop else begun
    return bool(said) and said[0].t <= repetition.start_s < (said[-1].t if begun is None else begun)


def _counts(repetition: Repetition) -> bool:
    return repetition.counted or repetition.reason == "extra"


def _window(start: Said, stop: Said) -> tuple[float, float]:
    return start.t, stop.t + stop.words_s + END_S


def _matched(
    asked: Sequence[tuple[Hold, Said, Said]], repetitions: Sequence[Repetition]
) -> dict[int, list[Repetition]]:
    """The counted repetitions of each thing that was to be done: where they share most of their time."""
    mine: dict[int, list[Repetition]] = {}
    for repetition in filter(_counts, repetitions):
        shared = [_shared((repetition.start_s, repetition.end_s), _window(start, stop)) for _, start, stop in asked]
        best = max(range(len(shared)), key=shared.__getitem__, default=None)
        if best is not None and shared[best] > 0:
            mine.setdefault(best, []).append(repetition)
    return mine


def _result(hold: Hold, start: Said, stop: Said, mine: Sequence[Repetition]) -> HoldResult:
    own = [r for r in mine if r.group == hold.group]
    told_s = stop.t - start.t
    return HoldResult(
        hold.group,
        hold.what,
        start.t,
        hold.counts,
        len(own),
        len(mine) - len(own),
        max((r.held_s for r in own), default=None),
        told_s,
        max(0.0, told_s - start.words_s - START_S),
        told_s + stop.words_s + END_S,
    )


def _fault(fault: Fault, start: Said, after: Said, summary: Summary) -> FaultResult:
    """By what a fault was seen: its cue while it lasted, or the reason why its repetition did not count."""
    span = start.t, after.t + after.words_s + LATE_S
    there = (
        start.t + start.words_s + START_S
    )  # by then the person does it; a cue from before may still stand until then
    cues = [
        c.cue
        for c in summary.cues
        if c.cue in fault.cues and c.start_s < span[1] and (c.start_s >= start.t or c.end_s > min(there, after.t))
    ]
    refused = [r for r in summary.repetitions if not _counts(r) and _shared((r.start_s, r.end_s), span) > 0]
    reasons = [r.reason for r in refused if r.reason in fault.cues]
    return FaultResult(fault.what, start.t, next(iter((*cues, *reasons)), None))


def _right_spans(hold: Hold, start: Said, stop: Said, said: Sequence[Said]) -> list[tuple[float, float]]:
    """When the person surely did it right: from the latest start on, without faults and what repairs them."""
    if hold.counts is False:
        return []
    begin, found = start.t + start.words_s + START_S, []
    for one, after in spans(tuple(said)):
        if start.t <= one.t < stop.t and one.line.fault is not None:
            found.append((begin, one.t))
            begin = after.t + after.words_s + START_S
    found.append((begin, stop.t))
    return [(a, b) for a, b in found if b > a]


def _is_cue(cue: CueSpan) -> bool:
    return cue.cue != "switch_side"  # that the other side is next is no fault


def _shared(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How long two stretches of time overlap, in seconds."""
    return max(0.0, min(one[1], other[1]) - max(one[0], other[0]))
