"""The commands. Only this module turns errors into exit codes."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from posecheck._version import __version__
from posecheck.cli import (
    batch_commands,
    exercise_commands,
    export_command,
    history_commands,
    import_command,
    live_commands,
    photographs,
    report_commands,
    save_to_history,
    serve_command,
    testing_commands,
    validate_command,
)
from posecheck.cli.judge_with_progress import Judged, follow, refuse_nothing
from posecheck.cli.options import (
    AUTO,
    EXIT_CODES,
    STOPPED,
    BlurOption,
    CsvOption,
    DbOption,
    ExerciseOption,
    FpsOption,
    FromOption,
    JsonOption,
    MirroredOption,
    ModelOption,
    PicturesOption,
    QuietOption,
    RateOption,
    SaveOption,
    SlowMotionOption,
    TapeOption,
    ToOption,
    examples,
    film_options,
    say,
)
from posecheck.cli.plain_text import show_all_safely
from posecheck.errors import DependencyError, OutputError, PosecheckError, UsageError
from posecheck.records.stopping import stop_as_on_ctrl_c

if TYPE_CHECKING:
    from posecheck.capture.film_options import FilmOptions
    from posecheck.exercises import Exercise
    from posecheck.run import Outputs, TapeRun, VideoRun

DEMO = ("ninety_ninety", "side_bend", "knee_drops")  # samples, named as their exercises
DEMO_FOLDER = Path("posecheck-demo")
MEGABYTE = 1e6  # bytes

# as people meet them: first a look, live and recorded stretches, what came of them, many of them, making one's own
ORDER = (
    *(
        "demo",
        "live",
        "validate",
        "cameras",
        "routines",
        "replay",
        "judge",
        "check",
        "report",
        "progress",
        "history",
        "serve",
    ),
    *("batch", "import", "export", "why", "expect", "exercises", "models", "doctor"),
)


class _InOrder(TyperGroup):
    """The commands in the order of `ORDER`."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=ORDER.index)


app = typer.Typer(
    name="posecheck",
    cls=_InOrder,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help="Check stretches in front of a camera: angles, holds and repetitions, live or from a recorded video.",
    epilog=examples("demo", "live", "replay me.mp4 --exercise auto", "exercises ninety_ninety")
    + "\nEverything runs on this machine; nothing is sent anywhere.\n"
    + EXIT_CODES,
)
live_commands.register(app)
validate_command.register(app)
testing_commands.register(app)
import_command.register(app)
export_command.register(app)
photographs.register(app)
exercise_commands.register(app)
batch_commands.register(app)
history_commands.register(app)
report_commands.register(app)
serve_command.register(app)
models_app = typer.Typer(
    no_args_is_help=False,
    rich_markup_mode=None,
    help="List the pose models, or get another one.",
    epilog=examples("models", "models get heavy"),
)
app.add_typer(models_app, name="models")


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
    epilog=examples(
        "replay me.mp4 --exercise ninety_ninety",
        "replay me.mp4 -e auto --json report.json --annotate seen.mp4",
        "replay me.mp4 -e knee_drops --from 12 --to 70 --tape poses.jsonl.gz",
        "replay long.mp4 -e ninety_ninety --jobs 4",
    )
    + EXIT_CODES
)
def replay(
    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="A recorded video (MP4, MOV, MKV, WebM, AVI).")],
    exercise: ExerciseOption = AUTO,
    json: JsonOption = None,
    csv: CsvOption = None,
    tape: TapeOption = None,
    annotate: Annotated[
        Path | None, typer.Option("--annotate", metavar="F.mp4", help="Write the video with skeleton, angles, counts.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="F.html", help="Write the report page, as posecheck report does.")
    ] = None,
    pictures: PicturesOption = True,
    blur: BlurOption = True,
    save: SaveOption = False,
    db: DbOption = None,
    start: FromOption = 0.0,
    end: ToOption = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", metavar="N", min=1, help="Cut a video of two minutes or more over N cores.")
    ] = 1,
    rate: RateOption = "auto",
    fps: FpsOption = None,
    mirrored: MirroredOption = False,
    slow_motion: SlowMotionOption = 1.0,
    model: ModelOption = "full",
    quiet: QuietOption = False,
) -> None:
    """Judge a recorded video."""
    from posecheck.run import Outputs

    film = film_options(rate, fps, mirrored, slow_motion)

    if jobs > 1 and (start or end is not None):
        raise UsageError("--jobs judges a whole video: leave it out with --from and --to")
    history = save_to_history.place_to_save(db) if save else None
    outputs = Outputs(csv, tape, annotate, report, history=history)
    judged = _replay(video, exercise, outputs, json, (start, end), film, model, quiet, jobs)
    if history is not None:
        save_to_history.save_video(judged, video, model, history, (start, end))
    if report is not None and judged.trace is not None and judged.summary.frames_with_pose:
        shown = video if pictures else None
        report_commands.write_report(report, judged.trace, shown, blur=blur, model=model, film=film)
    _finish(judged, json, quiet)


def _replay(
    video: Path,
    exercise: str,
    outputs: Outputs,
    json: Path | None,
    span: tuple[float, float | None],
    film: FilmOptions,
    model: str,
    quiet: bool,
    jobs: int = 1,
) -> Judged:
    from posecheck.detect.models import load_model
    from posecheck.run import VideoRun

    # everything that can be refused is refused before the work
    outputs.check(video, Path(exercise), Path(model), report=json)
    wanted = exercise if exercise == AUTO else _load(exercise)
    loaded = load_model(model)
    if jobs > 1 and (judged := batch_commands.in_pieces(video, wanted, loaded, outputs, jobs, film, quiet)):
        return judged

    def start() -> VideoRun:
        return VideoRun(video, wanted, loaded, outputs, start_s=span[0], end_s=span[1], options=film)

    return follow(start, video.name, exercise, quiet)


@app.command(
    short_help="Judge a tape of landmarks kept earlier.",
    epilog=examples(
        "judge poses.jsonl.gz --exercise ninety_ninety",
        "judge poses.jsonl -e my-exercise.toml --json report.json",
        "judge tapes --out judged",
    )
    + EXIT_CODES,
)
def judge(
    tape: Annotated[
        Path, typer.Argument(metavar="TAPE", help="A tape made with posecheck replay --tape, or a folder of tapes.")
    ],
    exercise: ExerciseOption = AUTO,
    json: JsonOption = None,
    csv: CsvOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Of a folder of tapes: where reports and tables go.")
    ] = None,
    jobs: batch_commands.JobsOption = None,
    save: SaveOption = False,
    db: DbOption = None,
    start: FromOption = 0.0,
    end: ToOption = None,
    quiet: QuietOption = False,
) -> None:
    """Judge a tape: the same as replay, from landmarks kept earlier, without a model. Of a folder: all its tapes."""
    from posecheck.run import Outputs, TapeRun

    if tape.is_dir():
        if json or csv or save or start or end is not None:
            raise UsageError(f"{tape} is a folder: --out takes the reports; --save, --from and --to are for one tape")
        batch_commands.judge_folder(tape, exercise, out, jobs, quiet)
        return
    if out or jobs:
        raise UsageError(f"--out and --jobs are for a folder of tapes, and {tape} is none: use --json")
    history = save_to_history.place_to_save(db) if save else None
    outputs = Outputs(csv=csv, history=history)
    outputs.check(tape, Path(exercise), report=json)
    keep = partial(save_to_history.save_all, history) if history else None
    whole = csv is None and start == 0.0 and end is None
    if whole and live_commands.judge_routine(tape, exercise, json, quiet, keep):
        return
    wanted = exercise if exercise == AUTO else _load(exercise)

    def open_tape() -> TapeRun:
        return TapeRun(tape, wanted, outputs, start_s=start, end_s=end)

    judged = follow(open_tape, tape.name, exercise, quiet)
    if history is not None:
        save_to_history.save_tape(judged, tape, history, (start, end))
    _finish(judged, json, quiet)


def _load(exercise: str) -> Exercise:
    from posecheck.exercises import load_exercise

    return load_exercise(exercise)


def _finish(judged: Judged, json: Path | None, quiet: bool) -> None:
    """Write and print what was judged; then say what went wrong, if anything did."""
    from posecheck.report.json_csv import summary_dict, write_json
    from posecheck.report.terminal import console, summary_view
    from posecheck.run import MIN_FRAMES

    summary = judged.summary
    if json is not None:
        write_json(json, summary_dict(summary, judged.notes))
    if judged.notes.warning:
        say(f"warning: {judged.notes.warning}")
    if not quiet and summary.frames >= MIN_FRAMES:
        console().print(summary_view(summary, judged.exercise))
    if summary.interrupted:
        say("stopped; the verdict covers what was judged so far")
        raise typer.Exit(STOPPED)
    refuse_nothing(summary)


@app.command(short_help="Judge the three embedded samples.", epilog=examples("demo", "demo --out somewhere"))
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for videos and reports.")] = DEMO_FOLDER,
    quiet: QuietOption = False,
) -> None:
    """Judge the three embedded samples, and keep annotated videos and reports."""
    from posecheck.capture.film_options import FilmOptions
    from posecheck.records.files import make_folder
    from posecheck.records.folders import data_dir
    from posecheck.run import Outputs

    make_folder(out)
    for name in DEMO:
        sample, outputs = data_dir("samples") / f"{name}.mp4", Outputs(annotate=out / f"{name}.mp4")
        report = out / f"{name}.json"
        _finish(
            _replay(sample, name, outputs, report, (0.0, None), FilmOptions(), "full", quiet),
            report,
            quiet,
        )
    films = ", ".join(f"{name}.mp4" for name in DEMO)
    typer.echo(f"Annotated videos and reports are in {out.resolve()}: look at {films}.")


@app.command(short_help="Tell whether this machine has all it needs.", epilog=examples("doctor"))
def doctor() -> None:
    """Tell whether this machine has all that posecheck needs, and what to do if not."""
    from posecheck.cli.doctor import examine, findings_view
    from posecheck.report.terminal import console

    findings = examine()
    console().print(findings_view(findings), soft_wrap=not sys.stdout.isatty())
    if any(f.needed and not f.fine for f in findings):
        raise typer.Exit(DependencyError.exit_code)


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """List the pose models: where they are, and whether they are sound."""
    if context.invoked_subcommand is not None:
        return
    from posecheck.detect.models import DEFAULT_MODEL, list_models
    from posecheck.report.terminal import console

    for status in list_models():
        default = " (default)" if status.name == DEFAULT_MODEL else ""
        if status.verified:
            state, words = "ok", str(status.where)
        else:
            state = "damaged" if status.present else "not here"
            words = f"get it with: posecheck models get {status.name}"
        console().print(f"{status.name + default:<16} {state:<9} {words}", soft_wrap=not sys.stdout.isatty())


@models_app.command("get", short_help="Download a model.", epilog=examples("models get heavy") + EXIT_CODES)
def models_get(name: Annotated[str, typer.Argument(metavar="NAME", help="lite, full or heavy.")]) -> None:
    """Download a model from Google's model storage, verify it, and put it in your data folder."""
    from posecheck.detect.models import fetch_model, list_models
    from posecheck.report.terminal import progress_bar

    for status in list_models():
        if status.name == name and status.verified:
            typer.echo(f"{name} is here already: {status.where}. Use it with --model {name}.")
            return
    with progress_bar(name, quiet=False, unit="MB", scale=MEGABYTE) as advance:
        path = fetch_model(name, progress=advance)
    typer.echo(f"{name} is at {path}. Use it with --model {name}.")


def main() -> None:
    """Run the command line; errors become one line and an exit code."""
    show_all_safely()
    stop_as_on_ctrl_c()
    try:
        app(prog_name="posecheck")
    except PosecheckError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
    except OSError as error:  # the stages raise errors of ours: this is most often standard output, on a full disk
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in its buffer must not fail again at exit
        where = error.filename or "standard output"
        say(f"error: cannot use {where}: {(error.strerror or str(error)).lower()}; choose another place")
        sys.exit(OutputError.exit_code)
