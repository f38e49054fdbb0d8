"""COPY: rows into a table at the speed that the database has."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from .text_format import copy_line


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    """Add rows to a table within the open transaction. Names come from models, not from input.

    Raises:
        DatabaseError: the database refuses a row; Django wraps errors of its own methods only.
    """
    lines = io.StringIO("".join([copy_line(row) for row in rows]))
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", lines)
