"""A long recording in pieces: cut by its length alone, joined only where the pieces agree, with the same verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck import __version__, judge, load_exercise, replay
from posecheck.batch import long_recording
from posecheck.batch import pieces as piece_module
from posecheck.batch.annotated_video import Known
from posecheck.batch.inputs import Recording
from posecheck.batch.long_recording import replay_in_pieces
from posecheck.batch.pieces import (
    LEAD_S,
    MOST_PIECES,
    PIECE_S,
    Piece,
    SeamError,
    joined,
    judge_joined,
    pieces_of,
)
from posecheck.batch.recording_job import Job
from posecheck.batch.run_batch import prepare
from posecheck.batch.settings import Plan
from posecheck.batch.work_items import State, Work
from posecheck.capture.film_options import FilmOptions
from posecheck.capture.video_file import open_video
from posecheck.detect import person_tracker
from posecheck.detect.models import Model, load_model
from posecheck.draw.video_writer import AnnotatedWriter, VideoWriter
from posecheck.records import Frame, Pose
from posecheck.records.folders import data_dir
from posecheck.run import Outputs, VideoRun
from posecheck.tape import TapeHeader, TapeWriter, read_tape
from posecheck.testing import ScriptedDetector, knee_drops_set

pytestmark = pytest.mark.system

HEADER = TapeHeader(__version__, "full", "0" * 64, "me.mp4", (640, 480))


@pytest.fixture(scope="module")
def drops() -> list[Pose]:
    """Two knee drops, in and out."""
    return knee_drops_set(("in", "out"), fps=15.0)


def tapes_of(folder: Path, poses: Sequence[Pose], pieces: Sequence[Piece]) -> list[Path]:
    """A tape for each piece, with its lead."""
    paths = []
    for piece in pieces:
        path = folder / f"{piece.index}.jsonl"
        with TapeWriter(path, HEADER) as tape:
            for pose in poses:
                if piece.start_s - LEAD_S <= pose.t < (piece.end_s or float("inf")):
                    tape.write(pose)
        paths.append(path)
    return paths


def cut(poses: Sequence[Pose], count: int) -> tuple[Piece, ...]:
    """So many pieces of equal length."""
    length = poses[-1].t / count
    return tuple(Piece(i, i * length, (i + 1) * length if i + 1 < count else None) for i in range(count))


def test_how_a_recording_is_cut_depends_on_its_length_alone() -> None:
    """Short ones, and those whose length is not known, are not; pieces are equal, never short, never too many."""
    assert pieces_of(None) == pieces_of(2 * PIECE_S - 1) == ()
    two = pieces_of(130.0)
    assert two == (Piece(0, 0.0, 65.0), Piece(1, 65.0, None))
    assert len(pieces_of(24 * 3600.0)) == MOST_PIECES


def test_joined_pieces_are_the_whole(drops: Sequence[Pose], tmp_path: Path) -> None:
    """Every pose once, in order, whatever the number of pieces."""
    for count in (2, 3):
        pieces = cut(drops, count)
        assert list(joined(pieces, tapes_of(tmp_path, drops, pieces))) == list(drops)


def test_pieces_that_show_different_bodies_are_not_joined(drops: Sequence[Pose], tmp_path: Path) -> None:
    """A body elsewhere, swapped legs, nobody, other times: none is joined; noise is."""
    pieces = cut(drops, 2)
    seam = pieces[1].start_s

    def spoilt(change: Any) -> list[Pose]:
        """The second piece as another tracker saw it."""
        first, second = tapes_of(tmp_path, drops, pieces)
        with read_tape(second) as tape:
            poses = [change(pose) for pose in tape]
        with TapeWriter(second, HEADER) as writer:
            for pose in poses:
                writer.write(pose)
        return list(joined(pieces, [first, second]))

    order = list(range(33))
    order[23:33] = [i + 1 if i % 2 else i - 1 for i in range(23, 33)]
    changes = (
        lambda p: replace(p, points_px=p.points_px + 60.0),
        lambda p: replace(p, points_px=p.points_px[order]),
        lambda p: Pose.absent(p.t, p.size),
        lambda p: replace(p, t=p.t + 0.01),
    )
    for change in changes:
        with pytest.raises(SeamError, match=f"do not agree at {seam:g} s"):
            spoilt(change)
    noise = np.random.default_rng(1)
    assert len(spoilt(lambda p: replace(p, points_px=p.points_px + noise.normal(0, 0.5, (33, 2))))) == len(drops)


def test_known_poses_stand_for_a_detector(drops: Sequence[Pose]) -> None:
    """Each frame gets the pose of its time, and none where there is none."""
    image = np.zeros((48, 64, 3), np.uint8)
    detector = Known(iter([drops[0], drops[2]]))
    found = [detector.detect(Frame(i, drops[i].t, image)) for i in range(4)]
    assert [pose.present for pose in found] == [True, False, True, False]


class Watching(ScriptedDetector):
    """Sees the pose of a frame's time; `company_t`: when it saw somebody else."""

    def __init__(self, poses: Sequence[Pose], company_t: float | None = None) -> None:
        super().__init__(())
        self._by_time = {round(pose.t, 3): pose for pose in poses}
        self.company_t = company_t

    def detect(self, frame: Frame) -> Pose:
        """The pose that belongs to the time."""
        found = self._by_time.get(round(frame.t, 3))
        return Pose.absent(frame.t, (64, 48)) if found is None else replace(found, t=frame.t)


@pytest.fixture(scope="module")
def model() -> Model:
    """The embedded model."""
    return load_model()


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory, drops: Sequence[Pose]) -> Path:
    """A grey video as long as the knee drops."""
    path = tmp_path_factory.mktemp("split") / "me.mp4"
    with VideoWriter(path) as writer:
        for pose in drops:
            writer.write(np.full((48, 64, 3), 128, np.uint8), pose.t)
    return path


def work_through(job: Job, video: Path) -> list[State]:
    """Do what a dispatcher would, in this process; the states of all outcomes."""
    recording = Recording(str(video), "me")
    outcome = job(Work(recording))
    states = [outcome.state]
    if outcome.state is State.SPLIT:
        pieces = outcome.pieces
        states += [job(Work(recording, pieces, piece.index)).state for piece in pieces]
        states.append(job(Work(recording, pieces)).state)
    return states


@pytest.mark.parametrize("annotate", [False, True])
def test_a_recording_in_pieces_has_the_outputs_of_a_whole_one(
    annotate: bool, video: Path, drops: Sequence[Pose], model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Report and tape are the same to the letter when the detector sees the same; the film is there when asked for."""
    monkeypatch.setattr(piece_module, "PIECE_S", 4.0)
    monkeypatch.setattr(person_tracker, "PersonTracker", lambda _model, _make=None: Watching(drops))
    outs = []
    for pieces in (False, True):
        out = tmp_path / f"{pieces}"
        prepare(out, resume=False)
        plan = Plan(load_exercise("knee_drops"), out, "full", "", tapes=True, annotate=annotate, split=pieces)
        states = work_through(Job(plan, model), video)
        assert states[0] is (State.SPLIT if pieces else State.JUDGED)
        assert states[-1] is State.JUDGED
        assert (out / "me.annotated.mp4").is_file() is annotate
        assert not list((out / ".posecheck" / "parts").iterdir())
        with read_tape(out / "me.jsonl.gz") as tape:
            outs.append(((out / "me.json").read_text(encoding="utf-8"), list(tape)))
    assert outs[0] == outs[1]
    assert '"in": 1' in outs[0][0]


def test_a_film_is_made_when_the_detector_is_gone(
    video: Path, drops: Sequence[Pose], model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both at once would need more memory than a worker should; no tape stays that nobody asked for."""
    done: list[str] = []

    class Detecting(Watching):
        def close(self) -> None:
            done.append("detected")

    class Filming(AnnotatedWriter):
        def __init__(self, path: Path, *, title: str) -> None:
            done.append("filming")
            super().__init__(path, title=title)

    monkeypatch.setattr(person_tracker, "PersonTracker", lambda _model, _make=None: Detecting(drops))
    monkeypatch.setattr("posecheck.draw.video_writer.AnnotatedWriter", Filming)
    out = tmp_path / "out"
    prepare(out, resume=False)
    job = Job(Plan(load_exercise("knee_drops"), out, "full", "", annotate=True), model)
    assert job(Work(Recording(str(video), "me"))).state is State.JUDGED
    assert done == ["detected", "filming"]
    assert sorted(path.name for path in out.glob("me*")) == ["me.annotated.mp4", "me.json"]
    with open_video(video) as source, open_video(out / "me.annotated.mp4") as film:
        assert len(list(film)) == len(list(source))


@pytest.mark.parametrize(
    ("planned", "idle", "cut_up"), [(None, False, False), (None, True, True), (False, True, False), (True, False, True)]
)
def test_a_long_recording_is_cut_where_a_worker_would_idle(
    planned: bool | None,
    idle: bool,
    cut_up: bool,
    video: Path,
    drops: Sequence[Pose],
    model: Model,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Unless the plan says that all are cut, or none."""
    monkeypatch.setattr(piece_module, "PIECE_S", 4.0)
    monkeypatch.setattr(person_tracker, "PersonTracker", lambda _model, _make=None: Watching(drops))
    prepare(tmp_path / "out", resume=False)
    job = Job(Plan(load_exercise("knee_drops"), tmp_path / "out", "full", "", split=planned), model)
    outcome = job(Work(Recording(str(video), "me"), split=idle))
    assert outcome.state is (State.SPLIT if cut_up else State.JUDGED)


def test_the_course_of_a_recording_in_pieces_is_that_of_the_whole(
    video: Path, drops: Sequence[Pose], model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a report page and the history are made of is the same to the letter, annotated or not."""
    monkeypatch.setattr(person_tracker, "PersonTracker", lambda _model, _make=None: Watching(drops))
    exercise = load_exercise("knee_drops")
    with VideoRun(video, exercise, model, Outputs(page=tmp_path / "page.html")) as run:
        for _ in run:
            pass
        whole = run.trace()
    assert whole is not None
    with open_video(video) as source:
        poses = [Watching(drops).detect(frame) for frame in source]
    pieces = cut(poses, 2)
    for film in (None, tmp_path / "film.mp4"):
        outputs = Outputs(history=tmp_path / "history", annotate=film)
        found = judge_joined(video, exercise, model, pieces, tapes_of(tmp_path, poses, pieces), outputs)
        assert found is not None
        assert found[1] == replace(whole, summary=found[0])
        assert replace(found[0], source=whole.summary.source) == whole.summary


def test_with_somebody_else_in_the_picture_it_is_judged_in_one_piece(
    video: Path, drops: Sequence[Pose], model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who exercises is known only from the beginning: the followers are made once for each piece, and once more."""
    made: list[Watching] = []

    def follower(_model: Model, _make: object = None) -> Watching:
        made.append(Watching(drops, company_t=1.0))
        return made[-1]

    monkeypatch.setattr(piece_module, "PIECE_S", 4.0)
    monkeypatch.setattr(person_tracker, "PersonTracker", follower)
    prepare(tmp_path / "out", resume=False)
    job = Job(Plan(load_exercise("knee_drops"), tmp_path / "out", "full", "", split=True), model)
    states = work_through(job, video)
    assert states[-1] is State.JUDGED
    assert len(made) == states.count(State.PIECE) + 1


def test_a_short_video_is_left_to_replay(video: Path, model: Model) -> None:
    """There is nothing to cut, so no worker is started."""
    assert replay_in_pieces(video, "knee_drops", model, Outputs(), jobs=2) is None


@pytest.mark.parametrize("so_far", [40, 0, None])
def test_what_was_read_before_a_stop_is_judged(
    so_far: int | None,
    video: Path,
    drops: Sequence[Pose],
    model: Model,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The verdict is about the poses of the first piece; before it has begun there is none."""

    def stopped(*_: object) -> list[Any]:
        tapes = made[0]
        if so_far is not None:
            with TapeWriter(tapes[0], HEADER) as tape:
                for pose in drops[:so_far]:
                    tape.write(pose)
        return []

    made: list[Sequence[Path]] = []

    class Noted(long_recording.PieceTask):
        def __init__(self, model: Model, tapes: Sequence[Path], options: FilmOptions) -> None:
            super().__init__(model, tapes, options)
            made.append(tapes)

    monkeypatch.setattr(piece_module, "PIECE_S", 4.0)
    monkeypatch.setattr(long_recording, "PieceTask", Noted)
    monkeypatch.setattr(long_recording, "_done", stopped)
    exercise, tape = load_exercise("knee_drops"), Outputs(tape=tmp_path / "t.jsonl", page=tmp_path / "page.html")
    if so_far is None:
        with pytest.raises(KeyboardInterrupt):
            replay_in_pieces(video, exercise, model, tape, jobs=2, stop=lambda: True)
        return
    found = replay_in_pieces(video, exercise, model, tape, jobs=2, stop=lambda: True)
    assert found is not None
    assert (found[0].frames, found[0].interrupted) == (so_far, True)
    assert found[2] is not None
    assert found[2].summary == found[0]
    with read_tape(tmp_path / "t.jsonl") as kept:
        assert list(kept) == drops[:so_far]


def test_a_jump_ends_on_the_frame_itself(tmp_path: Path) -> None:
    """Also at a rate that varies: pictures and times of a piece are those of a video that is read from its start."""
    path = tmp_path / "phone.mp4"
    times = np.cumsum(np.random.default_rng(3).uniform(0.02, 0.09, 150))
    with VideoWriter(path) as writer:
        for i, t in enumerate(times):
            writer.write(np.full((48, 64, 3), (i * 13) % 250, np.uint8), float(t))
    for start in (1.5, 3.0, 6.5):
        with open_video(path, start) as read, open_video(path, start, seek=True) as jumped:
            plain = [(frame.t, int(frame.image.mean())) for frame in read]
            assert [(frame.t, int(frame.image.mean())) for frame in jumped] == plain
            assert len(plain) > 10


@pytest.mark.model
def test_the_verdict_of_a_sample_in_pieces_is_that_of_the_whole(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real model, on two cores: the same drops counted in the same order, timed within a tenth of a second."""
    from tests.batch.test_batch_cluster import shortened

    clip = shortened(data_dir("samples") / "knee_drops.mp4", tmp_path / "clip.mp4", seconds=13.0)
    monkeypatch.setattr(piece_module, "PIECE_S", 6.0)
    whole = replay(clip, "knee_drops")
    frames: list[int] = []
    found = replay_in_pieces(
        clip,
        load_exercise("knee_drops"),
        model,
        Outputs(tape=tmp_path / "tape.jsonl"),
        jobs=2,
        show=lambda done, _: frames.append(done),
    )
    assert found is not None
    summary, notes, trace = found
    assert trace is None
    assert notes.warning is None
    assert frames[-1] > whole.frames
    assert summary.counts == whole.counts == {"in": 1, "out": 1}
    for a, b in zip(summary.repetitions, whole.repetitions, strict=True):
        assert (a.group, a.counted, a.reason) == (b.group, b.counted, b.reason)
        assert (a.start_s, a.end_s, a.held_s) == pytest.approx((b.start_s, b.end_s, b.held_s), abs=0.1)
    assert judge(tmp_path / "tape.jsonl", "knee_drops") == replace(summary, source=clip.name)
