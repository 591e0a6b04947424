"""The results as Markdown: ACCURACY.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy_card.clips import FINAL, TUNING, Clip
from benchmarks.accuracy_card.compare import ACCEPTED, Result
from benchmarks.accuracy_card.limits import Spread, limit_names
from benchmarks.accuracy_card.people import FilmResult, PictureResult
from benchmarks.accuracy_card.targets import Judged, Target, is_told, problems
from posecheck.exercises.format import Fault, Limit

Limits = Mapping[str, Sequence[tuple[Limit | Fault, Sequence[Spread]]]]
TITLES = {"ninety_ninety": "90-90", "side_bend": "side bend", "knee_drops": "knee drops"}
COUNTING_HEAD = (
    "exercise",
    "camera",
    "body",
    "clips",
    "exact",
    "off by one",
    "worse",
    "held time: mean error",
    "mean absolute",
    "worst",
    "wrong side",
    "false cues a minute",
    "faults seen",
    "feedback after",
    "hold started after",
    "not judged",
)
LIMITS_HEAD = ("limit", "value", "frames of", "clips", "n", "1 %", "5 %", "50 %", "95 %", "99 %", "in enter", "in exit")
MARKS = {True: "met", False: "**not met**", None: "not measured"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; empty when there are no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *lines, ""] if lines else ["Nothing measured yet.", ""]


def target_table(found: Sequence[Target]) -> list[str]:
    """What has to be reached against what was found."""
    return table(("figure", "to reach", "found", ""), ((t.name, t.wanted, t.found, MARKS[t.met]) for t in found))


def _grouped(judged: Sequence[Judged], key: Callable[[Clip], tuple[str, ...]]) -> dict[tuple[str, ...], list[Judged]]:
    groups: dict[tuple[str, ...], list[Judged]] = {}
    for clip, result in sorted(judged, key=lambda pair: key(pair[0])):
        groups.setdefault(key(clip), []).append((clip, result))
    return groups


def _title(clip: Clip) -> str:
    return TITLES.get(clip.truth.exercise, clip.truth.exercise)


def counting_table(judged: Sequence[Judged]) -> list[str]:
    """Counts, times and cues by exercise, camera and body."""
    rows = []
    for key, own in _grouped(judged, lambda c: (_title(c), c.camera, c.body)).items():
        rows.append((*key, *_counting_row([r for _, r in own])))
    for key, own in _grouped(judged, lambda c: (_title(c),)).items():
        rows.append((*key, "all", "all", *_counting_row([r for _, r in own])))
    return table(COUNTING_HEAD, rows)


def _counting_row(results: Sequence[Result]) -> tuple[str, ...]:
    errors = [e for r in results for _, e in r.hold_errors]
    minutes = sum(r.correct_s for r in results) / 60
    faults = [f for r in results for f in r.faults]
    delays = [f.after_s for f in faults if f.after_s is not None]
    starts = [s for r in results for s in r.start_after_s]
    unjudged, total = (sum(r.judged_of[i] for r in results) for i in (0, 1))
    return (
        str(len(results)),
        str(sum(r.exact for r in results)),
        str(sum(r.off_by == 1 for r in results)),
        str(sum(r.off_by > 1 for r in results)),
        f"{mean(errors):+.2f} s" if errors else "-",
        f"{mean(map(abs, errors)):.2f} s" if errors else "-",
        f"{max(errors, key=abs):+.2f} s" if errors else "-",
        str(sum(r.wrong_side for r in results)),
        f"{sum(len(r.false_cues) for r in results) / minutes:.2f}" if minutes else "-",
        f"{sum(f.seen for f in faults)} of {len(faults)}" if faults else "-",
        f"{mean(delays):.1f} s" if delays else "-",
        f"{mean(starts):.1f} s" if starts else "-",
        f"{100 * unjudged / total:.1f} %" if total else "-",
    )


def angle_table(judged: Sequence[Judged], *, by_body: bool) -> list[str]:
    """Bias, mean absolute error, its 95th percentile, and the mean absolute error about each clip's own bias.

    The last one is what is left for signals that are judged against the person's baseline. By camera or by body.
    """
    groups: dict[tuple[str, ...], list[tuple[str, float]]] = {}
    for clip, result in judged:
        for a in result.angles:
            where = clip.body if by_body else ", ".join(filter(None, (clip.camera, a.near)))
            unit = 100.0 if "ratio" in a.signal else 1.0
            groups.setdefault((_title(clip), a.signal, where), []).append((clip.name, a.error * unit))
    rows = []
    for key, errors in sorted(groups.items()):
        e = np.array([error for _, error in errors])
        about = np.concatenate([own - own.mean() for own in _by_clip(errors)])
        size = np.abs(e)
        parts = (size.mean(), np.percentile(size, 95), np.abs(about).mean())
        cells = (f"{e.mean():+.1f}", *(f"{x:.1f}" for x in parts), str(len(e)))
        rows.append((*key, *cells))
    where = "body" if by_body else "camera"
    return table(("exercise", "signal", where, "bias", "mean absolute", "95 %", "about bias", "frames"), rows)


def _by_clip(errors: Sequence[tuple[str, float]]) -> list[NDArray[np.float64]]:
    own: dict[str, list[float]] = {}
    for name, error in errors:
        own.setdefault(name, []).append(error)
    return [np.array(values) for values in own.values()]


def fault_table(judged: Sequence[Judged]) -> list[str]:
    """Each true fault: how often it was seen, after how long, and what was said where it was not."""
    rows = []
    names = {f.fault for _, r in judged for f in r.faults}
    for name in [n for n in ACCEPTED if n in names] + sorted(names - set(ACCEPTED)):
        own = [(c, f) for c, r in judged for f in r.faults if f.fault == name]
        after = [f.after_s for _, f in own if f.after_s is not None]
        missed = [f"{c.name}: {', '.join(f.said) or 'nothing'}" for c, f in own if not f.seen]
        time = f"{mean(after):.1f} s" if after else "-"
        accepted = ", ".join(sorted(ACCEPTED.get(name, {name})))
        rows.append((name, accepted, f"{sum(f.seen for _, f in own)} of {len(own)}", time, "; ".join(missed)))
    return table(("fault", "accepted as seen", "seen", "after", "said instead"), rows)


def view_table(judged: Sequence[Judged]) -> list[str]:
    """The clips whose view cannot support a verdict."""
    rows = []
    for clip, result in judged:
        told = "-" if result.instruction_s is None else f"{result.instruction_s:.1f} s"
        unjudged, total = result.judged_of
        share = f"{100 * unjudged / total:.0f} %" if total else "-"
        wrong = "; ".join(result.wrong_verdicts)
        rows.append((clip.name, told, share, wrong or "none", "ok" if is_told(result) and not wrong else "**fails**"))
    return table(("clip", "first instruction after", "not judged", "wrong verdicts", ""), rows)


def clip_table(judged: Sequence[Judged], reports: Mapping[str, Mapping[str, int]]) -> list[str]:
    """One line a clip: counts against the truth, and what went wrong."""
    rows = []
    for clip, result in judged:
        wanted = " / ".join(
            f"{low}" if low == high else f"{low} to {high}" for low, high in clip.truth.counts_between.values()
        )
        got = " / ".join(str(reports[clip.name].get(g, 0)) for g in clip.truth.counts_between)
        rows.append((clip.name, clip.camera, clip.light, wanted, got, "; ".join(problems(clip, result)) or "-"))
    return table(("clip", "camera", "light", "truth", "counted", "problems"), rows)


def limit_section(limits: Limits) -> list[str]:
    """Why each limit: its value's spread in correct and in faulty holds."""
    lines: list[str] = []
    for name, parts in limits.items():
        rows = []
        for part, found in parts:
            for i, s in enumerate(found):
                value = _range(part, s.what)
                shares = ("beyond " if isinstance(part, Fault) else "") + f"{100 * s.inside[0]:.1f} %"
                numbers = (str(s.clips), str(s.n), *(_number(x, part) for x in s.percentiles))
                last = "" if isinstance(part, Fault) else f"{100 * s.inside[1]:.1f} %"
                rows.append((_who(part) if i == 0 else "", value, s.what, *numbers, shares, last))
        lines += [f"### {TITLES.get(name, name)}", "", *table(LIMITS_HEAD, rows)]
    return lines


def view_section(rows: Iterable[tuple[str, str, str, int, tuple[float, ...]]]) -> list[str]:
    """How the camera sees the body, from views that can be judged and from others: yaw in degrees, the rest ratios."""
    cells = []
    for exercise, label, name, n, cuts in rows:
        numbers = (f"{x:.0f}" if name == "yaw" else f"{x:.2f}" for x in cuts)
        cells.append((TITLES.get(exercise, exercise), name, label, str(n), *numbers))
    return table(("exercise", "gauge", "seen from", "n", "1 %", "5 %", "50 %", "95 %", "99 %"), cells)


def _who(part: Limit | Fault) -> str:
    return f"cue {part.name}: {limit_names(part)}" if isinstance(part, Fault) else limit_names(part)


def _number(x: float, part: Limit | Fault) -> str:
    return f"{x:.2f}" if part.signal == "knee_shift" or "ratio" in part.signal else f"{x:.1f}"


def _range(part: Limit | Fault, what: str) -> str:
    if isinstance(part, Fault):
        size = "size " if part.magnitude else ""
        return f"{size}> {part.above:g}" if part.above is not None else f"{size}< {part.below or 0:g}"
    if what == "before the hold" and part.setup:
        return f"setup {part.setup[0]:g} to {part.setup[1]:g}"
    if what == "at rest" and part.attempt:
        return f"attempt {part.attempt[0]:g} to {part.attempt[1]:g}"
    if part.enter and part.exit:
        return f"enter {part.enter[0]:g} to {part.enter[1]:g}, exit {part.exit[0]:g} to {part.exit[1]:g}"
    return f"attempt {part.attempt[0]:g} to {part.attempt[1]:g}" if part.attempt else ""


def people_section(pictures: Sequence[PictureResult], film: FilmResult | None) -> list[str]:
    """Photographs and a film of real people."""
    rows = []
    for p in pictures:
        angles = "; ".join([f"{n} {m:.0f} for {s:.0f}" for n, s, m in p.angles] + [f"{n} refused" for n in p.refused])
        posture = p.posture + (f" ({p.why})" if p.why else "")
        marks = (
            "ok" if p.posture_ok else "**wrong**",
            ("ok" if p.angles else "refused" if p.refused else "-") if p.angles_ok else "**off**",
        )
        rows.append((p.name, posture, marks[0], angles, marks[1]))
    lines = table(("picture", "posture", "", "measured for seen, degrees", "within 12°"), rows)
    if film is not None:
        shares = ", ".join(f"{name} {100 * share:.0f} %" for name, share in film.postures.items())
        listed = ", ".join(f"{name} {n}" for name, n in film.listed.items())
        lines += [f"`squats.mp4` (standing throughout): {shares}. Repetitions listed: {listed}.", ""]
    return lines


def clip_list(clips: Iterable[Clip], split: str) -> str:
    """Which clips, bodies and cameras a split has, in a sentence."""
    own = [c for c in clips if c.split == split]
    bodies = ", ".join(sorted({c.body for c in own}))
    return f"{len(own)} clips, bodies {bodies or 'none'}: " + ", ".join(f"`{c.name}`" for c in own)


def card(
    header: Sequence[str],
    judged: Sequence[Judged],
    reports: Mapping[str, Mapping[str, int]],
    found: Sequence[Target],
    limits: Limits,
    views: Sequence[str],
    people: tuple[Sequence[PictureResult], FilmResult | None] | None,
) -> str:
    """The whole card as Markdown.

    Args:
        header: lines at the top.
        judged: clips with their results.
        reports: counts by clip name and group.
        found: the targets, over the final clips and the real people.
        limits: by exercise, over the tuning clips.
        views: lines on the gauges of the view, from `view_section`.
        people: photographs and film, or None when they are not there.
    """
    final = [(c, r) for c, r in judged if c.split == FINAL]
    tuning = [(c, r) for c, r in judged if c.split == TUNING]
    lines = [*header, "", "## Targets", "", *target_table(found)]
    for title, own in (("Final figures", final), ("Tuning clips (the limits were set on these)", tuning)):
        lines += [f"## {title}", "", *_split_section(own)]
        lines += ["### Every clip", "", *clip_table(own, reports)]
    lines += ["## Real people", ""]
    lines += people_section(*people) if people else ["Not present: see --people.", ""]
    lines += ["## Why each limit", "", LIMITS_ABOUT, "", *limit_section(limits), "### The view", "", *views]
    return "\n".join(lines).rstrip() + "\n"


LIMITS_ABOUT = (
    "The value that each limit compares, over judged frames of the tuning clips: in correct holds (without their first "
    "and last 0.5 s, drops 0.35 s) and in holds with the fault that the limit is to catch. A limit is well placed when "
    "correct holds are inside and faulty ones are not."
)


def _split_section(judged: Sequence[Judged]) -> list[str]:
    regular = [(c, r) for c, r in judged if c.regular]
    return [
        "Recommended camera ± 20°, day and dim light:",
        "",
        *counting_table(regular),
        "### Angles: measured minus true, in still moments",
        "",
        "Degrees; ratios in hundredths. Knee-drop signals from the person's own neutral. The true joint is the rig's;",
        "definitions of knee and hip differ by 5 to 7 degrees between body models: `about bias` is the mean absolute",
        "error left when each clip's own bias is taken off, which is what counts for limits relative to a baseline.",
        "",
        *angle_table(regular, by_body=False),
        *angle_table(regular, by_body=True),
        "### Faults",
        "",
        *fault_table(regular),
        "### Views that cannot be judged",
        "",
        *view_table([(c, r) for c, r in judged if c.kind == "view"]),
        "### Difficult surroundings",
        "",
        *counting_table([(c, r) for c, r in judged if c.kind == "hard"]),
    ]
