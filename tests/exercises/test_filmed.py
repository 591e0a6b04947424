"""The exercises that were never recorded, filmed: rendered people seen by the real detector, judged from tapes."""

from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.exercises import load_exercise, more_exercise_names
from posecheck.testing import MADE, judged, load_tape

FILMED = Path(__file__).parents[1] / "data" / "filmed"
RIGHT = {path.name.removesuffix(".jsonl.gz"): path for path in sorted(FILMED.glob("*.jsonl.gz"))}
WRONG = {name: path for name, path in RIGHT.items() if "-" in name}
RIGHT = {name: path for name, path in RIGHT.items() if name not in WRONG}
SIDES_SEEN = {"left": 1, "right": 1}
COUNTS = {  # what is done in each film
    "active_knee_extension": SIDES_SEEN,
    "arm_raise": SIDES_SEEN,
    "bent_knee_fall_out": SIDES_SEEN,
    "bridge": {"bridges": 1},
    "bridge_repetitions": {"bridges": 2},
    "calf_stretch": {"left": 1, "right": 0},
    "childs_pose": {"holds": 1},
    "couch_stretch": {"left": 1, "right": 0},
    "seated_butterfly": {"holds": 1},
    "single_knee_to_chest": {"left": 1, "right": 0},
    "sit_to_stand": {"stands": 2},
    "split_squat": SIDES_SEEN,
    "squat": {"squats": 2},
    "standing_quad_stretch": {"left": 1, "right": 0},
    "standing_side_bend": {"left": 1, "right": 0},
    "windshield_wipers": SIDES_SEEN,
}


def test_every_film_has_its_truth() -> None:
    """No tape lies there unjudged, and none is of an exercise that does not exist."""
    assert set(RIGHT) == set(COUNTS) == set(more_exercise_names())
    assert len(WRONG) >= 9
    assert all(path.stat().st_size <= 64_000 for path in FILMED.iterdir() if path.suffix == ".gz")


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_done_right_counts_on_the_detectors_landmarks(name: str) -> None:
    """Every repetition that is done in the film is counted on its side, none is refused, and all of them are judged."""
    summary = judged(load_tape(RIGHT[name]), name)
    assert dict(summary.counts) == COUNTS[name]
    assert [r.reason for r in summary.repetitions if not r.counted] == []
    first = summary.repetitions[0]
    assert [n.reason for n in summary.not_judged if n.end_s > first.start_s] == []  # kneeling up, the head may be cut


@pytest.mark.parametrize("film", WRONG)
def test_the_typical_fault_is_refused_on_the_detectors_landmarks(film: str) -> None:
    """A film of a fault counts nothing, is refused for that fault, and is told so."""
    name, _, words = film.partition("-")
    fault = MADE[name].wrong[words.replace("_", " ")]
    summary = judged(load_tape(WRONG[film]), name)
    assert not any(summary.counts.values())
    assert [r.reason for r in summary.repetitions] == [fault.reason]
    if fault.cue:
        assert next(f.cue for f in load_exercise(name).faults if f.name == fault.cue) in [c.text for c in summary.cues]
