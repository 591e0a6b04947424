"""The body in a picture: where its landmarks are, and its skeleton.

The left limbs are white, solid, with round joints; the right ones are yellow, hollow, with square joints. So left and
right can be told without telling colours apart.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from posecheck.draw.canvas import (
    DARK,
    GREY,
    WHITE,
    YELLOW,
    Canvas,
    Colour,
    Point,
)
from posecheck.records import Landmark, Pose

LIMBS = {
    "left": (
        (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST),
        (Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE, Landmark.LEFT_HEEL, Landmark.LEFT_FOOT_INDEX),
    ),
    "right": (
        (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_ELBOW, Landmark.RIGHT_WRIST),
        (Landmark.RIGHT_HIP, Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE, Landmark.RIGHT_HEEL, Landmark.RIGHT_FOOT_INDEX),
    ),
}
TRUNK = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP, Landmark.LEFT_HIP)
_BONES = [bone for side in LIMBS.values() for chain in side for bone in pairwise(chain)]
_BONES += [(Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP), (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP)]
# Below this a landmark is a guess, and its limb is not drawn; one that was drawn stays a little longer, so it does not
# flicker about the limit.
_SEEN = 0.3  # a guess, as the next one
_STILL_SEEN = 0.2
# By so much must the other side be nearer (metres) or clearer (visibility) before the two change places.
_NEARER_M = 0.04  # a guess, as the next one
_CLEARER = 0.15


class Figure:
    """The body in one picture: landmarks in the picture's own pixels, mirrored if the picture is.

    `pose` must be present. Its points are scaled when the picture has another size than the pose was found in. With
    the figure of the picture before as `last`, what is seen, near and clear does not change back and forth.
    """

    def __init__(self, pose: Pose, width: int, height: int, *, mirror: bool, last: Figure | None = None) -> None:
        assert pose.points_px is not None
        points = pose.points_px * (width / (pose.size[0] or width), height / (pose.size[1] or height))
        if mirror:
            points[:, 0] = width - 1 - points[:, 0]
        # Plain lists: a frame asks for some 200 single points, each ten times quicker than out of an array.
        self._points: list[list[float]] = points.tolist()
        seen = np.ones(len(points)) if pose.visibility is None else pose.visibility
        seen = np.where(np.isfinite(points).all(axis=1), seen, 0.0)
        limits = [_SEEN] * len(points) if last is None else [_STILL_SEEN if one else _SEEN for one in last._seen]
        self._seen: list[bool] = (seen >= limits).tolist()
        clearer = float(seen[Landmark.LEFT_ELBOW] - seen[Landmark.RIGHT_ELBOW])
        farther = 1.0
        if pose.points_m is not None:
            left, right = (pose.points_m[list(LIMBS[side][1]), 2].mean() for side in ("left", "right"))
            farther = float(left - right)
        self.left_clearer: bool = clearer >= 0 if last is None or abs(clearer) > _CLEARER else last.left_clearer
        self._left_far: bool = farther > 0 if last is None or abs(farther) > _NEARER_M else last._left_far

    def at(self, *landmarks: Landmark) -> Point:
        """The middle of some landmarks, in pixels."""
        points = [self._points[one] for one in landmarks]
        return sum(point[0] for point in points) / len(points), sum(point[1] for point in points) / len(points)

    def seen(self, *landmarks: Landmark) -> bool:
        """Whether all of these landmarks are more than guesses."""
        return all(self._seen[one] for one in landmarks)

    def spots(self) -> list[Point]:
        """Points all along limbs and trunk, where they are seen, in pixels: what a label should not cover."""
        spots: list[Point] = []
        for start, end in _BONES:
            if self._seen[start] and self._seen[end]:
                (x0, y0), (x1, y1) = self._points[start], self._points[end]
                spots += [(x0 + share * (x1 - x0), y0 + share * (y1 - y0)) for share in (0.1, 0.5, 0.9)]
        return spots

    def sides_by_depth(self) -> tuple[str, str]:
        """The far side of the body, then the near one."""
        return ("left", "right") if self._left_far else ("right", "left")


def draw_skeleton(canvas: Canvas, figure: Figure, *, grey: bool = False) -> None:
    """Draw trunk, head and limbs; the far side first.

    Args:
        canvas: the picture.
        figure: the body in it.
        grey: for a body that is not judged.
    """
    colours = {"left": GREY if grey else WHITE, "right": GREY if grey else YELLOW}
    trunk = [figure.at(one) for one in TRUNK if figure.seen(one)]
    canvas.path(trunk, DARK, 5, closed=True)
    canvas.path(trunk, GREY, 2.5, closed=True)
    far, near = figure.sides_by_depth()
    _draw_side(canvas, figure, far, colours[far])
    _draw_head(canvas, figure)
    _draw_side(canvas, figure, near, colours[near])


def _draw_side(canvas: Canvas, figure: Figure, side: str, colour: Colour) -> None:
    for chain in LIMBS[side]:
        points = [figure.at(one) for one in chain if figure.seen(one)]
        canvas.path(points, DARK, 8)
        canvas.path(points, colour, 5)
        if side == "right":
            canvas.path(points, DARK, 1.6)
    for chain in LIMBS[side]:
        for one in chain[:3]:
            if figure.seen(one):
                _draw_joint(canvas, figure.at(one), side, colour)


def _draw_joint(canvas: Canvas, point: Point, side: str, colour: Colour) -> None:
    if side == "left":
        canvas.disc(point, 6.5, DARK)
        canvas.disc(point, 5, colour)
        return
    for size, fill in ((7.0, DARK), (5.5, colour), (2.5, DARK)):
        reach, (x, y) = size * canvas.unit, point
        left, top, right, bottom = x - reach, y - reach, x + reach, y + reach
        canvas.fill([(left, top), (right, top), (right, bottom), (left, bottom)], fill)


def _draw_head(canvas: Canvas, figure: Figure) -> None:
    if not (figure.seen(Landmark.LEFT_EAR) or figure.seen(Landmark.RIGHT_EAR)) or not figure.seen(*TRUNK):
        return
    head, neck = figure.at(Landmark.LEFT_EAR, Landmark.RIGHT_EAR), figure.at(*TRUNK[:2])
    trunk = math.dist(neck, figure.at(*TRUNK[2:]))
    radius = (
        max(0.18 * trunk, 0.6 * math.dist(figure.at(Landmark.LEFT_EAR), figure.at(Landmark.RIGHT_EAR))) / canvas.unit
    )
    canvas.disc(head, min(radius, 120), DARK, outline=5)
    canvas.disc(head, min(radius, 120), GREY, outline=2.5)
