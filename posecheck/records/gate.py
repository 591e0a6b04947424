"""The gate: what comes from elsewhere is measured before it is read, and looked at before it is believed.

    data = json_of(read(path, HISTORY), path, HISTORY)

Every reader of a file from elsewhere names what kind of file it is. Whatever is wrong, the error is of one type
(ForeignError), and names the file, the place and what is allowed. How large a file may be stands here, for all kinds.
"""

from __future__ import annotations

import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posecheck.errors import ExerciseError, ForeignError, FormatError, InputError, ModelError

DAY_S = 86_400.0  # nobody exercises for longer: a time above it is damage
MOST_DEPTH = 32  # a guess: lists and tables in each other; the deepest file of ours, a history, has 9
MOST_NUMBER = 1e12  # a guess: above all that is counted or measured here, and far below where floats lose whole numbers
MOST_LETTERS = 100_000  # a guess: of one text; the longest of ours is a paragraph
_KEY_LETTERS = 80  # a guess: of a key in an error; it may be as long as a text
_MOST_DOTS = 2000  # a guess: of decimals and sentences in one line of TOML
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file from elsewhere: how it is called, the error of one that cannot be used, and its largest size.

    `validated`: its format tells what each number may be, infinity among it; here only its size is looked at.
    """

    what: str
    error: type[ForeignError]
    most_bytes: int
    validated: bool = False


# sizes are guesses, ten times and more what was ever seen; JSON takes up to 30 times its size when it is read
EXERCISE = Kind("exercise", ExerciseError, _MB // 4, validated=True)
ROUTINE = Kind("routine", ExerciseError, _MB // 4, validated=True)
ROUTINE_OR_EXERCISE = Kind("routine or exercise", ExerciseError, _MB // 4, validated=True)
EXPECTATION = Kind("expectation file", FormatError, _MB // 4, validated=True)  # TOML takes 9 s a MB
HISTORY = Kind("history", FormatError, 16 * _MB)  # of one set, and of a file that is not a line a set
TRACE = Kind("trace", FormatError, 64 * _MB)
MARK = Kind("mark", FormatError, _MB)
REPORT = Kind("report", FormatError, 16 * _MB)
SCRIPT = Kind("script", FormatError, _MB)
TAPE = Kind("tape", FormatError, 1 << 16)  # of one line: a pose takes 0.5 to 4 kB
MODEL = Kind("model", ModelError, 200 * _MB)
PICTURE = Kind("picture", FormatError, 200 * _MB)


def read(path: Path, kind: Kind) -> bytes:
    """The content of a file, when it is an ordinary one and not too large.

    Args:
        path: the file.
        kind: what it should be.

    Raises:
        ForeignError: it is missing, a folder, a pipe, too large, or cannot be read.
    """
    missing = InputError if issubclass(kind.error, InputError) else kind.error
    try:
        data = content(path, kind.most_bytes)
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise missing(f"cannot read the {kind.what} {path}: {reason}. Check the path.") from error
    if data is None:
        raise too_large(path, kind)
    return data


def content(path: Path, most_bytes: int) -> bytes | None:
    """The content of an ordinary file; None when it has more bytes than these.

    Args:
        path: the file.
        most_bytes: so many are read at most.

    Raises:
        OSError: it is missing, a folder, a pipe, or cannot be read.
        ValueError: there is a null character in its name.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would wait for somebody who writes to it
        raise OSError("it is a folder, a pipe or a device")
    with path.open("rb") as file:
        data = file.read(most_bytes + 1)  # not by its size alone: it may grow
    return data if len(data) <= most_bytes else None


def too_large(path: Path, kind: Kind) -> ForeignError:
    """The error of a file, or a part of one, that is too large to be read.

    Args:
        path: the file.
        kind: what it should be.
    """
    return kind.error.at(path, "", f"it is too large for {_article(kind.what)}", f"at most {kind.most_bytes:,} bytes")


def json_of(data: bytes | str, path: Path, kind: Kind, place: str = "") -> Any:
    """What a text in JSON holds: every number finite and in range, every text valid, and nothing nested without end.

    Args:
        data: the text.
        path: the file that it is from.
        kind: what it should be.
        place: where in the file it stands.

    Raises:
        ForeignError: it is not JSON, or holds what is not allowed.
    """
    from pydantic_core import from_json

    try:
        found = from_json(data)  # not json, whose depth is that of the stack; NaN, which it reads, `check` refuses
    except ValueError as error:
        raise kind.error.at(path, place, f"it is not valid JSON ({error})", _DEPTH) from error
    check(found, path, kind, place)
    return found


def toml_of(text: str, path: Path, kind: Kind) -> dict[str, Any]:
    """What a text in TOML holds: every number finite and in range, every text valid, and nothing nested without end.

    Args:
        text: the text.
        path: the file that it is from.
        kind: what it should be.

    Raises:
        ForeignError: it is not TOML, or holds what is not allowed.
    """
    for number, line in enumerate(text.split("\n"), 1):  # the time of a dotted key rises with the square of its dots
        if line.count(".") > _MOST_DOTS:
            raise kind.error.at(path, f"line {number}", "it has too many dots", f"at most {_MOST_DOTS:,} in a line")
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise kind.error(f"{path} is not valid TOML: {error}. Correct that line.") from error
    except RecursionError as error:
        lines = text.splitlines()
        deepest = max(range(len(lines)), key=lambda i: lines[i].count("[") + lines[i].count("{"))
        raise kind.error.at(path, f"line {deepest + 1}", "it is nested too deeply", _DEPTH) from error
    except ValueError as error:  # Python reads no number of more than 4300 digits
        raise kind.error.at(path, "", "a number has too many digits", _NUMBER) from error
    check(found, path, kind)
    return found


_DEPTH = f"lists and tables in each other up to {MOST_DEPTH} deep"
_NUMBER = f"numbers from -{MOST_NUMBER:g} to {MOST_NUMBER:g}"
_TIME = f"seconds from 0 to {DAY_S:.0f}, which is a day"
_TEXT = f"Unicode text of at most {MOST_LETTERS:,} letters"


def check(data: object, path: Path, kind: Kind, place: str = "") -> None:
    """Look at all that plain data holds.

    What is a time is told by its name, as everywhere here: it is `t` or `times`, or ends in `_s`.

    Args:
        data: texts, numbers, lists and dicts.
        path: the file that it is from.
        kind: what it should be.
        place: where in the file it stands.

    Raises:
        ForeignError: a number, a text or the depth is not allowed; it names the first place.
    """
    wrong = _wrong(data, "", 0, kind)
    if wrong is not None:
        way, allowed = wrong
        words = ".".join(word[:_KEY_LETTERS] for word in (place, *way) if word)
        raise kind.error.at(path, words, "this is not allowed here", allowed)


def _wrong(value: object, name: str, depth: int, kind: Kind) -> tuple[tuple[str, ...], str] | None:
    """The way to the first value that is not allowed, with items numbered from 1, and what is allowed there."""
    if isinstance(value, dict | list):
        if depth >= MOST_DEPTH:
            return (), _DEPTH
        named = isinstance(value, dict)
        for key, one in value.items() if isinstance(value, dict) else enumerate(value, 1):
            found = _wrong(key, "", depth, kind) if named else None
            found = found or _wrong(one, str(key) if named else name, depth + 1, kind)
            if found is not None:
                return (str(key), *found[0]), found[1]
        return None
    allowed = _allowed_instead(value, name, kind)
    return None if allowed is None else ((), allowed)


def _allowed_instead(value: object, name: str, kind: Kind) -> str | None:
    """What is allowed in the place of a value; None when the value is."""
    if isinstance(value, str):
        return None if len(value) <= MOST_LETTERS and (value.isascii() or _is_text(value)) else _TEXT
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if kind.validated and (isinstance(value, float) or -MOST_NUMBER <= value <= MOST_NUMBER):
        return None
    if name.endswith("_s") or name in ("t", "times"):
        return None if 0 <= value <= DAY_S else _TIME
    return None if -MOST_NUMBER <= value <= MOST_NUMBER else _NUMBER


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _article(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"
