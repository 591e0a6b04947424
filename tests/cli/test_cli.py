"""The commands as a user calls them: what they print, what they write, and one line and an exit code for each error."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck import __version__
from posecheck.cli import app as cli
from posecheck.cli.options import STOPPED
from posecheck.detect import person_tracker
from posecheck.draw.video_writer import VideoWriter
from posecheck.errors import PosecheckError
from posecheck.exercises import exercise_names
from posecheck.records import Pose
from posecheck.records.folders import data_dir
from posecheck.report import terminal
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import ScriptedDetector, knee_drops_set
from tests.cli.command import Command, Result
from tests.waiting import PATIENCE_S, ending, until

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = data_dir("samples") / "knee_drops.mp4"
FPS = 15.0
SIZE = (64, 48)
FULL_DISK = Path("/dev/full")

needs_full_disk = pytest.mark.skipif(not FULL_DISK.exists(), reason="this system has no /dev/full")
needs_posix = pytest.mark.skipif(os.name != "posix", reason="signals and permissions are those of POSIX")


def launch(*args: object, **options: Any) -> subprocess.Popen[str]:
    """Start the command line in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **options.pop("env", {})}
    defaults = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [sys.executable, "-m", "posecheck", *map(str, args)],
        text=True,
        encoding="utf-8",
        env=environment,
        **{**defaults, **options},
    )


def run_apart(*args: object, **options: Any) -> Result:
    """Run the command line in a process of its own to its end."""
    with ending(launch(*args, **options)) as process:
        out, err = process.communicate(timeout=PATIENCE_S)
    return Result(process.returncode, out or "", err or "")


def assert_fails(result: Result, code: int, *words: str) -> None:
    """The command ended with `code` and one line on standard error, which has all the words and no trace."""
    assert result.code == code, result
    lines = result.err.splitlines()
    assert len(lines) == 1, result.err
    assert lines[0].startswith("posecheck: error: "), result.err
    assert "Traceback" not in result.err + result.out
    for word in words:
        assert word in lines[0], (word, lines[0])


def film(path: Path, count: int = 30, size: tuple[int, int] = SIZE, noise: bool = False) -> Path:
    """A video of grey pictures with nobody in it; noise makes a larger file."""
    random = np.random.default_rng(0)
    with VideoWriter(path) as writer:
        for index in range(count):
            image = np.full((size[1], size[0], 3), 90 + index % 60, np.uint8)
            writer.write(random.integers(0, 255, image.shape, np.uint8) if noise else image, index / FPS)
    return path


def write_tape(path: Path, poses: Iterable[Pose]) -> Path:
    """A tape of poses made to order."""
    with TapeWriter(path, TapeHeader(__version__, "full", "0" * 64, "made.mp4", (640, 480))) as tape:
        for pose in poses:
            tape.write(pose)
    return path


@pytest.fixture(scope="module")
def drops() -> list[Pose]:
    """Two knee drops, in and out."""
    return knee_drops_set(("in", "out"), fps=FPS)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch, drops: Sequence[Pose]) -> None:
    """The detector sees the knee drops, whatever is in the picture."""
    monkeypatch.setattr(person_tracker, "PersonTracker", lambda _model: ScriptedDetector(drops))


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The detector sees nobody; gives the times of the frames it was shown."""
    seen: list[float] = []

    class Blind(ScriptedDetector):
        def detect(self, frame: Any) -> Pose:
            seen.append(frame.t)
            return super().detect(frame)

    monkeypatch.setattr(person_tracker, "PersonTracker", lambda _model: Blind([]))
    return seen


# ---- help and lists


@pytest.mark.parametrize(
    "args", [(), ("replay",), ("judge",), ("check",), ("exercises",), ("demo",), ("doctor",), ("models",)]
)
def test_every_command_explains_itself(command: Command, args: tuple[str, ...]) -> None:
    """--help of every command ends well and gives examples."""
    result = command(*args, "--help")
    assert result.code == 0
    assert "Examples:" in result.out
    assert "posecheck " in result.out


def test_help_tells_every_exit_code(command: Command) -> None:
    """The help lists the exit code of every kind of error."""

    def kinds(kind: type[PosecheckError]) -> Iterator[int]:
        yield kind.exit_code
        for child in kind.__subclasses__():
            yield from kinds(child)

    text = command("--help").out
    for code in {*kinds(PosecheckError), 0, STOPPED}:
        assert re.search(rf"^.*\b{code}  \S", text, re.MULTILINE), code


def test_without_a_command_the_help_is_shown(command: Command) -> None:
    """`posecheck` alone shows what can be done."""
    result = command()
    assert "Commands:" in result.out + result.err


def test_version(command: Command) -> None:
    """--version prints the version alone."""
    assert command("--version") == Result(0, f"posecheck {__version__}\n", "")


@pytest.mark.parametrize(
    "args",
    [("--nope",), ("nope",), ("replay",), ("check",), ("replay", "a.mp4", "--from", "soon"), ("models", "get")],
)
def test_wrong_use_is_told_without_a_trace(command: Command, args: tuple[str, ...]) -> None:
    """A wrong option, command or value ends with 2 and tells where the help is."""
    result = command(*args)
    assert result.code == 2
    assert "Error:" in result.err
    assert "for help" in result.err
    assert "Traceback" not in result.err


def test_exercises_are_listed_and_explained(command: Command) -> None:
    """The list names every exercise, and each is explained with steps, goal, camera, limits and words of care."""
    listed = command("exercises").out
    for name in exercise_names():
        assert name in listed
        text = command("exercises", name).out
        for part in ("1. ", "Goal:", "Camera:", "starts a hold", "what it may tell you", "pain"):
            assert part in text, (name, part)


def test_doctor_names_each_point_and_what_to_do(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing package is found, with the command that installs it, and the exit code tells."""
    from posecheck.cli import doctor

    looks = {"_opencv": "opencv loads", "_model": "pose model", "_codecs": "H.264 video"}
    for look, name in looks.items():
        monkeypatch.setattr(doctor, look, lambda name=name: [doctor.Finding(name, True, "fine")])
    monkeypatch.setitem(doctor.WANTED, "no-such-package", "3")
    result = command("doctor")
    assert result.code == 7
    assert re.search(r"^BAD\s+no-such-package\s+not installed$", result.out, re.MULTILINE)
    assert "pip install 'no-such-package==3.*'" in result.out
    assert re.search(rf"^ok\s+posecheck\s+{re.escape(__version__)}$", result.out, re.MULTILINE)


def test_doctor_says_what_is_known_of_mediapipes_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `pip check` will say of it; and where it is not installed, whether there is one for this computer."""
    from posecheck.cli import doctor

    (found,) = doctor._wheel()
    assert found.fine
    assert "cp39" in found.found
    assert "`pip check` calls it not supported" in found.found
    monkeypatch.setattr(doctor, "_wheel_tags", lambda _: None)
    for system, machine, fits in (("Linux", "x86_64", True), ("Linux", "aarch64", False), ("Darwin", "arm64", True)):
        monkeypatch.setattr("platform.system", lambda system=system: system)
        monkeypatch.setattr("platform.machine", lambda machine=machine: machine)
        (found,) = doctor._wheel()
        assert (found.fine, found.needed) == (fits, False)
        assert f"{'exists' if fits else 'does not exist'} for {system} {machine}" in found.found
    assert "judged without mediapipe" in found.advice
    monkeypatch.undo()
    monkeypatch.setattr(doctor, "_version_of", lambda _: "0.10.99")
    assert doctor._wheel() == []


@pytest.mark.parametrize("note", ["", "close other programs that use it"])
def test_doctor_tells_what_live_use_has(monkeypatch: pytest.MonkeyPatch, note: str) -> None:
    """Screen, camera, sound and voice are tried as the live set will use them; none of them is needed for the rest."""
    from posecheck.capture import devices
    from posecheck.cli import doctor
    from posecheck.live.audio import sound, voice

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr(devices, "list_cameras", lambda: [devices.CameraInfo(1, "Front", note=note)])
    monkeypatch.setattr(sound, "open_sound", lambda **_: sound.Sound(note=sound.NO_DEVICE))
    monkeypatch.setattr(voice.Engine, "start", lambda _: True)
    found = {f.name: f for look in (doctor._window, doctor._camera, doctor._sound, doctor._voice) for f in look()}
    assert [name for name, f in found.items() if f.fine] == [*([] if note else ["camera"]), "voice"]
    assert "posecheck replay" in found["window"].advice
    assert found["camera"].found == (f"camera 1: {note}" if note else "1 Front")
    assert not any(f.needed for f in found.values())


def test_doctor_says_where_the_history_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its path is told with how many sets it has, before the first one, too; a damaged one stops nothing but itself."""
    from posecheck.cli import doctor
    from posecheck.history.store import open_history
    from posecheck.synthetic.history import kept, made_up_sets

    path = tmp_path / "mine.db"
    monkeypatch.setenv("POSECHECK_DB", str(path))
    (none,) = doctor._history()
    assert (none.fine, none.found) == (True, f"nothing kept yet; it will be {path}")
    assert not path.exists()
    with open_history(path, write=True) as history:
        history.put(*map(kept, made_up_sets(1, seed=3)))
    (some,) = doctor._history()
    assert (some.fine, some.found) == (True, f"3 sets in {path}")
    path.write_bytes(b"SQLite format 3\0" + b"rubbish" * 2000)
    (damaged,) = doctor._history()
    assert (damaged.fine, damaged.needed) == (False, False)
    assert "damaged" in damaged.advice
    assert str(path) in damaged.found


@pytest.mark.model
def test_doctor_is_content_here(command: Command) -> None:
    """Where the tests run, all that is needed is there."""
    result = command("doctor")
    assert result.code == 0
    assert "BAD" not in result.out


def test_models_are_listed(command: Command) -> None:
    """Every model is listed; the default one is there."""
    lines = command("models").out.splitlines()
    assert [line.split()[0] for line in lines] == ["lite", "full", "heavy"]
    assert re.match(r"full \(default\) +ok ", lines[1])


def test_a_model_that_is_there_is_not_fetched(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """`models get` of the embedded model says where it is, without the network."""
    monkeypatch.setattr("posecheck.detect.models._open_url", lambda _: pytest.fail("the network was used"))
    result = command("models", "get", "full")
    assert result.code == 0
    assert "here already" in result.out


def test_without_a_network_the_file_and_its_place_are_named(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`models get` without a network says what to download and where to put it."""

    def unreachable(_url: str) -> Any:
        raise OSError("no network")

    monkeypatch.setenv("POSECHECK_DATA", str(tmp_path))
    monkeypatch.setattr("posecheck.detect.models._open_url", unreachable)
    place = tmp_path / "models" / "pose_landmarker_heavy.task"
    assert_fails(command("models", "get", "heavy"), 5, "https://", str(place))
    assert not list(place.parent.iterdir())


# ---- what a run prints and writes


@pytest.mark.usefixtures("scripted")
def test_replay_prints_and_writes_everything(command: Command, tmp_path: Path, drops: Sequence[Pose]) -> None:
    """A replay prints the repetitions, and writes report, table, tape and annotated video."""
    video = film(tmp_path / "me.mp4", len(drops))
    names = {"json": "r.json", "csv": "r.csv", "tape": "r.jsonl", "annotate": "r.mp4"}
    options = [part for option, name in names.items() for part in (f"--{option}", tmp_path / name)]
    result = command("replay", video, "-e", "knee_drops", *options)
    assert result.code == 0, result.err
    assert result.err == ""
    assert "inwards 1 of 5   outwards 1 of 5   not complete" in result.out
    assert result.out.count("✓ counted") == 2
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (report["counts"], report["frames"], report["interrupted"]) == ({"in": 1, "out": 1}, len(drops), False)
    assert len((tmp_path / "r.csv").read_text(encoding="utf-8").splitlines()) == len(drops) + 1
    assert len((tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()) == len(drops) + 1
    assert _frames_of(tmp_path / "r.mp4") == len(drops)


@pytest.mark.usefixtures("scripted")
def test_quiet_prints_nothing(command: Command, tmp_path: Path) -> None:
    """--quiet leaves only the files."""
    video = film(tmp_path / "me.mp4")
    report = tmp_path / "r.json"
    assert command("replay", video, "-e", "knee_drops", "--quiet", "--json", report) == Result(0, "", "")
    assert report.exists()


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("span", [(), ("--from", "2", "--to", "8.2")])
def test_a_tape_is_judged_as_its_replay(
    command: Command, tmp_path: Path, drops: Sequence[Pose], ending: str, span: tuple[str, ...]
) -> None:
    """The report on a tape is that of the replay that made it, byte for byte."""
    video = film(tmp_path / "me.mp4", len(drops))
    tape, replayed, judged = tmp_path / f"t.jsonl{ending}", tmp_path / "replayed.json", tmp_path / "judged.json"
    tables = [tmp_path / "replayed.csv", tmp_path / "judged.csv"]
    first = command("replay", video, "-e", "knee_drops", *span, "--tape", tape, "--json", replayed, "--csv", tables[0])
    second = command("judge", tape, "-e", "knee_drops", "--json", judged, "--csv", tables[1])
    assert (first.code, second.code) == (0, 0)
    assert first.out == second.out
    assert replayed.read_bytes() == judged.read_bytes()
    assert tables[0].read_bytes() == tables[1].read_bytes()


@pytest.mark.usefixtures("scripted")
def test_demo_keeps_videos_and_reports_of_every_sample(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo judges each sample, here a short one, and says where its annotated video and report are."""
    samples, out = tmp_path / "samples", tmp_path / "deep" / "out"
    samples.mkdir()
    for name in cli.DEMO:
        film(samples / f"{name}.mp4", 5)
    monkeypatch.setattr(
        "posecheck.records.folders.data_dir", lambda kind: samples if kind == "samples" else data_dir(kind)
    )
    result = command("demo", "--out", out)
    assert (result.code, result.err) == (0, "")
    assert str(out) in result.out.splitlines()[-1]
    for name in exercise_names():
        assert json.loads((out / f"{name}.json").read_text(encoding="utf-8"))["exercise"] == name
        assert _frames_of(out / f"{name}.mp4") == 5
    (tmp_path / "file").touch()
    assert_fails(command("demo", "--out", tmp_path / "file"), 6, "cannot make the folder", "choose another place")


def test_judge_finds_out_the_exercise_and_takes_a_range(
    command: Command, tmp_path: Path, drops: Sequence[Pose]
) -> None:
    """Without a name the exercise of a tape is recognised; --from and --to choose a part of it."""
    tape, report = write_tape(tmp_path / "t.jsonl", drops), tmp_path / "r.json"
    result = command("judge", tape, "--from", "0", "--to", "7", "--json", report)
    assert result.code == 0, result.err
    found = json.loads(report.read_text(encoding="utf-8"))
    assert (found["exercise"], found["counts"]) == ("knee_drops", {"in": 1, "out": 0})
    assert found["frames"] == sum(1 for pose in drops if pose.t < 7)


def test_names_with_brackets_and_colons_are_shown_as_they_are(
    command: Command, tmp_path: Path, drops: Sequence[Pose]
) -> None:
    """A file name or cue is never taken for a style of the terminal."""
    name = "[red]me [/] :smile:.mp4"
    path = tmp_path / "t.jsonl"
    with TapeWriter(path, TapeHeader(__version__, "full", "0" * 64, name, (640, 480))) as tape:
        for pose in drops[:20]:
            tape.write(pose)
    assert name in command("judge", path, "-e", "knee_drops").out


@pytest.mark.model
def test_check_measures_a_picture_and_goes_on_after_a_bad_one(command: Command, tmp_path: Path) -> None:
    """A bad picture is told and its code kept; the others are measured, printed and written."""
    from posecheck.capture.video_file import open_video
    from posecheck.libraries import load_cv2

    good, bad, report = tmp_path / "good.png", tmp_path / "bad.jpg", tmp_path / "r.json"
    with open_video(SAMPLE) as source:
        load_cv2().imwrite(str(good), next(iter(source)).image)
    bad.write_text("no picture", encoding="utf-8")
    result = command("check", bad, good, "--json", report)
    assert_fails(result, 10, "bad.jpg", "JPEG or PNG")
    assert "supine knees bent" in result.out
    (found,) = json.loads(report.read_text(encoding="utf-8"))
    assert found["source"] == "good.png"
    assert found["posture"] == "supine_knees_bent"


@pytest.mark.model
def test_check_tells_when_nobody_is_in_a_picture(command: Command, tmp_path: Path) -> None:
    """A picture without a person says so and ends with 8."""
    from posecheck.libraries import load_cv2

    empty = tmp_path / "empty.png"
    load_cv2().imwrite(str(empty), np.full((48, 64, 3), 90, np.uint8))
    result = command("check", empty)
    assert result.code == 8
    assert "empty.png" in result.out


# ---- bad input


def _no_file(folder: Path) -> Path:
    return folder / "nope.mp4"


def _folder(folder: Path) -> Path:
    return folder


def _empty(folder: Path) -> Path:
    path = folder / "empty.mp4"
    path.touch()
    return path


def _text(folder: Path) -> Path:
    path = folder / "text.mp4"
    path.write_text("not a video\n" * 100, encoding="utf-8")
    return path


def _without_index(folder: Path) -> Path:
    path = folder / "cut.mp4"
    data = SAMPLE.read_bytes()  # its index is at the end
    path.write_bytes(data[: len(data) // 2])
    return path


def _sound(folder: Path) -> Path:
    import av

    path = folder / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("aac", rate=16000)
        for index in range(16):
            frame: Any = av.AudioFrame.from_ndarray(np.zeros((1, 1000), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 16000, index * 1000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("exercise", ["knee_drops", "auto"])
@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (_no_file, 3, ("there is no file", "check the name")),
        (_folder, 3, ("is a folder", "give a video file")),
        (_empty, 3, ("is empty", "copy or record it again")),
        (_text, 10, ("is not a video", "give an MP4")),
        (_without_index, 10, ("cut off", "copy or record it again")),
        (_sound, 10, ("sound but no picture", "give a video")),
    ],
)
def test_a_bad_video_is_refused(
    command: Command, tmp_path: Path, make: Callable[[Path], Path], code: int, words: tuple[str, ...], exercise: str
) -> None:
    """Each kind of bad video gets a line that says what to do, and its code."""
    assert_fails(command("replay", make(tmp_path), "-e", exercise), code, *words)


@pytest.mark.usefixtures("scripted")
def test_a_truncated_video_is_judged_up_to_the_cut(command: Command, tmp_path: Path) -> None:
    """A video whose end is missing is judged as far as it goes, with a warning."""
    path = film(tmp_path / "cut.mp4", noise=True)  # its index is at the beginning
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    result = command("replay", path, "-e", "knee_drops")
    assert result.code == 0, result.err
    assert re.fullmatch(r"posecheck: warning: cut.mp4 is cut off: .*judged up to there\n", result.err)
    assert "Knee drops" in result.out


def test_nobody_in_the_video(command: Command, tmp_path: Path, nobody: list[float]) -> None:
    """A video with no person ends with 8, and the report is written all the same."""
    report = tmp_path / "r.json"
    result = command("replay", film(tmp_path / "empty.mp4"), "-e", "knee_drops", "--json", report)
    assert_fails(result, 8, "nobody was seen", "whole body")
    found = json.loads(report.read_text(encoding="utf-8"))
    assert (found["frames"], found["frames_with_pose"], found["repetitions"]) == (30, 0, [])
    assert len(nobody) == 30


@pytest.mark.model
def test_nobody_in_the_video_when_the_exercise_is_to_be_found_out(command: Command, tmp_path: Path) -> None:
    """With --exercise auto, too, a video with no person ends with 8."""
    assert_fails(command("replay", film(tmp_path / "empty.mp4", 3)), 8, "obody was seen")


@pytest.mark.model
@pytest.mark.parametrize("exercise", ["knee_drops", "auto"])
def test_one_frame_is_too_short(command: Command, tmp_path: Path, exercise: str) -> None:
    """A video of one frame ends with 11."""
    result = command("replay", film(tmp_path / "one.mp4", 1), "-e", exercise)
    assert_fails(result, 11, "one frame", "at least a few seconds")


@pytest.mark.model
def test_a_huge_frame_is_no_trouble(command: Command, tmp_path: Path) -> None:
    """A video of 7680 x 4320 is read and found to be empty."""
    video = film(tmp_path / "huge.mp4", 2, (7680, 4320))
    assert_fails(command("replay", video, "-e", "knee_drops"), 8, "nobody was seen")


def test_a_range_without_frames(command: Command, tmp_path: Path, drops: Sequence[Pose]) -> None:
    """A range outside of the recording, one that is empty, and one that is no range are refused."""
    video, tape = film(tmp_path / "me.mp4"), write_tape(tmp_path / "t.jsonl", drops)
    assert_fails(command("replay", video, "-e", "knee_drops", "--from", 100), 3, "no frame", "choose another range")
    assert_fails(command("judge", tape, "-e", "knee_drops", "--from", 100), 11, "no frame")
    for name in ("replay", "judge"):
        for start, end in (("5", "4"), ("-1", "4"), ("nan", "4"), ("0", "nan")):
            given = video if name == "replay" else tape
            assert command(name, given, "-e", "knee_drops", "--from", start, "--to", end).code == 2


def test_an_unknown_exercise_is_refused_before_the_work(command: Command, tmp_path: Path, nobody: list[float]) -> None:
    """An unknown exercise ends with 4 and names the known ones; nothing was decoded."""
    video = film(tmp_path / "me.mp4")
    assert_fails(command("replay", video, "-e", "nope"), 4, "nope", "knee_drops")
    assert_fails(command("judge", video, "-e", "nope"), 4, "nope", "knee_drops")
    assert_fails(command("exercises", "nope"), 4, "nope", "knee_drops")
    assert nobody == []


def test_an_invalid_exercise_file_is_refused(command: Command, tmp_path: Path, nobody: list[float]) -> None:
    """A file of one's own that is not valid ends with 4 and is named, with the key that is wrong."""
    path = tmp_path / "mine.toml"
    path.write_text('title = "Mine"\nbogus = 1\n', encoding="utf-8")
    assert_fails(command("replay", film(tmp_path / "me.mp4"), "-e", path), 4, "mine.toml", "bogus")
    path.write_text("title = \n", encoding="utf-8")
    assert_fails(command("replay", tmp_path / "me.mp4", "-e", path), 4, "mine.toml")
    assert nobody == []


@pytest.mark.parametrize("option", ["--json", "--csv", "--tape", "--annotate"])
def test_an_output_that_cannot_be_written_is_found_before_the_work(
    command: Command, tmp_path: Path, nobody: list[float], option: str
) -> None:
    """An output in no folder, or that is a folder, ends with 6; nothing was decoded and nothing was written."""
    video = film(tmp_path / "me.mp4")
    replay = ("replay", video, "-e", "knee_drops", option)
    assert_fails(command(*replay, tmp_path / "nowhere" / "x"), 6, "cannot write", "make it first")
    assert_fails(command(*replay, tmp_path), 6, "cannot write", "is a folder")
    assert nobody == []
    assert list(tmp_path.iterdir()) == [video]


@needs_posix
@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write everywhere")
def test_a_protected_output_is_found_before_the_work(command: Command, tmp_path: Path, nobody: list[float]) -> None:
    """An output that the system protects ends with 6 before the work."""
    video, report = film(tmp_path / "me.mp4"), tmp_path / "r.json"
    report.touch(mode=0o400)
    assert_fails(command("replay", video, "-e", "knee_drops", "--json", report), 6, "r.json")
    assert nobody == []


@pytest.mark.parametrize("option", ["--json", "--csv", "--tape", "--annotate"])
def test_an_output_never_overwrites_an_input(
    command: Command, tmp_path: Path, nobody: list[float], option: str
) -> None:
    """An output that is the recording, by a link too, or another output, ends with 2 and harms nothing."""
    video, link = film(tmp_path / "me.mp4"), tmp_path / "link.mp4"
    before = video.read_bytes()
    os.link(video, link)
    for same in (video, link, tmp_path / "." / "me.mp4"):
        assert_fails(command("replay", video, "-e", "knee_drops", option, same), 2, "another name")
    other = "--csv" if option == "--json" else "--json"
    result = command("replay", video, "-e", "knee_drops", option, tmp_path / "x", other, tmp_path / "x")
    assert_fails(result, 2, "two outputs")
    assert video.read_bytes() == before
    assert nobody == []


def test_outputs_of_judge_and_check_never_overwrite_an_input(
    command: Command, tmp_path: Path, drops: Sequence[Pose]
) -> None:
    """A tape, an exercise file, or a photograph is never overwritten by its report."""
    tape = write_tape(tmp_path / "t.jsonl", drops[:5])
    mine = tmp_path / "mine.toml"
    mine.touch()
    assert_fails(command("judge", tape, "-e", "knee_drops", "--json", tape), 2, "another name")
    assert_fails(command("judge", tape, "-e", mine, "--csv", mine), 2, "another name")
    assert_fails(command("check", mine, "--json", mine), 2, "another name")


@pytest.mark.usefixtures("scripted")
@needs_full_disk
@pytest.mark.parametrize("option", ["--json", "--csv", "--tape", "--annotate"])
def test_a_full_disk(command: Command, tmp_path: Path, drops: Sequence[Pose], option: str) -> None:
    """When the disk is full the output is named and the code is 6."""
    video = film(tmp_path / "me.mp4", len(drops))
    result = command("replay", video, "-e", "knee_drops", option, FULL_DISK)
    assert_fails(result, 6, str(FULL_DISK), "no space left", "free some space")


@needs_full_disk
@pytest.mark.system
def test_a_full_disk_behind_standard_output() -> None:
    """When what is printed cannot be written, that is told in one line, too."""
    with FULL_DISK.open("w") as full:
        assert_fails(run_apart("exercises", stdout=full), 6, "standard output", "no space left")


@pytest.mark.system
def test_a_reader_that_leaves_early_is_no_error() -> None:
    """`posecheck ... | head -1` ends without a trace."""
    with ending(launch("exercises", "ninety_ninety")) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        process.wait(PATIENCE_S)


@pytest.mark.system
def test_a_terminal_that_cannot_show_every_letter() -> None:
    """Where "°" cannot be shown it is written out."""
    result = run_apart("exercises", "ninety_ninety", env={"PYTHONIOENCODING": "ascii"})
    assert (result.code, result.err) == (0, "")
    assert "130 deg or more" in result.out


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names are Unicode")
def test_a_file_name_that_is_no_unicode(command: Command, tmp_path: Path) -> None:
    """A file name with stray bytes, on which OpenCV crashes, is refused with what to do."""
    video = film(tmp_path / "me.mp4").rename(tmp_path / os.fsdecode(b"m\xff.mp4"))
    assert_fails(command("replay", video, "-e", "knee_drops"), 3, "m?.mp4", "rename it")


LIBRARY = "libGL.so.1: cannot open shared object file: No such file or directory"


@pytest.mark.parametrize("name", ["replay", "check", "doctor"])
@pytest.mark.system
def test_a_missing_system_library_is_named(tmp_path: Path, name: str) -> None:
    """Where OpenCV does not load, the library and the package that has it are named, with code 7."""
    (tmp_path / "cv2").mkdir()
    (tmp_path / "cv2" / "__init__.py").write_text(f"raise ImportError({LIBRARY!r})\n", encoding="utf-8")
    args = {"replay": (SAMPLE, "-e", "knee_drops"), "check": (SAMPLE,), "doctor": ()}[name]
    result = run_apart(name, *args, env={"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])})
    assert result.code == 7
    assert "Traceback" not in result.err + result.out
    text = result.out if name == "doctor" else result.err
    assert "libGL.so.1" in text
    assert "apt install libgl1" in text
    if name != "doctor":
        assert_fails(result, 7)


def test_a_bad_model_is_refused(command: Command, tmp_path: Path, nobody: list[float]) -> None:
    """An unknown, missing, damaged or truncated model ends with 5 and is named; nothing was decoded."""
    video = film(tmp_path / "me.mp4")
    whole = data_dir("models") / "pose_landmarker_full.task"
    damaged, cut, text = tmp_path / whole.name, tmp_path / "cut.task", tmp_path / "text.task"
    data = bytearray(whole.read_bytes())
    cut.write_bytes(data[: len(data) // 2])
    data[len(data) // 2] ^= 0xFF
    damaged.write_bytes(data)
    text.write_text("not a model", encoding="utf-8")
    replay = ("replay", video, "-e", "knee_drops", "--model")
    assert_fails(command(*replay, "huge"), 5, "huge", "lite, full, heavy")
    assert_fails(command(*replay, tmp_path / "none.task"), 5, "none.task", "check the path")
    assert_fails(command(*replay, damaged), 5, str(damaged), "damaged", "sha256")
    assert_fails(command(*replay, cut), 5, str(cut), "cut off")
    assert_fails(command(*replay, text), 5, str(text), "not a pose model")
    assert nobody == []


def test_a_tape_cut_in_the_middle_is_judged_up_to_the_cut(
    command: Command, tmp_path: Path, drops: Sequence[Pose]
) -> None:
    """A tape without its end, compressed or not, is judged as far as it goes, with a warning."""
    whole = write_tape(tmp_path / "t.jsonl", drops).read_bytes()
    for name, data in (("cut.jsonl", whole[:-500]), ("cut.jsonl.gz", gzip.compress(whole)[:-5000])):
        path, report = tmp_path / name, tmp_path / "r.json"
        path.write_bytes(data)
        result = command("judge", path, "-e", "knee_drops", "--json", report)
        assert result.code == 0, result.err
        assert re.fullmatch(rf"posecheck: warning: {name} is cut off.*\n", result.err)
        assert 0 < json.loads(report.read_text(encoding="utf-8"))["frames"] < len(drops)


def test_what_is_no_tape_is_refused(command: Command, tmp_path: Path) -> None:
    """A file that is no tape, or none at all, is refused with what to give instead."""
    text = _text(tmp_path)
    assert_fails(command("judge", text, "-e", "knee_drops"), 10, "not a tape", "replay --tape")
    assert_fails(command("judge", SAMPLE, "-e", "knee_drops"), 10, "not a tape", "replay --tape")
    assert_fails(command("judge", tmp_path, "-e", "knee_drops"), 3, "folder")
    assert_fails(command("judge", tmp_path / "nope", "-e", "knee_drops"), 3, "no file")
    assert_fails(command("judge", _empty(tmp_path), "-e", "knee_drops"), 3, "empty")


# ---- Ctrl-C and the progress bar


@needs_posix
@pytest.mark.model
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_ctrl_c_keeps_what_was_judged(tmp_path: Path, name: str) -> None:
    """Ctrl-C in the middle: the table is printed, report, tape and video are whole, and the code is 130.

    The same when the system asks the program to end, or the terminal is closed. Until then what was there stays.
    """
    report, tape, seen = tmp_path / "r.json", tmp_path / "t.jsonl", tmp_path / "seen.mp4"
    tape.write_bytes(b"old")
    outputs = ("--json", report, "--tape", tape, "--annotate", seen)
    with ending(launch("replay", SAMPLE, "-e", "knee_drops", *outputs)) as process:

        def has_progress() -> bool:
            assert process.poll() is None, process.communicate()
            # dozens of frames
            return any(grows.stat().st_size > 100_000 for grows in tmp_path.glob("t.unfinished-*.jsonl"))

        until(has_progress, "progress")
        assert (tape.read_bytes(), seen.exists()) == (b"old", False)
        process.send_signal(getattr(signal, name))
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == STOPPED, err
    assert err == "posecheck: stopped; the verdict covers what was judged so far\n"
    assert "stopped before the end" in out
    found = json.loads(report.read_text(encoding="utf-8"))
    assert found["interrupted"] is True
    assert 0 < found["frames"] < 862
    assert _frames_of(seen) == found["frames"]
    assert len(tape.read_text(encoding="utf-8").splitlines()) == found["frames"] + 1
    assert sorted(tmp_path.iterdir()) == sorted((report, tape, seen))


@needs_posix
def test_a_second_ctrl_c_ends_at_once() -> None:
    """The first Ctrl-C is only noted, the second one interrupts; afterwards all is as before.

    A closed terminal is told by shell and system at once: that never interrupts.
    """
    before = signal.getsignal(signal.SIGINT)
    with terminal.finishing_on_ctrl_c() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        signal.raise_signal(signal.SIGHUP)
        for number in (signal.SIGINT, signal.SIGTERM):
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(number)
    assert signal.getsignal(signal.SIGINT) is before


@needs_posix
@pytest.mark.system
def test_the_progress_bar_shows_rate_and_time_left() -> None:
    """In a terminal a bar tells how far, how fast and how long still, even while descriptor 2 is silenced."""
    import pty

    code = (
        "import os, sys\n"
        "from posecheck.report.terminal import progress_bar\n"
        "with progress_bar('me.mp4', False) as advance:\n"
        "    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)\n"
        "    for done in range(8):\n"
        "        advance(done, 10, 'left 1/2')\n"
        "        sys.stdin.readline()\n"
        "    sys.stdin.read()\n"
    )
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "80"}
    command = [sys.executable, "-c", code]
    with ending(subprocess.Popen(command, stdin=subprocess.PIPE, stderr=theirs, env=environment)) as process:
        assert process.stdin is not None
        os.close(theirs)
        shown, text = b"", ""
        while not re.search(r"me\.mp4 .*\d0 %, [\d.]+ frames/s, \d:\d\d left +left 1/2", text):
            chunk = _read(ours)
            assert chunk, text
            shown += chunk
            text = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", shown).decode("utf-8", "replace")
            process.stdin.write(b"\n")  # a step further each time that the bar was drawn
            process.stdin.flush()
        process.stdin.close()
        while _read(ours):
            pass
        assert process.wait(PATIENCE_S) == 0
    os.close(ours)


def _read(terminal_end: int) -> bytes:
    try:
        return os.read(terminal_end, 65536)
    except OSError:  # Linux tells the end of a terminal so
        return b""


def _frames_of(path: Path) -> int:
    """How many frames of a video can be played."""
    from posecheck.capture.video_file import open_video

    with open_video(path) as source:
        count = sum(1 for _ in source)
    assert source.warning is None
    return count
