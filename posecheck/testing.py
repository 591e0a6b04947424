"""Poses made to order, motions, faults, assertions and scripted sources: for our tests and for yours.

A `Body` is a set of joint angles; forward kinematics gives its 33 landmarks, a `Camera` takes its picture:

    >>> pose = make_pose(half_kneeling(Side.RIGHT, front_knee_flexion=100))
    >>> assert_angle(pose, "front_knee_flexion", 100, within=5)

    >>> assert_counts(judged(ninety_ninety_set(sides=("right",)), "ninety_ninety"), right=1)

All angles are degrees with the zero and sign of `posecheck.measure`, lengths metres, times seconds. Segment lengths
are shares of the body height (Winter, "Biomechanics and Motor Control of Human Movement", 4th ed., table 4.1), with
shoulders and hips as narrow as MediaPipe places them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import pairwise
from math import asin, cos, degrees, radians, sin, sqrt, tan
from operator import attrgetter

import numpy as np

from posecheck.check import reading_of
from posecheck.closing import Closing
from posecheck.exercises import Exercise, load_exercise
from posecheck.measure import measure
from posecheck.records import LANDMARK_COUNT, Floats, Frame, Landmark, Measurement, Pose, Side, Summary
from posecheck.repair import swap_legs
from posecheck.session import Session

# shares of the body height
HIP_HALF, SHOULDER_HALF, TRUNK, THIGH, SHIN = 0.055, 0.105, 0.288, 0.245, 0.246
UPPER_ARM, FOREARM, HAND, HEAD = 0.186, 0.146, 0.08, 0.12
FOOT_AHEAD, FOOT_BEHIND = 0.11, 0.035
Spans = Sequence[tuple[float, float]]
_Vec = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Body:
    """Joint angles in degrees; all zero is standing with hanging arms.

    `*_thigh`, `*_shin`: inclination in the sagittal plane (knee flexion = shin - thigh). `*_thigh_out`: knee out from
    under the hip; `*_shin_in`: knee inwards of the ankle. `*_arm`: elevation against the trunk; `arms_out`: the plane
    in which the arms are raised, 0 forwards, 90 sideways. `trunk_lean` + forwards, -90 on the back; `side_bend` +
    towards the subject's right.
    """

    trunk_lean: float = 0.0
    side_bend: float = 0.0
    left_thigh: float = 0.0
    right_thigh: float = 0.0
    left_shin: float = 0.0
    right_shin: float = 0.0
    left_thigh_out: float = 0.0
    right_thigh_out: float = 0.0
    left_shin_in: float = 0.0
    right_shin_in: float = 0.0
    left_arm: float = 0.0
    right_arm: float = 0.0
    arms_out: float = 0.0


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera is and what it is like.

    `yaw_deg`: 0 sees the front, 90 the subject faces the picture's right, 180 the back, -90 faces left. `pitch_deg`:
    looks down by this. `above_m`: how much higher than the mid-hip it is; `distance_m`: how far from it. The mid-hip is
    shown at `hip_at` (shares of width and height). `size`: (width, height) in pixels; `fov_deg`: field of view over
    the height. `orthographic`: no perspective.
    """

    yaw_deg: float = 90.0
    pitch_deg: float = 0.0
    above_m: float = 0.4
    distance_m: float = 2.6
    size: tuple[int, int] = (640, 480)
    fov_deg: float = 50.0
    hip_at: tuple[float, float] = (0.5, 0.6)
    orthographic: bool = False


SIDE_CAMERA = Camera()
FRONT_CAMERA = Camera(yaw_deg=0.0)
FOOT_CAMERA = Camera(yaw_deg=0.0, pitch_deg=45.0, above_m=0.0, distance_m=2.2)
_BODY_FIELDS = tuple(f.name for f in fields(Body))
_angles_of: Callable[[Body], tuple[float, ...]] = attrgetter(*_BODY_FIELDS)


# ---- postures


def standing(**angles: float) -> Body:
    """Upright on both feet; any `Body` angle can be given."""
    return Body(**angles)


def tall_kneeling(**angles: float) -> Body:
    """Upright on both knees, shins on the floor."""
    return Body(**{"left_shin": 90.0, "right_shin": 90.0, **angles})


def half_kneeling(
    rear: Side | str = Side.RIGHT,
    *,
    hips_forward: float = 0.0,
    front_knee_flexion: float | None = None,
    front_shin: float | None = None,
    rear_thigh: float | None = None,
    rear_knee_flexion: float | None = None,
    trunk_lean: float = 0.0,
    bend_to_front: float = 0.0,
    arm_elevation: float = 0.0,
    **angles: float,
) -> Body:
    """On the `rear` knee, the other foot in front.

    `hips_forward` glides the hips ahead over knee and foot that stay where they are: it tilts rear thigh and front
    shin by that angle and bends the front knee as much; each can be set on its own. `bend_to_front`: side bend, +
    towards the front leg's side. Any `Body` angle can be given as well.
    """
    rear = Side(rear)
    shin = hips_forward if front_shin is None else front_shin
    flexion = 90.0 + hips_forward if front_knee_flexion is None else front_knee_flexion
    thigh = hips_forward if rear_thigh is None else rear_thigh
    rear_flexion = 90.0 - thigh if rear_knee_flexion is None else rear_knee_flexion
    made = {
        "trunk_lean": trunk_lean,
        "side_bend": bend_to_front if rear.other is Side.RIGHT else -bend_to_front,
        f"{rear}_thigh": thigh,
        f"{rear}_shin": thigh + rear_flexion,
        f"{rear.other}_thigh": shin - flexion,
        f"{rear.other}_shin": shin,
        "left_arm": arm_elevation,
        "right_arm": arm_elevation,
    }
    return Body(**{**made, **angles})


def floor_sitting(**angles: float) -> Body:
    """On the floor with the legs straight ahead."""
    legs = dict.fromkeys(("left_thigh", "right_thigh", "left_shin", "right_shin"), -90.0)
    return Body(**{**legs, **angles})


def shin_box(front: Side | str = Side.LEFT, **angles: float) -> Body:
    """Seated "90-90": both knees bent on the floor, the `front` shin across in front, the other one pointing back."""
    front = Side(front)
    legs = {
        f"{front}_thigh": -90.0,
        f"{front}_thigh_out": 40.0,
        f"{front}_shin_in": -80.0,
        f"{front.other}_thigh": -90.0,
        f"{front.other}_thigh_out": 75.0,
        f"{front.other}_shin": 85.0,
    }
    return Body(**{**legs, **angles})


def supine(
    *,
    knees_in: float = 0.0,
    to_right: float = 0.0,
    knee_flexion: float = 90.0,
    feet_gap: float = 1.4,
    **angles: float,
) -> Body:
    """On the back, knees bent, feet flat on the floor, `feet_gap` shoulder widths apart.

    `knees_in`: both shins tilted inwards (- outwards); `to_right`: both tilted towards the subject's right.
    """
    legs: dict[str, float] = {}
    for side, shin_in in ((Side.LEFT, knees_in + to_right), (Side.RIGHT, knees_in - to_right)):
        legs[f"{side}_thigh"] = -90.0 - knee_flexion / 2
        legs[f"{side}_shin"] = -90.0 + knee_flexion / 2
        legs[f"{side}_shin_in"] = shin_in
        # the feet stay where they are: the thigh goes along
        out = (feet_gap * SHOULDER_HALF - HIP_HALF - SHIN * sin(radians(shin_in))) / THIGH
        legs[f"{side}_thigh_out"] = degrees(asin(max(-1.0, min(1.0, out))))
    return Body(**{"trunk_lean": -90.0, **legs, **angles})


def lying(**angles: float) -> Body:
    """On the back, legs straight."""
    return floor_sitting(**{"trunk_lean": -90.0, **angles})


# ---- one pose


def make_pose(body: Body, t: float = 0.0, camera: Camera = SIDE_CAMERA, height_m: float = 1.7) -> Pose:
    """The pose of a body as a camera sees it, without noise, every landmark at visibility 0.95.

    Args:
        body: its joint angles.
        t: seconds.
        camera: how it is seen.
        height_m: body height.

    Returns:
        A pose; `points_m` (33, 3) about the mid-hip and `points_px` (33, 2), both exact.
    """
    axes, scale, hip = _view(camera)
    metres = (np.array(_landmarks(body)) * height_m) @ axes
    depth = camera.distance_m if camera.orthographic else camera.distance_m + metres[:, 2:]
    seen = (metres[:, :2] + (0.0, camera.above_m)) / depth - (0.0, camera.above_m / camera.distance_m)
    return Pose(t, camera.size, hip + seen * scale, metres, _VISIBLE.copy())


_VISIBLE = np.full(LANDMARK_COUNT, 0.95)


@lru_cache(maxsize=64)
def _view(camera: Camera) -> tuple[Floats, float, Floats]:
    """(forwards, up, right) of the body in camera axes as rows, the focal length in pixels, the mid-hip in pixels."""
    yaw, pitch = radians(camera.yaw_deg), radians(camera.pitch_deg)
    level = ((sin(yaw), 0.0, -cos(yaw)), (0.0, -1.0, 0.0), (-cos(yaw), 0.0, -sin(yaw)))
    axes = [(x, y * cos(pitch) - z * sin(pitch), y * sin(pitch) + z * cos(pitch)) for x, y, z in level]
    width, height = camera.size
    scale = height / 2 / tan(radians(camera.fov_deg) / 2)
    return np.array(axes), scale, np.array([width * camera.hip_at[0], height * camera.hip_at[1]])


def _go(start: _Vec, way: _Vec, length: float) -> _Vec:
    return start[0] + way[0] * length, start[1] + way[1] * length, start[2] + way[2] * length


def _landmarks(body: Body) -> list[_Vec]:
    """The 33 points as (forwards, up, right) of the mid-hip, in body heights."""
    s, c = sin(radians(body.trunk_lean)), cos(radians(body.trunk_lean))
    q = c * tan(radians(body.side_bend))
    n = sqrt(1.0 + q * q)
    trunk, chest, across = (s / n, c / n, q / n), (c, -s, 0.0), (-s * q / n, -c * q / n, 1.0 / n)
    neck = _go((0.0, 0.0, 0.0), trunk, TRUNK)
    points = _face(_go(neck, trunk, HEAD), trunk, chest, across)
    left = _arm(_go(neck, across, -SHOULDER_HALF), body.left_arm, -body.arms_out, trunk, chest, across)
    right = _arm(_go(neck, across, SHOULDER_HALF), body.right_arm, body.arms_out, trunk, chest, across)
    points += [p for pair in zip(left, right, strict=True) for p in pair]
    left = _leg(-1.0, body.left_thigh, body.left_thigh_out, body.left_shin, body.left_shin_in)
    right = _leg(1.0, body.right_thigh, body.right_thigh_out, body.right_shin, body.right_shin_in)
    return points + [p for pair in zip(left, right, strict=True) for p in pair]


def _face(middle: _Vec, up: _Vec, ahead: _Vec, across: _Vec) -> list[_Vec]:
    """Nose, eyes, ears and mouth, in the order of the landmarks."""
    places = [(0.06, 0.0, 0.0)]  # ahead, up, right of the middle of the head
    places += [(0.05, 0.02, side * x) for side in (-1, 1) for x in (0.01, 0.018, 0.026)]
    places += [(0.0, 0.01, -0.045), (0.0, 0.01, 0.045), (0.05, -0.025, -0.015), (0.05, -0.025, 0.015)]
    return [_go(_go(_go(middle, ahead, a), up, u), across, r) for a, u, r in places]


def _arm(shoulder: _Vec, elevation: float, plane: float, trunk: _Vec, chest: _Vec, across: _Vec) -> list[_Vec]:
    """Shoulder, elbow, wrist, pinky, index and thumb of a straight arm."""
    e, a = radians(elevation), radians(plane)
    way = _go(_go(_go((0.0, 0.0, 0.0), trunk, -cos(e)), chest, sin(e) * cos(a)), across, sin(e) * sin(a))
    wrist = _go(shoulder, way, UPPER_ARM + FOREARM)
    hand = _go(wrist, way, HAND)
    return [shoulder, _go(shoulder, way, UPPER_ARM), wrist, hand, hand, _go(wrist, way, HAND / 2)]


def _leg(side: float, thigh: float, thigh_out: float, shin: float, shin_in: float) -> list[_Vec]:
    """Hip, knee, ankle, heel and toe; `side` is -1 for the left leg and 1 for the right one."""
    hip = (0.0, 0.0, side * HIP_HALF)
    shank = _segment(side, shin, shin_in)
    knee = _go(hip, _segment(side, thigh, thigh_out), THIGH)
    ankle = _go(knee, shank, SHIN)
    # a foot stands flat until the shin lies on the floor: then it goes along with the shin
    lies = max(0.0, min(1.0, (shin - 40.0) / 40.0))
    foot = (1.0 - lies + lies * shank[0], lies * shank[1], lies * shank[2])
    length = sqrt(foot[0] ** 2 + foot[1] ** 2 + foot[2] ** 2) or 1.0
    foot = (foot[0] / length, foot[1] / length, foot[2] / length)
    # as high as the ankle: so foot and kneeling knee are level, as MediaPipe places them on the floor
    return [hip, knee, ankle, _go(ankle, foot, -FOOT_BEHIND), _go(ankle, foot, FOOT_AHEAD)]


def _segment(side: float, inclination: float, out: float) -> _Vec:
    """Direction downwards along a thigh or shin."""
    i, o = radians(inclination), radians(out)
    return -cos(o) * sin(i), -cos(o) * cos(i), side * sin(o)


# ---- motions


def motion(
    keys: Sequence[tuple[float, Body]],
    fps: float = 15.0,
    *,
    times: Iterable[float] | None = None,
    camera: Camera = SIDE_CAMERA,
    height_m: float = 1.7,
) -> Iterator[Pose]:
    """Poses of a body that moves smoothly from key to key.

    Args:
        keys: (time in seconds, body), times rising.
        fps: frames a second, from the first key to the last one.
        times: the time of each frame instead, for a variable rate.
        camera: how it is seen.
        height_m: body height.

    Yields:
        A pose for each frame time.
    """
    start, end = keys[0][0], keys[-1][0]
    if times is None:
        times = (start + i / fps for i in range(int((end - start) * fps + 1e-6) + 1))
    stretches = [(at, _angles_of(a), until, _angles_of(b)) for (at, a), (until, b) in pairwise(keys)]
    at_work = 0
    for t in times:
        while at_work < len(stretches) - 1 and t > stretches[at_work][2]:
            at_work += 1
        at, first, until, last = stretches[at_work]
        share = max(0.0, min(1.0, (t - at) / (until - at)))
        share = share * share * (3.0 - 2.0 * share)  # starts and stops gently
        body = Body(*(a + (b - a) * share for a, b in zip(first, last, strict=True)))
        yield make_pose(body, t, camera, height_m)


def keys_of(*stations: tuple[float, float, Body], start_s: float = 0.0) -> list[tuple[float, Body]]:
    """Keys for `motion` from stations: (seconds to get there, seconds to stay, body)."""
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
) -> list[Pose]:
    """A set of the 90-90 hip-flexor stretch, a hold on each of `sides` (the rear leg's).

    Faults: `shift_deg` of 0 leaves the hips back, a low `arm_deg` the arms down, `broken_s` lowers the arms that long
    in the middle of each hold; a short `hold_s` comes out too soon. `move_s`: the way into the stretch and back.
    """
    stations = [(0.0, 1.0, standing())]
    for rear in sides:
        start = half_kneeling(rear)
        deep = half_kneeling(rear, hips_forward=shift_deg, arm_elevation=arm_deg)
        arms_down = half_kneeling(rear, hips_forward=shift_deg)
        stations += [(1.0, 0.8, tall_kneeling()), (1.0, 2.5, start)]
        stations += _held(deep, arms_down, hold_s, broken_s, move_s)
        stations += [(move_s, 0.8, start), (1.0, 0.8, tall_kneeling())]
    return list(motion(keys_of(*stations), fps, times=times, camera=camera, height_m=height_m))


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
    """A set of the side bend, a hold on each of `sides` (the rear leg's).

    Faults: a small `bend_deg`, or one below zero to the wrong side; `broken_s` comes up that long in mid-hold.
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
    """A set of knee drops, each of `directions` "in" or "out".

    Faults: a small `drop_deg`, a short `hold_s`, `to_one_side` drops both knees to the right ("in") or left ("out").
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


# ---- what goes wrong with poses


def noisy(poses: Iterable[Pose], px: float = 1.5, m: float = 0.01, seed: int = 0) -> Iterator[Pose]:
    """Gaussian noise on every coordinate, of `px` pixels and `m` metres; the same for the same seed."""
    random = np.random.default_rng(seed)
    for pose in poses:
        if pose.points_px is None or pose.points_m is None:
            yield pose
        else:
            moved_px = pose.points_px + random.normal(0.0, px, (LANDMARK_COUNT, 2))
            yield replace(pose, points_px=moved_px, points_m=pose.points_m + random.normal(0.0, m, (LANDMARK_COUNT, 3)))


def dropped_out(poses: Iterable[Pose], *spans: tuple[float, float]) -> Iterator[Pose]:
    """Nobody is seen within the spans (from, to), both in seconds, the end not included."""
    return (Pose.absent(p.t, p.size) if _within(p.t, spans) else p for p in poses)


def swapped(poses: Iterable[Pose], *spans: tuple[float, float]) -> Iterator[Pose]:
    """The legs are named the other way round within the spans (from, to), in seconds, the end not included."""
    return (swap_legs(p) if _within(p.t, spans) else p for p in poses)


def hidden(pose: Pose, *landmarks: Landmark, visibility: float = 0.1) -> Pose:
    """The pose with a low visibility of some landmarks."""
    if pose.visibility is None:
        return pose
    seen = pose.visibility.copy()
    seen[list(landmarks)] = visibility
    return replace(pose, visibility=seen)


def mirrored(pose: Pose) -> Pose:
    """The pose of the mirrored picture: left becomes right."""
    if pose.points_px is None or pose.points_m is None or pose.visibility is None:
        return pose
    flipped_px = pose.points_px[_OTHER_SIDE] * (-1.0, 1.0) + (pose.size[0], 0.0)
    flipped_m = pose.points_m[_OTHER_SIDE] * (-1.0, 1.0, 1.0)
    return replace(pose, points_px=flipped_px, points_m=flipped_m, visibility=pose.visibility[_OTHER_SIDE])


_OTHER_SIDE = [
    Landmark[name.replace("LEFT", "RIGHT") if "LEFT" in name else name.replace("RIGHT", "LEFT")]
    for name in Landmark.__members__
]


def _within(t: float, spans: Spans) -> bool:
    return any(start <= t < end for start, end in spans)


# ---- verdicts and assertions


def judged(poses: Iterable[Pose], exercise: str | Exercise) -> Summary:
    """The verdict of a session that is fed these poses; the exercise by name or loaded."""
    session = Session(load_exercise(exercise) if isinstance(exercise, str) else exercise, "made to order")
    for pose in poses:
        session.feed(pose)
    return session.summary()


def assert_angle(
    pose: Pose, signal: str, expected: float, *, within: float, plane: str = "image", front: Side | None = None
) -> None:
    """Fail unless a signal of the pose is as expected.

    Args:
        pose: what is measured.
        signal: a name of `Signal`, or with a role as in exercise files: "front_knee_flexion".
        expected, within: degrees, or a ratio.
        plane: "image" or "world".
        front: the side whose leg is in front; found in the pose when left out.
    """
    measurement = measure(pose)
    reading = reading_of(measurement, signal, plane, front or measurement.front)
    assert reading is not None, f"{signal} cannot be had {_where(measurement)}"
    assert abs(reading.value - expected) <= within, (
        f"{signal} is {reading.value:.1f} in the {plane} plane, expected {expected:g} ± {within:g}, "
        f"{_where(measurement)}"
    )


def _where(m: Measurement) -> str:
    seen = "nobody is seen" if m.view is None else f"yaw {m.view.yaw_deg:.0f}°, {m.posture}"
    return f"at t = {m.t:.2f} s ({seen}{f', {m.front} leg in front' if m.front else ''})"


def assert_counts(summary: Summary, **expected: int) -> None:
    """Fail unless each group has the counts given, and every other group none: `left=2, right=2`."""
    wanted = {**dict.fromkeys(summary.counts, 0), **expected}
    assert dict(summary.counts) == wanted, f"counted {dict(summary.counts)}, expected {wanted}: {_listed(summary)}"


def assert_holds(summary: Summary, *held_s: float, within: float = 1.0, group: str | None = None) -> None:
    """Fail unless the counted repetitions (of one group) were held for these seconds, in this order."""
    counted = [r for r in summary.repetitions if r.counted and group in (None, r.group)]
    assert len(counted) == len(held_s), f"{len(counted)} counted, expected {len(held_s)}: {_listed(summary)}"
    for repetition, expected in zip(counted, held_s, strict=True):
        assert abs(repetition.held_s - expected) <= within, (
            f"repetition {repetition.number} was held for {repetition.held_s:.2f} s, "
            f"expected {expected:g} ± {within:g} s: {_listed(summary)}"
        )


def _listed(summary: Summary) -> str:
    """Everything that was logged, for the message of an assertion."""
    lines = [
        f"{r.number} {r.group} {r.start_s:.2f}-{r.end_s:.2f} s held {r.held_s:.2f} s {r.reason or 'counted'}"
        for r in summary.repetitions
    ]
    lines += [f"not judged {n.start_s:.2f}-{n.end_s:.2f} s: {n.reason}" for n in summary.not_judged]
    return "; ".join(lines) or "nothing was logged"


# ---- scripted sources and detectors


def blank_frames(count: int, fps: float = 15.0, size: tuple[int, int] = (64, 48)) -> list[Frame]:
    """Black frames, for a scripted source."""
    image = np.zeros((size[1], size[0], 3), np.uint8)
    return [Frame(i, i / fps, image) for i in range(count)]


class ScriptedSource(Closing):
    """Yields the frames given, and raises the exceptions among them; a context manager that notes when it is closed."""

    def __init__(self, frames: Iterable[Frame | Exception]) -> None:
        self._frames = frames
        self.closed = False

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._frames:
            if isinstance(frame, Exception):
                raise frame
            yield frame

    def close(self) -> None:
        self.closed = True


class ScriptedDetector(Closing):
    """Answers each frame with the next pose, at the frame's time; raises exceptions among them; then sees nobody."""

    def __init__(self, poses: Iterable[Pose | Exception]) -> None:
        self._poses = iter(poses)
        self.closed = False

    def detect(self, frame: Frame) -> Pose:
        """The next pose; the picture is not looked at."""
        height, width = frame.image.shape[:2]
        pose = next(self._poses, Pose.absent(frame.t, (width, height)))
        if isinstance(pose, Exception):
            raise pose
        return replace(pose, t=frame.t)

    def close(self) -> None:
        self.closed = True
