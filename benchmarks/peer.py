"""A peer from PyPI beside the bare detector: cvzone's PoseDetector, as its README uses it.

cvzone gives an angle in a frame, no position, hold or count. It builds on MediaPipe's former interface, which brings
the same model ("full") along; so it gets an environment of its own, made the first time (half a minute, needs PyPI).
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.replay import Row, spread_of

ENVIRONMENT = Path(__file__).resolve().parents[1] / "build" / "peer"
PACKAGES = ("cvzone==1.6.1", "mediapipe==0.10.14", "numpy<2", "opencv-python<4.12", "opencv-contrib-python<4.12")
LOOP = """
import json, sys, time
import cv2
from cvzone.PoseModule import PoseDetector

video, end_s = sys.argv[1], float(sys.argv[2])
start, frames = time.perf_counter(), 0
detector, capture = PoseDetector(modelComplexity=1), cv2.VideoCapture(video)
while capture.get(cv2.CAP_PROP_POS_MSEC) < 1000 * end_s:
    whole, image = capture.read()
    if not whole:
        break
    detector.findPose(image, draw=False)
    points, _ = detector.findPosition(image, draw=False)
    if points:
        detector.findAngle(points[23][:2], points[25][:2], points[27][:2], img=image)
    frames += 1
print(json.dumps(frames / (time.perf_counter() - start)))
"""


def peer_rows(video: Path, bare: Callable[[], float], rounds: int, seconds: float) -> list[Row]:
    """cvzone's frames a second, its start left out, and what that is of `bare`, which is measured in turns with it."""
    python = str(_python())
    rates, yardstick = [], []
    for number in range(2 * rounds):
        if number % 4 in (0, 3):
            yardstick.append(bare())
        else:
            done = subprocess.run(
                [python, "-c", LOOP, str(video), str(seconds)], check=True, capture_output=True, text=True
            )
            rates.append(float(json.loads(done.stdout)))
    ratios = [a / b for a, b in zip(rates, yardstick, strict=True)]
    return [
        Row(
            "cvzone 1.6.1 with mediapipe 0.10.14, detector and one angle",
            f"{median(rates):.1f} frames/s",
            spread_of(rates),
        ),
        Row("… / reading and detection alone", f"{median(ratios):.3f}", spread_of(ratios, 3)),
    ]


def _python() -> Path:
    """The interpreter of the peer's environment, which is made when it is not there."""
    python = ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (ENVIRONMENT / "made").exists():
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        (ENVIRONMENT / "made").touch()
    return python
