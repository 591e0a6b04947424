"""Text from elsewhere, made safe to look at: what would steer a terminal is shown as a sign, and never obeyed."""

from __future__ import annotations

_KEPT = "\n\t"  # what our own lines and tables are made of
_LOST = "\ufffd"  # stands for what has no sign of its own
_PICTURES = 0x2400  # the signs of Unicode for the first 32 control characters begin here: "␛" is that of escape
_DELETE, _DELETE_SIGN = 0x7F, 0x2421
# they turn the order of letters about, so that a name reads as another one; and ends of lines that editors do not show
_UNSEEN = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0x2028, 0x2029)

_SIGNS = {
    **{code: chr(_PICTURES + code) for code in range(0x20) if chr(code) not in _KEPT},
    **{_DELETE: chr(_DELETE_SIGN)},
    **dict.fromkeys((*range(0x80, 0xA0), *_UNSEEN), _LOST),  # 0x9B is an escape sequence of its own
}


def shown(text: str) -> str:
    r"""The text with a visible sign in place of each control character, but for ends of lines and tabs.

    Args:
        text: any text, such as a file's name or an exercise's title.

    Example:
        >>> shown("knee\x1b[31m.mp4")
        'knee␛[31m.mp4'
    """
    return text if text.isprintable() else text.translate(_SIGNS)
