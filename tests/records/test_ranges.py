"""Ranges: their bounds belong to them, and they are written as short as they can be understood."""

from __future__ import annotations

from math import inf

import pytest

from posecheck.records.ranges import is_inside, is_part, range_text, range_words

pytestmark = pytest.mark.core


@pytest.mark.parametrize(
    ("low", "high", "inside", "outside"),
    [
        (2.0, 5.0, (2.0, 3.0, 5.0), (1.999, 5.001)),
        (None, 5.0, (-1e9, 5.0), (5.001,)),
        (2.0, None, (2.0, 1e9), (1.999,)),
        (None, None, (0.0, -1e9), ()),
    ],
)
def test_a_bound_belongs_to_its_range(
    low: float | None, high: float | None, inside: tuple[float, ...], outside: tuple[float, ...]
) -> None:
    """Lowest and highest value are right, what is beyond is not, and no bound keeps nothing out."""
    assert all(is_inside(value, low, high) for value in inside)
    assert not any(is_inside(value, low, high) for value in outside)


def test_a_range_is_part_of_a_wider_one() -> None:
    """A range lies in itself and in a wider one, not in one that is narrower at either end."""
    assert is_part((2.0, 5.0), (2.0, 5.0))
    assert is_part((2.0, 5.0), (-inf, inf))
    assert not is_part((2.0, inf), (2.0, 5.0))
    assert not is_part((1.0, 3.0), (2.0, 5.0))


@pytest.mark.parametrize(
    ("low", "high", "digits", "text"),
    [
        (65.0, 125.0, 0, "65–125°"),
        (-15.0, 15.0, 0, "±15°"),
        (-20.0, 25.0, 0, "-20 to 25°"),
        (8.0, None, 0, "≥ 8°"),
        (None, 30.0, 0, "≤ 30°"),
        (None, None, 0, ""),
        (9.5, 12.25, None, "9.5–12.25°"),
        (-0.2, 3.0, 0, "0–3°"),
        (-0.0, None, None, "≥ 0°"),
        (9.5, None, 0, "≥ 10°"),
    ],
)
def test_ranges_in_signs(low: float | None, high: float | None, digits: int | None, text: str) -> None:
    """A range is written as short as it can be understood, and never with "-0"."""
    assert range_text(low, high, "°", digits) == text


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (65.0, 125.0, "65° to 125°"),
        (-20.0, 25.5, "-20° to 25.5°"),
        (8.0, None, "8° or more"),
        (None, 15.0, "15° or less"),
        (None, None, "any value"),
    ],
)
def test_a_range_in_words(low: float | None, high: float | None, words: str) -> None:
    """Without signs that a plain terminal lacks."""
    assert range_words(low, high, "°") == words
