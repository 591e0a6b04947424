"""The core needs neither OpenCV nor MediaPipe."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BLOCK = """
import sys
for name in ("cv2", "mediapipe", "av"):
    sys.modules[name] = None  # an import of it fails
"""
CORE = (
    "records errors measure posture repair smooth baselines check cues count session report recognise tape testing "
    "expect why conditions trace history.progress history.store history.keeper history.exchange "
    "live.flow live.framing live.routine live.coach live.wording live.moment live.watch"
)


def run(code: str) -> str:
    """Output of a program that cannot import cv2, mediapipe or av; fails with its error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", BLOCK + code],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_block_works() -> None:
    """The blocked libraries really cannot be imported in there."""
    with pytest.raises(AssertionError, match="cv2"):
        run("import cv2")


def test_every_core_module_imports_without_them() -> None:
    """posecheck itself and each module of the core import with the libraries blocked, and print nothing."""
    names = ", ".join(f"posecheck.{name}" for name in CORE.split())
    assert run(f"import posecheck, posecheck.exercises, {names}") == ""


def test_a_set_is_judged_without_them() -> None:
    """A made set is judged and reported with the libraries blocked."""
    code = """
from posecheck.report.json_csv import summary_dict
from posecheck.testing import judged, knee_drops_set
report = summary_dict(judged(knee_drops_set(), "knee_drops"))
sys.stdout.write(f"{report['counts']} {report['complete']}")
"""
    assert run(code) == "{'in': 5, 'out': 5} True"
