"""Worker processes of this machine: one landmarker's worth each, kept warm, replaced when they die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait

from posecheck.batch.memory import FEW_ARENAS, give_back
from posecheck.batch.work_items import Outcome, Task, Work
from posecheck.libraries import default_environment
from posecheck.records.closing import Closing
from posecheck.records.stopping import STOP_SIGNALS


class Pool(Closing):
    """Workers that do what they are handed; a context manager.

    `tries`: how often work is handed over, when its worker is lost, before it is given up.
    """

    tries = 2

    def room(self) -> int:
        """How many more works may be handed over now."""
        raise NotImplementedError

    def submit(self, work: Work) -> Future[Outcome]:
        """Hand over work; the future raises when the worker is lost."""
        raise NotImplementedError

    def abort(self) -> None:
        """Give up what runs, at once."""
        raise NotImplementedError


class LocalPool(Pool):
    """`jobs` worker processes, each in a lane of its own, so that one that dies takes no other's work with it."""

    def __init__(self, task: Task, jobs: int) -> None:
        self._lanes = [_Lane(task) for _ in range(jobs)]
        self._idle = deque(self._lanes)

    def room(self) -> int:
        return len(self._idle)

    def submit(self, work: Work) -> Future[Outcome]:
        lane, outer = self._idle.popleft(), Future[Outcome]()

        def finish(inner: Future[Outcome]) -> None:
            self._idle.append(lane)  # first: whoever waits for the future may look for room at once
            error = inner.exception()
            if error is None:
                outer.set_result(inner.result())
            else:
                outer.set_exception(error)

        lane.submit(work).add_done_callback(finish)
        return outer

    def abort(self) -> None:
        """End the workers in the middle of what they do: outputs are whole or absent, so nothing is spoilt."""
        for lane in self._lanes:
            lane.kill()

    def close(self) -> None:
        with ThreadPoolExecutor(len(self._lanes)) as closing:  # not one after the other: each takes a moment
            list(closing.map(_Lane.close, self._lanes))


class _Lane:
    """A worker process, made when first needed, and anew after it has died."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._executor: ProcessPoolExecutor | None = None
        self._lifeline: Connection | None = None  # the worker ends when it is closed

    def submit(self, work: Work) -> Future[Outcome]:
        if self._executor is not None:
            with suppress(BrokenExecutor):  # it has died
                return self._executor.submit(_do, work)
            self.close()
        # spawned: a fork would take over OpenCV's and MediaPipe's threads, half of them dead
        context = multiprocessing.get_context("spawn")
        end, self._lifeline = context.Pipe(duplex=False)
        with deaf_children(), default_environment(FEW_ARENAS):
            # this starts a process, too: the one that looks after its semaphores
            self._executor = ProcessPoolExecutor(1, context, initializer=_begin, initargs=(self._task, end))
            return self._executor.submit(_do, work)  # starts the process

    def kill(self) -> None:
        if self._lifeline is not None:
            self._lifeline.close()

    def close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
        self.kill()


@contextmanager
def deaf_children() -> Iterator[None]:
    """Let processes that are started inside the block ignore Ctrl-C, SIGTERM and SIGHUP.

    A terminal, and a system that shuts down, send them to the children, too: the parent decides what is finished. A
    signal that comes meanwhile reaches the parent at the end of the block.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _: pressed.append(number))
        for number in STOP_SIGNALS
        if signal.getsignal(number) not in (signal.SIG_IGN, signal.SIG_DFL)
    }
    try:
        with _blocked_for_children():
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if pressed:
            signal.raise_signal(pressed[0])


@contextmanager
def _blocked_for_children() -> Iterator[None]:
    """Processes and threads that start here are born with these signals blocked, where the system can block any."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # it unblocks some of them when it starts
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_task: Task | None = None  # of this worker


def _begin(task: Task, lifeline: Connection) -> None:
    global _task
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Windows it is not inherited
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    _task = task
    with suppress(Exception):  # the work itself will meet it again, and can say what it is
        task.warm_up()


def _do(work: Work) -> Outcome:
    assert _task is not None
    outcome = _task(work)
    give_back()
    return outcome


def _end_with(lifeline: Connection) -> None:
    """End at once when the parent has closed the line, or is gone: a worker alone would wait for work for ever."""
    wait([lifeline])
    os._exit(1)
