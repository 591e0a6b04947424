"""What cannot be a pose is refused when it is made, with what is wrong, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from posecheck.errors import PoseError
from posecheck.records import Landmark, Pose
from posecheck.testing import make_pose, standing

ARRAYS = ("points_px", "points_m", "visibility")
JUNK = (float("nan"), float("inf"), float("-inf"), 1e300, -1e300)  # what is no coordinate
GOOD = make_pose(standing())


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("name", ARRAYS)
def test_a_number_that_is_none_is_told_with_its_landmark(name: str, junk: float) -> None:
    """One coordinate that is no number, or far too large, is named by array and landmark."""
    spoilt = getattr(GOOD, name).copy()
    spoilt[Landmark.RIGHT_SHOULDER] = junk
    with pytest.raises(PoseError, match=rf"{name} of right_shoulder is .* not known has visibility 0"):
        replace(GOOD, **{name: spoilt})


@pytest.mark.parametrize("missing", [("points_m",), ("visibility",), ("points_px", "points_m")])
def test_half_a_pose_is_none(missing: tuple[str, ...]) -> None:
    """Some arrays without the others are refused; all three missing is a pose in which nobody is seen."""
    some: dict[str, Any] = dict.fromkeys(missing)
    with pytest.raises(PoseError, match=f"^{' and '.join(missing)} is None: give all three"):
        replace(GOOD, **some)
    none: dict[str, Any] = dict.fromkeys(ARRAYS)
    assert not replace(GOOD, **none).present


@pytest.mark.parametrize(
    ("name", "spoil", "words"),
    [
        ("points_px", lambda a: a.tolist(), r"points_px must be a numpy array of shape \(33, 2\), not list"),
        ("points_px", lambda a: a[:17], r"shape \(33, 2\).* it has \(17, 2\) \(COCO's 17 points are not enough\)"),
        ("points_m", lambda a: a[:, :2], r"points_m must have shape \(33, 3\).* it has \(33, 2\)$"),
        ("visibility", lambda a: a[:, None], r"visibility must have shape \(33,\).* it has \(33, 1\)$"),
        ("points_m", lambda a: a.astype(str), "points_m must hold numbers, not <U32"),
        ("points_px", lambda a: a / (640, 480), "normalised .*multiply x by the width, 640, and y by the height, 480"),
        ("points_m", lambda a: a * 1000, "points_m must be in metres"),
        ("visibility", lambda a: a * 100, "visibility must lie from 0 to 1"),
        ("visibility", lambda a: a - 1, "visibility must lie from 0 to 1"),
    ],
)
def test_another_shape_or_unit_is_told(name: str, spoil: Callable[[Any], Any], words: str) -> None:
    """Lists, other numbers of points, normalised pixels, millimetres and percentages are told by name."""
    assert GOOD.size == (640, 480)
    with pytest.raises(PoseError, match=words):
        replace(GOOD, **{name: spoil(getattr(GOOD, name))})


@pytest.mark.parametrize("t", [float("nan"), float("inf"), float("-inf"), None, "1.5"])
def test_a_time_that_is_no_number_is_told(t: Any) -> None:
    """A pose needs a time, also one in which nobody is seen."""
    for pose in (GOOD, Pose.absent(0.0)):
        with pytest.raises(PoseError, match="t must be a number of seconds, not"):
            replace(pose, t=t)


@pytest.mark.parametrize("size", [(0, 480), (640, 0), (-640, 480)])
def test_a_picture_without_extent_has_nobody_in_it(size: tuple[int, int]) -> None:
    """Where somebody is seen there is a picture; where nobody is, its size may be unknown."""
    with pytest.raises(PoseError, match="size must be"):
        replace(GOOD, size=size)
    assert not Pose.absent(1.0, size).present


def test_what_a_body_can_be_is_taken() -> None:
    """Integers, points outside the picture, a speck, a picture of few pixels: all of them are poses."""
    assert GOOD.points_px is not None
    far = GOOD.points_px - (5000.0, 0.0)
    for pose in (
        replace(GOOD, points_px=GOOD.points_px.astype(np.int64)),
        replace(GOOD, points_px=far),
        replace(GOOD, points_px=np.full((33, 2), 3.0)),
        replace(GOOD, size=(4, 4), points_px=GOOD.points_px / 640),
    ):
        assert pose.present
