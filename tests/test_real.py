"""benchmarks/real.py scores people rightly: tiny films, motions and photographs made to order, no shared data."""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import real
from benchmarks.accuracy_card.results import FOLDER, PEOPLE, Results, Table, read, write
from benchmarks.real_people import films, motion, photographs, uiprmd, validations
from benchmarks.real_people.cameras import SIZE, Viewpoint, random_viewpoints, seen_from, trembling, whole_in_picture
from benchmarks.real_people.figures import COUNTS, PEOPLE_HEAD, Figure, Score, merged
from posecheck.errors import FormatError, InputError
from posecheck.records import Floats, Landmark, Pose
from posecheck.synthetic.exercises import MADE, made_stations
from posecheck.synthetic.motions import keys_of
from posecheck.synthetic.motions import motion as moving
from posecheck.synthetic.poses import Camera
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import ScriptedDetector, made_set, make_pose, mirrored, standing
from posecheck.validation.kept import TAPE, new_folder, write_script
from tests.live.test_validation import led

pytestmark = pytest.mark.system

FPS = 25.0
ABOVE = Camera(yaw_deg=90.0, orthographic=True)  # a picture whose axes are those of the body: x forwards, y down


def silent(note: str) -> None:
    """Stands where a bar is moved."""


def tape(path: Path, poses: list[Pose]) -> None:
    with TapeWriter(path, TapeHeader("0.1.0", "made", "0" * 64, "made", poses[0].size)) as writer:
        for pose in poses:
            writer.write(pose)


def in_space(name: str, repetitions: int, wrong: str | None = None) -> Floats:
    """(frames, 33, 3) of a set as UI-PRMD has it: x forwards, y up, z to the subject's right, feet on the floor."""
    group = "left" if name in ("arm_raise", "split_squat") else f"{name}s"
    keys = keys_of(*made_stations(name, groups=[group] * repetitions, wrong=wrong))
    found = []
    for pose in moving(keys, FPS, camera=ABOVE):
        assert pose.points_m is not None
        right, down, away = pose.points_m.T  # the camera stands at the right side: away from it is to the left
        body = np.stack([right, -down, -away], 1)
        found.append(body - [0.0, body[[27, 28], 1].min(), 0.0])
    return np.array(found)


def handed(folder: Path, **sets: tuple[Floats, int]) -> None:
    """Write a person as handed over."""
    data: dict[str, Any] = {"fps": np.int16(FPS)}
    for name, (points, count) in sets.items():
        data |= {name: np.round(points * 1000).astype(np.int16), f"{name}_n": np.int16(count)}
    np.savez_compressed(folder / "person01.npz", **data)


# ---- films


def test_films_are_exact_false_or_refused_for_an_untrue_reason(tmp_path: Path) -> None:
    """A set with its count, one with a count that is not so, and one refused with words that are not true."""
    squats = made_set("squat", groups=["squats"] * 2, fps=10.0)
    tape(tmp_path / "squats.jsonl", squats)
    tape(tmp_path / "few.jsonl", squats)
    tape(tmp_path / "other.jsonl", squats)
    tape(tmp_path / "front.jsonl", made_set("squat", groups=["squats"], camera=Camera(yaw_deg=0.0)))
    cases = [
        {"tape": "squats.jsonl", "shows": "2 squats", "judge": {"squat": {"squats": [2, 2]}}, "never_says": ["view"]},
        {"tape": "few.jsonl", "shows": "3 squats", "judge": {"squat": {"squats": [3, 3]}}, "never_says": []},
        {"tape": "other.jsonl", "shows": "no squat", "judge": {}, "never_says": []},
        {"tape": "front.jsonl", "shows": "squats", "judge": {"squat": {"squats": [0, 0]}}, "never_says": ["view"]},
    ]
    (tmp_path / "truth.json").write_text(json.dumps(cases), encoding="utf-8")
    score = films.score_tapes(tmp_path, silent, ("squat", "arm_raise"))
    assert score.closing == "exact 2/3 sets, 1 false counts in 5 pairs, 1 recordings refused for an untrue reason"
    assert [(f.found, f.of) for f in score.figures] == [(2, 3), (1, 5), (1, 4)]
    assert [line.split()[0] for line in score.wrong] == ["few.jsonl", "other.jsonl", "front.jsonl"]


# ---- recorded motion


def test_motion_from_the_side_is_counted_and_faults_are_cued(tmp_path: Path) -> None:
    """Squats done right are exact, shallow ones are refused or cued, and nothing else is counted."""
    handed(tmp_path, m01c=(in_space("squat", 2), 2), m01i=(in_space("squat", 2, "too shallow"), 2))
    sets = list(uiprmd.read_motion(tmp_path))
    assert [(s.person, s.movement, s.right, s.repetitions, s.fps) for s in sets] == [
        ("person01", "m01", True, 2, FPS),
        ("person01", "m01", False, 2, FPS),
    ]
    score = motion.score_motion(sets, silent)
    told = "exact 1/1 sets (off by one at most 1), 2 of 2 repetitions, 0 done wrong on purpose counted, 0 false"
    assert score.closing == told
    assert {f.what: (f.found, f.of) for f in score.figures}["refused or cued"] == (2, 2)
    more = motion.score_motion([replace(sets[0], repetitions=3)], silent)
    assert more.closing.startswith("exact 0/1 sets (off by one at most 1), 2 of 3")
    assert "2 of 3" in more.wrong[0]


def test_cameras_stand_where_the_seed_says_and_noise_has_the_measured_size() -> None:
    """The same seed gives the same cameras and poses; still knees tremble by what was measured, hips by less."""
    cameras = random_viewpoints(200, 7)
    assert cameras == random_viewpoints(200, 7)
    assert random_viewpoints(1, 8) != cameras[:1]
    for name, low, high in (("yaw_deg", 0.0, 90.0), ("distance_m", 2.0, 4.0), ("height_m", 0.5, 1.6)):
        values = [getattr(camera, name) for camera in cameras]
        assert low <= min(values) < low + 0.1 * (high - low) < high - 0.1 * (high - low) < max(values) <= high
    still = np.repeat(in_space("squat", 1)[:1], 2000, axis=0)
    exact = seen_from(still, FPS, Viewpoint(90.0, 3.0, 1.0))
    one, again = trembling(exact, 3), trembling(exact, 3)
    first, second = (np.array([pose.points_px for pose in poses]) for poses in (one, again))
    assert np.array_equal(first, second)
    off = np.array([a.points_m - b.points_m for a, b in zip(one, exact, strict=True)])  # type: ignore[operator]
    knee, toes = off[:, Landmark.LEFT_KNEE, 0].std(), off[:, Landmark.LEFT_FOOT_INDEX, 2].std()
    assert knee == pytest.approx(0.0039, rel=0.1)
    assert toes == pytest.approx(0.0145, rel=0.1)
    assert np.corrcoef(off[1:, Landmark.LEFT_KNEE, 0], off[:-1, Landmark.LEFT_KNEE, 0])[0, 1] == pytest.approx(
        0.5, abs=0.1
    )


def test_a_camera_that_aims_keeps_the_body_in_its_picture_and_the_angles_as_they_are() -> None:
    """From the front, right is at the left of the picture; near and low, the head stays in it by aiming."""
    points = in_space("squat", 1)[:1]
    (front,) = seen_from(points, FPS, Viewpoint(0.0, 3.0, 1.0))
    assert front.points_px is not None
    assert front.points_px[Landmark.RIGHT_HIP, 0] < SIZE[0] / 2 < front.points_px[Landmark.LEFT_HIP, 0]
    assert front.points_px[Landmark.NOSE, 1] < front.points_px[Landmark.LEFT_HIP, 1]
    low = Viewpoint(90.0, 2.6, 0.5)
    assert whole_in_picture(seen_from(points, FPS, low))
    assert not whole_in_picture(seen_from(points, FPS, replace(low, aims=False)))
    (tilted,) = seen_from(points, FPS, low)
    a, b = (np.linalg.norm(p.points_m, axis=1) for p in (front, tilted) if p.points_m is not None)
    assert a == pytest.approx(b), "a camera turns the body, it does not change its shape"


def test_cameras_anywhere_are_exact_or_tell_why(tmp_path: Path) -> None:
    """Six cameras round a set of squats: each falls to one side, and what is wrong is named with its place."""
    handed(tmp_path, m01c=(in_space("squat", 2), 2))
    score = motion.score_cameras(uiprmd.read_motion(tmp_path), silent, each=6, seed=3)
    asked, near, elsewhere = score.figures
    assert asked.of + elsewhere.of == 6
    assert asked.of == near.of > 0
    assert len(score.wrong) == asked.of - asked.found + elsewhere.of - elsewhere.found


def markers_of(points: Floats) -> Floats:
    """(frames, 39, 3) in mm, as published: x to the subject's left, y backwards, z up; made so that joints come out."""
    named = dict.fromkeys(uiprmd._MARKERS, points[:, Landmark.NOSE])
    across = points[:, Landmark.RIGHT_HIP] - points[:, Landmark.LEFT_HIP]
    right = across / np.linalg.norm(across, axis=1)[:, None]
    ahead, up = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    for name, forward, side in (("LFHD", 0.0, -1.0), ("RFHD", 0.0, 1.0), ("LBHD", -0.18, -1.0), ("RBHD", -0.18, 1.0)):
        named[name] = points[:, Landmark.NOSE] + up * 0.1 + ahead * forward + right * side * 0.07
    width = np.linalg.norm(across, axis=1)[:, None] / 0.72
    middle = points[:, [23, 24]].mean(1) + width * (0.19 * ahead + 0.30 * up)
    for name, back, side in (("LASI", 0.0, -0.5), ("RASI", 0.0, 0.5), ("LPSI", 0.15, -0.2), ("RPSI", 0.15, 0.2)):
        named[name] = middle - ahead * back + right * width * side
    for short, long, sign in (("L", "LEFT", -1), ("R", "RIGHT", 1)):
        out = right * sign
        named |= {
            f"{short}SHO": points[:, Landmark[f"{long}_SHOULDER"]] + up * 0.05,
            f"{short}ELB": points[:, Landmark[f"{long}_ELBOW"]],
            f"{short}WRA": points[:, Landmark[f"{long}_WRIST"]] + up * 0.02,
            f"{short}WRB": points[:, Landmark[f"{long}_WRIST"]] - up * 0.02,
            f"{short}FIN": points[:, Landmark[f"{long}_INDEX"]],
            f"{short}KNE": points[:, Landmark[f"{long}_KNEE"]] + out * uiprmd._HALF_KNEE_M,
            f"{short}ANK": points[:, Landmark[f"{long}_ANKLE"]] + out * uiprmd._HALF_ANKLE_M,
            f"{short}HEE": points[:, Landmark[f"{long}_HEEL"]],
            f"{short}TOE": points[:, Landmark[f"{long}_FOOT_INDEX"]],
        }
    mine = np.stack([named[name] for name in uiprmd._MARKERS], axis=1)
    return 1000.0 * np.stack([-mine[..., 2], -mine[..., 0], mine[..., 1]], axis=-1)


def test_the_published_files_give_the_joints_and_the_counts(tmp_path: Path) -> None:
    """Marker files a repetition each, in folders as published, become one set: joints in place, both squats counted."""
    one = in_space("squat", 1)
    fine = np.repeat(one, 4, axis=0)  # 100 lines a second
    right, wrong = (tmp_path / f"{kind}Segmented Movements/Vicon/Positions" for kind in ("", "Incorrect "))
    for folder, name in ((right, "m01_s03_e0{}_positions.txt"), (wrong, "m01_s03_e0{}_positions_inc.txt.gz")):
        folder.mkdir(parents=True)
        for number in (1, 2):
            lines = "\n".join(",".join(f"{x:.3f}" for x in row.ravel()) for row in markers_of(fine))
            data = lines.encode()
            path = folder / name.format(number)
            path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    sets = list(uiprmd.read_motion(tmp_path))
    assert [(s.person, s.movement, s.right, s.repetitions) for s in sets] == [
        ("person03", "m01", True, 2),
        ("person03", "m01", False, 2),
    ]
    found = sets[0].motion[round(uiprmd.STANDING_S * FPS) :][: len(one)]
    joints = [Landmark[f"{side}_{part}"] for side in ("LEFT", "RIGHT") for part in ("SHOULDER", "ELBOW", "HIP", "KNEE")]
    joints += [Landmark.LEFT_ANKLE, Landmark.RIGHT_FOOT_INDEX]
    off = (found - found[:1, 23:25].mean(1, keepdims=True)) - (one - one[:1, 23:25].mean(1, keepdims=True))
    assert np.abs(off[:, joints]).max() < 0.002
    assert motion.score_motion(sets[:1], silent).closing.startswith("exact 1/1 sets")
    (right / "m01_s03_e01_positions.txt").write_text("1,2,3\n", encoding="utf-8")
    with pytest.raises(FormatError, match="download it again"):
        list(uiprmd.read_motion(tmp_path))


# ---- photographs


def landmarks(pose: Pose, name: str, *accepted: str, front: str | None = None) -> dict[str, Any]:
    assert pose.points_px is not None
    assert pose.points_m is not None
    assert pose.visibility is not None
    arrays = {"px": pose.points_px.tolist(), "m": pose.points_m.tolist(), "visibility": pose.visibility.tolist()}
    return {"id": name, "accepted": list(accepted), "front_leg": front, "size": list(pose.size), **arrays}


def test_postures_are_scored_from_landmarks(tmp_path: Path) -> None:
    """Right and wrong ones, half-kneeling found, said of others, and its front leg; no landmarks are not counted."""
    from posecheck.testing import as_detected, half_kneeling

    kneeling = as_detected(make_pose(half_kneeling("right")))
    cases = [
        landmarks(kneeling, "kneels", "half_kneeling", front="left"),
        landmarks(mirrored(kneeling), "mirrored", "half_kneeling", front="right"),
        landmarks(kneeling, "lunges", "lunge"),
        landmarks(make_pose(standing()), "stands", "standing"),
        landmarks(make_pose(standing()), "planks", "plank"),
        {"id": "nobody", "accepted": ["standing"]},
    ]
    path = tmp_path / "postures.json.gz"
    path.write_bytes(gzip.compress(json.dumps(cases).encode()))
    score = photographs.score_postures(path, silent)
    said = "postures right 3/5; half-kneeling found 2/2, said of others 1/3; front leg 2/2"
    assert score.closing == said
    assert [line.partition(":")[0] for line in score.wrong] == ["lunges", "planks"]


def test_photographs_are_detected_and_unknown_with_a_reason_is_kept_apart(tmp_path: Path) -> None:
    """One right, one wrong, and one where nobody is seen, which is unknown and told why."""
    import cv2

    poses = [make_pose(standing()), make_pose(standing()), Pose.absent(0.0, (640, 480))]
    cases = [
        {"photo": "a.jpg", "shows": "standing", "accepted": ["standing"]},
        {"photo": "b.jpg", "shows": "a plank", "accepted": ["plank"]},
        {"photo": "c.jpg", "shows": "standing, dark", "accepted": ["standing"]},
    ]
    (tmp_path / "truth.json").write_text(json.dumps(cases), encoding="utf-8")
    for case in cases:
        cv2.imwrite(str(tmp_path / str(case["photo"])), np.full((480, 640, 3), 90, np.uint8))

    class Seeing(ScriptedDetector):
        """Sees the same in a picture however it is turned, and nobody else in it."""

        def __init__(self) -> None:
            super().__init__([])
            self.looked = 0

        def detect(self, frame: Any) -> Pose:
            return replace(poses[self.looked], t=frame.t)

    detector = Seeing()

    def advance(note: str) -> None:  # noqa: ARG001  # the next photograph
        detector.looked += 1

    score = photographs.score_photos(tmp_path, advance, detector)
    assert [(f.found, f.of) for f in score.figures] == [(1, 3), (1, 3)]
    assert [line.split()[0] for line in score.wrong] == ["b.jpg", "c.jpg"]


# ---- validations


def test_what_people_sent_is_scored_and_leads_the_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A person who followed the script and one who did not: figures for the exercise, which the card begins with."""
    for name, deaf in (("person-01", False), ("person-02", True)):
        flow, _, poses = led("knee_drops", 0.3, 1.0, deaf=deaf)
        folder = new_folder("knee_drops", tmp_path / "clinic" / name)
        tape(folder / TAPE, poses)
        write_script(folder, "knee_drops", flow.said)
    score = validations.score_validations([tmp_path / "clinic"], silent)
    assert score.closing.startswith("validations exact 1/2, counts 8/12, held times 4/4, faults seen 2/4, false cues 0")
    assert {f.what: (f.found, f.of) for f in score.figures}["sets with all counts exact"] == (1, 2)
    assert {line.split()[0] for line in score.wrong} == {"person-02"}
    output = tmp_path / "CARD.md"
    shutil.copytree(FOLDER, tmp_path / "results")
    given = ["--card", "--results", str(tmp_path / "results"), "-o", str(output)]
    assert real.main(["--validation", str(tmp_path / "clinic"), *given]) == 0
    first = output.read_text(encoding="utf-8").partition("## In short: rendered bodies")[0]
    assert "people who did as they were told: knee drops (2 sets) | sets with all counts exact | no | 1 of 2" in first
    assert "never" not in first.partition("| films")[0].partition("|---")[2]
    assert "person-02 (knee_drops): done right, in, at" in capsys.readouterr().out
    assert real.main(["--validation", str(tmp_path / "results")]) == InputError.exit_code


# ---- the table and the card


def test_what_is_measured_now_takes_the_place_of_the_same_source_alone() -> None:
    """Rows of recordings that nobody here has stay."""
    old = Table(PEOPLE_HEAD, (("by hand", COUNTS, "x", "y", "1", "2", "no", "old"), ("tapes", *"abcdefg")))
    score = Score("tapes", (Figure(COUNTS, "films", "exact", 3, 4),), (), "")
    table = merged(old, [score], "new")
    assert table.rows == (("tapes", COUNTS, "films", "exact", "3", "4", "yes", "new"), old.rows[0])


def test_the_command_scores_writes_the_card_and_says_what_to_give(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--card` puts the figures before the rendered ones; nothing given, or nothing there, is told in a line."""
    people, results, output = tmp_path / "people", tmp_path / "results", tmp_path / "CARD.md"
    people.mkdir()
    handed(people, m01c=(in_space("squat", 2), 2))
    write(Results({name: table for name, table in read(FOLDER).tables.items() if name != PEOPLE}), results)
    given = ["--uiprmd", str(people), "--cameras", "0", "--card", "--results", str(results), "-o", str(output)]
    assert real.main([*given, "--quiet"]) == 0
    assert capsys.readouterr().out.startswith("exact 1/1 sets")
    first, _, rest = output.read_text(encoding="utf-8").partition("## In short: rendered bodies")
    assert "| sets with all counts exact | **yes** | 1 of 1 |" in first
    assert rest
    assert real.main([]) == 2
    assert "give --tapes" in capsys.readouterr().err
    for argument in ("--tapes", "--uiprmd", "--photos"):
        assert real.main([argument, str(tmp_path / "none")]) == InputError.exit_code
        assert "give" in capsys.readouterr().err
    assert real.main(["--postures", str(tmp_path / "none.json.gz")]) == InputError.exit_code
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_every_made_exercise_has_its_movement() -> None:
    """The exercises that motion is judged as are there."""
    assert {name for name, _ in motion.SETS.values()} <= set(MADE)
