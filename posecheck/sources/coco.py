"""Key points as COCO JSON, as AlphaPose's results, and as MMPose's inferencer writes them.

COCO: {"images": [...], "annotations": [{"image_id", "keypoints": [x, y, v, ...]}]}, or the annotations alone.
MMPose: a list of {"frame_id", "instances": [{"keypoints": [[x, y], ...], "keypoint_scores": [...]}]}, or this under
`instance_info`. How many points there are tells the skeleton: 17 COCO, 26 Halpe, 133 COCO-WholeBody. Points of
three coordinates, or `keypoints_3d`, are 3-D.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np

from posecheck.errors import FormatError
from posecheck.records import Floats
from posecheck.sources.guarding import number, numbers, picture_size
from posecheck.sources.records import Given, Person, Recording, SourceFrame, SourceOptions
from posecheck.sources.skeletons import COCO_KINDS, Skeleton
from posecheck.sources.times import time_of

NAME = "coco"
_HALF_SEEN = 0.5  # visibility of a point that an annotator has marked though it is hidden: a guess


def fits(given: Given) -> bool:
    """Whether a document has key points as COCO, AlphaPose or MMPose have them."""
    document = given.document
    if isinstance(document, Mapping):
        return isinstance(document.get("annotations"), list) or isinstance(document.get("instance_info"), list)
    first = next((one for one in document if isinstance(one, Mapping)), {}) if isinstance(document, list) else {}
    return "instances" in first or ("keypoints" in first and "image_id" in first)


def read(given: Given, options: SourceOptions) -> Recording:
    """Read key points.

    Args:
        given: a file that fits.
        options: nothing of them is used here.

    Raises:
        FormatError: something in it cannot be.
    """
    del options
    document, size = given.document, None
    if isinstance(document, Mapping) and "instance_info" in document:
        grouped = _of_mmpose(given, document["instance_info"])
    elif isinstance(document, list) and "instances" in next(one for one in document if isinstance(one, Mapping)):
        grouped = _of_mmpose(given, document)
    elif isinstance(document, Mapping):
        images = document.get("images")
        images = [one for one in images if isinstance(one, Mapping)] if isinstance(images, list) else []
        grouped = _of_coco(given, document["annotations"], images)
        sizes = {picture_size(one.get("width"), one.get("height")) for one in images}
        size = sizes.pop() if len(sizes) == 1 else None
    else:
        grouped = _of_coco(given, document, [])
    flags = _are_flags(grouped)
    skeletons: dict[str, None] = {}
    frames = tuple(_frames(given, grouped, flags, skeletons))
    notes = [f"the points are those of {name}" for name in skeletons]
    if flags:
        notes.append("the third number of a point is read as COCO's flag: 2 seen, 1 hidden, 0 not marked")
    return Recording(frames, size, notes=tuple(notes))


@dataclass(frozen=True, slots=True)
class _Frame:
    """The people of a frame as the file has them, with its number, and its time in seconds where the file tells it."""

    number: int
    people: list[Mapping[str, Any]]
    t: float | None = None


def _of_coco(given: Given, annotations: Any, images: list[Mapping[str, Any]]) -> list[_Frame]:
    """The annotations of each picture, in the order of the pictures; of results without pictures, by their numbers."""
    people: dict[int | str, list[Mapping[str, Any]]] = {}
    for index, one in enumerate(annotations):
        if not isinstance(one, Mapping) or not _is_plain(one.get("image_id")):
            raise FormatError(f"{given.path}, annotation {index}: an object with image_id was expected")
        if "keypoints" in one:
            people.setdefault(one["image_id"], []).append(one)
    if not images:
        numbered = [(_number_in(image), found) for image, found in people.items()]
        frames = [_Frame(count, found) for count, found in numbered if count is not None]
        if len({frame.number for frame in frames}) < len(numbered):
            name = str(next(iter(people)))[:40]
            raise FormatError(
                f"{given.path}: image_id {name!r} does not number the frames: give COCO JSON with its images"
            )
        return sorted(frames, key=lambda frame: frame.number)
    frames = []
    for index, image in enumerate(images):
        where = f"{given.path}, image {index}"
        if not _is_plain(image.get("id")):
            raise FormatError(f"{where}: an id was expected")
        t, count = time_of(image, where)
        frames.append(_Frame(index if count is None else count, people.pop(image["id"], []), t))
    if people:
        raise FormatError(f"{given.path}: there is no image {str(next(iter(people)))[:40]!r}, or it stands there twice")
    return frames


def _is_plain(value: Any) -> bool:
    return isinstance(value, (int, str)) and not isinstance(value, bool)


def _number_in(image: int | str) -> int | None:
    """The last number in the name of a picture."""
    if isinstance(image, int):
        return image
    found = re.findall(r"\d{1,15}", PurePath(image).stem)
    return int(found[-1]) if found else None


def _of_mmpose(given: Given, frames: list[Any]) -> list[_Frame]:
    found: list[_Frame] = []
    for index, frame in enumerate(frames):
        where = f"{given.path}, frame {index}"
        instances = frame.get("instances") if isinstance(frame, Mapping) else None
        if not isinstance(instances, list) or not all(isinstance(one, Mapping) for one in instances):
            raise FormatError(f"{where}: an object with instances was expected")
        count = number(frame.get("frame_id", index), f"{where}, frame_id")
        if not count.is_integer():
            raise FormatError(f"{where}: frame_id is no whole number")
        found.append(_Frame(int(count), instances))
    return found


def _are_flags(frames: list[_Frame]) -> bool:
    """Whether the third number of all points is COCO's flag: 0, 1 or 2, and 2 at least once."""
    seen: set[Any] = set()
    for frame in frames:
        for one in frame.people:
            points = one["keypoints"] if isinstance(one.get("keypoints"), list) else []
            if "keypoint_scores" not in one and not any(isinstance(point, list) for point in points):
                seen.update(points[2::3])
                if len(seen) > 3:
                    return False
    return 2 in seen and seen <= {0, 1, 2}


def _frames(given: Given, grouped: list[_Frame], flags: bool, skeletons: dict[str, None]) -> Iterator[SourceFrame]:
    for frame in grouped:
        found = []
        for index, one in enumerate(frame.people):
            skeleton, person = _person(one, flags, f"{given.path}, frame {frame.number}, person {index}")
            skeletons[skeleton.name] = None
            found.append(person)
        yield SourceFrame(frame.number, tuple(found), frame.t)


def _person(one: Mapping[str, Any], flags: bool, where: str) -> tuple[Skeleton, Person]:
    points, scores = _points(one, where)
    skeleton = COCO_KINDS.get(len(points))
    if skeleton is None:
        known = ", ".join(f"{kind.count} ({kind.name})" for kind in COCO_KINDS.values())
        raise FormatError(f"{where} has {len(points)} points: {known} are read")
    xyz = points if points.shape[1] == 3 else None
    if "keypoints_3d" in one:
        xyz = _rows(one["keypoints_3d"], skeleton.count, 3, f"{where}, keypoints_3d")
    if flags:
        scores = np.select([scores == 2, scores == 1], [1.0, _HALF_SEEN], 0.0)
    # some detectors give scores a little above 1
    scores = np.clip(np.nan_to_num(scores), 0.0, 1.0)
    lost = scores == 0.0
    px = points[:, :2].copy()
    px[lost] = np.nan
    if xyz is not None:
        xyz = xyz.copy()
        xyz[lost] = np.nan
    identity = next((str(one[name]) for name in ("track_id", "idx") if _is_plain(one.get(name))), None)
    picture = None if points.shape[1] == 3 else skeleton.landmarks(px)
    space = None if xyz is None else skeleton.landmarks(xyz)
    seen = np.nan_to_num(skeleton.landmarks(scores[:, None])[:, 0])
    return skeleton, Person(picture, space, seen, identity)


def _points(one: Mapping[str, Any], where: str) -> tuple[Floats, Floats]:
    """The points, (n, 2) in pixels or (n, 3) in space, and their scores."""
    given = one.get("keypoints")
    if isinstance(given, list) and given and all(isinstance(point, list) for point in given):
        width = len(given[0])
        if width not in (2, 3):
            raise FormatError(f"{where}: points of 2 or 3 coordinates were expected")
        rows = _rows(given, len(given), width, where)
        return rows, np.array(_scores(one, len(rows), where) or [1.0] * len(rows))
    flat = numbers(given, f"{where}, keypoints")
    if len(flat) % 3:
        raise FormatError(f"{where}: keypoints are x, y and visibility of each point, {len(flat)} is no multiple of 3")
    table = np.array(flat).reshape(-1, 3)
    scores = _scores(one, len(table), where)
    return table[:, :2], table[:, 2] if scores is None else np.array(scores)


def _scores(one: Mapping[str, Any], count: int, where: str) -> list[float] | None:
    if "keypoint_scores" not in one:
        return None
    scores = numbers(one["keypoint_scores"], f"{where}, keypoint_scores")
    if len(scores) != count:
        raise FormatError(f"{where}: {count} points, but {len(scores)} scores")
    return scores


def _rows(given: Any, count: int, width: int, where: str) -> Floats:
    if not isinstance(given, Sequence) or len(given) != count:
        raise FormatError(f"{where}: {count} points were expected")
    rows = [numbers(point, where) for point in given]
    if any(len(row) < width for row in rows):
        raise FormatError(f"{where}: points of {width} coordinates were expected")
    return np.array([row[:width] for row in rows])
