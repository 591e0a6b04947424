"""The plots of a report: the timeline of the whole set, and each judged signal over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from posecheck.pages.plots import DESK_WIDTH, PHONE_WIDTH, SMALL, Ink, clock_axis, drawn, svg_of
from posecheck.pages.wording import noun, unit, words_for
from posecheck.records import Phase, Repetition
from posecheck.trace import Reason, SignalTrace, Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_POINTS = 1200  # of a line
_ROW = 0.34  # half the height of a bar, of a row's 1
_PADDING = 0.12  # of the values' range, above and below
_IN_POSITION = (Phase.POSITION, Phase.HOLD, Phase.PAUSED, Phase.RETURN)
_LEAST_SPAN = {"degrees": 20.0, "share": 0.4}
_HATCHES = {"counted": "", "refused": "////", "paused": "xxxx", "cue": "|||", "not judged": "\\\\\\\\"}
ROWS = ("Pauses", "Cues", "Not judged")  # below that of the holds or repetitions


def timeline_plots(trace: Trace) -> tuple[str, str]:
    """The timeline for a phone and for a desk; the page shows one of them."""
    return _timeline(trace, PHONE_WIDTH, "phone"), _timeline(trace, DESK_WIDTH, "desk")


def _timeline(trace: Trace, width: int, screen: str) -> str:
    with drawn(width, 168, left=76) as axes:
        axes.grid(visible=False)
        zero = trace.zero_s
        for repetition in trace.summary.repetitions:
            _repetition_bar(axes, repetition, zero)
        pauses = [(s.start_s - zero, s.end_s - zero) for s in trace.phases if s.phase is Phase.PAUSED]
        _bars(axes, 1, pauses, Ink.BAD, "paused")
        _bars(axes, 2, [(c.start_s - zero, c.end_s - zero) for c in trace.summary.cues], Ink.THIRD, "cue")
        _bars(axes, 3, [(n.start_s - zero, n.end_s - zero) for n in trace.summary.not_judged], Ink.GRID, "not judged")
        axes.set_yticks(range(len(ROWS) + 1), (f"{noun(trace).capitalize()}s", *ROWS))
        axes.set_ylim(len(ROWS) + 0.5, -0.5)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        clock_axis(axes, trace.start_s - zero, trace.end_s - zero, ticks=4 if screen == "phone" else 12)
        return svg_of(
            axes,
            f"timeline-{screen}",
            "Timeline of the set: holds, pauses, cues and stretches that were not judged",
            described_by="timeline-words",
            css=f"only-{screen}",
        )


def _repetition_bar(axes: Axes, r: Repetition, zero: float) -> None:
    kind, ink = ("counted", Ink.GOOD) if r.counted else ("refused", Ink.BAD)
    _bars(axes, 0, [(r.start_s - zero, r.end_s - zero)], ink, kind)
    mark = f"{r.number} ✓" if r.counted else f"{r.number} ✗"
    axes.text(
        (r.start_s + r.end_s) / 2 - zero, -_ROW - 0.02, mark, ha="center", va="bottom", color=Ink.TEXT, fontsize=10
    )


def _bars(axes: Axes, row: int, spans: Sequence[tuple[float, float]], ink: Ink, kind: str) -> None:
    widths = [(start, max(end - start, 0.2)) for start, end in spans]
    hatch = _HATCHES[kind]
    top = row - _ROW + (0.18 if row == 0 else 0.0)  # the numbers of the holds stand above them
    axes.broken_barh(
        widths,
        (top, row + _ROW - top),
        facecolor=Ink.PAPER if hatch else ink,
        edgecolor=ink if ink is not Ink.GRID else Ink.TEXT,
        hatch=hatch or None,
        linewidth=1.0,
    )


def signal_plot(trace: Trace, index: int, marks: Sequence[tuple[int, Reason]]) -> str:
    """One signal over time, with its limits and its ±; `marks` are the numbered reasons that it is blamed for."""
    signal = trace.signals[index]
    words, zero = words_for(signal.name, signal.relative), trace.zero_s
    with drawn(*SMALL) as axes:
        low, high = value_range(trace, signal)
        axes.set_ylim(low, high)
        _limits(axes, signal)
        _holds(axes, trace, low, high)
        _line(axes, [t - zero for t in trace.times], signal)
        for place, reason in marks:
            _mark(axes, reason, str(place), zero)
        axes.set_ylabel(unit(signal.name, signal.relative), color=Ink.TEXT)
        clock_axis(axes, trace.start_s - zero, trace.end_s - zero, ticks=5)
        return svg_of(axes, f"signal-{index}", f"{words.title} over time", described_by=f"signal-{index}-words")


def _line(axes: Axes, times: Sequence[float], signal: SignalTrace) -> None:
    """The values with their ±; of a long set the lowest and the highest of each few, as nobody could see more."""
    missing = float("nan")  # matplotlib's gap in a line
    few = -(-2 * len(times) // MOST_POINTS) if len(times) > MOST_POINTS else 1
    at: list[float] = []
    values: list[float] = []
    errors: list[float] = []
    for start in range(0, len(times), few):
        part = range(start, min(start + few, len(times)))
        known = [(v, i) for i in part if (v := signal.values[i]) is not None]
        chosen = sorted({i for _, i in (min(known), max(known))}) if known else [start]
        for i in chosen:
            value, error = signal.values[i], signal.errors[i]
            at.append(times[i])
            values.append(missing if value is None else value)
            errors.append(missing if value is None or error is None else error)
    low, high = ([v + sign * e for v, e in zip(values, errors, strict=True)] for sign in (-1, 1))
    axes.fill_between(at, low, high, color=Ink.MAIN, alpha=0.22, linewidth=0)
    axes.plot(at, values, color=Ink.MAIN, linewidth=1.6)


def value_range(trace: Trace, signal: SignalTrace) -> tuple[float, float]:
    """The lowest and highest value shown: of the values in position with their ±, and of the limits near them."""
    spans = [(p.start_s, p.end_s) for p in trace.phases if p.phase in _IN_POSITION]
    everything = [
        (t, v, e or 0.0) for t, v, e in zip(trace.times, signal.values, signal.errors, strict=True) if v is not None
    ]
    # while changing sides a leg may read anything for a moment
    known = [one for one in everything if any(start <= one[0] <= end for start, end in spans)] or everything
    lowest = min((v - e for _, v, e in known), default=0.0)
    highest = max((v + e for _, v, e in known), default=0.0)
    edges = [edge for b in signal.bounds for span in (b.enter, b.exit) for edge in span if edge is not None]
    reach = max(0.5 * (highest - lowest), 0.6 * _LEAST_SPAN[unit(signal.name, signal.relative)])
    near = [edge for edge in edges if lowest - reach <= edge <= highest + reach]
    lowest, highest = min([lowest, *near]), max([highest, *near])
    pad = _PADDING * max(highest - lowest, _LEAST_SPAN[unit(signal.name, signal.relative)])
    return lowest - pad, highest + pad


def _limits(axes: Axes, signal: SignalTrace) -> None:
    """What is right, shaded: a hold begins between dashed lines, and goes on between dotted ones."""
    low, high = axes.get_ylim()
    for bounds in signal.bounds:
        for span, style in ((bounds.exit, (0, (1, 2))), (bounds.enter, (0, (5, 3)))):
            bottom, top = (low if span[0] is None else span[0]), (high if span[1] is None else span[1])
            axes.axhspan(max(bottom, low), min(top, high), facecolor=Ink.GOOD, alpha=0.1, linewidth=0)
            for edge in span:
                if edge is not None and low < edge < high:
                    axes.axhline(edge, color=Ink.GOOD, linewidth=1.1, linestyle=style)
        if bounds.group is not None:
            inside = bounds.enter[0] if bounds.enter[0] is not None and bounds.enter[0] > 0 else bounds.enter[1]
            axes.annotate(
                bounds.group,
                (1.0, inside if inside is not None else 0.0),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="bottom" if inside == bounds.enter[0] else "top",
                color=Ink.TEXT,
                fontsize=10,
            )


def _holds(axes: Axes, trace: Trace, low: float, high: float) -> None:
    """When a hold was on: a bar along the lower edge, hatched where it did not count."""
    height = 0.045 * (high - low)
    for r in trace.summary.repetitions:
        axes.broken_barh(
            [(r.start_s - trace.zero_s, max(r.end_s - r.start_s, 0.2))],
            (low, height),
            facecolor=Ink.GOOD if r.counted else Ink.PAPER,
            edgecolor=Ink.GOOD if r.counted else Ink.BAD,
            hatch=None if r.counted else "////",
            linewidth=0.8,
        )


def _mark(axes: Axes, reason: Reason, label: str, zero: float) -> None:
    """A cross where the limit was missed, with the number under which it is explained."""
    if reason.seen is None or reason.seen.value is None or reason.seen_s is None:
        return
    at = (reason.seen_s - zero, reason.seen.value)
    axes.plot(*at, marker="X", markersize=9, color=Ink.BAD, markeredgecolor=Ink.PAPER, linestyle="none")
    axes.annotate(
        label, at, xytext=(7, 3), textcoords="offset points", color=Ink.TEXT, fontweight="bold", annotation_clip=False
    )
