"""The live set: camera → detector → flow → window, sound and recordings.

The main thread shows and judges, as macOS wants windows there; one thread reads the camera, one detects. Nothing is
kept but what was asked for, and nothing that fails (a camera, a disk, a sound device) ends a set that has begun.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from posecheck import __version__
from posecheck.closing import Closing
from posecheck.errors import CameraError, OutputError, PosecheckError
from posecheck.live.camera import LiveSource, open_camera
from posecheck.live.coach import Coach
from posecheck.live.flow import Action, Flow
from posecheck.live.moment import Moment, Stage
from posecheck.live.routine import Routine
from posecheck.live.screen import Screen, ScreenStatus, fit
from posecheck.live.speaker import Speaker, open_speaker
from posecheck.live.window import Window
from posecheck.models import Model
from posecheck.records import Frame, Pose, Summary
from posecheck.tape import TapeHeader, TapeWriter
from posecheck.video import VideoWriter

WAIT_S = 0.05  # for the next result; then keys and troubles are looked after
SHOWN_S = 0.25  # without a new frame the window is drawn anew this often
STAY_S = 120.0  # the last picture stays until a key is pressed, or for this long
BEHIND = 4  # results that wait for the main thread, at most
LARGEST_PX, SMALLEST_PX = 1280, 780  # the longer side of the picture that is drawn on
COMPANY = "Somebody else is in the picture: only one person is judged, so be alone in it."
_ACTIONS = {action.value: action for action in Action}


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How a live set runs. `size` is (width, height) in pixels to ask the camera for; `volume` is 0 to 1."""

    camera: str = "0"
    size: tuple[int, int] | None = None
    mirror: bool = True
    fullscreen: bool = False
    mute: bool = False
    voice: bool = True
    volume: float = 0.8
    record: Path | None = None
    tape: Path | None = None
    sound_log: Path | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One frame and what was found in it; `pose` is None while the detector is still loading."""

    frame: Frame
    pose: Pose | None


class FrameDetector(Protocol):
    """Whatever finds the person in frames, as `Follower` does."""

    def detect(self, frame: Frame) -> Pose:
        """The pose in a frame."""

    def close(self) -> None:
        """Let go of it."""


class Display(Protocol):
    """Where pictures are shown, and keys pressed, as on a `Window`."""

    @property
    def closed(self) -> bool:
        """Whether there is nobody to look any more."""

    def show(self, image: Any) -> None:
        """Show a picture."""

    def keys(self) -> list[str]:
        """What was pressed since the last call."""

    def toggle_fullscreen(self) -> None:
        """Fill the screen, or no longer."""


class Detecting(Closing):
    """The thread that detects: newest frame first, results in order. `error` is what ended it, if anything did."""

    def __init__(self, source: LiveSource, make_detector: Callable[[], FrameDetector]) -> None:
        self.error: Exception | None = None
        self.company_t: float | None = None
        self._source, self._make = source, make_detector
        self._results: queue.Queue[Result] = queue.Queue(BEHIND)
        self._stop = threading.Event()
        self._loaded: list[FrameDetector] = []
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
        self._thread.join(5.0)

    def _work(self) -> None:
        try:
            detector = self._load()
            try:
                for frame in self._frames():
                    self._put(Result(frame, detector.detect(frame)))
                    self.company_t = getattr(detector, "company_t", None)
            finally:
                detector.close()
        except Exception as error:  # noqa: BLE001  # told by the main thread
            self.error = error

    def _load(self) -> FrameDetector:
        """Make the detector, and meanwhile show what the camera sees; a file waits, so that no frame is lost."""
        if self._source.from_file:
            return self._make()
        failed: list[Exception] = []

        def load() -> None:
            try:
                self._loaded.append(self._make())
            except Exception as error:  # noqa: BLE001  # raised below
                failed.append(error)

        loading = threading.Thread(target=load, name="posecheck-load", daemon=True)
        loading.start()
        while loading.is_alive() and not self._stop.is_set():
            frame = self._source.take(WAIT_S)
            if frame is not None:
                self._put(Result(frame, None))
        loading.join()
        if failed:
            raise failed[0]
        return self._loaded[0]

    def _frames(self) -> Iterator[Frame]:
        while not self._stop.is_set() and not self._source.ended:
            frame = self._source.take(WAIT_S)
            if frame is not None:
                yield frame

    def _put(self, result: Result) -> None:
        while not self._stop.is_set():
            with suppress(queue.Full):
                self._results.put(result, timeout=WAIT_S)
                return


class Recorder(Closing):
    """Keeps what was asked for while it happens; a disk that is full ends the keeping, not the set.

    `error` tells what could not be written.
    """

    def __init__(self, options: LiveOptions, model: Model, routine: Routine, source: str) -> None:
        self.error: OutputError | None = None
        self._options, self._model, self._routine, self._source = options, model, routine, source
        self._tape: TapeWriter | None = None
        self._early: list[Action] = []  # keys before the first pose
        self._film = VideoWriter(options.record, fragmented=True) if options.record else None

    @property
    def filming(self) -> bool:
        """Whether pictures are being kept."""
        return self._film is not None

    def write(self, frame: Frame, pose: Pose) -> None:
        """Keep a frame and its pose, as far as asked for."""
        if self._options.tape and self._tape is None and self.error is None:
            self._tape = self._tried(lambda: self._open_tape(frame))
        if self._tape is not None and self._tried(lambda: self._keep(pose)) is None:
            self._tape = None
        if self._film is not None and self._tried(lambda: self._picture(frame)) is None:
            self._film = None

    def key(self, action: Action) -> None:
        """Keep a key that was pressed."""
        if self._options.tape and self._tape is None and self.error is None:
            self._early.append(action)
        if self._tape is not None and self._tried(lambda: self._press(action)) is None:
            self._tape = None

    def close(self) -> None:
        """Finish the files; may be called twice."""
        for part in (self._tape, self._film):
            if part is not None:
                try:
                    part.close()
                except OutputError as error:
                    self.error = self.error or error
        self._tape = self._film = None

    def _open_tape(self, frame: Frame) -> TapeWriter:
        size = (frame.image.shape[1], frame.image.shape[0])
        model, path = self._model, self._options.tape or Path()
        routine, strict = self._routine.name, self._options.strict
        header = TapeHeader(__version__, model.name, model.sha256, self._source, size, routine=routine, strict=strict)
        tape = TapeWriter(path, header, durable=True)
        for action in self._early:
            tape.write_key(action.value)
        return tape

    def _keep(self, pose: Pose) -> bool:
        if self._tape is not None:
            self._tape.write(pose)
        return True

    def _press(self, action: Action) -> bool:
        if self._tape is not None:
            self._tape.write_key(action.value)
        return True

    def _picture(self, frame: Frame) -> bool:
        if self._film is not None:
            self._film.offer(frame.image, frame.t)
        return True

    def _tried(self, act: Callable[[], Any]) -> Any:
        """What `act` returns; None when the file cannot be written any more."""
        try:
            return act()
        except OutputError as error:
            self.error = self.error or error
            return None


@dataclass(frozen=True, slots=True)
class LiveVerdict:
    """What a live set came to.

    `summaries` are the verdicts of the sets that began, `interrupted` tells of Ctrl-C, `error` of what went wrong on
    the way, `notes` of what else there is to tell, a line each.
    """

    summaries: tuple[Summary, ...]
    interrupted: bool = False
    error: PosecheckError | None = None
    notes: tuple[str, ...] = ()


def run_live(
    routine: Routine,
    model: Model,
    options: LiveOptions,
    *,
    stop: Callable[[], bool] = lambda: False,
    make_detector: Callable[[], FrameDetector] | None = None,
    make_display: Callable[[], Any] = Window,
) -> LiveVerdict:
    """Lead a person through a routine in front of a camera, until it is done or ended.

    Args:
        routine: what to do, from `routine_for`.
        model: the pose model.
        options: camera, window, sound and recordings.
        stop: asked again and again; True ends it as Ctrl-C does.
        make_detector, make_display: others in tests.

    Raises:
        CameraError: no picture ever came. UsageError: there is no screen, or no such camera. OutputError,
        InputError, DependencyError, ModelError: before the set begins.
    """

    def follow() -> FrameDetector:
        from posecheck.follow import Follower

        return Follower(model)

    with ExitStack() as opened:
        # the camera first: it may be slow, and the model loads meanwhile
        source = opened.enter_context(open_camera(options.camera, options.size))
        display = opened.enter_context(make_display())
        speaker = opened.enter_context(open_speaker(options.volume, options.mute, options.voice, log=options.sound_log))
        recorder = opened.enter_context(Recorder(options, model, routine, source.name))
        detecting = opened.enter_context(Detecting(source, make_detector or follow))
        live = _Live(routine, options, source, detecting, display, speaker, recorder)
        interrupted = live.run(stop)
        live.flow.finish()
        recorder.close()
        return live.verdict(interrupted)


class _Live:
    """The main thread's loop."""

    def __init__(
        self,
        routine: Routine,
        options: LiveOptions,
        source: LiveSource,
        detecting: Detecting,
        display: Display,
        speaker: Speaker,
        recorder: Recorder,
    ) -> None:
        self.flow = Flow(routine, source=source.name, strict=options.strict)
        self._source, self._detecting, self._display = source, detecting, display
        self._speaker, self._recorder = speaker, recorder
        self._coach, self._screen = Coach(voice=speaker.speaks), Screen()
        self._status = ScreenStatus(mirror=options.mirror, muted=options.mute)
        first = routine.sets
        self._moment = Moment(0.0, Stage.FRAMING, 0.0, first[0].exercise, 1, len(first), Pose.absent(0.0))
        self._frame: Frame | None = None
        self._drawn = 0.0
        self._done_since: float | None = None
        self._quit = False
        self._trouble = ""
        if options.fullscreen:
            display.toggle_fullscreen()

    def run(self, stop: Callable[[], bool]) -> bool:
        """Go on until there is an end; whether that was Ctrl-C."""
        while not self._over():
            if stop():
                return True
            results = self._detecting.results(WAIT_S)
            for result in results:
                self._take(result)
            now = time.monotonic()
            if results or now - self._drawn >= SHOWN_S:
                self._show()
                self._drawn = now
            for key in self._display.keys():  # noqa: SIM118  # a method, no dict
                self._press(key)
        return False

    def verdict(self, interrupted: bool) -> LiveVerdict:
        """What it came to."""
        error = self._detecting.error or self._recorder.error
        if error is not None and not isinstance(error, PosecheckError):
            raise error
        if self._frame is None and error is None:
            error = CameraError(self._trouble or f"no picture came from {self._source.name}: try another camera")
        notes = (*self._speaker.notes, *((COMPANY,) if self._detecting.company_t is not None else ()))
        return LiveVerdict(self.flow.summaries(interrupted), interrupted, error, notes)

    def _over(self) -> bool:
        if self._quit or self._display.closed or self._detecting.ended:
            return True
        if not self.flow.done:
            return False
        if self._done_since is None:
            self._done_since = time.monotonic()
        return self._source.from_file or time.monotonic() - self._done_since >= STAY_S

    def _take(self, result: Result) -> None:
        self._frame = result.frame
        if result.pose is None or self.flow.done:
            return
        self._recorder.write(result.frame, result.pose)
        self._moment = self.flow.feed(result.pose)
        self._coach.voice = self._speaker.speaks
        self._speaker.tell(self._coach.feed(self._moment))

    def _show(self) -> None:
        trouble = self._source.trouble
        self._trouble = trouble.text if trouble is not None else self._trouble
        notice = trouble.text if trouble is not None else None
        if notice is None and self._recorder.error is not None:
            notice = f"Not kept any more: {self._recorder.error}"
        elif notice is None and self._detecting.company_t is not None and self._moment.stage is Stage.FRAMING:
            notice = COMPANY
        self._status = replace(self._status, notice=notice, recording=self._recorder.filming)
        image = None if self._frame is None else fit(self._frame.image, LARGEST_PX, SMALLEST_PX)
        self._display.show(self._screen.draw(image, self._moment, status=self._status))

    def _press(self, key: str) -> None:
        status = self._status
        if key in _ACTIONS:
            if not self.flow.done:
                self.flow.key(_ACTIONS[key])
                self._recorder.key(_ACTIONS[key])
        elif key == "quit":
            self._quit = True
        elif key == "mute":
            self._speaker.mute = not self._speaker.mute
            self._status = replace(status, muted=self._speaker.mute)
        elif key == "help":
            self._status = replace(status, help=not status.help)
        elif key == "fullscreen":
            self._display.toggle_fullscreen()
