"""The body as it is spoken of: its landmarks, its sides, its postures."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple

LANDMARK_COUNT = 33  # of MediaPipe's Pose Landmarker


class Landmark(IntEnum):
    """The 33 points of MediaPipe's BlazePose, by index; left and right are the subject's own."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32


class Side(StrEnum):
    """A side of the subject's body."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        return _OTHER[self]


_OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}


class SideLandmarks(NamedTuple):
    """The landmarks of one side of the body."""

    shoulder: Landmark
    elbow: Landmark
    wrist: Landmark
    hip: Landmark
    knee: Landmark
    ankle: Landmark
    heel: Landmark
    foot_index: Landmark


LANDMARKS_OF = {
    side: SideLandmarks(*(Landmark[f"{side}_{name}".upper()] for name in SideLandmarks._fields)) for side in Side
}
# the same point on the other side of the body, in the order of Landmark; the nose is its own
OTHER_SIDE = tuple(
    Landmark[name.replace("LEFT", "RIGHT") if "LEFT" in name else name.replace("RIGHT", "LEFT")]
    for name in Landmark.__members__
)
# the points that show where a body is and how large it is: not hands and feet, which are often hidden or made up
MAIN_LANDMARKS = (
    Landmark.NOSE,
    *(Landmark[f"{side}_{part}"] for part in ("SHOULDER", "HIP", "KNEE", "ANKLE") for side in ("LEFT", "RIGHT")),
)


class Posture(StrEnum):
    """The body positions that are told apart.

    `half_kneeling` has the rear knee on the floor, `lunge` has it in the air. `lying` is on the back with the legs
    straight; a bridge is `supine_knees_bent`.
    """

    STANDING = "standing"
    TALL_KNEELING = "tall_kneeling"
    HALF_KNEELING = "half_kneeling"
    FLOOR_SITTING = "floor_sitting"
    CHAIR_SITTING = "chair_sitting"
    LUNGE = "lunge"
    BENT_FORWARD = "bent_forward"
    SUPINE_KNEES_BENT = "supine_knees_bent"
    LYING = "lying"
    FACE_DOWN = "face_down"
    ON_THE_SIDE = "on_the_side"
    ALL_FOURS = "all_fours"
    PLANK = "plank"
    UNKNOWN = "unknown"


# on the back, whether the legs are bent or straight
FACE_UP = frozenset({Posture.SUPINE_KNEES_BENT, Posture.LYING})
# the trunk lies rather than stands
TRUNK_LEVEL = FACE_UP | {Posture.FACE_DOWN, Posture.ON_THE_SIDE, Posture.ALL_FOURS, Posture.PLANK}
