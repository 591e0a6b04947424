"""The starting files of exercises: a copy of another one is an exercise of its own."""

from __future__ import annotations

import tomllib

import pytest

from posecheck.exercises import built_in_names, load_exercise
from posecheck.exercises.loading import built_in_path
from posecheck.exercises.template import copied_file


@pytest.mark.parametrize("name", built_in_names())
def test_a_copy_differs_in_name_and_title_alone(name: str) -> None:
    """All else of the built-in file is in the copy, the names of its faults too; its head says where it is from."""
    text = copied_file(built_in_path(name).read_text(encoding="utf-8"), "my_own", "my_own.toml", name)
    assert f"begun as a copy of {name}." in text
    copy, original = tomllib.loads(text), tomllib.loads(built_in_path(name).read_text(encoding="utf-8"))
    assert (copy.pop("name"), copy.pop("title")) == ("my_own", "My own")
    assert (original.pop("name"), original.pop("title")) == (name, load_exercise(name).title)
    assert copy == original
