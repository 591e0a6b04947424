"""What reading tells of a recording: gaps joined, each thing once, in words with their length."""

from __future__ import annotations

from posecheck.capture.gaps import ALL_WELL, Gap, ReadingNotes, joined_gaps, joined_notes


def test_nothing_to_tell() -> None:
    assert ALL_WELL.warning is None
    assert ALL_WELL.also(None) is ALL_WELL


def test_gaps_that_nearly_touch_are_one() -> None:
    """A few torn pictures between two gaps do not make them two."""
    assert joined_gaps([Gap(5, 6), Gap(1, 2), Gap(2.2, 3)]) == (Gap(1, 3), Gap(5, 6))


def test_pieces_tell_each_thing_once() -> None:
    """Two pieces overlap: what both have seen is told once."""
    one = ReadingNotes(("cut off",), (Gap(1, 2),))
    two = ReadingNotes(("cut off", "odd"), (Gap(1, 2), Gap(9, 10)))
    assert joined_notes([one, ALL_WELL, two]) == ReadingNotes(("cut off", "odd"), (Gap(1, 2), Gap(9, 10)))


def test_the_warning_says_where_and_how_long() -> None:
    notes = ReadingNotes(("odd",), (Gap(12, 14.4), Gap(20, 21)))
    told = "the recording is damaged: pictures are missing from 12.0 to 14.4 s, 20.0 to 21.0 s (3.4 s)"
    assert notes.warning == f"odd; {told}"
    many = ReadingNotes((), tuple(Gap(10 * i, 10 * i + 1) for i in range(5)))
    assert many.warning is not None
    assert "and 2 more (5.0 s)" in many.warning
