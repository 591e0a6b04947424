"""Where labels stand on the picture: off the cards, each other and the body, and where they stood before."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass

from posecheck.draw.canvas import Box, Canvas, Point, overlap

_LEASH = 16.0  # a guess: units that a joint may move before its label is pulled along
_GLIDE = 0.3  # a guess: share of the way to a new place that a label goes with each picture
# A guess: a label that covers the body by more than this for `_COVERED` pictures looks for a new place.
_BODY_SHARE = 0.35
_COVERED = 20  # a guess: pictures, two thirds of a second of 30 a second: an arm that passes by moves no label
_PATIENCE = 4  # a guess: pictures for which a label must find room before it appears
_FORGET = 30  # a guess: pictures after which a label that is not shown is forgotten


@dataclass(frozen=True, slots=True)
class Wanted:
    """What looks for a place: the point that it belongs to, the direction to try first (degrees), width and height."""

    anchor: Point
    away: float
    width: float
    height: float


@dataclass(slots=True)
class _Place:
    """Where a label stands: left and top relative to a point that its joint drags along, and where it is shown now."""

    offset: Point
    held: Point
    shown: Point
    width: float
    covered: int = 0
    unused: int = 0


class Places:
    """Remembers where each label stood, so that it keeps still while the pose trembles, and glides where it must move.

    Call `next_picture` before each picture and `spot` for each of its labels.
    """

    def __init__(self) -> None:
        self._places: dict[Hashable, _Place] = {}
        self._found: dict[Hashable, int] = {}
        self._pictures = 0

    def next_picture(self) -> None:
        """A new picture begins."""
        self._pictures += 1
        for key, place in list(self._places.items()):
            place.unused += 1
            if place.unused > _FORGET:
                del self._places[key]

    def known(self, key: Hashable) -> bool:
        """Whether this label has a place already."""
        return key in self._places

    def spot(self, canvas: Canvas, key: Hashable, wanted: Wanted, taken: list[Box], body: list[Box]) -> Box | None:
        """Find the place of a label, if possible where it stood in the picture before.

        Args:
            canvas: the picture; its size and unit are used.
            key: names the label from picture to picture.
            wanted: where the label belongs, and how large it is.
            taken: boxes that it must not touch, in pixels.
            body: boxes that it should not cover, in pixels.

        Returns:
            Its box in pixels; None when there is no room for it, or there has not been room for long enough.
        """
        place = self._places.get(key)
        if place is not None:
            box = self._kept(canvas, place, wanted, body)
            if box is not None and not overlap(box, taken):
                return self._glided(place, box)
        box = free_spot(canvas, wanted, taken, body)
        self._found[key] = 0 if box is None else self._found.get(key, 0) + 1
        # in the first picture everything is new: nothing has to wait
        if box is None or (place is None and self._pictures > 1 and self._found[key] < _PATIENCE):
            self._places.pop(key, None)
            return None
        offset = box[0] - wanted.anchor[0], box[1] - wanted.anchor[1]
        shown = place.shown if place is not None else (box[0], box[1])
        place = _Place(offset, wanted.anchor, shown, wanted.width)
        self._places[key] = place
        return self._glided(place, box)

    def _kept(self, canvas: Canvas, place: _Place, wanted: Wanted, body: list[Box]) -> Box | None:
        """The box where it was, pulled along as far as its joint has moved; None when it should look for another."""
        leash, distance = _LEASH * canvas.unit, math.dist(place.held, wanted.anchor)
        if distance > leash:
            pull = 1 - leash / distance
            x, y = place.held
            place.held = x + pull * (wanted.anchor[0] - x), y + pull * (wanted.anchor[1] - y)
        # a number with a digit more or less: the box keeps its width
        if not 0 <= place.width - wanted.width <= 14 * canvas.unit:
            place.width = wanted.width
        box = _inside(canvas, place.held[0] + place.offset[0], place.held[1] + place.offset[1], place.width, wanted)
        covers = overlap(box, body) > _BODY_SHARE * place.width * wanted.height
        place.covered = place.covered + 1 if covers else 0
        return None if place.covered > _COVERED else box

    @staticmethod
    def _glided(place: _Place, box: Box) -> Box:
        place.unused = 0
        x, y = place.shown
        if math.dist((x, y), box[:2]) > 2:
            x, y = x + _GLIDE * (box[0] - x), y + _GLIDE * (box[1] - y)
        else:
            x, y = box[:2]
        place.shown = (x, y)
        return (x, y, x + box[2] - box[0], y + box[3] - box[1])


def free_spot(canvas: Canvas, wanted: Wanted, taken: list[Box], body: list[Box]) -> Box | None:
    """A box around the anchor inside the picture, covering as little of the body as can be.

    Places are tried in a fixed order, so that labels keep still from frame to frame.

    Args:
        canvas: the picture; its size and unit are used.
        wanted: where the label belongs, and how large it is.
        taken: boxes that it must not touch, in pixels.
        body: boxes that it should not cover, in pixels.

    Returns:
        Left, top, right, bottom in pixels; None when there is no room.
    """
    best, least = None, math.inf
    away = round(wanted.away / 45) * 45
    for distance in (32, 50, 75):
        reach = distance * canvas.unit
        for turn in (0, 45, -45, 90, -90, 135, -135, 180):
            angle = math.radians(away + turn)
            left = wanted.anchor[0] + math.cos(angle) * (reach + wanted.width / 2) - wanted.width / 2
            top = wanted.anchor[1] + math.sin(angle) * (reach + wanted.height / 2) - wanted.height / 2
            box = _inside(canvas, left, top, wanted.width, wanted)
            if overlap(box, taken):
                continue
            shared = overlap(box, body)
            if shared == 0:
                return box
            if shared < least:
                best, least = box, shared
    return best


def _inside(canvas: Canvas, left: float, top: float, width: float, wanted: Wanted) -> Box:
    left = min(max(left, 0.0), canvas.width - width)
    top = min(max(top, 0.0), canvas.height - wanted.height)
    return (left, top, left + width, top + wanted.height)
