"""Summary → JSON, and Step → CSV: what is kept of a run, for other programs."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from posecheck.capture.gaps import ALL_WELL, ReadingNotes
from posecheck.measure import reading
from posecheck.records import Measurement, Signal, Step, Summary, View
from posecheck.records.closing import Closing
from posecheck.records.files import atomic_write_text, writing

SCHEMA = 1
DECIMALS_S = 3


def summary_dict(summary: Summary, notes: ReadingNotes = ALL_WELL) -> dict[str, Any]:
    """The report as plain data, in the published shape: times in seconds of the source, rounded to milliseconds.

    Args:
        summary: the verdict.
        notes: what was odd about the recording.
    """
    return {
        "schema": SCHEMA,
        "posecheck": summary.posecheck,
        "exercise": summary.exercise,
        "source": summary.source,
        "duration_s": _s(summary.duration_s),
        "frames": summary.frames,
        "frames_with_pose": summary.frames_with_pose,
        "judged_s": _s(summary.judged_s),
        "repetitions": [
            {
                "number": r.number,
                "group": r.group,
                "start_s": _s(r.start_s),
                "end_s": _s(r.end_s),
                "held_s": _s(r.held_s),
                "counted": r.counted,
                "reason": r.reason,
                "text": r.text,
            }
            for r in summary.repetitions
        ],
        "counts": dict(summary.counts),
        "goal": dict(summary.goal),
        "complete": summary.complete,
        "cues": [{"cue": c.cue, "text": c.text, **_span(c.start_s, c.end_s)} for c in summary.cues],
        "not_judged": [{"reason": n.reason, "text": n.text, **_span(n.start_s, n.end_s)} for n in summary.not_judged],
        "interrupted": summary.interrupted,
        "warning": notes.warning,
        "gaps": [_span(gap.start_s, gap.end_s) for gap in notes.gaps],
    }


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


class CsvWriter(Closing):
    """A row a frame: time, phase, posture, and every signal of both planes with its confidence; a context manager.

    Angles in degrees, time in seconds; an empty cell where a signal cannot be had.

    Raises:
        OutputError: the file cannot be written.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        with writing(self._path):
            self._file: IO[str] = self._path.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file)
        names = [f"{s.value}{end}" for s in Signal for end in ("", "_world", "_confidence")]
        self._row(["t", "phase", "group", "posture", "judged", "reason", "yaw_deg", "view_confidence", *names])

    def write(self, step: Step) -> None:
        m = step.measurement
        row: list[object] = [f"{m.t:.4f}", step.progress.phase.value, step.progress.group or "", m.posture.value]
        row += [int(step.check.judged), step.check.reason or "", f"{m.view.yaw_deg:.1f}" if m.view else ""]
        row.append(f"{m.view.confidence:.3f}" if m.view else "")
        for signal in Signal:
            image, world = reading(m.image, signal), reading(m.world, signal)
            row += [
                f"{image.value:.4f}" if image else "",
                f"{world.value:.4f}" if world else "",
                f"{image.confidence:.3f}" if image else "",
            ]
        self._row(row)

    def close(self) -> None:
        with writing(self._path):
            self._file.close()

    def _row(self, row: list[Any]) -> None:
        with writing(self._path):
            self._writer.writerow(row)


def _s(seconds: float) -> float:
    return round(seconds, DECIMALS_S)


def _span(start_s: float, end_s: float) -> dict[str, float]:
    return {"start_s": _s(start_s), "end_s": _s(end_s)}


def _view_dict(view: View) -> dict[str, Any]:
    return {
        "yaw_deg": round(view.yaw_deg, 1),
        "confidence": round(view.confidence, 3),
        "body_share": round(view.body_size_fraction, 3),
        "cut_off": sorted(landmark.name.lower() for landmark in view.cut),
    }
