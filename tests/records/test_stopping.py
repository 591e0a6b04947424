"""What ends the program raises what Ctrl-C raises, but for what the user has set otherwise."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from posecheck.records.stopping import STOP_SIGNALS, is_hang_up, stop_as_on_ctrl_c

pytestmark = [
    pytest.mark.core,
    pytest.mark.skipif(sys.platform == "win32", reason="only POSIX sends a process such signals"),
]


@pytest.fixture(autouse=True)
def _own_handlers() -> Iterator[None]:
    """Signals are answered as at the start of a program, and afterwards as before."""
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@contextmanager
def terminal_at(descriptor: int) -> Iterator[None]:
    """A terminal in the place of one of this process's own outputs."""
    import pty  # Windows has none

    before = os.dup(descriptor)
    ours, theirs = pty.openpty()
    os.dup2(theirs, descriptor)
    try:
        yield
    finally:
        os.dup2(before, descriptor)
        for one in (before, ours, theirs):
            os.close(one)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_each_of_them_interrupts(name: str) -> None:
    """So files are closed and parts removed, whatever ends the program."""
    stop_as_on_ctrl_c()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(getattr(signal, name))


def test_one_that_is_ignored_stays_ignored() -> None:
    """Whoever starts a program with nohup means it."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stop_as_on_ctrl_c()
    signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_a_second_hang_up_says_nothing() -> None:
    """Shell and system may both send it."""
    stop_as_on_ctrl_c()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGHUP)
    signal.raise_signal(signal.SIGHUP)


def test_a_thread_changes_nothing() -> None:
    """Only the main thread may say how a process answers signals."""
    thread = threading.Thread(target=stop_as_on_ctrl_c)
    thread.start()
    thread.join()
    assert {signal.getsignal(number) for number in STOP_SIGNALS} == {signal.SIG_DFL}


@pytest.mark.parametrize("descriptor", [1, 2])
def test_after_a_hang_up_nothing_is_written_to_the_terminal(descriptor: int) -> None:
    """It would fail in the middle of the work; a file is written on."""
    with terminal_at(descriptor):
        assert os.isatty(descriptor)
        assert is_hang_up(signal.SIGHUP)
        assert not os.isatty(descriptor)
        os.write(descriptor, b"nobody reads this")
    assert not is_hang_up(signal.SIGTERM)
