"""Small films for tests, made by PyAV or, where it cannot, by the ffmpeg command."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

STEADY_S = tuple(index / 30 for index in range(60))
SIZE = (96, 64)


def picture(index: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """A grey picture that tells its number; white at the top left tells the way up, noise takes space in the file."""
    image = np.full((size[1], size[0], 3), 20 + 3 * (index % 60), np.uint8)
    image[: size[1] // 2, : size[0] // 2] = 255
    noise = image[size[1] // 2 :, : size[0] // 2]
    noise[:] = np.random.default_rng(index).integers(0, 150, noise.shape)
    return image


def number_in(image: NDArray[np.uint8]) -> int:
    """The number that a picture tells, from its grey bottom right corner."""
    return round((float(image[-16:-4, -16:-4].mean()) - 17) / 3)  # FFmpeg's grey is 3 darker


def make_video(
    path: Path, times_s: Sequence[float] = STEADY_S, size: tuple[int, int] = SIZE, options: dict[str, str] | None = None
) -> Path:
    """Write one picture for each time, in H.264 with B-frames; `options` go to the container."""
    import av

    with av.open(str(path), "w", options=options or {}) as container:
        stream: Any = container.add_stream(
            "libx264", rate=30, options={"preset": "ultrafast", "bf": "2", "g": "10", "qp": "10"}
        )
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 90000)
        for index, t in enumerate(times_s):
            frame: Any = av.VideoFrame.from_ndarray(picture(index, size), "bgr24")
            frame.pts, frame.time_base = round(t * 90000), Fraction(1, 90000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def turn(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Set the display matrix in the track header (ISO/IEC 14496-12, 8.3.2): a, b, c, d of the upper left."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # version 0: flags, times, ids and volume come first
    a, b, c, d = (value << 16 for value in matrix)
    struct.pack_into(">9i", data, at, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


def cut(path: Path, share: float) -> Path:
    """Cut the end of a file off."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def ffmpeg(*arguments: str | Path) -> None:
    """Run the ffmpeg command; the test is skipped where there is none, or where it lacks what is asked for."""
    command = shutil.which("ffmpeg")
    if command is None:
        pytest.skip("needs the ffmpeg command")
    line = [command, "-v", "error", "-nostdin", "-y", *(str(argument) for argument in arguments)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode and ("Unknown encoder" in done.stderr or "No such filter" in done.stderr):
        pytest.skip(f"this ffmpeg cannot do it: {done.stderr.strip()[-200:]}")
    assert done.returncode == 0, done.stderr
