"""What a source of poses can never tell: depth, or some of the landmarks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from posecheck.records.body import Landmark

DEPTH = "depth"


@dataclass(frozen=True, slots=True)
class Lacks:
    """What a source does not have in any frame, so that nothing can be judged by it.

    `depth`: its points are those of a picture, and `points_m` are made from them. `landmarks`: those that it does not
    find; they stand at the nearest point that it does find, with visibility 0.
    """

    depth: bool = False
    landmarks: frozenset[Landmark] = frozenset()

    def __bool__(self) -> bool:
        return self.depth or bool(self.landmarks)

    @property
    def names(self) -> tuple[str, ...]:
        """As it is written in files: "depth", then the landmarks in their order."""
        return (*([DEPTH] if self.depth else []), *(landmark.name.lower() for landmark in sorted(self.landmarks)))

    @classmethod
    def of(cls, names: Iterable[str]) -> Lacks:
        """What these names stand for, which `names` gave.

        Raises:
            KeyError: one of them is no landmark.
        """
        given = set(names)
        return cls(DEPTH in given, frozenset(Landmark[name.upper()] for name in given - {DEPTH}))


LACKS_NOTHING = Lacks()
