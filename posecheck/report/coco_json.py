"""Poses → COCO JSON: the 17 key points in pixels, a picture a frame, for what reads COCO's data sets.

    https://cocodataset.org/#format-data

The flag of a key point is 2 when it is seen, 1 when it is more likely hidden, 0 when it was not found. COCO knows no
time and no doubt: `t_s` of a picture is its time in seconds, `keypoint_scores` are the visibilities, 0 to 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from posecheck.errors import NoPersonError
from posecheck.records import Floats, Landmark, Pose
from posecheck.records.files import whole_file
from posecheck.sources.skeletons import COCO_17

SEEN = 0.5  # visibility is how likely a point is seen: above, it rather is
_LANDMARKS = sorted(COCO_17.places, key=COCO_17.places.__getitem__)
_BONES = (
    *(("left_ankle", "left_knee"), ("left_knee", "left_hip"), ("right_ankle", "right_knee")),
    *(("right_knee", "right_hip"), ("left_hip", "right_hip"), ("left_shoulder", "left_hip")),
    *(("right_shoulder", "right_hip"), ("left_shoulder", "right_shoulder"), ("left_shoulder", "left_elbow")),
    *(("right_shoulder", "right_elbow"), ("left_elbow", "left_wrist"), ("right_elbow", "right_wrist")),
    *(("left_eye", "right_eye"), ("nose", "left_eye"), ("nose", "right_eye"), ("left_eye", "left_ear")),
    *(("right_eye", "right_ear"), ("left_ear", "left_shoulder"), ("right_ear", "right_shoulder")),
)
_NAMES = [landmark.name.lower() for landmark in _LANDMARKS]
_CATEGORY = {
    "id": 1,
    "name": "person",
    "supercategory": "person",
    "keypoints": _NAMES,
    "skeleton": [[_NAMES.index(one) + 1, _NAMES.index(other) + 1] for one, other in _BONES],
}


def write_coco(path: Path, poses: Iterable[Pose], source: str) -> int:
    """Write poses as COCO JSON, whole or not at all.

    Args:
        path: where to write.
        poses: in order of time.
        source: the name of the recording, for the names of its pictures.

    Returns:
        The number of pictures.

    Raises:
        NoPersonError: nobody is seen in any pose.
        OutputError: the file cannot be written.
    """
    images: list[dict[str, Any]] = []
    people: list[dict[str, Any]] = []
    stem = Path(source).stem or "frame"
    for index, pose in enumerate(poses):
        width, height = pose.size
        name = f"{stem}_{index:06d}"
        images.append({"id": index, "file_name": name, "width": width, "height": height, "t_s": pose.t})
        if pose.points_px is not None and pose.visibility is not None:
            found = [landmark for landmark in _LANDMARKS if landmark not in pose.lacks.landmarks]
            people.append(_annotation(len(people) + 1, index, pose.points_px, pose.visibility, found))
    if not people:
        raise NoPersonError("nobody was seen, so there are no key points to write")
    document = {
        "info": {"description": "key points by posecheck; t_s is seconds, keypoint_scores are visibilities"},
        "images": images,
        "annotations": people,
        "categories": [_CATEGORY],
    }
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    with whole_file(path) as part:
        part.write_bytes(text.encode("utf-8", "replace"))
    return len(images)


def _annotation(number: int, image: int, px: Floats, visibility: Floats, found: list[Landmark]) -> dict[str, Any]:
    flat: list[float] = []
    scores: list[float] = []
    for landmark in _LANDMARKS:
        score = float(visibility[landmark]) if landmark in found else 0.0
        flag = 0 if landmark not in found else 2 if score >= SEEN else 1
        flat += [*(px[landmark].tolist() if flag else (0.0, 0.0)), flag]
        scores.append(score)
    shown = px[found]
    (left, top), (right, bottom) = np.min(shown, axis=0).tolist(), np.max(shown, axis=0).tolist()
    return {
        "id": number,
        "image_id": image,
        "category_id": 1,
        "iscrowd": 0,
        "bbox": [left, top, right - left, bottom - top],
        "area": (right - left) * (bottom - top),
        "num_keypoints": len(found),
        "keypoints": flat,
        "keypoint_scores": scores,
    }
