"""Live sets in the history: kept while they go on, to the letter, and never in the way of the set."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from posecheck.history import opening
from posecheck.history.records import KeptSet, Origin, SetState, SourceKind
from posecheck.history.store import open_history
from posecheck.live import loop
from posecheck.live.guide.flow import Action, Flow
from posecheck.live.guide.routine import PlannedSet, Routine, routine_for
from posecheck.live.history_writer import Keeper
from posecheck.live.loop import LiveVerdict
from posecheck.live.ui.screen import ScreenStatus
from posecheck.records import EventKind, Pose, Summary
from posecheck.testing import knee_drops_set, ninety_ninety_set, side_bend_set
from tests.live.live_set import FPS, LiveSet, Person, counts, drops, one_after_the_other

BEGAN = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
LOGGED = (EventKind.REPETITION_COUNTED, EventKind.REPETITION_REFUSED)


@dataclass
class Watched:
    """A flow with a keeper; `kept` is every set as it was handed on, in order."""

    flow: Flow
    kept: list[KeptSet] = field(default_factory=list)
    t: float = 0.0

    def run(self, poses: Iterable[Pose], keys: dict[float, Action] | None = None) -> tuple[Summary, ...]:
        """The verdicts; after each pose on which a repetition was logged, it is among what was kept."""
        waiting = sorted((keys or {}).items())
        origin = Origin(SourceKind.LIVE, "full", "4eaa", "daily")
        keeper = Keeper(self.kept.append, origin, lambda: BEGAN + timedelta(seconds=self.t))
        for pose in poses:
            self.t = pose.t
            while waiting and waiting[0][0] <= pose.t:
                self.flow.key(waiting.pop(0)[1])
            moment = self.flow.feed(pose)
            keeper.take(self.flow, moment)
            if any(event.kind in LOGGED for event in moment.events):
                assert self.kept[-1].summary.repetitions[-1].end_s <= pose.t
                assert self.kept[-1].repetitions[-1].number == self.kept[-1].summary.repetitions[-1].number
        events = self.flow.finish()
        summaries = self.flow.summaries()
        keeper.finish(summaries, events)
        return summaries

    @property
    def last(self) -> list[KeptSet]:
        """Each set as it was kept last."""
        return list({one.uid: one for one in self.kept}.values())


def drops_routine(sets: int) -> Flow:
    """Knee drops so many times, with ten seconds of rest."""
    exercise = routine_for("knee_drops").sets[0].exercise
    routine = routine_for("knee_drops")
    assert isinstance(routine, Routine)
    flow = Flow(routine, source="camera 0")
    flow._sets = (PlannedSet(exercise, 10.0),) * sets
    return flow


# ---- what is kept, and when


@pytest.fixture(scope="module")
def daily() -> tuple[Watched, tuple[Summary, ...]]:
    """The default routine from beginning to end, and its verdicts."""
    sets = (ninety_ninety_set(fps=FPS), side_bend_set(fps=FPS), knee_drops_set(fps=FPS))
    watched = Watched(Flow(routine_for("daily"), source="camera 0"))
    return watched, watched.run(one_after_the_other(*sets, pause_s=20.0))


def test_a_routine_is_kept_to_the_letter(daily: tuple[Watched, tuple[Summary, ...]]) -> None:
    """Of the whole routine each set is kept as done, with the very verdict that was told, its time and its plots."""
    watched, summaries = daily
    assert [one.summary for one in watched.last] == list(summaries)
    assert [one.state for one in watched.last] == [SetState.DONE] * 3
    assert [one.origin.routine for one in watched.last] == ["daily"] * 3
    assert all(one.trace and len(one.repetitions) == len(one.summary.repetitions) for one in watched.last)
    began = [one.started for one in watched.last]
    assert began == sorted(began)
    assert began[0] > BEGAN + timedelta(seconds=15)  # when the exercise began, not when the camera did


def test_each_repetition_is_kept_when_it_is_logged(daily: tuple[Watched, tuple[Summary, ...]]) -> None:
    """While a set goes on it is kept as running after its first second, and after each repetition with that one."""
    watched, summaries = daily
    first = [one for one in watched.kept if one.uid == watched.kept[0].uid]
    assert [one.state for one in first] == [*[SetState.RUNNING] * (len(first) - 1), SetState.DONE]
    assert [len(one.summary.repetitions) for one in first] == [0, 1, 2, 3, 4, 4]
    for one in first:
        assert one.summary.repetitions == summaries[0].repetitions[: len(one.summary.repetitions)]


def test_a_set_that_is_left_is_kept_as_stopped() -> None:
    """When the source ends in the middle, what was done is kept, the hold in progress closed."""
    watched = Watched(Flow(routine_for("ninety_ninety")))
    (summary,) = watched.run(p for p in ninety_ninety_set(["right"], fps=FPS) if p.t < 18.0)
    (one,) = watched.last
    assert (one.state, one.summary) == (SetState.STOPPED, summary)
    assert [r.reason for r in summary.repetitions] == ["partial"]
    assert one.repetitions[0].medians


def test_the_next_set_by_key() -> None:
    """n ends the set: it is kept as stopped with its verdict, and the next one as another set."""
    poses = one_after_the_other(drops(), drops(), pause_s=8.0)
    middle = drops()[-1].t + 9.0
    watched = Watched(drops_routine(2))
    summaries = watched.run(poses, {middle: Action.NEXT})
    assert len(summaries) == 2
    assert [one.summary for one in watched.last] == list(summaries)
    assert {one.state for one in watched.last} == {SetState.STOPPED}


def test_begun_anew_by_key() -> None:
    """r begins the set anew: what was done before stays as a stopped set, the new one is a set of its own."""
    poses = one_after_the_other(drops(), drops(), pause_s=8.0)
    watched = Watched(drops_routine(1))
    (summary,) = watched.run(poses, {drops()[-1].t + 9.0: Action.RESTART})
    before, after = watched.last
    assert (before.state, dict(before.summary.counts)) == (SetState.STOPPED, {"in": 1, "out": 1})
    assert (after.state, after.summary) == (SetState.STOPPED, summary)


def test_a_pause_is_no_end() -> None:
    """Space in the middle of a set: it is kept as one set, with times that the recording has."""
    poses = one_after_the_other(drops(), pause_s=8.0)
    end = poses[-1].t
    still = [replace(poses[-1], t=end + i / FPS) for i in range(1, 40)]
    watched = Watched(drops_routine(1))
    (summary,) = watched.run([*poses, *still], {end - 4.0: Action.PAUSE, end + 1.0: Action.PAUSE})
    (one,) = watched.last
    assert one.summary == summary
    assert len({one.uid for one in watched.kept}) == 1


def test_who_never_begins_leaves_nothing() -> None:
    """Somebody who walks through the picture, or presses n before the exercise began, is not kept."""
    nobody = [Pose.absent(i / FPS, (640, 480)) for i in range(100)]
    watched = Watched(drops_routine(2))
    watched.run(nobody, {3.0: Action.NEXT, 6.0: Action.NEXT})
    assert watched.kept == []


# ---- the whole live set


def about_history(verdict: LiveVerdict) -> list[str]:
    """The notes that are about the history (others tell that the machine of the tests has no sound)."""
    return [note for note in verdict.notes if "history" in note]


pytestmark = [pytest.mark.system, pytest.mark.usefixtures("unhurried")]


def test_a_live_set_is_in_the_history(tmp_path: Path, short_film: Path) -> None:
    """After a live set its verdict is in the database, with model and kind of source, and it is said that it is."""
    verdict = LiveSet(Person(drops())).run("knee_drops", short_film, history=tmp_path / "h.db")
    assert (verdict.error, about_history(verdict)) == (None, [loop.KEPT])
    with open_history(tmp_path / "h.db") as history:
        one = history.get(1)
        assert history.trace(1).summary == one.summary == verdict.summaries[0]
    assert one.origin == Origin(SourceKind.VIDEO, "made", "0" * 64, "knee_drops")
    assert abs(datetime.now().astimezone() - one.started) < timedelta(minutes=5)


def test_nothing_is_kept_unless_told(tmp_path: Path, short_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a history (--no-history) the same verdict leaves no file anywhere."""
    monkeypatch.setenv("POSECHECK_DB", str(tmp_path / "h.db"))
    verdict = LiveSet(Person(drops())).run("knee_drops", short_film)
    assert counts(verdict.summaries) == [{"in": 1, "out": 1}]
    assert list(tmp_path.iterdir()) == []


def test_a_history_that_cannot_be_written_is_told_once(
    tmp_path: Path, short_film: Path, statuses: list[ScreenStatus]
) -> None:
    """A set whose history cannot be written goes on to its end; window and a note say so, and it is no error."""
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    verdict = LiveSet(Person(drops())).run("knee_drops", short_film, history=tmp_path / "file" / "h.db")
    assert verdict.error is None
    assert counts(verdict.summaries) == [{"in": 1, "out": 1}]
    (note,) = about_history(verdict)
    assert note.startswith("Not kept in your history: cannot make the folder")
    assert note in {status.notice for status in statuses}


def test_a_locked_history_does_not_hold_up_a_set(
    tmp_path: Path, short_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program has the history locked a whole set is judged; then it is said that it is not kept."""
    monkeypatch.setattr(opening, "BUSY_S", 0.5)
    path = tmp_path / "h.db"
    open_history(path, write=True).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        verdict = LiveSet(Person(drops())).run("knee_drops", short_film, history=path)
    assert counts(verdict.summaries) == [{"in": 1, "out": 1}]
    assert any("locked" in note for note in verdict.notes)


def test_a_fault_of_ours_does_not_end_a_set(tmp_path: Path, short_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should keeping a set raise whatever it be, the set is judged to its end and the note says what happened."""

    def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(Keeper, "take", broken)
    verdict = LiveSet(Person(drops())).run("knee_drops", short_film, history=tmp_path / "h.db")
    assert counts(verdict.summaries) == [{"in": 1, "out": 1}]
    assert about_history(verdict) == [
        "Not kept in your history: the set cannot be kept (RuntimeError: a fault of ours)"
    ]
