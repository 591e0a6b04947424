"""The rear knee, on the floor, on a cushion or in the air: in one picture, over time, and in a whole set."""

from __future__ import annotations

from math import acos, cos, degrees, inf, radians

import pytest

from posecheck.correct.rear_knee import KNEE_S, RearKnee
from posecheck.judging.session import Session
from posecheck.measure import measure
from posecheck.measure.measuring import posture_and_view
from posecheck.records import Pose, Posture, Side, Summary
from posecheck.synthetic.bodies import FOOT_AHEAD, SHIN, THIGH
from posecheck.testing import SIDE_CAMERA, Body, Camera, half_kneeling, keys_of, make_pose, motion, standing

HEIGHT_M = 1.7
FACING = [Camera(yaw_deg=yaw, above_m=0.4) for yaw in (90.0, -90.0, 60.0, -60.0)]
KNEE_CUE = "Rest your back knee on the floor."


def on_one_knee(rear: Side, knee_m: float, *, hips: float = 0.0, arms: float = 0.0) -> Body:
    """Half-kneeling but for the rear knee, which is this high above the floor; both feet stand on it.

    `hips`: rear thigh and front shin lean forward by so many degrees.
    """
    knee = knee_m / HEIGHT_M
    ankle = FOOT_AHEAD * knee / (SHIN + FOOT_AHEAD)  # the foot goes along with the shin, the toes on the floor
    above_foot = knee + THIGH * cos(radians(hips)) - SHIN * cos(radians(hips))
    legs = {
        f"{rear}_thigh": hips,
        f"{rear}_shin": degrees(acos((knee - ankle) / SHIN)),
        f"{rear.other}_thigh": -degrees(acos(above_foot / THIGH)),
        f"{rear.other}_shin": hips,
    }
    return Body(**legs, left_arm=arms, right_arm=arms)


def on_a_cushion(rear: Side, *, hips: float = 0.0, arms: float = 0.0) -> Body:
    """Half-kneeling with knee and shin on a cushion of 8 cm, the front foot on the floor."""
    shin = cos(radians(hips))
    flexion = hips + degrees(acos((THIGH * shin + 0.08 / HEIGHT_M - SHIN * shin) / THIGH))
    return half_kneeling(rear, hips_forward=hips, front_knee_flexion=flexion, arm_elevation=arms)


def seen(knee: RearKnee, pose: Pose) -> bool | None:
    """Whether the knee is in the air, after one pose more; None when that one shows no leg in front."""
    found = posture_and_view(pose, highest_knee=inf)
    knee.update(pose, found)
    return None if found.front is None else knee.in_the_air


def over_time(body: Body, camera: Camera, seconds: float = 3.0) -> set[bool | None]:
    """Whether the knee of somebody who stays like this is in the air, by all that is said in that time."""
    knee = RearKnee()
    return {seen(knee, pose) for pose in motion([(0.0, body), (seconds, body)], camera=camera)}


def a_set(start: Body, held: Body) -> Summary:
    """The verdict on 21 s of a 90-90 stretch."""
    session = Session("ninety_ninety")
    for pose in motion(
        keys_of((0, 2, standing()), (1, 2, start), (1, 21, held), (1, 1, standing())), 10, detected=True, planted=True
    ):
        session.feed(pose)
    return session.summary()


@pytest.mark.parametrize("rear", Side)
@pytest.mark.parametrize("camera", FACING)
def test_a_knee_on_the_floor_is_told_from_one_in_the_air(rear: Side, camera: Camera) -> None:
    """One picture from the side: on the floor, up to 8 cm above it or on a cushion is kneeling, 21 cm are a lunge.

    In between it goes by the side that is nearer: perspective moves the height of a knee by 3 cm up or down.
    """
    on_floor = [on_one_knee(rear, knee_m) for knee_m in (0.0, 0.07)] + [on_a_cushion(rear)]
    assert {measure(make_pose(body, camera=camera)).posture for body in on_floor} == {Posture.HALF_KNEELING}
    assert measure(make_pose(on_one_knee(rear, 0.14), camera=camera)).posture in (Posture.HALF_KNEELING, Posture.LUNGE)
    assert measure(make_pose(on_one_knee(rear, 0.21), camera=camera)).posture is Posture.LUNGE


def test_a_lunge_has_no_front_leg_and_its_own_words() -> None:
    """In a lunge nothing is counted for a side, and the exercises say to rest the knee."""
    found = measure(make_pose(on_one_knee(Side.LEFT, 0.21)))
    assert (found.posture, found.front) == (Posture.LUNGE, None)
    for name in ("ninety_ninety", "side_bend"):
        assert Session(name).exercise.posture_cue(Posture.LUNGE) == KNEE_CUE


@pytest.mark.parametrize("rear", Side)
@pytest.mark.parametrize("camera", FACING)
@pytest.mark.parametrize(
    ("knee_m", "told"),
    [
        (0.0, {False}),
        (0.14, {False, True}),  # a leg that is misread looks no better
        (0.25, {True, None}),
    ],
)
def test_over_time_a_knee_is_in_the_air_from_about_20_cm(
    rear: Side, camera: Camera, knee_m: float, told: set[bool | None]
) -> None:
    """A knee on the floor is never in the air, and one 25 cm up never on the floor."""
    assert over_time(on_one_knee(rear, knee_m), camera) <= told


def test_a_knee_that_is_lifted_is_told_after_half_of_the_while() -> None:
    """The median decides: a knee that comes up, or goes down, is where it was for half of the while more."""
    down, up = on_one_knee(Side.LEFT, 0.0), on_one_knee(Side.LEFT, 0.25)
    knee = RearKnee()
    bodies = [down if i < 30 or i >= 60 else up for i in range(90)]
    told = [seen(knee, make_pose(body, i / 15, SIDE_CAMERA)) for i, body in enumerate(bodies)]
    first, last = told.index(True), 89 - told[::-1].index(True)
    assert all(told[first : last + 1])
    assert (first - 30) / 15 == pytest.approx(KNEE_S / 2, abs=0.1)
    assert (last - 60) / 15 == pytest.approx(KNEE_S / 2, abs=0.1)


def test_nobody_and_a_standing_body_have_no_knee_in_the_air() -> None:
    """What does not half-kneel tells nothing of its knees."""
    knee = RearKnee()
    assert seen(knee, Pose.absent(0.0, (640, 480))) is None
    assert seen(knee, make_pose(standing(), 1.0)) is None
    assert not knee.in_the_air


def test_from_the_front_the_height_of_the_knee_has_no_say_over_time() -> None:
    """There the rear shin points along the view: only the side tells how high a knee is."""
    body = on_one_knee(Side.RIGHT, 0.25)
    assert over_time(body, Camera(yaw_deg=20.0)) == {False}


@pytest.mark.parametrize("rear", Side)
def test_a_cushion_under_the_knee_changes_nothing(rear: Side) -> None:
    """A hold with knee and shin on a cushion of 8 cm counts for its side like one on the floor."""
    (hold,) = a_set(on_a_cushion(rear), on_a_cushion(rear, hips=15, arms=170)).repetitions
    assert (hold.group, hold.counted) == (rear.value, True)


@pytest.mark.parametrize("rear", Side)
@pytest.mark.parametrize("knee_m", [0.21, 0.28])
def test_a_hold_with_the_knee_in_the_air_never_counts(rear: Side, knee_m: float) -> None:
    """From 21 cm on no hold is counted, though all else is right."""
    summary = a_set(on_one_knee(rear, knee_m), on_one_knee(rear, knee_m, hips=15, arms=170))
    assert not any(r.counted for r in summary.repetitions)


def test_a_knee_in_the_air_is_asked_to_the_floor() -> None:
    """With the knee 21 cm up nothing is listed, and the person is told to rest it on the floor."""
    left = Side.LEFT
    summary = a_set(on_one_knee(left, 0.21), on_one_knee(left, 0.21, hips=15, arms=170))
    assert summary.repetitions == ()
    assert max(summary.cues, key=lambda c: c.end_s - c.start_s).text == KNEE_CUE
