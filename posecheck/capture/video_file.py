"""Video file or photograph → Frame; only this module, and `feeds` for cameras and streams, read with cv2.

The whole of it, for a file:

    with open_video("stretch.mp4") as source:
        for frame in source:
            ...
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from posecheck.errors import FormatError, InputError, UsageError
from posecheck.libraries import load_cv2
from posecheck.records import Frame
from posecheck.records.closing import Closing
from posecheck.records.times import SAME_TIME_S

_AHEAD = 1  # frames decoded ahead: the detector takes ten times as long, and one of 1080p takes 6 MB
_DECODERS = 1  # threads of FFmpeg: ten times as quick as the detector all the same, and 12 MB less than with two
_NOMINAL_FPS = 30.0  # for files that do not tell
_DUPLICATE_STEP_S = 0.001
_SEEK_BEFORE_S = 1.0  # aimed at so long before the start: where a jump ends is a matter of keyframes and luck
_CUT_SHARE = 0.97  # outside MP4, count and length are estimates
_MP4_STARTS = {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"wide", b"free", b"skip"}


def open_video(
    path: str | Path, start_s: float = 0.0, end_s: float | None = None, *, seek: bool = False
) -> VideoSource:
    """Open a video file.

    Args:
        path: the file.
        start_s: the first time that is wanted, in seconds of the file.
        end_s: the frames end before this time, in seconds of the file; None for the end of the file.
        seek: what comes before `start_s` is jumped over, not read. A file without time stamps may then give its frames
            other times.

    Returns:
        A VideoSource; use it as a context manager.

    Raises:
        UsageError: the range is empty.
        InputError: the file is missing or not a readable video.
    """
    if not 0 <= start_s < float("inf"):
        raise UsageError(f"the start must be 0 s or later, not {start_s:g} s")
    if end_s is not None and not start_s < end_s:
        raise UsageError(f"the range is empty: its end ({end_s:g} s) must come after its start ({start_s:g} s)")
    path = _readable_file(Path(path), "video")
    cv2 = load_cv2()
    with quiet(cv2):
        # an absolute path: FFmpeg takes "a:b.mp4" for an address
        capture = cv2.VideoCapture(str(path.resolve()), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, _DECODERS])
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        whole, image = capture.read()  # tells whether it can be decoded, and the size after rotation
    if not whole:
        capture.release()
        raise _not_a_video(path)
    if seek and start_s > _SEEK_BEFORE_S:
        image = _jump(cv2, capture, path, start_s - _SEEK_BEFORE_S)
    return VideoSource(capture, cv2, path, image, start_s, end_s)


def _jump(cv2: ModuleType, capture: Any, path: Path, t: float) -> Any:
    """Go to a frame at about `t` seconds, not after it, and return its picture.

    When the file allows no jump, this goes back to the first frame.
    """
    with quiet(cv2):
        capture.set(cv2.CAP_PROP_POS_MSEC, t * 1000.0)
        whole, image = capture.read()
        reached = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
        if not whole or not 0 < reached <= t + _SEEK_BEFORE_S:
            capture.open(str(path.resolve()), cv2.CAP_FFMPEG)
            capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
            whole, image = capture.read()
    if not whole:
        raise _not_a_video(path)
    return image


def read_image(path: str | Path) -> Frame:
    """Read a photograph upright, as its EXIF orientation tells, as a Frame at t = 0.

    Raises:
        InputError: the file is missing or not a picture that can be read.
    """
    path = _readable_file(Path(path), "picture")
    cv2 = load_cv2()
    advice = "give a JPEG or PNG picture"
    try:
        with quiet(cv2):
            # not imread: it cannot open every Unicode path on Windows
            image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise FormatError(f"{path} cannot be decoded: {advice}") from error
    if image is None:
        raise FormatError(f"{path} is not a picture that can be read: {advice}")
    return Frame(0, 0.0, image)


class VideoSource(Closing):
    """The frames of a video file, once through, decoded ahead in one thread; a context manager.

    `path`, `name`: the file. `size`: (width, height) in pixels, after rotation. `fps`: nominal frames a second.
    `duration_s`: length of the whole file in seconds, None when it does not tell. `frame_count`: estimate for the
    chosen range, for progress bars, None when unknown. `truncated` and `warning` (one line, or None) tell after
    the iteration whether the file ends before its announced end.

    A Frame's `index` counts the frames handed on; its `t` is the presentation time since the start of the file's
    video, in seconds, and rises strictly. Errors while iterating: InputError.
    """

    def __init__(
        self, capture: Any, cv2: ModuleType, path: Path, first: Any, start_s: float, end_s: float | None
    ) -> None:
        self.path = path
        self.name = path.name
        self.size: tuple[int, int] = (first.shape[1], first.shape[0])
        fps = capture.get(cv2.CAP_PROP_FPS)
        self.fps: float = fps if 0 < fps < 1000 else _NOMINAL_FPS
        total = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self._total = total if total > 0 else None
        self.duration_s: float | None = total / self.fps if total > 0 else None
        self.frame_count = _count_in_range(self._total, self.duration_s, start_s, end_s)
        self.truncated = False
        self.warning: str | None = None
        self._capture, self._cv2 = capture, cv2
        self._first: Any = first
        self._start_s, self._end_s = start_s, end_s
        self._queue: queue.SimpleQueue[Frame | Exception | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(_AHEAD)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __iter__(self) -> Iterator[Frame]:
        """Yield every frame of the range in order of time."""
        if self._thread is not None or self._stop.is_set():
            raise UsageError(f"{self.name} was read already: open it again to read it again")
        self._thread = threading.Thread(target=self._decode_ahead, name=f"decode {self.name}", daemon=True)
        self._thread.start()
        try:
            while (item := self._queue.get()) is not None:
                if isinstance(item, Exception):
                    raise item
                self._room.release()
                yield item
        finally:
            self.close()

    def close(self) -> None:
        """End the thread and let go of the file; may be called twice."""
        self._stop.set()
        self._room.release()  # wakes a thread that waits for it
        if self._thread is not None:
            self._thread.join()
        self._capture.release()
        self._first = None

    def _decode_ahead(self) -> None:
        """Fill the queue; end with None, or with the exception for the consumer to raise."""
        end: Exception | None = None
        try:
            for frame in self._frames():
                self._queue.put(frame)
        except self._cv2.error:
            end = self._damaged()
        except Exception as error:  # noqa: BLE001  # handed to the consumer, who raises it
            end = error
        self._queue.put(end)

    def _frames(self) -> Iterator[Frame]:
        """Decode the range and stamp each frame."""
        image, self._first = self._first, None
        t, index, read = self._stamp(None), 0, 1
        while self._end_s is None or t < self._end_s - SAME_TIME_S:
            if t >= self._start_s - SAME_TIME_S:
                self._room.acquire()
                if self._stop.is_set():
                    return
                yield Frame(index, t, self._retrieve() if image is None else image)
                index += 1
            image = None
            if self._stop.is_set():
                return
            if not self._capture.grab():
                self._note_truncation(t, read)
                break
            t, read = self._stamp(t), read + 1
        if index == 0:
            raise InputError(
                f"{self.path} has no frame at {self._range()} (it was read up to {t:.2f} s): choose another range"
            )

    def _retrieve(self) -> Any:
        whole, image = self._capture.retrieve()
        if not whole:
            raise self._damaged()
        return image

    def _range(self) -> str:
        return f"{self._start_s:g} s or later" if self._end_s is None else f"{self._start_s:g} to {self._end_s:g} s"

    def _damaged(self) -> FormatError:
        return FormatError(f"{self.path} is damaged and cannot be decoded: convert it to MP4 (H.264) and try again")

    def _stamp(self, last: float | None) -> float:
        """The time of the frame just grabbed, in seconds, later than `last`."""
        reported: float = self._capture.get(self._cv2.CAP_PROP_POS_MSEC) / 1000.0
        if last is None or reported > last:
            return reported
        # OpenCV reports 0 for a frame without a time stamp (raw streams, the last frames of some AVI files)
        return last + (1.0 / self.fps if reported == 0 else _DUPLICATE_STEP_S)

    def _note_truncation(self, last_t: float, read: int) -> None:
        """Compare what came with what the file announces; `read` frames came, the last at `last_t` seconds."""
        boxes = _mp4_boxes(self.path)
        if boxes:  # exact; a trimmed phone film announces more than it shows, so counts do not tell
            cut = boxes[-1][1] > 0 and (self._total is None or read < self._total)
        else:  # both, because count and length are estimates at variable frame rate
            cut = (
                self._total is not None
                and self.duration_s is not None
                and read < _CUT_SHARE * self._total
                and last_t + 1.0 / self.fps < _CUT_SHARE * self.duration_s
            )
        if cut and not self._stop.is_set():
            self.truncated = True
            announced = f" of {self.duration_s:.1f} s" if self.duration_s is not None else ""
            self.warning = f"{self.name} is cut off: it ends at {last_t:.1f} s{announced}; judged up to there"


def _readable_file(path: Path, kind: str) -> Path:
    try:
        str(path.resolve()).encode("utf-8")  # OpenCV 5.0.0 crashes on a name that is no Unicode
        if path.is_dir():
            raise InputError(f"{path} is a folder: give a {kind} file")
        with path.open("rb") as file:
            empty = not file.read(1)
    except UnicodeEncodeError as error:
        raise InputError(f"the name of {path} has letters that are no Unicode: rename it, or its folder") from error
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}: check the name") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    if empty:
        raise InputError(f"{path} is empty: copy or record it again")
    return path


def _not_a_video(path: Path) -> FormatError:
    """Say why a file did not open as a video."""
    kinds = [kind for kind, _ in _mp4_boxes(path)]
    if kinds and b"moov" not in kinds:
        return FormatError(f"{path} was cut off before its index was written (no moov atom): copy or record it again")
    if _has_only_sound(path):
        return FormatError(f"{path} has sound but no picture: give a video")
    return FormatError(f"{path} is not a video that can be read: give an MP4, MOV, MKV, WebM or AVI file")


def _has_only_sound(path: Path) -> bool:
    import av  # OpenCV does not tell why it refuses a file

    try:
        with av.open(str(path.resolve())) as container:
            return bool(container.streams.audio) and not container.streams.video
    except (OSError, ValueError):  # PyAV's errors derive from these
        return False


def _count_in_range(total: int | None, duration_s: float | None, start_s: float, end_s: float | None) -> int | None:
    if total is None or not duration_s:
        return None
    end = duration_s if end_s is None else min(end_s, duration_s)
    return max(0, round(total * (end - start_s) / duration_s))


def _mp4_boxes(path: Path) -> list[tuple[bytes, int]]:
    """The top-level boxes of an MP4 or MOV file as (type, bytes missing at the end of the file); [] for other files.

    Source: ISO/IEC 14496-12, 4.2: 32-bit length and type; length 1 means a 64-bit length follows, 0 up to the end.
    """
    boxes: list[tuple[bytes, int]] = []
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        while at < size:
            file.seek(at)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            elif length == 0:
                length = size - at
            if (not boxes and kind not in _MP4_STARTS) or (length < 8 and at + 8 <= size):
                break
            at += max(length, 8)
            boxes.append((kind, max(0, at - size)))
    return boxes


@contextmanager
def quiet(cv2: ModuleType) -> Iterator[None]:
    """Keep OpenCV and its FFmpeg from writing to stderr, unless the user has set their log levels.

    FFmpeg's level and the limit of packets without a picture (long sound) are read once, at the first opening.
    """
    wanted = {"OPENCV_FFMPEG_LOGLEVEL": "-8", "OPENCV_FFMPEG_READ_ATTEMPTS": "1000000"}
    added = {key: value for key, value in wanted.items() if key not in os.environ}
    if "OPENCV_LOG_LEVEL" not in os.environ:  # stays: the reading thread would log too
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    os.environ.update(added)
    try:
        yield
    finally:
        for key in added:
            os.environ.pop(key, None)
