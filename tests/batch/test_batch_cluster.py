"""A real Dask scheduler with two workers, each a process of its own: one is killed in the middle, nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from posecheck import replay
from posecheck.batch.cluster import IN_FLIGHT, ClusterPool
from posecheck.batch.dispatcher import Dispatcher, Tally
from posecheck.batch.inputs import find_recordings
from posecheck.batch.manifests import read_mark
from posecheck.batch.run_batch import Workers, prepare, run_batch
from posecheck.batch.settings import Plan
from posecheck.detect.models import load_model
from posecheck.errors import DependencyError, UsageError
from posecheck.exercises import load_exercise
from posecheck.records.folders import data_dir
from tests.batch.batch_tasks import Scripted, recordings
from tests.batch.test_batch_pools import lost
from tests.waiting import PATIENCE_S, ending, until

distributed = pytest.importorskip("distributed", reason="needs posecheck[cluster]")
pytestmark = [
    pytest.mark.system,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning"),
]

ROOT = Path(__file__).resolve().parents[2]


def dask(folder: Path, name: str, *args: str) -> subprocess.Popen[bytes]:
    """A process of Dask, as the commands in the README start it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *args], cwd=folder, env=environment, stdout=log, stderr=log
        )


def free_port() -> int:
    """A port that nobody listens to."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler."""
    folder = tmp_path_factory.mktemp("scheduler")
    told = folder / "scheduler.json"  # written when it listens

    def address() -> str | None:
        assert process.poll() is None, (folder / "scheduler.log").read_text(encoding="utf-8")
        with suppress(OSError, ValueError):
            return str(json.loads(told.read_text(encoding="utf-8"))["address"])
        return None

    options = ("--host", "127.0.0.1", "--port", "0", "--dashboard-address", ":0", "--scheduler-file", str(told))
    with ending(dask(folder, "scheduler", "scheduler", *options)) as process:
        yield until(address, "the scheduler")


@pytest.fixture
def workers(scheduler: str, tmp_path: Path) -> Iterator[Sequence[subprocess.Popen[bytes]]]:
    """Two workers, each one process with one thread."""
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path / "dask"))
    command = ("worker", scheduler, "--host", "127.0.0.1", *options)
    with ExitStack() as opened:
        started = [opened.enter_context(ending(dask(tmp_path, f"worker{i}", *command))) for i in range(2)]
        with distributed.Client(scheduler, timeout=PATIENCE_S, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE_S)
        yield started


def test_a_killed_worker_loses_nothing(
    scheduler: str, workers: Sequence[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    """What it did is done by the other one; no more is handed over than two works a worker."""
    notes = tmp_path / "notes"
    notes.mkdir()
    names = [f"r{i}" for i in range(24)]
    running: list[int] = []

    def show(tally: Tally, count: int) -> None:
        running.append(count)
        begun = {path.suffix for path in notes.glob("*.begun.*")}
        if tally.done >= 5 and len(begun) == 2 and workers[0].poll() is None:
            os.kill(workers[0].pid, signal.SIGKILL)

    with ClusterPool(Scripted(notes, takes_s=0.1), scheduler, jobs=1, wait_s=PATIENCE_S) as pool:
        tally = Dispatcher(pool, lost, show=show).run(recordings(*names), len(names))
    until(lambda: workers[0].poll() is not None, "the end of the worker")
    assert (tally.judged, tally.failed) == (24, 0)
    assert {path.stem for path in notes.glob("*.done")} == set(names)
    assert max(running) <= IN_FLIGHT * 2
    hands = {path.suffix for path in notes.glob("*.begun.*")}
    assert len(hands) == 2  # both had worked


def test_a_worker_that_joins_later_works_too(
    scheduler: str, workers: Sequence[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    """It is sent the task with its model when it joins; while there is no worker, the batch waits."""
    notes = tmp_path / "notes"
    notes.mkdir()
    late: list[subprocess.Popen[bytes]] = []
    opened = ExitStack()

    def show(tally: Tally, _running: int) -> None:
        if tally.done >= 2 and not late:
            for worker in workers:
                worker.kill()
            options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
            late.append(opened.enter_context(ending(dask(tmp_path, "late", "worker", scheduler, *options))))

    with opened, ClusterPool(Scripted(notes, takes_s=0.05), scheduler, jobs=1, wait_s=PATIENCE_S) as pool:
        tally = Dispatcher(pool, lost, show=show).run(recordings(*(f"r{i}" for i in range(10))), 10)
    assert (tally.judged, tally.failed) == (10, 0)
    assert f".{late[0].pid}" in {path.suffix for path in notes.glob("*.begun.*")}


@pytest.mark.model
@pytest.mark.usefixtures("workers")
def test_a_cluster_gives_the_verdict_of_one_machine(scheduler: str, tmp_path: Path) -> None:
    """With the real model, on a real video: report, tape, marks and tables are those of a run without a cluster."""
    from tests.batch.test_batch import rows

    clip = shortened(data_dir("samples") / "knee_drops.mp4", tmp_path / "clips" / "drops.mp4", seconds=8.0)
    model, out = load_model(), tmp_path / "out"
    prepare(out, resume=False)
    plan = Plan(load_exercise("knee_drops"), out, "full", model.sha256, tapes=True)
    found = find_recordings([str(clip.parent)])
    tally, tables = run_batch(found, plan, model, Workers(1, scheduler))
    assert (tally.judged, tally.failed) == (1, 0)
    row = rows(tables.recordings)[0]
    alone = replay(clip, "knee_drops")
    assert (int(row["counted"]), int(row["frames"])) == (sum(alone.counts.values()), alone.frames)
    assert sum(alone.counts.values()) == 1
    mark = read_mark(out, found.recordings[0])
    assert mark is not None
    assert [name for name, _ in mark.outputs] == ["drops.json", "drops.jsonl.gz"]


def shortened(video: Path, target: Path, seconds: float) -> Path:
    """The first seconds of a video, as a file of its own."""
    from posecheck.capture.video_file import open_video
    from posecheck.draw.video_writer import VideoWriter

    target.parent.mkdir(parents=True, exist_ok=True)
    with open_video(video, end_s=seconds) as source, VideoWriter(target) as writer:
        for frame in source:
            writer.write(frame.image, frame.t)
    return target


def test_a_scheduler_that_is_not_there_is_told(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words say what to start: the scheduler, its workers; an address that is none is told as such."""
    wait = distributed.Client.wait_for_workers
    monkeypatch.setattr(
        distributed.Client, "wait_for_workers", lambda client, count, timeout: wait(client, count, timeout / PATIENCE_S)
    )
    for address, words, wait_s in (
        (f"tcp://127.0.0.1:{free_port()}", "no scheduler answers .* start one with `dask scheduler`", 1.0),
        ("nonsense://", "start one with|is no address", 1.0),
        (scheduler, "has no workers: start some with `dask worker", PATIENCE_S),  # it is there, however slow
    ):
        with pytest.raises(UsageError, match=words):
            ClusterPool(Scripted(Path()), address, jobs=1, wait_s=wait_s)
    assert threading.active_count() < 50


def test_without_dask_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DependencyError, match=r"pip install 'posecheck\[cluster\]'"):
        ClusterPool(Scripted(Path()), "tcp://127.0.0.1:1", jobs=1)
