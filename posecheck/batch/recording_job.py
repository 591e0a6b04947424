"""Judges one recording in a worker: writes its outputs whole, its mark last. No error here stops the others."""

from __future__ import annotations

import errno
import hashlib
import time
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Literal

from posecheck.batch.annotated_video import make_film
from posecheck.batch.inputs import Recording
from posecheck.batch.manifests import (
    Mark,
    is_whole,
    parts_folder,
    read_mark,
    sha256_of,
    stamp_of_file,
    write_mark,
)
from posecheck.batch.output_folder import keep, workspace
from posecheck.batch.pieces import Piece, detect_piece, judge_joined, plan_pieces
from posecheck.batch.remote_files import fetch, is_address, stamp_of
from posecheck.batch.settings import Plan
from posecheck.batch.work_items import Outcome, State, Work
from posecheck.capture.gaps import ReadingNotes
from posecheck.detect.mediapipe_detector import Detector, load_mediapipe
from posecheck.detect.models import Model, load_model
from posecheck.errors import (
    DependencyError,
    FormatError,
    InputError,
    ModelError,
    NoPersonError,
    OutputError,
    PosecheckError,
    TooShortError,
)
from posecheck.expectation import is_tape
from posecheck.libraries import load_cv2
from posecheck.recognition import exercise_of_video
from posecheck.records import Summary
from posecheck.records.closing import Closing
from posecheck.records.files import make_folder
from posecheck.report.json_csv import summary_dict, write_json
from posecheck.run import MIN_FRAMES, Outputs, TapeRun, VideoRun
from posecheck.tape import read_tape


class Job:
    """Judges recordings, one at a time, in the process that it was sent to."""

    def __init__(self, plan: Plan, model: Model | None = None) -> None:
        self.plan = plan
        self._model = model
        self._kept: list[Detector] = []  # for single pictures: they remember nothing, so one serves every recording
        plan.key  # noqa: B018  # worked out once, here, and sent along

    def warm_up(self) -> None:
        """Load what every recording needs, so that no recording waits for it."""
        if self._model is not None:
            load_mediapipe()
            load_cv2().setNumThreads(1)

    def __call__(self, work: Work) -> Outcome:
        """Judge a recording, or a part of the work on it; whatever goes wrong is in the outcome."""
        start = time.perf_counter()
        recording = work.recording
        try:
            return self._do(work, start)
        except PosecheckError as error:
            problem, code = str(error), error.exit_code
            fatal = isinstance(error, OutputError | ModelError) or (
                isinstance(error, DependencyError) and not is_address(recording.where)
            )
        except OSError as error:  # the recording, or its disk, went away
            problem = f"cannot use {error.filename or recording.where}: {(error.strerror or str(error)).lower()}"
            code, fatal = InputError.exit_code, error.errno in (errno.ENOSPC, errno.EDQUOT)
        except Exception as error:  # noqa: BLE001  # a fault of ours, or of a library, must not end a night's work
            problem, code = f"{type(error).__name__}: {error} (a fault of posecheck: please report it)", 1
            fatal = False
        took = time.perf_counter() - start
        if not fatal:
            self._note_failure(recording, problem, code, took)
        return Outcome(recording, State.FAILED, problem=problem, exit_code=code, took_s=took, fatal=fatal)

    def _do(self, work: Work, start: float) -> Outcome:
        recording, plan = work.recording, self.plan
        if work.index is not None:
            return self._detect(work, work.index)
        if plan.resume and not work.pieces and (mark := self._done(recording)):
            return Outcome(recording, State.KEPT, problem=mark.problem, exit_code=mark.exit_code)
        split = work.split if plan.split is None else plan.split
        if split and not work.pieces and (pieces := self._pieces(recording)):
            return Outcome(recording, State.SPLIT, pieces=pieces)
        summary, mark = self._whole(work)
        took = time.perf_counter() - start
        write_mark(plan.out, recording, replace(mark, took_s=round(took, 3)))
        return Outcome(recording, State.JUDGED, summary.frames, mark.problem, mark.exit_code, took_s=took)

    def _whole(self, work: Work) -> tuple[Summary, Mark]:
        """Judge, and put the outputs in their places; the mark is still to be left."""
        recording, plan = work.recording, self.plan
        with workspace(plan.out) as folder:
            path, stamp, digest = _at_hand(recording, folder)
            outputs = Outputs()
            if not is_tape(path):  # of a tape there is neither another one nor a film; a film is made from a tape
                outputs = Outputs(
                    tape=folder / "poses.jsonl.gz" if plan.tapes or plan.annotate else None,
                    annotate=folder / "seen.mp4" if plan.annotate else None,
                )
            summary, notes = self._judged(path, outputs, work)
            report = folder / "report.json"
            write_json(report, summary_dict(summary, notes))
            if sha256_of(path) != digest:
                raise InputError(f"{recording.where} changed while it was read: run again when it is whole")
            tape = outputs.tape if plan.tapes else None
            places = {".json": report, ".jsonl.gz": tape, ".annotated.mp4": outputs.annotate}
            made = {f"{recording.name}{end}": made for end, made in places.items() if made is not None}
            kept = keep(plan.out, made)
        mark = Mark(plan.key, recording.where, stamp, digest, kept, warning=notes.warning)
        problem = _problem(summary, recording)
        if problem is not None:
            mark = replace(mark, problem=str(problem), exit_code=problem.exit_code)
        return summary, mark

    def _judged(self, path: Path, outputs: Outputs, work: Work) -> tuple[Summary, ReadingNotes]:
        """The verdict, and what is odd about the recording."""
        exercise, film, summary = self.plan.exercise, self.plan.film, None
        if is_tape(path):
            _refuse_routine(path)
            with TapeRun(path, exercise) as tape_run:
                summary, notes = _finished(tape_run), tape_run.notes
        elif work.pieces:
            tapes = [self._piece_tape(work.recording, piece.index) for piece in work.pieces]
            joined = judge_joined(path, exercise, self.model, work.pieces, tapes, outputs, options=film)
            summary, notes = joined[0] if joined else None, work.notes
        if summary is None:
            from posecheck.detect.person_tracker import PersonTracker

            exercise = exercise_of_video(path, exercise, self.model, film)
            seen = replace(outputs, annotate=None)
            with (
                PersonTracker(self.model, self._detector) as follower,
                VideoRun(path, exercise, self.model, seen, options=film, detector=follower) as run,
            ):
                summary, notes = _finished(run), run.notes
            if outputs.tape and outputs.annotate:
                make_film(path, exercise, self.model, outputs.tape, outputs.annotate, film)
        if is_address(work.recording.where) and not is_tape(path):  # not the name of our copy
            summary = replace(summary, source=PurePosixPath(work.recording.where).name)
        return summary, notes

    def _detector(self, model: Model, mode: Literal["video", "image"]) -> Detector | _Lent:
        """A detector for a recording; that for single pictures is lent, as making it takes as long as four frames."""
        if mode == "video":
            return Detector(model)
        return _Lent(self._kept.pop() if self._kept else Detector(model, mode="image"), self._kept)

    def _pieces(self, recording: Recording) -> tuple[Piece, ...]:
        """How to cut a recording; empty when it is to be judged in one piece."""
        path = Path(recording.where)
        return () if is_address(recording.where) or is_tape(path) else plan_pieces(path, self.plan.film)[0]

    def _detect(self, work: Work, index: int) -> Outcome:
        """Find the poses of one piece."""
        tape = self._piece_tape(work.recording, index)
        make_folder(tape.parent)
        where = Path(work.recording.where)
        piece = work.pieces[index]
        notes = detect_piece(where, self.model, piece, tape, make=self._detector, options=self.plan.film)
        return Outcome(work.recording, State.PIECE, notes=notes)

    def _piece_tape(self, recording: Recording, index: int) -> Path:
        """Where the poses of a piece wait: elsewhere when the recording has changed."""
        which = f"{recording.where} {stamp_of_file(Path(recording.where))}"
        name = hashlib.sha256(which.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return parts_folder(self.plan.out) / f"{name}-{index}.jsonl"

    @property
    def model(self) -> Model:
        """The pose model; sent along, or read here when only tapes were expected."""
        if self._model is None:
            self._model = load_model(self.plan.model_name)
        return self._model

    def _done(self, recording: Recording) -> Mark | None:
        """The mark of an earlier run, when plan and content are the same, and all its outputs are there."""
        mark = read_mark(self.plan.out, recording)
        if mark is None or mark.key != self.plan.key or not is_whole(self.plan.out, mark):
            return None
        if is_address(recording.where):
            stamp = stamp_of(recording.where)
            return mark if stamp and stamp == mark.stamp and mark.where == recording.where else None
        path = Path(recording.where)
        if not path.is_file():
            return None
        same = mark.where == recording.where and mark.stamp == stamp_of_file(path)
        return mark if same or sha256_of(path) == mark.sha256 else None

    def _note_failure(self, recording: Recording, problem: str, code: int, took_s: float) -> None:
        try:
            mark = Mark(
                self.plan.key, recording.where, "", "", problem=problem, exit_code=code, took_s=round(took_s, 3)
            )
            write_mark(self.plan.out, recording, mark)
        except OutputError:
            return  # it is in the outcome, too


class _Lent(Closing):
    """A detector that goes back to its place when it is closed."""

    def __init__(self, detector: Detector, place: list[Detector]) -> None:
        self._detector: Detector | None = detector
        self._place = place
        self.detect = detector.detect

    def close(self) -> None:
        if self._detector is not None:
            self._place.append(self._detector)
            self._detector = None


def _at_hand(recording: Recording, folder: Path) -> tuple[Path, str, str]:
    """A local file with the recording, its stamp and its sha256."""
    if is_address(recording.where):
        stamp = stamp_of(recording.where)
        path, digest = fetch(recording.where, folder)
        return path, stamp, digest
    path = Path(recording.where)
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder: give a video or a tape")
        return path, stamp_of_file(path), sha256_of(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error


def _finished(run: VideoRun | TapeRun) -> Summary:
    for _ in run.steps():
        pass
    return run.summary()


def _refuse_routine(path: Path) -> None:
    with read_tape(path) as tape:
        if tape.header.routine:
            raise FormatError(
                f"{path} is the tape of the live routine {tape.header.routine}, of several sets: judge it by itself "
                "(posecheck judge)"
            )


def _problem(summary: Summary, recording: Recording) -> PosecheckError | None:
    """Why the verdict is about nothing, if it is."""
    if summary.frames < MIN_FRAMES:
        return TooShortError(f"{recording.where} has only one frame to judge: give a recording of a few seconds")
    if not summary.frames_with_pose:
        return NoPersonError(f"nobody was seen in {recording.where}: the whole body must be in the picture")
    return None
