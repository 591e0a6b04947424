"""The joints of a half-kneeling body seen from the side, from where the detector puts its hips and the rear knee."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from posecheck.measure.angles import rear_foot_is_up
from posecheck.measure.measuring import posture_of
from posecheck.measure.view import FROM_SIDE_DEG, facing_of, yaw_deg_of
from posecheck.records import LANDMARKS_OF, Floats, Pose, Posture, Side, Vector
from posecheck.records.geometry import TINY, Points, distance, near_side, trunk_length

KNEE_REACH = 0.25  # in trunk lengths: a rear knee that seems further above or below the floor is not on it


def joint_centres(px: Points, front: Side, facing: int) -> Points:
    """The points of a half-kneeling body seen from the side, with hips and rear knee where the joints are.

    The detector puts a hip that is hidden behind the other too far ahead, on the belly's side, and a rear one the more
    so the longer its thigh looks; a near front hip on the crease above the joint, the more so the higher it seems to be
    above the foot. A far rear knee is found anywhere around the end of the shin; it is on the floor, where both feet
    are, at its usual place between them. What is found where was fitted to the projected joints of the tuning
    recordings (rendered bodies), in trunk lengths. Mean errors of front knee, rear knee, rear thigh and trunk, each
    body by what the others show: 5.7, 5.8, 5.7, 3.5 degrees as detected, 3.3, 2.9, 3.1, 1.4 so; with what one seed
    shows, on the others: 3.2, 2.5, 3.1, 1.4; the other way round: 3.6, 3.2, 3.4, 1.1.

    Args:
        px: the 33 points in pixels.
        front: the side whose leg is in front.
        facing: the way the subject faces in the picture, -1 left, +1 right.
    """
    length = trunk_length(px)
    leg, rear = LANDMARKS_OF[front], LANDMARKS_OF[front.other]
    found = list(px)

    def put(point: int, back: float, down: float = 0.0) -> None:
        x, y, z = px[point]
        found[point] = (x - facing * back, y + down, z)

    share = _share(px[rear.knee], px[rear.ankle], px[leg.ankle])
    if near_side(facing) is front:
        drop = px[leg.ankle][1] - (px[leg.hip][1] + px[rear.hip][1]) / 2
        put(leg.hip, 0.0, 0.27 * drop - 0.14 * length)
        below = px[rear.knee][1] - px[rear.ankle][1] - share * (px[leg.ankle][1] - px[rear.ankle][1])
        if abs(below) < KNEE_REACH * length and not rear_foot_is_up(px, front):
            put(rear.knee, (0.66 * share - 0.32) * length, -0.87 * below)
        put(rear.hip, 0.64 * distance(px[rear.hip], found[rear.knee]) - 0.4 * length)
    else:
        put(leg.hip, 0.14 * length)
        put(rear.hip, 0.22 * distance(px[rear.hip], px[rear.knee]) - (0.28 * share + 0.04) * length)
    return found


def _share(point: Vector, a: Vector, b: Vector) -> float:
    """How far across the picture a point is from a (0) to b (1)."""
    across = b[0] - a[0]
    return min(1.0, max(0.0, (point[0] - a[0]) / across)) if abs(across) > TINY else 0.5


def with_joint_centres(pose: Pose) -> Pose:
    """The pose as the detector gives it, with the joints in its `correction` where they are not at the landmarks.

    Only a half-kneeling body seen from the side has such joints; any other pose comes back as it is.
    """
    vectors, half_kneeling = pose.vectors(), Posture.HALF_KNEELING
    if vectors is None or yaw_deg_of(vectors, half_kneeling) < FROM_SIDE_DEG:
        return pose
    _, front = posture_of(pose.correction, vectors)
    if front is None:
        return pose
    joints: Floats = np.array(joint_centres(vectors.px, front, facing_of(vectors, front, half_kneeling)))[:, :2]
    return replace(pose, correction=replace(pose.correction, joints_px=joints))
