"""Exercise files: the built-in ones load, and a mistake is named with file, key and what is allowed."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from posecheck.errors import ExerciseError
from posecheck.exercises import Exercise, exercise_names, load_exercise, own_exercise_names, user_exercises_dir
from posecheck.exercises.advice import warnings
from posecheck.exercises.format import RESERVED, SIGNAL_NAMES
from posecheck.exercises.loading import FOLDER
from posecheck.exercises.schema import exercise_schema, line_of, problems
from posecheck.exercises.template import starting_file
from posecheck.exercises.validation import mistakes
from posecheck.live.guide.flow import Flow
from posecheck.live.guide.routine import load_routine, routine_for
from posecheck.measure import uncertainty
from posecheck.measure.signals import about, all_kinds, measured_errors
from posecheck.records import Pose, Posture, Signal
from posecheck.testing import FRONT_CAMERA, judged, keys_of, motion, standing

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
    assert all(exercise.posture_cue(other) for other in set(Posture) - {exercise.posture})
    assert not set(exercise.posture_cues) & set(exercise.postures)
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
    "half a view": (
        "ninety_ninety",
        "trunk_exit = [2.4, inf]\n",
        "",
        ["view", "trunk_exit", "together"],
    ),
    "view enter outside exit": ("side_bend", "yaw_enter = [0, 35]", "yaw_enter = [0, 60]", ["view", "yaw_exit"]),
    "unknown signal": (
        "side_bend",
        'signal = "bend_to_front"\nrelative = "difference"\nsetup',
        'signal = "bend_to_back"\nrelative = "difference"\nsetup',
        ["limits.0.signal", "bend_to_back", "Did you mean bend_to_front?", *SIGNAL_NAMES],
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
    "a truth value for a limit": ("side_bend", "setup = [-8, 45]", "setup = [true, 45]", ["limits.0.setup"]),
    "the same group twice": ("knee_drops", '["in", "out"]', '["in", "out", "in"]', ["groups"]),
    "the same fault twice": ("side_bend", 'name = "wrong_side"', 'name = "ease_off"', ["faults", "ease_off"]),
    "a signal that the view does not show": (
        "ninety_ninety",
        "yaw_enter = [54, 90]\nyaw_exit = [48, 90]",
        "yaw_enter = [0, 30]\nyaw_exit = [0, 35]",
        ["limits.1.signal", "front_knee_flexion", "view.yaw_enter", "[0, 30]", "image", "[45, 90]"],
    ),
    "a view that there is not": (
        "side_bend",
        "yaw_enter = [0, 35]\nyaw_exit = [0, 45]",
        "yaw_enter = [100, 120]\nyaw_exit = [90, 180]",
        ["view.yaw_enter", "[100, 120]", "nothing is ever judged", "0 (front or back) to 90 (the side)"],
    ),
    "a view that another plane allows": (
        "ninety_ninety",
        "yaw_enter = [54, 90]\nyaw_exit = [48, 90]",
        "yaw_enter = [40, 90]\nyaw_exit = [36, 90]",
        ["baselines.0.signal", "view.yaw_enter", "[45, 90]", 'plane = "world"'],
    ),
    "judging that goes on too far from the side": (
        "side_bend",
        "yaw_exit = [0, 45]",
        "yaw_exit = [0, 60]",
        ["limits.0.signal", "bend_to_front", "view.yaw_exit", "[0, 45]"],
    ),
    "listed later than counted": ("side_bend", "log_s = 2", "log_s = 19", ["timing.log_s", "log_s ≤ full_s"]),
    "a value that no body has": (
        "ninety_ninety",
        "enter = [70, 130]\nexit = [64, 138]",
        "enter = [185, 200]\nexit = [180, 200]",
        ["limits.1.enter", "goal cannot be reached", "[0, 180]"],
    ),
    "a change that no body has": (
        "side_bend",
        "enter = [9.5, 40]\nexit = [6.5, 50]",
        "enter = [190, 200]\nexit = [190, 200]",
        ["limits.0.enter", "goal cannot be reached", "[-184, 184]"],
    ),
    "a zero that no body has": (
        "ninety_ninety",
        'signal = "rear_thigh_inclination"\nwithin = [-45, 45]',
        'signal = "rear_thigh_inclination"\nwithin = [200, 210]',
        ["baselines.0.within", "[-180, 180]"],
    ),
    "a start that is not the zero": (
        "side_bend",
        "within = [-8, 45]",
        "within = [50, 52]",
        ["baselines.0.within", "setup", "[-8, 45]", "overlap"],
    ),
    "two starts at odds": (
        "side_bend",
        "attempt = [-90, -6]",
        "setup = [50, 60]",
        ["limits.1.setup", "no value meets", "bend_to_front"],
    ),
    "two limits at odds": (
        "side_bend",
        "attempt = [-90, -6]",
        "enter = [-30, -10]\nexit = [-40, -6]",
        ["limits.1.enter", "no value meets", "goal cannot be reached"],
    ),
    "a group that never gets a turn": (
        "knee_drops",
        "enter = [-90, -7.5]\nexit = [-90, -6]\nattempt = [-90, -1.5]",
        "enter = [12, 60]\nexit = [10, 60]",
        ["groups", "'out'", "'in'", "cannot be reached"],
    ),
    "a word of the command line": ("side_bend", 'name = "side_bend"', 'name = "check"', ["name", "command line"]),
    "a limit of nothing": (
        "side_bend",
        "setup = [-8, 45]\nenter = [9.5, 40]\nexit = [6.5, 50]\nattempt = [4, 90]\n",
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
    [(b"name = [", "not valid TOML"), (b"\xff\xfe\x00", "in UTF-16, not in UTF-8"), (b"", "Field required")],
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


# ---- what only the whole tells, and where it stands


def changed(name: str, *changes: tuple[str, str]) -> str:
    """The text of a built-in exercise with some of it changed."""
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def loaded(text: str) -> Exercise:
    return Exercise.model_validate(tomllib.loads(text))


def lines_of(text: str) -> list[int | None]:
    """The lines that the mistakes of a text are found on."""
    with pytest.raises(ValidationError) as caught:
        loaded(text)
    return [line_of(text, problem.key) for problem in problems(caught.value)]


def test_a_mistake_is_found_on_its_line() -> None:
    """A key is found in its own table, also when others have the same key; a missing one gives its table's line."""
    text = changed(
        "ninety_ninety",
        ("enter = [50, 130]", "enter = [10, 130]"),
        ("each = 2", "each = 0"),
        ('cue = "Bring your back knee under your hip."\n', ""),
        ('title = "90-90 hip-flexor stretch"', "title = 3"),
        ('standing = "Come', 'flying = "Come'),
    )
    rows = text.splitlines()
    shown = sorted(rows[line - 1] for line in lines_of(text) if line)
    assert [row.split("=")[0].strip() for row in shown] == ["[[faults]]", "each", "enter", "flying", "title"]
    assert "enter = [10, 130]" in shown
    missing = next(line for line in lines_of(text) if line and rows[line - 1] == "[[faults]]")
    assert rows[missing] == 'name = "rear_knee"'


def test_a_slip_in_a_key_gets_a_suggestion() -> None:
    """A key that is not there is answered with the one that was meant, and all of its table."""
    with pytest.raises(ValidationError) as caught:
        loaded(changed("side_bend", ("min_fps = 5", "min_fqs = 5")))
    (only,) = problems(caught.value)
    assert str(only).startswith("view.min_fqs: there is no such key. Did you mean min_fps? Allowed: camera, yaw_enter")


def test_every_mistake_of_the_whole_is_told_at_once() -> None:
    """Each signal that the view does not show is named, not the first one alone."""
    view = ("yaw_enter = [54, 90]\nyaw_exit = [48, 90]", "yaw_enter = [0, 30]\nyaw_exit = [0, 35]")
    with pytest.raises(ValidationError) as caught:
        loaded(changed("ninety_ninety", view))
    keys = {problem.key[:2] for problem in problems(caught.value)}
    exercise = load_exercise("ninety_ninety")
    sagittal = [i for i, limit in enumerate(exercise.limits) if limit.signal != "arm_elevation"]
    assert {("limits", i) for i in sagittal} <= keys
    assert ("limits", 6) not in keys
    assert exercise.limits[6].signal == "arm_elevation"


@pytest.mark.parametrize("name", NAMES)
def test_the_built_in_exercises_pass_their_own_check(name: str) -> None:
    """Nothing is to be said against the built-in exercises."""
    assert warnings(load_exercise(name)) == ()


# what is unwise: (file to start from, text in it, what stands there instead, key, what the warning says)
UNWISE = {
    "no margin": ("side_bend", "exit = [6.5, 50]", "exit = [9.5, 40]", "limits.0.exit", "tremble"),
    "closer than can be measured": ("side_bend", "enter = [9.5, 40]", "enter = [10, 12]", "limits.0.enter", "±4°"),
    "unused zero": (
        "side_bend",
        "spread = 3",
        'spread = 3\nplane = "image"\n[[baselines]]\nsignal = "side_bend"\n'
        "within = [-8, 45]\nkeep = [-4, 4]\nspread = 3",
        "baselines.1",
        "not used",
    ),
    "a touch counts": (
        "knee_drops",
        "full_s = 1.5\npartial_s = 0.7\nlog_s = 0.4",
        "full_s = 0\npartial_s = 0\nlog_s = 0",
        "timing.full_s",
        "touch",
    ),
    "more than cameras give": ("side_bend", "min_fps = 5", "min_fps = 60", "view.min_fps", "25"),
    "nothing to see": ("side_bend", '["shoulder", "hip", "knee"]', "[]", "view.landmarks", "nothing"),
    "no word for other postures": (
        "side_bend",
        'unknown = "Kneel on one knee, the other foot in front of you."\n',
        "",
        "posture_cues",
        "unknown",
    ),
    "a cue that is never said": (
        "knee_drops",
        'lying = "Bend',
        'supine_knees_bent = "Bend',
        "posture_cues.supine_knees_bent",
        "never said",
    ),
    "any posture": ("knee_drops", 'posture = "supine_knees_bent"', 'posture = "unknown"', "posture", "misread"),
    "lying signal while standing": (
        "knee_drops",
        'posture = "supine_knees_bent"',
        'posture = "standing"',
        "baselines.0.signal",
        "shin_tilt",
    ),
    "deeper than the posture": (
        "more/squat",
        'posture_also = ["chair_sitting", "floor_sitting", "unknown"]',
        "posture_also = []",
        "limits.0.enter",
        "posture_also",
    ),
    "a start that is another posture": (
        "ninety_ninety",
        "setup = [35, 125]",
        "setup = [0, 20]",
        "limits.1.setup",
        "no more read as half_kneeling",
    ),
    "an attempt narrower than the goal": (
        "side_bend",
        "attempt = [4, 90]",
        "attempt = [12, 90]",
        "limits.0.attempt",
        "narrower than `enter`",
    ),
    "a start that may be the goal": (
        "more/squat",
        "setup = [0, 28]",
        "setup = [0, 70]",
        "limits.0.setup",
        "may have reached the goal",
    ),
    "an end that is never seen": (
        "more/squat",
        "attempt = [30, 180]\n",
        "",
        "timing.end_when_back",
        "no limit of it has an `attempt`",
    ),
    "a fault above what is right": (
        "more/squat",
        "above = 55",
        "above = 30",
        "faults.0.above",
        "what is right is called a fault",
    ),
    "a fault below what is right": (
        "side_bend",
        "below = 8",
        "below = 20",
        "faults.2.below",
        "inside the `enter` [9.5, 40]",
    ),
    "a fault without a word": ("side_bend", 'cue = "Ease up a little."', 'cue = " "', "faults.0.cue", "is empty"),
    "a view without a word": ("side_bend", 'cue = "Face the camera."', 'cue = ""', "view.cue", "is empty"),
    "a posture without a word": (
        "side_bend",
        'unknown = "Kneel on one knee, the other foot in front of you."',
        'unknown = ""',
        "posture_cues.unknown",
        "is empty",
    ),
    "a limit without limits": ("side_bend", "attempt = [-90, -6]", "", "limits.1", "does nothing"),
}


@pytest.mark.parametrize("what", UNWISE)
def test_what_is_unwise_is_told(what: str) -> None:
    """An exercise that can be judged, but may not be meant so, loads and gets a warning with its key."""
    name, old, new, key, words = UNWISE[what]
    found = [str(one) for one in warnings(loaded(changed(name, (old, new))))]
    assert [one for one in found if one.startswith(f"{key}: ") and words in one], found


# ---- the signals


def test_every_signal_is_described() -> None:
    """Each name that an exercise may use belongs to exactly one kind, and every measured signal is among them."""
    names = [name for kind in all_kinds() for name in kind.names]
    assert sorted(names) == sorted(SIGNAL_NAMES)
    assert {signal.value for signal in Signal} <= set(names)
    assert about("bend_to_front") is about("side_bend")
    assert about("rear_knee_flexion") is about("left_knee_flexion")


def test_the_error_of_a_signal_is_the_measured_one() -> None:
    """The error is that of uncertainty.toml: the worse leg's, and for a name without one that of its kind."""
    data = tomllib.loads(uncertainty.FILE.read_text(encoding="utf-8"))
    legs = data["ninety_ninety"]
    worse = max(legs[nearer]["rear_knee_flexion"] for nearer in legs)
    assert ("ninety_ninety", "rear_knee_flexion", worse) in measured_errors("rear_knee_flexion")
    assert {known for _, known, _ in measured_errors("left_knee_flexion")} == {
        "front_knee_flexion",
        "rear_knee_flexion",
    }
    assert measured_errors("feet_gap_ratio") == ()


def test_the_page_of_signals_is_up_to_date() -> None:
    """The page, its pictures and the published schema are what the code makes (python -m tools.signals_page)."""
    pages = pytest.importorskip("tools.signals_page", reason="tools and docs are not part of an installed package")
    made = pages.files()
    stale = [name for name, text in made.items() if (pages.DOCS / name).read_text(encoding="utf-8") != text]
    assert stale == []
    text = made["signals.md"]
    assert all(f"`{name}`" in text for name in SIGNAL_NAMES)
    assert all(made[f"signals/{kind.kind}.svg"].startswith("<svg") for kind in all_kinds())


# ---- the JSON Schema


def violations(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """What of a value breaks a JSON Schema, for the words that ours uses; an unknown word is an error of the test."""
    schema = {**root["$defs"][schema["$ref"].rpartition("/")[2]], **schema} if "$ref" in schema else schema
    known = {"$ref", "$defs", "$schema", "title", "description", "default", "type", "enum", "const", "anyOf", "oneOf"}
    known |= {"items", "minItems", "maxItems", "properties", "required", "additionalProperties", "propertyNames"}
    known |= {"dependentRequired", "pattern", "minimum", "maximum", "exclusiveMinimum"}
    assert set(schema) <= known, set(schema) - known
    kinds: dict[str, Any] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "array": list,
        "object": dict,
    }
    kinds["null"] = type(None)
    found = []
    kind = schema.get("type")
    if kind and (not isinstance(value, kinds[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{value!r} is not allowed")
    if "const" in schema and value != schema["const"]:
        found.append(f"{value!r} is not {schema['const']!r}")
    if "anyOf" in schema and all(violations(value, one, root) for one in schema["anyOf"]):
        found.append(f"{value!r} is none of the kinds")
    if "oneOf" in schema and sum(not violations(value, one, root) for one in schema["oneOf"]) != 1:
        found.append("not exactly one")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{value!r} does not match")
    if isinstance(value, int | float):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        if not low <= value <= high or ("exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]):
            found.append(f"{value!r} is out of bounds")
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            found.append(f"{len(value)} items")
        found += [one for item in value for one in violations(item, schema.get("items", {}), root)]
    if isinstance(value, dict):
        found += _violations_of_table(value, schema, root)
    return found


def _violations_of_table(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    found = [f"{key} is missing" for key in schema.get("required", ()) if key not in value]
    for key, others in schema.get("dependentRequired", {}).items():
        found += [f"{key} needs {other}" for other in others if key in value and other not in value]
    for key, item in value.items():
        found += violations(key, schema.get("propertyNames", {}), root)
        rest = schema.get("additionalProperties", {})
        one = schema.get("properties", {}).get(key, rest)
        found += [f"{key} is unknown"] if one is False else violations(item, one, root)
    return found


@pytest.mark.parametrize("name", [*NAMES, "new"])
def test_the_schema_takes_every_valid_file(name: str) -> None:
    """The built-in exercises and a new one are what the published schema asks for."""
    text = starting_file("mine", "mine.toml") if name == "new" else changed(name)
    schema = exercise_schema()
    assert violations(tomllib.loads(text), schema, schema) == []


# what is wrong, and of what the schema speaks
BROKEN = {
    "unknown key": ("min_fps = 5", "min_fqs = 5", "min_fqs is unknown"),
    "missing key": ('title = "90-90 stretch with side bend"\n', "", "title is missing"),
    "unknown signal": ('[[limits]]\nsignal = "bend_to_front"', '[[limits]]\nsignal = "bend"', "'bend' is not allowed"),
    "unknown landmark": ('"shoulder"', '"tail"', "'tail' is not allowed"),
    "half a range": ("within = [-8, 45]", "within = [-8]", "1 items"),
    "enter without exit": ("exit = [6.5, 50]\n", "", "enter needs exit"),
    "two bounds": ("above = 30", "above = 30\nbelow = 5", "not exactly one"),
    "goal of nothing": ("each = 2", "each = 0", "0 is out of bounds"),
    "odd name": ('name = "side_bend"', 'name = "Side Bend!"', "'Side Bend!' does not match"),
    "unknown posture cue": ("standing = ", "flying = ", "'flying' is not allowed"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_schema_rejects_a_broken_file(what: str) -> None:
    """What an editor is told by the schema is wrong for the program, too."""
    old, new, says = BROKEN[what]
    text, schema = changed("side_bend", (old, new)), exercise_schema()
    assert says in violations(tomllib.loads(text), schema, schema)
    with pytest.raises(ValidationError):
        loaded(text)


def test_every_key_of_the_schema_is_described() -> None:
    """An editor can show what each key means."""
    schema = exercise_schema()
    tables = [schema, *(one for one in schema["$defs"].values() if "properties" in one)]
    bare = [key for table in tables for key, one in table["properties"].items() if not one.get("description")]
    assert len(tables) == 7
    assert bare == []


# ---- a new exercise


def test_a_new_exercise_explains_every_key() -> None:
    """The starting file is valid, nothing is to be said against it, and it names every key that there is."""
    text = starting_file("my_bend", "my_bend.toml")
    exercise = loaded(text)
    assert (exercise.name, exercise.title) == ("my_bend", "My bend")
    assert warnings(exercise) == ()
    schema = exercise_schema()
    keys = {key for table in (schema, *schema["$defs"].values()) for key in table.get("properties", ())}
    assert {key for key in keys if not re.search(rf"^(# )?{key} = |^\[+{key}\]+$", text, re.M)} == set()


def test_the_defaults_that_a_new_exercise_names_are_those_of_the_code() -> None:
    """The keys that may be left out are shown with the values that then hold."""
    text = starting_file("my_bend", "my_bend.toml")
    shown = re.sub(r"^# (\w+_s|credit|end_when_back|over_when_held) = ", r"\1 = ", text, flags=re.M)
    assert shown != text
    assert loaded(shown).timing == loaded(text).timing
    assert set(tomllib.loads(shown)["timing"]) == set(type(loaded(text).timing).model_fields)


def bends(bend_deg: float, wait_s: float = 2.0) -> Iterator[Pose]:
    """Two side bends to each side while standing, seen from the front."""
    stations = [(0.0, wait_s, standing())]
    for way in (-1, 1, -1, 1):
        stations += [(1.0, 10.5, standing(side_bend=way * bend_deg)), (1.0, 2.5, standing())]
    return motion(keys_of(*stations), 15, camera=FRONT_CAMERA)


def test_a_new_exercise_judges_a_set() -> None:
    """As it stands it counts two bends to each side, and nothing when the bends are too small."""
    exercise = loaded(starting_file("my_bend", "my_bend.toml"))
    for bend_deg, counts in ((18.0, {"left": 2, "right": 2}), (8.0, {"left": 0, "right": 0})):
        summary = judged(bends(bend_deg), exercise)
        assert summary.counts == counts
        assert summary.complete == (bend_deg > 10)


def test_a_new_exercise_leads_through_a_live_set(tmp_path: Path) -> None:
    """By its path it is a routine of one set, which the live flow follows to its end without a key."""
    path = tmp_path / "my_bend.toml"
    path.write_text(starting_file("my_bend", "my_bend.toml"), encoding="utf-8")
    flow = Flow(routine_for(path))
    for pose in bends(18.0, wait_s=12.0):
        flow.feed(pose)
    flow.finish()
    (summary,) = flow.summaries(interrupted=False)
    assert (summary.exercise, summary.complete) == ("my_bend", True)


# ---- the folder of one's own exercises


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for exercises of one's own."""
    monkeypatch.setenv("POSECHECK_DATA", str(tmp_path))
    folder = tmp_path / "exercises"
    folder.mkdir()
    return folder


def test_an_exercise_of_ones_own_is_found_by_its_name(own_folder: Path) -> None:
    """A file in the user's folder loads by name; so it does in a routine, and as a routine of one set."""
    (own_folder / "my_bend.toml").write_text(starting_file("my_bend", "my_bend.toml"), encoding="utf-8")
    assert own_exercise_names() == ("my_bend",)
    assert "my_bend" not in exercise_names()
    exercise = load_exercise("my_bend")
    assert exercise == load_exercise(own_folder / "my_bend.toml")
    assert routine_for("my_bend").sets[0].exercise == exercise
    routine = own_folder.parent / "r.toml"
    routine.write_text('schema = 1\nname = "r"\ntitle = "R"\n[[blocks]]\nexercise = "my_bend"\n', encoding="utf-8")
    assert load_routine(routine).sets[0].exercise == exercise
    with pytest.raises(ExerciseError, match=r"Did you mean my_bend\?.*windshield_wipers, my_bend"):
        load_exercise("my_bendd")


def test_a_built_in_exercise_wins(own_folder: Path) -> None:
    """A file of one's own by the name of a built-in exercise does not take its place."""
    (own_folder / "side_bend.toml").write_text(starting_file("side_bend", "side_bend.toml"), encoding="utf-8")
    assert own_exercise_names() == ()
    assert load_exercise("side_bend").posture is Posture.HALF_KNEELING
    assert load_exercise(own_folder / "side_bend.toml").posture is Posture.STANDING


@pytest.mark.skipif(sys.platform != "linux", reason="XDG is of Linux")
def test_the_folder_is_where_the_system_keeps_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's folder is below XDG_DATA_HOME; it need not be there."""
    monkeypatch.delenv("POSECHECK_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert user_exercises_dir() == tmp_path / "posecheck" / "exercises"
    assert own_exercise_names() == ()


def test_the_reserved_names_are_no_exercises() -> None:
    """No built-in exercise is called as a word of the command line."""
    assert not set(RESERVED) & set(exercise_names())


def test_without_faults_nobody_is_told_what_to_correct() -> None:
    """An exercise without faults is allowed, with a warning."""
    silent = load_exercise("side_bend").model_copy(update={"faults": ()})
    assert mistakes(silent) == ()
    assert [one.key for one in warnings(silent)] == [("faults",)]


@pytest.mark.parametrize(("relative", "found"), [("ratio", 0), ("difference", 1)])
def test_a_ratio_to_the_own_zero_may_be_anything(relative: str, found: int) -> None:
    """No ratio is out of reach, as the zero may be next to nothing; a difference of 1000 degrees is."""
    plain = load_exercise("side_bend")
    limit = plain.limits[0].model_copy(update={"relative": relative, "enter": (1000, 2000), "exit": (900, 3000)})
    told = mistakes(plain.model_copy(update={"limits": (limit,), "faults": ()}))
    assert [one.key for one in told] == [("limits", 0, "enter")] * found


def test_a_file_of_a_windows_editor_is_read(tmp_path: Path) -> None:
    """A byte-order mark and its line ends do no harm; another encoding is named, with what to do."""
    text = starting_file("my_bend", "my_bend.toml").replace("My bend", "Mein Bücken")
    path = tmp_path / "my_bend.toml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load_exercise(path).title == "Mein Bücken"
    wrong = {
        "utf-16": "UTF-16",
        "utf-16-le": "UTF-16",
        "utf-32": "UTF-32",
        "utf-32-be": "UTF-32",
        "cp1252": "Windows-1252",
    }
    for encoding, named in wrong.items():
        path.write_bytes(text.encode(encoding, "replace"))
        with pytest.raises(ExerciseError, match=rf"in {named}.*|encoding such as {named}.*"):
            load_exercise(path)
