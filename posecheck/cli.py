"""The commands. Only this module turns errors into exit codes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from posecheck import __version__
from posecheck.errors import NoPersonError, PosecheckError, TooShortError

if TYPE_CHECKING:
    from posecheck.exercises import Exercise
    from posecheck.records import Summary

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
"""


def _examples(*lines: str) -> str:
    return "\b\nExamples:\n" + "\n".join(f"  posecheck {line}" for line in lines) + "\n"


STOPPED = 130
DEMO = {"ninety_ninety": "ninety_ninety", "side_bend": "side_bend", "knee_drops": "knee_drops"}

app = typer.Typer(
    name="posecheck",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help="Check stretches in front of a camera: angles, holds and repetitions, from a recorded video.",
    epilog=_examples("demo", "replay me.mp4 --exercise auto", "exercises ninety_ninety")
    + "\nEverything runs on this machine; nothing is sent anywhere.\n"
    + EXIT_CODES,
)
models_app = typer.Typer(
    no_args_is_help=False,
    rich_markup_mode=None,
    help="List the pose models, or get another one.",
    epilog=_examples("models", "models get heavy"),
)
app.add_typer(models_app, name="models")

ExerciseOption = Annotated[
    str, typer.Option("--exercise", "-e", help="Name (see: posecheck exercises), a .toml file of your own, or auto.")
]
ModelOption = Annotated[str, typer.Option("--model", "-m", help="lite, full, heavy, or the path of a .task file.")]
FromOption = Annotated[float, typer.Option("--from", metavar="S", help="Start here, in seconds of the source.")]
ToOption = Annotated[float | None, typer.Option("--to", metavar="S", help="Stop here, in seconds of the source.")]
JsonOption = Annotated[Path | None, typer.Option("--json", metavar="F", help="Write the report as JSON.")]
CsvOption = Annotated[Path | None, typer.Option("--csv", metavar="F", help="Write a row a frame with every signal.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no table.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"posecheck {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version


@app.command(
    epilog=_examples(
        "replay me.mp4 --exercise ninety_ninety",
        "replay me.mp4 -e auto --json report.json --annotate seen.mp4",
        "replay me.mp4 -e knee_drops --from 12 --to 70 --tape poses.jsonl.gz",
    )
    + EXIT_CODES
)
def replay(
    video: Annotated[Path, typer.Argument(help="A recorded video (MP4, MOV, MKV, WebM, AVI).")],
    exercise: ExerciseOption = "auto",
    json: JsonOption = None,
    csv: CsvOption = None,
    tape: Annotated[
        Path | None, typer.Option("--tape", metavar="F", help="Keep the landmarks (.jsonl, .jsonl.gz) for judge.")
    ] = None,
    annotate: Annotated[
        Path | None, typer.Option("--annotate", metavar="F.mp4", help="Write the video with skeleton, angles, counts.")
    ] = None,
    start: FromOption = 0.0,
    end: ToOption = None,
    model: ModelOption = "full",
    quiet: QuietOption = False,
) -> None:
    """Judge a recorded video."""
    from posecheck.run import Outputs

    _replay(video, exercise, Outputs(csv, tape, annotate), json, start, end, model, quiet)


def _replay(
    video: Path,
    exercise: str,
    outputs: Any,
    json: Path | None,
    start: float,
    end: float | None,
    model: str,
    quiet: bool,
) -> Summary:
    from posecheck.models import load_model
    from posecheck.run import VideoRun
    from posecheck.terminal import counts_line, progress_bar

    outputs.check(video, json)
    if exercise != "auto":
        _load(exercise)  # before the work
    loaded = load_model(model)
    with VideoRun(video, exercise, loaded, outputs, start_s=start, end_s=end) as run:
        interrupted = False
        try:
            with progress_bar(video.name, quiet) as advance:
                for frame, step in run:
                    if frame.index % 5 == 0:
                        note = counts_line(step.progress.counts, step.progress.goal)
                        advance(frame.index + 1, run.frame_count, note)
        except KeyboardInterrupt:
            interrupted = True
        summary, judged, warning = run.summary(interrupted), run.exercise, run.warning
    _finish(summary, judged, json, quiet, warning)
    return summary


@app.command(
    epilog=_examples(
        "judge poses.jsonl.gz --exercise ninety_ninety", "judge poses.jsonl -e my-exercise.toml --json report.json"
    )
    + EXIT_CODES
)
def judge(
    tape: Annotated[Path, typer.Argument(help="A tape made with posecheck replay --tape.")],
    exercise: ExerciseOption = "auto",
    json: JsonOption = None,
    csv: CsvOption = None,
    start: FromOption = 0.0,
    end: ToOption = None,
    quiet: QuietOption = False,
) -> None:
    """Judge a tape: the same as replay, from landmarks kept earlier, without a model."""
    from posecheck.run import Outputs, TapeRun
    from posecheck.terminal import progress_bar

    outputs = Outputs(csv=csv)
    outputs.check(tape, json)
    if exercise != "auto":
        _load(exercise)
    with TapeRun(tape, exercise, outputs, start_s=start, end_s=end) as run:
        interrupted = False
        try:
            with progress_bar(tape.name, quiet) as advance:
                for count, _ in enumerate(run):
                    if count % 500 == 0:
                        advance(count, None)
        except KeyboardInterrupt:
            interrupted = True
        summary, judged, warning = run.summary(interrupted), run.exercise, run.warning
    _finish(summary, judged, json, quiet, warning)


def _load(exercise: str) -> Exercise:
    from posecheck.exercises import load_exercise

    return load_exercise(exercise)


def _finish(summary: Summary, exercise: Exercise | None, json: Path | None, quiet: bool, warning: str | None) -> None:
    """Write and print what was judged; then say what went wrong, if anything did."""
    from posecheck.report import summary_dict, write_json
    from posecheck.terminal import console, summary_view

    if json is not None:
        write_json(json, summary_dict(summary))
    if warning:
        typer.echo(f"posecheck: warning: {warning}", err=True)
    if not quiet and exercise is not None and summary.frames > 1:
        console().print(summary_view(summary, exercise))
    if summary.interrupted:
        typer.echo("posecheck: stopped; the verdict covers what was judged so far", err=True)
        raise typer.Exit(STOPPED)
    if summary.frames < 2:
        raise TooShortError(f"{summary.source} has {summary.frames} frame: give a recording of at least a few seconds")
    if not summary.frames_with_pose:
        raise NoPersonError(
            f"nobody was seen in {summary.source}: the whole body must be in the picture, in enough light"
        )


@app.command(epilog=_examples("check photo.jpg", "check *.jpg --json signals.json") + EXIT_CODES)
def check(
    images: Annotated[list[Path], typer.Argument(help="Photographs (JPEG, PNG, WebP, ...).")],
    json: JsonOption = None,
    model: ModelOption = "full",
) -> None:
    """Measure photographs: posture, view and every signal."""
    from posecheck.capture import read_image
    from posecheck.detect import Detector
    from posecheck.files import check_writable
    from posecheck.measure import measure, why_unknown
    from posecheck.models import load_model
    from posecheck.report import measurement_dict, write_json
    from posecheck.terminal import console, measurement_view

    if json is not None:
        check_writable(json)
    found: list[dict[str, Any]] = []
    failed: PosecheckError | None = None
    with Detector(load_model(model), mode="image") as detector:
        for path in images:
            try:
                measurement = measure(detector.detect(read_image(path)))
            except PosecheckError as error:
                # one bad picture does not stop the others
                typer.echo(f"posecheck: error: {error}", err=True)
                failed = failed or error
                continue
            reason = why_unknown(measurement)
            console().print(measurement_view(path, measurement, reason))
            found.append(measurement_dict(path.name, measurement, reason))
    if json is not None:
        write_json(json, found)
    if failed is not None:
        raise typer.Exit(failed.exit_code)


@app.command(epilog=_examples("exercises", "exercises knee_drops"))
def exercises(name: Annotated[str | None, typer.Argument(help="One exercise to explain.")] = None) -> None:
    """List the exercises, or explain one in plain words."""
    from rich.table import Table

    from posecheck.exercises import exercise_names
    from posecheck.terminal import console, exercise_view

    if name is not None:
        console().print(exercise_view(_load(name)))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "exercise", "camera"):
        table.add_column(column, overflow="fold", no_wrap=column == "name")
    for known in exercise_names():
        exercise = _load(known)
        table.add_row(known, exercise.title, exercise.view.camera)
    console().print(table)


@app.command(epilog=_examples("demo", "demo --out somewhere"))
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for videos and reports.")] = Path(
        "posecheck-demo"
    ),
    quiet: QuietOption = False,
) -> None:
    """Judge the three embedded samples, and keep annotated videos and reports."""
    from posecheck.errors import OutputError
    from posecheck.models import data_dir
    from posecheck.run import Outputs

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {out}: {(error.strerror or str(error)).lower()}; use --out") from error
    for name, exercise in DEMO.items():
        video = data_dir("samples") / f"{name}.mp4"
        outputs = Outputs(annotate=out / f"{name}.mp4")
        _replay(video, exercise, outputs, out / f"{name}.json", 0.0, None, "full", quiet)
    typer.echo(f"Annotated videos and reports are in {out.resolve()}: look at {', '.join(f'{n}.mp4' for n in DEMO)}.")


@app.command(epilog=_examples("doctor"))
def doctor() -> None:
    """Tell whether this machine has all that posecheck needs, and what to do if not."""
    from posecheck.doctor import examine
    from posecheck.terminal import console

    findings = examine()
    width = max(len(f.name) for f in findings)
    for f in findings:
        mark = "[cyan]ok  [/]" if f.fine else "[yellow]miss[/]" if not f.needed else "[bold yellow]BAD [/]"
        console().print(f"{mark} {f.name:<{width}}  {f.found}", soft_wrap=True)
        if not f.fine:
            console().print(f"     {'':<{width}}  → {f.advice}", soft_wrap=True)
    if any(f.needed and not f.fine for f in findings):
        raise typer.Exit(7)


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """List the pose models: where they are, and whether they are sound."""
    if context.invoked_subcommand is not None:
        return
    from posecheck.models import DEFAULT_MODEL, list_models
    from posecheck.terminal import console

    for status in list_models():
        state = "ok" if status.verified else "damaged" if status.present else "not here"
        words = "" if status.verified else f"get it with: posecheck models get {status.name}"
        default = " (default)" if status.name == DEFAULT_MODEL else ""
        console().print(f"{status.name + default:<16} {state:<9} {status.where if status.present else words}", soft_wrap=True)


@models_app.command("get", epilog=_examples("models get heavy"))
def models_get(name: Annotated[str, typer.Argument(help="lite, full or heavy.")]) -> None:
    """Download a model from Google's model storage, verify it, and put it in your data folder."""
    from posecheck.models import fetch_model
    from posecheck.terminal import progress_bar

    with progress_bar(name, quiet=False) as advance:
        path = fetch_model(name, progress=advance)
    typer.echo(f"{name} is at {path}. Use it with --model {name}.")


def main() -> None:
    """Run the command line; errors become one line and an exit code."""
    try:
        app()
    except PosecheckError as error:
        message = " ".join(str(error).split())
        typer.echo(f"posecheck: error: {message}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("posecheck: stopped", err=True)
        sys.exit(STOPPED)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the output has gone
        sys.exit(1)
