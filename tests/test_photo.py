"""Of a photograph only that is measured which its view can show, and what is missing is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posecheck.measure import measure
from posecheck.photo import SIDE_LOOK, seen_from_here, why_unknown
from posecheck.records import Landmark, Measurement, Posture, Signal
from posecheck.testing import FRONT_CAMERA, Body, Camera, floor_sitting, half_kneeling, make_pose, supine

KNEE, HIP, BEND = Signal.LEFT_KNEE_FLEXION, Signal.RIGHT_HIP_FLEXION, Signal.SIDE_BEND


def photograph(body: Body, camera: Camera) -> Measurement:
    return seen_from_here(measure(make_pose(body, camera=camera)))


@pytest.mark.parametrize("yaw", [-100.0, -80.0, 80.0, 90.0, 100.0])
def test_from_the_side_hips_and_knees_are_measured(yaw: float) -> None:
    """Within 10 degrees of the side every angle of the legs is given, in the picture and in 3-D, and no side bend."""
    found = photograph(half_kneeling(), Camera(yaw_deg=yaw))
    assert {KNEE, HIP} <= found.image.keys()
    assert {KNEE, HIP} <= found.world.keys()
    assert BEND not in found.image.keys() | found.world.keys()


@pytest.mark.parametrize("yaw", [40.0, 60.0, 115.0, 140.0, -60.0])
def test_a_lunge_from_further_round_is_refused(yaw: float) -> None:
    """Half-kneeling 25 degrees and more from the side the posture is told, but no angle of the legs."""
    found = photograph(half_kneeling(), Camera(yaw_deg=yaw))
    assert found.posture is Posture.HALF_KNEELING
    assert found.view is not None
    assert found.view.trunk_to_shoulder_ratio < SIDE_LOOK
    assert not {KNEE, HIP, Signal.TRUNK_LEAN} & (found.image.keys() | found.world.keys())
    assert Signal.ARM_ELEVATION in found.image


def test_from_the_front_a_bend_is_measured_and_a_knee_is_not() -> None:
    """What points at the camera is not measured; what bends to the side is."""
    found = photograph(floor_sitting(side_bend=30), FRONT_CAMERA)
    assert found.image[BEND].value == pytest.approx(30, abs=1)
    assert KNEE not in found.image


def test_lying_seen_from_the_side_is_measured() -> None:
    """The rule for lunges is for lunges: a body on its back may show its shoulders."""
    found = photograph(supine(), Camera(yaw_deg=75.0, above_m=1.0))
    assert found.image[KNEE].value == pytest.approx(90, abs=12)


def test_nobody_stays_nobody() -> None:
    """An empty measurement passes."""
    assert seen_from_here(Measurement(1.0)) == Measurement(1.0)


def test_why_a_posture_is_unknown_is_said_with_what_would_help() -> None:
    """Nobody, legs or hips out of the picture, or points that fit no posture: each in words; a known one needs none."""
    known = measure(make_pose(half_kneeling()))
    assert why_unknown(known) is None
    assert known.view is not None
    lost = replace(known, posture=Posture.UNKNOWN)
    reasons = {
        "Nobody was seen": Measurement(0.0),
        "The legs are not": replace(lost, view=replace(known.view, cut=frozenset({Landmark(25), Landmark(26)}))),
        "The hips are at the edge": replace(lost, view=replace(known.view, cut=frozenset({Landmark.LEFT_HIP}))),
        "The points found do not form": lost,
    }
    for start, measurement in reasons.items():
        said = why_unknown(measurement)
        assert said is not None
        assert said.startswith(start)
        assert "whole body" in said
