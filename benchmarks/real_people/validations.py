"""What people sent who did `posecheck validate`: the three exercises, with the script as the truth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.accuracy_card.card import THREE
from benchmarks.real_people.figures import Advance, Figure, Score
from posecheck.validation.kept import kept_folders, scored
from posecheck.validation.score import Validated

_TITLES = {"ninety_ninety": "90-90 stretch", "side_bend": "90-90 with side bend", "knee_drops": "knee drops"}


def score_validations(folders: Sequence[Path], advance: Advance) -> Score:
    """Judge every tape that was kept with this posecheck, and score it by what was said.

    Args:
        folders: what was kept, or folders of it.
        advance: called after each.

    Raises:
        InputError: there is nothing that was kept.
        FormatError: something is damaged.
    """
    found: list[Validated] = []
    wrong: list[str] = []
    for folder in kept_folders(folders):
        one = scored(folder)
        found.append(one)
        wrong += [f"{folder.name} ({one.exercise}): {told}" for told in _wrong(one)]
        advance(folder.name)
    figures = [
        figure
        for name, title in _TITLES.items()
        if (own := [one for one in found if one.exercise == name])
        for figure in _figures(f"people who did as they were told: {title}", own)
    ]
    (counts, told), (held, holds), (seen, faults) = (_sum(found, name) for name in ("counts", "held", "seen"))
    closing = (
        f"validations exact {sum(one.exact for one in found)}/{len(found)}, counts {counts}/{told}, held times "
        f"{held}/{holds}, faults seen {seen}/{faults}, false cues {sum(len(one.false_cues) for one in found)} in "
        f"{sum(one.right_s for one in found) / 60:.1f} min"
    )
    return Score("validation", tuple(figures), tuple(wrong), closing, seen_before=False)


def _figures(on: str, own: Sequence[Validated]) -> list[Figure]:
    minutes = sum(one.right_s for one in own) / 60
    return [
        Figure(THREE, f"{on} ({len(own)} sets)", "sets with all counts exact", sum(one.exact for one in own), len(own)),
        Figure(THREE, on, "counted, or refused, as it had to be", *_sum(own, "counts")),
        Figure(THREE, on, "held time that can be true", *_sum(own, "held")),
        Figure(THREE, on, "faults on purpose that were seen", *_sum(own, "seen")),
        Figure(
            THREE,
            on,
            f"sets with a false cue ({minutes:.1f} min of right holding)",
            sum(bool(one.false_cues) for one in own),
            len(own),
        ),
    ]


def _sum(found: Sequence[Validated], name: str) -> tuple[int, int]:
    pairs = [getattr(one, name) for one in found]
    return sum(right for right, _ in pairs), sum(of for _, of in pairs)


def _wrong(one: Validated) -> list[str]:
    told = [
        f"{hold.what}, {hold.group}, at {hold.at_s:.0f} s: counted {hold.counted}, {hold.wrong_side} as another"
        for hold in one.holds
        if hold.right is False
    ]
    told += [
        f"held {hold.held_s:.1f} s at {hold.at_s:.0f} s, where {hold.least_s:.1f} to {hold.most_s:.1f} s can be true"
        for hold in one.holds
        if hold.held_right is False and hold.held_s is not None
    ]
    told += [f"{fault.what} at {fault.at_s:.0f} s: not seen" for fault in one.faults if fault.seen is None]
    told += [f"false cue {cue}" for cue in one.false_cues]
    told += [f"counted {one.elsewhere} while nothing was to be done"] if one.elsewhere else []
    told += [f"judged {one.judged_s:.0f} of {one.asked_s:.0f} s: {', '.join(one.reasons)}"] if one.reasons else []
    return told
