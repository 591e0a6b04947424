"""Signs for terminals and files that cannot show ours: ASCII in their place."""

from __future__ import annotations

import codecs
import io

_SIGNS = {
    **{"✓": "+", "✗": "x", "–": "-", "—": "-", "−": "-", "→": ">", "…": "...", "·": "*", "×": "x"},
    **{"°": " deg", "±": "+/-", "√": "sqrt ", "²": "2", "’": "'", "“": '"', "”": '"', "\xa0": " "},
    **dict(zip("▁▂▃▄▅▆▇█", "_.-=+*%#", strict=True)),
    **dict.fromkeys("━╸╺", "-"),  # of the progress bar
}
_SPINNER = range(0x2800, 0x2900)
NAME = "posecheck-plain"


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
