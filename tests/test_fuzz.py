"""A small corpus of damaged and hostile files for every reader, fixed by its seed, and one file of each known kind.

`python -m benchmarks.fuzz` reads ten thousand of each.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

fuzz = pytest.importorskip("benchmarks.fuzz", reason="benchmarks are not part of an installed package")
from benchmarks.fuzz_cases.readers import READERS  # noqa: E402

CASES = 25
pytestmark = pytest.mark.system


@pytest.mark.parametrize("name", READERS)
def test_good_files_are_read(name: str, tmp_path: Path) -> None:
    """The files that the cases are made of are right, or the cases would tell nothing."""
    for number, seed in enumerate(READERS[name].seeds()):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert fuzz.read_case(READERS[name], seed, folder), number


@pytest.mark.parametrize("name", READERS)
def test_damaged_files_end_in_one_sentence_or_are_read(name: str, tmp_path: Path) -> None:
    """Whatever was changed: no other error than a PosecheckError of one line comes out."""
    for number in range(CASES):
        folder = tmp_path / str(number)
        folder.mkdir()
        fuzz.read_case(READERS[name], fuzz.case_of(READERS[name], 20, number), folder)


def png_bomb(side: int) -> bytes:
    """A picture of that many pixels on each side, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    )


TAPE_HEAD = b'{"schema":2,"posecheck":"0","model":"","model_sha256":"","source":"a","size":[640,480],"steps":[1,1,1]'
HOSTILE = {
    "tape: a header without end": ("tape", TAPE_HEAD + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"),
    "tape: a header a little too deep": ("tape", TAPE_HEAD + b',"x":' + b"[" * 40 + b"]" * 40 + b"}\n"),
    "tape: a size that is infinite": ("tape", TAPE_HEAD.replace(b"640", b"1e999") + b"}\n"),
    "tape: a size beyond any picture": ("tape", TAPE_HEAD.replace(b"640", b"99999999999") + b"}\n"),
    "tape: a schema that is a list": ("tape", TAPE_HEAD.replace(b'"schema":2', b'"schema":[]') + b"}\n"),
    "tape: a time beyond all": ("tape", TAPE_HEAD + b'}\n{"t":1e300}\n{"t":1e301}\n'),
    "tape: a key that no set has": (
        "tape",
        TAPE_HEAD + b',"routine":"knee_drops"}\n{"t":0}\n{"key":"mute"}\n{"t":1}\n',
    ),
    "tape: a key as a line": ("tape", TAPE_HEAD + b'}\n"key"\n'),
    "exercise: lists without end": ("exercise", b"a = " + b"[" * 4000 + b"]" * 4000),
    "exercise: tables without end": ("exercise", b"a = " + b"{a=" * 4000 + b"1" + b"}" * 4000),
    "exercise: a number without end": ("exercise", b"schema = " + b"9" * 9000),
    "exercise: a number too large for a float": ("exercise", b"schema = 1\n[timing]\nfull_s = " + b"9" * 400),
    "exercise: a key without end": ("exercise", b"a." * 100_000 + b"a = 1"),
    "exercise: a file too large": ("exercise", b"#" * 300_000),
    "routine: a list as an exercise": ("routine", b"schema = 1\nname = 'a'\ntitle = 'a'\n[[blocks]]\nexercise = []\n"),
    "history: no sets but a number": ("history", b'{"kind":"posecheck history","schema":1,"sets":7}'),
    "model: no bundle": ("model", b"PK\x05\x06" + bytes(18)),
    "picture: a bomb": ("picture", png_bomb(30_000)),
    "film: a bomb": ("film", png_bomb(30_000)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused_in_one_sentence(kind: str, tmp_path: Path) -> None:
    """One of each known kind; none is read, none ends in another error."""
    name, data = HOSTILE[kind]
    assert not fuzz.read_case(READERS[name], data, tmp_path)


def test_a_model_whose_parts_cannot_be_unpacked_is_refused(tmp_path: Path) -> None:
    """Every byte behind the header of each packed part may be wrong."""
    for number, seed in enumerate(READERS["model"].seeds()):
        for at in range(60, 200, 20):
            damaged = seed[:at] + bytes([seed[at] ^ 255]) + seed[at + 1 :]
            folder = tmp_path / f"{number}-{at}"
            folder.mkdir()
            assert not fuzz.read_case(READERS["model"], damaged, folder)


def test_the_lock_file_is_what_the_page_of_dependencies_has() -> None:
    """Every package of it with its version (python -m tools.dependencies_page)."""
    tool = pytest.importorskip("tools.dependencies_page", reason="tools are not part of an installed package")
    if not tool.PAGE.exists():
        pytest.skip("docs are not part of an installed package")
    assert {name: version for name, (version, _) in tool.shown().items()} == tool.locked()
