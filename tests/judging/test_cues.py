"""Cues: after a while, most urgent first, one at a time, and no nagging."""

from __future__ import annotations

from itertools import pairwise

import pytest

from posecheck.judging.cues import Cue, Cues, CueTiming
from posecheck.records import CueSpan

HOW = CueTiming()
ARMS, HIPS, SAFE = Cue("arms_up", "Reach up."), Cue("hips_forward", "Forward."), Cue("ease_off", "Ease back.")


class Listener:
    """Feeds cues at a frame rate and notes what was shown and spoken."""

    def __init__(self, fps: float = 10.0) -> None:
        self.cues, self.t, self.step = Cues(), 0.0, 1 / fps
        self.shown: list[tuple[float, str | None]] = []
        self.spoken: list[tuple[float, str]] = []

    def hear(self, seconds: float, *wanted: Cue) -> None:
        for _ in range(round(seconds / self.step)):
            shown, spoken = self.cues.update(self.t, wanted)
            self.shown.append((self.t, shown.name if shown else None))
            if spoken:
                self.spoken.append((self.t, spoken.name))
            self.t += self.step


@pytest.mark.parametrize("fps", [5.0, 15.0, 30.0])
def test_a_fault_must_last(fps: float) -> None:
    """A cue comes when its fault has lasted for the dwell time, not before, at every frame rate."""
    listener = Listener(fps)
    listener.hear(3.0, ARMS)
    first = next(t for t, name in listener.shown if name)
    assert HOW.dwell_s - 1e-6 <= first <= HOW.dwell_s + 1 / fps + 1e-6
    assert listener.spoken[0][0] == first


def test_short_faults_say_nothing() -> None:
    """Faults shorter than the dwell time, with pauses in between, never lead to a cue."""
    listener = Listener()
    for _ in range(10):
        listener.hear(HOW.dwell_s - 0.2, ARMS)
        listener.hear(HOW.lapse_s + 0.2)
    assert listener.spoken == []
    assert all(name is None for _, name in listener.shown)


def test_a_flicker_does_not_end_a_fault() -> None:
    """A fault that is away for one frame goes on."""
    listener = Listener()
    for _ in range(6):
        listener.hear(0.4, ARMS)
        listener.hear(0.1)
    assert [name for _, name in listener.spoken] == ["arms_up"]
    listener.cues.finish(listener.t)
    assert len(listener.cues.spans) == 1


def test_a_hole_in_time_ends_a_fault() -> None:
    """A fault seen before a hole of seconds and one after it have not lasted in between."""
    cues = Cues()
    cues.update(0.0, (ARMS,))
    assert cues.update(10.0, (ARMS,)) == (None, None)


def test_the_most_urgent_comes_first_and_alone() -> None:
    """Of several faults only the first wanted one is shown, and a more urgent one takes over."""
    listener = Listener()
    listener.hear(2.0, HIPS, ARMS)
    assert {name for _, name in listener.shown} == {None, "hips_forward"}
    listener.hear(2.0, SAFE, HIPS, ARMS)
    assert listener.shown[-1][1] == "ease_off"
    assert "arms_up" not in {name for _, name in listener.shown}


def test_spoken_cues_keep_their_distance() -> None:
    """Between two spoken cues there are at least 4 s, between the same ones 8, whatever is wrong."""
    listener = Listener()
    for _ in range(6):
        listener.cues.new_hold()
        listener.hear(6.0, ARMS)
        listener.hear(6.0, HIPS)
    times = [t for t, _ in listener.spoken]
    assert len(times) > 6
    assert min(b - a for a, b in pairwise(times)) >= HOW.between_s - 1e-6
    for cue in ("arms_up", "hips_forward"):
        same = [t for t, name in listener.spoken if name == cue]
        assert min(b - a for a, b in pairwise(same)) >= HOW.same_s - 1e-6


def test_the_same_cue_at_most_twice_a_hold() -> None:
    """A fault that stays is spoken of twice and no more; a new hold allows it again."""
    listener = Listener()
    listener.hear(60.0, ARMS)
    assert len(listener.spoken) == HOW.most_a_hold
    listener.cues.new_hold()
    listener.hear(60.0, ARMS)
    assert len(listener.spoken) == 2 * HOW.most_a_hold


def test_the_new_hold_keeps_the_distance() -> None:
    """Also across two holds the same cue keeps its 8 s."""
    listener = Listener()
    listener.hear(1.5, ARMS)
    listener.cues.new_hold()
    listener.hear(20.0, ARMS)
    times = [t for t, _ in listener.spoken]
    assert times[1] - times[0] >= HOW.same_s - 1e-6


def test_spans_tell_from_when_to_when() -> None:
    """A span begins with the fault and ends with it, and is listed once."""
    listener = Listener()
    listener.hear(1.0)
    listener.hear(3.0, ARMS)
    listener.hear(2.0)
    listener.cues.finish(listener.t)
    (span,) = listener.cues.spans
    assert (span.cue, span.text) == (ARMS.name, ARMS.text)
    assert span.start_s == pytest.approx(1.0)
    assert span.end_s == pytest.approx(4.0, abs=HOW.lapse_s + 0.2)


def test_a_span_that_is_open_at_the_end_is_closed() -> None:
    """When the source ends in the middle of a fault its span ends there."""
    listener = Listener()
    listener.hear(3.0, ARMS)
    listener.cues.finish(listener.t)
    assert listener.cues.spans == [CueSpan("arms_up", "Reach up.", 0.0, pytest.approx(2.9))]  # type: ignore[arg-type]


def test_the_same_cue_with_other_words_is_another_span() -> None:
    """What was said is listed as it was said: "posture" cues differ by posture."""
    listener = Listener()
    listener.hear(2.0, Cue("posture", "Come down onto one knee."))
    listener.hear(2.0, Cue("posture", "Step one foot forward."))
    listener.cues.finish(listener.t)
    assert {span.text for span in listener.cues.spans} == {"Come down onto one knee.", "Step one foot forward."}


def test_nothing_wrong_says_nothing() -> None:
    """Without a fault there is no cue and no span."""
    listener = Listener()
    listener.hear(10.0)
    listener.cues.finish(listener.t)
    assert listener.spoken == []
    assert listener.cues.spans == []


def test_a_lasting_cue_stays_while_troubles_of_its_kind_come_and_go() -> None:
    """A cut head that is read as another trouble every other frame stays the one instruction."""
    head = Cue("cut_off", "Step back a little, I can't see your head.", lasting=True)
    view = Cue("view", "Turn sideways to the camera.", lasting=True)
    listener = Listener()
    listener.hear(2.0, head)
    for _ in range(20):
        listener.hear(0.4)
        listener.hear(0.1, view)
    assert {name for t, name in listener.shown if t > HOW.dwell_s + 0.1} == {"cut_off"}
    listener.hear(2.0)
    assert listener.shown[-1][1] is None


def test_a_cue_that_does_not_last_goes_when_its_fault_is_over() -> None:
    """Other troubles do not keep a cue about the stretch."""
    view = Cue("view", "Turn sideways to the camera.", lasting=True)
    listener = Listener()
    listener.hear(2.0, ARMS)
    listener.hear(0.6, view)
    assert listener.shown[-1][1] is None
