"""Poses without a tape: why they did not count, and the tape that they become."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import posecheck
from posecheck.errors import PoseError, UsageError
from posecheck.records import Lacks
from posecheck.tape import read_tape
from posecheck.testing import explain, half_kneeling, keys_of, load_tape, made_set, motion, save_tape, standing, supine


def test_each_refused_attempt_has_its_limit() -> None:
    """Ten squats that are too shallow: ten lines with what failed, its limit, and by how much."""
    lines = explain(made_set("squat", wrong="too shallow"), "squat").splitlines()
    assert lines[0] == "Squat: 0 of 10 counted"
    assert len(lines) == 11
    assert "refused: A little deeper" in lines[1]
    assert "knee flexion 44.0°, limit 60–150°, by 16.0°" in lines[1]


def test_what_counted_needs_no_word() -> None:
    """A right set is its counts alone."""
    assert explain(made_set("squat"), posecheck.load_exercise("squat")) == "Squat: 10 of 10 counted"


def test_where_nothing_was_tried_the_posture_is_told() -> None:
    """Lying is no squat: what failed for longest, and as what the body was read."""
    told = explain(motion(keys_of((0, 5, supine())), fps=15, camera=posecheck.testing.FOOT_CAMERA), "squat")
    assert told.splitlines()[0] == "Squat: 0 of 0 counted"
    assert "setup: posture: you were lying on your back" in told
    assert "5 s read as lying on your back" in told


def test_a_limit_that_is_never_met_is_told_with_its_value() -> None:
    """Half-kneeling with arms that hang from the start: the value at its worst stands beside the limit."""
    poses = motion(keys_of((0, 4, half_kneeling("right", arm_elevation=90))), fps=15)
    told = explain(poses, "ninety_ninety")
    assert "at worst, limit" in told


def test_what_cannot_be_judged_is_told() -> None:
    """Seen from the front a squat is not judged, and the line says what helps."""
    poses = motion(keys_of((0, 3, standing())), fps=15, camera=posecheck.testing.FRONT_CAMERA)
    told = explain(poses, "squat")
    assert told.splitlines()[1:] == ["  not judged, 0.0 to 3.0 s (view): Turn sideways to the camera."]


def test_a_moment_is_told_with_every_limit() -> None:
    """Between two squats: what is met, what is missed and by how much; outside the poses it is refused."""
    poses = list(made_set("squat"))
    told = explain(poses, "squat", at_s=1.8)
    assert told.startswith("1.80 s: ")
    assert "trunk lean: 1.6°, limit" in told
    assert "missed by" in told
    assert "nothing is asked for" in explain(poses, "squat", at_s=poses[-1].t)
    assert "you were" in explain(poses, "ninety_ninety", at_s=1.0)
    with pytest.raises(UsageError, match="nothing at 999 s"):
        explain(poses, "squat", at_s=999)


def test_poses_become_a_tape_in_one_call(tmp_path: Path) -> None:
    """They are read back as they were, with what their source lacks, and the tape is judged."""
    poses = [replace(pose, lacks=Lacks(depth=True)) for pose in made_set("squat")]
    path = save_tape(poses, tmp_path / "a.jsonl.gz", "another detector")
    assert load_tape(path) == poses
    with read_tape(path) as tape:
        assert (tape.header.source, tape.header.lacks) == ("another detector", Lacks(depth=True))
    assert posecheck.judge(path, "squat").counts == {"squats": 10}


def test_what_is_no_recording_is_no_tape(tmp_path: Path) -> None:
    """No poses, time that stands still, and two sources in one are refused, and nothing is written."""
    pose = next(iter(made_set("squat")))
    for poses, words in (
        ([], "no pose"),
        ([pose, pose], "time must rise"),
        ([pose, replace(pose, t=pose.t + 1, lacks=Lacks(True))], "a tape for each source"),
    ):
        with pytest.raises(PoseError, match=words):
            save_tape(poses, tmp_path / "a.jsonl")
    assert list(tmp_path.iterdir()) == []
