"""The words for postures, as they stand in reports and messages."""

from __future__ import annotations

import pytest

from posecheck.exercises.posture_words import POSTURE_WORDS, other_postures_text
from posecheck.records import Posture

pytestmark = pytest.mark.core


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        ({}, ""),
        ({"standing": 0.9}, ""),
        ({"floor_sitting": 31.4, "standing": 4.0, "lying": 0.5}, "31 s sitting on the floor, 4 s standing"),
    ],
)
def test_time_in_other_postures_is_told_in_words(seconds: dict[str, float], text: str) -> None:
    """Each with its seconds; what was passed through in less than a second is not worth a word."""
    assert other_postures_text(seconds) == text


def test_every_posture_has_words() -> None:
    """A posture that is added without them fails here, and not in somebody's report."""
    assert POSTURE_WORDS.keys() == set(Posture)
