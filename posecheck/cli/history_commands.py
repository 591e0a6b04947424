"""The command for what is kept: posecheck history, with export, import and delete."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.cli.options import EXIT_CODES, DbOption, examples, say
from posecheck.errors import FormatError, PartialError, UsageError

if TYPE_CHECKING:
    from posecheck.history.store import History

MOST_TOLD = 20  # a guess: sets that are told one by one when they are left out; the rest is counted
LAST = 10  # a guess: sets in the list: with what stands around them they fit a terminal of 24 lines
_app = typer.Typer(
    no_args_is_help=False,
    rich_markup_mode=None,
    help="Show what was done: the last sets, days in a row, trends.",
    epilog=examples("history", "history --last 30", "history export mine.json", "history delete --before 2026-01-01"),
)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.add_typer(_app, name="history")


def _path(db: Path | None) -> Path:
    from posecheck.history.opening import history_path

    return history_path(db)


@contextmanager
def read_history(db: Path | None) -> Iterator[History]:
    """The history to read from; an older one is migrated and a damaged one set aside first, where that is possible."""
    from posecheck.history.opening import look_after
    from posecheck.history.store import open_history

    path = _path(db)
    if said := look_after(path):
        say(said)
    gc.disable()  # of years it makes so many objects that looking for garbage takes a third of the time
    try:
        with open_history(path) as history:
            yield history
            for left_out in history.left_out:
                say(f"warning: {left_out}")
    finally:
        gc.enable()


@contextmanager
def change_history(db: Path | None) -> Iterator[History]:
    """The history to write to; made, migrated or begun anew where needed, and the user told."""
    from posecheck.history.store import open_history

    with open_history(_path(db), write=True) as history:
        if history.said:
            say(history.said)
        yield history


@_app.callback(invoke_without_command=True)
def history(
    context: typer.Context,
    last: Annotated[int, typer.Option("--last", "-n", min=1, metavar="N", help="How many sets to list.")] = LAST,
    exercise: Annotated[
        str | None, typer.Option("--exercise", "-e", metavar="NAME", help="Only this exercise.")
    ] = None,
    db: DbOption = None,
) -> None:
    """Show what was done: the last sets, days in a row, time held, and what has changed."""
    if context.invoked_subcommand is not None:
        return
    from posecheck.history.progress import progress_of
    from posecheck.report.history_view import history_view
    from posecheck.report.terminal import console

    with read_history(db) as kept:
        figures = [one for one in kept.figures() if exercise in (None, one.exercise)]
    progress = progress_of(figures, datetime.now().astimezone().date(), listed=last)
    console().print(history_view(progress))


@_app.command(
    "export",
    short_help="Write all of it to a file.",
    epilog=examples("history export mine.json", "history export mine.csv") + EXIT_CODES,
)
def export(
    file: Annotated[Path, typer.Argument(metavar="F.json|F.csv", help="JSON holds all; CSV a row a repetition.")],
    db: DbOption = None,
) -> None:
    """Write the history to a file: JSON to take it to another computer, CSV for a spreadsheet."""
    from posecheck.history.exchange import export_csv, export_json
    from posecheck.run import check_outputs

    kind = file.suffix.lower()
    if kind not in (".json", ".csv"):
        raise UsageError(f"the name of the file must end with .json or .csv, not {file.suffix or 'without either'}")
    check_outputs([file], [_path(db)])
    with read_history(db) as kept:
        if kind == ".json":
            typer.echo(f"Sets written to {file}: {export_json(kept, file)}.")
        else:
            typer.echo(f"Rows written to {file}: {export_csv(kept, file)}.")


@_app.command(
    "import", short_help="Take in an exported file.", epilog=examples("history import mine.json") + EXIT_CODES
)
def take_in(
    file: Annotated[Path, typer.Argument(metavar="F.json", help="What posecheck history export wrote.")],
    db: DbOption = None,
) -> None:
    """Add the sets of an exported file to the history; those that are here already stay as they are."""
    from posecheck.history.exchange import import_json

    with change_history(db) as kept:
        found = import_json(kept, file)
    for why in found.left_out[:MOST_TOLD]:
        say(f"warning: {why}")
    if not found.left_out:
        typer.echo(f"Sets added: {found.new}. Here already: {found.known}.")
        return
    told = f"Sets added: {found.new}. Here already: {found.known}. Left out: {len(found.left_out)}."
    if not found.new and not found.known:
        raise FormatError(f"nothing of {file} can be kept: export the history again")
    typer.echo(told)
    raise PartialError(f"{len(found.left_out)} sets of {file} were left out: the others are kept")


@_app.command(
    short_help="Delete sets, for good.",
    epilog=examples("history delete 12 13", "history delete --before 2026-01-01", "history delete --all --yes")
    + EXIT_CODES,
)
def delete(
    sets: Annotated[
        list[int] | None, typer.Argument(metavar="[SET]...", help="Numbers of sets, as posecheck history lists them.")
    ] = None,
    before: Annotated[
        datetime | None, typer.Option("--before", formats=["%Y-%m-%d"], metavar="DATE", help="All before this day.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    db: DbOption = None,
) -> None:
    """Delete sets with all that is kept of them. It cannot be undone."""
    if sum((bool(sets), before is not None, everything)) != 1:
        raise UsageError("say what to delete: numbers of sets, --before DATE, or --all")
    path = _path(db)
    if not path.exists():
        typer.echo(f"Nothing is kept at {path}.")
        return
    with change_history(db) as kept:
        chosen = tuple(sets or ()) or kept.ids(before=before.astimezone() if before else None)
        known = set(kept.ids())
        if missing := [one for one in chosen if one not in known]:
            raise UsageError(f"there is no set {missing[0]}: posecheck history lists them")
        if chosen and not yes and not typer.confirm(f"Delete {len(chosen)} of your {len(known)} sets for good?"):
            typer.echo("Nothing was deleted.")
            return
        count = kept.delete(chosen)
    typer.echo(f"Sets deleted: {count}.")
    if copies := _copies(path):
        typer.echo(f"Older copies are still there; delete them by hand: {', '.join(map(str, copies))}")


def _copies(path: Path) -> list[Path]:
    """What was set aside, or kept before a migration."""
    return sorted(path.parent.glob(f"{path.stem}-damaged-*")) + sorted(path.parent.glob(f"{path.stem}-version*"))
