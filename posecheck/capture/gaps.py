"""What a reader has to tell about a recording: where pictures are missing, and what is odd about its clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_TOGETHER_S = 0.5  # what is left between two gaps so near to each other is a few torn pictures: they are told as one
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of a recording, in seconds, of which pictures could not be read: from the last one before to the next."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class ReadingNotes:
    """What the reading of a recording has shown: sentences, and gaps in order of time."""

    sentences: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def warning(self) -> str | None:
        """All of it in one line; None when all is well."""
        told = [*self.sentences, *([gaps_in_words(self.gaps)] if self.gaps else [])]
        return "; ".join(told) or None

    def also(self, sentence: str | None) -> ReadingNotes:
        """These notes and one more sentence, if there is one that is not in them."""
        if sentence is None or sentence in self.sentences:
            return self
        return ReadingNotes((*self.sentences, sentence), self.gaps)


ALL_WELL = ReadingNotes()


def joined_notes(notes: Iterable[ReadingNotes]) -> ReadingNotes:
    """The notes on all pieces of a recording, each thing told once."""
    sentences: dict[str, None] = {}
    gaps: list[Gap] = []
    for one in notes:
        sentences |= dict.fromkeys(one.sentences)
        gaps += one.gaps
    return ReadingNotes(tuple(sentences), joined_gaps(gaps))


def joined_gaps(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Gaps in order, those that touch or nearly touch as one."""
    joined: list[Gap] = []
    for gap in sorted(gaps, key=lambda gap: gap.start_s):
        if joined and gap.start_s <= joined[-1].end_s + _TOGETHER_S:
            joined[-1] = Gap(joined[-1].start_s, max(joined[-1].end_s, gap.end_s))
        else:
            joined.append(gap)
    return tuple(joined)


def gaps_in_words(gaps: tuple[Gap, ...]) -> str:
    """Where and how long pictures are missing.

    Args:
        gaps: at least one.
    """
    spans = [f"{gap.start_s:.1f} to {gap.end_s:.1f} s" for gap in gaps[:_SHOWN]]
    more = f" and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
    total = sum(gap.length_s for gap in gaps)
    return f"the recording is damaged: pictures are missing from {', '.join(spans)}{more} ({total:.1f} s)"
