"""Writes H.264 video in MP4 that browsers and phones play, in a thread of its own, with the frames' own times.

    with AnnotatedWriter("out.mp4", title="Side bend") as writer:
        for frame in source:
            writer.write(frame, session.feed(detector.detect(frame)))

Converting, drawing and encoding release Python's lock, so they overlap with the detection of the next frame.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from posecheck.draw.overlay import draw
from posecheck.errors import OutputError
from posecheck.libraries import load_av, load_cv2
from posecheck.records import Frame, Step
from posecheck.records.files import UnfinishedFile, check_writable, writing

Image = NDArray[np.uint8]
Job = tuple[float, Callable[[], Image]]

# Few: a picture of 1080p takes 6 MB. What is live may have to wait a moment for the disk, a file can wait itself.
_WAITING_LIVE, _WAITING = 4, 1
_LARGE = 1280 * 720  # pixels; above it memory counts: a picture that the encoder looks ahead to takes 6 MB there
_TICKS = 90_000  # of MPEG's clock, in a second
_FRAGMENT_S, _SEEK_S = 0.9, 4.0  # between keyframes: a crash may lose one fragment, a player jumps to any of them
# The H.264 encoders that builds of FFmpeg have, best first; the wheels of av have libx264.
_ENCODERS = ("libx264", "libopenh264", "h264_videotoolbox", "h264_mf", "h264")


class VideoWriter:
    """Writes pictures with their times to an MP4 file.

    The file takes its place with `close`, also when what feeds the writer has raised; leaving the `with` block closes
    it. Until then it grows beside its place, as `me.unfinished-1f0a9c3d.mp4`, and what was there before stays. A
    finished file starts at once in a browser (its index is in front). With `fragmented` the file can be read up to the
    last second at any moment, so a crash loses no more than that; meant for live recording.

    Args:
        path: the file to write; an existing one is replaced when the new one is whole.
        fragmented: see above.
        crf: quality, 0 to 51, lower is better; 23 looks clean.
        preset: of x264, the trade of speed for size. "veryfast" takes about 2 ms a frame at 640 x 480.

    Raises:
        OutputError: the file cannot be written, or there is no H.264 encoder.
        DependencyError: PyAV or OpenCV cannot be loaded.
    """

    def __init__(self, path: str | Path, *, fragmented: bool = False, crf: int = 23, preset: str = "veryfast") -> None:
        check_writable(path)
        self.path = Path(path)
        self._encoder = _Encoder(self.path, fragmented=fragmented, crf=crf, preset=preset)
        self._jobs: queue.Queue[Job | None] = queue.Queue(_WAITING_LIVE if fragmented else _WAITING)
        self._error: BaseException | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="posecheck-video", daemon=True)
        self._thread.start()

    def write(self, image: Image, t: float) -> None:
        """Add a picture.

        The picture is handed over, not copied: do not change it afterwards. Waits while the encoder is behind.

        Args:
            image: BGR uint8 (height, width, 3). The first one sets the size of the video, less a last odd row or
                column, which H.264 cannot hold; later ones of another size are scaled to it.
            t: seconds; must rise. The first picture's time becomes 0. A time that does not rise is moved on a little.

        Raises:
            OutputError: an earlier picture could not be written, for example because the disk is full.
        """
        self.write_later(lambda: image, t)

    def offer(self, image: Image, t: float) -> bool:
        """Add a picture unless the encoder is behind: what is live must not wait.

        Args:
            image: as for `write`.
            t: as for `write`.

        Returns:
            Whether it was taken.

        Raises:
            ValueError: the video is closed.
            OutputError: it could not be written.
        """
        if self._jobs.full() and not self._closed and self._error is None:
            return False
        self.write(image, t)
        return True

    def write_later(self, make_image: Callable[[], Image], t: float) -> None:
        """Add a picture that the writer's thread is to make.

        Args:
            make_image: makes it; whatever it raises, the next call raises.
            t: the time of the picture, in seconds.

        Raises:
            ValueError: the video is closed.
            OutputError: it could not be written.
        """
        if self._closed:
            raise ValueError("the video is closed")
        self._raise_error()
        self._jobs.put((t, make_image))

    def close(self) -> None:
        """Write what is left and finish the file; can be called again.

        Raises:
            OutputError: some of it could not be written.
        """
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        try:
            self._thread.join()
        except KeyboardInterrupt:
            self._thread.join()  # a second or so: an unfinished file could not be played
            raise
        self._raise_error()

    def _raise_error(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            self._closed = True
            self._jobs.put(None)
            raise error

    def _work(self) -> None:
        """The thread: encodes until there is no more, or until an error; then only empties the queue."""
        ended = False
        try:
            with self._encoder as encoder:
                for t, make_image in iter(self._jobs.get, None):
                    encoder.encode(make_image(), t)
                ended = True
        except BaseException as error:  # noqa: BLE001  # whatever it is, the caller is told
            self._error = error
            while not ended:
                ended = self._jobs.get() is None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
            return
        # What the consumer raised tells more than what it led to here.
        with suppress(Exception):
            self.close()


class AnnotatedWriter:
    """Writes frames with their steps drawn on them; drawing and encoding run in the writer's thread.

    Args:
        path, fragmented: as for VideoWriter.
        mirror, title: as for `show.draw`.

    Raises:
        OutputError, DependencyError: as VideoWriter.
    """

    def __init__(self, path: str | Path, *, mirror: bool = False, title: str = "", fragmented: bool = False) -> None:
        self._mirror, self._title = mirror, title
        self._writer = VideoWriter(path, fragmented=fragmented)

    def write(self, frame: Frame, step: Step) -> None:
        """Add a frame with what was found in it.

        Args:
            frame: its picture must not be changed afterwards.
            step: what was found.

        Raises:
            ValueError: the video is closed.
            OutputError: an earlier picture could not be written.
        """
        self._writer.write_later(lambda: draw(frame.image, step, mirror=self._mirror, title=self._title), frame.t)

    def close(self) -> None:
        """Write what is left and finish the file.

        Raises:
            OutputError: some of it could not be written.
        """
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, trace)


class _Encoder:
    """Pictures → H.264 → MP4. Opened with the first picture, and used by one thread only."""

    def __init__(self, path: Path, *, fragmented: bool, crf: int, preset: str) -> None:
        self._av = load_av()
        self._cv2 = load_cv2()
        self._codec = self._find_codec()
        self._path, self._fragmented = path, fragmented
        self._options = {"crf": str(crf), "preset": preset} if self._codec == "libx264" else {}
        if self._options and fragmented:
            # Looking ahead would keep frames in memory that a crash then loses.
            self._options["x264-params"] = "rc-lookahead=0:sync-lookahead=0:mbtree=0"
        self._place: UnfinishedFile | None = None
        self._container: Any = None
        self._stream: Any = None
        self._start = 0.0
        self._last = -1
        self._next_key = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        place = self._place
        if place is None:
            return
        whole = False
        try:
            if isinstance(error, OutputError):
                with suppress(OutputError):
                    self._finish(flush=False)
            else:
                self._finish(flush=True)
                whole = True
        finally:
            if whole or (self._fragmented and self._last >= 0):  # what is there of it can be played
                place.keep()
            else:
                place.drop()
            self._place = None

    def encode(self, image: Image, t: float) -> None:
        """Add a picture.

        Args:
            image: (height, width, 3) BGR; one of another size than the first is scaled.
            t: its time in seconds.
        """
        if self._container is None:
            self._open(image, t)
        width, height = self._stream.width, self._stream.height
        if image.shape[1] // 2 * 2 != width or image.shape[0] // 2 * 2 != height:
            image = np.asarray(self._cv2.resize(image, (width, height), interpolation=self._cv2.INTER_AREA), np.uint8)
        planes = self._cv2.cvtColor(image[:height, :width], self._cv2.COLOR_BGR2YUV_I420)
        frame = self._av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = max(round((t - self._start) * _TICKS), self._last + 1)
        frame.time_base = Fraction(1, _TICKS)
        self._last = frame.pts
        if frame.pts >= self._next_key:  # by time, as the rate varies
            frame.pict_type = self._av.video.frame.PictureType.I
            self._next_key = frame.pts + round((_FRAGMENT_S if self._fragmented else _SEEK_S) * _TICKS)
        self._mux(frame)

    def _open(self, image: Image, t: float) -> None:
        height, width = (side // 2 * 2 for side in image.shape[:2])
        if not width or not height:
            raise OutputError(
                f"cannot write {self._path}: a picture of {image.shape[1]} x {image.shape[0]} is too small"
            )
        self._place = place = UnfinishedFile(self._path)
        movflags = "frag_keyframe+empty_moov+default_base_moof" if self._fragmented else "faststart"
        with self._writing():
            # "file:" keeps a name with a colon from being taken for a protocol.
            self._container = self._av.open(
                f"file:{place.part}", "w", format="mp4", options={"movflags": movflags, "flush_packets": "1"}
            )
            large = width * height > _LARGE
            if self._options and large and not self._fragmented:
                self._options["x264-params"] = "rc-lookahead=1:sync-lookahead=0"  # of ten: 70 MB less at 1080p
            stream = self._container.add_stream(self._codec, rate=30, options=self._options)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.time_base = Fraction(1, _TICKS)
            context = stream.codec_context
            context.time_base = Fraction(1, _TICKS)
            context.gop_size = 600
            context.max_b_frames = 0  # so that the first time is 0 and nothing waits in the encoder
            context.colorspace, context.color_range = 5, 1  # BT.601, limited: what cvtColor makes
            # one keeps pace with the detector; what is live and large must keep pace with the camera
            context.thread_count = min(4, os.cpu_count() or 1) if large and self._fragmented else 1
        self._stream, self._start = stream, t

    def _sync(self) -> None:
        """Have on the disk what is written, in case the power fails."""
        if self._place is not None and self._place.part.is_file():
            with self._place.part.open("r+b") as file:
                os.fsync(file.fileno())

    def _finish(self, *, flush: bool) -> None:
        """Close the file. Without `flush` after a failed write: FFmpeg crashes on a second one if the header failed."""
        try:
            if flush and self._last >= 0:
                self._mux(None)
        finally:
            container, self._container = self._container, None
            if container is not None:
                with self._writing():
                    container.close()

    def _mux(self, frame: Any) -> None:
        with self._writing():
            for packet in self._stream.encode(frame):
                self._container.mux(packet)
                if self._fragmented and packet.is_keyframe:  # which has ended a fragment
                    self._sync()

    def _find_codec(self) -> str:
        for name in _ENCODERS:
            with suppress(self._av.FFmpegError, ValueError):
                self._av.Codec(name, "w")
                return name
        raise OutputError("the installed av has no H.264 encoder: run pip install --force-reinstall av")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """As `files.writing`, for those errors of FFmpeg too that are no OSErrors."""
        try:
            with writing(self._path):
                yield
        except self._av.FFmpegError as error:
            raise OutputError(f"cannot write {self._path}: {error}; choose another place or another name") from error
