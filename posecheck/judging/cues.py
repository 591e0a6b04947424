"""Which cue to give, and when: one at a time, most urgent first, and no nagging."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from posecheck.records import CueSpan


@dataclass(frozen=True, slots=True)
class CueTiming:
    """Times in seconds."""

    dwell_s: float = 1.0  # a fault must last this long; like all of these, a guess
    lapse_s: float = 0.3  # and be away this long to be over
    between_s: float = 4.0  # between two spoken cues
    same_s: float = 8.0  # between the same spoken cue
    most_a_hold: int = 2  # the same spoken cue


class Cue(NamedTuple):  # a key of dictionaries
    """A cue by name, with the words to show or speak; `lasting`: it stays while its reason comes and goes."""

    name: str
    text: str
    lasting: bool = False


class Cues:
    """Follows what is wrong over time; give it the wanted cues of each frame, most urgent first."""

    def __init__(self, how: CueTiming | None = None) -> None:
        self._how = how or CueTiming()
        self._since: dict[Cue, tuple[float, float]] = {}  # (first seen, last seen)
        self._shown: Cue | None = None
        self._shown_from = 0.0
        self._last = 0.0
        self._fed = False
        self._step_s = 0.0  # between the last two frames, as far as it is a step and not a hole
        self._trouble_t = float("-inf")  # when a lasting cue was last wanted
        self._spoken_at: float | None = None
        self._spoken: dict[str, tuple[int, float]] = {}  # name: (times in this hold, last time)
        self.spans: list[CueSpan] = []

    def new_hold(self) -> None:
        """A new hold begins: the number of times that each cue was spoken starts at 0 again."""
        self._spoken = {name: (0, at) for name, (_, at) in self._spoken.items()}

    def update(self, t: float, wanted: tuple[Cue, ...]) -> tuple[Cue | None, Cue | None]:
        """Take the cues that a frame asks for.

        Args:
            t: the time of the frame, in seconds.
            wanted: the cues, most urgent first.

        Returns:
            (the cue to show, the cue to speak now), each or both None.
        """
        known = {cue: self._first(cue, t) for cue in wanted}
        self._step_s = min(t - self._last, self._how.lapse_s) if self._fed else 0.0
        self._fed = True
        if self._since or known:
            self._since = {
                **{cue: seen for cue, seen in self._since.items() if t - seen[1] <= self._how.lapse_s},
                **{cue: (first, t) for cue, first in known.items()},
            }
        ripe = next((cue for cue in wanted if t - known[cue] >= self._how.dwell_s), None) if wanted else None
        if wanted and any(cue.lasting for cue in wanted):
            self._trouble_t = t
        if ripe is None and self._shown and (self._shown in self._since or self._stays(self._shown, t)):
            ripe = self._shown
        self._show(ripe, t)
        return self._shown, self._speak(t) if self._shown else None

    def _stays(self, shown: Cue, t: float) -> bool:
        """Whether a lasting cue is kept: some trouble of its kind was there a moment ago, if not the same one."""
        return shown.lasting and t - self._trouble_t <= self._how.dwell_s

    def _first(self, cue: Cue, t: float) -> float:
        """When this fault began: at `t`, unless it was there a moment ago."""
        first, last = self._since.get(cue, (t, t))
        # at a low frame rate the frame before is a moment ago, too
        return first if t - last <= max(self._how.lapse_s, 2 * self._step_s) else t

    def finish(self, t: float) -> None:
        """End the span of a cue that is still shown."""
        self._show(None, t)

    def _show(self, cue: Cue | None, t: float) -> None:
        if self._shown is not None and (cue is None or cue != self._shown):
            self.spans.append(CueSpan(self._shown.name, self._shown.text, self._shown_from, self._last))
        if cue is not None and (self._shown is None or cue != self._shown):
            since = self._since.get(cue, (t, t))[0]
            self._shown_from = max(since, self.spans[-1].end_s) if self.spans else since
        self._shown, self._last = cue, t

    def _speak(self, t: float) -> Cue | None:
        cue = self._shown
        if cue is None or (self._spoken_at is not None and t - self._spoken_at < self._how.between_s):
            return None
        times, at = self._spoken.get(cue.name, (0, None))
        if times >= self._how.most_a_hold or (at is not None and t - at < self._how.same_s):
            return None
        self._spoken_at = t
        self._spoken[cue.name] = (times + 1, t)
        return cue
