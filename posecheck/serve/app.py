"""The pages of `posecheck serve` by address: a Starlette application that only reads.

Every address begins with the token of this run, /TOKEN/…, and whatever else is asked for is not found. In the path and
not in a cookie, as a browser sends the cookies of 127.0.0.1 to every port there; no page leads elsewhere, and
Referrer-Policy keeps the address to itself.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import date
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from posecheck.errors import InputError, PosecheckError
from posecheck.history.progress import progress_of
from posecheck.history.store import History, open_history
from posecheck.report.pages.history import SETS_A_PAGE, history_page, message_page
from posecheck.report.pages.html import Link, policy
from posecheck.report.pages.progress import progress_page
from posecheck.report.pages.report import report_page

HOSTS = ("127.0.0.1", "localhost")  # other names for this machine are tricks (DNS rebinding)
_LARGEST = (1 << 63) - 1  # number of a set: SQLite's largest integer
_METHODS = ("GET", "HEAD")
_NOT_FOUND = "Not found. Open the address that posecheck serve printed.\n"


def create_app(path: Path, token: str, today: Callable[[], date]) -> Starlette:
    """The application.

    Args:
        path: the history.
        token: what every address begins with.
        today: tells the date.
    """
    pages = _Pages(path, today)
    routes = [
        Route("/{token}/", pages.history, methods=["GET"]),
        Route("/{token}/set/{number:int}", pages.report, methods=["GET"]),
        Route("/{token}/progress", pages.progress, methods=["GET"]),
    ]
    guards = [
        Middleware(_Headers),
        Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False),
        Middleware(_Guard, token=token),
    ]
    app = Starlette(
        routes=routes, middleware=guards, exception_handlers={HTTPException: _refuse, PosecheckError: _tell}
    )
    app.router.redirect_slashes = False
    app.state.draw_ahead = pages.progress_text
    return app


class _Pages:
    """What each address shows; the history is opened anew for each, as a set may go on meanwhile.

    The progress page of years takes a second to draw: it is drawn ahead, and again when the history has changed.
    """

    def __init__(self, path: Path, today: Callable[[], date]) -> None:
        self._path, self._today = path, today
        self._drawing = threading.Lock()  # one plot at a time
        self._drawn: tuple[object, str] | None = None  # of which history, the progress page

    def history(self, request: Request) -> Response:
        number = _page_number(request)
        with self._open() as history:
            count = history.count()
            sets = history.page(SETS_A_PAGE, (number - 1) * SETS_A_PAGE)
        if number > 1 and not sets:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return HTMLResponse(history_page(sets, number, count, links=_links("./", "history")))

    def report(self, request: Request) -> Response:
        number = request.path_params["number"]
        if number > _LARGEST:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        with self._open() as history:
            trace = history.trace(number)
            kept = history.get(number, trace=False)
        with self._drawing:
            page = report_page(trace, when=kept.started, links=_links("../", "report"))
        return HTMLResponse(page)

    def progress(self, request: Request) -> Response:  # noqa: ARG002  # what Starlette calls
        return HTMLResponse(self.progress_text())

    def progress_text(self) -> str:
        """The progress page, drawn anew only when there is something new."""
        with self._drawing:
            today = self._today()
            state = (today, *(_changed(self._path.with_name(self._path.name + end)) for end in ("", "-wal")))
            if self._drawn is None or self._drawn[0] != state:
                with self._open() as history:
                    progress = progress_of(history.figures(), today)
                page = progress_page(progress, report_link="set/{}".format, links=_links("./", "progress"))
                self._drawn = state, page
            return self._drawn[1]

    def _open(self) -> closing[History]:
        return closing(open_history(self._path))


def _changed(path: Path) -> tuple[int, int] | None:
    """When a file was changed last, and how long it is."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _links(top: str, current: str) -> tuple[Link, ...]:
    """What stands at the top of each page; relative, so that the token is in no page."""
    return (
        Link("History", top, current == "history"),
        Link("Progress", f"{top}progress", current == "progress"),
    )


def _page_number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text) > 0):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return int(text)


# ---- what is refused, and how


def _refuse(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
    return PlainTextResponse(_NOT_FOUND if status == HTTPStatus.NOT_FOUND else f"{HTTPStatus(status).phrase}\n", status)


def _tell(request: Request, error: Exception) -> Response:
    missing = type(error) is InputError
    status = HTTPStatus.NOT_FOUND if missing else HTTPStatus.INTERNAL_SERVER_ERROR
    top = "../" if "number" in request.path_params else "./"
    title = "There is nothing to show" if missing else "This cannot be shown"
    return HTMLResponse(message_page(title, f"{error}.", links=_links(top, "")), status)


class _Guard:
    """Lets through what only reads, and knows the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._token = app, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        given = scope["path"].lstrip("/").partition("/")[0].encode("utf-8", "replace")
        if not secrets.compare_digest(given, self._token):  # takes as long whatever is right of it
            await PlainTextResponse(_NOT_FOUND, HTTPStatus.NOT_FOUND)(scope, receive, send)
        elif scope["method"] not in _METHODS:
            allowed = {"allow": ", ".join(_METHODS)}
            await PlainTextResponse("Only reading.\n", HTTPStatus.METHOD_NOT_ALLOWED, allowed)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class _Headers:
    """Puts on every answer what a browser must not do with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        await self._app(scope, receive, guarded)


_HEADERS = tuple(
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": f"{policy()}; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }.items()
)
