"""Summary → JSON, and Step → CSV: what is kept of a run, for other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from posecheck.capture.gaps import ALL_WELL, ReadingNotes
from posecheck.records import Measurement, Step, Summary, View
from posecheck.records.files import atomic_write_text
from posecheck.records.serialising import as_data
from posecheck.records.tables import MOST_ROWS, csv_table
from posecheck.report.table import judged_columns, judged_row

SCHEMA = 1
DECIMALS_S = 3


def summary_dict(summary: Summary, notes: ReadingNotes = ALL_WELL) -> dict[str, Any]:
    """The report as plain data, in the published shape: times in seconds of the source, rounded to milliseconds.

    Args:
        summary: the verdict.
        notes: what was odd about the recording.
    """
    odd = {"warning": notes.warning, "gaps": as_data(notes)["gaps"]}
    return {"schema": SCHEMA, **_rounded(as_data(summary) | odd)}


def routine_dict(routine: str, summaries: Sequence[Summary]) -> dict[str, Any]:
    """The report of a routine as plain data.

    Args:
        routine: its name.
        summaries: the verdict on each set, in order.
    """
    return {"schema": SCHEMA, "routine": routine, "sets": [summary_dict(summary) for summary in summaries]}


def measurement_dict(source: str, measurement: Measurement, reason: str | None) -> dict[str, Any]:
    """What was measured in one photograph, as plain data: degrees and ratios, rounded to what is known of them.

    Args:
        source: the name of the photograph.
        measurement: what was measured.
        reason: why the posture is unknown, or what would show the rest; None when nothing is missing.
    """
    view = measurement.view
    return {
        "source": source,
        "posture": measurement.posture.value,
        "reason": reason,
        "front_leg": measurement.front.value if measurement.front else None,
        "view": None if view is None else _view_dict(view),
        "signals": {
            signal.value: {
                "image": round(reading.value, 2),
                "world": round(measurement.world[signal].value, 2) if signal in measurement.world else None,
                "confidence": round(reading.confidence, 3),
            }
            for signal, reading in measurement.image.items()
        },
    }


def write_json(path: str | Path, data: Mapping[str, Any] | list[Any]) -> None:
    """Write data as JSON, whole or not at all.

    Args:
        path: the file.
        data: what JSON can hold; NaN is refused.

    Raises:
        OutputError: it cannot be written.
    """
    import json

    atomic_write_text(path, json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


class CsvWriter:
    """A row a frame, as `posecheck export --exercise` writes it, without landmarks and zones; a context manager.

    The file takes its place when the block ends, or with `close`. After an error it has the rows that were judged
    before; without any there is no file. It has at most MOST_ROWS rows; `warning` tells when more came.

    Raises:
        OutputError: the file cannot be written.
    """

    def __init__(self, path: str | Path) -> None:
        self._opened = ExitStack()
        self._write = self._opened.enter_context(csv_table(Path(path), judged_columns()))
        self._rows = 0
        self.warning: str | None = None

    def write(self, step: Step) -> None:
        """Write the row of the next frame."""
        if self._rows == MOST_ROWS:
            self.warning = f"the table of --csv has the first {MOST_ROWS:,} rows; more are not written"
            return
        self._write(judged_row(step))
        self._rows += 1

    def close(self) -> None:
        """Put the file in its place; may be called twice."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rows:
            self.close()
        else:
            self._opened.__exit__(kind, error, trace)


def _rounded(value: Any) -> Any:
    """The data of a summary; every number in it that is not whole is a time in seconds."""
    if isinstance(value, float):
        return round(value, DECIMALS_S)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list) else value


def _view_dict(view: View) -> dict[str, Any]:
    return {
        "yaw_deg": round(view.yaw_deg, 1),
        "confidence": round(view.confidence, 3),
        "body_share": round(view.body_size_fraction, 3),
        "cut_off": sorted(landmark.name.lower() for landmark in view.cut),
    }
