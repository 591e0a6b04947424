"""README and docs are true: their examples run and print what they say, and what they name is there."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from posecheck import errors
from posecheck.exercises import load_exercise
from posecheck.live.guide.routine import load_routine
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.testing import SIDE_CAMERA, knee_drops_set
from tests.cli.command import Command
from tests.waiting import PATIENCE_S
from tools.docs_pictures.camera import SETUPS, camera_drawing

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
MOST_BYTES = 16_000  # what is read in one go

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="docs are not part of an installed package")

PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language ("" for none), in order."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text_of(page), re.M | re.S)
    return [text for name, text in fenced if name == language]


def python_blocks() -> Iterator[tuple[str, str]]:
    """The Python examples of all pages: name of the page, code."""
    for page in PAGES:
        for code in blocks(page, "python"):
            yield page.name, code


def python(*args: str, cwd: Path = ROOT) -> str:
    """Standard output of a Python that takes warnings for errors."""
    call = [sys.executable, "-W", "error", *args]
    found = subprocess.run(call, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


# ---- sizes


@pytest.mark.parametrize("name", ["README.md", "ACCURACY.md"])
def test_the_pages_that_everybody_reads_are_short(name: str) -> None:
    """README and the accuracy card are read in one go: at most 16 kB each."""
    assert (ROOT / name).stat().st_size <= MOST_BYTES


# ---- examples


@pytest.mark.model
def test_the_first_example_prints_what_it_says() -> None:
    """The example that judges a part of a sample prints the lines that are shown below it."""
    page = DOCS / "python.md"
    example = next(code for code in blocks(page, "python") if "posecheck.replay" in code)
    shown = next(text for text in blocks(page, "") if text.startswith("in True"))
    assert python("-c", example).split() == shown.split()


@pytest.mark.system
def test_the_other_examples_run() -> None:
    """Every example that needs no video runs as it stands."""
    examples = [code for _, code in python_blocks() if not re.search(r"posecheck\.replay|^def test_", code, re.M)]
    assert examples
    for code in examples:
        python("-c", code)


@pytest.mark.system
def test_the_tests_that_are_shown_pass(tmp_path: Path) -> None:
    """The page on tests: its file passes under pytest, beside a recording as it describes one."""
    (code,) = blocks(DOCS / "tests.md", "python")
    (tmp_path / "test_mine.py").write_text(code, encoding="utf-8")
    with TapeWriter(tmp_path / "me.jsonl.gz", TapeHeader("0", "full", "0", "me.mp4", (640, 480))) as tape:
        for pose in knee_drops_set(["in", "out", "in", "out"]):
            tape.write(pose)
    told = python("-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", str(tmp_path), cwd=tmp_path)
    assert "2 passed" in told


def test_a_stretch_of_ones_own(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who follows the page by the letter has a valid exercise, and a test of under twenty lines that passes."""
    page = DOCS / "own-exercises.md"
    assert command("exercises", "new", "arms_up").code == 0
    file = Path("arms_up.toml")
    text = file.read_text(encoding="utf-8").replace('groups = ["left", "right"]', 'groups = ["holds"]')
    (limits,) = blocks(page, "toml")
    file.write_text(text.partition("# ---- the person's own zero")[0] + limits, encoding="utf-8")
    assert "arms_up.toml is valid" in command("exercises", "check", "arms_up.toml").words
    (code,) = blocks(page, "python")
    assert len([line for line in code.splitlines() if line.strip()]) < 20
    names: dict[str, Any] = {}
    exec(compile(code, page.name, "exec"), names)
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()
    monkeypatch.setitem(names, "FRONT_CAMERA", SIDE_CAMERA)
    with pytest.raises(AssertionError, match="Face the camera"):  # what would help is said
        tests[0]()


def tables_of(toml: str) -> dict[tuple[str, ...], str]:
    """The tables of an exercise file by their head, name and signal."""
    tables = re.split(r"\n(?=\[)", toml.strip())
    return {tuple(re.findall(r"^(?:\[|name|signal).*", table, re.M)): table for table in tables}


def test_a_patients_own_limits(tmp_path: Path) -> None:
    """What the page for physiotherapists changes in a copy of a built-in file gives a valid exercise with that dose."""
    (changes,) = blocks(DOCS / "for-physiotherapists.md", "toml")
    text = (ROOT / "posecheck" / "exercises" / "ninety_ninety.toml").read_text(encoding="utf-8")
    old, new = tables_of(text.replace('name = "ninety_ninety"', 'name = "my_ninety"')), tables_of(changes)
    assert set(new) <= set(old)
    file = tmp_path / "my_ninety.toml"
    file.write_text("\n".join((old | new).values()), encoding="utf-8")
    exercise = load_exercise(file)
    assert (exercise.timing.target_s, exercise.goal.each) == (10, 1)
    arms = next(limit for limit in exercise.limits if limit.signal == "arm_elevation")
    assert arms.enter is not None
    assert arms.enter[0] == 120


def test_a_routine_of_ones_own(tmp_path: Path) -> None:
    """The routine that the page shows can be done."""
    (routine,) = blocks(DOCS / "live.md", "toml")
    file = tmp_path / "morning.toml"
    file.write_text(routine, encoding="utf-8")
    assert [block.exercise.name for block in load_routine(file).blocks] == ["ninety_ninety", "knee_drops"]


def test_every_toml_block_is_toml() -> None:
    """No example has a slip of the pen."""
    for page in PAGES:
        for block in blocks(page, "toml"):
            tomllib.loads(block.replace("...", ""))


# ---- what is named is there


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as the hosts of repositories make them."""
    heads = re.findall(r"^#+ +(.+)$", re.sub(r"^```.*?^```$", "", text_of(page), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Links and pictures lead to files of this repository, and to headings that are there."""
    wrong = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if "://" not in link and not (target.exists() and (not anchor or anchor in anchors(target))):
            wrong.append(link)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_is_named_is_there(page: Path) -> None:
    """Paths of this repository, written as code; the page on the inside has a test of its own, the past is the past."""
    if page.name in ("architecture.md", "CHANGELOG.md"):
        return
    paths = re.findall(r"`((?:posecheck|models|samples|tools|docs|benchmarks|tests)/[\w./-]+)`", text_of(page))
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.skipif(not (ROOT / "posecheck" / "correct").is_dir(), reason="the page describes the tree that comes")
def test_the_page_on_the_inside_names_every_package() -> None:
    """Each package and module that architecture.md names is there, and no package is missing in it."""
    text = text_of(DOCS / "architecture.md")
    named = set(re.findall(r"`posecheck/(\w+)`", text))
    for package, modules in re.findall(r"`posecheck/([\w/]+)`, ((?:`\w+`(?: and )?)+)", text):
        for module in re.findall(r"`(\w+)`", modules):
            files = [ROOT / "posecheck" / folder / f"{module}.py" for folder in (package, "")]
            assert any(path.exists() for path in files), f"{package}/{module}"
    there = {path.parent.name for path in (ROOT / "posecheck").glob("*/__init__.py")}
    assert there <= named
    assert [name for name in named - there if not (ROOT / "posecheck" / f"{name}.py").exists()] == []


def test_the_camera_drawings_are_what_the_tool_draws() -> None:
    """`python -m tools.docs_pictures` was run after the last change of a drawing."""
    for setup in SETUPS:
        assert text_of(DOCS / setup.file) == camera_drawing(setup)


def calls(page: Path) -> Iterator[list[str]]:
    """The words of each posecheck command that a page prints, without comments."""
    lines = [line for language in ("sh", "bat") for text in blocks(page, language) for line in text.splitlines()]
    for line in lines:
        for call in re.findall(r"(?:^|[\s/\\])posecheck ([^&#]+)", line):
            yield call.split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_that_is_named_is_there(page: Path, command: Command) -> None:
    """Each posecheck command that a page prints has a help page, with each of the options; samples are there."""
    for words in calls(page):
        told = command(words[0], "--help")
        assert told.code == 0, words
        within = [words[0]]
        if "Commands:" in told.out and len(words) > 1:  # a family: exercises new
            deeper = command(*words[:2], "--help")
            if deeper.code == 0 and f"posecheck {' '.join(words[:2])}" in deeper.out:
                told, within = deeper, words[:2]
        options = [word for word in words if re.fullmatch(r"--?[a-z][\w-]*", word)]
        missing = [option for option in options if not re.search(rf"(?<![\w-]){option}(?![\w-])", told.out)]
        assert missing == [], within
        assert [word for word in words if word.startswith("samples/") and not (ROOT / word).exists()] == []


def test_the_exit_codes_are_those_of_the_errors() -> None:
    """The table of exit codes names each code that an error has."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    table = text_of(DOCS / "troubleshooting.md").partition("## Exit codes")[2]
    named = {int(code) for code in re.findall(r"\| (\d+) \|", table)}
    assert named == {0, 130} | {kind.exit_code for kind in kinds if issubclass(kind, errors.PosecheckError)}
