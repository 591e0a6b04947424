"""Step → Step for the eye: numbers and verdicts that keep still until they really change. Judging never uses it."""

from __future__ import annotations

from dataclasses import replace

from posecheck.measure.signals import is_ratio
from posecheck.records import Signal, Step
from posecheck.records.times import TrueSince

SAME_DEG, SAME_RATIO = 0.95, 0.04  # a guess: a number that is off by less is left as it is
DRIFT_S = 0.5  # a guess: one that is off by a little more for this long is put right
CHANGE_S = 0.2  # a guess: the shortest time between two changes of a number that is off by a lot
BLIND_S = 0.5  # a guess: without a verdict for so long the picture says so; an angle that is lost for so long goes
AGAIN_S = 0.2  # a guess: with a verdict again for so long, the picture shows it again
CUE_S = 1.0  # a guess: a cue is shown at least this long: it has to be read


class SettledNumber:
    """A number to show: it stays while the value trembles by less than `same`, and follows at once beyond `far`."""

    def __init__(self, same: float, far: float) -> None:
        self._same, self._far = same, max(same, far)
        self._shown: float | None = None
        self._changed_t = self._right_t = 0.0

    def update(self, t: float, value: float) -> float:
        """Take a value, and return the one to show.

        Args:
            t: its time in seconds.
            value: in any unit.
        """
        off = float("inf") if self._shown is None else abs(value - self._shown)
        if self._shown is not None and off <= self._same:
            self._right_t = t
            return self._shown
        soon = off > self._far and t - self._changed_t >= CHANGE_S
        if self._shown is None or soon or t - self._right_t >= DRIFT_S:
            self._shown, self._changed_t, self._right_t = value, t, t
        return self._shown


class DisplayFilter:
    """Settles the steps of one exercise in order of time; start a new one with the next exercise."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Signal, int], SettledNumber] = {}
        self._judged: Step | None = None  # the last step with a verdict
        self._angled: Step | None = None  # the last one with angles
        self._blind = False  # the picture says that there is no verdict
        self._seen_again = TrueSince()
        self._cue: tuple[str, float] | None = None  # and when it came

    def update(self, step: Step) -> Step:
        """Take the next step; returns it as it is to be shown."""
        t = step.pose.t
        check = step.check if self._shows_verdict(step) else replace(step.check, judged=False)
        if not step.check.judged and not self._blind:
            check = replace(step.check, judged=True, reason=None)
        angled = step
        if step.progress.angles:
            self._angled = step
        elif self._angled is not None and t - self._angled.pose.t <= BLIND_S:
            angled = self._angled
        progress = replace(
            step.progress,
            cue=self._settled_cue(t, step.progress.cue),
            angles=tuple(
                (
                    signal,
                    self._settled(t, signal, 0, value, angled),
                    None if low is None else self._settled(t, signal, 1, low, angled),
                    None if high is None else self._settled(t, signal, 2, high, angled),
                )
                for signal, value, low, high in angled.progress.angles
            ),
            errors=angled.progress.errors,
        )
        return replace(step, check=check, progress=progress)

    def _shows_verdict(self, step: Step) -> bool:
        """Whether the picture is to show a verdict: a gap is shown only after it has lasted, and so is its end."""
        t = step.pose.t
        seen_s = self._seen_again.update(t, step.check.judged)
        if step.check.judged:
            if self._blind and seen_s < AGAIN_S:
                return False
            self._blind, self._judged = False, step
        elif self._judged is None or t - self._judged.pose.t >= BLIND_S:
            self._blind = True
        return not self._blind

    def _settled(self, t: float, signal: Signal, which: int, value: float, step: Step) -> float:
        same = SAME_RATIO if is_ratio(signal) else SAME_DEG
        # within its ± a number need not follow at once
        far = step.progress.errors.get(signal, 0.0) / 2
        number = self._numbers.setdefault((signal, which), SettledNumber(same, far))
        return number.update(t, value)

    def _settled_cue(self, t: float, cue: str | None) -> str | None:
        if cue is None and self._cue is not None and t - self._cue[1] < CUE_S:
            return self._cue[0]
        if cue is None:
            self._cue = None
        elif self._cue is None or self._cue[0] != cue:
            self._cue = (cue, t)
        return cue
