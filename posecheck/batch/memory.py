"""What keeps a worker small."""

from __future__ import annotations

import sys
from contextlib import suppress

# The C library keeps free memory for each thread, and MediaPipe has many: at 1080p 506 MiB without this, 390 with two
# such stores, 369 with one, which costs no time. To be in the environment before a process starts.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "1"}


def give_back() -> None:
    """Have the C library return free memory, so that a worker does not grow from recording to recording (Linux)."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # another C library than GNU's
            ctypes.CDLL(None).malloc_trim(0)
