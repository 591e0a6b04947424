"""What each rule about legs, facing and posture earns: every one switched off alone, on all recordings at hand.

    python -m benchmarks.ablation                                       # the tapes of tests/data
    python -m benchmarks.ablation --kneelings FOLDER --real FOLDER      # and those of benchmarks.kneelings, and people
    python -m benchmarks.ablation --only swap perspective

A row says how many recordings have wrong counts without the rule, on how many kneelings the front leg is wrong or
unknown, how far held times move from those with all rules, and the mean error of the rear thigh where the truth is
known (rendered bodies, seen from the side). The first row has all rules. Nothing here is a judgement on people who were
not seen before: the rules were made on these tapes.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.kneelings import DATA, FAULT_TAPES, REAR, SETTLING_S, corrected, kneelings_of, tape_of, told
from benchmarks.real_people.films import is_exact, truth_of
from posecheck import judge, read_tape
from posecheck.measure import measure
from posecheck.measure.view import is_from_side
from posecheck.records import Posture, Signal
from tests.exercises.test_filmed import COUNTS


def same(pose: Any, *_: Any, **__: Any) -> Any:
    """A correction that leaves a pose as it is."""
    return pose


def always(value: Any) -> Callable[..., Any]:
    """A rule that always says the same."""
    return lambda *_, **__: value


def method(value: Callable[..., Any]) -> Callable[..., Any]:
    """The same in the place of a method."""
    return lambda _, *args, **keys: value(*args, **keys)


# the rule: where it lives, and what stands there when it is switched off
RULES: dict[str, tuple[tuple[str, Any], ...]] = {
    "all of leg repair": (("correct.legs.LegCorrection.update", method(same)),),
    "swap": (("correct.legs.swap_legs", same),),
    "legs put back": (("correct.legs.LegCorrection._put_back", always(None)),),
    "stays half-kneeling": (("correct.legs.LegCorrection._stays", always(None)),),
    "limbs jumped": (("correct.legs.LegCorrection._jumped", always(False)),),
    "limbs are as long as limbs": (("correct.legs.legs_fit", always(True)),),
    "sign: perspective": (("correct.front_leg.perspective", always(None)),),
    "sign: the knee that stayed": (("correct.both_knees.BothKnees.kneeling", always(None)),),
    "sign: legs do not cross": (("correct.front_leg.legs_cross", always(False)),),
    "keeps knees bent": (
        ("correct.legs.LegCorrection._keeps_knees_bent", lambda _, pose, found: (pose, found.posture)),
    ),
    "rear knee over time": (("correct.legs.RearKnee.update", method(same)),),
    "joint centres": (("correct.correction.with_joint_centres", same),),
    "back facing": (("correct.correction.BackFacing.update", method(same)),),
    "image rotation": (("correct.correction.ImageRotation.update", method(same)),),
    "kneels seen from behind": (("measure.posture._kneels_from_behind", always(False)),),
    "kneels deep": (("measure.posture._kneels_deep", always(False)),),
    "both thighs ahead": (("measure.posture._both_ahead", always(False)),),
    "on the side": (("measure.posture._on_the_side", always(False)),),
    "slopes of the floor": (("measure.measuring.floor_slopes", always({})),),
}


@contextmanager
def without(rules: Iterable[str]) -> Iterator[None]:
    """All rules but these are in force."""
    with ExitStack() as stack:
        for rule in rules:
            for where, instead in RULES[rule]:
                module, _, name = where.partition(".")[2].partition(".")
                owner: Any = importlib.import_module(f"posecheck.{where.split('.')[0]}.{module}")
                *classes, attribute = name.split(".")
                for one in classes:
                    owner = getattr(owner, one)
                stack.enter_context(patch.object(owner, attribute, instead))
        yield


@dataclass(frozen=True, slots=True)
class Result:
    """How one recording comes out: whether the counts are right, held times, wrong and unknown sides, angle errors."""

    kind: str
    right: bool = True
    held_s: tuple[float, ...] = ()
    wrong: int = 0
    unknown: int = 0
    errors_deg: tuple[float, ...] = ()


Recording = tuple[str, Path, str, Any]  # kind, tape, exercise, truth


def recordings(kneelings: list[Path], real: Path | None) -> Iterator[Recording]:
    """All recordings at hand, with what is true of each."""
    for name, (exercise, counts) in FAULT_TAPES.items():
        yield "faults", DATA / f"{name}.jsonl.gz", exercise, counts
    for path in sorted((DATA / "filmed").glob("*.jsonl.gz")):
        exercise, fault, _ = path.name.removesuffix(".jsonl.gz").partition("-")
        yield "filmed", path, exercise, dict.fromkeys(COUNTS[exercise], 0) if fault else COUNTS[exercise]
    for folder in kneelings:
        for path in sorted(folder.glob("*.truth.json")):
            yield "kneelings", path, "", None
    if real is not None:
        for case in truth_of(real):
            for exercise, counts in case["judge"].items():
                yield "people", real / case["tape"], exercise, counts


def result(recording: Recording, rules: tuple[str, ...]) -> Result:
    """One recording without some rules."""
    kind, path, exercise, truth = recording
    with without(rules):
        if kind == "kneelings":
            return _kneelings(path)
        summary = judge(path, exercise)
    held = tuple(one.held_s for one in summary.repetitions if one.counted)
    if kind == "people":  # a lowest and a highest number of each group
        return Result(kind, is_exact(summary, truth), held)
    return Result(kind, all(summary.counts.get(group, 0) == n for group, n in truth.items()), held)


def _kneelings(path: Path) -> Result:
    truth = json.loads(path.read_text(encoding="utf-8"))
    with read_tape(tape_of(path)) as tape:
        poses = corrected(list(tape), truth)
    wrong = unknown = 0
    for kneeling in kneelings_of(truth):
        side, _ = told(poses, kneeling)
        wrong += side not in (None, kneeling.rear)
        unknown += side is None
    return Result("kneelings", wrong + unknown == 0, (), wrong, unknown, tuple(_errors(truth, poses)))


def _errors(truth: dict[str, Any], poses: list[Any]) -> Iterator[float]:
    """Errors of the rear thigh's inclination in the frames that are half-kneeling, seen from the side."""
    down_s = 0.0
    for before, row, pose in zip([None, *truth["per_frame"]], truth["per_frame"], poses, strict=False):
        down_s = down_s + row["t"] - before["t"] if before is not None and row["rear"] == before["rear"] else 0.0
        found = measure(pose)
        if row["rear"] is None or down_s < SETTLING_S or found.view is None or not is_from_side(found.view):
            continue
        reading = found.image.get(Signal(f"{REAR[row['rear']]}_thigh_inclination"))
        if found.posture is Posture.HALF_KNEELING and reading is not None:
            yield abs(reading.value - row["angles"]["rear_thigh_inclination"])


def row(name: str, found: list[Result], all_rules: list[Result]) -> str:
    """One line of the table."""
    cells = [name]
    for kind in ("faults", "filmed", "people"):
        some = [one for one in found if one.kind == kind]
        cells.append(f"{sum(not one.right for one in some)} of {len(some)}" if some else "")
    kneelings = [one for one in found if one.kind == "kneelings"]
    cells.append(
        f"{sum(one.wrong for one in kneelings)} / {sum(one.unknown for one in kneelings)}" if kneelings else ""
    )
    moved = [
        abs(a - b)
        for one, other in zip(found, all_rules, strict=True)
        if len(one.held_s) == len(other.held_s)
        for a, b in zip(one.held_s, other.held_s, strict=True)
    ]
    cells.append(f"{sum(moved) / max(len(moved), 1):.2f}")
    errors = [error for one in kneelings for error in one.errors_deg]
    cells.append(f"{sum(errors) / len(errors):.1f} ({len(errors)})" if errors else "")
    return f"| {' | '.join(cells)} |\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kneelings", type=Path, nargs="*", default=[], help="folders made by benchmarks.kneelings")
    parser.add_argument("--real", type=Path, help="a folder of tapes of people, with truth.json")
    parser.add_argument("--only", nargs="*", choices=list(RULES), metavar="RULE", help="the rules to switch off")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    todo = list(recordings(args.kneelings, args.real))
    head = ("switched off", "fault tapes wrong", "filmed wrong", "people wrong", "sides wrong / unknown")
    lines = [(*head, "held time moves by, s", "rear thigh, error in degrees (frames)")]
    sys.stdout.write("".join(f"| {' | '.join(line)} |\n" for line in [*lines, ("---",) * 7]))
    with ProcessPoolExecutor(args.jobs) as pool:
        first = list(pool.map(result, todo, repeat(()), chunksize=2))
        sys.stdout.write(row("nothing", first, first))
        for rule in args.only if args.only is not None else RULES:
            sys.stdout.write(row(rule, list(pool.map(result, todo, repeat((rule,)), chunksize=2)), first))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
