"""UI-PRMD: recorded motion of people → landmarks in space, from the .npz as handed over or from the published files.

The published files are "Segmented Movements/Vicon/Positions/m01_s01_e01_positions.txt" and "Incorrect Segmented
Movements/Vicon/Positions/m01_s01_e01_positions_inc.txt": a line a frame, 100 a second, 39 markers with x, y, z each, in
millimetres, in the order of the Plug-in Gait model. Each is one repetition; they are joined as in the .npz.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posecheck.errors import FormatError, InputError
from posecheck.records import LANDMARK_COUNT, Floats, Landmark, Side

Markers = dict[str, Floats]  # (frames, 3) in metres each, by name

FPS = 25.0
JOINED_S, STANDING_S = 0.4, 2.0  # a straight line between repetitions; standing before and after
_PUBLISHED_FPS = 100.0
_NAME = re.compile(r"(m\d\d)_s(\d\d)_e(\d\d)_positions(_inc)?\.txt(\.gz)?$")
_MARKERS = (
    *("LFHD", "RFHD", "LBHD", "RBHD", "C7", "T10", "CLAV", "STRN", "RBAK"),
    *("LSHO", "LUPA", "LELB", "LFRM", "LWRA", "LWRB", "LFIN", "RSHO", "RUPA", "RELB", "RFRM", "RWRA", "RWRB", "RFIN"),
    *("LASI", "RASI", "LPSI", "RPSI", "LTHI", "LKNE", "LTIB", "LANK", "LHEE", "LTOE"),
    *("RTHI", "RKNE", "RTIB", "RANK", "RHEE", "RTOE"),
)
_M = {name: index for index, name in enumerate(_MARKERS)}
# hip joint centres from the middle of the front pelvis markers, in widths of the pelvis (Bell 1990)
_HIP_ASIDE, _HIP_BACK, _HIP_DOWN = 0.36, 0.19, 0.30
_FACE_POINTS = 11
_SHOULDER_DOWN_M = 0.05  # a guess: the marker lies on top of the shoulder
_HALF_KNEE_M, _HALF_ANKLE_M = 0.055, 0.04  # a guess: from the marker at the outer side to the middle of the joint


@dataclass(frozen=True, slots=True)
class Recorded:
    """One set, and how many repetitions are in it.

    `motion` is (frames, 33, 3) in metres: x forwards, y up, z to the subject's right. `movement` is m01 to m10;
    `right`: done as asked, not wrong on purpose.
    """

    person: str
    movement: str
    right: bool
    motion: Floats
    fps: float
    repetitions: int


def read_motion(folder: Path) -> Iterator[Recorded]:
    """Every set in a folder, person by person.

    Raises:
        InputError: there is nothing of UI-PRMD in it.
        FormatError: a published file is damaged.
    """
    files = sorted(folder.glob("person*.npz"))
    published = sorted(path for path in folder.rglob("m*_positions*.txt*") if _NAME.search(path.name))
    if not files and not published:
        raise InputError(
            f"there is nothing of UI-PRMD in {folder}: give personNN.npz, or the folders of the published data set "
            "with Segmented Movements/Vicon/Positions in them"
        )
    for path in files:
        yield from _read_npz(path)
    if not files:
        yield from _read_published(published)


def _read_npz(path: Path) -> Iterator[Recorded]:
    with np.load(path) as data:
        for key in sorted(k for k in data if re.fullmatch(r"m\d\d[ci]", k)):
            motion = data[key] / 1000.0
            yield Recorded(path.stem, key[:3], key[3] == "c", motion, float(data["fps"]), int(data[f"{key}_n"]))


def _read_published(paths: list[Path]) -> Iterator[Recorded]:
    sets: dict[tuple[str, str, bool], list[Path]] = {}
    for path in paths:
        match = _NAME.search(path.name)
        assert match is not None
        sets.setdefault((f"person{match[2]}", match[1], match[4] is None), []).append(path)
    for (person, movement, right), own in sorted(
        sets.items(), key=lambda item: (item[0][0], item[0][1], not item[0][2])
    ):
        parts = [landmarks_of(_read_markers(path)) for path in own]
        yield Recorded(person, movement, right, joined(parts, FPS), FPS, len(parts))


def _read_markers(path: Path) -> Floats:
    """(frames, 39, 3) in metres."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [line.replace(b",", b" ").split() for line in data.splitlines() if line.strip()]
    if not rows or any(len(row) != 3 * len(_MARKERS) for row in rows):
        raise FormatError(f"{path} has not {3 * len(_MARKERS)} numbers in each line: download it again")
    every = round(_PUBLISHED_FPS / FPS)
    return np.array(rows[::every], dtype=np.float64).reshape(-1, len(_MARKERS), 3) / 1000.0


def landmarks_of(markers: Floats) -> Floats:
    """Markers → the 33 landmarks; up is found from head and feet, forwards from the pelvis of the first frame.

    Args:
        markers: (frames, 39, 3) in metres, in the order of the Plug-in Gait model.

    Returns:
        (frames, 33, 3) in metres, x forwards, y up, z to the subject's right.
    """
    turned = _turned(markers)
    m = {name: turned[:, index] for name, index in _M.items()}
    found = np.zeros((len(turned), LANDMARK_COUNT, 3))
    found[:, :_FACE_POINTS] = _face(m)
    hips = _hips(m)
    across = _unit(m["RASI"] - m["LASI"])
    for short, side, sign in (("L", Side.LEFT, -1.0), ("R", Side.RIGHT, 1.0)):
        inwards = -sign * across
        fingers = dict.fromkeys(("PINKY", "INDEX", "THUMB"), m[f"{short}FIN"])
        places = {
            **fingers,
            "SHOULDER": m[f"{short}SHO"] - np.array([0.0, _SHOULDER_DOWN_M, 0.0]),
            "ELBOW": m[f"{short}ELB"],
            "WRIST": (m[f"{short}WRA"] + m[f"{short}WRB"]) / 2,
            "HIP": hips[side],
            "KNEE": m[f"{short}KNE"] + inwards * _HALF_KNEE_M,
            "ANKLE": m[f"{short}ANK"] + inwards * _HALF_ANKLE_M,
            "HEEL": m[f"{short}HEE"],
            "FOOT_INDEX": m[f"{short}TOE"],
        }
        for name, points in places.items():
            found[:, Landmark[f"{side}_{name}".upper()]] = points
    return found


def _face(m: Markers) -> Floats:
    """(frames, 11, 3): guesses, as there is only a band round the forehead."""
    ahead = _unit(m["LFHD"] + m["RFHD"] - m["LBHD"] - m["RBHD"])
    across = _unit(m["RFHD"] - m["LFHD"])
    down = np.cross(ahead, across)
    head = (m["LFHD"] + m["RFHD"] + m["LBHD"] + m["RBHD"]) / 4
    places = ((0.12, 0.10, 0.0), *((0.10, 0.06, side * x) for side in (-1, 1) for x in (0.02, 0.03, 0.04)))
    places += ((0.02, 0.08, -0.07), (0.02, 0.08, 0.07), (0.11, 0.14, -0.02), (0.11, 0.14, 0.02))
    return np.stack([head + ahead * a + down * d + across * r for a, d, r in places], axis=1)


def _hips(m: Markers) -> dict[Side, Floats]:
    """The hip joint centres, (frames, 3) each."""
    width = np.linalg.norm(m["RASI"] - m["LASI"], axis=1)[:, None]
    across = _unit(m["RASI"] - m["LASI"])
    front = (m["LASI"] + m["RASI"]) / 2
    level = (m["LPSI"] + m["RPSI"]) / 2 - front
    behind = _unit(level - across * (level * across).sum(axis=1)[:, None])
    middle = front + width * (_HIP_BACK * behind + _HIP_DOWN * np.cross(across, behind))
    return {Side.LEFT: middle - width * _HIP_ASIDE * across, Side.RIGHT: middle + width * _HIP_ASIDE * across}


def joined(parts: list[Floats], fps: float) -> Floats:
    """Repetitions one after the other, a straight line between them, standing still before and after.

    Args:
        parts: (frames, 33, 3) each.
        fps: frames a second.
    """
    still, between = round(STANDING_S * fps), round(JOINED_S * fps)
    pieces = [np.repeat(parts[0][:1], still, axis=0)]
    for index, part in enumerate(parts):
        if index:
            shares = np.linspace(0.0, 1.0, between + 2)[1:-1, None, None]
            pieces.append(parts[index - 1][-1] * (1 - shares) + part[0] * shares)
        pieces.append(part)
    return np.concatenate([*pieces, np.repeat(parts[-1][-1:], still, axis=0)])


def _turned(markers: Floats) -> Floats:
    """The markers with x forwards, y up, z to the right."""
    first = markers[0]
    tall = first[: _M["C7"]].mean(0) - first[[_M["LANK"], _M["RANK"]]].mean(0)
    axis = int(np.abs(tall).argmax())
    up = np.zeros(3)
    up[axis] = np.sign(tall[axis])
    right = first[_M["RASI"]] - first[_M["LASI"]]
    right = right - up * (right @ up)
    right = right / np.linalg.norm(right)
    turned: Floats = markers @ np.stack([np.cross(up, right), up, right], axis=1)
    return turned


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit
