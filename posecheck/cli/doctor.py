"""`posecheck doctor`: what this machine has, each point fine or with what to do about it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from posecheck._version import __version__
from posecheck.errors import PosecheckError, UsageError

# Beside each package the version that was tested with: whole for a pinned one, else the part that must be the same.
WANTED = {
    "mediapipe": "0.10.31",
    "opencv-python": "5",
    "numpy": "2",
    "pydantic": "2",
    "av": "",
    "typer": "",
    "rich": "",
    "platformdirs": "",
    "miniaudio": "1",
    "pyttsx3": "2",
    "cv2-enumerate-cameras": "1",
    "jinja2": "3",
    "drawsvg": "2",
}
# The wheels that overwrite opencv-python's files.
RIVALS = ("opencv-contrib-python", "opencv-python-headless", "opencv-contrib-python-headless")
OLDEST_PYTHON = (3, 11)  # as `requires-python` in pyproject.toml
# The wheels of mediapipe 0.10.31 are named for any Python 3 (py3-none) on three platforms, but say cp39 inside.
WHEEL_PLATFORMS = {("Linux", "x86_64"), ("Windows", "AMD64"), ("Darwin", "arm64")}
MISNAMED_WHEEL = "0.10.31"
TEST_FRAMES = 5  # a guess: enough for an encoder to be seen to work


@dataclass(frozen=True, slots=True)
class Finding:
    """One point that was looked at: what was found, and what to do when it is not fine."""

    name: str
    fine: bool
    found: str
    advice: str = ""
    needed: bool = True  # False: only the live window wants it


def examine() -> tuple[Finding, ...]:
    """Look at everything that posecheck needs; what cannot be looked at is a finding, too."""
    looks: dict[str, Callable[[], list[Finding]]] = {
        "python": _system,
        "packages": _packages,
        "mediapipe wheel": _wheel,
        "opencv loads": _opencv,
        "pose model": _model,
        "H.264 video": _codecs,
        "window": _window,
        "camera": _camera,
        "sound": _sound,
        "voice": _voice,
        "history": _history,
    }
    findings: list[Finding] = []
    for name, look in looks.items():
        try:
            findings += look()
        except PosecheckError as error:
            known = any(f.advice == str(error) for f in findings)
            findings.append(Finding(name, False, "does not work", "as above" if known else str(error)))
    return tuple(findings)


def _system() -> list[Finding]:
    oldest = ".".join(map(str, OLDEST_PYTHON))
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return [
        Finding("posecheck", True, __version__),
        Finding("python", sys.version_info >= OLDEST_PYTHON, found, f"install Python {oldest} or newer"),
    ]


def _packages() -> list[Finding]:
    findings = []
    for name, wanted in WANTED.items():
        version = _version_of(name)
        fine = version is not None and f"{version}.".startswith(f"{wanted}." if wanted else "")
        advice = f"pip install '{name}{f'=={wanted}.*' if wanted else ''}'"
        findings.append(Finding(name, fine, version or "not installed", advice))
    rivals = [name for name in RIVALS if _version_of(name)]
    if rivals:
        advice = f"pip uninstall {' '.join(rivals)}; then pip install --force-reinstall opencv-python"
        findings.append(Finding("opencv wheels", False, f"{rivals[0]} beside opencv-python", advice))
    return findings


def _wheel() -> list[Finding]:
    """What is known of mediapipe's wheel here: `pip check` takes it for one of another platform, and is wrong."""
    name, where = "mediapipe wheel", (platform.system(), platform.machine())
    tags = _wheel_tags("mediapipe")
    if tags is None:
        fits = where in WHEEL_PLATFORMS
        found = f"{MISNAMED_WHEEL} {'exists' if fits else 'does not exist'} for {where[0]} {where[1]}, any Python 3"
        return [Finding(name, fits, found, _NO_WHEEL, needed=False)]
    if _version_of("mediapipe") != MISNAMED_WHEEL:
        return []  # the version has a point of its own
    said = ", ".join(tags)
    note = " (`pip check` calls it not supported; it is for any Python 3)" if "cp39" in said else ""
    return [Finding(name, True, f"{said}{note}")]


_NO_WHEEL = "pictures need a computer that has one; poses, tapes and tests are judged without mediapipe"


def _wheel_tags(name: str) -> list[str] | None:
    """What a wheel says inside that it is for; None when it is not installed."""
    try:
        text = importlib.metadata.distribution(name).read_text("WHEEL") or ""
    except importlib.metadata.PackageNotFoundError:
        return None
    return [line.removeprefix("Tag:").strip() for line in text.splitlines() if line.startswith("Tag:")]


def _version_of(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _opencv() -> list[Finding]:
    from posecheck.libraries import load_cv2

    return [Finding("opencv loads", True, load_cv2().__version__)]


def _model() -> list[Finding]:
    from posecheck.detect.mediapipe_detector import Detector
    from posecheck.detect.models import load_model

    model = load_model()
    with Detector(model, mode="image"):
        return [Finding("pose model", True, f"{model.name}, {model.size / 1e6:.1f} MB, sha256 {model.sha256[:12]}…")]


def _codecs() -> list[Finding]:
    import numpy as np

    from posecheck.capture.video_file import open_video
    from posecheck.draw.video_writer import VideoWriter

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.mp4"
        with VideoWriter(path) as writer:
            for i in range(TEST_FRAMES):
                writer.write(np.full((64, 64, 3), 40 * i, np.uint8), i / 10)
        with open_video(path) as source:
            frames = sum(1 for _ in source)
    found = f"{frames} of {TEST_FRAMES} frames written and read back"
    return [Finding("H.264 video", frames == TEST_FRAMES, found, "pip install --force-reinstall av opencv-python")]


def _window() -> list[Finding]:
    from posecheck.live.ui.window import checked_screen

    try:
        with checked_screen():
            found = f"display {os.environ['DISPLAY']}" if os.environ.get("DISPLAY") else "available"
    except UsageError as error:
        return [Finding("window", False, "no screen", str(error), needed=False)]
    except PosecheckError as error:
        return [Finding("window", False, "does not work", str(error), needed=False)]
    return [Finding("window", True, found, needed=False)]


def _camera() -> list[Finding]:
    from posecheck.capture.devices import list_cameras

    cameras = list_cameras()
    advice = "only live use needs one: plug it in, or use a phone (posecheck live --camera URL)"
    working = [camera for camera in cameras if not camera.note]
    if cameras and not working:
        return [Finding("camera", False, f"camera {cameras[0].index}: {cameras[0].note}", advice, needed=False)]
    names = ", ".join(f"{camera.index} {camera.name or ''}".strip() for camera in working)
    return [Finding("camera", bool(working), names or "no camera", advice, needed=False)]


def _history() -> list[Finding]:
    from posecheck.history.opening import history_path
    from posecheck.history.store import open_history

    path = history_path().absolute()
    try:
        with open_history(path) as history:
            count = history.count()
    except PosecheckError as error:
        return [Finding("history", False, f"not usable: {path}", str(error), needed=False)]
    found = f"{count:,} set{'' if count == 1 else 's'} in" if path.exists() else "nothing kept yet; it will be"
    return [Finding("history", True, f"{found} {path}", needed=False)]


def _sound() -> list[Finding]:
    from posecheck.live.audio.sound import open_sound

    with open_sound(mute=True) as sound:
        fine = sound.note is None
    advice = "only live use needs it; everything is shown in the window all the same"
    return [Finding("sound", fine, "available" if fine else "no sound device", advice, needed=False)]


def _voice() -> list[Finding]:
    from posecheck.live.audio.voice import Engine

    with Engine() as engine:
        fine = engine.start()
        return [Finding("voice", fine, "available" if fine else "no speech engine", engine.note or "", needed=False)]


def findings_view(findings: Sequence[Finding]) -> Text:
    """What the doctor found, a point a line, with advice below what is not fine."""
    width = max(len(f.name) for f in findings)
    text = Text()
    for f in findings:
        mark, style = ("ok", "cyan") if f.fine else ("BAD", "bold yellow") if f.needed else ("none", "yellow")
        text.append(f"{mark:<5}", style=style)
        text.append(f"{f.name:<{width}}  {f.found}\n")
        if not f.fine:
            text.append(f"{'':<{width + 7}}→ {f.advice}\n")
    text.rstrip()
    return text
