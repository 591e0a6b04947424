"""Clips with known truth, and the tapes that stand for them.

A clip is NAME.mp4 beside NAME.truth.json (tools/render/truth.py; older files lack `faults` and the signed angles). It
is detected once: the tape's name carries what the poses depend on, so that judging again after a change of limits costs
seconds.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from posecheck import __version__
from posecheck.capture import video_file
from posecheck.capture.video_file import open_video
from posecheck.detect import bystanders, mediapipe_detector, person_selection, person_tracker, plausibility
from posecheck.detect.models import Model
from posecheck.detect.person_tracker import PersonTracker
from posecheck.measure import posture
from posecheck.records import Pose, Side
from posecheck.tape import TapeHeader, TapeWriter, read_tape

TUNING, FINAL = "tuning", "final"
# the final plans that nobody looked at while choosing; those of the seeds before were looked at, and count as tuning
FINAL_SEEDS = (17, 18)
SIDE_OF = {"L": Side.LEFT, "R": Side.RIGHT}
RECOMMENDED_DEG = 20.0  # about the recommended azimuth
# the cameras to which the targets apply
RECOMMENDED = {"ninety_ninety": {"side"}, "side_bend": {"front", "behind"}, "knee_drops": {"foot end"}}


@dataclass(frozen=True, slots=True)
class TruthFrame:
    """True angles of one frame, by their name in the truth file, degrees; `rear` while half-kneeling; `t` in s."""

    t: float
    rear: Side | None
    angles: dict[str, float]


@dataclass(frozen=True, slots=True)
class TruthEvent:
    """A hold or drop that happened: its group, its times and the time held, in seconds."""

    group: str
    start_s: float
    end_s: float
    held_s: float
    counted: bool


@dataclass(frozen=True, slots=True)
class TruthFault:
    """Something a coach would correct, and the seconds in which it was to be seen."""

    fault: str
    group: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Truth:
    """What really happened in a clip.

    `counts_between`: fewest and most repetitions of each group that are fair. `near`: the subject's side that is nearer
    to the camera, None from the front or behind.
    """

    exercise: str
    counts: dict[str, int]
    counts_between: dict[str, tuple[int, int]]
    events: tuple[TruthEvent, ...]
    faults: tuple[TruthFault, ...]
    frames: tuple[TruthFrame, ...]
    fps: float
    near: Side | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording with truth. `kind` is good, fault, view or hard; `camera` how the plan's camera sees the subject."""

    name: str
    video: Path
    truth: Truth
    split: str
    body: str
    kind: str
    label: str
    camera: str
    light: str

    @property
    def regular(self) -> bool:
        """Whether the clip was made from the recommended camera, in day or dim light: the targets apply to it."""
        recommended = self.camera in RECOMMENDED.get(self.truth.exercise, {self.camera})
        return recommended and self.kind in ("good", "fault") and self.light in ("day", "dim")


def find_clips(folders: Iterable[Path], split: str) -> list[Clip]:
    """Find clips in folders and their subfolders.

    Args:
        folders: where to look.
        split: "tuning", "final" or "all".

    Returns:
        The clips of the split in order of their names, each name once.
    """
    found: dict[str, Clip] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.truth.json")):
            video = path.with_name(path.name.removesuffix(".truth.json") + ".mp4")
            if video.exists() and video.stem not in found:
                clip = read_clip(video, path)
                if split in ("all", clip.split):
                    found[clip.name] = clip
    return [found[name] for name in sorted(found)]


def read_clip(video: Path, truth: Path) -> Clip:
    """Read a clip's truth; the name tells split and kind: SPLIT_xx_BODY_LABEL, or any other name for a tuning clip."""
    data = json.loads(truth.read_text(encoding="utf-8"))
    plan = data["plan"]
    head, _, rest = video.stem.partition("_")
    kind_of_set = head.rstrip("0123456789")
    made = kind_of_set in (TUNING, FINAL)
    seed = head[len(kind_of_set) :]
    looked_at = kind_of_set == FINAL and seed.isdigit() and int(seed) < min(FINAL_SEEDS)
    label = rest.split("_", 2)[2] if made else "good"
    kind = label.partition("_")[0]
    if kind not in ("good", "view", "hard"):
        kind = "fault"
    camera = camera_class(data["exercise"], plan.get("camera"))
    return Clip(
        name=video.stem,
        video=video,
        truth=parse_truth(data),
        split=kind_of_set if made and not looked_at else TUNING,
        body=str(plan.get("body", "?")),
        kind=kind,
        label=label,
        camera=camera,
        light=str(plan.get("light", "day")),
    )


def parse_truth(data: dict[str, Any]) -> Truth:
    """Turn a truth file's content into records; what older files lack is left empty."""
    counts = {str(g): int(n) for g, n in data["counts"].items()}
    between = data.get("counts_between") or {g: [n, n] for g, n in counts.items()}
    return Truth(
        exercise=str(data["exercise"]),
        counts=counts,
        counts_between={g: (int(low), int(high)) for g, (low, high) in between.items()},
        events=tuple(
            TruthEvent(e["group"], e["start_s"], e["end_s"], e["held_s"], e["counted"]) for e in data["events"]
        ),
        faults=tuple(TruthFault(f["fault"], f["group"], f["start_s"], f["end_s"]) for f in data.get("faults") or ()),
        frames=tuple(
            TruthFrame(f["t"], SIDE_OF[f["rear"]] if f["rear"] else None, f["angles"]) for f in data["per_frame"]
        ),
        fps=float(data["fps"]),
        near=near_side((data.get("plan") or {}).get("camera")),
    )


def _azimuth(camera: Any) -> float:
    """0 = front, 90 = on the subject's left, 180 = behind; degrees, below 360. Plans have it in two shapes."""
    return float((camera or {}).get("azimuth", 0) if isinstance(camera, dict) else (camera or [0])[0]) % 360


def near_side(camera: Any) -> Side | None:
    """The subject's side that is nearer to a plan's camera; None within 30 degrees of front and back."""
    off = (_azimuth(camera) + 90) % 180 - 90  # from front or back
    return None if abs(off) < 30 else Side.LEFT if _azimuth(camera) < 180 else Side.RIGHT


def camera_class(exercise: str, camera: Any) -> str:
    """Name the direction from which a plan's camera sees the subject."""
    azimuth = _azimuth(camera)
    off_front, off_back = min(azimuth, 360 - azimuth), abs(azimuth - 180)
    if off_front <= RECOMMENDED_DEG + 0.1:
        return "foot end" if exercise == "knee_drops" else "front"
    if off_back <= RECOMMENDED_DEG + 0.1:
        return "behind"
    return "side" if min(off_front, off_back) >= 90 - RECOMMENDED_DEG - 0.1 else "oblique"


# ---- tapes


def detection_version() -> str:
    """Digest of the code that poses depend on; comments and docstrings do not count."""
    parts = [
        _code(module)
        for module in (
            mediapipe_detector,
            person_tracker,
            bystanders,
            person_selection,
            plausibility,
            posture,
            video_file,
        )
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _code(module: ModuleType) -> str:
    tree = ast.parse(inspect.getsource(module))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def tape_path(clip: Path, model: Model, folder: Path) -> Path:
    """Where the tape of a video is kept: named after the video, its content with the model, and the detecting code."""
    digest = hashlib.sha256(clip.read_bytes())
    digest.update(model.sha256.encode())
    return folder / f"{clip.stem}.{digest.hexdigest()[:12]}.{detection_version()}.jsonl.gz"


def make_tape(clip: Path, model: Model, folder: Path, *, old: bool = False) -> Path:
    """Detect a video unless its tape is there.

    Args:
        clip: the video.
        model: the pose model.
        folder: where tapes are kept.
        old: whether a tape of this video and model is good enough when other detecting code made it.

    Returns:
        The tape's path. A tape is whole or not there at all.
    """
    path = tape_path(clip, model, folder)
    if path.exists():
        return path
    if old:
        others = sorted(folder.glob(path.name.rsplit(".", 3)[0] + ".*.jsonl.gz"), key=lambda p: p.stat().st_mtime)
        if others:
            return others[-1]
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_name(".part-" + path.name)
    with ExitStack() as stack:
        source = stack.enter_context(open_video(clip))
        tracker = stack.enter_context(PersonTracker(model))
        header = TapeHeader(__version__, model.name, model.sha256, source.name, source.size)
        tape = stack.enter_context(TapeWriter(part, header))
        for frame in source:
            tape.write(tracker.detect(frame))
    part.replace(path)
    return path


def poses(path: Path) -> Iterator[Pose]:
    """Yield the poses of a tape in order of time."""
    with read_tape(path) as tape:
        yield from tape
