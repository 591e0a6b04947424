"""A live set that follows a script: framing as ever, then line by line what to do, and no word on how it is done.

What posecheck sees is not told meanwhile: a person who is asked for a fault must not be corrected. Keys that pause, or
begin anew, do nothing, as the script's times are the truth.
"""

from __future__ import annotations

from dataclasses import replace

from posecheck.live.guide.coach import Coach, Kind, Message, Priority
from posecheck.live.guide.flow import Action, Flow
from posecheck.live.guide.flow_records import Moment, Stage
from posecheck.live.guide.phrases import spoken, spoken_s
from posecheck.live.guide.routine import Routine, routine_for
from posecheck.records import Pose
from posecheck.records.times import SAME_TIME_S
from posecheck.validation.script import Line, Said, Script, exercise_for

PAUSE_S = 0.5  # a guess: between the words of two lines
THANKS = Line("Done. Thank you.", 2.0)


class ScriptedFlow(Flow):
    """Leads one person through a script; give it the poses of a source in order of time.

    Args:
        script: what to do.
        source: name of the source.

    `said` are the lines so far, with their times.
    """

    def __init__(self, script: Script, *, source: str = "") -> None:
        super().__init__(scripted_routine(script), source=source)
        self._lines = (*script.lines, THANKS)
        self.said: tuple[Said, ...] = ()

    def key(self, action: Action) -> None:
        """Keys do nothing."""

    def feed(self, pose: Pose) -> Moment:
        """Take the next pose; its `t` must be above that of the one before."""
        moment = super().feed(pose)
        if not self.said and moment.stage is not Stage.EXERCISE:
            return moment
        self._go_on(pose.t)
        since = self.said[0].t
        return replace(
            moment,
            stage=Stage.EXERCISE,
            stage_since=since,
            step=None,
            framing=(),
            instruction=self.said[-1].line.say,
            events=(),
        )

    def _go_on(self, t: float) -> None:
        """Say the next line when it is time."""
        last = self.said[-1] if self.said else None
        if last is not None and t - last.t < max(last.line.wait_s, last.words_s + PAUSE_S) - SAME_TIME_S:
            return
        if len(self.said) == len(self._lines):
            self._end_set(t, rest=False)
            return
        line = self._lines[len(self.said)]
        self.said += (Said(t, line, spoken_s(spoken(line.say))),)


class ScriptedCoach(Coach):
    """As `Coach` until the script begins; then each line is spoken, and nothing else."""

    def __init__(self, voice: bool) -> None:
        super().__init__(voice)
        self._line: str | None = None

    def update(self, moment: Moment) -> tuple[Message, ...]:
        """Take one moment; returns what is to be heard now, in order."""
        if moment.stage is not Stage.EXERCISE:
            return super().update(moment)
        line, self._line = self._line, moment.instruction
        if moment.instruction is None or moment.instruction == line:
            return ()
        if not self.voice:
            return (Message(moment.t, Kind.CHIME, "attention"),)
        text = spoken(moment.instruction)
        return (Message(moment.t, Kind.SPEECH, "script", text, priority=Priority.SAFETY, interrupt=True),)


def scripted_routine(script: Script) -> Routine:
    """The routine of one set that a script is told in."""
    return routine_for(exercise_for(script))
