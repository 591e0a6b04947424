"""The commands for stretching in front of a camera: live, cameras, routines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.cli.options import (
    AUTO,
    EXIT_CODES,
    STOPPED,
    CameraOption,
    DbOption,
    FullscreenOption,
    JsonOption,
    MirrorOption,
    ModelOption,
    SizeOption,
    TapeOption,
    VolumeOption,
    examples,
    say,
)
from posecheck.errors import ExerciseError, FormatError, NoPersonError, UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from posecheck.history.records import KeptSet
    from posecheck.live.guide.flow import Action
    from posecheck.live.guide.routine import Routine
    from posecheck.live.loop import LiveVerdict
    from posecheck.records import Summary


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(
        epilog=examples(
            "live",
            "live knee_drops --camera 1",
            "live --camera http://192.168.1.20:8080/video",
            "live ninety_ninety --camera samples/ninety_ninety.mp4",
            "live --record me.mp4 --tape me.jsonl.gz",
        )
        + KEYS
        + EXIT_CODES
    )(live)
    app.command(short_help="List the cameras that can be opened.", epilog=examples("cameras"))(cameras)
    app.command(short_help="List the routines, or explain one.", epilog=examples("routines", "routines daily"))(
        routines
    )


KEYS = """
\b
Keys (nothing needs one):
  space  pause, go on     n  next     r  restart     m  mute
  f      full screen      h  help     q  quit (or Esc, or close the window)
"""


def camera_size(text: str | None) -> tuple[int, int] | None:
    """The size of picture that is asked for, (width, height) in pixels; None for whatever comes.

    Raises:
        UsageError: it does not look like one.
    """
    if text is None:
        return None
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise UsageError(f"the size must look like 1280x720, not {text}")
    return int(width), int(height)


def live(
    name: Annotated[
        str, typer.Argument(metavar="[EXERCISE|ROUTINE]", help="What to do; a name or a .toml file.")
    ] = "daily",
    camera: CameraOption = "0",
    size: SizeOption = None,
    mirror: MirrorOption = True,
    fullscreen: FullscreenOption = False,
    mute: Annotated[bool, typer.Option("--mute", help="No sound at first (m turns it on).")] = False,
    voice: Annotated[bool, typer.Option("--voice/--no-voice", help="Speak; without, chimes alone.")] = True,
    volume: VolumeOption = 0.8,
    strict: Annotated[
        bool, typer.Option("--strict", help="Only the whole hold counts, inside the stricter limits.")
    ] = False,
    record: Annotated[
        Path | None, typer.Option("--record", metavar="F.mp4", help="Keep the camera's picture (else none is kept).")
    ] = None,
    tape: TapeOption = None,
    json: JsonOption = None,
    history: Annotated[
        bool, typer.Option("--history/--no-history", help="Keep the sets in your history (see: posecheck history).")
    ] = True,
    db: DbOption = None,
    sound_log: Annotated[Path | None, typer.Option("--sound-log", metavar="F", hidden=True)] = None,
    speed: Annotated[float, typer.Option("--speed", metavar="X", hidden=True)] = 1.0,
    model: ModelOption = "full",
) -> None:
    """Stretch in front of a camera, guided by voice, chimes and the window to the end of the routine."""
    from posecheck.detect.models import load_model
    from posecheck.history.opening import history_path
    from posecheck.live.guide.routine import routine_for
    from posecheck.live.loop import LiveOptions, run_live
    from posecheck.report.terminal import finishing_on_ctrl_c
    from posecheck.run import check_outputs

    wanted = routine_for(name)
    inputs = [Path(name), Path(model), *([] if "://" in camera else [Path(camera)])]
    check_outputs([record, tape, json, sound_log], inputs)
    options = LiveOptions(
        *(camera, camera_size(size), mirror, fullscreen, mute, voice, volume, record, tape, sound_log, strict, speed),
        history=history_path(db) if history else None,
    )
    loaded = load_model(model)
    with finishing_on_ctrl_c() as stop:
        verdict = run_live(wanted, loaded, options, stop=stop)
    finish(wanted, verdict, json, from_file=Path(camera).is_file())


def finish(routine: Routine, verdict: LiveVerdict, json: Path | None, from_file: bool, quiet: bool = False) -> None:
    """Write and print what was judged; then say what went wrong, if anything did.

    Args:
        routine: what was to be done.
        verdict: what came of it.
        json: the report to write; None for none.
        from_file: whether the pictures came from a file: then it is an error when nobody was seen.
        quiet: do not print the verdict.

    Raises:
        PosecheckError: what ended the routine, or nobody was seen.
        Exit: it was stopped.
    """
    from posecheck.report.json_csv import routine_dict, write_json
    from posecheck.report.terminal import console

    seen = any(summary.frames_with_pose for summary in verdict.summaries)
    for note in verdict.notes:
        say(note)
    if seen and not quiet:
        console().print(_routine_view(routine, verdict.summaries))
    if json is not None:
        write_json(json, routine_dict(routine.name, verdict.summaries))
    if verdict.error is not None:
        raise verdict.error
    if verdict.interrupted:
        say("stopped; the verdict covers what was judged so far")
        raise typer.Exit(STOPPED)
    if not seen:
        words = "nobody was seen: the whole body must be in the picture, in enough light"
        if from_file:
            raise NoPersonError(words)
        say(words)


def action_of(key: str, tape: Path, now_s: float) -> Action:
    """What was asked for by a key of a tape.

    Args:
        key: the name that the tape has.
        tape: the tape.
        now_s: when it was pressed, for the error.

    Raises:
        FormatError: there is no such action.
    """
    from posecheck.live.guide.flow import Action

    try:
        return Action(key)
    except ValueError as error:
        known = ", ".join(Action)
        raise FormatError.at(tape, f"after {now_s:.1f} s", f"there is no key {key[:20]!r}", known) from error


def judge_routine(
    tape: Path,
    exercise: str,
    json: Path | None,
    quiet: bool,
    keep: Callable[[Iterable[KeptSet]], None] | None = None,
) -> bool:
    """Judge the tape of a live routine as it was judged live.

    Args:
        tape: the tape.
        exercise: the routine that is asked for, or "auto". A routine of one's own is found by its file only.
        json: the report to write; None for none.
        quiet: show no progress and no verdict.
        keep: takes the sets for the history; None to keep none.

    Returns:
        False when another verdict is asked for, or the tape is not of a routine.
    """
    from posecheck.cli.save_to_history import finished, tape_origin
    from posecheck.live.guide.flow import Flow, replayed
    from posecheck.live.guide.routine import routine_for
    from posecheck.live.history_writer import Keeper
    from posecheck.live.loop import LiveVerdict
    from posecheck.records import Pose
    from posecheck.report.terminal import finishing_on_ctrl_c, progress_bar
    from posecheck.tape import read_tape

    asked = None if exercise == AUTO else routine_for(exercise)
    with read_tape(tape) as poses, finishing_on_ctrl_c() as stop, progress_bar(tape.name, quiet) as advance:
        name = poses.header.routine
        if not name or (asked is not None and asked.name != name):
            return False
        try:
            routine = asked or routine_for(name)
        except ExerciseError as error:
            raise ExerciseError(f"{error} The tape is of {name}: give its file with --exercise.") from error
        flow = Flow(routine, source=poses.header.source, strict=poses.header.strict)
        sets: dict[str, KeptSet] = {}
        now_s, ended = 0.0, finished(tape)
        keeper = Keeper(
            lambda kept: sets.update({kept.uid: kept}),
            tape_origin(poses.header),
            lambda: ended + timedelta(seconds=now_s),
        )
        taken = (item if isinstance(item, Pose) else action_of(item, tape, now_s) for item in poses.items())
        interrupted = False
        for count, moment in enumerate(replayed(flow, taken), 1):
            now_s = moment.t
            if keep is not None:
                keeper.take(flow, moment)
            advance(count, None)
            if stop():
                interrupted = True
                break
        closing = flow.finish()
        notes = (poses.warning,) if poses.warning else ()
        verdict = LiveVerdict(flow.summaries(interrupted), interrupted, None, notes)
        keeper.finish(verdict.summaries, closing)
    if keep is not None:
        keep([replace(one, started=one.started - timedelta(seconds=now_s)) for one in sets.values()])
    finish(routine, verdict, json, from_file=True, quiet=quiet)
    return True


def cameras() -> None:
    """List the cameras that can be opened; each is tried for two seconds at most."""
    from posecheck.capture.devices import list_cameras
    from posecheck.report.plain_table import PlainTable
    from posecheck.report.terminal import console

    found = list_cameras()
    if not found:
        console().print(
            "No camera was found. Plug one in, or give a stream or a file: posecheck live --camera URL|FILE"
        )
        return
    table = PlainTable()
    for column in ("camera", "name", "size", "rate", ""):
        table.add_column(column, overflow="fold")
    for one in found:
        size = f"{one.width} x {one.height}" if one.width and one.height else "?"
        rate = f"{one.fps:.0f} a second" if one.fps else "?"
        table.add_row(str(one.index), one.name or "?", size, rate, one.note or "")
    console().print(table)


def routines(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One routine to explain.")] = None,
) -> None:
    """List the routines, or explain one; your own is a small TOML file (see README)."""
    from posecheck.live.guide.routine import load_routine, routine_lines, routine_names
    from posecheck.report.terminal import console

    for one in [name] if name is not None else routine_names():
        for line in routine_lines(load_routine(one)):
            console().print(line, soft_wrap=not sys.stdout.isatty())


def _routine_view(routine: Routine, summaries: Sequence[Summary]) -> RenderableType:
    """The verdicts of a routine's sets, one under the other."""
    from rich.console import Group

    from posecheck.report.terminal import summary_view

    exercises = [planned.exercise for planned in routine.sets]
    return Group(*(summary_view(one, exercise) for one, exercise in zip(summaries, exercises, strict=False)))
