"""A session's log, written on a connection of its own.

So a line appears while a chunk is still open, and stays when the chunk is rolled back.
"""

import json
import logging
from collections import deque
from types import TracebackType
from typing import Any, Self

from django.db import Error, connections

from ..models import ImportLogLine, ImportSession
from ..models.sessions import LogLevel

log = logging.getLogger(__name__)

_INSERT = (
    f"INSERT INTO {ImportLogLine._meta.db_table} "  # noqa: S608, SLF001  (Django's documented model API)
    "(session_id, level, code, params) VALUES (%s, %s, %s, %s)"
)

_MOST_WAITING = 1000


class SessionLog:
    """Context manager; `write` adds one line at once."""

    def __init__(self, session: ImportSession) -> None:
        self._session_id = session.pk
        self._connection = connections.create_connection("default")
        self._waiting: deque[list[Any]] = deque(maxlen=_MOST_WAITING)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def write(self, code: str, *, level: LogLevel = LogLevel.INFO, **params: Any) -> None:
        """Add a line; its sentence is made from code and params (apps/products/log_texts.py).

        A line that the database does not take now is written before the next one: an import does
        not end for want of its log.
        """
        self._waiting.append([self._session_id, level, code, json.dumps(params)])
        # The first try may find that the server was restarted since the last line.
        if not self._write_waiting():
            self._write_waiting()

    def _write_waiting(self) -> bool:
        try:
            with self._connection.cursor() as cursor:
                while self._waiting:
                    cursor.execute(_INSERT, self._waiting[0])
                    self._waiting.popleft()
        except Error as error:
            log.warning("Session %s: its log waits: %s", self._session_id, error)
            self._connection.close()
            return False
        return True
