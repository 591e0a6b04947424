"""Which exercise a recording shows: the one that is named, or the one that a look at some of its poses finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from posecheck.capture.film_options import FilmOptions
from posecheck.detect.models import Model
from posecheck.errors import TooShortError
from posecheck.exercises import Exercise, load_exercise
from posecheck.judging.recognise import SAMPLES, recognise
from posecheck.records import Pose
from posecheck.records.times import SAME_TIME_S
from posecheck.tape import read_tape

AUTO = "auto"
TAPE_STEP = 5  # every so many poses of a tape are looked at to recognise the exercise
MIN_FRAMES = 2  # of a recording that can be judged


def exercise_of_video(
    path: str | Path,
    exercise: str | Exercise,
    model: Model,
    options: FilmOptions | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
) -> Exercise:
    """The exercise named, or with "auto" the one that a video shows.

    Args:
        path: the video file; it is read only for "auto".
        exercise: name of a built-in exercise, path of a TOML file, a loaded exercise, or "auto".
        model: the pose model.
        options: how the video is read.
        start_s: the first time to look at, in seconds of the film.
        end_s: where to stop, in seconds of the film; None for its end.

    Raises:
        PosecheckError: or one of its children, each of which says what to do.
    """
    named = _named(exercise)
    return named or recognise(_enough(_sample(path, model, options or FilmOptions(), start_s, end_s)))


def exercise_of_tape(
    path: str | Path, exercise: str | Exercise, start_s: float = 0.0, end_s: float | None = None
) -> Exercise:
    """The exercise named, or with "auto" the one that a tape shows.

    Args:
        path: the tape; it is read only for "auto".
        exercise: as for a video.
        start_s: the first time to look at, in seconds of the recording.
        end_s: where to stop, in seconds of the recording; None for its end.

    Raises:
        PosecheckError: or one of its children, each of which says what to do.
    """
    named = _named(exercise)
    return named or recognise(_enough(_sample_tape(path, start_s, end_s)))


def _named(exercise: str | Exercise) -> Exercise | None:
    if isinstance(exercise, Exercise):
        return exercise
    return None if exercise == AUTO else load_exercise(exercise)


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


def in_range(poses: Iterable[Pose], start_s: float, end_s: float | None) -> Iterator[Pose]:
    """The poses of a range, chosen as open_video chooses frames.

    Args:
        poses: in order of time.
        start_s: the time of the first one, in seconds, or before it.
        end_s: all come before this time; None for all.
    """
    for pose in poses:
        if end_s is not None and pose.t >= end_s - SAME_TIME_S:
            return
        if pose.t >= start_s - SAME_TIME_S:
            yield pose


def _sample(
    path: str | Path, model: Model, options: FilmOptions, start_s: float, end_s: float | None
) -> Iterator[Pose]:
    from posecheck.capture.video_file import open_recording
    from posecheck.detect.mediapipe_detector import Detector

    with open_recording(path, start_s, end_s, options) as source, Detector(model, mode="image") as detector:
        every = max(1, (source.frame_count or 15 * SAMPLES) // SAMPLES)
        for frame in source:
            if frame.index % every == 0:
                yield detector.detect(frame)


def _sample_tape(path: str | Path, start_s: float, end_s: float | None) -> Iterator[Pose]:
    with read_tape(path) as tape:
        for index, pose in enumerate(in_range(tape, start_s, end_s)):
            if index % TAPE_STEP == 0:
                yield pose
