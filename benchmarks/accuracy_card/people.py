"""Real people: photographs of ../shared/people, postures and angles read off by eye (± 10 degrees); and a film."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.accuracy_card.clips import make_tape, poses
from posecheck.capture.photograph import read_image
from posecheck.detect.mediapipe_detector import Detector
from posecheck.detect.models import Model
from posecheck.exercises import exercise_names, load_exercise
from posecheck.judging.session import Session
from posecheck.measure import measure
from posecheck.photo import measure_photograph
from posecheck.records import Measurement, Posture, Signal

WITHIN_DEG = 12.0
HALF, SUPINE, LYING = Posture.HALF_KNEELING, Posture.SUPINE_KNEES_BENT, Posture.LYING


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph: the postures that are right, and angles in the image plane, degrees, in posecheck's conventions.

    `seen` is keyed by signal; "knee_flexion" and "hip_flexion" without a side stand for the leg that fits better, where
    the table does not say which one was looked at. A side bend is + to the subject's right (the table there: - to the
    left of the picture, the same thing for people who face the camera).
    """

    name: str
    postures: frozenset[Posture]
    seen: dict[str, float] = field(default_factory=dict)


PICTURES = (
    Picture(
        "Kneeling_Hip_Flexor_0",
        frozenset({HALF}),
        {"right_hip_flexion": -17.0, "left_knee_flexion": 142.0, "right_knee_flexion": 70.0},
    ),
    Picture("Kneeling_Hip_Flexor_1", frozenset({HALF})),
    Picture(
        "Dumbbell_Lunges_1",
        frozenset({HALF}),
        {"right_hip_flexion": 89.0, "right_knee_flexion": 117.0, "left_hip_flexion": -31.0, "left_knee_flexion": 89.0},
    ),
    Picture("Lunge_Sprint_0", frozenset({HALF})),
    Picture("One_Knee_To_Chest_0", frozenset({SUPINE}), {"hip_flexion": 61.0, "knee_flexion": 125.0}),
    Picture("Pelvic_Tilt_Into_Bridge_0", frozenset({SUPINE})),
    Picture("Pelvic_Tilt_Into_Bridge_1", frozenset({SUPINE}), {"hip_flexion": 11.0, "knee_flexion": 93.0}),
    Picture("Crunches_0", frozenset({SUPINE}), {"hip_flexion": 52.0, "knee_flexion": 115.0}),
    Picture("Alternating_Floor_Press_0", frozenset({LYING}), {"knee_flexion": 0.0}),
    Picture("Alternating_Floor_Press_1", frozenset({LYING}), {"knee_flexion": 0.0}),
    Picture("Standing_Lateral_Stretch_0", frozenset({Posture.STANDING}), {"side_bend": 4.0}),
    Picture("Standing_Lateral_Stretch_1", frozenset({Posture.STANDING}), {"side_bend": 25.0}),
    Picture("Seated_Overhead_Stretch_0", frozenset({Posture.FLOOR_SITTING}), {"side_bend": 36.0}),
    Picture("Lying_Bent_Leg_Groin_0", frozenset({LYING, SUPINE})),
)
RIGHT, WRONG, UNKNOWN = "right", "wrong", "unknown"  # what the posture of a photograph was
FILM = "squats.mp4"  # standing throughout; nothing may count


@dataclass(frozen=True, slots=True)
class PictureResult:
    """What was found in a photograph; `angles`: (signal, seen, measured) in degrees; `refused`: the signals that were
    not measured, as the view does not show them. `posture_is`: RIGHT, WRONG, or UNKNOWN with a reason (`why`)."""

    name: str
    posture: Posture
    posture_is: str
    why: str | None
    angles: tuple[tuple[str, float, float], ...]
    refused: tuple[str, ...] = ()

    @property
    def angles_ok(self) -> bool:
        return all(abs(measured - seen) <= WITHIN_DEG for _, seen, measured in self.angles)


@dataclass(frozen=True, slots=True)
class FilmResult:
    """What was found in the film: share of the frames by posture, and repetitions listed by each exercise."""

    postures: dict[str, float]
    listed: dict[str, int]

    @property
    def ok(self) -> bool:
        return set(self.postures) <= {Posture.STANDING, Posture.UNKNOWN} and not any(self.listed.values())


def look_at_pictures(folder: Path, model: Model) -> Iterator[PictureResult]:
    """Measure the photographs that are there; errors as `Detector` and `read_image`."""
    with Detector(model, mode="image") as detector:
        for picture in PICTURES:
            path = folder / f"{picture.name}.jpg"
            if path.exists():
                yield compare_picture(picture, *measure_photograph(detector, read_image(path)))


def compare_picture(picture: Picture, found: Measurement, why: str | None) -> PictureResult:
    """Compare a measurement with what was seen; an unknown posture is neither right nor wrong when it has a reason."""
    honest = found.posture is Posture.UNKNOWN and why is not None
    posture_is = RIGHT if found.posture in picture.postures else UNKNOWN if honest else WRONG
    angles, refused = [], []
    for name, seen in picture.seen.items():
        sides = [f"left_{name}", f"right_{name}"]  # where the table does not say which leg: the one that fits better
        names = sides if sides[0] in list(Signal) else [name]
        readings = [found.image[Signal(n)].value for n in names if Signal(n) in found.image]
        if readings:
            angles.append((name, seen, min(readings, key=lambda value: abs(value - seen))))
        else:
            refused.append(name)
    return PictureResult(picture.name, found.posture, posture_is, why, tuple(angles), tuple(refused))


def watch_film(path: Path, model: Model, tapes: Path) -> FilmResult:
    """Judge the film of squats against every exercise."""
    tape = make_tape(path, model, tapes)
    postures = Counter(str(measure(pose).posture) for pose in poses(tape))
    listed = {}
    for name in exercise_names():
        session = Session(load_exercise(name))
        for pose in poses(tape):
            session.feed(pose)
        listed[name] = len(session.summary().repetitions)
    total = sum(postures.values())
    return FilmResult({name: n / total for name, n in postures.most_common()}, listed)
