"""Postures of photographs of real people: from landmarks that were kept, and from the pictures themselves."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np

from benchmarks.real_people.figures import POSTURES, Advance, Figure, Score
from benchmarks.real_people.films import truth_of
from posecheck.capture.photograph import read_image
from posecheck.detect.mediapipe_detector import Detector
from posecheck.detect.models import DEFAULT_MODEL, load_model
from posecheck.detect.pose_detector import PoseDetector
from posecheck.errors import InputError
from posecheck.exercises import load_exercise
from posecheck.judging.session import Session
from posecheck.photo import measure_photograph
from posecheck.records import Measurement, Pose, Posture

_SHOWN = {"plank": "plank", "all_fours": "all fours", "supine_knees_bent": "bridge or lying with bent knees"}


def score_postures(path: Path, advance: Advance) -> Score:
    """The posture of each photograph, from its landmarks, beside what the eye sees.

    Args:
        path: JSON, gzip-compressed: what is shown, the postures that are right, the front leg, and the landmarks.
        advance: called after each photograph.

    Raises:
        InputError: there is no such file.
    """
    if not path.is_file():
        raise InputError(
            f"there is no {path}: give the landmarks of photographs, as benchmarks/README.md describes them"
        )
    right = seen = half = found = false = legs = sure = 0
    wrong: list[str] = []
    kinds: dict[str, list[bool]] = {}
    for case in json.loads(gzip.decompress(path.read_bytes())):
        if "px" not in case:
            continue
        px, metres, visibility = (np.array(case[key]) for key in ("px", "m", "visibility"))
        pose = Pose(0.0, tuple(case["size"]), px, metres, visibility)
        measurement = _measured(pose)
        posture = str(measurement.posture)
        good = posture in case["accepted"]
        seen, right = seen + 1, right + good
        if case["accepted"] == [Posture.HALF_KNEELING]:
            half, found = half + 1, found + good
            if case["front_leg"] and good:
                sure, legs = sure + 1, legs + (str(measurement.front) == case["front_leg"])
        elif posture == Posture.HALF_KNEELING and Posture.HALF_KNEELING not in case["accepted"]:
            false += 1
        for name in _SHOWN:
            if name in case["accepted"]:
                kinds.setdefault(name, []).append(posture == name)
        wrong += [] if good else [f"{case['id']}: {posture}"]
        advance(str(case["id"]))
    closing = (
        f"postures right {right}/{seen}; half-kneeling found {found}/{half}, said of others {false}/{seen - half}; "
        f"front leg {legs}/{sure}"
    )
    on = f"{seen} photographs, from their landmarks"
    figures = (
        Figure(POSTURES, on, "posture right", right, seen),
        Figure(POSTURES, "half-kneeling ones of these", "half-kneeling found", found, half),
        Figure(POSTURES, "the others of these", "half-kneeling said wrongly", false, seen - half),
        *(
            Figure(POSTURES, f"{_SHOWN[name]}: these photographs", "found as what they are", sum(those), len(those))
            for name, those in sorted(kinds.items())
        ),
        Figure(POSTURES, "half-kneeling ones", "front leg named rightly", legs, sure),
    )
    return Score("postures", figures, tuple(wrong), closing)


def _measured(pose: Pose) -> Measurement:
    return Session(load_exercise("ninety_ninety")).feed(pose).measurement


def score_photos(folder: Path, advance: Advance, detector: PoseDetector | None = None) -> Score:
    """The posture of each photograph of `truth.json`, detected and measured as `posecheck check` does.

    Whether the reason given with an unknown posture is true cannot be told here: it is printed to be read.

    Args:
        folder: photographs, and truth.json: for each what it shows and the postures that are right.
        advance: called after each photograph.
        detector: a detector in image mode; None for the default model.

    Raises:
        InputError: there is no truth.json, or a picture is missing.
    """
    cases = truth_of(folder)
    if detector is None:
        with Detector(load_model(DEFAULT_MODEL), mode="image") as made:
            return score_photos(folder, advance, made)
    right = unknown = 0
    wrong: list[str] = []
    for case in cases:
        measurement, why = measure_photograph(detector, read_image(folder / case["photo"]))
        posture = str(measurement.posture)
        honest = measurement.posture is Posture.UNKNOWN and why is not None
        good = posture in case["accepted"]
        right, unknown = right + good, unknown + (honest and not good)
        wrong += [] if good else [f"{case['photo']} ({case['shows']}): {posture}; {why}"]
        advance(str(case["photo"]))
    closing = f"photographs right {right}/{len(cases)}, {unknown} unknown with a reason (read above whether it is true)"
    on = f"{len(cases)} photographs of a public collection"
    figures = (
        Figure(POSTURES, on, "posture right", right, len(cases)),
        Figure(POSTURES, on, "posture unknown, with a reason", unknown, len(cases)),
    )
    return Score("photos", figures, tuple(wrong), closing)
