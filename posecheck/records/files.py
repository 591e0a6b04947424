"""Writes output files whole or not at all, and finds out before the work when one cannot be written.

What is made can be read by its owner only: landmarks and verdicts are about a body. Whoever gives a file other
permissions keeps them: what takes its place has them, too.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from posecheck.errors import OutputError


def check_writable(path: str | Path) -> None:
    """Find out whether a file can be written, without changing what is there.

    An existing file is not truncated, and no empty file is left behind.

    Raises:
        OutputError: the folder is missing, `path` is a folder, or the system does not allow it.
    """
    path = Path(path)
    with writing(path):
        if path.is_dir():
            raise OutputError(f"cannot write {path}: it is a folder; give the name of a file in it")
        if not path.parent.is_dir():
            raise OutputError(f"cannot write {path}: there is no folder {path.parent}; make it first")
        if path.is_file():
            with path.open("r+b"):
                pass
        elif path.exists():  # a pipe or a device: opening it would block or have an effect
            if not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        else:
            with path.open("xb"):
                pass
            path.unlink()


def atomic_write_text(path: str | Path, text: str) -> None:
    """Write a text so that a reader sees the old file or the new one, never half of it.

    Args:
        path: the file, which need not be there.
        text: all that is to be in it.

    Raises:
        OutputError: it cannot be written, for example when the disk is full.
    """
    with whole_file(path) as part:
        part.write_bytes(text.encode("utf-8"))


@contextmanager
def whole_file(path: str | Path, *, private: bool = False) -> Iterator[Path]:
    """Gives a file to write to, which takes the place of `path` when the block ends; after an error it is gone.

    A link stays a link. What cannot be replaced is written as it is: a pipe, a device, a writable file in a folder that
    takes no new ones.

    Args:
        path: the file, which need not be there.
        private: it can be read by its owner only, even where the file that was there could be read by others.

    Raises:
        OutputError: it cannot be written.
    """
    path = Path(path)
    with writing(path):
        target = Path(os.path.realpath(path))  # unlike Path.resolve, no error in a circle of links
        part = None if target.exists() and not target.is_file() else new_part(target)
        try:
            yield part or target
            if part is not None:
                put_in_place(part, target, private=private)
        finally:
            if part is not None:
                with suppress(OSError):
                    part.unlink()


class UnfinishedFile:
    """A film or tape that grows beside its place, as `me.unfinished-1f0a9c3d.mp4`, and takes it when it is whole.

    Its name tells what a crash has left, and nobody can guess it. `part` is where to write: `path` itself where that is
    a pipe or a device, or can be written in a folder that takes no new files.

    Args:
        path: the file, which need not be there; what is there stays until `keep`.

    Raises:
        OutputError: it cannot be written.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        with writing(self._path):
            self._target = Path(os.path.realpath(self._path))
            in_place = self._target.exists() and not self._target.is_file()
            self.part = self._target if in_place else _new_unfinished(self._target)

    def keep(self) -> None:
        """Let it take its place.

        Raises:
            OutputError: the system does not allow it.
        """
        if self.part != self._target:
            with writing(self._path):
                put_in_place(self.part, self._target)

    def drop(self) -> None:
        """Remove it; what was in its place stays."""
        if self.part != self._target:
            with suppress(OSError):
                self.part.unlink()


def new_part(path: Path) -> Path | None:
    """Make an empty file beside `path`, under a name that nobody can guess, to be put in its place when it is whole.

    Args:
        path: the file that it is for.

    Returns:
        The file; None when `path` is there and can be written, but its folder takes no new files.

    Raises:
        OSError: there is no such folder, or it does not allow it.
    """
    return _new_file(path, path.with_name(f".{path.name}.{secrets.token_hex(8)}.part"))


def _new_unfinished(path: Path) -> Path:
    """A new file beside `path` whose name says what it is; `path` where the folder takes no new files."""
    ends = path.suffixes[-2:] if path.suffix == ".gz" else path.suffixes[-1:]
    end = "".join(ends)
    part = path.with_name(f"{path.name.removesuffix(end)}.unfinished-{secrets.token_hex(4)}{end}")
    return _new_file(path, part) or path


def _new_file(path: Path, part: Path) -> Path | None:
    """Make `part`, never through a link; None where the folder takes no new files, but `path` can be written."""
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except PermissionError:
        if path.is_file() and os.access(path, os.W_OK):
            return None
        raise
    return part


def put_in_place(part: Path, path: Path, *, private: bool = False) -> None:
    """Let a file that is whole take the place of `path`, with the permissions of what was there, if anything was.

    Args:
        part: the file, from `new_part`.
        path: where it belongs.
        private: it keeps its own permissions in any case.

    Raises:
        OSError: the system does not allow it.
    """
    if path.exists() and not private:
        part.chmod(path.stat().st_mode)
    part.replace(path)


def make_folder(path: str | Path) -> None:
    """Make a folder that only its owner can look into, and those above it that are missing; one that is there stays.

    Args:
        path: the folder.

    Raises:
        OutputError: it cannot be made.
    """
    path = Path(path)
    with writing(path):
        for missing in reversed([folder for folder in (path, *path.parents) if not folder.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        if not path.is_dir():
            raise OutputError(f"cannot make the folder {path}: there is a file of that name; choose another place")


def for_owner(path: str, flags: int) -> int:
    """An opener for `open`: a file that it makes can be read by its owner only.

    Args:
        path: the file.
        flags: how it is opened.

    Returns:
        The descriptor.
    """
    return os.open(path, flags, 0o600)


@contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """Turn every OSError of the block into an OutputError that names `path` and says what to do."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        advice = "free some space, or choose another disk" if full else "choose another place, or allow writing there"
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"cannot write {path}: {reason}; {advice}") from error
