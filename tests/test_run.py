"""Videos and tapes through the stages to a summary: the same result, and nothing left open, whatever fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck import __version__, judge, replay
from posecheck.capture.film_options import FilmOptions
from posecheck.capture.video_file import open_video
from posecheck.detect import person_tracker
from posecheck.detect.models import Model, load_model
from posecheck.draw.video_writer import VideoWriter
from posecheck.errors import (
    ExerciseError,
    FormatError,
    NoPersonError,
    OutputError,
    PosecheckError,
    TooShortError,
    UsageError,
)
from posecheck.exercises import load_exercise
from posecheck.judging.recognise import SAMPLES
from posecheck.records import Frame, Pose, Step
from posecheck.run import Outputs, TapeRun, VideoRun, check_outputs
from posecheck.tape import TapeHeader, TapeWriter, read_tape
from posecheck.testing import ScriptedDetector, knee_drops_set
from tests.waiting import until

FPS = 15.0


class Remembered(ScriptedDetector):
    """Sees poses made to order, and is found again in `made`."""

    made: list[Remembered]

    def __init__(self, poses: Sequence[Pose]) -> None:
        super().__init__(poses)
        self.made.append(self)


@pytest.fixture(scope="module")
def drops() -> list[Pose]:
    """Two knee drops, in and out."""
    return knee_drops_set(("in", "out"), fps=FPS)


@pytest.fixture
def detectors(monkeypatch: pytest.MonkeyPatch, drops: Sequence[Pose]) -> list[Remembered]:
    """All detectors that a test makes; they see the knee drops."""
    Remembered.made = []
    monkeypatch.setattr(person_tracker, "PersonTracker", lambda _model: Remembered(drops))
    return Remembered.made


@pytest.fixture(scope="module")
def model() -> Model:
    """The embedded model; it is not run."""
    return load_model()


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory, drops: Sequence[Pose]) -> Path:
    """A grey video as long as the knee drops."""
    path = tmp_path_factory.mktemp("run") / "me.mp4"
    with VideoWriter(path) as writer:
        for index in range(len(drops)):
            writer.write(np.full((48, 64, 3), 90 + index % 60, np.uint8), index / FPS)
    return path


@pytest.fixture
def tape(tmp_path: Path, drops: Sequence[Pose]) -> Path:
    """A tape of the knee drops."""
    return _write(tmp_path / "t.jsonl", drops)


@pytest.mark.parametrize("good", [0, 1, 15, 16, 17, 40])
def test_what_comes_before_damage_is_judged(good: int, drops: Sequence[Pose], tmp_path: Path) -> None:
    """Every pose before the damaged line leads to its step, wherever it stands; then the error comes."""
    tape = _write(tmp_path / "t.jsonl", drops[: good + 1])
    lines = tape.read_bytes().splitlines(keepends=True)
    tape.write_bytes(b"".join(lines[:-1]) + b"{}\n")
    steps: list[Step] = []
    with TapeRun(tape, "knee_drops") as run, pytest.raises(FormatError, match=f"line {good + 2} is damaged"):
        steps.extend(run)
    assert [step.pose.t for step in steps] == [pose.t for pose in drops[:good]]


def _write(path: Path, poses: Sequence[Pose]) -> Path:
    with TapeWriter(path, TapeHeader(__version__, "full", "0" * 64, "made.mp4", (640, 480))) as tape:
        for pose in poses:
            tape.write(pose)
    return path


def _decoders() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("decode")]


def test_replay_and_judge_agree(detectors: list[Remembered], video: Path, model: Model, tmp_path: Path) -> None:
    """The tape of a replay, and a replay by the function, give the same summary; every detector is closed."""
    with VideoRun(video, "knee_drops", model, Outputs(tape=tmp_path / "t.jsonl")) as first:
        frames = [frame for frame, _ in first]
        summary = first.summary()
    assert summary.counts == {"in": 1, "out": 1}
    assert len(frames) == summary.frames == first.frame_count
    assert judge(tmp_path / "t.jsonl", "knee_drops") == summary == replay(video, load_exercise("knee_drops"))
    assert [detector.closed for detector in detectors] == [True, True]


@pytest.fixture
def quick_video(tmp_path: Path, drops: Sequence[Pose]) -> Path:
    """The same at four times the rate: 60 frames a second."""
    path = tmp_path / "quick.mp4"
    with VideoWriter(path) as writer:
        for index in range(4 * len(drops)):
            writer.write(np.full((48, 64, 3), 90 + index % 60, np.uint8), index / (4 * FPS))
    return path


def test_every_fourth_frame_of_a_quick_film_is_judged(
    detectors: list[Remembered], quick_video: Path, drops: Sequence[Pose], model: Model, tmp_path: Path
) -> None:
    """The tape has the poses that were judged, and the annotated film has every frame, with the same verdict."""
    verdicts = []
    for film in (None, tmp_path / "film.mp4"):
        outputs = Outputs(tape=tmp_path / "t.jsonl", annotate=film)
        with VideoRun(quick_video, "knee_drops", model, outputs) as run:
            times = [step.pose.t for step in run.steps()]
            verdicts.append(run.summary())
            assert run.frame_count == len(times) == len(drops)
        assert times == pytest.approx([pose.t for pose in drops], abs=1e-4)
        with read_tape(tmp_path / "t.jsonl") as tape:
            assert [pose.t for pose in tape] == pytest.approx(times, abs=1e-6)
    assert verdicts[0] == verdicts[1]
    assert verdicts[0].counts == {"in": 1, "out": 1}
    with open_video(tmp_path / "film.mp4") as written:
        assert sum(1 for _ in written) == 4 * len(drops)
    assert len(detectors) == 2


def test_few_poses_a_second_keep_the_film_whole(
    detectors: list[Remembered], quick_video: Path, drops: Sequence[Pose], model: Model, tmp_path: Path
) -> None:
    """With one pose in 30 frames no more than a few of them wait in memory, and all are written."""
    outputs = Outputs(annotate=tmp_path / "film.mp4")
    with VideoRun(quick_video, "knee_drops", model, outputs, options=FilmOptions(rate=2.0)) as run:
        judged = sum(1 for _ in run)
    with open_video(tmp_path / "film.mp4") as written:
        assert sum(1 for _ in written) == 4 * len(drops)
    assert judged == pytest.approx(2 * len(drops) / FPS, abs=1)
    assert detectors[0].closed


def test_a_consumer_that_raises_leaves_nothing_open(
    detectors: list[Remembered], video: Path, model: Model, tmp_path: Path
) -> None:
    """When whoever iterates raises, detector, thread and outputs are closed; the tape is whole up to there."""
    outputs = Outputs(tmp_path / "t.csv", tmp_path / "t.jsonl", tmp_path / "t.mp4")

    def consume() -> None:
        with VideoRun(video, "knee_drops", model, outputs) as running:
            for frame, _ in running:
                if frame.index == 9:
                    raise RuntimeError("consumer")

    with pytest.raises(RuntimeError, match="consumer"):
        consume()
    assert detectors[0].closed
    assert not _decoders()
    with read_tape(tmp_path / "t.jsonl") as tape:
        assert sum(1 for _ in tape) == 10
        assert tape.warning is None
    assert len((tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()) == 11


def test_the_next_frame_is_detected_meanwhile(
    detectors: list[Remembered], video: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a step is looked at one more frame is detected, no further; that ends before the detector is closed."""
    told: list[str] = []
    detect, close = Remembered.detect, Remembered.close

    def slow(self: Remembered, frame: Frame) -> Pose:
        told.append(f"look at {frame.index}")
        pose = detect(self, frame)
        told.append(f"found in {frame.index}")
        return pose

    def noted(self: Remembered) -> None:
        told.append("close")
        close(self)

    monkeypatch.setattr(Remembered, "detect", slow)
    monkeypatch.setattr(Remembered, "close", noted)
    with VideoRun(video, "knee_drops", model) as running:
        steps = running.steps()
        next(steps)
        until(lambda: told[-1] == "found in 1", "the next frame")
        told.append("go on")
        next(steps)
    assert told[:5] == ["look at 0", "found in 0", "look at 1", "found in 1", "go on"]
    assert told[5:] == ["look at 2", "found in 2", "close"]
    assert detectors[0].closed


def test_leaving_before_the_end_gives_what_was_judged(detectors: list[Remembered], video: Path, model: Model) -> None:
    """A run that is left in the middle gives the summary so far, marked as interrupted."""
    with VideoRun(video, "knee_drops", model) as running:
        for count, _ in enumerate(running.steps(), 1):
            if count == 40:
                break
        summary = running.summary(interrupted=True)
    assert (summary.frames, summary.interrupted) == (40, True)
    assert detectors[0].closed
    assert not _decoders()


@pytest.mark.parametrize("fails", ["exercise", "csv", "tape"])
def test_a_failure_while_opening_leaves_nothing_open(
    detectors: list[Remembered], video: Path, model: Model, tmp_path: Path, fails: str
) -> None:
    """When an exercise or an output turns out bad, what was opened before is closed again."""
    outputs = Outputs(**{fails: tmp_path / "nowhere" / "x"}) if fails != "exercise" else Outputs()
    exercise = "nope" if fails == "exercise" else "knee_drops"
    with pytest.raises((ExerciseError, OutputError)):
        VideoRun(video, exercise, model, outputs)
    assert all(detector.closed for detector in detectors)
    with pytest.raises((ExerciseError, OutputError)):
        TapeRun(_write(tmp_path / "t.jsonl", []), exercise, Outputs(csv=outputs.csv or tmp_path))


def test_the_range_of_a_tape_is_that_of_a_video(
    detectors: list[Remembered], video: Path, tape: Path, drops: Sequence[Pose]
) -> None:
    """From and to choose the same frames of a tape as of a video: the start is in, the end is out."""
    del detectors
    chosen = [pose for pose in drops if 2 <= pose.t < 5]
    found = judge(tape, "knee_drops", start_s=2, end_s=5)
    assert found.frames == len(chosen) == replay(video, "knee_drops", start_s=2, end_s=5).frames
    assert found.duration_s == pytest.approx(chosen[-1].t - chosen[0].t)


@pytest.mark.parametrize(("start_s", "end_s"), [(5.0, 4.0), (4.0, 4.0), (-1.0, None), (float("nan"), None)])
def test_a_range_that_is_none_is_refused(tape: Path, video: Path, start_s: float, end_s: float | None) -> None:
    """A range that ends before it starts, or starts nowhere, is refused for tapes and videos alike."""
    with pytest.raises(UsageError):
        judge(tape, start_s=start_s, end_s=end_s)
    with pytest.raises(UsageError):
        replay(video, "knee_drops", start_s=start_s, end_s=end_s)


def test_the_exercise_of_a_tape_is_recognised(tape: Path, tmp_path: Path, drops: Sequence[Pose]) -> None:
    """Without a name the exercise is found out; nobody, one pose, or an unknown posture is told."""
    assert judge(tape).exercise == "knee_drops"
    with pytest.raises(NoPersonError):
        judge(_write(tmp_path / "nobody.jsonl", [Pose.absent(i / FPS) for i in range(20)]))
    with pytest.raises(TooShortError):
        judge(_write(tmp_path / "one.jsonl", drops[:1]))


def test_the_exercise_of_a_video_is_recognised(
    detectors: list[Remembered],
    video: Path,
    drops: Sequence[Pose],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Frames spread over the video are looked at, not all of them, and each look is a fresh one."""
    looked: list[float] = []

    class Look(ScriptedDetector):
        def detect(self, frame: Frame) -> Pose:
            looked.append(frame.t)
            return drops[frame.index]

    def make(_model: Model, *, mode: str) -> Any:
        assert mode == "image"
        return Look([])

    monkeypatch.setattr("posecheck.detect.mediapipe_detector.Detector", make)
    assert replay(video).exercise == "knee_drops"
    assert len(detectors) == 1
    assert SAMPLES <= len(looked) <= 2 * SAMPLES
    assert looked[-1] > 0.9 * drops[-1].t


def test_outputs_are_checked_before_the_work(tmp_path: Path) -> None:
    """An output that is an input or another output is refused, by link too; good ones leave no trace."""
    given, link = tmp_path / "me.mp4", tmp_path / "link"
    given.touch()
    link.symlink_to(given)
    for bad in (given, link, tmp_path / "x" / ".." / "me.mp4"):
        with pytest.raises(PosecheckError, match=r"another name|cannot write"):
            check_outputs([bad], [given])
    with pytest.raises(UsageError, match="two outputs"):
        Outputs(csv=tmp_path / "a", tape=tmp_path / "a").check(given)
    Outputs(csv=tmp_path / "a", tape=tmp_path / "b").check(given, report=tmp_path / "c")
    assert sorted(tmp_path.iterdir()) == [link, given]


def test_steps_of_both_runs_are_the_same(
    detectors: list[Remembered], video: Path, model: Model, tmp_path: Path
) -> None:
    """Step by step a tape gives what the video gave."""
    del detectors
    with VideoRun(video, "knee_drops", model, Outputs(tape=tmp_path / "t.jsonl")) as first:
        steps = list(first.steps())
    with TapeRun(tmp_path / "t.jsonl", "knee_drops") as second:
        again: Iterator[Any] = second.steps()
        for step in steps:
            other = next(again)
            assert (other.pose, other.check, other.events) == (step.pose, step.check, step.events)
        assert next(again, None) is None
