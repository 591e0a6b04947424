"""What is played: tones by their spectrum, on the timeline of a file and on a null device."""

from __future__ import annotations

import json
import sys
import threading
import wave
from pathlib import Path

import miniaudio
import numpy as np
import pytest

from posecheck.errors import OutputError
from posecheck.live.audio.sound import (
    CHIMES,
    DEVICE_LOST,
    NO_DEVICE,
    RATE_HZ,
    DeviceSound,
    FileSound,
    Mixer,
    Samples,
    Sound,
    open_sound,
    tick_hz,
    tone_of,
)
from posecheck.live.audio.speaker import Speaker, open_speaker
from posecheck.live.audio.voice import Engine
from posecheck.live.guide.coach import Kind, Message, Priority
from tests.live.test_coach import heard, named
from tests.waiting import until

pytestmark = pytest.mark.system

NULL = [miniaudio.Backend.NULL]


def tick(t: float, progress: float) -> Message:
    return Message(t, Kind.TICK, "held", progress=progress)


def chime(t: float, name: str = "hold_started") -> Message:
    return Message(t, Kind.CHIME, name)


def words(t: float, text: str = "Tummy tight.") -> Message:
    return Message(t, Kind.SPEECH, "reminder", text)


def pitch_hz(samples: Samples) -> float:
    """The strongest frequency."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 8 * RATE_HZ // 10))
    return float(np.argmax(spectrum)) * 10 / 8


def read_wav(path: Path) -> Samples:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / np.float32(32767)


def at(samples: Samples, t: float, seconds: float = 0.15) -> Samples:
    return samples[round(t * RATE_HZ) : round((t + seconds) * RATE_HZ)]


def loudness(samples: Samples) -> float:
    return float(np.abs(samples).max(initial=0.0))


# ---- tones


def test_the_pitch_of_a_tick_rises_by_an_octave() -> None:
    """A tick sounds at 440 Hz at the start, at 880 Hz at the target, and always higher than the one before."""
    pitches = []
    for n in range(21):
        tone = tone_of(tick(0.0, n / 20))
        assert tone is not None
        pitches.append(pitch_hz(tone))
        assert pitches[-1] == pytest.approx(tick_hz(n / 20), abs=4.0)
    assert pitches == sorted(set(pitches))
    assert pitches[-1] == pytest.approx(2 * pitches[0], abs=8.0)


@pytest.mark.parametrize("name", CHIMES)
def test_tones_are_soft(name: str) -> None:
    """No tone is loud or clicks: it starts and ends near silence, and never jumps from sample to sample."""
    tone = tone_of(chime(0.0, name))
    assert tone is not None
    assert 0.3 < loudness(tone) <= 0.5
    assert abs(tone[0]) < 0.01
    assert abs(tone[-1]) < 0.01
    assert loudness(np.diff(tone)) < 0.15
    assert len(tone) < 2 * RATE_HZ


def test_every_chime_of_a_set_is_known_and_all_differ() -> None:
    """Each chime that a coach sends has a sound of its own."""
    sent = {m.name for key in ("ninety_ninety", "paused", "whole") for m in heard(key) if m.kind is Kind.CHIME}
    assert {"hold_started", "hold_paused", "hold_resumed", "hold_reached", "switch_side", "set_done"} <= sent
    assert sent <= set(CHIMES)
    assert len(set(CHIMES.values())) == len(CHIMES)
    assert tone_of(chime(0.0, "never heard of")) is None
    assert tone_of(words(0.0)) is None


# ---- mixing


def test_the_mixer_adds_up_and_never_clips_over() -> None:
    """Tones that overlap are added, too many of them are held at full scale, and what has played is forgotten."""
    mixer = Mixer(1.0)
    one = np.full(100, 0.4, np.float32)
    mixer.add(one)
    assert mixer.read(50) == pytest.approx(np.full(50, 0.4))
    mixer.add(one)
    assert mixer.read(50) == pytest.approx(np.full(50, 0.8))
    for _ in range(5):
        mixer.add(one)
    assert loudness(mixer.read(50)) == 1.0
    assert mixer.read(100)[50:] == pytest.approx(np.zeros(50))
    assert mixer.empty


def test_the_volume_changes_quickly_and_without_a_click() -> None:
    """Within 20 ms the new volume is reached, and no sample jumps from the one before."""
    mixer = Mixer(1.0)
    mixer.add(np.full(RATE_HZ, 0.5, np.float32))
    mixer.read(1000)
    mixer.gain = 0.0
    out = mixer.read(RATE_HZ // 2)
    assert out[0] == pytest.approx(0.5, abs=0.01)
    assert loudness(np.diff(out)) < 0.01
    assert loudness(out[RATE_HZ // 50 :]) == 0.0


def test_a_spoken_clip_replaces_the_one_before() -> None:
    """The earlier clip fades within 20 ms instead of breaking off; only the later one is heard then."""
    mixer = Mixer(1.0)
    mixer.speak(np.full(RATE_HZ, 0.5, np.float32))
    mixer.read(1000)
    mixer.speak(np.full(RATE_HZ, 0.25, np.float32))
    out = mixer.read(RATE_HZ // 2)
    assert out[0] == pytest.approx(0.75, abs=0.01)
    assert loudness(np.diff(out)) < 0.01
    assert out[2000:] == pytest.approx(np.full(len(out) - 2000, 0.25))
    mixer.hush()
    assert mixer.read(2000)[-1] == 0.0
    assert mixer.empty


# ---- to a file


def test_a_whole_hold_is_written_on_its_timeline(tmp_path: Path) -> None:
    """A hold of 20 s in a file: a tone at each tick's time with its pitch, a chime at each chime's, silence before."""
    path = tmp_path / "hold.wav"
    messages = [m for m in heard("side_bend") if m.kind is not Kind.SPEECH]
    first_t = messages[0].t
    with open_sound(to_file=path) as sound:
        for message in messages:
            sound.play(message)
    samples = read_wav(path)
    ticks = named(messages, "held")
    assert len(ticks) == 19
    pitches = [pitch_hz(at(samples, m.t - first_t)) for m in ticks]
    assert pitches == [pytest.approx(tick_hz(m.progress or 0.0), abs=5.0) for m in ticks]
    assert pitches == sorted(set(pitches))
    for message in ticks[1:]:  # into the first one the chime of the start still fades
        assert loudness(at(samples, message.t - first_t - 0.1, 0.099)) == 0.0
    for message in messages:
        if message.kind is Kind.CHIME:
            assert loudness(at(samples, message.t - first_t)) > 0.2


def test_volume_and_mute_in_a_file(tmp_path: Path) -> None:
    """Half the volume is half the loudness; what is told while muted is silent, afterwards it is heard again."""
    peaks = []
    for volume in (1.0, 0.5):
        path = tmp_path / f"{volume}.wav"
        with open_sound(volume, to_file=path) as sound:
            sound.play(chime(0.0))
            sound.play(chime(2.0))
            sound.mute = True
            sound.play(chime(4.0))
            sound.play(chime(6.0))
            sound.mute = False
            sound.play(chime(8.0))
        samples = read_wav(path)
        peaks.append(loudness(at(samples, 0.0, 1.0)))
        assert loudness(at(samples, 4.0, 1.9)) == 0.0
        assert loudness(at(samples, 8.0, 1.0)) == pytest.approx(peaks[-1], abs=0.01)
    assert peaks[1] == pytest.approx(peaks[0] / 2, rel=0.02)


def test_the_volume_stays_within_its_range(tmp_path: Path) -> None:
    """More than all is all, less than nothing is nothing, and a change of volume survives a mute."""
    with FileSound(tmp_path / "a.wav", volume=3.0) as sound:
        assert sound.volume == 1.0
        sound.volume = -1.0
        assert sound.volume == 0.0
        sound.mute = True
        sound.volume = 0.5
        sound.play(chime(0.0))
        sound.mute = False
        sound.play(chime(2.0))
    samples = read_wav(tmp_path / "a.wav")
    assert loudness(at(samples, 2.0, 1.0)) == pytest.approx(0.45 * 0.5, abs=0.02)


def test_a_file_that_cannot_be_written_is_an_error_in_plain_words(tmp_path: Path) -> None:
    """A missing folder is told when the sound and when the log is opened."""
    with pytest.raises(OutputError, match=r"cannot write .*no\.wav"):
        open_sound(to_file=tmp_path / "missing" / "no.wav")
    with pytest.raises(OutputError, match=r"cannot write .*log\.jsonl"):
        open_speaker(to_file=tmp_path / "a.wav", voice=False, log=tmp_path / "missing" / "log.jsonl")


# ---- on a device


def test_a_device_plays_what_it_is_told() -> None:
    """The null device empties the mixer."""
    with DeviceSound(backends=NULL) as sound:
        until(lambda: sound.audible, "the opening")
        assert sound.note is None
        for i in range(50):
            sound.play(tick(i / 10, i / 50))
        until(lambda: sound._mixer.empty, "the end of the ticks")
    sound.close()
    assert not sound.audible


def test_telling_does_not_wait_for_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that never plays holds nobody up."""

    class Idle:
        """Asks for no samples."""

        backend = "idle"

        def __init__(self, **_how: object) -> None:
            self.close = self.start = lambda *_: None

    monkeypatch.setattr(miniaudio, "PlaybackDevice", Idle)
    with open_sound() as sound:
        until(lambda: sound.audible, "the opening")
        for i in range(50):
            sound.play(tick(i / 10, i / 50))
        assert not sound._mixer.empty


def test_without_a_device_it_goes_on_silently(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """No sound card: one line in plain words, nothing on the terminal, and every call still works."""

    def no_card(*_: object, **__: object) -> None:
        raise miniaudio.MiniaudioError("failed to init device", -401)

    monkeypatch.setattr(miniaudio, "PlaybackDevice", no_card)
    with open_sound() as sound:
        assert until(lambda: sound.note, "a note") == NO_DEVICE
        assert not sound.audible
        for i in range(100):
            sound.play(chime(float(i)))
        sound.speak(np.ones(10, np.float32), 0.0)
        assert sound._mixer.empty  # nothing piles up
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform != "linux", reason="ALSA is of Linux")
def test_alsa_does_not_write_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """Opening the real device, whether there is one or not, leaves the terminal clean."""
    with open_sound():
        pass
    assert capfd.readouterr() == ("", "")


def test_a_device_that_discards_everything_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any sound system the library falls back to its null device by itself: that is told, too."""
    real = miniaudio.PlaybackDevice
    monkeypatch.setattr(miniaudio, "PlaybackDevice", lambda **how: real(**{**how, "backends": NULL}))
    with open_sound() as sound:
        assert until(lambda: sound.note, "a note") == NO_DEVICE
        assert not sound.audible


def test_a_device_that_hangs_does_not_hold_up_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening that takes for ever is waited for a second; the session starts without sound."""

    enough = threading.Event()

    def hangs(*_: object, **__: object) -> None:
        enough.wait()
        raise miniaudio.MiniaudioError("too late")

    monkeypatch.setattr(miniaudio, "PlaybackDevice", hangs)
    try:
        with open_sound() as sound:  # while it hangs
            sound.play(chime(0.0))
            assert not sound.audible
    finally:
        enough.set()


def test_an_error_while_mixing_is_a_note_and_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong in the device's thread stays there: silence, and a line to show."""
    with DeviceSound(backends=NULL) as sound:
        until(lambda: sound.audible, "the opening")

        def broken(_: int) -> Samples:
            raise MemoryError

        monkeypatch.setattr(sound._mixer, "read", broken)
        assert until(lambda: sound.note, "a note") == DEVICE_LOST


def test_sound_is_closed_when_the_block_raises() -> None:
    """An error in the session lets go of the device."""
    with pytest.raises(ZeroDivisionError), DeviceSound(backends=NULL) as sound:
        _ = 1 / 0
    assert not sound.audible


# ---- the speaker


def test_the_log_has_every_message_with_its_time(tmp_path: Path) -> None:
    """Each message is a line with its time, muted or not, in the order in which it was told."""
    log = tmp_path / "log.jsonl"
    messages = heard("side_bend")
    with Speaker(Sound(mute=True), None, log) as speaker:
        speaker.tell(messages)
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(x["t"], x["kind"], x["name"], x.get("text")) for x in lines] == [
        (m.t, m.kind.value, m.name, m.text) for m in messages
    ]
    assert {x["priority"] for x in lines} <= {p.name.lower() for p in Priority}


def test_a_speaker_without_a_device_needs_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be heard no speech engine is started, and there is one note, not two."""
    monkeypatch.setattr("posecheck.live.audio.speaker.open_sound", lambda *_: Sound(note=NO_DEVICE))

    def no_engine(_: Engine) -> None:
        pytest.fail("an engine was made")

    monkeypatch.setattr(Engine, "__init__", no_engine)
    with open_speaker() as speaker:
        assert speaker.notes == (NO_DEVICE,)
        assert not speaker.speaks
        speaker.tell(heard("side_bend"))


def test_a_speaker_can_be_muted_while_it_runs(tmp_path: Path) -> None:
    """The key for mute: silence in between, and the log goes on."""
    path = tmp_path / "a.wav"
    with open_speaker(to_file=path, voice=False) as speaker:
        speaker.tell([chime(0.0)])
        speaker.tell([chime(2.0)])
        assert not speaker.mute
        speaker.mute = True
        assert speaker.mute
        speaker.tell([chime(4.0), chime(6.0)])
    samples = read_wav(path)
    assert loudness(at(samples, 0.0, 1.0)) > 0.2
    assert loudness(at(samples, 4.0, 3.0)) == 0.0
