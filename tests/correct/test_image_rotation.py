"""A camera that is mounted turned changes no verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from posecheck.correct.image_rotation import ImageRotation
from posecheck.exercises import load_exercise
from posecheck.judging.session import Session
from posecheck.records import Pose, Posture, Summary
from posecheck.records.landmark_rounding import Differences, Steps, in_steps
from posecheck.records.quarter_turns import turn_back
from posecheck.testing import (
    half_kneeling,
    judged,
    knee_drops_set,
    mirrored,
    ninety_ninety_set,
    side_bend_set,
    standing,
)
from posecheck.testing import make_pose as pose_of

SETS: dict[str, Callable[[], list[Pose]]] = {
    "ninety_ninety": lambda: ninety_ninety_set(("right", "left"), hold_s=18.5, fps=10),
    "side_bend": lambda: side_bend_set(("right", "left"), hold_s=18.5, fps=10),
    "knee_drops": lambda: knee_drops_set(("in", "out"), fps=10),
}


@cache
def upright(name: str) -> tuple[list[Pose], Summary]:
    """One repetition of each group, and its verdict."""
    poses = SETS[name]()
    return poses, judged(poses, name)


@pytest.mark.parametrize("turn", [1, 2, 3])
@pytest.mark.parametrize("name", SETS)
def test_a_turned_camera_gives_the_same_counts(name: str, turn: int) -> None:
    """The picture on its side or on its head: the same repetitions count, for the same time."""
    poses, plain = upright(name)
    turned = judged((turn_back(pose, 4 - turn) for pose in poses), name)
    assert turned.counts == plain.counts == dict.fromkeys(turned.goal, 1)
    for a, b in zip(plain.repetitions, turned.repetitions, strict=True):
        assert (a.group, a.counted) == (b.group, b.counted)
        assert a.held_s == pytest.approx(b.held_s, abs=0.2)


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_whole_steps_stay_whole(turn: int) -> None:
    """A pose of the detector, turned, is still kept on a tape as differences: also where a coordinate is 0."""
    pose = pose_of(standing())
    assert pose.points_px is not None
    assert pose.points_m is not None
    assert pose.visibility is not None
    steps = Steps.of(pose.size)
    pose.points_m[3] = 0.0
    arrays = in_steps(pose.points_px, steps.px), in_steps(pose.points_m, steps.m), in_steps(pose.visibility, 2**-7)
    turned = turn_back(Pose(0.0, pose.size, *arrays), turn)
    assert turned.points_px is not None
    assert turned.points_m is not None
    assert turned.visibility is not None
    assert Differences(steps).encode(turned.points_px, turned.points_m, turned.visibility) is not None


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_step_shows_the_pose_where_it_is_in_the_picture(turn: int) -> None:
    """The skeleton of a turned picture is drawn into the turned picture."""
    session = Session(load_exercise("ninety_ninety"))
    for pose in (turn_back(p, 4 - turn) for p in upright("ninety_ninety")[0][:130]):
        step = session.feed(pose)
        assert step.pose.size == pose.size
        assert step.pose.points_px is not None
        assert pose.points_px is not None
        assert abs(step.pose.points_px[0] - pose.points_px[0]).max() < 0.01


@pytest.mark.parametrize("name", SETS)
def test_an_upright_camera_is_never_taken_for_a_turned_one(name: str) -> None:
    """While the exercise, its mirror image, or somebody who only stands is seen, no turn is taken."""
    poses, _ = upright(name)
    standing_about = [pose_of(standing(), t=i / 15) for i in range(300)]
    for seen in (poses, [mirrored(pose) for pose in poses], standing_about):
        rotation = ImageRotation(load_exercise(name).posture)
        for pose in seen:
            rotation.update(pose)
        assert rotation.turn == 0


def test_what_only_looks_like_the_posture_for_a_moment_turns_nothing() -> None:
    """A turn that shows the posture for half a second is no evidence once the picture shows it, nor for 4 s after."""
    kneels, lies = pose_of(half_kneeling()), turn_back(pose_of(half_kneeling()), 1)
    rotation = ImageRotation(Posture.HALF_KNEELING)
    for i in range(60):
        pose = lies if i < 8 or i >= 13 else kneels  # 0.5 s, then 0.3 s, then 3 s
        rotation.update(replace(pose, t=i / 15))
        assert rotation.turn == 0


def test_turning_four_times_is_not_turning() -> None:
    """Four quarter turns give the pose back."""
    pose = pose_of(standing())
    again = turn_back(turn_back(turn_back(turn_back(pose, 1), 1), 1), 1)
    assert again.size == pose.size
    assert again.points_px is not None
    assert pose.points_px is not None
    assert abs(again.points_px - pose.points_px).max() < 0.01
