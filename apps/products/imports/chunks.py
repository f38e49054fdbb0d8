"""Chunks: pieces of work that are committed as a whole or not at all.

Each is one transaction that proves ownership first and notes itself last. A chunk that failed
because the connection was lost is done again from the same records, so everything that it had
remembered in this process is forgotten first.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import Error, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg2 import errorcodes

from ..models.sessions import LogLevel
from ..sessions import leases, lifecycle
from ..sessions.errors import CancelAsked
from .context import Context
from .errors import ImportFailed, ImportStopped
from .session_log import SessionLog
from .stopping import StopWish
from .writer_connection import reconnect

log = logging.getLogger(__name__)

# The database rolled back one of two transactions that stood in each other's way: try again.
_TRY_AGAIN = {errorcodes.DEADLOCK_DETECTED, errorcodes.SERIALIZATION_FAILURE}
_MOST_TRIES = 5

# Columns of the session's row as a chunk leaves them; asked when the rest of it is written.
Figures = Callable[[], dict[str, Any]]


def _no_figures() -> dict[str, Any]:
    return {}


@dataclass
class Chunks:
    """Runs chunks for one import. `number` counts those that were committed."""

    context: Context
    stop: StopWish
    log: SessionLog
    number: int = field(default=0, init=False)

    def run(self, work: Callable[[], None], figures: Figures = _no_figures) -> None:
        """Commit what `work` does, in this process and in the database, or none of it.

        `figures` become those of the session's row, with the chunk.

        Raises:
            ImportStopped: somebody wants the import to stop; the chunk was not begun.
            ImportFailed: the database did not come back, or a dry run lost its notes with it.
            OwnershipLost: the session was taken away.
        """
        before = self.context.mark()
        tries = 0
        while True:
            self._check_stop()
            tries += 1
            try:
                done = self._attempt(work, figures, tries)
            except BaseException:
                self.context.go_back(before)
                raise
            if done:
                self.number += 1
                return
            self.context.go_back(before)

    def persist(self, work: Callable[[], None]) -> None:
        """Do a small piece of work outside a chunk, again if the connection was lost.

        It must be such that doing it twice does no harm.
        """
        wire = connection.connection
        try:
            work()
        except Error as error:
            self._mend(error, tries=1, lost=_is_lost(wire))
            work()

    def _attempt(self, work: Callable[[], None], figures: Figures, tries: int) -> bool:
        """Try once; say whether the chunk is committed."""
        session, context = self.context.session, self.context
        wire, complete = connection.connection, False
        try:
            with transaction.atomic():
                self._prove_ownership()
                work()
                context.issues.save()
                context.store.save_changes()
                lifecycle.note_chunk(session, self.number + 1, figures())
                complete = True
        except Error as error:
            self._mend(error, tries, lost=_is_lost(wire))
            return complete and self._landed()
        return True

    def _landed(self) -> bool:
        """Whether only the answer to COMMIT was lost."""
        return leases.last_chunk(self.context.session.pk) == self.number + 1

    def _prove_ownership(self) -> None:
        try:
            lifecycle.prove_ownership(self.context.session)
        except CancelAsked as wish:
            raise ImportStopped from wish

    def _mend(self, error: Error, tries: int, *, lost: bool) -> None:
        """Return when another try makes sense, with a connection that works.

        Raises:
            Error: it was no fault of the connection.
            ImportFailed: see `run`.
            ImportStopped: see `run`.
        """
        if not lost:
            if _state(error) in _TRY_AGAIN and tries < _MOST_TRIES:
                return
            raise error
        if tries >= _MOST_TRIES:
            raise error
        if not self.context.store.survives_its_connection:
            raise ImportFailed(_lost_notes()) from error
        log.warning("Session %s lost its connection: %s", self.context.session.pk, error)
        reconnect(self.context.session, self.stop, error)
        self.context.store.reconnected()
        self._check_nothing_is_missing()
        self.log.write("reconnected", level=LogLevel.WARNING, reason=str(error).strip())

    def _check_nothing_is_missing(self) -> None:
        """Find out whether the database lost chunks that it had confirmed.

        In a crash it does when it is set up to confirm before it writes (`synchronous_commit` off).
        """
        last = leases.last_chunk(self.context.session.pk)
        if last is not None and last < self.number:
            raise ImportFailed(_lost_chunks(self.number - last))

    def _check_stop(self) -> None:
        if self.stop.is_set():
            raise ImportStopped


def _is_lost(wire: object) -> bool:
    """Whether a connection is gone. Django may have opened another one in its place already."""
    return connection.connection is not wire or not connection.is_usable()


def _state(error: Error) -> str | None:
    """Give PostgreSQL's code of an error."""
    return getattr(error.__cause__, "pgcode", None)


def _lost_chunks(count: int) -> str:
    return ngettext(
        "The database crashed and came back without the last %(count)d step that it had "
        "confirmed. Run the import again: that completes it.",
        "The database crashed and came back without the last %(count)d steps that it had "
        "confirmed. Run the import again: that completes it.",
        count,
    ) % {"count": count}


def _lost_notes() -> str:
    return _(
        "The connection to the database was lost, and with it what this dry run had noted there. "
        "Nothing in the shop has changed. Run it again."
    )
