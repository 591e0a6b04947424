"""Pose → Measurement: the posture, the view, and every signal in the picture and in space.

Never in normalised coordinates: at 16:9 their angles are wrong by up to 31 degrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from posecheck.measure.angles import floor_slopes, measure_angles, picture_axes, space_axes
from posecheck.measure.posture import KNEE_IN_THE_AIR, classify
from posecheck.measure.view import facing_of, is_from_side, view_of
from posecheck.records import Correction, Landmark, Measurement, Pose, Posture, Reading, Side, Signal, Vectors, View

_KNEES = frozenset({Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE})
_HIPS = frozenset({Landmark.LEFT_HIP, Landmark.RIGHT_HIP})


def measure(pose: Pose) -> Measurement:
    """Measure one pose; nothing is remembered from pose to pose.

    Args:
        pose: landmarks in pixels and metres, with what the stage `correct` knows of them, or an absent pose.

    Returns:
        The signals that can be had, in degrees or as ratios; an empty Measurement when nobody is seen.
    """
    vectors = pose.vectors()
    if vectors is None:
        return Measurement(pose.t)
    seen, view = _posture_and_view(pose, vectors, KNEE_IN_THE_AIR)
    joints = pose.correction.joints_px
    px = vectors.px if joints is None else tuple((x, y, 0.0) for x, y in joints.tolist())
    slopes = floor_slopes(px, seen.front, view.facing) if seen.front is not None and is_from_side(view) else {}
    image = measure_angles(px, vectors.visibility, picture_axes(px, view.facing, slopes))
    world = measure_angles(vectors.m, vectors.visibility, space_axes(vectors.m))
    if pose.correction.legs_hidden:
        image, world = _without_legs(image), _without_legs(world)
    return replace(seen, image=image, world=world)


def posture_and_view(pose: Pose, *, highest_knee: float = KNEE_IN_THE_AIR) -> Measurement:
    """The posture of a pose, the leg in front and the view; no signals. Empty when nobody is seen.

    Args:
        pose: as for `measure`.
        highest_knee: as for `classify`.
    """
    vectors = pose.vectors()
    return Measurement(pose.t) if vectors is None else _posture_and_view(pose, vectors, highest_knee)[0]


def _posture_and_view(pose: Pose, vectors: Vectors, highest_knee: float) -> tuple[Measurement, View]:
    posture, front = posture_of(pose.correction, vectors, highest_knee=highest_knee)
    view = view_of(pose.size, vectors, facing_of(vectors, front, posture), posture)
    if view.cut >= _KNEES or view.cut & _HIPS:
        posture, front = Posture.UNKNOWN, None  # invented points: half a body has no posture
    return Measurement(pose.t, view, posture, front, lacks=pose.lacks), view


def posture_of(
    known: Correction, vectors: Vectors, *, highest_knee: float = KNEE_IN_THE_AIR
) -> tuple[Posture, Side | None]:
    """The posture and the leg in front: those that are known from before, else as the points tell.

    Args:
        known: what earlier frames tell.
        vectors: the landmarks.
        highest_knee: as for `classify`.
    """
    if known.posture is None:
        return classify(vectors, highest_knee=highest_knee)
    return known.posture, known.front if known.posture is Posture.HALF_KNEELING else None


def _without_legs(found: Mapping[Signal, Reading]) -> dict[Signal, Reading]:
    """The signals, of which all that depend on the legs are not to be trusted."""
    # the hips, by which a side bend is told, belong to legs that were misread
    return {s: r if "arm" in s or "trunk" in s else Reading(r.value, 0.0) for s, r in found.items()}
