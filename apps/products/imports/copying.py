"""COPY: rows into a table at the speed that the database has."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection

from .text_format import copy_lines

# Few enough that the database has begun before the last row is written down.
_ROWS_AT_ONCE = 250


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows to a table within the open transaction. Names come from models, not from input.

    Raises:
        DatabaseError: the database refuses a row; Django wraps errors of its own methods only.
    """
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", _Lines(rows))


class _Lines:
    """A file for the driver: it writes rows down while the database works on those before."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._parts = _parts(iter(rows))

    def read(self, _size: int) -> str:
        """Give the next lines, however many characters they have; "" behind the last."""
        return next(self._parts, "")


def _parts(rows: Iterator[Sequence[Any]]) -> Iterator[str]:
    while part := list(islice(rows, _ROWS_AT_ONCE)):
        yield copy_lines(part)
