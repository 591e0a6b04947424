"""The commands about exercises: list, explain, show, new, check, signals, schema."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from posecheck.cli.options import EXIT_CODES, examples, say
from posecheck.errors import ExerciseError, OutputError, UsageError

if TYPE_CHECKING:
    from posecheck.exercises import Exercise

NOT_MEASURED = "Its limits are starting values, tried on bodies made to order and rendered, not measured on recordings."
MADE_TO_ORDER = (
    "The first three were measured on recordings (ACCURACY.md), and --exercise auto looks among them.\n"
    "* limits are starting values, tried on bodies made to order and rendered, not measured."
)
EXPLAIN = "explain"  # the hidden command that a plain name stands for


class _NameOrCommand(TyperGroup):
    """A group of commands whose first word may also be the name of an exercise."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands:
            args = [EXPLAIN, *args]
        return super().resolve_command(ctx, args)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    group = typer.Typer(
        cls=_NameOrCommand,
        rich_markup_mode=None,
        no_args_is_help=False,
        subcommand_metavar="[NAME | COMMAND ...]",
        short_help="List the exercises, explain one, or make your own.",
        epilog=examples(
            "exercises",
            "exercises knee_drops",
            "exercises new my_stretch",
            "exercises new my_squat --from squat",
            "exercises check my_stretch.toml",
        ),
    )
    group.callback(invoke_without_command=True)(exercises)
    group.command(EXPLAIN, hidden=True)(explain)
    group.command(
        short_help="Write a commented starting file.",
        epilog=examples(
            "exercises new my_stretch", "exercises new my_squat --from squat", "exercises new my_stretch --own"
        )
        + EXIT_CODES,
    )(new)
    group.command(
        short_help="Print the file of an exercise.",
        epilog=examples("exercises show squat", "exercises show squat > my_squat.toml") + EXIT_CODES,
    )(show)
    group.command(
        short_help="Tell what is wrong with an exercise file.",
        epilog=examples("exercises check my_stretch.toml") + EXIT_CODES,
    )(check)
    group.command(short_help="List what can be measured.", epilog=examples("exercises signals"))(signals)
    group.command(
        short_help="Print the JSON Schema of exercise files.",
        epilog=examples("exercises schema", "exercises schema --out exercise.schema.json") + EXIT_CODES,
    )(schema)
    app.add_typer(group, name="exercises")


def exercises(context: typer.Context) -> None:
    """List the exercises, explain one by its name, or make your own.

    Your own exercise is a TOML file. Every command takes its path; a file in your exercise folder is found by its name
    alone, unless a built-in exercise has that name.
    """
    if context.invoked_subcommand is not None:
        return
    from posecheck.exercises import (
        built_in_names,
        exercise_names,
        load_exercise,
        more_exercise_names,
        own_exercise_names,
        user_exercises_dir,
    )
    from posecheck.report.plain_table import PlainTable
    from posecheck.report.terminal import console

    table = PlainTable()
    for column in ("name", "exercise", "camera"):
        table.add_column(column, overflow="fold", no_wrap=column == "name")
    own, folder = own_exercise_names(), user_exercises_dir()
    for name in exercise_names():
        exercise = load_exercise(name)
        table.add_row(name, exercise.title, exercise.view.camera, end_section=name == exercise_names()[-1])
    for name in more_exercise_names():
        exercise = load_exercise(name)
        table.add_row(f"{name} *", exercise.title, exercise.view.camera)
    for name in own:
        try:
            exercise = load_exercise(name)
            table.add_row(name, f"{exercise.title} (your own)", exercise.view.camera)
        except ExerciseError:  # one bad file must not hide the others
            table.add_row(name, "your own, not valid", f"see: posecheck exercises check {name}")
    console().print(table)
    typer.echo(f"\n{MADE_TO_ORDER}")
    if own:
        typer.echo(f"\nYour own ones are in {folder}")
    for name in built_in_names():
        if (folder / f"{name}.toml").exists():
            say(f"your {name}.toml is not found by its name: the built-in {name} is; rename it, or give its path")


def explain(name: Annotated[str, typer.Argument(metavar="NAME", help="One exercise to explain.")]) -> None:
    """Explain an exercise in plain words."""
    from posecheck.exercises import load_exercise, more_exercise_names
    from posecheck.report.terminal import console, exercise_view

    console().print(exercise_view(load_exercise(name)))
    if name in more_exercise_names():
        typer.echo(f"\n{NOT_MEASURED}")


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the exercise; or the path of its .toml file.")],
    own: Annotated[
        bool, typer.Option("--own", help="Write it to your exercise folder, where its name is enough.")
    ] = False,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="NAME", help="Begin with the file of this exercise, built in or your own."),
    ] = None,
) -> None:
    """Write a commented starting file, NAME.toml, that is a whole exercise as it stands."""
    from posecheck.exercises import user_exercises_dir
    from posecheck.exercises.template import copied_file, starting_file
    from posecheck.records.files import make_folder

    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    _check_name(path.stem)
    if own:
        if path.name != str(path):
            raise UsageError(f"--own writes to your exercise folder: give a name without a folder, not {name}")
        path = user_exercises_dir() / path
        make_folder(path.parent)
    shown = f'"{path}"' if " " in str(path) else str(path)
    if start is None:
        text, what = starting_file(path.stem, path.name), "side bends while standing, with every key explained"
    else:
        text, what = copied_file(_text_of(start), path.stem, path.name, start), f"a copy of {start}, to be changed"
    _write_new(path, text)
    called = path.stem if own else shown
    typer.echo(f"{path} is written: {what}. Next:")
    typer.echo(f"  1. change it in an editor: {shown}")
    typer.echo(f"  2. posecheck exercises check {called}")
    typer.echo(f"  3. try it on a recording: posecheck replay RECORDING.mp4 --exercise {called}")
    if not own:
        typer.echo(f"In {user_exercises_dir()} its name alone is found (posecheck exercises new NAME --own).")


def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An exercise, built in or your own; or a .toml file.")],
) -> None:
    """Print the file of an exercise as it stands, to read or to copy."""
    typer.echo(_text_of(name), nl=False)


def _text_of(name: str) -> str:
    """The TOML text of an exercise that can be loaded."""
    from posecheck.exercises import load_exercise

    path = _path_of(name)
    load_exercise(path)  # what is no exercise is told as such
    return path.read_text(encoding="utf-8-sig")


def _check_name(name: str) -> None:
    from posecheck.exercises import built_in_names
    from posecheck.exercises.format import RESERVED
    from posecheck.live.guide.routine import routine_names

    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_0123456789")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        hint = f" For example: {plain}" if plain else ""
        raise UsageError(f"{name!r} is no name for an exercise: a-z, 0-9 and _ are allowed, a letter first.{hint}")
    if name in RESERVED:
        raise UsageError(f"{name} is a word of the command line: choose another name, for example my_{name}")
    if name in (*built_in_names(), *routine_names()):
        raise UsageError(f"{name} is built in, which wins: choose another name, for example my_{name}")


def _write_new(path: Path, text: str) -> None:
    from posecheck.records.files import atomic_write_text, check_writable

    if path.exists():
        raise OutputError(f"{path} is there already and is left as it is: choose another name, or remove it first")
    check_writable(path)
    atomic_write_text(path, text)


def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An exercise file; or the name of an exercise.")],
) -> None:
    """Validate an exercise file and explain it; every mistake is named with its key and what is allowed."""
    from pydantic import ValidationError

    from posecheck.exercises import load_exercise
    from posecheck.report.terminal import console, exercise_view

    path = _path_of(file)
    try:
        exercise = load_exercise(path)
    except ExerciseError as error:
        if not isinstance(error.__cause__, ValidationError):
            raise
        _tell_mistakes(path, error.__cause__)
        raise typer.Exit(ExerciseError.exit_code) from error
    console().print(exercise_view(exercise))
    notes = _notes(path, exercise)
    typer.echo("")
    for note in notes:
        typer.echo(f"warning: {path.name}, {note}")
    but = f", but see the {'warning' if len(notes) == 1 else 'warnings'} above" if notes else ""
    typer.echo(f"{path.name} is valid{but}. Try it: posecheck replay RECORDING.mp4 --exercise {file}")


def _path_of(file: str) -> Path:
    """The path of a file, or of an exercise that is found by its name."""
    from posecheck.exercises import built_in_names, load_exercise, own_exercise_names, user_exercises_dir
    from posecheck.exercises.loading import built_in_path

    if file.endswith(".toml") or Path(file).is_file():
        if not file.endswith(".toml"):
            raise ExerciseError(f"{file} does not end in .toml: rename it, so that it is taken for an exercise file")
        return Path(file)
    if file in built_in_names():
        return built_in_path(file)
    if file in own_exercise_names():
        return user_exercises_dir() / f"{file}.toml"
    load_exercise(file)  # raises, and says which names are known
    return Path(file)


def _tell_mistakes(path: Path, error: Any) -> None:
    from posecheck.exercises.loading import read_text
    from posecheck.exercises.schema import line_of, problems
    from posecheck.records.gate import EXERCISE

    text = read_text(path, EXERCISE)
    found = problems(error)
    for problem in found:
        line = line_of(text, problem.key)
        say(f"error: {path.name}, {f'line {line}, ' if line else ''}{problem}")
    say(f"{path} is not valid: {len(found)} {'mistake' if len(found) == 1 else 'mistakes'}; correct, and check again")


def _notes(path: Path, exercise: Exercise) -> list[str]:
    """What is allowed but unwise, with the lines where it stands."""
    from posecheck.exercises import built_in_names
    from posecheck.exercises.advice import warnings
    from posecheck.exercises.loading import built_in_path, read_text
    from posecheck.exercises.schema import line_of
    from posecheck.records.gate import EXERCISE

    text = read_text(path, EXERCISE)
    notes = []
    for remark in warnings(exercise):
        line = line_of(text, remark.key)
        notes.append(f"{f'line {line}, ' if line else ''}{remark}")
    line = line_of(text, ("name",))
    if exercise.name in built_in_names() and path.resolve() != built_in_path(exercise.name).resolve():
        notes.append(f"line {line}, name: {exercise.name} is built in, and by its name the built-in one is found")
    elif exercise.name != path.stem:
        notes.append(f"line {line}, name: {exercise.name}, but the file is found by the name {path.stem}")
    return notes


def signals() -> None:
    """List what an exercise can measure: zero, sign, and the views in which it can be trusted.

    Views: 0° is in front of the person or behind, 90° at the side; in the picture / on the 3-D points.
    """
    from rich.text import Text

    from posecheck.measure.signals import PLANES, all_kinds, measured_errors
    from posecheck.report.plain_table import PlainTable
    from posecheck.report.terminal import console

    table = PlainTable()
    for column in ("names", "what it is", "views", "error"):
        table.add_column(column, overflow="fold", no_wrap=column == "views")
    for about in all_kinds():
        views = " / ".join("{:g}–{:g}°".format(*about.trusted_yaw[plane]) for plane in PLANES)
        errors = [error for _, _, error in measured_errors(about.kind)]
        error = f"±{min(errors):.0f}–{max(errors):.0f}°" if len(errors) > 1 else "".join(f"±{e:.0f}°" for e in errors)
        what = Text(f"{about.what} 0: {about.zero}. {about.sign}.\n")
        table.add_row("\n".join(about.names), what, views, error or "?")
    console().print(table)


def schema(
    out: Annotated[Path | None, typer.Option("--out", metavar="F", help="Write it to a file.")] = None,
) -> None:
    """Print the JSON Schema of exercise files, with which an editor completes and checks them.

    In an editor that knows TOML (Even Better TOML, Taplo) put this first in the exercise file:
    #:schema ./exercise.schema.json
    """
    import json

    from posecheck.exercises.schema import exercise_schema
    from posecheck.records.files import atomic_write_text

    text = json.dumps(exercise_schema(), indent=2, ensure_ascii=False)
    if out is None:
        typer.echo(text)
        return
    atomic_write_text(out, f"{text}\n")
    typer.echo(f"{out} is written. First line of an exercise file beside it: #:schema ./{out.name}")
