"""Speed and memory of replay and judge, as ratios within one run; prints a table in Markdown.

    python -m benchmarks.replay                     # about eight minutes
    python -m benchmarks.replay --rounds 1 --seconds 5 --tape-minutes 10

Rates are medians of rounds that alternate between the ways that are compared, so that a busy machine slows all of them
alike; beside each stands its spread (lowest to highest). What a target asks for stands in the last column.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from posecheck.capture.video_file import open_video
from posecheck.detect.mediapipe_detector import Detector
from posecheck.detect.models import Model, load_model
from posecheck.detect.person_tracker import PersonTracker
from posecheck.draw.video_writer import VideoWriter
from posecheck.records import Pose
from posecheck.records.folders import data_dir
from posecheck.run import Outputs, TapeRun, VideoRun
from posecheck.tape import TapeWriter, read_tape
from posecheck.testing import half_kneeling, make_pose

ROOT = Path(__file__).resolve().parents[1]
EXERCISE = "ninety_ninety"
LEAST_REPLAY, LEAST_ANNOTATED, LEAST_JUDGED, MOST_HELP_S = 0.90, 0.75, 3000, 0.4
MOST_MADE_MS, MOST_HALF_HOUR_S = 0.1, 10.0  # a pose made to order; half an hour of tape judged on one core
MADE_POSES = 5000
MOST_FOLLOWING = 0.03  # of the detector's time
HELP_RUNS = 5
LOOPS = 3  # of the part, for memory over a long video
MEMORY_EVERY = 25  # frames between two looks at the memory
FRAME_S = 1 / 15
WARM_SHARE = 1 / 3  # of a run, in which memory may grow
MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    what: str
    figure: str
    spread: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast a way was: frames a second, and milliseconds of CPU time a frame."""

    fps: float
    cpu_ms: float


def bare(video: Path, model: Model, end_s: float, each: Callable[[Any], None] | None = None) -> int:
    """What anybody would write: read, convert, detect, in one thread; `each` gets what was found.

    Returns the number of frames.
    """
    import cv2
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=model.data), running_mode=vision.RunningMode.VIDEO
    )
    capture: Any = cv2.VideoCapture(str(video))
    frames = 0
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        while True:
            whole, image = capture.read()
            ms = round(capture.get(cv2.CAP_PROP_POS_MSEC))
            if not whole or ms >= end_s * 1000:
                break
            picture = mediapipe.Image(mediapipe.ImageFormat.SRGB, cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            found = landmarker.detect_for_video(picture, ms)
            if each is not None:
                each(found)
            frames += 1
    capture.release()
    return frames


def replayed(video: Path, model: Model, end_s: float, outputs: Outputs) -> int:
    """The same part through the whole of posecheck."""
    with VideoRun(video, EXERCISE, model, outputs, end_s=end_s) as run:  # as `posecheck replay` does
        return sum(1 for _ in run)


def rates_of(ways: dict[str, Callable[[], int]], rounds: int) -> dict[str, list[Rate]]:
    """Speed and cost of each way, in each round."""
    rates: dict[str, list[Rate]] = {name: [] for name in ways}
    for number in range(rounds):
        names = list(ways)
        for name in names if number % 2 == 0 else reversed(names):
            start, start_cpu = time.perf_counter(), time.process_time()
            frames = ways[name]()
            wall, cpu = time.perf_counter() - start, time.process_time() - start_cpu
            rates[name].append(Rate(frames / wall, 1000 * cpu / frames))
    return rates


def replay_rows(video: Path, folder: Path, rounds: int, seconds: float) -> list[Row]:
    """Rates of the bare loop, of replay, and of replay with annotation."""
    model = load_model()
    ways: dict[str, Callable[[], int]] = {
        "bare detector loop": lambda: bare(video, model, seconds),
        "replay": lambda: replayed(video, model, seconds, Outputs()),
        "replay with annotation": lambda: replayed(video, model, seconds, Outputs(annotate=folder / "seen.mp4")),
    }
    for way in ways.values():  # once unmeasured: files and libraries are loaded
        way()
    rates = rates_of(ways, rounds)
    least = dict(zip(ways, (None, LEAST_REPLAY, LEAST_ANNOTATED), strict=True))
    first = next(iter(ways))
    rows = []
    for name, found in rates.items():
        speeds, cpu_ms = [r.fps for r in found], [r.cpu_ms for r in found]
        rows.append(Row(name, f"{median(speeds):.1f} frames/s", spread_of(speeds)))
        rows.append(Row(f"{name}, CPU of all threads", f"{median(cpu_ms):.1f} ms/frame", spread_of(cpu_ms)))
        if least[name] is not None:
            ratios = [r.fps / b.fps for r, b in zip(found, rates[first], strict=True)]
            rows.append(Row(f"{name} / bare", f"{median(ratios):.3f}", spread_of(ratios, 3), f"≥ {least[name]:.2f}"))
    return rows


def following_row(video: Path, rounds: int, seconds: float) -> Row:
    """What following a person costs beyond the plain detector: CPU time over the same frames, turn by turn."""
    model = load_model()
    shares = []
    for _ in range(rounds):
        spent = [0.0, 0.0]
        with open_video(video, end_s=seconds) as source, Detector(model) as plain, PersonTracker(model) as follower:
            for frame in source:
                order = (0, 1) if frame.index % 2 == 0 else (1, 0)
                for way in order:
                    start = time.process_time()
                    (plain, follower)[way].detect(frame)
                    spent[way] += time.process_time() - start
        shares.append(spent[1] / spent[0] - 1.0)
    return Row(
        "following / plain detector, CPU, one person",
        f"{median(shares):+.1%}",
        f"{min(shares):+.1%} to {max(shares):+.1%}",
        f"≤ {MOST_FOLLOWING:.0%}",
    )


class Judging:
    """Poses a second of judging, on one core, and its peak memory, on a short and on a long tape.

    Each `run` judges both once, in processes of their own; by `plain_python`, a Python that was built without
    optimisation, the long one too. Other guests of a machine slow it for minutes: so runs are spread over all of a
    benchmark.
    """

    def __init__(
        self, video: Path, folder: Path, seconds: float, minutes: float, plain_python: Path | None = None
    ) -> None:
        once, short, long = (folder / f"{name}.jsonl" for name in ("once", "short", "long"))
        replayed(video, load_model(), seconds, Outputs(tape=once))
        write_looped(once, short, minutes * 60 / 6)
        write_looped(once, long, minutes * 60)
        lengths = f"{minutes / 6:.2g} min", f"{minutes:g} min"
        self._ways: dict[str, tuple[Path, Path | str]] = {
            f"judge, {lengths[0]}": (short, sys.executable),
            f"judge, {lengths[1]}": (long, sys.executable),
        }
        if plain_python:
            self._ways[f"judge, {lengths[1]}, by a Python built without optimisation"] = long, plain_python
        self._found: dict[str, list[dict[str, Any]]] = {way: [] for way in self._ways}

    def run(self) -> None:
        """Judge each tape once more."""
        for way, (tape, python) in self._ways.items():
            self._found[way].append(child("judge", tape, python))

    def rows(self, goal: int = LEAST_JUDGED) -> list[Row]:
        """The lines of the table."""
        rates = {way: [one["poses"] / one["cpu_s"] for one in found] for way, found in self._found.items()}
        ours = [way for way, (_, python) in self._ways.items() if python == sys.executable]
        half_hour = [30 * 60 / FRAME_S / rate for rate in rates[ours[-1]]]
        peaks = " and ".join(f"{max(one['peak_mb'] for one in self._found[way]):.0f}" for way in ours)
        return [
            *(
                Row(
                    f"{way}, a second of CPU",
                    f"{median(found):.0f} poses",
                    spread_of(found, 0),
                    f"≥ {goal}" if way in ours else "",
                )
                for way, found in rates.items()
            ),
            Row(
                f"judge, a tape of 30 min at {1 / FRAME_S:.0f} poses/s, CPU",
                f"{median(half_hour):.1f} s",
                spread_of(half_hour),
                f"≤ {MOST_HALF_HOUR_S:g} s",
            ),
            Row("judge, peak memory of the first and the second", f"{peaks} MiB", "", "flat"),
        ]


def made_row(rounds: int) -> Row:
    """CPU time of a pose made to order, body and camera included."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        for number in range(MADE_POSES):
            make_pose(half_kneeling("right", hips_forward=number % 20), number / 15)
        times.append(1000 * (time.process_time() - start) / MADE_POSES)
    return Row("a pose made to order, CPU", f"{median(times):.3f} ms", spread_of(times, 3), f"≤ {MOST_MADE_MS:g} ms")


def write_looped(tape: Path, target: Path, seconds: float) -> None:
    """A tape repeated with rising time until it is `seconds` long."""
    with read_tape(tape) as source:
        header, poses = source.header, list(source)
    length = poses[-1].t + FRAME_S
    with TapeWriter(target, header) as writer:
        for pose in _looped(poses, length, seconds):
            writer.write(pose)


def _looped(poses: Iterable[Pose], length: float, seconds: float) -> Iterator[Pose]:
    times = 0
    while times * length < seconds:
        yield from (replace(pose, t=pose.t + times * length) for pose in poses if pose.t + times * length < seconds)
        times += 1


def memory_rows(video: Path, folder: Path, seconds: float) -> list[Row]:
    """Growth of memory while a long video is replayed, after the first third of it."""
    long = folder / "long.mp4"
    with VideoWriter(long) as writer:
        for loop in range(LOOPS):
            with open_video(video, end_s=seconds) as source:
                for frame in source:
                    writer.write(frame.image, frame.t + loop * seconds)
    found = child("replay", long)["memory_mb"]
    warm = found[int(len(found) * WARM_SHARE) :]
    what = f"replay, memory over {LOOPS * seconds:g} s of video"
    return [
        Row(what, f"{warm[-1] - warm[0]:+.1f} MiB after the first third", f"{min(warm):.0f}–{max(warm):.0f}", "flat")
    ]


def help_row(most_s: float = MOST_HELP_S) -> Row:
    """Wall time of `posecheck --help`."""
    times = []
    for _ in range(HELP_RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "posecheck", "--help"], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return Row("posecheck --help", f"{median(times):.2f} s", spread_of(times, 2), f"≤ {most_s} s")


def child(task: str, path: Path, python: Path | str = sys.executable) -> dict[str, Any]:
    """Run a task in a process of its own and read what it measured."""
    call = [python, "-m", "benchmarks.replay", "--child", task, path.resolve()]
    done = subprocess.run(call, check=True, cwd=ROOT, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def run_child(task: str, path: Path) -> dict[str, Any]:
    """Measure in this process: it does nothing else."""
    if task == "judge":
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        start = time.process_time()
        with TapeRun(path, EXERCISE) as run:  # as `posecheck judge` does
            poses = sum(1 for _ in run)
            run.summary()
        return {"poses": poses, "cpu_s": time.process_time() - start, "peak_mb": peak_mb()}
    memory = []
    with VideoRun(path, EXERCISE, load_model()) as video:
        for count, _ in enumerate(video):
            if count % MEMORY_EVERY == 0:
                memory.append(memory_mb())
    return {"memory_mb": memory}


def peak_mb() -> float:
    """Most resident memory so far; Linux only. Not ru_maxrss: a child inherits that from its parent."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def memory_mb() -> float:
    """Resident memory now; Linux only."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEBIBYTE


def spread_of(values: list[float], digits: int = 1) -> str:
    return f"{min(values):.{digits}f}–{max(values):.{digits}f}"


def load_average() -> str:
    return ", ".join(f"{x:.1f}" for x in os.getloadavg()) + f" on {os.cpu_count()} cores"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each measurement (default: 3)")
    parser.add_argument("--seconds", type=float, default=20, help="how much of the sample is used (default: 20)")
    parser.add_argument("--tape-minutes", type=float, default=60, help="length of the long tape (default: 60)")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        sys.stdout.write(json.dumps(run_child(args.child[0], Path(args.child[1]))))
        return
    video = data_dir("samples") / f"{EXERCISE}.mp4"
    before = load_average()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [help_row(), made_row(args.rounds), *replay_rows(video, folder, args.rounds, args.seconds)]
        rows.append(following_row(data_dir("samples") / "side_bend.mp4", args.rounds, 6 * args.seconds))
        judging = Judging(video, folder, args.seconds, args.tape_minutes)
        for _ in range(args.rounds):
            judging.run()
        rows += judging.rows()
        rows += memory_rows(video, folder, args.seconds)
    lines = ["| what | median | lowest–highest | target |", "|---|---|---|---|"]
    lines += [f"| {r.what} | {r.figure} | {r.spread} | {r.target} |" for r in rows]
    sys.stdout.write("\n".join([*lines, "", f"Load average before: {before}; after: {load_average()}.", ""]))


if __name__ == "__main__":
    main()
