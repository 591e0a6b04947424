"""The commands for people who test: expect, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.cli.options import (
    AUTO,
    EXIT_CODES,
    STOPPED,
    ExerciseOption,
    FromOption,
    ModelOption,
    QuietOption,
    ToOption,
    examples,
    say,
)
from posecheck.errors import FormatError, NoPersonError, TooShortError, UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from posecheck.exercises import Exercise
    from posecheck.judging.conditions import Condition
    from posecheck.judging.timeline import Moment, Why
    from posecheck.records import Summary
    from posecheck.run import TapeRun, VideoRun

BAR_EVERY = 50  # a guess: poses between two moves of the progress bar
TAPE_STEP = 5  # a guess: every so many poses are looked at to recognise the exercise: three a second at 15


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(
        short_help="Write what a recording is expected to be judged as, for pytest.",
        epilog=examples(
            "expect me.mp4 --exercise knee_drops",
            "expect me.mp4 -e knee_drops --tape me.jsonl.gz",
            "expect me.jsonl.gz -e my-exercise.toml --out tests/me.posecheck.toml",
        )
        + EXIT_CODES,
    )(expect)
    app.command(
        short_help="Tell which condition failed when, and by how much.",
        epilog=examples("why me.jsonl.gz --exercise ninety_ninety", "why me.jsonl.gz -e knee_drops --at 12.5")
        + EXIT_CODES,
    )(why)


# ---- expect


def expect(
    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="A recorded video, or a tape of one.")],
    exercise: ExerciseOption = AUTO,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="F", help="The file to write; beside the recording when left out."),
    ] = None,
    tape: Annotated[
        Path | None,
        typer.Option("--tape", metavar="F", help="Keep the landmarks, and expect from them: quick, without a model."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file that is there.")] = False,
    start: FromOption = 0.0,
    end: ToOption = None,
    model: ModelOption = "full",
    quiet: QuietOption = False,
) -> None:
    """Judge a recording and write what was found as an expectation file, which pytest runs; review it first."""
    from posecheck.expectation import SUFFIX, expectation_text, is_tape
    from posecheck.records.files import atomic_write_text
    from posecheck.report.terminal import console, summary_view
    from posecheck.run import Outputs

    from_tape = is_tape(video)
    if from_tape and tape is not None:
        raise UsageError(f"{video} is a tape already: leave out --tape")
    target = out if out is not None else _beside(video)
    if not target.name.endswith(SUFFIX):
        raise UsageError(f"{target} would not be found by pytest: its name must end in {SUFFIX}")
    for path in (target, tape):
        if path is not None and path.exists() and not force:
            raise UsageError(f"{path} is there already: review it, or give --force to overwrite it")
    Outputs(tape=tape).check(video, Path(exercise), Path(model), report=target)
    run = _open(video, exercise, model, tape, (start, end), from_tape)
    summary = _judged(run, video, quiet)
    # a tape made here holds the part alone
    span = (0.0, None) if tape else (start, end)
    named = exercise if exercise.endswith(".toml") else run.exercise.name
    text = expectation_text(
        target, tape or video, named, summary, model="full" if tape or from_tape else model, span=span
    )
    atomic_write_text(target, text)
    if not quiet:
        console().print(summary_view(summary, run.exercise))
    _tell(target, summary)


def _beside(recording: Path) -> Path:
    """me.mp4 and me.jsonl.gz → me.posecheck.toml."""
    from posecheck.expectation import SUFFIX

    stem = recording.name.removesuffix(".gz")
    return recording.with_name(f"{Path(stem).stem}{SUFFIX}")


def _open(
    recording: Path,
    exercise: str,
    model: str,
    tape: Path | None,
    span: tuple[float, float | None],
    from_tape: bool,
) -> VideoRun | TapeRun:
    from posecheck.detect.models import load_model
    from posecheck.exercises import load_exercise
    from posecheck.run import Outputs, TapeRun, VideoRun

    wanted = exercise if exercise == AUTO else load_exercise(exercise)
    if from_tape:
        return TapeRun(recording, wanted, start_s=span[0], end_s=span[1])
    return VideoRun(recording, wanted, load_model(model), Outputs(tape=tape), start_s=span[0], end_s=span[1])


def _judged(run: VideoRun | TapeRun, recording: Path, quiet: bool) -> Summary:
    """The verdict on a whole recording in which somebody is seen; nothing less is worth expecting."""
    from posecheck.report.terminal import finishing_on_ctrl_c, progress_bar
    from posecheck.run import MIN_FRAMES

    with progress_bar(recording.name, quiet) as advance, finishing_on_ctrl_c() as stop, run:
        for count, _ in enumerate(run.steps(), 1):
            if count % BAR_EVERY == 0:
                advance(count, run.frame_count)
            if stop():
                say("stopped; nothing was written")
                raise typer.Exit(STOPPED)
        summary = run.summary()
    if run.warning:
        say(f"warning: {run.warning}")
    if summary.frames < MIN_FRAMES:
        raise TooShortError(f"{recording} has too few frames to judge: give a recording of at least a few seconds")
    if not summary.frames_with_pose:
        raise NoPersonError(f"nobody was seen in {recording}: there is nothing to expect")
    return summary


def _tell(target: Path, summary: Summary) -> None:
    refused = [r for r in summary.repetitions if not r.counted]
    typer.echo(f"Wrote {target}. It expects what posecheck found, right or wrong. Watch the recording and check:")
    counts = ", ".join(f"{group} {count}" for group, count in summary.counts.items())
    typer.echo(f"  [counts]         {counts}: is that what was done?")
    typer.echo(f"  [[repetitions]]  {len(summary.repetitions)}: were they begun and held at these times?")
    for r in refused:
        typer.echo(f"  repetition {r.number:<4}  {r.group} at {r.start_s:.1f} s, {r.reason}: is it right to refuse it?")
    typer.echo("Correct what is wrong, then run: pytest " + str(target.parent))


# ---- why


def why(
    tape: Annotated[Path, typer.Argument(metavar="TAPE", help="A tape made with posecheck replay --tape.")],
    exercise: ExerciseOption = AUTO,
    at: Annotated[
        float | None, typer.Option("--at", metavar="S", help="Look closely at this moment, in seconds of the source.")
    ] = None,
) -> None:
    """Tell why holds began, broke or did not count: the timeline, with each condition that failed and by how much."""
    from posecheck.exercises import load_exercise
    from posecheck.exercises.posture_words import posture_doubt
    from posecheck.expectation import is_tape
    from posecheck.judging.recognise import recognise
    from posecheck.judging.timeline import explain
    from posecheck.report.terminal import console
    from posecheck.tape import read_tape

    if tape.is_file() and not is_tape(tape):
        raise FormatError(
            f"{tape} is not a tape: make one with "
            f"`posecheck replay {tape} --exercise {exercise} --tape poses.jsonl.gz`, then ask why of that"
        )
    with read_tape(tape) as opened:
        poses = list(opened)
        if opened.warning:
            say(f"warning: {opened.warning}")
    if not poses:
        raise TooShortError(f"{tape} has no frame to judge: record it again")
    wanted = recognise(poses[::TAPE_STEP]) if exercise == AUTO else load_exercise(exercise)
    found = explain(poses, wanted, at)
    out = console()
    if found.moment is not None:
        out.print(_moment_table(found.moment, wanted))
    else:
        out.print(_breaks_table(found, wanted))
        out.print(_stretches_table(found))
        doubt = posture_doubt(found.other_postures)
        if doubt:
            out.print(f"\n{doubt}")
    if any(limit.relative for limit in wanted.limits):
        out.print("Δ, ×: difference to, and share of, what was measured in the starting position")


def _table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    return table


def _titled(title: str, table: Table) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    return Group(Text(title, style="bold"), table, Text(""))


def _breaks_table(found: Why, exercise: Exercise) -> RenderableType:
    from posecheck.report.why_words import attempts, blame, what_became

    counted = sum(r.counted for r in found.repetitions)
    title = f"{exercise.title}: {counted} of {len(found.repetitions)} counted"
    if not found.breaks:
        return f"{title}, no hold was broken or refused.\n"
    columns = ("no.", "side", "from s", "to s", "held s", "what", "what failed")
    table = _table(*columns, right=("no.", "from s", "to s", "held s"))
    for attempt in attempts(found.breaks):
        last = attempt[-1]
        span = (f"{attempt[0].start_s:.1f}", f"{last.end_s:.1f}", f"{max(b.held_s for b in attempt):.1f}")
        table.add_row(str(last.number or "-"), last.group, *span, what_became(attempt), blame(last))
    return _titled(title, table)


def _stretches_table(found: Why) -> Table:
    table = _table(
        "from s", "to s", "phase", "what failed", "worst", "limit", "by", right=("from s", "to s", "worst", "by")
    )
    for stretch in found.stretches:
        phase = " ".join(filter(None, (stretch.phase.value, stretch.group)))
        start = [f"{stretch.start_s:.1f}", f"{stretch.end_s:.1f}", phase]
        if not stretch.failed:
            table.add_row(*start, "nothing")
        for c in stretch.failed:
            table.add_row(*start, *_cells(c))
            start = [""] * len(start)
    return table


def _cells(c: Condition) -> tuple[str, ...]:
    from posecheck.report.why_words import amount, condition_name, limit_text, measured

    if c.value is None:
        return (f"{condition_name(c)}: {c.words}",)
    return condition_name(c), measured(c), limit_text(c), amount(c, c.missed_by or 0.0)


def _moment_table(moment: Moment, exercise: Exercise) -> RenderableType:
    from posecheck.report.why_words import amount, condition_name, limit_text, measured

    where = (moment.phase.value, moment.posture.value.replace("_", " "), moment.group)
    title = f"{exercise.title} at {moment.t:.2f} s: {', '.join(filter(None, where))}"
    table = _table("condition", "measured", "limit", "verdict", right=("measured",))
    for c in moment.conditions:
        if c.value is None:
            table.add_row(condition_name(c), "?", limit_text(c), f"✗ {c.words}")
        else:
            table.add_row(
                *(condition_name(c), measured(c), limit_text(c)),
                "✓" if c.holds else f"✗ by {amount(c, c.missed_by or 0.0)}",
            )
    if not moment.conditions:
        table.add_row("nothing is asked for")
    return _titled(title, table)
