"""Words: a scripted worker in place of the engine that answers, dies, hangs or is missing; and the real one once."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import textwrap
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from posecheck.live.audio.sound import CLIP_PEAK, RATE_HZ, FileSound, Samples, Sound
from posecheck.live.audio.speaker import Speaker
from posecheck.live.audio.voice import ANSWER_S, NO_VOICE, VOICE_LOST, Engine, Voice, worker_command
from posecheck.live.guide.coach import NUMERALS, Coach, Kind, Message, Priority
from posecheck.live.guide.phrases import count_word, sentences, spoken, spoken_s
from tests.live.test_coach import moments_of
from tests.waiting import HandClock, ending, until

pytestmark = pytest.mark.system

NO_ENGINE_NOTE = NO_VOICE.get(sys.platform, NO_VOICE[""])
# answers with a tone of 0.05 s a letter between two silences; some texts make it misbehave: "hang" leaves the file
# `hangs`, and "slow" is answered once there is a file `answer`, both in the folder
SCRIPT = """
import json, math, os, struct, sys, time, wave
folder = sys.argv[-1]
print(json.dumps({"ready": "scripted"}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    text = asked["text"]
    if text == "die":
        os._exit(3)
    if text == "hang":
        open(os.path.join(folder, "hangs"), "w").close()
        while True:
            time.sleep(60)
    while text == "slow" and not os.path.exists(os.path.join(folder, "answer")):
        time.sleep(0.005)
    if text == "fail":
        print(json.dumps({"id": asked["id"], "error": "no such word"}), flush=True)
        continue
    path = os.path.join(folder, f"{asked['id']}.wav")
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        quiet = [0] * 800
        tone = [] if text == "silence" else [int(9000 * math.sin(i / 3)) for i in range(400 * len(text))]
        file.writeframes(struct.pack(f"<{len(tone) + 1600}h", *quiet, *tone, *quiet))
    print(json.dumps({"id": asked["id"], "path": path}), flush=True)
"""


def scripted(script: str = SCRIPT) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(script)]


class Recorder(Sound):
    """Notes what it is to speak and when it is cut short."""

    def __init__(self) -> None:
        super().__init__()
        self.clips: list[tuple[float, Samples]] = []
        self.hushed = 0

    def speak(self, samples: Samples, t: float) -> None:
        self.clips.append((t, samples))

    def hush(self) -> None:
        self.hushed += 1


@pytest.fixture
def sound() -> Recorder:
    return Recorder()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def voice(sound: Recorder, clock: HandClock) -> Iterator[Voice]:
    """A voice with the scripted worker, ready; both go by the clock that is set by hand."""
    with Voice(sound, Engine(scripted(), clock=clock), clock) as voice:
        voice.say("a")
        play_to_the_end(voice, clock)
        assert len(sound.clips) == 1
        sound.clips.clear()
        yield voice


def play_to_the_end(voice: Voice, clock: HandClock) -> None:
    """Let each clip that is being played be over, until all is said."""

    def silent() -> bool:
        clock.move_on()
        return not voice.busy

    until(silent, "silence")


def file_of(engine: Engine, name: str) -> Path:
    """A file in the folder of the worker."""
    return Path(engine._folder) / name


def hangs(engine: Engine, clock: HandClock) -> bool:
    """Whether the worker hangs while its answer is waited for."""
    return file_of(engine, "hangs").exists() and clock.asking is not None


# ---- the engine


def test_a_text_becomes_a_clip() -> None:
    """The samples have the mixer's rate and loudness, and no silence at their ends; a second time they are kept."""
    with Engine(scripted(), clock=HandClock()) as engine:
        clip = engine.clip("hello")
        assert clip is not None
        assert len(clip) / RATE_HZ == pytest.approx(0.25, abs=0.02)
        assert np.abs(clip).max() == pytest.approx(CLIP_PEAK)
        assert engine.clip("hello") is clip
        assert engine.note is None


def test_a_text_that_cannot_be_said_is_left_out() -> None:
    """An error, or a file of silence, gives no clip; the next text is said all the same."""
    with Engine(scripted(), clock=HandClock()) as engine:
        assert engine.clip("fail") is None
        assert engine.clip("silence") is None
        assert engine.clip("hello") is not None


@pytest.mark.parametrize("trouble", ["die", "hang"])
def test_an_engine_that_dies_or_hangs_is_started_anew(trouble: str, clock: HandClock) -> None:
    """After a crash or a hang the next text is said; when it happens again and again, that is a note and an end."""

    def no_clip() -> bool:
        """Whether there is none, be it that its time runs out."""
        with ThreadPoolExecutor(1) as thread:
            clip = thread.submit(engine.clip, trouble)
            until(lambda: clip.done() or hangs(engine, clock), "a trouble")
            clock.t += ANSWER_S
            file_of(engine, "hangs").unlink(missing_ok=True)
            return clip.result() is None

    with Engine(scripted(), clock=clock) as engine:
        assert no_clip()
        assert engine.note is None
        assert engine.clip("hello") is not None
        assert no_clip()
        assert no_clip()
        assert engine.note == VOICE_LOST
        assert engine.clip("hello") is not None  # what is known already
        assert engine.clip("something else") is None


@pytest.mark.parametrize(
    "command",
    [
        ["a-program-that-is-not-there"],
        scripted("raise SystemExit(1)"),
        scripted('print(\'{"error": "could not initialize"}\')'),
    ],
    ids=["no program", "it ends", "it fails"],
)
def test_without_an_engine_there_is_one_note(command: list[str]) -> None:
    """Whatever is missing: one line that says what to install, and no clips."""
    with Engine(command, clock=HandClock()) as engine:
        assert not engine.start()
        assert engine.note == NO_ENGINE_NOTE
        assert engine.clip("hello") is None
    assert "chimes only" in NO_ENGINE_NOTE


def test_closing_leaves_nothing_behind() -> None:
    """A child that would hang for ever has ended and its folder is gone; twice is once."""
    forever = 'import time; print(\'{"ready": "x"}\', flush=True)\nwhile True: time.sleep(60)'
    engine = Engine(scripted(forever), clock=HandClock())
    assert engine.start()
    child = engine._child
    assert child is not None
    engine.close()
    engine.close()
    until(lambda: child.poll() is not None, "the end of the child")
    assert not Path(engine._folder).exists()
    assert engine.clip("hello") is None


# ---- the voice


def test_texts_are_said_one_after_the_other(voice: Voice, sound: Recorder, clock: HandClock) -> None:
    """A second text waits until the first has been said; `say` itself does not wait, as the clock stands still."""
    voice.say("x" * 10, t=1.0, patience_s=10.0)
    voice.say("y" * 4, t=2.0, patience_s=10.0)
    over_at = until(lambda: clock.next_t, "the first text")
    assert [t for t, _ in sound.clips] == [1.0]
    assert voice.busy
    assert over_at - clock.t == pytest.approx(len(sound.clips[0][1]) / RATE_HZ)
    play_to_the_end(voice, clock)
    assert [t for t, _ in sound.clips] == [1.0, 2.0]


def test_an_urgent_text_cuts_the_other_short(voice: Voice, sound: Recorder, clock: HandClock) -> None:
    """What is being said is cut short, what waits is forgotten; only what has endless patience is said afterwards."""
    voice.say("x" * 100, t=1.0)
    voice.say("forgotten", t=2.0, patience_s=10.0)
    voice.say("care", t=3.0, patience_s=float("inf"))
    until(lambda: clock.next_t, "the first text")
    voice.say("y", t=4.0, interrupt=True)
    until(lambda: len(sound.clips) == 2, "the urgent text, while the clock stands still")
    play_to_the_end(voice, clock)
    assert sound.hushed == 1
    assert [t for t, _ in sound.clips] == [1.0, 4.0, 3.0]


def test_late_words_are_dropped(voice: Voice, sound: Recorder, clock: HandClock) -> None:
    """What could not begin within its patience is not said at all."""
    voice.say("x" * 16, t=1.0)
    voice.say("late", t=2.0, patience_s=0.2)
    voice.say("patient", t=3.0, patience_s=10.0)
    play_to_the_end(voice, clock)
    assert [t for t, _ in sound.clips] == [1.0, 3.0]


def test_words_that_the_engine_brings_too_late_are_dropped(voice: Voice, sound: Recorder, clock: HandClock) -> None:
    """What was cut short while the engine worked on it is not played after all."""
    voice.say("slow", t=1.0, patience_s=10.0)
    until(lambda: clock.asking, "the engine")
    voice.say("y", t=2.0, interrupt=True, patience_s=10.0)
    file_of(voice._engine, "answer").touch()
    play_to_the_end(voice, clock)
    assert [t for t, _ in sound.clips] == [2.0]


def test_words_that_came_too_late_once_are_there_the_next_time(voice: Voice, sound: Recorder, clock: HandClock) -> None:
    """A clip that came after its time is kept, and said at once when it is asked for again."""
    voice.say("slow", t=1.0, patience_s=0.3)
    until(lambda: clock.asking, "the engine")
    clock.t += 0.4
    file_of(voice._engine, "answer").touch()
    play_to_the_end(voice, clock)
    assert sound.clips == []
    voice.say("slow", t=2.0, patience_s=0.0)
    play_to_the_end(voice, clock)
    assert [t for t, _ in sound.clips] == [2.0]


@pytest.mark.parametrize("trouble", ["die", "hang"])
def test_a_crash_or_a_hang_blocks_nothing(voice: Voice, sound: Recorder, clock: HandClock, trouble: str) -> None:
    """While the engine hangs or has died, `say` does not wait, and the voice comes back by itself."""
    voice.say(trouble)
    if trouble == "hang":
        until(lambda: hangs(voice._engine, clock), "the hang")
    for i in range(20):
        voice.say(f"late {i}", patience_s=0.1)
    clock.t += ANSWER_S
    voice.say("again", t=9.0)
    play_to_the_end(voice, clock)
    assert [t for t, _ in sound.clips] == [9.0]
    assert voice.available


def test_a_hanging_engine_does_not_hold_up_the_end(voice: Voice, clock: HandClock) -> None:
    """Closing in the middle of a hang does not wait for the time of an answer to be over: the clock stands still."""
    voice.say("hang")
    until(lambda: hangs(voice._engine, clock), "the hang")
    child = voice._engine._child
    assert child is not None
    voice.close()
    voice.close()
    until(lambda: child.poll() is not None, "the end of the child")
    assert not voice.available


def test_an_engine_that_is_slow_to_start_blocks_nothing(sound: Recorder, clock: HandClock) -> None:
    """While the engine starts, what is said in time is dropped, what can wait is said."""
    waits = "import os, sys, time\nwhile not os.path.exists(os.path.join(sys.argv[-1], 'start')): time.sleep(0.005)\n"
    engine = Engine(scripted(waits + SCRIPT), clock=clock)
    with Voice(sound, engine, clock) as voice:
        voice.say("late", t=1.0, patience_s=0.3)
        voice.say("care", t=2.0, patience_s=30.0)
        assert voice.available
        clock.t += 0.4
        file_of(engine, "start").touch()
        play_to_the_end(voice, clock)
        assert [t for t, _ in sound.clips] == [2.0]


def test_texts_can_be_had_ready(voice: Voice, sound: Recorder, clock: HandClock) -> None:
    """What was prepared needs no engine any more: it is said although the engine has died for good."""
    voice.prepare(["one", "two"])
    until(lambda: len(voice._engine._clips) == 3, "both texts")
    for _ in range(3):
        voice.say("die", patience_s=30.0)
    play_to_the_end(voice, clock)
    assert not voice.available
    assert voice.note == VOICE_LOST
    voice.say("two", t=5.0, patience_s=30.0)
    play_to_the_end(voice, clock)
    assert [t for t, _ in sound.clips] == [5.0]


# ---- the speaker


def test_a_speaker_says_and_tells_when_it_cannot(sound: Recorder) -> None:
    """Without an engine the speaker's notes say so, and the coach is told that there is no voice."""
    voice = Voice(sound, Engine(scripted("raise SystemExit(1)"), clock=HandClock()))
    with Speaker(sound, voice) as speaker:
        until(lambda: not speaker.speaks, "the failure of the engine")
        assert speaker.notes == (NO_ENGINE_NOTE,)
        speaker.tell([Message(0.0, Kind.SPEECH, "care", "Stop if it hurts.")])
    assert sound.clips == []


def test_a_numeral_cuts_an_engine_that_drags_on(voice: Voice, sound: Recorder, clock: HandClock) -> None:
    """An engine that speaks more slowly than estimated does not swallow the count."""
    with Speaker(sound, voice) as speaker:
        speaker.tell([Message(0.0, Kind.SPEECH, "cue:arms_up", "x" * 60)])
        until(lambda: clock.next_t, "the cue")
        speaker.tell([Message(1.0, Kind.SPEECH, "numeral:5", "Five.", priority=Priority.NUMERAL, patience_s=5.0)])
        until(lambda: len(sound.clips) == 2, "the numeral, while the clock stands still")
        play_to_the_end(voice, clock)
    assert [t for t, _ in sound.clips] == [0.0, 1.0]


def test_words_are_written_into_a_sound_file_at_their_times(tmp_path: Path) -> None:
    """With a file in place of a device the words of a whole set are on its timeline."""
    path = tmp_path / "set.wav"
    coach, told = Coach(voice=True), list[Message]()
    with Speaker(FileSound(path), Engine(scripted(), clock=HandClock())) as speaker:
        assert speaker.speaks
        for moment in moments_of("side_bend"):
            messages = coach.update(moment)
            told += messages
            speaker.tell(messages)
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    for message in told:
        if message.text in NUMERALS:
            begun = samples[round((message.t - told[0].t) * RATE_HZ) :][: RATE_HZ // 10]
            assert np.abs(begun).max() > 10000


# ---- the real worker


def real_engine() -> Engine:
    """The engine of this machine, however slow it is; the test is skipped where there is none."""
    engine = Engine(clock=HandClock())
    if not engine.start():
        engine.close()
        pytest.skip("no speech engine on this machine")
    return engine


def test_the_real_engine_speaks() -> None:
    """The system's engine says the counts and a sentence, about as fast as estimated, and leaves no file."""
    with real_engine() as engine:
        for text in (*NUMERALS, "You should feel a light pull, never pain."):
            clip = engine.clip(text)
            assert clip is not None
            assert 0.1 < len(clip) / RATE_HZ < max(0.8, 1.3 * spoken_s(text))
        assert list(Path(engine._folder).iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_the_real_worker_ends_with_its_parent() -> None:
    """A parent that is killed leaves neither a process nor a folder behind, and Ctrl-C alone does not end the child."""
    real_engine().close()
    folder = tempfile.mkdtemp(prefix="posecheck-voice-")
    with ending(
        subprocess.Popen(
            worker_command(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert b"ready" in child.stdout.readline()
        child.send_signal(signal.SIGINT)
        child.stdin.write(b'{"id": 1, "text": "hello"}\n')
        child.stdin.flush()
        assert b'"path"' in child.stdout.readline()
        child.stdin.close()  # what happens when the parent is gone
        assert child.wait() == 0
    assert not Path(folder).exists()


def test_a_voice_uses_the_system(sound: Recorder) -> None:
    """The voice that the app opens says a text, or notes that it cannot."""
    with Voice(sound, Engine(clock=HandClock())) as voice:  # however slow the machine is
        voice.say("Tummy tight.", patience_s=float("inf"))
        until(lambda: bool(sound.clips) or voice.note is not None, "words, or a note")


# ---- wording


def test_wording() -> None:
    """Numbers, units and ranges as they are to be heard."""
    assert [count_word(n) for n in (0, 1, 10, 20, 21)] == ["none", "one", "ten", "twenty", "21"]
    assert spoken("too short: held 1.9 s of 2 s") == "Too short: held 1 of 2 seconds"
    assert spoken("hold 1 s") == "Hold 1 second"
    assert spoken("finished. left none of two") == "Finished. Left none of two"
    assert spoken("90-90 stretch, half-kneeling") == "90 90 stretch, half-kneeling"
    assert sentences(" One. Two!  Three? ") == ("One.", "Two!", "Three?")
    assert spoken_s("two words") == pytest.approx(0.7)
