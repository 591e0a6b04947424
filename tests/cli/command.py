"""The command line in this process, for tests: what a command left, and what runs it (fixture `command`)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from posecheck.cli import app as cli


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """Standard output without its line ends."""
        return " ".join(self.out.split())


Command = Callable[..., Result]


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `posecheck` with the arguments it is called with."""

    def run(*args: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["posecheck", *map(str, args)])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        return Result(code, *capsys.readouterr())

    return run
