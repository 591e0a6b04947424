"""Where both knees were a moment before tells which one kneels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.correct.both_knees import AGO_S, BothKnees
from posecheck.correct.leg_geometry import swap_legs
from posecheck.measure import measure
from posecheck.records import Side
from posecheck.testing import FRONT_CAMERA, SIDE_CAMERA, Body, Camera, half_kneeling, make_pose, standing, tall_kneeling


def knelt_before(camera: Camera, seconds: float = 3.0) -> BothKnees:
    """The memory of both knees after kneeling on them for a while."""
    both = BothKnees()
    for i in range(round(15 * seconds) + 1):
        pose = make_pose(tall_kneeling(), i / 15, camera)
        both.update(pose, measure(pose))
    return both


@pytest.mark.parametrize("rear", Side)
@pytest.mark.parametrize("wrong_names", [False, True])
def test_the_knee_that_stays_is_the_kneeling_one(rear: Side, wrong_names: bool) -> None:
    """From the side the knee that stays where it was tells which one kneels, whatever the detector calls it."""
    pose = make_pose(half_kneeling(rear), 3.5)
    pose = swap_legs(pose) if wrong_names else pose
    told = knelt_before(SIDE_CAMERA).kneeling(pose, measure(pose))
    assert told is not None
    assert told[0] is rear
    assert told[1] > 0.5


def test_knees_tell_nothing_from_the_front_nor_late_nor_elsewhere() -> None:
    """Both knees must have been seen from the side, a moment ago, in the same place."""
    pose = make_pose(half_kneeling(), 3.5)
    from_front = make_pose(half_kneeling(), 3.5, FRONT_CAMERA)
    assert knelt_before(FRONT_CAMERA).kneeling(pose, measure(pose)) is None
    both = knelt_before(SIDE_CAMERA)
    assert both.kneeling(from_front, measure(from_front)) is None
    late = replace(pose, t=3.0 + AGO_S + 0.1)
    assert both.kneeling(late, measure(late)) is None
    assert pose.points_px is not None
    elsewhere = replace(pose, points_px=pose.points_px + np.array([60.0, 0.0]))
    assert both.kneeling(elsewhere, measure(elsewhere)) is None


@pytest.mark.parametrize(("body", "forgets"), [(standing(), True), (tall_kneeling(), False)])
def test_getting_up_ends_what_is_known_of_both_knees(body: Body, forgets: bool) -> None:
    """Who has stood for a moment may kneel somewhere else; a single misread frame is no standing."""
    both = knelt_before(SIDE_CAMERA)
    both.update(make_pose(standing(), 3.1), measure(make_pose(standing(), 3.1)))
    for t in (3.2, 3.4, 3.6, 3.8):
        both.update(make_pose(body, t), measure(make_pose(body, t)))
    pose = make_pose(half_kneeling(), 4.0)
    assert (both.kneeling(pose, measure(pose)) is None) is forgets
