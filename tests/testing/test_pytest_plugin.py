"""The pytest plugin, as somebody else's project sees it: pytest is run in a project of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from posecheck.errors import FormatError
from posecheck.expectation import expectation_text
from posecheck.records import Pose
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import judged, knee_drops_set
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    *("numpy", "pydantic", "typer", "rich", "cv2", "mediapipe", "av"),
    *("posecheck.records", "posecheck.exercises", "posecheck.synthetic", "posecheck.testing.assertions"),
)


def run_pytest(folder: Path, *args: str) -> tuple[int, str]:
    """Exit code and output of pytest in a project with this plugin alone."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    command = (sys.executable, "-m", "pytest", "-p", "posecheck.testing.plugin", "-p", "no:cacheprovider", "--color=no")
    done = subprocess.run(
        [*command, "--strict-markers", "-W", "error", *args],
        cwd=folder,
        env={**clean, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def poses() -> list[Pose]:
    """One knee drop inwards."""
    return knee_drops_set(("in",))


@pytest.fixture
def project(tmp_path: Path, poses: list[Pose]) -> Path:
    """Somebody's project: a tape of a knee drop, and no test yet."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nposecheck_tapes = recordings\n", encoding="utf-8")
    (tmp_path / "recordings").mkdir()
    for name in ("one", "two"):
        with TapeWriter(tmp_path / f"recordings/{name}.jsonl", TapeHeader("0", "made", "0", name, (640, 480))) as tape:
            for pose in poses:
                tape.write(pose)
    return tmp_path


def write_test(project: Path, code: str) -> None:
    (project / "test_it.py").write_text("import pytest\n" + code, encoding="utf-8")


def expect(project: Path, poses: list[Pose], change: tuple[str, str] = ("", "")) -> Path:
    """An expectation file of the first tape, with a change in it."""
    path = project / "recordings" / "one.posecheck.toml"
    text = expectation_text(path, project / "recordings/one.jsonl", "knee_drops", judged(poses, "knee_drops"))
    assert change[0] in text
    path.write_text(text.replace(*change) if change[0] else text, encoding="utf-8")
    return path


# ---- it costs nothing


def test_whoever_does_not_use_it_loads_nothing(tmp_path: Path) -> None:
    """A suite without poses runs without the libraries of posecheck; its help has the ini setting."""
    (tmp_path / "conftest.py").write_text(
        f"import sys\ndef pytest_unconfigure():\n    print('loaded', [n for n in {HEAVY} if n in sys.modules])\n",
        encoding="utf-8",
    )
    write_test(tmp_path, "def test_nothing(): pass\n")
    code, told = run_pytest(tmp_path)
    assert code == 0, told
    assert "loaded []" in told
    code, told = run_pytest(tmp_path, "--help")
    assert code == 0, told
    assert "posecheck_tapes" in told
    assert "loaded []" in told


def test_pytest_finds_it() -> None:
    """The package names the plugin as an entry point of pytest, and the module named is there."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        points = tomllib.load(file)["project"]["entry-points"]["pytest11"]
    assert points == {"posecheck": "posecheck.testing.plugin"}
    assert import_module(points["posecheck"]).EXPECTATIONS == ".posecheck.toml"


# ---- fixtures


def test_the_fixtures_make_sessions_poses_and_tapes(project: Path) -> None:
    """The example of the plugin's docstring works: a tape by its marker, a session, and a pose made to order."""
    write_test(
        project,
        """
from posecheck.testing import Body, assert_angle, assert_counts

@pytest.mark.posecheck(tape="one.jsonl")
def test_counts(posecheck_tape, posecheck_session):
    session = posecheck_session("knee_drops")
    for pose in posecheck_tape:
        session.feed(pose)
    assert_counts(session.summary(), **{"in": 1})

def test_knee(posecheck_pose):
    knee = posecheck_pose("half_kneeling", rear="left", front_knee_flexion=100)
    assert_angle(knee, "front_knee_flexion", 100, within=5)
    assert posecheck_pose(Body(trunk_lean=20), 2.5).t == 2.5
    with pytest.raises(ValueError, match="no posture 'handstand'; known: standing"):
        posecheck_pose("handstand")
    with pytest.raises(TypeError, match="angles go with the name of a posture"):
        posecheck_pose(Body(), trunk_lean=3)

def test_own(posecheck_session, tmp_path):
    assert posecheck_session("own.toml").exercise.name == "own"
""",
    )
    own = (ROOT / "posecheck/exercises/knee_drops.toml").read_text(encoding="utf-8")
    (project / "own.toml").write_text(own.replace('name = "knee_drops"', 'name = "own"'), encoding="utf-8")
    code, told = run_pytest(project, "-v")
    assert code == 0, told
    assert "test_counts[one.jsonl] PASSED" in told
    code, told = run_pytest(project, "-m", "posecheck")
    assert "1 passed, 2 deselected" in told


def test_a_pattern_is_a_test_for_each_tape(project: Path) -> None:
    """A pattern, and a list of names, run the test once for each tape."""
    write_test(
        project,
        """
@pytest.mark.posecheck(tape="*.jsonl")
def test_pattern(posecheck_tape):
    assert len(posecheck_tape) > 10

@pytest.mark.posecheck(tape=["one.jsonl", "two.jsonl"])
class TestList:
    def test_list(self, posecheck_tape):
        assert posecheck_tape[0].present
""",
    )
    code, told = run_pytest(project, "-v")
    assert code == 0, told
    assert re.findall(r"(\w+)\[(\w+)\.jsonl\] PASSED", told) == [
        ("test_pattern", "one"),
        ("test_pattern", "two"),
        ("test_list", "one"),
        ("test_list", "two"),
    ]


def test_a_tape_that_is_not_there_fails_in_words(project: Path) -> None:
    """A missing tape, a damaged one, and a missing marker fail with what to do, without a traceback."""
    (project / "recordings/bad.jsonl").write_text("{}\n", encoding="utf-8")
    write_test(
        project,
        """
@pytest.mark.posecheck(tape="three.jsonl")
def test_missing(posecheck_tape): pass

@pytest.mark.posecheck(tape="bad.jsonl")
def test_damaged(posecheck_tape): pass

def test_unmarked(posecheck_tape): pass
""",
    )
    code, told = run_pytest(project)
    assert code == 1, told
    assert "3 errors" in told
    assert "no tape three.jsonl in " in told
    assert "bad.jsonl is not a tape: give one made with" in told
    assert 'the fixture `posecheck_tape` needs @pytest.mark.posecheck(tape="NAME")' in told
    assert "Traceback" not in told


def test_a_fixture_of_ones_own_wins(project: Path) -> None:
    """The plugin takes no common name: a project's own `pose` and `tape` are its own, also beside the marker."""
    write_test(
        project,
        """
@pytest.fixture
def tape(): return "mine"

@pytest.fixture
def pose(): return "mine, too"

@pytest.mark.posecheck(tape="one.jsonl")
def test_mine(tape, pose): assert (tape, pose) == ("mine", "mine, too")
""",
    )
    code, told = run_pytest(project)
    assert code == 0, told


# ---- expectation files


def test_a_folder_of_recordings_is_a_test_suite(project: Path, poses: list[Pose]) -> None:
    """A recording with its expectation file is a test without a line of Python, chosen by the marker."""
    expect(project, poses)
    code, told = run_pytest(project, "-v")
    assert code == 0, told
    assert "recordings/one.posecheck.toml::knee_drops PASSED" in told
    code, told = run_pytest(project, "-m", "posecheck and not posecheck_video")
    assert "1 passed" in told


def test_another_verdict_fails_with_what_differs(project: Path, poses: list[Pose]) -> None:
    """What is not as expected is a failure that names key, found and expected, and no traceback."""
    expect(project, poses, ("in = 1", "in = 2"))
    code, told = run_pytest(project)
    assert code == 1, told
    assert "FAILED recordings/one.posecheck.toml::knee_drops - counts.in: 1, expected 2" in told
    assert "logged: 1 in " in told
    assert "Traceback" not in told


def test_a_missing_recording_fails(project: Path, poses: list[Pose]) -> None:
    """A recording that is not there is a failure, not a skip; a missing video has the marker of videos."""
    path = expect(project, poses, ("one.jsonl", "gone.mp4"))
    code, told = run_pytest(project)
    assert code == 1, told
    assert f"{path}: recording: there is no file" in told
    code, told = run_pytest(project, "-m", "not posecheck_video")
    assert "1 deselected" in told


def test_a_file_that_is_not_valid_is_an_error(project: Path, poses: list[Pose]) -> None:
    """A mistake in an expectation file is told with file and key when tests are collected."""
    path = expect(project, poses, ("held_s = 1.0", "hold = 1.0"))
    code, told = run_pytest(project)
    assert code == 2, told
    assert f"{path} is not a valid expectation file: tolerance.hold: no such key; allowed: counts, held_s" in told
    assert FormatError.__name__ not in told
