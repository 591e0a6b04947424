"""The commands for many recordings: batch, and judge on a folder of tapes."""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.cli.judge_with_progress import Judged
from posecheck.cli.options import (
    AUTO,
    EXIT_CODES,
    STOPPED,
    ExerciseOption,
    FpsOption,
    MirroredOption,
    ModelOption,
    QuietOption,
    RateOption,
    SlowMotionOption,
    examples,
    film_options,
    say,
)
from posecheck.errors import OutputError, PartialError

if TYPE_CHECKING:
    from posecheck.batch.dispatcher import Tally
    from posecheck.batch.inputs import Found
    from posecheck.batch.run_batch import Workers
    from posecheck.batch.settings import Plan
    from posecheck.capture.film_options import FilmOptions
    from posecheck.detect.models import Model
    from posecheck.exercises import Exercise
    from posecheck.report.plain_table import PlainTable
    from posecheck.run import Outputs

SHOWN = 20  # a guess: recordings in the terminal; the table has them all

JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", "-j", metavar="N", min=1, help="Worker processes; as many as there are cores if left out."),
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(
        short_help="Judge many recordings, on all cores or a cluster.",
        epilog=examples(
            "batch clips --exercise ninety_ninety --out judged",
            "batch 'clips/**/*.mp4' more/ --out judged --tapes --annotate",
            "batch clips --out judged --resume",
            "batch long.mp4 --out judged --split",
            "batch clips https://example.org/me.mp4 --out judged --cluster tcp://10.0.0.1:8786",
        )
        + """
\b
A cluster, with this posecheck installed on every machine (pip install 'posecheck[cluster]'):
  dask scheduler                                                  on one machine
  dask worker tcp://10.0.0.1:8786 --nthreads 1 --nworkers 8       on each machine
"""
        + EXIT_CODES,
    )(batch)


def batch(
    places: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Videos, tapes, folders, patterns, or addresses (https://…).")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for reports and tables: new, empty, or --resume.")
    ],
    exercise: ExerciseOption = AUTO,
    jobs: JobsOption = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="ADDRESS", help="A Dask scheduler (tcp://host:8786), or local to start one."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the batch in DIR: what is done and unchanged is kept.")
    ] = False,
    annotate: Annotated[bool, typer.Option("--annotate", help="Write an annotated video for each, too.")] = False,
    tapes: Annotated[bool, typer.Option("--tapes", help="Keep the landmarks of each, too, for judge.")] = False,
    split: Annotated[
        bool | None,
        typer.Option(
            "--split/--no-split",
            help="Cut all recordings of two minutes or more, or none; when left out, the last ones, for idle workers.",
        ),
    ] = None,
    rate: RateOption = "auto",
    fps: FpsOption = None,
    mirrored: MirroredOption = False,
    slow_motion: SlowMotionOption = 1.0,
    model: ModelOption = "full",
    quiet: QuietOption = False,
) -> None:
    """Judge many recordings: a report each, and one table of all as CSV and Parquet."""
    from posecheck.batch.inputs import TAPES, find_recordings
    from posecheck.batch.run_batch import Workers, core_count, prepare
    from posecheck.batch.settings import Plan
    from posecheck.detect.models import load_model
    from posecheck.exercises import load_exercise
    from posecheck.libraries import need_pictures

    film = film_options(rate, fps, mirrored, slow_motion)
    loaded = load_model(model)
    wanted = exercise if exercise == AUTO else load_exercise(exercise)
    found = find_recordings(places, out)
    prepare(out, resume=resume)
    plan = Plan(wanted, out.resolve(), model, loaded.sha256, tapes, annotate, split, resume, film)
    only_tapes = all(recording.where.endswith(TAPES) for recording in found.recordings)
    if not only_tapes:
        need_pictures()
    tally = _run(found, plan, None if only_tapes else loaded, Workers(jobs or core_count(), cluster), quiet)
    _end(tally, found, out, resumable=True)


def judge_folder(folder: Path, exercise: str, out: Path | None, jobs: int | None, quiet: bool) -> None:
    """Judge all tapes of a folder in parallel, and show the table.

    Args:
        folder: where the tapes are.
        exercise: name of a built-in exercise, path of a TOML file, or "auto".
        out: where reports and tables are kept; None to keep none.
        jobs: how many processes work; None for one a core.
        quiet: show nothing.
    """
    from posecheck.batch.inputs import find_recordings
    from posecheck.batch.run_batch import Workers, core_count, prepare
    from posecheck.batch.settings import Plan
    from posecheck.exercises import load_exercise

    wanted = exercise if exercise == AUTO else load_exercise(exercise)
    found = find_recordings([str(folder)], out, tapes_only=True)
    with tempfile.TemporaryDirectory() as passing:
        target = out or Path(passing)
        prepare(target, resume=False, overwrite=True)
        # tapes need no model
        plan = Plan(wanted, target.resolve(), "full", "")
        tally = _run(found, plan, None, Workers(jobs or core_count()), quiet)
    _end(tally, found, out, resumable=False)


def in_pieces(
    video: Path, exercise: Exercise | str, model: Model, outputs: Outputs, jobs: int, film: FilmOptions, quiet: bool
) -> Judged | None:
    """Judge a long video on several cores; None when it must be judged in one piece.

    Args:
        video: the video file.
        exercise: a loaded exercise, or "auto".
        model: the pose model.
        outputs: what is written.
        jobs: how many processes work at most.
        film: how the video is read.
        quiet: show no progress.
    """
    from posecheck.batch.long_recording import replay_in_pieces
    from posecheck.exercises import Exercise, load_exercise
    from posecheck.report.terminal import finishing_on_ctrl_c, progress_bar

    with finishing_on_ctrl_c() as stop, progress_bar(video.name, quiet) as advance:
        found = replay_in_pieces(video, exercise, model, outputs, jobs, options=film, stop=stop, show=advance)
    if found is None:
        return None
    summary, notes, trace = found
    known = exercise if isinstance(exercise, Exercise) else load_exercise(summary.exercise)
    return Judged(summary, known, notes, trace)


def _run(found: Found, plan: Plan, model: Model | None, workers: Workers, quiet: bool) -> Tally:
    """Judge with a bar, and show what came of it."""
    from posecheck.batch.run_batch import run_batch
    from posecheck.report.terminal import console, finishing_on_ctrl_c, progress_bar

    start = time.perf_counter()
    with finishing_on_ctrl_c() as stop, progress_bar("batch", quiet, unit="recordings") as advance:

        def show(tally: Tally, running: int) -> None:
            note = f"{tally.failed} not judged" if tally.failed else ""
            if stop():
                note = f"stopping: {running} to finish (Ctrl-C again gives them up)"
            advance(tally.done, tally.total, note)

        tally, tables = run_batch(found, plan, model, workers, stop=stop, show=show)
    if not quiet:
        console().print(_table(tables.recordings))
        console().print(_sentence(tally, time.perf_counter() - start), soft_wrap=not sys.stdout.isatty())
    if tables.no_parquet:
        say(f"warning: {tables.no_parquet}")
    return tally


def _table(path: Path) -> PlainTable:
    """The first recordings of the table, for reading."""
    from posecheck.report.plain_table import PlainTable

    table = PlainTable()
    for name in ("recording", "exercise", "counted", "verdict"):
        table.add_column(name, overflow="fold")
    more = 0
    with path.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if number >= SHOWN:
                more += 1
                continue
            verdict = "complete" if row["complete"] == "TRUE" else "not judged" if row["problem"] else "not complete"
            verdict += f", {float(row['missing_s']):.1f} s missing" if float(row["missing_s"] or 0) else ""
            table.add_row(row["recording"], row["exercise"], row["counts"], verdict)
    if more:
        table.add_row(f"… and {more:,} more", "", "", "")
    return table


def _sentence(tally: Tally, took_s: float) -> str:
    minutes, seconds = divmod(round(took_s), 60)
    words = [f"{tally.judged:,} judged"]
    if tally.kept:
        words.append(f"{tally.kept:,} kept from before")
    if tally.failed:
        words.append(f"{tally.failed:,} not judged")
    rate = f", {tally.frames / took_s:,.0f} frames/s" if tally.frames else ""
    return f"\n{', '.join(words)}, of {tally.total:,} in {minutes}:{seconds:02}{rate}"


def _end(tally: Tally, found: Found, out: Path | None, *, resumable: bool) -> None:
    """Say what is missing, where the tables are, and end with the exit code that tells."""
    for recording, problem in tally.failures:
        say(f"not judged: {recording.name}: {problem}")
    if tally.failed > len(tally.failures):
        say(f"... and {tally.failed - len(tally.failures):,} more: see the column problem of recordings.csv")
    for problem in found.problems:
        say(f"error: {problem}")
    if out is not None:
        typer.echo(f"The tables are {out / 'recordings.csv'} and {out / 'repetitions.csv'}.")
    again = "; run it again with --resume to go on" if resumable else ""
    if tally.fatal:
        raise OutputError(f"stopped: {tally.fatal}{again}")
    if tally.stopped:
        say(f"stopped after {tally.done:,} of {tally.total:,} recordings; the tables hold what is done{again}")
        raise typer.Exit(STOPPED)
    if tally.failed or found.problems:
        raise PartialError(f"{tally.failed + len(found.problems):,} could not be judged, {tally.total:,} were found")
