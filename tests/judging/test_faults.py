"""The detector's known faults, on landmarks recorded from it: each verdict is right, and wrong uncorrected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.correct import legs as legs_module
from posecheck.correct.both_knees import BothKnees
from posecheck.correct.facing import BackFacing
from posecheck.detect import person_tracker as tracker_module
from posecheck.detect.models import load_model
from posecheck.detect.person_tracker import PersonTracker
from posecheck.detect.plausibility import is_plausible
from posecheck.exercises import load_exercise
from posecheck.judging import judgeable as judgeable_module
from posecheck.judging.check import check
from posecheck.judging.session import Session
from posecheck.judging.wording import help_for
from posecheck.measure import angles as angles_module
from posecheck.measure import measure
from posecheck.measure import view as view_module
from posecheck.records import Context, Frame, Pose, Posture, Reading, Repetition, Summary
from posecheck.records.quarter_turns import turn_back
from posecheck.run import judge
from posecheck.tape import read_tape

DATA = Path(__file__).parents[1] / "data"


def poses(name: str) -> list[Pose]:
    with read_tape(DATA / f"{name}.jsonl.gz") as tape:
        return list(tape)


def verdict(name: str, exercise: str) -> Summary:
    return judge(DATA / f"{name}.jsonl.gz", exercise)


def only(summary: Summary) -> Repetition:
    assert len(summary.repetitions) == 1, summary.repetitions
    return summary.repetitions[0]


def test_legs_swapped_for_a_whole_hold_do_not_change_the_side() -> None:
    """The right knee is down for 22 s; that the detector says "left" for all of it changes neither side nor time."""
    hold = only(verdict("swapped_legs", "ninety_ninety"))
    assert (hold.group, hold.counted) == ("right", True)
    assert abs(hold.held_s - 22.27) < 1.5


def test_without_the_correction_swapped_legs_lose_the_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tape is judged wrong when the legs keep the names the detector gave them."""
    monkeypatch.setattr(legs_module, "swap_legs", lambda pose: pose)
    assert not any(r.counted for r in verdict("swapped_legs", "ninety_ninety").repetitions)


def test_folded_legs_are_bridged_while_the_body_is_still() -> None:
    """A hold of 22 s, with the legs folded into one again and again, is one hold of about its true length."""
    hold = only(verdict("folded_legs", "ninety_ninety"))
    assert (hold.group, hold.counted) == ("left", True)
    assert abs(hold.held_s - 22.27) < 2.0


def test_without_the_bridge_folded_legs_cost_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tape loses more of the hold when folded legs are taken as they come."""
    bridged = only(verdict("folded_legs", "ninety_ninety")).held_s
    monkeypatch.setattr(legs_module.LegCorrection, "_put_back", lambda *_: None)
    plain = max(r.held_s for r in verdict("folded_legs", "ninety_ninety").repetitions)
    assert plain < bridged - 0.5


def test_legs_misread_for_a_whole_hold_are_rebuilt() -> None:
    """Hardly a frame shows both legs right while the hips glide and 22 s are held: one hold of its true length."""
    summary = verdict("misread_legs", "ninety_ninety")
    hold = only(summary)
    assert (hold.group, hold.counted) == ("left", True)
    assert abs(hold.held_s - 22.0) < 0.5
    assert not {c.cue for c in summary.cues} & {"front_knee_past_toes", "hidden", "rear_knee"}


def test_without_rebuilding_misread_legs_lose_the_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hold does not count when misread legs are taken as they come, nor when they are only left out."""
    monkeypatch.setattr(legs_module.LegCorrection, "_put_back", lambda *_: None)
    assert not any(r.counted for r in verdict("misread_legs", "ninety_ninety").repetitions)
    monkeypatch.setattr(legs_module, "legs_fit", lambda *_: True)
    assert not any(r.counted for r in verdict("misread_legs", "ninety_ninety").repetitions)


def test_the_knee_that_stays_tells_which_leg_kneels() -> None:
    """A box hides the front foot, and the names are wrong: the left knee is where the left one was before."""
    hold = only(verdict("wrong_leg", "ninety_ninety"))
    assert (hold.group, hold.counted) == ("left", True)
    assert abs(hold.held_s - 22.3) < 0.5
    assert hold.side_probability is not None
    assert 0.85 <= hold.side_probability < 0.99  # the signs contradict each other, and that is said


def test_without_the_knees_before_the_wrong_leg_kneels(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hold is counted for the other side when nobody remembers where both knees were."""
    monkeypatch.setattr(BothKnees, "kneeling", lambda *_: None)
    assert only(verdict("wrong_leg", "ninety_ninety")).group == "right"


def test_a_hidden_rear_knee_is_not_taken_for_a_good_one() -> None:
    """The hidden knee is put half way up the thigh, with the names exchanged: it is rebuilt, and the hold is whole."""
    hold = only(verdict("hidden_rear_knee", "ninety_ninety"))
    assert (hold.group, hold.counted) == ("right", True)
    assert abs(hold.held_s - 22.7) < 0.5


def test_legs_that_cross_are_named_the_other_way_round() -> None:
    """From behind, the legs are crossed just as the leg in front is agreed: the right knee is on the floor."""
    hold = only(verdict("crossed_legs", "side_bend"))
    assert (hold.group, hold.counted) == ("right", True)
    assert abs(hold.held_s - 21.8) < 0.5


def test_a_front_knee_that_seems_to_hang_down_does_not_end_the_hold() -> None:
    """From the front, the knee that points at the camera slides down by a shin for ten seconds; the hips stay."""
    hold = only(verdict("hanging_knee", "side_bend"))
    assert (hold.group, hold.counted) == ("left", True)
    assert abs(hold.held_s - 21.5) < 0.5


def test_with_a_say_the_knee_that_seems_to_hang_down_ends_the_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hold breaks when a clear knee tells from the front, too, that somebody has got up."""
    monkeypatch.setattr(legs_module, "from_side", lambda _: True)
    assert not any(r.counted for r in verdict("hanging_knee", "side_bend").repetitions)


def test_a_foot_that_is_drawn_back_is_a_change_of_legs() -> None:
    """From behind, both knees on the floor are not made out between a hold on the right knee and one on the left."""
    found = [(r.group, r.counted) for r in verdict("knees_not_made_out", "side_bend").repetitions]
    assert found == [("right", True), ("left", True)]


def test_a_back_taken_for_a_chest_is_turned_back() -> None:
    """From behind, the detector shows the chest for a whole hold of 21 s, which counts all the same, for its side."""
    hold = only(verdict("back_for_chest", "side_bend"))
    assert (hold.group, hold.counted) == ("left", True)
    assert abs(hold.held_s - 21.2) < 1.0


def test_without_the_back_known_a_chest_costs_the_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hold does not count when the body is taken as the detector shows it."""
    monkeypatch.setattr(BackFacing, "update", lambda _, pose: pose)
    assert not any(r.counted for r in verdict("back_for_chest", "side_bend").repetitions)


def instructions(name: str, exercise: str) -> set[str]:
    return {c.cue for c in verdict(name, exercise).cues}


def test_legs_alone_are_nobody_who_lies() -> None:
    """Cut off at the waist, legs look like somebody who lies: the person is asked to show all of the body, at once."""
    summary = verdict("legs_alone", "ninety_ninety")
    assert {c.cue for c in summary.cues} <= {"no_person", "too_far", "cut_off"}
    assert summary.cues[0].start_s < 1.0


def test_without_the_size_legs_alone_are_told_to_get_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same legs are given a wrong cue when a small body on the floor is believed."""
    monkeypatch.setattr(judgeable_module, "SMALLEST_LYING", 0.0)
    assert "posture" in instructions("legs_alone", "ninety_ninety")


def test_feet_below_the_picture_are_no_posture() -> None:
    """With the feet cut off, kneeling looks like nothing known: it is the feet that are asked for."""
    assert instructions("cut_feet", "side_bend") == {"cut_off"}


def test_without_feet_made_up_cut_feet_get_a_wrong_cue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same body is told to kneel, which it does, when the feet that are made up are believed."""
    monkeypatch.setattr(view_module, "FOOTROOM", 0.0)
    assert "posture" in instructions("cut_feet", "side_bend")


def test_half_a_body_is_not_judged() -> None:
    """Legs without shoulders are never judged, however sure the detector is of a whole body."""
    recorded = poses("half_a_body")
    sure = [float(p.visibility[[23, 24]].min()) for p in recorded if p.visibility is not None]
    assert len(sure) == len(recorded)
    assert float(np.median(sure)) > 0.9
    session = Session(load_exercise("ninety_ninety"))
    steps = [session.feed(pose) for pose in recorded]
    assert session.summary().repetitions == ()
    assert not any(step.check.judged and step.check.in_posture for step in steps)
    assert any(span.reason.startswith("cut_off") for span in session.summary().not_judged)


def test_without_the_picture_edge_half_a_body_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same legs are judged, and a hold refused, when points outside the picture are taken for seen."""
    monkeypatch.setattr(view_module, "_CUT_CANDIDATES", ())
    monkeypatch.setattr(judgeable_module, "HEADROOM", float("-inf"))
    session = Session(load_exercise("ninety_ninety"))
    steps = [session.feed(pose) for pose in poses("half_a_body")]
    assert sum(step.check.judged and step.check.in_posture for step in steps) > 0.5 * len(steps)
    assert not only(session.summary()).counted


def test_a_hidden_leg_leaves_the_drop_to_the_other() -> None:
    """One knee read on top of its own foot: the full drop in still counts, by the leg that is seen."""
    drop = verdict("hidden_leg", "knee_drops").repetitions[0]
    assert (drop.group, drop.counted) == ("in", True)
    assert abs(drop.held_s - 3.6) < 0.8


def test_without_the_choice_of_legs_a_hidden_one_costs_the_drop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same full drop is refused when the hidden leg has as much to say as the one that is seen."""

    def mean(left: Reading, right: Reading) -> Reading:
        return Reading((left.value + right.value) / 2, min(left.confidence, right.confidence))

    monkeypatch.setattr(angles_module, "_mean_or_clearer", mean)
    assert not verdict("hidden_leg", "knee_drops").repetitions[0].counted


def test_a_wrong_lock_is_implausible_and_a_right_one_is_not() -> None:
    """The body lying across its own knees is doubted in most frames, the true one in none after the first look."""
    wrong = [pose for pose in poses("wrong_lock") if pose.present]
    right = [pose for pose in poses("right_lock") if pose.t > 1.0]
    assert sum(not is_plausible(pose) for pose in wrong) > 0.5 * len(wrong)
    assert all(is_plausible(pose) for pose in right)


class Scripted:
    """A detector that plays poses by time, and sees nobody in a picture that was turned."""

    def __init__(self, script: list[Pose]) -> None:
        self._script = {round(pose.t, 6): pose for pose in script}

    def detect(self, frame: Frame) -> Pose:
        height, width = frame.image.shape[:2]
        return self._script[round(frame.t, 6)] if width > height else Pose.absent(frame.t, (width, height))

    def close(self) -> None:
        pass


def frames(script: list[Pose]) -> Iterator[Frame]:
    picture = np.zeros((480, 640, 3), np.uint8)
    return (Frame(i, pose.t, picture) for i, pose in enumerate(script))


def follow(trackers: list[list[Pose]], looks: list[Pose]) -> tuple[PersonTracker, list[Pose]]:
    """A PersonTracker whose trackers play one script after the other, and whose fresh looks play `looks`."""
    scripts = iter(trackers)

    def make(_model: Any, mode: str) -> Scripted:
        return Scripted(next(scripts, trackers[-1]) if mode == "video" else looks)

    with PersonTracker(load_model(), make) as follower:
        return follower, [follower.detect(frame) for frame in frames(trackers[0])]


def test_a_wrong_lock_is_started_afresh() -> None:
    """A tracker that follows no possible body is replaced within a second by one that agrees with fresh looks."""
    wrong = poses("wrong_lock")
    body = next(pose for pose in poses("right_lock") if pose.t > 1.5)
    right = [Pose(p.t, body.size, body.points_px, body.points_m, body.visibility) for p in wrong]
    follower, seen = follow([wrong, right], right)
    assert follower.restarts == 1
    assert all(is_plausible(pose) for pose in seen if pose.t > 1.0)


def ready_after_s(seen: list[Pose]) -> float | None:
    """When a session of knee drops finds the body ready, in seconds; None when it never does."""
    session = Session(load_exercise("knee_drops"))
    return next((step.check.t for step in map(session.feed, seen) if step.check.ready), None)


def test_without_the_doubt_a_wrong_lock_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tracker is believed when nobody doubts it, and a body that lies ready is told to be in another pose."""
    wrong = poses("wrong_lock")
    body = next(pose for pose in poses("right_lock") if pose.t > 1.5)
    right = [Pose(p.t, body.size, body.points_px, body.points_m, body.visibility) for p in wrong]
    _, doubted = follow([wrong, right], right)
    assert ready_after_s(doubted) is not None
    monkeypatch.setattr(tracker_module, "is_plausible", lambda pose: pose.present)
    monkeypatch.setattr(PersonTracker, "_audit", lambda *args: args[-1])
    follower, believed = follow([wrong, right], right)
    assert follower.restarts == 0
    assert ready_after_s(believed) is None


def holds(seen: list[Pose]) -> list[tuple[float, float]]:
    """Start and held time of each hold of the 90-90 stretch, in seconds."""
    session = Session(load_exercise("ninety_ninety"))
    for pose in seen:
        session.feed(pose)
    return [(r.start_s, r.held_s) for r in session.summary().repetitions]


def test_a_passer_does_not_break_the_hold() -> None:
    """The tracker goes along with somebody who walks by in front; the one who stretches is followed again at once."""
    follower, seen = follow([poses("passer"), poses("passer_ignored")], poses("passer_ignored"))
    assert (follower.changes, follower.unclear_t) == (1, None)
    assert follower.company_t == pytest.approx(11.0, abs=0.6)
    ((_, held_s),) = holds(seen)
    assert held_s == pytest.approx(10.7, abs=1.5)
    walked = [p.t for p in seen if p.points_px is not None and float(p.points_px[23, 1]) < 280]  # upright hips
    assert len(walked) <= 2


def test_without_the_choice_the_passer_ends_the_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hold is over when the passer comes by, if whoever the tracker finds is judged."""
    monkeypatch.setattr(PersonTracker, "_choose", lambda *args: args[-1])
    _, seen = follow([poses("passer"), poses("passer_ignored")], poses("passer_ignored"))
    assert max(held_s for _, held_s in holds(seen)) < 5.0


def test_a_good_lock_is_left_alone() -> None:
    """A plausible body that fresh looks agree with is never started afresh."""
    body = next(pose for pose in poses("right_lock") if pose.t > 1.5)
    right = [Pose(p.t, body.size, body.points_px, body.points_m, body.visibility) for p in poses("wrong_lock")]
    follower, seen = follow([right], right)
    assert follower.restarts == 0
    assert seen == right


def test_a_plausible_body_in_the_wrong_place_is_given_up() -> None:
    """A tracker that follows something else than the fresh looks show is replaced after two looks."""
    body = next(pose for pose in poses("right_lock") if pose.t > 1.5)
    assert body.points_px is not None
    times = [i / 15 for i in range(45)]
    there = [Pose(t, body.size, body.points_px, body.points_m, body.visibility) for t in times]
    aside = [Pose(t, body.size, body.points_px + np.array([200.0, 0.0]), body.points_m, body.visibility) for t in times]
    follower, seen = follow([aside, there], there)
    assert follower.restarts == 1
    assert seen[-1] == there[-1]


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_turned_picture_gives_points_of_the_upright_one(turn: int) -> None:
    """Points found in a picture turned by quarter turns are turned back to where they are in the upright one."""
    pose = next(pose for pose in poses("right_lock") if pose.t > 1.5)
    assert pose.points_px is not None
    assert pose.points_m is not None
    width, height = pose.size
    px, metres = pose.points_px, pose.points_m
    for _ in range(turn):  # clockwise: (x, y) goes to (height - y, x)
        px, metres = (
            np.stack([height - px[:, 1], px[:, 0]], 1),
            np.stack([-metres[:, 1], metres[:, 0], metres[:, 2]], 1),
        )
        width, height = height, width
    back = turn_back(Pose(pose.t, (width, height), px, metres, pose.visibility), turn)
    assert back.size == pose.size
    assert back.points_px is not None
    assert back.points_m is not None
    np.testing.assert_allclose(back.points_px, pose.points_px, atol=2e-3)
    np.testing.assert_allclose(back.points_m, pose.points_m, atol=1e-12)


def test_a_bad_first_second_does_not_poison_the_zero() -> None:
    """Landmarks of a wrong lock at the start are not taken for the person's own neutral."""
    session = Session(load_exercise("knee_drops"))
    steps = [session.feed(pose) for pose in poses("wrong_lock")]
    assert not any(step.measurement.posture is Posture.SUPINE_KNEES_BENT and step.check.ready for step in steps)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("knee_drops", "Show your face to the camera first, at most 3 m away, then lie down."),
        ("ninety_ninety", "I can't see you. Step into the picture, at most 3 m from the camera."),
        ("side_bend", "I can't see you. Step into the picture, at most 3 m from the camera."),
    ],
)
def test_who_lies_down_is_asked_for_the_face_first(name: str, words: str) -> None:
    """Nobody seen: the exercise that is done lying asks for the face first, by which people are found."""
    exercise = load_exercise(name)
    verdict = check(measure(Pose.absent(0.0)), exercise, Context())
    assert verdict.reason is not None
    assert help_for(verdict.reason, exercise) == words
