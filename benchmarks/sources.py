"""Which exercises can be judged from which source: tapes reduced to each format, counts beside the original's.

    python -m benchmarks.sources                    # tests/data/filmed: a clip an exercise, and clips with a fault
    python -m benchmarks.sources --samples          # also the three samples, which runs the pose model
    python -m benchmarks.sources --tapes FOLDER     # tapes named EXERCISE.jsonl.gz or EXERCISE-anything.jsonl.gz

Prints a table in Markdown: the counts of the tape, and of each format "=" (the same), other counts, or why it is not
judged. The poses are always those of posecheck's own detector, so the table tells what a format can carry, and nothing
of how well another detector finds its points.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.foreign import FORMATS, Foreign, rate
from posecheck.detect.models import load_model
from posecheck.exercises import Exercise, load_exercise
from posecheck.judging.session import Session
from posecheck.measure.view import FROM_SIDE_DEG
from posecheck.records import Pose, Summary
from posecheck.records.folders import data_dir
from posecheck.run import Outputs, VideoRun
from posecheck.sources import SourceOptions, SourceView, read_poses
from posecheck.testing import load_tape

SAMPLES = ("ninety_ninety", "ninety_ninety_faulty", "side_bend", "knee_drops")
# columns of the table; the other formats carry the same as one of them
SHOWN = ("posecheck CSV", "MediaPipe, world landmarks", "TRC", "COCO-WholeBody", "BODY-25", "COCO-17")


def reduced(poses: Sequence[Pose], foreign: Foreign, view: SourceView) -> tuple[Pose, ...]:
    """The poses as they come back from a file of the format."""
    with tempfile.TemporaryDirectory() as folder:
        path = foreign.write(Path(folder), poses)
        options = SourceOptions(
            size=poses[0].size if "size" in foreign.asks else None,
            fps=rate(poses) if "fps" in foreign.asks else None,
            view=view if "view" in foreign.asks else None,
        )
        return read_poses(path, options).poses


def view_of(exercise: Exercise) -> SourceView:
    """What a user would say of where the camera stood."""
    return SourceView.SIDE if exercise.view.yaw_enter[0] >= FROM_SIDE_DEG else SourceView.FRONT


def judged(poses: Sequence[Pose], exercise: Exercise) -> Summary:
    """The verdict on poses."""
    session = Session(exercise)
    for pose in poses:
        session.feed(pose)
    return session.summary()


def cell(original: Summary, other: Summary) -> str:
    """How a verdict compares."""
    lacking = next((n.reason for n in other.not_judged if n.reason.startswith("source:")), None)
    if lacking is not None:
        return f"no {lacking.partition(':')[2]}"
    if other.counts == original.counts:
        listed = [[(one.group, one.counted) for one in summary.repetitions] for summary in (original, other)]
        return "=" if listed[0] == listed[1] else "= counts"
    return counts(other)


def counts(summary: Summary) -> str:
    """The counts in words."""
    return ", ".join(f"{count} {group}" for group, count in summary.counts.items())


def tapes(folder: Path) -> Iterator[tuple[str, str, list[Pose]]]:
    """Name, exercise and poses of each tape of a folder."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        name = path.name.removesuffix(".jsonl.gz")
        yield name, name.partition("-")[0], load_tape(path)


def samples() -> Iterator[tuple[str, str, list[Pose]]]:
    """The same of the embedded samples, which are detected first."""
    model = load_model()
    for name in SAMPLES:
        film = data_dir("samples") / f"{name}.mp4"
        exercise = json.loads(film.with_suffix(".truth.json").read_text(encoding="utf-8"))["exercise"]
        with tempfile.TemporaryDirectory() as folder:
            tape = Path(folder) / "tape.jsonl"
            with VideoRun(film, exercise, model, Outputs(tape=tape)) as run:
                for _ in run:
                    pass
            yield f"sample {name}", exercise, load_tape(tape)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", action="store_true", help="the embedded samples, too")
    parser.add_argument("--tapes", type=Path, default=Path("tests/data/filmed"), metavar="FOLDER")
    parser.add_argument("--all", action="store_true", help="a column for every format")
    args = parser.parse_args()
    shown = [one for one in FORMATS if args.all or one.name in SHOWN]
    header = ["tape", "counted", *(one.name for one in shown)]
    sys.stdout.write(f"| {' | '.join(header)} |\n|{'---|' * len(header)}\n")
    for name, exercise_name, poses in [*tapes(args.tapes), *(samples() if args.samples else ())]:
        exercise = load_exercise(exercise_name)
        original = judged(poses, exercise)
        cells = [cell(original, judged(reduced(poses, one, view_of(exercise)), exercise)) for one in shown]
        sys.stdout.write(f"| {name} | {counts(original)} | {' | '.join(cells)} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
