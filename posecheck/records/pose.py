"""A picture of a source, and the landmarks found in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from posecheck.records.body import LANDMARK_COUNT, Posture, Side
from posecheck.records.lacks import LACKS_NOTHING, Lacks
from posecheck.records.pose_check import check_pose

if TYPE_CHECKING:  # the history and its pages, which read these records, do without
    import numpy as np
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a source.

    `index` counts from 0; `t` is the presentation time in seconds; `image` is BGR uint8 (height, width, 3).
    """

    index: int
    t: float
    image: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Vectors:
    """The landmarks of a pose as vectors of plain floats; 33 of each, in the order of `Landmark`.

    `px`: (x, y, 0) in pixels. `m`: (x, y, z) in metres. `visibility`: 0 to 1.
    """

    px: tuple[Vector, ...]
    m: tuple[Vector, ...]
    visibility: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """What earlier frames tell of a body beyond its landmarks; the stage `correct` adds it.

    `posture`: the body is known to be in this one, whatever its points look like; None: as they look. `front`: the side
    whose leg was last agreed to be in front; it is that of the position taken now when `front_agreed`.
    `front_probability`: how surely it is in front, or, with no `front`, how surely the likelier leg is; None while
    nothing tells. `legs_hidden`: knees and feet are not where they were found, and nothing is known of them.
    `joints_px`: (33, 2), the joints in pixels, where they are not quite at the landmarks; None: they are.
    `quarter_turns`: the picture is turned clockwise by so many, and the points are those of the upright one.
    """

    posture: Posture | None = None
    front: Side | None = None
    front_agreed: bool = False
    front_probability: float | None = None
    legs_hidden: bool = False
    joints_px: Floats | None = None
    quarter_turns: int = 0


UNCORRECTED = Correction()
_ZEROS = (0.0,) * LANDMARK_COUNT  # z of points in the picture


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """The landmarks of one frame, or their absence.

    `size` is (width, height) of the picture in pixels. `points_px` is (33, 2) in pixels, x right and y down.
    `points_m` is (33, 3) in metres about the mid-hip, x right, y down, z away from the camera.
    `visibility` is (33,), 0 to 1. When nobody is seen the three arrays are all None.
    `correction` is what earlier frames tell of the body. `lacks` is what its source never tells: depth, or landmarks.

    Raises:
        PoseError: shapes, numbers or units are not these; it names what is wrong, and the landmark.
    """

    t: float
    size: tuple[int, int]
    points_px: Floats | None = None
    points_m: Floats | None = None
    visibility: Floats | None = None
    correction: Correction = field(default=UNCORRECTED, repr=False)
    lacks: Lacks = field(default=LACKS_NOTHING, repr=False)

    def __post_init__(self) -> None:
        if self.correction is UNCORRECTED:  # what `correct` makes of a pose was checked when it came in
            check_pose(self)

    @classmethod
    def from_mediapipe(cls, result: Any, t: float, size: tuple[int, int], person: int = 0) -> Pose:
        """The pose in a result of MediaPipe's Pose Landmarker (`PoseLandmarkerResult`).

        Args:
            result: what `detect`, `detect_for_video` or the callback of a live stream gave.
            t: when the picture was taken, in seconds of the source. (MediaPipe's own stamps are milliseconds.)
            size: (width, height) of the picture in pixels.
            person: which of the people that were found, 0 the first.

        Returns:
            The pose, absent when there are not so many people.
        """
        arrays = arrays_of(result, size, person)
        return cls.absent(t, size) if arrays is None else cls(t, size, *arrays)

    @classmethod
    def absent(cls, t: float, size: tuple[int, int] = (0, 0)) -> Pose:
        """The pose of a frame in which nobody is seen.

        Args:
            t: the time of the frame, in seconds.
            size: width and height of the picture, in pixels.
        """
        return cls(t, size)

    @property
    def present(self) -> bool:
        return self.points_px is not None

    @property
    def arrays(self) -> tuple[Floats, Floats, Floats] | None:
        """`points_px`, `points_m` and `visibility`; None when nobody is seen."""
        if self.points_px is None or self.points_m is None or self.visibility is None:
            return None
        return self.points_px, self.points_m, self.visibility

    def vectors(self) -> Vectors | None:
        """The landmarks as vectors; None when nobody is seen."""
        if self.points_px is None or self.points_m is None or self.visibility is None:
            return None
        px = tuple(zip(*self.points_px.T.tolist(), _ZEROS, strict=True))
        metres = tuple(zip(*self.points_m.T.tolist(), strict=True))
        return Vectors(px, metres, tuple(self.visibility.tolist()))

    def __eq__(self, other: object) -> bool:
        """Equal when time, size, what is lacking and every coordinate are equal bit for bit."""
        if not isinstance(other, Pose):
            return NotImplemented
        from numpy import array_equal

        pairs = (
            (self.points_px, other.points_px),
            (self.points_m, other.points_m),
            (self.visibility, other.visibility),
        )
        return (
            self.t == other.t
            and self.size == other.size
            and self.lacks == other.lacks
            and all(a is b or (a is not None and b is not None and array_equal(a, b)) for a, b in pairs)
        )

    __hash__ = None  # type: ignore[assignment]  # holds arrays


def arrays_of(result: Any, size: tuple[int, int], person: int = 0) -> tuple[Floats, Floats, Floats] | None:
    """The landmarks in a result of MediaPipe's Pose Landmarker, whose points in the picture are fractions of it.

    Args:
        result: a `PoseLandmarkerResult`.
        size: (width, height) of the picture in pixels.
        person: which of the people that were found, 0 the first.

    Returns:
        Pixels (33, 2), metres (33, 3) and visibility (33,), as in a Pose, unchecked; None when there are not so many
        people.
    """
    import numpy as np

    if len(result.pose_landmarks) <= person:
        return None
    found, metres = result.pose_landmarks[person], result.pose_world_landmarks[person]
    return (
        np.array([(p.x, p.y) for p in found]) * size,
        np.array([(p.x, p.y, p.z) for p in metres]),
        np.array([p.visibility for p in found]),
    )
