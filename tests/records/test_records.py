"""The records that the stages hand on: what makes two poses the same one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.records import Pose
from posecheck.testing import make_pose, standing


def test_poses_are_equal_bit_for_bit() -> None:
    """The same arrays, or equal ones, make equal poses; another time, size, or last bit of a coordinate does not."""
    pose = make_pose(standing(), 1.0)
    assert pose.points_px is not None
    assert pose == make_pose(standing(), 1.0)
    nudged = pose.points_px.copy()
    nudged[7, 1] = np.nextafter(nudged[7, 1], np.inf)
    for other in (replace(pose, t=2.0), replace(pose, size=(1, 1)), replace(pose, points_px=nudged)):
        assert pose != other


def test_an_absent_pose_is_equal_to_an_absent_one_only() -> None:
    """Nobody is the same as nobody at the same time, and as no body."""
    assert Pose.absent(1.0, (640, 480)) == Pose.absent(1.0, (640, 480))
    assert Pose.absent(1.0, (640, 480)) != make_pose(standing(), 1.0)
    assert Pose.absent(1.0) != Pose.absent(2.0)


def test_vectors_are_those_of_the_arrays() -> None:
    """Vectors have the arrays' own numbers; nobody has none, and a changed pose has its own."""
    pose = make_pose(standing(), 1.0)
    assert pose.points_px is not None
    assert pose.points_m is not None
    assert pose.visibility is not None
    vectors = pose.vectors()
    assert vectors is not None
    assert vectors.px == tuple((x, y, 0.0) for x, y in pose.points_px.tolist())
    assert vectors.m == tuple(tuple(point) for point in pose.points_m.tolist())
    assert vectors.visibility == tuple(pose.visibility.tolist())
    moved = replace(pose, points_px=pose.points_px + 1.0).vectors()
    assert moved is not None
    assert moved.px[0] == (vectors.px[0][0] + 1.0, vectors.px[0][1] + 1.0, 0.0)
    assert Pose.absent(1.0).vectors() is None


def test_a_pose_is_no_number_and_no_key() -> None:
    """Compared with something else a pose is different, and it cannot be hashed: it holds arrays."""
    assert make_pose(standing()) != 1.0
    with pytest.raises(TypeError):
        hash(make_pose(standing()))
