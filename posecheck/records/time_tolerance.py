"""Times of a source, in seconds: when two are the same."""

SAME_TIME_S = 1e-6  # a stamp of 0.9999999999 s is that of 1 s: stamps are sums of steps, and rounded
