"""The wheel has all that is needed in it, and works outside of the clone; the sdist passes its own tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from posecheck import __version__
from posecheck.detect.models import DEFAULT_MODEL
from posecheck.exercises import exercise_names, more_exercise_names

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider")
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
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked sdist, built from the clone with the build tools that are installed."""
    folder = tmp_path_factory.mktemp("sdist")
    _run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        archive.extractall(folder, filter="data")
    return folder / built.name.removesuffix(".tar.gz")


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


@pytest.mark.system
def test_the_wheel_has_everything(wheel: Path) -> None:
    """Model, samples, exercises, types and licence are in the wheel, each once; tests are not."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert set(WANTED) <= set(names), set(WANTED) - set(names)
    assert len(names) == len(set(names))
    assert {name.split("/")[0] for name in names} == {"posecheck", f"posecheck-{__version__}.dist-info"}


@pytest.mark.system
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


@pytest.mark.system
def test_the_sdist_has_all_that_its_tests_import(source: Path) -> None:
    """From the unpacked sdist as many tests are found as from the clone."""
    found = [_run(*PYTEST, "--collect-only", cwd=folder).splitlines() for folder in (source, ROOT)]
    names = [Counter(line.partition("[")[0] for line in lines if line.startswith("tests/")) for lines in found]
    assert names[0] == names[1]
    assert names[0].total() > 1000


@pytest.mark.system
def test_tests_of_the_sdist_pass(source: Path) -> None:
    """Those tests that want files beside the package pass there: README, docs, accuracy card, tapes, exercises."""
    files = [f"tests/{name}.py" for name in ("test_readme", "test_accuracy", "judging/test_faults")]
    told = _run(*PYTEST, "-m", "not model", *files, cwd=source)
    assert " passed" in told
    where = _run(sys.executable, "-c", "import posecheck; print(posecheck.__file__)", cwd=source)
    assert source in Path(where.strip()).parents


def wanted(project: dict[str, Any], extra: str) -> set[Requirement]:
    """What the project and an extra of it require, with the extras that this one names."""
    extras = project["optional-dependencies"]
    ours = {Requirement(line) for line in (*project["dependencies"], *extras[extra])}
    for requirement in [r for r in ours if r.name == project["name"]]:
        ours.remove(requirement)
        for further in requirement.extras:
            ours |= {Requirement(line) for line in extras[further]}
    return ours


def test_the_lock_file_fits() -> None:
    """Each package that development needs is locked in a version that is allowed, with hashes, from no address."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.findall(r"^([\w.-]+)==([^ ;\\]+)[^\n]*\\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+)", text, re.M)
    locked: dict[str, list[str]] = {}
    for name, version, _ in entries:
        locked.setdefault(name, []).append(version)
    assert len(entries) == len(re.findall(r"^[^ #\n]", text, re.M)), "every line that is no comment is such an entry"
    assert "://" not in text
    with (ROOT / "pyproject.toml").open("rb") as file:
        needed = wanted(tomllib.load(file)["project"], "dev")
    wrong = [
        str(requirement)
        for requirement in needed
        if not all(map(requirement.specifier.contains, locked.get(requirement.name.lower(), ["none"])))
    ]
    assert wrong == [], "make it again: CONTRIBUTING.md says how"


def test_version_and_date_are_the_same_everywhere() -> None:
    """The version that is cited is that of the code, and the changelog has it with the same date."""
    cited = dict(re.findall(r'^(version|date-released): "?([\d.-]+)', (ROOT / "CITATION.cff").read_text("utf-8"), re.M))
    assert cited["version"] == __version__
    released = re.findall(r"^## \[([\d.]+)\] - (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert released[0] == (cited["version"], cited["date-released"])
