"""The plots of a report: the timeline of the whole set, and each judged signal over time."""

from __future__ import annotations

from collections.abc import Sequence

from posecheck.judging.trace import BreakReason, SignalTrace, Trace
from posecheck.records import Phase, Repetition
from posecheck.report.pages.plots import DESK_WIDTH, PHONE_WIDTH, SMALL, SMALL_FONT, Ink, Plot, clock_axis, clock_range
from posecheck.report.pages.wording import noun, unit, words_for

MOST_POINTS = 1200  # a guess: of a line: more than a screen has pixels across
_LEAST_BAR_S = 0.2  # a guess: what is shorter could not be seen
_ROW = 0.34  # half the height of a bar, of a row's 1
_PADDING = 0.12  # of the values' range, above and below
_IN_POSITION = (Phase.POSITION, Phase.HOLD, Phase.PAUSED, Phase.RETURN)
_LEAST_SPAN = {"degrees": 20.0, "share": 0.4}  # a guess: that a plot shows at least: noise must not look like movement
_HATCHES = {"counted": "", "refused": "////", "paused": "xxxx", "cue": "||||", "not judged": "\\\\\\\\"}
ROWS = ("Pauses", "Cues", "Not judged")  # below that of the holds or repetitions


def timeline_plots(trace: Trace) -> tuple[str, str]:
    """The timeline for a phone and for a desk; the page shows one of them."""
    return _timeline(trace, PHONE_WIDTH, "phone"), _timeline(trace, DESK_WIDTH, "desk")


def _timeline(trace: Trace, width: int, screen: str) -> str:
    zero = trace.zero_s
    times = clock_range(trace.start_s - zero, trace.end_s - zero)
    plot = Plot(f"timeline-{screen}", (width, 168), times, (len(ROWS) + 0.5, -0.5), left=76, grid=False)
    for repetition in trace.summary.repetitions:
        _repetition_bar(plot, repetition, zero)
    pauses = [(s.start_s - zero, s.end_s - zero) for s in trace.phases if s.phase is Phase.PAUSED]
    _bars(plot, 1, pauses, Ink.BAD, "paused")
    _bars(plot, 2, [(c.start_s - zero, c.end_s - zero) for c in trace.summary.cues], Ink.THIRD, "cue")
    _bars(plot, 3, [(n.start_s - zero, n.end_s - zero) for n in trace.summary.not_judged], Ink.TEXT, "not judged")
    plot.y_names(enumerate((f"{noun(trace).capitalize()}s", *ROWS)))
    clock_axis(plot, ticks=4 if screen == "phone" else 12)
    return plot.svg(
        "Timeline of the set: holds, pauses, cues and stretches that were not judged",
        described_by="timeline-words",
        css=f"only-{screen}",
    )


def _repetition_bar(plot: Plot, r: Repetition, zero: float) -> None:
    kind, ink = ("counted", Ink.GOOD) if r.counted else ("refused", Ink.BAD)
    _bars(plot, 0, [(r.start_s - zero, r.end_s - zero)], ink, kind)
    mark = f"{r.number} ✓" if r.counted else f"{r.number} ✗"
    plot.text(mark, plot.x((r.start_s + r.end_s) / 2 - zero), plot.y(-_ROW + 0.06), anchor="middle")


def _bars(plot: Plot, row: int, spans: Sequence[tuple[float, float]], ink: Ink, kind: str) -> None:
    top = row - _ROW + (0.18 if row == 0 else 0.0)  # the numbers of the holds stand above them
    boxes = [(start, max(end, start + _LEAST_BAR_S), row + _ROW, top) for start, end in spans]
    plot.boxes(boxes, ink, _HATCHES[kind])


def signal_plot(trace: Trace, index: int, marks: Sequence[tuple[int, BreakReason]]) -> str:
    """One signal over time, with its limits and its ±, as SVG.

    Args:
        trace: what was kept of the set.
        index: which of its signals.
        marks: the reasons that it is blamed for, each with its number in the page.
    """
    signal = trace.signals[index]
    words, zero = words_for(signal.name, signal.relative), trace.zero_s
    times = clock_range(trace.start_s - zero, trace.end_s - zero)
    plot = Plot(f"signal-{index}", SMALL, times, value_range(trace, signal))
    _limits(plot, signal)
    _holds(plot, trace)
    _line(plot, [t - zero for t in trace.times], signal)
    for place, reason in marks:
        _mark(plot, reason, str(place), zero)
    plot.y_axis(unit(signal.name, signal.relative))
    clock_axis(plot, ticks=5)
    return plot.svg(f"{words.title} over time", described_by=f"signal-{index}-words")


def _line(plot: Plot, times: Sequence[float], signal: SignalTrace) -> None:
    """The values with their ±; of a long set the lowest and the highest of each few, as nobody could see more."""
    few = -(-2 * len(times) // MOST_POINTS) if len(times) > MOST_POINTS else 1
    line: list[tuple[float, float] | None] = []
    ribbons: list[list[tuple[float, float, float]]] = [[]]
    for start in range(0, len(times), few):
        part = range(start, min(start + few, len(times)))
        known = [(v, i) for i in part if (v := signal.values[i]) is not None]
        for i in sorted({i for _, i in (min(known), max(known))}) if known else [start]:
            value, error = signal.values[i], signal.errors[i]
            line.append(None if value is None else (times[i], value))
            if value is not None and error is not None:
                ribbons[-1].append((times[i], value - error, value + error))
            elif ribbons[-1]:
                ribbons.append([])
    plot.ribbon(filter(None, ribbons), Ink.MAIN, 0.22)
    plot.line(line, Ink.MAIN, width=1.6)


def value_range(trace: Trace, signal: SignalTrace) -> tuple[float, float]:
    """The lowest and highest value shown: of the values in position with their ±, and of the limits near them.

    Args:
        trace: what was kept of the set.
        signal: one of its signals.
    """
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


def _limits(plot: Plot, signal: SignalTrace) -> None:
    """What is right, shaded: a hold begins between dashed lines, and goes on between dotted ones."""
    low, high = plot.y_range
    for bounds in signal.bounds:
        for span, dash in ((bounds.exit, "1 2"), (bounds.enter, "5 3")):
            bottom, top = (low if span[0] is None else span[0]), (high if span[1] is None else span[1])
            plot.band(max(bottom, low), min(top, high), Ink.GOOD, 0.1)
            for edge in span:
                if edge is not None and low < edge < high:
                    plot.level(edge, Ink.GOOD, width=1.1, dash=dash)
        if bounds.group is not None:
            above = bounds.enter[0] is not None and bounds.enter[0] > 0
            edge = bounds.enter[0] if above else bounds.enter[1]
            y = plot.y(edge if edge is not None else 0.0) + (-3 if above else SMALL_FONT + 1)
            plot.text(bounds.group, plot.x(plot.x_range[1]), y, anchor="end")


def _holds(plot: Plot, trace: Trace) -> None:
    """When a hold was on: a bar along the lower edge, hatched where it did not count."""
    low, high = plot.y_range
    for r in trace.summary.repetitions:
        start, end = r.start_s - trace.zero_s, r.end_s - trace.zero_s
        box = start, max(end, start + _LEAST_BAR_S), low, low + 0.045 * (high - low)
        plot.boxes([box], Ink.GOOD if r.counted else Ink.BAD, "" if r.counted else "////")


def _mark(plot: Plot, reason: BreakReason, label: str, zero: float) -> None:
    """A cross where the limit was missed, with the number under which it is explained."""
    if reason.seen is None or reason.seen.value is None or reason.seen_s is None:
        return
    plot.cross((reason.seen_s - zero, reason.seen.value), Ink.BAD, label)
