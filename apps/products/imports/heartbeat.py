"""Signs of life from a thread and a connection of their own, so that no chunk can hold them up."""

import logging
import threading
from types import TracebackType
from typing import Self

from django.db import DatabaseError, InterfaceError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ..models import ImportSession
from ..sessions import leases
from .stopping import StopWish

log = logging.getLogger(__name__)

# After a lost connection the lease runs on: look for the database more often.
_RETRY_SECONDS = 1.0


class Heartbeat:
    """Context manager: beats while an import runs, and hears when staff want it to stop.

    When the session is active no more (recovery has ended it), it asks for a stop too: the next
    chunk finds that it owns nothing any more.
    """

    def __init__(self, session: ImportSession, stop: StopWish) -> None:
        self._session_id = session.pk
        self._stop = stop
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="import-heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        connection = connections.create_connection("default")
        pause = leases.BEAT_EVERY.total_seconds()
        try:
            while not self._over.wait(pause):
                alive = self._beat(connection)
                pause = leases.BEAT_EVERY.total_seconds() if alive else _RETRY_SECONDS
        finally:
            connection.close()

    def _beat(self, connection: BaseDatabaseWrapper) -> bool:
        """Beat once; say whether the database heard it."""
        try:
            with connection.cursor() as cursor:
                wanted_to_stop = leases.beat(cursor, self._session_id)
        except (DatabaseError, InterfaceError) as error:
            log.warning("Session %s: no heartbeat: %s", self._session_id, error)
            connection.close()
            return False
        if wanted_to_stop is not False:  # None: the session is active no more
            self._stop.set()
        return True
