"""Motions: poses of a body that moves from key to key, and ready-made sets of the built-in exercises."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import pairwise
from operator import attrgetter

from posecheck.records import LANDMARKS_OF, Pose, Side
from posecheck.synthetic.bodies import Body, half_kneeling, standing, supine, tall_kneeling
from posecheck.synthetic.detector_bias import as_detected
from posecheck.synthetic.poses import FOOT_CAMERA, FRONT_CAMERA, SIDE_CAMERA, Camera, make_pose

_BODY_FIELDS = tuple(f.name for f in fields(Body))
_angles_of: Callable[[Body], tuple[float, ...]] = attrgetter(*_BODY_FIELDS)


def motion(
    keys: Sequence[tuple[float, Body]],
    fps: float = 15.0,
    *,
    times: Iterable[float] | None = None,
    camera: Camera = SIDE_CAMERA,
    height_m: float = 1.7,
    detected: bool = False,
    planted: bool = False,
) -> Iterator[Pose]:
    """Poses of a body that moves smoothly from key to key.

    Args:
        keys: (time in seconds, body), times rising.
        fps: frames a second, from the first key to the last one.
        times: the time of each frame instead, for a variable rate.
        camera: how it is seen.
        height_m: body height.
        detected: misplace the hips as the detector does, which a session of a kneeling exercise puts right: see
            `as_detected`.
        planted: a kneeling knee stays where it is in the picture and the hips move; else the mid-hip stays.

    Yields:
        A pose for each frame time.
    """
    start, end = keys[0][0], keys[-1][0]
    if times is None:
        times = (start + i / fps for i in range(int((end - start) * fps + 1e-6) + 1))
    stretches = [(at, _angles_of(a), until, _angles_of(b)) for (at, a), (until, b) in pairwise(keys)]
    at_work = 0
    still: Body | None = None
    for t in times:
        while at_work < len(stretches) - 1 and t > stretches[at_work][2]:
            at_work += 1
        at, first, until, last = stretches[at_work]
        share = max(0.0, min(1.0, (t - at) / (until - at)))
        share = share * share * (3.0 - 2.0 * share)  # starts and stops gently
        body = Body(*(a + (b - a) * share for a, b in zip(first, last, strict=True)))
        if body != still:
            still, pose = body, make_pose(body, t, camera, height_m)
            pose = _planted(pose, body, camera, height_m) if planted else pose
            pose = as_detected(pose) if detected else pose
        yield _at(pose, t)


def _at(pose: Pose, t: float) -> Pose:
    """The same pose at another time, with numbers of its own."""
    px, metres, visibility = (None if a is None else a.copy() for a in (pose.points_px, pose.points_m, pose.visibility))
    return Pose(t, pose.size, px, metres, visibility)


def _planted(pose: Pose, body: Body, camera: Camera, height_m: float) -> Pose:
    """The pose with the knee that stands on the floor where it is below upright hips."""
    side = Side.LEFT if body.left_thigh > body.right_thigh else Side.RIGHT
    knee = LANDMARKS_OF[side].knee
    upright = make_pose(replace(body, **{f"{side}_thigh": 0.0}), pose.t, camera, height_m)
    if pose.points_px is None or upright.points_px is None:
        return pose
    return replace(pose, points_px=pose.points_px + (upright.points_px[knee] - pose.points_px[knee]))


def keys_of(*stations: tuple[float, float, Body], start_s: float = 0.0) -> list[tuple[float, Body]]:
    """Keys for `motion` from stations.

    Args:
        stations: (seconds to get there, seconds to stay, body); the way to the first one takes no time.
        start_s: the time of the first key, in seconds.
    """
    keys: list[tuple[float, Body]] = []
    t = start_s
    for move_s, stay_s, body in stations:
        t += move_s if keys else 0.0
        keys += [(t, body), (t + stay_s, body)]
        t += stay_s
    return keys


def ninety_ninety_set(
    sides: Sequence[Side | str] = ("right", "left", "right", "left"),
    *,
    hold_s: float = 20.5,
    shift_deg: float = 15.0,
    arm_deg: float = 172.0,
    broken_s: float = 0.0,
    move_s: float = 1.0,
    fps: float = 15.0,
    times: Iterable[float] | None = None,
    camera: Camera = SIDE_CAMERA,
    height_m: float = 1.7,
    detected: bool = True,
) -> list[Pose]:
    """A set of the 90-90 hip-flexor stretch.

    Args:
        sides: the side of the rear leg in each hold.
        hold_s: seconds of each hold; a short one comes out too soon.
        shift_deg: how far the hips go forward, in degrees of `half_kneeling`'s `hips_forward`; 0 leaves them back.
        arm_deg: elevation of the arms in degrees; a low one leaves them down.
        broken_s: lowers the arms for so many seconds in the middle of each hold.
        move_s: seconds of the way into the stretch, and of the way back.
        fps: frames a second.
        times: the time of each frame in seconds; None for even ones by `fps`.
        camera: how it is seen.
        height_m: body height in metres.
        detected: whether the hips are where the detector puts them; else they are where they are.
    """
    stations = [(0.0, 1.0, standing())]
    for rear in sides:
        start = half_kneeling(rear)
        deep = half_kneeling(rear, hips_forward=shift_deg, arm_elevation=arm_deg)
        arms_down = half_kneeling(rear, hips_forward=shift_deg)
        stations += [(1.0, 0.8, tall_kneeling()), (1.0, 2.5, start)]
        stations += _held(deep, arms_down, hold_s, broken_s, move_s)
        stations += [(move_s, 0.8, start), (1.0, 0.8, tall_kneeling())]
    made = motion(
        keys_of(*stations), fps, times=times, camera=camera, height_m=height_m, detected=detected, planted=True
    )
    return list(made)


def side_bend_set(
    sides: Sequence[Side | str] = ("right", "left", "right", "left"),
    *,
    hold_s: float = 20.5,
    bend_deg: float = 17.0,
    broken_s: float = 0.0,
    move_s: float = 1.0,
    fps: float = 15.0,
    times: Iterable[float] | None = None,
    camera: Camera = FRONT_CAMERA,
    height_m: float = 1.7,
) -> list[Pose]:
    """A set of the side bend.

    Args:
        sides: the side of the rear leg in each hold.
        hold_s: seconds of each hold.
        bend_deg: the side bend in degrees; a small one is a fault, and one below zero goes to the wrong side.
        broken_s: comes up for so many seconds in the middle of each hold.
        move_s: seconds of the way into the bend, and of the way back.
        fps: frames a second.
        times: the time of each frame in seconds; None for even ones by `fps`.
        camera: how it is seen.
        height_m: body height in metres.
    """
    stations = [(0.0, 1.0, standing())]
    for rear in sides:
        start = half_kneeling(rear)
        bent = half_kneeling(rear, bend_to_front=bend_deg, arm_elevation=150.0, arms_out=90.0)
        stations += [(1.0, 0.8, tall_kneeling()), (1.0, 2.5, start)]
        stations += _held(bent, start, hold_s, broken_s, move_s)
        stations += [(move_s, 0.8, start), (1.0, 0.8, tall_kneeling())]
    return list(motion(keys_of(*stations), fps, times=times, camera=camera, height_m=height_m))


def knee_drops_set(
    directions: Sequence[str] = ("in", "out") * 5,
    *,
    hold_s: float = 2.5,
    drop_deg: float = 20.0,
    to_one_side: bool = False,
    move_s: float = 1.0,
    fps: float = 15.0,
    times: Iterable[float] | None = None,
    camera: Camera = FOOT_CAMERA,
    height_m: float = 1.7,
) -> list[Pose]:
    """A set of knee drops.

    Args:
        directions: "in" or "out" for each drop.
        hold_s: seconds of each hold; a short one is a fault.
        drop_deg: how far the shins tilt, in degrees; a small one is a fault.
        to_one_side: both knees drop to the subject's right ("in") or left ("out"), which is a fault.
        move_s: seconds of the way into the drop, and of the way back.
        fps: frames a second.
        times: the time of each frame in seconds; None for even ones by `fps`.
        camera: how it is seen.
        height_m: body height in metres.
    """
    stations = [(0.0, 2.5, supine())]
    for direction in directions:
        tilt = drop_deg if direction == "in" else -drop_deg
        dropped = supine(to_right=tilt) if to_one_side else supine(knees_in=tilt)
        stations += [(move_s, hold_s, dropped), (move_s, 1.0, supine())]
    return list(motion(keys_of(*stations), fps, times=times, camera=camera, height_m=height_m))


def _held(good: Body, broken: Body, hold_s: float, broken_s: float, move_s: float) -> list[tuple[float, float, Body]]:
    if not broken_s:
        return [(move_s, hold_s, good)]
    half = hold_s / 2
    return [(move_s, half, good), (0.3, broken_s, broken), (0.3, half, good)]
