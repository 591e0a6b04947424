"""Every kind of recording as it was filmed: fields, pixel shapes, tracks, clocks, damage, colours, bombs."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.capture.container import filmed_at
from posecheck.capture.gaps import Gap
from posecheck.capture.photograph import read_image
from posecheck.capture.video_file import VideoSource, open_video
from posecheck.errors import FormatError, InputError
from posecheck.records import Frame
from tests.capture.films import SIZE, STEADY_S, ffmpeg, make_video, number_in, turn

pytestmark = pytest.mark.system


def read(path: Path, **options: Any) -> tuple[VideoSource, list[Frame]]:
    with open_video(path, **options) as source:
        return source, list(source)


def numbers(frames: list[Frame]) -> list[int]:
    return [number_in(frame.image) for frame in frames]


def damage(path: Path, start: float, end: float) -> Path:
    """Overwrite a part of a file with noise."""
    data = bytearray(path.read_bytes())
    a, b = int(start * len(data)), int(end * len(data))
    data[a:b] = np.random.default_rng(1).integers(0, 256, b - a, np.uint8).tobytes()
    path.write_bytes(data)
    return path


def test_fields_are_joined(tmp_path: Path) -> None:
    """An interlaced film of something that moves shows no comb: neighbouring rows hardly differ."""
    source = "testsrc2=size=320x240:rate=50:duration=2"
    ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libx264", "-qp", "10", tmp_path / "whole.mp4")
    weave = ("-vf", "interlace,setfield=tff", "-flags", "+ildct+ilme", "-x264opts", "tff=1")
    ffmpeg("-f", "lavfi", "-i", source, *weave, "-c:v", "libx264", "-qp", "10", tmp_path / "fields.mp4")
    whole, fields = read(tmp_path / "whole.mp4"), read(tmp_path / "fields.mp4")
    assert (fields[0].size, len(fields[1]), fields[0].warning) == ((320, 240), 50, None)
    assert [frame.t for frame in fields[1]] == pytest.approx([index / 25 for index in range(50)], abs=1e-4)

    def comb(frame: Frame) -> float:
        rows = frame.image.astype(float)
        return float(np.abs(2 * rows[1:-1] - rows[:-2] - rows[2:]).mean())

    assert np.mean([comb(f) for f in fields[1]]) < 1.25 * np.mean([comb(f) for f in whole[1]])


@pytest.mark.parametrize(("ratio", "size"), [("16/9", (569, 240)), ("1/2", (320, 480)), ("1", (320, 240))])
def test_pixels_are_square(tmp_path: Path, ratio: str, size: tuple[int, int]) -> None:
    """A film of wide or tall pixels comes as a player shows it; nothing is made smaller."""
    path = tmp_path / "film.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc=size=320x240:duration=0.2", "-vf", f"setsar={ratio}", "-c:v", "libx264", path)
    source, frames = read(path)
    assert source.size == size
    assert frames[0].image.shape == (size[1], size[0], 3)


def test_a_mirroring_display_matrix_is_honoured(tmp_path: Path) -> None:
    """A film that its file says to mirror is mirrored: white at the top left comes to the top right."""
    _, frames = read(turn(make_video(tmp_path / "film.mp4", [0]), (-1, 0, 0, 1)))
    assert frames[0].image[8:24, -40:-8].mean() > 240
    assert frames[0].image[8:24, 8:40].mean() < 60


def test_a_size_that_changes_is_brought_to_the_first_one(tmp_path: Path) -> None:
    """A narrower picture comes in full height between black bars."""
    for name, size in (("a.ts", "320x240"), ("b.ts", "120x240")):
        shift = ("-output_ts_offset", "1") if name == "b.ts" else ()
        ffmpeg(
            "-f",
            "lavfi",
            "-i",
            f"color=white:size={size}:rate=25:duration=1",
            *shift,
            "-c:v",
            "libx264",
            tmp_path / name,
        )
    both = tmp_path / "both.ts"
    both.write_bytes((tmp_path / "a.ts").read_bytes() + (tmp_path / "b.ts").read_bytes())
    source, frames = read(both)
    assert {frame.image.shape for frame in frames} == {(240, 320, 3)}
    assert len(frames) == 50
    last = frames[-1].image
    assert last[:, 105:215].min() > 230
    assert last[:, :95].max() < 20 > last[:, 225:].max()
    assert source.gaps == ()


def test_the_default_track_is_read(tmp_path: Path) -> None:
    """Of two tracks the one that the file calls its default; cover art is no film."""
    inputs = [f"color={colour}:size=64x64:duration=1" for colour in ("red", "blue")]
    lines = [argument for source in inputs for argument in ("-f", "lavfi", "-i", source)]
    tracks = ("-map", "0", "-map", "1", "-disposition:v:0", "0", "-disposition:v:1", "default")
    ffmpeg(*lines, *tracks, "-c:v", "libx264", tmp_path / "two.mkv")
    _, frames = read(tmp_path / "two.mkv")
    assert frames[0].image[..., 0].mean() > 200
    ffmpeg(*lines[:4], "-frames:v", "1", tmp_path / "red.jpg")
    cover = ("-map", "0", "-map", "1", "-c:v:0", "copy", "-disposition:v:0", "attached_pic")
    ffmpeg("-i", tmp_path / "red.jpg", *lines[4:], *cover, "-c:v:1", "libx264", tmp_path / "cover.mp4")
    _, frames = read(tmp_path / "cover.mp4")
    assert frames[0].image[..., 0].mean() > 200
    assert len(frames) == 25


def test_sound_with_a_cover_is_no_film(tmp_path: Path) -> None:
    cover = ("-map", "0", "-map", "1", "-c:v", "mjpeg", "-frames:v", "1", "-disposition:v:0", "attached_pic")
    sources = ("-f", "lavfi", "-i", "sine=duration=1", "-f", "lavfi", "-i", "color=red:size=64x64:duration=1")
    ffmpeg(*sources, *cover, "-c:a", "aac", tmp_path / "song.m4a")
    with pytest.raises(InputError, match="sound but no picture"):
        open_video(tmp_path / "song.m4a")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("ten_bits.mp4", ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=none")),
        ("alpha.mov", ("-c:v", "png", "-pix_fmt", "rgba")),
        ("grey.mkv", ("-c:v", "ffv1", "-pix_fmt", "gray")),
        ("odd.mkv", ("-c:v", "libx264", "-vf", "scale=95:63", "-pix_fmt", "yuv444p", "-qp", "10")),
        ("full.avi", ("-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p")),
        ("b_frames.avi", ("-c:v", "libx264", "-qp", "10")),
        ("theora.ogv", ("-c:v", "libtheora", "-q:v", "10")),
        ("old.mpg", ("-c:v", "mpeg2video", "-q:v", "2", "-r", "30")),
        ("flash.flv", ("-c:v", "flv1", "-q:v", "2")),
        ("web.webm", ("-c:v", "libvpx-vp9", "-crf", "10", "-b:v", "0")),
        ("moving.gif", ()),
    ],
)
def test_every_common_kind_shows_the_same_pictures(tmp_path: Path, name: str, options: tuple[str, ...]) -> None:
    """Codecs, pixel formats and containers: all 60 pictures in order, each at its time, with the right grey."""
    ffmpeg("-i", make_video(tmp_path / "film.mp4"), *options, tmp_path / name)
    source, frames = read(tmp_path / name)
    assert len(frames) == 60
    assert source.frame_count == pytest.approx(60, abs=2)
    assert numbers(frames) == pytest.approx(list(range(60)), abs=2)
    assert np.array([frame.t for frame in frames]) == pytest.approx(STEADY_S, abs=0.012)  # a GIF has hundredths
    assert source.warning is None


@pytest.mark.parametrize("shift", ["10", "-1.5"])
def test_clocks_that_start_elsewhere(tmp_path: Path, shift: str) -> None:
    """A clock that starts late or below zero: time 0 is that of the first picture, and the length is the film's."""
    film = make_video(tmp_path / "film.mp4")
    path = tmp_path / "late.ts"
    ffmpeg("-i", film, "-c", "copy", "-output_ts_offset", shift, "-muxdelay", "0", path)
    source, frames = read(path)
    assert len(frames) == 60
    assert [frames[0].t, frames[-1].t] == pytest.approx([0, STEADY_S[-1]], abs=1e-3)
    assert source.duration_s == pytest.approx(2, abs=0.1)
    assert source.warning is None


def test_an_edit_list_is_obeyed(tmp_path: Path) -> None:
    """A film trimmed without being encoded again starts where it was trimmed, not at the keyframe before."""
    film = make_video(tmp_path / "film.mp4")  # a keyframe every 10 pictures
    ffmpeg("-ss", "0.5", "-i", film, "-c", "copy", tmp_path / "cut.mp4")
    source, frames = read(tmp_path / "cut.mp4")
    assert numbers(frames)[0] == 15
    assert frames[0].t == 0
    assert source.frame_count == pytest.approx(len(frames), abs=1)
    assert source.warning is None


def test_a_clock_that_starts_again(tmp_path: Path) -> None:
    """Two clips joined end to end are one film of their length, and it is told."""
    film = make_video(tmp_path / "film.mp4")
    ffmpeg("-i", film, "-c", "copy", tmp_path / "one.ts")
    both = tmp_path / "both.ts"
    both.write_bytes(2 * (tmp_path / "one.ts").read_bytes())
    source, frames = read(both)
    assert numbers(frames) == 2 * list(range(60))
    assert [frame.t for frame in frames] == pytest.approx([index / 30 for index in range(120)], abs=0.002)
    assert source.duration_s == pytest.approx(4, abs=0.1)
    assert source.frame_count == pytest.approx(120, abs=2)
    assert "starts again at 2.0 s" in (source.warning or "")
    assert source.gaps == ()
    assert not source.divisible


def test_a_film_without_a_clock(tmp_path: Path) -> None:
    """It is told which rate is assumed; another one can be given, and then nothing is told."""
    path = make_video(tmp_path / "raw.h264")
    source, frames = read(path)
    assert f"has no clock: {source.fps:g} frames a second are assumed" in (source.warning or "")
    source, frames = read(path, fps=12)
    assert source.warning is None
    assert [frame.t for frame in frames] == pytest.approx([index / 12 for index in range(60)])
    assert [source.fps, source.duration_s] == pytest.approx([12, 5])


def test_a_given_rate_does_not_change_a_film_that_has_a_clock(tmp_path: Path) -> None:
    _, frames = read(make_video(tmp_path / "film.mp4"), fps=12)
    assert frames[-1].t == pytest.approx(STEADY_S[-1])


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.ts"])
def test_reading_goes_on_behind_damage(tmp_path: Path, name: str) -> None:
    """Noise in the middle: what is before and behind it is read at its true times, and the gap is told."""
    times = [index / 30 for index in range(240)]
    film = make_video(tmp_path / "whole.mp4", times, (320, 240))
    path = tmp_path / name
    if name == "film.mp4":
        film.rename(path)
    else:
        ffmpeg("-i", film, "-c", "copy", path)
    source, frames = read(damage(path, 0.4, 0.48))
    assert 200 <= len(frames) < 240
    assert frames[0].t == 0
    assert frames[-1].t == pytest.approx(times[-1], abs=0.05)
    found = {number_in(frame.image): frame.t for frame in frames if frame.t < 2}
    assert all(t == pytest.approx(number / 30, abs=0.02) for number, t in found.items())
    late = [(number_in(frame.image), round(frame.t * 30) % 60) for frame in frames if frame.t > 7]
    assert all(number == expected for number, expected in late)
    assert len(source.gaps) >= 1
    assert all(2.5 < gap.start_s < gap.end_s < 5.5 for gap in source.gaps)
    assert "pictures are missing from" in (source.warning or "")
    assert not source.truncated


def test_what_a_reader_skips_without_a_word_is_told(tmp_path: Path) -> None:
    """Matroska's reader looks for the next cluster that is whole: the seconds in between are missing."""
    film = make_video(tmp_path / "whole.mp4", [index / 30 for index in range(240)], (320, 240))
    path = tmp_path / "film.mkv"
    ffmpeg("-i", film, "-c", "copy", "-cluster_time_limit", "1000", path)
    data = bytearray(path.read_bytes())
    clusters = [at for at in range(len(data) - 4) if data[at : at + 4] == b"\x1f\x43\xb6\x75"]
    data[clusters[3] : clusters[6]] = bytes(clusters[6] - clusters[3])
    path.write_bytes(data)
    source, frames = read(path)
    assert len(frames) < 240
    assert frames[-1].t == pytest.approx(239 / 30, abs=0.01)
    assert len(source.gaps) == 1
    assert source.gaps[0].length_s == pytest.approx(1.0, abs=0.1)  # three clusters of a third of a second


def test_pictures_are_freed_without_the_garbage_collector(tmp_path: Path) -> None:
    """A circle of references kept hundreds of decoded pictures until the collector came by."""
    import av

    def pictures() -> int:
        return sum(isinstance(one, av.VideoFrame) for one in gc.get_objects())

    film = make_video(tmp_path / "film.mp4")
    gc.collect()
    gc.disable()
    try:
        before = pictures()  # what other tests still hold
        with open_video(film) as source:
            for frame in source:
                assert pictures() - before <= 6, frame.index
    finally:
        gc.enable()


def test_a_gap_is_told_within_the_range_alone(tmp_path: Path) -> None:
    """A range before the damage knows nothing of it; one that starts inside it begins with the rest of the gap."""
    path = damage(make_video(tmp_path / "film.mp4", [i / 30 for i in range(240)], (320, 240)), 0.4, 0.48)
    (gap,) = read(path)[0].gaps
    assert read(path, end_s=2.0)[0].warning is None
    middle = (gap.start_s + gap.end_s) / 2
    assert read(path, start_s=middle)[0].gaps == (Gap(middle, gap.end_s),)


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("read_it", [open_video, read_image])
def test_a_pipe_is_refused_at_once(tmp_path: Path, read_it: Callable[[Path], object]) -> None:
    """Nobody writes to it, so reading would wait for ever."""
    with pytest.raises(InputError, match="not an ordinary file"):
        read_it(pipe(tmp_path / "film.mp4"))


@pytest.mark.parametrize(("name", "codec"), [("b.mp4", "libx264"), ("b.avi", "mjpeg"), ("b.mov", "png")])
def test_a_film_of_huge_pictures_is_refused_before_it_is_decoded(tmp_path: Path, name: str, codec: str) -> None:
    """The size is in the error; decoding one picture would take 300 MB."""
    fast = ("-preset", "ultrafast") if codec == "libx264" else ()
    line = ("-f", "lavfi", "-i", "color=red:size=9000x9000:duration=0.1", "-frames:v", "1", "-c:v", codec, *fast)
    ffmpeg(*line, tmp_path / name)
    with pytest.raises(FormatError, match=r"too large \(9\d\d\d x 9\d\d\d\)"):
        open_video(tmp_path / name)


def test_a_playlist_cannot_name_another_place(tmp_path: Path) -> None:
    """A text that lists addresses is no film, whatever its name: nothing is opened from the network."""
    path = tmp_path / "film.mp4"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(InputError):
        open_video(path)


def test_the_environment_of_opencv_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options that somebody has set for OpenCV's own reader do not make a good film unreadable."""
    monkeypatch.setenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", "video_codec;nonsense")
    monkeypatch.setenv("OPENCV_VIDEOIO_PRIORITY_LIST", "NONE")
    monkeypatch.setenv("OPENCV_FFMPEG_READ_ATTEMPTS", "0")
    assert len(read(make_video(tmp_path / "film.mp4"))[1]) == 60


def test_frames_that_are_not_wanted_are_not_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At about 15 a second every second frame of 30 comes, and no other one is made into a picture."""
    made: list[float] = []

    def image(self: VideoSource, picture: Any) -> Any:
        made.append(picture.pts)
        return self._upright.image(picture) if self._upright else None

    monkeypatch.setattr(VideoSource, "_image", image)
    source, frames = read(make_video(tmp_path / "film.mp4"), rate="auto")
    assert numbers(frames) == list(range(0, 60, 2))
    assert [frame.index for frame in frames] == list(range(30))
    assert len(made) == source.frame_count == 30


def test_a_mirrored_film_is_mirrored_back(tmp_path: Path) -> None:
    """White at the top left comes to the top right; a film on its side is turned first."""
    film = make_video(tmp_path / "film.mp4", [0])
    assert read(film, mirrored=True)[1][0].image[8:24, -40:-8].mean() > 240
    _, frames = read(turn(film, (0, 1, -1, 0)), mirrored=True)
    assert frames[0].image.shape == (SIZE[0], SIZE[1], 3)
    assert frames[0].image[8:40, 8:24].mean() > 240


def test_slow_motion_divides_all_times(tmp_path: Path) -> None:
    """A film that plays eight times slower than what it shows: times, length, rate and range are of what it shows."""
    film = make_video(tmp_path / "film.mp4")
    source, frames = read(film, slow_motion=8, rate="all")
    assert [frame.t for frame in frames] == pytest.approx([t / 8 for t in STEADY_S])
    assert [source.fps, source.duration_s] == pytest.approx([240, 0.25], rel=0.02)
    assert numbers(read(film, slow_motion=8, rate="auto")[1]) == list(range(0, 60, 16))
    assert numbers(read(film, slow_motion=8, start_s=0.125)[1])[0] == 30


@pytest.mark.parametrize("start_s", [1.5, 3.0, 6.2])
def test_a_jump_gives_what_reading_gives(tmp_path: Path, start_s: float) -> None:
    """The same frames at the same times, at any rate, but for the very first one."""
    film = make_video(tmp_path / "film.mp4", [index / 30 for index in range(240)])
    for rate, slow_motion in (("all", 1.0), ("auto", 1.0), ("all", 2.0)):
        start = start_s / slow_motion
        _, plain = read(film, start_s=start, rate=rate, slow_motion=slow_motion)
        _, jumped = read(film, start_s=start, seek=True, rate=rate, slow_motion=slow_motion)
        assert [(f.t, number_in(f.image)) for f in jumped] == [(f.t, number_in(f.image)) for f in plain]


def test_a_film_tells_when_it_was_filmed(tmp_path: Path) -> None:
    """The camera's time is taken from the file; a camera that knows no time tells none."""
    for told, expected in (("2026-03-02T07:30:00Z", "2026-03-02T07:30:00+00:00"), ("1970-01-01T00:00:00Z", None)):
        film = tmp_path / "a.mp4"
        ffmpeg("-f", "lavfi", "-i", "color=size=64x64:duration=0.2", "-metadata", f"creation_time={told}", film)
        found = filmed_at(film)
        assert found == (datetime.fromisoformat(expected) if expected else None)
    assert filmed_at(make_video(film)) is None
