"""A phone's camera app for tests: an MJPEG stream over HTTP on the loopback, which misbehaves on demand.

    with MjpegServer() as server:
        ... open server.url ...
        server.mode = "stall"

Modes: `play` sends a moving picture, `still` the same one again and again, `black` a black one; `stall` keeps the
connection and sends nothing; `drop` ends each connection at once; `garbage` sends bytes that are no picture.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Literal, Self

import cv2
import numpy as np

Mode = Literal["play", "still", "black", "stall", "drop", "garbage"]

SIZE = (160, 120)
_PICTURES = 25
_LONGEST_S = 60.0  # no connection outlives a test by more


class MjpegServer:
    """Serves until the block is left; `mode` may be changed at any time, `connections` counts those taken."""

    def __init__(self, rate_fps: float = 25.0) -> None:
        self.mode: Mode = "play"
        self.connections = 0
        self.rate_fps = rate_fps
        self.closing = threading.Event()
        self.pictures = list(_pictures())
        self.black = _jpeg(np.zeros((SIZE[1], SIZE[0], 3), np.uint8))
        self.noise = np.random.default_rng(7).integers(0, 256, len(self.pictures[0]), np.uint8).tobytes()
        self._http: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        assert self._http is not None
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/video"

    def drops(self) -> bool:
        """Whether connections are to end."""
        return self.mode == "drop"

    def __enter__(self) -> Self:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.connections += 1
                with suppress(OSError):  # the client may leave at any time
                    _serve(self, server)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.block_on_close = False
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()


def _serve(handler: BaseHTTPRequestHandler, server: MjpegServer) -> None:
    """One connection, up to its end."""
    handler.close_connection = True
    if server.drops():
        return
    handler.send_response(200)
    handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
    handler.end_headers()
    for count in range(round(_LONGEST_S * server.rate_fps)):
        if server.closing.wait(1 / server.rate_fps) or server.drops():
            return
        data = _part(server, count)
        if data is not None:
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            handler.wfile.write(head.encode() + data + b"\r\n")


def _part(server: MjpegServer, count: int) -> bytes | None:
    match server.mode:
        case "play":
            return server.pictures[count % len(server.pictures)]
        case "still":
            return server.pictures[0]
        case "black":
            return server.black
        case "garbage":
            return server.noise
        case _:
            return None


def _pictures() -> Iterator[bytes]:
    """A bright bar that wanders over a grey picture."""
    for index in range(_PICTURES):
        image = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
        image[:, 6 * index : 6 * index + 12] = (60, 200, 240)
        yield _jpeg(image)


def _jpeg(image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    done, data = cv2.imencode(".jpg", image)
    assert done
    return data.tobytes()
