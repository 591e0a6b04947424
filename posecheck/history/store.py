"""The history: sets in and out of the database. `put` is the only way in, whole or not at all."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from posecheck.errors import ForeignError, InputError
from posecheck.history.opening import DamagedError, explaining, open_to_read, open_to_write
from posecheck.history.progress import HoldFigure, SetFigures
from posecheck.history.records import (
    BELOW,
    LESS,
    KeptRepetition,
    KeptSet,
    Origin,
    SetState,
    SignalMedian,
    SourceKind,
    right_year,
)
from posecheck.records import CueSpan, NotJudgedSpan, Repetition, Summary
from posecheck.records.closing import Closing
from posecheck.records.gate import HISTORY, MOST_NUMBER, json_of

if TYPE_CHECKING:
    from posecheck.judging.trace import Trace

_SET = (
    *("uid", "started", "utc_offset_s", "state", "source_kind", "source", "routine", "exercise", "title"),
    *("exercise_sha256", "posecheck", "model", "model_sha256", "duration_s", "frames", "frames_with_pose"),
    *("judged_s", "counts", "goal", "complete", "interrupted", "other_postures", "recording"),
)
_INSERT = f"INSERT INTO sets ({', '.join(_SET)}) VALUES ({', '.join('?' * len(_SET))}) RETURNING id"
_UPDATE = f"UPDATE sets SET {', '.join(f'{name} = ?' for name in _SET)} WHERE uid = ? RETURNING id"
_CHILDREN = ("repetitions", "cues", "not_judged", "traces")
_SAME_START_S = 2.0  # a guess: file systems round times to 2 s at most, and nobody begins two sets within it
_FIGURES = "id, started, utc_offset_s, exercise, title, state, source_kind, complete, duration_s, counts, goal"


class History(Closing):
    """The kept sets, open to be read or written; a context manager. `said` is what opening it led to, or None.

    `left_out` tells of the sets that lists and figures leave out, as they are damaged: one never hides the rest.

    Every method raises OutputError when the database cannot be used, and FormatError when it is damaged.
    """

    def __init__(self, db: sqlite3.Connection, path: Path, said: str | None = None) -> None:
        self._db, self.path, self.said = db, path, said
        self.left_out: list[str] = []

    def close(self) -> None:
        self._db.close()

    # ---- in

    def put(self, *sets: KeptSet) -> tuple[int, ...]:
        """Keep sets, in place of what was kept under their names; all of them or none.

        Returns:
            Their numbers.
        """
        with self._changing():
            return tuple(self._put(one) for one in sets)

    def put_each(self, sets: Iterable[KeptSet]) -> Iterator[tuple[KeptSet, str | None]]:
        """Keep sets in one transaction, each by itself: one that the database refuses is left out.

        Args:
            sets: what is to be kept; they may be made while others are put in.

        Returns:
            Each set, with why it was refused, or None.
        """
        with self._changing():
            for one in sets:
                self._db.execute("SAVEPOINT one_set")
                refused = None
                try:
                    self._put(one)
                except (sqlite3.IntegrityError, sqlite3.DataError, OverflowError, UnicodeEncodeError) as error:
                    self._db.execute("ROLLBACK TO one_set")
                    refused = str(error)
                self._db.execute("RELEASE one_set")
                yield one, refused

    def save(self, kept: KeptSet) -> tuple[int, bool]:
        """Keep a judged recording, once: what is kept of it already stays as it is.

        Returns:
            The number of the set, and whether it is new.
        """
        with self._changing():  # looked for and put in one step: another process may save the same recording
            same = self._same(kept)
            return (self._put(kept), True) if same is None else (same, False)

    def has(self, kept: KeptSet) -> bool:
        """Whether the set is kept already, or another one that was judged of the same file."""
        known = self._rows(
            "SELECT 1 FROM sets WHERE uid = ? OR exercise = ? AND recording = ? AND recording != ''",
            (kept.uid, kept.summary.exercise, kept.recording),
        )
        return bool(known)

    def delete(self, ids: Iterable[int]) -> int:
        """Delete sets with all that belongs to them; returns how many there were."""
        with self._changing():
            count = sum(self._db.execute("DELETE FROM sets WHERE id = ?", (one,)).rowcount for one in ids)
        if count:
            with explaining(self.path):  # gone from the file, too
                self._db.execute("VACUUM")
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    # ---- out

    def ids(self, *, before: datetime | None = None) -> tuple[int, ...]:
        """The numbers of all sets, or of those that began before a time, oldest first."""
        end = float("inf") if before is None else before.timestamp()
        rows = self._rows("SELECT id FROM sets WHERE started < ? ORDER BY started, id", (end,))
        return tuple(row[0] for row in rows)

    def uids(self) -> frozenset[str]:
        """The names of all sets."""
        return frozenset(row[0] for row in self._rows("SELECT uid FROM sets"))

    def get(self, set_id: int, *, trace: bool = True) -> KeptSet:
        """All that is kept of a set.

        Args:
            set_id: its number in this history.
            trace: whether its course is read, too.

        Raises:
            InputError: there is no such set.
        """
        rows = self._rows(f"SELECT {', '.join(_SET)} FROM sets WHERE id = ?", (set_id,))
        if not rows:
            raise self._no_such(set_id)
        return self._set_of(set_id, rows[0], trace)

    def trace(self, set_id: int) -> Trace:
        """What a report draws of a set.

        Raises:
            InputError: there is no such set, or nothing to draw of it.
        """
        rows = self._rows(
            "SELECT zlib_json FROM sets LEFT JOIN traces ON set_id = id WHERE id = ?",
            (set_id,),
        )
        if not rows:
            raise self._no_such(set_id)
        if rows[0][0] is None:
            raise InputError(f"of set {set_id} only the verdict is kept: there is nothing to draw")
        from posecheck.judging.trace import Trace

        return Trace.from_json(_unpacked(rows[0][0], self.path))

    def newest(self) -> int | None:
        """The number of the set that began last, or None."""
        rows = self._rows("SELECT id FROM sets ORDER BY started DESC, id DESC LIMIT 1")
        return int(rows[0][0]) if rows else None

    def count(self) -> int:
        """How many sets there are."""
        return int(self._rows("SELECT count(*) FROM sets")[0][0])

    def page(self, count: int, skipped: int = 0) -> list[SetFigures]:
        """Some sets for a list, newest first, without the figures of their holds.

        Args:
            count: how many at most.
            skipped: how many newer ones come before them.
        """
        rows = self._rows(
            f"SELECT {_FIGURES}, (SELECT total(held_s) FROM repetitions WHERE set_id = id) FROM sets "
            "ORDER BY started DESC, id DESC LIMIT ? OFFSET ?",
            (count, skipped),
        )
        return list(self._sound((row[:-1], row[-1], ()) for row in rows))

    def figures(self) -> list[SetFigures]:
        """What the figures of progress need of every set, oldest first."""
        held: dict[int, float] = dict(self._rows("SELECT set_id, sum(held_s) FROM repetitions GROUP BY set_id"))
        holds: dict[int, list[HoldFigure]] = defaultdict(list)
        for set_id, side, signal, value, error, main, relative in self._rows(
            "SELECT m.set_id, r.side, m.signal, m.value, m.error, m.main, m.relative FROM medians m JOIN repetitions r "
            "ON r.set_id = m.set_id AND r.number = m.number WHERE m.main AND r.counted"
        ):
            # left_shin_tilt of the left side and right_shin_tilt of the right are one thing
            name = signal.removeprefix(f"{side}_")
            shown = -value if main == BELOW else value
            if not (_is_number(shown) and (error is None or _is_number(error))):
                continue  # of a set that an older posecheck has taken in
            holds[set_id].append(HoldFigure(side, name, shown, error, relative, main == LESS))
        rows = self._rows(f"SELECT {_FIGURES} FROM sets ORDER BY started, id")
        return list(self._sound((row, held.get(row[0], 0.0), tuple(holds.get(row[0], ()))) for row in rows))

    # ---- rows

    def _sound(self, sets: Iterable[tuple[Sequence[Any], float, tuple[HoldFigure, ...]]]) -> Iterator[SetFigures]:
        """The figures of the sets, without those that are damaged: these are told."""
        for row, held_s, holds in sets:
            try:
                yield _figures(row, held_s, holds)
            except (ForeignError, ValueError, TypeError, OverflowError, OSError) as error:
                said = f"set {row[0]} is damaged ({error}) and left out: `posecheck history delete {row[0]}` removes it"
                if said not in self.left_out:
                    self.left_out.append(said)

    def _put(self, kept: KeptSet) -> int:
        s = kept.summary
        offset = kept.started.utcoffset()
        if offset is None:
            raise ValueError("the time of a set needs the offset of its place")
        row = (
            *(kept.uid, kept.started.timestamp(), int(offset.total_seconds()), kept.state.value),
            *(kept.origin.kind.value, s.source, kept.origin.routine, s.exercise, kept.title, kept.exercise_sha256),
            *(kept.posecheck, kept.origin.model, kept.origin.model_sha256, s.duration_s, s.frames),
            *(s.frames_with_pose, s.judged_s, json.dumps(dict(s.counts)), json.dumps(dict(s.goal))),
            *(int(s.complete), int(s.interrupted), json.dumps(dict(s.other_postures)), kept.recording),
        )
        # no upsert: it would use up a number each time
        found = self._db.execute(_UPDATE, (*row, kept.uid)).fetchone() or self._db.execute(_INSERT, row).fetchone()
        set_id = int(found[0])
        for table in _CHILDREN:
            self._db.execute(f"DELETE FROM {table} WHERE set_id = ?", (set_id,))
        self._many("repetitions", ((set_id, *_repetition_row(r)) for r in s.repetitions))
        self._many("medians", ((set_id, *row) for row in _median_rows(kept.repetitions)))
        self._many("cues", ((set_id, i, c.cue, c.text, c.start_s, c.end_s) for i, c in enumerate(s.cues)))
        self._many(
            "not_judged", ((set_id, i, n.reason, n.text, n.start_s, n.end_s) for i, n in enumerate(s.not_judged))
        )
        if kept.trace is not None:
            self._many("traces", [(set_id, zlib.compress(kept.trace.encode()))])
        return set_id

    def _same(self, kept: KeptSet) -> int | None:
        """The number of the set that was judged of the same recording: of the same file, or with the same course.

        Name and length do not tell recordings apart. A video and its tape, a live set and its tape have one course.
        """
        s = kept.summary
        if kept.recording:
            rows = self._rows(
                "SELECT id FROM sets WHERE exercise = ? AND recording = ? ORDER BY id", (s.exercise, kept.recording)
            )
            if rows:
                return int(rows[0][0])
        rows = self._rows(
            "SELECT id, started, zlib_json FROM sets LEFT JOIN traces ON set_id = id "
            "WHERE exercise = ? AND source = ? AND frames = ? AND abs(duration_s - ?) < 0.001 ORDER BY id",
            (s.exercise, s.source, s.frames, s.duration_s),
        )
        for set_id, started, packed in rows:
            if kept.trace is None or packed is None:  # nothing but the time tells them apart
                same = abs(started - kept.started.timestamp()) < _SAME_START_S
            else:
                same = _course(kept.trace) == _course(_unpacked(packed, self.path))
            if same:
                return int(set_id)
        return None

    def _many(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            self._db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def _set_of(self, set_id: int, row: Sequence[Any], with_trace: bool) -> KeptSet:
        named = dict(zip(_SET, row, strict=True))
        summary = Summary(
            named["posecheck"],
            named["exercise"],
            named["source"],
            named["duration_s"],
            named["frames"],
            named["frames_with_pose"],
            named["judged_s"],
            tuple(map(_repetition, self._children("repetitions", set_id, "number", skip=1))),
            json.loads(named["counts"]),
            json.loads(named["goal"]),
            bool(named["complete"]),
            tuple(CueSpan(*c) for c in self._children("cues", set_id, "position", skip=2)),
            tuple(NotJudgedSpan(*n) for n in self._children("not_judged", set_id, "position", skip=2)),
            bool(named["interrupted"]),
            json.loads(named["other_postures"]),
        )
        medians: dict[int, list[SignalMedian]] = defaultdict(list)
        for number, _, *median in self._children("medians", set_id, "number, position", skip=1):
            medians[number].append(SignalMedian(*median))
        trace = self._rows("SELECT zlib_json FROM traces WHERE set_id = ?", (set_id,)) if with_trace else []
        return KeptSet(
            named["uid"],
            _at(named["started"], named["utc_offset_s"]),
            SetState(named["state"]),
            Origin(SourceKind(named["source_kind"]), named["model"], named["model_sha256"], named["routine"]),
            named["title"],
            named["exercise_sha256"],
            summary,
            tuple(KeptRepetition(number, tuple(some)) for number, some in medians.items()),
            _unpacked(trace[0][0], self.path) if trace else None,
            named["posecheck"],
            named["recording"],
        )

    def _children(self, table: str, set_id: int, order: str, skip: int) -> list[Sequence[Any]]:
        rows = self._rows(f"SELECT * FROM {table} WHERE set_id = ? ORDER BY {order}", (set_id,))
        return [row[skip:] for row in rows]

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with explaining(self.path):
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """A transaction: whole, or not at all."""
        with explaining(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled it back already
                    self._db.execute("ROLLBACK")
                raise

    def _no_such(self, set_id: int) -> InputError:
        return InputError(f"there is no set {set_id} in {self.path}: posecheck history lists them")


def open_history(path: Path, *, write: bool = False) -> History:
    """Open the history; to be read, it need not be there, and is never changed.

    Args:
        path: the database file.
        write: open it to write; it is then made when missing, and set aside when damaged.

    Raises:
        OutputError: it cannot be written, or is locked.
        InputError: it cannot be read.
        FormatError: it is damaged (read only: to be written it is set aside), newer, or another program's.
    """
    if not write:
        return History(open_to_read(path), path)
    db, said = open_to_write(path)
    return History(db, path, said)


def _repetition_row(r: Repetition) -> tuple[object, ...]:
    return r.number, r.group, r.start_s, r.end_s, r.held_s, int(r.counted), r.reason, r.text, r.side_probability


def _repetition(row: Sequence[Any]) -> Repetition:
    number, group, start_s, end_s, held_s, counted, reason, text, sure = row
    return Repetition(number, group, start_s, end_s, held_s, bool(counted), reason, text, sure)


def _figures(row: Sequence[Any], held_s: float, holds: tuple[HoldFigure, ...]) -> SetFigures:
    set_id, started, offset_s, exercise, title, state, kind, complete, duration_s, counts, goal = row
    at = _at(started, offset_s)
    if not right_year(at):
        raise ValueError(f"it began in the year {at.year}")
    if not (_is_number(held_s) and _is_number(duration_s)):
        raise ValueError("its length or what was held is no number")
    return SetFigures(
        *(set_id, at, exercise, title, state, kind, bool(complete), duration_s, held_s),
        counts=_counts(counts),
        goal=_counts(goal),
        holds=holds,
    )


def _median_rows(repetitions: Iterable[KeptRepetition]) -> Iterator[tuple[object, ...]]:
    for one in repetitions:
        for i, m in enumerate(one.medians):
            yield one.number, i, m.signal, m.plane, m.relative, m.value, m.error, m.samples, m.main


def _course(trace: str) -> tuple[object, object]:
    """What was measured in a set, without the verdict on it: the times, and the values of every signal."""
    data = json.loads(trace)
    signals = [(one["name"], one["plane"], one["relative"], one["values"]) for one in data.get("signals", ())]
    return data.get("times"), signals


def _at(started: float, utc_offset_s: int) -> datetime:
    return datetime.fromtimestamp(started, _zone(utc_offset_s))


@cache
def _zone(utc_offset_s: int) -> timezone:
    return timezone(timedelta(seconds=utc_offset_s))


@lru_cache(1000)
def _counts(text: str) -> Mapping[str, int]:
    """The counts in a text, read once for each text: few differ. The caller cannot change them."""
    found = json_of(text, Path("the history"), HISTORY, "counts")
    if not isinstance(found, dict) or not all(isinstance(count, int) for count in found.values()):
        raise ValueError("its counts are none")
    return MappingProxyType(found)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and -MOST_NUMBER <= value <= MOST_NUMBER


def _unpacked(data: bytes, path: Path) -> str:
    try:
        return zlib.decompress(data).decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise DamagedError(path, f"the plots of a set: {error}") from error
