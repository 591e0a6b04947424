"""Results of many clips → tables of figures, as they stand in the CSV files and, in short, in ACCURACY.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy_card.clips import FINAL, TUNING, Clip
from benchmarks.accuracy_card.compare import ACCEPTED, Result
from benchmarks.accuracy_card.limits import Spread, limit_names
from benchmarks.accuracy_card.people import FilmResult, PictureResult
from benchmarks.accuracy_card.results import Table
from benchmarks.accuracy_card.targets import Judged, Target, is_told, problems
from posecheck.exercises.format import Fault, Limit

Limits = Mapping[str, Sequence[tuple[Limit | Fault, Sequence[Spread]]]]
SPLITS = (FINAL, TUNING)
TITLES = {"ninety_ninety": "90-90", "side_bend": "side bend", "knee_drops": "knee drops"}
REGULAR, HARD, VIEW = "regular", "hard", "view"
ALL = "all"
MARKS = {True: "met", False: "not met", None: "not measured"}

TARGETS = ("figure", "to_reach", "found", "met")
COUNTING = (
    "split",
    "kind",
    "exercise",
    "camera",
    "body",
    "clips",
    "exact",
    "off_by_one",
    "worse",
    "held_error_mean_s",
    "held_error_mean_absolute_s",
    "held_error_worst_s",
    "wrong_side",
    "false_cues_a_minute",
    "faults_seen",
    "faults",
    "feedback_after_s",
    "hold_started_after_s",
    "not_judged_percent",
)
ANGLES = ("split", "by", "exercise", "signal", "seen", "bias", "mean_absolute", "p95", "about_bias", "frames")
FAULTS = ("split", "fault", "accepted_as_seen", "seen", "of", "after_s", "said_instead")
VIEWS = ("split", "clip", "first_instruction_after_s", "not_judged_percent", "wrong_verdicts", "ok")
CLIPS = ("split", "kind", "clip", "exercise", "body", "camera", "light", "truth", "counted", "problems")
PERCENTILES = ("p1", "p5", "p50", "p95", "p99")
LIMITS = ("exercise", "limit", "value", "frames_of", "clips", "n", *PERCENTILES, "in_enter_percent", "in_exit_percent")
GAUGES = ("exercise", "gauge", "seen_from", "n", *PERCENTILES)
PHOTOGRAPHS = ("picture", "posture", "posture_is", "instruction", "measured_for_seen_deg", "angles_are")
FILM = ("film", "postures", "listed", "ok")


def target_table(found: Sequence[Target]) -> Table:
    """What has to be reached against what was found."""
    return Table(TARGETS, tuple((t.name, t.wanted, t.found, MARKS[t.met]) for t in found))


def kind_of(clip: Clip) -> str:
    """How a clip enters the figures: regular, hard, view; other ones (another camera or light) stand in CLIPS alone."""
    return REGULAR if clip.regular else clip.kind


def _grouped(judged: Sequence[Judged], key: Callable[[Clip], tuple[str, ...]]) -> dict[tuple[str, ...], list[Judged]]:
    groups: dict[tuple[str, ...], list[Judged]] = {}
    for clip, result in sorted(judged, key=lambda pair: key(pair[0])):
        groups.setdefault(key(clip), []).append((clip, result))
    return groups


def _title(clip: Clip) -> str:
    return TITLES.get(clip.truth.exercise, clip.truth.exercise)


def _parts(judged: Sequence[Judged]) -> Iterator[tuple[str, str, list[Judged]]]:
    """(split, kind, clips) of those that are judged, the final ones first."""
    for split in SPLITS:
        for kind in (REGULAR, HARD):
            yield split, kind, [(c, r) for c, r in judged if c.split == split and kind_of(c) == kind]


def counting_table(judged: Sequence[Judged]) -> Table:
    """Counts, times and cues by exercise, camera and body; then by exercise alone."""
    rows = []
    for split, kind, part in _parts(judged):
        for key, own in _grouped(part, lambda c: (_title(c), c.camera, c.body)).items():
            rows.append((split, kind, *key, *_counting_row([r for _, r in own])))
        for key, own in _grouped(part, lambda c: (_title(c),)).items():
            rows.append((split, kind, *key, ALL, ALL, *_counting_row([r for _, r in own])))
    return Table(COUNTING, tuple(rows))


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
        f"{mean(errors):+.2f}" if errors else "",
        f"{mean(map(abs, errors)):.2f}" if errors else "",
        f"{max(errors, key=abs):+.2f}" if errors else "",
        str(sum(r.wrong_side for r in results)),
        f"{sum(len(r.false_cues) for r in results) / minutes:.2f}" if minutes else "",
        str(sum(f.seen for f in faults)) if faults else "",
        str(len(faults)) if faults else "",
        f"{mean(delays):.1f}" if delays else "",
        f"{mean(starts):.1f}" if starts else "",
        f"{100 * unjudged / total:.1f}" if total else "",
    )


def angle_table(judged: Sequence[Judged]) -> Table:
    """Measured minus true in degrees (ratios in hundredths), in still moments of regular clips, by camera and by body.

    `about_bias` is the mean absolute error left when each clip's own bias is taken off: what counts for signals that
    are judged against the person's own zero.
    """
    groups: dict[tuple[str, ...], list[tuple[str, float]]] = {}
    for clip, result in judged:
        for a in result.angles if clip.regular else ():
            unit = 100.0 if "ratio" in a.signal else 1.0
            seen = {"camera": ", ".join(filter(None, (clip.camera, a.near))), "body": clip.body}
            for by, where in seen.items():
                key = (clip.split, by, _title(clip), a.signal, where)
                groups.setdefault(key, []).append((clip.name, a.error * unit))
    rows = [(*key, *_angle_row(errors)) for key, errors in sorted(groups.items())]
    return Table(ANGLES, tuple(rows))


def _angle_row(errors: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    e = np.array([error for _, error in errors])
    about = np.concatenate([own - own.mean() for own in _by_clip(errors)])
    size = np.abs(e)
    parts = (size.mean(), np.percentile(size, 95), np.abs(about).mean())
    return (f"{e.mean():+.1f}", *(f"{x:.1f}" for x in parts), str(len(e)))


def _by_clip(errors: Sequence[tuple[str, float]]) -> list[NDArray[np.float64]]:
    own: dict[str, list[float]] = {}
    for name, error in errors:
        own.setdefault(name, []).append(error)
    return [np.array(values) for values in own.values()]


def fault_table(judged: Sequence[Judged]) -> Table:
    """Each true fault of the regular clips: how often it was seen, after how long, and what was said instead."""
    rows = []
    for split, kind, part in _parts(judged):
        names = {f.fault for _, r in part for f in r.faults} if kind == REGULAR else set()
        for name in [n for n in ACCEPTED if n in names] + sorted(names - set(ACCEPTED)):
            own = [(c, f) for c, r in part for f in r.faults if f.fault == name]
            after = [f.after_s for _, f in own if f.after_s is not None]
            missed = [f"{c.name}: {', '.join(f.said) or 'nothing'}" for c, f in own if not f.seen]
            counts = (str(sum(f.seen for _, f in own)), str(len(own)), f"{mean(after):.1f}" if after else "")
            rows.append((split, name, ", ".join(sorted(ACCEPTED.get(name, {name}))), *counts, "; ".join(missed)))
    return Table(FAULTS, tuple(rows))


def view_table(judged: Sequence[Judged]) -> Table:
    """The clips whose view cannot support a verdict."""
    rows = []
    for clip, result in judged:
        if kind_of(clip) == VIEW:
            unjudged, total = result.judged_of
            wrong = "; ".join(result.wrong_verdicts)
            told = "" if result.instruction_s is None else f"{result.instruction_s:.1f}"
            share = f"{100 * unjudged / total:.0f}" if total else ""
            rows.append((clip.split, clip.name, told, share, wrong, _yes(is_told(result) and not wrong)))
    return Table(VIEWS, tuple(rows))


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def clip_table(judged: Sequence[Judged], reports: Mapping[str, Mapping[str, int]]) -> Table:
    """One row a clip: counts against the truth, and what went wrong."""
    rows = []
    for clip, result in judged:
        wanted = " / ".join(
            f"{low}" if low == high else f"{low} to {high}" for low, high in clip.truth.counts_between.values()
        )
        got = " / ".join(str(reports[clip.name].get(g, 0)) for g in clip.truth.counts_between)
        about = (clip.split, kind_of(clip), clip.name, _title(clip), clip.body, clip.camera, clip.light)
        rows.append((*about, wanted, got, "; ".join(problems(clip, result))))
    return Table(CLIPS, tuple(rows))


def limit_table(limits: Limits) -> Table:
    """Why each limit: the spread of what it compares, in correct holds and in holds with the fault it is to catch.

    Over judged frames of the tuning clips, without the first and last 0.5 s of a hold, 0.35 s of a drop. A limit is
    well placed when correct holds are inside it and faulty ones are not; of a cue, when they are beyond it.
    """
    rows = []
    for name, parts in limits.items():
        for part, found in parts:
            for s in found:
                numbers = (str(s.clips), str(s.n), *(_number(x, part) for x in s.percentiles))
                last = "" if isinstance(part, Fault) else f"{100 * s.inside[1]:.1f}"
                about = (TITLES.get(name, name), _who(part), _range(part, s.what), s.what)
                rows.append((*about, *numbers, f"{100 * s.inside[0]:.1f}", last))
    return Table(LIMITS, tuple(rows))


def gauge_table(found: Iterable[tuple[str, str, str, int, tuple[float, ...]]]) -> Table:
    """How the camera sees the body, from views that can be judged and from others: yaw in degrees, the rest ratios."""
    rows = []
    for exercise, label, name, n, cuts in found:
        numbers = (f"{x:.0f}" if name == "yaw" else f"{x:.2f}" for x in cuts)
        rows.append((TITLES.get(exercise, exercise), name, label, str(n), *numbers))
    return Table(GAUGES, tuple(rows))


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


def photograph_table(pictures: Sequence[PictureResult]) -> Table:
    """Photographs of real people: the posture that was found, and angles against those that the eye sees."""
    rows = []
    for p in pictures:
        angles = "; ".join([f"{n} {m:.0f} for {s:.0f}" for n, s, m in p.angles] + [f"{n} refused" for n in p.refused])
        within = ("within 12" if p.angles_ok else "off") if p.angles else "refused" if p.refused else ""
        rows.append((p.name, p.posture, p.posture_is, p.why or "", angles, within))
    return Table(PHOTOGRAPHS, tuple(rows))


def film_table(name: str, film: FilmResult | None) -> Table:
    """A film of real people standing throughout: shares of the postures found, and what each exercise listed."""
    if film is None:
        return Table(FILM, ())
    shares = ", ".join(f"{posture} {100 * share:.0f} %" for posture, share in film.postures.items())
    listed = ", ".join(f"{exercise} {n}" for exercise, n in film.listed.items())
    return Table(FILM, ((name, shares, listed, _yes(film.ok)),))
