"""The live set as a whole: camera to verdict with a scripted person, and nothing judged is lost whatever fails."""

from __future__ import annotations

import functools
import json
import re
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from posecheck.capture.camera import open_camera
from posecheck.capture.video_file import open_video
from posecheck.cli import app as cli
from posecheck.errors import ModelError, PosecheckError
from posecheck.libraries import load_cv2
from posecheck.live import loop
from posecheck.live.loop import LiveVerdict
from posecheck.records import Pose
from posecheck.report.json_csv import routine_dict
from posecheck.tape import read_tape
from posecheck.testing import knee_drops_set, ninety_ninety_set, side_bend_set
from tests.capture.mjpeg import MjpegServer
from tests.live.live_set import FPS, LiveSet, Person, counts, drops, film, one_after_the_other
from tests.waiting import until

SPEED = 4.0  # how much faster than life a film runs where time matters
DAILY = [{"left": 2, "right": 2}, {"left": 2, "right": 2}, {"in": 5, "out": 5}]
pytestmark = [pytest.mark.system, pytest.mark.usefixtures("unhurried")]


@dataclass(frozen=True, slots=True)
class Whole:
    """What the whole default routine left."""

    folder: Path
    verdict: LiveVerdict
    shown: int
    detector_closed: bool
    window_closed: bool

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What was to be heard."""
        return [json.loads(line) for line in (self.folder / "sound.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def whole(unhurried: None, tmp_path_factory: pytest.TempPathFactory) -> Whole:  # noqa: ARG001  # for its effect
    """The default routine from the first second to its summary."""
    folder = tmp_path_factory.mktemp("whole")
    sets = (ninety_ninety_set(fps=FPS), side_bend_set(fps=FPS), knee_drops_set(fps=FPS))
    poses = one_after_the_other(*sets, pause_s=20.0)
    camera = film(folder / "camera.mp4", poses[-1].t + 5.0)
    live = LiveSet(Person(poses))
    verdict = live.run(
        "daily",
        camera,
        tape=folder / "t.jsonl.gz",
        record=folder / "r.mp4",
        sound_log=folder / "sound.jsonl",
    )
    (viewer,) = live.viewers
    return Whole(folder, verdict, viewer.shown, live.person.closed, viewer.released)


# ---- a whole routine


def test_the_whole_routine_runs_to_its_summary(whole: Whole) -> None:
    """From the camera to three complete verdicts with the right counts, hands-free; then all is closed."""
    assert whole.verdict.error is None
    assert not whole.verdict.interrupted
    assert counts(whole.verdict.summaries) == DAILY
    assert all(s.complete for s in whole.verdict.summaries)
    assert whole.shown > 100
    assert whole.detector_closed
    assert whole.window_closed


def test_what_is_heard_stands_on_a_timeline(whole: Whole) -> None:
    """Each hold starts, ticks and is reached in this order, each set is done once, and the routine at the end."""
    messages = whole.messages
    assert all(a["t"] <= b["t"] for a, b in pairwise(messages))
    chimes = [m["name"] for m in messages if m["kind"] == "chime"]
    held = [name for name in chimes if name in ("hold_started", "hold_reached")]
    assert held == ["hold_started", "hold_reached"] * 18
    assert chimes.count("set_done") + chimes.count("routine_done") >= 3
    starts = [m["t"] for m in messages if m["name"] == "hold_started"]
    reached = [m["t"] for m in messages if m["name"] == "hold_reached"]
    ticks = [m["t"] for m in messages if m["kind"] == "tick" and m["name"] == "held"]
    for start, end in list(zip(starts, reached, strict=True))[:8]:  # the two stretches, 20 s each
        assert end - start == pytest.approx(20.0, abs=1.0)
        assert len([t for t in ticks if start <= t <= end]) >= 18


def test_the_tape_gives_the_live_verdict(
    whole: Whole, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`posecheck judge` on the tape writes the report of the live set, to the letter, and prints its table."""
    report = whole.folder / "judged.json"
    assert command(monkeypatch, "judge", whole.folder / "t.jsonl.gz", "--json", report) == 0
    live = json.dumps(routine_dict("daily", whole.verdict.summaries), sort_keys=True)
    assert json.dumps(json.loads(report.read_text(encoding="utf-8")), sort_keys=True) == live
    assert "left 2 of 2" in capsys.readouterr().out


def test_the_recording_can_be_played(whole: Whole) -> None:
    """The film that was kept meanwhile has the size of the camera and plays to the end."""
    with open_video(whole.folder / "r.mp4") as source:
        times = [frame.t for frame in source]
        assert source.size == (64, 48)
    with read_tape(whole.folder / "t.jsonl.gz") as tape:
        assert times[-1] == pytest.approx(list(tape)[-1].t, abs=5.0)


def test_a_film_runs_at_its_own_speed(short_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A film as the camera takes as long as it lasts; at four times its speed a quarter of that."""
    monkeypatch.setattr(loop, "open_camera", open_camera)
    live = LiveSet(Person(drops()))
    began = time.monotonic()
    verdict = live.run("knee_drops", short_film, speed=SPEED)
    assert time.monotonic() - began > 0.9 * drops()[-1].t / SPEED
    assert live.person.seen_t > drops()[-1].t
    assert verdict.error is None


def test_pictures_are_drawn_as_large_as_the_window(short_film: Path) -> None:
    """The picture with its strip fills the window to the pixel in one direction, so that it is not resized again."""
    live = LiveSet(Person(drops()[:20]))
    live.run("knee_drops", short_film)
    (viewer,) = live.viewers
    height, width = viewer.newest.shape[:2]
    spare = min(viewer.room[0] - width, viewer.room[1] - height)
    assert 0 <= spare <= 3


def test_opencv_has_its_threads_back_afterwards(short_film: Path) -> None:
    """The set keeps OpenCV to one thread, and a program that goes on after it has them all again."""
    before = load_cv2().getNumThreads()
    seen: set[int] = set()

    def look() -> bool:
        seen.add(load_cv2().getNumThreads())
        return False

    LiveSet(Person(drops()[:20]), closes=look).run("knee_drops", short_film)
    assert seen == {1}
    assert load_cv2().getNumThreads() == before


# ---- keys, and other ends


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
def test_keys_are_kept_in_the_tape(
    tmp_path: Path, short_film: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """Restart, pause and next act as they did live when the tape is judged: the verdict is the same to the letter."""
    keys = [(2.0, "mute"), (5.8, "restart"), (7.0, "pause"), (7.2, "pause"), (7.8, "help"), (11.5, "next")]
    tape, report = tmp_path / f"t{ending}", tmp_path / "r.json"
    live = LiveSet(Person(drops()), keys=keys)
    verdict = live.run("knee_drops", short_film, tape=tape)
    with read_tape(tape) as kept:
        assert [item for item in kept.items() if isinstance(item, str)] == ["restart", "pause", "pause", "next"]
    assert counts(verdict.summaries) == [{"in": 0, "out": 1}]
    command(monkeypatch, "judge", tape, "--json", report, "--quiet")
    assert json.loads(report.read_text(encoding="utf-8")) == plain(routine_dict("knee_drops", verdict.summaries))


def test_a_key_before_the_first_picture_is_kept(tmp_path: Path, short_film: Path) -> None:
    """Who presses space while the model loads has paused the set, and the tape knows."""
    tape = tmp_path / "t.jsonl"

    class Waiting(Person):
        """Finds nothing before a key was asked for."""

        def detect(self, frame: Any) -> Pose:
            until(lambda: live.viewers[0].asked, "a look at the keys")
            return super().detect(frame)

    person = Waiting(drops())
    live = LiveSet(person, keys=[(-1.0, "pause"), (0.5, "pause")])
    verdict = live.run("knee_drops", short_film, tape=tape)
    with read_tape(tape) as kept:
        first = next(iter(kept.items()))
    assert first == "pause"
    assert counts(verdict.summaries) == [{"in": 1, "out": 1}]


@pytest.mark.parametrize("way", ["key", "window"])
def test_leaving_early_gives_the_verdict_so_far(short_film: Path, way: str) -> None:
    """q, or closing the window, ends the set at once with what was judged; that is no interruption and no error."""
    person = Person(drops())
    keys = [(7.0, "quit")] if way == "key" else []
    live = LiveSet(person, keys=keys, closes=lambda: way == "window" and person.seen_t >= 7.0)
    verdict = live.run("knee_drops", short_film)
    assert (counts(verdict.summaries), verdict.interrupted, verdict.error) == ([{"in": 1, "out": 0}], False, None)
    assert person.seen_t < 10.0


def test_ctrl_c_gives_the_verdict_so_far(short_film: Path) -> None:
    """Ctrl-C ends the set, and the verdict says that it was stopped."""
    person = Person(drops())
    verdict = LiveSet(person).run("knee_drops", short_film, stop=lambda: person.seen_t >= 7.0)
    assert counts(verdict.summaries) == [{"in": 1, "out": 0}]
    assert verdict.interrupted
    assert verdict.summaries[0].interrupted


def test_ctrl_c_before_the_first_picture_is_no_error(tmp_path: Path) -> None:
    """Stopped while the camera opens, it has no verdict to give and no fault to report; what was wrong is told."""
    with MjpegServer() as server:
        server.mode = "stall"
        verdict = LiveSet(Person(drops())).run("knee_drops", server.url, stop=lambda: True)
    assert (verdict.interrupted, verdict.error) == (True, None)
    assert any("no picture came" in note for note in verdict.notes)
    assert not list(tmp_path.iterdir())


# ---- the command


def command(monkeypatch: pytest.MonkeyPatch, *args: object) -> int:
    """Run the command line in this process; its exit code."""
    monkeypatch.setattr(sys, "argv", ["posecheck", *map(str, args)])
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def plain(report: dict[str, Any]) -> Any:
    """A report as it reads back."""
    return json.loads(json.dumps(report))


def scripted(monkeypatch: pytest.MonkeyPatch, live: LiveSet) -> None:
    """The command runs this set."""
    run = functools.partial(loop.run_live, make_detector=lambda: live.person, make_display=live.display)
    monkeypatch.setattr(loop, "run_live", run)


def quiet_live(camera: Path, *more: object) -> tuple[object, ...]:
    return ("live", "knee_drops", "--camera", camera, "--mute", "--no-voice", *more)


def test_the_command_prints_and_writes_the_verdict(
    tmp_path: Path, short_film: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`posecheck live` of a file prints the table when the file ends, and writes the report."""
    scripted(monkeypatch, LiveSet(Person(drops())))
    assert command(monkeypatch, *quiet_live(short_film, "--json", tmp_path / "r.json")) == 0
    assert "inwards 1 of 5   outwards 1 of 5   not complete" in capsys.readouterr().out
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert [one["counts"] for one in report["sets"]] == [{"in": 1, "out": 1}]


@pytest.mark.parametrize("fault", [ModelError("the model is damaged"), RuntimeError("a fault of ours")])
def test_the_command_prints_the_verdict_before_the_error(
    short_film: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: Exception
) -> None:
    """When the detector fails the table comes first, then the error; a fault of ours shows its trace."""
    scripted(monkeypatch, LiveSet(Person(drops(), fault=fault, fault_t=7.0)))
    if isinstance(fault, PosecheckError):
        assert command(monkeypatch, *quiet_live(short_film)) == ModelError.exit_code
    else:
        with pytest.raises(RuntimeError, match="a fault of ours"):
            command(monkeypatch, *quiet_live(short_film))
    assert "inwards 1 of 5   outwards 0 of 5" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--tape", "--record", "--json", "--sound-log"])
def test_the_command_prints_the_verdict_when_it_cannot_be_written(
    short_film: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    """With a full disk the table is printed all the same, whatever was to be written, and the exit code tells."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    scripted(monkeypatch, LiveSet(Person(drops())))
    assert command(monkeypatch, *quiet_live(short_film, option, "/dev/full")) == 6
    told = capsys.readouterr()
    assert "inwards 1 of 5   outwards 1 of 5" in told.out
    assert "cannot write /dev/full" in told.err


def test_nobody_in_the_picture_is_told(
    short_film: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A film without a person ends with its own exit code and in words."""
    scripted(monkeypatch, LiveSet(Person([Pose.absent(0.0, (640, 480))])))
    assert command(monkeypatch, *quiet_live(short_film)) == 8
    assert "nobody was seen" in capsys.readouterr().err


def test_what_cannot_be_done_is_refused_before_the_camera_is_opened(
    short_film: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown routine, a size that is none and an output in no folder each get one line and their exit code."""
    monkeypatch.setattr(loop, "open_camera", lambda *_args, **_more: pytest.fail("the camera was opened"))
    asked: list[tuple[int, str, tuple[object, ...]]] = [
        (4, "Did you mean daily", ("live", "dayly")),
        (2, "1280x720", (*quiet_live(short_film), "--size", "huge")),
        (6, "there is no folder", (*quiet_live(short_film), "--record", "nowhere/me.mp4")),
        (6, "", (*quiet_live(short_film), "--record", short_film)),
    ]
    for code, words, args in asked:
        given = command(monkeypatch, *args)
        told = capsys.readouterr().err
        assert (given in (code, 2), len(told.splitlines())) == (True, 1), (args, given, told)
        assert words in told


def test_a_tape_of_ones_own_routine_is_judged_with_its_file(
    tmp_path: Path, short_film: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A routine of one's own is asked for by its file; with it the verdict is that of the live set."""
    own, tape, report = tmp_path / "mine.toml", tmp_path / "t.jsonl", tmp_path / "r.json"
    own.write_text(
        'schema = 1\nname = "mine"\ntitle = "Mine"\n[[blocks]]\nexercise = "knee_drops"\nrest_s = 5\n'
        '[[blocks]]\nexercise = "side_bend"\n',
        encoding="utf-8",
    )
    live = LiveSet(Person(drops()), keys=[(9.0, "next")])
    verdict = live.run(str(own), short_film, tape=tape)
    assert command(monkeypatch, "judge", tape, "--quiet") == 4
    assert re.search(r"The tape is of mine: give its file with --exercise", capsys.readouterr().err)
    command(monkeypatch, "judge", tape, "-e", own, "--json", report, "--quiet")
    assert json.loads(report.read_text(encoding="utf-8")) == plain(routine_dict("mine", verdict.summaries))


def test_a_tape_of_a_live_set_can_be_judged_as_a_plain_one(
    tmp_path: Path, short_film: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked for another exercise, a tape made live is judged as any other; without keys it counts the same."""
    tape = tmp_path / "t.jsonl"
    LiveSet(Person(drops())).run("daily", short_film, tape=tape)
    with suppress(SystemExit):
        command(monkeypatch, "judge", tape, "-e", "knee_drops")
    assert "inwards 1 of 5   outwards 1 of 5" in capsys.readouterr().out
