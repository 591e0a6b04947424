"""What a person reads in the terminal: progress bars and tables."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from posecheck.records import Measurement, Summary

if TYPE_CHECKING:
    from posecheck.exercises import Exercise

MOST_CUES = 5

GROUP_WORDS = {"left": "left", "right": "right", "in": "inwards", "out": "outwards"}


class Advance(Protocol):
    """Moves a progress bar to `done` of `total` (None: unknown), with a word on how things stand."""

    def __call__(self, done: float, total: float | None, note: str = "") -> None: ...


def console() -> Console:
    return Console(highlight=False)


@contextmanager
def progress_bar(title: str, quiet: bool) -> Iterator[Advance]:
    """A bar on standard error, with rate and time left; none when quiet or not a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total, note="": None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    # a copy of the descriptor: the detector silences descriptor 2 for a moment
    with os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8") as stream:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
        )
        with Progress(*columns, console=Console(file=stream), transient=True) as bar:
            task = bar.add_task(title, total=None, note="")
            yield lambda done, total, note="": bar.update(task, completed=done, total=total, note=note)


def summary_view(summary: Summary, exercise: Exercise) -> RenderableType:
    """The verdict on a recording, for reading."""
    parts: list[RenderableType] = [_headline(summary, exercise), _repetitions(summary, exercise)]
    if summary.cues:
        parts.append(_cues(summary))
    if summary.not_judged:
        parts.append(_not_judged(summary))
    return Group(*parts)


def counts_line(counts: Mapping[str, int], goal: Mapping[str, int]) -> str:
    return "   ".join(f"{GROUP_WORDS.get(g, g)} {counts[g]} of {goal[g]}" for g in goal)


def _headline(summary: Summary, exercise: Exercise) -> Text:
    state = "complete" if summary.complete else "stopped before the end" if summary.interrupted else "not complete"
    text = Text()
    text.append(f"{exercise.title}", style="bold")
    text.append(f"   {counts_line(summary.counts, summary.goal)}   ")
    text.append(state, style="bold cyan" if summary.complete else "bold yellow")
    text.append(
        f"\n{summary.source}: {summary.duration_s:.1f} s, {summary.frames} frames, somebody seen in "
        f"{summary.frames_with_pose}, {summary.judged_s:.1f} s judged\n"
    )
    return text


def _repetitions(summary: Summary, exercise: Exercise) -> RenderableType:
    if not summary.repetitions:
        return Text("No repetition was seen.\n")
    by_side = exercise.groups_by == "rear_leg"
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("no.", "side" if by_side else "direction", "from", "to", "held", "verdict"):
        table.add_column(name, justify="left" if name in ("side", "direction", "verdict") else "right", overflow="fold")
    for r in summary.repetitions:
        verdict = Text("✓ counted", style="cyan") if r.counted else Text(f"– {r.text or r.reason}", style="yellow")
        group = GROUP_WORDS.get(r.group, r.group)
        table.add_row(str(r.number), group, _clock(r.start_s), _clock(r.end_s), f"{r.held_s:.1f} s", verdict)
    return Group(table, Text(""))


def _cues(summary: Summary) -> RenderableType:
    length: Counter[str] = Counter()
    times: Counter[str] = Counter()
    for cue in summary.cues:
        length[cue.text] += round((cue.end_s - cue.start_s) * 1000)
        times[cue.text] += 1
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("commonest cues", overflow="fold")
    table.add_column("times", justify="right")
    table.add_column("in all", justify="right")
    for text, ms in sorted(length.items(), key=lambda item: (-item[1], item[0]))[:MOST_CUES]:
        table.add_row(text, str(times[text]), f"{ms / 1000:.1f} s")
    return Group(table, Text(""))


def _not_judged(summary: Summary) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("not judged, because", overflow="fold")
    table.add_column("from", justify="right")
    table.add_column("to", justify="right")
    for span in summary.not_judged:
        table.add_row(span.text, _clock(span.start_s), _clock(span.end_s))
    return Group(table, Text(""))


def measurement_view(path: Path, measurement: Measurement, reason: str | None) -> RenderableType:
    """Posture, view and signals of one photograph."""
    head = Text()
    head.append(path.name, style="bold")
    head.append(f"   {measurement.posture.value.replace('_', ' ')}")
    if measurement.front:
        head.append(f", {measurement.front} leg in front")
    if measurement.view:
        head.append(f", seen {measurement.view.yaw_deg:.0f}° from the front or back (90° is the side)")
    if reason:
        head.append(f"\n{reason}", style="yellow")
    if not measurement.image:
        return Group(head, Text(""))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("signal", "in the picture", "in 3-D", "seen"):
        table.add_column(name, justify="left" if name == "signal" else "right")
    for signal, reading in measurement.image.items():
        unit = "" if signal.value.endswith(("ratio", "shift")) else "°"
        digits = 2 if not unit else 0
        world = measurement.world.get(signal)
        table.add_row(
            signal.value.replace("_", " "),
            f"{reading.value:.{digits}f}{unit}",
            f"{world.value:.{digits}f}{unit}" if world else "",
            f"{reading.confidence:.0%}",
        )
    return Group(head, table, Text(""))


def exercise_view(exercise: Exercise) -> RenderableType:
    """One exercise in plain words."""
    text = Text()
    text.append(f"{exercise.title} ({exercise.name})\n\n", style="bold")
    for number, step in enumerate(exercise.steps, 1):
        text.append(f"{number}. {step}\n")
    t, goal = exercise.timing, exercise.goal
    words = " and ".join(f"{goal.each} {GROUP_WORDS.get(g, g)}" for g in exercise.groups)
    text.append("\nGoal: ", style="bold")
    text.append(f"{words}, {t.target_s:g} s each (counts from {t.full_s:g} s)")
    text.append(", alternating\n" if goal.alternate else "\n")
    text.append("Camera: ", style="bold")
    text.append(f"{exercise.view.camera}\n")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("what is measured", "starts a hold", "keeps it", "against"):
        table.add_column(name)
    for limit in exercise.limits:
        if limit.enter and limit.exit:
            what = limit.signal.replace("_", " ") + (f" ({GROUP_WORDS.get(limit.group, limit.group)})" if limit.group else "")
            against = {None: "", "difference": "your own upright", "ratio": "your own neutral"}[limit.relative]
            table.add_row(what, _range(limit.enter), _range(limit.exit), against)
    faults = Table(box=None, pad_edge=False, header_style="bold")
    faults.add_column("what it may tell you")
    for fault in exercise.faults:
        faults.add_row(fault.cue)
    return Group(text, table, Text(""), faults, Text(f"\n{exercise.care}", style="italic"))


def _range(limits: tuple[float, float]) -> str:
    low, high = limits
    if high == float("inf"):
        return f"{low:g} or more"
    return f"{high:g} or less" if low == -float("inf") else f"{low:g} to {high:g}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
