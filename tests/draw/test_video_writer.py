"""Writing video: files read back with PyAV, made of plain pictures, without media and without the model."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from posecheck.draw import video_writer
from posecheck.draw.video_writer import AnnotatedWriter, VideoWriter
from posecheck.errors import OutputError
from posecheck.records import Check, Context, Frame, Measurement, Phase, Pose, Progress, Step
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.system

Image = NDArray[np.uint8]

VARIABLE_TIMES = [5.0, 5.033, 5.1, 5.101, 5.5, 6.75, 6.8, 9.0]


def a_picture(number: int = 0, size: tuple[int, int] = (160, 120)) -> Image:
    """Diagonal stripes, moved on with the number, so that each picture differs."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    return np.repeat(((x + y + 8 * number) % 64 * 4)[..., None], 3, axis=2).astype(np.uint8)


def a_step(t: float) -> Step:
    progress = Progress(Phase.HOLD, "left", 3.0, 20.0, {"left": 0}, {"left": 2})
    return Step(Pose.absent(t), Measurement(t), Check(t, True), Context(), (), progress)


def write(path: Path, count: int = 30, size: tuple[int, int] = (160, 120), **options: Any) -> Path:
    with VideoWriter(path, **options) as writer:
        for number in range(count):
            writer.write(a_picture(number, size), number / 10)
    return path


def read(path: Path) -> tuple[list[float], list[Image], Any]:
    """Times, pictures and the stream's codec context of a video."""
    times, pictures = [], []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        for frame in container.decode(stream):
            times.append(frame.time)
            pictures.append(frame.to_ndarray(format="bgr24"))
        return times, pictures, stream.codec_context


@pytest.mark.parametrize("fragmented", [False, True])
def test_variable_times_are_kept(tmp_path: Path, fragmented: bool) -> None:
    """Every frame has its own time to a hundredth of a millisecond, the first one 0, at whatever rate they come."""
    path = tmp_path / "vfr.mp4"
    with VideoWriter(path, fragmented=fragmented) as writer:
        for number, t in enumerate(VARIABLE_TIMES):
            writer.write(a_picture(number), t)
    times, _, _ = read(path)
    assert times == pytest.approx([t - 5.0 for t in VARIABLE_TIMES], abs=1e-5)


def test_times_that_do_not_rise_are_moved_on(tmp_path: Path) -> None:
    """Equal times and a clock that goes back still give a video of all frames, in order."""
    path = tmp_path / "back.mp4"
    with VideoWriter(path) as writer:
        for t in (1.0, 1.0, 0.5, 1.2):
            writer.write(a_picture(), t)
    times, _, _ = read(path)
    assert len(times) == 4
    assert times == sorted(set(times))


def test_the_format_plays_in_browsers(tmp_path: Path) -> None:
    """H.264 with 4:2:0 colour in an MP4 whose index stands before the data."""
    path = write(tmp_path / "plain.mp4")
    _, _, codec = read(path)
    assert (codec.name, codec.pix_fmt, codec.width, codec.height) == ("h264", "yuv420p", 160, 120)
    data = path.read_bytes()
    assert data.index(b"ftyp") < data.index(b"moov") < data.index(b"mdat")


def test_pictures_and_colours_are_kept(tmp_path: Path) -> None:
    """A blue, a green and an orange picture come back in the colours they were written in."""
    colours = [(200, 60, 20), (60, 160, 40), (0, 159, 230)]
    with VideoWriter(tmp_path / "colours.mp4") as writer:
        for number, colour in enumerate(colours):
            writer.write(np.full((120, 160, 3), colour, np.uint8), number / 10)
    _, pictures, _ = read(tmp_path / "colours.mp4")
    for colour, picture in zip(colours, pictures, strict=True):
        assert np.abs(picture.reshape(-1, 3).mean(axis=0) - colour).max() < 6


@pytest.mark.parametrize("size", [(161, 121), (161, 120), (160, 121), (3, 3)])
def test_odd_sizes_are_cut_to_even_ones(tmp_path: Path, size: tuple[int, int]) -> None:
    """H.264 holds even sizes only: an odd last row or column is left out."""
    _, pictures, codec = read(write(tmp_path / "odd.mp4", count=3, size=size))
    assert (codec.width, codec.height) == (size[0] // 2 * 2, size[1] // 2 * 2)
    assert len(pictures) == 3


def test_a_picture_too_small_is_an_error(tmp_path: Path) -> None:
    """A picture of one pixel cannot be a video, which is said in plain words."""
    with pytest.raises(OutputError, match="too small"):
        write(tmp_path / "dot.mp4", size=(1, 1))


def test_a_later_size_is_scaled_to_the_first(tmp_path: Path) -> None:
    """A camera that comes back with another size does not end the recording."""
    with VideoWriter(tmp_path / "sizes.mp4") as writer:
        writer.write(a_picture(0, (160, 120)), 0.0)
        writer.write(a_picture(1, (320, 200)), 0.1)
    _, pictures, _ = read(tmp_path / "sizes.mp4")
    assert [picture.shape for picture in pictures] == [(120, 160, 3)] * 2


def test_a_fragmented_file_cut_short_is_readable(tmp_path: Path) -> None:
    """Of a fragmented file that lost its last 40 %, what is there can be played; a plain one would be lost."""
    path = write(tmp_path / "live.mp4", count=100, fragmented=True)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    times: list[float] = []
    with av.open(str(path)) as container, suppress(av.FFmpegError):  # raised at the fragment that was cut through
        times.extend(frame.time for frame in container.decode(video=0))
    assert times[-1] > 4.0


def test_a_fragmented_file_is_on_disk_while_it_is_written(tmp_path: Path) -> None:
    """Before it is closed, all but the last 2 seconds can already be read: that is all a crash can take."""
    path = tmp_path / "live.mp4"
    with VideoWriter(path, fragmented=True) as writer:
        for number in range(60):
            writer.write(a_picture(number), number / 10)
        copy, grows = tmp_path / "copy.mp4", next(tmp_path.glob("live.unfinished-*.mp4"))

        def readable_s() -> float:
            copy.write_bytes(grows.read_bytes())
            try:
                return read(copy)[0][-1]
            except (av.FFmpegError, IndexError):  # nothing yet
                return 0.0

        until(lambda: readable_s() >= 5.9 - 2.0, "all but the last 2 s")


def test_keyframes_come_by_time(tmp_path: Path) -> None:
    """A fragmented file has a keyframe at least every second, though the frame rate varies."""
    path = tmp_path / "keys.mp4"
    with VideoWriter(path, fragmented=True) as writer:
        for number in range(80):
            writer.write(a_picture(number), number / 10 if number < 20 else 2 + (number - 20) / 60)
    with av.open(str(path)) as container:
        keys = [float(packet.pts * packet.time_base) for packet in container.demux(video=0) if packet.is_keyframe]
    assert keys[0] == 0
    assert np.diff([*keys, 3.0]).max() <= 1.0 + 1e-6


@pytest.mark.parametrize("error", [RuntimeError("consumer"), KeyboardInterrupt()])
def test_a_consumer_that_raises_leaves_a_playable_file(tmp_path: Path, error: BaseException) -> None:
    """When the loop that feeds it fails, or is stopped by Ctrl-C, all frames so far are in a finished file."""
    path = tmp_path / "half.mp4"

    def consume() -> None:
        with VideoWriter(path) as writer:
            for number in range(20):
                writer.write(a_picture(number), number / 10)
            raise error

    with pytest.raises(type(error)):
        consume()
    assert len(read(path)[0]) == 20


def test_an_error_in_the_thread_reaches_the_caller(tmp_path: Path) -> None:
    """What making a picture raises is raised by the next call, once; the frames before it are in the file."""

    def fails() -> Image:
        raise ZeroDivisionError("drawing")

    path = tmp_path / "drawing.mp4"
    writer = VideoWriter(path)
    writer.write(a_picture(), 0.0)
    writer.write_later(fails, 0.1)

    def go_on() -> None:
        for number in range(2, 1000):
            writer.write(a_picture(), number / 10)

    with pytest.raises(ZeroDivisionError, match="drawing"):
        go_on()
    writer.close()
    assert len(read(path)[0]) == 1


def test_an_error_in_the_last_picture_is_raised_on_closing(tmp_path: Path) -> None:
    """Nothing is lost in silence: an error after the last call is raised when the file is closed."""

    def fails() -> Image:
        raise ZeroDivisionError

    writer = VideoWriter(tmp_path / "last.mp4")
    writer.write_later(fails, 0.0)
    with pytest.raises(ZeroDivisionError):
        writer.close()
    writer.close()


@pytest.mark.parametrize("fragmented", [False, True])
def test_what_was_there_stays_until_a_film_is_whole(tmp_path: Path, fragmented: bool) -> None:
    """While it is written the old film is there; then the new one takes its place, and nothing is left beside it."""
    path = tmp_path / "a.mp4"
    path.write_bytes(b"old")
    with VideoWriter(path, fragmented=fragmented) as writer:
        for number in range(30):
            writer.write(a_picture(number), number / 10)
        until(lambda: list(tmp_path.glob("a.unfinished-*.mp4")), "the film that grows")
        assert path.read_bytes() == b"old"
    assert len(read(path)[0]) == 30
    assert list(tmp_path.iterdir()) == [path]


def test_closing_twice_and_writing_after_it(tmp_path: Path) -> None:
    """Closing again does nothing, and writing to a closed video is an error of the caller."""
    writer = VideoWriter(tmp_path / "closed.mp4")
    writer.write(a_picture(), 0.0)
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(a_picture(), 0.1)


def test_without_a_picture_there_is_no_file(tmp_path: Path) -> None:
    """A video of nothing is not written, and a file that was there stays."""
    path = tmp_path / "none.mp4"
    VideoWriter(path).close()
    assert not path.exists()
    path.write_bytes(b"old")
    VideoWriter(path).close()
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("name", ["missing/out.mp4", "."])
def test_a_path_that_cannot_be_written_is_found_at_once(tmp_path: Path, name: str) -> None:
    """A missing folder, or a folder as the file, is an OutputError before any work is done."""
    with pytest.raises(OutputError):
        VideoWriter(tmp_path / name)


def test_a_name_with_a_colon_is_a_file(tmp_path: Path) -> None:
    """FFmpeg does not take a file's name for a protocol, nor its ending for a format."""
    assert len(read(write(tmp_path / "12:30 stretch", count=3))[0]) == 3


FILLS_A_DISK = """
import resource, sys
import numpy as np
from posecheck.errors import OutputError
from posecheck.draw.video_writer import VideoWriter

path, limit, fragmented = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "True"
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
rng = np.random.default_rng(1)
try:
    with VideoWriter(path, fragmented=fragmented) as writer:
        for number in range(40):
            writer.write(rng.integers(0, 255, (240, 320, 3), np.uint8), number / 10)
except OutputError as error:
    assert path in str(error), error
else:
    raise SystemExit("no error")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits a file's size as Unix does")
@pytest.mark.parametrize("fragmented", [False, True])
@pytest.mark.parametrize("limit", [10, 50_000, 10**9])
def test_a_full_disk_is_an_output_error(tmp_path: Path, limit: int, fragmented: bool) -> None:
    """When the header, or a later picture, cannot be written, the caller gets an OutputError and nothing crashes."""
    path = "/dev/full" if limit == 10**9 else str(tmp_path / "full.mp4")
    subprocess.run(
        [sys.executable, "-c", FILLS_A_DISK, path, str(limit), str(fragmented)], check=True, timeout=PATIENCE_S
    )


def test_without_an_h264_encoder_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build of FFmpeg without any H.264 encoder gives an OutputError with the remedy."""
    monkeypatch.setattr(video_writer, "_ENCODERS", ("no_such_encoder",))
    with pytest.raises(OutputError, match=r"no H\.264 encoder"):
        VideoWriter(tmp_path / "out.mp4")


def test_another_encoder_is_used_without_libx264(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next encoder of the list takes over, without x264's own options."""
    monkeypatch.setattr(video_writer, "_ENCODERS", ("no_such_encoder", "h264"))
    assert len(read(write(tmp_path / "out.mp4"))[0]) == 30


def test_the_annotated_writer_draws_in_its_thread(tmp_path: Path) -> None:
    """Frames and steps become a video with the step drawn on it; the caller's own picture is not touched."""
    path = tmp_path / "annotated.mp4"
    image = np.full((240, 320, 3), 128, np.uint8)
    with AnnotatedWriter(path, title="Side bend") as writer:
        for index in range(5):
            writer.write(Frame(index, index / 10, image), a_step(index / 10))
    times, pictures, _ = read(path)
    assert times == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4], abs=1e-5)
    assert (image == 128).all()
    assert (np.abs(pictures[0].astype(int) - 128) > 60).any()


def test_no_thread_is_left_behind(tmp_path: Path) -> None:
    """After closing, the writer's thread has ended."""
    write(tmp_path / "done.mp4", count=2)
    assert "posecheck-video" not in [thread.name for thread in threading.enumerate()]
