"""The accuracy benchmark compares truth and report rightly: made-up reports, no clips, no model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.accuracy_card import limits, people, results, tables, targets
from benchmarks.accuracy_card.card import card
from benchmarks.accuracy_card.clips import (
    FINAL_SEEDS,
    Clip,
    Truth,
    camera_class,
    find_clips,
    near_side,
    parse_truth,
)
from benchmarks.accuracy_card.compare import (
    angle_errors,
    compare,
    correct_spans,
    fault_result,
    is_wrong_side,
    match,
)
from benchmarks.accuracy_card.judge import FrameReport, Report, Shown, judge, spans
from posecheck.exercises import load_exercise
from posecheck.judging.limits import values_of
from posecheck.records import Context, Landmark, Measurement, Posture, Reading, Repetition, Side, Signal, View
from posecheck.testing import ninety_ninety_set

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[1]
FPS = 10.0
ANGLES = {"front_knee": 90.0, "back_knee": 85.0, "rear_thigh_inclination": 20.0, "side_lean": 15.0}


def truth_of(exercise: str = "ninety_ninety", **change: Any) -> Truth:
    """One correct hold on the left from 5 to 26 s of 30 s, half-kneeling from 2 to 28 s."""
    data = {
        "exercise": exercise,
        "plan": {"camera": [90, 1.0, 2.6]},
        "fps": FPS,
        "counts": {"left": 1, "right": 0},
        "events": [{"group": "left", "start_s": 5.0, "end_s": 26.0, "held_s": 21.0, "counted": True}],
        "per_frame": [{"t": i / FPS, "rear": "L" if 2 <= i / FPS < 28 else None, "angles": ANGLES} for i in range(300)],
    }
    return parse_truth({**data, **change})


def repetition(group: str = "left", start: float = 5.0, end: float = 26.0, **change: Any) -> Repetition:
    keys: dict[str, Any] = {"held_s": end - start, "counted": True, "reason": None}
    return Repetition(1, group, start, end, **{**keys, **change})


def report_of(*repetitions: Repetition, **change: Any) -> Report:
    counts = {g: sum(r.counted and r.group == g for r in repetitions) for g in ("left", "right")}
    keys: dict[str, Any] = {"shown": (), "started": (), "paused": (), "frames": ()}
    return Report(**{"repetitions": repetitions, "counts": counts, **keys, **change})


def frame(t: float, value: float, signal: Signal = Signal.RIGHT_KNEE_FLEXION, judged: bool = True) -> FrameReport:
    view = View(90.0, 1, 0.7, 1.5, frozenset[Landmark]())
    measurement = Measurement(t, view, Posture.HALF_KNEELING, Side.RIGHT, {signal: Reading(value, 1.0)})
    context = Context(Side.RIGHT)
    values = values_of(measurement, load_exercise("ninety_ninety"), context) if judged else {}
    return FrameReport(t, judged, True, None if judged else "view", values, measurement, context)


def fault_of(name: str, start: float = 5.0, end: float = 17.0) -> list[dict[str, Any]]:
    return [{"rep": 0, "group": "left", "fault": name, "start_s": start, "end_s": end}]


# ---- counts and holds


def test_a_right_report_has_no_problem() -> None:
    """The same hold as in the truth: exact, nothing lost, nothing false."""
    result = compare(truth_of(), report_of(repetition()))
    assert (result.exact, result.off_by, result.lost, result.wrong_side, result.false_cues) == (True, 0, 0, 0, ())
    assert result.hold_errors == ((21.0, 0.0),)


def test_counts_within_the_doubtful_range_are_exact() -> None:
    """A hold near its limit may be counted or not."""
    truth = truth_of(counts_between={"left": [0, 1], "right": [0, 0]})
    assert compare(truth, report_of()).exact
    assert compare(truth, report_of(repetition())).exact


def test_every_group_adds_to_the_distance() -> None:
    """A hold counted on the other side is two off: one too few, one too many; and it is a wrong side."""
    result = compare(truth_of(), report_of(repetition("right")))
    assert (result.exact, result.off_by, result.wrong_side, result.lost) == (False, 2, 1, 1)


def test_held_time_is_compared_with_the_repetition_that_overlaps_most() -> None:
    """A hold that was split in two is compared with its longer part."""
    parts = (repetition(end=9.0), repetition(start=10.0, end=25.5))
    (pair,) = match(truth_of().events, parts)
    assert pair[1] is parts[1]


def test_side_is_the_rear_leg_while_it_lasts() -> None:
    """The side of a repetition is compared with the leg that knelt in that time."""
    assert not is_wrong_side(truth_of(), repetition("left", 6, 8))
    assert is_wrong_side(truth_of(), repetition("right", 6, 8))
    assert not is_wrong_side(truth_of(), repetition("right", 28.5, 29.5)), "nobody knelt"


# ---- cues and faults


def test_a_cue_in_the_first_second_of_a_hold_is_not_false() -> None:
    """It belongs to the movement before; later it is false."""
    before = (Shown("hips_forward", 3.0, 5.9),)
    later = (Shown("hips_forward", 3.0, 6.5),)
    assert not compare(truth_of(), report_of(repetition(), shown=before)).false_cues
    assert compare(truth_of(), report_of(repetition(), shown=later)).false_cues == later


def test_a_hold_with_a_fault_is_no_correct_holding() -> None:
    """Who leans back through a hold may be told so; a hold that is only short was right while it lasted."""
    assert correct_spans(truth_of(faults=fault_of("leaning_back"))) == []
    assert correct_spans(truth_of(faults=fault_of("hold_short"))) == [(6.0, 26.0)]


@pytest.mark.parametrize(
    ("fault", "report", "seen"),
    [
        ("arms_low", report_of(shown=(Shown("arms_up", 8.0, 10.0),)), True),
        ("arms_low", report_of(shown=(Shown("hips_forward", 8.0, 10.0),)), False),
        ("arms_low", report_of(shown=(Shown("arms_up", 20.0, 22.0),)), False),
        ("arms_low", report_of(repetition(end=17.0, counted=False, reason="arms_up")), True),
        ("hold_short", report_of(repetition(end=17.0, counted=False, reason="partial")), True),
        ("hold_short", report_of(repetition(end=17.0)), False),
        ("hold_broken", report_of(paused=(9.0,)), True),
        ("hold_broken", report_of(paused=(25.0,)), False),
    ],
)
def test_a_fault_is_seen_by_its_own_cue_or_refusal_in_its_time(fault: str, report: Report, seen: bool) -> None:
    """Another cue, another time, or a counted repetition do not show that it was seen."""
    truth = truth_of(faults=fault_of(fault))
    assert fault_result(truth.faults[0], report).seen is seen


def test_time_to_feedback_runs_from_the_start_of_the_fault() -> None:
    """A cue that was already shown came at once."""
    fault = truth_of(faults=fault_of("arms_low")).faults[0]
    assert fault_result(fault, report_of(shown=(Shown("arms_up", 6.5, 9.0),))).after_s == pytest.approx(1.5)
    assert fault_result(fault, report_of(shown=(Shown("arms_up", 4.0, 9.0),))).after_s == 0.0


def test_cue_texts_become_spans_that_last_until_the_next_frame() -> None:
    """The text that was on the screen, with its name, from the first frame to the one that ended it."""
    said = [(0.0, None), (0.1, "Up!"), (0.2, "Up!"), (0.3, "Down!"), (0.4, None)]
    assert spans(said, {"Up!": "arms_up"}) == (Shown("arms_up", 0.1, 0.3), Shown("Down!", 0.3, 0.4))


# ---- refusing


def test_an_instruction_counts_from_taking_the_posture() -> None:
    """Half-kneeling from 2 s, told at 4.5 s; a fault's cue is no instruction."""
    shown = (Shown("hips_forward", 2.5, 3.0), Shown("view", 4.5, 9.0))
    result = compare(truth_of(), report_of(repetition(), shown=shown))
    assert result.instruction_s == pytest.approx(2.5)
    assert targets.is_told(result)


def test_a_silent_refusal_is_not_enough() -> None:
    """Nothing judged and nothing said: not told. Judged, and rightly: nothing need be said."""
    blind = tuple(frame(i / FPS, 90.0, judged=False) for i in range(300))
    assert not targets.is_told(compare(truth_of(), report_of(frames=blind)))
    seeing = tuple(frame(i / FPS, 90.0) for i in range(300))
    assert targets.is_told(compare(truth_of(), report_of(repetition(), frames=seeing)))


def test_wrong_verdicts_are_named() -> None:
    """Counting what did not happen, and refusing for a reason that is not true."""
    truth = truth_of(counts={"left": 0, "right": 0}, events=[], faults=fault_of("hold_short"))
    assert compare(truth, report_of(repetition())).wrong_verdicts
    assert not compare(truth, report_of(repetition(counted=False, reason="too_short"))).wrong_verdicts
    assert compare(truth, report_of(repetition(counted=False, reason="arms_up"))).wrong_verdicts


# ---- angles


def test_angles_are_compared_by_role_and_only_where_the_truth_stands_still() -> None:
    """Left knee on the floor: the right knee is the front one, 94 flexed where 90 is true."""
    truth = truth_of()
    errors = angle_errors(truth, tuple(frame(i / FPS, 94.0) for i in range(300)))
    assert {a.signal for a in errors} == {"front_knee_flexion"}
    assert {round(a.error, 6) for a in errors} == {4.0}
    assert {a.near for a in errors} == {"kneeling leg nearer"}
    moving = [{"t": i / FPS, "rear": "L", "angles": {**ANGLES, "front_knee": 60.0 + 3 * i}} for i in range(30)]
    assert not angle_errors(truth_of(per_frame=moving), tuple(frame(i / FPS, 94.0) for i in range(30)))


def test_frames_that_were_not_judged_have_no_error() -> None:
    """What was refused is not held against the angles."""
    assert not angle_errors(truth_of(), tuple(frame(i / FPS, 94.0, judged=False) for i in range(300)))


def test_knee_drops_are_compared_from_the_persons_own_neutral() -> None:
    """A constant offset is no error; half the movement is."""
    per_frame = [
        {"t": i / FPS, "rear": None, "angles": {"shank_L": 10.0 + (i > 20) * 20, "shank_R": 10.0 + (i > 20) * 20}}
        for i in range(60)
    ]
    truth = truth_of("knee_drops", counts={"in": 0, "out": 0}, events=[], per_frame=per_frame)
    frames = tuple(frame(i / FPS, 17.0 + (i > 20) * 10, Signal.KNEE_DROP) for i in range(60))
    assert {round(a.error, 6) for a in angle_errors(truth, frames)} == {0.0, -10.0}


# ---- clips


def test_cameras_are_classed_by_azimuth() -> None:
    """0 in front, 90 on the subject's left, whatever shape the plan has."""
    assert camera_class("ninety_ninety", [255, 1.0, 2.6]) == "side"
    assert camera_class("side_bend", {"azimuth": 350}) == "front"
    assert camera_class("side_bend", [180, 1.0, 2.6]) == "behind"
    assert camera_class("knee_drops", None) == "foot end"
    assert camera_class("ninety_ninety", [45, 1.0, 2.6]) == "oblique"
    assert (near_side([90]), near_side([270]), near_side([0]), near_side([170])) == (Side.LEFT, Side.RIGHT, None, None)


def test_clips_are_found_by_pair_and_told_apart_by_name(tmp_path: Path) -> None:
    """A truth without its video is no clip; names give split and kind, plans the body; seen sets are tuning."""
    data = {"exercise": "side_bend", "plan": {"body": "D", "light": "dim"}, "fps": 10, "events": [], "per_frame": []}
    text = json.dumps({**data, "counts": {"left": 0, "right": 0}})
    new, seen = f"final{FINAL_SEEDS[0]}_sb_D_view_side_view", f"final{FINAL_SEEDS[0] - 1}_sb_D_good"
    for name in (new, seen, "tuning_sb_D_bend_small", "other", "alone"):
        (tmp_path / f"{name}.truth.json").write_text(text)
        if name != "alone":
            (tmp_path / f"{name}.mp4").touch()
    found = {c.name: (c.split, c.kind, c.regular) for c in find_clips([tmp_path], "all")}
    assert found == {
        new: ("final", "view", False),
        seen: ("tuning", "good", True),
        "other": ("tuning", "good", True),
        "tuning_sb_D_bend_small": ("tuning", "fault", True),
    }
    assert [c.name for c in find_clips([tmp_path], "final")] == [new]


# ---- the whole


def clip_of(truth: Truth, **change: Any) -> Clip:
    keys: dict[str, Any] = {"name": "x", "split": "final", "body": "A", "kind": "good", "label": "good"}
    return Clip(**{"video": Path("x.mp4"), "truth": truth, "camera": "side", "light": "day", **keys, **change})


def test_targets_are_met_by_a_right_report_and_missed_by_a_wrong_one() -> None:
    """Exact counts and no false cue; a wrong side is named."""
    clip = clip_of(truth_of())
    good = {t.name: t.met for t in targets.targets([(clip, compare(clip.truth, report_of(repetition())))])}
    assert [good[name] for name in ("exact counts", "wrong side", "held time, holds")] == [True, True, True]
    assert good["faults seen"] is None, "there were none"
    bad = {t.name: t.met for t in targets.targets([(clip, compare(clip.truth, report_of()))])}
    assert bad["exact counts"] is False


def made_results(truth: Truth, report: Report, **change: Any) -> results.Results:
    """All tables of a run over one clip, without people."""
    clip = clip_of(truth, **change)
    pair = (clip, compare(truth, report))
    spread = {"ninety_ninety": list(limits.spreads(load_exercise("ninety_ninety"), [(truth, report)]))}
    about = {"date": "2026-01-02", "posecheck": "0", "model": "full", "final_seeds": "1"}
    about |= {f"{split}_clips{end}": "0" for split in ("final", "tuning") for end in ("", "_by_earlier_code")}
    return results.Results(
        {
            "run": results.about_table(about),
            "targets": tables.target_table(targets.targets([pair])),
            "counting": tables.counting_table([pair]),
            "angles": tables.angle_table([pair]),
            "faults": tables.fault_table([pair]),
            "views": tables.view_table([pair]),
            "clips": tables.clip_table([pair], {"x": report.counts}),
            "limits": tables.limit_table(spread),
            "gauges": tables.gauge_table(limits.view_spreads([(clip, report)])),
            "photographs": tables.photograph_table([]),
            "film": tables.film_table("", None),
        }
    )


def test_a_session_on_poses_made_to_order_gives_tables_and_a_card(tmp_path: Path) -> None:
    """From poses to files and back: counts by body, angles, the spread of every limit; and the card from them."""
    report = judge(ninety_ninety_set(), load_exercise("ninety_ninety"))
    assert report.repetitions
    made = made_results(truth_of(), report)
    results.write(made, tmp_path)
    read = results.read(tmp_path)
    assert read == results.Results({name: made.tables[name] for name in read.tables})
    assert set(read.tables) == set(made.tables)
    assert [row["clips"] for row in read["counting"].where(body="A", kind="regular")] == ["1"]
    assert {"front_knee_flexion", "trunk_lean"} <= {row["limit"] for row in read["limits"]}
    assert read["gauges"].where(gauge="yaw", seen_from="side")
    text = card(read)
    assert "| 90-90 stretch, from the side | 0 of 1 |" in text, "two more than in the truth"
    assert "nan" not in text


def test_the_card_tells_rendered_from_people_and_hides_no_fault() -> None:
    """A difficult clip that is wrong stands in the headline, among the targets, and with what went wrong."""
    text = card(made_results(truth_of(), report_of(), kind="hard", label="hard_box"))
    assert "| difficult | no | all counts exact | 0 of 1 |" in text
    assert "| both together | no | all counts exact | 0 of 1 |" in text
    assert "| x | difficult | 1 / 0 | 0 / 0 | counts off by 1" in text
    assert "**not met**: exact counts in difficult surroundings, 0 of 1" in text
    assert "never" in text.partition("rendered bodies\n")[0], "nobody measured the three exercises on people"
    right = card(made_results(truth_of(), report_of(repetition())))
    assert "any fault in its verdict:\n\nNone." in right
    early = made_results(truth_of(), report_of())
    about = {**early.about, "final_clips_by_earlier_code": "1"}
    assert "**Provisional**" in card(results.Results({**early.tables, "run": results.about_table(about)}))
    assert "**Provisional**" not in card(early)


def test_the_card_is_what_the_tables_say() -> None:
    """ACCURACY.md is made from the tables beside the benchmark, and is read in one go: at most 16 kB."""
    text = (ROOT / "ACCURACY.md").read_text(encoding="utf-8")
    kept = results.read(results.FOLDER)
    assert text == card(kept)
    assert len(text.encode()) <= 16_000
    clips = kept["clips"]
    assert [str(len(clips.where(split=split))) for split in ("final", "tuning")] == [
        kept.about["final_clips"],
        kept.about["tuning_clips"],
    ]


def test_a_row_that_does_not_fit_its_columns_is_refused(tmp_path: Path) -> None:
    """A table in which a value would slip under another column is not written."""
    with pytest.raises(ValueError, match="2 values under 1 columns"):
        results.write(results.Results({"x": results.Table(("a",), (("1", "2"),))}), tmp_path)


def test_pictures_fit_either_leg_where_the_table_does_not_say() -> None:
    """An unknown posture with a reason is neither right nor wrong; angles take the leg that fits better."""
    picture = people.Picture("x", frozenset({Posture.LYING}), {"knee_flexion": 20.0})
    image = {Signal.LEFT_KNEE_FLEXION: Reading(70.0, 1.0), Signal.RIGHT_KNEE_FLEXION: Reading(25.0, 1.0)}
    view = View(90.0, 1, 0.7, 1.5)
    found = people.compare_picture(picture, Measurement(0.0, view, Posture.LYING, None, image), None)
    assert (found.posture_is, found.angles_ok, found.angles) == ("right", True, (("knee_flexion", 20.0, 25.0),))
    unseen = people.compare_picture(picture, Measurement(0.0, view, Posture.LYING), "turn")
    assert (unseen.angles, set(unseen.refused)) == ((), set(picture.seen))
    wrong = people.compare_picture(picture, Measurement(0.0, view, Posture.STANDING, None, image), None)
    assert wrong.posture_is == "wrong"
    reasons = {"hidden": "unknown", None: "wrong"}
    unknown = {why: people.compare_picture(picture, Measurement(0.0, view, Posture.UNKNOWN), why) for why in reasons}
    assert {why: one.posture_is for why, one in unknown.items()} == reasons
    (told,) = (t for t in targets.people_targets([found, unknown["hidden"]], None) if "posture" in t.name)
    assert (told.found, told.met) == ("0 of 2; 1 right, 1 unknown, and told why", True)
    assert targets.people_targets([unknown[None]], None)[0].met is False
    rows = list(tables.photograph_table([found, unknown["hidden"]]))
    assert [row["posture_is"] for row in rows] == ["right", "unknown"]
