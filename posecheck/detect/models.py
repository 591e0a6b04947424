"""Finds, verifies and fetches the pose model. Nothing here uses the network but `fetch_model`."""

from __future__ import annotations

import hashlib
import http.client
import io
import lzma
import os
import struct
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from posecheck.errors import ModelError, OutputError
from posecheck.records.files import make_folder, new_part, put_in_place, writing
from posecheck.records.folders import data_dir, user_data_dir
from posecheck.records.gate import MODEL, read, too_large

DEFAULT_MODEL = "full"
_URL = (
    "https://storage.googleapis.com/mediapipe-models/pose_landmarker/"
    "pose_landmarker_{name}/float16/latest/pose_landmarker_{name}.task"
)
_SHA256 = {
    "lite": "59929e1d1ee95287735ddd833b19cf4ac46d29bc7afddbbf6753c459690d574a",
    "full": "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
    "heavy": "64437af838a65d18e5ba7a0d39b465540069bc8aae8308de3e318aad31fcbc7b",
}
_PARTS = {"pose_detector.tflite", "pose_landmarks_detector.tflite"}
# what zipfile and what it unpacks with raise
_DAMAGED: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, ValueError, NotImplementedError, RuntimeError),
)
_CHUNK_BYTES = 1 << 18  # a guess: fetched at a time: the bar moves some forty times for 10 MB
_SMALL = 1 << 14  # bytes; what fits into a pipe

Progress = Callable[[int, int | None], None]
Opener = Callable[[str], AbstractContextManager[IO[bytes]]]


@dataclass(frozen=True, slots=True)
class Model:
    """A verified pose model: `data` is the whole .task bundle, `size` its length in bytes, `sha256` in hex."""

    name: str
    sha256: str
    size: int
    path: Path
    data: bytes = field(repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Processes that start here read the file: sent along, it would hold up their start, one after the other."""
        from multiprocessing.context import get_spawning_popen

        if get_spawning_popen() is None or self.size < _SMALL:
            return Model, (self.name, self.sha256, self.size, self.path, self.data)
        return _read_again, (self.name, self.sha256, self.size, self.path)


def _read_again(name: str, sha256: str, size: int, path: Path) -> Model:
    """A model that was verified before; without data, which MediaPipe refuses, when the file is another one now."""
    with suppress(OSError):
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() == sha256:
            return Model(name, sha256, size, path, data)
    return Model(name, sha256, size, path, b"")


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """Where a known model is, or would go; `size` in bytes, 0 when it is absent."""

    name: str
    where: Path
    present: bool
    verified: bool
    size: int


def user_models_dir() -> Path:
    """The folder for fetched models: `models` in the user's data folder."""
    return user_data_dir() / "models"


def model_url(name: str) -> str:
    """The address a known model is fetched from."""
    return _URL.format(name=_known(name))


def load_model(name_or_path: str | Path = DEFAULT_MODEL) -> Model:
    """Read and verify a model.

    Args:
        name_or_path: `lite`, `full` or `heavy`, or the path of a .task file.

    Raises:
        ModelError: it is missing, damaged, or not a pose model; the text says what to do.
    """
    if str(name_or_path) in _SHA256:
        return _load_known(str(name_or_path))
    path = Path(name_or_path).expanduser()
    if os.path.isfile(path):  # noqa: PTH113  # unlike Path, False for a name that is too long
        return _read(path)
    if path.suffix == ".task" or len(path.parts) > 1:
        raise ModelError(f"there is no model file {path}: check the path, or use one of {', '.join(_SHA256)}")
    raise ModelError(f"there is no model named {path}: use {', '.join(_SHA256)}, or the path of a .task file")


def list_models() -> tuple[ModelStatus, ...]:
    """Tell for each known model where it is and whether its content is right."""
    return tuple(_status(name) for name in _SHA256)


def fetch_model(name: str, progress: Progress | None = None, opener: Opener | None = None) -> Path:
    """Download a known model into the user's data folder; it appears there only when whole and verified.

    Args:
        name: name of the model.
        progress: is called with the bytes so far and in all (None when unknown).
        opener: opens an address for reading; None for the usual way.

    Returns:
        The path of the model.

    Raises:
        ModelError: the network fails, or what came is not the model.
        OutputError: it cannot be stored.
    """
    target = user_models_dir() / _file_name(_known(name))
    make_folder(target.parent)
    with writing(target):
        part = new_part(target)
    if part is None:
        raise OutputError(f"cannot write {target.parent}: allow writing there")
    try:
        digest = hashlib.sha256()
        chunks = _download(name, target, progress, opener or _open_url)
        with writing(target), part.open("wb") as file, closing(chunks):  # ends the connection on Ctrl-C, too
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
        if digest.hexdigest() != _SHA256[name]:
            raise ModelError(
                f"what came for the model {name} has sha256 {digest.hexdigest()} instead of {_SHA256[name]}: "
                f"try again, or {_by_hand(name, target)}"
            )
        with writing(target):
            put_in_place(part, target)
    finally:
        part.unlink(missing_ok=True)
    return target


def _download(name: str, target: Path, progress: Progress | None, opener: Opener) -> Generator[bytes]:
    """Yield the bytes of a model; a failing network becomes a ModelError."""
    done = 0
    try:
        with opener(model_url(name)) as response:
            length = getattr(response, "headers", {}).get("Content-Length", "")
            total = int(length) if length.isdigit() else None
            while chunk := response.read(_CHUNK_BYTES):
                done += len(chunk)
                if progress is not None:
                    progress(done, total)
                yield chunk
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it holds the connection
        raise ModelError(f"cannot download the model {name} ({_reason(error)}): {_by_hand(name, target)}") from error
    if total is not None and done < total:
        raise ModelError(
            f"the download of the model {name} stopped after {done} of {total} bytes: try again, or "
            f"{_by_hand(name, target)}"
        )


def _reason(error: Exception) -> object:
    """`<urlopen error [Errno -2] ...>` without its wrapping; what a server answered stays as it is."""
    reason = getattr(error, "reason", None)
    return reason if isinstance(reason, OSError) else error


def _open_url(url: str) -> AbstractContextManager[IO[bytes]]:
    response: AbstractContextManager[IO[bytes]] = urllib.request.urlopen(url, timeout=30)
    return response


def _by_hand(name: str, target: Path) -> str:
    return f"download {model_url(name)} elsewhere and put the file at {target}"


def _known(name: str) -> str:
    if name not in _SHA256:
        raise ModelError(f"there is no model named {name}: use {', '.join(_SHA256)}")
    return name


def _file_name(name: str) -> str:
    return f"pose_landmarker_{name}.task"


def _places(name: str) -> tuple[Path, ...]:
    """Where a known model may be, the embedded folder first."""
    return tuple(folder / _file_name(name) for folder in (data_dir("models"), user_models_dir()))


def _load_known(name: str) -> Model:
    """Load the first sound copy; when there is none, tell of the first damaged one."""
    first_error: ModelError | None = None
    for path in _places(name):
        if path.is_file():
            try:
                return _read(path)
            except ModelError as error:
                first_error = first_error or error
    if first_error is not None:
        raise first_error
    raise ModelError(
        f"the model {name} is not here: get it with `posecheck models get {name}`, or "
        f"{_by_hand(name, user_models_dir() / _file_name(name))}"
    )


def _read(path: Path) -> Model:
    data = read(path, MODEL)
    sha256 = hashlib.sha256(data).hexdigest()
    for name, right in _SHA256.items():
        if sha256 == right:
            return Model(name, sha256, len(data), path, data)
        if path.name == _file_name(name):
            raise ModelError(
                f"the model {path} is damaged: its sha256 is {sha256}, that of {name} is {right}; delete it and get "
                f"it again with `posecheck models get {name}`, or rename it if it is your own"
            )
    _check_bundle(path, data)
    return Model(path.stem, sha256, len(data), path, data)


def _check_bundle(path: Path, data: bytes) -> None:
    """Refuse what is not a whole .task bundle of a pose landmarker, so that MediaPipe need not."""
    advice = f"use one of {', '.join(_SHA256)}, or another pose_landmarker .task file"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            missing = _PARTS - set(bundle.namelist())
            if sum(part.file_size for part in bundle.infolist()) > MODEL.most_bytes:  # before anything is unpacked
                raise too_large(path, MODEL)
            damaged = bundle.testzip()
    except _DAMAGED as error:
        raise ModelError(f"{path} is not a pose model, or it was cut off (not a .task bundle): {advice}") from error
    if missing:
        raise ModelError(f"{path} is not a pose model, it lacks {', '.join(sorted(missing))}: {advice}")
    if damaged:
        raise ModelError(f"the model {path} is damaged in {damaged}: {advice}")


def _status(name: str) -> ModelStatus:
    for path in _places(name):
        if path.is_file():
            try:
                return ModelStatus(name, path, True, True, _read(path).size)
            except ModelError:
                continue
    for path in _places(name):
        if path.is_file():
            return ModelStatus(name, path, True, False, path.stat().st_size)
    return ModelStatus(name, user_models_dir() / _file_name(name), False, False, 0)
