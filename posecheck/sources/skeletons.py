"""Which point of a foreign skeleton is which landmark, as data.

COCO's 17 points and the 133 of COCO-WholeBody: https://github.com/jin-s13/COCO-WholeBody (Jin et al. 2020). Halpe-26:
https://github.com/Fang-Haoshu/Halpe-FullBody. BODY-25: OpenPose's doc/02_output.md. MediaPipe's `foot_index` is taken
from the big toe, the knuckles of its hands from the hand's points, the corners of eyes and mouth from the face's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from posecheck.records import LANDMARK_COUNT, Floats, Landmark

L = Landmark


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A foreign skeleton: how many points it has, and the place of each landmark among them."""

    name: str
    count: int
    places: dict[Landmark, int]

    def landmarks(self, points: Floats) -> Floats:
        """The rows of (count, n) points as (33, n) landmarks; NaN for those that the skeleton has not."""
        found = np.full((LANDMARK_COUNT, points.shape[1]), np.nan)
        found[list(self.places)] = points[list(self.places.values())]
        return found


_COCO = {
    L.NOSE: 0,
    L.LEFT_EYE: 1,
    L.RIGHT_EYE: 2,
    L.LEFT_EAR: 3,
    L.RIGHT_EAR: 4,
    L.LEFT_SHOULDER: 5,
    L.RIGHT_SHOULDER: 6,
    L.LEFT_ELBOW: 7,
    L.RIGHT_ELBOW: 8,
    L.LEFT_WRIST: 9,
    L.RIGHT_WRIST: 10,
    L.LEFT_HIP: 11,
    L.RIGHT_HIP: 12,
    L.LEFT_KNEE: 13,
    L.RIGHT_KNEE: 14,
    L.LEFT_ANKLE: 15,
    L.RIGHT_ANKLE: 16,
}
COCO_17 = Skeleton("COCO-17", 17, _COCO)
HALPE_26 = Skeleton(
    "Halpe-26",
    26,
    {**_COCO, L.LEFT_FOOT_INDEX: 20, L.RIGHT_FOOT_INDEX: 21, L.LEFT_HEEL: 24, L.RIGHT_HEEL: 25},
)
_FACE, _LEFT_HAND, _RIGHT_HAND = 23, 91, 112  # where the 68 points of the face and the 21 of each hand begin
COCO_WHOLEBODY = Skeleton(
    "COCO-WholeBody",
    133,
    {
        **_COCO,
        L.LEFT_FOOT_INDEX: 17,
        L.LEFT_HEEL: 19,
        L.RIGHT_FOOT_INDEX: 20,
        L.RIGHT_HEEL: 22,
        L.RIGHT_EYE_OUTER: _FACE + 36,
        L.RIGHT_EYE_INNER: _FACE + 39,
        L.LEFT_EYE_INNER: _FACE + 42,
        L.LEFT_EYE_OUTER: _FACE + 45,
        L.MOUTH_RIGHT: _FACE + 48,
        L.MOUTH_LEFT: _FACE + 54,
        L.LEFT_THUMB: _LEFT_HAND + 2,
        L.LEFT_INDEX: _LEFT_HAND + 5,
        L.LEFT_PINKY: _LEFT_HAND + 17,
        L.RIGHT_THUMB: _RIGHT_HAND + 2,
        L.RIGHT_INDEX: _RIGHT_HAND + 5,
        L.RIGHT_PINKY: _RIGHT_HAND + 17,
    },
)
BODY_25 = Skeleton(
    "BODY-25",
    25,
    {
        L.NOSE: 0,
        L.RIGHT_SHOULDER: 2,
        L.RIGHT_ELBOW: 3,
        L.RIGHT_WRIST: 4,
        L.LEFT_SHOULDER: 5,
        L.LEFT_ELBOW: 6,
        L.LEFT_WRIST: 7,
        L.RIGHT_HIP: 9,
        L.RIGHT_KNEE: 10,
        L.RIGHT_ANKLE: 11,
        L.LEFT_HIP: 12,
        L.LEFT_KNEE: 13,
        L.LEFT_ANKLE: 14,
        L.RIGHT_EYE: 15,
        L.LEFT_EYE: 16,
        L.RIGHT_EAR: 17,
        L.LEFT_EAR: 18,
        L.LEFT_FOOT_INDEX: 19,
        L.LEFT_HEEL: 21,
        L.RIGHT_FOOT_INDEX: 22,
        L.RIGHT_HEEL: 24,
    },
)
BLAZEPOSE = Skeleton("BlazePose", LANDMARK_COUNT, {landmark: int(landmark) for landmark in Landmark})

# by how many points they have, as COCO JSON does not name them
COCO_KINDS = {one.count: one for one in (COCO_17, HALPE_26, COCO_WHOLEBODY)}

# markers of a TRC file by name, in lower case and without _ and spaces: ours, and those of BODY-25 and Halpe-26
MARKERS = {landmark.name.lower().replace("_", ""): landmark for landmark in Landmark} | {
    f"{letter}{short}": Landmark[f"{side}_{part}"]
    for letter, side in (("l", "LEFT"), ("r", "RIGHT"))
    for short, part in (
        ("eye", "EYE"),
        ("ear", "EAR"),
        ("shoulder", "SHOULDER"),
        ("elbow", "ELBOW"),
        ("wrist", "WRIST"),
        ("hip", "HIP"),
        ("knee", "KNEE"),
        ("ankle", "ANKLE"),
        ("heel", "HEEL"),
        ("bigtoe", "FOOT_INDEX"),
    )
}
OUR_MARKERS = tuple(landmark.name.lower() for landmark in Landmark)

# ---- where a landmark stands that was not found: at the first of these that was


def _instead() -> dict[Landmark, tuple[Landmark, ...]]:
    found: dict[Landmark, tuple[Landmark, ...]] = {
        L.NOSE: (L.LEFT_EYE, L.RIGHT_EYE, L.LEFT_EAR, L.RIGHT_EAR, L.LEFT_SHOULDER, L.RIGHT_SHOULDER)
    }
    for side, other in (("LEFT", "RIGHT"), ("RIGHT", "LEFT")):
        eye, ear, shoulder, elbow, wrist, hip, knee, ankle = (
            Landmark[f"{side}_{part}"] for part in ("EYE", "EAR", "SHOULDER", "ELBOW", "WRIST", "HIP", "KNEE", "ANKLE")
        )
        head = (L.NOSE, *found[L.NOSE])
        found |= {Landmark[f"{side}_EYE_{end}"]: (eye, *head) for end in ("INNER", "OUTER")}
        found |= {eye: head, ear: (eye, *head), Landmark[f"MOUTH_{side}"]: head}
        found |= {shoulder: (Landmark[f"{other}_SHOULDER"],), hip: (Landmark[f"{other}_HIP"],)}
        arm, leg = (shoulder, *found[shoulder]), (hip, *found[hip])
        found |= {elbow: arm, wrist: (elbow, *arm), knee: leg, ankle: (knee, *leg)}
        found |= {Landmark[f"{side}_{part}"]: (wrist, elbow, *arm) for part in ("PINKY", "INDEX", "THUMB")}
        found |= {Landmark[f"{side}_{part}"]: (ankle, knee, *leg) for part in ("HEEL", "FOOT_INDEX")}
    return found


INSTEAD = _instead()


def put_in_place(points: Floats) -> Floats:
    """The points with those that are NaN at the nearest one that was found.

    Args:
        points: (33, n); a shoulder and a hip have been found.
    """
    missing = np.flatnonzero(np.isnan(points).any(axis=1))
    if not len(missing):
        return points
    whole = points.copy()
    for index in missing.tolist():
        known = next(i for i in INSTEAD[Landmark(index)] if not np.isnan(points[i]).any())
        whole[index] = points[known]
    return whole
