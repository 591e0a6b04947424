"""What a source of poses lacks: its names in files, and that a pose tells it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posecheck.measure import measure
from posecheck.measure.smooth import Smoother
from posecheck.records import LACKS_NOTHING, Lacks, Landmark
from posecheck.testing import make_pose, standing

HEELS = frozenset({Landmark.RIGHT_HEEL, Landmark.LEFT_HEEL})


@pytest.mark.parametrize(
    ("lacks", "names"),
    [(LACKS_NOTHING, ()), (Lacks(True), ("depth",)), (Lacks(True, HEELS), ("depth", "left_heel", "right_heel"))],
)
def test_names_read_back(lacks: Lacks, names: tuple[str, ...]) -> None:
    """The names stand in a fixed order, and are read back as what they were."""
    assert lacks.names == names
    assert Lacks.of(names) == lacks
    assert bool(lacks) is bool(names)


def test_it_goes_along_with_the_pose() -> None:
    """Measuring and smoothing hand on what the source of a pose lacks; poses that differ in it are not equal."""
    pose = make_pose(standing())
    lacking = replace(pose, lacks=Lacks(True))
    assert lacking != pose
    assert Smoother().update(measure(lacking)).lacks == Lacks(True)
    assert Smoother().update(measure(pose)).lacks == LACKS_NOTHING
