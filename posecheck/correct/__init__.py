"""Pose → Pose: what the detector is known to get wrong, put right from what earlier frames have shown."""

from __future__ import annotations

from posecheck.correct.correction import PoseCorrection, as_filmed

__all__ = ["PoseCorrection", "as_filmed"]
