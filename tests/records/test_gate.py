"""The gate: sizes before reading, numbers and texts before believing; one error with file, place, what is allowed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from posecheck.errors import ExerciseError, ForeignError, FormatError, InputError, ModelError, PosecheckError
from posecheck.records import gate
from posecheck.records.gate import EXERCISE, HISTORY, MARK, MODEL, TAPE, Kind, check, json_of, read, toml_of, too_large

pytestmark = pytest.mark.core
FILE = Path("theirs")


def refused(work: Callable[[], object]) -> ForeignError:
    """The error that the work ends in."""
    with pytest.raises(ForeignError) as caught:
        work()
    return caught.value


def test_what_is_right_comes_through() -> None:
    """Numbers, texts, truth, nothing and dates, as deep as a file of ours is."""
    data = {"a": [1, -2.5, None, True, "Knie ü 膝"], "held_s": 86_400.0, "t": 0, "x": {"times": [0.0, 1.5]}}
    assert json_of(json.dumps(data), FILE, HISTORY) == data
    text = "day = 2026-12-01\nenter = [120, inf]\nexit = [-inf, 3]\n[a.b]\nheld_s = 2"
    assert toml_of(text, FILE, EXERCISE)["a"] == {"b": {"held_s": 2}}


@pytest.mark.parametrize(
    ("data", "place", "allowed"),
    [
        ({"a": [1, {"b": 1e13}]}, "a.2.b", "numbers from -1e+12 to 1e+12"),
        ({"a": [0, -(10**4000)]}, "a.2", "numbers from"),
        ({"a": float("nan")}, "a", "numbers from"),
        ([float("inf")], "1", "numbers from"),
        ({"held_s": 86_400.5}, "held_s", "seconds from 0 to 86400, which is a day"),
        ({"x": {"t": -1}}, "x.t", "seconds from"),
        ({"times": [0, 1, float("nan")]}, "times.3", "seconds from"),
        ({"a_s": {"b": [[-1.0]]}, "b_s": [[-1.0]]}, "b_s.1.1", "seconds from"),
        ({"a": "x" * 100_001}, "a", "Unicode text of at most 100,000 letters"),
        ({"a": "\ud800"}, "a", "Unicode text"),
        ({"k" * 100_001: 1}, "k" * 80, "Unicode text"),
        ({"a": {"\udfff": 1}}, "a.\udfff", "Unicode text"),
    ],
)
def test_the_first_place_that_is_wrong_is_named(data: object, place: str, allowed: str) -> None:
    """With what is allowed there; items are numbered from 1."""
    error = refused(lambda: check(data, FILE, HISTORY, "set 2"))
    assert isinstance(error, FormatError)
    assert (error.path, error.place) == (FILE, f"set 2.{place}")
    assert error.allowed.startswith(allowed)
    assert str(error) == f"theirs, set 2.{place}: this is not allowed here; allowed: {error.allowed}"


@pytest.mark.parametrize("deep", [40, 190, 5000, 100_000])
def test_what_is_nested_without_end_is_refused(deep: int) -> None:
    """In JSON and in TOML, lists and tables, whether or not the parser itself gets through."""
    for text in ("[" * deep + "]" * deep, '{"a":' * deep + "1" + "}" * deep):
        assert "up to 32 deep" in refused(lambda text=text: json_of(text, FILE, TAPE, "line 1")).allowed  # type: ignore[misc]
    for text in ("a = 1\nb = " + "[" * deep + "]" * deep, "a = 1\nb = " + "{a=" * deep + "1" + "}" * deep):
        error = refused(lambda text=text: toml_of(text, FILE, EXERCISE))  # type: ignore[misc]
        assert isinstance(error, ExerciseError)
        assert "up to 32 deep" in error.allowed
        assert error.place.startswith("b.1.1" if deep == 40 and "[" in text else ("line 2", "b"))


@pytest.mark.parametrize(
    "text", ["", "{", "[1,]", "nul", '"\ud800"'.encode("utf-8", "surrogatepass"), b"\xff\xfe", "1" * 5000]
)
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    """Whatever it is, among it a number with more digits than Python reads."""
    error = refused(lambda: json_of(text, FILE, MARK, "line 7"))
    assert str(error).startswith("theirs, line 7: it is not valid JSON (")


def test_a_key_of_many_parts_is_refused_at_once() -> None:
    """The parser would take minutes over it."""
    for text in ("a = 1\n" + "a." * 100_000 + "a = 1", "a = 1\n[" + "a." * 100_000 + "a]"):
        error = refused(lambda text=text: toml_of(text, FILE, EXERCISE))  # type: ignore[misc]
        assert str(error) == "theirs, line 2: it has too many dots; allowed: at most 2,000 in a line"


def test_json_may_not_say_nan() -> None:
    """JSON has neither NaN nor infinity; where a writer left one its place is told."""
    for word in ("NaN", "Infinity", "-Infinity", "1e999"):
        assert refused(lambda word=word: json_of(f'{{"a": {word}}}', FILE, MARK)).place == "a"  # type: ignore[misc]


def test_what_is_no_toml_is_refused() -> None:
    """With the line; a number of too many digits has none."""
    assert "(at line 2, column 5). Correct that line." in str(
        refused(lambda: toml_of("a = 1\nb = ]\n", FILE, EXERCISE))
    )
    error = refused(lambda: toml_of(f"a = {'9' * 5000}", FILE, EXERCISE))
    assert str(error) == "theirs: a number has too many digits; allowed: numbers from -1e+12 to 1e+12"
    assert refused(lambda: toml_of("a = 10000000000000", FILE, gate.ROUTINE)).place == "a"


@pytest.mark.parametrize(
    ("kind", "error", "missing", "code"),
    [
        (EXERCISE, ExerciseError, ExerciseError, 4),
        (HISTORY, FormatError, InputError, 10),
        (MODEL, ModelError, ModelError, 5),
    ],
)
def test_sizes_are_looked_at_first(
    tmp_path: Path, kind: Kind, error: type[PosecheckError], missing: type[PosecheckError], code: int
) -> None:
    """A file is read up to its limit and no further; the error and its exit code are those of its kind."""
    small = replace(kind, most_bytes=10)
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10)
    assert read(path, small) == b"x" * 10
    path.write_bytes(b"x" * 11)
    found = refused(lambda: read(path, small))
    assert type(found) is error
    assert found.exit_code == code
    assert found.allowed == "at most 10 bytes"
    assert str(found) == str(too_large(path, small))
    for wrong, words in (
        (tmp_path / "none", "No such file"),
        (tmp_path, "it is a folder"),
        (tmp_path / "a\0b", "null"),
    ):
        found = refused(lambda wrong=wrong: read(wrong, small))  # type: ignore[misc]
        assert type(found) is missing
        assert words in str(found)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody writes to it: it is refused before it is opened."""
    os.mkfifo(tmp_path / "pipe")
    assert "it is a folder, a pipe or a device. Check the path." in str(
        refused(lambda: read(tmp_path / "pipe", EXERCISE))
    )
