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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from posecheck.capture.video_file import open_video
from posecheck.draw.video_writer import VideoWriter
from posecheck.records.folders import data_dir
from tests.waiting import PATIENCE_S, ending, until

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[2]
PART_S = 24.0  # of the sample: two drops in, two out
PHOTOGRAPHED_S = (3.0, 9.0, 15.0, 21.0)  # of the film
LEFT_S = 7.0
# The command, with a film as the camera that is watched frame by frame, so that the verdict does not depend on the
# speed of the machine, and that stands still at some times (`Held`).
COMMAND = """
import sys
from pathlib import Path
from posecheck.cli import app as cli
from posecheck.live import loop
from tests.live.live_set import Held

folder, times_s, *sys.argv[1:] = sys.argv[1:]
times = [float(t) for t in times_s.split()]
loop.open_camera = lambda where, *_args, **_more: Held(where, Path(folder), *times)
cli.main()
"""
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
    with ending(server), os.fdopen(reading) as answer:
        yield f":{answer.readline().strip()}"


def can_trace() -> bool:
    """Whether strace is there and allowed."""
    if not shutil.which("strace"):
        return False
    tried = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-o", os.devnull, "true"], capture_output=True, check=False
    )
    return tried.returncode == 0


@contextmanager
def started(
    home: Path, display: str | None, *args: object, stops: Held | None = None, before: tuple[str, ...] = ()
) -> Iterator[subprocess.Popen[str]]:
    """`posecheck live knee_drops` in a home of its own; with `stops` the film stands still there."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("QT_", "DISPLAY", "WAYLAND", "XDG_"))}
    environment |= {"HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    if display is not None:
        environment["DISPLAY"] = display
    which = ["-m", "posecheck"] if stops is None else ["-c", COMMAND, str(stops.folder), stops.times]
    process = subprocess.Popen(
        [*before, sys.executable, *which, "live", "knee_drops", "--mute", *map(str, args)],
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,  # what strace traces is to end with it
    )
    with ending(process):
        try:
            yield process
        finally:
            if os.name == "posix" and process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Held:
    """Where the film of another process stands still, in seconds; how it is told there, and told to go on."""

    folder: Path
    times_s: tuple[float, ...]

    @property
    def times(self) -> str:
        return " ".join(map(str, self.times_s))

    def wait(self, process: subprocess.Popen[str], at_s: float) -> None:
        """Wait until it stands still there."""
        until(lambda: (self.folder / f"reached {at_s}").exists() or process.poll() is not None, f"{at_s} s of the film")
        assert process.poll() is None, process.communicate()

    def go_on(self, at_s: float) -> None:
        (self.folder / f"go on {at_s}").touch()


def photograph(display: str, path: Path) -> str:
    """Photograph the screen; what is seen, as a hash."""
    command = ["import", "-window", "root", "-display", display, str(path)]
    subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE_S)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Left:
    """What a run left: code, texts, hashes of the screen, network calls (None: could not be traced), its home."""

    code: int
    out: str
    err: str
    screens: tuple[str, ...]
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
    """The sample as the camera, under a virtual screen that is photographed, with calls traced."""
    folder = tmp_path_factory.mktemp("run")
    home, calls, photo = folder / "home", folder / "calls.txt", folder / "photo.png"
    home.mkdir()
    trace = ("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=network", "-o", str(calls)) if can_trace() else ()
    stops = Held(folder, PHOTOGRAPHED_S)
    screens: list[str] = []
    with (
        virtual_screen() as display,
        started(home, display, "-c", part, "--json", home / "r.json", stops=stops, before=trace) as process,
    ):

        def looks_new() -> bool:
            assert process.poll() is None, process.communicate()
            screens.append(photograph(display, photo))
            return screens[-1] not in screens[:-1]

        for at_s in PHOTOGRAPHED_S:
            stops.wait(process, at_s)
            if shutil.which("import"):
                until(looks_new, f"another picture at {at_s} s")
            stops.go_on(at_s)
        out, err = process.communicate(timeout=PATIENCE_S)
    return Left(process.returncode, out, err, tuple(screens), calls.read_text() if trace else None, home)


@needs_screen
@pytest.mark.model
def test_a_set_runs_to_its_summary(run: Left, part: Path) -> None:
    """On a real window, with the model: exit code 0, the table, and the right counts of all frames."""
    assert run.code == 0, run.err
    (one,) = json.loads((run.home / "r.json").read_text(encoding="utf-8"))["sets"]
    assert re.search(r"inwards 2 of 5   outwards 2 of 5   not complete", run.out)
    assert one["counts"] == {"in": 2, "out": 2}, run.out
    with open_video(part) as source:
        assert one["frames"] == sum(1 for _ in source)
    assert one["frames_with_pose"] > 0.9 * one["frames"]


@needs_screen
@pytest.mark.model
@pytest.mark.skipif(not shutil.which("import"), reason="ImageMagick is not installed: nothing photographs the screen")
def test_the_screen_shows_how_it_goes(run: Left) -> None:
    """Photographs of the screen at several times of the film differ."""
    assert len(set(run.screens)) >= len(PHOTOGRAPHED_S)


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

    def found() -> list[str]:
        command = ["xdotool", "search", "--onlyvisible", "--name", "^posecheck$"]
        environment = {**os.environ, "DISPLAY": display}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout.split()

    return until(found, "a window")[-1]


@needs_screen
@needs_posix
@pytest.mark.model
@pytest.mark.skipif(not shutil.which("xdotool"), reason="xdotool is not installed: nothing presses keys")
@pytest.mark.parametrize("way", ["q", "SIGINT", "SIGTERM", "SIGHUP"])
def test_leaving_in_the_middle_prints_the_summary(part: Path, tmp_path: Path, way: str) -> None:
    """After some seconds q, or Ctrl-C in the terminal, ends the set with its table; Ctrl-C says so, with its code.

    A request to end, and a terminal that is closed, do what Ctrl-C does.
    """
    stops = Held(tmp_path, (LEFT_S,))
    with virtual_screen() as display, started(tmp_path, display, "-c", part, stops=stops) as process:
        window = window_of(display)
        stops.wait(process, LEFT_S)
        if way == "q":
            pressed = ["xdotool", "key", "--window", window, "q"]
            subprocess.run(pressed, env={**os.environ, "DISPLAY": display}, check=True, timeout=PATIENCE_S)
        else:
            process.send_signal(getattr(signal, way))
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == (0 if way == "q" else 130), err
    assert re.search(r"inwards \d of 5", out)
    assert ("stopped; the verdict covers what was judged so far" in err) == (way != "q")
    assert "Traceback" not in err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="macOS and Windows always have a screen")
def test_without_a_screen_it_says_how_to_replay(part: Path, tmp_path: Path) -> None:
    """Where no window can be shown there is one line that tells the other way, and exit code 2."""
    with started(tmp_path, None, "-c", part) as process:
        out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out, len(err.splitlines())) == (2, "", 1), err
    assert "posecheck replay" in err
