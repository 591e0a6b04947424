"""The output folder: outputs grow in a folder of their own, and move to their places when they are whole."""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from posecheck.batch.manifests import parts_folder, refuse_outside, sha256_of
from posecheck.errors import OutputError
from posecheck.records.files import make_folder, writing


@contextmanager
def workspace(out: Path) -> Iterator[Path]:
    """A folder for outputs that are not whole yet; gone afterwards."""
    parts = parts_folder(out)
    if not parts.parent.is_dir():
        raise OutputError(
            f"the worker on {platform.node()} does not see the folder {out}: put it on a disk that all workers share, "
            "under the same path"
        )
    make_folder(parts)
    with writing(parts):
        folder = Path(tempfile.mkdtemp(dir=parts))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep(out: Path, made: Mapping[str, Path]) -> tuple[tuple[str, str], ...]:
    """Put whole outputs where they belong.

    Args:
        out: the output folder of the batch.
        made: the file that was made, by its name in the output folder.

    Returns:
        (name, sha256) of each.

    Raises:
        OutputError: one cannot be put there.
    """
    kept = []
    for name, path in made.items():
        target = out / name
        digest = sha256_of(path)
        refuse_outside(out, target.parent)  # a link of the file's own name is replaced, not followed
        make_folder(target.parent)
        with writing(target):
            path.replace(target)
        kept.append((name, digest))
    return tuple(kept)
