"""Good file → damaged or hostile file, by chance alone: bits, bytes, parts, and values where the form is known."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable
from enum import Enum

MOST_BYTES = 4_000_000  # of a case: more tells nothing new, and takes the time


class Form(Enum):
    """What a file is made of."""

    BYTES = "bytes"
    JSON = "json"
    LINES = "lines"  # of JSON
    TOML = "toml"


_DEEP = (20, 33, 60, 150, 900, 5000, 100_000)
_LONG = (100, 5000, 70_000, 1_000_000)
_NUMBERS = (
    *("0", "-1", "1", "1e400", "-1e400", "1e-400", "NaN", "Infinity", "-Infinity", "nan", "inf", "-inf", "1e308"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775809", "1" * 30, "1" * 400, "9" * 5000),
    *("253402300800", "86401", "0.1", "1e13", "1e12", "1e7", "4294967296", "2147483648", "65536", "-0.0"),
)
_TEXTS = (
    *('"\\ud800"', '"\\u0000"', '"\\u001b[31m"', '""', '"=1+1"', '"../../../etc/passwd"', '"/dev/zero"', '"left"'),
    *('"9999-12-31T23:59:59Z"', '"0001-01-01T00:00:00+14:00"', '"2026-02-30T00:00:00Z"', '"\\u202e"', '"<script>"'),
    '"' + "é" * 300 + '"',
)
_OTHERS = ("null", "true", "false", "[]", "{}", "[[]]", '[{"a": 1}]', '{"a": {"b": []}}', "[1, 2, 3]", "1979-05-27")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null')


def mutated(seed: bytes, form: Form, chance: random.Random) -> bytes:
    """A good file, changed in one to four ways.

    Args:
        seed: the good file.
        form: what it is made of.
        chance: tells which changes, and where.
    """
    packed = seed.startswith(b"\x1f\x8b") and chance.random() < 0.7
    data = gzip.decompress(seed) if packed else seed
    ways = _BYTES if form is Form.BYTES or (seed.startswith(b"\x1f\x8b") and not packed) else _WAYS[form]
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        data = chance.choice(ways)(data, chance)[:MOST_BYTES]
    return gzip.compress(data, 1) if packed else data


def _at(data: bytes, chance: random.Random) -> int:
    """A place; the beginning is where the structure is, so it comes more often."""
    end = len(data) if chance.random() < 0.6 else min(len(data), 400)
    return chance.randrange(end) if end else 0


def _flip(data: bytes, chance: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        if made:
            made[_at(data, chance)] ^= 1 << chance.randrange(8)
    return bytes(made)


def _set_bytes(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    new = chance.choice((b"\0", b"\xff", b"\xff" * 4, b"\x7f\xff\xff\xff", b"\0" * 8, b"\x80", chance.randbytes(4)))
    return data[:at] + new + data[at + len(new) :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: _at(data, chance)]


def _take_out(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    return data[:at] + data[at + chance.choice((1, 4, 100, 6000)) :]


def _double(data: bytes, chance: random.Random) -> bytes:
    at, length = _at(data, chance), chance.choice((1, 8, 300, 6000))
    return data[: at + length] + data[at:]


def _put_in(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    return data[:at] + chance.randbytes(chance.choice((1, 4, 64))) + data[at:]


def _swap(data: bytes, chance: random.Random) -> bytes:
    a, b = sorted((_at(data, chance), _at(data, chance)))
    return data[:a] + data[b : b + 64] + data[a + 64 : b] + data[a : a + 64] + data[b + 64 :]


def _grow(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    return data[:at] + bytes([chance.choice((0, 32, 10, 65, 255))]) * chance.choice(_LONG) + data[at:]


def _value(chance: random.Random) -> bytes:
    """Any value, right or absurd."""
    kind = chance.random()
    if kind < 0.4:
        return chance.choice(_NUMBERS).encode()
    if kind < 0.6:
        return chance.choice(_TEXTS).encode()
    if kind < 0.8:
        return chance.choice(_OTHERS).encode()
    if kind < 0.9:
        deep = chance.choice(_DEEP)
        opens, closes = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"{a=", b"}")))
        return opens * deep + b"1" + closes * deep
    if kind < 0.95:
        return b'"' + b"x" * chance.choice(_LONG) + b'"'
    if kind < 0.97:
        return b"a." * chance.choice((50, 5000, 100_000)) + b"a = 1"
    return b"[" + b"[]," * chance.choice((10, 1000, 300_000)) + b"0]"


def _other_value(data: bytes, chance: random.Random) -> bytes:
    found = [match.span() for match in _TOKEN.finditer(data)]
    if not found:
        return data
    start, end = chance.choice(found)
    return data[:start] + _value(chance) + data[end:]


def _all_of_one_key(data: bytes, chance: random.Random) -> bytes:
    """Another value behind every place of one key."""
    keys = re.findall(rb'"([a-z_]{1,30})"\s*:|^([a-z_]{1,30})\s*=', data, re.MULTILINE)
    if not keys:
        return data
    key = re.escape(next(filter(None, chance.choice(keys))))
    value = _value(chance)[:5000]
    pattern = rb'((?:"' + key + rb'"\s*:|^' + key + rb"\s*=)\s*)(\"(?:[^\"\\]|\\.)*\"|[^\s,\]}\[{]+)"
    return re.sub(pattern, lambda m: m[1] + value, data, flags=re.MULTILINE)


def _other_line(data: bytes, chance: random.Random) -> bytes:
    """A line taken out, doubled, moved, or put in anew."""
    lines = data.splitlines(keepends=True) or [b""]
    at = chance.randrange(len(lines))
    way = chance.randrange(5)
    if way == 0:
        lines.insert(chance.randrange(len(lines)), lines.pop(at))
    elif way == 1:
        lines[at : at + 1] = [lines[at]] * chance.choice((2, 3, 50))
    elif way == 2:
        del lines[at : at + chance.choice((1, 1, 10))]
    elif way == 3:
        lines.insert(at, _value(chance) + b"\n")
    else:
        lines[at] = lines[at].rstrip(b"\n")
    return b"".join(lines)


def _restructured(data: bytes, chance: random.Random) -> bytes:
    """JSON with one of its parts taken out, doubled, or put in another's place."""
    try:
        return _with_parts_moved(data, chance)
    except (ValueError, RecursionError):  # it is damaged already, or deeper than Python's own json can be
        return _other_value(data, chance)


def _with_parts_moved(data: bytes, chance: random.Random) -> bytes:
    made = json.loads(data)
    places = [(made, key) for key in _keys(made)]
    for holder, key in places:
        if len(places) < 3000:
            places += [(holder[key], inner) for inner in _keys(holder[key])]
    if not places:
        return data
    (holder, key), (other, from_key) = chance.choice(places), chance.choice(places)
    if chance.random() < 0.3:
        del holder[key]
    elif chance.random() < 0.5:
        holder[key] = json.loads(json.dumps(other[from_key]))
    elif isinstance(holder, list):
        holder += holder[:20] * chance.choice((1, 10))
    else:
        holder[f"{key}_"] = holder[key]
    return json.dumps(made).encode()


def _keys(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value)
    return list(range(len(value))) if isinstance(value, list) else []


def _in_one_line(data: bytes, chance: random.Random) -> bytes:
    """One line of JSON with its parts moved about."""
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    at = 0 if chance.random() < 0.4 else chance.randrange(len(lines))
    lines[at] = _restructured(lines[at].rstrip(), chance) + b"\n"
    return b"".join(lines)


def _other_time(data: bytes, chance: random.Random) -> bytes:
    """A jump in the times of a tape, from a line on."""
    lines = data.splitlines(keepends=True)
    if len(lines) < 3:
        return data
    at, jump = chance.randrange(1, len(lines)), chance.choice((1e-9, 0.4, 3.0, 3600.0, 1e5, 1e7, 1e9, 1e15, -1.0))

    def later(match: re.Match[bytes]) -> bytes:
        return b'"t":' + repr(float(match[1]) + jump).encode()

    lines[at:] = [re.sub(rb'"t":\s*([0-9.]+)', later, line) for line in lines[at:]]
    return b"".join(lines)


_Way = Callable[[bytes, random.Random], bytes]
_BYTES: tuple[_Way, ...] = (_flip, _flip, _set_bytes, _set_bytes, _cut, _take_out, _double, _put_in, _swap, _grow)
_TEXT: tuple[_Way, ...] = (
    _flip,
    _cut,
    _take_out,
    _double,
    _put_in,
    _grow,
    *(_other_value,) * 6,
    *(_all_of_one_key,) * 4,
)
_WAYS: dict[Form, tuple[_Way, ...]] = {
    Form.JSON: (*_TEXT, *(_restructured,) * 5),
    Form.LINES: (*_TEXT, *(_other_line,) * 2, *(_in_one_line,) * 4, *(_other_time,) * 3),
    Form.TOML: (*_TEXT, *(_other_line,) * 4),
}
