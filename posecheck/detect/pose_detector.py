"""What finds poses: the one protocol for detectors, trackers, and scripted ones in tests."""

from __future__ import annotations

from typing import Protocol

from posecheck.records import Frame, Pose


class PoseDetector(Protocol):
    """Whatever turns the frames of one source into poses; used by one thread at a time, and closed at the end."""

    def detect(self, frame: Frame) -> Pose:
        """The pose of the person in `frame`, in pixels of the whole picture; absent when nobody is seen."""

    def close(self) -> None:
        """Let go of what is held; may be called twice."""
