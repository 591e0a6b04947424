"""How long a long history takes to open: five years, 10,000 sets with their plots; prints a table in Markdown.

    python -m benchmarks.history                # about two minutes, most of them to make the sets
    python -m benchmarks.history --sets 1000

Times are medians of rounds, of a fresh process for the commands, of a request to a running server for the pages; beside
each stand its spread (lowest to highest) and the CPU time, which is what it would take with nothing else to do.
"""

# ruff: noqa: T201  # a script: the table is its output

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from posecheck import Session, load_exercise
from posecheck.history.store import open_history
from posecheck.judging.trace import TraceRecorder
from posecheck.records import Pose
from posecheck.serve import server
from posecheck.synthetic.history import kept, made_up_sets
from posecheck.testing import knee_drops_set, ninety_ninety_set, noisy, side_bend_set

DAYS = 2000  # on most of them six sets
MOST_S = 1.0
AT_ONCE = 500  # sets in one transaction
MEBIBYTE = 1 << 20
_MADE: dict[str, Callable[..., list[Pose]]] = {
    "ninety_ninety": ninety_ninety_set,
    "side_bend": side_bend_set,
    "knee_drops": knee_drops_set,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        count, put_ms = fill(path, args.sets)
        print(f"{count} sets of more than five years, {path.stat().st_size / MEBIBYTE:.0f} MiB\n")
        print("| what | median | spread | CPU | at most |\n|---|---|---|---|---|")
        print(f"| keep a set, a transaction of its own | {put_ms:.0f} ms | | | |")
        for name, act in commands(path, Path(folder)).items():
            print(row(name, timed(act, args.rounds)))
        with served(path) as address:
            for page in ("", f"?page={count // 50}", "progress", f"set/{count // 2}"):
                print(row(f"serve: /{page}", timed(partial(fetch, address + page), args.rounds)))


def fill(path: Path, sets: int) -> tuple[int, float]:
    """Make the history; how many sets it has, and how long the last one took to be written, in milliseconds."""
    last = date.today() - timedelta(days=1)
    figures = made_up_sets(DAYS, last, a_day=2)[-sets:]
    traces = {name: trace_of(name) for name in _MADE}
    with open_history(path, write=True) as history:
        for start in range(0, len(figures), AT_ONCE):
            history.put(*(kept(one, traces[one.exercise]) for one in figures[start : start + AT_ONCE]))
        began = time.perf_counter()
        history.put(kept(figures[-1], traces[figures[-1].exercise]))
        return history.count(), (time.perf_counter() - began) * 1000


def trace_of(name: str) -> str:
    """What a report draws of a made set with noise, at 15 frames a second."""
    exercise = load_exercise(name)
    session, recorder = Session(exercise, "camera 0"), TraceRecorder(exercise, from_first=True)
    for pose in noisy(_MADE[name](fps=15)):
        recorder.update(session.feed(pose))
    recorder.note(session.finish())
    return recorder.trace(session.summary()).to_json()


def commands(path: Path, folder: Path) -> dict[str, Callable[[], object]]:
    """The commands, each in a process of its own, and how long a Python that does nothing but load itself takes."""

    def command(*args: str) -> Callable[[], object]:
        call = [sys.executable, "-m", "posecheck", *args]
        return lambda: subprocess.run(call, check=True, capture_output=True)

    db = ("--db", str(path))
    return {
        "posecheck --help, for scale": command("--help"),
        "posecheck history": command("history", *db),
        "posecheck progress": command("progress", "-o", str(folder / "p.html"), *db),
        "posecheck report (the last set)": command("report", "-o", str(folder / "r.html"), *db),
    }


@contextmanager
def served(path: Path) -> Iterator[str]:
    """The address of a running server."""
    token, app = server.application(path)
    with server.listening(0) as listener:
        running = server.server_of(app)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/{token}/"
        running.should_exit = True
        thread.join()


def fetch(address: str) -> None:
    """Ask for a page, and read it."""
    parts = urlsplit(address)
    with closing(http.client.HTTPConnection(parts.netloc, timeout=60)) as connection:
        connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{address}: {answer.status}")


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds that passed, and seconds of CPU time that this process and its children took."""

    wall_s: float
    cpu_s: float


def timed(act: Callable[[], object], rounds: int) -> list[Round]:
    """Each round, after one that does not count."""
    act()
    times = []
    for _ in range(rounds):
        before, began = os.times(), time.perf_counter()
        act()
        wall, after = time.perf_counter() - began, os.times()
        times.append(Round(wall, sum(after[:4]) - sum(before[:4])))
    return times


def row(name: str, rounds: list[Round]) -> str:
    """A line of the table."""
    walls, cpu = [one.wall_s for one in rounds], median(one.cpu_s for one in rounds)
    spread = f"{min(walls):.2f} to {max(walls):.2f}"
    return f"| {name} | {median(walls):.2f} s | {spread} | {cpu:.2f} s | {MOST_S:.0f} s |"


if __name__ == "__main__":
    main()
