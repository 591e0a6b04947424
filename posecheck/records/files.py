"""Writes output files whole or not at all, and finds out before the work when one cannot be written."""

from __future__ import annotations

import errno
import os
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
        path: the file. A link stays a link; a pipe or a device is written to as it is.
        text: its whole content, written as UTF-8.

    Raises:
        OutputError: it cannot be written, for example because the disk is full.
    """
    path = Path(path)
    data = text.encode("utf-8")
    with writing(path):
        target = path.resolve()  # a link stays a link
        if target.exists() and not target.is_file():  # a pipe or a device cannot be replaced
            target.write_bytes(data)
            return
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            part.write_bytes(data)
            if target.exists():
                part.chmod(target.stat().st_mode)
            part.replace(target)
        except PermissionError:  # a writable file in a folder that takes no new ones
            target.write_bytes(data)
        finally:
            with suppress(OSError):
                part.unlink()


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
