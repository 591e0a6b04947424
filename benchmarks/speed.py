"""Speed and memory, as ratios within one run; writes the tables of BENCHMARKS.md.

    python -m benchmarks.speed --out BENCHMARKS.md              # eight to nine minutes on two idle cores
    python -m benchmarks.speed --rounds 1 --seconds 5 --short   # a look, under two minutes
    python -m benchmarks.speed --peer                           # beside another program, too, got from PyPI

Ways that are compared take turns within each round, so that a busy machine slows all of them alike; the median of the
rounds is given, beside it the lowest and the highest. On a machine with more cores it keeps to `--cores` of them.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.fuzz import part_of
from benchmarks.peer import peer_rows
from benchmarks.replay import (
    EXERCISE,
    MEBIBYTE,
    Judging,
    Row,
    bare,
    help_row,
    load_average,
    memory_mb,
    peak_mb,
    rates_of,
    spread_of,
)
from posecheck import replay
from posecheck.batch.dispatcher import Dispatcher
from posecheck.batch.inputs import Recording, find_recordings
from posecheck.batch.long_recording import replay_in_pieces
from posecheck.batch.pools import LocalPool
from posecheck.batch.recording_job import Job
from posecheck.batch.run_batch import Workers, prepare, run_batch
from posecheck.batch.settings import Plan
from posecheck.batch.work_items import Outcome, State, Work
from posecheck.capture.film_options import FilmOptions
from posecheck.capture.video_file import open_video
from posecheck.detect.mask_removal import without_mask
from posecheck.detect.models import Model, load_model
from posecheck.draw.video_writer import VideoWriter
from posecheck.exercises import load_exercise
from posecheck.records import Summary
from posecheck.records.folders import data_dir
from posecheck.run import Outputs, VideoRun

LEAST_PIPELINE, LEAST_SPLIT, LEAST_SCALING, LEAST_JUDGED = 0.97, 1.6, 0.925, 3_000
LEAST_REPLAY = {15.0: 1.5, 30.0: 2.9, 60.0: 5.0}  # of the bare loop, by the film's frames a second, at 640 x 480
LEAST_HD = 2.5  # of the bare loop, 1920 x 1080 at 30 frames a second
MOST_WORKER_MB, MOST_HELP_S, MOST_FIRST_S = 400, 0.25, 1.2
CLIPS_A_WORKER = 4
SIMULATED = 10_000
FIRST_RUNS = 5
HD = (1920, 1080)
WARM_SHARE = 1 / 3  # of a run, in which memory may grow


# ---- the ways that are compared


def everybodys(video: Path, model: Model, end_s: float) -> int:
    """The loop that everybody writes: OpenCV, MediaPipe, and an angle with numpy, in one thread."""
    angles: list[float] = []

    def knee(result: Any) -> None:
        if result.pose_landmarks:
            hip, joint, ankle = (np.array([p.x, p.y]) for p in (result.pose_landmarks[0][i] for i in (23, 25, 27)))
            u, v = hip - joint, ankle - joint
            angles.append(float(np.degrees(np.arccos(u @ v / (np.linalg.norm(u) * np.linalg.norm(v))))))

    return bare(video, model, end_s, each=knee)


def pipelined(video: Path, model: Model, end_s: float) -> int:
    """Posecheck's reader and the model without its mask, reading in a second thread, and nothing else."""
    import cv2
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=without_mask(model.data)), running_mode=vision.RunningMode.VIDEO
    )
    frames = 0
    with open_video(video, end_s=end_s) as source, vision.PoseLandmarker.create_from_options(options) as landmarker:
        for frame in source:
            picture = mediapipe.Image(mediapipe.ImageFormat.SRGB, cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB))
            landmarker.detect_for_video(picture, round(frame.t * 1000))
            frames += 1
    return frames


def ratio_rows(ways: dict[str, Callable[[], int]], rounds: int, yardstick: str, least: dict[str, float]) -> list[Row]:
    """Frames a second of each way, and what it is of the yardstick, which ran in the same round."""
    rates = rates_of(ways, rounds)
    rows = []
    for name, found in rates.items():
        speeds = [r.fps for r in found]
        rows.append(Row(name, f"{median(speeds):.1f} frames/s", spread_of(speeds)))
        if name != yardstick:
            ratios = [r.fps / b.fps for r, b in zip(found, rates[yardstick], strict=True)]
            target = f"≥ {least[name]:.2f}" if name in least else ""
            rows.append(Row(f"… / {yardstick}", f"{median(ratios):.3f}", spread_of(ratios, 3), target))
    return rows


def one_rows(video: Path, model: Model, rounds: int, seconds: float) -> list[Row]:
    """One recording, one landmarker, every frame judged."""
    ways: dict[str, Callable[[], int]] = {
        "reading and detection alone": lambda: pipelined(video, model, seconds),
        "the loop everybody writes": lambda: everybodys(video, model, seconds),
        "replay of every frame": lambda: judged(video, model, seconds, FilmOptions(rate="all")),
    }
    for way in ways.values():  # once unmeasured: files and libraries are loaded
        way()
    return ratio_rows(ways, rounds, "reading and detection alone", {"replay of every frame": LEAST_PIPELINE})


def judged(video: Path, model: Model, end_s: float, options: FilmOptions) -> int:
    """The same part through the whole of posecheck; the number of judged frames."""
    with VideoRun(video, EXERCISE, model, end_s=end_s, options=options) as run:
        return sum(1 for _ in run.steps())


def film_rows(video: Path, model: Model, rounds: int, seconds: float) -> list[Row]:
    """Films as phones make them, as `posecheck replay` reads them, beside a loop that looks at every frame."""
    rows = []
    kinds = [(fps, None, least) for fps, least in LEAST_REPLAY.items()] + [(30.0, HD, LEAST_HD)]
    with tempfile.TemporaryDirectory() as folder:
        for fps, size, least in kinds:
            film = refilmed(video, Path(folder, f"{fps:g}.mp4"), seconds, fps, size)
            what = f"{'640 x 480' if size is None else '1920 x 1080'}, {fps:g} frames a second"
            rows += film_ratio_rows(film, model, rounds, what, least)
    return rows


def film_ratio_rows(film: Path, model: Model, rounds: int, what: str, least: float) -> list[Row]:
    """Frames of one film a second, and the ratio of the two ways."""
    all_of_it = float("inf")
    frames = bare(film, model, all_of_it)  # the first run is not measured

    def replay_of_it() -> int:
        judged(film, model, all_of_it, FilmOptions())
        return frames  # of the film, not those that were looked at

    replay_of_it()
    bare_loop, replay_it = f"bare loop, {what}", f"posecheck replay, {what}"
    ways: dict[str, Callable[[], int]] = {bare_loop: lambda: bare(film, model, all_of_it), replay_it: replay_of_it}
    return ratio_rows(ways, rounds, bare_loop, {replay_it: least})


def refilmed(
    video: Path, target: Path, seconds: float, fps: float | None = None, size: tuple[int, int] | None = None
) -> Path:
    """The first seconds of a video as a file, in another size or at more frames a second where asked for.

    Frames in between are mixed from their neighbours.
    """
    import cv2

    def resized(image: Any) -> Any:
        return cv2.resize(image, size) if size else image

    with open_video(video, end_s=seconds) as source, VideoWriter(target) as writer:
        before: Any = None
        rate = fps or source.fps
        steps = round(rate / source.fps)  # from one frame to the next
        for frame in source:
            for k in range(1, steps):
                if before is not None:
                    mixed = cv2.addWeighted(before, 1 - k / steps, frame.image, k / steps, 0.0)
                    writer.write(resized(mixed), frame.t - (steps - k) / rate)
            writer.write(resized(frame.image), frame.t)
            before = frame.image
    return target


def split_rows(video: Path, model: Model, rounds: int, cores: int) -> list[Row]:
    """One recording of two minutes, cut over the cores; the start of the workers is part of it."""
    exercise = load_exercise(EXERCISE)
    verdicts: list[Summary] = []

    def pieces() -> int:
        found = replay_in_pieces(video, exercise, model, Outputs(), cores)
        if found is None:
            raise SystemExit("the sample was not judged in pieces: no figure")
        verdicts.append(found[0])
        return found[0].frames

    ways: dict[str, Callable[[], int]] = {
        "reading and detection alone, 130 s": lambda: pipelined(video, model, 1e6),
        f"posecheck replay --jobs {cores}, 130 s": pieces,
    }
    least = {f"posecheck replay --jobs {cores}, 130 s": LEAST_SPLIT}
    rows = ratio_rows(ways, rounds, "reading and detection alone, 130 s", least)
    return [*rows, same_row(replay(video, exercise), verdicts[-1])]


def same_row(whole: Summary, pieces: Summary) -> Row:
    """Whether the verdict in pieces is that of the whole."""
    words, times = difference(whole, pieces)
    figure = f"{'ANOTHER' if words else 'the same'}, times within {times:.2f} s"
    return Row("verdict in pieces, beside that of the whole", figure, "", "the same")


def difference(whole: Summary, pieces: Summary) -> tuple[str, float]:
    """What of the verdict differs, in words (empty: nothing), and by how much times do, in seconds."""
    both = list(zip(whole.repetitions, pieces.repetitions, strict=False))
    times = [abs(x - y) for a, b in both for x, y in ((a.start_s, b.start_s), (a.end_s, b.end_s), (a.held_s, b.held_s))]
    listed = ["; ".join(f"{r.group} {r.reason or 'counted'}" for r in one.repetitions) for one in (whole, pieces)]
    return "" if listed[0] == listed[1] else f"{listed[0]} | {listed[1]}", max(times, default=0.0)


def batch_rows(video: Path, model: Model, rounds: int, seconds: float, cores: int) -> list[Row]:
    """The same recordings with one worker, and with as many as there are cores; their start is part of it."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        clips = Path(name) / "clips"
        clips.mkdir()
        first = refilmed(video, clips / "0.mp4", seconds)
        for number in range(1, CLIPS_A_WORKER * cores):
            (clips / f"{number}.mp4").write_bytes(first.read_bytes())
        found = find_recordings([str(clips)])

        def batch(workers: int) -> int:
            with tempfile.TemporaryDirectory(dir=name) as out:
                prepare(Path(out), resume=False)
                plan = Plan(load_exercise(EXERCISE), Path(out), model.name, model.sha256)
                tally, _ = run_batch(found, plan, model, Workers(workers))
                if tally.failed:
                    raise SystemExit(f"not judged: {tally.failures[0][1]}")
                return tally.frames

        rows += machine_rows(video, model, rounds, seconds, cores)
        one, all_cores = "posecheck batch --jobs 1", f"posecheck batch --jobs {cores}"
        least = {all_cores: LEAST_SCALING * cores}
        rows += ratio_rows({one: lambda: batch(1), all_cores: lambda: batch(cores)}, rounds, one, least)
    return rows


def machine_rows(video: Path, model: Model, rounds: int, seconds: float, cores: int) -> list[Row]:
    """What the machine itself allows: bare detectors in as many processes as there are cores, beside one alone."""
    with ProcessPoolExecutor(cores, multiprocessing.get_context("spawn")) as pool:

        def at_once(processes: int) -> int:
            works = [pool.submit(bare, video, model, seconds) for _ in range(processes)]
            return sum(work.result() for work in works)

        at_once(cores)  # libraries are loaded
        one, all_cores = "bare detector, one process", f"bare detector, {cores} processes at once"
        return ratio_rows({one: lambda: at_once(1), all_cores: lambda: at_once(cores)}, rounds, one, {})


# ---- memory, and the start


@dataclass(frozen=True)
class Measuring:
    """A job that tells the peak memory of its worker where a rate of frames would stand."""

    job: Job

    def warm_up(self) -> None:
        self.job.warm_up()

    def __call__(self, work: Work) -> Outcome:
        outcome = self.job(work)
        return Outcome(work.recording, outcome.state, frames=round(peak_mb()), problem=outcome.problem)


class Simulated:
    """A job that does nothing."""

    def warm_up(self) -> None:
        """Nothing to load."""

    def __call__(self, work: Work) -> Outcome:
        return Outcome(work.recording, State.JUDGED, frames=1000)


def memory_rows(video: Path, model: Model, seconds: float) -> list[Row]:
    """Most memory of a worker over recordings of 1080p, and growth of the parent over many recordings."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        big = [refilmed(video, Path(name, f"{i}.mp4"), seconds, size=HD) for i in range(2)]
        for what, annotate in (("", False), (", with --annotate --tapes", True)):
            out = Path(name, f"out{annotate}")
            prepare(out, resume=False)
            plan = Plan(load_exercise(EXERCISE), out, model.name, model.sha256, tapes=annotate, annotate=annotate)
            peaks: list[int] = []
            with LocalPool(Measuring(Job(plan, model)), 1) as pool:
                for number, path in enumerate(big):
                    outcome = pool.submit(Work(Recording(str(path), str(number)))).result()
                    if outcome.problem:
                        raise SystemExit(outcome.problem)
                    peaks.append(outcome.frames)
            figures = " and ".join(f"{peak}" for peak in peaks)
            rows.append(
                Row(f"peak memory of a worker, 1080p{what}", f"{peaks[-1]} MiB", figures, f"≤ {MOST_WORKER_MB}")
            )
    rows.append(parent_row())
    return rows


def parent_row() -> Row:
    """Memory of the parent while it hands out simulated recordings."""
    memory: list[float] = []

    def source() -> Iterator[Recording]:
        for number in range(SIMULATED):
            if number % 100 == 0:
                memory.append(memory_mb())
            yield Recording(f"/nowhere/{number}.mp4", f"{number}")

    start = time.perf_counter()
    with LocalPool(Simulated(), 2) as pool:
        tally = Dispatcher(pool, lambda r, e: Outcome(r, State.FAILED, problem=str(e))).run(source(), SIMULATED)
    took = time.perf_counter() - start
    warm = memory[int(len(memory) * WARM_SHARE) :]
    what = f"parent, {tally.judged:,} simulated recordings ({tally.judged / took:,.0f}/s)"
    growth = f"{warm[-1] - warm[0]:+.1f} MiB after the first third"
    return Row(what, growth, f"{min(warm):.0f}–{max(warm):.0f}", "flat")


def first_row(video: Path) -> Row:
    """From the start of a process to the first frame that is judged."""
    code = (
        "import sys; from posecheck.detect.models import load_model; from posecheck.run import VideoRun\n"
        f"with VideoRun(sys.argv[1], {EXERCISE!r}, load_model()) as run: next(iter(run))\n"
    )
    times = []
    for _ in range(FIRST_RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code, str(video)], check=True)
        times.append(time.perf_counter() - start)
    return Row(
        "first result of a replay, after start", f"{median(times):.2f} s", spread_of(times, 2), f"≤ {MOST_FIRST_S} s"
    )


# ---- the page

PEERS = """
## Other programs

No package was found that does this job: position, holds and repetitions from a recording. Two do a part of it.
[cvzone](https://pypi.org/project/cvzone/) gives an angle in a frame; `--peer` measures release 1.6.1, as those from 2.0
on fetch a model when they start. [Sports2D](https://pypi.org/project/sports2d/) 0.8.34 gives angles from a video. It
installs from PyPI (66 packages, 2 GB), but fetches its person detector and pose model from servers of its own when it
runs. On a machine that cannot reach them, as this one, `sports2d --video_input knee_drops.mp4` ends with "Pose
estimation failed", so there is no figure for it.
"""


def machine() -> str:
    """What was measured on."""
    names = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    cpu = names[0].partition(":")[2].strip() if names else platform.processor()
    memory = next((int(line.split()[1]) / MEBIBYTE for line in _lines("/proc/meminfo") if "MemTotal" in line), 0.0)
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("posecheck", "mediapipe", "opencv-python", "numpy", "av")
    )
    return (
        f"{platform.system()} {platform.machine()}, {cpu}, {os.cpu_count()} cores, {memory:.0f} GiB; "
        f"Python {platform.python_version()} ({platform.python_compiler()}), {libraries}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []


def table(title: str, rows: list[Row]) -> str:
    """A section of the page."""
    lines = [f"## {title}", "", "| what | median | lowest–highest | target |", "|---|---|---|---|"]
    lines += [f"| {r.what} | {r.figure} | {r.spread} | {r.target} |" for r in rows]
    return "\n".join(lines)


def _beside_peer(video: Path, model: Model, rounds: int, seconds: float) -> list[Row]:
    yardstick = "reading and detection alone"

    def bare_rate() -> float:
        return rates_of({yardstick: lambda: pipelined(video, model, seconds)}, 1)[yardstick][0].fps

    return peer_rows(video, bare_rate, rounds, seconds)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each measurement (default: 3)")
    parser.add_argument("--seconds", type=float, default=15, help="length of the recordings compared (default: 15)")
    parser.add_argument("--cores", type=int, default=2, help="cores to use (default: 2)")
    parser.add_argument("--short", action="store_true", help="leave out what takes minutes: the split recording")
    parser.add_argument("--peer", action="store_true", help="measure cvzone, too; the first time it is got from PyPI")
    parser.add_argument(
        "--plain-python",
        type=Path,
        metavar="PYTHON",
        help="judge with this one, too: a Python that was built without optimisation, as pyenv does",
    )
    parser.add_argument("--out", type=Path, help="write the page here, too")
    args = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: args.cores]))
    video, model, before = data_dir("samples") / f"{EXERCISE}.mp4", load_model(), load_average()
    start = time.perf_counter()
    sections: list[tuple[str, Callable[[], list[Row]]]] = [
        ("Films as phones make them", lambda: film_rows(video, model, args.rounds, args.seconds)),
        ("One recording, one core's landmarker", lambda: one_rows(video, model, args.rounds, args.seconds)),
        ("Many recordings", lambda: batch_rows(video, model, min(2, args.rounds), args.seconds, args.cores)),
        ("Memory", lambda: memory_rows(video, model, args.seconds)),
        ("Start", lambda: [help_row(MOST_HELP_S), first_row(video)]),
    ]
    if not args.short:
        pieces = "One long recording in pieces", lambda: split_rows(video, model, min(2, args.rounds), args.cores)
        sections.insert(2, pieces)
    if args.peer:
        sections.append(("Another program", lambda: _beside_peer(video, model, args.rounds, args.seconds)))
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        judging = Judging(video, Path(folder), args.seconds, 1.0 if args.short else 10.0, args.plain_python)
        for title, rows in sections:
            for _ in range(args.rounds):
                judging.run()
            parts.append(table(title, rows()))
    parts.append(table("Judging tapes, one core", judging.rows(LEAST_JUDGED)))
    took = time.perf_counter() - start
    options = " --peer" * args.peer + " --plain-python PYTHON" * bool(args.plain_python)
    page = "\n\n".join(
        [
            "# Speed and memory",
            f"Regenerate with `python -m benchmarks.speed{options} --out BENCHMARKS.md`.\n"
            "Ways that are compared ran in turns within each round; ratios are of the same round. Where nothing else\n"
            "is said, the recordings are 640 x 480, 15 frames a second. The bare loop reads with OpenCV and runs the\n"
            "official model over every frame, in one thread.",
            f"{machine()}.\nLoad average before: {before}; after: {load_average()}. It took {took / 60:.1f} minutes.",
            *parts,
        ]
    )
    page += f"\n{PEERS}"
    sys.stdout.write(page)
    if args.out:
        kept = part_of(args.out)
        args.out.write_text(f"{page}\n{kept}" if kept else page, encoding="utf-8")


if __name__ == "__main__":
    main()
