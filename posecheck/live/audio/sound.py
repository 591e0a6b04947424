"""Ticks, chimes and spoken clips: made with numpy, mixed here, played by miniaudio or written to a file.

Nothing here blocks: a message adds a voice to a list, and the device asks for the next samples in its own thread.
The mixer knows neither cameras nor exercises: it gets messages and samples.
"""

from __future__ import annotations

import ctypes
import sys
import wave
from collections.abc import Generator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posecheck.live.guide.coach import Kind, Message
from posecheck.records.closing import Closing
from posecheck.records.files import for_owner, writing

Samples = NDArray[np.float32]
RATE_HZ = 44100  # of a CD; every device plays it
TICK_LOW_HZ = 440.0  # the pitch of a tick rises by an octave until the target is reached
TICK_S, TICK_PEAK = 0.16, 0.3  # a guess: heard, and not disturbing
CHIME_PEAK = 0.45  # a guess: of the loudest possible: louder than a tick, softer than words
CLIP_PEAK = 0.8  # a guess: of the loudest possible: words are louder than chimes
ATTACK_S = 0.008  # a guess: softer than a click
NOTE_GAP_S = 0.13  # a guess: from one note of a chime to the next
RAMP = RATE_HZ // 50  # samples over which the volume changes
BUFFER_MS = 40  # asked for at a time; miniaudio keeps three of them
OPENING_S = 1.0  # a guess: a slow device is waited for no longer; it joins in later
CLOSING_S = 0.5  # a guess: for a device to close; one that hangs is left behind
NO_DEVICE = "No sound device was found: the session goes on silently, everything is shown on the screen."
DEVICE_LOST = "The sound device stopped working: the session goes on silently."

# chimes: (note in Hz, seconds until it has faded away) one after the other; up is go, down is stop
_C5, _D5, _E5, _G5, _A4, _F4, _C6 = 523.25, 587.33, 659.25, 783.99, 440.0, 349.23, 1046.5
# Guesses: what begins or counts rises, what stops or fails falls.
CHIMES: dict[str, tuple[tuple[float, float], ...]] = {
    "in_position": ((_G5, 0.25),),
    "begin": ((_C5, 0.3), (_C5, 0.4)),
    "hold_started": ((_C5, 0.4), (_G5, 0.6)),
    "hold_paused": ((_E5, 0.3), (_A4, 0.5)),
    "hold_resumed": ((_A4, 0.3), (_E5, 0.5)),
    "hold_reached": ((_C5, 0.4), (_E5, 0.4), (_G5, 0.9)),
    "counted": ((_G5, 0.3), (_C6, 0.5)),
    "refused": ((_A4, 0.3), (_F4, 0.5)),
    "switch_side": ((_G5, 0.3), (_C5, 0.3), (_G5, 0.6)),
    "set_done": ((_C5, 0.4), (_E5, 0.4), (_G5, 0.4), (_C6, 1.0)),
    "routine_done": ((_G5, 0.4), (_E5, 0.4), (_G5, 0.4), (_C6, 1.2)),
    "paused": ((_D5, 0.3), (_D5, 0.4)),
    "resumed": ((_D5, 0.3), (_G5, 0.4)),
    "attention": ((_D5, 0.4),),
}


def tick_hz(progress: float) -> float:
    """The pitch of a tick, in Hz: an octave up from 440 Hz as `progress` goes from 0 to 1."""
    return TICK_LOW_HZ * float(2.0 ** min(max(progress, 0.0), 1.0))


def tone_of(message: Message) -> Samples | None:
    """What a tick or chime sounds like, mono at `RATE_HZ`; None for speech, and for a chime that is not known."""
    if message.kind is Kind.TICK:
        return _notes(((tick_hz(message.progress or 0.0), TICK_S),), TICK_PEAK)
    if message.kind is Kind.CHIME and message.name in CHIMES:
        return _notes(CHIMES[message.name], CHIME_PEAK)
    return None


@lru_cache(maxsize=128)
def _notes(notes: tuple[tuple[float, float], ...], peak: float) -> Samples:
    """Notes like those of a small bell: a soft start, a fading end, two weak overtones."""
    starts = [int(i * NOTE_GAP_S * RATE_HZ) for i in range(len(notes))]
    out = np.zeros(max(at + int(s * RATE_HZ) for at, (_, s) in zip(starts, notes, strict=True)), np.float32)
    for at, (hz, lasts_s) in zip(starts, notes, strict=True):
        t = np.arange(int(lasts_s * RATE_HZ)) / RATE_HZ
        fade = np.minimum(t / ATTACK_S, 1.0) * np.exp(-4.0 * t / lasts_s) * (1.0 - t / lasts_s)
        bell = sum(a * np.sin(2 * np.pi * k * hz * t) for k, a in ((1, 1.0), (2, 0.2), (3, 0.06)))
        out[at : at + len(t)] += (fade * bell).astype(np.float32)
    return out * np.float32(peak / float(np.abs(out).max()))


class Mixer:
    """Adds up what plays; may be fed and read from different threads."""

    def __init__(self, volume: float) -> None:
        self.gain = volume
        self._last_gain = volume
        self._lock = Lock()
        self._playing: list[Samples] = []  # what is left of each
        self._clip: Samples | None = None  # speech: one at a time

    def add(self, samples: Samples) -> None:
        with self._lock:
            self._playing.append(samples)

    def speak(self, samples: Samples) -> None:
        """Play a spoken clip; the one before is cut short."""
        self.hush()
        with self._lock:
            self._clip = samples

    def hush(self) -> None:
        """Cut the spoken clip short, with a quick fade."""
        with self._lock:
            if self._clip is not None:
                rest = self._clip[:RAMP]
                self._playing.append(rest * np.linspace(1.0, 0.0, len(rest), dtype=np.float32))
                self._clip = None

    @property
    def empty(self) -> bool:
        with self._lock:
            return not self._playing and self._clip is None

    def read(self, count: int) -> Samples:
        """The next `count` samples, -1 to 1, (count,)."""
        out = np.zeros(count, np.float32)
        with self._lock:
            for samples in (*self._playing, *(() if self._clip is None else (self._clip,))):
                part = samples[:count]
                out[: len(part)] += part
            self._playing = [rest for samples in self._playing if len(rest := samples[count:])]
            if self._clip is not None:
                self._clip = self._clip[count:] if len(self._clip) > count else None
        gain = self.gain
        if gain != self._last_gain:  # a jump in volume would click
            ramp = min(count, RAMP)
            out[:ramp] *= np.linspace(self._last_gain, gain, ramp, dtype=np.float32)
            out[ramp:] *= gain
            self._last_gain = gain
        else:
            out *= gain
        return np.clip(out, -1.0, 1.0, out=out)


class Sound(Closing):
    """Plays messages; this one has no device and is silent.

    `note` is one line for the person when there is something to tell, else None.
    """

    def __init__(self, volume: float = 0.8, mute: bool = False, note: str | None = None) -> None:
        self._volume, self._mute = min(max(volume, 0.0), 1.0), mute
        self._mixer = Mixer(0.0 if mute else self._volume)
        self.note = note

    @property
    def audible(self) -> bool:
        """Whether there is anything that plays."""
        return False

    @property
    def volume(self) -> float:
        """0 to 1; may be set."""
        return self._volume

    @volume.setter
    def volume(self, value: float) -> None:
        self._volume = min(max(value, 0.0), 1.0)
        self._mixer.gain = 0.0 if self._mute else self._volume

    @property
    def mute(self) -> bool:
        """May be set: nothing is heard, everything goes on."""
        return self._mute

    @mute.setter
    def mute(self, value: bool) -> None:
        self._mute = value
        self._mixer.gain = 0.0 if value else self._volume

    def play(self, message: Message) -> None:
        """Play a tick or a chime; speech comes as a clip, by `speak`."""
        samples = tone_of(message)
        if samples is not None:
            self._put(samples, message.t)

    def speak(self, samples: Samples, t: float) -> None:
        """Play a spoken clip; the one before is cut short.

        Args:
            samples: mono at `RATE_HZ`.
            t: the time in the source to which it belongs, in seconds.
        """
        if self._ready(t):
            self._mixer.speak(samples)

    def hush(self) -> None:
        """Cut the spoken clip short."""
        self._mixer.hush()

    def close(self) -> None:
        """Stop; may be called twice."""

    def _put(self, samples: Samples, t: float) -> None:
        if self._ready(t):
            self._mixer.add(samples)

    def _ready(self, t: float) -> bool:  # noqa: ARG002  # for those that write a timeline
        """Make ready to play at `t`; False when what comes now would only pile up."""
        return self.audible


class DeviceSound(Sound):
    """Plays on the system's sound device, which is opened in the background."""

    def __init__(self, volume: float = 0.8, mute: bool = False, backends: list[Any] | None = None) -> None:
        super().__init__(volume, mute)
        self._backends = backends
        self._device: Any = None
        self._closed = False
        self._opening = Thread(target=self._open, name="posecheck-sound", daemon=True)
        self._opening.start()
        self._opening.join(OPENING_S)

    @property
    def audible(self) -> bool:
        return self._device is not None and not self._closed

    def _open(self) -> None:
        try:
            import miniaudio

            _quiet_alsa()
            device = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.FLOAT32,
                nchannels=1,
                sample_rate=RATE_HZ,
                buffersize_msec=BUFFER_MS,
                backends=self._backends,
                app_name="posecheck",
            )
            # without any sound system miniaudio falls back to one that discards everything
            if self._backends is None and device.backend == "Null":
                device.close()
                self.note = NO_DEVICE
                return
            samples = self._samples()
            next(samples)
            device.start(samples)
        except Exception:  # noqa: BLE001  # whatever is wrong with sound, the session goes on
            self.note = NO_DEVICE
            return
        for notes in CHIMES.values():  # made ahead, so that no picture waits for them
            _notes(notes, CHIME_PEAK)
        self._device = device
        if self._closed:  # while the device took its time
            device.close()

    def _samples(self) -> Generator[Samples, int, None]:
        """Asked by the device's thread for so many samples at a time."""
        count = yield np.zeros(0, np.float32)
        while True:
            try:
                samples = self._mixer.read(count)
            except Exception:  # noqa: BLE001  # raised here it would end in the library's thread, on the terminal
                self.note = DEVICE_LOST
                samples = np.zeros(count, np.float32)
            count = yield samples

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._device is not None:
            # some systems drain the device first; the app does not wait for that
            closing = Thread(target=self._device.close, name="posecheck-sound-close", daemon=True)
            closing.start()
            closing.join(CLOSING_S)


class FileSound(Sound):
    """Writes a mono 16-bit WAV file on the timeline of the messages; the first one is at 0 s of the file.

    What was told is written when the next message comes: a change of volume or mute takes effect from the last one on.
    """

    def __init__(self, path: Path, volume: float = 0.8, mute: bool = False) -> None:
        super().__init__(volume, mute)
        self._path = path
        self._first_t: float | None = None
        self._written = 0
        with writing(path):
            self._bytes = open(path, "wb", opener=for_owner)  # noqa: SIM115  # closed by `close`
        self._file = wave.Wave_write(self._bytes)
        self._file.setparams((1, 2, RATE_HZ, 0, "NONE", "not compressed"))
        self._open = True

    @property
    def audible(self) -> bool:
        return self._open

    def _ready(self, t: float) -> bool:
        if self._first_t is None:
            self._first_t = t
        self._write(round((t - self._first_t) * RATE_HZ) - self._written)
        return self._open

    def _write(self, count: int) -> None:
        with writing(self._path):
            while self._open and count > 0:
                part = self._mixer.read(min(count, RATE_HZ))
                self._file.writeframes((part * 32767.0).astype("<i2").tobytes())
                self._written += len(part)
                count -= len(part)

    def close(self) -> None:
        if not self._open:
            return
        while not self._mixer.empty:
            self._write(RATE_HZ // 10)
        self._open = False
        with writing(self._path), self._bytes:
            self._file.close()


def open_sound(volume: float = 0.8, mute: bool = False, to_file: Path | None = None) -> Sound:
    """Open what plays messages: the system's device, or a WAV file.

    Args:
        volume: 0 to 1.
        mute: start silent; can be changed while it plays.
        to_file: write a WAV file instead of playing.

    Returns:
        A `Sound`; without a device a silent one, whose `note` says so.

    Raises:
        OutputError: the file cannot be written.
    """
    return FileSound(to_file, volume, mute) if to_file is not None else DeviceSound(volume, mute)


@lru_cache(maxsize=1)  # kept for good: ALSA calls it later, too
def _say_nothing() -> Any:
    says = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)
    return says(lambda *_: None)


def _quiet_alsa() -> None:
    """Keep ALSA from writing twenty lines to the terminal when there is no sound card."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError, MemoryError):
            ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_say_nothing())
