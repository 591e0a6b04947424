"""Frame → Pose, without the tracker's wrong locks: doubts a body that cannot be, looks again, and starts afresh.

MediaPipe's VIDEO mode keeps a wrong first detection for seconds, and finds a person lying with the feet towards a low
camera upside down. When the body is implausible, or nobody is found, the picture is tried in four turns, and tracking
starts afresh in a turn in which the tracker agrees with the other looks. Now and then a plausible body is compared with
a fresh look, too. On a good recording this costs about one per cent of the detector's time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import hypot
from typing import Any, Literal

import numpy as np

from posecheck._cv2 import load_cv2
from posecheck.closing import Closing
from posecheck.detect import Detector
from posecheck.models import Model
from posecheck.posture import is_upside_down
from posecheck.records import Floats, Frame, Pose
from posecheck.turn import TURNS, turn_back

LONGEST_TRUNK = 0.6  # of the body's extent: right bodies measured at most 0.59, wrong locks 0.63 to 0.67
FAR = 0.25  # of the body's extent: two looks further apart than this show different bodies
DOUBT_S = 0.2  # an implausible body is looked at again after this long
NOBODY_S = 1.0  # and an empty picture after this long
AUDIT_S = 10.0  # a plausible body is compared with a fresh look this often ...
FIRST_AUDIT_S = 0.5  # ... and for the first time this long after tracking began
AGAIN_S = 0.3  # a second look before a plausible body is given up
MOST_WAIT_S = 8.0  # looks that do not help become rarer, up to this

_BODY = (0, 11, 12, 23, 24, 25, 26, 27, 28)

Mode = Literal["video", "image"]


@dataclass(slots=True)
class _Schedule:
    """When to look again, in seconds of the source."""

    audit_at: float | None = None
    disagreed: bool = False
    doubt_since: float | None = None
    check_at: float = 0.0
    wait_s: float = DOUBT_S


class Follower(Closing):
    """A detector for one source that notices when it follows something else than a person; a context manager.

    Args:
        model: the pose model.
        make: makes a detector from model and mode; another one in tests.

    `restarts` counts how often tracking began afresh; `company_t` is when somebody else was first seen, in seconds.

    Errors: as `Detector`.
    """

    def __init__(self, model: Model, make: Callable[[Model, Mode], Any] | None = None) -> None:
        self._model = model
        self._make = make or (lambda model, mode: Detector(model, mode=mode))
        self._turn = 0
        self._tracker: Any = self._make(model, "video")
        self._fresh: Any = None
        self._when = _Schedule()
        self.restarts = 0
        self.company_t: float | None = None

    def close(self) -> None:
        """Let go of the detectors; may be called twice."""
        self._tracker.close()
        if self._fresh is not None:
            self._fresh.close()

    def detect(self, frame: Frame) -> Pose:
        """The pose of the person in `frame`, in pixels of the whole picture; absent when nobody is seen."""
        pose = _look(self._tracker, frame, self._turn)
        when = self._when
        if pose.present and is_plausible(pose):
            when.doubt_since, when.wait_s = None, DOUBT_S
            return self._audit(frame, pose)
        when.disagreed = False
        if when.doubt_since is None:
            when.doubt_since = frame.t
        patience = DOUBT_S if pose.present else NOBODY_S
        if frame.t - when.doubt_since >= patience and frame.t >= when.check_at:
            when.wait_s = min(2 * when.wait_s, MOST_WAIT_S)
            when.check_at = frame.t + when.wait_s
            return self._start_afresh(frame) or pose
        return pose

    def _audit(self, frame: Frame, pose: Pose) -> Pose:
        when = self._when
        if when.audit_at is None:
            when.audit_at = frame.t + FIRST_AUDIT_S
        if frame.t < when.audit_at:
            return pose
        fresh = self._look_afresh(frame, self._turn)
        if self.company_t is None and self._turn == 0:
            from posecheck.others import somebody_else

            self.company_t = frame.t if somebody_else(self._fresh, frame, pose) else None
        if not (fresh.present and is_plausible(fresh)) or _distance(pose, fresh) <= FAR:
            when.audit_at, when.disagreed = frame.t + AUDIT_S, False
            return pose
        if not when.disagreed:
            when.audit_at, when.disagreed = frame.t + AGAIN_S, True
            return pose
        when.audit_at, when.disagreed = frame.t + AUDIT_S, False
        return self._start_afresh(frame) or pose

    def _start_afresh(self, frame: Frame) -> Pose | None:
        """Track anew in the turn in which the tracker agrees best with fresh looks; None when none helps."""
        looks = {turn: self._look_afresh(frame, turn) for turn in TURNS}
        good = [pose for pose in looks.values() if pose.present and is_plausible(pose)]
        for turn in (self._turn, *(t for t in TURNS if t != self._turn)):
            if not looks[turn].present:
                continue
            tracker = self._make(self._model, "video")
            pose = _look(tracker, frame, turn)
            agreeing = sum(1 for other in good if pose.present and _distance(pose, other) <= FAR)
            if pose.present and is_plausible(pose) and 2 * agreeing > len(good):
                self._tracker.close()
                self._tracker, self._turn = tracker, turn
                self.restarts += 1
                return pose
            tracker.close()
        return None

    def _look_afresh(self, frame: Frame, turn: int) -> Pose:
        if self._fresh is None:
            self._fresh = self._make(self._model, "image")
        return _look(self._fresh, frame, turn)


def look_upright(detector: Any, frame: Frame) -> Pose:
    """The pose in a photograph; when the body found cannot be, the picture is tried in the other three turns.

    `detector`: a `Detector` in image mode.
    """
    poses = (_look(detector, frame, turn) for turn in TURNS)
    first = next(poses)
    if first.present and is_plausible(first):
        return first
    return next((pose for pose in poses if pose.present and is_plausible(pose)), first)


def is_plausible(pose: Pose) -> bool:
    """Whether a present pose can be a person: head up in the picture's sense, trunk not too long for the body."""
    if pose.points_px is None or pose.points_m is None:
        return False
    px = pose.points_px
    trunk = (px[11] + px[12] - px[23] - px[24]) / 2
    return hypot(trunk[0], trunk[1]) <= LONGEST_TRUNK * extent_px(px) and not is_upside_down(
        [(x, y, z) for x, y, z in pose.points_m.tolist()]
    )


def extent_px(px: Floats) -> float:
    """The larger side of the box round head, shoulders, hips, knees and ankles, in pixels."""
    body = px[list(_BODY)]
    return float((body.max(axis=0) - body.min(axis=0)).max())


def _distance(a: Pose, b: Pose) -> float:
    """How far apart two bodies are, in extents: nose, shoulders, hips and knees, left and right not told apart."""
    if a.points_px is None or b.points_px is None:
        return float("inf")
    p, q = a.points_px, b.points_px
    pairs = ((0, 0), (11, 12), (23, 24), (25, 26))
    apart = [np.linalg.norm((p[i] + p[j] - q[i] - q[j]) / 2) for i, j in pairs]
    return float(np.mean(apart)) / max(extent_px(q), 1.0)


def _look(detector: Any, frame: Frame, turn: int) -> Pose:
    """Detect in the picture turned by quarter turns clockwise, and turn the points back."""
    if turn == 0:
        found: Pose = detector.detect(frame)
        return found
    cv2 = load_cv2()
    how = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)[turn - 1]
    pose = detector.detect(replace(frame, image=cv2.rotate(frame.image, how)))
    return turn_back(pose, turn)
