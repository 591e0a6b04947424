"""Poses made to order, motions, faults, assertions and scripted parts: for our tests and for yours.

A `Body` is a set of joint angles; forward kinematics gives its 33 landmarks, a `Camera` takes its picture:

    >>> pose = make_pose(half_kneeling("right", front_knee_flexion=100), height_m=1.6)
    >>> assert_angle(pose, "front_knee_flexion", 100, within=5)

A `motion` goes from key to key; a ready-made set can be given a fault, and `judged` says what a session makes of it:

    >>> deep = half_kneeling("right", hips_forward=15, arm_elevation=170)
    >>> keys = keys_of((0, 2, standing()), (1, 2, half_kneeling("right")), (1, 21, deep), (1, 1, standing()))
    >>> assert_holds(judged(motion(keys, fps=15), "ninety_ninety"), 21)
    >>> assert_counts(judged(ninety_ninety_set(["right"], arm_deg=90), "ninety_ninety"), right=0)

What was recorded once (`posecheck replay --tape`) is read back with `load_tape`. An assertion that fails says what was
measured, where and when.

Bodies, poses, motions and exercises come from `posecheck.synthetic`; the rest is in this package.

| module | what is in it |
|---|---|
| bodies | `Body`, other_side; standing, tall_kneeling, half_kneeling, floor_sitting, shin_box, supine, lying |
| poses | `make_pose`, `Camera`; SIDE_CAMERA, FRONT_CAMERA, FOOT_CAMERA |
| motions | `motion`, `keys_of`; ninety_ninety_set, side_bend_set, knee_drops_set |
| exercises | `made_set`: the other built-in exercises, right or with a fault of `MADE[name].wrong` |
| detector_bias | `as_detected`: hips where the detector puts them, which a session of a kneeling exercise puts right |
| faults | noisy, dropped_out, swapped, hidden, mirrored |
| assertions | `judged`, `load_tape`, `pose_at`; `assert_angle`, `assert_counts`, `assert_holds` |
| explaining | `explain`: why it did not count, without a tape; `save_tape`: poses become a tape |
| scripted | `ScriptedSource`, `ScriptedDetector`: answer as told, and fail where told; `blank_frames` |

All angles are degrees with the zero and sign of `posecheck.measure.angles`, lengths metres, times seconds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from posecheck.synthetic.bodies import (
        FOOT_AHEAD,
        FOOT_BEHIND,
        FOREARM,
        HAND,
        HEAD,
        HIP_HALF,
        SHIN,
        SHOULDER_HALF,
        THIGH,
        TRUNK,
        UPPER_ARM,
        Body,
        floor_sitting,
        half_kneeling,
        lying,
        other_side,
        shin_box,
        standing,
        supine,
        tall_kneeling,
    )
    from posecheck.synthetic.detector_bias import as_detected
    from posecheck.synthetic.exercises import MADE, made_set
    from posecheck.synthetic.motions import (
        keys_of,
        knee_drops_set,
        motion,
        ninety_ninety_set,
        side_bend_set,
    )
    from posecheck.synthetic.poses import (
        FOOT_CAMERA,
        FRONT_CAMERA,
        SIDE_CAMERA,
        Camera,
        make_pose,
    )
    from posecheck.testing.assertions import (
        assert_angle,
        assert_counts,
        assert_holds,
        judged,
        load_tape,
        pose_at,
    )
    from posecheck.testing.explaining import explain, save_tape
    from posecheck.testing.faults import (
        dropped_out,
        hidden,
        mirrored,
        noisy,
        swapped,
    )
    from posecheck.testing.scripted import (
        ScriptedDetector,
        ScriptedSource,
        blank_frames,
    )

_HOMES = {
    "posecheck.synthetic.bodies": (
        "FOOT_AHEAD",
        "FOOT_BEHIND",
        "FOREARM",
        "HAND",
        "HEAD",
        "HIP_HALF",
        "SHIN",
        "SHOULDER_HALF",
        "THIGH",
        "TRUNK",
        "UPPER_ARM",
        "Body",
        "floor_sitting",
        "half_kneeling",
        "lying",
        "other_side",
        "shin_box",
        "standing",
        "supine",
        "tall_kneeling",
    ),
    "posecheck.synthetic.detector_bias": ("as_detected",),
    "posecheck.synthetic.exercises": (
        "MADE",
        "made_set",
    ),
    "posecheck.synthetic.motions": (
        "keys_of",
        "knee_drops_set",
        "motion",
        "ninety_ninety_set",
        "side_bend_set",
    ),
    "posecheck.synthetic.poses": (
        "FOOT_CAMERA",
        "FRONT_CAMERA",
        "SIDE_CAMERA",
        "Camera",
        "make_pose",
    ),
    "posecheck.testing.assertions": (
        "assert_angle",
        "assert_counts",
        "assert_holds",
        "judged",
        "load_tape",
        "pose_at",
    ),
    "posecheck.testing.explaining": (
        "explain",
        "save_tape",
    ),
    "posecheck.testing.faults": (
        "dropped_out",
        "hidden",
        "mirrored",
        "noisy",
        "swapped",
    ),
    "posecheck.testing.scripted": (
        "ScriptedDetector",
        "ScriptedSource",
        "blank_frames",
    ),
}
_ADDRESSES = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "FOOT_AHEAD",
    "FOOT_BEHIND",
    "FOOT_CAMERA",
    "FOREARM",
    "FRONT_CAMERA",
    "HAND",
    "HEAD",
    "HIP_HALF",
    "MADE",
    "SHIN",
    "SHOULDER_HALF",
    "SIDE_CAMERA",
    "THIGH",
    "TRUNK",
    "UPPER_ARM",
    "Body",
    "Camera",
    "ScriptedDetector",
    "ScriptedSource",
    "as_detected",
    "assert_angle",
    "assert_counts",
    "assert_holds",
    "blank_frames",
    "dropped_out",
    "explain",
    "floor_sitting",
    "half_kneeling",
    "hidden",
    "judged",
    "keys_of",
    "knee_drops_set",
    "load_tape",
    "lying",
    "made_set",
    "make_pose",
    "mirrored",
    "motion",
    "ninety_ninety_set",
    "noisy",
    "other_side",
    "pose_at",
    "save_tape",
    "shin_box",
    "side_bend_set",
    "standing",
    "supine",
    "swapped",
    "tall_kneeling",
]


def __getattr__(name: str) -> Any:
    # loaded when first asked for: the pytest plugin is in this package, and loads nothing for who does not use it
    if name not in _ADDRESSES:
        raise AttributeError(f"module 'posecheck.testing' has no attribute {name!r}")
    return getattr(import_module(_ADDRESSES[name]), name)


def __dir__() -> list[str]:
    return __all__
