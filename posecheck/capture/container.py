"""Opens a recorded file with PyAV: which track shows the film, and what the file tells about it before it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

from posecheck.capture.film_options import MOST_FPS
from posecheck.capture.mp4_boxes import mp4_boxes
from posecheck.capture.picture_size import picture_size
from posecheck.capture.readable import MOST_PIXELS, readable_file
from posecheck.errors import FormatError
from posecheck.libraries import load_av, other_version

NOMINAL_FPS = 30.0  # for files that do not tell
_DECODERS = 1  # threads of FFmpeg: quicker than the detector all the same, and 12 MB less than with two
_SAME_RATE = 0.02  # a guess: more than the average is off in a film of two seconds, less than 29 is from 30
_NO_TIMES, _CLOCK_MAY_RESTART = 0x80, 0x200  # libavformat: AVFMT_NOTIMESTAMPS, AVFMT_TS_DISCONT
_HEADER_BYTES = 1_000_000
_COUNTED_BYTES = 32_000_000  # read at most to find out how long a film is that does not tell: a tenth of a second
_FIRST_YEAR = 2000  # a guess: cameras whose clock was never set write 1904, 1970 or 1980
OTHER_CLOCK_S = 10.0  # the limit of FFmpeg itself: such a step, in a file whose clock may restart, is another clock


@dataclass(frozen=True, slots=True)
class Film:
    """An opened file and the track of it that is read.

    `fps`: frames a second on average. `frames`: how many there are, None when the file does not tell. `duration_s`: how
    long they last, the same. `has_clock`: pictures have times. `may_restart`: the file's kind allows another clock from
    any packet on, so its length is an estimate, and nobody can jump in it.
    """

    av: ModuleType
    container: Any
    stream: Any
    path: Path
    fps: float
    frames: int | None
    duration_s: float | None
    has_clock: bool
    may_restart: bool

    @property
    def only_decoding_times(self) -> bool:
        """Whether its packets tell when they are decoded, not when they are shown, as in AVI."""
        return bool(self.container.format.name == "avi")

    @property
    def skips_silently(self) -> bool:
        """Whether its reader passes over what is damaged without an error, as that of Matroska and WebM."""
        return bool(self.container.format.name.startswith("matroska"))

    @property
    def bytes_a_second(self) -> float | None:
        """How large the file is for its length; None when that is not known."""
        return self.path.stat().st_size / self.duration_s if self.duration_s else None

    @property
    def time_base(self) -> Fraction:
        """Seconds of a tick of its stamps."""
        base: Fraction = self.stream.time_base
        return base


def open_film(path: Path) -> Film:
    """Open a recorded file; nothing of it is decoded yet.

    Raises:
        InputError: the file is missing, no video, or its pictures are too large.
        DependencyError: PyAV cannot be loaded.
    """
    path = readable_file(path, "video")
    av = load_av()
    try:
        container = _container(av, path)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise not_a_video(path) from error
    try:
        stream = _track(container, path)
        return _described(av, container, stream, path)
    except BaseException:
        container.close()
        raise


def filmed_at(path: Path) -> datetime | None:
    """When a film was recorded, as the camera wrote it into the file: copying a file does not change it.

    Args:
        path: a film that can be read.

    Returns:
        The time with the offset of this machine; None when the film does not tell it.
    """
    try:
        with _container(load_av(), path) as container:
            told = datetime.fromisoformat(container.metadata["creation_time"])
    except (KeyError, ValueError):
        return None
    if told.tzinfo is None or told.year < _FIRST_YEAR:
        return None
    return told.astimezone()


def not_a_video(path: Path) -> FormatError:
    """Say why a file did not open as a video."""
    kinds = [kind for kind, _ in mp4_boxes(path)]
    if kinds and b"moov" not in kinds:
        return FormatError(f"{path} was cut off before its index was written (no moov atom): copy or record it again")
    return FormatError(f"{path} is not a video that can be read: give an MP4, MOV, MKV, WebM or AVI file")


def not_decodable(film: Film) -> FormatError:
    """Say why nothing of a film can be decoded."""
    try:
        with _container(film.av, film.path) as container:
            packet = next(container.demux(container.streams[film.stream.index]))
            size = picture_size(bytes(packet)[:_HEADER_BYTES])  # films made of photographs: Motion JPEG, PNG
    except (film.av.FFmpegError, OSError, ValueError, StopIteration):
        size = None
    return too_large(film.path, size) if size and size[0] * size[1] > MOST_PIXELS else not_a_video(film.path)


def too_large(path: Path, size: tuple[int, int]) -> FormatError:
    """The error of pictures with more than MOST_PIXELS.

    Args:
        path: the film, or the photograph.
        size: (width, height) of its pictures in pixels.
    """
    megapixels = MOST_PIXELS // 1_000_000
    return FormatError(
        f"the pictures of {path} are too large ({size[0]} x {size[1]}): make them smaller than {megapixels} megapixels"
    )


def _container(av: ModuleType, path: Path) -> Any:
    # an absolute path: FFmpeg takes "a:b.mp4" for an address; only files: a playlist could name any address
    options = {"max_pixels": str(MOST_PIXELS), "protocol_whitelist": "file"}
    try:
        return av.open(str(path.resolve()), options=options, metadata_errors="replace")
    except TypeError as error:  # of PyAV 19: it has no such argument
        raise other_version("av") from error


def _track(container: Any, path: Path) -> Any:
    """The track that a player shows: the default one, and no cover art."""
    from av.stream import Disposition

    films = [
        stream
        for stream in container.streams.video
        if not stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails)
    ]
    if not films and container.streams.audio:
        raise FormatError(f"{path} has sound but no picture: give a video")
    readable = [stream for stream in films if stream.codec_context is not None]
    if films and not readable:
        raise FormatError(f"{path} is in a format that cannot be decoded: convert it to MP4 (H.264) and try again")
    if not readable:
        raise not_a_video(path)
    return next((stream for stream in readable if stream.disposition & Disposition.default), readable[0])


def _described(av: ModuleType, container: Any, stream: Any, path: Path) -> Film:
    codec = stream.codec_context
    if codec.width * codec.height > MOST_PIXELS:
        raise too_large(path, (codec.width, codec.height))
    codec.thread_count = _DECODERS
    codec.options = {"max_pixels": str(MOST_PIXELS)}  # of a picture that is larger than the file has announced
    flags = int(container.format.flags)
    fps = _fps(stream)
    frames, duration_s = stream.frames or None, _duration_s(container, stream)
    may_restart = bool(flags & _CLOCK_MAY_RESTART)
    if may_restart or duration_s is None:
        frames, duration_s = _counted(av, path, stream.index, fps)
    return Film(
        *(av, container, stream, path, fps, frames, duration_s),
        has_clock=not flags & _NO_TIMES,
        may_restart=may_restart,
    )


def _fps(stream: Any) -> float:
    """Frames a second; of a stream without times, those that its own header tells."""
    told = stream.codec_context.framerate if not stream.duration else None
    for rate in (told, stream.average_rate, stream.guessed_rate):
        if rate and 0 < rate < MOST_FPS:
            nominal = stream.base_rate or rate  # the average is off by how long the last picture is said to last
            return float(nominal if abs(nominal / rate - 1) < _SAME_RATE else rate)
    return NOMINAL_FPS


def _duration_s(container: Any, stream: Any) -> float | None:
    if stream.duration:
        return float(stream.duration * stream.time_base)
    told = str(stream.metadata.get("DURATION", ""))  # Matroska: "00:00:02.000000000"
    parts = told.split(":")
    if len(parts) == 3 and all(part.replace(".", "", 1).isdigit() for part in parts):
        end_s = int(parts[0]) * 3600.0 + int(parts[1]) * 60.0 + float(parts[2])
    elif container.duration:
        end_s = container.duration / 1e6
    else:
        return None
    counted_from_0 = container.format.name.startswith("matroska")  # its pictures may start later
    return end_s - (float((stream.start_time or 0) * stream.time_base) if counted_from_0 else 0.0)


def _counted(av: ModuleType, path: Path, track: int, fps: float) -> tuple[int | None, float | None]:
    """Frames and seconds of a film that does not tell, from its packets; from the first ones of a large file."""
    count, lasts, last, at = 0, 0.0, None, 0
    try:
        with _container(av, path) as container:
            for packet in container.demux(container.streams[track]):
                if not packet.size:
                    continue
                count += 1
                at = max(at, packet.pos or 0)
                if packet.dts is not None:
                    t = float(packet.dts * packet.time_base)
                    step = t - last if last is not None else 0.0
                    lasts += step if 0 <= step < OTHER_CLOCK_S else 1.0 / fps
                    last = t
                if at > _COUNTED_BYTES:
                    break
    except (av.FFmpegError, OSError, ValueError):  # reading it will tell
        pass
    if not count:
        return None, None
    whole = path.stat().st_size / at if at > _COUNTED_BYTES else 1.0
    seconds = lasts + 1.0 / fps if last is not None else count / fps
    return round(count * whole), seconds * whole
