"""Packets of a film → its pictures in order of time, also behind damaged places."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from posecheck.capture.container import OTHER_CLOCK_S, Film
from posecheck.capture.film_clock import FilmClock
from posecheck.capture.gaps import Gap

_TRIES = 100  # errors of the file in a row; then nothing more of it can be read
_CARE = 64  # packets after a damaged one: more than the pictures that a decoder may still hand on from before
_KEPT_BACK = 16  # pictures: the most that H.264 and HEVC keep back, so none comes later than that
_MISSING = 1.5  # usual steps between two pictures: at least one is missing
_BACK_S = 0.2  # packets come in order of their decoding times; when these fall by more, another clock has begun
# Matroska's reader skips what it cannot read without a word. A pause of the film, with its sound, takes less: a guess
_PAUSE_S, _LOST_SHARE = 0.25, 0.5

Stamped = tuple[int | None, Any]  # a picture and its stamp, in ticks of the film


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture as the decoder gave it (an av.VideoFrame), and its time in seconds."""

    t: float
    picture: Any


class FilmDecoder:
    """Decodes a film once through; `speed`: times are divided by it.

    `read` counts the pictures that came. `gaps` tells where pictures are missing. `hurt`: something was damaged behind
    the last picture that came.
    """

    def __init__(self, film: Film, clock: FilmClock, speed: float = 1.0) -> None:
        self.gaps: list[Gap] = []
        self.read = 0
        self.hurt = False
        self._film, self._clock, self._speed = film, clock, speed
        self._tick_s = float(film.time_base) / speed
        self._origin: int | None = None  # the stamp of time 0: that of the first picture, read or damaged
        self._from_s = 0.0
        self._care = 0  # packets for which pictures may still be missing or out of order
        self._restarted = False
        self._last_dts: int | None = None
        self._end_byte: int | None = None  # of the last packet in the file
        self._holes: deque[int] = deque(maxlen=_KEPT_BACK)  # bytes of no packet before each of the last ones
        self._waiting: list[tuple[int, int, Any]] = []
        self._last: Any = None

    def jump(self, t: float) -> None:
        """Go on from the last picture before `t` seconds that can be decoded by itself; once a picture was read.

        Raises:
            av.FFmpegError: the file allows no jump.
        """
        offset = (self._origin or 0) + round(t / self._tick_s)
        self._film.container.seek(offset, stream=self._film.stream, backward=True)
        self._clock.forget()
        self._waiting.clear()
        self._from_s, self._last_dts, self._end_byte = t, None, None
        self._care, self.hurt, self._restarted = 0, False, False

    def decoded(self) -> Iterator[Decoded]:
        """Yield every picture, at times that rise strictly."""
        for stamp, picture in self._in_order():
            before = self._clock.last
            t = self._time(stamp)
            if t is None:  # so late, it is the torn one of a damaged place
                self._damage()
                continue
            start = self._from_s if before is None else before
            if (self._care or self.hurt) and t - start > _MISSING * self._clock.step_s:
                self.gaps.append(Gap(start, t))
            self.hurt = False
            self.read += 1
            yield Decoded(t, picture)

    def _time(self, stamp: int | None) -> float | None:
        if self._origin is None or (self.read == 0 and stamp is not None and stamp < self._origin):
            self._origin = stamp or 0
        reported = (stamp - self._origin) * self._tick_s if self._film.has_clock and stamp is not None else None
        return self._clock.stamp(reported, restarted=self._another_clock(reported))

    def _another_clock(self, reported: float | None) -> bool:
        """Whether the packets have told of another clock, and this is the first picture of it."""
        previous = self._clock.reported
        if not self._restarted or reported is None or previous is None:
            return False
        if -_BACK_S < (reported - previous) * self._speed < OTHER_CLOCK_S:
            return False  # one of those that the decoder had kept back
        self._restarted = False
        return True

    def _in_order(self) -> Iterator[Stamped]:
        """The pictures in order of their stamps; only behind a damaged place they come in another one."""
        count = 0
        for packet in self._packets():
            while self._waiting and not self._care:  # they are of the clock before
                yield self._next_waiting()
            for stamp, picture in self._pictures(packet):
                if stamp is None or not (self._care or self._waiting):
                    yield stamp, picture
                else:
                    count += 1
                    heapq.heappush(self._waiting, (stamp, count, picture))
            self._care = max(0, self._care - 1)
            while len(self._waiting) > (_KEPT_BACK if self._care else 0):
                yield self._next_waiting()
        while self._waiting:
            yield self._next_waiting()

    def _next_waiting(self) -> Stamped:
        stamp, _, picture = heapq.heappop(self._waiting)
        return stamp, picture

    def _packets(self) -> Iterator[Any]:
        """The packets of the track, behind those that cannot be read, too; the last one is empty."""
        errors = 0
        while errors < _TRIES:
            try:
                for packet in self._film.container.demux(self._film.stream):
                    errors = 0
                    self._watch(packet)
                    yield packet
                return
            except (self._film.av.FFmpegError, OSError):
                errors += 1
                self._damage()

    def _watch(self, packet: Any) -> None:
        """Notice damage and another clock by what a packet tells."""
        if packet.is_corrupt:
            self._damage()
        if packet.dts is None:
            return
        if self._last_dts is not None:
            step_s = (packet.dts - self._last_dts) * float(self._film.time_base)
            if self._film.skips_silently and self._lost_bytes(packet, step_s):
                self._damage()
            if step_s < -_BACK_S or (self._film.may_restart and step_s > OTHER_CLOCK_S):
                self._restarted = True
                self._care = 0  # stamps of two clocks have no order
        self._last_dts = packet.dts
        self._end_byte = None if packet.pos is None else packet.pos + packet.size

    def _lost_bytes(self, packet: Any, step_s: float) -> bool:
        """Whether the file holds about as much before this packet as so many seconds take: not a pause then.

        The first packets behind what was skipped may still have times of before, so the holes before them count, too.
        """
        rate = self._film.bytes_a_second
        if packet.pos is not None and self._end_byte is not None:
            self._holes.append(max(0, packet.pos - self._end_byte))
        return rate is not None and step_s > _PAUSE_S and sum(self._holes) > _LOST_SHARE * rate * step_s

    def _pictures(self, packet: Any) -> list[Stamped]:
        if (
            not packet.size and packet.pts is not None
        ):  # "the same picture again"; the decoder would take it for the end
            return [] if self._last is None else [(packet.pts, self._last)]
        try:
            pictures: list[Any] = packet.decode()
        except (self._film.av.FFmpegError, OSError, ValueError):
            if self._origin is None and packet.pts is not None:
                self._origin = packet.pts
            self._damage()
            return []
        if any(picture.is_corrupt for picture in pictures):
            self._damage()
        if pictures:
            self._last = pictures[-1]
        return [(picture.dts if self._film.only_decoding_times else picture.pts, picture) for picture in pictures]

    def _damage(self) -> None:
        self.hurt, self._care = True, _CARE
