"""File locks that say who uses the embedded servers and who starts or stops them.

``flock`` because the kernel frees it whatever ends a process. Two rules keep it honest: the files
are closed on exec (Python's default), and a forked child closes its copies at once, so that only
the process that took a lock holds it.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from freesport.embedded.errors import EmbeddedError

PATIENCE = 60.0
"""Seconds to wait for another process that starts or stops the servers."""

_open: set["FileLock"] = set()


class FileLock:
    """A lock on a file, shared or exclusive, held until closed or until the process ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = _opened(path)
        _open.add(self)

    def share(self) -> None:
        """Take the lock together with other sharers; waits while somebody holds it alone."""
        fcntl.flock(self._descriptor(), fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Take the lock alone, giving up a shared one; False when others hold it."""
        try:
            fcntl.flock(self._descriptor(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait_until_free(self) -> None:
        """Wait without end until nobody holds the lock, and leave it free."""
        fcntl.flock(self._descriptor(), fcntl.LOCK_EX)
        fcntl.flock(self._descriptor(), fcntl.LOCK_UN)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock alone for a block.

        Raises:
            EmbeddedError: another process held it for longer than ``PATIENCE``.
        """
        deadline = time.monotonic() + PATIENCE
        while not self.try_alone():
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"Another process has been starting or stopping the embedded servers for "
                    f"over {PATIENCE:.0f} seconds ({self.path} is locked). Find it with "
                    f"'fuser {self.path}', end it, and try again."
                )
            time.sleep(0.02)
        try:
            yield
        finally:
            if self._fd is not None:  # a fork inside the block closed the child's copy
                fcntl.flock(self._fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file. Frees the lock unless another process shares the open file."""
        _open.discard(self)
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _descriptor(self) -> int:
        if self._fd is None:
            raise EmbeddedError(f"The lock {self.path} belongs to the parent of this process.")
        return self._fd


def _opened(path: Path) -> int:
    """Open the file, making it where missing.

    Two processes that make the directory at once rename theirs into place, and the later one takes
    the empty place of the earlier: a file that was being made in that one is made again.
    """
    for _attempt in range(10):
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError:
            if not path.parent.is_dir():
                raise
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _close_inherited() -> None:
    for lock in list(_open):
        lock.close()


os.register_at_fork(after_in_child=_close_inherited)
