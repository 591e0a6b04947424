"""A person made to order who does what a script says, with a reaction and a movement of some time; or who does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from posecheck.live.guide.scripted import ScriptedFlow
from posecheck.records import Frame, Pose
from posecheck.records.closing import Closing
from posecheck.synthetic.bodies import Body
from posecheck.testing import (
    FOOT_CAMERA,
    FRONT_CAMERA,
    SIDE_CAMERA,
    half_kneeling,
    motion,
    supine,
    tall_kneeling,
)
from posecheck.validation.script import Line

Target = Callable[[str, Line], Body]  # (side that kneels, what was said) → where the person goes

CAMERAS = {"ninety_ninety": SIDE_CAMERA, "side_bend": FRONT_CAMERA, "knee_drops": FOOT_CAMERA}


def stretch(side: str, line: Line) -> Body:
    """The 90-90 stretch as it is asked for."""
    deep = half_kneeling(side, hips_forward=15.0, arm_elevation=172.0)
    fault = line.fault.what if line.fault else ""
    if fault == "hips left back":
        return half_kneeling(side, arm_elevation=172.0)
    if fault == "arms lower":
        return half_kneeling(side, hips_forward=15.0, arm_elevation=90.0)
    return deep if line.hold or line.say.startswith("Arms up") else half_kneeling(side)


def bend(side: str, line: Line) -> Body:
    """The side bend as it is asked for."""
    if line.hold is None:
        return half_kneeling(side)
    far = {"hardly bent": 5.0, "bent to the other side": -15.0}.get(line.hold.what, 17.0)
    return half_kneeling(side, bend_to_front=far, arm_elevation=150.0, arms_out=90.0)


def drop(side: str, line: Line) -> Body:  # noqa: ARG001  # nobody kneels
    """Knee drops as they are asked for."""
    if line.hold is None:
        return supine()
    if line.hold.what == "both knees to one side":
        return supine(to_right=20.0)
    far = 4.0 if line.hold.what == "dropped a little only" else 20.0
    return supine(knees_in=far if line.hold.group == "in" else -far)


TARGETS: Mapping[str, Target] = {"ninety_ninety": stretch, "side_bend": bend, "knee_drops": drop}


class Follower(Closing):
    """Follows the lines of a flow as they are said; a detector, too, which sees that person in any picture.

    `deaf`: stays in the first position whatever is said. `react_s` until the person moves, `move_s` for the way.
    """

    def __init__(self, flow: ScriptedFlow, exercise: str, react_s: float, move_s: float, *, deaf: bool = False) -> None:
        self._flow, self._exercise, self._react_s, self._move_s = flow, exercise, react_s, move_s
        self._deaf = deaf
        self._still: tuple[Body, Pose] | None = None  # where the person stays, and how that looks
        self._heard = 0
        self._side = "left"
        body = supine() if exercise == "knee_drops" else half_kneeling("left")
        self._keys: list[tuple[float, Body]] = [(0.0, body)]

    def pose(self, t: float) -> Pose:
        """Where the person is at a time, in seconds; times must rise."""
        for said in () if self._deaf else self._flow.said[self._heard :]:
            self._heard += 1
            self._hear(said.t, said.line)
        arrived_s, body = self._keys[-1]
        if t >= arrived_s and self._still is not None and self._still[0] == body:
            return replace(self._still[1], t=t)
        keys = [(t - 1.0, body), (t, body)] if t >= arrived_s else self._keys
        kneels = self._exercise == "ninety_ninety"
        (pose,) = motion(keys, times=[t], camera=CAMERAS[self._exercise], detected=kneels, planted=kneels)
        self._still = (body, pose) if t >= arrived_s else None
        return pose

    def _hear(self, t: float, line: Line) -> None:
        before = self._side
        if " knee on the floor" in line.say:
            self._side = line.say.split()[0].lower()
        target = TARGETS[self._exercise](self._side, line)
        at, body = self._keys[-1]
        start = max(at, t + self._react_s)
        self._keys.append((start, body))
        if self._side != before:
            start += self._move_s
            self._keys.append((start, tall_kneeling()))
        self._keys.append((start + self._move_s, target))

    def detect(self, frame: Frame) -> Pose:
        """The person at the time of a frame."""
        return replace(self.pose(frame.t), t=frame.t)

    def close(self) -> None:
        """Nothing is held."""
