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


def save_video(judged: Judged, video: Path, model: str, history: Path) -> None:
    """Keep what was judged of a video, if anything was.

    Args:
        judged: the verdict and the course of the set.
        video: the video file; the set is taken to have ended when the file was last changed.
        model: the pose model that was used: a name or a path.
        history: the database file.
    """
    from posecheck.detect.models import load_model
    from posecheck.history.records import Origin, SourceKind

    loaded = load_model(model)
    _save_judged(judged, video, history, Origin(SourceKind.VIDEO, loaded.name, loaded.sha256))


def save_tape(judged: Judged, tape: Path, history: Path) -> None:
    """Keep what was judged of a tape, if anything was.

    Args:
        judged: the verdict and the course of the set.
        tape: the tape; it says where its poses came from.
        history: the database file.
    """
    from posecheck.tape import read_tape

    with read_tape(tape) as poses:
        origin = tape_origin(poses.header)
    _save_judged(judged, tape, history, origin)


def save_all(history: Path, sets: Iterable[KeptSet]) -> None:
    """Keep judged sets, and say under which numbers.

    Args:
        history: the database file.
        sets: the sets.
    """
    with change_history(history) as opened:
        for kept in sets:
            number, new = opened.save(kept)
            say(f"kept as set {number}" if new else f"it was kept before, as set {number}")


def tape_origin(header: TapeHeader) -> Origin:
    """Where the sets of a tape come from."""
    from posecheck.history.records import Origin, SourceKind

    return Origin(SourceKind.TAPE, header.model, header.model_sha256, header.routine)


def finished(recording: Path) -> datetime:
    """When a recording ended, as far as its file tells."""
    return datetime.fromtimestamp(recording.stat().st_mtime).astimezone()


def _save_judged(judged: Judged, recording: Path, history: Path, origin: Origin) -> None:
    from posecheck.history.medians import kept_set
    from posecheck.history.records import new_uid

    if judged.trace is not None and judged.summary.frames_with_pose:
        started = finished(recording) - timedelta(seconds=judged.summary.duration_s)
        save_all(history, [kept_set(new_uid(), started, origin, judged.exercise, judged.trace)])
