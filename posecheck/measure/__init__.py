"""Pose → Measurement: angles and ratios, how the camera sees the body, and its posture."""

from __future__ import annotations

from posecheck.measure.angles import reading
from posecheck.measure.measuring import measure, posture_and_view

__all__ = ["measure", "posture_and_view", "reading"]
