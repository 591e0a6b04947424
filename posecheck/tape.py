"""Poses ⇄ a landmark recording: JSON Lines, a header and then a pose a line, gzip-compressed when named .gz.

    {"schema":2,"posecheck":"0.1.0","model":"full","model_sha256":"4eaa…","source":"a.mp4","size":[640,480],
     "steps":[0.0625,0.0009765625,0.0078125]}
    {"t":0.0,"d":[198 whole numbers]}
    {"t":0.04,"d":[198 whole numbers]}
    {"t":0.08}
    {"t":0.12,"p":[66 numbers],"m":[99 numbers],"v":[33 numbers]}
    {"key":"pause"}

`t` in seconds. `d`: how far each number is from that of the last line with a `d` (at first: from 0), in `steps` of the
header for pixels, metres and visibility; x of all 33 points in the picture, then y; x, y, z in space; visibility. The
detector's poses are whole steps; any other one is written in full: `p` x, y in pixels point by point, `m`
x, y, z in metres, `v` visibility. Either way a pose reads back bit for bit. A line with `t` alone: nobody was seen.
`s` is [width, height] where it is not the header's. A `key` is what was pressed before the next pose of a live routine,
whose name is the header's `routine`. Tapes of schema 1, which have no `d`, are read, too. Those of schema 3 name in
their header's `lacks` what the source of the poses never tells (`posecheck import`): "depth", and landmarks.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from pydantic_core import from_json

from posecheck.errors import ForeignError, FormatError, InputError, OutputError
from posecheck.records import LACKS_NOTHING, LANDMARK_COUNT, Lacks, Pose
from posecheck.records.closing import Closing
from posecheck.records.files import UnfinishedFile, writing
from posecheck.records.gate import TAPE, json_of
from posecheck.records.landmark_rounding import Differences, Steps

SCHEMA = 2  # raised when tapes have to be written otherwise: 2 counts in steps
LACKING = 3  # the same, of a source that lacks something: who does not know `lacks` would judge it untruly
READABLE = (1, SCHEMA, LACKING)  # schemas; tapes of all versions so far
_FLUSH_S = 1.0  # of the poses' time: a crash loses no more; a guess
_LINE_BYTES = TAPE.most_bytes
_MOST_LINES = 3_000_000  # a guess: a whole day at 30 poses a second; a small .gz may hold lines without end
_MOST_SIDE = 65_535  # pixels of a picture; no camera comes near
_LATEST_S = 1e10  # times may count from 1970, as a camera's do; a float still tells a microsecond there
_N = LANDMARK_COUNT


@dataclass(frozen=True, slots=True)
class TapeHeader:
    """Where a tape comes from: versions, model, source, and (width, height) of its pictures in pixels.

    `routine` names what was done live, and `strict` whether strictly; empty for a single recording. `lacks` is what the
    source of the poses never tells; each pose that is read has it, too.
    """

    posecheck: str
    model: str
    model_sha256: str
    source: str
    size: tuple[int, int]
    schema: int = SCHEMA
    routine: str = ""
    strict: bool = False
    lacks: Lacks = LACKS_NOTHING


class TapeWriter(Closing):
    """Writes poses to a file as they come; a context manager.

    The tape takes its place when it is closed; until then it grows beside it, as `me.unfinished-1f0a9c3d.jsonl`, and
    what was there before stays. What was written before a crash can be read there; with `durable` also after a power
    cut. Both lose a second at most. After an error the tape has what came before; without a pose there is none.

    Raises:
        OutputError: it cannot be written.
    """

    def __init__(self, path: str | Path, header: TapeHeader, *, durable: bool = False) -> None:
        self.path = Path(path)
        self._size = header.size
        steps = Steps.of(header.size)
        self._differences = Differences(steps)
        self._durable = durable
        self._flushed_t = -math.inf
        self._empty, self._broken, self._closed = True, False, False
        self._place = UnfinishedFile(self.path)
        self.part = self._place.part
        with writing(self.path):
            self._file = _open_to_write(self.part)
        line: dict[str, Any] = {
            "schema": LACKING if header.lacks else SCHEMA,
            "posecheck": header.posecheck,
            "model": header.model,
            "model_sha256": header.model_sha256,
            # names of files may hold bytes that are no text: they are spelled out
            "source": header.source.encode("utf-8", "backslashreplace").decode("utf-8"),
            "size": header.size,
            "steps": astuple(steps),
        }
        if header.routine:
            line.update(routine=header.routine, strict=header.strict)
        if header.lacks:
            line["lacks"] = header.lacks.names
        try:
            self._write(line)
        except BaseException:
            with suppress(OSError):
                self._file.close()
            self._place.drop()
            raise

    def write(self, pose: Pose) -> None:
        """Append one pose; its `t` must be later than the last one's."""
        line: dict[str, Any] = {"t": pose.t}
        if pose.points_px is not None and pose.points_m is not None and pose.visibility is not None:
            differences = self._differences.encode(pose.points_px, pose.points_m, pose.visibility)
            if differences is not None:
                line["d"] = differences
            else:
                line["p"] = pose.points_px.ravel().tolist()
                line["m"] = pose.points_m.ravel().tolist()
                line["v"] = pose.visibility.tolist()
        if pose.size != self._size:
            line["s"] = pose.size
        self._write(line)
        self._empty = False
        if pose.t - self._flushed_t >= _FLUSH_S:
            self._flushed_t = pose.t
            with self._writing():
                self._file.flush()
                if self._durable:
                    os.fsync(self._file.fileno())

    def write_key(self, key: str) -> None:
        """Note what was pressed before the next pose."""
        self._write({"key": key})

    def close(self) -> None:
        """Write what is left, close the file and put it in its place; may be called twice.

        Raises:
            OutputError: what is left cannot be written; there is no tape then, but for what a durable one has.
        """
        if self._closed:
            return
        self._closed = True
        try:
            with self._writing():
                self._file.close()
        finally:
            if self._broken and not self._durable:
                self._place.drop()
            else:
                self._place.keep()

    def __exit__(self, *error: object) -> None:
        if any(error) and self._empty and not self._closed:
            self._closed = True
            with suppress(OSError):
                self._file.close()
            self._place.drop()
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with writing(self.path):
                yield
        except OutputError:
            self._broken = True
            raise

    def _write(self, line: dict[str, Any]) -> None:
        data = json.dumps(line, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        with self._writing():
            self._file.write(data.encode("utf-8") + b"\n")


def read_tape(path: str | Path) -> Tape:
    """Open a tape and read its header.

    Raises:
        InputError: the file is missing, or no tape, or one of another schema.
    """
    return Tape(Path(path))


class Tape(Closing):
    """The poses of a tape, read line by line, once through, in flat memory; a context manager.

    `header` is there at once; `warning` (one line, or None) tells after the iteration that the tape was cut off.
    Errors while iterating: InputError with the number of the line.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warning: str | None = None
        self._file = _open_to_read(path)
        self._number = 0
        self._differences: Differences | None = None  # schema 1 has none
        try:
            self.header = self._header()
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._file.close()

    def __iter__(self) -> Iterator[Pose]:
        """Yield the poses in order of time, up to the end or to where the tape was cut off."""
        return (item for item in self.items() if isinstance(item, Pose))

    def items(self) -> Iterator[Pose | str]:
        """Yield the poses and, in their order between them, the keys that were pressed."""
        last_t = -math.inf
        try:
            while line := self._line():
                try:
                    pose = _parse(line, self.header.size, self._differences)
                    if isinstance(pose, str):
                        yield pose
                        continue
                except (ValueError, TypeError, KeyError, OverflowError) as error:
                    if not line.endswith(b"\n") and len(line) < _LINE_BYTES:  # only the last line can lack its end
                        self._warn(last_t)
                        return
                    raise FormatError(
                        f"{self.path}, line {self._number} is damaged ({error}): record the tape again"
                    ) from error
                if pose.t <= last_t:
                    raise FormatError(
                        f"{self.path}, line {self._number} is out of order: {pose.t:g} s comes after {last_t:g} s; "
                        "record the tape again"
                    )
                last_t = pose.t
                yield replace(pose, lacks=self.header.lacks) if self.header.lacks else pose
        finally:
            self.close()

    def _line(self) -> bytes:
        """The next line; empty at the end, and where a compressed tape was cut off."""
        self._number += 1
        if self._number > _MOST_LINES:
            self.warning = f"{self.path.name} has more than {_MOST_LINES:,} lines; read up to there"
            return b""
        try:
            return self._file.readline(_LINE_BYTES)
        except EOFError:  # the gzip stream lacks its end
            self._warn(None)
            return b""
        except (OSError, zlib.error) as error:
            raise FormatError(f"{self.path}, line {self._number} cannot be read ({error}): record it again") from error

    def _warn(self, last_t: float | None) -> None:
        where = f", line {self._number}" if last_t is None or last_t == -math.inf else f" after {last_t:.1f} s"
        self.warning = f"{self.path.name} is cut off{where}; read up to there"

    def _header(self) -> TapeHeader:
        line = self._line()
        if not line:
            raise InputError(f"{self.path} is empty: give a tape made with `posecheck replay --tape`")
        try:
            header = json_of(line, self.path, TAPE, "line 1")
            schema = header["schema"]
            if schema in READABLE:
                texts = [header[key] for key in ("posecheck", "model", "model_sha256", "source")]
                if not all(isinstance(text, str) for text in texts):
                    raise TypeError("texts wanted")
                size = _size(header["size"])
                routine, strict = str(header.get("routine", "")), bool(header.get("strict"))
                if schema > 1:
                    self._differences = Differences(_steps(header["steps"]))
                lacks = Lacks.of(header["lacks"]) if schema == LACKING else LACKS_NOTHING
                return TapeHeader(texts[0], texts[1], texts[2], texts[3], size, schema, routine, strict, lacks)
        except (ForeignError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            if isinstance(error, ForeignError) and line.startswith(b"{"):
                raise
            raise FormatError(f"{self.path} is not a tape: give one made with `posecheck replay --tape`") from error
        raise FormatError(
            f"{self.path} is a tape of schema {schema}, this posecheck reads up to schema {READABLE[-1]}: install the "
            "posecheck that wrote it, or record it again"
        )


def _steps(given: list[float]) -> Steps:
    """The steps of a header; ValueError or TypeError when they are none."""
    px, m, visibility = (float(x) for x in given)
    if not all(0.0 < x < math.inf for x in (px, m, visibility)):
        raise ValueError("steps are above 0")
    return Steps(px, m, visibility)


def _size(given: Any) -> tuple[int, int]:
    """Width and height of a picture; ValueError, TypeError or OverflowError when they are none."""
    width, height = (int(x) for x in given)
    if not (0 <= width <= _MOST_SIDE and 0 <= height <= _MOST_SIDE):
        raise ValueError(f"the size of its picture is not within {_MOST_SIDE} x {_MOST_SIDE}")
    return width, height


def _parse(line: bytes, size: tuple[int, int], differences: Differences | None) -> Pose | str:
    """Turn a line into a Pose or a key; ValueError, TypeError, KeyError or OverflowError when it is neither."""
    record = from_json(line)  # four times as quick as json, and the same numbers
    if "key" in record:
        return str(record["key"])
    t = float(record["t"])
    if not -_LATEST_S <= t <= _LATEST_S:
        raise ValueError(f"its time is no number of seconds up to {_LATEST_S:g}")
    if "s" in record:
        size = _size(record["s"])
    if differences is not None and "d" in record:
        return differences.decode(t, size, record["d"])
    if "p" not in record:
        return Pose.absent(t, size)
    points, metres, visibility = record["p"], record["m"], record["v"]
    if not len(points) == 2 * _N or not len(metres) == 3 * _N or not len(visibility) == _N:
        raise ValueError("it has not all landmarks")
    flat = np.array(points + metres + visibility, dtype=np.float64)
    if not np.isfinite(flat).all():
        raise ValueError("a coordinate is not a number")
    return Pose(t, size, flat[: 2 * _N].reshape(_N, 2), flat[2 * _N : 5 * _N].reshape(_N, 3), flat[5 * _N :])


def _open_to_write(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path, "wb", compresslevel=6))
    return path.open("wb")


def _open_to_read(path: Path) -> IO[bytes]:
    """Open by content, not by name: a renamed tape can still be read."""
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder: give a tape file")
        with path.open("rb") as file:
            magic = file.read(2)
        return cast("IO[bytes]", gzip.open(path, "rb")) if magic == b"\x1f\x8b" else path.open("rb")
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}: check the name") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
