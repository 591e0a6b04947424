"""What properties are tested on: recordings that hypothesis makes up, right ones, faulty ones and impossible ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import pairwise

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from posecheck.correct.leg_geometry import swap_legs
from posecheck.errors import PoseError
from posecheck.judging.session import LONGEST_STEP_S
from posecheck.records import LANDMARK_COUNT, Landmark, Pose
from posecheck.testing import (
    FOOT_CAMERA,
    FRONT_CAMERA,
    SIDE_CAMERA,
    Body,
    Camera,
    floor_sitting,
    half_kneeling,
    hidden,
    knee_drops_set,
    lying,
    make_pose,
    mirrored,
    ninety_ninety_set,
    shin_box,
    side_bend_set,
    standing,
    supine,
    tall_kneeling,
)

FPS = 8.0  # as slow as is judged in every exercise: the most seconds for the fewest poses
CAMERAS = {"ninety_ninety": SIDE_CAMERA, "side_bend": FRONT_CAMERA, "knee_drops": FOOT_CAMERA}
EXERCISES = tuple(CAMERAS)
POSTURES: tuple[Body, ...] = (
    standing(),
    tall_kneeling(),
    half_kneeling("left"),
    half_kneeling("right"),
    floor_sitting(),
    shin_box(),
)
POSTURES = (*POSTURES, supine(), lying())
FAR_OFF, FAR_OFF_M = 1e6, 99.0  # pixels and metres: coordinates that can be, but far from any picture or body

SMALL = (64, 64)  # pixels, a picture

Poses = tuple[Pose, ...]
_ANGLES = tuple(f.name for f in fields(Body))


def examples(count: int) -> settings:
    """So many examples of a property in every run, and as many times more with `--hypothesis-profile deep`."""
    usual, now = settings.get_profile("repeatable"), settings.default or settings()
    return settings(max_examples=count * now.max_examples // usual.max_examples)


# ---- recordings as they should be


@cache
def one_hold(name: str, fps: float = FPS) -> Poses:
    """One repetition of one group, done right."""
    if name == "ninety_ninety":
        return tuple(ninety_ninety_set(("right",), hold_s=18.5, fps=fps))
    if name == "side_bend":
        return tuple(side_bend_set(("left",), hold_s=18.5, fps=fps))
    return tuple(knee_drops_set(("in",), fps=fps))


exercises = st.sampled_from(EXERCISES)
seeds = st.integers(0, 2**32 - 1)


# ---- bodies that no exercise asks for


@st.composite
def bodies(draw: st.DrawFn) -> Body:
    """A posture with some joints turned somewhere, possible or not."""
    body = draw(st.sampled_from(POSTURES))
    turned = draw(st.dictionaries(st.sampled_from(_ANGLES), st.floats(-180, 180), max_size=4))
    return replace(body, **turned)


cameras = st.builds(
    Camera,
    yaw_deg=st.floats(-180, 180),
    pitch_deg=st.floats(-60, 90),
    above_m=st.floats(-1, 2),
    distance_m=st.floats(1.5, 8),
    size=st.sampled_from([(640, 480), (480, 640), (1920, 1080), SMALL, (1, 1)]),
    hip_at=st.tuples(st.floats(-0.2, 1.2), st.floats(-0.2, 1.2)),
    orthographic=st.booleans(),
)


@dataclass(frozen=True)
class Still:
    """A body that keeps still for some frames, with its points at any visibility, and the gap until the next one."""

    body: Body
    camera: Camera
    height_m: float
    seed: int
    step_s: float
    frames: int
    gap_s: float


made_up = st.lists(
    st.builds(
        Still,
        bodies(),
        cameras,
        st.floats(0.3, 2.5),
        seeds,
        st.sampled_from([1 / 60, 0.04, 1 / 15, 0.125, 1.0]),
        st.integers(1, 25),
        st.sampled_from([0.0, 0.0, 0.6, 5.0, 1e5]),
    ),
    min_size=1,
    max_size=4,
)


def filmed(stills: Sequence[Still], start_s: float = 0.0) -> Poses:
    """The poses of bodies that follow each other."""
    poses: list[Pose] = []
    t = start_s
    for one in stills:
        visibility = np.random.default_rng(one.seed).uniform(0, 1, LANDMARK_COUNT)
        try:
            pose = replace(make_pose(one.body, 0.0, one.camera, one.height_m), visibility=visibility)
        except PoseError:
            if one.camera.size != SMALL:
                raise
            continue  # a speck in the corner cannot be told from normalised coordinates
        poses += [replace(pose, t=t + i * one.step_s) for i in range(one.frames)]
        t += one.frames * one.step_s + one.gap_s
    return tuple(poses)


# ---- what can happen to a recording


@dataclass(frozen=True)
class Mishap:
    """Something that happens to the poses from one share of a recording to another."""

    what: str
    start: float
    length: float
    seed: int


def _absent(pose: Pose, random: np.random.Generator) -> Pose:  # noqa: ARG001
    return Pose.absent(pose.t, pose.size)


def _far_off(pose: Pose, random: np.random.Generator) -> Pose:
    if pose.points_px is None or pose.points_m is None:
        return pose
    px, metres = pose.points_px.copy(), pose.points_m.copy()
    which = random.integers(LANDMARK_COUNT, size=3)
    px[which], metres[which] = random.uniform(-FAR_OFF, FAR_OFF, (3, 2)), random.uniform(-FAR_OFF_M, FAR_OFF_M, (3, 3))
    return replace(pose, points_px=px, points_m=metres)


def _point(pose: Pose, random: np.random.Generator) -> Pose:  # noqa: ARG001
    """All landmarks in one place: no length, no direction."""
    if pose.points_px is None or pose.points_m is None:
        return pose
    middle = np.broadcast_to(np.array(pose.size) / 2, pose.points_px.shape).copy()
    return replace(pose, points_px=middle, points_m=np.zeros_like(pose.points_m))


def _half_seen(pose: Pose, random: np.random.Generator) -> Pose:
    return hidden(pose, *(Landmark(int(i)) for i in random.choice(LANDMARK_COUNT, 12)), visibility=random.uniform(0, 1))


def _shaken(pose: Pose, random: np.random.Generator) -> Pose:
    if pose.points_px is None or pose.points_m is None:
        return pose
    px = pose.points_px + random.normal(0, 25, pose.points_px.shape)
    return replace(pose, points_px=px, points_m=pose.points_m + random.normal(0, 0.2, pose.points_m.shape))


def _other_size(pose: Pose, random: np.random.Generator) -> Pose:
    return replace(pose, size=(int(random.integers(1, 4000)), int(random.integers(1, 4000))))


def _moved(pose: Pose, random: np.random.Generator) -> Pose:
    if pose.points_px is None:
        return pose
    return replace(pose, points_px=pose.points_px + random.uniform(-300, 300, 2))


def _swapped(pose: Pose, random: np.random.Generator) -> Pose:  # noqa: ARG001
    return swap_legs(pose)


def _mirrored(pose: Pose, random: np.random.Generator) -> Pose:  # noqa: ARG001
    return mirrored(pose)


def _upside_down(pose: Pose, random: np.random.Generator) -> Pose:  # noqa: ARG001
    if pose.points_px is None or pose.points_m is None:
        return pose
    turned = pose.points_px * (-1.0, -1.0) + pose.size
    return replace(pose, points_px=turned, points_m=pose.points_m * (-1.0, -1.0, 1.0))


MISHAPS: dict[str, Callable[[Pose, np.random.Generator], Pose]] = {
    "absent": _absent,
    "far off": _far_off,
    "one point": _point,
    "half seen": _half_seen,
    "shaken": _shaken,
    "other size": _other_size,
    "moved": _moved,
    "swapped": _swapped,
    "mirrored": _mirrored,
    "upside down": _upside_down,
}
# what happens to a stretch as a whole
FROZEN, CUT_OUT, STRETCHED, HURRIED = "frozen", "cut out", "stretched", "hurried"

mishaps = st.lists(
    st.builds(
        Mishap,
        st.sampled_from([*MISHAPS, FROZEN, CUT_OUT, STRETCHED, HURRIED]),
        st.floats(0, 1),
        st.floats(0, 0.5),
        seeds,
    ),
    max_size=6,
)


def befallen(poses: Sequence[Pose], happens: Sequence[Mishap]) -> Poses:
    """The recording after these mishaps, one after the other; its time still rises."""
    for one in happens:
        poses = _befallen(poses, one)
    return tuple(poses)


def _befallen(poses: Sequence[Pose], one: Mishap) -> Sequence[Pose]:
    start = int(one.start * len(poses))
    end = min(len(poses), start + 1 + int(one.length * len(poses)))
    before, within, after = list(poses[:start]), list(poses[start:end]), list(poses[end:])
    if not within:
        return poses
    if one.what == CUT_OUT:
        return [*before, *after] or poses
    if one.what == FROZEN:
        return [*before, *(replace(within[0], t=p.t) for p in within), *after]
    if one.what in (STRETCHED, HURRIED):
        pace, begin = (7.0 if one.what == STRETCHED else 0.1), within[0].t
        if any(pace * (b.t - a.t) > LONGEST_STEP_S for a, b in pairwise(within)):
            return poses  # no time in seconds any more
        late = (pace - 1.0) * (within[-1].t - begin)
        within = [replace(p, t=begin + pace * (p.t - begin)) for p in within]
        return [*before, *within, *(replace(p, t=p.t + late) for p in after)]
    random = np.random.default_rng(one.seed)
    return [*before, *(MISHAPS[one.what](p, random) for p in within), *after]
