"""Poses of other programs: what comes back from each format, what is asked for, and what is refused in which words."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.foreign import FORMATS, Foreign, coco, mediapipe, own_csv, rate, trc
from posecheck.errors import DependencyError, FormatError, InputError, NoPersonError, PosecheckError, UsageError
from posecheck.judging.session import Session
from posecheck.measure import measure
from posecheck.records import Landmark, Pose, Posture, Summary
from posecheck.sources import Axes, Imported, SourceOptions, SourceView, Unit, read_poses
from posecheck.sources.guarding import MOST_BYTES
from posecheck.sources.skeletons import BODY_25, COCO_17, COCO_KINDS, HALPE_26, INSTEAD, put_in_place
from posecheck.testing import (
    FRONT_CAMERA,
    SIDE_CAMERA,
    Camera,
    half_kneeling,
    load_tape,
    lying,
    make_pose,
    standing,
    tall_kneeling,
)

FILMED = Path(__file__).parents[1] / "data" / "filmed"
SIZE = (640, 480)
SIDE = SourceOptions(size=SIZE, fps=10.0, view=SourceView.SIDE)
FEET = {f"{side}_{part}" for side in ("left", "right") for part in ("heel", "foot_index")}


def judged(poses: Sequence[Pose], exercise: str) -> Summary:
    session = Session(exercise)
    for pose in poses:
        session.feed(pose)
    return session.summary()


def asked(foreign: Foreign, poses: Sequence[Pose], view: SourceView) -> SourceOptions:
    """What has to be said about a file of this format."""
    return SourceOptions(
        size=poses[0].size if "size" in foreign.asks else None,
        fps=rate(poses) if "fps" in foreign.asks else None,
        view=view if "view" in foreign.asks else None,
    )


def write(path: Path, document: Any) -> Path:
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def refused(path: Path, error: type[PosecheckError], words: str, options: SourceOptions = SIDE) -> None:
    """Reading fails with one sentence that has these words."""
    with pytest.raises(error, match=words) as caught:
        read_poses(path, options)
    assert "\n" not in str(caught.value)


def person(pose: Pose) -> list[float]:
    """COCO's 17 points of a pose as flat key points."""
    assert pose.points_px is not None
    return [x for landmark in COCO_17.places for x in (*pose.points_px[landmark].tolist(), 0.9)]


def results(poses: Sequence[Pose]) -> list[dict[str, Any]]:
    """The same of each frame, as COCO keeps results."""
    return [{"image_id": i, "keypoints": person(pose)} for i, pose in enumerate(poses)]


# ---- every format


@pytest.mark.parametrize("foreign", FORMATS, ids=lambda one: one.name)
@pytest.mark.parametrize("exercise", ["squat", "standing_side_bend"])
def test_a_filmed_set_counts_as_its_tape(foreign: Foreign, exercise: str, tmp_path: Path) -> None:
    """Poses of the detector, reduced to what a format has, get the counts of the whole ones."""
    poses = load_tape(FILMED / f"{exercise}.jsonl.gz")
    view = SourceView.SIDE if exercise == "squat" else SourceView.FRONT
    found = read_poses(foreign.write(tmp_path, poses), asked(foreign, poses, view))
    assert len(found.poses) == len(poses)
    verdict = judged(found.poses, exercise)
    assert verdict.counts == judged(poses, exercise).counts
    assert any(verdict.counts.values())


@pytest.mark.parametrize("foreign", FORMATS, ids=lambda one: one.name)
def test_what_a_format_lacks_is_told(foreign: Foreign, tmp_path: Path) -> None:
    """Depth, feet, hands and the like that a format has not are named in what was read and in each pose."""
    poses = load_tape(FILMED / "squat.jsonl.gz")[:20]
    found = read_poses(foreign.write(tmp_path, poses), asked(foreign, poses, SourceView.SIDE))
    assert found.lacks.depth == ("view" in foreign.asks)
    names = set(found.lacks.names)
    assert names >= FEET if foreign.name.startswith("COCO-17") else not FEET & names
    assert ("left_thumb" in names) == foreign.name.startswith(("COCO-17", "Halpe", "BODY"))
    for pose in found.poses:
        assert pose.lacks == found.lacks
        assert pose.visibility is not None
        assert not pose.visibility[list(found.lacks.landmarks)].any()


def test_posechecks_own_table_is_read_back_bit_for_bit(tmp_path: Path) -> None:
    """Every time, coordinate and visibility, and a frame in which nobody is seen."""
    poses = load_tape(FILMED / "squat.jsonl.gz")[:20]
    poses[7] = Pose.absent(poses[7].t, poses[7].size)
    assert list(read_poses(own_csv(tmp_path, poses), SourceOptions(size=SIZE)).poses) == poses


def test_mediapipes_results_are_read_back(tmp_path: Path) -> None:
    """Landmarks that were written as shares of the picture are within a rounding of what they were."""
    poses = load_tape(FILMED / "squat.jsonl.gz")[:20]
    read = read_poses(mediapipe(world=True)(tmp_path, poses), SourceOptions(size=SIZE)).poses
    for back, pose in zip(read, poses, strict=True):
        assert back.points_px == pytest.approx(pose.points_px, abs=1e-9)
        assert back.arrays is not None
        assert pose.arrays is not None
        for found, wanted in zip(back.arrays[1:], pose.arrays[1:], strict=True):
            assert np.array_equal(found, wanted)
        assert back.t == pytest.approx(pose.t)


def test_other_ways_to_keep_mediapipes_results(tmp_path: Path) -> None:
    """JSON Lines, the web's names, lists of numbers, the older solution's objects and its tables: all the same pose."""
    pose = make_pose(standing(), camera=FRONT_CAMERA)
    assert pose.arrays is not None
    px, metres, seen = (array.tolist() for array in (pose.arrays[0] / pose.size, *pose.arrays[1:]))
    picture = [[x, y, 0.0, v] for (x, y), v in zip(px, seen, strict=True)]
    space = [[x, y, z, v] for (x, y, z), v in zip(metres, seen, strict=True)]
    named = [[dict(zip(("x", "y", "z", "visibility"), p, strict=True)) for p in points] for points in (picture, space)]
    size = {"image_width": pose.size[0], "image_height": pose.size[1]}
    times = [{"t": 0.0}, {"t": 0.1}]
    first, second = ({"landmark": points} for points in named)
    ways: list[Any] = [
        [{**t, "landmarks": [named[0]], "worldLandmarks": [named[1]]} for t in times],
        [{**t, "poseLandmarks": named[0], "poseWorldLandmarks": named[1]} for t in times],
        [{**t, "pose_landmarks": picture, "pose_world_landmarks": space} for t in times],
        [{**t, "pose_landmarks": first, "pose_world_landmarks": second} for t in times],
        [{**t, "pose_landmarks": [first], "pose_world_landmarks": [second]} for t in times],
    ]
    files = [write(tmp_path / f"{i}.json", {**size, "frames": way}) for i, way in enumerate(ways)]
    lines = "\n".join(json.dumps({**size, **frame}) for frame in ways[0])
    files.append(write(tmp_path / "lines.jsonl", lines))
    for path in files:
        found = read_poses(path)
        assert found.size == pose.size
        assert [one.t for one in found.poses] == [0.0, 0.1]
        assert not found.lacks
        for one in found.poses:
            assert one.points_px == pytest.approx(pose.points_px)
            assert one.points_m == pytest.approx(pose.points_m)


def test_tables_of_mediapipes_results(tmp_path: Path) -> None:
    """A row a frame by names or numbers from 0 or 1, and a row a landmark: the same pose."""
    pose = make_pose(standing(), camera=FRONT_CAMERA)
    assert pose.arrays is not None
    px, metres, seen = (array.tolist() for array in (pose.arrays[0] / pose.size, *pose.arrays[1:]))
    rows = [(*p, *m, v) for p, m, v in zip(px, metres, seen, strict=True)]
    parts = ("x", "y", "world_x", "world_y", "world_z", "visibility")
    after = ("x", "y", "x_world", "y_world", "z_world", "visibility")
    headers = {
        "named": [f"{i.name.lower()}_{part}" for i in Landmark for part in after],
        "upper": [f"{i.name}_{part}" for i in Landmark for part in after],
        "from 0": [f"{part}{i}" for i in range(33) for part in parts],
        "from 1": [f"{part}{i + 1}" for i in range(33) for part in parts],
    }
    cells = [cell for row in rows for cell in row]
    files = []
    for name, header in headers.items():
        files.append(tmp_path / f"{name}.csv")
        with files[-1].open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["frame", *header], [4, *cells], [5, *cells]])
    long = [[frame, i.name, *row] for frame in (4, 5) for i, row in zip(Landmark, rows, strict=True)]
    files.append(tmp_path / "long.csv")
    with files[-1].open("w", newline="", encoding="utf-8") as file:
        header = ["frame", "landmark", "x", "y", "world_x", "world_y", "world_z", "visibility"]
        csv.writer(file).writerows([header, *long])
    for path in files:
        found = read_poses(path, SourceOptions(size=pose.size, fps=10)).poses
        assert [one.t for one in found] == [0.0, 0.1]
        for one in found:
            assert one.points_px == pytest.approx(pose.points_px)
            assert one.points_m == pytest.approx(pose.points_m)
            assert one.visibility == pytest.approx(pose.visibility)


# ---- skeletons


@pytest.mark.parametrize("skeleton", [*COCO_KINDS.values(), BODY_25], ids=lambda one: one.name)
def test_a_skeleton_names_each_point_once(skeleton: Any) -> None:
    """Every place is one of the skeleton's points, no point stands for two landmarks, and the body is there."""
    places = list(skeleton.places.values())
    assert len(set(places)) == len(places)
    assert all(place in range(skeleton.count) for place in places)
    assert set(COCO_17.places) <= set(skeleton.places)


def test_left_and_right_are_not_mixed_up() -> None:
    """In the formats' own order: COCO's left shoulder is 5, Halpe's left heel 24, OpenPose's right hip 9."""
    assert COCO_17.places[Landmark.LEFT_SHOULDER] == 5
    assert HALPE_26.places[Landmark.LEFT_HEEL] == 24
    assert BODY_25.places[Landmark.RIGHT_HIP] == 9
    assert COCO_KINDS[133].places[Landmark.RIGHT_INDEX] == 112 + 5


def test_a_point_that_was_not_found_stands_at_the_nearest_one() -> None:
    """The heel at the ankle, without an ankle at the knee; every landmark has somewhere to go."""
    points = np.arange(66.0).reshape(33, 2)
    points[[Landmark.LEFT_HEEL, Landmark.LEFT_ANKLE, Landmark.NOSE, Landmark.RIGHT_HIP]] = np.nan
    placed = put_in_place(points)
    assert placed[Landmark.LEFT_HEEL].tolist() == points[Landmark.LEFT_KNEE].tolist()
    assert placed[Landmark.NOSE].tolist() == points[Landmark.LEFT_EYE].tolist()
    assert placed[Landmark.RIGHT_HIP].tolist() == points[Landmark.LEFT_HIP].tolist()
    assert not np.isnan(placed).any()
    assert set(INSTEAD) == set(Landmark)
    alone = np.full((33, 2), np.nan)
    alone[[Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP]] = 1.0
    assert (put_in_place(alone) == 1.0).all()


def test_points_of_score_0_are_not_where_they_stand(tmp_path: Path) -> None:
    """A knee with score 0 at (0, 0) is hidden, and does not pull the body apart."""
    pose = make_pose(standing())
    flat = person(pose)
    place = 3 * list(COCO_17.places).index(Landmark.LEFT_KNEE)
    flat[place : place + 3] = [0.0, 0.0, 0.0]
    frames = [{"image_id": 0, "keypoints": flat}, *results([pose, pose])[1:]]
    found = read_poses(write(tmp_path / "a.json", frames), SIDE).poses[0]
    assert found.points_px is not None
    assert found.visibility is not None
    assert found.visibility[Landmark.LEFT_KNEE] == 0.0
    assert found.points_px[Landmark.LEFT_KNEE].tolist() == found.points_px[Landmark.LEFT_HIP].tolist()
    assert Landmark.LEFT_KNEE not in found.lacks.landmarks  # it is found in other frames


# ---- 2-D → posture and view


@pytest.mark.parametrize("yaw", [90.0, -90.0])
@pytest.mark.parametrize(
    ("body", "posture"),
    [
        (standing(), Posture.STANDING),
        (tall_kneeling(), Posture.TALL_KNEELING),
        (half_kneeling("right"), Posture.HALF_KNEELING),
        (half_kneeling("left", hips_forward=15, arm_elevation=170), Posture.HALF_KNEELING),
        (lying(), Posture.LYING),
    ],
)
def test_from_the_side_the_posture_is_known_without_depth(
    body: Any, posture: Posture, yaw: float, tmp_path: Path
) -> None:
    """Facing right or left, the lifted body is in the posture of the true one, seen from the side."""
    true = make_pose(body, camera=Camera(yaw_deg=yaw))
    found = read_poses(write(tmp_path / "a.json", results([true])), replace(SIDE, size=true.size)).poses[0]
    seen, measured = measure(true), measure(found)
    assert seen.view is not None
    assert measured.view is not None
    assert measured.posture is seen.posture is posture
    assert measured.front is seen.front
    assert measured.view.yaw_deg == pytest.approx(90, abs=25)
    assert measured.view.facing == seen.view.facing


@pytest.mark.parametrize("yaw", [0.0, 180.0])
def test_from_the_front_or_behind_left_and_right_are_where_they_are_seen(yaw: float, tmp_path: Path) -> None:
    """Standing, the view is frontal, and a side bend has its sign from the front and from behind."""
    true = make_pose(standing(side_bend=20), camera=Camera(yaw_deg=yaw))
    options = replace(SIDE, size=true.size, view=SourceView.FRONT)
    found = measure(read_poses(write(tmp_path / "a.json", results([true])), options).poses[0])
    seen = measure(true)
    assert found.view is not None
    assert seen.view is not None
    assert found.view.yaw_deg == pytest.approx(0, abs=1)
    assert found.view.lateral_orientation == pytest.approx(seen.view.lateral_orientation)
    assert found.image["side_bend"].value == pytest.approx(seen.image["side_bend"].value, abs=1)  # type: ignore[index]


def test_a_body_does_not_turn_round_for_one_bad_frame(tmp_path: Path) -> None:
    """A nose that slips behind the ears in one frame leaves the body facing as it did."""
    right = make_pose(standing(), camera=SIDE_CAMERA)
    frames = results([right, right, right])
    flat = frames[1]["keypoints"]
    flat[0] = flat[9] - 1.0  # the nose, just behind the left ear
    poses = read_poses(write(tmp_path / "a.json", frames), replace(SIDE, size=right.size)).poses
    depths = [pose.points_m[Landmark.LEFT_HIP][2] for pose in poses if pose.points_m is not None]
    assert len(set(depths)) == 1
    assert depths[0] > 0  # facing right, the left side is further away


# ---- 3-D


def trc_file(path: Path, poses: Sequence[Pose], unit: str = "m", scale: float = 1.0) -> Path:
    """Markers as another program writes them, y up, z towards the camera."""
    names = [*(f"{side}{part}" for part in ("Hip", "Shoulder", "Knee", "Ankle") for side in "RL"), "Nose", "Sternum"]
    sides = [Landmark[f"{side}_{part}"] for part in ("HIP", "SHOULDER", "KNEE", "ANKLE") for side in ("RIGHT", "LEFT")]
    wanted = [*sides, Landmark.NOSE, Landmark.NOSE]
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"10\t10\t{len(poses)}\t{len(names)}\t{unit}\t10\t1\t{len(poses)}",
        "Frame#\tTime\t" + "\t\t\t".join(names),
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(names) + 1)),
        "",
    ]
    for index, pose in enumerate(poses):
        assert pose.points_m is not None
        points = (pose.points_m[wanted] * (1, -1, -1) + (3.0, 1.0, 2.0)) * scale
        lines.append(f"{index + 1}\t{pose.t:.3f}\t" + "\t".join(f"{x:.6f}" for x in points.ravel().tolist()))
    return write(path, "\n".join(lines) + "\n")


@pytest.mark.parametrize(("unit", "scale"), [("m", 1.0), ("cm", 100.0), ("mm", 1000.0)])
def test_markers_of_another_program(unit: str, scale: float, tmp_path: Path) -> None:
    """Markers by OpenPose's names in the unit of the file, anywhere in the room: metres about the mid-hip."""
    pose = make_pose(standing(), camera=FRONT_CAMERA)
    found = read_poses(trc_file(tmp_path / "a.trc", [pose], unit, scale), SourceOptions(axes=Axes.parse("x,-y,-z")))
    assert pose.points_m is not None
    one = found.poses[0]
    assert one.points_m is not None
    joints = [Landmark.LEFT_HIP, Landmark.RIGHT_ANKLE, Landmark.LEFT_SHOULDER]
    assert one.points_m[joints] == pytest.approx(pose.points_m[joints], abs=1e-5)
    assert {"left_elbow", "left_heel"} <= set(found.lacks.names)
    assert "1 markers stand for no landmark and are left out: Sternum" in found.notes
    assert measure(one).posture is Posture.STANDING


def test_a_marker_that_is_lacking_stays_blank(tmp_path: Path) -> None:
    """What was imported without elbows and goes out as TRC comes back without elbows."""
    poses = [make_pose(standing(), t, camera=FRONT_CAMERA) for t in (0.0, 0.1)]
    markers = trc_file(tmp_path / "a.trc", poses)
    found = read_poses(markers, SourceOptions(axes=Axes.parse("x,-y,-z")))
    again = read_poses(trc(tmp_path, found.poses))
    assert again.lacks == found.lacks
    assert "left_elbow" in again.lacks.names


def test_a_trc_of_ours_needs_no_word(tmp_path: Path) -> None:
    """Its 33 markers tell who wrote it, and so how its axes run."""
    poses = load_tape(FILMED / "squat.jsonl.gz")[:20]
    found = read_poses(trc(tmp_path, poses))
    for back, pose in zip(found.poses, poses, strict=True):
        assert back.points_m is not None
        assert pose.points_m is not None
        hips = (pose.points_m[Landmark.LEFT_HIP] + pose.points_m[Landmark.RIGHT_HIP]) / 2
        assert back.points_m == pytest.approx(pose.points_m - hips, abs=2e-5)


def test_openposes_points_in_space(tmp_path: Path) -> None:
    """Where a calibration gave 3-D points, they are taken, in the unit and axes that are told."""
    pose = make_pose(standing(), camera=FRONT_CAMERA)
    assert pose.points_m is not None
    assert pose.points_px is not None
    flat, space = np.zeros((25, 3)), np.zeros((25, 4))
    for landmark, place in BODY_25.places.items():
        flat[place] = *pose.points_px[landmark], 0.9
        space[place] = *(pose.points_m[landmark] * 1000), 0.9
    one = {"person_id": [3], "pose_keypoints_2d": flat.ravel().tolist(), "pose_keypoints_3d": space.ravel().tolist()}
    path = write(tmp_path / "a.json", {"people": [one]})
    options = SourceOptions(size=pose.size, fps=10, unit=Unit.MILLIMETRE, axes=Axes())
    found = read_poses(path, options)
    assert not found.lacks.depth
    back = found.poses[0].points_m
    assert back is not None
    assert back[Landmark.LEFT_KNEE] == pytest.approx(pose.points_m[Landmark.LEFT_KNEE], abs=1e-6)
    refused(path, UsageError, "--unit m, cm or mm", replace(options, unit=None))
    refused(path, UsageError, "--axes x,-y,-z", replace(options, axes=None))
    refused(path, UsageError, "leave --view out", replace(options, view=SourceView.SIDE))


@pytest.mark.parametrize("text", ["", "x,y", "x,x,z", "a,b,c", "x,--y,z", "x,y,z,z"])
def test_axes_name_each_letter_once(text: str) -> None:
    """What does not say where x, y and z go is refused, with an example."""
    with pytest.raises(UsageError, match="x,-y,-z"):
        Axes.parse(text)
    assert Axes.parse(" X, -Y ,-z") == Axes((0, 1, 2), (1.0, -1.0, -1.0))


# ---- what is asked for, never guessed


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size": None}, "--size"),
        ({"fps": None}, "--fps"),
        ({"view": None}, "--view side or --view front"),
        ({"unit": Unit.METRE}, "leave --unit and --axes out"),
        ({"axes": Axes()}, "leave --unit and --axes out"),
        ({"fps": 0.0}, "above 0"),
        ({"size": (0, 480)}, "above 0"),
        ({"format": "c3d"}, "is no format"),
    ],
)
def test_what_has_to_be_said(change: dict[str, Any], words: str, tmp_path: Path) -> None:
    """What a file of COCO's results lacks is asked for, and what does not go with it is refused."""
    path = coco(COCO_17)(tmp_path, load_tape(FILMED / "squat.jsonl.gz")[:20])
    refused(path, UsageError, words, replace(SIDE, **change))


def test_what_the_file_knows_is_not_said_otherwise(tmp_path: Path) -> None:
    """A size, a rate, a unit or axes beside those of the file are refused."""
    pose = make_pose(standing(), camera=FRONT_CAMERA)
    images = [{"id": 7, "width": 640, "height": 480, "t_s": 0.5}, {"id": 9, "width": 640, "height": 480, "t_s": 0.7}]
    path = write(tmp_path / "a.json", {"images": images, "annotations": [{"image_id": 9, "keypoints": person(pose)}]})
    refused(path, UsageError, "leave --fps out", SourceOptions(fps=10, view=SourceView.FRONT))
    refused(path, UsageError, "whose picture is 640x480", SourceOptions(size=(640, 481), view=SourceView.FRONT))
    found = read_poses(path, SourceOptions(view=SourceView.FRONT))
    assert [(one.t, one.present) for one in found.poses] == [(0.5, False), (0.7, True)]
    markers = trc_file(tmp_path / "a.trc", [pose])
    axes = Axes.parse("x,-y,-z")
    refused(markers, UsageError, "has no picture", SourceOptions(axes=axes, size=SIZE))
    refused(markers, UsageError, "are in m", SourceOptions(axes=axes, unit=Unit.CENTIMETRE))
    refused(markers, UsageError, "--axes x,-y,-z", SourceOptions())
    refused(trc(tmp_path, [pose, replace(pose, t=0.1)]), UsageError, "leave it out", SourceOptions(axes=Axes()))


def test_one_of_several_people_is_asked_for(tmp_path: Path) -> None:
    """By the surest, by the place in the frame, or by the id where the file has ids; never silently."""
    near, far = make_pose(standing()), make_pose(tall_kneeling())
    frame = [{"image_id": 0, "keypoints": person(near)}, {"image_id": 0, "keypoints": person(far)}]
    path = write(tmp_path / "a.json", frame)
    refused(path, UsageError, "2 people in frame 0.*--person best")
    refused(path, UsageError, "does not name its people", replace(SIDE, person="me"))
    for place, pose in ((0, near), (1, far)):
        found = read_poses(path, replace(SIDE, person=str(place))).poses[0]
        assert found.points_px is not None
        assert pose.points_px is not None
        assert found.points_px[Landmark.LEFT_KNEE] == pytest.approx(pose.points_px[Landmark.LEFT_KNEE])
    refused(path, NoPersonError, "nobody is seen", replace(SIDE, person="2"))
    named = [{**frame[0], "track_id": 5}, {**frame[1], "track_id": 9}]
    named[1]["keypoints"] = [x - 0.1 if i % 3 == 2 else x for i, x in enumerate(person(far))]
    path = write(tmp_path / "b.json", named)
    for wanted, pose in (("9", far), ("best", near)):
        found = read_poses(path, replace(SIDE, person=wanted)).poses[0]
        assert found.points_px is not None
        assert pose.points_px is not None
        assert found.points_px[Landmark.LEFT_KNEE] == pytest.approx(pose.points_px[Landmark.LEFT_KNEE])


def test_cocos_flags_are_told_from_scores(tmp_path: Path) -> None:
    """2, 1 and 0 are seen, hidden and not marked; of results, 1 is a sure score."""
    flat = person(make_pose(standing()))
    flags = [2 if i % 3 == 2 else x for i, x in enumerate(flat)]
    flags[2], flags[5] = 1, 0
    found = read_poses(write(tmp_path / "a.json", [{"image_id": 0, "keypoints": flags}]), SIDE)
    assert found.poses[0].visibility is not None
    assert found.poses[0].visibility[[Landmark.NOSE, Landmark.LEFT_EYE, Landmark.LEFT_HIP]].tolist() == [0.5, 0.0, 1.0]
    assert any("flag" in note for note in found.notes)
    sure = [1.2 if i % 3 == 2 else x for i, x in enumerate(flat)]
    found = read_poses(write(tmp_path / "b.json", [{"image_id": 0, "keypoints": sure}]), SIDE)
    assert found.poses[0].visibility is not None
    assert found.poses[0].visibility[Landmark.NOSE] == 1.0


def test_frames_without_anybody_keep_their_time(tmp_path: Path) -> None:
    """Numbers that are left out in results are gaps in time, and pictures without a person are frames without one."""
    one = person(make_pose(standing()))
    path = write(tmp_path / "a.json", [{"image_id": f"f/{n:04d}.jpg", "keypoints": one} for n in (10, 11, 15)])
    assert [pose.t for pose in read_poses(path, SIDE).poses] == pytest.approx([0.0, 0.1, 0.5])
    images = [{"id": i, "width": 640, "height": 480} for i in ("a", "b", "c")]
    path = write(tmp_path / "b.json", {"images": images, "annotations": [{"image_id": "c", "keypoints": one}]})
    found = read_poses(path, replace(SIDE, size=None))
    assert [pose.present for pose in found.poses] == [False, False, True]


def test_a_body_without_trunk_is_nobody(tmp_path: Path) -> None:
    """A frame without a shoulder or a hip shows nobody, and this is told; a recording of such frames is refused."""
    pose = make_pose(standing())
    flat = person(pose)
    for landmark in (Landmark.LEFT_HIP, Landmark.RIGHT_HIP):
        place = 3 * list(COCO_17.places).index(landmark)
        flat[place : place + 3] = [0.0, 0.0, 0.0]
    frames = [{"image_id": 0, "keypoints": flat}, {"image_id": 1, "keypoints": person(pose)}]
    found = read_poses(write(tmp_path / "a.json", frames), SIDE)
    assert [one.present for one in found.poses] == [False, True]
    assert any("1 frames have no shoulder" in note for note in found.notes)
    refused(write(tmp_path / "b.json", frames[:1]), NoPersonError, "no frame of .* has a shoulder and a hip")


# ---- what cannot be

WIDE = ",".join(f"x{i},y{i}" for i in range(33))
POINTS = [[0.5, 0.5]] * 33
BROKEN: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "is not JSON"),
    "no poses": ("hello\n", "no poses in a format that is known"),
    "a list of nothing": ("[]", "no poses in a format that is known"),
    "deep": ("[" * 100_000, "nested too deeply|is not JSON"),
    "short": ([{"image_id": 0, "keypoints": [1, 2, 3]}], "has 1 points: 17"),
    "not by three": ([{"image_id": 0, "keypoints": [1, 2]}], "no multiple of 3"),
    "a text": ([{"image_id": 0, "keypoints": "abc"}], "a list of numbers was expected"),
    "no number": ([{"image_id": 0, "keypoints": ["a", 1, 1] * 17}], "'a' is no number"),
    "a truth": ([{"image_id": 0, "keypoints": [True, 1, 1] * 17}], "is no number"),
    "infinite": ('[{"image_id": 0, "keypoints": [Infinity, 1, 1]}]', "larger than any coordinate"),
    "huge": ('[{"image_id": 0, "keypoints": [1' + "0" * 400 + ", 1, 1]}]", "is no number"),
    "far": ([{"image_id": 0, "keypoints": [1e12, 1, 1] * 17}], "larger than any coordinate"),
    "no image": ([{"image_id": 0, "keypoints": [1] * 51}, {"keypoints": [1] * 51}], "an object with image_id"),
    "unnumbered": ([{"image_id": "a", "keypoints": [1] * 51}], "does not number the frames"),
    "unknown image": ({"images": [{"id": 1}], "annotations": [{"image_id": 2, "keypoints": []}]}, "there is no image"),
    "no id": ({"images": [{}], "annotations": []}, "an id was expected"),
    "mmpose": ([{"instances": 3}], "an object with instances"),
    "mmpose id": ([{"frame_id": 0.5, "instances": []}], "no whole number"),
    "mmpose points": ([{"instances": [{"keypoints": [[1]]}]}], "2 or 3 coordinates"),
    "mmpose ragged": ([{"instances": [{"keypoints": [[1, 2], [1]]}]}], "points of 2 coordinates"),
    "mmpose scores": ([{"instances": [{"keypoints": [[1, 2]] * 17, "keypoint_scores": [1]}]}], "17 points, but 1 sc"),
    "flat scores": ([{"image_id": 0, "keypoints": [1] * 51, "keypoint_scores": []}], "17 points, but 0 scores"),
    "3-D count": ([{"image_id": 0, "keypoints": [1] * 51, "keypoints_3d": [1]}], "17 points were expected"),
    "openpose": ({"people": [3]}, "an object was expected"),
    "openpose count": ({"people": [{"pose_keypoints_2d": [0] * 54}]}, "has 18 points: the 25 of BODY-25"),
    "openpose list": ([{"people": []}, {}], "an object with people"),
    "mediapipe count": ([{"t": 0, "pose_landmarks": POINTS[:5]}], "33 landmarks were expected, there are 5"),
    "mediapipe text": ([{"t": 0, "pose_landmarks": "a"}], "a list of landmarks"),
    "mediapipe frame": ([{"t": 0, "pose_landmarks": []}, 3], "an object with landmarks"),
    "mediapipe point": ([{"t": 0, "pose_landmarks": [{"x": "a"}] * 33}], "is no number"),
    "mediapipe people": ([{"t": 0, "landmarks": [POINTS] * 2, "worldLandmarks": [POINTS]}], "2 people in the picture"),
    "mediapipe seen": ([{"t": 0, "pose_landmarks": [[0.5, 0.5, 0, 7]] * 33}], "visibility must lie from 0 to 1"),
    "no time": ([{"t": None, "pose_landmarks": POINTS}], "its time is missing"),
    "half a frame": ([{"frame": 0.5, "pose_landmarks": POINTS}], "no whole number"),
    "wide": ("x0,y0\n1,2\n", "no columns for all 33"),
    "wide number": (f"t,{WIDE}\n0,{'a,' * 65}a\n", "is no number"),
    "ragged": (f"t,{WIDE}\n0,1\n0.1\n", "nobody|time must rise|missing|shoulder"),
    "long": ("landmark,x,y\nnose,1,2\n", "says which go together"),
    "long twice": ("t,landmark,x,y\n0,nose,1,2\n0,nose,1,2\n", "stands twice"),
    "long name": ("t,landmark,x,y\n0,wing,1,2\n", "is no number"),
    "long number": ("t,landmark,x,y\n0,40,1,2\n", "there is no landmark"),
    "own": ("t_s,nose_x_px\n0,1\n", "has no column nose_y_px"),
    "trc": ("PathFileType\t4\n", "no rows of markers"),
    "trc unit": ("PathFileType\nUnits\ninch\nF\tT\tRHip\n\n1\t0\t1\t2\t3\n", "the unit 'inch'"),
    "trc time": ("PathFileType\nUnits\nm\nF\tT\tRHip\n\n1\t\t1\t2\t3\n", "has no time"),
    "trc number": ("PathFileType\nUnits\nm\nF\tT\tRHip\n\n1\t0\ta\t2\t3\n", "is no number"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_is_one_sentence(name: str, tmp_path: Path) -> None:
    """A file with something in it that cannot be is refused with the place and what was expected."""
    content, words = BROKEN[name]
    path = write(tmp_path / "a.any", content)
    options = replace(SIDE, fps=None if name.startswith(("mediapipe", "no time", "wide", "long", "ragged")) else 10.0)
    with pytest.raises(InputError if name != "ragged" else PosecheckError, match=words) as caught:
        read_poses(path, options)
    assert "\n" not in str(caught.value)


def test_times_rise(tmp_path: Path) -> None:
    """A time that stands still is named; so is a frame without one among others that have one."""
    frames: list[dict[str, Any]] = [{"t": t, "pose_landmarks": POINTS} for t in (0.0, 0.5, 0.5)]
    options = SourceOptions(size=SIZE, view=SourceView.SIDE)
    refused(write(tmp_path / "a.json", frames), FormatError, "0.5 s follows 0.5 s", options)
    del frames[1]["t"]
    refused(write(tmp_path / "b.json", frames), FormatError, "frame 1 has no time", options)


def test_what_is_no_file(tmp_path: Path) -> None:
    """Missing, empty, not text, too large, a folder without JSON: each in its words."""
    refused(tmp_path / "none.json", InputError, "there is no file")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.json")  # it would wait for somebody who writes to it
        refused(tmp_path / "pipe.json", InputError, "a folder, a pipe or a device")
    refused(write(tmp_path / "empty.json", " \n"), InputError, "is empty")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    refused(tmp_path / "bytes", FormatError, "no text in UTF-8")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    refused(tmp_path / "large", FormatError, "more than the 300 MB")
    (tmp_path / "folder").mkdir()
    refused(tmp_path / "folder", InputError, "without JSON files")
    write(tmp_path / "folder" / "a.json", {"people": []})
    refused(tmp_path / "folder", FormatError, "no frame number in its name")
    for name in ("a_1.json", "b_1.json"):
        write(tmp_path / "folder" / name, {"people": []})
    (tmp_path / "folder" / "a.json").unlink()
    refused(tmp_path / "folder", FormatError, "two files with one frame number")


def test_a_format_that_was_named_has_to_fit(tmp_path: Path) -> None:
    """A COCO file that is called a TRC is refused; by its own name it is read."""
    path = coco(COCO_17)(tmp_path, load_tape(FILMED / "squat.jsonl.gz")[:20])
    refused(path, FormatError, "does not look like trc", replace(SIDE, format="trc"))
    found: Imported = read_poses(path, replace(SIDE, format="coco"))
    assert found.format == "coco"


def test_shares_of_the_picture_are_not_taken_for_pixels(tmp_path: Path) -> None:
    """Key points from 0 to 1 are named as such."""
    flat = [x / 1000 if i % 3 < 2 else x for i, x in enumerate(person(make_pose(standing())))]
    refused(write(tmp_path / "a.json", [{"image_id": 0, "keypoints": flat}]), FormatError, "look normalised")


def test_parquet_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """posecheck's own Parquet has the size of the picture with it; a damaged one is refused."""
    pytest.importorskip("pyarrow")
    from posecheck.records.tables import parquet_table
    from posecheck.report.table import columns_of, rows_of

    poses = load_tape(FILMED / "squat.jsonl.gz")[:20]
    path = tmp_path / "a.parquet"
    with parquet_table(path, columns_of(None), {"size": json.dumps(SIZE)}) as write_row:
        for row in rows_of(poses, None):
            write_row(row)
    assert list(read_poses(path).poses) == poses
    (tmp_path / "b.parquet").write_bytes(path.read_bytes()[:1000])
    refused(tmp_path / "b.parquet", FormatError, "cannot be read as Parquet", SourceOptions())
    monkeypatch.setattr("posecheck.sources.guarding.MOST_CELLS", 10)
    refused(path, FormatError, "cells, more than the 10", SourceOptions())
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    refused(path, DependencyError, "posecheck\\[parquet\\]", SourceOptions())
