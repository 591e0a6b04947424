"""What several commands have in common: their options, and the words under their help."""

from __future__ import annotations

import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from posecheck.capture.film_options import FilmOptions

STOPPED = 130  # the exit code after Ctrl-C, as of shells: 128 and the signal's number, 2
AUTO = "auto"  # find out which exercise it is

EXIT_CODES = """
\b
Exit codes:
   0  judged                              7  a library does not load
   1  another error                       8  nobody was seen
   2  wrong use                           9  camera
   3  input missing, empty or a folder   10  not a video, or damaged
   4  exercise unknown or not valid      11  too short to judge
   5  model missing or damaged          130  stopped with Ctrl-C; what was judged
   6  output cannot be written               so far is printed and written
  12  of many recordings, some could not be judged
"""


def examples(*lines: str) -> str:
    """The end of a command's help: one example on each line."""
    return "\b\nExamples:\n" + "\n".join(f"  posecheck {line}" for line in lines) + "\n"


ExerciseOption = Annotated[
    str,
    typer.Option(
        "--exercise",
        "-e",
        metavar="NAME",
        help="Name (see: posecheck exercises), a .toml file of your own, or auto to find out.",
    ),
]
ModelOption = Annotated[
    str, typer.Option("--model", "-m", metavar="NAME", help="lite, full, heavy, or the path of a .task file.")
]
FromOption = Annotated[
    float, typer.Option("--from", metavar="S", show_default=False, help="Start here, in seconds of the source.")
]
ToOption = Annotated[float | None, typer.Option("--to", metavar="S", help="Stop here, in seconds of the source.")]
JsonOption = Annotated[Path | None, typer.Option("--json", metavar="F", help="Write the report as JSON.")]
CsvOption = Annotated[
    Path | None, typer.Option("--csv", metavar="F", help="Write a row for each frame, with every signal.")
]
DbOption = Annotated[
    Path | None,
    typer.Option("--db", metavar="F", envvar="POSECHECK_DB", help="The history, when not in your data folder."),
]
SaveOption = Annotated[bool, typer.Option("--save", help="Keep the verdict in your history.")]
PicturesOption = Annotated[
    bool,
    typer.Option("--pictures/--no-pictures", show_default=False, help="Whether the report page has small pictures."),
]
BlurOption = Annotated[
    bool,
    typer.Option(
        "--blur/--no-blur",
        show_default=False,
        help="Blur all faces that are found (the default).",
    ),
]
RateOption = Annotated[
    str,
    typer.Option(
        "--rate",
        metavar="auto|all|N",
        help="Poses a second to judge by: auto for about 15 (every second frame of 30, every fourth of 60), all, or N.",
    ),
]
FpsOption = Annotated[
    float | None,
    typer.Option(
        "--fps",
        metavar="N",
        show_default="what its header says",
        help="Frames a second of a film that has no clock (a raw .h264 file).",
    ),
]
MirroredOption = Annotated[
    bool, typer.Option("--mirrored", help="The film is mirrored, as some phones' selfie films: swap the sides back.")
]
SlowMotionOption = Annotated[
    float,
    typer.Option(
        "--slow-motion",
        metavar="N",
        help="The film plays N times slower than what it shows: divide all times by N (also --from and --to).",
    ),
]
TapeOption = Annotated[
    Path | None, typer.Option("--tape", metavar="F", help="Keep the landmarks (.jsonl, .jsonl.gz) for judge.")
]
CameraOption = Annotated[
    str, typer.Option("--camera", "-c", metavar="0|URL|FILE", help="Which camera (see: posecheck cameras).")
]
SizeOption = Annotated[
    str | None, typer.Option("--size", metavar="WxH", help="Size of picture to ask the camera for: 1280x720.")
]
MirrorOption = Annotated[bool, typer.Option("--mirror/--no-mirror", help="Show the picture as a mirror does.")]
FullscreenOption = Annotated[bool, typer.Option("--fullscreen", help="Fill the screen.")]
VolumeOption = Annotated[float, typer.Option("--volume", min=0.0, max=1.0, help="0 to 1.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no table.")]


def film_options(rate: str, fps: float | None, mirrored: bool, slow_motion: float) -> FilmOptions:
    """How a film is to be read, from the options of a command.

    Args:
        rate: auto, all, or a number.
        fps: frames a second of a film without a clock.
        mirrored: whether it is mirrored.
        slow_motion: how many times slower it plays.

    Raises:
        UsageError: one of them cannot be used.
    """
    from posecheck.capture.film_options import FilmOptions, rate_of

    return FilmOptions(rate=rate_of(rate), fps=fps, mirrored=mirrored, slow_motion=slow_motion)


def say(message: str) -> None:
    """Tell something beside the result, in one line on standard error; in a terminal no word of it is broken."""
    line = f"posecheck: {' '.join(message.split())}"
    if sys.stderr.isatty():
        columns = shutil.get_terminal_size().columns
        line = textwrap.fill(line, columns, break_long_words=False, break_on_hyphens=False)
    typer.echo(line, err=True)
