"""The tables of figures → ACCURACY.md: two pages that a physiotherapist can read. The words are in card.md.jinja."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.accuracy_card.results import PEOPLE, Results
from benchmarks.accuracy_card.tables import ALL, HARD, REGULAR
from benchmarks.accuracy_card.targets import DROPS_HELD, FALSE_CUES, HOLDS_HELD, WRONG_SIDE

THREE = "three exercises"  # rows of people.csv: the three main exercises, done by people who were told what to do
_FINAL, _TUNING = "final", "tuning"
_EXERCISES = {
    "90-90": "90-90 stretch, from the side",
    "side bend": "90-90 with side bend, from the front or behind",
    "knee drops": "knee drops, from a raised camera at the feet",
}
_SIGNALS = {
    "front_knee_flexion": "bend of the front knee",
    "rear_knee_flexion": "bend of the rear knee",
    "rear_thigh_inclination": "rear thigh against the vertical (hips forward)",
    "front_shin_inclination": "front shin against the vertical",
    "trunk_lean": "lean of the trunk",
    "arm_elevation": "raised arms",
    "bend_to_front": "bend of the trunk to the side",
    "knee_drop": "drop of the knees, from the person's own zero",
    "knee_gap_ratio": "gap of the knees, in hundredths of the gap of the feet",
}

Row = Mapping[str, str]


def card(results: Results) -> str:
    """The whole card as Markdown.

    Args:
        results: all tables of a run; `people` may be missing.

    Returns:
        The text of ACCURACY.md.
    """
    folder = FileSystemLoader(Path(__file__).parent)
    words = Environment(loader=folder, undefined=StrictUndefined, autoescape=False)  # Markdown, not HTML
    clips, views, targets = results["clips"], results["views"].where(split=_FINAL), list(results["targets"])
    missed = [row for row in targets if row["met"] == "not met"]
    text = words.get_template("card.md.jinja").render(
        about=results.about,
        people_counts=_people(results, "counts", _three_exercises(results)),
        people_measured=any(results.tables[PEOPLE].where(about=THREE)) if PEOPLE in results.tables else False,
        people_postures=_people(results, "postures"),
        rendered=_rendered(results),
        counts=_counts(results),
        angles=_angles(results),
        wrong=_wrong(results),
        views=len(views),
        views_wrong=sum(row["ok"] != "yes" for row in views),
        photographs=_photographs(results),
        film="; ".join(row["listed"] for row in results["film"]),
        final_bodies=_bodies(clips.where(split=_FINAL)),
        tuning_bodies=_bodies(clips.where(split=_TUNING)),
        targets_all=len(missed) + sum(row["met"] == "met" for row in targets),
        targets_met=sum(row["met"] == "met" for row in targets),
        targets_missed=missed,
    )
    return text.rstrip() + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a sentence when there are no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return (
        "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *lines]) if lines else "Nothing measured yet."
    )


def _of(found: int | str, of: int | str) -> str:
    return f"{found} of {of}"


def _sums(rows: Iterable[Row], found: str, of: str) -> tuple[int, int]:
    """The sums of two columns, in which what was not measured is empty."""
    pairs = [(int(row[found] or 0), int(row[of] or 0)) for row in rows]
    return sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)


def _bodies(rows: Iterable[Row]) -> str:
    return ", ".join(sorted({row["body"] for row in rows})) or "none"


def _people(results: Results, about: str, first: Sequence[Sequence[str]] = ()) -> str:
    """What was measured on people; what nobody had seen before comes first."""
    rows = results.tables[PEOPLE].where(about=about) if PEOPLE in results.tables else []
    rows.sort(key=lambda row: row["seen_before"])
    return table(("measured on", "what", "seen before", "result", "version"), [*first, *map(_person_cells, rows)])


def _three_exercises(results: Results) -> list[tuple[str, ...]]:
    """The three exercises come first: what people sent who did them with `posecheck validate`, or that nobody did."""
    rows = results.tables[PEOPLE].where(about=THREE) if PEOPLE in results.tables else []
    cells = [_person_cells(row) for row in rows]
    return cells or [("**the three exercises, done and seen as asked**", "", "", "**never**", "")]


def _person_cells(row: Row) -> tuple[str, ...]:
    seen = "**yes**" if row["seen_before"] == "yes" else "no"
    return row["measured_on"], row["what"], seen, _of(row["found"], row["of"]), row["version"]


def _rendered(results: Results) -> str:
    """The headline: recordings as asked and difficult ones, not seen before and seen before."""

    def sums(split: str, kind: str, found: str = "exact", of: str = "clips") -> tuple[int, int]:
        return _sums(results["counting"].where(split=split, kind=kind, camera=ALL), found, of)

    def target(figure: str) -> str:
        return next((row["found"] for row in results["targets"] if row["figure"] == figure), "-")

    (exact, clips), (hard_exact, hard) = sums(_FINAL, REGULAR), sums(_FINAL, HARD)
    views = results["views"].where(split=_FINAL)
    told = sum(row["ok"] == "yes" for row in views)
    rows = [
        ("as asked", "no", "all counts exact", _of(exact, clips)),
        ("difficult", "no", "all counts exact", _of(hard_exact, hard)),
        ("both together", "no", "all counts exact", _of(exact + hard_exact, clips + hard)),
        ("as asked", "no", "faults on purpose that were seen", _of(*sums(_FINAL, REGULAR, "faults_seen", "faults"))),
        ("as asked", "no", "wrong side named", target(WRONG_SIDE)),
        ("as asked", "no", "held time of holds off by, on average", target(HOLDS_HELD).replace(")", " holds)")),
        ("as asked", "no", "held time of drops off by, on average", target(DROPS_HELD).replace(")", " drops)")),
        ("as asked", "no", "false cues a minute of right holding", target(FALSE_CUES)),
        ("wrong views", "no", "told in 3 s what to change, nothing judged wrongly", _of(told, len(views))),
        ("as asked", "**yes**", "all counts exact", _of(*sums(_TUNING, REGULAR))),
        ("difficult", "**yes**", "all counts exact", _of(*sums(_TUNING, HARD))),
    ]
    return table(("recordings", "seen before", "what", "result"), rows)


def _counts(results: Results) -> str:
    rows = []
    for name, title in _EXERCISES.items():
        hard = _sums(results["counting"].where(split=_FINAL, kind=HARD, camera=ALL, exercise=name), "exact", "clips")
        for row in results["counting"].where(split=_FINAL, kind=REGULAR, camera=ALL, exercise=name):
            faults = _of(row["faults_seen"], row["faults"]) if row["faults"] else "-"
            times = [f"{row[n]} s" if row[n] else "-" for n in ("held_error_mean_absolute_s", "held_error_worst_s")]
            exact = _of(row["exact"], row["clips"])
            rows.append((title, exact, _of(*hard), *times, faults, row["false_cues_a_minute"] or "-"))
    head = (
        "exercise",
        "exact",
        "difficult: exact",
        "held time off, mean",
        "worst",
        "faults seen",
        "false cues a minute",
    )
    return table(head, rows)


def _angles(results: Results) -> str:
    """Mean error over all views; 95 %: of the view in which it is worst."""
    errors: dict[tuple[str, str], list[Row]] = {}
    for row in results["angles"].where(split=_FINAL, by="camera"):
        errors.setdefault((row["exercise"], row["signal"]), []).append(row)
    rows = []
    for (exercise, signal), own in errors.items():
        frames = [int(row["frames"]) for row in own]
        mean = sum(float(row["mean_absolute"]) * n for row, n in zip(own, frames, strict=True)) / sum(frames)
        worst = max(float(row["p95"]) for row in own)
        rows.append((exercise, _SIGNALS.get(signal, signal), f"{mean:.1f}", f"{worst:.1f}", str(sum(frames))))
    return table(("exercise", "angle", "mean error", "95 % are within", "frames"), rows)


def _wrong(results: Results) -> str:
    kinds = {REGULAR: "as asked", HARD: "difficult"}
    rows = [
        (row["clip"], kinds[row["kind"]], row["truth"], row["counted"], _brief(row["problems"]))
        for row in results["clips"].where(split=_FINAL)
        if row["kind"] in kinds and row["problems"]
    ]
    return table(("recording", "", "true", "counted", "what went wrong"), rows) if rows else "None."


def _brief(problems: str) -> str:
    """What went wrong with a clip; false cues of one kind together."""
    cue = "false cue "
    parts = problems.split("; ")
    cues = Counter(part.split()[2] for part in parts if part.startswith(cue))
    cued = [f"{cue}{name}" + (f" × {n}" if n > 1 else "") for name, n in cues.items()]
    return "; ".join([*(part for part in parts if not part.startswith(cue)), *cued])


def _photographs(results: Results) -> dict[str, int]:
    """How many photographs, by what the posture was, and by how the angles were; empty without any."""
    rows = list(results["photographs"])
    postures, angles = (Counter(row[name] for row in rows) for name in ("posture_is", "angles_are"))
    numbers = {name: postures[name] for name in ("right", "unknown", "wrong")}
    numbers |= {
        name: angles[value] for name, value in (("within", "within 12"), ("off", "off"), ("refused", "refused"))
    }
    return {"all": len(rows), **numbers} if rows else {}
