"""Looks at what a camera delivers, and says in plain words what is wrong with it and what to do; no camera in here.

The reader of `posecheck.capture.camera` tells a Watch what happens, and when; anybody may ask it at any time:

    >>> watch = Watch(Kind.CAMERA, "camera 0", "linux")
    >>> watch.failed(Situation.WRONG_INDEX)
    >>> watch.trouble(0.2).text
    'There is no camera 0: plug it in, or choose one that "posecheck cameras" lists.'
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from posecheck.records.times import TrueSince

OPENING_S = 1.0  # a guess: an opening that takes longer is told
GRACE_S = 1.0  # a guess: a stream that comes back sooner was not lost
STALLED_S = 2.0  # a guess: no picture for so long
SAME_S = 2.0  # a guess: the same picture, or a black one, for so long
_SPARSE = 8  # a guess: every 8th row and column tell most pictures apart
_BLACK_MEAN, _BLACK_SPREAD = 14.0, 6.0  # a guess: of 255: a covered lens is dark, and has noise


class Kind(StrEnum):
    """Where pictures come from: what to do differs."""

    CAMERA = "camera"
    STREAM = "stream"


class Situation(StrEnum):
    """What is wrong."""

    OPENING = "opening"  # not yet a picture, and no error either
    WRONG_INDEX = "wrong_index"
    NO_PERMISSION = "no_permission"
    BUSY = "busy"
    UNREACHABLE = "unreachable"  # nothing answers at the address
    NO_VIDEO = "no_video"  # something answers, but it sends no video
    LOST = "lost"  # it worked, and is gone
    STALLED = "stalled"  # it is there, and sends no picture
    FROZEN = "frozen"
    BLACK = "black"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with the picture: `text` is one line with what to do; `since_t` is in seconds of the source."""

    code: Situation
    text: str
    since_t: float


_TEXTS: dict[tuple[Situation, Kind], str] = {
    (Situation.OPENING, Kind.CAMERA): "{Name} is still opening: wait a moment{slow}.",
    (Situation.OPENING, Kind.STREAM): "{Name} has not answered yet: check that the camera app on the phone is running.",
    (Situation.WRONG_INDEX, Kind.CAMERA): (
        'There is no {name}: plug it in, or choose one that "posecheck cameras" lists.'
    ),
    (Situation.NO_PERMISSION, Kind.CAMERA): "{Name} may not be used: {permission}.",
    (
        Situation.BUSY,
        Kind.CAMERA,
    ): "{Name} does not open: close other programs that use it, such as a video call{also}.",
    (Situation.UNREACHABLE, Kind.STREAM): (
        "Nothing answers at {name}: start the camera app on the phone, check the address, "
        "and use the same Wi-Fi for both."
    ),
    (Situation.NO_VIDEO, Kind.STREAM): (
        "{Name} answers but sends no video: start the video in the camera app, and check the end of the address."
    ),
    (Situation.LOST, Kind.CAMERA): "{Name} is gone: plug it in again.",
    (Situation.LOST, Kind.STREAM): "{Name} has ended: start the video in the camera app again.",
    (Situation.STALLED, Kind.CAMERA): (
        "{Name} sends no picture: unplug it and plug it in again, or close other programs that use it."
    ),
    (Situation.STALLED, Kind.STREAM): (
        "{Name} sends no picture: check the camera app and the Wi-Fi, and keep the phone awake."
    ),
    (Situation.FROZEN, Kind.CAMERA): "The picture stands still: unplug {name} and plug it in again.",
    (Situation.FROZEN, Kind.STREAM): "The picture stands still: start the video in the camera app again.",
    (Situation.BLACK, Kind.CAMERA): "The picture is black: open the camera's cover, or turn on the light.",
    (Situation.BLACK, Kind.STREAM): "The picture is black: uncover the phone's camera, or turn on the light.",
}
_PERMISSIONS = {
    "darwin": (
        "allow it for your terminal in System Settings > Privacy & Security > Camera, then start posecheck again"
    ),
    "win32": (
        "turn on camera access, also for desktop apps, in Settings > Privacy & security > Camera "
        "(Settings > Privacy > Camera in Windows 10)"
    ),
    "linux": "add yourself to the group video (sudo usermod -aG video $USER), log out and log in again",
}
_SLOW = {"win32": "; on Windows it can take 30 s"}


def wording(situation: Situation, kind: Kind, name: str, platform: str) -> str:
    """Say what is wrong and what to do, in one line.

    Args:
        situation: what is wrong.
        kind: whether it is a camera or a stream.
        name: "camera 0" or an address.
        platform: the system, as in `sys.platform`.
    """
    permission = _PERMISSIONS.get(platform, "allow it in the settings of the system")
    # Windows tells nobody whether a camera is in use or forbidden
    also = f"; or {permission}" if platform == "win32" else ""
    capital = name[:1].upper() + name[1:] if kind is Kind.CAMERA else name
    return _TEXTS[situation, kind].format(
        name=name, Name=capital, permission=permission, also=also, slow=_SLOW.get(platform, "")
    )


class Watch:
    """Told what a source does, it knows what is wrong; times are seconds of the source and never go back.

    `kind`, `name`, `platform`: see `wording`.
    """

    def __init__(self, kind: Kind, name: str, platform: str) -> None:
        self._kind, self._name, self._platform = kind, name, platform
        self._frame_t: float | None = None
        self._image: NDArray[np.uint8] | None = None
        self._failure: Situation | None = None  # since the newest picture
        self._same_since_t = 0.0
        self._black = TrueSince()

    @property
    def had_picture(self) -> bool:
        """Whether there was any picture yet."""
        return self._frame_t is not None

    def failed(self, situation: Situation) -> None:
        """Opening or reading failed."""
        self._failure = situation

    def picture(self, now_t: float, image: NDArray[np.uint8]) -> bool:
        """Take note that a picture came.

        Args:
            now_t: the time now, in seconds of the caller's clock.
            image: (height, width, 3). It is kept, so it must not be changed.

        Returns:
            Whether it differs from the last one.
        """
        sparse = image[::_SPARSE, ::_SPARSE]
        black = bool(sparse.mean() < _BLACK_MEAN and sparse.std() < _BLACK_SPREAD)
        self._black.update(now_t, black)
        fresh = self._image is None or not _same(self._image, image)
        if fresh:
            self._same_since_t = now_t
        self._frame_t, self._image, self._failure = now_t, image, None
        return fresh

    def frozen_s(self, now_t: float) -> float:
        """For how long the picture has been the same, in seconds; 0 while it is black.

        A black picture is left alone: a camera that is opened again is as black, when its cover is closed.
        """
        return 0.0 if self._black.since is not None else now_t - self._same_since_t

    def trouble(self, now_t: float) -> Trouble | None:
        """What is wrong at `now_t`; None when all is well."""
        if self._frame_t is None:
            if self._failure is not None:
                return self._say(self._failure, 0.0)
            return self._say(Situation.OPENING, 0.0) if now_t >= OPENING_S else None
        age_s = now_t - self._frame_t
        if self._failure is not None and age_s >= GRACE_S:
            return self._say(self._failure, self._frame_t)
        was_same = self._frame_t - self._same_since_t >= SAME_S
        was_black = self._black.lasted_s(self._frame_t) >= SAME_S
        # a frozen picture stays frozen while the source is opened anew
        if age_s >= STALLED_S and (was_black or not was_same):
            return self._say(Situation.STALLED, self._frame_t)
        if was_black and self._black.since is not None:
            return self._say(Situation.BLACK, self._black.since)
        return self._say(Situation.FROZEN, self._same_since_t) if was_same else None

    def _say(self, situation: Situation, since_t: float) -> Trouble:
        return Trouble(situation, wording(situation, self._kind, self._name, self._platform), since_t)


def _same(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether two pictures are equal in every pixel; the whole is compared only when a sample of it is equal."""
    if one.shape != other.shape:
        return False
    sample = np.array_equal(one[::_SPARSE, ::_SPARSE], other[::_SPARSE, ::_SPARSE])
    return sample and np.array_equal(one, other)
