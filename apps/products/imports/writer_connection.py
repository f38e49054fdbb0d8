"""How the connection of an import differs from others, and how it comes back when it was lost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import Error, connection
from django.utils.translation import gettext as _

from ..models import ImportSession
from ..sessions import leases
from .errors import ImportFailed, ImportStopped
from .stopping import StopWish

_PAUSE_SECONDS = 0.3

# Compiling plans costs more than it saves here. Rows are looked up by keys with indexes: a plan
# made while a table was small (those of foreign keys are kept) would go on reading it from end to
# end. A process frozen inside a transaction must not hold its locks for ever.
_SETTINGS = {"jit": "off", "enable_seqscan": "off", "idle_in_transaction_session_timeout": "60s"}


@contextmanager
def writer_connection(session: ImportSession) -> Iterator[None]:
    """Set up this thread's connection for the import, and put it back afterwards."""
    _prepare(session)
    try:
        yield
    finally:
        with suppress(Error), connection.cursor() as cursor:  # a lost one has no settings any more
            for name in _SETTINGS:
                cursor.execute(f"RESET {name}")


def reconnect(session: ImportSession, stop: StopWish, cause: Exception) -> None:
    """Wait for the database, `ONEC_RECONNECT_SECONDS` at most, and set the new connection up.

    Raises:
        ImportFailed: it did not come back in time.
        ImportStopped: somebody wanted the import to stop meanwhile.
    """
    deadline = time.monotonic() + settings.ONEC_RECONNECT_SECONDS
    connection.close()
    while True:
        try:
            connection.ensure_connection()
            _prepare(session)
        except Error as error:
            connection.close()
            if time.monotonic() > deadline:
                raise _gone(cause) from error
        else:
            return
        if stop.wait(_PAUSE_SECONDS):
            raise ImportStopped


def _prepare(session: ImportSession) -> None:
    with connection.cursor() as cursor:
        for name, value in _SETTINGS.items():
            cursor.execute(f"SET {name} = %s", [value])
    leases.name_writer(session.pk)


def _gone(cause: Exception) -> ImportFailed:
    return ImportFailed(
        _(
            "The connection to the database was lost (%(reason)s) and did not come back within "
            "%(seconds)d seconds. What was saved before stays. Run the import again."
        )
        % {"reason": str(cause).strip(), "seconds": settings.ONEC_RECONNECT_SECONDS}
    )


@contextmanager
def whole_tables() -> Iterator[None]:
    """Within a transaction of the import: let statements read a table from end to end."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = on")
        yield
        cursor.execute("SET LOCAL enable_seqscan = off")
