"""Legs that the detector has swapped are swapped back; a real change of sides is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.correct import as_filmed
from posecheck.correct.front_leg import perspective
from posecheck.correct.joint_centres import with_joint_centres
from posecheck.correct.leg_geometry import rebuilt, swap_legs, with_legs_of
from posecheck.correct.legs import AGREE_S, FROZEN_S, ODD_S, LegCorrection
from posecheck.measure import measure
from posecheck.records import Correction, Measurement, Pose, Posture, Side, Signal
from posecheck.testing import (
    FOOT_CAMERA,
    FRONT_CAMERA,
    SIDE_CAMERA,
    Body,
    Camera,
    half_kneeling,
    keys_of,
    lying,
    make_pose,
    motion,
    standing,
    supine,
    swapped,
    tall_kneeling,
)


def still(rear: Side, seconds: float = 10.0, fps: float = 15.0) -> list[Pose]:
    """Half-kneeling without moving."""
    return list(motion([(0.0, half_kneeling(rear)), (seconds, half_kneeling(rear))], fps))


def corrected(poses: list[Pose]) -> list[Pose]:
    """All poses after the correction."""
    legs = LegCorrection()
    return [legs.update(pose) for pose in poses]


def measured(pose: Pose) -> Measurement:
    """What is measured of a pose whose legs were put right."""
    return measure(with_joint_centres(pose))


def test_nobody_has_legs_to_put_right() -> None:
    """An absent pose stays as it is, whatever is done to its legs."""
    absent, good = Pose.absent(1.0, (640, 480)), make_pose(half_kneeling("left"))
    assert swap_legs(absent) is with_legs_of(absent, good) is absent
    assert with_legs_of(good, absent) is good
    assert rebuilt(absent, good, Side.RIGHT) is rebuilt(good, absent, Side.RIGHT) is None


def test_swapping_twice_changes_nothing() -> None:
    """The exchange of the legs is its own inverse and leaves hips and arms alone."""
    pose = make_pose(half_kneeling())
    assert swap_legs(swap_legs(pose)) == pose
    assert pose.points_px is not None
    once = swap_legs(pose)
    assert once.points_px is not None
    assert (once.points_px[:25] == pose.points_px[:25]).all()
    assert (once.points_px[25] == pose.points_px[26]).all()


def test_nobody_has_no_legs_to_swap() -> None:
    """An absent pose stays as it is."""
    assert swap_legs(Pose.absent(1.0)) == Pose.absent(1.0)
    hidden = replace(Pose.absent(1.0), correction=Correction(legs_hidden=True))
    assert as_filmed(hidden) == Pose.absent(1.0)


@pytest.mark.parametrize("rear", Side)
@pytest.mark.parametrize("span", [(5.0, 5.05), (4.0, 9.0)], ids=["1 frame", "5 s"])
def test_swapped_legs_are_swapped_back(rear: Side, span: tuple[float, float]) -> None:
    """In a still half-kneeling position a swap of one frame or of five seconds leaves no trace."""
    poses = still(rear)
    wrong = list(swapped(poses, span))
    assert wrong != poses
    assert corrected(wrong) == poses


def test_right_poses_are_left_alone() -> None:
    """Without a swap nothing is changed."""
    poses = still(Side.LEFT)
    assert corrected(poses) == poses


@pytest.mark.parametrize("fps", [5.0, 15.0, 30.0])
def test_the_front_leg_is_agreed_after_a_while(fps: float) -> None:
    """There is no front leg until it was seen long enough, and then it is the right one."""
    legs = LegCorrection()
    fronts = []
    for pose in still(Side.RIGHT, 3.0, fps):
        legs.update(pose)
        fronts.append((pose.t, legs.front))
    assert all(front is None for t, front in fronts if t < AGREE_S - 1 / fps)
    assert all(front is Side.LEFT for t, front in fronts if t > AGREE_S + 1 / fps)


def test_a_single_wrong_frame_at_the_start_is_outvoted() -> None:
    """The vote on the front leg is a majority of time."""
    legs = LegCorrection()
    for pose in swapped(still(Side.RIGHT, 3.0), (0.0, 0.1)):
        legs.update(pose)
    assert legs.front is Side.LEFT


@pytest.mark.parametrize("between", [tall_kneeling(), standing()], ids=["tall kneeling", "standing"])
def test_a_real_change_of_sides_is_not_corrected(between: Body) -> None:
    """Who comes up in between has really changed the legs: the new position is left as it is, and is agreed."""
    keys = keys_of((0, 5, half_kneeling("right")), (1, 1, between), (1, 5, half_kneeling("left")))
    legs = LegCorrection()
    poses = list(motion(keys))
    changed = [before.t for before in poses if legs.update(before) != before]
    assert [t for t in changed if t >= 6.5] == []
    assert legs.front is Side.RIGHT


def test_the_measurement_belongs_to_the_corrected_pose() -> None:
    """With the legs swapped back the measurement names the agreed front leg."""
    legs = LegCorrection()
    for pose in swapped(still(Side.RIGHT, 6.0), (4.0, 6.0)):
        measurement = measured(legs.update(pose))
    assert (measurement.posture, measurement.front) == (Posture.HALF_KNEELING, Side.LEFT)


def test_being_away_for_long_opens_the_vote() -> None:
    """After nobody was seen for a while the other leg may be in front without being swapped back."""
    legs = LegCorrection()
    for pose in still(Side.RIGHT, 5.0):
        legs.update(pose)
    for i in range(30):
        legs.update(Pose.absent(5.1 + i / 15))
    later = list(motion([(7.2, half_kneeling("left")), (10.0, half_kneeling("left"))]))
    assert [legs.update(pose) for pose in later] == later
    assert legs.front is Side.RIGHT


@pytest.mark.parametrize("rear", Side)
@pytest.mark.parametrize("above_m", [0.2, 0.4, 0.7])
def test_a_cushion_under_the_knee_does_not_change_the_side(rear: Side, above_m: float) -> None:
    """On something soft, 7 cm high, with the camera where it belongs, the detector's names for the legs stand."""
    body = half_kneeling(rear, front_knee_flexion=80)
    legs = LegCorrection()
    for pose in motion([(0.0, body), (5.0, body)], camera=Camera(above_m=above_m)):
        legs.update(pose)
    assert legs.front is rear.other


@pytest.mark.parametrize(("moved_px", "stays"), [(0.0, True), (60.0, False)])
def test_who_has_not_moved_the_knees_has_not_got_up(moved_px: float, stays: bool) -> None:
    """From the front an unreadable frame is still half-kneeling while hips and knees are where they were, else not."""
    body = half_kneeling("right")
    legs = LegCorrection()
    for pose in motion([(0.0, body), (3.0, body)], camera=FRONT_CAMERA):
        legs.update(pose)
    unreadable = make_pose(body, t=3.1, camera=FRONT_CAMERA)
    assert unreadable.points_px is not None
    assert unreadable.points_m is not None
    metres, px = unreadable.points_m.copy(), unreadable.points_px.copy()
    metres[[27, 28]] = metres[[25, 26]] + [0.0, 0.05, 0.4]  # both shins point away from the camera
    px[:27, 1] -= moved_px  # gets up
    broken = replace(unreadable, points_m=metres, points_px=px)
    assert measure(broken).posture is not Posture.HALF_KNEELING
    found = measured(legs.update(broken))
    assert (found.posture is Posture.HALF_KNEELING) is stays
    assert found.front is (Side.LEFT if stays else None)


@pytest.mark.parametrize("camera", [FRONT_CAMERA, SIDE_CAMERA])
@pytest.mark.parametrize("rear", Side)
def test_a_hidden_knee_has_no_say_in_whether_somebody_has_got_up(rear: Side, camera: Camera) -> None:
    """A knee that is not clear may be found anywhere; from the front no knee is sure: while the hips stay, so does the
    person."""
    body = half_kneeling(rear)
    legs = LegCorrection()
    for pose in motion([(0.0, body), (3.0, body)], camera=camera):
        legs.update(pose)
    pose = make_pose(half_kneeling(rear, bend_to_front=15), t=3.1, camera=camera)
    assert pose.points_px is not None
    assert pose.points_m is not None
    assert pose.visibility is not None
    knee = 25 if rear is Side.LEFT else 26
    px, metres, seen = pose.points_px.copy(), pose.points_m.copy(), pose.visibility.copy()
    px[knee, 1] -= 150.0
    metres[[25, 26], 1] = metres[[23, 24], 1]  # looks like sitting
    metres[[27, 28], 1] = metres[[23, 24], 1] + 0.3
    seen[knee] = 0.6
    elsewhere = replace(pose, points_px=px, points_m=metres)
    assert measure(elsewhere).posture is not Posture.HALF_KNEELING
    assert (measured(legs.update(elsewhere)).posture is Posture.HALF_KNEELING) is (camera is FRONT_CAMERA)
    assert measured(legs.update(replace(elsewhere, t=3.2, visibility=seen))).posture is Posture.HALF_KNEELING


@pytest.mark.parametrize("misread", [standing(), lying(), supine()], ids=["standing", "lying", "on the back"])
def test_from_behind_a_body_whose_hips_stay_still_kneels(misread: Body) -> None:
    """From behind the legs are guessed, and a bent trunk may look like lying: while the hips stay, the person kneels.

    Both knees on the floor are believed.
    """
    behind = Camera(yaw_deg=175)
    legs = LegCorrection()
    for i in range(45):
        legs.update(make_pose(half_kneeling(), i / 15, behind))
    other = make_pose(misread, 3.0, FRONT_CAMERA)
    kneeling = make_pose(half_kneeling(), 3.0, behind)
    assert kneeling.points_px is not None
    assert other.points_px is not None
    px = other.points_px - other.points_px[[23, 24]].mean(axis=0) + kneeling.points_px[[23, 24]].mean(axis=0)
    px[[11, 12, 23, 24]] = kneeling.points_px[[11, 12, 23, 24]]
    seen = replace(other, points_px=px)
    assert measure(seen).posture is not Posture.HALF_KNEELING
    assert measured(legs.update(seen)).posture is Posture.HALF_KNEELING
    both = make_pose(tall_kneeling(), 3.1, behind)
    assert measured(legs.update(both)).posture is Posture.TALL_KNEELING


def test_legs_that_look_straight_for_a_moment_are_bent_while_the_feet_stay() -> None:
    """In a quick knee drop the knees are lost: hips and feet that stay are those of somebody with bent knees."""
    camera = FOOT_CAMERA
    bent, flat = make_pose(supine(), 0.0, camera), make_pose(lying(), 0.1, camera)
    assert bent.points_px is not None
    assert flat.points_px is not None
    points = bent.points_px.copy()
    points[25:27] = (points[[23, 24]] + points[[27, 28]]) / 2
    misread = replace(flat, points_px=points)
    assert measure(misread).posture is Posture.LYING
    legs = LegCorrection()
    assert measured(legs.update(bent)).posture is Posture.SUPINE_KNEES_BENT
    assert measured(legs.update(misread)).posture is Posture.SUPINE_KNEES_BENT


def test_legs_that_are_stretched_are_straight() -> None:
    """Feet that have moved are those of somebody who has stretched the legs."""
    legs = LegCorrection()
    legs.update(make_pose(supine(), 0.0, FOOT_CAMERA))
    assert measured(legs.update(make_pose(lying(), 0.1, FOOT_CAMERA))).posture is Posture.LYING


@pytest.mark.parametrize("hidden_foot", [False, True], ids=["seen", "behind a stool"])
@pytest.mark.parametrize("yaw", [75.0, 105.0, -75.0, -105.0])
@pytest.mark.parametrize("rear", Side)
def test_perspective_tells_the_front_leg(rear: Side, yaw: float, hidden_foot: bool) -> None:
    """The side whose foot is in front is told from 15 degrees off the side, also without the slope of the foot."""
    pose = make_pose(half_kneeling(rear), camera=Camera(yaw_deg=yaw, pitch_deg=12, above_m=0.3))
    assert pose.points_px is not None
    if hidden_foot:
        points = pose.points_px.copy()
        toe, heel = (31, 29) if rear is Side.RIGHT else (32, 30)
        points[toe, 1] = points[heel, 1] + 0.6 * abs(points[toe, 0] - points[heel, 0])
        pose = replace(pose, points_px=points)
    shown = perspective(pose, measure(pose))
    assert shown is not None
    assert (shown if rear is Side.RIGHT else -shown) > 0.1  # + the left leg


@pytest.mark.parametrize("rear", Side)
def test_swapped_legs_that_look_like_sitting_are_still_half_kneeling(rear: Side) -> None:
    """Hips and knees that have not moved are those of the position before, whatever a frame looks like."""
    legs = LegCorrection()
    for pose in still(rear, 4.0):
        legs.update(pose)
    odd = still(rear, 4.2)[-1]
    assert odd.points_m is not None
    lifted = odd.points_m.copy()
    lifted[[25, 26], 1] = lifted[[23, 24], 1]  # knees read as high as the hips, in depth alone
    lifted[[27, 28], 1] = lifted[[23, 24], 1] + 0.3
    misread = replace(odd, t=4.5, points_m=lifted)
    for pose in (misread, swap_legs(replace(misread, t=4.6))):
        assert measure(pose).posture is not Posture.HALF_KNEELING
        measurement = measured(legs.update(pose))
        assert (measurement.posture, measurement.front) == (Posture.HALF_KNEELING, rear.other)


def test_legs_that_kneel_by_what_is_known_alone_are_not_remembered() -> None:
    """Swapped back, a leg whose hip is found elsewhere kneels because the front leg is known: it is no example."""
    legs = LegCorrection()
    poses = still(Side.RIGHT, 5.0)
    for pose in poses[:60]:
        legs.update(pose)
    assert poses[60].points_m is not None
    metres = poses[60].points_m.copy()
    metres[24] = metres[26] - (0.5, 0.1, 0.0)  # the right hip far behind the right knee, and hardly above it
    misread = swap_legs(replace(poses[60], points_m=metres))
    assert measure(misread).front is Side.RIGHT
    kept = legs.update(misread)
    assert measured(kept).front is Side.LEFT
    assert legs.update(poses[61]).points_px == pytest.approx(poses[61].points_px)


def test_a_shin_that_points_at_the_camera_shows_no_front_leg() -> None:
    """Without a slope to follow, and without a trunk to measure by, perspective says nothing."""
    pose = make_pose(half_kneeling(Side.RIGHT), camera=Camera(yaw_deg=75, pitch_deg=12, above_m=0.3))
    measurement = measure(pose)
    assert perspective(pose, measurement) is not None
    assert pose.points_px is not None
    for at, to in ((28, 26), (29, 31)):  # rear ankle on the rear knee, front heel on the toes
        points = pose.points_px.copy()
        points[at, 0] = points[to, 0]
        assert perspective(replace(pose, points_px=points), measurement) is None
    points = pose.points_px.copy()
    points[[11, 12, 23, 24]] = points[23]
    assert perspective(replace(pose, points_px=points), measurement) is None


@pytest.mark.parametrize("right_px", [-200.0, 0.0, 200.0])
def test_a_trunk_that_is_misread_is_no_jump_of_the_legs(right_px: float) -> None:
    """Shoulders that are found lower by a tenth leave the legs alone, wherever in the picture the body is."""
    poses = still(Side.RIGHT, 5.0)
    legs = LegCorrection()
    for pose in poses:
        assert pose.points_px is not None
        points = pose.points_px + np.array([right_px, 0.0])
        if pose.t > 4.0:
            points[[11, 12]] += (points[[23, 24]].mean(axis=0) - points[[11, 12]].mean(axis=0)) * 0.1
        moved = points.copy()
        moved[26] += (1.0, 0.0)  # so that a knee that is put back shows
        found = legs.update(replace(pose, points_px=moved if pose.t > 4.5 else points))
    assert found.points_px is not None
    assert found.points_px[26] == pytest.approx(moved[26])


def misread(pose: Pose, front: Side) -> Pose:
    """The pose with the front leg folded: knee and foot half way to where they belong, as the detector places them."""
    assert pose.points_px is not None
    hip, knee, ankle, heel, toe = (23, 25, 27, 29, 31) if front is Side.LEFT else (24, 26, 28, 30, 32)
    px = pose.points_px.copy()
    shift = 0.4 * (px[ankle] - px[knee])
    px[knee] += 0.3 * (px[hip] - px[knee]) + shift
    for i in (ankle, heel, toe):
        px[i] += 0.3 * (px[hip] - px[i]) + [0.0, 10.0]
    return replace(pose, points_px=px)


def glide(rear: Side) -> list[Pose]:
    """Half-kneeling for 3 s, then the hips glide forward in 1.5 s, and stay there for 4 s; the feet stand still."""
    start, deep = half_kneeling(rear), half_kneeling(rear, hips_forward=15)
    foot = 27 if rear is Side.RIGHT else 28
    poses = list(motion(keys_of((0, 3, start), (1.5, 4, deep)), 15))
    stood = poses[0].points_px
    assert stood is not None
    return [
        replace(p, points_px=p.points_px + stood[foot] - p.points_px[foot]) for p in poses if p.points_px is not None
    ]


@pytest.mark.parametrize("rear", Side)
def test_misread_legs_are_rebuilt_while_the_hips_glide(rear: Side) -> None:
    """With the front leg folded from the glide on, the front knee reads as without the fault, to 4 degrees."""
    front = rear.other
    signals = [Signal(f"{front}_knee_flexion"), Signal(f"{front}_shin_inclination"), Signal(f"{rear}_knee_flexion")]
    clean, faulty = LegCorrection(), LegCorrection()
    for pose in glide(rear):
        right = measured(clean.update(pose))
        found = measured(faulty.update(misread(pose, front) if pose.t > 3.2 else pose))
        if pose.t > 3.2:
            assert found.posture is Posture.HALF_KNEELING
            assert [found.image[s].value for s in signals] == pytest.approx(
                [right.image[s].value for s in signals], abs=4.0
            )


@pytest.mark.parametrize("rear", Side)
def test_misread_legs_of_somebody_who_has_moved_are_not_judged(rear: Side) -> None:
    """When the hips are where the old place of the knee does not allow, nothing is known of the legs, for ever."""
    legs = LegCorrection()
    for pose in still(rear, 3.0):
        legs.update(pose)
    for pose in still(rear, 8.0)[46:]:
        assert pose.points_px is not None
        moved = replace(pose, points_px=pose.points_px + np.array([120.0, 0.0]))
        kept = legs.update(misread(moved, rear.other))
        found = measured(kept)
        assert found.image[Signal(f"{rear}_thigh_inclination")].confidence == 0.0
        assert found.image[Signal.TRUNK_LEAN].confidence > 0.9
        assert kept.correction.legs_hidden
        shown = as_filmed(kept)
        assert shown.visibility is not None
        assert shown.visibility[25:].max() == 0.0


@pytest.mark.parametrize("rear", Side)
def test_legs_with_other_names_before_the_side_was_agreed_are_put_back_rightly(rear: Side) -> None:
    """Wrong names just before the side is agreed, then a foot that is found elsewhere: it goes back to its place."""
    legs, ankle = LegCorrection(), 27 if rear is Side.RIGHT else 28  # of the front leg
    poses = still(rear, 2.0)
    for pose in swapped(poses, (AGREE_S - 0.1, AGREE_S - 0.01)):
        assert pose.points_px is not None
        px = pose.points_px.copy()
        if pose.t >= AGREE_S - 0.01:
            px[[ankle, ankle + 2, ankle + 4]] += [35.0, 0.0]
        found = legs.update(replace(pose, points_px=px))
        if found.correction.front_agreed and pose.t < ODD_S:
            assert found.points_px is not None
            assert found.points_px[ankle] == pytest.approx(pose.points_px[ankle], abs=3.0)
    assert legs.front is rear.other


def test_legs_are_put_back_for_the_length_of_a_hold_and_a_half() -> None:
    """Legs that are misread for longer than that are no more those that were seen once: they are not judged."""
    legs, hidden = LegCorrection(), []
    for pose in still(Side.RIGHT, FROZEN_S + 6.0, fps=5.0):
        kept = legs.update(misread(pose, Side.LEFT) if pose.t > 3.0 else pose)
        if kept.correction.legs_hidden:
            hidden.append(pose.t)
    assert hidden[0] == pytest.approx(3.0 + FROZEN_S, abs=0.41)
    assert len(hidden) == pytest.approx(5 * 3.0, abs=2)


def test_legs_that_cannot_be_do_not_vote() -> None:
    """A folded leg in the first seconds settles no side; the first right second does."""
    legs = LegCorrection()
    for pose in still(Side.RIGHT, 3.0):
        legs.update(misread(pose, Side.LEFT))
    assert legs.front is None
    for pose in still(Side.RIGHT, 4.5)[46:]:
        legs.update(pose)
    assert legs.front is Side.LEFT


@pytest.mark.parametrize("trunk", [0.93, 1.07])
def test_a_trunk_that_looks_shorter_for_a_moment_moves_no_foot(trunk: float) -> None:
    """Raised arms change the length of the trunk: knee and feet are still at their places on the floor."""
    legs = LegCorrection()
    poses = still(Side.RIGHT, 4.0)
    for pose in poses[:-1]:
        legs.update(pose)
    last = poses[-1]
    assert last.points_px is not None
    px = last.points_px.copy()
    px[:23, 1] = px[23, 1] + trunk * (px[:23, 1] - px[23, 1])
    changed = replace(last, points_px=px)
    assert legs.update(changed) == changed


def test_legs_found_elsewhere_are_believed_after_a_while() -> None:
    """When the front foot is found 35 pixels further on, it is put back at first; for good, it is left there."""
    legs, put_back = LegCorrection(), []
    for pose in still(Side.RIGHT, 8.0):
        assert pose.points_px is not None
        px = pose.points_px.copy()
        if pose.t > 4.0:
            px[[27, 29, 31]] += [35.0, 0.0]  # the front foot
        if legs.update(found := replace(pose, points_px=px)) != found:
            put_back.append(pose.t)
    assert 4.0 < put_back[0] < 4.1
    assert ODD_S + 3.9 < put_back[-1] < ODD_S + 4.2
