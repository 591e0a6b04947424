"""`posecheck doctor`: what this machine has, each point fine or with what to do about it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from posecheck import __version__
from posecheck.errors import PosecheckError

WANTED = {"mediapipe": "0.10.31", "opencv-python": "5", "numpy": "2", "av": "", "pydantic": "2", "typer": "", "rich": ""}


@dataclass(frozen=True, slots=True)
class Finding:
    """One point that was looked at: what was found, and what to do when it is not fine."""

    name: str
    fine: bool
    found: str
    advice: str = ""
    needed: bool = True  # False: only the live window wants it


def examine() -> tuple[Finding, ...]:
    """Look at everything that posecheck needs; raises nothing."""
    looks: tuple[Callable[[], list[Finding]], ...] = (_system, _packages, _libraries, _model, _codecs, _window, _sound)
    findings: list[Finding] = []
    for look in looks:
        try:
            findings += look()
        except PosecheckError as error:
            findings.append(Finding(look.__name__.strip("_"), False, "does not work", str(error)))
    return tuple(findings)


def _system() -> list[Finding]:
    python = platform.python_version()
    return [
        Finding("posecheck", True, __version__),
        Finding("python", sys.version_info >= (3, 11), f"{python} on {platform.system()} {platform.machine()}", "Install Python 3.11 or newer."),
    ]


def _packages() -> list[Finding]:
    findings = []
    for name, wanted in WANTED.items():
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            findings.append(Finding(name, False, "not installed", f"pip install {name}{'==' + wanted if '.' in wanted else ''}"))
            continue
        fine = version == wanted if wanted.count(".") == 2 else version.split(".")[0] == wanted or not wanted
        findings.append(Finding(name, fine, version, f"pip install '{name}=={wanted}{'' if wanted.count('.') == 2 else '.*'}'"))
    others = [n for n in ("opencv-contrib-python", "opencv-python-headless", "opencv-contrib-python-headless") if _installed(n)]
    if others:
        findings.append(Finding("opencv wheels", False, f"{others[0]} beside opencv-python", f"pip uninstall {' '.join(others)}; then pip install --force-reinstall opencv-python"))
    return findings


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _libraries() -> list[Finding]:
    from posecheck._cv2 import load_cv2

    return [Finding("opencv loads", True, load_cv2().__version__)]


def _model() -> list[Finding]:
    from posecheck.detect import Detector
    from posecheck.models import load_model

    model = load_model()
    with Detector(model, mode="image"):
        return [Finding("pose model", True, f"{model.name}, {model.size / 1e6:.1f} MB, sha256 {model.sha256[:12]}…")]


def _codecs() -> list[Finding]:
    import numpy as np

    from posecheck.capture import open_video
    from posecheck.video import VideoWriter

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.mp4"
        with VideoWriter(path) as writer:
            for i in range(5):
                writer.write(np.full((64, 64, 3), 40 * i, np.uint8), i / 10)
        with open_video(path) as source:
            frames = sum(1 for _ in source)
    return [Finding("H.264 video", frames == 5, f"{frames} of 5 frames written and read back", "pip install --force-reinstall av opencv-python")]


def _window() -> list[Finding]:
    if sys.platform in ("win32", "darwin"):
        return [Finding("window", True, "available", needed=False)]
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    advice = "Only live use needs one: start from a desktop session. Recordings work without."
    return [Finding("window", bool(display), f"display {display}" if display else "no display", advice, needed=False)]


def _sound() -> list[Finding]:
    fine = sys.platform in ("win32", "darwin") or Path("/proc/asound/cards").exists() or Path("/run/user").is_dir() and any(Path("/run/user").glob("*/pulse"))
    return [Finding("sound", bool(fine), "available" if fine else "no sound device", "Only live use needs it; cues are shown all the same.", needed=False)]
