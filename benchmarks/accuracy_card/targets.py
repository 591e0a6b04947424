"""What has to be reached, and whether it was: the figures of issue 3, from the results of many clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from benchmarks.accuracy_card.clips import Clip
from benchmarks.accuracy_card.compare import INSTRUCTION_S, Result
from benchmarks.accuracy_card.people import RIGHT, UNKNOWN, FilmResult, PictureResult

EXACT, MOST_OFF = 0.95, 1
HOLD_S, DROP_S = 0.5, 0.3
WRONG_SIDE, HOLDS_HELD, DROPS_HELD = "wrong side", "held time, holds", "held time, drops"
FALSE_CUES = "false cues a minute of correct holding"
HARD_EXACT = "exact counts in difficult surroundings"
FALSE_A_MINUTE, FAULTS_SEEN = 0.2, 0.95
SIDE_DEG, BEND_DEG = 4.0, 2.0

Judged = tuple[Clip, Result]


@dataclass(frozen=True, slots=True)
class Target:
    """One figure: what is measured, what is wanted, what was found; `met` is None when nothing could be measured."""

    name: str
    wanted: str
    found: str
    met: bool | None


def targets(judged: Sequence[Judged]) -> list[Target]:
    """Work out the targets over clips; the regular ones for accuracy, the "view" ones for refusing."""
    regular = [(c, r) for c, r in judged if c.regular]
    hard = [r for c, r in judged if c.kind == "hard"]
    return [*_counting(regular), _exact(HARD_EXACT, hard), *_cues(regular), *_angles(regular), *_refusing(judged)]


def _share(n: int, of: int) -> str:
    return f"{n} of {of} ({100 * n / of:.3g} %)" if of else "-"


def _exact(name: str, results: Sequence[Result]) -> Target:
    n, exact = len(results), sum(r.exact for r in results)
    return Target(name, f"≥ {EXACT:.0%} of recordings", _share(exact, n), exact >= EXACT * n if n else None)


def _counting(regular: Sequence[Judged]) -> list[Target]:
    n = len(regular)
    most = max((r.off_by for _, r in regular), default=0)
    wrong = sum(r.wrong_side for _, r in regular)
    found = [
        _exact("exact counts", [r for _, r in regular]),
        Target("most repetitions off", f"≤ {MOST_OFF}", str(most), most <= MOST_OFF if n else None),
        Target(WRONG_SIDE, "0", str(wrong), wrong == 0 if n else None),
    ]
    for name, drops, limit in ((HOLDS_HELD, False, HOLD_S), (DROPS_HELD, True, DROP_S)):
        errors = [abs(e) for c, r in regular for _, e in r.hold_errors if (c.truth.exercise == "knee_drops") is drops]
        found.append(_mean_below(name, errors, limit, "s"))
    return found


def _cues(regular: Sequence[Judged]) -> list[Target]:
    minutes = sum(r.correct_s for _, r in regular) / 60
    cues = sum(len(r.false_cues) for _, r in regular)
    rate = cues / minutes if minutes else 0.0
    faults = [f for _, r in regular for f in r.faults]
    seen = sum(f.seen for f in faults)
    return [
        Target(
            FALSE_CUES,
            f"≤ {FALSE_A_MINUTE}",
            f"{rate:.2f} ({cues} in {minutes:.1f} min)",
            rate <= FALSE_A_MINUTE if minutes else None,
        ),
        Target("faults seen", f"≥ {FAULTS_SEEN:.0%}", _share(seen, len(faults)), _enough(seen, len(faults))),
    ]


def _enough(seen: int, of: int) -> bool | None:
    return seen >= FAULTS_SEEN * of if of else None


def _angles(regular: Sequence[Judged]) -> list[Target]:
    found = []
    for name, exercise, limit in (("90-90", "ninety_ninety", SIDE_DEG), ("side bend", "side_bend", BEND_DEG)):
        errors: dict[str, list[float]] = {}
        for clip, result in regular:
            if clip.truth.exercise == exercise:
                for a in result.angles:
                    errors.setdefault(a.signal, []).append(abs(a.error))
        found += [_mean_below(f"{name}: {signal}", own, limit, "°") for signal, own in errors.items()]
    return found


def _mean_below(name: str, errors: Sequence[float], limit: float, unit: str) -> Target:
    if not errors:
        return Target(name, f"≤ {limit:g} {unit} mean absolute", "-", None)
    value = mean(errors)
    return Target(name, f"≤ {limit:g} {unit} mean absolute", f"{value:.2f} {unit} ({len(errors)})", value <= limit)


def _refusing(judged: Sequence[Judged]) -> list[Target]:
    views = [(c, r) for c, r in judged if c.kind == "view"]
    wrong = sum(bool(r.wrong_verdicts) for _, r in views)
    told = sum(is_told(r) for _, r in views)
    n = len(views)
    return [
        Target("views that cannot be judged: wrong verdicts", "0", f"{wrong} of {n} clips", wrong == 0 if n else None),
        Target(
            f"the same: an instruction within {INSTRUCTION_S:g} s (or judged, and right)",
            "all",
            _share(told, n),
            told == n if n else None,
        ),
    ]


def is_told(result: Result) -> bool:
    """Whether a person in a bad view hears in time what to change, or is judged nearly all the time, and rightly."""
    unjudged, total = result.judged_of
    judged_well = total > 0 and unjudged < 0.2 * total and result.exact and not result.wrong_verdicts
    return judged_well or (result.instruction_s is not None and result.instruction_s <= INSTRUCTION_S)


def people_targets(pictures: Sequence[PictureResult], film: FilmResult | None) -> list[Target]:
    """The targets on real people."""
    n = len(pictures)
    right, unknown = (sum(p.posture_is == what for p in pictures) for what in (RIGHT, UNKNOWN))
    angles = sum(p.angles_ok for p in pictures if p.angles)
    measured = sum(bool(p.angles) for p in pictures)
    refused = [p for p in pictures if p.refused]
    told = sum(p.why is not None for p in refused)
    within = f"{_share(angles, measured)}; {len(refused)} more refused, {told} of them with an instruction"
    found = [
        Target(
            "photographs: posture wrong",
            "0",
            f"{n - right - unknown} of {n}; {right} right, {unknown} unknown, and told why",
            right + unknown == n,
        ),
        Target(
            "photographs: within 12° of what is seen, where the view shows it",
            "all",
            within,
            angles == measured and told == len(refused),
        ),
    ]
    if film is not None:
        found.append(Target("film of squats: standing, nothing listed", "yes", "yes" if film.ok else "no", film.ok))
    return found


def problems(clip: Clip, result: Result) -> list[str]:
    """Everything about a clip that a target would mind, in a word or two each."""
    found = []
    if not result.exact:
        found.append(f"counts off by {result.off_by}")
    if result.lost:
        found.append(f"{result.lost} counted holds without a repetition")
    if result.wrong_side:
        found.append(f"wrong side × {result.wrong_side}")
    found += [f"fault {f.fault} not seen (said: {', '.join(f.said) or 'nothing'})" for f in result.faults if not f.seen]
    if clip.kind == "view":
        found = [] if result.exact else found[:1]
        found += result.wrong_verdicts
        if not is_told(result):
            late = "none" if result.instruction_s is None else f"after {result.instruction_s:.1f} s"
            found.append(f"instruction: {late}")
        return found
    found += [f"false cue {s.cue} at {s.start_s:.1f} s for {s.end_s - s.start_s:.1f} s" for s in result.false_cues]
    limit = DROP_S * 2 if clip.truth.exercise == "knee_drops" else HOLD_S * 2
    found += [f"held time off by {e:+.1f} of {held:.1f} s" for held, e in result.hold_errors if abs(e) > limit]
    return found
