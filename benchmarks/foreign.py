"""Poses written as other programs write them, with what those do not have left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from posecheck.records import Landmark, Pose
from posecheck.records.tables import csv_table
from posecheck.report.table import columns_of, rows_of
from posecheck.report.trc import rate_of, write_trc
from posecheck.sources.skeletons import BODY_25, COCO_17, COCO_WHOLEBODY, HALPE_26, Skeleton

Write = Callable[[Path, Sequence[Pose]], Path]


@dataclass(frozen=True, slots=True)
class Foreign:
    """A format: its name, what writes poses in it to a folder, and what has to be told when they are read."""

    name: str
    write: Write
    asks: frozenset[str] = field(default_factory=frozenset)  # of "size", "fps", "view"


def rate(poses: Sequence[Pose]) -> float:
    """Frames a second."""
    return rate_of([pose.t for pose in poses])


def _points(skeleton: Skeleton, pose: Pose) -> list[list[float]]:
    """x, y and score of each point; 0 for those that are no landmark."""
    assert pose.points_px is not None
    assert pose.visibility is not None
    found = np.zeros((skeleton.count, 3))
    for landmark, place in skeleton.places.items():
        found[place] = *pose.points_px[landmark], max(float(pose.visibility[landmark]), 1e-6)
    rows: list[list[float]] = found.tolist()
    return rows


def _numbers(poses: Sequence[Pose]) -> list[int]:
    """The number of each frame, at the usual rate."""
    return [round((pose.t - poses[0].t) * rate(poses)) for pose in poses]


def coco(skeleton: Skeleton) -> Write:
    """Results as COCO's key point task has them: no picture, no time."""

    def write(folder: Path, poses: Sequence[Pose]) -> Path:
        found = [
            {
                "image_id": number,
                "category_id": 1,
                "keypoints": [x for p in _points(skeleton, pose) for x in p],
                "score": 0.9,
            }
            for number, pose in zip(_numbers(poses), poses, strict=True)
            if pose.present
        ]
        return _json(folder / "coco.json", found)

    return write


def openpose(folder: Path, poses: Sequence[Pose]) -> Path:
    """The folder that OpenPose's --write_json fills."""
    target = folder / "openpose"
    target.mkdir()
    for number, pose in zip(_numbers(poses), poses, strict=True):
        flat = [x for point in _points(BODY_25, pose) for x in point] if pose.present else []
        people = [{"person_id": [-1], "pose_keypoints_2d": flat}] if flat else []
        _json(target / f"film_{number:012d}_keypoints.json", {"version": 1.3, "people": people})
    return target


def mmpose(folder: Path, poses: Sequence[Pose]) -> Path:
    """Predictions of MMPose's inferencer, with COCO's 17 points."""
    found: list[dict[str, Any]] = []
    for number, pose in zip(_numbers(poses), poses, strict=True):
        points = _points(COCO_17, pose) if pose.present else []
        one = {"keypoints": [p[:2] for p in points], "keypoint_scores": [p[2] for p in points]}
        found.append({"frame_id": number, "instances": [one] if points else []})
    return _json(folder / "mmpose.json", {"meta_info": {}, "instance_info": found})


def mediapipe(*, world: bool) -> Write:
    """Results of MediaPipe's Pose Landmarker as JSON, with or without the world landmarks."""

    def write(folder: Path, poses: Sequence[Pose]) -> Path:
        found = []
        for pose in poses:
            frame: dict[str, Any] = {"timestamp_ms": pose.t * 1000, "pose_landmarks": [], "pose_world_landmarks": []}
            if pose.points_px is not None and pose.points_m is not None and pose.visibility is not None:
                px, metres, seen = (pose.points_px / pose.size), pose.points_m.tolist(), pose.visibility.tolist()
                names = ("x", "y", "z", "visibility")
                picture = [dict(zip(names, (*p, 0.0, v), strict=True)) for p, v in zip(px.tolist(), seen, strict=True)]
                space = [dict(zip(names, (*p, v), strict=True)) for p, v in zip(metres, seen, strict=True)]
                frame |= {"pose_landmarks": [picture], "pose_world_landmarks": [space] if world else []}
            found.append(frame)
        return _json(folder / "mediapipe.json", found)

    return write


def mediapipe_csv(folder: Path, poses: Sequence[Pose]) -> Path:
    """The same as a table, a row a frame, numbered columns, no world landmarks."""
    path = folder / "mediapipe.csv"
    lines = ["timestamp_ms," + ",".join(f"x{i},y{i},z{i},v{i}" for i in range(len(Landmark)))]
    for pose in poses:
        cells = [""] * (4 * len(Landmark))
        if pose.points_px is not None and pose.visibility is not None:
            shares = (pose.points_px / pose.size).tolist()
            cells = [str(x) for (x, y), v in zip(shares, pose.visibility.tolist(), strict=True) for x in (x, y, 0, v)]
        lines.append(",".join([str(pose.t * 1000), *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def own_csv(folder: Path, poses: Sequence[Pose]) -> Path:
    """posecheck's own table."""
    path = folder / "own.csv"
    with csv_table(path, columns_of(None)) as write:
        for row in rows_of(poses, None):
            write(row)
    return path


def trc(folder: Path, poses: Sequence[Pose]) -> Path:
    """posecheck's own TRC."""
    path = folder / "own.trc"
    write_trc(path, poses, [pose.t for pose in poses], rate(poses))
    return path


def _json(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


_FLAT = frozenset({"size", "fps", "view"})
FORMATS = (
    Foreign("posecheck CSV", own_csv, frozenset({"size"})),
    Foreign("MediaPipe, world landmarks", mediapipe(world=True), frozenset({"size"})),
    Foreign("TRC", trc),
    Foreign("MediaPipe, picture alone", mediapipe(world=False), frozenset({"size", "view"})),
    Foreign("MediaPipe CSV, picture alone", mediapipe_csv, frozenset({"size", "view"})),
    Foreign("COCO-WholeBody", coco(COCO_WHOLEBODY), _FLAT),
    Foreign("Halpe-26", coco(HALPE_26), _FLAT),
    Foreign("BODY-25", openpose, _FLAT),
    Foreign("COCO-17", coco(COCO_17), _FLAT),
    Foreign("COCO-17, MMPose", mmpose, _FLAT),
)
