"""Times of a source, in seconds: when two are the same, and for how long something has been true."""

from __future__ import annotations

from math import inf

from posecheck.errors import UsageError

SAME_TIME_S = 1e-6  # a stamp of 0.9999999999 s is that of 1 s: stamps are sums of steps, and rounded


def check_range(start_s: float, end_s: float | None) -> None:
    """Find out whether a part of a recording can be asked for.

    Args:
        start_s: the first time that is wanted, in seconds of the recording.
        end_s: where it ends; None for the end of the recording.

    Raises:
        UsageError: the start is before the recording, or the range is empty.
    """
    if not 0 <= start_s < inf:
        raise UsageError(f"the start must be 0 s or later, not {start_s:g} s")
    if end_s is not None and not start_s < end_s:
        raise UsageError(f"the range is empty: its end ({end_s:g} s) must come after its start ({start_s:g} s)")


class TrueSince:
    """Follows one condition; `since` is the first time at which it held without a break, None while it does not.

    Example:
        out_of_sight = TrueSince()
        if out_of_sight.update(pose.t, not pose.present) >= 2.0:
            ...
    """

    __slots__ = ("since",)

    def __init__(self) -> None:
        self.since: float | None = None

    def update(self, t: float, holds: bool) -> float:
        """Take the condition at the next time, and return for how long it has held: 0 at first, and when it does not.

        Args:
            t: the time in seconds, not before that of the last call.
            holds: whether the condition is true.
        """
        if not holds:
            self.since = None
        elif self.since is None:
            self.since = t
        return self.lasted_s(t)

    def lasted_s(self, t: float) -> float:
        """For how long the condition has held at `t`, in seconds, when nothing new is known; 0 when it does not."""
        return 0.0 if self.since is None else t - self.since

    def clear(self) -> None:
        """Forget what was: the condition does not hold."""
        self.since = None
