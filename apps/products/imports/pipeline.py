"""Read ahead: a thread parses the next chunk while the importer writes this one.

lxml and the database driver both release the interpreter's lock while they work. The thread never
touches the database; the writer's connection stays with the thread that called.
"""

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from apps.common.commerceml import Kind, PropertyRecord, Record, read

# Chunks that wait for the writer: enough to overlap, few enough to keep memory flat.
_AHEAD = 2
# Small chunks come together until they are so many records.
_TOGETHER = 1000
# A record that carries a large dictionary weighs as many records as this many values.
_VALUES_PER_RECORD = 20
_POLL_SECONDS = 0.2

_End = BaseException | None
# What can be said of a record without the database.
Prepare = Callable[[Record], Any]


class Chunk(list[Any]):
    """Records of one transaction. `together` are those of all chunks that came with this one.

    One look-up may serve them all. A chunk that came alone has none.
    """

    together: Sequence[Any] = ()


def read_chunks(
    path: Path, kind: Kind, size: int, prepare: Prepare | None = None
) -> Generator[Chunk]:
    """Give the file's records of one kind in chunks of at most `size`, in reading order.

    `prepare` makes of each record what the importer gets; it runs in the thread that reads. What
    is prepared is small, so that small chunks of it can come together.

    Raises:
        BrokenFile: after the records that came before the fault.
    """
    at_once = max(1, _TOGETHER // size) if prepare else 1
    ready: queue.Queue[Chunk | tuple[_End]] = queue.Queue(_AHEAD * at_once)
    stopped = threading.Event()
    records: Iterable[Any] = read(path, frozenset({kind}))
    if prepare:
        records = map(prepare, records)
    chunks = _together(_gather(records, size), at_once)
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
    chunks: Iterator[Chunk],
    ready: "queue.Queue[Chunk | tuple[_End]]",
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
    ready: "queue.Queue[Chunk | tuple[_End]]",
    item: Chunk | tuple[_End],
    stopped: threading.Event,
) -> bool:
    while not stopped.is_set():
        with suppress(queue.Full):
            ready.put(item, timeout=_POLL_SECONDS)
            return True
    return False


def _gather(records: Iterable[Any], size: int) -> Iterator[Chunk]:
    """Group records into chunks; what came before an error is delivered before it is raised."""
    chunk = Chunk()
    weight = 0
    try:
        for record in records:
            chunk.append(record)
            weight += _weight(record)
            if weight >= size:
                yield chunk
                chunk, weight = Chunk(), 0
    except Exception:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _together(chunks: Iterable[Chunk], count: int) -> Iterator[Chunk]:
    """Let `count` chunks know of each other; what came before an error is delivered first."""
    group: list[Chunk] = []
    try:
        for chunk in chunks:
            group.append(chunk)
            if len(group) == count:
                yield from _introduced(group)
                group = []
    except Exception:
        yield from _introduced(group)
        raise
    yield from _introduced(group)


def _introduced(group: list[Chunk]) -> list[Chunk]:
    if len(group) > 1:
        together = [record for chunk in group for record in chunk]
        for chunk in group:
            chunk.together = together
    return group


def _weight(record: Any) -> int:
    if isinstance(record, PropertyRecord):
        return 1 + len(record.values) // _VALUES_PER_RECORD
    return 1
