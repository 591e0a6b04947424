"""All reports of a batch → one table a row a recording, and one a row a repetition; as CSV and Parquet.

Rows come from the marks and reports on the disk, one at a time, so a million recordings need no more memory than ten.
Every column has one plain type; what is missing is an empty cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from posecheck.batch.inputs import Recording
from posecheck.batch.manifests import Mark, is_inside, read_mark, refuse_outside
from posecheck.capture.gaps import Gap
from posecheck.errors import ForeignError, FormatError
from posecheck.records import Summary
from posecheck.records.gate import REPORT, json_of, read
from posecheck.records.serialising import from_data
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
    for name in ("recordings", "repetitions"):
        for suffix, _ in formats:
            refuse_outside(out, out / f"{name}{suffix}")
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


@dataclass(frozen=True, slots=True)
class _Report:
    """What is read of a report: the verdict, and where pictures are missing; None when an older posecheck wrote it."""

    summary: Summary
    gaps: tuple[Gap, ...] | None


def _ended(out: Path, recordings: Iterable[Recording], key: str) -> Iterator[tuple[Recording, Mark, _Report | None]]:
    for recording in recordings:
        mark = read_mark(out, recording)
        if mark is None or mark.key != key:
            continue
        try:
            yield recording, mark, _report(out, mark)
        except (ForeignError, ValueError) as error:  # one bad report has a row that tells it, and hides no other
            words = str(error) if isinstance(error, ForeignError) else f"{mark.report} is damaged: judge it again"
            yield recording, replace(mark, problem=mark.problem or words), None


def _report(out: Path, mark: Mark) -> _Report | None:
    """The report of a recording; None when it has none.

    Raises:
        ForeignError, ValueError: it cannot be read.
    """
    if mark.report is None:
        return None
    path = out / mark.report
    if not is_inside(out, path):
        raise FormatError.at(path, "", "it lies outside of the output folder", f"names within {out}")
    data = json_of(read(path, REPORT), path, REPORT)
    if not isinstance(data, dict):
        raise FormatError.at(path, "", "it is no report", "what posecheck batch wrote")
    gaps = from_data(_Gaps, data).gaps
    summary = from_data(Summary, data)
    if not summary.goal.keys() <= summary.counts.keys():
        raise FormatError.at(path, "counts", "a group of the goal is missing", "a count for each group of the goal")
    return _Report(summary, gaps)


@dataclass(frozen=True, slots=True)
class _Gaps:
    gaps: tuple[Gap, ...] | None = None


def _recording_row(recording: Recording, mark: Mark, report: _Report | None) -> list[Cell]:
    row: list[Cell] = [recording.name, recording.where]
    missing_s = None
    if report is not None:
        s = report.summary
        cues = Counter(cue.text for cue in s.cues)
        row += [s.exercise, s.complete, sum(s.counts.values()), sum(s.goal.values())]
        row += [sum(not r.counted for r in s.repetitions)]
        row += [", ".join(f"{group} {s.counts[group]} of {s.goal[group]}" for group in s.goal)]
        row += [s.duration_s, s.judged_s, s.frames, s.frames_with_pose]
        row += [cues.total(), max(sorted(cues), key=cues.__getitem__) if cues else None]
        if report.gaps is not None:
            missing_s = round(sum((gap.length_s for gap in report.gaps), 0.0), 3)
    else:
        row += [None] * 12
    version = report.summary.posecheck if report else None
    return [*row, mark.problem, mark.warning, missing_s, mark.took_s, version, mark.sha256 or None]


def _repetition_rows(recording: Recording, report: _Report | None) -> Iterator[list[Cell]]:
    for r in report.summary.repetitions if report else ():
        row = (r.number, r.group, r.start_s, r.end_s, r.held_s, r.counted, r.reason, r.text)
        yield [recording.name, report.summary.exercise if report else None, *row]
