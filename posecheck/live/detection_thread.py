"""Frame → Pose in a thread of its own, for a live set: the newest frame first, results in order of time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from posecheck.capture.camera import LiveSource
from posecheck.detect.pose_detector import PoseDetector
from posecheck.records import Frame, Pose
from posecheck.records.closing import Closing

_WAIT_S = 0.05  # a guess: for the next frame; then it is looked whether to stop
_BEHIND = 4  # a guess: results that wait for the main thread, at most
_CLOSE_S = 5.0  # a guess: a detector that hangs is left behind


@dataclass(frozen=True, slots=True)
class Result:
    """One frame and what was found in it; `pose` is None while the detector is still loading."""

    frame: Frame
    pose: Pose | None


class DetectionThread(Closing):
    """The thread that detects; a context manager.

    `error` is what ended it, if anything did; `warning` what the detector has to tell of other people.
    """

    def __init__(self, source: LiveSource, make_detector: Callable[[], PoseDetector]) -> None:
        self.error: Exception | None = None
        self.warning: str | None = None
        self._source, self._make = source, make_detector
        self._results: queue.Queue[Result] = queue.Queue(_BEHIND)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="posecheck-detect", daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether there will be no more results."""
        return not self._thread.is_alive() and self._results.empty()

    def results(self, timeout_s: float) -> list[Result]:
        """Everything found since the last call; waits for the first up to `timeout_s`."""
        found: list[Result] = []
        with suppress(queue.Empty):
            found.append(self._results.get(timeout=timeout_s))
            while True:
                found.append(self._results.get_nowait())
        return found

    def close(self) -> None:
        """End the thread; may be called twice."""
        self._stop.set()
        self._thread.join(_CLOSE_S)

    def _work(self) -> None:
        try:
            detector = self._load()
            try:
                for frame in self._frames():
                    pose = detector.detect(frame)
                    self.warning = getattr(detector, "warning", None)  # scripted detectors have none
                    self._put(Result(frame, pose))
            finally:
                detector.close()
        except Exception as error:  # noqa: BLE001  # told by the main thread
            self.error = error

    def _load(self) -> PoseDetector:
        """Make the detector, and meanwhile show what the camera sees; a file waits, so that no frame is lost."""
        if self._source.from_file:
            return self._make()
        loading = _Loading(self._make)
        try:
            while loading.thread.is_alive():
                frame = None if self._stop.is_set() else self._source.take(_WAIT_S)
                if frame is not None:
                    self._put(Result(frame, None))
                elif self._stop.is_set() or self._source.ended:
                    loading.thread.join()
        except BaseException:
            loading.abandon()
            raise
        return loading.detector()

    def _frames(self) -> Iterator[Frame]:
        while not self._stop.is_set() and not self._source.ended:
            frame = self._source.take(_WAIT_S)
            if frame is not None:
                yield frame

    def _put(self, result: Result) -> None:
        while not self._stop.is_set():
            with suppress(queue.Full):
                self._results.put(result, timeout=_WAIT_S)
                return


class _Loading:
    """Makes a detector in the background."""

    def __init__(self, make: Callable[[], PoseDetector]) -> None:
        self._make = make
        self._made: PoseDetector | None = None
        self._error: Exception | None = None
        self.thread = threading.Thread(target=self._work, name="posecheck-load", daemon=True)
        self.thread.start()

    def _work(self) -> None:
        try:
            self._made = self._make()
        except Exception as error:  # noqa: BLE001  # raised by `detector`
            self._error = error

    def detector(self) -> PoseDetector:
        """Wait for it; raises what making it raised."""
        self.thread.join()
        if self._made is None:
            raise self._error or RuntimeError("no detector was made")
        return self._made

    def abandon(self) -> None:
        """Wait for it, only to let go of it."""
        self.thread.join()
        if self._made is not None:
            self._made.close()
