"""A long recording in pieces: the detection of each by a worker of its own, the verdict on the joined poses.

A tracker that starts in the middle never falls into step with one that started before it, to the letter: each sees its
own picture's noise. But after half a second both agree within that noise (measured on all samples: half a per cent of
the body's extent). So every piece starts `LEAD_S` early, and at the seam both have to agree, over a second, before the
poses are joined; where they do not, or where a second person was seen, the recording is judged in one piece.

How a recording is cut depends on its length alone, and whether it is cut on the options, the number of workers and its
place among the recordings, never on how busy the machine is: the same command gives the same verdict.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck._version import __version__
from posecheck.capture.film_options import FilmOptions
from posecheck.capture.gaps import ReadingNotes
from posecheck.detect.plausibility import extent_px
from posecheck.records import MAIN_LANDMARKS, Pose
from posecheck.records.times import SAME_TIME_S
from posecheck.tape import TapeHeader, TapeWriter, read_tape

if TYPE_CHECKING:
    from posecheck.detect.models import Model
    from posecheck.detect.person_tracker import Mode
    from posecheck.exercises import Exercise
    from posecheck.judging.trace import Trace
    from posecheck.records import Summary
    from posecheck.run import Outputs

PIECE_S = 60.0  # a guess: no piece is shorter: starting a detector and LEAD_S have to be little beside it
MOST_PIECES = 16  # a guess: more than the cores of most computers
LEAD_S = 3.0  # of detection before a piece begins: the follower has looked twice by then
AGREE_S = 1.0  # a guess: before the seam: so long that two trackers that differ do not agree by chance
AGREE = 0.05  # of the body's extent, the worst of eight joints: noise is 0.003 to 0.008, swapped legs 0.1 and more
_JOINTS = list(MAIN_LANDMARKS[1:])  # without the nose: shoulders, hips, knees, ankles


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a recording, from `start_s` to `end_s` of the source; None: to its end. `index` counts from 0."""

    index: int
    start_s: float
    end_s: float | None


def pieces_of(duration_s: float | None) -> tuple[Piece, ...]:
    """How a recording of this length is cut; empty when it is not worth it, or its length is not known."""
    count = min(MOST_PIECES, int((duration_s or 0.0) / PIECE_S))
    if duration_s is None or count < 2:
        return ()
    seams = [duration_s * i / count for i in range(count)]
    return tuple(Piece(i, *span) for i, span in enumerate(zip(seams, [*seams[1:], None], strict=True)))


def plan_pieces(path: Path, options: FilmOptions | None = None) -> tuple[tuple[Piece, ...], int | None]:
    """How a video is cut, and how many frames there are to detect, about.

    Args:
        path: the video file.
        options: how it is read.

    Raises:
        InputError: it is missing or not a readable video.
    """
    from posecheck.capture.video_file import open_recording

    with open_recording(path, options=options) as source:
        pieces = pieces_of(source.duration_s) if source.divisible else ()
        leads = round((len(pieces) - 1) * LEAD_S * source.rate)
        return pieces, None if source.frame_count is None else source.frame_count + leads


def detect_piece(
    path: Path,
    model: Model,
    piece: Piece,
    tape: Path,
    tick: Callable[[], None] = lambda: None,
    make: Callable[[Model, Mode], Any] | None = None,
    options: FilmOptions | None = None,
) -> ReadingNotes:
    """Find the poses of a piece, and of `LEAD_S` before it, and write them to a tape.

    No tape is left when somebody else was seen: who exercises is known only from the beginning.

    Args:
        path: the video file.
        model: the pose model.
        piece: which part of it.
        tape: the file to write.
        tick: is called for each frame.
        make: makes the detectors, as in `PersonTracker`; None for the usual ones.
        options: how the file is read.

    Returns:
        What is odd about the file, for example that it is cut off.
    """
    from posecheck.capture.video_file import open_recording
    from posecheck.detect.person_tracker import PersonTracker

    start = max(0.0, piece.start_s - LEAD_S)
    with (
        open_recording(path, start, piece.end_s, options, seek=True) as source,
        PersonTracker(model, make) as detector,
    ):
        header = TapeHeader(__version__, model.name, model.sha256, source.name, source.size)
        with TapeWriter(tape, header) as writer:
            for frame in source:
                writer.write(detector.detect(frame))
                tick()
        if getattr(detector, "company_t", None) is not None:  # scripted detectors have none
            tape.unlink()
        return source.notes


def joined(pieces: Sequence[Piece], tapes: Sequence[Path]) -> Iterator[Pose]:
    """The poses of all pieces in order, each time once.

    Args:
        pieces: the pieces of a video, in order.
        tapes: the tape of each.

    Raises:
        SeamError: two pieces do not agree where they meet.
    """
    before: list[Pose] = []  # the last AGREE_S of the piece that has ended
    for piece, path in zip(pieces, tapes, strict=True):
        lead: list[Pose] = []
        late: deque[Pose] = deque()
        agreed = piece.index == 0
        with read_tape(path) as tape:
            for pose in tape:
                if pose.t < piece.start_s - SAME_TIME_S:
                    lead.append(pose)
                    continue
                if not agreed and not _agree(before, _since(lead, piece.start_s)):
                    raise SeamError(piece.start_s)
                agreed = True
                late.append(pose)
                while late[0].t < pose.t - LEAD_S:
                    late.popleft()
                yield pose
        before = _since(late, piece.end_s or 0.0)


def _since(poses: Iterable[Pose], seam_s: float) -> list[Pose]:
    """Those of the last AGREE_S before a seam."""
    return [pose for pose in poses if pose.t >= seam_s - AGREE_S - SAME_TIME_S]


def judge_joined(
    path: Path,
    exercise: Exercise | str,
    model: Model,
    pieces: Sequence[Piece],
    tapes: Sequence[Path],
    outputs: Outputs,
    *,
    options: FilmOptions | None = None,
    interrupted: bool = False,
) -> tuple[Summary, Trace | None] | None:
    """Judge a video from the poses of its pieces, and write the outputs; the tapes of the pieces are gone afterwards.

    Args:
        path: the video file.
        exercise: a loaded exercise, or "auto".
        model: the pose model.
        pieces: the pieces of the video, in order.
        tapes: the tape of each; one is missing where somebody else was seen.
        outputs: what is written.
        options: how the video is read.
        interrupted: whether the work was stopped, which the verdict then says.

    Returns:
        The verdict, and its course where the outputs need it; None when the pieces do not fit together: the video is to
        be judged in one piece.
    """
    from posecheck.batch.annotated_video import make_film
    from posecheck.recognition import exercise_of_video
    from posecheck.run import TapeRun

    try:
        if not all(tape.is_file() for tape in tapes):  # somebody else was seen
            return None
        exercise = exercise_of_video(path, exercise, model, options)
        whole = outputs.tape or tapes[0].with_suffix(".joined.jsonl")
        _write_joined(pieces, tapes, whole)
        with TapeRun(whole, exercise, outputs) as run:
            for _ in run.steps():
                pass
            trace = run.trace(interrupted)
            summary = run.summary(interrupted)
        if outputs.annotate:
            make_film(path, exercise, model, whole, outputs.annotate, options)
        return summary, trace
    except SeamError:
        return None
    finally:
        for tape in (*tapes, tapes[0].with_suffix(".joined.jsonl")):
            tape.unlink(missing_ok=True)


def _write_joined(pieces: Sequence[Piece], tapes: Sequence[Path], whole: Path) -> None:
    with read_tape(tapes[0]) as first:
        header = first.header
    with TapeWriter(whole, header) as writer:
        for pose in joined(pieces, tapes):
            writer.write(pose)


class SeamError(Exception):
    """Two pieces show different bodies where they meet, at `t` in seconds."""

    def __init__(self, t: float) -> None:
        super().__init__(f"the pieces do not agree at {t:g} s")
        self.t = t


def _agree(before: Sequence[Pose], lead: Sequence[Pose]) -> bool:
    """Whether two pieces have seen the same pictures, and the same body in them but for noise."""
    if not before or [p.t for p in before] != [p.t for p in lead]:
        return False
    return median(_apart(a, b) for a, b in zip(before, lead, strict=True)) <= AGREE


def _apart(a: Pose, b: Pose) -> float:
    """How far the worst joint is from where the other piece has it, in extents of the body, sides told apart."""
    if a.points_px is None or b.points_px is None:
        return 0.0 if a.points_px is b.points_px else float("inf")
    moved = a.points_px[_JOINTS] - b.points_px[_JOINTS]
    return float(np.hypot(moved[:, 0], moved[:, 1]).max()) / max(extent_px(a.points_px), 1.0)
