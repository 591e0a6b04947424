"""Tapes of films of real people, each judged as every built-in exercise, beside what the eye saw."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import posecheck
from benchmarks.real_people.figures import COUNTS, Advance, Figure, Score
from posecheck.errors import InputError
from posecheck.exercises import built_in_names
from posecheck.records import Summary

TRUTH = "truth.json"
INSTEAD = ("squat", "bridge_repetitions")  # where a film shows no exercise: one from the side, one lying down
MAIN = ("ninety_ninety", "side_bend", "knee_drops")


def score_tapes(folder: Path, advance: Advance, names: Sequence[str] = built_in_names()) -> Score:
    """Judge each tape of `truth.json` with every exercise.

    A set is exact when as many repetitions were listed as were done: counted, or counted but for the goal's cap.

    Args:
        folder: tapes, and truth.json: for each what it shows, what can be judged, and reasons that would be untrue.
        advance: called after each tape.
        names: the exercises.

    Raises:
        InputError: there is no truth.json.
    """
    cases = truth_of(folder)
    exact = sets = false = main = pairs = 0
    untrue: list[str] = []
    wrong: list[str] = []
    for case in cases:
        verdicts = {name: posecheck.judge(folder / case["tape"], name) for name in names}
        for name, summary in verdicts.items():
            wanted = case["judge"].get(name)
            if wanted is not None:
                sets, exact = sets + 1, exact + is_exact(summary, wanted)
                wrong += [] if is_exact(summary, wanted) else [_not_exact(case, summary, wanted)]
            else:
                counted = any(summary.counts.values())
                pairs, false, main = pairs + 1, false + counted, main + (counted and name in MAIN)
                if counted:
                    told = f"counted {dict(summary.counts)}, nothing there to count"
                    wrong.append(f"{case['tape']} ({case['shows']}) as {name}: {told}")
        untrue += _untrue(case, verdicts)
        advance(str(case["tape"]))
    closing = (
        f"exact {exact}/{sets} sets, {false} false counts in {pairs} pairs, "
        f"{len(untrue)} recordings refused for an untrue reason"
    )
    figures = (
        Figure(COUNTS, "films of people", "sets with all counts exact", exact, sets),
        Figure(
            COUNTS,
            f"films of something else, judged as each of {len(names)} exercises",
            f"something counted that did not happen (as one of the three exercises: {main or 'never'})",
            false,
            pairs,
        ),
        Figure(COUNTS, "films of people", "refused for a reason that is not so", len(untrue), len(cases)),
    )
    return Score("tapes", figures, (*wrong, *untrue), closing)


def truth_of(folder: Path) -> list[dict[str, Any]]:
    """The cases of a folder.

    Raises:
        InputError: there is no truth.json.
    """
    path = folder / TRUTH
    if not path.is_file():
        raise InputError(f"there is no {path}: give a folder with {TRUTH}, as benchmarks/README.md describes it")
    cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return cases


def listed(summary: Summary) -> dict[str, int]:
    """How many repetitions were listed as done, by group: counted, or counted but for the goal's cap."""
    return {
        group: sum(r.group == group and (r.counted or r.reason == "extra") for r in summary.repetitions)
        for group in summary.counts
    }


def is_exact(summary: Summary, wanted: Mapping[str, Sequence[int]]) -> bool:
    """Whether every group has between the lowest and the highest number that an observer may count.

    Args:
        summary: the verdict.
        wanted: (lowest, highest) by group; a group that is left out was not done.
    """
    ranges = {group: wanted.get(group, (0, 0)) for group in summary.counts}
    return all(ranges[group][0] <= n <= ranges[group][1] for group, n in listed(summary).items())


def _not_exact(case: Mapping[str, Any], summary: Summary, wanted: object) -> str:
    refused = [r.reason for r in summary.repetitions if not r.counted]
    told = f"{listed(summary)}, true {wanted}; refused: {refused}"
    return f"{case['tape']} ({case['shows']}) as {summary.exercise}: {told}"


def _untrue(case: Mapping[str, Any], verdicts: Mapping[str, Summary]) -> list[str]:
    """The first verdict, if any, that gives a reason which is not so: one line at most."""
    nearest = next(iter(case["judge"]), None)
    for name in (nearest,) if nearest else INSTEAD:
        if name not in verdicts:
            continue
        spans = [s for s in verdicts[name].not_judged if s.reason.partition(":")[0] in case["never_says"]]
        if spans:
            seconds = sum(s.end_s - s.start_s for s in spans)
            return [f"{case['tape']} as {name}: {spans[0].reason} for {seconds:.1f} s, which is not so"]
    return []
