"""The list of kept sets as a page, newest first, a link to each report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from posecheck.history.progress import SetFigures
from posecheck.report.history_view import span_words, state_words
from posecheck.report.pages.html import Link, render, short_day

SETS_A_PAGE = 50  # a guess: a page that a phone scrolls with ease


@dataclass(frozen=True, slots=True)
class SetRow:
    """One line of the list."""

    href: str
    when: str
    title: str
    counted: str
    held: str
    state: str
    complete: bool


@dataclass(frozen=True, slots=True)
class HistoryView:
    """What the page says; `newer` and `older` are the addresses of the pages beside it, or None."""

    title: str
    words: str
    rows: tuple[SetRow, ...]
    newer: str | None
    older: str | None


@dataclass(frozen=True, slots=True)
class MessageView:
    """A page that only says something."""

    title: str
    words: str


def message_page(title: str, words: str, *, links: Sequence[Link] = ()) -> str:
    """A page that only says something, such as that there is no such set.

    Args:
        title: of the page.
        words: what it says.
        links: what stands at the top of the page.
    """
    return render("message.html", MessageView(title, words), tuple(links))


def history_page(sets: Sequence[SetFigures], number: int, count: int, *, links: Sequence[Link] = ()) -> str:
    """One page of the list.

    Args:
        sets: those of this page, newest first.
        number: which page it is, from 1.
        count: how many sets there are in all.
        links: what stands at the top of the page.
    """
    first = (number - 1) * SETS_A_PAGE + 1
    words = f"Sets {first:,} to {first + len(sets) - 1:,} of {count:,}, newest first." if sets else ""
    newer = None if number == 1 else "./" if number == 2 else f"./?page={number - 1}"
    older = f"./?page={number + 1}" if first - 1 + len(sets) < count else None
    return render("history.html", HistoryView("History", words, tuple(map(_row, sets)), newer, older), tuple(links))


def _row(one: SetFigures) -> SetRow:
    seen = "" if one.source_kind == "live" else f", from a {one.source_kind}"
    counted = ", ".join(f"{group} {one.counts.get(group, 0)} of {goal}" for group, goal in one.goal.items())
    return SetRow(
        f"set/{one.id}",
        _when(one.at),
        one.title,
        counted,
        span_words(one.held_s),
        state_words(one) + seen,
        one.complete,
    )


def _when(at: datetime) -> str:
    return f"{short_day(at)}, {at:%H:%M}"
