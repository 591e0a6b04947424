"""README is true: its Python examples run and print what it says, and what it names is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from posecheck.testing import SIDE_CAMERA
from tests.cli.command import Command
from tests.waiting import PATIENCE_S

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"

pytestmark = pytest.mark.skipif(not README.exists(), reason="README.md is not part of an installed package")


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language ("" for none), in order."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", README.read_text(encoding="utf-8"), re.M | re.S)
    return [text for name, text in fenced if name == language]


def python(code: str) -> str:
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


@pytest.mark.model
def test_the_first_example_prints_what_it_says() -> None:
    """The example that judges a part of a sample prints the lines that README shows below it."""
    example = next(code for code in blocks("python") if "posecheck.replay" in code)
    shown = next(text for text in blocks("") if text.startswith("in True"))
    assert python(example).split() == shown.split()


@pytest.mark.system
def test_the_other_examples_run() -> None:
    """Every example without a video runs as it stands."""
    examples = [code for code in blocks("python") if "posecheck.replay" not in code]
    assert examples
    for code in examples:
        python(code)


def test_a_stretch_of_ones_own(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who follows README by the letter has a valid exercise, and a test of under twenty lines that passes."""
    assert command("exercises", "new", "arms_up").code == 0
    file = Path("arms_up.toml")
    text = file.read_text(encoding="utf-8").replace('groups = ["left", "right"]', 'groups = ["holds"]')
    limits = next(code for code in blocks("toml") if "arm_elevation" in code)
    file.write_text(text.partition("# ---- the person's own zero")[0] + limits, encoding="utf-8")
    assert "arms_up.toml is valid" in command("exercises", "check", "arms_up.toml").words
    code = next(code for code in blocks("python") if "arms_up.toml" in code)
    assert len([line for line in code.splitlines() if line.strip()]) < 20
    names: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), names)
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()
    monkeypatch.setitem(names, "FRONT_CAMERA", SIDE_CAMERA)
    with pytest.raises(AssertionError, match="Face the camera"):  # what would help is said
        tests[0]()


def test_every_file_that_is_named_is_there() -> None:
    """Links and pictures lead to files of this repository."""
    text = README.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    paths = re.findall(r"`((?:posecheck|models|samples|tools|docs|benchmarks)/[\w./-]+)`", text)
    assert links
    assert [p for p in (*links, *paths) if not (ROOT / p).exists()] == []


@pytest.mark.system
def test_every_command_that_is_named_is_there() -> None:
    """Each posecheck command that README prints has a help page."""
    commands = set(re.findall(r"posecheck (\w+)", " ".join(blocks("sh"))))
    assert {"replay", "demo"} <= commands
    for command in sorted(commands):
        call = [sys.executable, "-m", "posecheck", command, "--help"]
        found = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr
