"""Pictures of two fields → whole ones, by FFmpeg's own filter; whole ones pass as they are."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any

from posecheck.capture.film_decoder import Decoded

# One picture for each that comes, and only those that are marked as two fields are changed.
_FILTER = ("bwdif", "mode=send_frame:parity=auto:deint=interlaced")


def deinterlaced(pictures: Iterable[Decoded], av: Any, time_base: Fraction) -> Iterator[Decoded]:
    """Put a filter in the way from the first interlaced picture on.

    Args:
        pictures: those of a film.
        av: the module.
        time_base: seconds of a tick of their stamps.
    """
    woven: _Filter | None = None
    for one in pictures:
        if woven is not None and not woven.takes(one.picture):
            yield from woven.end()
            woven = None
        if woven is None and one.picture.interlaced_frame:
            woven = _Filter(av, one.picture, time_base)
        if woven is None:
            yield one
        else:
            yield from woven.feed(one)
    if woven is not None:
        yield from woven.end()


class _Filter:
    """The filter for pictures of one size and format. It looks at the next picture, so it hands on one behind."""

    def __init__(self, av: Any, picture: Any, time_base: Fraction) -> None:
        self._av = av
        self._shape = _shape(picture)
        self._times: deque[float] = deque()
        self._stamp = 0
        graph = av.filter.Graph()
        graph.threads = 1
        source = graph.add_buffer(
            width=picture.width, height=picture.height, format=picture.format, time_base=time_base
        )
        graph.link_nodes(source, graph.add(*_FILTER), graph.add("buffersink")).configure()
        self._graph = graph

    def takes(self, picture: Any) -> bool:
        """Whether a picture is of the size and format that the filter was made for."""
        return _shape(picture) == self._shape

    def feed(self, one: Decoded) -> Iterator[Decoded]:
        """Hand a picture in, and what is ready out."""
        self._times.append(one.t)
        self._stamp += 1
        one.picture.pts = self._stamp  # the filter drops pictures whose stamps do not rise
        self._graph.vpush(one.picture)
        yield from self._ready()

    def end(self) -> Iterator[Decoded]:
        """The last picture."""
        self._graph.vpush(None)
        yield from self._ready()

    def _ready(self) -> Iterator[Decoded]:
        with suppress(self._av.BlockingIOError, self._av.EOFError):
            while self._times:
                picture = self._graph.vpull()
                yield Decoded(self._times.popleft(), picture)


def _shape(picture: Any) -> tuple[int, int, str]:
    return picture.width, picture.height, picture.format.name
