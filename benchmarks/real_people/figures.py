"""What is measured on people, as rows of the table `people` of the accuracy card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.accuracy_card.results import Table

PEOPLE_HEAD = ("source", "about", "measured_on", "what", "found", "of", "seen_before", "version")
COUNTS, POSTURES = "counts", "postures"  # the tables of the card

Advance = Callable[[str], None]  # called after each piece of work with its name


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the card: `found` of `of`, in words that a physiotherapist reads; `about` is the table of the card."""

    about: str
    measured_on: str
    what: str
    found: int
    of: int


@dataclass(frozen=True, slots=True)
class Score:
    """What one kind of material came to: its figures, a line for each thing that is wrong, and the closing line.

    `seen_before`: limits may have been chosen while looking at this material.
    """

    source: str
    figures: tuple[Figure, ...]
    wrong: tuple[str, ...]
    closing: str
    seen_before: bool = True


def merged(old: Table | None, scores: Sequence[Score], version: str) -> Table:
    """The table of people: what was measured now takes the place of what the same sources gave before.

    Args:
        old: the table so far; None for none.
        scores: what was measured.
        version: of posecheck, as the card names it.
    """
    now = {score.source for score in scores}
    kept = [tuple(row[name] for name in PEOPLE_HEAD) for row in old or () if row["source"] not in now]
    rows = [
        (s.source, f.about, f.measured_on, f.what, str(f.found), str(f.of), "yes" if s.seen_before else "no", version)
        for s in scores
        for f in s.figures
    ]
    return Table(PEOPLE_HEAD, (*rows, *kept))
