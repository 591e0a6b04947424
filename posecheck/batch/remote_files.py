"""Recordings at an address (https, s3, ...), by fsspec: listed, told apart, and brought to a local file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from posecheck.errors import DependencyError, InputError
from posecheck.records.files import writing

_CHUNK_BYTES = 1 << 20  # a guess: fetched at a time: much at once, and little beside a worker's memory
# what drivers of fsspec call a version, a checksum or a time of change
_TELLING = (
    *("ETag", "etag", "md5", "Content-MD5", "Digest", "checksum"),
    *("Last-Modified", "last_modified", "LastModified", "mtime", "updated"),
)


def is_address(place: str) -> bool:
    """Whether this is an address and no path."""
    scheme, mark, _ = place.partition("://")
    return bool(mark) and scheme.replace("+", "").isalnum()


def expand(address: str) -> list[str]:
    """The addresses that a pattern (*, []) stands for; the address itself when it is none.

    Raises:
        InputError: the place cannot be reached.
    """
    if not any(letter in address for letter in "*["):
        return [address]
    with _telling(address):
        fs, path = _open(address)
        return [str(fs.unstrip_protocol(found)) for found in sorted(fs.glob(path))]


def stamp_of(address: str) -> str:
    """What the server tells of a file's version; empty when it tells nothing that changes with the content."""
    with _telling(address):
        fs, path = _open(address)
        info = fs.info(path)
    told = {key: str(info[key]) for key in _TELLING if info.get(key)}
    return json.dumps({"size": info.get("size"), **told}, sort_keys=True) if told else ""


def fetch(address: str, folder: Path) -> tuple[Path, str]:
    """Bring a file from an address.

    Args:
        address: as fsspec knows it.
        folder: where it is put; the file keeps its name.

    Returns:
        Its path there and its sha256.

    Raises:
        InputError: it cannot be fetched.
        OutputError: it cannot be stored.
    """
    digest = hashlib.sha256()
    with _telling(address):
        fs, path = _open(address)
        target = folder / (Path(path.partition("?")[0]).name or "recording")
        with fs.open(path, "rb") as source:
            _copy(source, target, digest)
    return target, digest.hexdigest()


def _copy(source: Any, target: Path, digest: Any) -> None:
    with writing(target):
        file: IO[bytes] = target.open("wb")
    with file:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            with writing(target):
                file.write(chunk)


def _open(address: str) -> Any:
    try:
        from fsspec.core import url_to_fs

        return url_to_fs(address)
    except ImportError as error:  # fsspec itself, or the driver of this kind of address
        raise DependencyError(
            f"{address} needs a library that is not here ({error}): pip install 'posecheck[cluster]', or the one named"
        ) from error


@contextmanager
def _telling(address: str) -> Iterator[None]:
    """Whatever a driver raises becomes one line that names the address."""
    try:
        yield
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(f"cannot read {address}: {str(error) or type(error).__name__}; check the address") from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("posecheck", "builtins"):
            raise
        # drivers have errors of their own (aiohttp.ClientError, botocore, ...)
        raise InputError(f"cannot read {address}: {str(error) or type(error).__name__}; check the address") from error
