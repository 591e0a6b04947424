"""Text → speech, by the engine of the system, without ever making the picture wait.

Three parts that each wait for the next: a child process turns text into a sound file (`_voice_worker.py`), an `Engine`
talks to it and starts it anew when it dies or hangs, and a `Voice` has the thread that waits and plays. The clips are
played by our own mixer: volume, mute and cutting short work the same on every system, and no player program is needed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Condition, Thread
from typing import Any

import numpy as np

from posecheck.capture.clock import SYSTEM, Clock
from posecheck.live.audio.sound import CLIP_PEAK, RATE_HZ, Samples, Sound
from posecheck.live.guide.phrases import WORDS_A_MINUTE
from posecheck.records.closing import Closing

START_S = 20.0  # a guess: a first start of an engine may take that long
ANSWER_S = 4.0  # a guess: for one text; longer is a hang
RESTARTS = 2  # a guess: of an engine that dies or hangs: one that fails three times will not work
CLOSE_S = 0.4  # a guess: for the child process to end by itself
KEPT_CLIPS = 64  # a guess: texts that are kept as sound: more than a set says
SILENCE = 0.01  # a guess: of the peak: leading and trailing parts below are cut off
NO_VOICE = {
    "linux": "No speech engine was found: chimes only. Install espeak-ng (apt install espeak-ng) to hear words.",
    "": "No speech engine was found: chimes only. Add a voice in the system's speech settings to hear words.",
}
VOICE_LOST = "The speech engine stopped working: chimes only."


def worker_command(folder: str) -> list[str]:
    """How the child process is started; -P: the modules beside it must not hide others of the same name."""
    worker = Path(__file__).with_name("_voice_worker.py")
    return [sys.executable, "-P", "-X", "utf8", str(worker), folder, str(WORDS_A_MINUTE)]


class Engine(Closing):
    """The child process: one text at a time, from one thread.

    Args:
        command: what to start instead of the worker (for tests); the folder for the files is appended.
        answer_s: an answer that takes longer is a hang: the child is ended and started anew.
        clock: by which it is waited for.
    """

    def __init__(self, command: Sequence[str] | None = None, answer_s: float = ANSWER_S, clock: Clock = SYSTEM) -> None:
        self._folder = tempfile.mkdtemp(prefix="posecheck-voice-")
        self._command = [*command, self._folder] if command else worker_command(self._folder)
        self._answer_s, self._clock = answer_s, clock
        self._child: subprocess.Popen[str] | None = None
        self._answers: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._starts_left = 1 + RESTARTS
        self._asked = 0
        self._clips: dict[str, Samples] = {}
        self._closed = False
        self.note: str | None = None  # one line for the person, once it is known that there are no words

    def clip(self, text: str) -> Samples | None:
        """The text as samples (mono at the mixer's rate); None when it cannot be had. Waits for the engine."""
        if text in self._clips:
            return self._clips[text]
        if self.note is not None or self._closed or not self._running():
            return None
        self._asked += 1
        if not self._send({"id": self._asked, "text": text}):
            return None
        answer = self._wait(self._answer_s)
        if answer is None:
            self._lost()
            return None
        samples = _load(answer.get("path"))
        if samples is not None:
            if len(self._clips) >= KEPT_CLIPS:
                self._clips.pop(next(iter(self._clips)))
            self._clips[text] = samples
        return samples

    def start(self) -> bool:
        """Start the child now, so that it is ready later; returns whether there is speech."""
        return self.note is None and not self._closed and self._running()

    def close(self) -> None:
        """End the child, at once if it hangs; may be called from another thread, and twice."""
        self._closed = True
        self._end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _running(self) -> bool:
        if self._child is not None and self._child.poll() is None:
            return True
        if self._starts_left == 0:
            self.note = VOICE_LOST
            return False
        self._starts_left -= 1
        self._end()
        answers: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._answers = answers
        try:
            self._child = child = subprocess.Popen(  # closed by `_end`
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:
            self.note = NO_VOICE.get(sys.platform, NO_VOICE[""])
            return False
        Thread(target=_listen, args=(child, answers), name="posecheck-voice-answers", daemon=True).start()
        if self._closed:  # meanwhile
            self._end()
            return False
        ready = self._wait(START_S)
        if ready is None or "ready" not in ready:
            if not self._closed:
                self.note = NO_VOICE.get(sys.platform, NO_VOICE[""])
            self._end()
            return False
        return True

    def _send(self, what: dict[str, object]) -> bool:
        try:
            assert self._child is not None
            assert self._child.stdin is not None
            self._child.stdin.write(json.dumps(what) + "\n")
            self._child.stdin.flush()
        except (OSError, ValueError):
            self._lost()
            return False
        return True

    def _wait(self, seconds: float) -> dict[str, Any] | None:
        return self._clock.next_of(self._answers, seconds)

    def _lost(self) -> None:
        self._end()
        if self._starts_left == 0 and not self._closed:
            self.note = VOICE_LOST

    def _end(self) -> None:
        child = self._child
        if child is None:
            return
        with suppress(OSError, ValueError):
            if child.stdin is not None:
                child.stdin.close()  # the child ends by itself
        try:
            child.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            with suppress(subprocess.TimeoutExpired):
                child.wait(CLOSE_S)


def _listen(child: subprocess.Popen[str], answers: SimpleQueue[dict[str, Any] | None]) -> None:
    """Pass on what the child answers; None when it has ended."""
    assert child.stdout is not None
    with child.stdout, suppress(OSError, ValueError):
        for line in child.stdout:
            answers.put(json.loads(line))
    answers.put(None)
    child.wait()  # also when `_end` has not waited long enough for it


def _load(path: str | None) -> Samples | None:
    """The samples of a sound file (WAV or AIFF), which is then deleted; without silence at its ends."""
    if path is None:
        return None
    import miniaudio

    try:
        found = miniaudio.decode_file(
            path, output_format=miniaudio.SampleFormat.FLOAT32, nchannels=1, sample_rate=RATE_HZ
        )
    except (miniaudio.MiniaudioError, OSError):
        return None
    finally:
        Path(path).unlink(missing_ok=True)
    samples = np.array(found.samples, np.float32)
    peak = float(np.abs(samples).max(initial=0.0))
    if peak == 0.0:
        return None
    loud = np.flatnonzero(np.abs(samples) > SILENCE * peak)
    return samples[loud[0] : loud[-1] + 1] * np.float32(CLIP_PEAK / peak)


@dataclass(frozen=True, slots=True)
class _Wish:
    text: str
    t: float
    asked_at: float
    patience_s: float


class Voice(Closing):
    """Says one text at a time through a `Sound`; `say` returns at once.

    Args:
        sound: plays the clips.
        engine: makes them; started in the background.
        clock: tells how late a text is, and when a clip has been played.
    """

    def __init__(self, sound: Sound, engine: Engine, clock: Clock = SYSTEM) -> None:
        self._sound, self._engine, self._clock = sound, engine, clock
        self._changed = Condition()
        self._wishes: deque[_Wish] = deque()
        self._ahead: deque[str] = deque()
        self._turn = 0  # rises when what is being said is cut short
        self._speaking = False
        self._closed = False
        self._thread = Thread(target=self._run, name="posecheck-voice", daemon=True)
        self._thread.start()

    @property
    def note(self) -> str | None:
        """One line for the person, once it is known that there are no words."""
        return self._engine.note

    @property
    def available(self) -> bool:
        """False once it is known that no engine works; True while it starts."""
        return self._engine.note is None and not self._closed

    @property
    def busy(self) -> bool:
        """Whether something is being said or waits to be said."""
        with self._changed:
            return self._speaking or bool(self._wishes)

    def say(self, text: str, *, t: float = 0.0, interrupt: bool = False, patience_s: float = 1.5) -> None:
        """Say a text, after the one that is being said, or instead of it.

        Args:
            text: what to say.
            t: the source time it belongs to.
            interrupt: cut short what is being said, and forget what waits, unless its patience is endless.
            patience_s: not begun within this time, it is dropped.
        """
        with self._changed:
            if interrupt:
                self._turn += 1
                self._wishes = deque(w for w in self._wishes if w.patience_s == float("inf"))
                self._wishes.appendleft(_Wish(text, t, self._clock.now(), patience_s))
                self._sound.hush()
            else:
                self._wishes.append(_Wish(text, t, self._clock.now(), patience_s))
            self._changed.notify_all()

    def prepare(self, texts: Iterable[str]) -> None:
        """Have these texts ready, so that they are said without delay."""
        with self._changed:
            self._ahead.extend(texts)
            self._changed.notify_all()

    def close(self) -> None:
        """Fall silent and end the engine, within a second; may be called twice."""
        with self._changed:
            self._closed = True
            self._turn += 1
            self._changed.notify_all()
        self._sound.hush()
        self._engine.close()
        self._thread.join(CLOSE_S)

    def _run(self) -> None:
        self._engine.start()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._wishes or (self._ahead and self.available))
                if self._closed:
                    return
                wish = self._wishes.popleft() if self._wishes else None
                ahead = self._ahead.popleft() if wish is None else None
                turn = self._turn
                self._speaking = wish is not None
            if wish is not None:
                self._speak(wish, turn)
            elif ahead is not None:
                self._engine.clip(ahead)

    def _speak(self, wish: _Wish, turn: int) -> None:
        """Play one text and wait until it is over, or cut short."""
        clip = None if self._late(wish) else self._engine.clip(wish.text)
        with self._changed:
            if clip is not None and turn == self._turn and not self._late(wish):
                self._sound.speak(clip, wish.t)
                self._clock.wait_for(self._changed, lambda: turn != self._turn, len(clip) / RATE_HZ)
            self._speaking = False

    def _late(self, wish: _Wish) -> bool:
        return self._clock.now() - wish.asked_at > wish.patience_s
