"""Video file → Frames, with true times, upright, decoded ahead.

The whole of it:

    with open_video("stretch.mp4") as source:
        for frame in source:
            ...
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from posecheck.capture.container import Film, not_decodable, open_film
from posecheck.capture.deinterlace import deinterlaced
from posecheck.capture.film_clock import FilmClock
from posecheck.capture.film_decoder import Decoded, FilmDecoder
from posecheck.capture.film_options import FilmOptions, Rate
from posecheck.capture.gaps import Gap, ReadingNotes, joined_gaps
from posecheck.capture.mp4_boxes import mp4_boxes
from posecheck.capture.pace import Pace, chosen_rate
from posecheck.capture.upright import UprightPictures
from posecheck.errors import FormatError, InputError, UsageError
from posecheck.records import Frame
from posecheck.records.closing import Closing
from posecheck.records.times import SAME_TIME_S, check_range

_AHEAD = 1  # frames decoded ahead: the detector takes ten times as long, and one of 1080p takes 6 MB
_SEEK_BEFORE_S = 1.0  # aimed at so long before the start: where a jump ends is a matter of keyframes and luck
_TRIMMED = 1.05  # a guess: a film that holds so many times the frames of its length was trimmed
_CUT_SHARE = 0.97  # outside MP4, count and length are estimates


def open_video(
    path: str | Path,
    start_s: float = 0.0,
    end_s: float | None = None,
    *,
    seek: bool = False,
    rate: Rate = "all",
    fps: float | None = None,
    mirrored: bool = False,
    slow_motion: float = 1.0,
) -> VideoSource:
    """Open a video file.

    Args:
        path: the file.
        start_s: the first time that is wanted, in seconds of the film.
        end_s: the frames end before this time, in seconds of the film; None for the end of the film.
        seek: what comes before `start_s` is jumped over, not read. A file without time stamps is read all the same.
        rate: how many frames a second are wanted: a number, "all", or "auto" for about 15.
        fps: frames a second of a film that has no clock, such as a raw .h264 file.
        mirrored: the camera has swapped left and right: mirror every picture back.
        slow_motion: the film plays so many times slower than what it shows: divide all its times by it.

    Returns:
        A VideoSource; use it as a context manager.

    Raises:
        UsageError: the range is empty, or an option cannot be used.
        InputError: the file is missing or not a readable video.
    """
    options = FilmOptions(rate=rate, fps=fps, mirrored=mirrored, slow_motion=slow_motion)
    return open_recording(path, start_s, end_s, options, seek=seek)


def open_recording(
    path: str | Path,
    start_s: float = 0.0,
    end_s: float | None = None,
    options: FilmOptions | None = None,
    *,
    seek: bool = False,
) -> VideoSource:
    """Open a video file, as `open_video` does, with the options as one value.

    Args:
        path: the file.
        start_s: the first time that is wanted, in seconds of the film.
        end_s: the frames end before this time, in seconds of the film; None for the end of the film.
        options: how it is read; at about 15 frames a second when left out.
        seek: what comes before `start_s` is jumped over, not read.

    Raises:
        UsageError: the range is empty.
        InputError: the file is missing or not a readable video.
    """
    check_range(start_s, end_s)
    source = VideoSource(open_film(Path(path)), start_s, end_s, options or FilmOptions())
    try:
        source.begin(seek=seek)
    except BaseException:
        source.close()
        raise
    return source


class VideoSource(Closing):
    """The frames of a video file, once through, decoded ahead in one thread; a context manager.

    `path`, `name`: the file. `size`: (width, height) in pixels, upright and with square pixels. `fps`: frames a second
    of the film. `rate`: how many of them a second are handed on, at most. `duration_s`: length of the whole film in
    seconds, None when it does not tell. `frame_count`: estimate for the chosen range and rate, for progress bars, None
    when unknown. `divisible`: whether a part of it can be read without what is before.

    After the iteration: `truncated` tells whether the file ends before its announced end, `gaps` where pictures are
    missing because the file is damaged, `notes` and `warning` (one line, or None) all that is odd.

    A Frame's `index` counts the frames handed on; its `t` is the presentation time since the start of the film, in
    seconds, and rises strictly. Errors while iterating: InputError.
    """

    def __init__(self, film: Film, start_s: float, end_s: float | None, options: FilmOptions) -> None:
        self.path = film.path
        self.name = film.path.name
        self.size: tuple[int, int] = (0, 0)
        fps = film.fps if film.has_clock or options.fps is None else options.fps
        duration_s = film.duration_s
        if not film.has_clock and film.frames is not None:
            duration_s = film.frames / fps
        self.fps: float = fps * options.slow_motion
        self.duration_s: float | None = None if duration_s is None else duration_s / options.slow_motion
        self.rate: float = chosen_rate(options.rate, self.fps) or self.fps
        self.divisible = film.has_clock and not film.may_restart
        self.truncated = False
        self.notes = ReadingNotes()
        self._film = film
        self._options = options
        self._start_s, self._end_s = start_s, end_s
        self._total = film.frames
        self._clock = FilmClock(self.name, self.fps)
        self._decoder = FilmDecoder(film, self._clock, options.slow_motion)
        self._decoded: Iterator[Decoded] = iter(())
        self._upright: UprightPictures | None = None
        self._queue: queue.SimpleQueue[Frame | Exception | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(_AHEAD)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def frame_count(self) -> int | None:
        """How many frames the chosen range and rate have, about; None when that is not known."""
        if not self.duration_s:
            return None
        end = self.duration_s if self._end_s is None else min(self._end_s, self.duration_s)
        shown = self.duration_s * self.fps
        trimmed = self._total is None or self._total > _TRIMMED * shown  # a trimmed film holds more than it shows
        total = shown if trimmed or self._total is None else self._total
        return max(0, round(total * (end - self._start_s) / self.duration_s * min(1.0, self.rate / self.fps)))

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Where pictures are missing because the file is damaged."""
        return self.notes.gaps

    @property
    def warning(self) -> str | None:
        """All that is odd about the file, in one line; None when all is well."""
        return self.notes.warning

    def begin(self, *, seek: bool = False) -> None:
        """Decode the first picture, which tells the size; called once, before the iteration.

        Args:
            seek: jump to a second before the start of the range.

        Raises:
            InputError: nothing can be decoded.
        """
        first = self._first()
        ratio = self._film.stream.sample_aspect_ratio or self._film.stream.codec_context.sample_aspect_ratio
        self._upright = UprightPictures(
            self._film.av, first.picture, float(ratio or 1) or 1.0, mirrored=self._options.mirrored
        )
        self.size = self._upright.size
        target = self._start_s - _SEEK_BEFORE_S
        if seek and target > 0 and self.divisible:
            first = self._jump(target)
        self._decoded = chain([first], self._decoded)

    def _first(self) -> Decoded:
        self._decoded = self._decoder.decoded()
        first = next(self._decoded, None)
        if first is None:
            raise not_decodable(self._film)
        return first

    def _jump(self, t: float) -> Decoded:
        """Go to a picture at about `t` seconds, not after it; when the file allows no jump, back to the first one."""
        try:
            self._decoder.jump(t)
            self._decoded = self._decoder.decoded()
            reached = next(self._decoded, None)
        except (self._film.av.FFmpegError, OSError):
            reached = None
        if reached is not None and reached.t <= t + _SEEK_BEFORE_S:
            return reached
        self._film.container.close()
        self._film = open_film(self.path)
        self._clock = FilmClock(self.name, self.fps)
        self._decoder = FilmDecoder(self._film, self._clock, self._options.slow_motion)
        return self._first()

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
        self._decoded = iter(())
        self._film.container.close()

    def _decode_ahead(self) -> None:
        """Fill the queue; end with None, or with the exception for the consumer to raise."""
        end: Exception | None = None
        try:
            for frame in self._frames():
                self._queue.put(frame)
        except self._film.av.FFmpegError:
            end = self._damaged()
        except Exception as error:  # noqa: BLE001  # handed to the consumer, who raises it
            end = error
        self._decoded = iter(())
        self._queue.put(end)

    def _frames(self) -> Iterator[Frame]:
        """The wanted pictures of the range as Frames."""
        rate = None if self.rate >= self.fps else self.rate
        pace, index, t, ended = Pace(rate, self.fps), 0, 0.0, True
        for one in deinterlaced(self._decoded, self._film.av, self._film.time_base):
            if self._stop.is_set():
                return
            t = one.t
            if self._end_s is not None and t >= self._end_s - SAME_TIME_S:
                ended = False
                break
            if t >= self._start_s - SAME_TIME_S and pace.wants(t):
                self._room.acquire()
                if self._stop.is_set():
                    return
                yield Frame(index, t, self._image(one.picture))
                index += 1
        self._take_notes(t, ended)
        if index == 0:
            raise InputError(
                f"{self.path} has no frame at {self._range()} (it was read up to {t:.2f} s): choose another range"
            )

    def _image(self, picture: Any) -> Any:
        assert self._upright is not None
        return self._upright.image(picture)

    def _range(self) -> str:
        return f"{self._start_s:g} s or later" if self._end_s is None else f"{self._start_s:g} to {self._end_s:g} s"

    def _damaged(self) -> FormatError:
        return FormatError(f"{self.path} is damaged and cannot be decoded: convert it to MP4 (H.264) and try again")

    def _take_notes(self, last_t: float, ended: bool) -> None:
        """Tell what the reading has shown; `ended`: the film was read to its end."""
        gaps = list(self._decoder.gaps)
        sentences = list(self._clock.sentences)
        if not self._film.has_clock and self._options.fps is None:
            sentences.append(
                f"{self.name} has no clock: {self.fps:g} frames a second are assumed; if it was filmed at another "
                "rate, tell it (--fps)"
            )
        if ended and self._is_cut(last_t):
            self.truncated = True
            announced = f" of {self.duration_s:.1f} s" if self.duration_s is not None else ""
            sentences.append(f"{self.name} is cut off: it ends at {last_t:.1f} s{announced}; judged up to there")
        elif ended and self._decoder.hurt and self.duration_s and self.duration_s - last_t > 2 * self._clock.step_s:
            gaps.append(Gap(last_t, self.duration_s))
        end = self._end_s if self._end_s is not None else float("inf")
        inside = [Gap(max(gap.start_s, self._start_s), min(gap.end_s, end)) for gap in gaps]
        self.notes = ReadingNotes(tuple(sentences), joined_gaps(gap for gap in inside if gap.length_s > 0))

    def _is_cut(self, last_t: float) -> bool:
        """Compare what came, the last at `last_t` seconds, with what the file announces."""
        boxes = mp4_boxes(self.path)
        if boxes:  # exact; a trimmed phone film announces more than it shows, so counts do not tell
            return boxes[-1][1] > 0 and (self._total is None or self._decoder.read < self._total)
        if self.duration_s is None or self._film.may_restart:
            return False
        # counts and lengths are estimates at variable rate
        few = self._total is None or self._decoder.read < _CUT_SHARE * self._total
        return few and last_t + self._clock.step_s < _CUT_SHARE * self.duration_s
