"""The top level of MP4 and MOV files: tells whether the end is missing."""

from __future__ import annotations

from pathlib import Path

_STARTS = {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"wide", b"free", b"skip"}


def mp4_boxes(path: Path) -> list[tuple[bytes, int]]:
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
            if (not boxes and kind not in _STARTS) or (length < 8 and at + 8 <= size):
                break
            at += max(length, 8)
            boxes.append((kind, max(0, at - size)))
    return boxes
