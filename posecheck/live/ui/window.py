"""The live window: shows pictures and tells which keys were pressed. For the main thread; the only user of highgui.

Qt, which draws the window on Linux, aborts the whole process when it finds no screen. So the screen is looked for
first, with the very library that Qt would ask.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from posecheck.capture.clock import SYSTEM, Clock
from posecheck.draw.canvas import DARK, Image
from posecheck.errors import DependencyError, UsageError
from posecheck.libraries import load_cv2, missing_dependency
from posecheck.live.ui.x11 import MapNotices
from posecheck.records.closing import Closing

TITLE = "posecheck"
_KEYS = {" ": "pause", "n": "next", "r": "restart", "f": "fullscreen", "m": "mute", "h": "help", "q": "quit"}
_ESCAPE = 27  # the ASCII code that OpenCV gives for the key
_FIRST_SIZE = (1280, 700)  # room for the first picture: with its frame it fits the screen of a small laptop
_SAME_SHAPE = 0.02  # a guess: of width / height: pictures that differ less have the same shape
_NEARLY = 1.01  # a guess: a picture that is smaller by less is not enlarged: that costs time and sharpness
_REPEAT_S = 0.3  # a guess: a key that comes again sooner is held down
_MOST_KEYS = 16  # a guess: taken at once
_SCREEN_S = 5.0  # a guess: a screen that does not answer for so long is none
_NOTICE_S = 1.0  # a guess: so long a window may stay black that could be shown
_NO_SCREEN = (
    "there is no screen to show a window on ({reason}): run it on the machine's own desktop, "
    "or record a video and judge it with posecheck replay"
)


class Window(Closing):
    """A window that keeps the shape of its pictures, whatever its own shape.

    Args:
        size: (width, height) of the window to begin with, in pixels; None: as its pictures, near _FIRST_SIZE.
        title: what stands above it.
        clock: tells a key that is held down from one that is pressed again.

    Raises:
        UsageError: there is no screen.
        DependencyError: this OpenCV cannot show windows.

    Example:
        with Window() as window:
            while not window.closed:
                window.show(picture)
                if "quit" in window.keys():
                    break
    """

    def __init__(self, size: tuple[int, int] | None = None, title: str = TITLE, clock: Clock = SYSTEM) -> None:
        self._cv2, self._clock = load_cv2(), clock
        self._title = title
        self._closed = self._full = self._shown = False
        self._own_size: tuple[int, int] | None = (
            (0, 0) if size is None else None
        )  # what we made it; None once that is not for us
        self._suited = 0.0  # width / height of the pictures that it was made for
        self._pressed: dict[str, float] = {}
        self._notices: MapNotices | None = None
        self._noticed_at = clock.now()
        self._ground: Image = np.zeros((1, 1, 3), np.uint8)
        self._layout = (0, 0, 0, 0)  # (width, height) of the window, and of the picture in it
        cv2 = self._cv2
        try:
            with checked_screen() as self._notices:
                cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_GUI_NORMAL | cv2.WINDOW_FREERATIO)
            if size is not None:
                cv2.resizeWindow(title, *size)
        except cv2.error as error:
            raise DependencyError(
                "this OpenCV cannot show windows: pip uninstall opencv-python-headless, "
                "then pip install --force-reinstall opencv-python"
            ) from error

    def show(self, image: Image) -> None:
        """Show a picture, as large as it fits, in the middle; a closed window stays closed.

        `image`: BGR uint8 (height, width, 3).
        """
        if self.closed:
            return
        try:
            self._suit(image)
            width, height = self.size
            self._cv2.imshow(self._title, self._fitted(image, max(1, width), max(1, height)))
            self._shown = True
            self._notice()
        except self._cv2.error:
            self._closed = True

    def keys(self) -> list[str]:
        """What was pressed since the last call: "pause", "next", "restart", "mute", "fullscreen", "help", "quit".

        A key held down counts once. Must be called often: it also lets the window draw and answer.
        """
        names: list[str] = []
        for _ in range(_MOST_KEYS):
            if self.closed:
                break
            code = self._cv2.pollKey()
            if code == -1:
                break
            name = key_name(code)
            now = self._clock.now()
            if name is not None and now - self._pressed.get(name, -_REPEAT_S) >= _REPEAT_S:
                names.append(name)
            if name is not None:
                self._pressed[name] = now
        return names

    @property
    def closed(self) -> bool:
        """Whether the window was closed, by its button or by `close`."""
        if not self._closed:
            try:
                visible = self._cv2.getWindowProperty(self._title, self._cv2.WND_PROP_VISIBLE)
                # some systems call a window visible from its first picture on
                self._closed = visible < 1 and self._shown
            except self._cv2.error:  # Qt has let go of it
                self._closed = True
        return self._closed

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the room for pictures now, in pixels; (0, 0) when it is closed."""
        try:
            _, _, width, height = self._cv2.getWindowImageRect(self._title)
        except self._cv2.error:
            return (0, 0)
        return (max(0, int(width)), max(0, int(height)))

    def toggle_fullscreen(self) -> None:
        """Fill the screen, or no longer."""
        if self.closed:
            return
        cv2 = self._cv2
        self._full = not self._full
        state = cv2.WINDOW_FULLSCREEN if self._full else cv2.WINDOW_NORMAL
        try:
            cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, state)
        except cv2.error:
            self._closed = True

    def close(self) -> None:
        """Close the window."""
        gone, self._closed = self.closed, True
        if self._notices is not None:
            self._notices.close()
        if gone:
            return
        try:
            self._cv2.destroyWindow(self._title)
            self._cv2.pollKey()  # lets it go at once
        except self._cv2.error:
            return

    def _notice(self) -> None:
        """Tell Qt now and then that its window is there, see `x11`."""
        now = self._clock.now()
        if self._notices is not None and now - self._noticed_at >= _NOTICE_S:
            self._noticed_at = now
            self._notices.send(self._title)

    def _suit(self, image: Image) -> None:
        """Give the window the shape of its pictures, as long as nobody has chosen another size."""
        shape = image.shape[1] / image.shape[0]
        if self._own_size is None or abs(shape - self._suited) < _SAME_SHAPE * shape:
            return
        if self._suited and (self._full or self.size != self._own_size):
            self._own_size = None
            return
        self._own_size, self._suited = _first_size(image), shape
        self._cv2.resizeWindow(self._title, *self._own_size)

    def _fitted(self, image: Image, width: int, height: int) -> Image:
        """The picture in the size of the window, with dark bars where their shapes differ."""
        cv2 = self._cv2
        if image.shape[:2] == (height, width):
            return image
        scale = min(width / image.shape[1], height / image.shape[0])
        scale = 1.0 if 1.0 <= scale < _NEARLY else scale
        across = min(width, max(1, round(image.shape[1] * scale)))
        down = min(height, max(1, round(image.shape[0] * scale)))
        if (width, height, across, down) != self._layout:
            self._ground = np.full((height, width, 3), DARK, np.uint8)
            self._layout = (width, height, across, down)
        left, top = (width - across) // 2, (height - down) // 2
        how = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR  # by less, AREA takes six times as long
        place = self._ground[top : top + down, left : left + across]
        place[:] = image if scale == 1.0 else cv2.resize(image, (across, down), interpolation=how)
        return self._ground


def _first_size(image: Image) -> tuple[int, int]:
    height, width = image.shape[:2]
    scale = min(_FIRST_SIZE[0] / width, _FIRST_SIZE[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def key_name(code: int) -> str | None:
    """What a key code of OpenCV asks for; None for a key without a meaning."""
    # GTK puts flags above the low 16 bits; Windows and macOS put arrows and the like there.
    code &= 0xFFFF
    if code == _ESCAPE:
        return "quit"
    return _KEYS.get(chr(code).lower())


@contextmanager
def checked_screen() -> Iterator[MapNotices | None]:
    """Find out whether a window can be shown, before Qt does; the first window is to be opened inside the block.

    Quiet on macOS and Windows, which always have a screen. Gives what tells Qt that its window is there, to be closed
    with it; None where it is not Qt that shows windows, on an X server.

    Raises:
        UsageError: there is no screen.
        DependencyError: a system library that Qt needs is missing.
    """
    plugin = Path(str(load_cv2().__file__)).parent / "qt" / "plugins" / "platforms" / "libqxcb.so"
    linux = sys.platform.startswith("linux")
    if linux and not os.environ.get("DISPLAY"):
        raise UsageError(_NO_SCREEN.format(reason="DISPLAY is not set"))
    if not linux or not plugin.exists():  # no Qt: an OpenCV built with GTK, or without windows
        yield None
        return
    try:
        library = ctypes.CDLL(str(plugin))
    except OSError as error:
        raise missing_dependency(error, "opencv-python") from error
    # kept open: some servers start anew when nobody is connected, and would turn Qt away meanwhile
    notices = MapNotices(library, _connection(library))
    try:
        # The wheel brings this one plugin and no fonts; without these Qt complains on standard error, or gives up.
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        if not Path(os.environ.get("QT_QPA_FONTDIR") or "-").is_dir():
            os.environ["QT_QPA_FONTDIR"] = str(plugin.parent)
        yield notices
    except BaseException:
        notices.close()
        raise


def _connection(library: Any) -> ctypes.c_void_p:
    """A connection to the X server, made as Qt will make its own; UsageError when there is none."""
    library.xcb_connect.restype = ctypes.c_void_p
    library.xcb_connection_has_error.argtypes = library.xcb_disconnect.argtypes = [ctypes.c_void_p]
    made: list[int] = []
    # in a thread of its own: a server that hangs never answers
    asking = threading.Thread(target=lambda: made.append(library.xcb_connect(None, None)), daemon=True)
    asking.start()
    asking.join(_SCREEN_S)
    display = os.environ["DISPLAY"]
    if not made:
        raise UsageError(_NO_SCREEN.format(reason=f"{display} does not answer"))
    connection = ctypes.c_void_p(made[0])
    if library.xcb_connection_has_error(connection):
        library.xcb_disconnect(connection)
        raise UsageError(_NO_SCREEN.format(reason=f"{display} cannot be reached"))
    return connection
