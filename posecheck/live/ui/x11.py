"""Tells Qt, on Linux, that its window is on the screen, should it have missed that.

Qt draws nothing in a window before the X server has told that it is mapped. The Qt in OpenCV's wheel (5.15.19) loses
events now and then where it gets little of the processor: of 100 windows that were opened under a busy machine about
10 stayed black for good, also with nothing but OpenCV's own calls. So Qt is told again; that does no harm where the
first notice has come.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator
from typing import Any

from posecheck.records.closing import Closing

_MAP_NOTIFY = 19  # the number of this event in X11's protocol
_WM_NAME = 39  # an atom that every server has
_DEPTH = 3  # a window manager puts a window into one or two of its own
_REPLY_BYTES = 32  # of the fixed part of each reply


class _Screens(ctypes.Structure):
    """xcb_screen_iterator_t."""

    _fields_ = (("data", ctypes.POINTER(ctypes.c_uint32)), ("rem", ctypes.c_int), ("index", ctypes.c_int))


class MapNotices(Closing):
    """Sends the notices; a context manager.

    Args:
        library: has the functions of libxcb.
        connection: to the X server, from `xcb_connect`; closed with this.
    """

    def __init__(self, library: Any, connection: ctypes.c_void_p) -> None:
        self._xcb, self._connection = library, connection
        self._free = ctypes.CDLL(None).free
        self._free.argtypes = [ctypes.c_void_p]
        library.xcb_get_setup.argtypes = [ctypes.c_void_p]
        library.xcb_get_setup.restype = ctypes.c_void_p
        library.xcb_setup_roots_iterator.argtypes = [ctypes.c_void_p]
        library.xcb_setup_roots_iterator.restype = _Screens
        for reply in (library.xcb_query_tree_reply, library.xcb_get_property_reply):
            reply.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p]
            reply.restype = ctypes.c_void_p
        library.xcb_flush.argtypes = library.xcb_disconnect.argtypes = [ctypes.c_void_p]
        self._windows: list[int] = []
        self._closed = False

    def send(self, title: str) -> None:
        """Tell Qt once more that the window of this title is there; without one, or a server, nothing happens."""
        if self._closed:
            return
        if not self._windows:
            root = self._xcb.xcb_setup_roots_iterator(self._xcb.xcb_get_setup(self._connection)).data[0]
            self._windows = [window for window in self._below(root, _DEPTH) if self._name(window) == title.encode()]
        for window in self._windows:
            event = struct.pack("=BBHIIB15x", _MAP_NOTIFY, 0, 0, window, window, 0)
            self._xcb.xcb_send_event(self._connection, 0, ctypes.c_uint(window), 0, event)
        self._xcb.xcb_flush(self._connection)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._xcb.xcb_disconnect(self._connection)

    def _below(self, window: int, depth: int) -> Iterator[int]:
        """The windows in a window, and those in them."""
        cookie = self._xcb.xcb_query_tree(self._connection, ctypes.c_uint(window))
        reply = self._reply(self._xcb.xcb_query_tree_reply, cookie)
        (count,) = struct.unpack_from("=H", reply, 16) if reply else (0,)
        for child in struct.unpack_from(f"={count}I", reply, _REPLY_BYTES) if count else ():
            yield child
            if depth > 1:
                yield from self._below(child, depth - 1)

    def _name(self, window: int) -> bytes:
        cookie = self._xcb.xcb_get_property(self._connection, 0, ctypes.c_uint(window), _WM_NAME, 0, 0, 64)
        reply = self._reply(self._xcb.xcb_get_property_reply, cookie)
        (count,) = struct.unpack_from("=I", reply, 16) if reply else (0,)
        return reply[_REPLY_BYTES : _REPLY_BYTES + count]

    def _reply(self, get: Any, cookie: int) -> bytes:
        """A reply as bytes; none when the window is gone."""
        found = get(self._connection, cookie, None)
        if not found:
            return b""
        try:
            (words,) = struct.unpack_from("=I", ctypes.string_at(found, 8), 4)  # beyond the fixed part
            return ctypes.string_at(found, _REPLY_BYTES + 4 * words)
        finally:
            self._free(found)
