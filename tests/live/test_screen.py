"""The live picture: every stage in every size, what settles, what stays still, and how long it takes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from posecheck.draw.angle_overlay import draw_arcs, draw_labels
from posecheck.draw.canvas import DARK, ORANGE, SKY, Canvas, overlap
from posecheck.draw.display_filter import BLIND_S, CUE_S, DisplayFilter, SettledNumber
from posecheck.draw.label_layout import Places
from posecheck.draw.overlay import Memory
from posecheck.draw.skeleton import Figure
from posecheck.exercises import exercise_names, load_exercise
from posecheck.exercises.format import Exercise
from posecheck.libraries import load_cv2
from posecheck.live.guide.flow_records import FramingCheck, Moment, Stage
from posecheck.live.ui.between_exercises import dose_of
from posecheck.live.ui.ghost import draw_ghost, draw_room, stance_of
from posecheck.live.ui.help_and_notices import KEYS
from posecheck.live.ui.result_screen import title_of
from posecheck.live.ui.screen import CARE_S, Screen, ScreenStatus, fit
from posecheck.records import Landmark, Phase, Pose, Posture, Reason, ReasonKind, Repetition, Signal, Step, Summary
from posecheck.testing import make_pose, standing
from tests.draw.test_overlay import ANGLES, LONGEST_CUE, Image, a_pose, a_step, blank, share_of
from tests.effort import effort

pytestmark = pytest.mark.system

LOST = Reason(ReasonKind.NO_PERSON)
SIZES = [(640, 480), (1280, 720), (1920, 1080), (720, 1280), (480, 640)]
CHECKS = (
    FramingCheck("Whole body in the picture", True),
    FramingCheck("2.5 to 3 m away", True),
    FramingCheck("Sideways to the camera", False),
    FramingCheck("On one knee, the other foot in front", False),
)
PLAIN = ScreenStatus(mirror=False)


def a_summary(name: str = "ninety_ninety", *, complete: bool = True) -> Summary:
    repetitions = tuple(Repetition(i + 1, side, 0.0, 20.0, 20.4, True) for i, side in enumerate(("left", "right")))
    goal = {"left": 2, "right": 2}
    counts = goal if complete else {"left": 1, "right": 2}
    return Summary("0", name, "camera", 90.0, 900, 900, 90.0, repetitions, counts, goal, complete, (), ())


def a_moment(stage: Stage, size: tuple[int, int] = (640, 480), t: float = 20.0, **changes: Any) -> Moment:
    pose = replace(a_pose(size), t=t)
    made: dict[str, Any] = {
        "t": t,
        "stage": stage,
        "stage_since": 10.0,
        "exercise": load_exercise("ninety_ninety"),
        "number": 1,
        "total": 3,
        "pose": pose,
        "step": a_step(pose, angles=ANGLES[:6], cue=LONGEST_CUE) if stage is Stage.EXERCISE else None,
        "seconds_left": 2.4 if stage in (Stage.READY, Stage.REST) else None,
        "framing": CHECKS if stage is Stage.FRAMING else (),
        "finished": (a_summary(), a_summary("side_bend", complete=False)) if stage is Stage.DONE else (),
    }
    return Moment(**(made | changes))


def drawn(stage: Stage, size: tuple[int, int] = (640, 480), status: ScreenStatus = PLAIN, **changes: Any) -> Image:
    return Screen().draw(blank(size), a_moment(stage, size, **changes), status=status)


@pytest.mark.parametrize("size", SIZES)
def test_every_stage_draws_a_picture_of_its_own_in_every_size(size: tuple[int, int]) -> None:
    """Landscape and portrait, small and large: each stage draws, and no two stages look alike."""
    pictures = [drawn(stage, size) for stage in Stage]
    for number, picture in enumerate(pictures):
        assert picture.shape[1] == size[0]
        assert size[1] < picture.shape[0] <= 1.25 * size[1]
        assert picture.dtype == np.uint8
        for other in pictures[:number]:
            apart = np.abs(picture[::4, ::4].astype(int) - other[::4, ::4])
            assert (apart.max(axis=2) > 40).mean() > 0.01


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (16, 9), (3000, 40), (40, 3000)])
@pytest.mark.parametrize("stage", list(Stage))
def test_odd_sizes_do_no_harm(stage: Stage, size: tuple[int, int]) -> None:
    """A picture of a single pixel, or of an absurd shape, is drawn without an error, with all that may lie over it."""
    status = ScreenStatus(notice="The camera sends no pictures.", recording=True, muted=True, help=True, fps=12.0)
    assert drawn(stage, size, status).shape[1] == size[0]


@pytest.mark.parametrize("stage", list(Stage))
def test_no_picture_and_nobody(stage: Stage) -> None:
    """Before the first picture and with nobody in it there is a calm picture, in the size of the last one."""
    moment = a_moment(stage, pose=Pose.absent(20.0), step=None)
    screen = Screen()
    first = screen.draw(None, moment, status=PLAIN)
    assert first.shape[:2] > (720, 1279)
    assert np.median(first, axis=(0, 1)).max() <= max(DARK)
    screen.draw(blank(), moment, status=PLAIN)
    assert screen.draw(None, moment, status=PLAIN).shape[1] == 640


def test_the_camera_picture_is_left_as_it_is_and_nothing_covers_its_foot() -> None:
    """Drawing is on a copy, and the longest cue stands under the picture, not on the feet in it."""
    image = blank()
    bare = a_step(cue=LONGEST_CUE)
    moment = a_moment(Stage.EXERCISE, pose=Pose.absent(20.0), step=bare)
    picture = Screen().draw(image, moment, status=PLAIN)
    assert (image == 128).all()
    assert (picture[300:480] == 128).all()
    assert (picture[480:].min(axis=2) > 200).mean() > 0.02


@pytest.mark.parametrize("size", SIZES)
def test_the_main_number_can_be_read_from_afar(size: tuple[int, int]) -> None:
    """The digits of a hold, of the countdown and of the rest are at least 1/8 of the whole picture high."""
    moment = a_moment(Stage.EXERCISE, size, pose=Pose.absent(20.0), step=a_step(held_s=8.0, group=None, goal={}))
    ready = a_moment(Stage.READY, size, pose=Pose.absent(20.0))
    rest = a_moment(Stage.REST, size, pose=Pose.absent(20.0), seconds_left=8.0)
    for one in (moment, ready, rest):
        picture = Screen().draw(blank(size, grey=0), one, status=PLAIN)
        white = (picture[: size[1]].min(axis=2) > 225).astype(np.uint8)
        _, _, boxes, _ = load_cv2().connectedComponentsWithStats(white)
        assert boxes[1:, 3].max() >= picture.shape[0] / 8


def test_text_is_never_mirrored() -> None:
    """With the mirror on, words and cards are the same to the pixel; only picture and body are flipped."""
    pose = a_pose(shift=(0.1, 0.0))
    moments = [
        a_moment(Stage.EXERCISE, pose=pose, step=a_step(pose, cue="Hold")),
        a_moment(Stage.DONE),
        a_moment(Stage.REST),
    ]
    for moment in moments:
        plain, mirrored = (Screen().draw(blank(), moment, status=ScreenStatus(mirror=m)) for m in (False, True))
        assert (plain[480:] == mirrored[480:]).all()
        assert (plain[:160, :170] == mirrored[:160, :170]).all()
    image = blank()
    image[300:310, 600:610] = 255
    moment = a_moment(Stage.EXERCISE, pose=Pose.absent(20.0), step=a_step())
    assert (Screen().draw(image, moment, status=ScreenStatus(mirror=True))[300:310, 30:40] == 255).all()


def test_recording_is_shown_by_a_filled_dot_and_a_word() -> None:
    """While pictures are kept there is a dot and REC at the right, in every stage; else there is neither."""
    for stage in Stage:
        corner = np.s_[480:, 540:]
        kept, not_kept = (drawn(stage, status=replace(PLAIN, recording=on))[corner] for on in (True, False))
        assert share_of(kept, ORANGE) > 0.005
        assert share_of(not_kept, ORANGE) == 0
        assert (kept.min(axis=2) > 200).mean() > (not_kept.min(axis=2) > 200).mean()


def test_muted_notice_and_help_are_shown() -> None:
    """A muted sound, trouble with the camera and the help each change the picture, and the help tells every key."""
    plain = drawn(Stage.EXERCISE)
    for status in (
        replace(PLAIN, muted=True),
        replace(PLAIN, notice="No pictures."),
        replace(PLAIN, help=True),
        replace(PLAIN, fps=9.0),
    ):
        assert (drawn(Stage.EXERCISE, status=status) != plain).any()
    assert {key for keys, _ in KEYS for key in keys.split(", ")} == {"Space", "n", "r", "m", "f", "h", "q", "Esc"}


def test_the_words_of_care_are_on_the_first_pictures() -> None:
    """When to stop, and that this is no medical device, is told for the first seconds of a session, and not again."""
    screen, dark = Screen(), []
    for age, stage in ((0.0, Stage.FRAMING), (5.0, Stage.READY), (CARE_S + 1, Stage.FRAMING), (60.0, Stage.FRAMING)):
        moment = a_moment(stage, t=20.0 + age, stage_since=20.0 + age)
        dark.append((screen.draw(blank(), moment, status=PLAIN)[330:480].max(axis=2) < 20).mean())
    assert min(dark[:2]) > 0.3
    assert max(dark[2:]) < 0.05
    for name in exercise_names():
        assert "Stop if" in load_exercise(name).care
        assert "not a medical device" in load_exercise(name).care


def test_what_is_met_and_what_is_not_differ_in_shape() -> None:
    """On the start screen a tick stands for what is right and an open ring for what is not yet."""
    card = np.s_[:240, :210]
    met, missing = (drawn(Stage.FRAMING, framing=(FramingCheck("On one knee", done),))[card] for done in (True, False))
    assert share_of(met, SKY) > 0.002
    assert share_of(met, ORANGE) == 0
    assert share_of(missing, ORANGE) > 0.002
    assert share_of(missing, SKY) == 0


def test_switching_sides_is_told_in_large_words_instead_of_the_seconds() -> None:
    """After a hold the change of sides takes the middle, and a number that means nothing then is away."""
    moment = a_moment(Stage.EXERCISE, step=a_step(phase=Phase.SWITCH, group="left", cue="Switch sides."))
    picture = Screen().draw(blank(), moment, status=PLAIN)
    assert (picture[115:265, 100:540].min(axis=2) > 225).mean() > 0.04
    assert share_of(picture[115:265, 100:540], SKY) > 0.01
    assert (picture[:100, :80] == 128).all()


def settled(values: list[float], *, errors: dict[Signal, float] | None = None, fps: float = 30.0) -> list[float]:
    settler, shown = DisplayFilter(), []
    for number, value in enumerate(values):
        step = a_step(Pose.absent(number / fps), angles=((Signal.TRUNK_LEAN, value, -15.0, 15.0),), errors=errors or {})
        shown.append(settler.update(step).progress.angles[0][1])
    return shown


def test_a_trembling_value_does_not_change_the_number() -> None:
    """A value that trembles by ±0.4 about anything, also about a half, is shown as one number."""
    rng = np.random.default_rng(1)
    for middle in (92.0, 92.5, -0.5, 14.9):
        shown = settled((middle + rng.uniform(-0.4, 0.4, 300)).tolist())
        assert len({f"{round(one)}" for one in shown}) == 1


def test_a_number_follows_what_really_changes() -> None:
    """A value that goes up by 30 is shown within a quarter of a second, a slow drift is never off by two for long."""
    jump = settled([60.0] * 10 + [90.0] * 10)
    assert jump[9] == 60.0
    assert jump[-1] == 90.0
    drift = [60 + number / 60 for number in range(600)]
    off = np.abs(np.array(settled(drift, errors={Signal.TRUNK_LEAN: 8.0})) - drift)
    assert off.max() < 2


def test_a_settled_number_changes_at_most_five_times_a_second() -> None:
    """While a limb moves, its number can still be read."""
    number = SettledNumber(0.95, 0.0)
    shown = [number.update(frame / 30, frame * 3.0) for frame in range(60)]
    assert 4 <= len(set(shown)) <= 11


def test_a_short_gap_without_a_verdict_does_not_flicker() -> None:
    """Some frames without a verdict change nothing; a longer stretch is shown, and ends when verdicts are back."""
    settler, shown = DisplayFilter(), []
    for frame in range(90):
        judged = not (10 <= frame < 15 or 30 <= frame < 60)
        angles = ANGLES[:1] if judged else ()
        step = a_step(Pose.absent(frame / 30), judged=judged, reason=None if judged else LOST, angles=angles)
        shown.append(settler.update(step))
    told = [step.check.judged for step in shown]
    assert all(told[:40])
    blind = 30 + int(BLIND_S * 30)
    assert not any(told[blind + 1 : 60])
    assert all(told[70:])
    assert sum(a != b for a, b in pairwise(told)) == 2
    assert all(step.progress.angles for step in shown[:40])
    assert shown[50].check.reason == LOST


def test_a_cue_is_shown_long_enough_to_read() -> None:
    """A cue of one frame stays for a second; another one takes its place at once."""
    settler = DisplayFilter()
    shown = [
        settler.update(a_step(Pose.absent(frame / 10), cue={0: "One", 3: "Two"}.get(frame))).progress.cue
        for frame in range(20)
    ]
    assert shown[:3] == ["One"] * 3
    assert shown[3 : 3 + int(CUE_S * 10)] == ["Two"] * int(CUE_S * 10)
    assert shown[-1] is None


def trembling(frames: int, reach_px: float) -> list[Pose]:
    rng = np.random.default_rng(2)
    poses = []
    for frame in range(frames):
        pose = a_pose()
        assert pose.points_px is not None
        poses.append(replace(pose, t=frame / 30, points_px=pose.points_px + rng.normal(0, reach_px, (33, 2))))
    return poses


def test_labels_stay_while_the_pose_trembles() -> None:
    """A body that trembles by some pixels does not move a single label; without memory they do move."""
    places, boxes, without = Places(), [], []
    for pose in trembling(60, 3.0):
        figure, canvas = Figure(pose, 640, 480, mirror=False), Canvas(blank())
        labels = draw_arcs(canvas, figure, ANGLES[:6], facing=1)
        boxes.append(draw_labels(canvas, figure, labels, taken=[], places=places))
        without.append(draw_labels(canvas, figure, labels, taken=[]))
    assert len({tuple(map(tuple, sorted(one))) for one in boxes[1:]}) == 1
    assert len({tuple(map(tuple, sorted(one))) for one in without[1:]}) > 20


def test_labels_follow_a_body_that_walks_without_jumps() -> None:
    """A label goes along with its joint, by a few pixels a picture, and keeps off the cards and the other labels."""
    places, lefts = Places(), []
    card = (0.0, 0.0, 200.0, 240.0)
    for frame in range(80):
        figure, canvas = Figure(a_pose(shift=(frame * 0.003, 0.0)), 640, 480, mirror=False), Canvas(blank())
        labels = draw_arcs(canvas, figure, ANGLES[:1], facing=1)
        boxes = draw_labels(canvas, figure, labels, taken=[card], places=places)
        assert len(boxes) == 1
        assert overlap(boxes[0], [card]) == 0
        lefts.append(boxes[0][0])
    assert lefts[-1] - lefts[0] > 100
    assert np.abs(np.diff(lefts)).max() < 25


def test_a_limb_at_the_limit_of_sight_does_not_flicker() -> None:
    """Visibility that goes back and forth about the limit leaves the limb drawn; near and far stay as they are."""
    figure, seen, sides = None, set(), set()
    for frame in range(20):
        pose = a_pose()
        assert pose.visibility is not None
        assert pose.points_m is not None
        pose.visibility[Landmark.LEFT_ANKLE] = 0.31 if frame % 2 == 0 else 0.25
        pose.points_m[list(Landmark)[23::2], 2] = 0.02 * (-1) ** frame
        figure = Figure(pose, 640, 480, mirror=False, last=figure)
        seen.add(figure.seen(Landmark.LEFT_ANKLE))
        sides.add(figure.sides_by_depth())
    assert seen == {True}
    assert len(sides) == 1


def test_another_exercise_or_an_earlier_time_starts_afresh() -> None:
    """What was settled in one exercise is not carried into the next, nor over a step back in time."""
    screen = Screen()
    low, high = ((Signal.TRUNK_LEAN, value, -15.0, 15.0) for value in (2.0, 2.6))
    pose = a_pose()

    def moment(angle: Any, t: float, number: int) -> Moment:
        at = replace(pose, t=t)
        return a_moment(Stage.EXERCISE, t=t, pose=at, step=a_step(at, angles=(angle,)), number=number)

    def fresh(angle: Any, t: float, number: int) -> Image:
        return Screen().draw(blank(), moment(angle, t, number), status=PLAIN)

    first = screen.draw(blank(), moment(low, 20.0, 1), status=PLAIN)
    assert (screen.draw(blank(), moment(high, 20.1, 1), status=PLAIN) == first).all()
    assert (screen.draw(blank(), moment(high, 19.0, 1), status=PLAIN) == fresh(high, 19.0, 1)).all()
    assert (fresh(high, 19.0, 1) != fresh(low, 19.0, 1)).any()


def test_the_pause_keeps_what_was_last_seen() -> None:
    """Paused, the number of the hold can still be seen, darkened, behind the words."""
    screen = Screen()
    screen.draw(blank(), a_moment(Stage.EXERCISE), status=PLAIN)
    paused = screen.draw(blank(), a_moment(Stage.PAUSED, t=21.0), status=PLAIN)
    assert (paused[:200, :200] != drawn(Stage.PAUSED)[:200, :200]).any()


def with_posture(posture: Posture, yaw: tuple[float, float]) -> Exercise:
    exercise = load_exercise("knee_drops")
    view = exercise.view.model_copy(update={"yaw_enter": yaw})
    return exercise.model_copy(update={"posture": posture, "view": view})


@pytest.mark.parametrize("yaw", [(0.0, 35.0), (54.0, 90.0)])
@pytest.mark.parametrize("posture", list(Posture))
def test_every_posture_has_a_ghost_and_a_place_for_the_camera(posture: Posture, yaw: tuple[float, float]) -> None:
    """A user's own exercise gets a figure too, which fills its box, stays inside it, and lets the picture through."""
    stance = stance_of(with_posture(posture, yaw))
    canvas, box = Canvas(blank()), (200.0, 40.0, 440.0, 440.0)
    draw_ghost(canvas, stance, box)
    rows, columns = np.nonzero((canvas.image != 128).any(axis=2))
    assert rows.min() >= 40
    assert rows.max() < 440
    assert columns.min() >= 200
    assert columns.max() < 440
    assert max(np.ptp(rows) / 400, np.ptp(columns) / 240) > 0.9
    room = Canvas(blank())
    draw_room(room, stance, (20.0, 20.0, 220.0, 140.0))
    assert share_of(room.image, SKY) > 0.001
    assert (room.image[150:] == 128).all()


def test_the_ghosts_of_the_three_exercises_differ() -> None:
    """From the side, from the front, and from the feet: three figures; with the mirror each is flipped."""
    pictures = []
    for name in exercise_names():
        plain, flipped = blank(), blank()
        draw_ghost(Canvas(plain), stance_of(load_exercise(name)), (120, 40, 520, 440))
        draw_ghost(Canvas(flipped), stance_of(load_exercise(name)), (120, 40, 520, 440), mirror=True)
        assert (plain[:, 120:520] == flipped[:, 120:520][:, ::-1]).all()
        pictures.append(plain)
    assert len({picture.tobytes() for picture in pictures}) == 3


def test_the_ghost_faces_the_way_the_person_does() -> None:
    """A person who faces left is shown a figure that faces left, mirrored or not."""
    pictures = {}
    for yaw in (90.0, -90.0):
        for mirror in (False, True):
            camera = replace(stance_of(load_exercise("ninety_ninety")).camera, yaw_deg=yaw)
            screen, picture = Screen(), blank()
            for frame in range(30):
                pose = make_pose(standing(), 20.0 + frame / 30, camera)
                moment = a_moment(Stage.FRAMING, t=pose.t, stage_since=0.0, pose=pose)
                picture = screen.draw(blank(), moment, status=ScreenStatus(mirror=mirror))
            # the front foot stands out from the middle, near the floor
            pictures[yaw, mirror] = (picture[300:400, 210:320] != 128).sum() > (picture[300:400, 320:430] != 128).sum()
    assert pictures[90.0, False] == pictures[-90.0, True] != pictures[-90.0, False] == pictures[90.0, True]


def test_fit_keeps_the_shape_and_small_pictures() -> None:
    """A large picture becomes smaller, a small one larger only when that was asked for; the shape is kept."""
    assert fit(blank((1920, 1080))).shape == (720, 1280, 3)
    assert fit(blank((3000, 40))).shape == (17, 1280, 3)
    small = blank()
    assert fit(small) is small
    assert fit(small, min_side=960).shape == (720, 960, 3)
    assert fit(blank((1, 1))).shape == (1, 1, 3)


def test_titles_and_doses_in_words() -> None:
    """The result names exercises by their titles, a user's own by its name; the rest tells how much comes next."""
    assert title_of("knee_drops") == "Knee drops"
    assert title_of("my_own_stretch") == "My own stretch"
    assert dose_of(load_exercise("knee_drops")) == "5 × 2 s each: in, out"


def test_memory_is_only_of_pictures_before() -> None:
    """Two screens fed the same moments draw the same pictures: nothing is kept outside of them."""
    one, other = Screen(), Screen()
    for pose in trembling(5, 2.0):
        moment = a_moment(Stage.EXERCISE, t=pose.t, pose=pose, step=a_step(pose, angles=ANGLES[:6]))
        assert (one.draw(blank(), moment, status=PLAIN) == other.draw(blank(), moment, status=PLAIN)).all()
    assert Memory().figure is None


@pytest.mark.parametrize("stage", list(Stage))
def test_drawing_is_quick(stage: Stage) -> None:
    """A picture of 1280 x 720 is drawn in about 4 ms of processor time."""
    image, screen = blank((1280, 720)), Screen()
    moments = (a_moment(stage, (1280, 720), t=20.0 + frame / 30) for frame in range(20))
    found = effort(lambda: screen.draw(image, next(moments), status=PLAIN), rounds=19)
    assert found < 12, found


def test_a_step_is_not_changed_by_settling() -> None:
    """Settling returns a new step for the eye; the one that is judged, counted and written keeps its values."""
    step: Step = a_step(a_pose(), angles=ANGLES[:2])
    settler = DisplayFilter()
    assert settler.update(step).progress.angles == step.progress.angles
    later = a_step(replace(a_pose(), t=0.1), angles=((ANGLES[0][0], 92.3, *ANGLES[0][2:]),))
    assert settler.update(later).progress.angles[0][1] == 92.0
    assert later.progress.angles[0][1] == 92.3
