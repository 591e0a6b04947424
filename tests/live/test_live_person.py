"""A live set as a person meets it: the command, a real window, the model, and what it must not do."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from posecheck.capture.video_file import open_video
from posecheck.draw.video_writer import VideoWriter
from posecheck.records.folders import data_dir

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[2]
PART_S = 24.0  # of the sample: two drops in, two out
FPS = 15.0
ENOUGH = 0.6  # of the frames: a detector that sees less on a busy machine may miss a short hold
LIMIT_S = 120
needs_screen = pytest.mark.skipif(not shutil.which("Xvfb"), reason="Xvfb is not installed: no virtual screen")
needs_posix = pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")


@contextmanager
def virtual_screen() -> Iterator[str]:
    """A virtual screen as large as that of a small laptop."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with server, os.fdopen(reading) as answer:
        yield f":{answer.readline().strip()}"
        server.terminate()


def can_trace() -> bool:
    """Whether strace is there and allowed."""
    if not shutil.which("strace"):
        return False
    tried = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-o", os.devnull, "true"], capture_output=True, check=False
    )
    return tried.returncode == 0


def start(home: Path, display: str | None, *args: object, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Start `posecheck live knee_drops` in a home of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("QT_", "DISPLAY", "WAYLAND", "XDG_"))}
    environment |= {"HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    if display is not None:
        environment["DISPLAY"] = display
    options: dict[str, Any] = {}
    if os.name == "posix":
        options["preexec_fn"] = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [*before, sys.executable, "-m", "posecheck", "live", "knee_drops", "--mute", *map(str, args)],
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **options,
    )


@dataclass(frozen=True, slots=True)
class Left:
    """What a run left: code, texts, pictures of the screen, network calls (None: could not be traced), its home."""

    code: int
    out: str
    err: str
    screens: tuple[Path, ...]
    calls: str | None
    home: Path


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first part of the sample."""
    path = tmp_path_factory.mktemp("part") / "me.mp4"
    with open_video(data_dir("samples") / "knee_drops.mp4", end_s=PART_S) as source, VideoWriter(path) as writer:
        for frame in source:
            writer.write(frame.image, frame.t)
    return path


@pytest.fixture(scope="module")
def run(part: Path, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """The sample at its own speed as the camera, under a virtual screen that is photographed, with calls traced."""
    folder = tmp_path_factory.mktemp("run")
    home = folder / "home"
    home.mkdir()
    calls = folder / "calls.txt"
    trace = ("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=network", "-o", str(calls)) if can_trace() else ()
    screens: list[Path] = []
    with (
        virtual_screen() as display,
        start(home, display, "-c", part, "--json", home / "r.json", before=trace) as process,
    ):
        end = time.monotonic() + LIMIT_S
        while process.poll() is None and time.monotonic() < end:
            path = folder / f"{len(screens)}.png"
            taken = (
                subprocess.run(
                    ["import", "-window", "root", "-display", display, str(path)], capture_output=True, check=False
                )
                if shutil.which("import")
                else None
            )
            if taken is not None and taken.returncode == 0:
                screens.append(path)
            time.sleep(3.0)
        out, err = process.communicate(timeout=LIMIT_S)
    return Left(process.returncode, out, err, tuple(screens), calls.read_text() if trace else None, home)


@needs_screen
@pytest.mark.model
def test_a_set_runs_to_its_summary(run: Left) -> None:
    """At its own speed, on a real window: exit code 0, the table, and the right counts if the machine kept up."""
    assert run.code == 0, run.err
    (one,) = json.loads((run.home / "r.json").read_text(encoding="utf-8"))["sets"]
    assert re.search(r"inwards \d of 5   outwards \d of 5   not complete", run.out)
    if one["frames"] >= ENOUGH * PART_S * FPS:
        assert one["counts"] == {"in": 2, "out": 2}, run.out
    else:
        assert all(count <= 2 for count in one["counts"].values())
    assert one["frames_with_pose"] > 0.9 * one["frames"]


@needs_screen
@pytest.mark.model
@pytest.mark.skipif(not shutil.which("import"), reason="ImageMagick is not installed: nothing photographs the screen")
def test_the_screen_shows_how_it_goes(run: Left) -> None:
    """Photographs of the screen, taken every three seconds, differ as the set goes on."""
    assert len(run.screens) >= 4
    unlike = {hashlib.sha256(path.read_bytes()).hexdigest() for path in run.screens}
    assert len(unlike) >= 4


@needs_screen
@pytest.mark.model
def test_no_socket_to_anywhere_is_opened(run: Left) -> None:
    """The whole set, traced with all its threads and children, talks to the screen and opens no internet socket."""
    if run.calls is None:
        pytest.skip("strace is not installed, or not allowed here")
    assert "AF_UNIX" in run.calls  # the screen: so the trace does see sockets
    assert "AF_INET" not in run.calls


@needs_screen
@pytest.mark.model
def test_nothing_is_kept_that_was_not_asked_for(run: Left) -> None:
    """In its home and temporary folder a set leaves the report that was asked for, and no picture."""
    left = {path.relative_to(run.home).as_posix() for path in run.home.rglob("*") if path.is_file()}
    caches = {name for name in left if name.startswith((".cache/fontconfig/", ".cache/mesa", ".config/"))}
    assert left - caches == {"r.json"}


def window_of(display: str) -> str:
    """The window, once it is there."""
    end = time.monotonic() + LIMIT_S / 2
    while time.monotonic() < end:
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", "^posecheck$"],
            env={**os.environ, "DISPLAY": display},
            capture_output=True,
            text=True,
            check=False,
        )
        if found.stdout.strip():
            return found.stdout.split()[-1]
        time.sleep(0.1)
    raise AssertionError("no window came")


@needs_screen
@needs_posix
@pytest.mark.model
@pytest.mark.skipif(not shutil.which("xdotool"), reason="xdotool is not installed: nothing presses keys")
@pytest.mark.parametrize("way", ["q", "Ctrl-C"])
def test_leaving_in_the_middle_prints_the_summary(part: Path, tmp_path: Path, way: str) -> None:
    """After some seconds q, or Ctrl-C in the terminal, ends the set with its table; Ctrl-C says so, with its code."""
    with virtual_screen() as display, start(tmp_path, display, "-c", part) as process:
        window = window_of(display)
        time.sleep(7.0)
        if way == "q":
            pressed = ["xdotool", "key", "--window", window, "q"]
            subprocess.run(pressed, env={**os.environ, "DISPLAY": display}, check=True, timeout=20)
        else:
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == (0 if way == "q" else 130), err
    assert re.search(r"inwards \d of 5", out)
    assert ("stopped; the verdict covers what was judged so far" in err) == (way == "Ctrl-C")
    assert "Traceback" not in err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="macOS and Windows always have a screen")
def test_without_a_screen_it_says_how_to_replay(part: Path, tmp_path: Path) -> None:
    """Where no window can be shown there is one line that tells the other way, and exit code 2."""
    with start(tmp_path, None, "-c", part) as process:
        out, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, out, len(err.splitlines())) == (2, "", 1), err
    assert "posecheck replay" in err
