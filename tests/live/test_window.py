"""The live window: keys, shapes and closing under a virtual screen, and what is said where there is no screen."""

from __future__ import annotations

import ctypes
import itertools
import os
import shutil
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.errors import DependencyError, UsageError
from posecheck.libraries import load_cv2
from posecheck.live.ui.window import Window, checked_screen, key_name
from tests import waiting
from tests.draw.test_overlay import blank
from tests.waiting import PATIENCE_S, HandClock, ending

pytestmark = pytest.mark.system

LINUX = sys.platform.startswith("linux")
needs_screen = pytest.mark.skipif(not shutil.which("Xvfb"), reason="Xvfb is not installed: no virtual screen")
needs_fingers = pytest.mark.skipif(not shutil.which("xdotool"), reason="xdotool is not installed: nothing presses keys")


@pytest.fixture(scope="module")
def virtual_screen() -> Iterator[str]:
    """A virtual screen of 1400 x 1000; Qt keeps to one screen for a whole process, so it is shared."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with ending(server):
        with os.fdopen(reading) as answer:
            display = f":{answer.readline().strip()}"
        # Qt dies with its screen: only what it is told in a child process may close it
        yield display
        server.terminate()
        server.wait()


def child_of(code: str, display: str | None, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Code that opens windows, in a process of its own, which Qt may take down with it."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("QT_", "DISPLAY", "WAYLAND"))} | more
    if display is not None:
        environment["DISPLAY"] = display
    start = "import sys; sys.path.insert(0, '.')\nfrom tests.live.test_window import *\n"
    return subprocess.Popen(
        [sys.executable, "-c", start + code, *arguments],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def in_a_child(code: str, display: str | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run such code to its end."""
    with ending(child_of(code, display, *arguments)) as child:
        out, err = child.communicate(timeout=2 * PATIENCE_S)
    return subprocess.CompletedProcess(child.args, child.returncode, out, err)


def until(window: Window, what: Callable[[], Any], picture: Any = None) -> None:
    """Show pictures until something comes true."""

    def look() -> Any:
        window.show(blank() if picture is None else picture)
        return what()

    waiting.until(look)


def finger(*words: str) -> None:
    subprocess.run(["xdotool", *words], check=True, capture_output=True, timeout=PATIENCE_S)


def window_id() -> str:
    found = subprocess.run(
        ["xdotool", "search", "--name", "^posecheck$"], check=True, capture_output=True, text=True, timeout=PATIENCE_S
    )
    return found.stdout.split()[-1]


def press_close_button(window: int) -> None:
    """What a window manager sends when the button is pressed: WM_DELETE_WINDOW to the window."""
    plugin = Path(str(load_cv2().__file__)).parent / "qt" / "plugins" / "platforms" / "libqxcb.so"
    xcb = ctypes.CDLL(str(plugin))
    xcb.xcb_connect.restype = xcb.xcb_intern_atom_reply.restype = ctypes.c_void_p
    xcb.xcb_intern_atom_reply.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p]
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))

    def atom(name: bytes) -> int:
        cookie = xcb.xcb_intern_atom(connection, 0, len(name), name)
        reply = xcb.xcb_intern_atom_reply(connection, cookie, None)
        return int(struct.unpack_from("=I", ctypes.string_at(reply, 12), 8)[0])

    data = struct.pack("=BBHIIIIIII", 33, 32, 0, window, atom(b"WM_PROTOCOLS"), atom(b"WM_DELETE_WINDOW"), 0, 0, 0, 0)
    xcb.xcb_send_event(connection, 0, ctypes.c_uint(window), 0, data)
    xcb.xcb_flush(connection)
    xcb.xcb_disconnect(connection)


@needs_screen
@needs_fingers
def test_each_key_has_its_name(virtual_screen: str) -> None:
    """Every key of the help comes out by its name, capital or not; other keys say nothing; nothing is on stderr."""
    code = """
with Window() as window:
    until(window, lambda: window.size != (0, 0))
    window.keys()
    finger("windowfocus", "--sync", window_id())
    names = []
    for key in ("space", "n", "r", "m", "f", "h", "q", "Escape", "N"):
        window._pressed.clear()
        finger("key", key)
        before = len(names)
        until(window, lambda: names.extend(window.keys()) or len(names) > before)
    window._pressed.clear()
    finger("key", "Up", "F5", "x", "h")  # the last one, which has a name, comes after the others
    until(window, lambda: names.extend(window.keys()) or names[-1] == "help")
    print(*names)
"""
    done = in_a_child(code, virtual_screen)
    assert done.stderr == ""
    assert done.stdout.split() == [
        *("pause", "next", "restart", "mute", "fullscreen", "help", "quit", "quit", "next"),
        "help",
    ]


@needs_screen
def test_a_window_opens_after_a_film_was_read(virtual_screen: str) -> None:
    """PyAV and OpenCV bring libraries of the same names; in the wrong order the first window never opened."""
    code = """
from posecheck.libraries import load_av
load_av()
with Window() as window:
    until(window, lambda: window.size != (0, 0))
    print("good")
"""
    done = in_a_child(code, virtual_screen)
    assert (done.stdout, done.stderr) == ("good\n", "")


@needs_screen
@needs_fingers
def test_a_window_takes_the_shape_of_its_pictures_until_somebody_else_sizes_it(virtual_screen: str) -> None:
    """Another shape of picture, another shape of window; one that was resized by hand keeps its size for good."""
    code = """
wide, tall = np.zeros((360, 640, 3), np.uint8), np.zeros((640, 360, 3), np.uint8)
with Window() as window:
    def becomes(picture, size):
        until(window, lambda: window.keys() == [] and window.size == size, picture)
    becomes(wide, (1244, 700))
    becomes(tall, (394, 700))
    becomes(tall[:-1], (394, 700))
    finger("windowsize", window_id(), "500", "400")
    becomes(tall, (500, 400))
    for _ in range(10):
        window.show(wide)
        window.keys()
    becomes(wide, (500, 400))
    print("good")
"""
    done = in_a_child(code, virtual_screen)
    assert (done.stdout, done.stderr) == ("good\n", "")


@needs_screen
@needs_fingers
def test_a_window_of_any_shape_and_size(virtual_screen: str) -> None:
    """Resized to a strip, to a tower and to a single pixel, it goes on showing; the picture keeps its shape."""
    code = """
with Window() as window:
    until(window, lambda: window.keys() == [] and window.size == (933, 700))
    for wanted in ((300, 700), (1000, 200), (1, 1), (640, 480)):
        finger("windowsize", window_id(), *map(str, wanted))
        until(window, lambda: window.keys() == [] and window.size == wanted)
        shown = window._fitted(blank(grey=255), *window.size)
        assert shown.shape == (wanted[1], wanted[0], 3)
        rows, columns = np.nonzero(shown.min(axis=2) > 200)
        across, down = np.ptp(columns) + 1, np.ptp(rows) + 1
        assert abs(across - down * 4 / 3) <= 2, (across, down)
        assert across == wanted[0] or down == wanted[1]
    window.toggle_fullscreen()
    window.toggle_fullscreen()
    window.show(np.zeros((1, 1, 3), np.uint8))
    print("good")
"""
    done = in_a_child(code, virtual_screen)
    assert (done.stdout, done.stderr) == ("good\n", "")


@needs_screen
@needs_fingers
def test_closing_the_window_is_noticed_and_lasts(virtual_screen: str) -> None:
    """Its button closes it: `closed` tells, pictures do not open it again, keys are none, and all calls do no harm."""
    code = """
with Window() as window:
    assert not window.closed
    until(window, lambda: window.keys() == [] and window.size != (0, 0))
    button = int(window_id())
    # pressed until it works: a window that was opened a moment ago may not listen yet
    until(window, lambda: window.keys() or window.closed or press_close_button(button))
    window.show(blank())
    window.toggle_fullscreen()
    assert (window.closed, window.keys(), window.size) == (True, [], (0, 0))
    window.close()
print("good")
"""
    done = in_a_child(code, virtual_screen)
    assert (done.stdout, done.stderr) == ("good\n", "")


@needs_screen
def test_qt_is_told_again_that_its_window_is_there(virtual_screen: str) -> None:
    """Once a second Qt gets the notice without which it draws nothing, should it have lost the first one."""
    code = """
import select
clock = HandClock()
with Window(clock=clock) as window:
    while not select.select([sys.stdin], [], [], 0.02)[0]:  # until it is closed
        clock.t += 1.0
        window.show(blank())
        window.keys()
"""
    notices = 0
    with ending(child_of(code, virtual_screen, QT_LOGGING_RULES="qt.qpa.events=true")) as child:
        assert child.stderr is not None
        while notices < 3:  # one may be that of the server
            notices += "XCB_MAP_NOTIFY" in child.stderr.readline()
        out, _ = child.communicate(timeout=PATIENCE_S)
    assert (child.returncode, out) == (0, "")


@needs_screen
def test_leaving_the_block_closes_it(virtual_screen: str) -> None:
    """The window is a context manager: an error inside it closes the window and comes out."""
    code = """
try:
    with Window((320, 240)) as window:
        window.show(blank())
        raise RuntimeError("inside")
except RuntimeError as error:
    print(error, window.closed)
window.close()
"""
    done = in_a_child(code, virtual_screen)
    assert (done.stdout, done.stderr) == ("inside True\n", "")


@pytest.mark.skipif(not LINUX, reason="only Linux may be without a screen")
@pytest.mark.parametrize("display", [None, "", ":9999", "nonsense"])
def test_without_a_screen_it_says_what_to_do(display: str | None) -> None:
    """Without DISPLAY, or with one that leads nowhere, there is an error in words, not the abort of Qt."""
    code = """
try:
    Window()
except UsageError as error:
    print(error)
"""
    done = in_a_child(code, display)
    assert done.returncode == 0
    assert done.stdout.startswith("there is no screen to show a window on")
    assert "posecheck replay" in done.stdout
    assert done.stderr == ""


@pytest.mark.skipif(not LINUX, reason="only Linux may be without a screen")
def test_a_screen_that_does_not_answer_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A display that hangs is given up after a moment."""
    monkeypatch.setenv("DISPLAY", ":9998")
    hanging = threading.Event()

    class Library:
        """A stand-in for Qt's plugin, whose server never answers."""

        def __init__(self, _: str) -> None:
            self.xcb_connection_has_error = self.xcb_disconnect = lambda _: 0

        @staticmethod
        def xcb_connect(*_: object) -> int:
            hanging.wait()
            return 0

    monkeypatch.setattr("posecheck.live.ui.window._SCREEN_S", 0.05)
    monkeypatch.setattr(ctypes, "CDLL", Library)
    with pytest.raises(UsageError, match=":9998 does not answer"), checked_screen():
        pass
    hanging.set()


def test_an_opencv_without_windows_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The headless OpenCV refuses to open a window: the error names the package to install."""
    cv2 = load_cv2()

    def refuse(*_: object) -> None:
        raise cv2.error("The function is not implemented")

    monkeypatch.setattr("posecheck.live.ui.window.checked_screen", nullcontext)
    monkeypatch.setattr(cv2, "namedWindow", refuse)
    with pytest.raises(DependencyError, match="opencv-python"):
        Window()


class Scripted:
    """A stand-in for highgui: its window is open, and keys come from a list."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *codes: int) -> None:
        cv2, left = load_cv2(), iter(codes)
        monkeypatch.setattr("posecheck.live.ui.window.checked_screen", nullcontext)
        for name in ("namedWindow", "resizeWindow", "imshow", "destroyWindow"):
            monkeypatch.setattr(cv2, name, lambda *_: None)
        monkeypatch.setattr(cv2, "getWindowProperty", lambda *_: 1.0)
        monkeypatch.setattr(cv2, "getWindowImageRect", lambda *_: (0, 0, 640, 480))
        monkeypatch.setattr(cv2, "pollKey", lambda: next(left, -1))


def test_a_key_held_down_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The repeats of a held space bar do not pause and go on in turns; other keys between them do count."""
    Scripted(monkeypatch, 32, 32, 32, ord("n"), 32, 32)
    with Window(clock=HandClock()) as window:
        assert window.keys() == ["pause", "next"]


def test_keys_that_never_end_do_not_hold_up_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many keys there are, one call takes only some of them."""
    Scripted(monkeypatch, *itertools.repeat(32, 1000))
    with Window() as window:
        window.keys()
        assert load_cv2().pollKey() == 32


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (ord("q"), "quit"),
        (27, "quit"),
        (ord("H"), "help"),
        (0x100000 | ord("n"), "next"),  # GTK with Num Lock
        (65362, None),  # the up arrow, whose lowest eight bits are an "R"
        (0x260000, None),  # the up arrow of Windows
        (0, None),
    ],
)
def test_key_codes(code: int, name: str | None) -> None:
    """Codes of all systems: flags above the character do not matter, arrows are not letters."""
    assert key_name(code) == name


def test_importing_it_loads_no_cv2() -> None:
    """The module can be imported where OpenCV does not load, and changes nothing by that."""
    code = "import os, sys; before = dict(os.environ); import posecheck.live.ui.window, posecheck.live.ui.screen\n"
    code += "assert 'cv2' not in sys.modules and before == dict(os.environ)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_bars_beside_a_picture_are_dark(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tall picture in a wide window stands in the middle between two dark bars, also after another shape."""
    Scripted(monkeypatch)
    with Window() as window:
        window._fitted(blank((640, 100), grey=255), 640, 480)
        shown = window._fitted(blank((240, 480), grey=255), 640, 480)
    assert (shown[:, 200:440] == 255).all()
    assert shown[:, :200].max() < 60
    assert shown[:, 440:].max() < 60
    assert shown.dtype == np.uint8
