"""Poses of other programs: a file of theirs → poses that a Session judges, and a tape keeps.

    >>> from posecheck.sources import SourceOptions, SourceView, read_poses
    >>> options = SourceOptions(size=(1280, 720), fps=30, view=SourceView.SIDE)
    >>> found = read_poses("squats.json", options)                    # doctest: +SKIP
    >>> found.poses, found.lacks.names                                # doctest: +SKIP

A format is one module with `NAME`, `fits` and `read` (`records.Format`). Units, axes, times and the size of the picture
are in the file, or asked for; nothing is guessed. What a source never tells (depth, feet) stands in `Pose.lacks`, and
what needs it is not judged.
"""

from __future__ import annotations

from pathlib import Path

from posecheck.errors import FormatError, UsageError
from posecheck.sources import coco, mediapipe_results, openpose, own_tables, trc_markers
from posecheck.sources.converting import Imported, imported
from posecheck.sources.guarding import open_given
from posecheck.sources.records import Axes, Format, SourceOptions, SourceView, Unit

FORMATS: tuple[Format, ...] = (own_tables, trc_markers, openpose, coco, mediapipe_results)
FORMAT_NAMES = tuple(one.NAME for one in FORMATS)

__all__ = ["FORMAT_NAMES", "Axes", "Imported", "SourceOptions", "SourceView", "Unit", "read_poses"]


def read_poses(path: str | Path, options: SourceOptions | None = None) -> Imported:
    """Read the poses of another program.

    Args:
        path: a file of JSON, JSON Lines, CSV, TRC or Parquet; or a folder of OpenPose's JSON files.
        options: what the file does not tell; all of it is asked for where it is needed.

    Returns:
        The poses in order of time, what their source never tells, and how they were read.

    Raises:
        InputError: there is no such file, or it is of no format that is known.
        UsageError: something has to be said about the file, or does not go with it.
        NoPersonError: nobody is seen in it.
        DependencyError: it is a Parquet file and pyarrow is not installed.
    """
    path, options = Path(path), options or SourceOptions()
    _check(options)
    given = open_given(path)
    for one in FORMATS:
        if options.format in (None, one.NAME) and one.fits(given):
            return imported(path, one.NAME, one.read(given, options), options)
    if options.format is not None:
        raise FormatError(f"{path} does not look like {options.format}: leave the format out to find out what it is")
    raise FormatError(
        f"{path} has no poses in a format that is known ({', '.join(FORMAT_NAMES)}): see `posecheck import --help`"
    )


def _check(options: SourceOptions) -> None:
    if options.format is not None and options.format not in FORMAT_NAMES:
        raise UsageError(f"{options.format!r} is no format: {', '.join(FORMAT_NAMES)} are read")
    if options.fps is not None and not 0 < options.fps <= 1000:
        raise UsageError("the frames a second must be above 0 and at most 1000")
    if options.size is not None and not all(0 < one <= 100_000 for one in options.size):
        raise UsageError("the picture's width and height must be above 0 and at most 100000 pixels")
