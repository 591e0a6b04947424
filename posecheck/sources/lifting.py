"""Points of a picture, seen from a side that the user names → points in space, as far as the picture tells.

Nothing is known of depth. What measuring needs of it is which way the body faces and which side is nearer. From the
side, left and right are put behind each other, the right one nearer when the body faces the picture's right. From the
front or behind, all points lie in one plane, and left and right are where they are seen. All else in depth is left at
0, and the pose says that its source has none (`Lacks.depth`): no signal in space is judged by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

import numpy as np

from posecheck.records import LANDMARKS_OF, Floats, Landmark, Side
from posecheck.sources.records import SourceView

TRUNK_M = 0.5  # from hips to shoulders, of somebody 1.7 m tall: angles do not depend on it
HALF_WIDTH_M = 0.12  # from the middle of the body to a hip or shoulder: from the side only its sign is looked at
SURELY = 0.1  # in trunk lengths: a body turns round when head and knees speak for it by more; a guess
_SHORTEST_TRUNK = 0.02  # of the picture's longer side: a guess, against division by nothing

_DEPTH = np.zeros(len(Landmark))
for _side, _away in ((Side.LEFT, 1.0), (Side.RIGHT, -1.0)):  # of a body that faces the picture's right
    _DEPTH[[i for i in Landmark if i.name.startswith(_side.name) or i.name.endswith(f"_{_side.name}")]] = _away


def scale_of(bodies: Iterable[Floats], size: tuple[int, int]) -> float:
    """Metres of a pixel, by the usual length of the trunk.

    Args:
        bodies: (33, 2) in pixels, of every frame in which somebody was seen.
        size: of the picture.
    """
    lengths = [float(np.hypot(*_trunk(px))) for px in bodies]
    return TRUNK_M / max(median(lengths), _SHORTEST_TRUNK * max(size)) if lengths else 1.0


class Lifting:
    """Lifts the bodies of one recording, in order of time.

    Args:
        view: from where they are seen.
        scale: metres of a pixel.
    """

    def __init__(self, view: SourceView, scale: float) -> None:
        self._view = view
        self._scale = scale
        # 1: the chest is where it is when an upright body faces the picture's right; -1: the other way; 0: not known
        self._facing = 0.0

    def lift(self, px: Floats) -> Floats:
        """The points in metres about the mid-hip, (33, 3).

        Args:
            px: (33, 2) in pixels.
        """
        middle = (px[Landmark.LEFT_HIP] + px[Landmark.RIGHT_HIP]) / 2
        points = np.zeros((len(px), 3))
        points[:, :2] = (px - middle) * self._scale
        if self._view is SourceView.SIDE:
            told = _chest(px)
            if self._facing == 0.0 or told * self._facing < -SURELY:
                self._facing = 1.0 if told >= 0.0 else -1.0
            # a side lies in one plane, in which its arm and its leg move
            points[:, 2] = _DEPTH * HALF_WIDTH_M * self._facing
        return points


def _trunk(px: Floats) -> Floats:
    """From the mid-hip to the mid-shoulder."""
    left, right = LANDMARKS_OF[Side.LEFT], LANDMARKS_OF[Side.RIGHT]
    along: Floats = (px[left.shoulder] + px[right.shoulder] - px[left.hip] - px[right.hip]) / 2
    return along


def _chest(px: Floats) -> float:
    """On which side of the trunk head and knees are, in trunk lengths: + where the chest of who faces right is."""
    along = _trunk(px)
    length = max(float(np.hypot(*along)), 1.0)
    ahead = np.array([-along[1], along[0]]) / length**2
    ears = (px[Landmark.LEFT_EAR] + px[Landmark.RIGHT_EAR]) / 2
    told = float((px[Landmark.NOSE] - ears) @ ahead)
    for leg in LANDMARKS_OF.values():  # a knee bends forwards
        told += float((px[leg.knee] - (px[leg.hip] + px[leg.ankle]) / 2) @ ahead)
    return told
