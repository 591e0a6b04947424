"""The size of a photograph from its header: of every kind that OpenCV writes, and of bombs."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from posecheck.capture.photograph import read_image
from posecheck.capture.picture_size import longest_part, picture_size
from posecheck.capture.video_file import open_video
from posecheck.errors import FormatError, InputError

pytestmark = pytest.mark.system


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "webp", "tiff", "jp2", "ppm", "pgm", "gif", "avif"])
def test_the_size_is_that_of_the_decoded_picture(tmp_path: Path, suffix: str) -> None:
    import cv2

    image = np.random.default_rng(1).integers(0, 256, (61, 97, 3), np.uint8)
    path = tmp_path / f"photo.{suffix}"
    try:
        written = cv2.imwrite(str(path), image[..., 0] if suffix == "pgm" else image)
    except cv2.error:
        written = False
    if not written:
        pytest.skip(f"this OpenCV writes no {suffix}")
    assert picture_size(path.read_bytes()) == (97, 61)
    assert read_image(path).image.shape == (61, 97, 3)


@pytest.mark.parametrize("flags", [101, 1])  # WebP without loss, with it
def test_webp_with_and_without_loss(tmp_path: Path, flags: int) -> None:
    import cv2

    path = tmp_path / "photo.webp"
    cv2.imwrite(str(path), np.zeros((61, 97, 3), np.uint8), [cv2.IMWRITE_WEBP_QUALITY, flags])
    assert picture_size(path.read_bytes()) == (97, 61)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"\x89PNG", b"GIF89a", b"II*\0\xff\xff\xff\xff", b"P6 x", b"text"]
)
def test_what_is_no_picture_has_no_size(data: bytes) -> None:
    assert picture_size(data) is None


def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    """100 kB that would take 2.7 GB: nothing of it is decoded."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
    with pytest.raises(FormatError, match="too large"):
        read_image(path)


def test_a_part_that_announces_gigabytes_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    """OpenCV would take that much memory for a file of some hundred bytes; one that is merely cut off it may try."""
    import cv2

    good, data = cv2.imencode(".png", np.zeros((48, 64, 3), np.uint8))
    assert good
    png = data.tobytes()
    at = png.index(b"IDAT") - 4
    assert longest_part(png) == int.from_bytes(png[at : at + 4], "big")
    assert longest_part(b"\xff\xd8" + png) == 0
    bomb = png[:at] + b"\xff\xff\x00\x14" + png[at + 4 :]
    assert longest_part(bomb) == 0xFFFF0014
    (tmp_path / "bomb.png").write_bytes(bomb)
    with pytest.raises(FormatError, match="is not a picture that can be read"):
        read_image(tmp_path / "bomb.png")
    (tmp_path / "good.png").write_bytes(png)
    assert read_image(tmp_path / "good.png").image.shape == (48, 64, 3)


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_a_circle_of_links_is_no_picture_and_no_film(tmp_path: Path) -> None:
    """It is told as any other file that cannot be read."""
    (tmp_path / "x").symlink_to(tmp_path / "y")
    (tmp_path / "y").symlink_to(tmp_path / "x")
    for read in (read_image, open_video):
        with pytest.raises(InputError, match="cannot read"):
            read(tmp_path / "x")
