"""Runs the server of `posecheck serve` on 127.0.0.1 until Ctrl-C."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import DependencyError, PosecheckError, UsageError

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

HOST = "127.0.0.1"
_TOKEN_BYTES = 24  # a guess: 192 bits: nobody finds it by trying
_GRACE_S = 2  # a guess: for answers under way
_HANG_UP = getattr(signal, "SIGHUP", None)  # Windows has none


def serve(path: Path, port: int, told: Callable[[str], None], *, browser: bool) -> None:
    """Show the history in the browser until Ctrl-C.

    Args:
        path: the history.
        port: where to listen; 0: one that is free.
        told: takes the address.
        browser: whether to open one.

    Raises:
        UsageError: the port is taken.
        DependencyError: the web framework does not load.
    """
    token, app = application(path)
    with listening(port) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}/{token}/"
        told(address)
        if browser:
            _open_browser(address)
        threading.Thread(target=_draw_ahead, args=(app,), name="draw ahead", daemon=True).start()
        server = server_of(app)
        if _HANG_UP is not None and signal.getsignal(_HANG_UP) is not signal.SIG_IGN and _in_main_thread():
            signal.signal(_HANG_UP, server.handle_exit)  # it looks after Ctrl-C and SIGTERM itself
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def application(path: Path) -> tuple[str, Starlette]:
    """The token of this run, and the application that knows it.

    Raises:
        DependencyError: the web framework does not load.
    """
    try:
        from posecheck.serve.app import create_app
    except ImportError as error:
        raise DependencyError(f"posecheck serve needs {error.name}: install posecheck again with pip") from error
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    return token, create_app(path, token, lambda: datetime.now().astimezone().date())


def server_of(app: Starlette) -> uvicorn.Server:
    """What serves an application until Ctrl-C, on a socket that is listening.

    Raises:
        DependencyError: the server does not load.
    """
    try:
        import uvicorn
    except ImportError as error:
        raise DependencyError(f"posecheck serve needs {error.name}: install posecheck again with pip") from error
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # the addresses hold the token
        server_header=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    return uvicorn.Server(config)


def listening(port: int) -> socket.socket:
    """A socket of this machine alone that listens on a port (0: one that is free).

    Raises:
        UsageError: the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere it would let two programs share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot listen on port {port}: {reason}; give another --port, or none") from error
    return listener


def _open_browser(address: str) -> None:
    """Open a browser that has a window; one in the terminal would get in the way."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    import webbrowser

    with suppress(webbrowser.Error):
        webbrowser.open(address)


def _draw_ahead(app: Starlette) -> None:
    """Load the plots and draw the page that takes longest; what fails is shown to the one who asks for the page."""
    with suppress(PosecheckError, ImportError):
        app.state.draw_ahead()
