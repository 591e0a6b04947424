"""The command that turns a tape into tables for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.cli.options import AUTO, EXIT_CODES, QuietOption, examples, say
from posecheck.errors import UsageError

if TYPE_CHECKING:
    from posecheck.exercises import Exercise
    from posecheck.records import Pose
    from posecheck.records.tables import Columns, Write
    from posecheck.report.terminal import Advance
    from posecheck.tape import Tape, TapeHeader

BAR_EVERY = 100  # a guess: poses between two moves of the progress bar


class Format(StrEnum):
    """What a tape can be turned into."""

    CSV = "csv"
    PARQUET = "parquet"
    TRC = "trc"
    COCO = "coco"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(
        short_help="Turn a tape into a table: CSV, Parquet, TRC or COCO JSON.",
        epilog=examples(
            "export poses.jsonl.gz",
            "export poses.jsonl.gz --format parquet --exercise knee_drops",
            "export poses.jsonl.gz -o markers.trc --rate 30",
            "export poses.jsonl.gz -o keypoints.json",
        )
        + EXIT_CODES,
    )(export)


def export(
    tape: Annotated[Path, typer.Argument(metavar="TAPE", help="A tape made with posecheck replay --tape.")],
    form: Annotated[
        Format | None,
        typer.Option(
            "--format", "-f", help="csv, parquet, trc or coco; when left out, as the name of --out ends, or csv."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="F", help="Where to; when left out, beside the tape.")
    ] = None,
    exercise: Annotated[
        str | None,
        typer.Option(
            "--exercise", "-e", metavar="NAME", help="Signals as judged for this exercise, with phase and zones."
        ),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option("--rate", metavar="HZ", help="Rows a second of a TRC file; when left out, the tape's usual rate."),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Turn a tape into a table for analysis: a row a pose, with landmarks, signals, and units in the columns' names.

    CSV and Parquet have all of it; TRC has markers in metres at a constant rate, for OpenSim and other motion tools;
    COCO JSON has the 17 key points in pixels.
    """
    from posecheck.records.tables import MOST_ROWS
    from posecheck.report.coco_json import write_coco
    from posecheck.report.table import columns_of, rows_of
    from posecheck.report.terminal import progress_bar
    from posecheck.run import check_outputs
    from posecheck.tape import read_tape

    form = form or _format_of(out)
    target = out or tape.with_name(f"{tape.name.removesuffix('.gz').removesuffix('.jsonl')}.{_ending(form)}")
    check_outputs([target], [tape])
    if rate is not None and (form is not Format.TRC or not 0 < rate <= 1000):
        raise UsageError("--rate is for --format trc, above 0 and up to 1000 rows a second")
    if exercise is not None and form in (Format.TRC, Format.COCO):
        raise UsageError(f"{form.value} has points only: leave --exercise out, or use --format csv or parquet")
    judged = _load(exercise)
    with read_tape(tape) as source, progress_bar(tape.name, quiet, unit="poses") as advance:
        if form is Format.TRC:
            if source.header.lacks.depth:
                raise UsageError(f"the poses of {tape} have no depth, so there are no markers in space to write")
            count = _export_trc(tape, source, target, rate, advance)
        elif form is Format.COCO:
            count = write_coco(target, _told(source, advance), source.header.source)
        else:
            count = 0
            with _opened(form, target, columns_of(judged), source.header) as write:
                for count, row in enumerate(islice(rows_of(_told(source, advance), judged), MOST_ROWS), 1):  # noqa: B007
                    write(row)
            if count == MOST_ROWS:
                say(f"warning: {target} has the first {MOST_ROWS:,} poses; more are not written")
        warning = source.warning
    if warning:
        say(f"warning: {warning}")
    if not quiet:
        typer.echo(f"{target}: {count} rows")


def _opened(form: Format, target: Path, columns: Columns, source: TapeHeader) -> AbstractContextManager[Write]:
    """The table to write; a Parquet file also says where the tape comes from."""
    from posecheck.records.tables import csv_table, parquet_table

    if form is Format.CSV:
        return csv_table(target, columns)
    about = {**asdict(source), "lacks": source.lacks.names}
    return parquet_table(target, columns, {key: json.dumps(value) for key, value in about.items()})


def _export_trc(tape: Path, source: Tape, target: Path, rate: float | None, advance: Advance) -> int:
    from posecheck.report.trc import MOST_BLANK_S, holes_cut, rate_of, write_trc
    from posecheck.tape import read_tape

    with read_tape(tape) as first:  # the number of rows comes before the rows
        times = [pose.t for pose in first]
    usual = rate_of(times)
    if holes := holes_cut(times):
        say(
            f"warning: {holes} {'hole is' if holes == 1 else 'holes are'} longer than {MOST_BLANK_S:.0f} s: of each so "
            "many blank rows are written, then the column Time jumps"
        )
    return write_trc(target, _told(source, advance, len(times)), times, rate or usual)


def _told(poses: Tape, advance: Advance, total: int | None = None) -> Iterator[Pose]:
    """The poses, and how many there were to the progress bar."""
    for count, pose in enumerate(poses):
        if count % BAR_EVERY == 0:
            advance(count, total)
        yield pose


def _format_of(out: Path | None) -> Format:
    if out is None:
        return Format.CSV
    ending = out.suffix.lower().removeprefix(".")
    found = next((form for form in Format if _ending(form) == ending), None)
    if found is None:
        raise UsageError(
            f"{out.name} does not tell the format: end it in .csv, .parquet, .trc or .json, or use --format"
        )
    return found


def _ending(form: Format) -> str:
    return "json" if form is Format.COCO else form.value


def _load(exercise: str | None) -> Exercise | None:
    from posecheck.exercises import load_exercise

    if exercise == AUTO:
        raise UsageError("export needs the name of an exercise, or none; `posecheck judge TAPE` finds out which it is")
    return None if exercise is None else load_exercise(exercise)
