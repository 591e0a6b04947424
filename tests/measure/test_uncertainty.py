"""The ± of an angle: taken for the view it is seen in, and shown rounded to what is known."""

from __future__ import annotations

import pytest

from posecheck.measure import measure
from posecheck.measure.uncertainty import FRONT_NEARER, KNEELING_NEARER, angle_text, errors_of, nearer_leg
from posecheck.records import Side
from posecheck.testing import Camera, half_kneeling, make_pose


@pytest.mark.parametrize(("yaw", "near"), [(90.0, Side.RIGHT), (-90.0, Side.LEFT)])
@pytest.mark.parametrize("rear", Side)
def test_the_nearer_leg_follows_from_the_way_the_body_faces(rear: Side, yaw: float, near: Side) -> None:
    """Who faces the right of the picture has the right leg nearer to the camera, and the other way round."""
    measurement = measure(make_pose(half_kneeling(rear), camera=Camera(yaw_deg=yaw)))
    expected = KNEELING_NEARER if near is rear else FRONT_NEARER
    assert nearer_leg(measurement, measurement.front) == expected


def test_without_a_front_leg_no_leg_is_nearer() -> None:
    """Where no leg is in front there is nothing to tell."""
    assert nearer_leg(measure(make_pose(half_kneeling())), None) is None


def test_every_judged_view_has_measured_errors() -> None:
    """The 90-90 has its ± for either leg nearer to the camera; what was never measured has none."""
    for nearer in (KNEELING_NEARER, FRONT_NEARER):
        assert {"front_knee_flexion", "rear_thigh_inclination", "trunk_lean"} <= set(errors_of("ninety_ninety", nearer))
    assert errors_of("ninety_ninety", KNEELING_NEARER) != errors_of("ninety_ninety", FRONT_NEARER)
    assert set(errors_of("side_bend", KNEELING_NEARER)) == {"bend_to_front"}
    assert errors_of("none") == {}


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [(92.3, 3.6, "92° ±4"), (92.3, 8.2, "90° ±8"), (-0.2, None, "0°"), (-92.6, 5.0, "-95° ±5")],
)
def test_an_angle_is_rounded_to_what_is_known(value: float, error: float | None, text: str) -> None:
    """Coarse errors are shown in steps of five degrees."""
    assert angle_text(value, error) == text
