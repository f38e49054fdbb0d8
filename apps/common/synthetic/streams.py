"""Files of an export: whole ones, and streams of records cut into segments."""

from collections.abc import Callable
from pathlib import Path
from typing import IO

from .dialect import Encoding
from .envelope import Frame

_BATCH = 250
"""Records encoded and written at once; more gains nothing."""


class Disk:
    """Writes below one directory and counts what it has written."""

    def __init__(self, root: Path, encoding: Encoding) -> None:
        self._root = root
        self._encoding = encoding
        self.files = 0
        self.bytes = 0

    def open(self, name: str) -> IO[bytes]:
        """A new binary file, with the folders it needs."""
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.files += 1
        return path.open("xb")

    def write_bytes(self, name: str, data: bytes) -> None:
        """A whole file from bytes."""
        with self.open(name) as file:
            self.bytes += file.write(data)

    def write_text(self, name: str, text: str) -> None:
        """A whole XML file from its text."""
        self.write_bytes(name, self._encoding.mark + self._encoding.encode(text))

    def append(self, file: IO[bytes], text: str, first: bool = False) -> None:
        """More text for an open file; the encoding's mark goes before the first."""
        mark = self._encoding.mark if first else b""
        self.bytes += file.write(mark + self._encoding.encode(text))


class RecordStream:
    """Records of one kind in segments of at most `limit`.

    `name(n)` names segment n, from 1. A stream without any record still leaves one file: an empty
    package is a statement too.
    """

    def __init__(
        self, disk: Disk, frame: Frame, name: Callable[[int], str], limit: int | None
    ) -> None:
        self._disk = disk
        self._frame = frame
        self._name = name
        self._limit = limit
        self._segments = 0
        self._in_segment = 0
        self._batch: list[str] = []
        self._file: IO[bytes] | None = None

    def add(self, record: str) -> None:
        """Write one record."""
        if self._file is None or self._in_segment == self._limit:
            self._next_segment()
        self._batch.append(record)
        self._in_segment += 1
        if len(self._batch) >= _BATCH:
            self._flush()

    def close(self) -> None:
        """Finish the last segment."""
        if self._segments == 0:
            self._next_segment()
        self._end_segment()

    def abandon(self) -> None:
        """Close the file as it is: the export has failed and goes away."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _next_segment(self) -> None:
        self._end_segment()
        self._segments += 1
        self._in_segment = 0
        self._file = self._disk.open(self._name(self._segments))
        self._disk.append(self._file, self._frame.head, first=True)

    def _end_segment(self) -> None:
        if self._file is not None:
            self._flush()
            self._disk.append(self._file, self._frame.tail)
            self.abandon()

    def _flush(self) -> None:
        if self._file is not None and self._batch:
            self._disk.append(self._file, "".join(self._batch))
        self._batch.clear()
