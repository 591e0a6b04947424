"""The landmarks by name: those of one side, and the same one on the other side."""

from __future__ import annotations

import pytest

from posecheck.records import LANDMARKS_OF, OTHER_SIDE, Landmark, Side

pytestmark = pytest.mark.core


def test_the_other_side_of_the_other_side_is_this_one() -> None:
    """Left and right are exchanged, and only the nose stays where it is."""
    assert [OTHER_SIDE[OTHER_SIDE[landmark]] for landmark in Landmark] == list(Landmark)
    assert [landmark for landmark in Landmark if OTHER_SIDE[landmark] is landmark] == [Landmark.NOSE]


def test_each_landmark_of_a_side_has_its_like_on_the_other() -> None:
    """The left shoulder is opposite the right one, and so is all else."""
    left, right = LANDMARKS_OF[Side.LEFT], LANDMARKS_OF[Side.RIGHT]
    assert [OTHER_SIDE[landmark] for landmark in left] == list(right)
