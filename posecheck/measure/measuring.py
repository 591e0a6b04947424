"""Pose → Measurement: the posture, the view, and every signal in the picture and in space.

Never in normalised coordinates: at 16:9 their angles are wrong by up to 31 degrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from posecheck.measure.angles import floor_slopes, measure_angles, picture_axes, space_axes
from posecheck.measure.posture import classified
from posecheck.measure.view import facing_of, is_from_side, view_of
from posecheck.records import Landmark, Measurement, Pose, Posture, Reading, Side, Signal
from posecheck.records.geometry import Points

_KNEES = frozenset({Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE})
_HIPS = frozenset({Landmark.LEFT_HIP, Landmark.RIGHT_HIP})


def measure(pose: Pose) -> Measurement:
    """Measure one pose; nothing is remembered from pose to pose.

    Args:
        pose: landmarks in pixels and metres, with what the stage `correct` knows of them, or an absent pose.

    Returns:
        The signals that can be had, in degrees or as ratios; an empty Measurement when nobody is seen.
    """
    seen, plain = posture_and_view(pose), pose.plain
    if plain is None or seen.view is None:
        return seen
    facing, px, slopes = seen.view.facing, _joints(pose), {}
    if seen.front is not None and is_from_side(seen.view):
        slopes = floor_slopes(px, seen.front, facing)
    image = measure_angles(px, plain.visibility, picture_axes(px, facing, slopes))
    world = measure_angles(plain.m, plain.visibility, space_axes(plain.m))
    if pose.correction.legs_hidden:
        image, world = _without_legs(image), _without_legs(world)
    return replace(seen, image=image, world=world)


def posture_and_view(pose: Pose) -> Measurement:
    """The posture of a pose, the leg in front and the view; no signals. Empty when nobody is seen.

    Args:
        pose: as for `measure`.
    """
    plain = pose.plain
    if plain is None:
        return Measurement(pose.t)
    posture, front = _posture(pose)
    view = view_of(pose.size, plain, facing_of(plain, front, posture), posture)
    if view.cut >= _KNEES or view.cut & _HIPS:
        posture, front = Posture.UNKNOWN, None  # invented points: half a body has no posture
    return Measurement(pose.t, view, posture, front)


def _posture(pose: Pose) -> tuple[Posture, Side | None]:
    """The posture and the leg in front: as they are known, else as the points look."""
    known = pose.correction.posture
    if known is None and pose.plain is not None:
        return classified(pose.plain)
    return known or Posture.UNKNOWN, pose.correction.front if known is Posture.HALF_KNEELING else None


def _joints(pose: Pose) -> Points:
    """The joints in the picture."""
    joints = pose.correction.joints_px
    if joints is None:
        return pose.plain.px if pose.plain is not None else []
    return [(x, y, 0.0) for x, y in joints.tolist()]


def _without_legs(found: Mapping[Signal, Reading]) -> dict[Signal, Reading]:
    """The signals, of which all that depend on the legs are not to be trusted."""
    # the hips, by which a side bend is told, belong to legs that were misread
    return {s: r if "arm" in s or "trunk" in s else Reading(r.value, 0.0) for s, r in found.items()}
