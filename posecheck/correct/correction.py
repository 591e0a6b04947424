"""Pose → Pose: legs by their right names, a back that was taken for a chest, a turned picture, hidden joints.

The pose that comes out is that of the upright picture, and carries in its `correction` what earlier frames tell of the
body. Nothing else flows from here: what is measured and counted is measured and counted on that pose alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from posecheck.correct.facing import BackFacing
from posecheck.correct.image_rotation import ImageRotation
from posecheck.correct.joint_centres import with_joint_centres
from posecheck.correct.legs import LegCorrection
from posecheck.records import Correction, Landmark, Pose, Posture
from posecheck.records.quarter_turns import turn_back


class PoseCorrection:
    """Corrects the poses of one source, in order of time.

    Args:
        postures: those in which the exercise is judged, by which a turned picture is found out.
        shows_back: the exercise may be seen from behind; from the side neither back nor chest is seen.
        kneels: the exercise may be one on a knee; without a knee on the floor the legs cannot be told apart, nor is it
            known how the detector misplaces the hips.
    """

    def __init__(self, postures: Collection[Posture], *, shows_back: bool, kneels: bool) -> None:
        self._rotation = ImageRotation(*postures)
        self._facing = BackFacing() if shows_back else None
        self._legs = LegCorrection() if kneels else None

    def update(self, pose: Pose) -> Pose:
        """Take the next pose, as the detector gives it.

        Returns:
            The corrected pose, of the upright picture.
        """
        turns = self._rotation.turn if pose.present else 0
        pose = self._rotation.update(replace(pose, correction=Correction()))
        if self._facing is not None:
            pose = self._facing.update(pose)
        if self._legs is not None:
            pose = with_joint_centres(self._legs.update(pose))
        return replace(pose, correction=replace(pose.correction, quarter_turns=turns))


def as_filmed(pose: Pose) -> Pose:
    """A corrected pose in the picture as it was filmed; legs that are known to be misread get visibility 0."""
    if pose.correction.legs_hidden and pose.visibility is not None:
        visibility = pose.visibility.copy()
        visibility[Landmark.LEFT_KNEE :] = 0.0  # knees and all below
        pose = replace(pose, visibility=visibility)
    turns = pose.correction.quarter_turns
    return turn_back(pose, 4 - turns) if turns else pose
