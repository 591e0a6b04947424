"""What is the same for all recordings of a batch."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from posecheck._version import __version__
from posecheck.capture.film_options import FilmOptions
from posecheck.exercises import Exercise, exercise_names, load_exercise
from posecheck.run import AUTO

_USUAL = FilmOptions()


@dataclass(frozen=True)
class Plan:
    """How recordings are judged, and what is written where.

    `exercise`: a loaded one, or "auto". `model_sha256` tells which model makes the poses. `split`: whether long
    recordings are cut into pieces; None: those that come last, when fewer are left than there are workers. `film`:
    how the recordings are read.
    """

    exercise: Exercise | str
    out: Path
    model_name: str
    model_sha256: str
    tapes: bool = False
    annotate: bool = False
    split: bool | None = None
    resume: bool = False
    film: FilmOptions = _USUAL

    @cached_property
    def key(self) -> str:
        """Changes with everything that can change an output, but for the recording itself."""
        exercises = [load_exercise(n) for n in exercise_names()] if self.exercise == AUTO else [self.exercise]
        content = [e if isinstance(e, str) else e.model_dump(mode="python") for e in exercises]
        parts = [__version__, self.model_sha256, self.tapes, self.annotate, self.split, self.exercise == AUTO, content]
        parts.append(asdict(self.film))
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
