"""Whole sets of bodies made to order, from pose to verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from functools import cache

import numpy as np
import pytest

from posecheck.correct.facing import turned_round
from posecheck.errors import NoPersonError, PosecheckError, PoseError
from posecheck.exercises import load_exercise
from posecheck.exercises.format import Limit
from posecheck.judging.recognise import recognise
from posecheck.judging.session import FPS_FRAMES, Session
from posecheck.measure import measure
from posecheck.records import EventKind, Landmark, Phase, Pose, Posture, Side, Signal, Step, Summary
from posecheck.testing import (
    FOOT_CAMERA,
    FRONT_CAMERA,
    Camera,
    assert_counts,
    assert_holds,
    dropped_out,
    floor_sitting,
    half_kneeling,
    hidden,
    judged,
    keys_of,
    knee_drops_set,
    make_pose,
    motion,
    ninety_ninety_set,
    noisy,
    side_bend_set,
    standing,
    supine,
    swapped,
    tall_kneeling,
)

SETS: dict[str, Callable[[], list[Pose]]] = {
    "ninety_ninety": ninety_ninety_set,
    "side_bend": side_bend_set,
    "knee_drops": knee_drops_set,
}
SHORT: dict[str, Callable[[], list[Pose]]] = {
    "ninety_ninety": lambda: ninety_ninety_set(("right", "left"), hold_s=18.5),
    "side_bend": lambda: side_bend_set(("right", "left"), hold_s=18.5),
    "knee_drops": lambda: knee_drops_set(("in", "out")),
}
T = load_exercise("ninety_ninety").timing


@cache
def poses_of(name: str) -> tuple[Pose, ...]:
    return tuple(SETS[name]())


@cache
def verdict_on(name: str) -> Summary:
    return judged(poses_of(name), name)


@cache
def short(name: str) -> tuple[Pose, ...]:
    return tuple(SHORT[name]())


@cache
def verdict_on_short(name: str) -> Summary:
    return judged(short(name), name)


@cache
def right_side() -> tuple[tuple[Pose, ...], Summary]:
    """One hold on the right, and its verdict."""
    poses = tuple(ninety_ninety_set(("right",)))
    return poses, judged(poses, "ninety_ninety")


def steps_of(poses: Iterable[Pose], name: str) -> list[Step]:
    session = Session(load_exercise(name))
    return [session.feed(pose) for pose in poses]


@pytest.mark.parametrize("name", SETS)
def test_a_whole_set_is_complete(name: str) -> None:
    """A set done right is complete: every repetition counted, nothing refused, nothing unjudged."""
    summary = verdict_on(name)
    assert summary.complete
    assert summary.counts == summary.goal
    assert all(r.counted for r in summary.repetitions)
    assert len(summary.repetitions) == sum(summary.goal.values())
    assert summary.not_judged == ()
    assert summary.judged_s == pytest.approx(summary.duration_s)


def test_held_times_are_those_of_the_motion() -> None:
    """A hold is as long as the stretch was held, plus the parts of the way in and out that are inside the limits."""
    assert_holds(verdict_on("ninety_ninety"), *[21.0] * 4, within=1.0)
    assert_holds(verdict_on("side_bend"), *[21.3] * 4, within=1.0)
    # half of the way in and out already is a drop
    assert_holds(verdict_on("knee_drops"), *[3.3] * 10, within=0.8)


@pytest.mark.parametrize("name", SETS)
def test_the_same_poses_give_the_same_verdict_to_the_letter(name: str) -> None:
    """Judging is repeatable: nothing depends on the clock or on an earlier session."""
    assert judged(short(name), name) == verdict_on_short(name)


@pytest.mark.parametrize("fps", [8.0, 30.0])
@pytest.mark.parametrize("name", ["ninety_ninety", "knee_drops"])
def test_the_frame_rate_changes_no_count(name: str, fps: float) -> None:
    """8 or 30 frames a second give the counts of 15, and held times within a third of a second."""
    if name == "knee_drops":
        plain = judged(knee_drops_set(("in", "out")), name)
        other = judged(knee_drops_set(("in", "out"), fps=fps), name)
    else:
        plain = right_side()[1]
        other = judged(ninety_ninety_set(("right",), fps=fps), name)
    assert other.counts == plain.counts
    assert_holds(other, *[r.held_s for r in plain.repetitions], within=0.35)


def test_a_variable_frame_rate_changes_no_count() -> None:
    """Frames 0.03 to 0.2 s apart give the same."""
    times, t = [], 0.0
    while t < 36:
        times.append(t)
        t += (0.033, 0.1, 0.05, 0.2, 0.066)[len(times) % 5]
    summary = judged(ninety_ninety_set(("right",), times=times), "ninety_ninety")
    assert_counts(summary, right=1)
    assert_holds(summary, 21.0, within=0.7)


def test_the_start_of_the_clock_does_not_matter() -> None:
    """A source whose stamps begin anywhere gives the same, with its own times."""
    start = 1000.0
    poses = [replace(p, t=p.t + start) for p in right_side()[0]]
    summary = judged(poses, "ninety_ninety")
    assert_holds(summary, 21.0)
    assert summary.repetitions[0].start_s == pytest.approx(start + 7, abs=0.5)


@pytest.mark.parametrize(("height", "yaw"), [(1.5, 90), (1.95, 70), (1.7, -90), (1.7, 115)])
def test_body_and_view_within_range_do_not_matter(height: float, yaw: float) -> None:
    """Short and tall people, from either side and a little oblique, complete a side."""
    camera = Camera(yaw_deg=yaw, distance_m=3.0)
    assert_counts(judged(ninety_ninety_set(("left",), camera=camera, height_m=height), "ninety_ninety"), left=1)


@pytest.mark.parametrize("yaw", [180, 160, -155])
def test_side_bend_from_behind(yaw: float) -> None:
    """From behind the side bend is judged as from the front."""
    summary = judged(side_bend_set(("left", "right"), camera=Camera(yaw_deg=yaw)), "side_bend")
    assert_counts(summary, left=1, right=1)
    assert [r.held_s for r in summary.repetitions] == pytest.approx([21.0, 21.0], abs=0.6)


def test_side_bend_to_the_wrong_side_from_behind() -> None:
    """From behind, too, a bend away from the front leg is listed as to the wrong side."""
    summary = judged(side_bend_set(("left",), bend_deg=-17.0, camera=Camera(yaw_deg=170)), "side_bend")
    assert_counts(summary)
    assert "wrong_side" in {c.cue for c in summary.cues}


@pytest.mark.parametrize("share", [1.0, 0.5], ids=["all the time", "in half of the frames"])
def test_a_back_that_is_taken_for_a_chest_while_the_arms_are_raised_is_turned_back(share: float) -> None:
    """The detector turns the body round for the whole hold, or again and again: the same holds, on the same sides."""
    poses = side_bend_set(("left", "right"), camera=Camera(yaw_deg=170))
    chance = np.random.default_rng(0)
    misread = [turned_round(p) if raises_arms(p) and chance.random() < share else p for p in poses]
    assert misread != poses
    plain, summary = judged(poses, "side_bend"), judged(misread, "side_bend")
    assert [(r.group, r.counted) for r in summary.repetitions] == [(r.group, r.counted) for r in plain.repetitions]
    for found, there in zip(summary.repetitions, plain.repetitions, strict=True):
        assert found.held_s == pytest.approx(there.held_s, abs=0.3)


def raises_arms(pose: Pose) -> bool:
    """Whether both wrists are higher than the nose."""
    px = pose.points_px
    return px is not None and float(px[[15, 16], 1].max()) < float(px[0, 1])


def test_side_bend_after_turning_round() -> None:
    """Seen from behind at first, and then from the front: the hold counts."""
    behind = list(motion(keys_of((0, 4, half_kneeling())), camera=Camera(yaw_deg=180)))
    front = [replace(p, t=p.t + 4.1) for p in side_bend_set(("right",))]
    assert_counts(judged(behind + front, "side_bend"), right=1)


def test_who_was_seen_from_the_side_and_turns_in_place_is_told_to_kneel_down() -> None:
    """A side view, slightly from behind, is no view from behind: facing the camera now is all that was asked for."""
    side = list(motion(keys_of((0, 4, half_kneeling())), camera=Camera(yaw_deg=100)))
    upright = [replace(p, t=p.t + 4.1) for p in motion(keys_of((0, 6, standing())), camera=FRONT_CAMERA)]
    summary = judged(side + upright, "side_bend")
    assert [c.text for c in summary.cues][-1] == load_exercise("side_bend").posture_cues[Posture.STANDING]


def test_who_gets_up_and_turns_round_is_told_to_kneel_down() -> None:
    """Hips that have moved are those of somebody who faces the camera now, standing."""
    behind = list(motion(keys_of((0, 4, half_kneeling())), camera=Camera(yaw_deg=180)))
    upright = replace(FRONT_CAMERA, hip_at=(0.5, 0.4))
    stood = [replace(p, t=p.t + 4.1) for p in motion(keys_of((0, 5, standing())), camera=upright)]
    summary = judged(behind + stood, "side_bend")
    assert [c.text for c in summary.cues][-1] == load_exercise("side_bend").posture_cues[Posture.STANDING]


def test_a_moment_turned_front_to_back_costs_nothing() -> None:
    """Left and right mixed up for two frames of a hold leave the side bend judged."""
    poses = side_bend_set(("right",))
    plain = judged(poses, "side_bend")
    turned = side_bend_set(("right",), camera=Camera(yaw_deg=180))
    mixed = [turned[i] if 15.0 <= p.t < 15.1 else p for i, p in enumerate(poses)]
    summary = judged(mixed, "side_bend")
    assert summary.not_judged == ()
    assert_holds(summary, plain.repetitions[0].held_s, within=0.3)


@pytest.mark.parametrize("name", SETS)
def test_jitter_changes_no_count(name: str) -> None:
    """The detector's usual jitter leaves the counts as they are."""
    noise = noisy(short(name), px=1.0, m=0.008, seed=3)
    assert judged(noise, name).counts == verdict_on_short(name).counts


# ---- faults


@pytest.mark.parametrize("name", ["ninety_ninety", "side_bend"])
def test_a_hold_in_which_the_recording_begins_counts(name: str) -> None:
    """Cut 2 s into the first hold of 22 s, the rest of it is a hold; a person is not asked to go forward again."""
    whole = verdict_on_short(name).repetitions[0]
    cut = [pose for pose in short(name) if whole.start_s + 2.0 <= pose.t <= whole.end_s + 2.0]
    rest = judged(cut, name)
    assert [r.group for r in rest.repetitions] == [whole.group]
    assert rest.repetitions[0].held_s == pytest.approx(whole.held_s - 2.0, abs=2.0)
    assert "hips_forward" not in {cue.cue for cue in rest.cues}


def test_arms_that_stay_down_count_nothing() -> None:
    """Hips forward with the arms half up: refused because of the arms, and told so."""
    summary = judged(ninety_ninety_set(("right",), arm_deg=100), "ninety_ninety")
    assert_counts(summary)
    assert [r.reason for r in summary.repetitions] == ["arms_up"]
    assert "arms_up" in {c.cue for c in summary.cues}


def test_arms_that_stay_down_in_a_deep_stretch() -> None:
    """With the hips far forward the reason is still the arms: what concerns the starting position is no reason."""
    summary = judged(ninety_ninety_set(("right",), arm_deg=100, shift_deg=22), "ninety_ninety")
    assert_counts(summary)
    assert [r.reason for r in summary.repetitions] == ["arms_up"]


def test_hips_that_stay_back_count_nothing() -> None:
    """Arms up without the hips forward: refused because of the hips, and told so."""
    summary = judged(ninety_ninety_set(("left",), shift_deg=0), "ninety_ninety")
    assert_counts(summary)
    assert [r.reason for r in summary.repetitions] == ["hips_forward"]
    assert "hips_forward" in {c.cue for c in summary.cues}


def test_a_misread_rear_thigh_alone_is_no_stretch() -> None:
    """The rear thigh reads as forward, but the front shin has not followed it: nothing counts, and it is said why."""
    start = half_kneeling("left")
    misread = half_kneeling("left", rear_thigh=12, arm_elevation=172)
    summary = judged(motion(keys_of((0, 3, start), (1, 20, misread), (1, 4, start))), "ninety_ninety")
    assert_counts(summary)
    assert "Gently move your hips forward." in {c.text for c in summary.cues}


@pytest.mark.parametrize(("hold_s", "reason"), [(4.0, "too_short"), (13.0, "partial")])
def test_holds_that_are_let_go_too_soon(hold_s: float, reason: str) -> None:
    """A short hold is listed with its length, and not counted."""
    summary = judged(ninety_ninety_set(("left",), hold_s=hold_s), "ninety_ninety")
    assert_counts(summary)
    (repetition,) = summary.repetitions
    assert repetition.reason == reason
    assert repetition.held_s == pytest.approx(hold_s + 0.5, abs=1.0)


@pytest.mark.parametrize(("broken_s", "counted"), [(1.0, 1), (5.0, 0)])
def test_a_hold_that_is_broken_off(broken_s: float, counted: int) -> None:
    """Arms down for a second pauses the hold, for five seconds ends it."""
    summary = judged(ninety_ninety_set(("right",), broken_s=broken_s), "ninety_ninety")
    assert_counts(summary, right=counted)
    assert len(summary.repetitions) == (1 if counted else 2)
    assert sum(r.held_s for r in summary.repetitions) == pytest.approx(21.0, abs=1.5)


def test_a_bend_to_the_wrong_side_counts_nothing() -> None:
    """Bent away from the front leg there is no hold, and the right side is told."""
    summary = judged(side_bend_set(("right",), bend_deg=-17), "side_bend")
    assert_counts(summary)
    assert "wrong_side" in {c.cue for c in summary.cues}


def test_a_bend_that_is_too_small_is_refused() -> None:
    """A little to the side is an attempt with a reason."""
    summary = judged(side_bend_set(("right",), bend_deg=6), "side_bend")
    assert_counts(summary)
    assert [r.reason for r in summary.repetitions] == ["bend_more"]


def test_a_small_lean_before_does_not_move_the_zero_of_the_bend() -> None:
    """Who stays a little to the side for a while and then bends enough still gets the hold."""
    start, lean = half_kneeling("right"), half_kneeling("right", bend_to_front=6)
    bent = half_kneeling("right", bend_to_front=12.5)
    keys = keys_of((0, 3, start), (1, 2, lean), (1, 20, bent), (1, 4, start))
    assert_counts(judged(motion(keys, camera=FRONT_CAMERA), "side_bend"), right=1)


def test_drops_that_are_too_small_or_too_short_or_to_one_side() -> None:
    """None of the three counts."""
    assert_counts(judged(knee_drops_set(("in", "out"), drop_deg=5), "knee_drops"))
    assert_counts(judged(knee_drops_set(("in", "out"), hold_s=0.1, move_s=0.6), "knee_drops"))
    assert_counts(judged(knee_drops_set(("in", "out"), to_one_side=True), "knee_drops"))


def test_a_small_drop_straight_after_a_full_one_the_other_way_is_told() -> None:
    """The knees come up from a full drop out and go on into a small one in, without a rest in the middle."""
    full, small = supine(knees_in=-20), supine(knees_in=5)
    keys = keys_of((0, 2.5, supine()), (1, 2.5, full), (0.8, 2.5, small), (1, 2, supine()))
    summary = judged(motion(keys, camera=FOOT_CAMERA), "knee_drops")
    assert [(r.group, r.counted, r.reason) for r in summary.repetitions] == [
        ("out", True, None),
        ("in", False, "too_small"),
    ]


@pytest.mark.parametrize("misread", ["picture", "space"])
def test_a_drop_in_has_to_be_seen_in_the_picture_and_in_space(misread: str) -> None:
    """A full drop that is read as a small one in either of the two does not count; the picture's angle is shown."""
    session = Session(load_exercise("knee_drops"))
    shown = []
    for pose, small in zip(knee_drops_set(("in",)), knee_drops_set(("in",), drop_deg=4), strict=True):
        in_picture, in_space = (small, pose) if misread == "picture" else (pose, small)
        step = session.feed(replace(pose, points_px=in_picture.points_px, points_m=in_space.points_m))
        seen = step.measurement.image.get(Signal.KNEE_DROP)
        shown += [(value, seen and seen.value) for signal, value, *_ in step.progress.angles if signal == "knee_drop"]
    assert_counts(session.summary())
    assert shown
    assert all(value == seen for value, seen in shown)


def test_drops_to_one_side_are_told() -> None:
    """Both knees to one side is a fault with its cue."""
    assert "one_side" in {c.cue for c in judged(knee_drops_set(("in",) * 2, to_one_side=True), "knee_drops").cues}


def test_the_wrong_exercise_counts_nothing() -> None:
    """A side bend seen from the front is no 90-90 stretch, and its view is named."""
    summary = judged(side_bend_set(("right",)), "ninety_ninety")
    assert_counts(summary)
    assert {n.reason for n in summary.not_judged} == {"view"}


def test_sitting_on_the_floor_counts_nothing() -> None:
    """The wrong posture is judged, counts nothing, and says what to do instead."""
    sitting = floor_sitting(left_arm=172, right_arm=172)
    poses = motion([(0.0, sitting), (30.0, sitting)])
    summary = judged(poses, "ninety_ninety")
    assert_counts(summary)
    assert {c.text for c in summary.cues} == {
        load_exercise("ninety_ninety").posture_cues[measure(make_pose(sitting)).posture]
    }


# ---- what the camera does


def test_short_dropouts_cost_nothing() -> None:
    """Nobody seen for 0.3 s every five seconds of a hold: the same hold, with the same length."""
    poses, plain = right_side()
    lost = dropped_out(poses, *((t, t + 0.3) for t in range(10, 26, 5)))
    assert_holds(judged(lost, "ninety_ninety"), plain.repetitions[0].held_s, within=0.2)


def test_a_long_dropout_is_not_credited_and_is_listed() -> None:
    """Two seconds without a person are missing in the hold and listed as not judged."""
    poses, plain = right_side()
    summary = judged(dropped_out(poses, (15.0, 17.0)), "ninety_ninety")
    assert_holds(summary, plain.repetitions[0].held_s - 2.0, within=0.3)
    (span,) = summary.not_judged
    assert span.reason == "no_person"
    assert (span.start_s, span.end_s) == pytest.approx((15.0, 17.0), abs=0.1)
    assert summary.judged_s == pytest.approx(summary.duration_s - 2.0, abs=0.2)


@pytest.mark.parametrize("span", [(12.0, 12.05), (12.0, 17.0)], ids=["1 frame", "5 s"])
def test_swapped_legs_change_nothing(span: tuple[float, float]) -> None:
    """Legs named the other way round during a hold leave it as it is."""
    poses, plain = right_side()
    assert judged(swapped(poses, span), "ninety_ninety").repetitions == plain.repetitions


def test_hidden_legs_are_not_judged() -> None:
    """A hold behind a table is no fault and no credit, with the reason."""
    poses = ninety_ninety_set(("right",))
    behind = [hidden(p, Landmark.RIGHT_KNEE, Landmark.LEFT_KNEE) if p.t > 6 else p for p in poses]
    summary = judged(behind, "ninety_ninety")
    assert_counts(summary)
    assert "hidden:legs" in {n.reason for n in summary.not_judged}


def test_too_few_frames_are_not_judged() -> None:
    """At three frames a second nothing is judged, and the reason is the rate."""
    summary = judged(ninety_ninety_set(("right",), fps=3), "ninety_ninety")
    assert_counts(summary)
    assert {n.reason for n in summary.not_judged} == {"frame_rate"}


def test_a_view_between_the_limits_does_not_begin() -> None:
    """Judging starts inside the view's enter limits; a camera that is only inside the exit limits is not enough."""
    view = load_exercise("ninety_ninety").view
    yaw = (view.yaw_enter[0] + view.yaw_exit[0]) / 2
    poses = motion([(0.0, half_kneeling()), (5.0, half_kneeling())], camera=Camera(yaw_deg=yaw))
    assert judged(poses, "ninety_ninety").judged_s == 0.0


def test_turning_away_and_back() -> None:
    """Somebody who turns to the camera is told to turn back, and not judged meanwhile."""
    side = list(motion(keys_of((0, 4, half_kneeling()))))
    front = list(motion(keys_of((0, 4, half_kneeling()), start_s=4.1), camera=FRONT_CAMERA))
    summary = judged(side + front, "ninety_ninety")
    assert [n.reason for n in summary.not_judged] == ["view"]
    assert summary.not_judged[0].text == load_exercise("ninety_ninety").view.cue
    assert "view" in {c.cue for c in summary.cues}


# ---- steps and events


@cache
def one_side() -> list[Step]:
    return steps_of(right_side()[0], "ninety_ninety")


def test_nothing_is_said_while_a_hold_runs_well() -> None:
    """From the start of the hold until it is reached no cue is shown or spoken."""
    steps = one_side()
    start = next(i for i, s in enumerate(steps) if s.progress.phase is Phase.HOLD)
    reached = next(i for i, s in enumerate(steps) if any(e.kind is EventKind.HOLD_REACHED for e in s.events))
    settled = start + 15  # a cue from before lapses
    assert all(s.progress.cue is None for s in steps[settled:reached])
    assert all(e.kind is not EventKind.CUE for s in steps[start:reached] for e in s.events)


def test_who_comes_out_of_a_finished_hold_is_not_corrected() -> None:
    """After the full time the arms may come down: the next cue is to switch sides."""
    steps = one_side()
    reached = next(i for i, s in enumerate(steps) if any(e.kind is EventKind.HOLD_REACHED for e in s.events))
    said = [e.reason for s in steps[reached:] for e in s.events if e.kind is EventKind.CUE]
    assert set(said) <= {"switch_side"}
    shown = {s.progress.cue for s in steps[reached:]} - {None}
    assert shown <= {load_exercise("ninety_ninety").switch_cue}


def test_the_step_shows_what_is_judged() -> None:
    """In a hold the step has the side, the seconds held of the target, and each judged angle with its range."""
    step = next(s for s in one_side() if s.progress.held_s > 10)
    progress = step.progress
    assert (progress.group, progress.target_s, progress.phase) == ("right", T.target_s, Phase.HOLD)
    ranges = {signal.value: (value, low, high) for signal, value, low, high in progress.angles}
    value, low, high = ranges["arm_elevation"]
    assert high is None
    assert low is not None
    assert value > low
    value, low, high = ranges["right_thigh_inclination"]
    assert low is not None
    assert high is not None
    assert low < value < high


def test_events_come_in_order_of_time() -> None:
    """In position, hold started, reached, counted; their times never run backwards."""
    events = [e for s in one_side() for e in s.events]
    kinds = [e.kind for e in events if e.kind is not EventKind.CUE]
    order = [EventKind.IN_POSITION, EventKind.HOLD_STARTED, EventKind.HOLD_REACHED, EventKind.REPETITION_COUNTED]
    assert [k for k in kinds if k in order] == order
    assert [e.t for e in events] == sorted(e.t for e in events)


def test_time_has_to_rise() -> None:
    """The same or an earlier time is an error that names both."""
    session = Session(load_exercise("ninety_ninety"))
    session.feed(make_pose(standing(), 1.0))
    for t in (1.0, 0.5):
        with pytest.raises(ValueError, match=f"{t} s follows 1.0 s"):
            session.feed(make_pose(standing(), t))


def test_an_empty_session_has_a_summary() -> None:
    """Without a pose, and with one absent pose, there is a verdict on nothing."""
    empty = judged([], "knee_drops")
    assert (empty.frames, empty.duration_s, empty.repetitions, empty.complete) == (0, 0.0, (), False)
    one = judged([Pose.absent(0.0)], "knee_drops")
    assert (one.frames, one.frames_with_pose, one.judged_s) == (1, 0, 0.0)


def test_the_summary_can_be_taken_twice() -> None:
    """A second look at the summary says the same, and an interruption is noted."""
    session = Session(load_exercise("side_bend"), "clip.mp4")
    for pose in side_bend_set(("right",))[:200]:
        session.feed(pose)
    first = session.summary()
    assert session.summary() == first
    assert asdict(session.summary(interrupted=True)) == {**asdict(first), "interrupted": True}
    assert first.source == "clip.mp4"


# ---- recognise


@pytest.mark.parametrize("name", SETS)
def test_the_exercise_is_recognised(name: str) -> None:
    """Each exercise is told from its poses alone, by posture and view."""
    assert recognise(poses_of(name)[::5]).name == name


def test_nobody_and_nothing_known_are_told() -> None:
    """Without a person, and with none of the postures, there is an error that says what to do."""
    with pytest.raises(NoPersonError, match="nobody was seen"):
        recognise([Pose.absent(0.0)])
    with pytest.raises(PosecheckError, match="--exercise"):
        recognise([make_pose(standing()), make_pose(tall_kneeling())])


def test_few_stray_poses_do_not_decide() -> None:
    """The most common exercise wins."""
    poses = [make_pose(half_kneeling(Side.LEFT), i / 10) for i in range(20)]
    poses += [make_pose(supine(), 3 + i / 10, Camera(yaw_deg=0, pitch_deg=45)) for i in range(5)]
    assert recognise(poses).name == "ninety_ninety"


def test_an_angle_that_cannot_be_had_is_not_shown() -> None:
    """A ratio to the distance of the ankles is missing from the angles while both feet are in one place."""
    drops = load_exercise("knee_drops")
    limit = Limit.model_validate({"signal": "knee_gap_ratio", "enter": [0.5, 9], "exit": [0.4, 10]})
    exercise = drops.model_copy(update={"limits": (*drops.limits, limit)})
    session = Session(exercise)
    shown = []
    for pose in knee_drops_set(("in",))[:40]:
        assert pose.points_px is not None
        points = pose.points_px.copy()
        if pose.t > 2.0:
            points[[27, 28]] = points[[27, 28]].mean(axis=0)
        step = session.feed(replace(pose, points_px=points))
        assert step.check.judged
        shown.append(Signal.KNEE_GAP_RATIO in {signal for signal, *_ in step.progress.angles})
    assert shown == [True] * 31 + [False] * 9


def test_milliseconds_are_an_error() -> None:
    """Whoever counts in milliseconds is told after a few poses, not with a verdict on a set of hours."""
    session = Session("knee_drops")
    poses = [replace(pose, t=1000 * pose.t) for pose in knee_drops_set(("in",), fps=8.0)[:FPS_FRAMES]]
    for pose in poses[:-1]:
        session.feed(pose)
    with pytest.raises(PoseError, match="t must be in seconds: 125 s between two poses"):
        session.feed(poses[-1])


def test_an_exercise_may_be_named() -> None:
    """A session takes the name of an exercise, as well as the exercise."""
    assert Session("squat").exercise == Session(load_exercise("squat")).exercise
