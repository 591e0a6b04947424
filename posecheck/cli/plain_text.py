"""What is written to the terminal: foreign control characters as signs, and ASCII where it lacks our signs."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterable
from typing import Any, TextIO, cast

from posecheck.records.shown import shown

_SIGNS = {
    **{"✓": "+", "✗": "x", "–": "-", "—": "-", "−": "-", "→": ">", "…": "...", "·": "*", "×": "x"},
    **{"°": " deg", "±": "+/-", "√": "sqrt ", "²": "2", "’": "'", "“": '"', "”": '"', "\xa0": " "},
    **dict(zip("▁▂▃▄▅▆▇█", "_.-=+*%#", strict=True)),
    **dict.fromkeys("━╸╺", "-"),  # of the progress bar
}
_SPINNER = range(0x2800, 0x2900)
NAME = "posecheck-plain"


class ShownStream:
    """A stream to which no foreign text can give orders: its control characters are shown as signs.

    Rich writes colours, so it takes the stream behind (`rich_proxied_file`); what it writes was shown in `console`.
    """

    def __init__(self, stream: TextIO) -> None:
        self.rich_proxied_file = stream

    def write(self, text: str) -> int:
        """Write a text, its control characters as signs."""
        return self.rich_proxied_file.write(shown(text))

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts, their control characters as signs."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rich_proxied_file, name)


def show_all_safely() -> None:
    """Have standard output and standard error obey nothing, and show all that they can, from now on."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, ShownStream):
            show_in_plain_text(stream)
            setattr(sys, name, cast("TextIO", ShownStream(stream)))


def show_in_plain_text(stream: object) -> None:
    """Have a stream write ASCII for what its encoding lacks: "+" for "✓", and "?" for a letter of a file's name.

    Args:
        stream: standard output, for example; one that is no text file stays as it is.
    """
    codecs.register_error(NAME, _in_ascii)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=NAME)


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join("*" if ord(sign) in _SPINNER else _SIGNS.get(sign, "?") for sign in signs), error.end
