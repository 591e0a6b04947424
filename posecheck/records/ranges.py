"""Ranges of values: whether something lies in one, and how one is written.

A range has a lowest and a highest value, which belong to it. Where there may be no bound, that is None.
"""

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


def is_inside(value: float, low: float | None, high: float | None) -> bool:
    """Whether a value lies in a range.

    Args:
        value: a reading, in the unit of the bounds.
        low: the lowest right value; None for no such bound.
        high: the highest right value; None for no such bound.
    """
    return (low is None or value >= low) and (high is None or value <= high)


def is_part(inner: tuple[float, float], outer: tuple[float, float]) -> bool:
    """Whether a range lies in another one; the same range does.

    Args:
        inner: lowest and highest value; an infinite one is no bound.
        outer: those of the other range, in the same unit.
    """
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def range_text(low: float | None, high: float | None, unit: str, digits: int | None = None) -> str:
    """A range in signs: "65–125°", "-20 to 25°", "±15°", "≥ 8°", "≤ 0.65"; empty without any bound.

    Args:
        low: the lowest right value; None for no such bound.
        high: the highest right value; None for no such bound.
        unit: is written behind the numbers: "°" or nothing.
        digits: how many decimals are shown; None for as many as the bounds have.
    """

    def number(value: float) -> str:
        return f"{value + 0.0:g}" if digits is None else f"{round(value, digits) + 0.0:.{digits}f}"  # no "-0"

    if low is None:
        return "" if high is None else f"≤ {number(high)}{unit}"
    if high is None:
        return f"≥ {number(low)}{unit}"
    if number(low) == number(-high):
        return f"±{number(high)}{unit}"
    dash = " to " if number(low).startswith("-") else "–"
    return f"{number(low)}{dash}{number(high)}{unit}"


def range_words(low: float | None, high: float | None, unit: str) -> str:
    """A range in words, which any terminal shows: "65° to 125°", "8° or more", "0.65 or less", "any value".

    Args:
        low: the lowest right value; None for no such bound.
        high: the highest right value; None for no such bound.
        unit: is written behind the numbers: "°" or nothing.
    """
    if low is None:
        return "any value" if high is None else f"{high:g}{unit} or less"
    return f"{low:g}{unit} or more" if high is None else f"{low:g}{unit} to {high:g}{unit}"
