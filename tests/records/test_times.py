"""For how long something has been true."""

from __future__ import annotations

import pytest

from posecheck.records.times import TrueSince

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
