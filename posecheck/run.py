"""Joins the stages: a video or a tape through detector and session to a summary."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from posecheck._version import __version__
from posecheck.capture.film_options import FilmOptions, Rate
from posecheck.capture.gaps import Gap, ReadingNotes
from posecheck.capture.pace import Pace, chosen_rate
from posecheck.detect.models import DEFAULT_MODEL, Model, load_model
from posecheck.errors import UsageError
from posecheck.exercises import Exercise
from posecheck.judging.session import Session
from posecheck.recognition import AUTO as AUTO
from posecheck.recognition import MIN_FRAMES as MIN_FRAMES
from posecheck.recognition import exercise_of_tape, exercise_of_video, in_range
from posecheck.records import Frame, Pose, Step, Summary
from posecheck.records.files import check_writable
from posecheck.records.times import check_range
from posecheck.report.json_csv import CsvWriter
from posecheck.tape import TapeHeader, TapeWriter, read_tape

if TYPE_CHECKING:
    from posecheck.detect.pose_detector import PoseDetector
    from posecheck.draw.in_between import InBetweenWriter
    from posecheck.judging.trace import Trace, TraceRecorder

MOST_ON_PAGE = 20_000  # a guess: poses of a tape that a page explains: 22 minutes, and about 10 s of work
_MOST_BETWEEN = 8  # frames that an annotated film keeps waiting for the next pose: of 1080p they take 50 MB


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files to write while a source is judged; None: not wanted."""

    csv: Path | None = None
    tape: Path | None = None
    annotate: Path | None = None
    page: Path | None = None  # the report page: whoever runs writes it, from the run's trace
    history: Path | None = None  # where the set is kept: the same

    def check(self, *inputs: Path, report: Path | None = None) -> None:
        """Find out before the work what cannot be written.

        Args:
            inputs: files that must not be overwritten.
            report: one more output; None for none.

        Raises:
            UsageError: an output is an input, or two outputs are the same file.
            OutputError: one cannot be written.
        """
        check_outputs([self.csv, self.tape, self.annotate, self.page, report], inputs)


def check_outputs(outputs: Iterable[Path | None], inputs: Iterable[Path]) -> None:
    """Find out before the work whether all outputs can be written, without harm to the inputs.

    Args:
        outputs: the files to write; None is one that is not wanted.
        inputs: files that must not be overwritten.

    Raises:
        UsageError: an output is an input, or two outputs are the same file.
        OutputError: one cannot be written.
    """
    wanted = [path for path in outputs if path is not None]
    places = [os.path.realpath(path) for path in wanted]  # unlike Path.resolve, no error in a circle of links
    for path, place in zip(wanted, places, strict=True):
        for given in inputs:
            if _same_file(path, given):
                raise UsageError(f"{path} is an input, it would be overwritten: give the output another name")
        if places.count(place) > 1:
            raise UsageError(f"{path} is named for two outputs: give each its own name")
        check_writable(path)


def _same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file that is there, by links or letter case too."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def replay(
    path: str | Path,
    exercise: str | Exercise = AUTO,
    *,
    model: str | Path = DEFAULT_MODEL,
    start_s: float = 0.0,
    end_s: float | None = None,
    rate: Rate = "auto",
    fps: float | None = None,
    mirrored: bool = False,
    slow_motion: float = 1.0,
) -> Summary:
    """Judge a recorded video.

    Args:
        path: a video file.
        exercise: name of a built-in exercise, path of a TOML file, a loaded exercise, or "auto".
        model: name or path of the pose model.
        start_s: the first time to judge, in seconds of the film.
        end_s: where to stop, in seconds of the film; None for its end.
        rate: how many poses a second are judged: a number, "all", or "auto" for about 15.
        fps: frames a second of a film that has no clock, such as a raw .h264 file.
        mirrored: the camera has swapped left and right, as some phones do in selfie films.
        slow_motion: the film plays so many times slower than what it shows; all times are divided by it.

    Returns:
        The verdict.

    Raises:
        PosecheckError: or one of its children, each of which says what to do.
    """
    options = FilmOptions(rate=rate, fps=fps, mirrored=mirrored, slow_motion=slow_motion)
    with VideoRun(path, exercise, load_model(model), start_s=start_s, end_s=end_s, options=options) as run:
        for _ in run:
            pass
        return run.summary()


def judge(
    path: str | Path, exercise: str | Exercise = AUTO, *, start_s: float = 0.0, end_s: float | None = None
) -> Summary:
    """Judge a tape: the poses of an earlier run, without a model.

    Args:
        path: the tape.
        exercise: name of a built-in exercise, path of a TOML file, a loaded exercise, or "auto".
        start_s: the first time to judge, in seconds of the recording.
        end_s: where to stop, in seconds of the recording; None for its end.

    Returns:
        The verdict.

    Raises:
        PosecheckError: or one of its children, each of which says what to do.
    """
    with TapeRun(path, exercise, start_s=start_s, end_s=end_s) as run:
        for _ in run:
            pass
        return run.summary()


class _Run:
    """What judging a video and judging a tape have in common: a session, and files that are closed in any case."""

    exercise: Exercise
    frame_count: int | None = None  # for a progress bar, where it is known
    _session: Session

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._recorder: TraceRecorder | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def summary(self, interrupted: bool = False) -> Summary:
        """The verdict so far."""
        return self._session.summary(interrupted)

    def keep_trace(self) -> None:
        """Keep what a report and the history need; to be called before the first step."""
        from posecheck.judging.trace import TraceRecorder

        self._recorder = TraceRecorder(self._session.exercise)

    def trace(self, interrupted: bool = False) -> Trace | None:
        """The verdict with all that a report needs of it, at the end; None without `keep_trace`."""
        if self._recorder is None:
            return None
        self._recorder.note(self._session.finish())
        return self._recorder.trace(self._session.summary(interrupted))

    @property
    def notes(self) -> ReadingNotes:
        """What was odd about the recording; complete after the iteration."""
        raise NotImplementedError

    @property
    def warning(self) -> str | None:
        """The notes in one line; None when all is well."""
        return self.notes.warning

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Where pictures are missing because the recording is damaged."""
        return self.notes.gaps

    def _judge(self, pose: Pose) -> Step:
        step = self._session.feed(pose)
        if self._recorder is not None:
            self._recorder.update(step)
        return step

    def _table(self, outputs: Outputs) -> CsvWriter | None:
        return self._stack.enter_context(CsvWriter(outputs.csv)) if outputs.csv else None


class VideoRun(_Run):
    """A video being judged: iterate for every judged frame with what it led to, then ask for the summary.

    `exercise` is known after opening; `frame_count` (None when unknown) is for a progress bar; `warning` and `gaps`
    tell after the iteration what is odd about the file. `options`: how it is read, at about 15 frames a second when
    left out. `detector`: what finds the poses, a PersonTracker when left out. Other arguments, and errors, as for
    `replay`.
    """

    def __init__(
        self,
        path: str | Path,
        exercise: str | Exercise,
        model: Model,
        outputs: Outputs | None = None,
        *,
        start_s: float = 0.0,
        end_s: float | None = None,
        options: FilmOptions | None = None,
        detector: PoseDetector | None = None,
    ) -> None:
        from posecheck.capture.video_file import open_recording
        from posecheck.detect.person_tracker import PersonTracker

        super().__init__()
        outputs, options = outputs or Outputs(), options or FilmOptions()
        read = replace(options, rate="all") if outputs.annotate else options  # the film shows every frame
        with self._stack as opened:  # closes what is open when a later one fails
            self._source = opened.enter_context(open_recording(path, start_s, end_s, read))
            self.exercise = exercise_of_video(path, exercise, model, options, start_s, end_s)
            self._session = Session(self.exercise, self._source.name)
            self._detector: PoseDetector = detector or opened.enter_context(PersonTracker(model))
            self._ahead = opened.enter_context(ThreadPoolExecutor(1, "detect"))  # ends before the detector is closed
            self._csv = self._table(outputs)
            self._tape = self._tape_writer(outputs, model)
            self._film = self._film_writer(outputs)
            self._stack = opened.pop_all()
        rate = chosen_rate(options.rate, self._source.fps) if outputs.annotate else None
        self._pace = Pace(rate, self._source.fps)
        total = self._source.frame_count
        self.frame_count = total if total is None or rate is None else round(total * rate / self._source.fps)
        if outputs.page or outputs.history:
            self.keep_trace()

    @property
    def notes(self) -> ReadingNotes:
        return self._source.notes.also(getattr(self._detector, "warning", None))  # scripted detectors have none

    def __iter__(self) -> Iterator[tuple[Frame, Step]]:
        for frame, pose, after in self._detected():
            if frame is None or pose is None:
                if self._film:
                    self._film.write_as_last(after)
                continue
            if self._tape:
                self._tape.write(pose)
            step = self._judge(pose)
            if self._csv:
                self._csv.write(step)
            if self._film:
                self._film.write(frame, step, after)
            yield frame, step
        if self._film:
            self._film.write_as_last(())

    def _detected(self) -> Iterator[tuple[Frame | None, Pose | None, list[Frame]]]:
        """The wanted frames with their poses, and the frames behind each, up to the next wanted one.

        The next is detected while one is judged, drawn and written. When too many frames wait for it, they come alone.
        """
        last: tuple[Frame, Future[Pose]] | None = None
        after: list[Frame] = []
        for frame in self._source:
            wanted = self._pace.wants(frame.t)
            coming = (frame, self._ahead.submit(self._detector.detect, frame)) if wanted else None
            if wanted or len(after) >= _MOST_BETWEEN:
                if last is not None:
                    yield last[0], last[1].result(), after
                elif after:
                    yield None, None, after
                last, after = coming, []
            if not wanted:
                after.append(frame)
        if last is not None:
            yield last[0], last[1].result(), after
        elif after:
            yield None, None, after

    def steps(self) -> Iterator[Step]:
        """Iterate for the steps alone."""
        for _, step in self:
            yield step

    def _tape_writer(self, outputs: Outputs, model: Model) -> TapeWriter | None:
        if outputs.tape is None:
            return None
        header = TapeHeader(__version__, model.name, model.sha256, self._source.name, self._source.size)
        return self._stack.enter_context(TapeWriter(outputs.tape, header))

    def _film_writer(self, outputs: Outputs) -> InBetweenWriter | None:
        if outputs.annotate is None:
            return None
        from posecheck.draw.in_between import InBetweenWriter
        from posecheck.draw.video_writer import AnnotatedWriter

        film = self._stack.enter_context(AnnotatedWriter(outputs.annotate, title=self.exercise.title))
        return InBetweenWriter(film)


class TapeRun(_Run):
    """A tape being judged: iterate for every step, then ask for the summary. `warning` as for `VideoRun`."""

    def __init__(
        self,
        path: str | Path,
        exercise: str | Exercise,
        outputs: Outputs | None = None,
        *,
        start_s: float = 0.0,
        end_s: float | None = None,
    ) -> None:
        super().__init__()
        check_range(start_s, end_s)
        self._range = (start_s, end_s)
        self._most = MOST_ON_PAGE if outputs is not None and outputs.page else None
        self._cut: str | None = None
        with self._stack as opened:
            self._tape = opened.enter_context(read_tape(path))
            self.exercise = exercise_of_tape(path, exercise, start_s, end_s)
            self._csv = self._table(outputs or Outputs())
            self._session = Session(self.exercise, self._tape.header.source)
            self._stack = opened.pop_all()
        if outputs is not None and (outputs.page or outputs.history):
            self.keep_trace()

    @property
    def notes(self) -> ReadingNotes:
        table = self._csv.warning if self._csv else None
        return ReadingNotes().also(self._tape.warning).also(table).also(self._cut)

    def __iter__(self) -> Iterator[Step]:
        for count, pose in enumerate(in_range(self._tape, *self._range)):
            if self._most is not None and count == self._most:
                shown = f"the page explains the first {count:,} poses, up to {pose.t:.0f} s"
                self._cut = f"{shown}: give --from and --to for others"
                return
            step = self._judge(pose)
            if self._csv:
                self._csv.write(step)
            yield step

    def steps(self) -> Iterator[Step]:
        """The same as iterating, as for `VideoRun`."""
        return iter(self)
