"""Recovery: whoever looks first ends what died, so that nobody has to know that it did.

Looking is cheap (one query) and done by the portal's pages, by every trigger that finds the place
taken, by a worker when it starts and every few seconds, and by `recover_imports`.

A session has lost its process when its lease is over. It is ended only once its row is not locked:
an open chunk of a frozen process keeps the lock, so the database's process that serves that writer
is terminated first, and the chunk rolls back. The token goes with the end: a process that comes
back finds that it owns nothing any more.
"""

import logging
import time
from datetime import timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ..models import ImportLogLine, ImportSession
from ..models.sessions import LogLevel
from . import leases, publishing
from .ending import end
from .leases import LEASE, Pulse
from .states import ACTIVE, RUNNING, Status

log = logging.getLogger(__name__)

PUBLISH_AGAIN_AFTER = timedelta(seconds=15)
MOST_PUBLICATIONS = 3
GIVE_UP_AFTER = timedelta(minutes=5)
"""A queued session that no worker has claimed for this long fails."""

# How long to wait for the rollback of a terminated writer.
_ROLLBACK_SECONDS = 5.0


def recover() -> list[ImportSession]:
    """End active sessions whose process is gone, and remind workers of queued ones.

    Returns:
        The sessions that were ended.
    """
    ended = [_mend(pulse) for pulse in leases.pulses(ACTIVE)]
    return [session for session in ended if session is not None]


def take_away(session_id: int, reason: str) -> ImportSession | None:
    """End a running session at once: its process is known to be dead, or staff say that it hangs.

    Args:
        session_id: a session that a process claimed.
        reason: what happened, for the session's error.

    Returns:
        The ended session; None when it was not running (any more).
    """
    for pulse in leases.pulses(RUNNING, session_id=session_id):
        return _end_running(pulse, reason, only_if_lost=False)
    return None


def _mend(pulse: Pulse) -> ImportSession | None:
    if pulse.status == Status.PENDING:
        return _mend_queued(pulse)
    return _end_running(pulse, _died(pulse), only_if_lost=True) if pulse.lost else None


def _mend_queued(pulse: Pulse) -> ImportSession | None:
    rows = ImportSession.objects.filter(pk=pulse.session_id)
    # A follower's time in the queue begins when it is promoted: its lease is that old.
    if min(pulse.age, pulse.unmoved) > GIVE_UP_AFTER:
        return _ended(end(rows, Status.FAILED, error=_nobody_came()))
    if pulse.unpublished > PUBLISH_AGAIN_AFTER and pulse.publications < MOST_PUBLICATIONS:
        _publish_again(rows.get(), pulse.publications)
    return None


def _publish_again(session: ImportSession, seen: int) -> None:
    try:
        if publishing.publish(session, after=seen):
            _log_line(session, "published_again", LogLevel.WARNING)
    except publishing.NotPublished:
        log.info("Session %s: the broker is still down", session.pk)


def _end_running(pulse: Pulse, reason: str, *, only_if_lost: bool) -> ImportSession | None:
    deadline = time.monotonic() + _ROLLBACK_SECONDS
    session = _end_if_free(pulse.session_id, reason, only_if_lost=only_if_lost)
    while session is None and _still_running(pulse.session_id, only_if_lost=only_if_lost):
        _terminate_writer(pulse)
        if time.monotonic() > deadline:
            log.error("Session %s is lost, but its row stays locked", pulse.session_id)
            return None
        time.sleep(0.05)
        session = _end_if_free(pulse.session_id, reason, only_if_lost=only_if_lost)
    return _ended(session)


def _end_if_free(session_id: int, reason: str, *, only_if_lost: bool) -> ImportSession | None:
    """End the session unless its row is locked, or it gave a sign of life meanwhile."""
    rows = ImportSession.objects.filter(pk=session_id)
    with transaction.atomic():
        if not rows.select_for_update(skip_locked=True, no_key=True).values("pk").first():
            return None
        if not _still_running(session_id, only_if_lost=only_if_lost):
            return None
        return end(rows, Status.FAILED, error=reason)


def _still_running(session_id: int, *, only_if_lost: bool) -> bool:
    pulses = leases.pulses(RUNNING, session_id=session_id)
    return any(pulse.lost or not only_if_lost for pulse in pulses)


def _terminate_writer(pulse: Pulse) -> None:
    """End the database's process of the lost writer: that one, not another of the same number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid = %s AND backend_start = %s AND pid <> pg_backend_pid()",
            [pulse.backend_pid, pulse.backend_start],
        )


def _ended(session: ImportSession | None) -> ImportSession | None:
    if session is not None:
        _log_line(session, "recovered", LogLevel.ERROR, reason=session.error_message)
        log.warning("Session %s recovered: %s", session.pk, session.error_message)
    return session


def _log_line(session: ImportSession, code: str, level: LogLevel, **params: str) -> None:
    ImportLogLine.objects.create(session=session, code=code, level=level, params=params)


def _died(pulse: Pulse) -> str:
    session = ImportSession.objects.get(pk=pulse.session_id)
    return _(
        "The process that ran this import (%(worker)s) gave no sign of life for %(seconds)d "
        "seconds: it was killed, it froze, or its machine went down. The %(done)d records that it "
        "had saved stay; hiding was not begun. Run the import again: that completes it."
    ) % {
        "worker": session.worker or "—",
        "seconds": max(pulse.silent, LEASE).total_seconds(),
        "done": session.progress_done,
    }


def _nobody_came() -> str:
    return _(
        "No worker picked this up within %(minutes)d minutes. Nothing was imported. Start a "
        "worker, then run the import again."
    ) % {"minutes": GIVE_UP_AFTER.total_seconds() // 60}
