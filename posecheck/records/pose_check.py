"""Whether the arrays of a pose can be one: shapes, numbers, units. Asked once, when a Pose is made."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from posecheck.errors import PoseError
from posecheck.records.body import LANDMARK_COUNT, Landmark

if TYPE_CHECKING:
    from posecheck.records.pose import Pose

FARTHEST = 1e9  # pixels or metres; a guess: further off there is no landmark
TALLEST_M = 100.0  # a guess, far above any body: world landmarks beyond it are in another unit
_NORMALISED = 2.0  # normalised coordinates lie from 0 to 1, a little beyond it for points outside the picture
# One row for each landmark.
_SHAPES = {"points_px": (LANDMARK_COUNT, 2), "points_m": (LANDMARK_COUNT, 3), "visibility": (LANDMARK_COUNT,)}


def check_pose(pose: Pose) -> None:
    """Find out whether time, picture size and arrays of a pose can be right.

    Raises:
        PoseError: they cannot; it names what is wrong, and what is allowed.
    """
    if not isinstance(pose.t, (int, float)) or not isfinite(pose.t):
        raise PoseError(f"t must be a number of seconds, not {pose.t!r}")
    arrays = {name: getattr(pose, name) for name in _SHAPES}
    missing = [name for name, array in arrays.items() if array is None]
    if len(missing) == len(arrays):
        return  # nobody is seen
    if missing:
        raise PoseError(f"{' and '.join(missing)} is None: give all three arrays, or none when nobody is seen")
    for name, array in arrays.items():
        _check_array(name, array)
    _check_units(pose)


def _check_array(name: str, array: Any) -> None:
    import numpy as np

    wanted = _SHAPES[name]
    if not isinstance(array, np.ndarray):
        raise PoseError(f"{name} must be a numpy array of shape {wanted}, not {type(array).__name__}")
    if array.shape != wanted:
        hint = " (COCO's 17 points are not enough)" if array.shape[:1] == (17,) else ""
        raise PoseError(f"{name} must have shape {wanted}: MediaPipe's 33 landmarks; it has {array.shape}{hint}")
    if array.dtype.kind not in "fiu":
        raise PoseError(f"{name} must hold numbers, not {array.dtype}")
    wrong = np.argwhere(~(np.abs(array) <= FARTHEST))
    if len(wrong):
        place = tuple(int(i) for i in wrong[0])
        landmark = Landmark(place[0]).name.lower()
        raise PoseError(f"{name} of {landmark} is {array[place]}: a landmark that is not known has visibility 0")


def _check_units(pose: Pose) -> None:
    import numpy as np

    assert pose.points_px is not None
    assert pose.points_m is not None
    assert pose.visibility is not None
    width, height = pose.size
    if width <= 0 or height <= 0:
        raise PoseError(f"size must be (width, height) of the picture in pixels, not {pose.size}")
    if min(width, height) > 2 * _NORMALISED and float(np.abs(pose.points_px).max()) <= _NORMALISED:
        raise PoseError(
            f"points_px look normalised (0 to 1): multiply x by the width, {width}, and y by the height, {height}"
        )
    if float(np.abs(pose.points_m).max()) > TALLEST_M:
        raise PoseError("points_m must be in metres about the mid-hip: these are larger than any body")
    if not 0.0 <= float(pose.visibility.min()) <= float(pose.visibility.max()) <= 1.0:
        raise PoseError("visibility must lie from 0 to 1")
