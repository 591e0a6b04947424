"""The made-to-order bodies, faults, assertions and scripted parts themselves."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import posecheck.testing
from posecheck.errors import FormatError, InputError
from posecheck.records import LANDMARK_COUNT, Floats, Landmark, Pose, Side
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import (
    FOREARM,
    FRONT_CAMERA,
    HIP_HALF,
    SHIN,
    THIGH,
    TRUNK,
    UPPER_ARM,
    Body,
    Camera,
    ScriptedDetector,
    ScriptedSource,
    assert_angle,
    assert_counts,
    assert_holds,
    blank_frames,
    dropped_out,
    floor_sitting,
    half_kneeling,
    hidden,
    judged,
    keys_of,
    knee_drops_set,
    load_tape,
    lying,
    make_pose,
    mirrored,
    motion,
    ninety_ninety_set,
    noisy,
    pose_at,
    shin_box,
    side_bend_set,
    standing,
    supine,
    swapped,
    tall_kneeling,
)
from tests.effort import effort

BODIES: list[Callable[[], Body]] = [standing, tall_kneeling, half_kneeling, floor_sitting, shin_box, supine, lying]


@pytest.mark.parametrize("make", BODIES)
def test_limbs_keep_their_length(make: Callable[[], Body]) -> None:
    """In every posture each segment is as long as its share of the body height."""
    metres = make_pose(make(), height_m=2.0).points_m
    assert metres is not None
    for a, b, share in (
        (23, 25, THIGH),
        (26, 28, SHIN),
        (11, 13, UPPER_ARM),
        (14, 16, FOREARM),
        (23, 24, 2 * HIP_HALF),
    ):
        assert np.linalg.norm(metres[a] - metres[b]) == pytest.approx(2.0 * share)
    neck = (metres[11] + metres[12]) / 2
    assert np.linalg.norm(neck) == pytest.approx(2.0 * TRUNK)
    assert metres[23] + metres[24] == pytest.approx([0, 0, 0], abs=1e-12)


def test_a_pose_has_the_shapes_and_axes_of_the_records() -> None:
    """33 points in pixels and metres; y points down, and from the front the left hand is on the picture's right."""
    pose = make_pose(standing(), 2.5, FRONT_CAMERA)
    assert pose.points_px is not None
    assert pose.points_m is not None
    assert pose.visibility is not None
    assert (pose.t, pose.size) == (2.5, (640, 480))
    assert pose.points_px.shape == (LANDMARK_COUNT, 2)
    assert pose.points_m.shape == (LANDMARK_COUNT, 3)
    assert pose.visibility.shape == (LANDMARK_COUNT,)
    assert pose.points_px[Landmark.NOSE, 1] < pose.points_px[Landmark.LEFT_ANKLE, 1]
    assert pose.points_px[Landmark.LEFT_WRIST, 0] > pose.points_px[Landmark.RIGHT_WRIST, 0]
    assert pose.points_m[Landmark.NOSE, 2] < 0


def test_the_side_camera_sees_the_right_side_in_front() -> None:
    """At yaw 90 the subject faces the picture's right with the right side nearer."""
    metres = make_pose(half_kneeling("right")).points_m
    assert metres is not None
    assert metres[Landmark.RIGHT_HIP, 2] < 0 < metres[Landmark.LEFT_HIP, 2]
    assert metres[Landmark.LEFT_FOOT_INDEX, 0] > 0.2


def test_hips_forward_leaves_knee_and_foot_in_place() -> None:
    """Gliding the hips ahead does not move the rear knee against the front foot."""

    def foot_to_knee(forward: float) -> Floats:
        metres = make_pose(half_kneeling("right", hips_forward=forward)).points_m
        assert metres is not None
        between: Floats = metres[Landmark.LEFT_ANKLE] - metres[Landmark.RIGHT_KNEE]
        return between

    assert foot_to_knee(20) == pytest.approx(foot_to_knee(0), abs=0.003)


def test_dropping_knees_leave_the_feet_in_place() -> None:
    """Knees that drop in or out do not change the distance of the feet."""
    for knees_in in (-20, 0, 20):
        metres = make_pose(supine(knees_in=knees_in, feet_gap=1.4), camera=FRONT_CAMERA).points_m
        assert metres is not None
        assert abs(metres[27, 0] - metres[28, 0]) == pytest.approx(1.4 * abs(metres[11, 0] - metres[12, 0]))


def test_a_pose_is_made_quickly() -> None:
    """A made-to-order pose takes about a tenth of a millisecond."""
    body = half_kneeling()
    found = effort(lambda: [make_pose(body, i) for i in range(30)])
    assert found / 30 < 1, found


def test_a_motion_meets_its_keys() -> None:
    """At the key times the body is that of the keys; frames are even; between them it moves one way only."""
    keys = keys_of((0, 1, half_kneeling()), (2, 1, half_kneeling(hips_forward=20)))
    poses = list(motion(keys, fps=10))
    assert [p.t for p in poses] == pytest.approx([i / 10 for i in range(41)])
    assert poses[0].points_m == pytest.approx(make_pose(half_kneeling()).points_m)
    assert poses[30].points_m == pytest.approx(make_pose(half_kneeling(hips_forward=20)).points_m)
    knees = [p.points_m[Landmark.LEFT_KNEE, 1] for p in poses if p.points_m is not None]
    assert len(knees) == 41
    assert [p.t for p in motion(keys, times=[0.1, 0.15, 2.9])] == [0.1, 0.15, 2.9]


@pytest.mark.parametrize("make_set", [ninety_ninety_set, side_bend_set, knee_drops_set])
def test_sets_rise_in_time_at_their_frame_rate(make_set: Callable[..., list[Pose]]) -> None:
    """Each ready-made set is a list of poses at the frame rate asked for."""
    times = np.array([p.t for p in make_set(fps=5.0)])
    assert np.diff(times) == pytest.approx(0.2)


def test_noise_is_repeatable_and_of_its_size() -> None:
    """The same seed gives the same noise, another one another, with the spread asked for."""
    poses = [make_pose(standing(), i / 10) for i in range(50)]
    first, again, other = (list(noisy(poses, px=2.0, seed=s)) for s in (1, 1, 2))
    assert first == again
    assert first != other
    moved = [a.points_px - b.points_px for a, b in zip(first, poses, strict=True) if a.points_px is not None]  # type: ignore[operator]
    assert np.std(moved) == pytest.approx(2.0, rel=0.1)
    assert list(noisy([Pose.absent(1.0)])) == [Pose.absent(1.0)]


def test_faults_touch_their_span_only() -> None:
    """Dropouts and swaps happen within their times, and nowhere else."""
    poses = [make_pose(half_kneeling(), i / 10) for i in range(30)]
    lost = list(dropped_out(poses, (1.0, 2.0)))
    assert [p.present for p in lost] == [not 1.0 <= p.t < 2.0 for p in poses]
    wrong = list(swapped(poses, (1.0, 2.0)))
    assert [a == b for a, b in zip(wrong, poses, strict=True)] == [p.present for p in lost]


def test_a_mirror_image_twice_is_the_pose() -> None:
    """Mirroring is its own inverse, exchanges the sides, and leaves an absent pose alone."""
    pose = make_pose(half_kneeling(), camera=Camera(size=(512, 512)))
    twice = mirrored(mirrored(pose))
    assert twice.points_px == pytest.approx(pose.points_px)
    assert twice.points_m == pytest.approx(pose.points_m)
    flipped = mirrored(pose)
    assert flipped.points_px is not None
    assert pose.points_px is not None
    assert flipped.points_px[Landmark.LEFT_KNEE, 0] == pytest.approx(512 - pose.points_px[Landmark.RIGHT_KNEE, 0])
    assert mirrored(Pose.absent(1.0)) == hidden(Pose.absent(1.0), Landmark.NOSE) == Pose.absent(1.0)


def test_hiding_touches_the_named_points() -> None:
    """Only the visibility of the named landmarks changes, and not that of the original."""
    pose = make_pose(standing())
    seen = hidden(pose, Landmark.NOSE, visibility=0.2).visibility
    assert seen is not None
    assert seen[Landmark.NOSE] == 0.2
    assert seen[1:] == pytest.approx(0.95)
    assert pose.visibility is not None
    assert pose.visibility[Landmark.NOSE] == 0.95


def test_assert_angle_says_what_was_measured_where_and_when() -> None:
    """A right angle passes; a wrong one fails with value, plane, expectation, time and view."""
    pose = make_pose(half_kneeling("right", front_knee_flexion=100), 3.2, Camera(orthographic=True))
    assert_angle(pose, "front_knee_flexion", 98, within=5)
    assert_angle(pose, "left_knee_flexion", 100, within=0.1, plane="world")
    says = r"is 100\.0 in the image plane, expected 90 ± 5, at t = 3\.20 s \(yaw 90°, half_kneeling, left leg"
    with pytest.raises(AssertionError, match=says):
        assert_angle(pose, "front_knee_flexion", 90, within=5)
    with pytest.raises(AssertionError, match=r"cannot be had at t = 1\.00 s \(nobody is seen\)"):
        assert_angle(Pose.absent(1.0), "trunk_lean", 0, within=5)
    with pytest.raises(AssertionError, match="cannot be had"):
        assert_angle(make_pose(standing()), "rear_knee_flexion", 0, within=5)
    assert_angle(make_pose(standing()), "rear_knee_flexion", 0, within=5, front=Side.LEFT)


def test_assert_counts_and_holds_list_what_was_logged() -> None:
    """Right verdicts pass; wrong ones fail with every repetition and its reason."""
    summary = judged(ninety_ninety_set(("right",), hold_s=12), "ninety_ninety")
    assert_counts(summary, right=0)
    assert_holds(summary)
    with pytest.raises(AssertionError, match=r"expected {'left': 0, 'right': 1}: 1 right .* held 12\.\d+ s partial"):
        assert_counts(summary, right=1)
    with pytest.raises(AssertionError, match="0 counted, expected 1: 1 right"):
        assert_holds(summary, 20.0)
    drops = judged(knee_drops_set(("in",)), "knee_drops")
    assert_holds(drops, 3.3, within=1.0, group="in")
    assert_holds(drops, group="out")
    with pytest.raises(
        AssertionError, match=r"repetition 1 \(in, 3\.\d+ to 6\.\d+ s\) was held for 3\.\d+ s, expected 9 ± 1 s"
    ):
        assert_holds(drops, 9)
    with pytest.raises(AssertionError, match="nothing was logged"):
        assert_counts(judged([], "knee_drops"), out=1)


def test_a_scripted_source_yields_fails_and_closes() -> None:
    """Frames come in order, an exception among them is raised at its place, and leaving the context closes it."""
    frames = blank_frames(3, fps=10)
    assert [(f.index, f.t, f.image.shape) for f in frames][2] == (2, 0.2, (48, 64, 3))
    with ScriptedSource(frames) as source:
        assert list(source) == frames
        assert not source.closed
    assert source.closed
    failing = iter(ScriptedSource([frames[0], OSError("unplugged")]))
    assert next(failing) is frames[0]
    with pytest.raises(OSError, match="unplugged"):
        next(failing)


def test_a_scripted_detector_answers_fails_and_then_sees_nobody() -> None:
    """Poses come at the frames' times, an exception is raised at its place, and after the last pose nobody is seen."""
    frames = blank_frames(3, fps=10)
    pose = make_pose(standing(), 99.0)
    with ScriptedDetector([pose, RuntimeError("no memory")]) as detector:
        first = detector.detect(frames[0])
        assert (first.t, first.present) == (0.0, True)
        with pytest.raises(RuntimeError, match="no memory"):
            detector.detect(frames[1])
        assert detector.detect(frames[2]) == Pose.absent(0.2, (64, 48))
    assert detector.closed


def test_the_examples_of_the_module_work() -> None:
    """What the docstrings show is true."""
    public = {name: getattr(posecheck.testing, name) for name in posecheck.testing.__all__}
    assert doctest.testmod(posecheck.testing, extraglobs=public).failed == 0


def test_every_public_name_is_listed_and_documented() -> None:
    """`__all__` is sorted into constants, classes and functions, and each class and function has a docstring."""
    names = posecheck.testing.__all__
    assert len(set(names)) == len(names)
    public = {name: getattr(posecheck.testing, name) for name in names}
    assert {"Body", "Camera", "make_pose", "motion", "judged", "load_tape", "assert_angle"} <= set(public)
    bare = [name for name, what in public.items() if callable(what) and not what.__doc__]
    assert bare == []


def write_tape(path: Path, poses: list[Pose]) -> None:
    """A tape of these poses."""
    with TapeWriter(path, TapeHeader("0", "made", "0", path.name, (640, 480))) as writer:
        for pose in poses:
            writer.write(pose)


def test_a_tape_is_read_back_whole(tmp_path: Path) -> None:
    """What was written is read back bit for bit; a tape that is cut off, damaged or missing is an error."""
    poses = list(dropped_out(noisy(knee_drops_set(("in",))), (1.0, 1.5)))
    write_tape(tmp_path / "me.jsonl", poses)
    assert load_tape(tmp_path / "me.jsonl") == poses
    whole = (tmp_path / "me.jsonl").read_bytes()
    (tmp_path / "cut.jsonl").write_bytes(whole[:-100])
    with pytest.raises(FormatError, match=r"cut\.jsonl is cut off after \d\.\d s; read up to there: record it again"):
        load_tape(tmp_path / "cut.jsonl")
    with pytest.raises(InputError, match="there is no file"):
        load_tape(tmp_path / "none.jsonl")


def test_the_pose_at_a_time_is_the_nearest() -> None:
    """A time between two frames gives the nearer one; a time outside of the recording is an error that says so."""
    poses = [make_pose(standing(), t) for t in (0.0, 0.1, 0.2)]
    assert pose_at(poses, 0.14) is poses[1]
    with pytest.raises(ValueError, match=r"no pose at 5 s: they go from 0\.00 to 0\.20 s"):
        pose_at(poses, 5.0)
    with pytest.raises(ValueError, match="there are no poses"):
        pose_at([], 0.0)


def test_a_wrong_name_is_not_a_failed_check() -> None:
    """A group, plane or signal that does not exist is a mistake in the test, and told as such."""
    summary = judged(knee_drops_set(("in",)), "knee_drops")
    with pytest.raises(ValueError, match="knee_drops has no group 'left'; it has in, out"):
        assert_counts(summary, left=1)
    with pytest.raises(ValueError, match="no group 'up'"):
        assert_holds(summary, group="up")
    with pytest.raises(ValueError, match="plane must be one of image, world, not '3d'"):
        assert_angle(make_pose(standing()), "trunk_lean", 0, within=5, plane="3d")
    with pytest.raises(ValueError, match="knee_flex"):
        assert_angle(make_pose(standing()), "knee_flex", 0, within=5)


def test_a_value_that_is_no_number_fails() -> None:
    """A comparison with NaN never passes."""
    with pytest.raises(AssertionError, match="expected nan"):
        assert_angle(make_pose(standing()), "trunk_lean", float("nan"), within=5)
