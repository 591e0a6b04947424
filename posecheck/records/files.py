"""Writes output files whole or not at all, and finds out before the work when one cannot be written."""

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
        private: it can be read by its owner only, whatever was there before.

    Raises:
        OutputError: it cannot be written.
    """
    path = Path(path)
    with writing(path):
        target = path.resolve()
        part = None if target.exists() and not target.is_file() else new_part(target, private=private)
        try:
            yield part or target
            if part is not None:
                put_in_place(part, target, private=private)
        finally:
            if part is not None:
                with suppress(OSError):
                    part.unlink()


class UnfinishedFile:
    """A film or tape that grows beside its place, as `me.unfinished.mp4`, and takes it when it is whole.

    Its name tells what a crash has left. `part` is where to write: `path` itself where that is a pipe or a device, or
    can be written in a folder that takes no new files.

    Args:
        path: the file, which need not be there; what is there stays until `keep`.

    Raises:
        OutputError: it cannot be written.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        with writing(self._path):
            self._target = self._path.resolve()
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


def new_part(path: Path, *, private: bool = False) -> Path | None:
    """Make an empty file beside `path`, under a name that nobody can guess, to be put in its place when it is whole.

    Args:
        path: the file that it is for.
        private: it can be read by its owner only.

    Returns:
        The file; None when `path` is there and can be written, but its folder takes no new files.

    Raises:
        OSError: there is no such folder, or it does not allow it.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if private else 0o666))
    except PermissionError:
        if path.is_file() and os.access(path, os.W_OK):
            return None
        raise
    return part


def _new_unfinished(path: Path) -> Path:
    """A new file beside `path` whose name says what it is; `path` where the folder takes no new files."""
    ends = path.suffixes[-2:] if path.suffix == ".gz" else path.suffixes[-1:]
    end = "".join(ends)
    number, again = 1, ""
    while True:
        part = path.with_name(f"{path.name.removesuffix(end)}.unfinished{again}{end}")
        try:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            number += 1
            again = f"-{number}"
        except PermissionError:
            if path.is_file() and os.access(path, os.W_OK):
                return path
            raise
        else:
            return part


def put_in_place(part: Path, path: Path, *, private: bool = False) -> None:
    """Let a file that is whole take the place of `path`, with the permissions of what was there, unless it is private.

    Args:
        part: the file, from `new_part`.
        path: where it belongs.
        private: it keeps its own permissions.

    Raises:
        OSError: the system does not allow it.
    """
    if path.exists() and not private:
        part.chmod(path.stat().st_mode)
    part.replace(path)


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
