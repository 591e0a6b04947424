"""Exercise files: the built-in ones load, and a mistake is named with file, key and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.errors import ExerciseError
from posecheck.exercises import FOLDER, exercise_names, load_exercise
from posecheck.exercises.model import SIGNAL_NAMES
from posecheck.records import Posture

NAMES = ("knee_drops", "ninety_ninety", "side_bend")


def test_the_built_in_exercises_are_listed() -> None:
    """Exactly the three exercises of the mission, sorted."""
    assert exercise_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_loads_by_name_and_by_path(name: str) -> None:
    """A built-in exercise loads by its name, and its file by its path, to the same."""
    exercise = load_exercise(name)
    assert exercise.name == name
    assert load_exercise(FOLDER / f"{name}.toml") == exercise
    assert load_exercise(str(FOLDER / f"{name}.toml")) == exercise


def test_doses_are_those_of_the_mission() -> None:
    """Two holds of 20 s on each side; five drops in and five out of 2 to 3 s."""
    for name in ("ninety_ninety", "side_bend"):
        exercise = load_exercise(name)
        assert exercise.counts_goal == {"left": 2, "right": 2}
        assert exercise.timing.target_s == 20
        assert exercise.posture is Posture.HALF_KNEELING
    drops = load_exercise("knee_drops")
    assert drops.counts_goal == {"in": 5, "out": 5}
    assert 1 <= drops.timing.full_s <= drops.timing.target_s <= 3


@pytest.mark.parametrize("name", NAMES)
def test_each_speaks_to_the_person(name: str) -> None:
    """Every exercise has steps, words of care, a camera place and a cue for every other posture."""
    exercise = load_exercise(name)
    assert exercise.steps
    assert "never pain" in exercise.care
    assert exercise.view.camera
    assert set(exercise.posture_cues) == set(Posture) - {exercise.posture}
    assert all(fault.cue.endswith(".") for fault in exercise.faults)


@pytest.mark.parametrize("name", NAMES)
def test_faults_have_different_names(name: str) -> None:
    """A fault can be told by its name."""
    faults = [fault.name for fault in load_exercise(name).faults]
    assert len(faults) == len(set(faults))


def test_an_exercise_cannot_be_changed() -> None:
    """A loaded exercise is frozen."""
    with pytest.raises(ValueError, match="frozen"):
        load_exercise("side_bend").title = "other"


@pytest.mark.parametrize(("wrong", "right"), [("ninety_ninty", "ninety_ninety"), ("knee_drop", "knee_drops")])
def test_an_unknown_name_gets_a_suggestion(wrong: str, right: str) -> None:
    """A slip of the pen is answered with the name that was meant, and all known ones."""
    with pytest.raises(ExerciseError, match=f"Did you mean {right}") as caught:
        load_exercise(wrong)
    assert all(name in str(caught.value) for name in NAMES)
    assert caught.value.exit_code == 4


def test_a_name_unlike_any_gets_the_list() -> None:
    """Without a likeness there is no guess, but the list."""
    with pytest.raises(ExerciseError, match="Known: knee_drops, ninety_ninety, side_bend") as caught:
        load_exercise("zzz")
    assert "Did you mean" not in str(caught.value)


# what is wrong: (file to start from, text in it, what stands there instead, what the error must say)
MISTAKES = {
    "unknown key": ("side_bend", "min_fps = 5", "min_fqs = 5", ["view.min_fqs"]),
    "missing key": ("side_bend", 'title = "90-90 stretch with side bend"\n', "", ["title", "required"]),
    "wrong type": ("side_bend", "each = 2", 'each = "two"', ["goal.each", "integer"]),
    "goal of nothing": ("side_bend", "each = 2", "each = 0", ["goal.each", "1"]),
    "negative time": ("side_bend", "log_s = 2", "log_s = -2", ["timing.log_s", "0"]),
    "reversed range": ("side_bend", "enter = [9.5, 40]", "enter = [40, 9.5]", ["limits.0.enter", "40", "9.5"]),
    "half a range": ("side_bend", "enter = [9.5, 40]", "enter = [9.5]", ["limits.0.enter", "[lowest, highest]"]),
    "words for a range": ("side_bend", "enter = [9.5, 40]", 'enter = "wide"', ["limits.0.enter", "[lowest, highest]"]),
    "enter outside exit": ("side_bend", "enter = [9.5, 40]", "enter = [2, 40]", ["limits.0", "enter", "exit", "6.5"]),
    "enter without exit": ("side_bend", "exit = [6.5, 50]\n", "", ["limits.0", "enter", "exit", "together"]),
    "view enter outside exit": ("side_bend", "yaw_enter = [0, 35]", "yaw_enter = [0, 60]", ["view", "yaw_exit"]),
    "unknown signal": (
        "side_bend",
        'signal = "bend_to_front"\nrelative = "difference"\nsetup',
        'signal = "bend_to_back"\nrelative = "difference"\nsetup',
        ["limits.0.signal", "bend_to_back", *SIGNAL_NAMES],
    ),
    "unknown plane": (
        "side_bend",
        "spread = 3",
        'spread = 3\nplane = "space"',
        ["baselines.0.plane", "image", "world"],
    ),
    "unknown posture": ("side_bend", 'posture = "half_kneeling"', 'posture = "sleeping"', ["posture", "half_kneeling"]),
    "unknown priority": ("side_bend", 'priority = "safety"', 'priority = "high"', ["faults.0.priority", "safety"]),
    "unknown phase": ("side_bend", '["setup", "position"]', '["setup", "rest"]', ["faults.1.during", "hold"]),
    "unknown landmark": ("side_bend", '["shoulder", "hip", "knee"]', '["elbows"]', ["view", "elbows", "shoulder"]),
    "unknown posture cue": ("side_bend", "standing = ", "flying = ", ["posture_cues", "flying", "standing"]),
    "relative without baseline": (
        "side_bend",
        'take = "latest"',
        'take = "latest"\nplane = "world"',
        ["bend_to_front", "no baseline", "image"],
    ),
    "unknown group": ("knee_drops", 'group = "in"', 'group = "inwards"', ["inwards", "in, out"]),
    "group without limits": ("knee_drops", '["in", "out"]', '["in", "out", "up"]', ["up", "enter"]),
    "role without sides": ("knee_drops", 'signal = "knee_drop"', 'signal = "front_knee_flexion"', ["rear_leg"]),
    "sides without half-kneeling": (
        "side_bend",
        'posture = "half_kneeling"',
        'posture = "standing"',
        ["half_kneeling"],
    ),
    "other groups than the sides": ("side_bend", '["left", "right"]', '["in", "out"]', ["groups", "left", "right"]),
    "times out of order": ("side_bend", "full_s = 18", "full_s = 5", ["timing", "partial_s", "full_s", "target_s"]),
    "fault with two bounds": ("side_bend", "above = 30", "above = 30\nbelow = 5", ["faults.0", "above", "below"]),
    "fault without a bound": ("side_bend", "above = 30\n", "", ["faults.0", "above", "below"]),
    "wrong schema": ("side_bend", "schema = 1", "schema = 7", ["schema", "1"]),
    "odd name": ("side_bend", 'name = "side_bend"', 'name = "Side Bend!"', ["name", "pattern"]),
    "a limit that is no number": ("side_bend", "enter = [9.5, 40]", "enter = [nan, 40]", ["limits.0.enter"]),
    "a truth value for a limit": ("side_bend", "setup = [-8, 8]", "setup = [true, 8]", ["limits.0.setup"]),
    "the same group twice": ("knee_drops", '["in", "out"]', '["in", "out", "in"]', ["groups"]),
    "the same fault twice": ("side_bend", 'name = "wrong_side"', 'name = "ease_off"', ["faults", "ease_off"]),
    "a limit of nothing": (
        "side_bend",
        "setup = [-8, 8]\nenter = [9.5, 40]\nexit = [6.5, 50]\nattempt = [4, 90]\n",
        "",
        ["left", "enter", "exit"],
    ),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_is_named(what: str, tmp_path: Path) -> None:
    """Each kind of mistake names the file, the key and what is allowed, in one line."""
    name, old, new, words = MISTAKES[what]
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ExerciseError) as caught:
        load_exercise(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    assert [word for word in words if word not in message] == []


def test_directions_without_groups_are_refused(tmp_path: Path) -> None:
    """An exercise with nothing to count would be complete before it has begun."""
    text = (FOLDER / "knee_drops.toml").read_text(encoding="utf-8").replace('groups = ["in", "out"]', "groups = []")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("group ="))
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExerciseError, match="groups"):
        load_exercise(path)


def test_several_mistakes_are_named_together(tmp_path: Path) -> None:
    """All that is wrong is told at once."""
    path = tmp_path / "mine.toml"
    text = (FOLDER / "side_bend.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("each = 2", "each = 0").replace("log_s = 2", "log_s = -1"), encoding="utf-8")
    with pytest.raises(ExerciseError, match=r"goal\.each.*timing\.log_s"):
        load_exercise(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"name = [", "not valid TOML"), (b"\xff\xfe\x00", "not valid TOML"), (b"", "Field required")],
    ids=["broken", "binary", "empty"],
)
def test_what_is_no_exercise_file_is_told(content: bytes, says: str, tmp_path: Path) -> None:
    """Broken TOML, bytes and an empty file are named as such."""
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(ExerciseError, match=says) as caught:
        load_exercise(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    """A path to nothing and a folder are errors that name the path."""
    (tmp_path / "folder.toml").mkdir()
    for name in ("nothing.toml", "folder.toml"):
        with pytest.raises(ExerciseError, match="cannot read the exercise") as caught:
            load_exercise(tmp_path / name)
        assert name in str(caught.value)


def test_a_corrected_file_is_read_anew(tmp_path: Path) -> None:
    """Who edits a file and loads it again gets what it says now."""
    text = (FOLDER / "side_bend.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    assert load_exercise(path).goal.each == 2
    path.write_text(text.replace("each = 2", "each = 3"), encoding="utf-8")
    assert load_exercise(path).goal.each == 3
