"""Video files → frames: true times, upright, none lost, and one-line errors."""

from __future__ import annotations

import itertools
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from posecheck.capture.photograph import read_image
from posecheck.capture.video_file import open_video
from posecheck.errors import DependencyError, InputError, PosecheckError, UsageError
from posecheck.records import Frame
from tests.capture.films import SIZE, STEADY_S, cut, make_video, number_in, picture, turn
from tests.waiting import until

pytestmark = pytest.mark.system


def make_sound(path: Path) -> Path:
    """Write a second of silence."""
    import av

    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("aac", rate=16000)
        for index in range(16):
            frame: Any = av.AudioFrame.from_ndarray(np.zeros((1, 1000), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 16000, index * 1000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def decoders() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("decode")]


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Two seconds at 30 frames a second."""
    return make_video(tmp_path / "steady.mp4")


def test_every_frame_comes_once_in_order(video: Path) -> None:
    """No frame is lost, doubled or out of order, although the file stores them out of order."""
    with open_video(video) as source:
        frames = list(source)
    assert [frame.index for frame in frames] == list(range(60))
    assert [number_in(frame.image) for frame in frames] == list(range(60))
    assert [frame.t for frame in frames] == pytest.approx(STEADY_S, abs=1e-6)
    assert source.warning is None


def test_the_source_tells_what_it_is(video: Path) -> None:
    """Name, size, rate, length and count are there before the first frame."""
    with open_video(video) as source:
        assert (source.name, source.path, source.size) == ("steady.mp4", video, SIZE)
        assert source.fps == pytest.approx(30)
        assert source.duration_s == pytest.approx(2, abs=0.04)
        assert source.frame_count == 60


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov"])
def test_times_at_variable_rate_are_those_of_the_pictures(tmp_path: Path, suffix: str) -> None:
    """At a variable rate each picture has its own time, with uneven steps and a pause of a second."""
    steps = np.tile([0.01, 0.05, 0.02, 0.033], 15)
    steps[30] = 1.0
    times = np.concatenate([[0], np.cumsum(steps)[:-1]])
    with open_video(make_video(tmp_path / f"uneven.{suffix}", list(times))) as source:
        frames = list(source)
    assert [number_in(frame.image) for frame in frames] == list(range(60))
    assert np.array([frame.t for frame in frames]) == pytest.approx(times, abs=0.0011)  # Matroska has whole ms
    assert all(a.t < b.t for a, b in itertools.pairwise(frames))
    assert source.warning is None


def test_time_starts_with_the_video(tmp_path: Path) -> None:
    """A file whose first picture is stamped 5 s starts at 0 s."""
    with open_video(make_video(tmp_path / "late.mkv", [5 + t for t in STEADY_S])) as source:
        assert [frame.t for frame in source][:2] == pytest.approx([0, 1 / 30], abs=0.0011)


def test_pictures_without_times_are_spaced_evenly(tmp_path: Path) -> None:
    """A raw stream has no times: they follow from the nominal rate and rise strictly."""
    with open_video(make_video(tmp_path / "raw.h264")) as source:
        times = [frame.t for frame in source]
    assert len(times) == 60
    assert np.diff(times) == pytest.approx(np.full(59, 1 / source.fps))


@pytest.mark.parametrize(
    ("matrix", "white"),
    [((1, 0, 0, 1), (0, 0)), ((0, 1, -1, 0), (0, 1)), ((-1, 0, 0, -1), (1, 1)), ((0, -1, 1, 0), (1, 0))],
)
def test_turned_films_come_upright(video: Path, matrix: tuple[int, int, int, int], white: tuple[int, int]) -> None:
    """The display matrix of a phone film is honoured: the picture and its size are turned."""
    with open_video(turn(video, matrix)) as source:
        image = next(iter(source)).image
    height, width = image.shape[:2]
    assert source.size == (width, height) == (SIZE if matrix[0] else SIZE[::-1])
    row, column = (white[0] * height // 2, white[1] * width // 2)
    assert image[row + 8 : row + height // 2 - 8, column + 8 : column + width // 2 - 8].mean() > 240
    assert (image > 200).mean() < 0.3


def test_a_range_keeps_the_times_of_the_file(video: Path) -> None:
    """From 0.5 to 1 s: the start is in, the end is out, and times are those of the file."""
    with open_video(video, 0.5, 1.0) as source:
        assert source.frame_count == 15
        frames = list(source)
    assert [number_in(frame.image) for frame in frames] == list(range(15, 30))
    assert [frame.t for frame in frames] == pytest.approx(STEADY_S[15:30], abs=1e-6)
    assert [frame.index for frame in frames] == list(range(15))
    assert source.warning is None


def test_a_range_may_end_after_the_file(video: Path) -> None:
    """An end beyond the file's is the file's, without a warning."""
    with open_video(video, 1.0, 99) as source:
        assert source.frame_count == 30
        assert len(list(source)) == 30
    assert source.warning is None


@pytest.mark.parametrize(
    ("start_s", "end_s"), [(1, 1), (2, 1), (-1, None), (float("nan"), None), (0, float("nan")), (float("inf"), None)]
)
def test_an_empty_range_is_a_usage_error(video: Path, start_s: float, end_s: float | None) -> None:
    """A range that holds no time, or is no number, is refused before the file is opened."""
    with pytest.raises(UsageError):
        open_video(video, start_s, end_s)


@pytest.mark.parametrize("end_s", [None, 11])
def test_a_range_past_the_end_is_an_input_error(video: Path, end_s: float | None) -> None:
    """A start past the end of the file says how far the file goes."""
    with pytest.raises(InputError, match=r"no frame at 10 .* read up to 1\.97 s"), open_video(video, 10, end_s) as s:
        list(s)


def test_one_frame_is_a_video(tmp_path: Path) -> None:
    """A file with a single picture gives that one."""
    with open_video(make_video(tmp_path / "one.mp4", [0])) as source:
        assert [frame.t for frame in source] == [0]


def test_odd_and_large_sizes_come_whole(tmp_path: Path) -> None:
    """Sizes that are no multiple of 16, and 8K, come in full."""
    for size in [(130, 98), (7680, 4320)]:
        with open_video(make_video(tmp_path / "size.mp4", [0], size)) as source:
            assert source.size == size
            assert [frame.image.shape for frame in source] == [(size[1], size[0], 3)]


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def text(path: Path) -> Path:
    path.write_text("I am a text.\n" * 100)
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


BAD_FILES: list[tuple[Callable[[Path], Path], str]] = [
    (lambda path: path, "there is no file"),
    (lambda path: path / ("x" * 300), "cannot read|there is no file"),
    (folder, "is a folder"),
    (empty, "is empty"),
    (text, "is not a video that can be read"),
    (make_sound, "has sound but no picture"),
    (lambda path: cut(make_video(path), 0.6), "no moov atom"),
]


@pytest.mark.parametrize(("make", "message"), BAD_FILES)
def test_bad_files_have_one_line_errors(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], make: Callable[[Path], Path], message: str
) -> None:
    """Each kind of bad input has its own line that says what to do, and the libraries stay silent."""
    path = make(tmp_path / "film.mp4")
    capfd.readouterr()
    with pytest.raises(InputError, match=message) as caught:
        open_video(path)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("fast.mp4", {"movflags": "faststart"}),
        ("fragments.mp4", {"movflags": "frag_keyframe+empty_moov"}),
        ("film.mkv", {}),
    ],
)
def test_a_cut_off_video_is_judged_up_to_the_cut(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, options: dict[str, str]
) -> None:
    """A file that is cut off gives the frames that are there, and tells."""
    path = cut(make_video(tmp_path / name, options=options), 0.6)
    capfd.readouterr()
    with open_video(path) as source:
        numbers = [number_in(frame.image) for frame in source]
    assert 20 < len(numbers) < 55
    assert numbers[:20] == list(range(20))
    assert source.truncated
    assert source.warning is not None
    assert "cut off" in source.warning
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("options", [{"movflags": "faststart"}, {"movflags": "frag_keyframe+empty_moov"}])
def test_a_whole_video_is_not_called_cut_off(tmp_path: Path, options: dict[str, str]) -> None:
    """Files with the index first, or in fragments, carry no false warning."""
    with open_video(make_video(tmp_path / "film.mp4", options=options)) as source:
        assert len(list(source)) == 60
    assert not source.truncated


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the frames that were decoded."""
    numbers: list[int] = []

    def count(index: int, t: float, image: NDArray[np.uint8]) -> Frame:
        numbers.append(index)
        return Frame(index, t, image)

    monkeypatch.setattr("posecheck.capture.video_file.Frame", count)
    return numbers


def test_the_thread_ends_when_the_consumer_raises(video: Path, made: list[int]) -> None:
    """An exception in the loop ends the decoding thread, although it waits for room."""

    def consume() -> None:
        with open_video(video) as source:
            for _ in source:
                until(lambda: len(made) == 2, "the frame that waits for room")
                raise KeyError

    with pytest.raises(KeyError):
        consume()
    assert decoders() == []


def test_the_thread_ends_when_the_consumer_stops(video: Path) -> None:
    """Leaving the loop early ends the thread, with the context manager and without it."""
    with open_video(video) as source:
        next(iter(source))
    assert decoders() == []
    for _ in open_video(video):
        break
    assert decoders() == []


def test_decoding_runs_one_frame_ahead(video: Path, made: list[int]) -> None:
    """A slow consumer does not fill the memory: at each of its frames only the next one is there, too."""
    with open_video(video) as source:
        for frame in source:
            ahead = min(frame.index + 2, 60)
            until(lambda ahead=ahead: len(made) >= ahead, "the next frame")  # type: ignore[misc]
            assert len(made) <= frame.index + 2
    assert made == list(range(60))


def test_errors_of_the_thread_reach_the_consumer(video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong while decoding is raised in the loop, after the frames before it."""
    import av

    for error, expected in [(MemoryError("full"), MemoryError), (av.error.InvalidDataError(1, "odd"), InputError)]:
        with open_video(video) as source:
            images = iter([picture(0)])

            def image(_: object, images: Any = images, error: Exception = error) -> Any:
                for one in images:
                    return one
                raise error

            monkeypatch.setattr(source, "_image", image)
            frames = iter(source)
            assert next(frames).index == 0
            with pytest.raises(expected):
                next(frames)
        assert decoders() == []


def test_a_source_is_read_once(video: Path) -> None:
    """A second loop over the same source is an error, not an empty film."""
    with open_video(video) as source:
        list(source)
        with pytest.raises(UsageError, match="open it again"):
            list(source)


def test_names_may_hold_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unicode, spaces, per cent signs and a colon in a relative name are no obstacle."""
    monkeypatch.chdir(tmp_path)
    for name in ("Dehnübung 90°.mp4", "100 %d.mp4", "http:film.mp4"):
        make_video(tmp_path / "plain.mp4", [0, 0.1]).rename(name)
        with open_video(name) as source:
            assert len(list(source)) == 2


def test_the_environment_stays_as_it_was(video: Path) -> None:
    """Opening a video leaves no environment variable behind."""
    before = dict(os.environ)
    open_video(video).close()
    assert dict(os.environ) == before


def test_importing_capture_does_not_import_cv2() -> None:
    """The module can be imported where OpenCV cannot."""
    code = "import sys, posecheck.capture.video_file; sys.exit(bool({'cv2', 'av', 'mediapipe'} & {*sys.modules}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("libGL.so.1: cannot open shared object file: No such file or directory", "libgl1.*headless"),
        ("libgthread-2.0.so.0: cannot open shared object file: No such file", r"libglib2\.0-0"),
        ("libodd.so.3: cannot open shared object file: No such file", "apt-file search libodd"),
        ("No module named 'cv2'", "pip install"),
    ],
)
def test_a_missing_library_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: str, message: str
) -> None:
    """When OpenCV does not load, one line names the system package or the pip command."""
    path = jpeg(tmp_path / "photo.jpg", 1)

    def fail(name: str) -> None:
        raise ImportError(error, name=name)

    monkeypatch.setattr("posecheck.libraries.importlib.import_module", fail)
    with pytest.raises(DependencyError, match=message) as caught:
        read_image(path)
    assert "\n" not in str(caught.value)


def jpeg(path: Path, orientation: int) -> Path:
    """Write a photograph with an EXIF orientation (TIFF tag 0x112)."""
    import cv2

    data = cv2.imencode(".jpg", picture(0))[1].tobytes()
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0)
    exif = b"Exif\0\0" + tiff
    path.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(exif)) + exif + data[2:])
    return path


@pytest.mark.parametrize(("orientation", "white"), [(1, (0, 0)), (6, (0, -1)), (3, (-1, -1)), (8, (-1, 0))])
def test_photographs_come_upright(tmp_path: Path, orientation: int, white: tuple[int, int]) -> None:
    """The EXIF orientation of a photograph is honoured, whatever its name."""
    frame = read_image(jpeg(tmp_path / "Foto ü.jpg", orientation))
    assert (frame.index, frame.t) == (0, 0.0)
    assert frame.image.shape == ((64, 96, 3) if orientation in (1, 3) else (96, 64, 3))
    assert frame.image[white].min() > 240
    assert (frame.image > 200).mean() < 0.3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path, "there is no file"),
        (folder, "is a folder"),
        (empty, "is empty"),
        (text, "is not a picture"),
        (lambda path: cut(jpeg(path, 1), 0.05), "is not a picture|cannot be decoded"),
    ],
)
def test_bad_pictures_have_one_line_errors(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], make: Callable[[Path], Path], message: str
) -> None:
    """Each kind of bad picture has its own line, and the libraries stay silent."""
    path = make(tmp_path / "photo.jpg")
    with pytest.raises(PosecheckError, match=message) as caught:
        read_image(path)
    assert isinstance(caught.value, InputError)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")
