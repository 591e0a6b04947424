"""Why holds broke or did not count, in words: for `posecheck why`, and for tests."""

from __future__ import annotations

from collections.abc import Sequence

from posecheck.judging.conditions import Condition
from posecheck.judging.timeline import Break
from posecheck.measure.signals import is_ratio
from posecheck.records.ranges import range_text


def attempts(breaks: Sequence[Break]) -> list[list[Break]]:
    """The breaks of each attempt together, in order of time."""
    by_attempt: dict[object, list[Break]] = {}
    for one in breaks:
        by_attempt.setdefault((one.number, None if one.number else one.start_s), []).append(one)
    return list(by_attempt.values())


def what_became(attempt: Sequence[Break]) -> str:
    """What became of an attempt: "paused", "paused 3 times, refused: too short"."""
    pauses = sum(one.what == "paused" for one in attempt)
    words = [] if not pauses else ["paused"] if pauses == 1 else [f"paused {pauses} times"]
    words += [one.what if one.text is None else f"{one.what}: {one.text}" for one in attempt if one.what != "paused"]
    return ", ".join(words)


def blame(one: Break) -> str:
    """The condition that broke an attempt: when, what was measured, its limit, and by how much it was missed."""
    if one.blamed is None or one.at_s is None:
        return "no limit"
    c = one.blamed
    if c.value is None:
        return f"at {one.at_s:.1f} s: {condition_name(c)}, {c.words}"
    when = f"at {one.at_s:.1f} s" if one.best_s is None else f"at best, at {one.best_s:.1f} s"
    return f"{when}: {condition_name(c)} {measured(c)}, limit {limit_text(c)}, by {amount(c, c.missed_by or 0.0)}"


def condition_name(c: Condition) -> str:
    """What a condition is about: "knee flexion", "Δ side bend (left)" against the starting position."""
    marks = ", ".join(filter(None, (c.group, "3-D" if c.plane == "world" else "")))
    against = {"difference": "Δ ", "ratio": "× "}.get(c.relative or "", "")
    return against + c.name.replace("_", " ") + (f" ({marks})" if marks else "")


def measured(c: Condition) -> str:
    """The value of a condition, with its ± where that is known."""
    text = amount(c, c.value or 0.0)
    return text if c.error is None else f"{text} ±{c.error:.0f}"


def amount(c: Condition, value: float) -> str:
    """A number in the unit of a condition.

    Args:
        c: the condition.
        value: degrees, or a ratio.
    """
    return f"{value:.2f}" if is_ratio(c.name, c.relative) else f"{round(value, 1) + 0.0:.1f}°"


def limit_text(c: Condition) -> str:
    """The range of a condition."""
    unit = "" if is_ratio(c.name, c.relative) else "°"
    return range_text(c.low, c.high, unit)
