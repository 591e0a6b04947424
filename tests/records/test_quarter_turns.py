"""Poses of turned pictures, turned back."""

from __future__ import annotations

from posecheck.records import Pose
from posecheck.records.quarter_turns import turn_back


def test_where_nobody_is_seen_only_the_size_is_turned() -> None:
    """An absent pose stays absent; its picture is as wide as it was high."""
    turned = turn_back(Pose.absent(1.0, (640, 480)), 1)
    assert (turned.present, turned.t, turned.size) == (False, 1.0, (480, 640))
