"""Moment → picture for the live window: what is seen, judged and to be done, in every stage of a routine.

A strip under the picture holds the one cue, so that words never cover the feet; the returned picture is that much
taller than the camera's. The screen remembers the pictures before: numbers settle, labels keep still.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from posecheck.draw.canvas import DARK, GREY, WHITE, Canvas, Image
from posecheck.draw.display_filter import DisplayFilter
from posecheck.draw.overlay import Memory, draw_body, draw_step, words_of
from posecheck.libraries import load_cv2
from posecheck.live.guide.flow_records import Moment, Stage
from posecheck.live.ui.between_exercises import draw_paused, draw_ready, draw_rest, draw_switch
from posecheck.live.ui.help_and_notices import draw_foot, draw_help, draw_notice
from posecheck.live.ui.result_screen import draw_done
from posecheck.live.ui.start_screen import draw_care, draw_start, draw_start_cards
from posecheck.records import Landmark, Phase, Pose, Step

CARE_S = 8.0  # a guess: the words of care stand on the first pictures of a session for so long
_EMPTY_SIZE = (1280, 720)  # (width, height) until the camera's first picture
# Height of the strip under the picture in units, for wide pictures and for narrow ones, where cues take two lines.
_FOOT_WIDE, _FOOT = 70, 92


@dataclass(frozen=True, slots=True)
class ScreenStatus:
    """What the window shows beside the routine.

    `notice`: trouble with the camera, in words. `fps`: frames judged a second, where it is to be shown.
    """

    mirror: bool = True
    notice: str | None = None
    recording: bool = False
    muted: bool = False
    help: bool = False
    fps: float | None = None


def fit(image: Image, max_side: int = 1280, min_side: int = 0) -> Image:
    """The picture, scaled so that its longer side is within bounds; itself when it is that already.

    Words look sharper on a small camera's picture that was enlarged before they are drawn.

    Args:
        image: (height, width, 3).
        max_side: of the longer side, in pixels.
        min_side: of the longer side, in pixels.
    """
    cv2 = load_cv2()
    height, width = image.shape[:2]
    longer = max(width, height, 1)
    wanted = min(max(longer, min_side), max_side)
    if wanted == longer:
        return image
    size = max(1, round(width * wanted / longer)), max(1, round(height * wanted / longer))
    how = cv2.INTER_AREA if wanted < longer / 2 else cv2.INTER_LINEAR  # by less, AREA takes six times as long
    return np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)


def foot_px(width: int, height: int) -> float:
    """How high the strip under a picture is, in pixels.

    Args:
        width: of the picture, in pixels.
        height: of the picture, in pixels.
    """
    return (_FOOT_WIDE if width >= 1.5 * height else _FOOT) * min(width, height) / 480


class Screen:
    """Draws the pictures of one live session, in order of time.

    Example:
        screen = Screen()
        window.show(screen.draw(fit(frame.image), moment, status=ScreenStatus(mirror=True)))
    """

    def __init__(self) -> None:
        self._memory = Memory()
        self._settler = DisplayFilter()
        self._exercise: tuple[str, int] | None = None
        self._first_t: float | None = None
        self._last_t: float | None = None
        self._step: Step | None = None  # the last one, shown while paused
        self._size = _EMPTY_SIZE
        self._ahead, self._left = 0.0, False  # how far the nose is to the right of the ears, and the way to face

    def draw(self, image: Image | None, moment: Moment, *, status: ScreenStatus) -> Image:
        """Draw a moment on a copy of its frame.

        Args:
            image: BGR uint8 (height, width, 3), unmirrored; None when there is no picture yet.
            moment: where the routine is.
            status: what else the window shows.

        Returns:
            A new picture, as wide as the frame and higher by the strip under it.

        Raises:
            DependencyError: OpenCV cannot be loaded.
        """
        self._follow(moment)
        picture, canvas, foot = self._canvases(image, status.mirror)
        pose = moment.pose if image is not None else Pose.absent(moment.t)
        words, small = self._draw_stage(canvas, moment, pose, status, picture.shape[0])
        if image is None:
            words, small = ("" if status.notice else "Opening the camera …"), ""
        if status.help:
            draw_help(canvas)
        if status.notice:
            draw_notice(canvas, status.notice)
        self._draw_foot(foot, moment, status, words, small)
        return picture

    def _follow(self, moment: Moment) -> None:
        """Forget what was before another exercise, or before time was set back."""
        exercise = (moment.exercise.name, moment.number)
        back = self._last_t is not None and moment.t < self._last_t
        if exercise != self._exercise or back or moment.stage in (Stage.FRAMING, Stage.READY):
            self._settler, self._step = DisplayFilter(), None
        if back:
            self._memory = Memory()
        self._exercise, self._last_t = exercise, moment.t
        self._first_t = moment.t if self._first_t is None else min(self._first_t, moment.t)

    def _canvases(self, image: Image | None, mirror: bool) -> tuple[Image, Canvas, Canvas]:
        """The whole picture, and what to draw on: the camera's picture, and the strip under it."""
        width, height = self._size = self._size if image is None else (image.shape[1], image.shape[0])
        unit = min(width, height) / 480
        foot = max(1, round(foot_px(width, height)))
        whole = np.empty((height + foot, width, 3), np.uint8)
        canvas = Canvas(whole[:height], unit)
        if image is None:
            canvas.clear(DARK)
        elif mirror:
            load_cv2().flip(image, 1, dst=whole[:height])
        else:
            whole[:height] = image
        return whole, canvas, Canvas(whole[height:], unit)

    def _draw_stage(
        self, canvas: Canvas, moment: Moment, pose: Pose, status: ScreenStatus, height: int
    ) -> tuple[str, str]:
        """Draw what belongs to the stage; returns the words under the picture, and the small ones above them."""
        words = moment.instruction or ""
        match moment.stage:
            case Stage.FRAMING:
                draw_start(canvas, moment, mirror=status.mirror != self._faces_left(pose))
                draw_body(canvas, pose, status.mirror, memory=self._memory)
                draw_start_cards(canvas, moment)
                if self._is_early(moment):
                    draw_care(canvas, moment.exercise.care, status.recording)
            case Stage.READY:
                draw_body(canvas, pose, status.mirror, memory=self._memory)
                early = self._is_early(moment)
                draw_ready(canvas, moment, 0.33 if early else 0.5)
                if early:
                    draw_care(canvas, moment.exercise.care, status.recording)
                words = words or "Get ready."
            case Stage.EXERCISE if moment.step is not None:
                return self._draw_exercise(canvas, moment, moment.step, status, height)
            case Stage.PAUSED:
                if self._step is not None:
                    step = replace(self._step, pose=pose)
                    self._draw_step(canvas, moment, step, status, height)
                draw_paused(canvas)
                words = words or "Press space to go on."
            case Stage.REST:
                draw_rest(canvas, moment)
                words = ""  # where the camera goes is in the picture
            case Stage.DONE:
                draw_done(canvas, moment)
                words = words or "Press q to finish."
            case _:
                draw_body(canvas, pose, status.mirror, memory=self._memory)
        return words, ""

    def _is_early(self, moment: Moment) -> bool:
        """Whether the session has only just begun: then the words of care are shown."""
        return self._first_t is not None and moment.t - self._first_t < CARE_S

    def _faces_left(self, pose: Pose) -> bool:
        """Which way the ghost faces in the unmirrored picture: as the person does, once that is clear."""
        if pose.points_px is not None:
            nose, ears = pose.points_px[Landmark.NOSE, 0], pose.points_px[[Landmark.LEFT_EAR, Landmark.RIGHT_EAR], 0]
            shoulder, hip = pose.points_px[[Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP]]
            ahead = float(nose - ears.mean()) / max(1.0, math.dist(shoulder, hip))
            if math.isfinite(ahead):
                ahead = min(max(ahead, -1.0), 1.0)
                self._ahead += (0.1 if self._ahead else 1.0) * (ahead - self._ahead)
        if abs(self._ahead) > 0.08:
            self._left = self._ahead < 0
        return self._left

    def _draw_exercise(
        self, canvas: Canvas, moment: Moment, step: Step, status: ScreenStatus, height: int
    ) -> tuple[str, str]:
        step = self._step = self._settler.update(step)
        switch = step.progress.phase is Phase.SWITCH
        if switch:
            step = replace(step, progress=replace(step.progress, angles=()))
        self._draw_step(canvas, moment, step, status, height, hold=not switch)
        if switch:
            draw_switch(canvas, moment.exercise, step.progress)
        cue, reason = words_of(step)
        cue = "" if switch and cue == moment.exercise.switch_cue else cue
        words = cue or moment.instruction or ""
        return (words, reason) if words else (reason, "")

    def _draw_step(
        self, canvas: Canvas, moment: Moment, step: Step, status: ScreenStatus, height: int, *, hold: bool = True
    ) -> None:
        draw_step(
            canvas,
            step,
            mirror=status.mirror,
            title=moment.exercise.title,
            memory=self._memory,
            hold=hold,
            banner=False,
            readable_px=height / 8,
        )

    def _draw_foot(self, canvas: Canvas, moment: Moment, status: ScreenStatus, words: str, small: str) -> None:
        left = [f"{moment.number} of {moment.total}"] if moment.total > 1 else []
        left.append("h: help")
        if status.fps is not None:
            left = [f"{status.fps:.0f} fps", *left][:2]
        marks = [("REC", True)] if status.recording else []
        marks += [("Sound off", False)] if status.muted else []
        quiet = ""
        if moment.stage is Stage.EXERCISE and moment.step and moment.step.progress.phase is Phase.HOLD:
            quiet = moment.exercise.reminder or ""
        draw_foot(canvas, words or quiet, small, left, marks, WHITE if words else GREY)
