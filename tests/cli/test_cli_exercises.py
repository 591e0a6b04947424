"""The commands about exercises: list, explain, schema, new and check, as a user calls them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from posecheck import __version__
from posecheck.exercises import exercise_names, load_exercise, more_exercise_names, user_exercises_dir
from posecheck.exercises.loading import FOLDER
from posecheck.exercises.schema import exercise_schema
from posecheck.measure.signals import SIGNAL_NAMES, measured_errors
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import FRONT_CAMERA, keys_of, motion, standing
from tests.cli.command import Command


def change(path: Path, *changes: tuple[str, str]) -> Path:
    """Replace words in a file, each once."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def line_with(path: Path, words: str) -> int:
    """The number of the first line that has the words."""
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if words in line)


# ---- new


def test_a_new_exercise_is_valid_and_judges_a_tape(command: Command, tmp_path: Path) -> None:
    """new → check → judge: the written file is valid without a warning, and a set of side bends is counted by it."""
    made = command("exercises", "new", "my_bend")
    assert (made.code, made.err) == (0, "")
    for step in ("exercises check my_bend.toml", "replay RECORDING.mp4 --exercise my_bend.toml"):
        assert f"posecheck {step}" in made.out
    checked = command("exercises", "check", "my_bend.toml")
    assert (checked.code, checked.err) == (0, "")
    assert "my_bend.toml is valid. Try it: posecheck replay" in checked.words
    assert "warning" not in checked.out
    stations = [(0.0, 2.0, standing())]
    for way in (1, -1, 1, -1):
        stations += [(1.0, 10.5, standing(side_bend=18.0 * way)), (1.0, 1.5, standing())]
    with TapeWriter(tmp_path / "t.jsonl", TapeHeader(__version__, "full", "0" * 64, "m.mp4", (640, 480))) as tape:
        for pose in motion(keys_of(*stations), 15, camera=FRONT_CAMERA):
            tape.write(pose)
    verdict = command("judge", tmp_path / "t.jsonl", "--exercise", "my_bend.toml")
    assert verdict.code == 0
    assert "left 2 of 2 right 2 of 2 complete" in verdict.words


def test_check_explains_in_plain_words(command: Command) -> None:
    """A valid file is explained as the built-in exercises are: steps, goal, camera, limits, cues, care."""
    command("exercises", "new", "my_bend")
    words = command("exercises", "check", "my_bend.toml").words
    for part in ("My bend (my_bend)", "1. Stand upright", "2 left and 2 right, 10 s each", "Camera: In front of you"):
        assert part in words
    assert "side bend (right) 12° to 35° 9° to 45° your starting position" in words
    assert "Ease up a little." in words


def test_new_does_not_overwrite(command: Command) -> None:
    """A file that is there stays as it is, with code 6."""
    path = Path("mine.toml")
    path.write_text("# mine\n", encoding="utf-8")
    result = command("exercises", "new", "mine")
    assert result.code == 6
    assert "mine.toml is there already" in result.err
    assert path.read_text(encoding="utf-8") == "# mine\n"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("My-Stretch", "For example: my_stretch"),
        ("90 degrees", "For example: degrees"),
        ("???", "a letter first."),
        ("check", "my_check"),
        ("auto", "my_auto"),
        ("side_bend", "built in"),
        ("daily", "built in"),
    ],
)
def test_new_refuses_a_name_that_cannot_be_used(command: Command, name: str, says: str) -> None:
    """A name with other letters, a word of the command line and a built-in name are refused with what would do."""
    result = command("exercises", "new", name)
    assert result.code == 2
    assert says in result.err
    assert list(Path().iterdir()) == []


def test_new_takes_a_path(command: Command) -> None:
    """A path is taken as it is; the name within is the file's; a folder that is not there is named."""
    Path("sub dir").mkdir()
    result = command("exercises", "new", "sub dir/a1.toml")
    assert result.code == 0
    assert '--exercise "sub dir' in result.out
    assert load_exercise(Path("sub dir/a1.toml")).name == "a1"
    missing = command("exercises", "new", "nowhere/a1")
    assert missing.code == 6
    assert "there is no folder nowhere" in missing.err


# ---- one's own folder


def test_an_exercise_of_ones_own_is_known_by_its_name(command: Command) -> None:
    """`new --own` writes to the user's folder; the list has it, and its name alone explains and checks it."""
    made = command("exercises", "new", "my_bend", "--own")
    assert made.code == 0
    folder = user_exercises_dir()
    assert (folder / "my_bend.toml").exists()
    assert "--exercise my_bend\n" in made.out
    listed = command("exercises")
    assert listed.err == ""
    assert [name for name in (*exercise_names(), "my_bend") if name not in listed.out] == []
    assert "your own" in listed.out
    assert str(folder) in listed.out.replace("\n", "")
    assert "My bend (my_bend)" in command("exercises", "my_bend").out
    assert "my_bend.toml is valid" in command("exercises", "check", "my_bend").words
    assert command("exercises", "new", "a/my_bend", "--own").code == 2


def test_the_list_survives_a_bad_file_and_tells_of_a_name_that_is_taken(command: Command) -> None:
    """A file that is not valid is listed with what to do; that a built-in exercise hides a file is told."""
    command("exercises", "new", "bad", "--own")
    folder = user_exercises_dir()
    change(folder / "bad.toml", ("each = 2", "each = 0"))
    (folder / "side_bend.toml").write_text("", encoding="utf-8")
    listed = command("exercises")
    assert listed.code == 0
    assert "posecheck exercises check bad" in listed.words
    assert "side_bend.toml is not found by its name: the built-in side_bend is" in listed.err


# ---- check


def test_check_names_every_mistake_on_a_line_of_its_own(command: Command) -> None:
    """Three mistakes give three lines with file, line, key and what is allowed, and code 4."""
    command("exercises", "new", "mine")
    path = change(
        Path("mine.toml"),
        ('posture = "standing"', 'posture = "sleeping"'),
        ("each = 2", "each = 0"),
        ("enter = [12, 35]", "enter = [5, 35]"),
    )
    result = command("exercises", "check", path)
    assert (result.code, result.out) == (4, "")
    lines = result.err.splitlines()
    assert len(lines) == 4
    expected = {
        "posture": "'half_kneeling'",
        "goal.each": "greater than or equal to 1",
        "limits.1.enter": "[9.0, 45.0]",
    }
    for (key, allowed), row in zip(expected.items(), ("posture =", "each =", "enter = [5"), strict=True):
        start = f"posecheck: error: mine.toml, line {line_with(path, row)}, {key}: "
        assert [line for line in lines if line.startswith(start) and allowed in line], (start, lines)
    assert lines[-1] == "posecheck: mine.toml is not valid: 3 mistakes; correct, and check again"


# what is wrong: (text of the new file, what stands there instead, the key, what is said of it)
MISTAKES = {
    "unknown signal": (
        'signal = "side_bend"\ngroup = "right"',
        'signal = "bend"\ngroup = "right"',
        "limits.1.signal",
        "Allowed: left_knee_flexion",
    ),
    "enter outside exit": ("enter = [12, 35]", "enter = [12, 50]", "limits.1.enter", "allowed: inside of it"),
    "a role that no posture resolves": (
        '[[limits]]\nsignal = "side_bend"\nsetup',
        '[[limits]]\nsignal = "rear_thigh_inclination"\nsetup',
        "limits.0.signal",
        'posture = "half_kneeling"',
    ),
    "a view that does not show it": ("[0, 30]", "[60, 90]", "view.yaw_enter", "outside `yaw_exit`"),
    "a signal that the view does not show": (
        '[[limits]]\nsignal = "side_bend"\nsetup',
        '[[limits]]\nsignal = "trunk_lean"\nsetup',
        "limits.0.signal",
        "allowed for it in the image plane: [45, 90]",
    ),
    "a goal that no limit serves": (
        'groups = ["left", "right"]',
        'groups = ["left", "right", "back"]',
        "limits",
        "'back'",
    ),
    "a goal out of reach": ("full_s = 8 ", "full_s = 12 ", "timing.full_s", "full_s ≤ target_s"),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_each_kind_of_mistake_is_named(command: Command, what: str) -> None:
    """File, line, key and what is allowed, for each kind of mistake; --exercise refuses the file, too."""
    old, new, key, says = MISTAKES[what]
    command("exercises", "new", "mine")
    path = change(Path("mine.toml"), (old, new))
    result = command("exercises", "check", path)
    assert result.code == 4
    named = [line for line in result.err.splitlines() if re.search(rf"mine\.toml, line \d+, {re.escape(key)}: ", line)]
    assert len(named) == 1, result.err
    assert says in named[0]
    tape = Path("t.jsonl")
    tape.write_text("{}\n", encoding="utf-8")
    refused = command("judge", tape, "--exercise", path)
    assert refused.code == 4
    assert key in refused.err
    assert "mine.toml" in refused.err


def test_check_warns_of_what_is_unwise(command: Command) -> None:
    """What is allowed but unwise is said with line and key after the explanation, and the code is 0."""
    command("exercises", "new", "mine")
    path = change(Path("mine.toml"), ("enter = [12, 35]", "enter = [12, 13]"), ('name = "mine"', 'name = "side_bend"'))
    result = command("exercises", "check", path)
    assert result.code == 0
    assert f"warning: mine.toml, line {line_with(path, '[12, 13]')}, limits.1.enter: is 1° wide" in result.words
    assert f"line {line_with(path, 'name = ')}, name: side_bend is built in" in result.words
    assert "is valid, but see the warnings above" in result.words


def test_check_tells_of_a_name_that_is_not_the_files(command: Command) -> None:
    """A file is found by the file's name; another one within is told."""
    command("exercises", "new", "mine")
    Path("mine.toml").rename("yours.toml")
    result = command("exercises", "check", "yours.toml")
    assert "name: mine, but the file is found by the name yours" in result.words
    assert "but see the warning above" in result.words


@pytest.mark.parametrize("name", exercise_names())
def test_the_built_in_exercises_pass(command: Command, name: str) -> None:
    """By name and by file, without a warning."""
    for given in (name, FOLDER / f"{name}.toml"):
        result = command("exercises", "check", given)
        assert (result.code, result.err) == (0, "")
        assert "warning" not in result.out


def test_check_of_what_is_no_exercise_file(command: Command) -> None:
    """A file that is missing, no TOML, or called otherwise, and an unknown name: one line, code 4."""
    Path("broken.toml").write_text("name = [", encoding="utf-8")
    Path("mine.txt").write_text("", encoding="utf-8")
    Path("bytes.toml").write_bytes(b"\xff\xfe")
    for given, says in (
        ("nothing.toml", "Check the path"),
        ("broken.toml", "not valid TOML"),
        ("bytes.toml", "in UTF-16, not in UTF-8"),
        ("mine.txt", "rename it"),
        ("nope", "Known: knee_drops"),
    ):
        result = command("exercises", "check", given)
        assert (result.code, result.out) == (4, "")
        assert len(result.err.splitlines()) == 1
        assert says in result.err


# ---- schema, and the words of the command line


def test_the_schema_is_printed_and_written(command: Command) -> None:
    """`schema` prints the JSON Schema, `--out` writes the same, and a place that cannot be written ends with 6."""
    printed = command("exercises", "schema")
    assert (printed.code, printed.err) == (0, "")
    assert json.loads(printed.out) == exercise_schema()
    assert "#:schema ./s.json" in command("exercises", "schema", "--out", "s.json").out
    assert json.loads(Path("s.json").read_text(encoding="utf-8")) == exercise_schema()
    assert command("exercises", "schema", "--out", "nowhere/s.json").code == 6


def test_the_signals_are_listed(command: Command) -> None:
    """Every name that an exercise may use is listed, with the views of its kind and its measured error."""
    result = command("exercises", "signals")
    assert result.code == 0
    assert [name for name in SIGNAL_NAMES if name not in result.words] == []
    assert "45–90° / 30–90°" in result.words
    assert f"±{measured_errors('bend_to_front')[0][2]:.0f}°" in result.words


@pytest.mark.parametrize("word", ["new", "check", "signals", "schema"])
def test_each_word_has_a_help_page(command: Command, word: str) -> None:
    """--help of each command ends well and gives examples; the group names them all."""
    result = command("exercises", word, "--help")
    assert result.code == 0
    assert "Examples:" in result.out
    assert f"  {word} " in command("exercises", "--help").out


def test_a_name_takes_nothing_more(command: Command) -> None:
    """A second word, or an option that is not there, is wrong use: code 2."""
    assert command("exercises", "knee_drops", "side_bend").code == 2
    assert command("exercises", "--bogus").code == 2
    assert command("exercises", "knee_drops", "--bogus").code == 2
    assert command("exercises", "new").code == 2


# ---- show, new --from


def test_the_file_of_an_exercise_is_printed_as_it_stands(command: Command) -> None:
    """A built-in file, one of one's own, and nothing for a name that is not known."""
    assert command("exercises", "show", "squat").out == (FOLDER / "more" / "squat.toml").read_text(encoding="utf-8")
    command("exercises", "new", "mine")
    assert command("exercises", "show", "mine.toml").out == Path("mine.toml").read_text(encoding="utf-8")
    wrong = command("exercises", "show", "sqat")
    assert wrong.code == 4
    assert "Did you mean squat?" in wrong.err


@pytest.mark.parametrize("name", [*exercise_names(), *more_exercise_names()])
def test_a_copy_is_an_exercise_of_its_own(command: Command, name: str) -> None:
    """A file that begins as a built-in one is valid, has its own name, and asks for the same."""
    made = command("exercises", "new", "my_own", "--from", name)
    assert made.code == 0
    assert f"a copy of {name}" in made.out
    copy, original = load_exercise("my_own.toml"), load_exercise(name)
    assert (copy.name, copy.title) == ("my_own", "My own")
    assert copy.model_copy(update={"name": name, "title": original.title}) == original
    checked = command("exercises", "check", "my_own.toml")
    assert "my_own.toml is valid" in checked.words


def test_only_an_exercise_can_be_copied(command: Command) -> None:
    """A name that is not known is refused, and nothing is written."""
    assert command("exercises", "new", "my_own", "--from", "nothing").code == 4
    assert not Path("my_own.toml").exists()
