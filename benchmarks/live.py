"""Speed of the live set: a 30 fps 1280 x 720 camera, window and all; prints a table in Markdown. Linux, with Xvfb.

    python -m benchmarks.live                  # about two minutes
    python -m benchmarks.live --minutes 30     # whether memory grows and time drifts
    python -m benchmarks.live --with-mask      # the model as it is shipped, to compare

The camera is a film that another process plays again and again at its own speed, so that neither the time nor the
memory of reading a film is counted. What a target asks for stands in the last column; it is meant for two cores with
nothing else to do, so look at the load average under the table.
"""

from __future__ import annotations

import argparse
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import IO, Any

import cv2
import numpy as np

from posecheck.capture.camera import LiveSource
from posecheck.capture.video_file import open_video
from posecheck.detect import mediapipe_detector
from posecheck.detect.models import load_model
from posecheck.detect.person_tracker import PersonTracker
from posecheck.draw.video_writer import VideoWriter
from posecheck.live import loop
from posecheck.live.guide.routine import Routine
from posecheck.live.ui.screen import Screen
from posecheck.live.ui.window import Window
from posecheck.records import Frame, Pose
from posecheck.records.folders import data_dir

EXERCISE = "ninety_ninety"
SIZE, FPS = (1280, 720), 30.0
FILM_S = 40.0
WARM_S = 15.0  # until libraries and caches are filled
LEAST_FPS, MOST_DELAY_MS, MOST_CPU, MOST_GROWTH_MB, MOST_FIRST_S = 28.0, 60.0, 0.25, 20.0, 1.5
SAMPLE_S = 5.0
MEBIBYTE = 1 << 20
TICKS = os.sysconf("SC_CLK_TCK")
ROUTINE = {
    "schema": 1,
    "name": "endless",
    "title": "Endless",
    "blocks": [{"exercise": EXERCISE, "sets": 20, "rest_s": 0}],
}


@dataclass(slots=True)
class Seen:
    """What was measured; times by `time.perf_counter`."""

    opened_s: float = 0.0
    first_s: float | None = None
    handed: dict[float, float] = field(default_factory=dict)  # when each frame came, by its t
    spent: dict[float, float] = field(default_factory=dict)  # how long the detector took
    # arrays, so that what is measured of memory is not the measuring
    shown_at: array[float] = field(default_factory=lambda: array("d"))
    delay_s: array[float] = field(default_factory=lambda: array("d"))  # beyond the detector
    judged_at: array[float] = field(default_factory=lambda: array("d"))
    detector_s: array[float] = field(default_factory=lambda: array("d"))
    drawn: list[float] = field(default_factory=list)  # since the last look at the window
    threads: set[int] = field(default_factory=set)  # of the detector


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    what: str
    figure: str
    spread: str = ""
    target: str = ""


SEEN = Seen()


def play(path: Path, out: IO[bytes]) -> None:
    """Write a film's pictures again and again at its own speed, each as its time (8 bytes) and its pixels."""
    began, shift = time.perf_counter(), 0.0
    while True:
        last_t = 0.0
        with open_video(path) as video:
            for frame in video:
                last_t, t = frame.t, frame.t + shift
                time.sleep(max(0.0, began + t - time.perf_counter()))
                out.write(struct.pack("d", t))
                out.write(frame.image.data)
                out.flush()
        shift += last_t + 1 / FPS


class Looped(LiveSource):
    """A film played again and again at its own speed by another process, as if it were a camera."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.name)
        self._player = subprocess.Popen([sys.executable, __file__, "--play", str(path)], stdout=subprocess.PIPE)
        self._thread = threading.Thread(target=self._read, name="posecheck-source", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._player.stdout is not None
        with self._player.stdout as pictures:
            while len(stamp := pictures.read(8)) == 8:
                SEEN.opened_s = SEEN.opened_s or time.perf_counter()
                image = np.empty((SIZE[1], SIZE[0], 3), np.uint8)  # a new one each, as a camera's driver gives
                pictures.readinto(image.data.cast("B"))  # type: ignore[attr-defined]  # a BufferedReader
                t = struct.unpack("d", stamp)[0]
                with self._changed:
                    SEEN.handed[t] = time.perf_counter()
                    self._hand_on(t, image)

    def _join(self, time_limit_s: float) -> None:
        self._player.kill()
        self._player.wait()
        self._thread.join(time_limit_s)


class TimedFollower(PersonTracker):
    """The detector, with a watch."""

    def detect(self, frame: Frame) -> Pose:
        """As the PersonTracker."""
        SEEN.threads.add(threading.get_native_id())
        began = time.perf_counter()
        pose = super().detect(frame)
        now = time.perf_counter()
        SEEN.spent[frame.t] = now - began
        SEEN.judged_at.append(now)
        SEEN.detector_s.append(now - began)
        return pose


class TimedScreen(Screen):
    """The screen; notes of which moment a picture was drawn."""

    def draw(self, image: Any, moment: Any, *, status: Any) -> Any:
        """As the Screen."""
        if image is not None:
            SEEN.drawn.append(moment.t if moment.pose.present or moment.t else -1.0)
        return super().draw(image, moment, status=status)


class TimedWindow(Window):
    """The window; a picture counts as shown once Qt has painted it, which it does while keys are asked for."""

    def keys(self) -> list[str]:
        """As the Window."""
        names = super().keys()
        now = time.perf_counter()
        for t in SEEN.drawn:
            if SEEN.first_s is None:
                SEEN.first_s = now - SEEN.opened_s
            handed, spent = SEEN.handed.get(t), SEEN.spent.pop(t, None)
            if handed is not None and spent is not None:
                SEEN.shown_at.append(now)
                SEEN.delay_s.append(now - handed - spent)
        SEEN.drawn.clear()
        for noted in (SEEN.handed, SEEN.spent):  # of frames that were never taken, or never shown
            if len(noted) > 1000:
                for t in list(noted)[:500]:
                    noted.pop(t, None)
        return names


@dataclass(frozen=True, slots=True)
class Sample:
    """A look at the process: CPU seconds of each thread by name and id, and resident memory."""

    at_s: float
    cpu_s: dict[tuple[str, int], float]
    memory_mb: float


def look() -> Sample:
    """Take a sample."""
    cpu: dict[tuple[str, int], float] = {}
    names = {t.native_id: t.name for t in threading.enumerate()}
    for task in Path("/proc/self/task").iterdir():
        try:
            text = (task / "stat").read_text()
        except OSError:  # it has ended
            continue
        comm = text[text.index("(") + 1 : text.rindex(")")]
        values = text[text.rindex(")") + 2 :].split()
        number = int(task.name)
        cpu[names.get(number) or comm, number] = (int(values[11]) + int(values[12])) / TICKS
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return Sample(time.perf_counter(), cpu, pages * os.sysconf("SC_PAGE_SIZE") / MEBIBYTE)


def make_film(path: Path) -> None:
    """The sample at 1280 x 720 and 30 pictures a second: enlarged, with pictures between put in."""
    height = SIZE[1]
    before: Any = None
    with open_video(data_dir("samples") / f"{EXERCISE}.mp4", end_s=FILM_S) as source, VideoWriter(path) as writer:
        for frame in source:
            width = round(frame.image.shape[1] * height / frame.image.shape[0])
            picture = np.full((height, SIZE[0], 3), 200, np.uint8)
            left = (SIZE[0] - width) // 2
            picture[:, left : left + width] = cv2.resize(frame.image, (width, height), interpolation=cv2.INTER_CUBIC)
            if before is not None:
                between = np.asarray(cv2.addWeighted(before, 0.5, picture, 0.5, 0.0), np.uint8)
                writer.write(between, frame.t - 1 / FPS)
            writer.write(picture, frame.t)
            before = picture


@contextmanager
def virtual_screen() -> Iterator[None]:
    """A virtual screen, unless there is a real one."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as answer:
        os.environ["DISPLAY"] = f":{answer.readline().strip()}"
    yield
    server.terminate()


def measure(minutes: float, folder: Path) -> tuple[loop.LiveVerdict, list[Sample]]:
    """Run a live set for so long, with samples every few seconds."""
    film = folder / "camera.mp4"
    make_film(film)
    vars(loop).update(open_camera=lambda *_args, **_more: Looped(film), Screen=TimedScreen)
    model = load_model()
    samples: list[Sample] = []
    end_s = time.perf_counter() + WARM_S + minutes * 60

    def stop() -> bool:
        now = time.perf_counter()
        if not samples or now - samples[-1].at_s >= SAMPLE_S:
            samples.append(look())
        return now >= end_s

    verdict = loop.run_live(
        Routine.model_validate(ROUTINE),
        model,
        loop.LiveOptions(mute=True),
        stop=stop,
        make_detector=lambda: TimedFollower(model),
        make_display=TimedWindow,
    )
    return verdict, samples


def is_detector(name: str) -> bool:
    """Whether a thread finds poses; MediaPipe names its own."""
    return name.startswith(("mediapipe", "posecheck-detect"))


def cores_between(first: Sample, last: Sample, *, detector: bool) -> float:
    """Cores used by the threads of the detector, or by all others, between two samples."""
    used = sum(
        cpu_s - first.cpu_s.get(thread, 0.0)
        for thread, cpu_s in last.cpu_s.items()
        if is_detector(thread[0]) == detector
    )
    return used / (last.at_s - first.at_s)


def rows(samples: list[Sample]) -> Iterator[Row]:
    """The table, of what was measured once all was warm."""
    warm = [s for s in samples if s.at_s - samples[0].at_s >= WARM_S]
    first, last = warm[0], warm[-1]
    seconds = last.at_s - first.at_s
    delays = [1000 * d for at, d in zip(SEEN.shown_at, SEEN.delay_s, strict=True) if first.at_s <= at <= last.at_s]
    times = [1000 * d for at, d in zip(SEEN.judged_at, SEEN.detector_s, strict=True) if first.at_s <= at <= last.at_s]
    third = len(delays) // 3
    drift = median(delays[-third:]) - median(delays[:third])
    outside = [cores_between(a, b, detector=False) for a, b in pairwise(warm)]
    memory = [s.memory_mb for s in warm]
    yield Row("frames judged a second", f"{len(times) / seconds:.1f}", "", f"≥ {LEAST_FPS:g}")
    yield Row("frames shown a second", f"{len(delays) / seconds:.1f}", "", f"≥ {LEAST_FPS:g}")
    yield Row("detector", f"{median(times):.1f} ms/frame", spread(times))
    yield Row(
        "from frame to screen, beyond the detector",
        f"{median(delays):.1f} ms",
        spread(delays),
        f"≤ {MOST_DELAY_MS:g} ms",
    )
    yield Row("the same, last third less first third", f"{drift:+.1f} ms", "", "no drift")
    outside_all = cores_between(first, last, detector=False)
    yield Row(
        "CPU outside the detector",
        f"{outside_all:.0%} of a core",
        spread([100 * o for o in outside]),
        f"≤ {MOST_CPU:.0%}",
    )
    detector = cores_between(first, last, detector=True)
    yield Row("CPU of the detector", f"{detector:.0%} of a core")
    yield Row("CPU of all", f"{outside_all + detector:.0%} of a core")
    part = max(1, len(memory) // 3)
    growth = median(memory[-part:]) - median(memory[:part])
    what = f"memory over {seconds / 60:.1f} min, last third less first third"
    yield Row(what, f"{growth:+.1f} MiB", spread(memory), f"< {MOST_GROWTH_MB:g} MiB")
    yield Row(
        "first picture after the camera opens", f"{SEEN.first_s or float('nan'):.2f} s", "", f"≤ {MOST_FIRST_S:g} s"
    )


def spread(values: list[float]) -> str:
    """Lowest to highest."""
    return f"{min(values):.1f}–{max(values):.1f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long, after 15 s to warm up (default: 1)")
    parser.add_argument("--with-mask", action="store_true", help="run the pose model with its segmentation mask")
    parser.add_argument("--play", type=Path, help=argparse.SUPPRESS)  # the camera's process
    args = parser.parse_args()
    if args.play:
        play(args.play, sys.stdout.buffer)
    if args.with_mask:
        vars(mediapipe_detector).update(_slimmed=lambda data: data)
    before = os.getloadavg()
    with tempfile.TemporaryDirectory() as name, virtual_screen():
        verdict, samples = measure(args.minutes, Path(name))
    if verdict.error is not None:
        raise verdict.error
    lines = ["| what | median | lowest–highest | target |", "|---|---|---|---|"]
    lines += [f"| {r.what} | {r.figure} | {r.spread} | {r.target} |" for r in rows(samples)]
    after = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    lines += [
        "",
        f"Load average before: {', '.join(f'{x:.1f}' for x in before)}; after: {after} on {os.cpu_count()} cores.",
    ]
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
