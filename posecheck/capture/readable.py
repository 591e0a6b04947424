"""Files that can be read: looked at before any library opens them, so that each obstacle has its own line."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from posecheck.errors import InputError

# More than any camera films today; such a picture takes 192 MB. A small file can announce a thousand times more.
MOST_PIXELS = 64_000_000


def readable_file(path: Path, kind: str) -> Path:
    """The path, when it is that of a file that can be read.

    Args:
        path: the file.
        kind: what it should be, for the message: "video" or "picture".

    Raises:
        InputError: there is no such file, or it is a folder, no ordinary file, empty, or not to be read.
    """
    try:
        os.path.realpath(path).encode("utf-8")  # the libraries cannot take a name that is no Unicode
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise InputError(f"{path} is a folder: give a {kind} file")
        if not stat.S_ISREG(mode):  # a pipe would wait for somebody who writes to it
            raise InputError(f"{path} is not an ordinary file but a pipe or a device: give a {kind} file")
        with path.open("rb") as file:
            empty = not file.read(1)
    except UnicodeEncodeError as error:
        raise InputError(f"the name of {path} has letters that are no Unicode: rename it, or its folder") from error
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}: check the name") from error
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read {path}: {reason.lower()}") from error
    if empty:
        raise InputError(f"{path} is empty: copy or record it again")
    return path
