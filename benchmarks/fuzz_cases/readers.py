"""The readers of files from elsewhere, each with good files of its kind, and what the commands do with these."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.fuzz_cases.mutations import Form
from posecheck.batch.inputs import Recording
from posecheck.batch.manifests import Mark, is_whole, mark_path, read_mark, write_mark
from posecheck.batch.tables import write_tables
from posecheck.capture.photograph import read_image
from posecheck.capture.video_file import open_video
from posecheck.cli.live_commands import judge_routine
from posecheck.detect.mask_removal import without_mask
from posecheck.detect.models import load_model
from posecheck.exercises import load_exercise
from posecheck.exercises.advice import warnings
from posecheck.exercises.loading import built_in_path
from posecheck.exercises.template import starting_file
from posecheck.expectation import exercise_of, load_expectation
from posecheck.history.exchange import export_csv, export_json, import_json
from posecheck.history.progress import progress_of
from posecheck.history.store import open_history
from posecheck.judging.session import Session
from posecheck.judging.timeline import Timeline
from posecheck.judging.trace import TraceRecorder
from posecheck.libraries import load_av, load_cv2
from posecheck.live.guide.routine import routine_for, routine_lines
from posecheck.records import Pose
from posecheck.records.tables import csv_table
from posecheck.report.history_view import history_view
from posecheck.report.json_csv import summary_dict, write_json
from posecheck.report.pages.history import history_page
from posecheck.report.pages.progress import progress_page
from posecheck.report.pages.report import report_page
from posecheck.report.table import columns_of, rows_of
from posecheck.report.terminal import ShownConsole, exercise_view, summary_view
from posecheck.report.trc import rate_of, write_trc
from posecheck.run import TapeRun
from posecheck.synthetic.history import kept, made_up_sets
from posecheck.tape import TapeHeader, TapeWriter, read_tape
from posecheck.testing import knee_drops_set
from posecheck.validation.kept import SCRIPT, read_script, write_script
from posecheck.validation.script import Said, script_for

_DAY = date(2026, 12, 1)
_POSES = 40  # of a tape: a hold begins within it; more tells nothing new, and takes the time
_KEY = "k"
_RECORDING = Recording("clips/a.mp4", "a")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a kind of file: name, end of the file's name, what it is made of, good files, and what is done."""

    name: str
    suffix: str
    form: Form
    seeds: Callable[[], tuple[bytes, ...]]
    read: Callable[[Path], object]


def _written(write: Callable[[Path], object], name: str = "file") -> bytes:
    """What a writer of ours puts into a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def _shown(*views: object) -> None:
    ShownConsole(file=io.StringIO(), width=80, highlight=False, markup=False).print(*views)


def _some_poses(fps: float = 5.0) -> list[Pose]:
    return list(islice(knee_drops_set(("in", "out"), fps=fps), 0, 3 * _POSES, 3))


# ---- tapes


@cache
def _tapes() -> tuple[bytes, ...]:
    def write(path: Path, routine: str = "") -> None:
        header = TapeHeader("0.1.0", "full", "4eaa", "me.mp4", (640, 480), routine=routine)
        with TapeWriter(path, header) as tape:
            for number, pose in enumerate(_some_poses()[:_POSES]):
                if routine and number in (10, 20):
                    tape.write_key("pause")
                tape.write(pose)

    plain = _written(write, "t.jsonl")
    lines = [json.loads(line) for line in plain.splitlines()]
    full = b"\n".join(json.dumps(_in_full(line)).encode() for line in lines) + b"\n"
    live = _written(lambda path: write(path, "knee_drops"), "t.jsonl")
    return plain, full, gzip.compress(plain), live


def _in_full(line: dict[str, object]) -> dict[str, object]:
    """A line as older tapes have it."""
    if "d" not in line:
        return {**line, "schema": 1} if "schema" in line else line
    points = np.random.default_rng(1).uniform(100, 400, (33, 2))
    return {"t": line["t"], "p": points.ravel().tolist(), "m": [0.1] * 99, "v": [0.9] * 33}


def _read_tape(path: Path) -> None:
    judge_routine(path, "auto", path.with_name("s.json"), quiet=True)
    with TapeRun(path, "knee_drops") as run:
        run.keep_trace()
        for _ in run.steps():
            pass
        trace, summary = run.trace(), run.summary()
    _shown(summary_view(summary, run.exercise))
    write_json(path.with_name("r.json"), summary_dict(summary, run.notes))
    if trace is not None and summary.frames_with_pose:
        path.with_name("r.html").write_text(report_page(trace), encoding="utf-8")
    timeline, session = Timeline(run.exercise), Session(run.exercise)
    with read_tape(path) as tape:
        poses = list(tape)
    for pose in poses:
        timeline.update(session.feed(pose))
    timeline.finish(session.finish())
    with csv_table(path.with_name("t.csv"), columns_of(None)) as write:
        for row in rows_of(poses, None):
            write(row)
    times = [pose.t for pose in poses]
    write_trc(path.with_name("t.trc"), poses, times, rate_of(times))


# ---- TOML


@cache
def _exercises() -> tuple[bytes, ...]:
    built_in = [built_in_path(name).read_bytes() for name in ("knee_drops", "ninety_ninety", "arm_raise")]
    return (*built_in, starting_file("mine", "mine.toml").encode())


def _read_exercise(path: Path) -> None:
    exercise = load_exercise(path)
    _shown(exercise_view(exercise), *map(str, warnings(exercise)))
    session = Session(exercise)
    recorder = TraceRecorder(exercise)
    for pose in _few_poses():
        recorder.update(session.feed(pose))
    recorder.note(session.finish())
    trace = recorder.trace(session.summary())
    report_page(type(trace).from_json(trace.to_json()))


@cache
def _few_poses() -> tuple[Pose, ...]:
    return tuple(_some_poses()[:12])


@cache
def _routines() -> tuple[bytes, ...]:
    return (
        b'schema = 1\nname = "morning"\ntitle = "My morning"\n\n[[blocks]]\nexercise = "ninety_ninety"\nsets = 2\n'
        b'rest_s = 30\n\n[[blocks]]\nexercise = "knee_drops"\n',
    )


def _read_routine(path: Path) -> None:
    routine = routine_for(path)
    _shown(*routine_lines(routine), len(routine.sets))


@cache
def _expectations() -> tuple[bytes, ...]:
    return (
        b'schema = 1\nrecording = "me.jsonl.gz"\nexercise = "knee_drops"\ncomplete = true\nfrom_s = 1.0\nto_s = 9.0\n'
        b"[counts]\nin = 5\nout = 5\n[tolerance]\ncounts = 0\nheld_s = 1.0\nstart_s = 1.0\n"
        b'[[repetitions]]\ngroup = "in"\nstart_s = 4.2\nheld_s = 3.3\n'
        b'[[repetitions]]\ngroup = "out"\nreason = "short"\n',
    )


def _read_expectation(path: Path) -> None:
    exercise_of(path, load_expectation(path))


# ---- JSON


@cache
def _histories() -> tuple[bytes, ...]:
    def write(path: Path) -> None:
        session, recorder = Session(load_exercise("knee_drops"), "me.mp4"), TraceRecorder(load_exercise("knee_drops"))
        for pose in knee_drops_set(("in", "out"), fps=5.0):
            recorder.update(session.feed(pose))
        recorder.note(session.finish())
        trace = recorder.trace(session.summary()).to_json()
        with open_history(path.with_name("h.db"), write=True) as history:
            sets = made_up_sets(3, _DAY)
            history.put(*(kept(one, trace if number == 1 else None) for number, one in enumerate(sets)))
            export_json(history, path)

    whole = _written(write)
    return whole, json.dumps(json.loads(whole)).encode()


def _read_history(path: Path) -> None:
    with open_history(path.with_name("h.db"), write=True) as history:
        import_json(history, path)
    with open_history(path.with_name("h.db")) as history:
        figures = history.figures()
        progress = progress_of(figures, _DAY)
        progress_page(progress)
        history_page(history.page(50), 1, history.count())
        _shown(history_view(progress))
        for one in history.ids():
            found = history.get(one)
            if found.trace is not None:
                report_page(history.trace(one), when=found.started)
        export_csv(history, path.with_name("h.csv"))
        export_json(history, path.with_name("h.json"))


@cache
def _marks() -> tuple[bytes, ...]:
    def write(path: Path) -> None:
        mark = Mark(_KEY, "clips/a.mp4", "1 2", "ab", (("a.json", "cd"), ("a.jsonl.gz", "ef")), None, 0, "odd", 1.5)
        write_mark(path.parent, _RECORDING, mark)
        mark_path(path.parent, _RECORDING).replace(path)

    return (_written(write),)


def _read_mark(path: Path) -> None:
    out = path.parent
    place = mark_path(out, _RECORDING)
    place.parent.mkdir(parents=True)
    path.replace(place)
    mark = read_mark(out, _RECORDING)
    if mark is not None:
        is_whole(out, mark)
        write_tables(out, [_RECORDING], mark.key)


@cache
def _reports() -> tuple[bytes, ...]:
    def write(path: Path) -> None:
        session = Session(load_exercise("knee_drops"), "me.mp4")
        for pose in knee_drops_set(("in", "out"), fps=5.0):
            session.feed(pose)
        write_json(path, summary_dict(session.summary()))

    return (_written(write),)


def _read_report(path: Path) -> None:
    out = path.parent
    write_mark(out, _RECORDING, Mark(_KEY, "clips/a.mp4", "1 2", "ab", ((path.name, "cd"),)))
    write_tables(out, [_RECORDING], _KEY)


@cache
def _scripts() -> tuple[bytes, ...]:
    def write(path: Path) -> None:
        said = [Said(float(number), line, 1.0) for number, line in enumerate(script_for("knee_drops").lines)]
        write_script(path.parent, "knee_drops", said)
        (path.parent / SCRIPT).replace(path)

    return (_written(write),)


def _read_script(path: Path) -> None:
    read_script(path.rename(path.with_name(SCRIPT)).parent)


# ---- models, pictures, films


@cache
def _models() -> tuple[bytes, ...]:
    made = []
    for way in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", way) as bundle:
            for name in ("pose_detector.tflite", "pose_landmarks_detector.tflite"):
                bundle.writestr(name, b"\x1c\0\0\0TFL3" + np.random.default_rng(1).bytes(800) + bytes(400))
        made.append(file.getvalue())
    return tuple(made)


def _read_model(path: Path) -> None:
    without_mask(load_model(path).data)


@cache
def _pictures() -> tuple[bytes, ...]:
    cv2 = load_cv2()
    image = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8), (9, 9), 0)
    kinds = (".jpg", ".png", ".webp", ".bmp", ".tiff", ".ppm", ".gif", ".jp2")
    made = []
    for kind in kinds:
        good, data = cv2.imencode(kind, image)
        if good:
            made.append(data.tobytes())
    return tuple(made)


def _read_picture(path: Path) -> None:
    read_image(path)


@cache
def _films() -> tuple[bytes, ...]:
    av = load_av()

    def write(path: Path, codec: str) -> None:
        with closing(av.open(str(path), "w")) as file:
            stream = file.add_stream(codec, 15)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p" if codec == "mjpeg" else "yuv420p"
            for number in range(12):
                picture = np.full((48, 64, 3), 20 * number, np.uint8)
                file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
            file.mux(stream.encode(None))

    kinds = (("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.avi", "mpeg4"), ("a.ts", "mpeg2video"), ("a.mov", "mjpeg"))
    return tuple(_written(lambda path, codec=codec: write(path, codec), name) for name, codec in kinds)  # type: ignore[misc]


def _read_film(path: Path) -> None:
    with open_video(path) as source:
        for _ in islice(source, 2000):
            pass


READERS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        Reader("tape", ".jsonl", Form.LINES, _tapes, _read_tape),
        Reader("exercise", ".toml", Form.TOML, _exercises, _read_exercise),
        Reader("routine", ".toml", Form.TOML, _routines, _read_routine),
        Reader("expectation", ".toml", Form.TOML, _expectations, _read_expectation),
        Reader("history", ".json", Form.JSON, _histories, _read_history),
        Reader("mark", ".json", Form.JSON, _marks, _read_mark),
        Reader("report", ".json", Form.JSON, _reports, _read_report),
        Reader("script", ".json", Form.JSON, _scripts, _read_script),
        Reader("model", ".task", Form.BYTES, _models, _read_model),
        Reader("picture", ".png", Form.BYTES, _pictures, _read_picture),
        Reader("film", ".mp4", Form.BYTES, _films, _read_film),
    )
}
