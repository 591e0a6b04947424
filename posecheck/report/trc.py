"""Poses → TRC (track row column), the marker file of OpenSim and of other motion tools.

    https://opensimconfluence.atlassian.net/wiki/spaces/OpenSim/pages/53089972

Markers are the 33 landmarks in metres: x to the picture's right, y up, z towards the camera, about the mid-hip, so the
body turns and bends but does not travel. Tab-separated; a marker that was not seen is blank.

The format knows one rate, and a tape has the time stamps of its camera. So the points are taken at a constant rate,
straight between the poses before and after; a hole of more than half a second, and a time without a person, is blank.
Of a hole no more than a minute is written, so that a file never fills the disk: behind it the column Time jumps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from pathlib import Path
from statistics import median

import numpy as np

from posecheck.errors import NoPersonError, OutputError, TooShortError
from posecheck.records import Floats, Landmark, Pose
from posecheck.records.files import whole_file
from posecheck.records.tables import MOST_ROWS
from posecheck.records.times import SAME_TIME_S

HOLE_S = 0.5  # a guess: over a longer gap nothing is interpolated: a body may have moved anywhere
MOST_BLANK_S = 60.0  # a guess: of a hole that is written; so long nobody is away within a set
_MARKERS = tuple(landmark.name.lower() for landmark in Landmark)
_BLANK = "\t" * (3 * len(_MARKERS) - 1)  # the cells of x, y, z of each marker, for a row without a body


def rate_of(times: list[float]) -> float:
    """The usual rate of these time stamps, in Hz.

    Raises:
        TooShortError: there are fewer than two.
    """
    if len(times) < 2:
        raise TooShortError("a TRC file needs at least two poses: give a longer tape")
    return round(1.0 / median(b - a for a, b in pairwise(times)), 3)


def holes_cut(times: list[float]) -> int:
    """How many holes are longer than what is written of them.

    Args:
        times: the time stamps of the poses, in seconds.
    """
    return sum(b - a > MOST_BLANK_S for a, b in pairwise(times))


def _rows(times: list[float], rate_hz: float) -> list[range]:
    """The rows that are written, as multiples of the rate since the first pose."""
    found, first = [], 0
    for a, b in pairwise(times):
        if b - a > MOST_BLANK_S:
            found.append(range(first, int((a - times[0] + MOST_BLANK_S) * rate_hz) + 1))
            first = max(found[-1].stop, math.ceil((b - times[0] - SAME_TIME_S) * rate_hz))
    return [*found, range(first, int((times[-1] - times[0] + SAME_TIME_S) * rate_hz) + 1)]


def write_trc(path: Path, poses: Iterable[Pose], times: list[float], rate_hz: float) -> int:
    """Write poses as TRC, whole or not at all; time 0 is that of the first pose.

    Args:
        path: where to write.
        poses: in order of time.
        times: their time stamps, in seconds: the number of rows stands in the file before the rows.
        rate_hz: rows a second.

    Returns:
        The number of rows.

    Raises:
        NoPersonError: nobody is seen in any pose.
        OutputError: the file cannot be written, or would have too many rows.
    """
    rows = _rows(times, rate_hz)
    count = sum(map(len, rows))
    if count > MOST_ROWS:
        raise OutputError(
            f"{path} would have {count:,} rows, and at most {MOST_ROWS:,} are written: give a lower --rate, or a "
            "shorter tape"
        )
    seen = False
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="\r\n") as file:
        file.writelines(_header(path.name, rate_hz, count))
        for number, (row, points) in enumerate(_at_rate(poses, times[0], rate_hz, chain(*rows)), 1):
            seen = seen or points is not None
            file.write(f"{number}\t{row / rate_hz:.6f}\t{_cells(points)}\n")
        if not seen:
            raise NoPersonError("nobody was seen, so there are no markers to write")
    return count


def _header(name: str, rate_hz: float, count: int) -> Iterator[str]:
    rate = f"{rate_hz:g}"
    yield f"PathFileType\t4\t(X/Y/Z)\t{name}\n"
    yield (
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n"
        f"{rate}\t{rate}\t{count}\t{len(_MARKERS)}\tm\t{rate}\t1\t{count}\n"
    )
    yield "Frame#\tTime\t" + "\t\t\t".join(_MARKERS) + "\t\t\n"
    yield "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(_MARKERS) + 1)) + "\n\n"


def _at_rate(
    poses: Iterable[Pose], start_s: float, rate_hz: float, rows: Iterable[int]
) -> Iterator[tuple[int, Floats | None]]:
    """Each multiple of the rate with its points; None where there are none."""
    coming = iter(poses)
    before = after = next(coming)
    for row in rows:
        t = start_s + row / rate_hz
        while after.t < t - SAME_TIME_S:
            before, after = after, next(coming, after)
            if before is after:  # rounding, at the last row
                break
        yield row, _between(before, after, t)


def _between(before: Pose, after: Pose, t: float) -> Floats | None:
    first, then = _markers(before), _markers(after)
    if abs(after.t - t) <= SAME_TIME_S or after.t <= before.t:
        return then
    if first is None or then is None or after.t - before.t > HOLE_S:
        return None
    share = (t - before.t) / (after.t - before.t)
    points: Floats = first + share * (then - first)
    return points


def _markers(pose: Pose) -> Floats | None:
    """The landmarks in metres; NaN for those that the source of the pose never finds."""
    if pose.points_m is None or not pose.lacks.landmarks:
        return pose.points_m
    points = pose.points_m.copy()
    points[list(pose.lacks.landmarks)] = np.nan
    return points


def _cells(points: Floats | None) -> str:
    if points is None:
        return _BLANK
    upright = points * np.array([1.0, -1.0, -1.0]) + 0.0
    return "\t".join("" if math.isnan(x) else f"{x:.5f}" for x in upright.ravel().tolist())
