"""The command that finds out how right posecheck is for one person, camera and room: validate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.cli.live_commands import camera_size
from posecheck.cli.options import (
    EXIT_CODES,
    STOPPED,
    CameraOption,
    FullscreenOption,
    JsonOption,
    MirrorOption,
    ModelOption,
    SizeOption,
    VolumeOption,
    examples,
    say,
)
from posecheck.errors import NoPersonError

if TYPE_CHECKING:
    from posecheck.live.loop import LiveVerdict
    from posecheck.report.plain_table import PlainTable
    from posecheck.validation.score import Validated


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(
        epilog=examples("validate ninety_ninety", "validate knee_drops --camera 1 --to clinic/person-07") + EXIT_CODES
    )(validate)


def validate(
    exercise: Annotated[str, typer.Argument(metavar="EXERCISE", help="ninety_ninety, side_bend or knee_drops.")],
    camera: CameraOption = "0",
    size: SizeOption = None,
    mirror: MirrorOption = True,
    fullscreen: FullscreenOption = False,
    voice: Annotated[bool, typer.Option("--voice/--no-voice", help="Speak; without, read the words yourself.")] = True,
    volume: VolumeOption = 0.8,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="A new folder for tape and script (else one is made here)."),
    ] = None,
    json: JsonOption = None,
    speed: Annotated[float, typer.Option("--speed", metavar="X", hidden=True)] = 1.0,
    model: ModelOption = "full",
) -> None:
    """Find out how right posecheck is for you, your camera and your room: do what it says, faults on purpose too.

    It keeps the landmarks and what was said, never a picture (see docs/validation.md). Press q to end early.
    """
    from posecheck.detect.models import load_model
    from posecheck.live.guide.scripted import ScriptedCoach, ScriptedFlow, scripted_routine
    from posecheck.live.loop import Guide, LiveOptions, run_live
    from posecheck.report.terminal import finishing_on_ctrl_c
    from posecheck.run import check_outputs
    from posecheck.validation.kept import TAPE, new_folder, scored, write_script
    from posecheck.validation.script import script_for

    script = script_for(exercise)
    loaded = load_model(model)
    check_outputs([json], [Path(model)])
    folder = new_folder(exercise, to)
    options = LiveOptions(
        *(camera, camera_size(size), mirror, fullscreen, not voice, voice, volume), tape=folder / TAPE, speed=speed
    )
    flow = ScriptedFlow(script)
    say(f"about {script.duration_s / 60:.0f} minutes; landmarks and script are kept in {folder}, no picture")
    with finishing_on_ctrl_c() as stop:
        verdict = run_live(
            scripted_routine(script), loaded, options, stop=stop, guide=Guide(flow, ScriptedCoach(voice=voice))
        )
    if flow.said:
        write_script(folder, exercise, flow.said)
        _tell(scored(folder), json)
    _end(verdict, begun=bool(flow.said))


def _tell(found: Validated, json: Path | None) -> None:
    from posecheck.report.terminal import console
    from posecheck.validation.words import validated_dict, validated_lines

    for line in validated_lines(found):
        console().print(line, soft_wrap=not sys.stdout.isatty())
    console().print(_holds(found))
    if json is not None:
        from posecheck.report.json_csv import write_json

        write_json(json, validated_dict(found))


def _holds(found: Validated) -> PlainTable:
    from posecheck.report.plain_table import PlainTable
    from posecheck.validation.words import validated_rows

    table = PlainTable()
    head, *rows = validated_rows(found)
    for column in head:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _end(verdict: LiveVerdict, *, begun: bool) -> None:
    """Say what went wrong, if anything did."""
    for note in verdict.notes:
        say(note)
    if verdict.error is not None:
        raise verdict.error
    if not begun and not verdict.interrupted:
        raise NoPersonError(
            "the script did not begin: the whole body must be in the picture, in the position asked for"
        )
    if verdict.interrupted:
        say("stopped; what was done so far is kept")
        raise typer.Exit(STOPPED)
