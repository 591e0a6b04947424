"""live-*.png: what the window of a live set shows, from the embedded samples, without a window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posecheck.capture.video_file import open_video
from posecheck.detect.models import Model
from posecheck.detect.person_tracker import PersonTracker
from posecheck.live.guide.flow import Flow
from posecheck.live.guide.flow_records import Moment, Stage
from posecheck.live.guide.routine import routine_for
from posecheck.live.ui.screen import Screen, ScreenStatus, fit
from posecheck.records import Phase
from tools.docs_pictures.png import small_png

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
WIDTH = 760  # of a picture, in pixels


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture: the sample, and the first moment that is shown."""

    name: str
    exercise: str
    moment: Callable[[Moment], bool]


def _framing(moment: Moment) -> bool:
    return moment.stage is Stage.FRAMING and moment.t >= 0.5 and any(check.met for check in moment.framing)


def _hold(moment: Moment) -> bool:
    step = moment.step
    return (
        step is not None and step.progress.phase is Phase.HOLD and step.progress.held_s >= 12 and not step.progress.cue
    )


def _cue(moment: Moment) -> bool:
    step = moment.step
    return step is not None and step.progress.phase is Phase.POSITION and step.progress.cue is not None


def _switch(moment: Moment) -> bool:
    return moment.step is not None and moment.step.progress.phase is Phase.SWITCH


PICTURES = (
    Wanted("framing", "side_bend", _framing),
    Wanted("hold", "ninety_ninety", _hold),
    Wanted("cue", "ninety_ninety", _cue),
    Wanted("switch", "ninety_ninety", _switch),
)


def live_pictures(model: Model) -> dict[str, bytes]:
    """The PNG files by name; follows each sample as a live set does, until all of its pictures were there.

    Raises:
        SystemExit: a moment never came.
    """
    made: dict[str, bytes] = {}
    for exercise in dict.fromkeys(picture.exercise for picture in PICTURES):
        made |= _of_one(exercise, [picture for picture in PICTURES if picture.exercise == exercise], model)
    return made


def _of_one(exercise: str, wanted: list[Wanted], model: Model) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    flow, screen = Flow(routine_for(exercise), source=exercise), Screen()
    with open_video(SAMPLES / f"{exercise}.mp4") as video, PersonTracker(model) as follower:
        for frame in video:
            moment = flow.feed(follower.detect(frame))
            image = screen.draw(fit(_calm(frame.image), WIDTH, WIDTH), moment, status=ScreenStatus(mirror=False))
            for picture in wanted:
                if picture.name not in made and picture.moment(moment):
                    made[picture.name] = small_png(image, radius=12)
            if len(made) == len(wanted):
                return made
    raise SystemExit(f"{exercise}.mp4 never shows {', '.join(p.name for p in wanted if p.name not in made)}")


def _calm(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture without the film's noise, which a PNG file would keep."""
    from posecheck.libraries import load_cv2

    return np.asarray(load_cv2().bilateralFilter(image, 7, 30, 5), np.uint8)
