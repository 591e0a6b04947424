"""Keeping judged recordings in the history: --save of replay and judge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.cli.history_commands import change_history
from posecheck.cli.judge_with_progress import Judged
from posecheck.cli.options import say

if TYPE_CHECKING:
    from posecheck.history.records import KeptSet, Origin
    from posecheck.tape import TapeHeader


def place_to_save(db: Path | None) -> Path:
    """The history, found before the work to be one that can be written."""
    with change_history(db) as history:
        return history.path


Span = tuple[float, float | None]  # --from and --to


def save_video(judged: Judged, video: Path, model: str, history: Path, span: Span) -> None:
    """Keep what was judged of a video, if anything was.

    Args:
        judged: the verdict and the course of the set.
        video: the video file; it says when it was filmed, or is taken to have ended when it was last changed.
        model: the pose model that was used: a name or a path.
        history: the database file.
        span: the part that was judged, in seconds of the film.
    """
    from posecheck.capture.container import filmed_at
    from posecheck.detect.models import load_model
    from posecheck.history.records import Origin, SourceKind

    loaded = load_model(model)
    filmed = filmed_at(video)
    began = None if filmed is None else filmed + timedelta(seconds=span[0])
    _save_judged(judged, video, history, Origin(SourceKind.VIDEO, loaded.name, loaded.sha256), span, began)


def save_tape(judged: Judged, tape: Path, history: Path, span: Span) -> None:
    """Keep what was judged of a tape, if anything was.

    Args:
        judged: the verdict and the course of the set.
        tape: the tape; it says where its poses came from.
        history: the database file.
        span: the part that was judged, in seconds of the recording.
    """
    from posecheck.tape import read_tape

    with read_tape(tape) as poses:
        origin = tape_origin(poses.header)
    _save_judged(judged, tape, history, origin, span, None)


def save_all(history: Path, sets: Iterable[KeptSet]) -> None:
    """Keep judged sets, and say under which numbers.

    Args:
        history: the database file.
        sets: the sets.
    """
    with change_history(history) as opened:
        for kept in sets:
            number, new = opened.save(kept)
            say(f"kept as set {number}" if new else _kept_before(number))


def tape_origin(header: TapeHeader) -> Origin:
    """Where the sets of a tape come from."""
    from posecheck.history.records import Origin, SourceKind

    return Origin(SourceKind.TAPE, header.model, header.model_sha256, header.routine)


def finished(recording: Path) -> datetime:
    """When a recording ended, as far as its file tells."""
    return datetime.fromtimestamp(recording.stat().st_mtime).astimezone()


def _kept_before(number: int) -> str:
    again = f"to keep this verdict instead: posecheck history delete {number}, then save again"
    return f"it was kept before, as set {number}, which stays as it is; {again}"


def _save_judged(
    judged: Judged, recording: Path, history: Path, origin: Origin, span: Span, began: datetime | None
) -> None:
    from posecheck.batch.manifests import sha256_of
    from posecheck.history.medians import kept_set
    from posecheck.history.records import new_uid, recording_hash

    if judged.trace is not None and judged.summary.frames_with_pose:
        started = began or finished(recording) - timedelta(seconds=judged.summary.duration_s)
        name = recording_hash(sha256_of(recording), *span)
        kept = kept_set(new_uid(), started, origin, judged.exercise, judged.trace, recording=name)
        save_all(history, [kept])
