"""How the connection of an import differs from others."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def writer_connection() -> Iterator[None]:
    """Set up this thread's connection for the import, and put it back afterwards.

    Compiling plans costs more than it saves here. A process frozen inside a transaction must not
    hold its locks for ever.
    """
    settings = {"jit": "off", "idle_in_transaction_session_timeout": "60s"}
    with connection.cursor() as cursor:
        for name, value in settings.items():
            cursor.execute(f"SET {name} = %s", [value])
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                for name in settings:
                    cursor.execute(f"RESET {name}")
