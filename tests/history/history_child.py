"""Children of the database's tests: run as a program, they write sets and are killed, or write beside each other.

python -m tests.history.history_child kill PATH ROUNDS     forks a writer so many times and kills it while it writes
python -m tests.history.history_child write PATH SEED      writes 30 sets, each of them several times
python -m tests.history.history_child save PATH            saves a recording when a line comes in; says if it is new
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from posecheck.errors import OutputError
from posecheck.history.records import KeptSet, SetState, new_uid
from posecheck.history.store import open_history
from posecheck.synthetic.history import kept, made_up_sets

FIRST = kept(made_up_sets(1, seed=3)[0], trace="{}")  # its holds are added one by one


def so_far(uid: str, holds: int) -> KeptSet:
    """A set of which so many holds are logged."""
    summary = FIRST.summary
    repetition = summary.repetitions[0]
    repetitions = tuple(replace(repetition, number=n + 1) for n in range(holds))
    medians = tuple(replace(FIRST.repetitions[0], number=n + 1) for n in range(holds))
    return replace(
        FIRST,
        uid=uid,
        state=SetState.RUNNING,
        summary=replace(summary, repetitions=repetitions),
        repetitions=medians,
        trace='{"holds":%d,"filler":"%s"}' % (holds, "0123456789" * 400),  # noqa: UP031  # braces
    )


def kill(path: Path, rounds: int) -> None:
    """Print for each round how many holds were said to be kept, and how many are there after kill -9."""
    chance = random.Random(1)
    for number in range(rounds):
        said, there = os.pipe()
        child = os.fork()
        if child == 0:
            _write_for_ever(path, f"round {number}", there)
        os.close(there)
        kept_holds = os.read(said, 1)  # the first is kept: from now on it is in the middle of writing
        time.sleep(chance.uniform(0, 0.006))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while more := os.read(said, 4096):
            kept_holds += more
        os.close(said)
        with open_history(path, write=True) as history:  # would tell of damage
            assert history.said is None, history.said
            found = history.get(history.ids()[-1])
            whole = found == so_far(f"round {number}", len(found.summary.repetitions))
            print(len(kept_holds), len(found.summary.repetitions), int(whole), flush=True)  # noqa: T201


def _write_for_ever(path: Path, uid: str, told: int) -> None:
    with open_history(path, write=True) as history:
        holds = 0
        while True:
            holds += 1
            history.put(so_far(uid, holds))
            os.write(told, b".")


def write(path: Path, seed: str) -> None:
    """Write 30 sets, each hold by hold."""
    with open_history(path, write=True) as history:
        for number in range(30):
            for holds in range(1, 4):
                history.put(so_far(f"{seed} {number}", holds))


def save(path: Path) -> None:
    """Save a recording under a name of its own, as soon as a line comes in."""
    kept = replace(FIRST, uid=new_uid(), recording="one file")
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    with open_history(path, write=True) as history:
        print(history.save(kept)[1])  # noqa: T201


def fill(path: Path) -> None:
    """Write until it fails; print how many sets were said to be kept, how many are there, and the error's words."""
    said, words = 0, ""
    try:
        with open_history(path, write=True) as history:
            for number in range(10_000):
                history.put(so_far(f"set {number}", 3))
                said += 1
    except OutputError as error:
        words = str(error)
    with open_history(path) as history:
        there = sum(history.get(i) == so_far(f"set {n}", 3) for n, i in enumerate(history.ids()))
    print(said, there, words, sep="\n")  # noqa: T201


if __name__ == "__main__":
    what, where, *rest = sys.argv[1:]
    if what == "kill":
        kill(Path(where), int(rest[0]))
    elif what == "write":
        write(Path(where), rest[0])
    elif what == "save":
        save(Path(where))
    else:
        fill(Path(where))
