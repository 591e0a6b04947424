"""A picture that is turned to find somebody, and the points that are turned back, turn the same way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.detect.person_tracker import look_upright
from posecheck.records import Frame, Landmark, Pose
from posecheck.records.quarter_turns import TURNS
from posecheck.testing import make_pose, standing


class Spot:
    """Finds a standing body in the picture whose `turn`-th look it is, with the nose at the bright spot."""

    def __init__(self, turn: int) -> None:
        self._looks_left = turn

    def detect(self, frame: Frame) -> Pose:
        self._looks_left -= 1
        height, width = frame.image.shape[:2]
        if self._looks_left >= 0:
            return Pose.absent(frame.t, (width, height))
        pose = replace(make_pose(standing(), frame.t), size=(width, height))
        assert pose.points_px is not None
        row, column = np.argwhere(frame.image[:, :, 0] == 255)[0]
        pose.points_px[Landmark.NOSE] = column + 0.5, row + 0.5
        return pose

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("turn", TURNS)
def test_a_point_comes_back_to_the_pixel_where_it_was(turn: int) -> None:
    """What a detector sees at one pixel of the turned picture is reported at that pixel of the picture as it is."""
    image = np.zeros((480, 640, 3), np.uint8)
    image[100, 250] = 255
    found = look_upright(Spot(turn), Frame(0, 0.0, image))
    assert found.size == (640, 480)
    assert found.points_px is not None
    assert found.points_px[Landmark.NOSE] == pytest.approx((250.5, 100.5))
