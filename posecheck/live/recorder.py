"""Keeps what was asked for of a live set while it happens: the camera's picture, and the landmarks with the keys."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from posecheck._version import __version__
from posecheck.detect.models import Model
from posecheck.draw.video_writer import VideoWriter
from posecheck.errors import OutputError
from posecheck.live.guide.flow import Action
from posecheck.live.guide.routine import Routine
from posecheck.records import Frame, Pose
from posecheck.records.closing import Closing
from posecheck.tape import TapeHeader, TapeWriter


class Recorder(Closing):
    """Writes film and tape as frames come; a disk that is full ends the keeping, not the set.

    Args:
        record: where to keep the picture (MP4), or None.
        tape: where to keep landmarks and keys, or None.
        model, routine, source, strict: what the header of the tape tells.

    `error` tells what could not be written; it never raises once it is open. What was written before can be read.
    """

    def __init__(
        self,
        record: Path | None,
        tape: Path | None,
        *,
        model: Model,
        routine: Routine,
        source: str,
        strict: bool,
    ) -> None:
        self.error: OutputError | None = None
        self._header = TapeHeader(
            __version__, model.name, model.sha256, source, (0, 0), routine=routine.name, strict=strict
        )
        self._tape_path = tape
        self._tape: TapeWriter | None = None
        self._early: list[Action] = []  # keys before the first pose
        self._film = VideoWriter(record, fragmented=True) if record else None

    @property
    def filming(self) -> bool:
        """Whether pictures are being kept."""
        return self._film is not None

    def write(self, frame: Frame, pose: Pose) -> None:
        """Keep a frame and its pose, as far as asked for; a failure ends that file, not the session.

        Args:
            frame: the frame.
            pose: the pose in it.
        """
        if self._tape_path is not None and not self._tried(lambda: self._write_pose(frame, pose)):
            self._stop_tape()
        film = self._film
        if film is not None and not self._tried(lambda: film.offer(frame.image, frame.t)):
            self._stop_film()

    def key(self, action: Action) -> None:
        """Keep a key that was pressed."""
        tape = self._tape
        if tape is None:
            if self._tape_path is not None:
                self._early.append(action)
        elif not self._tried(lambda: tape.write_key(action.value)):
            self._stop_tape()

    def close(self) -> None:
        """Finish the files; may be called twice."""
        tape, film = self._tape, self._film
        self._tape = self._film = self._tape_path = None
        if tape is not None:
            self._tried(tape.close)
        if film is not None:
            self._tried(film.close)

    def _write_pose(self, frame: Frame, pose: Pose) -> None:
        if self._tape is None and self._tape_path is not None:
            size = (frame.image.shape[1], frame.image.shape[0])
            self._tape = TapeWriter(self._tape_path, replace(self._header, size=size), durable=True)
            for action in self._early:
                self._tape.write_key(action.value)
        if self._tape is not None:
            self._tape.write(pose)

    def _stop_tape(self) -> None:
        """Close what cannot be written any more: it would fail again at the end of the program."""
        tape, self._tape, self._tape_path = self._tape, None, None
        if tape is not None:
            with suppress(OutputError):
                tape.close()

    def _stop_film(self) -> None:
        film, self._film = self._film, None
        if film is not None:
            with suppress(OutputError):
                film.close()

    def _tried(self, act: Callable[[], object]) -> bool:
        """Whether `act` could write."""
        try:
            act()
        except OutputError as error:
            self.error = self.error or error
            return False
        return True
