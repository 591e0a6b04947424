"""Damaged and hostile files for every reader: how many end in a traceback, a hang, or too much memory.

    python -m benchmarks.fuzz                                  # 1,000 cases a reader, some minutes
    python -m benchmarks.fuzz --cases 10000 --out BENCHMARKS.md
    python -m benchmarks.fuzz --readers tape exercise --seed 7
    python -m benchmarks.fuzz --readers tape --case 4711       # this one alone, in this process, with its traceback

Each case is a good file that was changed: bits, bytes, lengths, whole parts; in JSON and TOML also values, by others of
any kind and size, and what is nested without end. Which changes is told by reader, seed and number of the case alone.
A worker reads them, as the commands do, and goes on with what it got. It may raise a PosecheckError, and nothing else.
One that takes more than 10 s is read once more, and counts when it takes as long again: a busy machine may stand still,
a hang comes again. Memory is that which the worker took at most, above what it had before.
A library in C may end the worker: that counts as a traceback, too.
"""

# ruff: noqa: T201  # a script: the table is its output

from __future__ import annotations

import argparse
import faulthandler
import gc
import json
import multiprocessing
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.fuzz_cases.mutations import mutated
from benchmarks.fuzz_cases.readers import READERS, Reader
from posecheck.errors import PosecheckError

HANG_S = 10.0
MEMORY_MB = 1000.0
_MAKE_S = 300.0  # a guess: to make the good files, or a case, on a busy machine
_MARK = "## Damaged and hostile files"
_PAGE = 4096


@dataclass(slots=True)
class Found:
    """What came of the cases of one reader."""

    cases: int = 0
    read: int = 0
    refused: int = 0
    tracebacks: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    large: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    most_mb: float = 0.0


def case_of(reader: Reader, seed: int, number: int) -> bytes:
    """The file of a case, told by these alone.

    Args:
        reader: who is to read it.
        seed: of the run.
        number: of the case.
    """
    chance = random.Random(f"{reader.name} {seed} {number}")
    return mutated(chance.choice(reader.seeds()), reader.form, chance)


def read_case(reader: Reader, data: bytes, folder: Path) -> bool:
    """Have a case read; whether it was taken for good.

    Args:
        reader: who is to read it.
        data: the content of the file.
        folder: an empty folder, where the file is put and the reader may write.

    Raises:
        Exception: the reader let through what is no PosecheckError.
    """
    path = folder / f"case{reader.suffix}"
    path.write_bytes(data)
    try:
        reader.read(path)
    except PosecheckError as error:
        if not str(error) or "\n" in str(error):
            raise AssertionError(f"the error is not one line: {error!r}") from error
        return False
    return True


def _peak_mb() -> float:
    """What this process took at most since `_forget_peak`."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _forget_peak() -> float:
    """Begin a new peak; what the process has now, in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1e6


def _work(name: str, seed: int, answers: Connection, numbers: Sequence[int]) -> None:
    """Read cases one by one, and tell of each; in a process of its own."""
    reader = READERS[name]
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libraries complain there
    folder = Path(tempfile.mkdtemp())
    reader.seeds()
    try:
        for number in numbers:
            data = case_of(reader, seed, number)
            answers.send(("begin", number))
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            before_mb, start, problem, good = _forget_peak(), time.perf_counter(), "", False
            try:
                good = read_case(reader, data, folder)
            except Exception as error:  # noqa: BLE001  # that is what is looked for
                last = traceback.extract_tb(error.__traceback__)[-1]
                problem = f"{type(error).__name__}: {str(error)[:80]} ({Path(last.filename).name}:{last.lineno})"
            took_s, more_mb = time.perf_counter() - start, _peak_mb() - before_mb
            answers.send(("end", number, good, problem, took_s, more_mb))
            if more_mb > MEMORY_MB / 2:
                gc.collect()
        answers.send(("done",))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_reader(name: str, seed: int, cases: int) -> Found:
    """Have all cases of a reader read, in workers that may be ended.

    Args:
        name: the reader.
        seed: of the run.
        cases: how many.
    """
    found, late = _run(name, seed, list(range(cases)))
    again, _ = _run(name, seed, late)
    found.hangs = again.hangs
    found.tracebacks += again.tracebacks
    found.large += again.large
    found.read, found.refused = found.read + again.read, found.refused + again.refused
    found.slowest_s = max(found.slowest_s, again.slowest_s)
    return found


def _run(name: str, seed: int, left: list[int]) -> tuple[Found, list[int]]:
    """Have these cases read; what came of them, and which took too long."""
    found, context = Found(), multiprocessing.get_context("forkserver")
    late: list[int] = []
    while left:
        mine, theirs = context.Pipe(duplex=False)
        worker = context.Process(target=_work, args=(name, seed, theirs, left), daemon=True)
        worker.start()
        theirs.close()
        current: int | None = None
        while True:
            try:
                # between two cases the next one is made, which is no reader's time
                answer = mine.recv() if mine.poll(HANG_S if current is not None else _MAKE_S) else None
            except EOFError:
                found.tracebacks.append(f"case {current}: the worker was ended, code {worker.exitcode}")
                break
            if answer is None:
                found.hangs.append(f"case {current}")
                late.append(left[0])
                break
            if answer[0] == "done":
                current, left = None, []
                break
            if answer[0] == "begin":
                current = answer[1]
                continue
            _, number, good, problem, took_s, more_mb = answer
            current, left = None, left[1:]
            found.cases += 1
            if took_s > HANG_S:
                found.hangs.append(f"case {number}: {took_s:.1f} s")
                late.append(number)
                continue
            found.read += good
            found.refused += not good and not problem
            found.slowest_s, found.most_mb = max(found.slowest_s, took_s), max(found.most_mb, more_mb)
            if problem:
                found.tracebacks.append(f"case {number}: {problem}")
            if more_mb > MEMORY_MB:
                found.large.append(f"case {number}: {more_mb:.0f} MB")
        worker.kill()
        worker.join()
        mine.close()
        if left:  # the worker was ended, by this case or while it made it
            found.cases += 1
            left = left[1:]
    return found, late


def table(results: dict[str, Found], seed: int) -> str:
    """The figures as a part of BENCHMARKS.md.

    Args:
        results: what came of each reader.
        seed: of the run.
    """
    most = max(one.cases for one in results.values())
    lines = [
        _MARK,
        "",
        f"`python -m benchmarks.fuzz --cases {most} --seed {seed} --out BENCHMARKS.md`:",
        "good files, changed by chance, for every reader. What is refused ends in one sentence.",
        f"To reach: no traceback, nothing above {HANG_S:.0f} s, nothing above {MEMORY_MB / 1000:.0f} GB.",
        "",
        "| reader | cases | read | refused | tracebacks | above 10 s | above 1 GB | slowest | most memory |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, one in results.items():
        lines.append(
            f"| {name} | {one.cases:,} | {one.read:,} | {one.refused:,} | {len(one.tracebacks)} | {len(one.hangs)} | "
            f"{len(one.large)} | {one.slowest_s:.2f} s | {one.most_mb:.0f} MB |"
        )
    return "\n".join(lines) + "\n"


def put_into(path: Path, part: str) -> None:
    """Write the figures into a file, in place of those of before, or at its end.

    Args:
        path: BENCHMARKS.md, for example.
        part: what `table` made.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    start = text.find(_MARK)
    if start < 0:
        path.write_text(f"{text.rstrip()}\n\n{part}".lstrip(), encoding="utf-8")
        return
    end = text.find("\n## ", start + 1)
    rest = "" if end < 0 else text[end:]
    path.write_text(text[:start] + part + rest, encoding="utf-8")


def part_of(path: Path) -> str:
    """The figures that a file has, to be kept when the rest of it is written anew; "" when it has none.

    Args:
        path: BENCHMARKS.md, for example.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    start = text.find(_MARK)
    if start < 0:
        return ""
    end = text.find("\n## ", start + 1)
    return text[start:] if end < 0 else text[start : end + 1]


def main() -> None:
    """Run the cases, and tell what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000, metavar="N", help="of each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readers", nargs="+", choices=list(READERS), default=list(READERS), metavar="NAME")
    parser.add_argument("--case", type=int, metavar="N", help="only this one, here")
    parser.add_argument("--keep", type=Path, metavar="F", help="with --case: write its file here, too")
    parser.add_argument("--out", type=Path, metavar="F.md", help="put the table into this file")
    given = parser.parse_args()
    if given.case is not None:
        reader = READERS[given.readers[0]]
        data = case_of(reader, given.seed, given.case)
        if given.keep:
            given.keep.write_bytes(data)
        with tempfile.TemporaryDirectory() as folder:
            print("read" if read_case(reader, data, Path(folder)) else "refused")
        return
    results = {}
    for name in given.readers:
        start = time.perf_counter()
        results[name] = found = run_reader(name, given.seed, given.cases)
        print(f"{name}: {json.dumps({'cases': found.cases, 'read': found.read, 'refused': found.refused})}", end=" ")
        print(f"in {time.perf_counter() - start:.0f} s", flush=True)
        for what in ("tracebacks", "hangs", "large"):
            for line in getattr(found, what)[:20]:
                print(f"    {what}: {line}", flush=True)
    print(table(results, given.seed))
    if given.out:
        put_into(given.out, table(results, given.seed))
    sys.exit(any(one.tracebacks or one.hangs or one.large for one in results.values()))


if __name__ == "__main__":
    main()
