"""OpenPose's BODY-25 as JSON: the folder that --write_json fills, a file a frame, or a list of its documents.

`pose_keypoints_2d` is x, y and confidence of 25 points in pixels; `pose_keypoints_3d`, where there is one, x, y, z and
confidence in the unit and axes of the calibration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from posecheck.errors import FormatError
from posecheck.records import Floats
from posecheck.sources.guarding import numbers
from posecheck.sources.records import Given, Person, Recording, SourceFrame, SourceOptions
from posecheck.sources.skeletons import BODY_25

NAME = "openpose"
_NO_ID = "-1"  # OpenPose writes it for everybody when it does not follow people


def fits(given: Given) -> bool:
    """Whether a folder or a document has OpenPose's people."""
    if given.files is not None:
        return True
    document = given.document
    first = document[0] if isinstance(document, list) and document else document
    return isinstance(first, Mapping) and isinstance(first.get("people"), list)


def read(given: Given, options: SourceOptions) -> Recording:
    """Read people.

    Args:
        given: a folder or file that fits.
        options: nothing of them is used here.

    Raises:
        FormatError: something in it cannot be.
    """
    del options
    if given.files is not None:
        found = [(_number_in(name), name, document) for name, document in given.files]
        found.sort(key=lambda one: one[0])
        if len({count for count, _, _ in found}) < len(found):
            raise FormatError(f"{given.path} has two files with one frame number: keep those of one film there")
    else:
        documents = given.document if isinstance(given.document, list) else [given.document]
        found = [(index, f"frame {index}", document) for index, document in enumerate(documents)]
    return Recording(tuple(_frames(given, found)), notes=(f"the points are those of {BODY_25.name}",))


def _number_in(name: str) -> int:
    found = re.findall(r"\d{1,15}", name)
    if not found:
        raise FormatError(f"{name} has no frame number in its name, as film_000000000012_keypoints.json has")
    return int(found[-1])


def _frames(given: Given, found: list[tuple[int, str, Any]]) -> Iterator[SourceFrame]:
    for count, name, document in found:
        people = document.get("people") if isinstance(document, Mapping) else None
        if not isinstance(people, list):
            raise FormatError(f"{given.path}, {name}: an object with people was expected")
        yield SourceFrame(
            count, tuple(_person(one, f"{given.path}, {name}, person {i}") for i, one in enumerate(people))
        )


def _person(one: Any, where: str) -> Person:
    if not isinstance(one, Mapping):
        raise FormatError(f"{where}: an object was expected")
    flat, scores = _points(one.get("pose_keypoints_2d"), 3, where)
    space = None
    if one.get("pose_keypoints_3d"):
        xyz, _ = _points(one["pose_keypoints_3d"], 4, where)
        space = BODY_25.landmarks(xyz)
    seen = np.nan_to_num(BODY_25.landmarks(scores[:, None])[:, 0])
    identity = one.get("person_id")
    identity = str(identity[0] if isinstance(identity, list) and identity else identity)
    return Person(BODY_25.landmarks(flat), space, seen, None if identity in (_NO_ID, "None", "[]") else identity)


def _points(given: Any, width: int, where: str) -> tuple[Floats, Floats]:
    """The points, NaN where the confidence is 0, and the confidence."""
    values = numbers(given, where)
    if len(values) != width * BODY_25.count:
        raise FormatError(f"{where} has {len(values) // width} points: the 25 of {BODY_25.name} are read")
    table = np.array(values).reshape(BODY_25.count, width)
    points, scores = table[:, :-1].copy(), np.clip(np.nan_to_num(table[:, -1]), 0.0, 1.0)
    points[scores == 0.0] = np.nan
    return points, scores
