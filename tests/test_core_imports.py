"""The core needs neither OpenCV nor MediaPipe nor PyAV."""

from __future__ import annotations

import ast
import re
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


@pytest.mark.parametrize("missing", PICTURES)
def test_a_tape_is_judged_and_a_film_is_refused_in_plain_words(missing: str, tmp_path: Path) -> None:
    """Where one of the three is missing, a tape is judged, explained and exported, and a film says what to install."""
    code = f"""
import contextlib, importlib
for name in {PICTURES}:
    del sys.modules[name]
sys.modules[{missing!r}] = None
from posecheck.cli.app import main
for args in (
    ["judge", "tests/data/filmed/squat.jsonl.gz", "-e", "squat"],
    ["why", "tests/data/filmed/squat.jsonl.gz", "-e", "squat"],
    ["export", "tests/data/filmed/squat.jsonl.gz", "-o", {str(tmp_path / "a.csv")!r}],
    ["replay", "samples/knee_drops.mp4", "-e", "knee_drops", "--to", "0.2"],
    ["batch", "samples", "-e", "knee_drops", "--out", {str(tmp_path / "out")!r}],
):
    sys.argv = ["posecheck", *args]
    try:
        with contextlib.redirect_stderr(sys.stdout):
            main()
        sys.stdout.write("code 0\\n")
    except SystemExit as end:
        sys.stdout.write(f"code {{end.code or 0}}\\n")
"""
    told = run(code)
    assert re.findall(r"^code (\d+)$", told, re.M) == ["0", "0", "0", "7", "7"]
    assert "squats 2 of 10" in " ".join(told.split())
    package = {"cv2": "opencv-python", "mediapipe": "mediapipe", "av": "av"}[missing]
    refused = re.findall(r"error: (pictures need .*)", told)
    assert len(refused) == 2
    for words in refused:
        assert f"{package}, which is not installed: pip install '{package}" in words
        assert "Poses, tapes and tests are judged without it." in words


def test_another_version_is_named() -> None:
    """An OpenCV that cannot draw text, a MediaPipe with other classes, a PyAV that opens otherwise: all are told."""
    code = """
import types
from posecheck.detect.models import load_model
from posecheck.errors import DependencyError
from posecheck.libraries import load_cv2
def told(make):
    try:
        make()
    except DependencyError as error:
        sys.stdout.write(f"{error}\\n")
sys.modules["cv2"] = types.ModuleType("cv2")
told(load_cv2)
sys.modules["cv2"].FontFace = object
for name in ("mediapipe", "mediapipe.tasks", "mediapipe.tasks.python"):
    sys.modules[name] = types.ModuleType(name)
vision = types.SimpleNamespace(PoseLandmarkerOptions=dict)
sys.modules["mediapipe.tasks.python"].BaseOptions = dict
sys.modules["mediapipe.tasks.python"].vision = vision
from posecheck.detect.mediapipe_detector import Detector
told(lambda: Detector(load_model()))
sys.modules["av"] = types.ModuleType("av")
sys.modules["av"].open = lambda file, *, options: None
sys.modules["av"].FFmpegError = ValueError
from posecheck.capture.video_file import open_video
told(lambda: open_video("samples/knee_drops.mp4"))
"""
    opencv, mediapipe, av = run(code).splitlines()
    assert re.match(r"av [\d.]+ cannot be used: pip install 'av[<>=,\d]+' for pictures", av)
    assert re.match(r"opencv-python [\d.]+ cannot be used: pip install 'opencv-python[<>=].*' for pictures", opencv)
    assert re.match(r"mediapipe [\d.]+ cannot be used: pip install 'mediapipe==0.10.31' for pictures", mediapipe)
