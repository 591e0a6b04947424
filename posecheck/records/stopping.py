"""What ends the program: Ctrl-C, a request to end (SIGTERM), a terminal that was closed (SIGHUP). All do the same."""

from __future__ import annotations

import os
import signal
import stat
import threading
from contextlib import suppress
from types import FrameType

_HANG_UP = getattr(signal, "SIGHUP", None)  # Windows has none
STOP_SIGNALS = tuple(number for number in (signal.SIGINT, signal.SIGTERM, _HANG_UP) if number is not None)
Handler = signal.Handlers | int | None


def stop_as_on_ctrl_c() -> None:
    """Let SIGTERM and SIGHUP raise KeyboardInterrupt, as Ctrl-C does, so that files are closed and parts removed.

    One that is ignored stays so: whoever starts a program with nohup means it.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in STOP_SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def is_hang_up(number: int) -> bool:
    """Whether the signal tells that the terminal is gone. Shell and system may both send it: it says nothing twice.

    From then on nothing is written to the terminal, which would fail in the middle of the work.

    Args:
        number: of the signal.
    """
    if number != _HANG_UP:
        return False
    for descriptor in (1, 2):
        with suppress(OSError):
            if stat.S_ISCHR(os.fstat(descriptor).st_mode):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, descriptor)
                os.close(nowhere)
    return True


def _interrupt(number: int, _frame: FrameType | None) -> None:
    if is_hang_up(number):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
