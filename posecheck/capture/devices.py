"""Lists the cameras of this computer; each is asked in a child process with a time limit, so nothing can hang.

for camera in list_cameras():
    print(camera.index, camera.name, camera.width, camera.height, camera.fps, camera.note)
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from posecheck.capture.health import Kind, Situation, wording

_START_S = 8.0  # a guess: for a child to load OpenCV; the first time on a slow disk takes long
_NAMES_S = 4.0  # a guess: for the system to name its cameras
_GUESSED = 4  # a guess: indices that are tried when the system does not tell which there are
_AT_ONCE = 4  # a guess: cameras that are tried at the same time: all that most computers have
_END_S = 0.5  # a guess: for a child to end

Command = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera that the system knows; None where it does not tell.

    `index` is what it is opened with, `name` is "" when the system tells none. `width` and `height` are those of the
    picture in pixels, `fps` frames a second. `note` says what is wrong and what to do, "" when it can be opened.
    """

    index: int
    name: str
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    note: str = ""


def worker_command(what: str) -> list[str]:
    """How the child is started that looks at one camera (its index), or lists the names ("names")."""
    worker = Path(__file__).with_name("_camera_worker.py")
    return [sys.executable, "-P", "-X", "utf8", str(worker), what]


def list_cameras(time_limit_s: float = 2.0, *, command: Command = worker_command) -> tuple[CameraInfo, ...]:
    """The cameras that can be opened, and those that are there but cannot be; an empty tuple when there is none.

    Args:
        time_limit_s: for each camera to answer; they are asked at the same time.
        command: what to start for a camera (for tests).
    """
    names = camera_names(command=command)
    found = [(index, "") for index in range(_GUESSED)] if names is None else list(names)

    def look(camera: tuple[int, str]) -> CameraInfo | None:
        return _look(*camera, known=names is not None, time_limit_s=time_limit_s, command=command)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(camera for camera in pool.map(look, found) if camera is not None)


def camera_names(*, command: Command = worker_command) -> tuple[tuple[int, str], ...] | None:
    """Index and name of each camera that the system knows, without opening any; None when it does not tell."""
    with _child(command("names")) as answers:
        answer = _answer(answers, _NAMES_S)
    if not answer or "names" not in answer:
        return None
    return tuple(sorted((int(index), str(name)) for index, name in answer["names"]))


def _look(index: int, name: str, *, known: bool, time_limit_s: float, command: Command) -> CameraInfo | None:
    """Ask one camera. One that does not open is left out when nobody said that it is there."""
    with _child(command(str(index))) as answers:
        answer = _answer(answers, time_limit_s)
    if answer is None:
        advice = "unplug it, or close other programs that use it"
        return CameraInfo(index, name, note=f"did not answer in {time_limit_s:g} s: {advice}")
    if answer.get("open"):
        width, height, fps = int(answer["width"]), int(answer["height"]), float(answer["fps"])
        return CameraInfo(index, name, width or None, height or None, fps if 0 < fps < 1000 else None)
    if not known:
        return None
    # macOS lets programs share a camera: one that does not open is forbidden
    forbidden = sys.platform == "darwin" or not answer.get("allowed", True)
    situation = Situation.NO_PERMISSION if forbidden else Situation.BUSY
    return CameraInfo(index, name, note=wording(situation, Kind.CAMERA, f"camera {index}", sys.platform))


@contextmanager
def _child(command: list[str]) -> Iterator[SimpleQueue[dict[str, Any] | None]]:
    """Run a child; gives the queue of its answers, which None ends. The child is ended with the block."""
    answers: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def listen() -> None:
        assert child.stdout is not None
        with suppress(ValueError), child.stdout:  # ValueError: no JSON, which ends it as well
            for line in child.stdout:
                answers.put(json.loads(line))
        answers.put(None)
        child.wait()

    listening = Thread(target=listen, daemon=True)
    listening.start()
    try:
        yield answers
    finally:
        child.kill()
        listening.join(_END_S)  # a child that hangs in the driver is left to the thread, until the system ends it


def _answer(answers: SimpleQueue[dict[str, Any] | None], time_limit_s: float) -> dict[str, Any] | None:
    """What the child answers within the time, which starts when it is ready; {} when it ends, None when it hangs."""
    try:
        ready = answers.get(timeout=_START_S)
        return {} if ready is None else answers.get(timeout=time_limit_s) or {}
    except Empty:
        return None
