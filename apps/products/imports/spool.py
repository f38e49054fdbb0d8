"""Numbers by the million, kept on disk: memory stays flat, and no lost connection takes them."""

import tempfile
from array import array
from collections.abc import Collection, Iterator

_BLOCK = 1 << 16


class Spool:
    """64-bit numbers in the order in which they came. The file has no name and goes with us."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="import-")  # noqa: SIM115  (close() closes it)

    def add(self, numbers: Collection[int]) -> None:
        """Append numbers."""
        self._file.write(array("q", numbers).tobytes())

    def mark(self) -> int:
        """Give a place to go back to."""
        return self._file.tell()

    def rewind(self, mark: int) -> None:
        """Forget what came after the mark."""
        self._file.seek(mark)
        self._file.truncate()

    def blocks(self) -> Iterator["array[int]"]:
        """Give all numbers, many at a time."""
        end = self._file.tell()
        self._file.seek(0)
        while data := self._file.read(_BLOCK * array("q").itemsize):
            yield array("q", data)
        self._file.seek(end)

    def close(self) -> None:
        """Let the disk have its room back."""
        self._file.close()
