"""Files, folders, globs and addresses → the recordings, each with a name of its own for its outputs."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from posecheck.batch.remote_files import expand, is_address
from posecheck.errors import InputError

TAPES = (".jsonl", ".jsonl.gz")
_VIDEOS = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".wmv", ".3gp", ".mts", ".flv", ".ogv")
_MAGIC = "*?["
_HASH_LETTERS = 8  # 32 bits: of 10,000 recordings of one name, two get the same one in 1 batch of 100


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording to judge: `where` it is (a path or an address), and the `name` of its outputs, without suffix."""

    where: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """The recordings in order, and what could not be looked into, in words."""

    recordings: tuple[Recording, ...]
    problems: tuple[str, ...] = ()


def find_recordings(places: Iterable[str], out: Path | None = None, *, tapes_only: bool = False) -> Found:
    """Find the recordings; in folders all videos and tapes, deep down and in order of name.

    A file that is named is taken whatever its name, one that is named twice once. Hidden files are left out. Two
    recordings that would have the same name for their outputs get a short hash of their place behind it, but for the
    first.

    Args:
        places: files, folders, patterns or addresses.
        out: the output folder, which is left out, for it holds our own videos; None for none.
        tapes_only: look for tapes, not for videos.

    Raises:
        InputError: a place is not there or holds no recording, and none was found before it.
    """
    suffixes = TAPES if tapes_only else (*_VIDEOS, *TAPES)
    problems: list[str] = []
    names: set[str] = set()
    seen: set[str] = set()
    found: list[Recording] = []
    for place in places:
        before = len(seen)
        for where, name in _look(place, suffixes, _real(out) if out else None, problems):
            if where not in seen:
                seen.add(where)
                found.append(Recording(where, _own_name(name, where, names)))
        if before == len(seen) and not found and not problems:
            what = "tape" if tapes_only else "video or tape"
            raise InputError(f"there is no {what} in {place}: give files, folders or patterns such as 'clips/*.mp4'")
    if not found and problems:
        raise InputError(problems[0])
    return Found(tuple(found), tuple(problems))


def _look(place: str, suffixes: tuple[str, ...], out: Path | None, problems: list[str]) -> Iterator[tuple[str, str]]:
    """(where, wished name) of all recordings of a place."""
    if is_address(place):
        for address in expand(place):
            yield address, _without_suffix(PurePosixPath(unquote(urlsplit(address).path)).name or "recording")
        return
    path = Path(place)
    if path.is_dir():
        yield from _walk(path, path, suffixes, out, problems)
    elif path.exists():
        yield str(_real(path)), _without_suffix(path.name)
    elif any(letter in place for letter in _MAGIC):
        base = _fixed_part(path)
        for match in map(Path, sorted(glob.glob(place, recursive=True))):  # noqa: PTH207  # an absolute pattern, too
            found = _real(match)
            if out is not None and found.is_relative_to(out):
                continue
            if match.is_dir():
                yield from _walk(match, base, suffixes, out, problems)
            elif match.name.lower().endswith(suffixes):
                yield str(found), _relative(match, base)
    else:
        raise InputError(f"there is no file or folder {place}: check the name")


def _walk(
    folder: Path, base: Path, suffixes: tuple[str, ...], out: Path | None, problems: list[str]
) -> Iterator[tuple[str, str]]:
    def note(error: OSError) -> None:
        problems.append(f"cannot read the folder {error.filename}: {(error.strerror or str(error)).lower()}")

    for here, folders, files in os.walk(folder, onerror=note):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and _real(Path(here, f)) != out)
        for file in sorted(files):
            if not file.startswith(".") and file.lower().endswith(suffixes):
                path = Path(here, file)
                yield str(_real(path)), _relative(path, base)


def _real(path: Path) -> Path:
    """Where the links of a path lead; a circle of links as it is, which whoever reads it tells."""
    return Path(os.path.realpath(path))


def _fixed_part(pattern: Path) -> Path:
    """The folders of a pattern before the first that is one: names of outputs are relative to it."""
    parts = []
    for part in pattern.parent.parts:
        if any(letter in part for letter in _MAGIC):
            break
        parts.append(part)
    return Path(*parts)


def _relative(path: Path, base: Path) -> str:
    try:
        inside = path.relative_to(base)
    except ValueError:
        inside = Path(path.name)
    return str(PurePosixPath(*inside.parent.parts, _without_suffix(path.name)))


def _without_suffix(name: str) -> str:
    for suffix in (*TAPES[::-1], *_VIDEOS):
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return PurePosixPath(name).stem


def _own_name(name: str, where: str, names: set[str]) -> str:
    if name.casefold() in names:  # not every file system tells A from a
        name = f"{name}-{hashlib.sha256(where.encode('utf-8', 'surrogateescape')).hexdigest()[:_HASH_LETTERS]}"
    names.add(name.casefold())
    return name
