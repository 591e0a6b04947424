"""Which knee is down: short rendered recordings by the hundred, and how often the front leg is told rightly.

    python -m benchmarks.kneelings make FOLDER --seed 7 --count 60    # half a minute each; goes on where it stopped
    python -m benchmarks.kneelings score FOLDER ...                   # seconds
    python -m benchmarks.kneelings fit FOLDER ...                     # the weights of posecheck.correct.front_leg

A recording has both knees in turn, from cameras on the floor's or a table's height, in tight and loose clothes
(`tools.render.variety.kneeling_plans`). A folder gets a tape and a truth file for each; no picture is kept. A seed that
was never used has recordings that chose nothing. The front leg of a kneeling is that which the corrected pose has in
most of its judged time: right, wrong, or unknown when it was never agreed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from posecheck import __version__, read_tape
from posecheck.correct import PoseCorrection
from posecheck.correct.both_knees import BothKnees
from posecheck.correct.facing import BackFacing
from posecheck.correct.front_leg import Sign, signs_of
from posecheck.correct.leg_geometry import legs_fit
from posecheck.measure.measuring import posture_and_view
from posecheck.records import Frame, Pose, Posture, Side
from posecheck.tape import TapeHeader, TapeWriter

SETTLING_S = 1.0  # after the knee is down: until then the front leg need not be agreed
BEGINNINGS_S = (0.7, 1.2, 2.0)  # for so long a kneeling is looked at before the front leg is agreed
EARLY_S = 0.5  # a kneeling may look like one before the knee is down
RIDGE = 0.3  # a guess: as if each sign had erred now and then
DATA = Path(__file__).parents[1] / "tests" / "data"
FAULT_TAPES: dict[str, tuple[str, dict[str, int]]] = {  # what was done in each; tests/data/README.md
    "swapped_legs": ("ninety_ninety", {"left": 0, "right": 1}),
    "folded_legs": ("ninety_ninety", {"left": 1, "right": 0}),
    "misread_legs": ("ninety_ninety", {"left": 1, "right": 0}),
    "wrong_leg": ("ninety_ninety", {"left": 1, "right": 0}),
    "hidden_rear_knee": ("ninety_ninety", {"left": 0, "right": 1}),
    "legs_alone": ("ninety_ninety", {"left": 0, "right": 0}),
    "half_a_body": ("ninety_ninety", {"left": 0, "right": 0}),
    "crossed_legs": ("side_bend", {"left": 0, "right": 1}),
    "hanging_knee": ("side_bend", {"left": 1, "right": 0}),
    "knees_not_made_out": ("side_bend", {"left": 1, "right": 1}),
    "back_for_chest": ("side_bend", {"left": 1, "right": 0}),
    "hidden_leg": ("knee_drops", {"in": 1, "out": 0}),
}
REAR = {"L": Side.LEFT, "R": Side.RIGHT}


@dataclass(frozen=True, slots=True)
class Kneeling:
    """A stretch of one recording with one knee on the floor: which, and from when to when, in seconds."""

    rear: Side
    start_s: float
    end_s: float


def kneelings_of(truth: dict[str, Any]) -> Iterator[Kneeling]:
    """The stretches of half-kneeling of a truth file, in order of time."""
    rear: str | None = None
    start = last = 0.0
    for row in [*truth["per_frame"], {"t": None, "rear": None}]:
        if row["rear"] != rear:
            if rear is not None:
                yield Kneeling(REAR[rear], start, last)
            rear, start = row["rear"], row["t"]
        last = row["t"]


def is_side_bend(truth: dict[str, Any]) -> bool:
    """Whether the recording is one of a side bend, seen from the front or behind."""
    return "side_bend" in truth["exercise"]


def tape_of(truth: Path) -> Path:
    """The tape that belongs to a truth file."""
    return truth.with_name(truth.name.replace(".truth.json", ".jsonl.gz"))


def told(poses: list[Pose], kneeling: Kneeling) -> tuple[Side | None, float]:
    """The rear leg of a kneeling as the corrected poses have it, and in which share of its time (0 to 1)."""
    within = [p for p in poses if kneeling.start_s + SETTLING_S < p.t < kneeling.end_s]
    votes = Counter(
        p.correction.front.other
        for p in within
        if p.correction.front is not None and p.correction.front_agreed and not p.correction.legs_hidden
    )
    if not votes:
        return None, 0.0
    side, count = votes.most_common(1)[0]
    return side, count / len(within)


def corrected(poses: list[Pose], truth: dict[str, Any]) -> list[Pose]:
    """The poses of a recording as the stage `correct` gives them for the exercise that was done."""
    correction = PoseCorrection([Posture.HALF_KNEELING], shows_back=is_side_bend(truth), kneels=True)
    return [correction.update(pose) for pose in poses]


def score(folders: list[Path]) -> None:
    """Print how often the front leg was right, wrong and unknown, and the recordings where it was not right."""
    total: Counter[str] = Counter()
    for folder in folders:
        for path in sorted(folder.glob("*.truth.json")):
            truth = json.loads(path.read_text(encoding="utf-8"))
            with read_tape(tape_of(path)) as tape:
                poses = corrected(list(tape), truth)
            for kneeling in kneelings_of(truth):
                side, share = told(poses, kneeling)
                verdict = "unknown" if side is None else "right" if side is kneeling.rear else "wrong"
                total[verdict] += 1
                if verdict != "right":
                    plan = truth["plan"]
                    what = f"{plan['exercise']} {kneeling.rear} {plan['camera']} {plan['outfit'].get('fit')}"
                    sys.stdout.write(
                        f"{verdict:8} {share:4.0%} {folder.name}/{path.name} {kneeling.start_s:.1f} s {what}\n"
                    )
    sys.stdout.write(f"{sum(total.values())} kneelings: {dict(total)}\n")


def signs_seen(path: Path, *, shows_back: bool) -> list[tuple[float, dict[Sign, float]]]:
    """Time and signs of each half-kneeling pose of a tape whose legs can be legs."""
    facing, both_knees = BackFacing(), BothKnees()
    seen: list[tuple[float, dict[Sign, float]]] = []
    with read_tape(path) as tape:
        for filmed in tape:
            pose = facing.update(filmed) if shows_back else filmed
            found = posture_and_view(pose, highest_knee=inf)
            if found.front is None:
                both_knees.update(pose, found)
            elif legs_fit(pose, found):
                seen.append((pose.t, signs_of(pose, found, both_knees)))
    return seen


def beginnings(folders: list[Path]) -> Iterator[tuple[list[float], Side]]:
    """The mean signs of the first moments of every kneeling of folders and fault tapes, and the true front leg.

    Each is given four times: with all signs, without that of perspective, without that of the knee that stayed, and
    without both, as a foot may be on a couch, and a person may kneel down without having been on both knees.
    """
    for path, shows_back, kneeling in _known(folders):
        seen = [one for one in signs_seen(path, shows_back=shows_back) if one[0] >= kneeling.start_s - EARLY_S]
        for seconds in BEGINNINGS_S if seen else ():
            some = [signs for t, signs in seen if t <= seen[0][0] + seconds]
            mean = {s: sum(one.get(s, 0.0) for one in some) / len(some) for s in Sign}
            for missing in ((), (Sign.PERSPECTIVE,), (Sign.STAYED,), (Sign.PERSPECTIVE, Sign.STAYED)):
                yield [0.0 if s in missing else mean[s] for s in Sign], kneeling.rear.other


def _known(folders: list[Path]) -> Iterator[tuple[Path, bool, Kneeling]]:
    """Every kneeling whose legs are known: its tape, whether it is seen from the front or behind, and the truth."""
    for folder in folders:
        for path in sorted(folder.glob("*.truth.json")):
            truth = json.loads(path.read_text(encoding="utf-8"))
            for kneeling in kneelings_of(truth):
                yield tape_of(path), is_side_bend(truth), kneeling
    for name, (exercise, counts) in FAULT_TAPES.items():
        down = [side for side in Side if counts.get(side)]
        if len(down) == 1:  # one knee all the time
            yield DATA / f"{name}.jsonl.gz", exercise == "side_bend", Kneeling(down[0], 0.0, inf)


def fit(folders: list[Path]) -> None:
    """Print the weights of the signs by logistic regression, and how often what is said with a probability is right.

    No intercept, as left and right are alike; `RIDGE` keeps the weight of a sign that never erred finite.
    """
    found = list(beginnings(folders))
    signs = np.array([mean for mean, _ in found])
    left = np.array([side is Side.LEFT for _, side in found], float)
    weights = np.zeros(len(Sign))
    for _ in range(100):  # Newton's method
        chance = 1.0 / (1.0 + np.exp(-signs @ weights))
        slope = signs.T @ (chance - left) + RIDGE * weights
        curve = (signs.T * (chance * (1.0 - chance))) @ signs + RIDGE * np.eye(len(Sign))
        weights -= np.linalg.solve(curve, slope)
    sys.stdout.write("".join(f"    Sign.{s.name}: {w:.1f},\n" for s, w in zip(Sign, weights, strict=True)))
    chance = 1.0 / (1.0 + np.exp(-signs @ weights))
    sure, right = np.maximum(chance, 1.0 - chance), (chance > 0.5) == (left > 0.5)
    for low, high in ((0.5, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 1.01)):
        here = (sure >= low) & (sure < high)
        if here.any():
            said, was = sure[here].mean(), right[here].mean()
            sys.stdout.write(f"said {said:.1%}, right {was:.1%} of {here.sum()} beginnings\n")


def make(folder: Path, seed: int, count: int, first: int = 0) -> None:
    """Render the recordings of a seed, find the poses, keep tapes and truth; those that are there are left alone."""
    from posecheck.detect.models import load_model
    from posecheck.detect.person_tracker import PersonTracker
    from tools.render.clip import frames, plan_truth
    from tools.render.variety import kneeling_plans

    folder.mkdir(parents=True, exist_ok=True)
    model = load_model()
    for number, plan in enumerate(kneeling_plans(seed, count)):
        truth, tape = folder / f"{plan.name}.truth.json", folder / f"{plan.name}.jsonl.gz"
        if number < first or truth.exists():
            continue
        header = TapeHeader(__version__, model.name, model.sha256, plan.name, plan.size)
        with PersonTracker(model) as tracker, TapeWriter(tape, header) as writer:
            for index, (image, sample) in enumerate(frames(plan)):
                writer.write(tracker.detect(Frame(index, sample.t, image[:, :, ::-1].copy())))
        truth.write_text(json.dumps(plan_truth(plan)), encoding="utf-8")
        sys.stderr.write(f"{number + 1} of {count}\n")


def main() -> None:
    """Make recordings, or score them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="render recordings and find their poses")
    making.add_argument("folder", type=Path)
    making.add_argument("--seed", type=int, required=True)
    making.add_argument("--count", type=int, default=100)
    making.add_argument("--first", type=int, default=0, help="the first number that is made")
    fitting = commands.add_parser("fit", help="the weights of the signs of the front leg")
    fitting.add_argument("folders", type=Path, nargs="+")
    scoring = commands.add_parser("score", help="how often the front leg is right")
    scoring.add_argument("folders", type=Path, nargs="+")
    args = parser.parse_args()
    if args.command == "make":
        make(args.folder, args.seed, args.count, args.first)
    elif args.command == "fit":
        fit(args.folders)
    else:
        score(args.folders)


if __name__ == "__main__":
    main()
