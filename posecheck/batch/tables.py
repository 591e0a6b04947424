"""All reports of a batch → one table a row a recording, and one a row a repetition; as CSV and Parquet.

Rows come from the marks and reports on the disk, one at a time, so a million recordings need no more memory than ten.
Every column has one plain type; what is missing is an empty cell.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posecheck.batch.inputs import Recording
from posecheck.batch.manifests import Mark, read_mark
from posecheck.records.tables import Cell, Columns, Write, csv_table, parquet_table

RECORDINGS: Columns = {
    "recording": str,
    "source": str,
    "exercise": str,
    "complete": bool,
    "counted": int,
    "goal": int,
    "refused": int,
    "counts": str,
    "duration_s": float,
    "judged_s": float,
    "frames": int,
    "frames_with_pose": int,
    "cues": int,
    "commonest_cue": str,
    "problem": str,
    "warning": str,
    "missing_s": float,
    "took_s": float,
    "posecheck": str,
    "sha256": str,
}
REPETITIONS: Columns = {
    "recording": str,
    "exercise": str,
    "number": int,
    "group": str,
    "start_s": float,
    "end_s": float,
    "held_s": float,
    "counted": bool,
    "reason": str,
    "text": str,
}


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that were written, and why there is no Parquet, if there is none."""

    recordings: Path
    repetitions: Path
    no_parquet: str | None


def write_tables(out: Path, recordings: Iterable[Recording], key: str) -> Tables:
    """Write the tables of all recordings that have ended, well or not.

    Args:
        out: the output folder of the batch.
        recordings: in the order of the rows.
        key: that of the plan; marks of another plan are not taken.

    Returns:
        The paths of the tables; and why there are no Parquet tables, if so.

    Raises:
        OutputError: they cannot be written; the tables that were there before are kept then.
    """
    formats: list[tuple[str, Callable[[Path, Columns], AbstractContextManager[Write]]]] = [(".csv", csv_table)]
    no_parquet = None
    try:
        import pyarrow.parquet  # noqa: F401

        formats.append((".parquet", parquet_table))
    except ImportError as error:
        no_parquet = f"no Parquet tables ({error}): pip install 'posecheck[parquet]', then run again with --resume"
    with ExitStack() as opened:
        of_recordings, of_repetitions = (
            [opened.enter_context(make(out / f"{name}{suffix}", columns)) for suffix, make in formats]
            for name, columns in (("recordings", RECORDINGS), ("repetitions", REPETITIONS))
        )
        for recording, mark, report in _ended(out, recordings, key):
            row = _recording_row(recording, mark, report)
            for write in of_recordings:
                write(row)
            for row in _repetition_rows(recording, report):
                for write in of_repetitions:
                    write(row)
    return Tables(out / "recordings.csv", out / "repetitions.csv", no_parquet)


def _ended(out: Path, recordings: Iterable[Recording], key: str) -> Iterator[tuple[Recording, Mark, dict[str, Any]]]:
    for recording in recordings:
        mark = read_mark(out, recording)
        if mark is not None and mark.key == key:
            yield recording, mark, _report(out, mark)


def _report(out: Path, mark: Mark) -> dict[str, Any]:
    if mark.report is None:
        return {}
    try:
        report: dict[str, Any] = json.loads((out / mark.report).read_bytes())
    except (OSError, ValueError):
        return {}
    return report


def _recording_row(recording: Recording, mark: Mark, report: dict[str, Any]) -> list[Cell]:
    row: list[Cell] = [recording.name, recording.where, report.get("exercise")]
    if report:
        counts, goal = report["counts"], report["goal"]
        cues = Counter[str]()
        for cue in report["cues"]:
            cues[cue["text"]] += 1
        row += [report["complete"], sum(counts.values()), sum(goal.values())]
        row += [sum(not r["counted"] for r in report["repetitions"])]
        row += [", ".join(f"{group} {counts[group]} of {goal[group]}" for group in goal)]
        row += [report[name] for name in ("duration_s", "judged_s", "frames", "frames_with_pose")]
        row += [cues.total(), max(sorted(cues), key=cues.__getitem__) if cues else None]
    else:
        row += [None] * 11
    gaps = report.get("gaps")
    missing_s = None if gaps is None else round(sum((gap["end_s"] - gap["start_s"] for gap in gaps), 0.0), 3)
    return [*row, mark.problem, mark.warning, missing_s, mark.took_s, report.get("posecheck"), mark.sha256 or None]


def _repetition_rows(recording: Recording, report: dict[str, Any]) -> Iterator[list[Cell]]:
    for r in report.get("repetitions", ()):
        yield [recording.name, report["exercise"], *(r[name] for name in list(REPETITIONS)[2:])]
