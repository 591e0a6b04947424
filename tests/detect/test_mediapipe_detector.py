"""Frames → poses with the real model, quietly; and the parts around it with a scripted one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from posecheck.capture.video_file import open_video
from posecheck.detect import mediapipe_detector as detector_module
from posecheck.detect.mediapipe_detector import Detector
from posecheck.detect.models import Model, load_model
from posecheck.detect.pose_detector import PoseDetector
from posecheck.errors import DependencyError, ModelError, UsageError
from posecheck.records import Frame, Landmark, Pose
from posecheck.records.folders import data_dir
from tests.waiting import PATIENCE_S

SAMPLE = data_dir("samples") / "side_bend.mp4"


def blank(t: float = 0.0, width: int = 64, height: int = 48) -> Frame:
    """A grey picture with nobody in it."""
    return Frame(0, t, np.full((height, width, 3), 90, np.uint8))


class ScriptedLandmarker:
    """Stands in for MediaPipe: remembers the stamps and pictures, sees one person in the middle."""

    def __init__(self) -> None:
        self.stamps: list[int] = []
        self.pictures: list[Any] = []
        self.closed = False
        self.people = 1

    def detect_for_video(self, picture: Any, stamp: int) -> Any:
        self.stamps.append(stamp)
        return self.detect(picture)

    def detect(self, picture: Any) -> Any:
        os.write(2, b"W0000 inference_feedback_manager\n")
        self.pictures.append(picture)
        points = [SimpleNamespace(x=0.5, y=index / 33, z=0.1, visibility=0.9) for index in range(33)]
        return SimpleNamespace(pose_landmarks=[points] * self.people, pose_world_landmarks=[points] * self.people)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> ScriptedLandmarker:
    """Puts a scripted landmarker in MediaPipe's place."""
    landmarker = ScriptedLandmarker()
    mediapipe = SimpleNamespace(
        Image=lambda image_format, data: SimpleNamespace(format=image_format, data=data.copy()),
        ImageFormat=SimpleNamespace(SRGB="rgb"),
    )
    monkeypatch.setattr(detector_module, "_create", lambda *_: (mediapipe, landmarker))
    return landmarker


@pytest.fixture
def model(tmp_path: Any) -> Model:
    """A model that is never read."""
    return Model("none", "", 0, tmp_path / "none.task", b"")


def test_stamps_are_whole_milliseconds_that_rise(scripted: ScriptedLandmarker, model: Model) -> None:
    """Times are rounded to ms; two frames in one ms, and a time before zero, still rise strictly."""
    with Detector(model) as detector:
        for t in (-0.5, 0.0, 0.0333, 0.0334, 0.0336, 0.0667, 3600.0004):
            assert detector.detect(blank(t)).t == t
    assert scripted.stamps == [0, 1, 33, 34, 35, 67, 3600000]


def test_image_mode_needs_no_stamps(scripted: ScriptedLandmarker, model: Model) -> None:
    """Photographs are looked at one by one."""
    with Detector(model, mode="image") as detector:
        assert detector.detect(blank()).present
    assert scripted.stamps == []


def test_points_are_pixels_of_the_whole_picture(scripted: ScriptedLandmarker, model: Model) -> None:
    """A huge picture is shown smaller to the model, its points come in full-size pixels."""
    with Detector(model) as detector:
        pose = detector.detect(blank(width=7680, height=4320))
    assert pose.size == (7680, 4320)
    assert scripted.pictures[0].data.shape == (720, 1280, 3)
    assert pose.points_px is not None
    assert pose.points_m is not None
    assert pose.visibility is not None
    assert pose.points_px[:, 0] == pytest.approx(3840)
    assert pose.points_px[32, 1] == pytest.approx(4320 * 32 / 33, abs=0.5)  # half a step
    assert [a.shape for a in (pose.points_px, pose.points_m, pose.visibility)] == [(33, 2), (33, 3), (33,)]
    assert {a.dtype for a in (pose.points_px, pose.points_m, pose.visibility)} == {np.dtype(np.float64)}


def test_a_small_picture_is_shown_as_it_is_in_rgb(scripted: ScriptedLandmarker, model: Model) -> None:
    """Blue, green, red becomes red, green, blue; pictures of changing size are fine; the frame is untouched."""
    with Detector(model) as detector:
        for width in (64, 64, 80):
            frame = blank(width=width)
            frame.image[:] = (1, 2, 3)
            detector.detect(frame)
            assert (frame.image == (1, 2, 3)).all()
    assert [p.data.shape for p in scripted.pictures] == [(48, 64, 3), (48, 64, 3), (48, 80, 3)]
    assert all((p.data == (3, 2, 1)).all() for p in scripted.pictures)


def test_nobody_seen_is_a_value(scripted: ScriptedLandmarker, model: Model) -> None:
    """A frame without a person gives an absent pose with its time and size."""
    scripted.people = 0
    with Detector(model) as detector:
        assert detector.detect(blank(0.5)) == Pose.absent(0.5, (64, 48))


def test_the_detector_closes_when_its_user_raises(scripted: ScriptedLandmarker, model: Model) -> None:
    """The landmarker is let go when the loop around it fails; a closed detector says so."""
    detector = Detector(model)
    with pytest.raises(KeyError), detector:
        raise KeyError
    assert scripted.closed
    detector.close()
    with pytest.raises(UsageError, match="closed"):
        detector.detect(blank())


def test_stderr_is_quiet_until_the_first_person_only(
    scripted: ScriptedLandmarker, model: Model, capfd: pytest.CaptureFixture[str]
) -> None:
    """What the library writes up to the first person is swallowed; afterwards stderr is left alone."""
    with Detector(model) as detector:
        scripted.people = 0
        detector.detect(blank(0.0))
        scripted.people = 1
        detector.detect(blank(0.1))
        assert capfd.readouterr().err == ""
        detector.detect(blank(0.2))
    assert "W0000" in capfd.readouterr().err


def test_stderr_comes_back_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    """An exception in the quiet stretch does not leave stderr silent."""
    with pytest.raises(KeyError), detector_module._quiet_stderr():
        raise KeyError
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


def test_stderr_comes_back_when_quiet_stretches_overlap(capfd: pytest.CaptureFixture[str]) -> None:
    """Two detectors in two threads, the first to begin being the first to end, restore the true stderr."""
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with detector_module._quiet_stderr():
            inside.set()
            leave.wait(PATIENCE_S)

    thread = threading.Thread(target=other)
    with detector_module._quiet_stderr():
        thread.start()
        assert inside.wait(PATIENCE_S)
    os.write(2, b"silent")
    leave.set()
    thread.join()
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


def test_a_missing_stderr_is_no_obstacle() -> None:
    """A windowed program without descriptor 2 runs as well."""
    code = (
        "import os, sys; sys.stderr = None; os.close(2)\n"
        "from posecheck.detect.mediapipe_detector import _quiet_stderr\n"
        "with _quiet_stderr(): pass\n"
        "try: os.fstat(2)\n"
        "except OSError: sys.exit(0)\n"
        "sys.exit(1)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ImportError("No module named 'mediapipe'"), "mediapipe does not load.*pip install"),
        (
            ModuleNotFoundError("No module named 'mediapipe'", name="mediapipe"),
            "is not installed: pip install 'mediapipe==",
        ),
        (AttributeError("PoseLandmarker"), "cannot be used: pip install 'mediapipe=="),
        (OSError("libEGL.so.1: cannot open shared object file: No such file"), r"apt install libegl1"),
    ],
)
def test_a_missing_library_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, model: Model, error: Exception, message: str
) -> None:
    """When mediapipe or a system library it needs is missing, one line says what to install."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(detector_module, "_create", fail)
    with pytest.raises(DependencyError, match=message):
        Detector(model)


def test_importing_detect_imports_no_library() -> None:
    """The module can be imported where mediapipe and OpenCV cannot."""
    code = (
        "import sys, posecheck.detect.mediapipe_detector; sys.exit(any(m in sys.modules for m in ('cv2', 'mediapipe')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture(scope="module")
def frames() -> Iterator[list[Frame]]:
    """A second of a person bending sideways, 640 x 480."""
    with open_video(SAMPLE, end_s=1.0) as source:
        yield list(source)


@pytest.mark.model
def test_a_person_is_seen_in_every_frame(frames: list[Frame]) -> None:
    """On the embedded sample each frame has a pose of plausible pixels and metres."""
    with Detector(load_model()) as detector:
        scripted: PoseDetector = detector
        poses = [scripted.detect(frame) for frame in frames]
    assert len(poses) >= 10
    for pose, frame in zip(poses, frames, strict=True):
        assert pose.t == frame.t
        assert pose.size == (640, 480)
        assert pose.points_px is not None
        assert pose.points_m is not None
        assert pose.visibility is not None
        assert pose.points_px[Landmark.NOSE, 1] < pose.points_px[Landmark.LEFT_HIP, 1]
        assert np.abs(pose.points_m).max() < 2
        assert 0 <= pose.visibility.min() <= pose.visibility.max() <= 1


@pytest.mark.model
def test_a_new_detector_gives_the_same(frames: list[Frame]) -> None:
    """Nothing of a clip stays for the next one, so two runs agree to the bit."""
    runs = []
    for _ in range(2):
        with Detector(load_model()) as detector:
            runs.append([detector.detect(frame) for frame in frames[:5]])
    assert runs[0] == runs[1]


@pytest.mark.model
def test_a_large_picture_gives_the_same_points(frames: list[Frame]) -> None:
    """Enlarged to 4K, the person is found at the enlarged place, within 1 % of the picture."""
    import cv2

    large = Frame(0, 0.0, np.asarray(cv2.resize(frames[0].image, (3840, 2880)), np.uint8))
    with Detector(load_model(), mode="image") as detector:
        small_pose, large_pose = detector.detect(frames[0]), detector.detect(large)
    assert small_pose.points_px is not None
    assert large_pose.points_px is not None
    assert np.abs(large_pose.points_px / 6 - small_pose.points_px).max() < 6


@pytest.mark.model
def test_an_empty_room_has_nobody() -> None:
    """A grey picture gives an absent pose, in both modes."""
    for mode in ("video", "image"):
        with Detector(load_model(), mode=mode) as detector:
            assert detector.detect(blank(width=640, height=480)) == Pose.absent(0.0, (640, 480))


@pytest.mark.model
def test_nothing_is_written_to_stderr() -> None:
    """A whole run of the real model, from start to exit, writes nothing; empty frames first."""
    code = (
        "import sys, numpy as np\n"
        "from pathlib import Path\n"
        "from posecheck.capture.video_file import open_video\n"
        "from posecheck.detect.mediapipe_detector import Detector\n"
        "from posecheck.detect.models import load_model\n"
        "from posecheck.records import Frame\n"
        "with open_video(sys.argv[1], end_s=0.5) as source, Detector(load_model()) as detector:\n"
        "    detector.detect(Frame(0, -0.1, np.zeros((480, 640, 3), np.uint8)))\n"
        "    assert all(detector.detect(frame).present for frame in source)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(SAMPLE)], check=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.model
def test_a_bundle_that_mediapipe_refuses_is_a_model_error(tmp_path: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """A model that passes for a bundle and is none gives one line, not a trace of C++."""
    model = Model("mine", "", 5, tmp_path / "mine.task", b"hello")
    with pytest.raises(ModelError, match=r"refuses the model .*mine\.task") as caught:
        Detector(model)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""
