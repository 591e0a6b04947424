"""When a frame of a foreign file was taken: a time in a unit that its name tells, or the number of the frame."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import Any

from posecheck.errors import FormatError
from posecheck.sources.guarding import number

_TIMES = {
    "t": 1.0,
    "t_s": 1.0,
    "time_s": 1.0,
    "timestamp_s": 1.0,
    "time_ms": 1e-3,
    "timestamp_ms": 1e-3,
    "timestampMs": 1e-3,
    "timestamp_us": 1e-6,
}  # a name without a unit, such as "timestamp", tells nothing; `t` is posecheck's own
_NUMBERS = ("frame", "frame_id", "frame_index", "frame_number", "frame_idx")


def time_of(frame: Mapping[str, Any], where: str) -> tuple[float | None, int | None]:
    """The time of a frame in seconds, and its number; None where the frame does not tell.

    Args:
        frame: its names and values.
        where: the place, for the error.

    Raises:
        FormatError: one of them is no number.
    """
    t = next((number(frame[name], f"{where}, {name}") * unit for name, unit in _TIMES.items() if name in frame), None)
    count = next((number(frame[name], f"{where}, {name}") for name in _NUMBERS if name in frame), None)
    if t is not None and isnan(t):
        raise FormatError(f"{where}: its time is missing")
    if count is not None and not float(count).is_integer():
        raise FormatError(f"{where}: the number of the frame is no whole number")
    return t, None if count is None else int(count)
