"""Routine files: what is built in, what may be written, and what the errors say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import posecheck.exercises
from posecheck.errors import ExerciseError
from posecheck.exercises import exercise_names, load_exercise
from posecheck.live.guide.routine import DEFAULT_ROUTINE, load_routine, routine_for, routine_lines, routine_names

HEAD = 'schema = 1\nname = "mine"\ntitle = "Mine"\n'
BLOCK = '[[blocks]]\nexercise = "side_bend"\n'


def written(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", routine_names())
def test_every_built_in_routine_loads_under_its_name(name: str) -> None:
    """A built-in routine is valid and is called as its file is, and no exercise has that name."""
    assert load_routine(name).name == name
    assert name not in exercise_names()


def test_the_default_is_all_three_exercises_in_order() -> None:
    """Without a name: the three exercises, one set each, with their own doses."""
    routine = load_routine()
    assert routine.name == DEFAULT_ROUTINE
    assert [s.exercise for s in routine.sets] == [
        load_exercise(name) for name in ("ninety_ninety", "side_bend", "knee_drops")
    ]


def test_a_file_says_sets_and_rests(tmp_path: Path) -> None:
    """Sets are done one after the other, each with its rest; what is left out is one set and 15 s."""
    path = written(tmp_path, HEAD + BLOCK + "sets = 2\nrest_s = 30\n" + '[[blocks]]\nexercise = "knee_drops"\n')
    sets = [(s.exercise.name, s.rest_s) for s in load_routine(path).sets]
    assert sets == [("side_bend", 30.0), ("side_bend", 30.0), ("knee_drops", 15.0)]


def test_an_exercise_of_your_own_is_found_beside_the_routine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path of an exercise is seen from the folder of the routine's file, not from where the program runs."""
    built_in = Path(posecheck.exercises.__file__).parent / "knee_drops.toml"
    (tmp_path / "own").mkdir()
    shutil.copy(built_in, tmp_path / "own" / "drops.toml")
    path = written(tmp_path, HEAD + '[[blocks]]\nexercise = "own/drops.toml"\n')
    monkeypatch.chdir(tmp_path / "own")
    assert load_routine(path).sets[0].exercise == load_exercise("knee_drops")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "blocks: Field required"),
        (HEAD + "blocks = []", "blocks: Tuple should have at least 1 item"),
        (HEAD + BLOCK + "sets = 0", "blocks.0.sets: Input should be greater than or equal to 1"),
        (HEAD + BLOCK + "rest_s = -1", "blocks.0.rest_s: Input should be greater than or equal to 0"),
        (HEAD + BLOCK + "pause = 3", "blocks.0.pause: Extra inputs are not permitted"),
        (HEAD + '[[blocks]]\nexercise = "side_bent"', "blocks.0.exercise: there is no exercise 'side_bent'. Did you"),
        (HEAD + '[[blocks]]\nexercise = "gone.toml"', "blocks.0.exercise: cannot read the exercise"),
        (HEAD + "[[blocks]]\nexercise = 3", "blocks.0.exercise: "),
        (HEAD.replace("mine", "My own") + BLOCK, "name: String should match pattern"),
        (HEAD.replace("1", "2") + BLOCK, "schema: Input should be 1"),
        (HEAD + "[[blocks]\n", "is not valid TOML"),
    ],
)
def test_errors_name_file_key_and_what_is_allowed(tmp_path: Path, text: str, said: str) -> None:
    """What is wrong with a file is said in one line that names the file, the key and what is allowed."""
    path = written(tmp_path, text)
    with pytest.raises(ExerciseError) as caught:
        routine_for(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value).replace(str(path), "")


def test_an_unknown_routine_is_named_with_those_there_are(tmp_path: Path) -> None:
    """A wrong name or path says what is known, and what was perhaps meant."""
    with pytest.raises(ExerciseError, match=r"no routine 'dayly'. Did you mean daily\? Known: daily"):
        load_routine("dayly")
    with pytest.raises(ExerciseError, match=r"no routine or exercise 'side_bent'. Did you mean side_bend\?"):
        routine_for("side_bent")
    with pytest.raises(ExerciseError, match="cannot read the routine or exercise"):
        routine_for(tmp_path / "gone.toml")


def test_an_exercise_becomes_a_routine_of_one_set(tmp_path: Path) -> None:
    """A name, a file or a loaded exercise gives one set of it; a routine's name or file gives that routine."""
    built_in = Path(posecheck.exercises.__file__).parent / "side_bend.toml"
    exercise = load_exercise("side_bend")
    for asked in ("side_bend", built_in, str(built_in), exercise):
        routine = routine_for(asked)
        assert [s.exercise for s in routine.sets] == [exercise]
        assert routine.title == exercise.title
    assert routine_for("daily") == load_routine("daily")
    assert routine_for(written(tmp_path, HEAD + BLOCK + "sets = 3")).blocks[0].sets == 3


def test_an_invalid_exercise_file_is_told_as_an_exercise(tmp_path: Path) -> None:
    """A file with limits is an exercise: its errors are about the keys of an exercise."""
    text = (Path(posecheck.exercises.__file__).parent / "side_bend.toml").read_text(encoding="utf-8")
    path = written(tmp_path, text.replace("each = 2", "each = 0"))
    with pytest.raises(ExerciseError, match=r"is not a valid exercise: goal\.each"):
        routine_for(path)


def test_a_routine_in_plain_words(tmp_path: Path) -> None:
    """Title and dose of each block, and the rests that there are: none after the last set."""
    assert routine_lines(load_routine()) == (
        "Daily stretches (daily)",
        "1. 90-90 hip-flexor stretch: 2 on each side, 20 s each, then 15 s of rest",
        "2. 90-90 stretch with side bend: 2 on each side, 20 s each, then 15 s of rest",
        "3. Knee drops: 5 in and 5 out, 2 s each",
    )
    twice = routine_for(written(tmp_path, HEAD + BLOCK + "sets = 2"))
    assert routine_lines(twice)[1].endswith(": 2 sets of 2 on each side, 20 s each, 15 s of rest after each")
