"""The renderer of people with known joint angles (tools/render); only the pictures need OpenGL."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.exercises import load_exercise
from posecheck.testing import MADE
from tools.render import __main__ as command
from tools.render import clip, plan, variety
from tools.render.angles import drop_angles, kneeling_angles
from tools.render.body import Body, Side, body_names
from tools.render.camera import Camera
from tools.render.degrade import Degrader
from tools.render.errors import GraphicsError, PlanError, RenderError
from tools.render.exercises import plan_of
from tools.render.free import Free, free, free_angles
from tools.render.pose import Drop, Kneel, half_kneeling, knee_drop, standing
from tools.render.timeline import FreeTimeline, timeline

pytestmark = pytest.mark.system

SAMPLES = Path(__file__).parents[1] / "samples"
BODIES = body_names()


def kneel_plan(**change: Any) -> dict[str, Any]:
    """Return a short plan of one hold a side, as JSON would give it."""
    reps = [{"side": "R", "hold": 20.0}, {"side": "L", "hold": 20.0}]
    keys: dict[str, Any] = {"name": "x", "exercise": "ninety_ninety", "body": "A", "camera": [90, 1.0, 2.6], "fps": 10}
    return {**keys, "reps": reps, **change}


def drop_plan(**change: Any) -> dict[str, Any]:
    """Return a short plan of one drop in and one out."""
    reps = [{"dir": "in", "hold": 2.5}, {"dir": "out", "hold": 2.5}]
    return kneel_plan(**{"exercise": "knee_drops", "reps": reps, "camera": [0, 1.8, 1.6], **change})


def truth_of(data: dict[str, Any]) -> dict[str, Any]:
    """Return a plan's truth, without drawing."""
    return clip.plan_truth(plan.parse(data))


@pytest.fixture(scope="module")
def graphics() -> None:
    """Skip where there is no OpenGL without a window."""
    pytest.importorskip("moderngl", reason="pictures need the render extra: pip install -e '.[render]'")
    from tools.render import gl

    try:
        gl.context().release()
    except GraphicsError as error:
        pytest.skip(str(error))


# ---- kinematics


@pytest.mark.parametrize("name", BODIES)
def test_hips_forward_tilt_the_rear_thigh_as_asked(name: str) -> None:
    """The rear thigh inclines by the arc sine of the asked shift over the thigh's length, for every body."""
    body = Body.load(name)
    pose = Kneel(0, 1, 0.11, 170, 0, body.thigh_m, 0)
    a = kneeling_angles(body.joints(half_kneeling(body, pose)), "L" if pose.left < pose.right else "R")
    assert a["rear_thigh_inclination"] == pytest.approx(np.degrees(np.arcsin(0.11 / body.thigh_m)), abs=0.2)
    assert a["back_thigh_vert"] == pytest.approx(a["rear_thigh_inclination"], abs=0.5)


@given(knee=st.floats(65, 125), swivel=st.floats(-35, 27))
@settings(max_examples=30, deadline=None)
def test_the_knees_of_a_drop_have_the_asked_angle(knee: float, swivel: float) -> None:
    """Lying, both knees keep the asked included angle however far they fall."""
    body = Body.load("B")
    a = drop_angles(body.joints(knee_drop(body, Drop(swivel, swivel, 0.3, knee))))
    assert (a["knee_L"], a["knee_R"]) == pytest.approx((knee, knee), abs=0.01)


@pytest.mark.parametrize("name", BODIES)
def test_ninety_ninety_is_ninety_ninety(name: str) -> None:
    """With the front foot one thigh ahead, no shift, both knees and the front hip are near 90 degrees by the rig."""
    body = Body.load(name)
    a = kneeling_angles(body.joints(half_kneeling(body, Kneel(1, 0, 0.0, 170, 0, body.thigh_m, 0))), "R")
    assert [a["front_knee"], a["back_knee"]] == pytest.approx([90, 90], abs=17)
    assert a["front_hip"] == pytest.approx(90, abs=20)
    assert a["rear_thigh_inclination"] == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("name", BODIES)
def test_feet_and_back_are_on_the_floor(name: str) -> None:
    """Nobody floats or sinks: the lowest point of each pose is within 4 cm of the floor, the front sole within 1."""
    body = Body.load(name)
    kneeling = body.skin(half_kneeling(body, Kneel(1, 0, 0.1, 170, 0, body.thigh_m, 0)))
    front_foot = body.weight_of("foot.L") > 0.9
    assert abs(kneeling[front_foot][:, 2].min()) < 0.01
    for posed in (knee_drop(body, Drop(0, 0, 0.3, 86)), standing(body), standing(body, 1.0)):
        assert abs(body.skin(posed)[:, 2].min()) < 0.04
    assert kneeling[:, 2].min() > -0.04


@given(
    step=st.floats(0, 1),
    shift=st.floats(0, 0.14),
    arm=st.floats(0, 175),
    lean=st.floats(-30, 30),
    tilt=st.floats(-20, 20),
)
@settings(max_examples=25, deadline=None)
def test_a_mirrored_pose_is_the_mirror_image(step: float, shift: float, arm: float, lean: float, tilt: float) -> None:
    """Swapping left and right in the parameters mirrors every joint."""
    body = Body.load("A")
    one = body.joints(half_kneeling(body, Kneel(step, 0, shift, arm, lean, 0.45, tilt)))
    other = body.joints(half_kneeling(body, Kneel(0, step, shift, arm, -lean, 0.45, tilt)))
    mirror = np.array([-1, 1, 1])
    for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        np.testing.assert_allclose(getattr(one.left, joint), getattr(other.right, joint) * mirror, atol=0.004)


def test_the_camera_sees_left_and_right_as_a_person_would() -> None:
    """From the front the subject's left is on the picture's right, up is up, and the target is in the middle."""
    camera = Camera(0, 1.0, 2.6, (0, 0, 1.0))
    middle, left, up = camera.project(np.array([[0, 0, 1.0], [0.3, 0, 1.0], [0, 0, 1.4]]))
    assert middle == pytest.approx([320, 240])
    assert left[0] > 320
    assert up[1] < 240


def test_tilt_and_roll_move_the_picture_the_other_way() -> None:
    """A camera tilted up shows the target lower; rolled clockwise it shows what was on the right higher up."""
    target = np.array([[0.0, 0, 1.0], [0.3, 0, 1.0]])
    assert Camera(0, 1.0, 2.6, (0, 0, 1.0), tilt_deg=10).project(target)[0, 1] > 250
    assert Camera(0, 1.0, 2.6, (0, 0, 1.0), roll_deg=10).project(target)[1, 1] < 235


# ---- truth


@pytest.mark.parametrize("name", ["ninety_ninety", "side_bend", "knee_drops", "ninety_ninety_faulty"])
def test_samples_have_the_truth_of_their_plans(name: str) -> None:
    """The plan inside each sample's truth file gives that file again: angles to the rounding, events to 0.01 s."""
    path = SAMPLES / f"{name}.truth.json"
    if not path.exists():
        pytest.skip(f"{path} is missing")
    old, new = json.loads(path.read_text(encoding="utf-8")), clip.plan_truth(plan.read(path))
    for key in ("exercise", "plan", "fps", "frames", "counts", "complete"):
        assert new[key] == old[key]
    for a, b in zip(old["events"], new["events"], strict=True):
        assert (a["group"], a["counted"]) == (b["group"], b["counted"])
        assert [a["start_s"], a["end_s"], a["held_s"]] == pytest.approx(
            [b["start_s"], b["end_s"], b["held_s"]], abs=0.01
        )
    for a, b in zip(old["per_frame"], new["per_frame"], strict=True):
        assert a["rear"] == b["rear"]
        assert a["angles"] == pytest.approx({k: b["angles"][k] for k in a["angles"]}, abs=0.11)


@pytest.mark.parametrize("side", ["L", "R"])
def test_mirrored_plans_have_mirrored_truth(side: Side) -> None:
    """A hold on the other side gives the same angles and the same held time under the other side's name."""
    sways = {"seed": 3, "reps": [{"side": side, "hold": 19.0}]}
    t = truth_of(kneel_plan(**sways))
    group, other = ("left", "right") if side == "L" else ("right", "left")
    assert t["counts"] == {group: 1, other: 0}
    mirrored = truth_of(kneel_plan(**{**sways, "reps": [{"side": "R" if side == "L" else "L", "hold": 19.0}]}))
    assert mirrored["counts"] == {other: 1, group: 0}
    assert mirrored["events"][0]["held_s"] == pytest.approx(t["events"][0]["held_s"], abs=0.11)
    a, b = t["per_frame"][150]["angles"], mirrored["per_frame"][150]["angles"]
    assert b["front_knee"] == pytest.approx(a["front_knee"], abs=0.3)
    assert b["rear_thigh_inclination"] == pytest.approx(a["rear_thigh_inclination"], abs=0.3)


@pytest.mark.parametrize(
    ("change", "fault", "counts"),
    [
        ({}, None, 1),
        ({"arm": 100}, "arms_low", 0),
        ({"shift": 0.01}, "hips_not_forward", 0),
        ({"front": 0.34}, "front_foot_far", 0),
        ({"tilt": -36}, "leaning_back", 0),
        ({"hold": 10.0}, "hold_short", 0),
        ({"break": [9, 2]}, "hold_broken", 1),
        ({"break": [9, 6]}, "hold_broken", 0),
    ],
)
def test_faults_of_a_hold_are_in_the_truth(change: dict[str, Any], fault: str | None, counts: int) -> None:
    """Each fault of a plan is named in the truth and costs the hold, but a break of 2 s does not end it."""
    t = truth_of(kneel_plan(reps=[{"side": "R", "hold": 22.0, **change}]))
    assert t["counts"]["right"] == counts
    assert [f["fault"] for f in t["faults"]] == ([] if fault is None else [fault])


@pytest.mark.parametrize(("lean", "fault"), [(26, None), (5, "bend_small"), (-24, "bend_wrong_side")])
def test_side_bends_are_judged_towards_the_front_leg(lean: float, fault: str | None) -> None:
    """A bend counts only towards the front leg's side and from 10 degrees."""
    t = truth_of(kneel_plan(exercise="ninety_ninety_side_bend", reps=[{"side": "L", "hold": 20.0, "lean": lean}]))
    assert t["counts"]["left"] == (fault is None)
    assert [f["fault"] for f in t["faults"]] == ([] if fault is None else [fault])


def test_faults_of_drops_are_in_the_truth() -> None:
    """Small, short and one-sided drops are named and not counted; the others count in their direction."""
    reps = [
        {"dir": "in"},
        {"dir": "in", "amount": 6},
        {"dir": "out", "hold": 0.1, "move": 0.8},
        {"dir": "left"},
        {"dir": "out"},
    ]
    t = truth_of({**drop_plan(), "reps": reps})
    assert t["counts"] == {"in": 1, "out": 1}
    assert [(f["rep"], f["fault"]) for f in t["faults"]] == [(1, "drop_small"), (2, "drop_short"), (3, "one_side")]


def test_doubtful_holds_widen_the_fair_counts() -> None:
    """A hold within 0.8 s of the limit makes either count fair; one far from it does not."""
    assert truth_of(kneel_plan(reps=[{"side": "R", "hold": 16.6}]))["counts_between"]["right"] == [0, 1]
    assert truth_of(kneel_plan(reps=[{"side": "R", "hold": 20.0}]))["counts_between"]["right"] == [1, 1]


def test_the_subject_does_not_jump() -> None:
    """At 60 frames a second no joint moves faster than 4 m/s, also while the sides change."""
    keys = kneel_plan(fps=60, reps=[{"side": "R", "hold": 1}, {"side": "L", "hold": 1, "rest": 0.2}])
    checked = plan.parse(keys)
    body = Body.load("A")
    course = timeline(checked, body.thigh_m)
    heads = [clip.pose_of(body, course.at(i / 60)).heads for i in range(int(course.duration_s * 60))]
    assert np.linalg.norm(np.diff(heads, axis=0), axis=2).max() * 60 < 4.0


# ---- plans


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": "red"}, ["unknown key 'colour'", "camera", "furniture"]),
        ({"reps": [{"side": "L", "holt": 3}]}, ["unknown key 'reps[0].holt'", "hold", "shift"]),
        ({"room": {"wallpaper": 1}}, ["unknown key 'room.wallpaper'", "planks"]),
        ({"body": "Z"}, ["body", "'Z' does not exist", "A, B, C"]),
        ({"light": "moon"}, ["light", "'moon'", "dim"]),
        ({"outfit": "toga"}, ["outfit", "'toga'", "blue"]),
        ({"reps": []}, ["reps is empty"]),
        ({"reps": [{"side": "left"}]}, ["reps[0].side", "'L' or 'R'"]),
        ({"fps": 0}, ["fps", "greater than or equal to 1"]),
        ({"crop": [0.5, 0, 0.5, 0]}, ["crop"]),
        ({"camera": [90, 1.0]}, ["camera"]),
        ({"name": "../x"}, ["name"]),
    ],
)
def test_wrong_plans_say_what_is_wrong(change: dict[str, Any], words: list[str]) -> None:
    """An error names the key and, for unknown keys and values, what is allowed."""
    with pytest.raises(PlanError) as caught:
        plan.parse(kneel_plan(**change))
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_plan_is_written_as_it_was_read() -> None:
    """Short forms and omitted keys survive a round trip."""
    data = kneel_plan(outfit="red", room="gym", passers=[{"body": "B", "outfit": "tank", "start": [1, 1]}])
    assert plan.to_json(plan.parse(data)) == data


def test_every_key_of_a_plan_is_described() -> None:
    """--keys lists the aliases a plan is written with, and a meaning for all keys that do not speak for themselves."""
    rows = {key: (section, meaning) for section, key, _, meaning in plan.describe()}
    assert rows["break"][0].startswith("One hold in half-kneeling")
    assert rows["crop"][1]
    assert rows["fit"][1] == "tight | loose"
    assert "A, B, C" in rows["bodies"][1]
    colours = {"shirt", "trousers", "hair_colour", "wall", "floor", "colour"}
    assert {key for key, (_, meaning) in rows.items() if not meaning} <= colours | {
        "body", "camera", "furniture", "passers", "fps", "size", "outfit", "planks",
    }  # fmt: skip


@cache
def plans_of(split: variety.Split) -> tuple[plan.Plan, ...]:
    return tuple(variety.make_plans(0, split))


def test_variety_is_reproducible_and_the_splits_share_nothing() -> None:
    """The same seed gives the same plans; tuning and final have no body and no camera in common."""
    tuning, final = plans_of("tuning"), plans_of("final")
    assert tuning == tuple(variety.make_plans(0, "tuning"))
    assert tuning != tuple(variety.make_plans(1, "tuning"))
    assert not {p.body for p in tuning} & {p.body for p in final}
    assert not {(p.camera.azimuth, p.camera.height) for p in tuning} & {
        (p.camera.azimuth, p.camera.height) for p in final if len(p.furniture) == 0
    }
    assert len({p.name for p in (*tuning, *final)}) == len(tuning) + len(final)


@pytest.mark.parametrize("split", ["tuning", "final"])
def test_variety_means_what_its_names_say(split: variety.Split) -> None:
    """Clips named 'good' have no fault and certain counts; the others have the fault they are named after."""
    for made in plans_of(split):
        label = made.name.split("_", 3)[3]
        if label.startswith(("view", "hard")):
            continue
        t: dict[str, Any] = clip.plan_truth(made.model_copy(update={"fps": 2.0}))
        found = {f["fault"] for f in t["faults"]}
        if label == "good":
            assert not found, made.name
        else:
            assert label in found, made.name
        assert all(low == high for low, high in t["counts_between"].values()), made.name
        assert sum(t["counts"].values()) == (
            6 if made.drops and label == "good" else 4 if made.drops else 1 + (label == "good")
        )


# ---- the command


def test_check_writes_the_truth_without_drawing(tmp_path: Path) -> None:
    """--check works where there is no OpenGL and writes NAME.truth.json."""
    source = tmp_path / "p.json"
    source.write_text(json.dumps(drop_plan(name="quick")), encoding="utf-8")
    assert command.main(["--check", str(source), str(tmp_path / "out")]) == 0
    assert json.loads((tmp_path / "out/quick.truth.json").read_text(encoding="utf-8"))["counts"] == {"in": 1, "out": 1}


@pytest.mark.parametrize("content", [None, "{", "[]", '{"name": 1}'])
def test_bad_files_end_with_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None) -> None:
    """A missing or broken plan gives one line on stderr and exit code 2, not a traceback."""
    source = tmp_path / "p.json"
    if content is not None:
        source.write_text(content, encoding="utf-8")
    assert command.main([str(source), str(tmp_path)]) == PlanError.exit_code
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert str(source) in said


# ---- pictures


@pytest.mark.usefixtures("graphics")
def test_a_clip_is_rendered_with_its_truth(tmp_path: Path) -> None:
    """The command's work: a playable file with as many frames as the truth has, and nothing half-written beside it."""
    av = pytest.importorskip("av")
    checked = plan.parse(drop_plan(size=[160, 120], fps=5, reps=[{"dir": "in", "hold": 0.5}], lead=0.5, tail=0))
    files = clip.render(checked, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.mp4", "x.truth.json"]
    with av.open(str(files.video)) as container:
        decoded = sum(1 for _ in container.decode(video=0))
    assert decoded == files.frames == len(json.loads(files.truth.read_text(encoding="utf-8"))["per_frame"])


@pytest.mark.usefixtures("graphics")
def test_an_interrupted_clip_leaves_nothing(tmp_path: Path) -> None:
    """When rendering stops half-way no file is left, and a folder that cannot be written ends with one error."""
    pytest.importorskip("av")
    checked = plan.parse(drop_plan(size=[64, 64], fps=2))

    def stop(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        clip.render(checked, tmp_path, stop)
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RenderError, match="cannot write"):
        clip.render(checked, tmp_path / "file")


@pytest.mark.usefixtures("graphics")
def test_the_person_is_where_the_joints_are() -> None:
    """The picture differs from the empty room at every projected joint, and hardly far away from the person."""
    from tools.render import gl
    from tools.render.clothes import dress
    from tools.render.looks import LIGHTS
    from tools.render.scene import lighting

    checked = plan.parse(kneel_plan(size=[320, 240]))
    body, camera = Body.load("A"), clip.camera_of(checked)
    posed = half_kneeling(body, Kneel(0, 1, 0.1, 172, 0, body.thigh_m, 0))
    with gl.Renderer(camera, lighting(LIGHTS["day"], camera, False, 1.5), checked.room.room()) as renderer:
        renderer.add(dress(body, checked.outfit.look()))
        empty = renderer.draw([]).astype(int)
        seen = renderer.draw([gl.Present(0, posed, body.bone_matrices(posed))]).astype(int)
    changed = abs(seen - empty).max(axis=2) > 12
    pixels = camera.project(posed.heads).round().astype(int)
    assert changed[pixels[:, 1], pixels[:, 0]].mean() > 0.95
    assert not changed[:, :40].any()


@pytest.mark.usefixtures("graphics")
def test_surroundings_change_the_picture() -> None:
    """The same plan gives the same picture; furniture, clothes, light and lens change it; a passer comes and goes."""
    small = {"size": [160, 120], "noise": 0, "reps": [{"side": "R", "hold": 1}]}

    def picture(**change: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
        return next(iter(clip.frames(plan.parse(kneel_plan(**{**small, **change})), [70])))[0]

    plain = picture()
    assert (picture() == plain).all()
    assert picture(light="dark").mean() < plain.mean() / 2
    changes: list[dict[str, Any]] = [
        {"furniture": [{"at": [0.36, -0.45]}]},
        {"outfit": {"fit": "loose", "hair": "long", "sleeves": "long"}},
        {"camera": {"azimuth": 90, "height": 1.0, "distance": 2.6, "barrel": 0.3}},
    ]
    for change in changes:
        assert (picture(**change) != plain).mean() > 0.01, change
    there, gone, coming = (
        picture(passers=[{"start": [-1, -1], **when}]) for when in ({}, {"to_s": 2.0}, {"from_s": 9.0})
    )
    assert (gone == coming).all()
    assert (there != gone).mean() > 0.01


def test_the_webcam_spoils_the_picture_as_asked() -> None:
    """Noise is the same for the same seed; blur, compression, flicker and exposure change a picture, crop cuts it."""
    pytest.importorskip("cv2")
    scene = np.random.default_rng(0).integers(0, 200, (120, 160, 3)).astype(np.uint8)

    def spoilt(**change: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
        checked = plan.parse(kneel_plan(**{"size": [160, 120], "noise": 0, **change}))
        return Degrader(checked, clip.camera_of(checked))(scene, 3, 0.2)

    assert (spoilt() == scene).all()
    assert (spoilt(noise=3) == spoilt(noise=3)).all()
    assert (spoilt(noise=3) != spoilt(noise=3, seed=1)).any()
    assert np.std(spoilt(noise=6).astype(int) - scene) == pytest.approx(6, abs=1)
    assert spoilt(blur=2).std() < scene.std() / 2
    assert spoilt(exposure=0.5).mean() == pytest.approx(scene.mean() / 2, rel=0.02)
    assert spoilt(crop=[0, 0, 0.1, 0.25]).shape == (90, 144, 3)
    for change in ({"jpeg": 20}, {"flicker": 0.1}):
        assert (spoilt(**change) != scene).mean() > 0.5, change


# ---- motions of any exercise


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_made_to_order_motion_is_filmed_with_the_angles_it_has(name: str) -> None:
    """Every exercise's body can be filmed: legs, trunk and raised arms have the asked angles, on the floor."""
    body, checked = Body.load("D"), plan.parse(plan_of(name, [load_exercise(name).groups[0]], None))
    course = timeline(checked, body.thigh_m)
    assert isinstance(course, FreeTimeline)
    asked = course.at(course.spans[-3].hold_s[0]).pose
    assert isinstance(asked, Free)
    posed = free(body, asked)
    true = free_angles(body.joints(posed))
    for side in ("left", "right"):
        assert true[f"{side}_thigh_inclination"] == pytest.approx(_turned(asked, f"{side}_thigh"), abs=3)
        flexion = getattr(asked, f"{side}_shin") - getattr(asked, f"{side}_thigh")
        if not getattr(asked, f"{side}_thigh_out") and not getattr(asked, f"{side}_shin_in"):
            assert true[f"{side}_knee_flexion"] == pytest.approx(abs(flexion), abs=1)
        if getattr(asked, f"{side}_arm") > 90:
            assert true[f"{side}_arm_elevation"] == pytest.approx(getattr(asked, f"{side}_arm"), abs=20)
    assert true["trunk_lean"] == pytest.approx(asked.trunk_lean, abs=6)
    if abs(asked.trunk_lean) < 45:
        assert true["side_bend"] == pytest.approx(asked.side_bend, abs=9)
    assert body.skin(posed)[:, 2].min() == pytest.approx(0.0, abs=1e-6)


def _turned(asked: Any, name: str) -> float:
    return float((getattr(asked, name) + 180) % 360 - 180)


def test_a_free_motion_starts_and_stays_as_asked() -> None:
    """Its poses are reached in the time given and kept for the time given; its truth has the angles of every frame."""
    data = plan_of("squat", ["squats"], "too shallow", name="shallow", fps=10)
    made = truth_of(data)
    stay_s = [rep["stay"] for rep in data["reps"]]
    move_s = [rep["move"] for rep in data["reps"]][1:]
    assert made["frames"] == int(round(sum(stay_s) + sum(move_s), 6) * 10)
    assert made["exercise"] == "free"
    knees = [frame["angles"]["left_knee_flexion"] for frame in made["per_frame"]]
    assert max(knees[:10]) < 8
    assert max(knees) == pytest.approx(44, abs=4)
    assert plan.to_json(plan.parse(data))["reps"] == data["reps"]


@pytest.mark.parametrize(
    ("reps", "says"),
    [
        ([{"move": 1, "stay": 1, "angles": {"left_ear": 3}}], ["reps[0].angles", "left_ear", "left_thigh"]),
        ([{"move": 1, "stay": 1, "angle": {}}], ["angle", "allowed", "angles"]),
    ],
)
def test_mistakes_in_a_free_motion_are_named(reps: list[dict[str, Any]], says: list[str]) -> None:
    """An unknown angle or key is named with what is allowed."""
    with pytest.raises(PlanError) as caught:
        plan.parse(kneel_plan(exercise="free", reps=reps))
    assert [word for word in says if word not in str(caught.value)] == []
