"""An answer that is kept for a few seconds, so that no page pays for asking again."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Asks once in `seconds`; whoever comes while the question is open waits for its answer.

    It lives in the process, not in the cache: cache and broker share a server, and it is that
    server which may be silent.
    """

    def __init__(self, ask: Callable[[], T], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        self._answer: tuple[float, T] | None = None

    def get(self) -> T:
        """Give the answer, at most `seconds` old."""
        with self._lock:
            if self._answer is None or time.monotonic() - self._answer[0] > self._seconds:
                answer = self._ask()
                self._answer = (time.monotonic(), answer)
            return self._answer[1]

    def forget(self) -> None:
        """Make the next `get` ask again."""
        with self._lock:
            self._answer = None
