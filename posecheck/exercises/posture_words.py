"""How each posture is spoken of, in one table."""

from __future__ import annotations

from collections.abc import Mapping
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

WORTH_A_WORD_S = 1.0  # a guess: a posture for less long is a passing one
LONG_S = 5.0  # a guess: to get into position takes less; who is longer in another posture may do the exercise in it


def other_postures_text(seconds: Mapping[str, float]) -> str:
    """How long a body was in postures that are none of the exercise's: "31 s sitting on the floor, 4 s standing".

    Args:
        seconds: as in a `Summary`.

    Returns:
        Empty when there was none for long enough to be worth a word.
    """
    told = {name: s for name, s in seconds.items() if s >= WORTH_A_WORD_S}
    return ", ".join(f"{s:.0f} s {POSTURE_WORDS[Posture(name)].seen}" for name, s in told.items())


def posture_doubt(seconds: Mapping[str, float]) -> str | None:
    """What an author may have forgotten: "31 s read as sitting on the floor; posture_also?".

    Args:
        seconds: as in a `Summary`.

    Returns:
        None when there is no doubt.
    """
    told = [f"{s:.0f} s read as {POSTURE_WORDS[Posture(name)].seen}" for name, s in seconds.items() if s >= LONG_S]
    return f"{', '.join(told)}; posture_also?" if told else None
