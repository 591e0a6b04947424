"""The core needs neither OpenCV nor MediaPipe nor PyAV."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE_S

ROOT = Path(__file__).parents[1]
PICTURES = ("cv2", "mediapipe", "av")
BLOCK = f"""
import sys
for name in {PICTURES}:
    sys.modules[name] = None  # an import of it fails
"""
# these never need pictures; a name of a folder stands for all that is in it
CORE = ("records", "correct", "measure", "exercises", "judging", "sources", "tape")
# these do without pictures until one is asked for
QUIET = (
    "errors", "expectation", "history", "synthetic", "testing", "live/guide", "live/history_writer", "capture/health",
    "report/json_csv", "report/history_view",
)  # fmt: skip


def files(*places: str) -> list[Path]:
    """The files of modules and folders of posecheck."""
    found = [
        sorted((ROOT / "posecheck" / place).rglob("*.py")) or [ROOT / "posecheck" / f"{place}.py"] for place in places
    ]
    return [file for part in found for file in part]


def module(file: Path) -> str:
    """The name by which a file is imported."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def run(code: str) -> str:
    """Output of a program that cannot import cv2, mediapipe or av; fails with its error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", BLOCK + code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_block_works() -> None:
    """The blocked libraries really cannot be imported in there."""
    with pytest.raises(AssertionError, match="cv2"):
        run("import cv2")


def test_the_core_never_asks_for_them() -> None:
    """No module of the core imports one of them, at its top or in a function."""
    core = files(*CORE)
    assert len(core) > 30
    asked = [
        (module(file), name)
        for file in core
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in imported(node)
        if name.split(".")[0] in PICTURES or name == "posecheck.libraries"
    ]
    assert asked == []


def imported(node: ast.AST) -> list[str]:
    """The modules that a statement imports."""
    if isinstance(node, ast.ImportFrom):
        return [node.module or "", *(f"{node.module}.{name.name}" for name in node.names)]
    return [name.name for name in node.names] if isinstance(node, ast.Import) else []


def test_every_core_module_imports_without_them() -> None:
    """posecheck itself and every module of these folders import with the libraries blocked, and print nothing."""
    plugin = "posecheck.testing.plugin"  # needs pytest, which is not always there
    names = [name for file in files(*CORE, *QUIET) if (name := module(file)) != plugin]
    assert run(f"import posecheck, {', '.join(names)}") == ""


def test_a_set_is_judged_without_them() -> None:
    """A made set is judged and reported with the libraries blocked."""
    code = """
from posecheck.report.json_csv import summary_dict
from posecheck.testing import judged, knee_drops_set
report = summary_dict(judged(knee_drops_set(), "knee_drops"))
sys.stdout.write(f"{report['counts']} {report['complete']}")
"""
    assert run(code) == "{'in': 5, 'out': 5} True"
