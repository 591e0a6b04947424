"""The child process that turns text into sound files with the system's speech engine; see `posecheck.live.audio.voice`.

It is a process of its own because engines block, some want the main thread, and some hang: it can be ended at any
time without harm to the picture. It is run by its path and imports nothing of posecheck, so that it starts quickly.

    argv     folder for the sound files, words a minute
    stdin    {"id": 1, "text": "Tummy tight."}          one JSON object a line
    stdout   {"ready": "espeak"} first, then {"id": 1, "path": "..."} or {"id": 1, "error": "..."}

It ends when stdin does, also in the middle of a word, and leaves no file behind.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any


def main(folder: str, words_a_minute: int) -> None:
    """Make WAV files of words until stdin ends.

    Args:
        folder: where the files are written.
        words_a_minute: how fast it is spoken.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # they are for the app, which then closes stdin
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # engines print, and the answers must stay clean
    asked: SimpleQueue[str] = SimpleQueue()
    Thread(target=_listen, args=(asked, folder), daemon=True).start()

    def answer(**what: object) -> None:
        answers.write(json.dumps(what) + "\n")
        answers.flush()

    try:
        import pyttsx3

        engine: Any = pyttsx3.init()
        engine.setProperty("rate", words_a_minute)
        _speak_english(engine)
    except Exception as error:  # noqa: BLE001  # every system fails in its own way
        answer(error=f"{type(error).__name__}: {error}")
        os._exit(1)  # the listening thread would hold up an ordinary end
    answer(ready=str(engine))
    while True:
        request = json.loads(asked.get())
        # the ending is the one that macOS really writes; elsewhere it is a WAV file all the same
        path = Path(folder) / f"{request['id']}.{'aiff' if sys.platform == 'darwin' else 'wav'}"
        try:
            engine.save_to_file(request["text"], str(path))
            engine.runAndWait()
            answer(id=request["id"], path=str(path))
        except Exception as error:  # noqa: BLE001  # one text less, and the next may work
            answer(id=request["id"], error=f"{type(error).__name__}: {error}")


def _listen(asked: SimpleQueue[str], folder: str) -> None:
    """Pass on what is asked; when the app is gone, end at once, even if the engine hangs."""
    for line in sys.stdin:
        asked.put(line)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _speak_english(engine: Any) -> None:
    """The texts are English: choose an English voice where the system's own one is another."""
    with suppress(Exception):
        voices = engine.getProperty("voices")
        english = [v for v in voices if any(str(code).lower().startswith("en") for code in v.languages)]
        if english and engine.getProperty("voice") not in [v.id for v in english]:
            engine.setProperty("voice", english[0].id)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
