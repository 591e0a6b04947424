"""Time stamps of a film → `t`: seconds since its first picture that rise strictly, whatever the file says."""

from __future__ import annotations

from collections import deque
from statistics import median

_DUPLICATE_STEP_S = 0.001  # a guess, between two pictures of one stamp: no camera takes pictures so quickly
_SLACK_S = 0.2  # a guess: pictures that are so little late are rounded or doubled stamps, not another clock
_LONGEST_STEP_S = 0.5  # a guess: a longer one is a pause, not the usual step
_STEPS = 31  # a guess: the usual step is the median of so many, 1 s of most films
_STANDS = 3  # a guess: so many pictures of one stamp: the clock stands still


class FilmClock:
    """Turns the stamps of one film into times. `fps`: frames a second, where a stamp is missing.

    `sentences` tells what was odd, for whoever reads the verdict.
    """

    def __init__(self, name: str, fps: float) -> None:
        self.sentences: list[str] = []
        self._name, self._fps = name, fps
        self._steps: deque[float] = deque(maxlen=_STEPS)
        self._shift = 0.0
        self._reported: float | None = None
        self._last: float | None = None
        self._alike = 0

    @property
    def step_s(self) -> float:
        """The usual time between two pictures."""
        return median(self._steps) if self._steps else 1.0 / self._fps

    @property
    def last(self) -> float | None:
        """The time of the last picture, in seconds; None before the first one."""
        return self._last

    @property
    def reported(self) -> float | None:
        """The stamp of the last picture, in seconds; None when it had none."""
        return self._reported

    def forget(self) -> None:
        """The next picture comes from elsewhere in the film."""
        self._reported = self._last = None
        self._alike = 0

    def stamp(self, reported: float | None, *, restarted: bool = False) -> float | None:
        """The time of the next picture.

        Args:
            reported: its stamp, in seconds since that of the film's first picture; None when it has none.
            restarted: the packets say that another clock runs now.

        Returns:
            Its time, in seconds; None when the picture comes too late: later ones were stamped already.
        """
        if self._last is None:
            t = 0.0 if reported is None else reported
        elif reported is None:
            t = self._last + self.step_s
        elif restarted:
            t = self._go_on(reported)
        elif self._reported is not None and reported == self._reported:
            t = self._stand()
        elif reported + self._shift > self._last:
            t = self._rise(reported)
        elif self._alike >= _STANDS:  # it stood still, and runs on from where it stopped
            t = self._last + self.step_s
            self._shift = t - reported
        elif reported + self._shift > self._last - _SLACK_S:
            t = self._last + _DUPLICATE_STEP_S
        else:
            return None
        if reported is not None and reported != self._reported:
            self._alike = 0
        self._reported = reported
        self._last = t
        return t

    def _rise(self, reported: float) -> float:
        assert self._last is not None
        t = reported + self._shift
        if t - self._last < _LONGEST_STEP_S and not self._alike:
            self._steps.append(t - self._last)
        return t

    def _stand(self) -> float:
        """A doubled stamp is a hair later; from the third one on the clock stands, and time goes on without it."""
        assert self._last is not None
        self._alike += 1
        if self._alike == _STANDS:
            self._tell(f"the clock of {self._name} stands still at {self._last:.1f} s: the usual rate is taken there")
        return self._last + (_DUPLICATE_STEP_S if self._alike < _STANDS else self.step_s)

    def _go_on(self, reported: float) -> float:
        assert self._last is not None
        t = self._last + self.step_s
        self._shift = t - reported
        self._tell(f"the clock of {self._name} starts again at {t:.1f} s: the times go on from there without a break")
        return t

    def _tell(self, sentence: str) -> None:
        if len(self.sentences) < 5:  # a film that does it all the time is told about often enough
            self.sentences.append(sentence)
