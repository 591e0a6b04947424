"""Opens a camera by its index, or a stream by its address, and finds out why it does not open."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from posecheck.capture.devices import camera_names
from posecheck.capture.health import Kind, Situation
from posecheck.capture.quiet import quiet
from posecheck.libraries import load_cv2

# Media Foundation needs up to half a minute on some machines; leaving it behind earlier would never open them.
_CAMERA_OPEN_S = 40.0
_STREAM_OPEN_S = 5.0  # a guess: for a stream that is there to send its first picture
_CONNECT_S = 1.0  # a guess: for an address in the same house to answer
# By IANA's registry, where an address names none.
_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322, "rtmp": 1935}
_WIDE = 640  # wider than this, cameras reach their full rate only in Motion JPEG


class CameraFeed:
    """A camera of this computer. `index` as "posecheck cameras" lists it; `size` (width, height) to ask for."""

    kind = Kind.CAMERA
    open_limit_s = _CAMERA_OPEN_S

    def __init__(self, index: int, size: tuple[int, int] | None) -> None:
        self.name = f"camera {index}"
        self._index, self._size = index, size

    def open(self) -> Any:
        """The opened cv2.VideoCapture, or None."""
        cv2 = load_cv2()
        # one backend, not any: another one counts the cameras differently
        backends = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_MSMF}
        with quiet(cv2):
            capture = _opened(cv2, self._index, backends.get(sys.platform, cv2.CAP_ANY), [])
            if capture is not None and self._size is not None:
                if self._size[0] > _WIDE:
                    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
                capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
                capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        return capture

    def why(self, had_picture: bool) -> Situation:
        """Why it does not open."""
        device = Path(f"/dev/video{self._index}")
        if sys.platform == "linux":
            there, allowed = device.exists(), os.access(device, os.R_OK | os.W_OK)
        else:
            names = camera_names()
            # macOS lets programs share a camera: one that does not open is forbidden
            there, allowed = names is None or self._index in [index for index, _ in names], sys.platform != "darwin"
        return why_not(there=there, allowed=allowed, had_picture=had_picture)


class StreamFeed:
    """A stream at `url`, such as a phone's; FFmpeg gives a read up after `read_limit_s`."""

    kind = Kind.STREAM
    open_limit_s = 2 * _STREAM_OPEN_S  # FFmpeg keeps its own limit, most of the time

    def __init__(self, url: str, read_limit_s: float = 4.0) -> None:
        self.name = hide_password(url)
        self._url, self._read_limit_s = url, read_limit_s

    def open(self) -> Any:
        """The opened cv2.VideoCapture, or None."""
        cv2 = load_cv2()
        limits_ms = [
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(1000 * _STREAM_OPEN_S)),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(1000 * self._read_limit_s)),
        ]
        with quiet(cv2):
            return _opened(cv2, self._url, cv2.CAP_FFMPEG, limits_ms)

    def why(self, had_picture: bool) -> Situation:
        """Why it does not open: asks whether anything answers at the address."""
        parts = urlsplit(self._url)
        try:
            port = parts.port or _PORTS.get(parts.scheme, 80)
            with socket.create_connection((parts.hostname or "", port), _CONNECT_S):
                return Situation.STALLED if had_picture else Situation.NO_VIDEO
        except OSError:
            return Situation.UNREACHABLE


def why_not(*, there: bool, allowed: bool, had_picture: bool) -> Situation:
    """Why a camera does not open, from what the system says about it.

    Args:
        there: whether the system lists the camera.
        allowed: whether the user may open it.
        had_picture: whether it has given a picture before.
    """
    if not there:
        return Situation.LOST if had_picture else Situation.WRONG_INDEX
    return Situation.BUSY if allowed else Situation.NO_PERMISSION


def hide_password(url: str) -> str:
    """The address without user and password, to be shown."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _opened(cv2: Any, where: int | str, backend: int, parameters: list[int]) -> Any:
    try:
        capture = cv2.VideoCapture(where, backend, parameters)
    except cv2.error:
        return None
    if capture.isOpened():
        return capture
    capture.release()
    return None
