"""The child process that lists or tries cameras for `posecheck.capture.devices`, because a camera's driver can hang.

It is run by its path and imports nothing of posecheck, so that it starts quickly.

    argv     an index, or "names"
    stdout   {"ready": true} once OpenCV is loaded, then one JSON object:
             {"names": [[0, "Front camera"]]}   or   {"open": true, "width": 640, "height": 480, "fps": 30.0}
             or {"open": false, "allowed": true}   or   {"error": "..."}
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def main(what: str) -> None:
    """Answer one question."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # libraries print, and the answers must stay clean
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")  # see camera.open_camera
    try:
        import cv2

        backends = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_MSMF}
        backend = backends.get(sys.platform, cv2.CAP_ANY)
        print(json.dumps({"ready": True}), file=answers, flush=True)
        answer = _names(backend) if what == "names" else _look(cv2, int(what), backend)
    except Exception as error:  # noqa: BLE001  # every system fails in its own way
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), file=answers, flush=True)


def _names(backend: int) -> dict[str, Any]:
    from cv2_enumerate_cameras import enumerate_cameras

    return {"names": [[camera.index, camera.name or ""] for camera in enumerate_cameras(backend)]}


def _look(cv2: Any, index: int, backend: int) -> dict[str, Any]:
    capture = cv2.VideoCapture(index, backend)
    if not capture.isOpened():
        device = Path(f"/dev/video{index}")
        return {"open": False, "allowed": not device.exists() or os.access(device, os.R_OK | os.W_OK)}
    answer = {
        "open": True,
        "width": capture.get(cv2.CAP_PROP_FRAME_WIDTH),
        "height": capture.get(cv2.CAP_PROP_FRAME_HEIGHT),
        "fps": capture.get(cv2.CAP_PROP_FPS),
    }
    capture.release()
    return answer


if __name__ == "__main__":
    main(sys.argv[1])
