"""For how long something has been true."""

from __future__ import annotations

import pytest

from posecheck.errors import UsageError
from posecheck.records.times import TrueSince, check_range

pytestmark = pytest.mark.core


def test_it_counts_from_the_first_time_that_the_condition_held() -> None:
    """The first time counts as 0 s, and what held before does not count after a break."""
    since = TrueSince()
    flags = [(0.0, False), (1.0, True), (1.5, True), (2.0, False), (3.0, True), (3.25, True)]
    assert [since.update(t, holds) for t, holds in flags] == [0.0, 0.0, 0.5, 0.0, 0.0, 0.25]
    assert since.since == 3.0


def test_how_long_it_has_lasted_can_be_asked_without_a_new_value() -> None:
    """Asking changes nothing; a condition that does not hold has lasted for 0 s."""
    since = TrueSince()
    assert since.lasted_s(5.0) == 0.0
    since.update(5.0, True)
    assert since.lasted_s(7.0) == 2.0
    assert since.since == 5.0


def test_a_time_of_zero_is_a_time() -> None:
    """A condition that holds from the start of the source is counted from 0 s, not from the second frame."""
    since = TrueSince()
    since.update(0.0, True)
    assert since.update(0.5, True) == 0.5


def test_clearing_begins_anew() -> None:
    """After `clear` the condition counts as not true."""
    since = TrueSince()
    since.update(1.0, True)
    since.clear()
    assert since.since is None
    assert since.update(4.0, True) == 0.0


@pytest.mark.parametrize("span", [(0.0, None), (0.0, 0.1), (3.5, 4.0)])
def test_a_part_of_a_recording_can_be_asked_for(span: tuple[float, float | None]) -> None:
    """From its beginning or later, to any later time or to its end."""
    check_range(*span)


@pytest.mark.parametrize(
    ("start_s", "end_s", "says"),
    [
        (-0.1, None, "0 s or later, not -0.1 s"),
        (float("nan"), None, "0 s or later, not nan s"),
        (float("inf"), None, "0 s or later, not inf s"),
        (2.0, 2.0, r"its end \(2 s\) must come after its start \(2 s\)"),
        (2.0, float("nan"), "the range is empty"),
    ],
)
def test_a_part_that_is_none_is_refused(start_s: float, end_s: float | None, says: str) -> None:
    """Before the recording, never, or nothing at all."""
    with pytest.raises(UsageError, match=says):
        check_range(start_s, end_s)
