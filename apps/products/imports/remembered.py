"""A set that only grows, and that can forget what the open chunk has added."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Going back costs what the chunk has added, not a copy of all that was known before it."""

    def __init__(self) -> None:
        self._all: set[T] = set()
        self._in_chunk: set[T] = set()

    def __contains__(self, thing: T) -> bool:
        return thing in self._all

    def add(self, thing: T) -> None:
        """Remember a thing."""
        if thing not in self._all:
            self._all.add(thing)
            self._in_chunk.add(thing)

    def mark(self) -> None:
        """Begin a chunk."""
        self._in_chunk.clear()

    def go_back(self) -> None:
        """Forget what was added since `mark`."""
        self._all -= self._in_chunk
        self._in_chunk.clear()
