"""Joins the stages: a video or a tape through detector and session to a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from posecheck._version import __version__
from posecheck.detect.models import DEFAULT_MODEL, Model, load_model
from posecheck.errors import TooShortError, UsageError
from posecheck.exercises import Exercise, load_exercise
from posecheck.judging.recognise import SAMPLES, recognise
from posecheck.judging.session import Session
from posecheck.records import Frame, Pose, Step, Summary
from posecheck.records.files import check_writable
from posecheck.records.times import SAME_TIME_S
from posecheck.report.json_csv import CsvWriter
from posecheck.tape import TapeHeader, TapeWriter, read_tape

if TYPE_CHECKING:
    from posecheck.detect.pose_detector import PoseDetector
    from posecheck.draw.video_writer import AnnotatedWriter
    from posecheck.judging.trace import Trace, TraceRecorder

AUTO = "auto"
TAPE_STEP = 5  # every so many poses of a tape are looked at to recognise the exercise
MIN_FRAMES = 2  # of a recording that can be judged


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
    places = [path.resolve() for path in wanted]
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
) -> Summary:
    """Judge a recorded video.

    Args:
        path: a video file.
        exercise: name of a built-in exercise, path of a TOML file, a loaded exercise, or "auto".
        model: name or path of the pose model.
        start_s: the first time to judge, in seconds of the file.
        end_s: where to stop, in seconds of the file; None for its end.

    Returns:
        The verdict.

    Raises:
        PosecheckError: or one of its children, each of which says what to do.
    """
    with VideoRun(path, exercise, load_model(model), start_s=start_s, end_s=end_s) as run:
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

    def _judge(self, pose: Pose) -> Step:
        step = self._session.feed(pose)
        if self._recorder is not None:
            self._recorder.update(step)
        return step

    def _table(self, outputs: Outputs) -> CsvWriter | None:
        return self._stack.enter_context(CsvWriter(outputs.csv)) if outputs.csv else None


class VideoRun(_Run):
    """A video being judged: iterate for every frame with what it led to, then ask for the summary.

    `exercise` is known after opening; `frame_count` (None when unknown) is for a progress bar; `warning` tells after
    the iteration whether the file was cut off. `detector`: what finds the poses, a PersonTracker when left out.
    Other arguments and errors as for `replay`.
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
        detector: PoseDetector | None = None,
    ) -> None:
        from posecheck.capture.video_file import open_video
        from posecheck.detect.person_tracker import PersonTracker

        super().__init__()
        outputs = outputs or Outputs()
        with self._stack as opened:  # closes what is open when a later one fails
            self._source = opened.enter_context(open_video(path, start_s, end_s))
            self.exercise = _choose(exercise, lambda: _sample(path, model, start_s, end_s))
            self._session = Session(self.exercise, self._source.name)
            self._detector: PoseDetector = detector or opened.enter_context(PersonTracker(model))
            self._ahead = opened.enter_context(ThreadPoolExecutor(1, "detect"))  # ends before the detector is closed
            self._csv = self._table(outputs)
            self._tape = self._tape_writer(outputs, model)
            self._film = self._film_writer(outputs)
            self._stack = opened.pop_all()
        self.frame_count = self._source.frame_count
        if outputs.page or outputs.history:
            self.keep_trace()

    @property
    def warning(self) -> str | None:
        told: str | None = getattr(self._detector, "warning", None)  # scripted detectors have none
        if told is None:
            return self._source.warning
        return f"{self._source.warning}; {told}" if self._source.warning else told

    def __iter__(self) -> Iterator[tuple[Frame, Step]]:
        for frame, pose in self._detected():
            if self._tape:
                self._tape.write(pose)
            step = self._judge(pose)
            if self._csv:
                self._csv.write(step)
            if self._film:
                self._film.write(frame, step)
            yield frame, step

    def _detected(self) -> Iterator[tuple[Frame, Pose]]:
        """The frames with their poses; the next is detected while one is judged, drawn and written."""
        last: tuple[Frame, Future[Pose]] | None = None
        for frame in self._source:
            coming = frame, self._ahead.submit(self._detector.detect, frame)
            if last is not None:
                pose = last[1].result()
                yield last[0], pose
            last = coming
        if last is not None:
            yield last[0], last[1].result()

    def steps(self) -> Iterator[Step]:
        """Iterate for the steps alone."""
        for _, step in self:
            yield step

    def _tape_writer(self, outputs: Outputs, model: Model) -> TapeWriter | None:
        if outputs.tape is None:
            return None
        header = TapeHeader(__version__, model.name, model.sha256, self._source.name, self._source.size)
        return self._stack.enter_context(TapeWriter(outputs.tape, header))

    def _film_writer(self, outputs: Outputs) -> AnnotatedWriter | None:
        if outputs.annotate is None:
            return None
        from posecheck.draw.video_writer import AnnotatedWriter

        return self._stack.enter_context(AnnotatedWriter(outputs.annotate, title=self.exercise.title))


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
        if not 0 <= start_s < float("inf"):
            raise UsageError(f"the start must be 0 s or later, not {start_s:g} s")
        if end_s is not None and not start_s < end_s:
            raise UsageError(f"the range is empty: its end ({end_s:g} s) must come after its start ({start_s:g} s)")
        self._range = (start_s, end_s)
        with self._stack as opened:
            self._tape = opened.enter_context(read_tape(path))
            self.exercise = _choose(exercise, lambda: _sample_tape(path, start_s, end_s))
            self._csv = self._table(outputs or Outputs())
            self._session = Session(self.exercise, self._tape.header.source)
            self._stack = opened.pop_all()
        if outputs is not None and (outputs.page or outputs.history):
            self.keep_trace()

    @property
    def warning(self) -> str | None:
        return self._tape.warning

    def __iter__(self) -> Iterator[Step]:
        for pose in _in_range(self._tape, *self._range):
            step = self._judge(pose)
            if self._csv:
                self._csv.write(step)
            yield step

    def steps(self) -> Iterator[Step]:
        """The same as iterating, as for `VideoRun`."""
        return iter(self)


def recognise_video(path: str | Path, exercise: str | Exercise, model: Model) -> Exercise:
    """The exercise named, or with "auto" the one that a video shows, as `VideoRun` finds it.

    Args:
        path: the video file; it is read only for "auto".
        exercise: name of a built-in exercise, path of a TOML file, a loaded exercise, or "auto".
        model: the pose model.

    Raises:
        PosecheckError: or one of its children, each of which says what to do.
    """
    return _choose(exercise, lambda: _sample(path, model, 0.0, None))


def _choose(exercise: str | Exercise, sample: Callable[[], Iterator[Pose]]) -> Exercise:
    if isinstance(exercise, Exercise):
        return exercise
    return recognise(_enough(sample())) if exercise == AUTO else load_exercise(exercise)


def _enough(poses: Iterable[Pose]) -> Iterator[Pose]:
    """Pass the poses on, and fail at their end when there were too few to judge.

    Raises:
        TooShortError: there were fewer than MIN_FRAMES.
    """
    count = 0
    for pose in poses:
        count += 1
        yield pose
    if count < MIN_FRAMES:
        raise TooShortError("there is only one frame to judge: give a recording of at least a few seconds")


def _in_range(poses: Iterable[Pose], start_s: float, end_s: float | None) -> Iterator[Pose]:
    """The poses with start_s <= t < end_s, as open_video chooses frames."""
    for pose in poses:
        if end_s is not None and pose.t >= end_s - SAME_TIME_S:
            return
        if pose.t >= start_s - SAME_TIME_S:
            yield pose


def _sample(path: str | Path, model: Model, start_s: float, end_s: float | None) -> Iterator[Pose]:
    from posecheck.capture.video_file import open_video
    from posecheck.detect.mediapipe_detector import Detector

    with open_video(path, start_s, end_s) as source, Detector(model, mode="image") as detector:
        every = max(1, (source.frame_count or 15 * SAMPLES) // SAMPLES)
        for frame in source:
            if frame.index % every == 0:
                yield detector.detect(frame)


def _sample_tape(path: str | Path, start_s: float, end_s: float | None) -> Iterator[Pose]:
    with read_tape(path) as tape:
        for index, pose in enumerate(_in_range(tape, start_s, end_s)):
            if index % TAPE_STEP == 0:
                yield pose
