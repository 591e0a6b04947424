"""Poses without a tape: why they did not count, in words; and the tape that they become."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from posecheck._version import __version__
from posecheck.errors import PoseError
from posecheck.exercises import Exercise, load_exercise
from posecheck.exercises.posture_words import posture_doubt
from posecheck.judging import timeline
from posecheck.judging.timeline import Break, Why
from posecheck.records import Pose
from posecheck.report.why_words import amount, attempts, blame, condition_name, limit_text, measured, what_became
from posecheck.tape import TapeHeader, TapeWriter

MOST_STRETCHES = 5  # of what failed for longest, where nothing was tried: more is no explanation


def explain(poses: Iterable[Pose], exercise: str | Path | Exercise, at_s: float | None = None) -> str:
    """Why poses did not count, as `posecheck why` tells it of a tape; to be printed.

    Args:
        poses: of one recording, in order of time.
        exercise: its name, its TOML file, or a loaded one.
        at_s: a moment in seconds; every condition at that time is told instead.

    Returns:
        A line for each attempt that did not count or was broken, with what failed, by how much and when; what could not
        be judged; and where nothing was tried, what failed for longest.

    Raises:
        ExerciseError: there is no such exercise.
        UsageError: `at_s` is not within the poses.

    Example:
        >>> from posecheck.testing import made_set
        >>> print(explain(made_set("squat", wrong="too shallow"), "squat"))   # doctest: +SKIP
    """
    wanted = exercise if isinstance(exercise, Exercise) else load_exercise(exercise)
    found = timeline.explain(poses, wanted, at_s)
    if at_s is not None:
        return "\n".join(_moment(found))
    counted = sum(one.counted for one in found.repetitions)
    lines = [f"{wanted.title}: {counted} of {len(found.repetitions)} counted"]
    lines += [_attempt(attempt) for attempt in attempts(found.breaks)]
    lines += [
        f"  not judged, {one.start_s:.1f} to {one.end_s:.1f} s ({one.reason}): {one.text}" for one in found.not_judged
    ]
    if not found.repetitions:
        lines += _stretches(found)
    doubt = posture_doubt(found.other_postures)
    return "\n".join([*lines, *([f"  {doubt}"] if doubt else [])])


def _attempt(breaks: Sequence[Break]) -> str:
    last, held_s = breaks[-1], max(one.held_s for one in breaks)
    number = f"{last.number}. " if last.number else ""
    span = f"{last.group}, {breaks[0].start_s:.1f} to {last.end_s:.1f} s, held {held_s:.1f} s"
    return f"  {number}{span}: {what_became(breaks).rstrip('.')}; {blame(last)}"


def _stretches(found: Why) -> list[str]:
    """What failed for longest, in order of time, where nothing was tried."""
    failed = [s for s in found.stretches if s.failed and s.failed[0].name != "view"]  # that is told as not judged
    failed = sorted(failed, key=lambda s: s.start_s - s.end_s)[:MOST_STRETCHES]
    lines = []
    for stretch in sorted(failed, key=lambda s: s.start_s):
        c = stretch.failed[0]
        told = c.words if c.value is None else f"{measured(c)} at worst, limit {limit_text(c)}"
        lines.append(f"  {stretch.start_s:.1f} to {stretch.end_s:.1f} s, {stretch.phase}: {condition_name(c)}: {told}")
    return lines


def _moment(found: Why) -> list[str]:
    moment = found.moment
    assert moment is not None
    lines = [f"{moment.t:.2f} s: {moment.phase}, {moment.posture}"]
    for c in moment.conditions:
        told = c.words if c.value is None else f"{measured(c)}, limit {limit_text(c)}"
        missed = "" if c.holds or c.value is None else f", missed by {amount(c, c.missed_by or 0.0)}"
        lines.append(f"  {condition_name(c)}: {told}{missed}")
    return lines if moment.conditions else [*lines, "  nothing is asked for"]


def save_tape(poses: Iterable[Pose], path: str | Path, source: str = "poses of one's own") -> Path:
    """Write poses as a tape, which `posecheck judge`, `why`, `report` and `export` take.

    Args:
        poses: in order of time.
        path: the file; one that ends in .gz is compressed.
        source: what the tape says of where the poses come from.

    Returns:
        The file.

    Raises:
        PoseError: there is no pose, time does not rise, or poses differ in what their source lacks.
        OutputError: it cannot be written.
    """
    path, poses = Path(path), list(poses)
    if not poses:
        raise PoseError("there are no poses to write")
    lacking = {pose.lacks for pose in poses if pose.present}
    if len(lacking) > 1:
        raise PoseError("the poses differ in what their source lacks: write a tape for each source")
    for before, after in pairwise(poses):
        if after.t <= before.t:
            raise PoseError(f"time must rise from pose to pose: {after.t} s follows {before.t} s")
    lacks = lacking.pop() if lacking else poses[0].lacks
    size = next((pose.size for pose in poses if pose.present), poses[0].size)
    with TapeWriter(path, TapeHeader(__version__, "", "", source, size, lacks=lacks)) as tape:
        for pose in poses:
            tape.write(pose)
    return path
