"""The commands report and progress, and replay --report, as a user calls them."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from posecheck import __version__
from posecheck.detect import person_tracker
from posecheck.measure.uncertainty import FRONT_NEARER, KNEELING_NEARER, errors_of
from posecheck.records import Pose
from posecheck.records.folders import data_dir
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import ScriptedDetector, knee_drops_set
from tests.cli.command import Command, Result
from tests.cli.test_cli import film

_ARMS_DEG = [errors_of("ninety_ninety", near)["arm_elevation"] for near in (FRONT_NEARER, KNEELING_NEARER)]
ARMS = "(?:" + "|".join(f"{error:.0f}" for error in _ARMS_DEG) + ")"  # their ±, by which leg is nearer

FPS = 15.0


@pytest.fixture(scope="module")
def drops() -> list[Pose]:
    """Two knee drops; the one outwards is too small to count."""
    poses = knee_drops_set(("in",), fps=FPS)
    more = knee_drops_set(("out",), drop_deg=5, fps=FPS)
    shift = poses[-1].t + 1 / FPS
    return [*poses, *(Pose(p.t + shift, p.size, p.points_px, p.points_m, p.visibility) for p in more)]


@pytest.fixture
def video(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, drops: Sequence[Pose]) -> Path:
    """A film in which the detector sees these drops."""
    monkeypatch.setattr(person_tracker, "PersonTracker", lambda _model: ScriptedDetector(drops))
    monkeypatch.setattr(
        "posecheck.detect.mediapipe_detector.Detector", lambda _model, **_: ScriptedDetector(())
    )  # nobody else
    return film(tmp_path / "me.mp4", len(drops), noise=True)


@pytest.fixture
def tape(tmp_path: Path, drops: Sequence[Pose]) -> Path:
    """A tape of these drops."""
    path = tmp_path / "me.jsonl.gz"
    with TapeWriter(path, TapeHeader(__version__, "full", "0" * 64, "made.mp4", (640, 480))) as writer:
        for pose in drops:
            writer.write(pose)
    return path


def pictures(page: str) -> list[bytes]:
    """The embedded pictures of a page."""
    return [base64.b64decode(data) for data in re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)]


def test_a_report_of_a_tape(command: Command, tape: Path) -> None:
    """A tape makes a page named after it, with a drawn figure, without pictures; the command says where it is."""
    result = command("report", tape, "-e", "knee_drops")
    page = Path("me.report.html").read_text("utf-8")
    assert result == Result(0, "me.report.html is written: open it in a browser.\n", result.err)
    assert "your knees dropped 5° ± 12 outwards" in page
    assert "7.5° or more outwards is needed" in page
    assert 'class="body"' in page
    assert not pictures(page)


def test_a_report_of_a_video_has_pictures(command: Command, video: Path) -> None:
    """From a video what did not count is pictured, blurred unless asked otherwise, and without pictures when asked."""
    assert command("report", video, "-e", "knee_drops", "-o", "a.html", "-q").code == 0
    assert command("report", video, "-e", "knee_drops", "-o", "b.html", "-q", "--no-blur").code == 0
    assert command("report", video, "-e", "knee_drops", "-o", "c.html", "-q", "--no-pictures").code == 0
    blurred, plain, none = (Path(f"{name}.html").read_text("utf-8") for name in "abc")
    assert len(pictures(blurred)) == len(pictures(plain)) == 1
    assert pictures(blurred) != pictures(plain)
    assert "The faces that were found are blurred" in blurred
    assert "Faces are blurred." not in plain
    assert not pictures(none)


def test_replay_writes_the_same_report(command: Command, video: Path) -> None:
    """`replay --report` prints its table and writes the page that `report` writes."""
    assert command("report", video, "-e", "knee_drops", "-o", "a.html", "-q").code == 0
    result = command("replay", video, "-e", "knee_drops", "--report", "b.html", "-q")
    assert result.code == 0
    assert Path("a.html").read_bytes() == Path("b.html").read_bytes()


def test_a_report_from_the_history(command: Command, tape: Path) -> None:
    """What was saved is reported without a name as the last set, by its number too, with the time of the set."""
    assert command("judge", tape, "-e", "knee_drops", "--save", "-q").code == 0
    assert command("report").code == 0
    assert command("report", "1", "-o", "one.html").code == 0
    page = Path("posecheck-set-1.html").read_text("utf-8")
    assert page == Path("one.html").read_text("utf-8")
    assert re.search(r"(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d+ [A-Z][a-z]+ \d{4}, \d\d:\d\d \(UTC", page)


def test_a_tape_of_a_routine_makes_a_page_a_set(command: Command, tmp_path: Path) -> None:
    """The tape of a live routine is reported as it was judged live: a page for each set that was begun."""
    path = tmp_path / "live.jsonl"
    header = TapeHeader(__version__, "full", "0" * 64, "camera", (640, 480), routine="knee_drops")
    with TapeWriter(path, header) as writer:
        for pose in knee_drops_set(("in", "out"), fps=FPS):
            writer.write(replace(pose, t=pose.t + 500.0))
    result = command("report", path, "-q")
    page = Path("live.report.html").read_text("utf-8")
    assert "live.report.html is written" in result.out
    assert "2 of 10 repetitions counted" in page
    assert "8:2" not in page  # the clock of the camera is not that of the set


def test_progress_of_the_history(command: Command, tape: Path) -> None:
    """The progress page shows what was saved, and an empty history makes a page that says what fills it."""
    assert command("progress").code == 0
    assert "posecheck live" in Path("posecheck-progress.html").read_text("utf-8")
    assert command("judge", tape, "-e", "knee_drops", "--save", "-q").code == 0
    assert command("progress", "-o", "p.html").out == "p.html is written: open it in a browser.\n"
    assert "1 set so far" in Path("p.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("report",), 3, "nothing is kept yet"),
        (("report", "7"), 3, "there is no set 7"),
        (("report", "7", "--pictures"), 2, "no pictures are kept"),
        (("report", "nowhere.mp4"), 3, "nowhere.mp4"),
        (("report", "TAPE", "--pictures"), 2, "give the video"),
        (("report", "TAPE", "-o", "nowhere/x.html"), 6, "there is no folder nowhere"),
        (("report", "TAPE", "-o", "TAPE"), 2, "is an input"),
        (("progress", "-o", "nowhere/x.html"), 6, "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_done_is_said(
    command: Command, tape: Path, args: tuple[str, ...], code: int, words: str
) -> None:
    """Each mistake ends with its exit code and one line that says what to do, and leaves no file."""
    result = command(*(str(tape) if one == "TAPE" else one for one in args))
    assert (result.code, result.err.count("\n")) == (code, 1), result
    assert words in result.err
    assert list(Path().iterdir()) == []


@pytest.mark.model
def test_the_faulty_sample_is_explained(command: Command) -> None:
    """One command on the embedded faulty recording names the arms, their angle, limit and time, with a picture."""
    sample = data_dir("samples") / "ninety_ninety_faulty.mp4"
    result = command("report", sample, "--to", "18", "-q")
    assert result.code == 0, result
    page = Path("ninety_ninety_faulty.report.html").read_text("utf-8")
    assert re.search(
        rf"From 0:0[67] to 0:1[56] your arms were raised (9\d|10\d)° ± {ARMS}; 145° or more is needed", page
    )
    assert "Next time: Reach both arms up" in page
    assert len(pictures(page)) == 1
