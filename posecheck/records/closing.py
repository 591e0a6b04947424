"""What has to be closed is a context manager: leaving the block closes it, also when the block raises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self


class Closing(ABC):
    """Base of whatever holds a file, a thread or a model: `close` lets go of it, and may be called twice.

    contextlib has no such base: its `closing` has to be written at every use, and with its AbstractContextManager every
    class writes an `__exit__` of its own, and a type checker does not learn what `with` gives.
    """

    @abstractmethod
    def close(self) -> None:
        """Let go of what is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
