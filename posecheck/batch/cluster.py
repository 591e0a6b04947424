"""Workers on other machines, by Dask: the same interface as the workers of this one.

    dask scheduler                                      # on one machine
    dask worker tcp://SCHEDULER:8786 --nthreads 1       # on each machine; --nworkers N for N processes
    posecheck batch clips --out judged --cluster tcp://SCHEDULER:8786

Each worker process is sent the task with its model once, also one that joins later. Dask hands the work of a worker
that is lost to another one. No more is handed over than the workers can begin soon.
"""

from __future__ import annotations

import logging
import uuid
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from posecheck._version import __version__
from posecheck.batch.pools import Pool, deaf_children
from posecheck.batch.work_items import Outcome, Task, Work
from posecheck.errors import DependencyError, PosecheckError, UsageError

LOCAL = "local"
WAIT_S = 15.0  # a guess: for the scheduler, and then for a first worker
IN_FLIGHT = 2  # works a thread: one that runs, and one that waits beside it, so that no worker idles
_LOOK_S = 2.0  # a guess: between two counts of the workers


class ClusterPool(Pool):
    """The workers of a Dask scheduler; with the address "local", of one that is started here with `jobs` processes.

    Raises:
        DependencyError: dask is not installed.
        UsageError: the scheduler does not answer or has no workers.
        PosecheckError: a worker has no posecheck, or another version of it.
    """

    tries = 1  # Dask tries again by itself, three times

    def __init__(self, task: Task, address: str, jobs: int, wait_s: float = WAIT_S) -> None:
        try:
            import distributed
        except ImportError as error:
            raise DependencyError("a cluster needs Dask: pip install 'posecheck[cluster]'") from error
        # it would tell of every lost worker in the middle of the bar; what was lost is done again
        logging.getLogger("distributed.client").setLevel(logging.ERROR)
        self._client: Any = None
        self._cluster: Any = None
        self._id = uuid.uuid4().hex
        try:
            if address == LOCAL:
                with deaf_children():
                    self._cluster = distributed.LocalCluster(
                        n_workers=jobs, threads_per_worker=1, dashboard_address=None, silence_logs=50
                    )
            self._client = _connect(distributed, self._cluster or address, wait_s)
            _check_versions(self._client, address)
            self._client.register_plugin(_plugin(self._id, task))
            self._executor = self._client.get_executor(pure=False)
        except BaseException:
            self.close()
            raise
        self._running = 0
        self._threads, self._counted_at = 0, -_LOOK_S

    def room(self) -> int:
        from time import monotonic

        if monotonic() - self._counted_at >= _LOOK_S:
            workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
            self._threads, self._counted_at = sum(w["nthreads"] for w in workers), monotonic()
        return IN_FLIGHT * self._threads - self._running

    def submit(self, work: Work) -> Future[Outcome]:
        self._running += 1
        future: Future[Outcome] = self._executor.submit(_do, self._id, work)
        future.add_done_callback(self._count_down)
        return future

    def abort(self) -> None:
        """Cancel what waits; what runs on other machines ends by itself, and is found done by --resume."""
        self._executor.shutdown(wait=False)

    def close(self) -> None:
        for thing in (self._client, self._cluster):
            if thing is not None:
                with suppress(Exception):  # the scheduler may be gone
                    thing.close()
        self._client = self._cluster = None

    def _count_down(self, _future: Future[Outcome]) -> None:
        self._running -= 1


_tasks: dict[str, Task] = {}  # of this worker process


def _do(task_id: str, work: Work) -> Outcome:
    return _tasks[task_id](work)


def _plugin(task_id: str, task: Task) -> Any:
    from distributed import WorkerPlugin

    class Sent(WorkerPlugin):  # type: ignore[misc]  # distributed has no usable types
        """Brings the task to every worker, also to one that joins later."""

        name = f"posecheck-{task_id}"

        def setup(self, worker: Any) -> None:
            from posecheck.batch import cluster

            del worker
            cluster._tasks[task_id] = task
            with suppress(Exception):
                task.warm_up()

        def teardown(self, worker: Any) -> None:
            from posecheck.batch import cluster

            del worker
            cluster._tasks.pop(task_id, None)

    return Sent()


def _connect(distributed: Any, where: Any, wait_s: float) -> Any:
    try:
        client = distributed.Client(where, timeout=wait_s, set_as_default=False)
    except ValueError as error:
        raise UsageError(f"{where} is no address of a scheduler ({error}): give one such as tcp://host:8786") from error
    except (OSError, TimeoutError) as error:
        raise UsageError(
            f"no scheduler answers at {where} in {wait_s:g} s: start one with `dask scheduler`, and check the address"
        ) from error
    try:
        client.wait_for_workers(1, timeout=wait_s)
    except TimeoutError as error:
        client.close()
        raise UsageError(
            f"the scheduler at {where} has no workers: start some with `dask worker {where} --nthreads 1`"
        ) from error
    return client


def _check_versions(client: Any, address: str) -> None:
    try:
        found = set(client.run(_version).values())
    except ImportError as error:
        raise PosecheckError(
            f"a worker at {address} has no posecheck: install posecheck {__version__} there"
        ) from error
    if found != {__version__}:
        others = ", ".join(sorted(found - {__version__}))
        raise PosecheckError(f"workers at {address} have posecheck {others}: install {__version__} there")


def _version() -> str:
    from posecheck._version import __version__

    return __version__
