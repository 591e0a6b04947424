"""Whether recordings that are judged in pieces get the verdict of the whole; a table on the terminal.

    python -m benchmarks.pieces samples                                         # those of two minutes and more
    python -m benchmarks.pieces samples build/accuracy/clips --piece-s 20       # seams in all that last 40 s

Every clip with truth in the folders is judged whole, from its tape (made where it is missing, as for the accuracy
card), and in pieces on two cores, detected anew. Pieces shorter than posecheck ever makes put seams into more
recordings, and into more places of them: holds, drops, changes of side.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.accuracy import TAPES
from benchmarks.accuracy_card.clips import Clip, find_clips, make_tape
from benchmarks.speed import difference
from posecheck import judge
from posecheck.batch import pieces
from posecheck.batch.long_recording import replay_in_pieces
from posecheck.detect.models import Model, load_model
from posecheck.exercises import load_exercise
from posecheck.run import Outputs


def compare(clip: Clip, model: Model, *, old_tapes: bool) -> str:
    """A line about a clip."""
    exercise = load_exercise(clip.truth.exercise)
    found = replay_in_pieces(clip.video, exercise, model, Outputs(), 2)
    if found is None:
        return "judged whole"
    whole = judge(make_tape(clip.video, model, TAPES, old=old_tapes), exercise)
    words, times = difference(whole, found[0])
    return f"ANOTHER VERDICT: {words}" if words else f"the same, times within {times:.2f} s"


def main() -> None:
    """Compare and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--piece-s", type=float, default=pieces.PIECE_S, help="least length of a piece (default: 60)")
    parser.add_argument("--every", type=int, default=1, help="take every so many clips (default: 1)")
    parser.add_argument("--old-tapes", action="store_true", help="use tapes that other detecting code made")
    args = parser.parse_args()
    pieces.PIECE_S = args.piece_s
    clips, model = find_clips(args.folders, "tuning"), load_model()
    told = []
    for clip in [clip for clip in clips if pieces.plan_pieces(clip.video)[0]][:: args.every]:
        told.append(compare(clip, model, old_tapes=args.old_tapes))
        sys.stdout.write(f"{clip.name:32} {told[-1]}\n")
        sys.stdout.flush()
    kinds = [sum(line.startswith(start) for line in told) for start in ("the same", "ANOTHER", "judged whole")]
    found = "{} the same in pieces, {} another verdict, {} judged whole all the same".format(*kinds)
    sys.stdout.write(f"{len(told)} clips: {found}\n")


if __name__ == "__main__":
    main()
