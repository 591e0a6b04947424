"""Which of two people does the exercise: who stays on the floor, and in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from posecheck.detect.person_selection import MOST_DOUBT_S, STANDS_S, Doubt, Watch, are_alike
from posecheck.records import Pose
from posecheck.testing import (
    FOOT_CAMERA,
    FRONT_CAMERA,
    Body,
    Camera,
    floor_sitting,
    half_kneeling,
    keys_of,
    knee_drops_set,
    lying,
    make_pose,
    motion,
    ninety_ninety_set,
    noisy,
    side_bend_set,
    standing,
    supine,
)

FPS = 10


def at(body: Body, t: float, x: float = 0.5, y: float = 0.6) -> Pose:
    """A body whose mid-hip is at a share of the picture's width and height."""
    return make_pose(body, t, Camera(hip_at=(x, y)))


def fed(watch: Watch, poses: Iterable[Pose]) -> list[Doubt | None]:
    """The doubt after each pose."""
    found = []
    for pose in poses:
        watch.update(pose)
        found.append(watch.doubt)
    return found


def still(body: Body, start_s: float, seconds: float, x: float = 0.5) -> list[Pose]:
    return [at(body, start_s + i / FPS, x) for i in range(round(seconds * FPS))]


SETS: dict[str, Callable[[], list[Pose]]] = {
    "90-90": ninety_ninety_set,
    "90-90 from the front": lambda: ninety_ninety_set(camera=FRONT_CAMERA),
    "side bend": side_bend_set,
    "knee drops": knee_drops_set,
    "at five frames a second": lambda: ninety_ninety_set(fps=5.0),
}


@pytest.mark.parametrize("name", SETS)
def test_one_person_alone_is_not_doubted(name: str) -> None:
    """Getting down, changing the knee, stretching and getting up is neither a jump nor a walk, with the usual noise."""
    assert set(fed(Watch(), noisy(SETS[name](), px=3.0))) == {None}


def test_a_jump_off_the_floor_must_be_waited_for() -> None:
    """A kneeling body that stands elsewhere a tenth of a second later is somebody else; back home all is well."""
    watch = Watch()
    assert set(fed(watch, still(half_kneeling(), 0.0, 2.0))) == {None}
    assert fed(watch, still(standing(), 2.0, 0.5, x=0.2)) == [Doubt.JUMPED] * 5
    assert watch.must_wait
    assert watch.is_better(at(half_kneeling(), 2.5))
    assert not watch.is_better(at(standing(), 2.5))
    # back home: no doubt any more
    assert fed(watch, still(half_kneeling(), 2.5, 0.5))[-1] is None
    assert not watch.must_wait


def test_a_jump_is_believed_in_the_end() -> None:
    """A body that stays where the tracker jumped to, with nobody else about, is judged after a few seconds."""
    watch = Watch()
    fed(watch, still(half_kneeling(), 0.0, 2.0))
    doubts = fed(watch, still(half_kneeling(), 2.0, MOST_DOUBT_S + 0.5, x=0.2))
    assert doubts[0] is Doubt.JUMPED
    assert doubts[-1] is None


def test_a_jump_between_two_on_the_floor_is_undone() -> None:
    """Of two who kneel side by side, the one who was followed before the jump is the better one."""
    watch = Watch()
    fed(watch, still(half_kneeling(), 0.0, 2.0))
    fed(watch, still(half_kneeling(), 2.0, 0.3, x=0.15))
    assert not watch.must_wait
    assert watch.is_better(at(half_kneeling(), 2.3))
    assert not watch.is_better(at(half_kneeling(), 2.3, x=0.85))


def test_who_walks_across_gives_way_to_who_is_on_the_floor() -> None:
    """A body that walks is doubted; somebody on the floor is better, somebody who stands is not."""
    watch = Watch()
    walk = [at(standing(left_thigh=-20.0, right_thigh=20.0), i / FPS, x=0.1 + 0.03 * i, y=0.5) for i in range(15)]
    assert fed(watch, walk)[-1] is Doubt.TRAVELS
    assert not watch.must_wait
    assert all(watch.is_better(at(body, 1.5)) for body in (half_kneeling(), floor_sitting(), supine(), lying()))
    assert not watch.is_better(at(standing(), 1.5))


def test_who_only_stands_there_gives_way_to_who_kneels_or_lies() -> None:
    """After some seconds of standing somebody who kneels or lies is better; who sits may be looking on, too."""
    watch = Watch()
    doubts = fed(watch, still(standing(), 0.0, STANDS_S + 0.5))
    assert doubts[0] is None
    assert doubts[-1] is Doubt.STANDS
    assert watch.is_better(at(half_kneeling(), 4.0, x=0.2))
    assert watch.is_better(make_pose(supine(), 4.0, FOOT_CAMERA))
    assert not watch.is_better(at(floor_sitting(), 4.0, x=0.2))


def test_two_on_the_floor_cannot_be_told_apart() -> None:
    """A therapist who kneels beside somebody lying: the present one is kept, and that it is not clear can be said."""
    watch = Watch()
    fed(watch, still(half_kneeling(), 0.0, 2.0))
    lies = make_pose(lying(), 2.0, FOOT_CAMERA)
    assert not watch.is_better(lies)
    assert are_alike(at(half_kneeling(), 2.0), lies)
    assert not are_alike(at(standing(), 2.0), lies)


def test_who_got_up_has_no_home_any_more() -> None:
    """Whoever gets up and goes for a walk has not been exchanged: there is no jump, and nothing to wait for."""
    watch = Watch()
    up = list(motion(keys_of((0.0, 2.0, half_kneeling()), (1.0, 2.0, standing())), FPS))
    assert set(fed(watch, up)) == {None}
    walk = [at(standing(), 5.1 + i / FPS, x=0.5 + 0.04 * i) for i in range(10)]
    assert Doubt.JUMPED not in fed(watch, walk)
    assert not watch.must_wait
