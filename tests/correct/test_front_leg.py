"""Which leg is in front, as a probability: its signs, their sum, and what is done when it is not sure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posecheck.correct.both_knees import BothKnees
from posecheck.correct.front_leg import WEIGHTS, FrontLeg, Sign, perspective, signs_of
from posecheck.correct.leg_geometry import swap_legs
from posecheck.correct.legs import AGREE_S, SETTLED_S, SURE, LegCorrection
from posecheck.judging.session import Session
from posecheck.measure import measure
from posecheck.records import Pose, Posture, Side
from posecheck.testing import (
    FRONT_CAMERA,
    SIDE_CAMERA,
    Body,
    Camera,
    half_kneeling,
    keys_of,
    make_pose,
    motion,
    standing,
    swapped,
    tall_kneeling,
)

BEHIND = Camera(yaw_deg=175)


@pytest.mark.parametrize("rear", Side)
@pytest.mark.parametrize("camera", [SIDE_CAMERA, FRONT_CAMERA, BEHIND], ids=["side", "front", "behind"])
def test_a_clear_kneeling_is_sure(rear: Side, camera: Camera) -> None:
    """After the time that is asked the right leg is in front with a probability of 90 % and more, the other with the
    rest."""
    signs = FrontLeg()
    for pose in motion([(0.0, half_kneeling(rear)), (1.0, half_kneeling(rear))], camera=camera):
        signs.half_kneeling(pose, measure(pose), 1 / 15)
    assert signs.probability(rear.other) > 0.9
    assert signs.probability(rear) == pytest.approx(1.0 - signs.probability(rear.other))


def test_nothing_seen_is_as_likely_as_not() -> None:
    """Before a kneeling, and after another one, both legs are alike."""
    signs = FrontLeg()
    assert [signs.probability(side) for side in Side] == [0.5, 0.5]
    pose = make_pose(half_kneeling())
    signs.half_kneeling(pose, measure(pose), 0.1)
    signs.clear()
    assert [signs.probability(side) for side in Side] == [0.5, 0.5]


def test_a_body_without_a_front_leg_shows_no_sign() -> None:
    """Standing, and nobody, tell nothing."""
    for pose in (make_pose(standing()), Pose.absent(0.0)):
        assert signs_of(pose, measure(pose), BothKnees()) == {}


def test_every_sign_has_a_weight_that_speaks_for_it() -> None:
    """A sign that were right no more often than wrong would have the weight 0."""
    assert set(WEIGHTS) == set(Sign)
    assert min(WEIGHTS.values()) > 1.0


@pytest.mark.parametrize("rear", Side)
def test_crossed_legs_from_the_front_have_the_other_names(rear: Side) -> None:
    """Seen from the front legs do not cross: names that say so are exchanged."""
    pose = make_pose(half_kneeling(rear), camera=FRONT_CAMERA)
    wrong = swap_legs(pose)
    right = 1.0 if rear is Side.RIGHT else -1.0
    for one in (pose, wrong):
        assert signs_of(one, measure(one), BothKnees()) == {Sign.NAME: right}


def test_with_the_rear_foot_on_a_wall_perspective_says_nothing() -> None:
    """The rear shin is no line on the floor there; the names are left, and they are enough."""
    pose = make_pose(half_kneeling("right"))
    assert pose.points_px is not None
    px = pose.points_px.copy()
    px[[28, 30, 32]] = px[26] - [0.0, 0.9 * (px[26, 1] - px[24, 1])]  # the right foot straight above its knee
    on_wall = replace(pose, points_px=px)
    found = replace(measure(pose), front=Side.LEFT)
    assert perspective(pose, found) is not None
    assert perspective(on_wall, found) is None
    assert signs_of(on_wall, found, BothKnees()) == {Sign.NAME_FROM_SIDE: 1.0}
    assert perspective(Pose.absent(0.0), found) is None


def in_doubt(seconds: float = 4.0) -> list[Pose]:
    """Half-kneeling seen from the side, exactly at the camera's height, the names exchanged in every other frame."""
    camera = Camera(yaw_deg=90.0, above_m=0.0)
    poses = list(motion([(0.0, half_kneeling("left")), (seconds, half_kneeling("left"))], camera=camera))
    return [swap_legs(pose) if i % 2 else pose for i, pose in enumerate(poses)]


def test_a_side_that_is_not_sure_is_asked_for_instead_of_guessed() -> None:
    """Names that change all the time tell nothing: no side is counted, and the person is asked to show the knee."""
    session = Session("ninety_ninety")
    steps = [session.feed(pose) for pose in in_doubt()]
    last = steps[-1]
    assert last.measurement.posture is Posture.HALF_KNEELING
    assert last.context.front is None
    assert last.context.front_probability is not None
    assert 0.5 <= last.context.front_probability < SURE
    assert (last.check.judged, last.check.reason_code) == (False, "which_leg")
    assert last.progress.cue == "Show me once which knee is down: lift the front foot."
    assert last.progress.group is None
    # not before it was looked at for a while
    assert {s.check.reason_code for s in steps if s.check.t < SETTLED_S - 0.1} == {None}


def test_lifting_the_front_foot_answers_the_question() -> None:
    """Who was asked, lifts the front foot and puts it down again is counted for the right side."""
    session = Session("ninety_ninety")
    doubt = in_doubt()
    shown = motion(keys_of((0, 2, tall_kneeling()), (1, 3, half_kneeling("left"))))
    steps = [session.feed(pose) for pose in (*doubt, *(replace(p, t=p.t + doubt[-1].t + 0.1) for p in shown))]
    assert steps[-1].context.front is Side.RIGHT
    assert steps[-1].check.judged
    assert steps[-1].context.front_probability is not None
    assert steps[-1].context.front_probability >= SURE


def test_the_side_of_the_kneeling_before_says_nothing_of_a_doubtful_one() -> None:
    """After a right kneeling a doubtful one has no side at all."""
    legs = LegCorrection()
    first = list(motion(keys_of((0, 3, half_kneeling("right")), (1, 2, standing()))))
    for pose in (*first, *(replace(p, t=p.t + first[-1].t + 0.1) for p in in_doubt())):
        found = legs.update(pose)
    assert found.correction.front is None
    assert not found.correction.front_agreed


@pytest.mark.parametrize("rear", Side)
def test_every_repetition_says_how_sure_its_side_is(rear: Side) -> None:
    """The probability of the side is part of what is reported of a hold."""
    body: Body = half_kneeling(rear, hips_forward=15, arm_elevation=170)
    session = Session("ninety_ninety")
    for pose in motion(keys_of((0, 3, half_kneeling(rear)), (1, 21, body), (1, 1, half_kneeling(rear))), 10):
        session.feed(pose)
    (hold,) = session.summary().repetitions
    assert (hold.group, hold.counted) == (rear.value, True)
    assert hold.side_probability is not None
    assert hold.side_probability > 0.9


def test_from_the_front_legs_that_were_not_read_for_a_while_are_asked_again() -> None:
    """While the legs are not made out, from the front or behind, the knees may have been changed on the spot."""
    legs = LegCorrection()
    seen = list(motion([(0.0, half_kneeling("left")), (3.0, half_kneeling("left"))], camera=FRONT_CAMERA))
    unread = make_pose(half_kneeling("left"), 3.1, FRONT_CAMERA)
    assert unread.points_m is not None
    metres = unread.points_m.copy()
    metres[[27, 28]] = metres[[25, 26]] + [0.0, 0.05, 0.4]  # both shins point away from the camera
    hidden = [replace(unread, t=3.1 + i / 15, points_m=metres) for i in range(15)]
    changed = motion(
        [(4.2, half_kneeling("right")), (4.2 + AGREE_S + 0.5, half_kneeling("right"))], camera=FRONT_CAMERA
    )
    fronts = [legs.update(pose).correction.front for pose in (*seen, *hidden, *changed)]
    assert fronts[len(seen) + len(hidden) - 1] is Side.RIGHT
    assert fronts[-1] is Side.LEFT


def test_a_swap_from_the_side_does_not_reopen_the_question() -> None:
    """From the side the knees show that nobody has got up: names that are wrong for seconds change no side."""
    legs = LegCorrection()
    poses = list(motion([(0.0, half_kneeling("left")), (8.0, half_kneeling("left"))]))
    assert {legs.update(pose).correction.front for pose in swapped(poses, (3.0, 8.0))} <= {None, Side.RIGHT}
