"""How right posecheck is on real people: films, recorded motion, photographs, and what people sent of themselves.

    python -m benchmarks.real --tapes DIR --uiprmd DIR --postures FILE.json.gz --photos DIR --validation DIR...
    python -m benchmarks.real --tapes DIR --card        also writes the part "People" of ACCURACY.md

Everything that is given is judged with this posecheck. What is wrong is printed, then a closing line for each kind.
Limits may have been chosen while looking at what is measured here; `--unseen` says that they were not.
What each argument takes is described in benchmarks/README.md.
"""
# ruff: noqa: T201  # a script: the summary in the terminal is its output

from __future__ import annotations

import argparse
import datetime
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.accuracy_card.card import card
from benchmarks.accuracy_card.results import FOLDER, PEOPLE, Results, read, write
from benchmarks.real_people.figures import Advance, Score, merged
from benchmarks.real_people.films import score_tapes, truth_of
from benchmarks.real_people.motion import score_cameras, score_motion
from benchmarks.real_people.photographs import score_photos, score_postures
from benchmarks.real_people.uiprmd import read_motion
from benchmarks.real_people.validations import score_validations
from posecheck import __version__
from posecheck.errors import PosecheckError
from posecheck.report.terminal import progress_bar
from posecheck.validation.kept import kept_folders

ROOT = Path(__file__).resolve().parents[1]
CARD = ROOT / "ACCURACY.md"
NOTHING = "nothing to measure: give --tapes, --uiprmd, --postures, --photos or --validation (see --help)"


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; 0 when it was measured, whatever came of it, 2 when there is nothing to measure."""
    args = _arguments(argv)
    try:
        scores = _measure(args)
    except PosecheckError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    if not scores:
        print(NOTHING, file=sys.stderr)
        return 2
    for score in scores:
        if not args.quiet:
            print(*score.wrong, sep="\n" if score.wrong else "")
        print(score.closing)
    if args.card:
        write_card(
            [replace(s, seen_before=s.seen_before and not args.unseen) for s in scores], args.results, args.output
        )
        print(f"written: {args.output} and {args.results / PEOPLE}.csv")
    return 0


def write_card(scores: Sequence[Score], results: Path, output: Path) -> None:
    """Put the figures into the table of people, and write the card anew from all tables.

    Args:
        scores: what was measured.
        results: the folder of the tables.
        output: the card.
    """
    tables = dict(read(results).tables)
    tables[PEOPLE] = merged(tables.get(PEOPLE), scores, version())
    write(Results({PEOPLE: tables[PEOPLE]}), results)
    output.write_text(card(Results(tables)), encoding="utf-8")


def version() -> str:
    """Of posecheck: the release, the commit if there is one, and the day."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    commit = f", {done.stdout.strip()}" if done.returncode == 0 else ""
    return f"{__version__}{commit} of {datetime.datetime.now(tz=datetime.UTC).date().isoformat()}"


def _measure(args: argparse.Namespace) -> list[Score]:
    scores: list[Score] = []

    def run(title: str, total: int | None, work: Callable[[Advance], Score]) -> None:
        with _bar(title, total) as advance:
            scores.append(work(advance))

    if args.tapes:
        run("films", len(truth_of(args.tapes)), lambda advance: score_tapes(args.tapes, advance))
    if args.uiprmd:
        sets = list(read_motion(args.uiprmd))
        run("motion", len(sets), lambda advance: score_motion(sets, advance))
        if args.cameras:
            run("motion, cameras", None, lambda advance: score_cameras(sets, advance, args.cameras, args.seed))
    if args.postures:
        run("postures", None, lambda advance: score_postures(args.postures, advance))
    if args.photos:
        run("photographs", len(truth_of(args.photos)), lambda advance: score_photos(args.photos, advance))
    if args.validation:
        kept = len(list(kept_folders(args.validation)))
        run("validations", kept, lambda advance: score_validations(args.validation, advance))
    return scores


@contextmanager
def _bar(title: str, total: int | None) -> Iterator[Advance]:
    done = 0

    def advance(note: str) -> None:
        nonlocal done
        done += 1
        move(done, total, note)

    with progress_bar(title, quiet=False, unit="sets") as move:
        yield advance


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tapes", type=Path, metavar="DIR", help="tapes of films of people, with truth.json")
    parser.add_argument("--uiprmd", type=Path, metavar="DIR", help="motion of UI-PRMD: personNN.npz, or as published")
    parser.add_argument("--postures", type=Path, metavar="FILE", help="landmarks of photographs (.json.gz)")
    parser.add_argument("--photos", type=Path, metavar="DIR", help="photographs, with truth.json")
    parser.add_argument("--validation", type=Path, nargs="+", metavar="DIR", help="what `posecheck validate` kept")
    parser.add_argument("--cameras", type=int, default=3, metavar="N", help="cameras anywhere for each motion (3)")
    parser.add_argument("--seed", type=int, default=1, help="of these cameras and of the noise (1)")
    parser.add_argument("--unseen", action="store_true", help="no limit was chosen while looking at this material")
    parser.add_argument("--card", action="store_true", help='write the part "People" of the card')
    parser.add_argument("--results", type=Path, default=FOLDER, metavar="DIR", help="the folder of the card's tables")
    parser.add_argument("-o", "--output", type=Path, default=CARD, metavar="FILE", help="the card (ACCURACY.md)")
    parser.add_argument("--quiet", action="store_true", help="print the closing lines alone")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
