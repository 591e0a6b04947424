"""Frame → Pose: follows the person who exercises, and notices when MediaPipe follows something else.

MediaPipe's VIDEO mode has two faults. It keeps a wrong first detection for seconds. It also finds a person upside down
who lies with the feet towards a low camera. So when nobody is found, or a body that cannot be one (`plausibility`), the
picture is searched anew in four rotations. Tracking starts again in a rotation in which the tracker agrees with the
other searches. Now and then a plausible body is compared with a new search, too.

With two people in the picture the tracker may take the wrong one, or jump from one to the other. `Watch` of
`person_selection` says when the body that is followed may not be the one who exercises. Then another person is searched
for. If that person is the better choice, tracking starts again in a picture in which the first one is painted over.

On a good recording of one person all this costs about two per cent of the detector's time. Most of it runs beside the
tracker, in a thread of its own. What a search finds is used LOOK_S after its start, however quick the search was, so
the poses are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from posecheck.detect.bystanders import covers, find_other, without
from posecheck.detect.mediapipe_detector import Detector
from posecheck.detect.models import Model
from posecheck.detect.person_selection import Doubt, Watch, are_alike
from posecheck.detect.plausibility import FAR, distance, is_on_floor, is_plausible, posture_of
from posecheck.detect.pose_detector import PoseDetector
from posecheck.libraries import load_cv2
from posecheck.records import Frame, Pose
from posecheck.records.closing import Closing
from posecheck.records.quarter_turns import TURNS, turn_back
from posecheck.records.times import TrueSince

DOUBT_S = 0.2  # a guess: an implausible body is looked at again after this long
NOBODY_S = 1.0  # a guess: and an empty picture after this long
AUDIT_S = 24.0  # a guess: a plausible body is compared with a fresh look this often ...
FIRST_AUDIT_S = 0.5  # a guess: ... and for the first time this long after tracking began
LOOK_S = 0.3  # what a look shows counts this long after it began: it takes a tenth of a second, beside the tracker
MOST_WAIT_S = 8.0  # a guess: looks that do not help become rarer, up to this
ALONE_S = 6.0  # a guess: somebody else is looked for this often ...
COMPANY_S = 1.0  # a guess: ... and this often while there is somebody
OTHER_S = 0.3  # a guess: in doubt about who it is, somebody else is looked for this often while that helps
COVERED_S = 3.0  # a guess: after a jump a body is not judged while a passer covers it, for this long at most
SAME = 0.1  # a guess: of the body's extent: somebody who is found twice this near to the same place stays there

_ALONE = "be alone in the picture"

Mode = Literal["video", "image"]


@dataclass(slots=True)
class _Schedule:
    """When to look again, in seconds of the source."""

    audit_at: float | None = None
    disagreed: bool = False
    doubt: TrueSince = field(default_factory=TrueSince)  # the body that is followed cannot be one
    check_at: float = 0.0
    wait_s: float = DOUBT_S
    other_at: float = 0.0
    other_wait_s: float = OTHER_S
    found: Pose | None = None  # the better one, once seen
    covered_until: float = 0.0
    company_at: float = float("inf")
    company: Pose | None = None  # somebody who looks on, when last seen ...
    stays: bool = False  # ... in the same place as before


@dataclass(frozen=True, slots=True)
class _Found:
    """What a fresh look shows beside the body that is followed.

    `other` is somebody else. If asked for, `fresh` is the body found afresh, and `are_two` says whether it is another
    person than the one who is followed.
    """

    other: Pose | None
    fresh: Pose | None = None
    are_two: bool = False


@dataclass(frozen=True, slots=True)
class _Look:
    """A look that is on its way: at which frame, when the body of `pose` was followed."""

    frame: Frame
    pose: Pose
    found: Future[_Found]


class PersonTracker(Closing):
    """A detector for one source that notices when it follows something else than a person; a context manager.

    Args:
        model: the pose model.
        make: makes a detector from model and mode; another one in tests.

    Raises:
        DependencyError: mediapipe does not load.
        ModelError: mediapipe refuses the model.

    `restarts` counts how often tracking began afresh, `changes` how often with another person. `company_t` is when
    somebody else was first seen, in seconds; `unclear_t` when first two people were on the floor, so that it is not
    clear who exercises (the one who was followed is kept).
    """

    def __init__(self, model: Model, make: Callable[[Model, Mode], PoseDetector] | None = None) -> None:
        self._model = model
        self._make = make or (lambda model, mode: Detector(model, mode=mode))
        self._turn = 0
        self._tracker: PoseDetector = self._make(model, "video")
        self._fresh: PoseDetector | None = None  # sees each picture afresh; only the thread that looks uses it
        self._looking = ThreadPoolExecutor(1, "look afresh")
        self._look: _Look | None = None
        self._when = _Schedule()
        self._watch = Watch()
        self._last: Pose | None = None
        self.restarts = self.changes = 0
        self.company_t: float | None = None
        self.unclear_t: float | None = None

    @property
    def warning(self) -> str | None:
        """What to tell about other people in the picture; None when there were none."""
        if self.company_t is None:
            return None
        if self.unclear_t is not None:
            return f"two people were on the floor at {self.unclear_t:.0f} s, so it is not clear who exercises: {_ALONE}"
        return f"somebody else was seen at {self.company_t:.0f} s: only the one on the floor is judged, so {_ALONE}"

    def close(self) -> None:
        """Let go of the detectors; may be called twice."""
        self._looking.shutdown(cancel_futures=True)
        self._tracker.close()
        if self._fresh is not None:
            self._fresh.close()

    def detect(self, frame: Frame) -> Pose:
        """The pose of the person in `frame`, in pixels of the whole picture; absent when nobody is seen."""
        when = self._when
        alone = self._alone(frame)
        pose = _look(self._tracker, alone, self._turn)
        plausible = is_plausible(pose)
        doubted_s = when.doubt.update(frame.t, not plausible)
        if plausible:
            when.wait_s = DOUBT_S
            self._last = pose
            return self._choose(frame, alone, pose) if self._turn == 0 else self._audit(frame, alone, pose)
        when.disagreed = when.stays = False  # who was painted over may be the one who is left
        patience = DOUBT_S if pose.present else NOBODY_S
        if doubted_s >= patience and frame.t >= when.check_at:
            when.wait_s = min(2 * when.wait_s, MOST_WAIT_S)
            when.check_at = frame.t + when.wait_s
            return self._start_afresh(alone) or pose
        return pose

    def _choose(self, frame: Frame, alone: Frame, pose: Pose) -> Pose:
        """The pose of the one who exercises, of two; absent while it is not clear to whom the tracker has jumped."""
        watch, when = self._watch, self._when
        watch.update(pose)
        if frame.t < when.covered_until and watch.doubt is None:
            return self._wait_for_passer(frame, pose)
        if watch.doubt is None:
            when.other_at, when.other_wait_s, when.found = 0.0, OTHER_S, None
            return self._audit(frame, alone, pose)
        if frame.t >= when.other_at:
            other = self._other(frame, pose)
            if other is None and watch.doubt is not Doubt.JUMPED:
                when.other_wait_s = min(2 * when.other_wait_s, MOST_WAIT_S)
            else:
                when.other_wait_s = OTHER_S
            when.other_at = frame.t + when.other_wait_s
            if other is not None and self._is_surely_better(other):
                pose = self._change(frame, pose, other) or pose
        wait = self._watch.must_wait or frame.t < self._when.covered_until
        return Pose.absent(pose.t, pose.size) if wait else pose

    def _wait_for_passer(self, frame: Frame, pose: Pose) -> Pose:
        """The pose once nobody covers it any more. Before that it is absent, as the legs may be those of the passer."""
        when = self._when
        if frame.t >= when.other_at:
            when.other_at = frame.t + OTHER_S
            other = self._other(frame, pose)
            if other is None or not covers(frame, other, pose):
                when.covered_until = 0.0
                return pose
        return Pose.absent(pose.t, pose.size)

    def _is_surely_better(self, other: Pose) -> bool:
        """Whether somebody else is the one who exercises: known from before, or found twice in the same place."""
        if not self._watch.is_better(other):
            self._when.found = None
            return False
        before, self._when.found = self._when.found, other
        return self._watch.is_home(other) or (before is not None and distance(other, before) <= SAME)

    def _change(self, frame: Frame, pose: Pose, other: Pose) -> Pose | None:
        """Follow somebody else from now on; None when the tracker does not find them."""
        tracker = self._make(self._model, "video")
        found: Pose = tracker.detect(without(frame, pose))
        if not is_plausible(found) or distance(found, other) > FAR:
            tracker.close()
            return None
        self._tracker.close()
        self._look = None  # was about the one before
        covered_until = frame.t + COVERED_S if self._watch.doubt is Doubt.JUMPED else 0.0
        self._tracker, self._watch, self._when = tracker, Watch(found), _Schedule(covered_until=covered_until)
        self.restarts += 1
        self.changes += 1
        return found

    def _other(self, frame: Frame, pose: Pose) -> Pose | None:
        """Somebody else in the picture, noted down."""
        other = self._looking.submit(self._find_other, frame, pose).result()
        self._note(frame, pose, other)
        return other

    def _note(self, frame: Frame, pose: Pose, other: Pose | None) -> None:
        if other is not None:
            if self.company_t is None:
                self.company_t = frame.t
            if self.unclear_t is None and are_alike(pose, other):
                self.unclear_t = frame.t

    def _alone(self, frame: Frame) -> Frame:
        """The picture without somebody who stands there and looks on: the tracker would mix up their legs."""
        when = self._when
        return without(frame, when.company, keep=self._last) if when.company and when.stays else frame

    def _keep_company(self, frame: Frame, other: Pose | None) -> None:
        """Note whether somebody who looks on is still in the same place."""
        when = self._when
        if other is not None and is_on_floor(posture_of(other)):
            other = None  # may be the one who exercises
        when.stays = other is not None and when.company is not None and distance(other, when.company) <= SAME
        when.company = other
        when.company_at = frame.t + (COMPANY_S if other else ALONE_S)

    def _audit(self, frame: Frame, alone: Frame, pose: Pose) -> Pose:
        """Have a plausible body compared with a fresh look, now and then; the pose to believe."""
        when, look = self._when, self._look
        if when.audit_at is None:
            when.audit_at = frame.t + FIRST_AUDIT_S
            self._looking.submit(self._fresh_detector)  # takes as long as four frames, beside them
        if look is None:
            if frame.t >= min(when.audit_at, when.company_at):
                which = alone if frame.t >= when.audit_at else None
                self._look = _Look(frame, pose, self._looking.submit(self._compare, frame, which, pose, self._turn))
            return pose
        if frame.t < look.frame.t + LOOK_S:
            return pose
        self._look = None
        return self._conclude(look, alone) or pose

    def _conclude(self, look: _Look, alone: Frame) -> Pose | None:
        """Draw the conclusions from a look; the pose when tracking began afresh."""
        when, found, t = self._when, look.found.result(), alone.t
        self._note(look.frame, look.pose, found.other)
        if self._turn == 0:
            self._keep_company(look.frame, found.other)
        if found.fresh is None:
            return None
        if not is_plausible(found.fresh) or distance(look.pose, found.fresh) <= FAR or found.are_two:
            when.audit_at, when.disagreed = t + AUDIT_S, False
            return None
        if not when.disagreed:
            when.audit_at, when.disagreed = t, True  # a second look before a plausible body is given up
            return None
        when.audit_at, when.disagreed = t + AUDIT_S, False
        return self._start_afresh(alone)

    def _compare(self, frame: Frame, alone: Frame | None, pose: Pose, turn: int) -> _Found:
        """Look for somebody else, and, unless `alone` is None, for the body that is followed."""
        other = self._find_other(frame, pose) if turn == 0 else None
        if alone is None:
            return _Found(other)
        fresh = _look(self._fresh_detector(), alone, turn)
        far = is_plausible(fresh) and distance(pose, fresh) > FAR
        # whether the body that is followed is still found when the one of the fresh look is painted over
        rest = self._find_other(frame, fresh) if far and other else None
        return _Found(other, fresh, rest is not None and distance(rest, pose) <= FAR)

    def _start_afresh(self, frame: Frame) -> Pose | None:
        """Track anew in the turn in which the tracker agrees best with fresh looks; None when none helps."""
        looks = {turn: self._look_afresh(frame, turn) for turn in TURNS}
        good = [pose for pose in looks.values() if is_plausible(pose)]
        for turn in (self._turn, *(t for t in TURNS if t != self._turn)):
            if not looks[turn].present:
                continue
            tracker = self._make(self._model, "video")
            pose = _look(tracker, frame, turn)
            agreeing = sum(1 for other in good if pose.present and distance(pose, other) <= FAR)
            if is_plausible(pose) and 2 * agreeing > len(good):
                self._tracker.close()
                self._tracker, self._turn, self._look = tracker, turn, None
                self.restarts += 1
                return pose
            tracker.close()
        return None

    def _look_afresh(self, frame: Frame, turn: int) -> Pose:
        return self._looking.submit(lambda: _look(self._fresh_detector(), frame, turn)).result()

    def _find_other(self, frame: Frame, pose: Pose) -> Pose | None:
        return find_other(self._fresh_detector(), frame, pose)

    def _fresh_detector(self) -> PoseDetector:
        """The detector that looks afresh, made when first needed; for the thread that looks."""
        if self._fresh is None:
            self._fresh = self._make(self._model, "image")
        return self._fresh


def look_upright(detector: PoseDetector, frame: Frame) -> Pose:
    """The pose in a photograph that may lie on its side or upside down.

    The picture as it is comes first. When no person can be as the body found there, the other three turns are tried.

    Args:
        detector: a `Detector` in image mode.
        frame: the photograph.

    Returns:
        The first plausible pose, its landmarks turned back to the picture as it is; else the first of all, which may be
        absent.
    """
    poses = (_look(detector, frame, turn) for turn in TURNS)
    first = next(poses)
    if is_plausible(first):
        return first
    return next((pose for pose in poses if is_plausible(pose)), first)


def _look(detector: PoseDetector, frame: Frame, turn: int) -> Pose:
    """Detect in the picture turned by quarter turns clockwise, and turn the points back."""
    if turn == 0:
        found: Pose = detector.detect(frame)
        return found
    return turn_back(detector.detect(replace(frame, image=_turned(frame.image, turn))), turn)


def _turned(image: NDArray[np.uint8], turn: int) -> NDArray[np.uint8]:
    """The picture turned by quarter turns clockwise; OpenCV does it in a quarter of numpy's time."""
    cv2 = load_cv2()
    how = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)[turn - 1]
    turned: NDArray[np.uint8] = cv2.rotate(image, how)
    return turned
