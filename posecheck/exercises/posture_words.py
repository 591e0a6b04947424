"""How each posture is spoken of, in one table."""

from __future__ import annotations

from dataclasses import dataclass

from posecheck.records import Posture


@dataclass(frozen=True, slots=True)
class PostureWords:
    """A posture as a heading, as what somebody was seen doing, and as what to do to get there."""

    title: str
    seen: str
    get_there: str


POSTURE_WORDS = {
    Posture.STANDING: PostureWords("Standing", "standing", "stand up"),
    Posture.TALL_KNEELING: PostureWords("On both knees", "kneeling on both knees", "kneel on both knees"),
    Posture.HALF_KNEELING: PostureWords("Half-kneeling", "kneeling on one knee", "kneel on one knee"),
    Posture.FLOOR_SITTING: PostureWords("Sitting on the floor", "sitting on the floor", "sit down on the floor"),
    Posture.SUPINE_KNEES_BENT: PostureWords(
        "On your back, knees bent", "lying on your back with your knees bent", "lie on your back with your knees bent"
    ),
    Posture.LYING: PostureWords("Lying down", "lying with your legs straight", "lie down"),
    Posture.UNKNOWN: PostureWords(
        "Posture not recognised", "in a position that was not made out", "take the position of the exercise"
    ),
}
