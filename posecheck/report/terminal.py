"""What a person reads in the terminal: progress bars and tables."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.segment import Segment
from rich.text import Text

from posecheck.exercises.posture_words import other_postures_text
from posecheck.measure.signals import is_ratio
from posecheck.records import SHORTEST_HOLD_S, Measurement, Summary
from posecheck.records.ranges import open_ended, range_words
from posecheck.records.shown import shown
from posecheck.records.stopping import STOP_SIGNALS, is_hang_up
from posecheck.report.plain_table import Filled, PlainTable, clauses

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from posecheck.exercises import Exercise

MOST_CUES = 5  # a guess: those that were shown longest; all are in the JSON report
BAR_COLUMNS = 20  # a guess: with the words beside it a bar fits 80 columns
TITLE_COLUMNS = 24  # a guess: of a title; longer ones are cut, so that a row fits 80 columns
SLOW = 10  # a guess: below this rate a decimal is worth its place

GROUP_WORDS = {"left": "left", "right": "right", "in": "inwards", "out": "outwards"}


class Advance(Protocol):
    """Moves a progress bar to `done` of `total` (None: unknown), with a word on how things stand."""

    def __call__(self, done: float, total: float | None, note: str = "") -> None: ...


class ShownConsole(Console):
    """A console on which foreign text is shown and never obeyed: control characters become signs."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Make segments of text and style, as rich does; its own control segments, such as a bar's, stay.

        Args:
            renderable: what is to be shown.
            options: how much room there is; None for the console's own.
        """
        for segment in super().render(renderable, options):
            safe = segment.text if segment.control else shown(segment.text)
            yield segment if safe is segment.text else Segment(safe, segment.style)


def console() -> Console:
    """Standard output; file names and cues may hold brackets and colons, so no markup."""
    return ShownConsole(highlight=False, markup=False, emoji=False)


@contextmanager
def progress_bar(title: str, quiet: bool, unit: str = "frames", scale: float = 1.0) -> Iterator[Advance]:
    """A bar on standard error, with rate and time left; none when quiet or not a terminal.

    Args:
        title: what is being done.
        quiet: show nothing.
        unit: the rate is shown in these a second.
        scale: how much of what is counted makes one unit.

    Returns:
        A context manager; what it gives is called with what is done, the total (None when unknown) and a note.
    """
    if quiet or not sys.stderr.isatty():
        yield _no_bar
        return
    from rich.progress import Progress

    # a copy of the descriptor: the detector silences descriptor 2 for a moment
    with _Terminal(io.FileIO(os.dup(sys.stderr.fileno()), "w"), "utf-8", "replace", write_through=True) as stream:
        bar = Progress(*_columns(unit, scale), console=ShownConsole(file=stream), transient=True)
        with bar:
            task = bar.add_task(_shortened(title), total=None, note="")
            yield lambda done, total, note="": bar.update(task, completed=done, total=total, note=note)


class _Terminal(io.TextIOWrapper):
    """A terminal, which may be closed at any time: then nothing is shown, and the work goes on to its end."""

    def write(self, text: str, /) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()

    def close(self) -> None:
        with suppress(OSError):
            super().close()


def _no_bar(done: float, total: float | None, note: str = "") -> None:
    """Stands where a bar would be moved."""


def _columns(unit: str, scale: float) -> tuple[ProgressColumn, ...]:
    from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TextColumn
    from rich.table import Column

    class State(ProgressColumn):
        """How far, how fast, and how long still."""

        def render(self, task: Task) -> Text:
            words = [] if task.total is None else [f"{task.percentage:.0f} %"]
            if task.speed:
                rate = task.speed / scale
                words.append(f"{rate:,.1f} {unit}/s" if rate < SLOW else f"{rate:,.0f} {unit}/s")
            if task.time_remaining is not None:
                words.append(f"{_minutes(task.time_remaining)} left")
            return Text(", ".join(words), no_wrap=True)

    return (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=BAR_COLUMNS),
        State(Column(no_wrap=True)),  # in a narrow terminal the bar shrinks first
        TextColumn("{task.fields[note]}", markup=False, table_column=Column(no_wrap=True)),
    )


def _shortened(title: str) -> str:
    return title if len(title) <= TITLE_COLUMNS else f"{title[: TITLE_COLUMNS - 1]}…"


@contextmanager
def finishing_on_ctrl_c() -> Iterator[Callable[[], bool]]:
    """Gives a function that says whether Ctrl-C was pressed, or the program was asked to end in another way.

    The first Ctrl-C lets what is under way finish; the second one ends at once. Without this a frame could be judged
    but not written, or a file left without its end. SIGTERM does the same. So does SIGHUP, which never ends at once.
    """
    pressed = False

    def note(number: int, _frame: object) -> None:
        nonlocal pressed
        if not is_hang_up(number) and pressed:
            raise KeyboardInterrupt
        pressed = True

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = {
        number: signal.signal(number, note)
        for number in STOP_SIGNALS
        if signal.getsignal(number) is not signal.SIG_IGN  # as with nohup
    }
    try:
        yield lambda: pressed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def summary_view(summary: Summary, exercise: Exercise) -> RenderableType:
    """The verdict on a recording, for reading.

    Args:
        summary: the verdict.
        exercise: what was judged.
    """
    parts: list[RenderableType] = [_headline(summary, exercise), _repetitions(summary, exercise)]
    if summary.cues:
        parts.append(_cues(summary))
    if summary.not_judged:
        parts.append(_not_judged(summary))
    return Group(*parts)


def counts_line(counts: Mapping[str, int], goal: Mapping[str, int]) -> str:
    """The counted repetitions of each group and its goal, for a line of their own: "left 2 of 3   right 1 of 3".

    Args:
        counts: how many are counted, by group.
        goal: how many are asked for, by group; its order is kept.
    """
    return "   ".join(f"{GROUP_WORDS.get(g, g)} {counts[g]} of {goal[g]}" for g in goal)


def short_counts(counts: Mapping[str, int], goal: Mapping[str, int]) -> str:
    """The counted repetitions of each group and its goal, short: "left 2/3, right 1/3".

    Args:
        counts: how many are counted, by group.
        goal: how many are asked for, by group; its order is kept.
    """
    return ", ".join(f"{GROUP_WORDS.get(g, g)} {counts[g]}/{goal[g]}" for g in goal)


def _headline(summary: Summary, exercise: Exercise) -> RenderableType:
    state = "complete" if summary.complete else "stopped before the end" if summary.interrupted else "not complete"
    counts = counts_line(summary.counts, summary.goal).split("   ")
    style = "bold cyan" if summary.complete else "bold yellow"
    figures = (
        f"{summary.duration_s:.1f} s, {summary.frames} frames, somebody seen in {summary.frames_with_pose}, "
        f"{summary.judged_s:.1f} s judged"
    )
    elsewhere = other_postures_text(summary.other_postures)
    return Group(
        Filled([Text(exercise.title, style="bold"), *map(Text, counts), Text(state, style=style)], between=3),
        Filled([Text(f"{summary.source}:"), *clauses(figures)], between=1),
        Filled(clauses(f"In other postures: {elsewhere}") if elsewhere else [], between=1),
        Text(""),
    )


def _repetitions(summary: Summary, exercise: Exercise) -> RenderableType:
    if not summary.repetitions:
        return Text("No repetition was seen.\n")
    by_side = exercise.groups_by != "direction"
    table = PlainTable()
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
    table = PlainTable()
    table.add_column("commonest cues", overflow="fold")
    table.add_column("times", justify="right")
    table.add_column("in all", justify="right")
    for text, ms in sorted(length.items(), key=lambda item: (-item[1], item[0]))[:MOST_CUES]:
        table.add_row(text, str(times[text]), f"{ms / 1000:.1f} s")
    return Group(table, Text(""))


def _not_judged(summary: Summary) -> RenderableType:
    table = PlainTable()
    table.add_column("not judged, because", overflow="fold")
    table.add_column("from", justify="right")
    table.add_column("to", justify="right")
    for span in summary.not_judged:
        table.add_row(span.text, _clock(span.start_s), _clock(span.end_s))
    return Group(table, Text(""))


def measurement_view(path: Path, measurement: Measurement, reason: str | None) -> RenderableType:
    """Posture, view and signals of one photograph, for reading.

    Args:
        path: the photograph; its name is shown.
        measurement: what was measured in it.
        reason: why the posture is unknown, or what would show the rest; None when nothing is missing.
    """
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
    table = PlainTable()
    for column in ("signal", "in the picture", "in 3-D", "confidence"):
        table.add_column(column, justify="left" if column == "signal" else "right")
    for name, reading in measurement.image.items():
        unit = _unit(name)
        digits = 0 if unit else 2
        world = measurement.world.get(name)
        table.add_row(
            name.replace("_", " "),
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
    text.append(
        words if t.target_s < SHORTEST_HOLD_S else f"{words}, {t.target_s:g} s each (counts from {t.full_s:g} s)"
    )
    text.append(", alternating\n" if goal.alternate and len(exercise.groups) > 1 else "\n")
    text.append("Camera: ", style="bold")
    text.append(f"{exercise.view.camera}\n")
    cues = PlainTable()
    cues.add_column("what it may tell you")
    for cue in dict.fromkeys(fault.cue for fault in exercise.faults):
        cues.add_row(cue)
    return Group(text, _limits(exercise), Text(""), cues, Text(f"\n{exercise.care}", style="italic"))


def _limits(exercise: Exercise) -> PlainTable:
    table = PlainTable()
    for name in ("what is measured", "starts a hold", "keeps it", "against"):
        table.add_column(name, no_wrap=name in ("starts a hold", "keeps it"))
    for limit in exercise.limits:
        if not limit.enter or not limit.exit:
            continue
        what = limit.signal.replace("_", " ")
        if limit.group:
            what += f" ({GROUP_WORDS.get(limit.group, limit.group)})"
        unit = " ×" if limit.relative == "ratio" else _unit(limit.signal)
        against = "your starting position" if limit.relative else ""
        table.add_row(
            what, range_words(*open_ended(*limit.enter), unit), range_words(*open_ended(*limit.exit), unit), against
        )
    return table


def _unit(signal_name: str) -> str:
    return "" if is_ratio(signal_name) else "°"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
