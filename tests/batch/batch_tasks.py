"""Tasks for the workers of tests: they do what the names of the recordings say. Workers import this module."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from posecheck.batch.inputs import Recording
from posecheck.batch.work_items import Outcome, State, Work


@dataclass(frozen=True)
class Scripted:
    """Notes down in `folder` what was begun; "kill" kills its worker, "once" only the first time, "slow" never ends."""

    folder: Path
    takes_s: float = 0.0

    def warm_up(self) -> None:
        """Nothing to load."""

    def __call__(self, work: Work) -> Outcome:
        name = work.recording.name
        begun = len(list(self.folder.glob(f"{name}.begun.*")))
        (self.folder / f"{name}.begun.{begun}.{os.getpid()}").touch()
        if name.startswith("kill") or (name.startswith("once") and not begun):
            os.kill(os.getpid(), signal.SIGKILL)
        while name.startswith("slow"):
            time.sleep(60.0)
        time.sleep(self.takes_s)
        if name.startswith("broken"):
            return Outcome(work.recording, State.FAILED, problem="it is broken", exit_code=10)
        (self.folder / f"{name}.done").touch()
        return Outcome(work.recording, State.JUDGED, frames=10)


@dataclass(frozen=True)
class Simulated:
    """Does nothing, quickly."""

    def warm_up(self) -> None:
        """Nothing to load."""

    def __call__(self, work: Work) -> Outcome:
        return Outcome(work.recording, State.JUDGED, frames=1000)


def recordings(*names: str) -> list[Recording]:
    """Recordings that are nowhere, by name."""
    return [Recording(f"/nowhere/{name}.mp4", name) for name in names]
