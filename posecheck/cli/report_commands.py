"""The commands for pages: report, and progress."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.cli.judge_with_progress import Judged, follow, refuse_nothing
from posecheck.cli.options import (
    AUTO,
    EXIT_CODES,
    STOPPED,
    BlurOption,
    DbOption,
    ExerciseOption,
    FpsOption,
    FromOption,
    MirroredOption,
    ModelOption,
    QuietOption,
    RateOption,
    SlowMotionOption,
    ToOption,
    examples,
    film_options,
    say,
)
from posecheck.errors import InputError, UsageError

if TYPE_CHECKING:
    from posecheck.capture.film_options import FilmOptions
    from posecheck.history.records import KeptSet
    from posecheck.judging.trace import Trace

PROGRESS_FILE = Path("posecheck-progress.html")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(
        short_help="Write a page that explains one set: what counted, and why the rest did not.",
        epilog=examples("report", "report 12", "report me.mp4 -e ninety_ninety", "report me.jsonl.gz -o me.html")
        + EXIT_CODES,
    )(report)
    app.command(
        short_help="Write a page of what has changed over weeks and months.",
        epilog=examples("progress", "progress -o me.html") + EXIT_CODES,
    )(progress)


def report(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[SET|TAPE|VIDEO]",
            show_default=False,
            help="A set of the history by its number, a tape, or a video; the last set when left out.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="F.html", help="The page; in this folder, named after it, when left out."),
    ] = None,
    exercise: ExerciseOption = AUTO,
    pictures: Annotated[
        bool | None,
        typer.Option(
            "--pictures/--no-pictures",
            show_default=False,
            help="Small pictures of what did not count, from a video; without them figures are drawn.",
        ),
    ] = None,
    blur: BlurOption = True,
    start: FromOption = 0.0,
    end: ToOption = None,
    rate: RateOption = "auto",
    fps: FpsOption = None,
    mirrored: MirroredOption = False,
    slow_motion: SlowMotionOption = 1.0,
    model: ModelOption = "full",
    db: DbOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write a page that explains one set, for any browser: it needs no network, and can be printed.

    It shows what was done against the goal, the whole set over time, every judged angle with its limits, and for each
    hold that broke or did not count what failed first, and what to change.
    """
    film = film_options(rate, fps, mirrored, slow_motion)
    recording = Path(what) if what is not None and not what.isdecimal() else None
    if recording is None:
        if pictures:
            raise UsageError("of a set of the history no pictures are kept: give the video to have them in the report")
        _report_set(int(what) if what is not None else None, out, db)
        return
    from posecheck.expectation import is_tape

    from_tape = is_tape(recording)
    if pictures and from_tape:
        raise UsageError(f"{recording} is a tape, it holds no pictures: give the video to have them in the report")
    target = out or Path(f"{_stem(recording)}.report.html")
    if from_tape and start == 0.0 and end is None and _report_routine(recording, exercise, target, quiet):
        return
    judged = _judge(recording, exercise, target, (start, end), film, model, quiet, from_tape=from_tape)
    if judged.notes.warning:
        say(f"warning: {judged.notes.warning}")
    refuse_nothing(judged.summary)
    if judged.trace is not None:
        video = None if from_tape or pictures is False else recording
        write_report(target, judged.trace, video, blur=blur, model=model, film=film)
    if judged.summary.interrupted:
        say("stopped; the report covers what was judged so far")
        raise typer.Exit(STOPPED)


def progress(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="F.html", help="The page.")] = PROGRESS_FILE,
    db: DbOption = None,
) -> None:
    """Write a page of what has changed over weeks and months, by side: a change is called one only when it exceeds
    the repeat error of the measurement."""
    from posecheck.cli.history_commands import read_history
    from posecheck.history.progress import progress_of
    from posecheck.records.files import atomic_write_text, check_writable
    from posecheck.report.pages.progress import progress_page

    check_writable(out)
    with read_history(db) as kept:
        figures = kept.figures()
    page = progress_page(progress_of(figures, datetime.now().astimezone().date()))
    atomic_write_text(out, page)
    _tell(out)


def write_report(
    target: Path,
    trace: Trace,
    video: Path | None,
    *,
    blur: bool,
    model: str = "full",
    film: FilmOptions | None = None,
    when: datetime | None = None,
) -> None:
    """Write the page of a set, with pictures from its video if there is one, and say where it is.

    Args:
        target: the HTML file.
        trace: what was kept of the set.
        video: its recording; None for a page without pictures.
        blur: blur faces.
        model: the pose model that looks for other faces: a name or a path.
        film: how the recording was read.
        when: the beginning of the set, with the zone of the place; None where it is not known.
    """
    from posecheck.records.files import atomic_write_text
    from posecheck.report.pages.report import report_page, told_reasons

    pictures = {}
    if video is not None:
        pictures = _pictures(video, trace, told_reasons(trace), blur, model, film)
    atomic_write_text(target, report_page(trace, when=when, pictures=pictures, blurred=blur))
    _tell(target)


def _pictures(
    video: Path, trace: Trace, wanted: Sequence[int], blur: bool, model: str, film: FilmOptions | None
) -> dict[int, bytes]:
    """The pictures; to blur them others are looked for, which wants the pose model."""
    from posecheck.detect.mediapipe_detector import Detector
    from posecheck.detect.models import load_model
    from posecheck.report.pages.pictures import pictures_of

    if not blur or not any(trace.reasons[index].figure for index in wanted):
        return pictures_of(video, trace, wanted, blur=blur, options=film)
    with Detector(load_model(model), mode="image") as finder:
        return pictures_of(video, trace, wanted, finder=finder)


def _report_set(number: int | None, out: Path | None, db: Path | None) -> None:
    from posecheck.cli.history_commands import read_history
    from posecheck.records.files import check_writable

    with read_history(db) as kept:
        wanted = number if number is not None else kept.newest()
        if wanted is None:
            raise InputError(
                "nothing is kept yet: every live set is (posecheck live), or give a video: posecheck report me.mp4"
            )
        target = out or Path(f"posecheck-set-{wanted}.html")
        check_writable(target)
        when, trace = kept.get(wanted, trace=False).started, kept.trace(wanted)
    write_report(target, trace, None, blur=True, when=when)


def _report_routine(tape: Path, exercise: str, target: Path, quiet: bool) -> bool:
    """Write a page for each set of the tape of a live routine; False when it is another tape."""
    from posecheck.cli.live_commands import judge_routine
    from posecheck.judging.trace import Trace
    from posecheck.run import check_outputs

    check_outputs([target], [tape, Path(exercise)])

    def write(sets: Iterable[KeptSet]) -> None:
        traces = [Trace.from_json(one.trace) for one in sets if one.trace is not None]
        for number, trace in enumerate(traces, 1):
            name = target if len(traces) == 1 else target.with_name(f"{target.stem}-{number}{target.suffix}")
            write_report(name, trace, None, blur=True)

    return judge_routine(tape, exercise, None, quiet, write)


def _judge(
    recording: Path,
    exercise: str,
    target: Path,
    span: tuple[float, float | None],
    film: FilmOptions,
    model: str,
    quiet: bool,
    *,
    from_tape: bool,
) -> Judged:
    from posecheck.detect.models import load_model
    from posecheck.exercises import load_exercise
    from posecheck.run import Outputs, TapeRun, VideoRun

    outputs = Outputs(page=target)
    outputs.check(recording, Path(exercise), Path(model))
    wanted = exercise if exercise == AUTO else load_exercise(exercise)
    loaded = None if from_tape else load_model(model)

    def start() -> VideoRun | TapeRun:
        if loaded is None:
            return TapeRun(recording, wanted, outputs, start_s=span[0], end_s=span[1])
        return VideoRun(recording, wanted, loaded, outputs, start_s=span[0], end_s=span[1], options=film)

    return follow(start, recording.name, exercise, quiet)


def _stem(recording: Path) -> str:
    return Path(recording.name.removesuffix(".gz")).stem


def _tell(target: Path) -> None:
    typer.echo(f"{target} is written: open it in a browser.")
