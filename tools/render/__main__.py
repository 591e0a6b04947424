"""`python -m tools.render PLAN.json OUT_DIR`: renders recordings with truth from their plans."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from . import plan as plans
from .errors import RenderError

ABOUT = """\
Render people who stretch, with known joint angles.

Each PLAN.json (or a NAME.truth.json, which holds its plan) gives OUT_DIR/NAME.mp4 and OUT_DIR/NAME.truth.json:
the true angles of every frame and what a strict observer would count.

  python -m tools.render samples/knee_drops.truth.json out     renders a sample again
  python -m tools.render --stills 6 plan.json out              six PNG pictures instead of the video
  python -m tools.render --keys                                what a plan may say
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.render", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PLAN.json ... OUT_DIR", help="plans, then a folder")
    parser.add_argument("--keys", action="store_true", help="list all keys of a plan and leave")
    parser.add_argument("--check", action="store_true", help="only check the plans and write the truth, draw nothing")
    parser.add_argument("--stills", type=int, default=0, metavar="N", help="write N evenly spaced pictures, no video")
    parser.add_argument("--skip-existing", action="store_true", help="leave plans alone whose truth file exists")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    args = parser.parse_args(argv)
    if args.keys:
        _print_keys()
        return 0
    if len(args.paths) < 2:
        parser.error("give at least one plan and a folder to write to")
    try:
        checked = [plans.read(path) for path in args.paths[:-1]]
        for plan in checked:
            _one(plan, args.paths[-1], args)
    except RenderError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201  the command's own output
        return error.exit_code
    return 0


def _one(plan: plans.Plan, folder: Path, args: argparse.Namespace) -> None:
    """Render, check or picture one plan."""
    from . import clip

    target = folder / f"{plan.name}.truth.json"
    if args.skip_existing and target.exists():
        return
    if args.check:
        import json

        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(clip.plan_truth(plan)) + "\n", encoding="utf-8")
        return
    if args.stills:
        _stills(plan, folder, args.stills)
        return
    start, shown = time.monotonic(), -1

    def progress(done: int, total: int) -> None:
        nonlocal shown
        if not args.quiet and (share := done * 100 // total) != shown:
            shown = share
            print(f"\r{plan.name}: {done}/{total} frames, {share} %", end="", file=sys.stderr, flush=True)  # noqa: T201

    files = clip.render(plan, folder, progress)
    seconds = time.monotonic() - start
    end = "" if args.quiet else "\r"
    print(f"{end}{files.video}: {files.frames} frames, {seconds / files.frames:.3f} s each")  # noqa: T201


def _stills(plan: plans.Plan, folder: Path, count: int) -> None:
    """Write evenly spaced frames as PNG."""
    import cv2

    from . import clip
    from .body import Body
    from .timeline import timeline

    folder.mkdir(parents=True, exist_ok=True)
    total = int(timeline(plan, Body.load(plan.body).thigh_m).duration_s * plan.fps)
    wanted = [int((i + 0.5) * total / count) for i in range(count)]
    for index, (picture, _) in zip(wanted, clip.frames(plan, wanted), strict=True):
        cv2.imwrite(str(folder / f"{plan.name}.{index:05d}.png"), picture[..., ::-1])


def _print_keys() -> None:
    """Print the plan's keys, section by section."""
    section = ""
    for title, key, default, meaning in plans.describe():
        if title != section:
            section = title
            print(f"\n{title}")  # noqa: T201
        print(f"  {key:12} {default:21} {meaning}")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
