"""Times of a source, in seconds: when two are the same, and how long something has been true."""

from __future__ import annotations

SAME_TIME_S = 1e-6  # a stamp of 0.9999999999 s is that of 1 s: stamps are sums of steps, and rounded


def is_reached(t: float, due: float) -> bool:
    """Whether it is time for what is due.

    Args:
        t: the time now, in seconds.
        due: the time when it is due, in seconds; SAME_TIME_S earlier is soon enough.
    """
    return t >= due - SAME_TIME_S


class TrueSince:
    """How long something has been true without a break; `update` it in order of time.

    Example:
        >>> standing = TrueSince()
        >>> for t, seen in ((0.0, True), (0.5, True), (1.0, False), (1.5, True)):
        ...     standing.update(seen, t)
        >>> standing.since, standing.lasted(2.0)
        (1.5, 0.5)
    """

    def __init__(self) -> None:
        self.since: float | None = None

    def update(self, true: bool, t: float) -> None:
        """Take note of whether it is true now.

        Args:
            true: whether it is.
            t: the time now, in seconds.
        """
        if not true:
            self.since = None
        elif self.since is None:
            self.since = t

    def clear(self) -> None:
        """It is not true any more."""
        self.since = None

    def lasted(self, t: float) -> float:
        """For how many seconds it has been true at `t`; 0 when it is not."""
        return 0.0 if self.since is None else t - self.since

    def has_lasted(self, t: float, seconds: float) -> bool:
        """Whether it has been true for long enough.

        Args:
            t: the time now, in seconds.
            seconds: how long is enough.
        """
        return self.since is not None and is_reached(t, self.since + seconds)
