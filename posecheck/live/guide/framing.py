"""Step → what must be right before an exercise starts, and the one thing to do about it, in plain words.

Everything shown keeps still: a check, and the instruction, change only when something else has lasted for a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from posecheck.exercises import Exercise
from posecheck.exercises.posture_words import POSTURE_WORDS
from posecheck.judging.judgeable import SMALLEST_BODY
from posecheck.judging.wording import help_for
from posecheck.live.guide.flow_records import FramingCheck
from posecheck.measure.view import FROM_SIDE_DEG
from posecheck.records import TRUNK_LEVEL, Landmark, Measurement, Posture, Reason, ReasonKind, Step, View
from posecheck.records.times import SAME_TIME_S, TrueSince

T = TypeVar("T")

SETTLE_S = 0.5  # a guess: what is shown changes when something else has lasted this long
UPRIGHT = (Posture.STANDING, Posture.TALL_KNEELING)  # taller than the exercise: the head may leave the picture


class Steady(Generic[T]):
    """A value that changes only when another one has lasted for `SETTLE_S`; `since` is when it began, in seconds."""

    def __init__(self, first: T) -> None:
        self.value = self._other = first
        self.since: float | None = None
        self._lasting = TrueSince()  # the other value

    def update(self, t: float, value: T) -> T:
        """Take a value, and return the one that stands.

        Args:
            t: its time in seconds.
            value: another one than before stands only after it has stayed for SETTLE_S.
        """
        if self.since is None:
            self.since = t
        if value != self._other:
            self._other = value
            self._lasting.clear()
        if self._lasting.update(t, value != self.value) >= SETTLE_S - SAME_TIME_S:
            self.value, self.since = value, self._lasting.since
            self._lasting.clear()
        return self.value


@dataclass(frozen=True, slots=True)
class Framed:
    """How the picture suits an exercise: all has been right for `right_s` seconds, or not at all for `wrong_s`.

    A short interruption changes neither: `right_s` goes on, and any right frame puts `wrong_s` back to 0.
    """

    checks: tuple[FramingCheck, ...]
    instruction: str | None
    right_s: float
    wrong_s: float


class Framing:
    """Follows whether a person is in the right place for an exercise; give it the steps of a set in order of time."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._words = (
            "Whole body in the picture",
            "Right distance",
            view_words(exercise),
            posture_words(exercise),
        )
        self._needed = {Landmark.NOSE} | {
            Landmark[f"{side}_{name.upper()}"] for name in exercise.view.landmarks for side in ("LEFT", "RIGHT")
        }
        self._checks = tuple(Steady(False) for _ in self._words)
        self._all = Steady(False)
        self._instruction: Steady[str | None] = Steady(None)
        self._right_t: float | None = None  # the last right frame, or the start

    def update(self, t: float, step: Step) -> Framed:
        """Take the next step, and return how well the body is placed.

        Args:
            t: its time in seconds.
            step: what was found in the frame.
        """
        # without zones it is not yet known which leg is in front, and so not what else has to be seen
        right = _is_judged(step) and bool(step.check.zones)
        if right or self._right_t is None:
            self._right_t = t
        flags = self._flags(step)
        checks = tuple(
            FramingCheck(text, steady.update(t, met))
            for text, steady, met in zip(self._words, self._checks, flags, strict=True)
        )
        instruction = self._instruction.update(t, None if _is_judged(step) else self._wanted(step, flags))
        framed = self._all.update(t, right)
        right_s = t - self._all.since if framed and self._all.since is not None else 0.0
        return Framed(checks, instruction, right_s, t - self._right_t)

    def _flags(self, step: Step) -> tuple[bool, bool, bool, bool]:
        """Whole body, distance, view and posture of this frame."""
        view = step.measurement.view
        if view is None:
            return False, False, False, False
        if _is_judged(step):
            return True, True, True, True
        kind = None if step.check.reason is None else step.check.reason.kind
        whole = kind not in (ReasonKind.HIDDEN, ReasonKind.CUT_OFF) and not view.cut & self._needed
        posture = step.measurement.posture in self._exercise.postures
        # a body that lies looks short to a low camera: then its distance cannot be told
        short = self._exercise.posture in TRUNK_LEVEL and kind is ReasonKind.VIEW
        near = short or view.body_size_fraction >= SMALLEST_BODY
        return whole, near, self._sees(step, view), posture

    def _sees(self, step: Step, view: View) -> bool:
        """Whether the camera looks from the right side, as far as this posture shows it."""
        if step.check.reason is not None and step.check.reason.kind is ReasonKind.VIEW:
            return False
        how, posture = self._exercise.view, step.measurement.posture
        lies = posture in TRUNK_LEVEL or posture is Posture.FLOOR_SITTING
        if lies != (self._exercise.posture in TRUNK_LEVEL):
            return False  # it cannot be told before the person is down, or up
        long = how.trunk_enter is None or how.trunk_enter[0] <= view.trunk_to_shoulder_ratio <= how.trunk_enter[1]
        return how.yaw_enter[0] <= view.yaw_deg <= how.yaw_enter[1] and long

    def _wanted(self, step: Step, flags: tuple[bool, bool, bool, bool]) -> str | None:
        """The most urgent thing to do."""
        exercise, reason, posture = self._exercise, step.check.reason, step.measurement.posture
        lies = exercise.posture in TRUNK_LEVEL
        if step.measurement.view is None:
            return help_for(Reason(ReasonKind.NO_PERSON), exercise)
        other = posture not in (*exercise.postures, Posture.UNKNOWN)
        # the head is in the picture when the person is down
        lower = posture in UPRIGHT and reason == Reason(ReasonKind.CUT_OFF, "head")
        if other and (lies or lower):
            return self._posture_cue(step.measurement)
        if reason is not None:
            return help_for(reason, exercise)
        _, near, sees, _ = flags
        if not near:
            return help_for(Reason(ReasonKind.TOO_FAR), exercise)
        if not sees and not lies and posture not in TRUNK_LEVEL and posture is not Posture.FLOOR_SITTING:
            return help_for(Reason(ReasonKind.VIEW), exercise)
        return self._posture_cue(step.measurement)

    def _posture_cue(self, measurement: Measurement) -> str | None:
        return self._exercise.posture_cue(measurement.posture)


def posture_words(exercise: Exercise) -> str:
    """The position of an exercise, in a few words; of one that looks like several there is none."""
    known = [p for p in exercise.postures if p is not Posture.UNKNOWN]
    one = len(known) < 2 or set(known) <= TRUNK_LEVEL
    return POSTURE_WORDS[exercise.posture].title if one and exercise.posture in known else "In position"


def view_words(exercise: Exercise) -> str:
    """From where the camera has to see this exercise, in a few words."""
    if exercise.view.yaw_enter[0] >= FROM_SIDE_DEG:
        return "Seen from the side"
    if exercise.posture in TRUNK_LEVEL:
        return "Seen from the foot end"
    return "Seen from the front or back" if exercise.view.behind else "Seen from the front"


def _is_judged(step: Step) -> bool:
    return step.check.judged and step.check.in_posture
