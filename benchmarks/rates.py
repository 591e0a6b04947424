"""Whether the rate at which poses are judged changes a verdict: films of 30 and 60 frames a second, with the model.

    python -m benchmarks.rates                       # a quarter of an hour on two idle cores
    python -m benchmarks.rates --fps 30 --seconds 60

The films are the samples, with pictures mixed from their neighbours put in between. Each is judged by all its frames
and at lower rates. Beside the counts stands by how much start, end and held time of a repetition differ from
those by all frames, at most.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.speed import refilmed
from posecheck import replay
from posecheck.capture.film_options import Rate
from posecheck.records import Summary
from posecheck.records.folders import data_dir

RATES: tuple[Rate, ...] = ("auto", 10.0)
HEADER = ("film", "frames/s", "judged at", "counts", "another reason", "start, s", "end, s", "held, s")


def counts(summary: Summary) -> str:
    """The counts in words."""
    return ", ".join(f"{count} {group}" for group, count in summary.counts.items())


def compared(whole: Summary, other: Summary) -> list[str]:
    """Counts of `other`, whether it lists other attempts, and by how much its times differ at most."""
    listed = [[(one.group, one.reason) for one in summary.repetitions] for summary in (whole, other)]
    if listed[0] != listed[1]:
        return [counts(other), "YES", "", "", ""]
    both = list(zip(whole.repetitions, other.repetitions, strict=True))
    apart = [
        max((abs(getattr(a, name) - getattr(b, name)) for a, b in both), default=0.0)
        for name in ("start_s", "end_s", "held_s")
    ]
    return [counts(other), "no", *(f"{seconds:.3f}" for seconds in apart)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fps", type=float, nargs="+", default=[30.0, 60.0], help="of the films (default: 30 60)")
    parser.add_argument("--seconds", type=float, default=1e6, help="of each sample (default: all)")
    parser.add_argument("names", nargs="*", default=["knee_drops", "ninety_ninety", "side_bend"], metavar="SAMPLE")
    args = parser.parse_args()
    lines = [HEADER, ("---",) * len(HEADER)]
    with tempfile.TemporaryDirectory() as folder:
        for name in args.names:
            sample = data_dir("samples") / f"{name}.mp4"
            exercise = json.loads(sample.with_suffix(".truth.json").read_text(encoding="utf-8"))["exercise"]
            for fps in args.fps:
                film = refilmed(sample, Path(folder, f"{fps:g}.mp4"), args.seconds, fps)
                whole = replay(film, exercise, rate="all")
                lines.append((name, f"{fps:g}", "all", counts(whole), "", "", "", ""))
                lower = {rate: compared(whole, replay(film, exercise, rate=rate)) for rate in RATES}
                lines += [(name, f"{fps:g}", str(rate), *cells) for rate, cells in lower.items()]
    sys.stdout.write("".join(f"| {' | '.join(line)} |\n" for line in lines))


if __name__ == "__main__":
    main()
