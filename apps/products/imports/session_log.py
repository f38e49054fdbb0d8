"""A session's log, written on a connection of its own.

So a line appears while a chunk is still open, and stays when the chunk is rolled back.
"""

import json
from types import TracebackType
from typing import Any, Self

from django.db import connections

from ..models import ImportLogLine, ImportSession
from ..models.sessions import LogLevel

_INSERT = (
    f"INSERT INTO {ImportLogLine._meta.db_table} "  # noqa: S608, SLF001  (Django's documented model API)
    "(session_id, level, code, params) VALUES (%s, %s, %s, %s)"
)


class SessionLog:
    """Context manager; `write` adds one line at once."""

    def __init__(self, session: ImportSession) -> None:
        self._session_id = session.pk
        self._connection = connections.create_connection("default")

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
        """Add a line; its sentence is made from code and params (apps/products/log_texts.py)."""
        with self._connection.cursor() as cursor:
            cursor.execute(_INSERT, [self._session_id, level, code, json.dumps(params)])
