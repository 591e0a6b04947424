"""A scored validation in words, as rows of a table, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from posecheck.validation.score import END_S, START_S, HoldResult, Validated


def validated_lines(found: Validated) -> list[str]:
    """What came of a validation, a sentence each.

    Args:
        found: from `score`.
    """
    counts, held, seen = (f"{right} of {of}" for right, of in (found.counts, found.held, found.seen))
    lines = [
        f"Counted as it had to be: {counts}."
        + (f" Counted beside these: {found.elsewhere}." if found.elsewhere else ""),
        f"Held time that can be true: {held}.",
        f"Faults on purpose that were seen: {seen}.",
        f"False cues while you did it right: {len(found.false_cues)} in {found.right_s:.0f} s"
        + (f" ({', '.join(found.false_cues)})." if found.false_cues else "."),
    ]
    if found.reasons:
        why = ", ".join(found.reasons)
        lines.append(f"Judged {found.judged_s:.0f} of {found.asked_s:.0f} s of holding; the rest not: {why}.")
    lines.append(
        f'Allowed for: {START_S:g} s after the word "now" to get into position, {END_S:g} s after "stop" to leave it.'
    )
    return lines


def validated_rows(found: Validated) -> list[Sequence[str]]:
    """A row for each thing that was to be done and for each fault; the first row is the head.

    Args:
        found: from `score`.
    """
    rows: list[Sequence[str]] = [("at", "to be done", "was to count", "counted", "held", "can be true", "")]
    for hold in found.holds:
        wanted = {True: "yes", False: "no", None: "either"}[hold.counts]
        held = "-" if hold.held_s is None else f"{hold.held_s:.1f} s"
        fits = f"{hold.least_s:.1f} to {hold.most_s:.1f} s" if hold.counts else ""
        rows.append((_at(hold.at_s), f"{hold.group}: {hold.what}", wanted, _counted(hold), held, fits, _mark(hold)))
    for fault in found.faults:
        seen = f"seen: {fault.seen}" if fault.seen else "not seen"
        rows.append((_at(fault.at_s), f"fault: {fault.what}", "", "", "", "", seen))
    return rows


def validated_dict(found: Validated) -> dict[str, Any]:
    """A scored validation as JSON writes it.

    Args:
        found: from `score`.
    """
    sums = {name: dict(zip(("right", "of"), getattr(found, name), strict=True)) for name in ("counts", "held", "seen")}
    return {"schema": 1, **asdict(found), "sums": sums, "exact": found.exact, "allowed_s": [START_S, END_S]}


def _at(t: float) -> str:
    return f"{int(t // 60)}:{t % 60:04.1f}"


def _counted(hold: HoldResult) -> str:
    wrong = f", {hold.wrong_side} as another" if hold.wrong_side else ""
    return f"{hold.counted}{wrong}"


def _mark(hold: HoldResult) -> str:
    if hold.right is None:
        return ""
    if not hold.right:
        return "wrong"
    return "right" if hold.held_right in (True, None) else "right, but not the time"
