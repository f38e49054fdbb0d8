"""Inventories of data directories for pages: taken once, kept while the files stay the same.

An inventory reads every byte, so no page waits for it longer than its patience: the look goes on in
a thread and the next page finds it. One thread serves all directories, so that looks never crowd
out the pages themselves.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from apps.common.commerceml import Inventory, take_inventory

# Directories whose inventories are kept.
KEPT = 16

# Name below the directory, size, and time of the last change in nanoseconds.
Signature = tuple[tuple[str, int, int], ...]


class Looks:
    """Looks into directories on behalf of pages."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inventory")
        self._lock = Lock()
        self._under_way: dict[Path, Future[Inventory]] = {}
        self._known: dict[Path, tuple[Signature, Inventory]] = {}

    def at(self, directory: Path, patience: float) -> Inventory | None:
        """Give what lies in a directory, or None when that takes longer than `patience` seconds.

        Raises:
            NoDirectory: there is nothing to look at.
        """
        with self._lock:
            look = self._under_way.get(directory)
            if look is None:
                look = self._thread.submit(self._look, directory)
                self._under_way[directory] = look
        try:
            return look.result(patience)
        except TimeoutError:
            return None

    def _look(self, directory: Path) -> Inventory:
        try:
            return self._kept_or_new(directory)
        finally:
            with self._lock:
                self._under_way.pop(directory, None)

    def _kept_or_new(self, directory: Path) -> Inventory:
        # Before the look: what is copied meanwhile makes the next page look again.
        signature = signature_of(directory)
        known = self._known.pop(directory, None)
        if known is None or known[0] != signature:
            known = (signature, take_inventory(directory))
        self._known[directory] = known  # at the end: the first is the one that nobody asked for
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        return known[1]


looks = Looks()


def signature_of(directory: Path) -> Signature:
    """Give what tells whether the files below a directory are still the same, without reading."""
    return tuple(sorted(_entry(path) for path in _xml_files(directory)))


def _entry(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError:
        return (str(path), -1, -1)  # gone, closed, or a link to nothing: the inventory says so
    return (str(path), status.st_size, status.st_mtime_ns)


def holds_xml(directory: Path) -> bool:
    """Whether any XML file lies below a directory; ends at the first."""
    return any(_xml_files(directory))


def _xml_files(directory: Path) -> Iterator[Path]:
    for folder, _folders, names in os.walk(directory):
        for name in names:
            if name.lower().endswith(".xml"):
                yield Path(folder, name)
