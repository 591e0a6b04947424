"""What has to be closed is a context manager: leaving the block closes it, also when the block raises."""

from __future__ import annotations

from types import TracebackType
from typing import Self


class Closing:
    """Base of whatever holds a file, a thread or a model: `close` lets go of it, and may be called twice."""

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
