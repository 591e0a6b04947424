"""Poses of other programs as a user takes them in and gives them out: import, export to COCO JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.foreign import coco
from posecheck.report.coco_json import write_coco
from posecheck.sources.skeletons import COCO_17
from posecheck.tape import read_tape
from posecheck.testing import load_tape
from tests.cli.command import Command

SQUAT = Path(__file__).parents[1] / "data" / "filmed" / "squat.jsonl.gz"


def test_a_tape_of_another_detectors_points_is_judged(command: Command, tmp_path: Path) -> None:
    """import → judge: COCO's 17 points of two squats are counted; what they lack is told and not judged."""
    points = coco(COCO_17)(tmp_path, load_tape(SQUAT))
    made = command("import", points, "--size", "640x480", "--fps", 10, "--view", "side", "-o", "me.jsonl.gz")
    assert made.code == 0
    assert "103 poses, somebody in 103, read as coco" in made.words
    assert "these poses have no depth, feet" in made.err
    assert "squats 2 of 10" in command("judge", "me.jsonl.gz", "--exercise", "squat").words
    verdict = command("judge", "me.jsonl.gz", "--exercise", "calf_stretch", "--json", "calf.json")
    assert "have no feet" in verdict.words
    assert json.loads(Path("calf.json").read_text(encoding="utf-8"))["not_judged"][0]["reason"] == "source:feet"
    with read_tape("me.jsonl.gz") as tape:
        assert tape.header.model == "import coco"
        assert tape.header.lacks.depth


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ([], 2, "give it with --size"),
        (["--size", "640"], 2, "no size of a picture"),
        (["--size", "640x480", "--fps", 10, "--view", "side", "--axes", "x"], 2, "x,-y,-z"),
    ],
)
def test_what_is_not_said_is_asked_for(
    options: list[object], code: int, words: str, command: Command, tmp_path: Path
) -> None:
    """One sentence that names the option, code 2, and no tape."""
    points = coco(COCO_17)(tmp_path, load_tape(SQUAT)[:20])
    result = command("import", points, "-o", "me.jsonl", *options)
    assert result.code == code
    assert words in result.err
    assert not Path("me.jsonl").exists()


def test_only_a_tape_is_written(command: Command, tmp_path: Path) -> None:
    """A name that is none of a tape is refused, and so is the file itself."""
    points = coco(COCO_17)(tmp_path, load_tape(SQUAT)[:20])
    assert "no name for a tape" in command("import", points, "-o", "me.csv").err
    (tmp_path / "me.jsonl").write_bytes(points.read_bytes())
    assert "is an input" in command("import", tmp_path / "me.jsonl", "-o", tmp_path / "me.jsonl").err


def test_a_tape_goes_out_as_coco_and_comes_back(command: Command) -> None:
    """export → import: times, sizes and key points return; what COCO does not have is lacking."""
    out = command("export", SQUAT, "-o", "squat.json")
    assert (out.code, out.err) == (0, "")
    assert "squat.json: 103 rows" in out.words
    document = json.loads(Path("squat.json").read_text(encoding="utf-8"))
    assert [len(document[part]) for part in ("images", "annotations", "categories")] == [103, 103, 1]
    one, person = document["annotations"][0], document["categories"][0]
    assert person["keypoints"][5] == "left_shoulder"
    assert len(one["keypoints"]) == 3 * len(person["keypoints"]) == 51
    assert set(one["keypoints"][2::3]) <= {0, 1, 2}
    assert one["bbox"][2] > 0
    assert command("import", "squat.json", "--view", "side", "-o", "back.jsonl").code == 0
    for back, pose in zip(load_tape("back.jsonl"), load_tape(SQUAT), strict=True):
        assert (back.t, back.size) == (pose.t, pose.size)
        assert back.points_px is not None
        assert pose.points_px is not None
        assert (back.points_px[list(COCO_17.places)] == pose.points_px[list(COCO_17.places)]).all()
    assert "have no depth" in command("export", "back.jsonl", "-o", "a.trc").err
    table = command("export", "back.jsonl", "-o", "a.csv")
    assert table.code == 0
    header, row = (line.split(",") for line in Path("a.csv").read_text(encoding="utf-8").splitlines()[:2])
    cells = dict(zip(header, row, strict=True))
    assert cells["nose_x_px"]
    assert [cells[name] for name in ("nose_x_m", "left_heel_x_px", "left_knee_flexion_world_deg")] == [""] * 3


def test_coco_has_points_only(command: Command, tmp_path: Path) -> None:
    """A verdict has no place in COCO JSON, a name without a known end is refused, and nobody is no file."""
    assert "has points only" in command("export", SQUAT, "--format", "coco", "--exercise", "squat").err
    assert "does not tell the format" in command("export", SQUAT, "-o", "a.xyz").err
    nobody = [type(pose).absent(pose.t, pose.size) for pose in load_tape(SQUAT)[:3]]
    with pytest.raises(Exception, match="nobody was seen"):
        write_coco(tmp_path / "a.json", nobody, "a.mp4")
    assert not (tmp_path / "a.json").exists()
