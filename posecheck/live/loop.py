"""The live set: camera → detector → flow → window, sound and recordings.

The main thread shows and judges, as macOS wants windows there; one thread reads the camera, one detects. Nothing is
kept but what was asked for, and nothing that fails (a camera, a disk, a sound device) ends a set that has begun.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from posecheck.capture.camera import LiveSource, open_camera
from posecheck.detect.models import Model
from posecheck.detect.pose_detector import PoseDetector
from posecheck.errors import CameraError, OutputError
from posecheck.history.records import Origin, SourceKind
from posecheck.libraries import load_cv2
from posecheck.live.audio.speaker import Speaker, open_speaker
from posecheck.live.detection_thread import DetectionThread, Result
from posecheck.live.guide.coach import Coach
from posecheck.live.guide.flow import Action, Flow
from posecheck.live.guide.flow_records import Moment, Stage
from posecheck.live.guide.routine import Routine
from posecheck.live.history_writer import LiveHistory
from posecheck.live.recorder import Recorder
from posecheck.live.ui.screen import CARE_S, Screen, ScreenStatus, fit, foot_px
from posecheck.live.ui.window import Window
from posecheck.records import Frame, Pose, Summary
from posecheck.records.times import TrueSince

WAIT_S = 0.05  # a guess: for the next result; then keys and troubles are looked after
SHOWN_S = 0.25  # a guess: without a new frame the window is drawn anew this often
STAY_S = 120.0  # a guess: the last picture stays until a key is pressed, or for this long
LARGEST_PX, SMALLEST_PX = 1280, 780  # a guess: the longer side of the picture that is drawn on, which suits the window
NOTE_S = 6.0  # a guess: a notice that needs nobody to act stands in the window so long
KEPT = "Kept in your history: posecheck report explains the last set, posecheck history shows them all."
COMPANY = "Somebody else is in the picture: only one person is judged, so be alone in it."
_ACTIONS = {action.value: action for action in Action}


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How a live set runs.

    `size` is (width, height) in pixels to ask the camera for; `volume` is 0 to 1; `speed` is that of a file. `history`
    is the database that keeps the sets; None: they are not kept.
    """

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
    speed: float = 1.0
    history: Path | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """What leads through a live set, and what speaks of it."""

    flow: Flow
    coach: Coach


class Display(Protocol):
    """Where pictures are shown, and keys pressed, as on a `Window`."""

    @property
    def closed(self) -> bool:
        """Whether the window was closed."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the room for pictures, in pixels."""

    def show(self, image: Any) -> None:
        """Show a picture."""

    def keys(self) -> list[str]:
        """What was pressed since the last call."""

    def toggle_fullscreen(self) -> None:
        """Fill the screen, or no longer."""


@dataclass(frozen=True, slots=True)
class LiveVerdict:
    """What a live set came to.

    `summaries` are the verdicts of the sets that began, `interrupted` tells of Ctrl-C, `error` of what went wrong on
    the way (to be raised once the verdicts are told), `notes` of what else there is to tell, a line each.
    """

    summaries: tuple[Summary, ...]
    interrupted: bool = False
    error: Exception | None = None
    notes: tuple[str, ...] = ()


def run_live(
    routine: Routine,
    model: Model,
    options: LiveOptions,
    *,
    stop: Callable[[], bool] = lambda: False,
    make_detector: Callable[[], PoseDetector] | None = None,
    make_display: Callable[[], Any] = Window,
    guide: Guide | None = None,
) -> LiveVerdict:
    """Lead a person through a routine in front of a camera, until it is done or ended.

    Args:
        routine: what to do, from `routine_for`.
        model: the pose model.
        options: camera, window, sound and recordings.
        stop: asked again and again; True ends it as Ctrl-C does.
        make_detector: makes what finds the poses; None for a PersonTracker, another one in tests.
        make_display: makes the window; another one in tests.
        guide: leads through the routine, for this once; None for the usual one.

    Returns:
        The verdict. What fails once the camera is open ends in its `error`, so that nothing judged is lost: CameraError
        when no picture ever came, OutputError when something could not be kept, whatever the detector raised.

    Raises:
        UsageError: there is no screen, or no such camera.
        PosecheckError: something else could not be opened; one of OutputError, InputError and DependencyError.
    """

    def follow() -> PoseDetector:
        from posecheck.detect.person_tracker import PersonTracker

        return PersonTracker(model)

    with ExitStack() as opened:
        # the camera first, as it may be slow; then the model loads while a sound device is looked for
        source = opened.enter_context(open_camera(options.camera, options.size, speed=options.speed))
        opened.enter_context(_one_thread())
        display = opened.enter_context(make_display())
        detecting = opened.enter_context(DetectionThread(source, make_detector or follow))
        speaker = opened.enter_context(open_speaker(options.volume, options.mute, options.voice, log=options.sound_log))
        recorder = opened.enter_context(
            Recorder(
                options.record,
                options.tape,
                model=model,
                routine=routine,
                source=source.name,
                strict=options.strict,
            )
        )
        history = _history(options.history, routine, model, from_file=source.from_file)
        if history is not None:
            opened.enter_context(history)
        usual = Guide(Flow(routine, source=source.name, strict=options.strict), Coach(voice=speaker.speaks))
        live = _Live(guide or usual, routine, options, source, detecting, display, speaker, recorder, history)
        interrupted = live.run(stop)
        recorder.close()
        return live.verdict(interrupted)


def _history(path: Path | None, routine: Routine, model: Model, from_file: bool) -> LiveHistory | None:
    if path is None:
        return None
    kind = SourceKind.VIDEO if from_file else SourceKind.LIVE
    return LiveHistory(path, Origin(kind, model.name, model.sha256, routine.name))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep OpenCV to the threads that call it: for pictures of this size its helpers mostly wait, at full speed."""
    cv2 = load_cv2()
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


class _Live:
    """The main thread's loop."""

    def __init__(
        self,
        guide: Guide,
        routine: Routine,
        options: LiveOptions,
        source: LiveSource,
        detecting: DetectionThread,
        display: Display,
        speaker: Speaker,
        recorder: Recorder,
        history: LiveHistory | None,
    ) -> None:
        self._flow = guide.flow
        self._source, self._detecting, self._display = source, detecting, display
        self._speaker, self._recorder, self._history = speaker, recorder, history
        self._coach, self._screen = guide.coach, Screen()
        self._status = ScreenStatus(mirror=options.mirror, muted=options.mute)
        first = routine.sets
        self._moment = Moment(0.0, Stage.FRAMING, 0.0, first[0].exercise, 1, len(first), Pose.absent(0.0))
        self._frame: Frame | None = None
        self._first_t = float("inf")  # of the frames
        self._drawn = 0.0
        self._done = TrueSince()  # on the clock of the computer
        self._quit = False
        self._trouble = ""
        self._told: dict[str, float] = {}  # notices, and when each was first shown
        self._error: Exception | None = None
        self._unkept: OutputError | None = None
        if options.fullscreen:
            display.toggle_fullscreen()

    def run(self, stop: Callable[[], bool]) -> bool:
        """Go on until there is an end; whether that was Ctrl-C."""
        try:
            return self._go_on(stop)
        except Exception as error:  # noqa: BLE001  # told after the verdicts, which it must not take away
            self._error = error
            return False

    def _go_on(self, stop: Callable[[], bool]) -> bool:
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
        """What it came to; to be called once, at the end."""
        error = self._error or self._detecting.error or self._recorder.error or self._unkept
        notes = list(self._speaker.notes)
        notes += [f"warning: {told}" for told in (self._source.warning, self._detecting.warning) if told is not None]
        if self._frame is None and error is None:
            text = self._trouble or f"no picture came from {self._source.name}: try another camera"
            if interrupted:
                notes.append(text)
            else:
                error = CameraError(text)
        interrupted = interrupted and not self._flow.done
        events = self._flow.finish()
        summaries = self._flow.summaries(interrupted)
        if self._history is not None:
            self._history.finish(summaries, events)
            notes += [text for text in (self._history.said, self._untold()) if text]
            if self._history.kept and self._untold() is None:
                notes.append(KEPT)
        return LiveVerdict(summaries, interrupted, error, tuple(notes))

    def _over(self) -> bool:
        if self._quit or self._display.closed or self._detecting.ended:
            return True
        if not self._flow.done:
            return False
        done_s = self._done.update(time.monotonic(), True)
        return self._source.from_file or done_s >= STAY_S

    def _take(self, result: Result) -> None:
        self._frame = result.frame
        self._first_t = min(self._first_t, result.frame.t)
        if result.pose is None or self._flow.done:
            return
        self._recorder.write(result.frame, result.pose)
        self._moment = self._flow.feed(result.pose)
        if self._history is not None:
            self._history.take(self._flow, self._moment)
        self._coach.voice = self._speaker.speaks
        try:
            self._speaker.tell(self._coach.update(self._moment))
        except OutputError as error:  # the log of what is told
            self._unkept = self._unkept or error

    def _show(self) -> None:
        self._status = replace(self._status, notice=self._notice(), recording=self._recorder.filming)
        image = None if self._frame is None else self._fitted(self._frame)
        self._display.show(self._screen.draw(image, self._moment, status=self._status))

    def _fitted(self, frame: Frame) -> Any:
        """The frame in the size in which it will stand in the window: words stay sharp, and it is resized only once."""
        room = self._display.size
        height, width = frame.image.shape[:2]
        scale = min(room[0] / width, (room[1] - 1) / (height + foot_px(width, height)))  # less 1: the strip is rounded
        longer = min(max(int(scale * max(width, height)), SMALLEST_PX), LARGEST_PX)
        return fit(frame.image, longer, longer)

    def _notice(self) -> str | None:
        """The most important thing that is wrong, in words."""
        trouble = self._source.trouble
        if trouble is not None:
            self._trouble = trouble.text
            return trouble.text
        passing: list[str] = []
        unkept = self._recorder.error or self._unkept
        if unkept is not None:
            passing.append(f"Not kept any more: {unkept}")
        passing += [text for text in (self._untold(),) if text]
        if self._moment.stage is Stage.FRAMING and self._moment.t - self._first_t >= CARE_S:
            passing += [COMPANY] if self._detecting.warning is not None else []
            passing += self._speaker.notes
        return next((text for text in passing if self._is_new(text)), None)

    def _untold(self) -> str | None:
        """Why sets are not kept in the history."""
        trouble = None if self._history is None else self._history.trouble
        return None if trouble is None else f"Not kept in your history: {trouble}"

    def _is_new(self, text: str) -> bool:
        """Whether a notice is still to be shown: it covers the person, so it goes after a while."""
        now = time.monotonic()
        return now - self._told.setdefault(text, now) < NOTE_S

    def _press(self, key: str) -> None:
        status = self._status
        if key in _ACTIONS:
            if not self._flow.done:
                self._flow.key(_ACTIONS[key])
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
