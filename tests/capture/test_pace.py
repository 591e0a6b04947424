"""Which frames are wanted: even, the same ones wherever reading starts, and as many as were asked for."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from posecheck.capture.film_options import FilmOptions, Rate, rate_of
from posecheck.capture.pace import Pace, chosen_rate
from posecheck.errors import UsageError


def wanted(rate: Rate, fps: float, times: list[float]) -> list[int]:
    pace = Pace(chosen_rate(rate, fps), fps)
    return [index for index, t in enumerate(times) if pace.wants(t)]


@pytest.mark.parametrize(("fps", "every"), [(10, 1), (15, 1), (20, 1), (24, 2), (25, 2), (30, 2), (60, 4), (120, 8)])
@pytest.mark.parametrize("digits", [3, 6])
def test_auto_takes_every_so_manieth_frame(fps: int, every: int, digits: int) -> None:
    """Every second of 30, every fourth of 60, all of slow films, also when stamps are rounded to milliseconds."""
    times = [round(index / fps, digits) for index in range(20 * fps)]
    assert wanted("auto", fps, times) == list(range(0, len(times), every))


def test_times_that_tremble_do_not_change_the_rate() -> None:
    """A phone's stamps are up to 4 ms off: no step is shorter than one frame or longer than three."""
    noise = random.Random(1)
    times = [index / 30 + noise.uniform(-0.004, 0.004) for index in range(900)]
    found = wanted("auto", 30, times)
    steps = [b - a for a, b in pairwise(found)]
    assert len(found) == pytest.approx(450, abs=10)
    assert set(steps) <= {1, 2, 3}


@pytest.mark.parametrize(
    ("rate", "count"), [(1.0, 10), (7.5, 75), (12.0, 120), (30.0, 300), (100.0, 300), ("all", 300)]
)
def test_a_number_of_frames_a_second(rate: Rate, count: int) -> None:
    """Ten seconds at 30 a second give as many as were asked for, at most all."""
    assert len(wanted(rate, 30, [index / 30 for index in range(300)])) == count


@pytest.mark.parametrize("start", [1, 2, 3, 7, 100])
def test_a_reading_that_starts_later_chooses_the_same_frames(start: int) -> None:
    """But for its very first frame: so pieces of a film agree where they meet."""
    times = [index / 59.94 for index in range(600)]
    whole = wanted("auto", 59.94, times)
    later = [start + index for index in wanted("auto", 59.94, times[start:])]
    assert later[0] == start
    assert later[1:] == [index for index in whole if index > start][-len(later) + 1 :]


@pytest.mark.parametrize(("text", "rate"), [("auto", "auto"), ("all", "all"), ("12", 12.0), ("7.5", 7.5)])
def test_the_rate_as_written_on_the_command_line(text: str, rate: Rate) -> None:
    assert rate_of(text) == rate
    assert FilmOptions(rate=rate_of(text)).rate == rate


@pytest.mark.parametrize(
    "options",
    [
        *({"rate": 0.0}, {"rate": float("nan")}, {"rate": "most"}, {"fps": 0.0}, {"fps": float("inf")}),
        *({"slow_motion": 0.5}, {"slow_motion": float("nan")}),
    ],
)
def test_options_that_cannot_be_used_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        FilmOptions(**options)  # type: ignore[arg-type]


def test_a_word_that_is_no_rate_is_refused() -> None:
    with pytest.raises(UsageError, match="auto, all, or a number"):
        rate_of("fast")
