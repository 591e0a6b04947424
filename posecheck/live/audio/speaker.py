"""Message → sound: joins ticks and chimes, the voice and the log of what was told."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from posecheck.errors import OutputError
from posecheck.live.audio.sound import FileSound, Sound, open_sound
from posecheck.live.audio.voice import Engine, Voice
from posecheck.live.guide.coach import NUMERALS, Kind, Message, Priority
from posecheck.records.closing import Closing
from posecheck.records.files import check_writable, for_owner, writing


class Speaker(Closing):
    """Lets messages be heard; `tell` returns at once.

    Args:
        sound: plays ticks, chimes and clips; closed with the speaker.
        voice: says words in the background, or an `Engine` to write them into a sound file; None: chimes only.
        log: a JSON Lines file: each message with its time, heard or not.

    Raises:
        OutputError: the log cannot be written.
    """

    def __init__(self, sound: Sound, voice: Voice | Engine | None = None, log: Path | None = None) -> None:
        self._sound, self._voice, self._log_path = sound, voice, log
        self._log: TextIO | None = None
        if log is not None:
            with writing(log):
                self._log = open(log, "w", encoding="utf-8", opener=for_owner)  # noqa: SIM115  # closed by `close`
        if isinstance(voice, Voice):
            voice.prepare(NUMERALS)

    @property
    def speaks(self) -> bool:
        """Whether words can be heard: hand this to the coach. True while the engine is still starting."""
        return self._voice is not None and self._voice.note is None

    @property
    def notes(self) -> tuple[str, ...]:
        """What to tell the person, a line each; more may come while an engine starts."""
        voice = self._voice.note if self._voice is not None else None
        return tuple(note for note in (self._sound.note, voice) if note is not None)

    @property
    def mute(self) -> bool:
        """May be set: nothing is heard, everything goes on."""
        return self._sound.mute

    @mute.setter
    def mute(self, value: bool) -> None:
        self._sound.mute = value

    def tell(self, messages: Iterable[Message]) -> None:
        """Let these messages be heard now."""
        for message in messages:
            self._note_down(message)
            if message.kind is not Kind.SPEECH:
                self._sound.play(message)
            elif message.text and isinstance(self._voice, Voice):
                # what is counted comes now or never: the engine may still be speaking when it should be done
                at_once = message.interrupt or message.priority >= Priority.NUMERAL
                self._voice.say(message.text, t=message.t, interrupt=at_once, patience_s=message.patience_s)
            elif message.text and isinstance(self._voice, Engine):
                clip = self._voice.clip(message.text)
                if clip is not None:
                    self._sound.speak(clip, message.t)

    def close(self) -> None:
        """Fall silent, within about a second; may be called twice."""
        if self._voice is not None:
            self._voice.close()
        self._sound.close()
        if self._log is not None:
            self._log.close()

    def _note_down(self, message: Message) -> None:
        if self._log is not None and self._log_path is not None and not self._log.closed:
            seen = {k: v for k, v in asdict(message).items() if v is not None and k != "patience_s"}
            try:
                with writing(self._log_path):
                    self._log.write(json.dumps({**seen, "priority": message.priority.name.lower()}) + "\n")
                    self._log.flush()
            except OutputError:
                log, self._log = self._log, None  # raised once; the rest is heard all the same
                with suppress(OSError):
                    log.close()
                raise


def open_speaker(
    volume: float = 0.8,
    mute: bool = False,
    voice: bool = True,
    log: Path | None = None,
    to_file: Path | None = None,
) -> Speaker:
    """Open what a live session is heard by; without a device or an engine it goes on, and `notes` say so.

    Args:
        volume: 0 to 1.
        mute: start silent.
        voice: whether words are spoken; else chimes alone.
        log: where to write each message, JSON Lines.
        to_file: write a WAV file instead of playing; then `tell` waits for the words.

    Raises:
        OutputError: a file cannot be written.
    """
    if log is not None:
        check_writable(log)
    sound = open_sound(volume, mute, to_file)
    try:
        if not voice or sound.note is not None:  # nothing to be heard by: no engine is needed
            return Speaker(sound, None, log)
        return Speaker(sound, Engine() if isinstance(sound, FileSound) else Voice(sound, Engine()), log)
    except BaseException:
        sound.close()
        raise
