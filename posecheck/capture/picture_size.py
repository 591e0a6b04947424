"""Width and height of a picture from its header; nothing is decoded.

JPEG, PNG, GIF, BMP, WebP, TIFF, JPEG 2000, AVIF and Netpbm, by their own specifications: what OpenCV decodes and people
have. OpenCV itself tells a size only after decoding, and a file of 100 kB may hold a picture of 3 GB.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

Size = tuple[int, int]

_NOT_FRAMES = {0xC4, 0xC8, 0xCC}  # of JPEG: between the start-of-frame markers, but other things


def picture_size(data: bytes) -> Size | None:
    """(width, height) in pixels, before any turn that EXIF tells of; None when the header is of no known kind.

    Args:
        data: the file, or its first megabyte.
    """
    for starts, read in _KINDS:
        if data.startswith(starts):
            try:
                return read(data)
            except (struct.error, IndexError, ValueError):
                return None
    if data[4:8] == b"ftyp":
        return _boxed(data)
    return None


def longest_part(data: bytes) -> int:
    """The most bytes that a part of a PNG file says it has; 0 for any other file.

    OpenCV takes as much memory as a part announces, up to 4 GB, before it looks whether the file has it.

    Args:
        data: the whole file.
    """
    longest, at = 0, 8  # behind the signature
    while data.startswith(b"\x89PNG") and at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        longest, at = max(longest, length), at + length + 12  # length, kind and checksum
    return longest


def _png(data: bytes) -> Size | None:
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _jpeg(data: bytes) -> Size | None:
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            at += 1
            continue
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NOT_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        if marker == 0xFF:
            at += 1
        elif marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _gif(data: bytes) -> Size | None:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _bmp(data: bytes) -> Size | None:
    if int.from_bytes(data[14:18], "little") == 12:  # the header of OS/2
        width, height = struct.unpack_from("<HH", data, 18)
    else:
        width, height = struct.unpack_from("<ii", data, 18)
    return abs(width), abs(height)


def _webp(data: bytes) -> Size | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _tiff(data: bytes) -> Size | None:
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, at)
    sizes: dict[int, int] = {}
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(f"{order}HH", data, entry)
        if tag in (256, 257):
            (sizes[tag],) = struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", data, entry + 8)
    return (sizes[256], sizes[257]) if len(sizes) == 2 else None


def _netpbm(data: bytes) -> Size | None:
    words = re.sub(rb"#[^\n]*\n", b" ", data[:4096]).split(maxsplit=3)
    return int(words[1]), int(words[2])


def _boxed(data: bytes) -> Size | None:
    """JPEG 2000 (ihdr) and AVIF (ispe; of several the largest)."""
    header = data.find(b"ihdr")
    if header >= 0:
        height, width = struct.unpack_from(">II", data, header + 4)
        return width, height
    found = [struct.unpack_from(">II", data, m.end() + 4) for m in re.finditer(b"ispe", data[:100_000])]
    width, height = max(found, key=lambda size: size[0] * size[1], default=(0, 0))
    return (width, height) if found else None


_KINDS: tuple[tuple[bytes | tuple[bytes, ...], Callable[[bytes], Size | None]], ...] = (
    (b"\xff\xd8", _jpeg),
    (b"\x89PNG", _png),
    ((b"GIF87a", b"GIF89a"), _gif),
    (b"BM", _bmp),
    (b"RIFF", _webp),
    ((b"II*\0", b"MM\0*"), _tiff),
    (b"\0\0\0\x0cjP  ", _boxed),
    (tuple(b"P%d" % kind for kind in range(1, 7)), _netpbm),
)
