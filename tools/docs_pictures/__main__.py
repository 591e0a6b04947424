"""Makes all pictures of README and docs anew; takes about two minutes on two cores, no window and no screen.

python -m tools.docs_pictures                    all; report and progress need Chromium
python -m tools.docs_pictures --only live pages  some kinds

overview.png                     three judged frames of samples/, drawn by posecheck itself
camera-side.svg, -front, -feet   where the camera stands: seen from the side and from above, and what it should see
live-framing.png, -hold, ...     what the window of a live set shows
report.png, progress.png         the pages, as Chromium shows them
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def _overview() -> dict[str, bytes]:
    from tools.docs_pictures.overview import overview

    return {"overview.png": overview()}


def _camera() -> dict[str, bytes]:
    from tools.docs_pictures.camera import SETUPS, camera_drawing

    return {setup.file: camera_drawing(setup).encode() for setup in SETUPS}


def _live() -> dict[str, bytes]:
    from posecheck.detect.models import load_model
    from tools.docs_pictures.live import live_pictures

    return {f"live-{name}.png": picture for name, picture in live_pictures(load_model()).items()}


def _pages() -> dict[str, bytes]:
    from posecheck.detect.models import load_model
    from tools.docs_pictures.pages import page_pictures

    return {f"{name}.png": picture for name, picture in page_pictures(load_model()).items()}


KINDS: dict[str, Callable[[], dict[str, bytes]]] = {
    "overview": _overview,
    "camera": _camera,
    "live": _live,
    "pages": _pages,
}


def main(argv: list[str] | None = None) -> int:
    """Write the pictures; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.docs_pictures", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=tuple(KINDS), nargs="+", default=tuple(KINDS), help="these kinds alone")
    parser.add_argument("--out", type=Path, default=DOCS, metavar="DIR", help="where to (docs)")
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    for kind in args.only:
        for name, picture in KINDS[kind]().items():
            (args.out / name).write_bytes(picture)
            sys.stdout.write(f"{args.out / name}  {len(picture) / 1000:.0f} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
