"""What poses lead to: tapes read back, verdicts, and assertions that say what was measured, where and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from posecheck.errors import FormatError
from posecheck.exercises import Exercise, load_exercise
from posecheck.expectation import listed
from posecheck.judging.leg_roles import reading_of
from posecheck.judging.session import Session
from posecheck.measure import measure
from posecheck.measure.signals import is_ratio
from posecheck.records import Measurement, Pose, Side, Summary
from posecheck.tape import read_tape

PLANES = ("image", "world")


def load_tape(path: str | Path) -> list[Pose]:
    """All poses of a tape (`posecheck replay --tape`), in order of time.

    Raises:
        InputError: there is no such file, it is no tape, or it is damaged or cut off.
    """
    with read_tape(path) as tape:
        poses = list(tape)
        if tape.warning is not None:
            raise FormatError(f"{tape.warning}: record it again, or read what there is with posecheck.tape.read_tape")
    return poses


def pose_at(poses: Sequence[Pose], t: float) -> Pose:
    """The pose whose time is nearest to a given one.

    Args:
        poses: the poses of a recording.
        t: the time in seconds.

    Raises:
        ValueError: there are no poses, or none within a second of `t`.
    """
    nearest = min(poses, key=lambda pose: abs(pose.t - t), default=None)
    if nearest is None:
        raise ValueError("there are no poses")
    if abs(nearest.t - t) > 1.0:
        raise ValueError(f"no pose at {t:g} s: they go from {poses[0].t:.2f} to {poses[-1].t:.2f} s")
    return nearest


def judged(poses: Iterable[Pose], exercise: str | Path | Exercise) -> Summary:
    """The verdict of a session that is fed these poses.

    Args:
        poses: in order of time.
        exercise: its name, its TOML file, or a loaded one.

    Raises:
        ExerciseError: there is no such exercise.
    """
    session = Session(exercise if isinstance(exercise, Exercise) else load_exercise(exercise), "made to order")
    for pose in poses:
        session.feed(pose)
    return session.summary()


# AssertionErrors are raised, not asserted: they must come under `python -O` too


def assert_angle(
    pose: Pose, signal: str, expected: float, *, within: float, plane: str = "image", front: Side | str | None = None
) -> None:
    """Fail unless a signal of the pose is as expected.

    Args:
        pose: what is measured.
        signal: a name of `Signal`, or with a role as in exercise files: "front_knee_flexion".
        expected: degrees, or a ratio.
        within: how far off it may be, in the same unit.
        plane: "image" or "world".
        front: the side whose leg is in front; found in the pose when left out.

    Raises:
        AssertionError: says what was measured, in which plane, when, and how the body was seen.
        ValueError: there is no such signal or plane.
    """
    __tracebackhide__ = True
    if plane not in PLANES:
        raise ValueError(f"plane must be one of {', '.join(PLANES)}, not {plane!r}")
    measurement = measure(pose)
    reading = reading_of(measurement, signal, plane, Side(front) if front else measurement.front)
    if reading is None:
        raise AssertionError(f"{signal} cannot be had {_where(measurement)}")
    if not abs(reading.value - expected) <= within:
        raise AssertionError(
            f"{signal} is {_number(reading.value, signal)} in the {plane} plane, expected {expected:g} ± {within:g}, "
            f"{_where(measurement)}"
        )


def _number(value: float, signal: str) -> str:
    return f"{value:.2f}" if is_ratio(signal) else f"{value:.1f}"


def _where(m: Measurement) -> str:
    seen = "nobody is seen" if m.view is None else f"yaw {m.view.yaw_deg:.0f}°, {m.posture}"
    return f"at t = {m.t:.2f} s ({seen}{f', {m.front} leg in front' if m.front else ''})"


def assert_counts(summary: Summary, **expected: int) -> None:
    """Fail unless each group has the counts given, and every other group none.

    Args:
        summary: the verdict to look at.
        expected: the count of each group: `left=2, right=2`.

    Raises:
        AssertionError: says what was counted, and lists every attempt with its times and its reason.
        ValueError: the exercise has no such group.
    """
    __tracebackhide__ = True
    _known(summary, *expected)
    wanted = {**dict.fromkeys(summary.counts, 0), **expected}
    if dict(summary.counts) != wanted:
        raise AssertionError(f"counted {dict(summary.counts)}, expected {wanted}: {listed(summary)}")


def assert_holds(summary: Summary, *held_s: float, within: float = 1.0, group: str | None = None) -> None:
    """Fail unless the counted repetitions were held for these seconds, in this order.

    Args:
        summary: the verdict to look at.
        held_s: how long each counted repetition should be held, in seconds.
        within: how far a hold may be off, in seconds.
        group: look at the repetitions of this group alone; None for all.

    Raises:
        AssertionError: says which one was held how long, from when to when, and lists every attempt.
        ValueError: the exercise has no such group.
    """
    __tracebackhide__ = True
    if group is not None:
        _known(summary, group)
    counted = [r for r in summary.repetitions if r.counted and group in (None, r.group)]
    if len(counted) != len(held_s):
        raise AssertionError(f"{len(counted)} counted, expected {len(held_s)}: {listed(summary)}")
    for repetition, expected in zip(counted, held_s, strict=True):
        if not abs(repetition.held_s - expected) <= within:
            raise AssertionError(
                f"repetition {repetition.number} ({repetition.group}, {repetition.start_s:.2f} to "
                f"{repetition.end_s:.2f} s) was held for {repetition.held_s:.2f} s, "
                f"expected {expected:g} ± {within:g} s: {listed(summary)}"
            )


def _known(summary: Summary, *groups: str) -> None:
    for group in groups:
        if group not in summary.counts:
            raise ValueError(f"{summary.exercise} has no group {group!r}; it has {', '.join(summary.counts)}")
