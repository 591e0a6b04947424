"""Somebody else in the picture: found by painting the first body over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import sleep
from typing import Any

import numpy as np
import pytest

from posecheck.detect.bystanders import SMALLEST, covers, somebody_else, without
from posecheck.detect.models import load_model
from posecheck.detect.person_tracker import COVERED_S, LOOK_S, PersonTracker
from posecheck.detect.plausibility import distance
from posecheck.records import Frame, Pose
from posecheck.testing import Body, Camera, half_kneeling, make_pose, standing


class Looks:
    """A detector that always sees the same, and keeps the picture it was shown."""

    def __init__(self, pose: Pose) -> None:
        self.pose = pose
        self.shown = np.zeros((0, 0, 3), np.uint8)

    def detect(self, frame: Frame) -> Pose:
        self.shown = frame.image
        return self.pose

    def close(self) -> None:
        """Nothing is held."""


def scene() -> tuple[Frame, Pose]:
    pose = make_pose(half_kneeling("right"))
    width, height = pose.size
    noise = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return Frame(0, 0.0, noise), pose


def beside(pose: Pose) -> Pose:
    assert pose.points_px is not None
    return replace(pose, points_px=pose.points_px + np.array([0.6 * pose.size[0], 0.0]))


def scaled(pose: Pose, factor: float) -> Pose:
    assert pose.points_px is not None
    return replace(pose, points_px=pose.points_px * factor)


def test_a_second_body_is_told() -> None:
    """What is still found when the first body is painted over, and is large and clear, is somebody else."""
    frame, pose = scene()
    assert somebody_else(Looks(beside(pose)), frame, pose)


@pytest.mark.parametrize("what", ["nobody", "far away", "unclear", "impossible", "what is left of the first"])
def test_no_false_alarm(what: str) -> None:
    """Nobody, somebody far behind, remains of the first body and impossible bodies are no second person."""
    frame, pose = scene()
    assert pose.visibility is not None
    assert pose.points_m is not None
    other = {
        "nobody": Pose.absent(0.0, pose.size),
        "far away": scaled(beside(pose), SMALLEST - 0.05),
        "unclear": replace(beside(pose), visibility=pose.visibility * 0.3),
        "impossible": replace(beside(pose), points_m=pose.points_m * np.array([1.0, -1.0, 1.0])),
        "what is left of the first": pose,
    }[what]
    assert not somebody_else(Looks(other), frame, pose)
    assert not somebody_else(Looks(beside(pose)), frame, Pose.absent(0.0, pose.size))


def test_only_the_first_body_is_painted_over() -> None:
    """The points of the body are covered in one colour; the picture handed in is left as it was."""
    frame, pose = scene()
    before, looks = frame.image.copy(), Looks(pose)
    somebody_else(looks, frame, pose)
    assert pose.points_px is not None
    knee_x, knee_y = (int(v) for v in pose.points_px[26])
    patch = looks.shown[knee_y - 2 : knee_y + 3, knee_x - 2 : knee_x + 3].reshape(-1, 3)
    assert (patch == patch[0]).all()
    np.testing.assert_array_equal(frame.image, before)
    np.testing.assert_array_equal(looks.shown[0, 0], before[0, 0])


def test_what_belongs_to_the_followed_body_is_not_painted() -> None:
    """Where two bodies overlap, the one that is to be kept stays in the picture."""
    frame, pose = scene()
    assert pose.points_px is not None
    near = replace(pose, points_px=pose.points_px + np.array([0.02 * pose.size[0], 0.0]))
    hip_x, hip_y = (int(v) for v in (pose.points_px[23] + pose.points_px[24]) / 2)
    assert (without(frame, near).image[hip_y, hip_x] != frame.image[hip_y, hip_x]).any()
    kept = without(frame, near, keep=pose).image
    np.testing.assert_array_equal(kept[hip_y, hip_x], frame.image[hip_y, hip_x])
    assert (kept != frame.image).any()


NOISE = np.random.default_rng(0).integers(0, 255, (480, 640, 3), dtype=np.uint8)
FPS = 10


@dataclass(frozen=True)
class Person:
    """Somebody on the stage: where and how at each time, None when away."""

    pose_at: Callable[[float], Pose | None]


class Stage:
    """People in front of a camera. A fresh look finds the first who is not painted over; a tracker stays with its one.

    `jumps`: {time: person} at which every tracker goes over to somebody else, by their number.
    """

    def __init__(self, *people: Person, jumps: dict[float, int] | None = None) -> None:
        self.people = people
        self.jumps = jumps or {}
        self.looks = 0
        self.covered: list[tuple[float, int]] = []  # who was painted over in a tracker's picture, and when

    def make(self, _model: Any, mode: str) -> _Eye:
        return _Eye(self, mode == "video")

    def seen(self, frame: Frame) -> list[int]:
        """The people who are there and not painted over."""
        return [n for n, person in enumerate(self.people) if _shows(frame, person.pose_at(frame.t))]


class _Eye:
    def __init__(self, stage: Stage, tracks: bool) -> None:
        self._stage, self._tracks = stage, tracks
        self._locked: int | None = None

    def detect(self, frame: Frame) -> Pose:
        stage = self._stage
        seen = stage.seen(frame)
        if self._tracks:
            there = [n for n, person in enumerate(stage.people) if person.pose_at(frame.t) is not None]
            stage.covered += [(frame.t, n) for n in there if n not in seen]
            self._locked = stage.jumps.get(round(frame.t, 3), self._locked)
            seen = [n for n in seen if n == self._locked] or seen
        else:
            stage.looks += 1
        if not seen:
            return Pose.absent(frame.t, (640, 480))
        self._locked = seen[0]
        return stage.people[seen[0]].pose_at(frame.t) or Pose.absent(frame.t, (640, 480))

    def close(self) -> None:
        pass


def _shows(frame: Frame, pose: Pose | None) -> bool:
    if pose is None or pose.points_px is None:
        return False
    x, y = (int(v) for v in (pose.points_px[23] + pose.points_px[24]) / 2)
    return not (0 <= x < 640 and 0 <= y < 480) or bool((frame.image[y, x] == NOISE[y, x]).all())


def placed(body: Body, x: float, since_s: float = 0.0, until_s: float = 1e9, speed: float = 0.0) -> Person:
    """Somebody whose mid-hip is at a share of the picture's width, moving by `speed` shares a second."""
    return Person(
        lambda t: (
            make_pose(body, t, Camera(hip_at=(x + speed * (t - since_s), 0.55))) if since_s <= t < until_s else None
        )
    )


def followed(stage: Stage, seconds: float) -> tuple[PersonTracker, list[int | None]]:
    """Whom a PersonTracker follows in each frame: the number of the person, None for nobody."""
    found: list[int | None] = []
    with PersonTracker(load_model(), stage.make) as follower:
        for i in range(round(seconds * FPS)):
            pose = follower.detect(Frame(i, i / FPS, NOISE))
            there = [person.pose_at(i / FPS) for person in stage.people]
            apart = [distance(pose, p) if p else float("inf") for p in there]
            found.append(apart.index(min(apart)) if min(apart) < 0.05 else None)
    return follower, found


def test_the_one_on_the_floor_is_followed_and_not_the_first_who_walks_by() -> None:
    """The first lock is on a passer who walks through the picture; within two seconds it is on the kneeling one."""
    stage = Stage(placed(standing(), 0.1, speed=0.2), placed(half_kneeling(), 0.6))
    follower, who = followed(stage, 6.0)
    assert who[0] == 0
    assert set(who[20:]) == {1}
    assert (follower.changes, follower.unclear_t) == (1, None)
    assert follower.company_t is not None


def test_the_one_on_the_floor_is_followed_and_not_who_stands_there() -> None:
    """A therapist who stands beside all the time is found first; a few seconds later the kneeling one is judged."""
    stage = Stage(placed(standing(), 0.25), placed(half_kneeling(), 0.7))
    follower, who = followed(stage, 12.0)
    assert who[0] == 0
    assert set(who[40:]) == {1}
    assert (follower.changes, follower.unclear_t) == (1, None)
    assert follower.warning is not None
    assert "only the one on the floor is judged" in follower.warning


def test_a_passer_whom_the_tracker_jumps_to_is_never_judged() -> None:
    """From the jump on nobody is seen until the kneeling one is found again, well within a second."""
    stage = Stage(
        placed(half_kneeling(), 0.6), placed(standing(), 0.1, since_s=3.0, until_s=8.0, speed=0.2), jumps={5.0: 1}
    )
    follower, who = followed(stage, 10.0)
    assert 1 not in who
    assert follower.changes == 1
    assert who.count(None) <= 0.5 * FPS


def test_two_on_the_floor_are_told_and_the_present_one_is_kept() -> None:
    """A therapist kneeling beside somebody who kneels, too: nobody is exchanged, and that it is not clear is noted."""
    stage = Stage(placed(half_kneeling(), 0.25), placed(half_kneeling(), 0.75))
    follower, who = followed(stage, 25.0)
    assert set(who) == {0}
    assert follower.changes == 0
    assert follower.unclear_t == follower.company_t == pytest.approx(0.5)
    assert follower.warning is not None
    assert "not clear who exercises" in follower.warning


def test_a_body_that_a_passer_covers_is_waited_for() -> None:
    """Found again after a jump, but still half hidden: nobody is judged before the passer has gone by."""
    slow = placed(standing(), 0.2, since_s=3.0, until_s=9.0, speed=0.1)
    stage = Stage(placed(half_kneeling(), 0.6), slow, jumps={5.0: 1})
    _, who = followed(stage, 9.0)
    back = next(i for i in range(51, 90) if who[i] == 0)
    exerciser, passer = (person.pose_at(back / FPS) for person in stage.people)
    assert who[50:back] == [None] * (back - 50)
    assert exerciser is not None
    assert passer is not None
    assert back >= 50 + COVERED_S * FPS or not covers(Frame(0, 0.0, NOISE), passer, exerciser)


def test_who_looks_on_is_hidden_from_the_tracker() -> None:
    """Somebody who keeps standing near is painted over for the tracker, until a moment after going away."""
    stage = Stage(placed(half_kneeling(), 0.65), placed(standing(), 0.25, until_s=6.0))
    follower, who = followed(stage, 9.0)
    assert set(who) == {0}
    assert (follower.changes, follower.restarts) == (0, 0)
    assert {n for _, n in stage.covered} == {1}
    times = [t for t, _ in stage.covered]
    assert times[0] == pytest.approx(1.6 + LOOK_S)
    assert len(times) == round((6.0 - times[0]) * FPS)


def test_how_quick_a_look_is_changes_nothing() -> None:
    """The looks run beside the tracker; slow ones lead to the same poses, for what they show counts at a fixed time."""

    class SlowEye(_Eye):
        def detect(self, frame: Frame) -> Pose:
            if not self._tracks:
                sleep(0.02)  # longer than the tracker takes for LOOK_S
            return super().detect(frame)

    class SlowStage(Stage):
        def make(self, _model: Any, mode: str) -> _Eye:
            return SlowEye(self, mode == "video")

    people = placed(half_kneeling(), 0.65), placed(standing(), 0.25, until_s=6.0)
    (quick, seen), (slow, seen_slowly) = (followed(kind(*people), 9.0) for kind in (Stage, SlowStage))
    assert seen == seen_slowly
    assert (quick.company_t, quick.warning) == (slow.company_t, slow.warning)


def test_who_is_left_is_found_though_painted_over() -> None:
    """The first one walks out; the other, painted over while standing by, is followed soon after."""
    stage = Stage(placed(standing(), 0.3, until_s=2.9), placed(standing(), 0.75))
    _, who = followed(stage, 6.0)
    assert (who[0], who[28]) == (0, 0)
    assert set(who[31:]) == {1}


def test_somebody_alone_costs_few_looks() -> None:
    """Walking in, standing about and kneeling for a minute: at most one fresh look in forty frames."""

    def pose_at(t: float) -> Pose:
        body = standing() if t < 8.0 else half_kneeling()
        return make_pose(body, t, Camera(hip_at=(min(0.05 + 0.2 * t, 0.5), 0.55)))

    stage = Stage(Person(pose_at))
    follower, who = followed(stage, 60.0)
    assert who.count(None) <= 2.6 * FPS  # a body that goes down from one frame to the next is waited for
    assert (follower.changes, follower.restarts, follower.warning) == (0, 0, None)
    assert stage.looks <= 60 * FPS / 25
