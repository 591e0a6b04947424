"""A batch from beginning to end: folder made ready, workers started, recordings judged, tables written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from posecheck.batch.dispatcher import LOST_CODE, Dispatcher, Tally
from posecheck.batch.inputs import Found, Recording
from posecheck.batch.manifests import FOLDER, Mark, marks_folder, parts_folder, refuse_outside, write_mark
from posecheck.batch.pools import LocalPool, Pool
from posecheck.batch.recording_job import Job
from posecheck.batch.settings import Plan
from posecheck.batch.tables import Tables, write_tables
from posecheck.batch.work_items import Outcome, State
from posecheck.detect.models import Model
from posecheck.errors import OutputError, UsageError
from posecheck.records.files import check_writable, make_folder, writing


@dataclass(frozen=True, slots=True)
class Workers:
    """Who does the work: `jobs` processes here, or with `cluster` those of a Dask scheduler ("local": one here)."""

    jobs: int
    cluster: str | None = None

    def pool(self, job: Job) -> Pool:
        """Start them.

        Raises:
            PosecheckError: as for `ClusterPool`.
        """
        if self.cluster is None:
            return LocalPool(job, self.jobs)
        from posecheck.batch.cluster import ClusterPool

        return ClusterPool(job, self.cluster, self.jobs)


def core_count() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def prepare(out: Path, *, resume: bool, overwrite: bool = False) -> None:
    """Make the output folder ready, before any work.

    A folder with anything in it is taken only for a batch that was written to it before.

    Args:
        out: the output folder; it is made when missing.
        resume: go on with an earlier batch.
        overwrite: take the folder of an earlier batch without going on with it.

    Raises:
        UsageError: the folder holds something else, or an earlier batch that is not to be gone on with.
        OutputError: it is a file, or cannot be written.
    """
    with writing(out):
        if out.exists() and not out.is_dir():
            raise OutputError(f"{out} is a file: give a folder with --out")
        make_folder(out)
        ours = marks_folder(out).is_dir()
        if any(path.name != FOLDER or ours for path in out.iterdir()) and not (ours and (resume or overwrite)):
            if ours:
                raise UsageError(f"{out} holds an earlier batch: give --resume to go on with it, or another --out")
            raise UsageError(f"{out} is not empty, and no batch was written to it: give another folder with --out")
        refuse_outside(out, marks_folder(out))
        make_folder(out / FOLDER)
        shutil.rmtree(parts_folder(out), ignore_errors=True)  # left by one that was killed
    check_writable(out / "recordings.csv")


def run_batch(
    found: Found,
    plan: Plan,
    model: Model | None,
    workers: Workers,
    *,
    stop: Callable[[], bool] = lambda: False,
    show: Callable[[Tally, int], None] = lambda _tally, _running: None,
) -> tuple[Tally, Tables]:
    """Judge the recordings, and write the tables, also after a stop.

    Args:
        found: the recordings.
        plan: how they are judged, and the output folder, which `prepare` has made ready.
        model: the pose model; None when all recordings are tapes.
        workers: where the work is done.
        stop: says whether to begin nothing more.
        show: is told how things stand and how many recordings run, a few times a second.

    Returns:
        What came of the recordings, and the tables.

    Raises:
        PosecheckError: the workers cannot be had, or the tables cannot be written.
    """

    def lost(recording: Recording, error: BaseException) -> Outcome:
        problem = (
            f"its worker was lost again and again ({type(error).__name__}), most likely killed for memory: use fewer "
            "workers (--jobs), or a smaller recording"
        )
        write_mark(plan.out, recording, Mark(plan.key, recording.where, "", "", problem=problem, exit_code=LOST_CODE))
        return Outcome(recording, State.FAILED, problem=problem, exit_code=LOST_CODE)

    with workers.pool(Job(plan, model)) as pool:
        idle_from = workers.jobs if workers.cluster is None else 0  # a cluster's workers come and go
        tally = Dispatcher(pool, lost, stop, show, workers=idle_from).run(found.recordings, len(found.recordings))
    shutil.rmtree(parts_folder(plan.out), ignore_errors=True)
    return tally, write_tables(plan.out, found.recordings, plan.key)
