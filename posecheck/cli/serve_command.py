"""The command that shows the history in the browser: posecheck serve."""

from __future__ import annotations

from typing import Annotated

import typer

from posecheck.cli.options import EXIT_CODES, DbOption, examples, say


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(
        short_help="Show history, reports and progress in the browser.",
        epilog=examples("serve", "serve --port 8000 --no-browser") + EXIT_CODES,
    )(serve)


def serve(
    port: Annotated[
        int, typer.Option("--port", "-p", min=0, max=65535, metavar="N", help="Where to listen; 0: one that is free.")
    ] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
    db: DbOption = None,
) -> None:
    """Show history, reports and progress in the browser, for this machine only, until Ctrl-C. Nothing is changed."""
    from posecheck.history.opening import history_path, look_after
    from posecheck.serve.server import serve as run

    path = history_path(db)
    if said := look_after(path):
        say(said)

    def tell(address: str) -> None:
        typer.echo(f"Your history is at {address}\nThe address is for this machine and this run only. Ctrl-C ends it.")

    run(path, port, tell, browser=browser)
