"""The person's own zeros: when they are taken, which one counts, and when not."""

from __future__ import annotations

import pytest

from posecheck.exercises import load_exercise
from posecheck.exercises.format import Exercise
from posecheck.judging.baselines import Baselines
from posecheck.records import Check

BEND = load_exercise("side_bend")
KEY = ("bend_to_front", "image")
SETUP_S = BEND.timing.setup_s


def taking(take: str) -> Exercise:
    """The side bend, with another rule for its zero."""
    return BEND.model_copy(update={"baselines": (BEND.baselines[0].model_copy(update={"take": take}),)})


def read(t: float, value: float | None) -> Check:
    """The verdict on a frame with this side bend; None: it is not known."""
    return Check(t, True, in_posture=True, ready=True, values={(*KEY, None): value})


def fed(baselines: Baselines, start_s: float, *degrees: float, effort: bool = False) -> float | None:
    """Readings ten times a second; returns the zero after them."""
    for i, value in enumerate(degrees):
        baselines.update(read(start_s + i / 10, value), effort)
    return baselines.values.get(KEY)


def test_a_zero_takes_the_time_of_the_setup() -> None:
    """Steady readings give a zero once they have lasted `setup_s`, not before."""
    baselines, enough = Baselines(BEND), round(SETUP_S * 10)
    assert fed(baselines, 0.0, *[2.0] * enough) is None
    assert not baselines.complete
    assert fed(baselines, enough / 10, 2.0) == 2.0
    assert baselines.complete


def test_a_reading_that_cannot_be_had_is_no_zero() -> None:
    """While a signal has no value, as its leg is not known or it is not seen well enough, nothing is taken."""
    baselines = Baselines(BEND)
    for i in range(20):
        baselines.update(read(i / 10, None), effort=False)
    assert baselines.values == {}


def test_unrest_and_readings_out_of_range_are_no_zero() -> None:
    """Readings that differ by more than `spread` give none, and one outside `within` starts the time anew."""
    spread, high = BEND.baselines[0].spread, BEND.baselines[0].within[1]
    assert fed(Baselines(BEND), 0.0, *[0.0, spread + 0.1] * 10) is None
    assert fed(Baselines(BEND), 0.0, *[0.0, spread] * 10) == pytest.approx(spread / 2)
    enough = round(SETUP_S * 10)
    assert fed(Baselines(BEND), 0.0, *[2.0] * enough, high + 1, *[2.0] * enough) is None


def test_a_zero_is_kept_within_its_range() -> None:
    """Whoever starts crooked gets the nearest zero that is allowed."""
    low, high = BEND.baselines[0].keep
    assert fed(Baselines(BEND), 0.0, *[high + 2] * 10) == high
    assert fed(Baselines(BEND), 0.0, *[low - 2] * 10) == low


def test_a_pause_parts_the_readings() -> None:
    """Half of the time before the starting position was left, and half after it, do not add up."""
    baselines, half = Baselines(BEND), round(SETUP_S * 10) // 2 + 1
    fed(baselines, 0.0, *[2.0] * half)
    baselines.pause()
    assert fed(baselines, half / 10, *[2.0] * half) is None


@pytest.mark.parametrize(
    ("take", "zeros", "in_effort"),
    [("latest", [3.0, 1.0, 2.0], [3.0, 3.0, 3.0]), ("lowest", [3.0, 1.0, 1.0], [3.0, 1.0, 1.0]),
     ("first", [3.0, 3.0, 3.0], [3.0, 3.0, 3.0])],
)  # fmt: skip
def test_which_zero_counts(take: str, zeros: list[float], in_effort: list[float]) -> None:
    """The latest, the lowest or the first steady reading; an effort moves the latest no more."""
    for effort, expected in ((False, zeros), (True, in_effort)):
        baselines = Baselines(taking(take))
        assert fed(baselines, 0.0, *[3.0] * 10) == expected[0]
        assert fed(baselines, 1.0, *[1.0] * 20, effort=effort) == expected[1]
        assert fed(baselines, 3.0, *[2.0] * 20, effort=effort) == expected[2]


def test_a_new_visit_starts_without_zeros() -> None:
    """Cleared, the zeros are gone, and the readings before count no more."""
    baselines = Baselines(BEND)
    fed(baselines, 0.0, *[2.0] * 10)
    baselines.clear()
    assert not baselines.complete
    assert fed(baselines, 1.0, 2.0) is None
