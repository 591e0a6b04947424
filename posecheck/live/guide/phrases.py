"""Words for the ear: numbers, units and sentences as a speech engine should get them."""

from __future__ import annotations

import re

WORD_S = 0.35  # about how long a spoken word takes, at WORDS_A_MINUTE
WORDS_A_MINUTE = 170  # a guess: calm, and quick enough for a count a second; asked of the engine
_WORDS = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_SECONDS = re.compile(r"(\d+)(?:\.\d+)? s\b")
_RANGE = re.compile(r"(?<=\d)-(?=\d)")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def count_word(number: int) -> str:
    """A count in words up to twenty, then in digits; 0 is "none"."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else str(number)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text."""
    return tuple(part for part in _SENTENCE_END.split(text.strip()) if part)


def spoken(text: str) -> str:
    """The text as it is to be said: "held 12.3 s of 20 s" becomes "Held 12 of 20 seconds".

    Whole seconds only, cut off: 19.9 is not yet 20.
    """
    said = _SECONDS.sub(r"\1 seconds", _RANGE.sub(" ", text))
    said = re.sub(r"(\d+) seconds of (\d+ seconds)", r"\1 of \2", said)
    said = re.sub(r"\b1 seconds", "1 second", said)
    return ". ".join(part[:1].upper() + part[1:] for part in said.split(". "))


def spoken_s(text: str) -> float:
    """About how long a text takes to say, in seconds."""
    return WORD_S * len(text.split())
