"""Ranges of values: [lowest, highest], where a bound may be missing."""

from __future__ import annotations

from math import inf

Span = tuple[float | None, float | None]  # lowest and highest value that is right; None: no bound


def open_ended(low: float, high: float) -> Span:
    """A range with None instead of an infinite bound.

    Args:
        low: the lowest value; `-inf` for no bound.
        high: the highest value; `inf` for no bound.
    """
    return None if low == -inf else low, None if high == inf else high
