"""The wheel: it has all that is needed in it, and works outside of the clone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from posecheck import __version__
from posecheck.detect.models import DEFAULT_MODEL
from posecheck.exercises import exercise_names, more_exercise_names

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parent.parent
WANTED = (
    f"posecheck/data/models/pose_landmarker_{DEFAULT_MODEL}.task",
    *(f"posecheck/data/samples/{name}.{end}" for name in exercise_names() for end in ("mp4", "truth.json")),
    *(f"posecheck/exercises/{name}.toml" for name in exercise_names()),
    *(
        f"posecheck/report/pages/templates/{name}"
        for name in ("base.html", "report.html", "progress.html", "style.css")
    ),
    *(f"posecheck/exercises/more/{name}.toml" for name in more_exercise_names()),
    "posecheck/py.typed",
    f"posecheck-{__version__}.dist-info/licenses/LICENSE",
)


def _run(*args: object, cwd: Path) -> str:
    """Run a program away from the clone; its standard output."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PIP"))}
    done = subprocess.run(
        [str(arg) for arg in args], cwd=cwd, env=clean, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the clone with the build tools that are installed."""
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    _run(*build, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path) -> Path:
    """The programs of a new environment with the wheel in it, which borrows the libraries of this one."""
    folder = wheel.parent / "environment"
    venv.create(folder, with_pip=False)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    install = ("install", "--no-deps", "--no-index", "--disable-pip-version-check", wheel)
    _run(sys.executable, "-m", "pip", "--python", programs / "python", *install, cwd=folder)
    (site,) = {path.parent for path in folder.rglob("posecheck/__init__.py")}
    (site.parent / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return programs


def test_the_wheel_has_everything(wheel: Path) -> None:
    """Model, samples, exercises, types and licence are in the wheel, each once; tests are not."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert set(WANTED) <= set(names), set(WANTED) - set(names)
    assert len(names) == len(set(names))
    assert {name.split("/")[0] for name in names} == {"posecheck", f"posecheck-{__version__}.dist-info"}


@pytest.mark.model
def test_the_wheel_works_outside_of_the_clone(programs: Path, tmp_path: Path) -> None:
    """Installed elsewhere, and run from another folder, posecheck judges its embedded sample."""
    sample = "import posecheck.records.folders as f; print(f.data_dir('samples') / 'knee_drops.mp4')"
    video = Path(_run(programs / "python", "-c", sample, cwd=tmp_path).strip())
    assert programs.parent in video.parents
    _run(programs / "posecheck", "replay", video, "--to", "4", "-e", "knee_drops", "--json", "r.json", cwd=tmp_path)
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["frames"] == report["frames_with_pose"] == 60
    assert report["exercise"] == "knee_drops"
