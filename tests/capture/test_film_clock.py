"""Stamps of a film → times: whatever the file says, they rise, and nobody's seconds are lost."""

from __future__ import annotations

from itertools import pairwise

import pytest

from posecheck.capture.film_clock import FilmClock

STEP = 1 / 15


def times(stamps: list[float | None], restarts: tuple[int, ...] = ()) -> tuple[list[float | None], list[str]]:
    """What a clock makes of stamps; at the indices in `restarts` the packets told of another clock."""
    clock = FilmClock("me.ts", 15)
    made = [clock.stamp(stamp, restarted=index in restarts) for index, stamp in enumerate(stamps)]
    return made, clock.sentences


def test_true_stamps_are_the_times() -> None:
    """Uneven steps and a pause stay as they are, and nothing is told."""
    stamps: list[float | None] = [0.0, 0.03, 0.1, 2.1, 2.12]
    assert times(stamps) == (stamps, [])


def test_doubled_stamps_are_a_hair_later() -> None:
    """Two pictures of one stamp are both kept, and do not move what comes after them."""
    made, told = times([0.0, 0.1, 0.1, 0.2])
    assert made == pytest.approx([0.0, 0.1, 0.101, 0.2])
    assert told == []


def test_missing_stamps_are_filled_at_the_usual_rate() -> None:
    """Pictures without a stamp follow the ones before as usual; without any stamp the nominal rate counts."""
    made, _ = times([0.0, 0.1, 0.2, None, None])
    assert made == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])
    assert times([None, None, None])[0] == pytest.approx([0, STEP, 2 * STEP])


def test_a_clock_that_starts_again_goes_on_at_the_usual_step() -> None:
    """The second clip follows the first one, at its own speed, and it is told."""
    clip: list[float | None] = [i * STEP for i in range(30)]
    made, told = times(clip + clip, restarts=(30,))
    assert made == pytest.approx([i * STEP for i in range(60)])
    assert len(told) == 1
    assert "starts again at 2.0 s" in told[0]


def test_a_clock_that_stands_still_does_not_stop_the_time() -> None:
    """Where it stands the usual rate is taken, and afterwards it runs on from where it stopped."""
    stamps: list[float | None] = [i * STEP for i in range(10)]
    after: list[float | None] = [(10 + i) * STEP for i in range(10)]
    made, told = times([*stamps, *[stamps[-1]] * 20, *after])
    steps = [b - a for a, b in pairwise(t for t in made if t is not None)]
    assert all(step > 0 for step in steps)
    assert made[-1] == pytest.approx(39 * STEP, abs=3 * STEP)
    assert len(told) == 1
    assert "stands still" in told[0]


def test_a_clock_that_jumps_to_the_true_time_after_standing_is_believed() -> None:
    """When the stamps after a standstill are those of the real time, they are the times."""
    made, _ = times([0.0, STEP, *[STEP] * 10, 12 * STEP, 13 * STEP])
    assert made[-2:] == pytest.approx([12 * STEP, 13 * STEP])


def test_a_picture_that_comes_far_too_late_is_left_out() -> None:
    """Behind a damaged place a torn picture may come seconds late: it is not shown as one of now."""
    made, told = times([0.0, 1.0, 2.0, 0.5, 2.1])
    assert made == [0.0, 1.0, 2.0, None, 2.1]
    assert told == []
