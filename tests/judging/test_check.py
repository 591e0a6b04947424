"""The verdict on one frame: limits, faults, and reasons for none; thresholds come from the exercises themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from posecheck.exercises import exercise_names, load_exercise
from posecheck.exercises.format import Exercise, Fault, Limit
from posecheck.exercises.sides import resolved
from posecheck.judging.check import check
from posecheck.judging.judgeable import (
    HEADROOM,
    SLOWER,
    SMALLEST_BODY,
    SMALLEST_LYING,
    SURELY_BEHIND,
    UNSURE,
    UNSURE_AGAIN,
    VISIBLE_AGAIN,
    what_lacks,
)
from posecheck.judging.leg_roles import groups_at_work, reading_of, signal_of
from posecheck.judging.limits import VISIBLE, asked_by_faults, asked_of, key_of, values_of
from posecheck.judging.wording import help_for
from posecheck.measure import measure
from posecheck.records import (
    Check,
    Context,
    Doubt,
    Lacks,
    Landmark,
    Measurement,
    Posture,
    Reading,
    Reason,
    ReasonKind,
    Side,
    Signal,
    Zone,
)
from posecheck.testing import (
    FOOT_CAMERA,
    FRONT_CAMERA,
    Camera,
    floor_sitting,
    half_kneeling,
    hidden,
    lying,
    make_pose,
    standing,
    supine,
    tall_kneeling,
)

NINETY = load_exercise("ninety_ninety")
BEND = load_exercise("side_bend")
DROPS = load_exercise("knee_drops")
NO_PERSON, WRONG_VIEW = Reason(ReasonKind.NO_PERSON), Reason(ReasonKind.VIEW)
TOO_FAR, TOO_SLOW = Reason(ReasonKind.TOO_FAR), Reason(ReasonKind.FRAME_RATE)


def cut_off(part: str) -> Reason:
    return Reason(ReasonKind.CUT_OFF, part)


def unseen(part: str) -> Reason:
    return Reason(ReasonKind.HIDDEN, part)


NOT_JUDGED = {
    "nobody": NO_PERSON,
    "view": WRONG_VIEW,
    "far": TOO_FAR,
    "slow": TOO_SLOW,
    "hidden": unseen("legs"),
    "cut": cut_off("feet"),
}


def good(exercise: Exercise, group: str) -> tuple[Measurement, Context]:
    """A frame in which this group's hold is right, with the context it takes."""
    return _good(exercise.name, group)


@cache
def _good(name: str, group: str) -> tuple[Measurement, Context]:
    exercise = load_exercise(name)
    if name == DROPS.name:
        base = measure(make_pose(supine(), camera=FOOT_CAMERA))
        body = supine(knees_in=20 if group == "in" else -20)
        found, front = measure(make_pose(body, camera=FOOT_CAMERA)), None
    else:
        rear, front = Side(group), Side(group).other
        camera = Camera() if name == NINETY.name else FRONT_CAMERA
        body = half_kneeling(rear, hips_forward=15, arm_elevation=172)
        if name == BEND.name:
            body = half_kneeling(rear, bend_to_front=17)
        base = measure(make_pose(half_kneeling(rear), camera=camera))
        found = measure(make_pose(body, camera=camera))
    zeros: dict[tuple[str, str], float] = {}
    for baseline in exercise.baselines:
        reading = reading_of(base, baseline.signal, baseline.plane, front)
        assert reading is not None
        zeros[baseline.signal, baseline.plane] = reading.value
    return found, Context(front, zeros)


def every_limit() -> Iterator[tuple[str, Limit, str]]:
    for name in exercise_names():
        exercise = load_exercise(name)
        for limit in exercise.limits:
            for group in exercise.groups:
                if limit.enter and limit.group in (None, group):
                    yield name, limit, group


def every_fault() -> Iterator[tuple[str, Fault, str]]:
    for name in exercise_names():
        exercise = load_exercise(name)
        for fault in exercise.faults:
            for group in exercise.groups:
                if fault.group in (None, group):
                    yield name, fault, group


def with_value(m: Measurement, part: Limit | Fault, value: float, context: Context) -> Measurement:
    """The measurement in which the part's signal has this value, in the part's own terms."""
    base = context.baselines.get((part.signal, part.plane), 0.0)
    if part.relative == "difference":
        value += base
    elif part.relative == "ratio":
        value *= base
    role, _, rest = part.signal.partition("_")
    if part.signal == "bend_to_front":
        name, value = "side_bend", value if context.front is Side.RIGHT else -value
    elif role in ("front", "rear"):
        assert context.front is not None
        name = f"{context.front if role == 'front' else context.front.other}_{rest}"
    else:
        name = part.signal
    plane = dict(m.image if part.plane == "image" else m.world)
    plane[Signal(name)] = Reading(value, 0.95)
    return replace(m, image=plane) if part.plane == "image" else replace(m, world=plane)


def alone(exercise: Exercise, limit: Limit, group: str, value: float, context: Context) -> Context:
    """The context in which the signal's other limit, absolute or relative, is met in the middle at this value."""
    rivals = [
        other
        for other in exercise.limits
        if (other.signal, other.plane) == (limit.signal, limit.plane)
        and other is not limit
        and other.enter
        and other.group in (None, group)
    ]
    if not rivals:
        return context
    (rival,) = rivals
    assert rival.enter
    assert {limit.relative, rival.relative} == {None, "difference"}
    middle = sum(rival.enter) / 2
    base = value - middle if rival.relative else middle - value
    return replace(context, baselines={**context.baselines, (limit.signal, limit.plane): base})


@pytest.mark.parametrize("exercise", [NINETY, BEND, DROPS], ids=lambda e: e.name)
def test_a_good_frame_is_inside_the_enter_limits(exercise: Exercise) -> None:
    """What should be a hold is one, in each group, in posture and without a fault."""
    for group in exercise.groups:
        verdict = check(*_args(exercise, group))
        assert verdict.judged
        assert verdict.in_posture
        assert verdict.zones[group] is Zone.ENTER
        # "rear_knee" belongs to the starting position: during a hold the thigh has to tilt
        assert [f.name for f in exercise.faults if f.name in verdict.faults and "hold" in f.during] == []


def _args(exercise: Exercise, group: str) -> tuple[Measurement, Exercise, Context]:
    measurement, context = good(exercise, group)
    return measurement, exercise, context


@pytest.mark.parametrize(
    ("name", "limit", "group"), list(every_limit()), ids=lambda x: x if isinstance(x, str) else x.signal
)
def test_each_limit_has_hysteresis(name: str, limit: Limit, group: str) -> None:
    """With all else good, each signal enters inside `enter`, keeps between `enter` and `exit`, and fails beyond."""
    exercise = load_exercise(name)
    measurement, context = good(exercise, group)
    assert limit.enter
    assert limit.exit
    for k, inwards in ((0, 1e-6), (1, -1e-6)):
        inner, outer = limit.enter[k], limit.exit[k]
        if abs(inner) == float("inf") or abs(outer) == float("inf"):
            continue
        zone: dict[float, Zone] = {}
        for value in (inner + inwards, inner - inwards, outer + inwards, outer - inwards):
            known = alone(exercise, limit, group, value, context)
            zone[value] = check(with_value(measurement, limit, value, known), exercise, known).zones[group]
        assert zone[inner + inwards] is Zone.ENTER
        assert zone[inner - inwards] is (Zone.KEEP if inner != outer else zone[outer - inwards])
        assert zone[outer + inwards] is (Zone.KEEP if inner != outer else Zone.ENTER)
        assert zone[outer - inwards] in (Zone.TRY, Zone.OUT)


@pytest.mark.parametrize(
    ("name", "fault", "group"), list(every_fault()), ids=lambda x: x if isinstance(x, str) else x.name
)
def test_each_fault_is_seen_beyond_its_value(name: str, fault: Fault, group: str) -> None:
    """A fault is present just beyond its value and absent just before it."""
    exercise = load_exercise(name)
    measurement, context = good(exercise, group)
    if fault.above is not None:
        wrong, right = fault.above + 1e-6, fault.above - 1e-6
    else:
        assert fault.below is not None
        wrong, right = fault.below - 1e-6, fault.below + 1e-6
    for value, present in ((wrong, True), (right, False)):
        verdict = check(with_value(measurement, fault, value, context), exercise, context)
        assert (fault.name in verdict.faults) is present
    if fault.magnitude:
        verdict = check(with_value(measurement, fault, -wrong, context), exercise, context)
        assert fault.name in verdict.faults


def test_the_starting_position_is_ready() -> None:
    """The starting position satisfies the setup limits, is no hold, and bent over it is not ready."""
    context = good(NINETY, "right")[1]
    start = measure(make_pose(half_kneeling("right")))
    verdict = check(start, NINETY, context)
    assert verdict.ready
    assert verdict.zones == {"right": Zone.OUT}
    assert not check(measure(make_pose(half_kneeling("right", trunk_lean=30))), NINETY, context).ready


def test_a_hold_takes_both_witnesses_of_hips_forward() -> None:
    """A rear thigh that tilts while the front shin does not is an effort, no hold; and the other way round."""
    measurement, context = good(NINETY, "right")
    for limit in NINETY.limits:
        if limit.relative == "difference":
            still = with_value(measurement, limit, 0.0, context)
            assert check(still, NINETY, context).zones == {"right": Zone.TRY}
    assert check(measurement, NINETY, context).zones == {"right": Zone.ENTER}


def test_nothing_is_held_without_a_baseline() -> None:
    """A limit relative to a baseline that is not known cannot be met."""
    for exercise in (NINETY, BEND, DROPS):
        for group in exercise.groups:
            measurement, context = good(exercise, group)
            mine = [x for x in exercise.limits if x.group in (None, group)]
            limited = {(x.signal, x.plane) for x in mine if x.relative and x.enter}
            for missing in ({}, *({k: v for k, v in context.baselines.items() if k != one} for one in limited)):
                verdict = check(measurement, exercise, replace(context, baselines=missing))
                assert verdict.zones[group] not in (Zone.ENTER, Zone.KEEP)


def test_an_effort_is_seen_when_one_limit_is_missed() -> None:
    """Hips forward with hanging arms is an effort; the arms are the fault."""
    context = good(NINETY, "right")[1]
    verdict = check(measure(make_pose(half_kneeling("right", hips_forward=15))), NINETY, context)
    assert verdict.zones == {"right": Zone.TRY}
    assert "arms_up" in verdict.faults


def test_the_rear_leg_names_the_group() -> None:
    """The group is the side of the rear leg, none without a front leg, and both directions for drops."""
    assert groups_at_work(NINETY, Context(Side.LEFT)) == ("right",)
    assert groups_at_work(NINETY, Context()) == ()
    assert groups_at_work(DROPS, Context()) == ("in", "out")


def test_without_a_front_leg_nothing_is_ready() -> None:
    """While the front leg is not agreed there is no zone, no fault of a role, and no readiness."""
    verdict = check(good(NINETY, "right")[0], NINETY, Context())
    assert (verdict.judged, verdict.ready, verdict.zones) == (True, False, {})


@pytest.mark.parametrize("body", [standing(), tall_kneeling(), floor_sitting()])
def test_another_posture_is_judged_and_out_of_posture(body: object) -> None:
    """Somebody in another posture is judged: not in posture, nothing ready, no zones."""
    bodies = {standing(): Posture.STANDING, tall_kneeling(): Posture.TALL_KNEELING}
    posture = next((p for b, p in bodies.items() if b == body), Posture.FLOOR_SITTING)
    made = {Posture.STANDING: standing(), Posture.TALL_KNEELING: tall_kneeling()}.get(posture, floor_sitting())
    measurement = measure(make_pose(made))
    assert measurement.posture is posture
    verdict = check(measurement, NINETY, Context(Side.LEFT))
    assert (verdict.judged, verdict.in_posture, verdict.ready, dict(verdict.zones)) == (True, False, False, {})


def test_the_bend_is_taken_towards_the_front_leg() -> None:
    """The same bend to the right is + with the right leg in front and - with the left one."""
    bent = measure(make_pose(half_kneeling("left", side_bend=15), camera=FRONT_CAMERA))
    for front, sign in ((Side.RIGHT, 1), (Side.LEFT, -1)):
        reading = reading_of(bent, "bend_to_front", "world", front)
        assert reading is not None
        assert reading.value == pytest.approx(sign * 15)
    assert reading_of(bent, "bend_to_front", "world", None) is None
    assert reading_of(Measurement(0.0), "bend_to_front", "image", Side.LEFT) is None


def not_judged(reason: str) -> tuple[Measurement, Exercise, Context]:
    """A frame that allows no verdict, for each reason."""
    measurement, context = good(NINETY, "right")
    pose = make_pose(half_kneeling("right"))
    assert measurement.view is not None
    far = replace(measurement.view, confidence=UNSURE - 0.01, doubt=Doubt.SIZE, body_size_fraction=SMALLEST_BODY - 0.01)
    found = {
        "nobody": Measurement(1.0),
        "view": replace(measurement, view=replace(measurement.view, yaw_deg=NINETY.view.yaw_exit[0] - 1)),
        "far": replace(measurement, view=far),
        "slow": measurement,
        "hidden": measure(hidden(pose, Landmark.RIGHT_KNEE, visibility=VISIBLE - 0.01)),
        "cut": replace(measurement, view=replace(measurement.view, cut=frozenset({Landmark.LEFT_ANKLE}))),
    }[reason]
    return found, NINETY, replace(context, fps=NINETY.view.min_fps * SLOWER - 0.1 if reason == "slow" else 15.0)


@pytest.mark.parametrize("reason", NOT_JUDGED)
def test_what_cannot_be_seen_is_not_judged(reason: str) -> None:
    """Each reason gives no verdict: no fault, no zone; and words that say what helps."""
    measurement, exercise, context = not_judged(reason)
    verdict = check(measurement, exercise, context)
    assert not verdict.judged
    assert verdict.reason == NOT_JUDGED[reason]
    assert verdict.zones == {}
    assert verdict.faults == ()
    assert len(help_for(verdict.reason, exercise)) > 10


def test_cut_off_legs_are_told_without_a_posture() -> None:
    """When the picture ends above the knees and no posture is known, that is the reason."""
    measurement = replace(not_judged("cut")[0], posture=Posture.UNKNOWN)
    assert measurement.view is not None
    both = replace(measurement.view, cut=frozenset({Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE}))
    verdict = check(replace(measurement, view=both), NINETY, Context())
    assert (verdict.judged, verdict.reason) == (False, cut_off("legs"))


def test_points_that_are_not_needed_may_be_hidden() -> None:
    """Heels out of the picture and an invisible nose do not stop the verdict."""
    pose = hidden(make_pose(half_kneeling("right")), Landmark.NOSE, Landmark.LEFT_HEEL, visibility=0.0)
    assert check(measure(pose), NINETY, good(NINETY, "right")[1]).judged


@pytest.mark.parametrize("seen", [VISIBLE + 0.01, VISIBLE_AGAIN - 0.01])
def test_visibility_has_hysteresis(seen: float) -> None:
    """Between the two bounds a judged person stays judged, and one who was not judged stays so."""
    measurement = measure(hidden(make_pose(half_kneeling("right")), Landmark.RIGHT_KNEE, visibility=seen))
    context = good(NINETY, "right")[1]
    assert check(measurement, NINETY, replace(context, judged=True)).judged
    assert not check(measurement, NINETY, replace(context, judged=False)).judged


def test_visible_again_is_judged_again() -> None:
    """From the upper bound on there is a verdict again."""
    measurement = measure(hidden(make_pose(half_kneeling("right")), Landmark.RIGHT_KNEE, visibility=VISIBLE_AGAIN))
    assert check(measurement, NINETY, replace(good(NINETY, "right")[1], judged=False)).judged


@pytest.mark.parametrize("exercise", [NINETY, BEND, DROPS], ids=lambda e: e.name)
def test_the_view_has_hysteresis(exercise: Exercise) -> None:
    """Between the view's enter and exit limits the verdict goes on but does not begin."""
    measurement, context = good(exercise, exercise.groups[0])
    view = exercise.view
    k = 0 if view.yaw_enter[0] != view.yaw_exit[0] else 1
    between = (view.yaw_enter[k] + view.yaw_exit[k]) / 2
    assert measurement.view is not None
    turned = replace(measurement, view=replace(measurement.view, yaw_deg=between))
    assert check(turned, exercise, replace(context, judged=True)).judged
    assert check(turned, exercise, replace(context, judged=False)).reason == WRONG_VIEW


@pytest.mark.parametrize("exercise", [NINETY, DROPS], ids=lambda e: e.name)
def test_the_look_of_the_trunk_has_hysteresis(exercise: Exercise) -> None:
    """A trunk that looks too short or too long is the wrong view; between enter and exit judging goes on, only."""
    measurement, context = good(exercise, exercise.groups[0])
    view = exercise.view
    assert measurement.view is not None
    assert view.trunk_enter
    assert view.trunk_exit
    for k, inwards in ((0, 1e-6), (1, -1e-6)):
        inner, outer = view.trunk_enter[k], view.trunk_exit[k]
        if outer == float("inf"):
            continue
        for look, judged, begins in (
            (inner + inwards, True, True),
            (inner - inwards, True, False),
            (outer + inwards, True, False),
            (outer - inwards, False, False),
        ):
            seen = replace(measurement, view=replace(measurement.view, trunk_to_shoulder_ratio=look))
            verdict = check(seen, exercise, replace(context, judged=True))
            assert (verdict.judged, verdict.reason) == (judged, None if judged else WRONG_VIEW)
            verdict = check(seen, exercise, replace(context, judged=False))
            assert (verdict.judged, verdict.reason) == (begins, None if begins else WRONG_VIEW)


def test_the_look_of_the_trunk_is_free_where_no_limit_is_given() -> None:
    """An exercise without such limits is judged however long the trunk looks."""
    measurement, context = good(BEND, "right")
    assert measurement.view is not None
    assert BEND.view.trunk_enter is None
    for look in (0.1, 9.0):
        seen = replace(measurement, view=replace(measurement.view, trunk_to_shoulder_ratio=look))
        assert check(seen, BEND, replace(context, judged=False)).judged


@pytest.mark.parametrize(
    ("lateral_orientation", "judged", "begins"),
    [
        (-1.0, True, True),
        (0.0, True, True),
        (0.01, True, False),
        (SURELY_BEHIND, True, False),
        (SURELY_BEHIND + 0.01, False, False),
        (1.0, False, False),
    ],
)
def test_where_behind_is_ruled_out_it_is_not_judged(lateral_orientation: float, judged: bool, begins: bool) -> None:
    """Judging does not begin from behind, and stops when the person is surely seen from there, in any posture."""
    measurement, context = good(BEND, "right")
    in_front = BEND.model_copy(update={"view": BEND.view.model_copy(update={"behind": False})})
    assert measurement.view is not None
    seen = replace(measurement, view=replace(measurement.view, lateral_orientation=lateral_orientation))
    for found in (seen, replace(seen, posture=Posture.STANDING)):
        for before, expected in ((True, judged), (False, begins)):
            verdict = check(found, in_front, replace(context, judged=before))
            assert (verdict.judged, verdict.reason) == (expected, None if expected else WRONG_VIEW)
            if not expected:
                assert (dict(verdict.zones), verdict.faults) == ({}, ())
    assert help_for(WRONG_VIEW, in_front) == "Face the camera."


@pytest.mark.parametrize("exercise", [NINETY, BEND, DROPS], ids=lambda e: e.name)
def test_the_other_exercises_may_be_seen_obliquely_from_behind(exercise: Exercise) -> None:
    """Where `behind` is not ruled out, which side of the picture the subject's right is on does not matter."""
    measurement, context = good(exercise, exercise.groups[0])
    assert measurement.view is not None
    seen = replace(measurement, view=replace(measurement.view, lateral_orientation=1.0))
    assert check(seen, exercise, replace(context, judged=False)) == check(measurement, exercise, context)


def test_a_reading_that_cannot_be_trusted_has_no_value() -> None:
    """Below `VISIBLE` a limit or fault has nothing to compare with; from there on it has."""
    measurement, context = good(NINETY, "right")
    parts: list[Limit | Fault] = [*NINETY.limits, *NINETY.faults]
    for part in parts:
        true = values_of(measurement, NINETY, context)[key_of(part)]
        assert true is not None
        for confidence, value in ((VISIBLE - 0.01, None), (VISIBLE, true)):
            plane = {s: replace(r, confidence=confidence) for s, r in measurement.image.items()}
            assert values_of(replace(measurement, image=plane), NINETY, context)[key_of(part)] == value


@pytest.mark.parametrize("exercise", [NINETY, BEND, DROPS], ids=lambda e: e.name)
def test_without_the_head_in_the_picture_nothing_is_judged(exercise: Exercise) -> None:
    """Half a body is reported whole and is wrong: the cut-off head is told, whether judging has begun or not."""
    measurement, context = good(exercise, exercise.groups[0])
    assert measurement.view is not None
    headless = replace(measurement, view=replace(measurement.view, cut=frozenset({Landmark.NOSE})))
    for found in (headless, replace(headless, posture=Posture.UNKNOWN)):
        for judged in (True, False):
            verdict = check(found, exercise, replace(context, judged=judged))
            assert (verdict.judged, verdict.reason) == (False, cut_off("head"))
    assert "head" in help_for(cut_off("head"), exercise)


@pytest.mark.parametrize(
    ("posture", "reason"),
    [
        (Posture.HALF_KNEELING, cut_off("head and hands")),
        (Posture.LYING, cut_off("head and hands")),
        (Posture.UNKNOWN, cut_off("head and hands")),
        (Posture.STANDING, None),
    ],
)
def test_a_head_right_under_the_edge_is_made_up(posture: Posture, reason: Reason | None) -> None:
    """A body squeezed in under the upper edge is invented; who still stands may be too tall for the picture."""
    measurement, context = good(NINETY, "left")
    assert measurement.view is not None
    squeezed = replace(measurement, posture=posture, view=replace(measurement.view, headroom=HEADROOM - 0.01))
    assert check(squeezed, NINETY, context).reason == reason
    roomy = replace(squeezed, view=replace(measurement.view, headroom=HEADROOM + 0.01))
    assert check(roomy, NINETY, context).reason is None


def test_lying_the_head_may_be_near_the_upper_edge() -> None:
    """Seen from the feet the head is the highest point of the picture."""
    measurement, context = good(DROPS, "in")
    assert measurement.view is not None
    near = replace(measurement, view=replace(measurement.view, headroom=0.05))
    assert check(near, DROPS, context).judged


def test_an_unknown_frame_rate_is_no_reason() -> None:
    """At the start, when the rate is not known yet, there is a verdict; and at the least rate too."""
    measurement, context = good(NINETY, "right")
    for fps in (None, NINETY.view.min_fps):
        assert check(measurement, NINETY, replace(context, fps=fps)).judged


def test_the_same_frame_gives_the_same_verdict_in_any_order() -> None:
    """The check remembers nothing: a second look, after others in between, says the same."""
    frames = [(good(e, g)[0], e, good(e, g)[1]) for e in (NINETY, BEND, DROPS) for g in e.groups]
    frames += [not_judged(reason) for reason in NOT_JUDGED]
    first = [check(*frame) for frame in frames]
    again = [check(*frame) for frame in reversed(frames)][::-1]
    assert first == again


@pytest.mark.parametrize("part", ["legs", "arms", "shoulders and hips"])
def test_hidden_parts_are_named(part: str) -> None:
    """Which part of the body is hidden is said in plain words."""
    point = {"legs": Landmark.LEFT_KNEE, "arms": Landmark.LEFT_ELBOW, "shoulders and hips": Landmark.LEFT_SHOULDER}[
        part
    ]
    points = [point] if part != "arms" else [Landmark.LEFT_ELBOW, Landmark.RIGHT_ELBOW]
    verdict = check(measure(hidden(make_pose(half_kneeling("right")), *points)), NINETY, good(NINETY, "right")[1])
    assert verdict.reason == unseen(part)
    assert part in help_for(verdict.reason, NINETY)


def test_the_frame_rate_has_room_once_judging_has_begun() -> None:
    """A source at three quarters of the frame rate asked for goes on being judged, but judging does not begin at it."""
    measurement, exercise, context = not_judged("slow")
    slowish = exercise.view.min_fps * (SLOWER + 0.05)
    assert check(measurement, exercise, replace(context, fps=slowish, judged=True)).judged
    assert not check(measurement, exercise, replace(context, fps=slowish, judged=False)).judged


def test_a_ratio_is_taken_to_the_own_zero() -> None:
    """A reading of 30 against a zero of 20 is one and a half; against a zero of nothing, or none, there is no ratio."""
    limit = Limit.model_validate({"signal": "trunk_lean", "relative": "ratio", "attempt": [1, 2]})
    measurement = Measurement(0.0, image={Signal.TRUNK_LEAN: Reading(30.0, 1.0)})
    exercise = BEND.model_copy(update={"limits": (limit,)})
    for zeros, value in (({"trunk_lean": 20.0}, 1.5), ({"trunk_lean": 0.0}, None), ({}, None)):
        context = Context(baselines={(signal, "image"): zero for signal, zero in zeros.items()})
        assert values_of(measurement, exercise, context)[key_of(limit)] == value


def test_a_fault_of_another_group_or_without_a_value_is_not_told() -> None:
    """A fault that is told for the left side only is not told on the right; nor one whose zero is not known yet."""
    measurement, context = good(NINETY, "right")
    fault = next(f for f in NINETY.faults if f.relative is None and f.above is not None)
    wrong = with_value(measurement, fault, (fault.above or 0.0) + 1, context)
    for group, told in (("right", True), ("left", False), (None, True)):
        exercise = NINETY.model_copy(update={"faults": (fault.model_copy(update={"group": group}),)})
        assert (fault.name in check(wrong, exercise, context).faults) is told
    relative = {f.name for f in NINETY.faults if f.relative}
    assert relative
    assert not relative & set(check(wrong, NINETY, replace(context, baselines={})).faults)


# ---- to the letter: every field, and every limit at its very value


def seen(measurement: Measurement, **change: object) -> Measurement:
    """The measurement with another view, at 7 s."""
    assert measurement.view is not None
    return replace(measurement, t=7.0, view=replace(measurement.view, **change))  # type: ignore[arg-type]


ANKLE, NOSE = frozenset({Landmark.LEFT_ANKLE}), frozenset({Landmark.NOSE})
ELBOW = frozenset({Landmark.LEFT_ELBOW})  # no part that the exercise asks for


@pytest.mark.parametrize(
    ("change", "posture", "reason", "in_posture"),
    [
        ({"yaw_deg": 10.0}, Posture.HALF_KNEELING, WRONG_VIEW, True),
        ({"trunk_to_shoulder_ratio": 1.0}, Posture.HALF_KNEELING, WRONG_VIEW, True),
        ({"confidence": 0.1, "doubt": Doubt.SIZE, "body_size_fraction": 0.1}, Posture.HALF_KNEELING, TOO_FAR, True),
        ({"confidence": 0.1, "doubt": Doubt.SIZE, "body_size_fraction": 0.1}, Posture.FLOOR_SITTING, TOO_FAR, False),
        ({"confidence": 0.1, "doubt": Doubt.TRUNK}, Posture.HALF_KNEELING, unseen("shoulders and hips"), True),
        ({"confidence": 0.1, "doubt": Doubt.LEGS}, Posture.FLOOR_SITTING, unseen("legs"), False),
        ({"confidence": 0.1, "doubt": Doubt.VIEW}, Posture.HALF_KNEELING, WRONG_VIEW, True),
        ({"confidence": 0.1, "doubt": Doubt.EDGE, "cut": ELBOW}, Posture.HALF_KNEELING, cut_off("body"), True),
        ({"cut": NOSE}, Posture.HALF_KNEELING, cut_off("head"), True),
        ({"cut": ANKLE}, Posture.HALF_KNEELING, cut_off("feet"), True),
        ({"headroom": 0.1}, Posture.HALF_KNEELING, cut_off("head and hands"), True),
        ({"headroom": 0.1}, Posture.FLOOR_SITTING, cut_off("head and hands"), False),
        ({"cut": NOSE}, Posture.FLOOR_SITTING, cut_off("head"), False),
        ({"cut": ANKLE}, Posture.FLOOR_SITTING, cut_off("feet"), False),
        ({"cut": ANKLE}, Posture.STANDING, None, False),
    ],
)
def test_the_verdict_on_a_view_to_the_letter(
    change: dict[str, object], posture: Posture, reason: Reason | None, in_posture: bool
) -> None:
    """The time is the frame's; without a verdict there is a reason and whether the posture was right, no more."""
    measurement, context = good(NINETY, "right")
    verdict = check(seen(replace(measurement, posture=posture), **change), NINETY, context)
    assert verdict == Check(7.0, reason is None, reason, in_posture)
    assert verdict.judged is (reason is None)
    assert verdict.in_posture is in_posture


def test_a_doubt_about_the_edge_names_what_is_cut_off() -> None:
    """Feet that the exercise does not ask for are named when the picture's edge is what speaks against a whole body."""
    measurement, context = good(BEND, "right")
    unsure = seen(measurement, confidence=0.1, doubt=Doubt.EDGE, cut=ANKLE)
    assert check(unsure, BEND, context).reason == cut_off("feet")


@pytest.mark.parametrize(("share", "reason"), [(SMALLEST_BODY - 0.01, TOO_FAR), (SMALLEST_BODY, None)])
def test_too_far_is_size_alone(share: float, reason: Reason | None) -> None:
    """A body that was large enough a moment ago has folded up; one that was not is too far away."""
    measurement, context = good(NINETY, "right")
    small = seen(measurement, confidence=0.1, doubt=Doubt.SIZE, body_size_fraction=share)
    assert check(small, NINETY, context).reason == reason


@pytest.mark.parametrize("doubt", Doubt)
@pytest.mark.parametrize("posture", [Posture.HALF_KNEELING, Posture.FLOOR_SITTING])
def test_only_the_size_is_told_as_too_far(doubt: Doubt, posture: Posture) -> None:
    """Whatever else speaks against a whole body, nobody is sent nearer to the camera for it."""
    measurement, context = good(NINETY, "right")
    unsure = seen(replace(measurement, posture=posture), confidence=0.1, doubt=doubt, body_size_fraction=0.1)
    assert (check(unsure, NINETY, context).reason == TOO_FAR) is (doubt is Doubt.SIZE)


def test_the_verdict_on_nobody_and_on_few_frames_to_the_letter() -> None:
    """Neither has a zone or a fault; the posture is told where there is one."""
    measurement, context = good(NINETY, "right")
    for found, fps, reason in ((Measurement(7.0), 15.0, NO_PERSON), (seen(measurement), 1.0, TOO_SLOW)):
        verdict = check(found, NINETY, replace(context, fps=fps))
        assert verdict == Check(7.0, False, reason, in_posture=found.posture is Posture.HALF_KNEELING)
        assert verdict.judged is False


def test_a_good_frame_has_its_time_and_no_reason() -> None:
    """What is judged carries the frame's time, no reason, and is in posture."""
    measurement, context = good(NINETY, "right")
    verdict = check(seen(measurement), NINETY, context)
    assert (verdict.t, verdict.judged, verdict.reason, verdict.in_posture) == (7.0, True, None, True)
    assert (verdict.ready, verdict.zones) == (True, {"right": Zone.ENTER})


def test_every_limit_of_the_view_belongs_to_what_is_judged() -> None:
    """At the very frame rate, yaw, look of the trunk, size and headroom that are asked for there is a verdict."""
    measurement, context = good(NINETY, "right")
    view = NINETY.view
    assert view.trunk_enter
    assert view.trunk_exit
    fresh = replace(context, judged=False)
    assert check(measurement, NINETY, replace(fresh, fps=view.min_fps)).judged
    assert check(measurement, NINETY, replace(context, fps=view.min_fps * SLOWER)).judged
    for known, yaw, trunk in ((fresh, view.yaw_enter, view.trunk_enter), (context, view.yaw_exit, view.trunk_exit)):
        for change in (
            {"yaw_deg": yaw[0]},
            {"yaw_deg": yaw[1]},
            {"trunk_to_shoulder_ratio": trunk[0]},
            {"trunk_to_shoulder_ratio": trunk[1]},
        ):
            assert check(seen(measurement, **change), NINETY, known).judged, change
    assert check(seen(measurement, confidence=UNSURE_AGAIN), NINETY, fresh).judged
    assert check(seen(measurement, confidence=UNSURE), NINETY, context).judged
    assert check(seen(measurement, headroom=HEADROOM), NINETY, fresh).judged


@pytest.mark.parametrize("plane", ["image", "world"])
def test_a_limit_belongs_to_its_zone(plane: str) -> None:
    """At the very value of `enter`, `exit` and `attempt` each is met, and `setup` too; a hair beyond, none is."""
    limit = Limit.model_validate(
        {"signal": "trunk_lean", "plane": plane, "setup": [1, 2], "enter": [4, 8], "exit": [2, 16], "attempt": [1, 32]}
    )
    exercise = BEND.model_copy(update={"limits": (limit,), "faults": ()})
    measurement, context = good(BEND, "right")
    hair = 2.0**-40
    for value, zone, ready in (
        (4.0, Zone.ENTER, False),
        (8.0, Zone.ENTER, False),
        (4.0 - hair, Zone.KEEP, False),
        (8.0 + hair * 8, Zone.KEEP, False),
        (2.0, Zone.KEEP, True),
        (16.0, Zone.KEEP, False),
        (2.0 - hair, Zone.TRY, True),
        (16.0 + hair * 16, Zone.TRY, False),
        (1.0, Zone.TRY, True),
        (32.0, Zone.TRY, False),
        (1.0 - hair, Zone.OUT, False),
        (32.0 + hair * 32, Zone.OUT, False),
    ):
        verdict = check(with_value(measurement, limit, value, context), exercise, context)
        assert (verdict.zones, verdict.ready) == ({"right": zone}, ready), value


def test_one_effort_among_several_is_an_effort() -> None:
    """Of two limits that make an effort one is enough, whichever comes first."""
    yes = Limit.model_validate({"signal": "trunk_lean", "attempt": [-90, 90]})
    no = Limit.model_validate({"signal": "arm_elevation", "attempt": [500, 600]})
    unmet = Limit.model_validate({"signal": "arm_elevation", "enter": [500, 600], "exit": [500, 600]})
    measurement, context = good(BEND, "right")
    for limits, zone in (((yes, no), Zone.TRY), ((no, yes), Zone.TRY), ((no,), Zone.OUT)):
        exercise = BEND.model_copy(update={"limits": (unmet, *limits)})
        assert check(measurement, exercise, context).zones == {"right": zone}


def test_a_fault_at_its_very_value_is_none() -> None:
    """A fault begins beyond its value; one below nothing begins below 0."""
    measurement, context = good(NINETY, "right")
    fault = Fault.model_validate(
        {"name": "f", "signal": "trunk_lean", "above": 5, "during": ["hold"], "priority": "safety", "cue": "c"}
    )
    for part, value, told in (
        (fault, 5.0, False),
        (fault, 5.1, True),
        (fault.model_copy(update={"above": None, "below": 5.0}), 5.0, False),
        (fault.model_copy(update={"above": None, "below": 5.0}), 4.9, True),
        (fault.model_copy(update={"above": 0.0}), 0.1, True),
        (fault.model_copy(update={"above": None, "below": 0.0}), 0.5, False),
        (fault.model_copy(update={"above": None, "below": 0.0}), -0.5, True),
    ):
        exercise = NINETY.model_copy(update={"faults": (part,)})
        assert (check(with_value(measurement, part, value, context), exercise, context).faults == ("f",)) is told


def test_who_lies_down_is_told_to_show_the_face_first() -> None:
    """Nobody seen means another thing before an exercise on the back; the other reasons mean the same."""
    assert "face" in help_for(NO_PERSON, DROPS)
    assert "face" not in help_for(NO_PERSON, NINETY)
    assert "Step into the picture" in help_for(NO_PERSON, NINETY)
    for reason in (TOO_FAR, TOO_SLOW):
        assert help_for(reason, DROPS) == help_for(reason, NINETY)
    assert "whole body" in help_for(TOO_FAR, DROPS)
    assert "15 frames" in help_for(TOO_SLOW, DROPS)
    assert help_for(WRONG_VIEW, DROPS) == DROPS.view.cue
    assert help_for(cut_off("feet"), DROPS) == "Step back a little, I can't see your feet."
    assert help_for(unseen("arms"), DROPS).startswith("I can't see your arms well.")


@pytest.mark.parametrize(
    ("landmark", "words"),
    [("hip", "hips"), ("knee", "knees"), ("ankle", "feet"), ("heel", "feet"), ("foot_index", "feet"),
     ("shoulder", "shoulders"), ("elbow", "arms"), ("wrist", "hands"), ("ear", "ear")],
)  # fmt: skip
def test_what_is_cut_off_is_named_in_plain_words(landmark: str, words: str) -> None:
    """Either side of a landmark that is asked for and lies at the edge is named; one that is not asked for is not."""
    measurement, context = good(NINETY, "right")
    asking, other = (
        NINETY.model_copy(update={"view": NINETY.view.model_copy(update={"landmarks": (name,)})})
        for name in (landmark, "eye")
    )
    for side in ("LEFT", "RIGHT"):
        cut = seen(measurement, cut=frozenset({Landmark[f"{side}_{landmark.upper()}"]}))
        assert check(cut, asking, context).reason == cut_off(words)
        assert check(cut, other, context).judged


@pytest.mark.parametrize(
    ("part", "both"),
    [("legs", (25, 26)), ("feet", (27, 28)), ("head", (0,)), ("hips", (23, 24))],
)
def test_what_may_have_been_misread_is_named(part: str, both: tuple[int, ...]) -> None:
    """In another posture a part that is out of the picture is the reason; half of it is, but for who stands."""
    measurement, context = good(NINETY, "right")
    other = replace(measurement, posture=Posture.UNKNOWN)
    cut = frozenset(Landmark(i) for i in both)
    assert check(seen(other, cut=cut), NINETY, context) == Check(7.0, False, cut_off(part))
    if len(both) > 1:
        half = frozenset({Landmark(both[0])})
        assert check(seen(other, cut=half), NINETY, context) == Check(7.0, False, cut_off(part))
        up = replace(other, posture=Posture.STANDING)
        assert check(seen(up, cut=half), NINETY, context) == Check(7.0, True)


@pytest.mark.parametrize(
    ("signal", "part"),
    [("trunk_lean", "shoulders and hips"), ("side_bend", "shoulders and hips"), ("bend_to_front", "shoulders and hips"),
     ("arm_elevation", "arms"), ("left_arm_elevation", "arms"), ("rear_knee_flexion", "legs"),
     ("rear_thigh_inclination", "legs")],
)  # fmt: skip
def test_what_is_hidden_is_named_by_its_signal(signal: str, part: str) -> None:
    """A signal of a limit that is seen too poorly names its part of the body, in its own plane only."""
    measurement, context = good(BEND, "right")
    limit = Limit.model_validate({"signal": signal, "enter": [-999, 999], "exit": [-999, 999]})
    exercise = BEND.model_copy(update={"limits": (limit,)})
    image, world = (
        {s: replace(r, confidence=VISIBLE - 0.01) for s, r in plane.items()}
        for plane in (measurement.image, measurement.world)
    )
    assert check(replace(measurement, image=image), exercise, context).reason == unseen(part)
    assert check(replace(measurement, world=world), exercise, context).judged
    attempt = limit.model_copy(update={"enter": None, "exit": None, "attempt": (-999.0, 999.0)})
    unasked = BEND.model_copy(update={"limits": (attempt,)})
    assert check(replace(measurement, image=image), unasked, context).judged


def test_a_missing_reading_meets_no_limit() -> None:
    """A signal that cannot be had is neither ready nor held nor an effort, and no reason against a verdict."""
    measurement, context = good(NINETY, "right")
    for limit in NINETY.limits:
        found = signal_of(limit.signal, context.front)
        assert found is not None
        without = replace(measurement, image={s: r for s, r in measurement.image.items() if s is not found[0]})
        alone_exercise = NINETY.model_copy(update={"limits": (limit,), "faults": ()})
        verdict = check(without, alone_exercise, context)
        assert (verdict.judged, verdict.ready, verdict.zones) == (True, limit.setup is None, {"right": Zone.OUT})


@pytest.mark.parametrize("exercise", [NINETY, BEND], ids=lambda e: e.name)
def test_a_small_body_on_the_floor_is_no_other_posture(exercise: Exercise) -> None:
    """Legs without a head look like somebody small who lies: no cue to get up, but to show the whole body."""
    measurement = measure(make_pose(supine(), camera=replace(FOOT_CAMERA, distance_m=1.6)))
    assert measurement.posture is Posture.SUPINE_KNEES_BENT
    assert measurement.view is not None
    assert check(measurement, exercise, Context()).judged
    small = replace(measurement, view=replace(measurement.view, body_size_fraction=SMALLEST_LYING - 0.01))
    assert check(small, exercise, Context()).reason == TOO_FAR


def test_a_small_body_that_seems_to_lie_straight_is_not_told_to_bend_the_knees() -> None:
    """Seen from too low a camera the head and chest of who lies are guessed: to be seen whole comes first."""
    measurement = measure(make_pose(lying(), camera=replace(FOOT_CAMERA, distance_m=2.7)))
    assert (measurement.posture, measurement.view is not None) == (Posture.LYING, True)
    assert measurement.view is not None
    assert check(measurement, DROPS, Context()).reason is None
    small = replace(measurement, view=replace(measurement.view, body_size_fraction=SMALLEST_LYING - 0.01))
    assert check(small, DROPS, Context()).reason == TOO_FAR


@pytest.mark.parametrize(("confidence", "judged"), [(UNSURE_AGAIN - 0.01, False), (UNSURE_AGAIN, True)])
def test_another_posture_is_told_only_of_a_sure_body(confidence: float, judged: bool) -> None:
    """Below half of the confidence nobody is told to change the posture."""
    measurement = measure(make_pose(tall_kneeling()))
    assert measurement.view is not None
    seen = replace(measurement, view=replace(measurement.view, confidence=confidence))
    assert check(seen, NINETY, Context()).judged is judged


def test_the_confidence_of_the_view_has_hysteresis() -> None:
    """Between the two bounds judging goes on but does not begin; above, it begins."""
    measurement, context = good(NINETY, "right")
    seen = measurement.view
    assert seen is not None

    def at(confidence: float, judged: bool) -> bool:
        view = replace(seen, confidence=confidence)
        return check(replace(measurement, view=view), NINETY, replace(context, judged=judged)).judged

    between = (UNSURE + UNSURE_AGAIN) / 2
    assert at(between, judged=True)
    assert not at(between, judged=False)
    assert at(UNSURE_AGAIN, judged=False)
    assert not at(UNSURE - 0.01, judged=True)


@pytest.mark.parametrize("part", [Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE])
def test_half_of_a_body_has_no_posture(part: Landmark) -> None:
    """One side out of the picture is reason enough not to say that somebody is in another posture."""
    measurement = measure(make_pose(tall_kneeling()))
    assert measurement.view is not None
    half = replace(measurement, view=replace(measurement.view, cut=frozenset({part})))
    verdict = check(half, NINETY, Context())
    assert (verdict.judged, verdict.reason and verdict.reason.kind) == (False, ReasonKind.CUT_OFF)


def test_little_room_above_a_head_that_is_seen_is_told_as_such() -> None:
    """Right under the edge the head may be there: it is the hands that will not be."""
    measurement, context = good(NINETY, "right")
    assert measurement.view is not None
    for cut, part in ((frozenset[Landmark](), "head and hands"), (frozenset({Landmark.NOSE}), "head")):
        low = replace(measurement.view, headroom=HEADROOM - 0.01, cut=cut)
        assert check(replace(measurement, view=low), NINETY, context).reason == cut_off(part)


def test_variants_of_an_exercise_are_not_mixed_up() -> None:
    """Two exercises of one name and other limits are judged each by its own, in turns."""
    measurement, context = good(NINETY, "right")
    shin = next(limit for limit in NINETY.limits if limit.signal == "front_shin_inclination" and limit.enter)
    tight = shin.model_copy(update={"enter": (300.0, 300.0), "exit": (300.0, 300.0)})
    other = NINETY.model_copy(update={"limits": (*NINETY.limits, tight)})
    for _ in range(2):
        assert check(measurement, NINETY, context).zones == {"right": Zone.ENTER}
        assert check(measurement, other, context).zones != {"right": Zone.ENTER}


# ---- what is looked up once an exercise


@pytest.fixture(autouse=True)
def _nothing_is_looked_up_before() -> None:
    """What an exercise asks for is looked up in each test anew: so a change of it shows."""
    asked_of.cache_clear()
    asked_by_faults.cache_clear()


@pytest.mark.parametrize(
    ("relative", "base", "value"),
    [
        (None, 4.0, 12.0),
        ("difference", 4.0, 8.0),
        ("ratio", 4.0, 3.0),
        ("ratio", 0.0, None),
        ("difference", None, None),
    ],
)
def test_a_value_is_what_its_limit_speaks_of(relative: str | None, base: float | None, value: float | None) -> None:
    """The reading itself, or its difference or ratio to the zero; none where there is no zero, or one of nothing."""
    limit = Limit.model_validate({"signal": "trunk_lean", "relative": relative, "attempt": [0, 90]})
    context = Context(baselines={} if base is None else {("trunk_lean", "image"): base})
    seen = Measurement(0.0, None, image={Signal.TRUNK_LEAN: Reading(12.0, VISIBLE)})
    exercise = BEND.model_copy(update={"limits": (limit,)})
    assert values_of(seen, exercise, context)[key_of(limit)] == value
    unsure = Measurement(0.0, None, image={Signal.TRUNK_LEAN: Reading(12.0, VISIBLE - 0.01)})
    assert values_of(unsure, exercise, context)[key_of(limit)] is None
    assert values_of(Measurement(0.0), exercise, context)[key_of(limit)] is None


@pytest.mark.parametrize("group", ["left", "right"])
def test_the_limb_that_rests_may_be_hidden(group: str) -> None:
    """Where sides work by turns the signals of the side that is tried must be seen, in any order, no others."""
    exercise = load_exercise("arm_raise")
    own = Limit.model_validate(
        {"signal": f"{group}_arm_elevation", "group": group, "enter": [0, 180], "exit": [0, 180]}
    )
    limits = [own, *(own.model_copy(update={"group": side, "signal": f"{side}_arm_elevation"}) for side in Side)]
    found = measure(make_pose(standing(), camera=FRONT_CAMERA))
    for hide in Side:
        unseen = {Signal(f"{hide}_arm_elevation"): Reading(0.0, 0.0)}
        hidden_arm = replace(found, image={**found.image, **unseen})
        for order in (limits, limits[::-1]):
            asked = exercise.model_copy(update={"limits": tuple(order), "faults": ()})
            verdict = check(hidden_arm, asked, Context(group=group))
            assert verdict.judged is (hide != group), (hide, verdict.reason)


# ---- what the source of the poses never tells


def without(*names: str, depth: bool = False) -> Lacks:
    """A source that lacks these landmarks of both sides."""
    both = (f"{side}_{name}".upper() for name in names for side in ("left", "right"))
    return Lacks(depth, frozenset(Landmark[name] for name in both))


@pytest.mark.parametrize(
    ("exercise", "lacks", "part"),
    [
        ("ninety_ninety", without(depth=True), None),  # the body moves in the plane of the picture
        ("standing_side_bend", without(depth=True), None),  # who stands is known without depth
        ("side_bend", without(depth=True), "depth"),  # on one knee, from the front
        ("knee_drops", without(depth=True), "depth"),
        ("squat", without("heel", "foot_index"), None),
        ("calf_stretch", without("heel", "foot_index"), "feet"),
        ("couch_stretch", without("heel", "foot_index"), "feet"),  # the knee on the floor is told by the soles
        ("squat", without("ankle"), "feet"),
        ("ninety_ninety", without("elbow"), "arms"),
        ("squat", without("elbow"), None),
        ("standing_side_bend", without("hip"), "hips"),
        ("knee_drops", without("shoulder"), "shoulders"),
        ("squat", Lacks(landmarks=frozenset({Landmark.NOSE})), None),
    ],
)
def test_what_an_exercise_needs_and_a_source_lacks(exercise: str, lacks: Lacks, part: str | None) -> None:
    """What is asked of the view and measured for limits and zeros has to be there; what nobody looks at may lack."""
    assert what_lacks(resolved(load_exercise(exercise)), lacks) == part


def test_a_world_signal_takes_depth() -> None:
    """A limit on the 3-D points takes depth, also from the side."""
    limits = tuple(limit.model_copy(update={"plane": "world"}) for limit in NINETY.limits)
    assert what_lacks(NINETY.model_copy(update={"limits": limits}), without(depth=True)) == "depth"


def test_what_the_source_lacks_is_the_first_reason() -> None:
    """A frame of a source that lacks what is needed is not judged for that reason, whatever else is the matter."""
    measurement = replace(not_judged("view")[0], lacks=without("knee"))
    verdict = check(measurement, NINETY, good(NINETY, "right")[1])
    assert verdict.reason == Reason(ReasonKind.SOURCE, "knees")
    assert verdict.reason.code == "source:knees"
    assert "have no knees" in help_for(verdict.reason, NINETY)
    assert "have no depth" in help_for(Reason(ReasonKind.SOURCE, "depth"), DROPS)
    assert check(replace(measurement, lacks=without("ear")), NINETY, Context()).reason == WRONG_VIEW
