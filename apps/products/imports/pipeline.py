"""Read ahead: a thread parses the next chunk while the importer writes this one.

lxml and the database driver both release the interpreter's lock while they work. The thread never
touches the database; the writer's connection stays with the thread that called.
"""

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from apps.common.commerceml import Kind, PropertyRecord, Record, read

# Chunks that wait for the writer: enough to overlap, few enough to keep memory flat.
_AHEAD = 2
# A record that carries a large dictionary weighs as many records as this many values.
_VALUES_PER_RECORD = 20
_POLL_SECONDS = 0.2

_End = BaseException | None
# What can be said of a record without the database.
Prepare = Callable[[Record], Any]


def read_chunks(
    path: Path, kind: Kind, size: int, prepare: Prepare | None = None
) -> Generator[list[Any]]:
    """Give the file's records of one kind in chunks of at most `size`, in reading order.

    `prepare` makes of each record what the importer gets; it runs in the thread that reads.

    Raises:
        BrokenFile: after the records that came before the fault.
    """
    ready: queue.Queue[list[Any] | tuple[_End]] = queue.Queue(_AHEAD)
    stopped = threading.Event()
    chunks = _gather(read(path, frozenset({kind})), size)
    if prepare:
        chunks = _prepared(chunks, prepare)
    reader = threading.Thread(
        target=_feed, args=(chunks, ready, stopped), name="commerceml-reader", daemon=True
    )
    reader.start()
    try:
        while isinstance(item := ready.get(), list):
            yield item
        if item[0] is not None:
            raise item[0]
    finally:
        stopped.set()
        reader.join()


def _feed(
    chunks: Iterator[list[Any]],
    ready: "queue.Queue[list[Any] | tuple[_End]]",
    stopped: threading.Event,
) -> None:
    """Put chunks into the queue, then the error that ended them or None."""
    end: _End = None
    try:
        for chunk in chunks:
            if not _put(ready, chunk, stopped):
                return
    except BaseException as error:  # noqa: BLE001  (handed over to the writer's thread)
        end = error
    _put(ready, (end,), stopped)


def _put(
    ready: "queue.Queue[list[Any] | tuple[_End]]",
    item: list[Any] | tuple[_End],
    stopped: threading.Event,
) -> bool:
    while not stopped.is_set():
        with suppress(queue.Full):
            ready.put(item, timeout=_POLL_SECONDS)
            return True
    return False


def _gather(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    """Group records into chunks; what came before an error is delivered before it is raised."""
    chunk: list[Record] = []
    weight = 0
    try:
        for record in records:
            chunk.append(record)
            weight += _weight(record)
            if weight >= size:
                yield chunk
                chunk, weight = [], 0
    except Exception:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _prepared(chunks: Iterator[list[Record]], prepare: Prepare) -> Iterator[list[Any]]:
    for chunk in chunks:
        yield list(map(prepare, chunk))


def _weight(record: Record) -> int:
    if isinstance(record, PropertyRecord):
        return 1 + len(record.values) // _VALUES_PER_RECORD
    return 1
