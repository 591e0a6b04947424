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
    Posture.CHAIR_SITTING: PostureWords("Sitting on a chair", "sitting as on a chair", "sit down on a chair"),
    Posture.LUNGE: PostureWords("In a lunge", "in a lunge, the rear knee in the air", "step into a lunge"),
    Posture.BENT_FORWARD: PostureWords("Bent forward", "bent forward", "bend forward"),
    Posture.FACE_DOWN: PostureWords("Face down", "lying or folded face down", "lie face down"),
    Posture.ON_THE_SIDE: PostureWords("On the side", "lying on the side", "lie on your side"),
    Posture.ALL_FOURS: PostureWords("On all fours", "on hands and knees", "go on hands and knees"),
    Posture.PLANK: PostureWords("In a plank", "in a plank", "go into a plank"),
    Posture.SUPINE_KNEES_BENT: PostureWords(
        "On your back, knees bent", "lying on your back with your knees bent", "lie on your back with your knees bent"
    ),
    Posture.LYING: PostureWords("Lying down", "lying with your legs straight", "lie down"),
    Posture.UNKNOWN: PostureWords(
        "Posture not recognised", "in a position that was not made out", "take the position of the exercise"
    ),
}

# whose words are used where an exercise has none for a posture
KIND_OF = {
    Posture.CHAIR_SITTING: Posture.FLOOR_SITTING,
    Posture.LUNGE: Posture.STANDING,
    Posture.BENT_FORWARD: Posture.STANDING,
    Posture.FACE_DOWN: Posture.LYING,
    Posture.ON_THE_SIDE: Posture.LYING,
    Posture.ALL_FOURS: Posture.LYING,
    Posture.PLANK: Posture.LYING,
}
