"""Control characters of foreign text are shown and never obeyed."""

from __future__ import annotations

import unicodedata

import pytest

from posecheck.records.shown import shown

pytestmark = pytest.mark.core


def test_every_control_character_becomes_a_sign() -> None:
    """All of Unicode's control characters but line ends and tabs, and all that turn the order of letters about."""
    controls = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cc"]
    turning = [c for c in map(chr, range(0x110000)) if unicodedata.bidirectional(c) in _TURNING]
    assert len(controls) == 65
    assert len(turning) >= 9
    for sign in {*controls, *turning} - {"\n", "\t"}:
        made = shown(f"a{sign}b")
        assert len(made) == 3
        assert made[1] != sign
        assert unicodedata.category(made[1]) == "So"
    assert shown("\x1b[31m\x9b\x7f\u202e") == "␛[31m�␡�"


def test_other_text_stays_as_it_is() -> None:
    """Letters of every writing, signs, line ends and tabs."""
    for text in ("Knie nach außen, 90°", "膝\tคู่\n", "", "é👍🏽", "m\udcff.mp4"):
        assert shown(text) == text


_TURNING = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
