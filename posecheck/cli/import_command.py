"""The command that turns poses of another program into a tape."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from posecheck.cli.options import EXIT_CODES, QuietOption, examples, say
from posecheck.errors import UsageError

if TYPE_CHECKING:
    from posecheck.sources import Imported


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(
        "import",
        short_help="Turn poses of another program into a tape.",
        epilog=examples(
            "import mediapipe.json --size 1280x720 -o me.jsonl.gz",
            "import coco17.json --size 1920x1080 --fps 30 --view side -o me.jsonl.gz",
            "import openpose-folder --size 1280x720 --fps 25 --view front --person best -o me.jsonl.gz",
            "import markers.trc --axes x,-y,-z -o me.jsonl.gz",
        )
        + EXIT_CODES,
    )(import_poses)


def import_poses(
    file: Annotated[
        Path,
        typer.Argument(metavar="F", help="A file of JSON, CSV, TRC or Parquet, or OpenPose's folder of JSON."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="TAPE", help="The tape to write: F.jsonl or F.jsonl.gz.")],
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="NAME",
            show_default="found out",
            help="posecheck, trc, openpose, coco or mediapipe.",
        ),
    ] = None,
    size: Annotated[
        str | None, typer.Option("--size", metavar="WxH", help="Of the picture in pixels, when the file lacks it.")
    ] = None,
    fps: Annotated[
        float | None, typer.Option("--fps", metavar="N", help="Frames a second, when the file has no times.")
    ] = None,
    view: Annotated[
        Literal["side", "front"] | None,
        typer.Option(
            "--view",
            help="From where the camera saw the body (front: or behind), when there is no depth.",
        ),
    ] = None,
    unit: Annotated[
        Literal["m", "cm", "mm"] | None, typer.Option("--unit", help="Of 3-D points, when the file does not tell.")
    ] = None,
    axes: Annotated[
        str | None,
        typer.Option(
            "--axes", metavar="R,D,A", help="Axes that go right, down and away from the camera: x,-y,-z when y is up."
        ),
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="best|ID|N", help="Which one, when there are several people.")
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Turn poses of another program into a tape, which is judged as any other: posecheck judge TAPE.

    Reads MediaPipe's results (JSON, CSV), key points of COCO-17, COCO-WholeBody, Halpe-26 and OpenPose's BODY-25
    (JSON), TRC, and the CSV and Parquet of posecheck export. What is not in the file is asked for. An exercise that
    needs what the file lacks, such as depth or feet, is not judged, and says so.
    """
    from posecheck.run import check_outputs
    from posecheck.sources import Axes, SourceOptions, SourceView, Unit, read_poses

    if not out.name.endswith((".jsonl", ".jsonl.gz")):
        raise UsageError(f"{out} is no name for a tape: end it in .jsonl or .jsonl.gz")
    seen_from, of_points = SourceView(view) if view else None, Unit(unit) if unit else None
    ways = None if axes is None else Axes.parse(axes)
    options = SourceOptions(form, _size(size), fps, seen_from, of_points, ways, person)
    check_outputs([out], [file])
    found = read_poses(file, options)
    _write(out, file, found)
    if quiet:
        return
    for note in found.notes:
        say(note)
    lacking = _lacking(found)
    if lacking:
        say(f"these poses have no {lacking}: an exercise that needs it is not judged")
    seen = sum(pose.present for pose in found.poses)
    typer.echo(f"{out}: {len(found.poses)} poses, somebody in {seen}, read as {found.format}.")
    typer.echo(f"Next: posecheck judge {out} --exercise NAME")


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    parts = re.fullmatch(r"(\d{1,6})x(\d{1,6})", text)
    if parts is None:
        raise UsageError(f"{text!r} is no size of a picture: write width and height in pixels, as 1280x720")
    return int(parts[1]), int(parts[2])


def _write(out: Path, file: Path, found: Imported) -> None:
    from posecheck._version import __version__
    from posecheck.tape import TapeHeader, TapeWriter

    header = TapeHeader(__version__, f"import {found.format}", "", file.name, found.size, lacks=found.lacks)
    with TapeWriter(out, header) as tape:
        for pose in found.poses:
            tape.write(pose)


def _lacking(found: Imported) -> str:
    """What the source never tells, in words."""
    from posecheck.judging.wording import landmark_words

    names = [name.removeprefix("left_").removeprefix("right_") for name in found.lacks.names]
    judged = ("depth", "nose", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
    return ", ".join(dict.fromkeys(landmark_words(name) for name in names if name in judged))
