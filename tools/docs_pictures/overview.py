"""overview.png: three judged frames of samples/, drawn by posecheck itself, with their captions and a key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.docs_pictures.png import small_png

ROOT = Path(__file__).resolve().parents[2]
Xy = tuple[float, float]


@dataclass(frozen=True)
class Example:
    """A frame of a sample judged from `start_s` on: the first held for `held_s` after `counted` repetitions."""

    exercise: str
    start_s: float
    counted: int
    held_s: float
    title: str
    detail: str


EXAMPLES = (
    Example("ninety_ninety", 4.0, 1, 11.0, "90-90 hip-flexor stretch", "Side camera. Hold 20 s, twice on each side."),
    Example("side_bend", 4.0, 1, 13.0, "90-90 with side bend", "Front camera. Hold 20 s, twice on each side."),
    Example("knee_drops", 0.0, 4, 1.75, "Knee drops", "Raised camera at the feet. 5 in, 5 out, 2 s each."),
)
WIDTH, HEIGHT, GAP = 1600, 582, 16
FRAME = ((WIDTH - 4 * GAP) // 3, (WIDTH - 4 * GAP) // 4)
PAPER, INK, FADED = (255, 255, 255), (48, 38, 30), (112, 98, 86)  # BGR


def overview() -> bytes:
    """Return the PNG file of the three frames with their captions and a key."""
    from posecheck.draw.canvas import BOLD, DARK, GREY, REGULAR, SKY, WHITE, YELLOW, Canvas

    canvas = Canvas(np.full((HEIGHT, WIDTH, 3), PAPER, np.uint8))
    unit = canvas.unit
    for place, example in enumerate(EXAMPLES):
        left, top = GAP + place * (FRAME[0] + GAP), GAP
        canvas.image[top : top + FRAME[1], left : left + FRAME[0]] = judged_frame(example)
        canvas.text(example.title, (left + 2, top + FRAME[1] + 38), 27 / unit, INK, BOLD)
        canvas.text(example.detail, (left + 2, top + FRAME[1] + 67), 20.5 / unit, FADED, REGULAR)

    # the key: what is drawn on the frames
    middle = HEIGHT - 50.0
    canvas.fill(_corners(GAP, middle - 34, WIDTH - GAP, middle + 34), (243, 243, 243))

    def words(x: float, *lines: str) -> None:
        for line, y in zip(lines, (middle - 4, middle + 20), strict=True):
            canvas.text(line, (x, y), 19 / unit, INK, REGULAR)

    x = GAP + 36.0
    canvas.disc((x + 4, middle), 26 / unit, DARK)
    canvas.arc((x + 4, middle), 19 / unit, -90, 215, SKY, 6 / unit)
    words(x + 44, "Seconds held: the clock runs", "only while the pose is right")
    x += 366
    canvas.plate((x - 14, middle - 20, x + 84, middle + 20), 7 / unit)
    canvas.text("16°", (x - 4, middle + 8), 23 / unit, SKY, BOLD)
    canvas.tick((x + 62, middle), 18 / unit, SKY)
    words(x + 98, "Measured angle: ticked", "when it is within its limits")
    x += 420
    canvas.plate((x - 14, middle - 20, x + 62, middle + 20), 7 / unit)
    canvas.disc((x + 8, middle), 9 / unit, SKY)
    canvas.disc((x + 40, middle), 8 / unit, GREY, outline=2 / unit)
    words(x + 76, "Repetitions that counted,", "and those still to come")
    x += 372
    for bone, joint, y in ((WHITE, "disc", middle - 11), (YELLOW, "square", middle + 11)):
        line = [(x - 14.0, y), (x + 34.0, y)]
        canvas.path(line, DARK, 9 / unit)
        canvas.path(line, bone, 5 / unit)
        if joint == "disc":
            canvas.disc((x + 34, y), 9 / unit, DARK)
            canvas.disc((x + 34, y), 7 / unit, WHITE)
        else:
            canvas.fill(_corners(x + 26, y - 8, x + 42, y + 8), DARK)
            canvas.fill(_corners(x + 28, y - 6, x + 40, y + 6), YELLOW)
            canvas.fill(_corners(x + 31, y - 3, x + 37, y + 3), DARK)
    words(x + 58, "Left limbs: white, round joints", "Right limbs: yellow, square")
    return small_png(canvas.image, radius=18)


def _corners(left: float, top: float, right: float, bottom: float) -> list[Xy]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def judged_frame(example: Example) -> NDArray[np.uint8]:
    """Judge the sample up to the wanted frame; return that frame as posecheck draws it, in the size of `FRAME`."""
    from posecheck.detect.models import load_model
    from posecheck.draw.overlay import draw
    from posecheck.libraries import load_cv2
    from posecheck.records import Phase
    from posecheck.run import VideoRun

    cv2 = load_cv2()
    path = ROOT / "samples" / f"{example.exercise}.mp4"
    with VideoRun(path, example.exercise, load_model(), start_s=example.start_s) as run:
        for frame, step in run:
            progress = step.progress
            if progress.phase is not Phase.HOLD or sum(progress.counts.values()) < example.counted:
                continue
            if progress.held_s >= example.held_s and progress.cue is None:
                # Without the film's noise, drawn twice as large and reduced: smooth edges, and a smaller file.
                calm = cv2.bilateralFilter(frame.image, 5, 20, 3)
                large = cv2.resize(calm, (2 * FRAME[0], 2 * FRAME[1]), interpolation=cv2.INTER_CUBIC)
                drawn = draw(large, step, title=run.exercise.title)
                return np.asarray(cv2.resize(drawn, FRAME, interpolation=cv2.INTER_AREA), np.uint8)
    raise SystemExit(f"{path.name} has no frame with {example.counted} repetitions and {example.held_s:g} s held")
