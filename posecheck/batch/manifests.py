"""What is done: a small file for each recording, written last, when all its outputs are whole.

A mark tells which content of the recording was judged, with which plan (exercise, model, version, options), and the
sha256 of every output. `--resume` believes nothing else: an output that was changed or lost is made again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from posecheck.batch.inputs import Recording
from posecheck.errors import ForeignError, OutputError
from posecheck.records.files import atomic_write_text, make_folder
from posecheck.records.gate import MARK, json_of, read
from posecheck.records.serialising import from_data

FOLDER = ".posecheck"  # of a batch, in its output folder
_MARKS, _PARTS = "marks", "parts"
_CHUNK_BYTES = 1 << 20  # a guess: read at a time: much at once, and little beside a worker's memory


@dataclass(frozen=True, slots=True)
class Mark:
    """How a recording ended.

    `key`: of the plan. `where`, `stamp`, `sha256`: the recording, what its system tells of its version, its content.
    `outputs`: (name in the output folder, sha256) of what was written, the report first. `problem`: why there is no
    verdict, or one about nothing, with its `exit_code`; None when all is well.
    """

    key: str
    where: str
    stamp: str
    sha256: str
    outputs: tuple[tuple[str, str], ...] = ()
    problem: str | None = None
    exit_code: int = 0
    warning: str | None = None
    took_s: float = 0.0

    @property
    def report(self) -> str | None:
        """The name of the report in the output folder."""
        return self.outputs[0][0] if self.outputs else None


def marks_folder(out: Path) -> Path:
    """Where the marks are; it is there once a recording has ended."""
    return out / FOLDER / _MARKS


def mark_path(out: Path, recording: Recording) -> Path:
    """Where the mark of a recording is.

    Args:
        out: the output folder of the batch.
        recording: the recording; its name for outputs is used.
    """
    return marks_folder(out) / f"{recording.name}.json"


def parts_folder(out: Path) -> Path:
    """Where outputs grow before they are whole; on the disk where they will stay."""
    return out / FOLDER / _PARTS


def write_mark(out: Path, recording: Recording, mark: Mark) -> None:
    """Leave the mark of a recording, whole or not at all.

    Args:
        out: the output folder of the batch.
        recording: the recording that has ended.
        mark: how it ended.

    Raises:
        OutputError: it cannot be written.
    """
    path = mark_path(out, recording)
    refuse_outside(out, path)
    make_folder(path.parent)
    atomic_write_text(path, json.dumps(asdict(mark), ensure_ascii=True))


def read_mark(out: Path, recording: Recording) -> Mark | None:
    """The mark of a recording; None when there is none that can be understood.

    Args:
        out: the output folder of the batch.
        recording: the recording.
    """
    path = mark_path(out, recording)
    try:
        found: dict[str, Any] = json_of(read(path, MARK), path, MARK)
        return from_data(Mark, found)
    except (ForeignError, ValueError):  # ValueError: of pydantic, which names no field that matters here
        return None


def is_whole(out: Path, mark: Mark) -> bool:
    """Whether every output of the mark is there, and as it was written; False for a mark without outputs.

    Args:
        out: the output folder of the batch.
        mark: how a recording ended.
    """
    try:
        return bool(mark.outputs) and all(
            is_inside(out, out / name) and sha256_of(out / name) == digest for name, digest in mark.outputs
        )
    except OSError:
        return False


def is_inside(out: Path, path: Path) -> bool:
    """Whether a path ends in the output folder: neither "..", nor an absolute name, nor a link leads out of it.

    Args:
        out: the output folder of the batch.
        path: a file or folder, which need not be there.
    """
    try:
        return path.resolve().is_relative_to(out.resolve())
    except (OSError, RuntimeError, ValueError):  # a circle of links, or a name that no system takes
        return False


def refuse_outside(out: Path, path: Path) -> None:
    """Find out that an output stays in the output folder.

    Args:
        out: the output folder of the batch.
        path: the file or folder that is to be written.

    Raises:
        OutputError: a link leads out of it.
    """
    if not is_inside(out, path):
        raise OutputError(f"{path} would lie outside of {out}: a link leads there; remove it, or give another --out")


def stamp_of_file(path: Path) -> str:
    """Size and time of change: when both are as before, the content is taken to be."""
    status = path.stat()
    return f"{status.st_size} {status.st_mtime_ns}"


def sha256_of(path: Path) -> str:
    """The sha256 of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, hashlib.sha256).hexdigest()
