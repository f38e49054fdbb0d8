"""Signs of life of active sessions, and requests to stop them (`ImportLease`).

All times are `clock_timestamp()` of the database: clocks of hosts differ, and `now()` is when a
transaction began.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from ..models import ImportLease

LEASE = timedelta(seconds=30)
"""A session without a sign of life for this long has lost its process."""
BEAT_EVERY = timedelta(seconds=2)
"""Also how soon a request to cancel is heard while a backup is made."""
STALLED_AFTER = timedelta(minutes=5)
"""A session that lives but has committed nothing for this long is shown as stalled."""

_TABLE = ImportLease._meta.db_table  # noqa: SLF001  (Django's documented model API)


@dataclass(frozen=True)
class Wish:
    """A request to cancel: by whom, and why if they said so."""

    by: str
    reason: str


def open_lease(session_id: int) -> None:
    """Give a new session its row."""
    _run(f"{_INSERT} ON CONFLICT DO NOTHING", session_id)


def take(session_id: int) -> None:
    """Begin the lease of a claimed session, within the claim's transaction."""
    _run(
        f"{_INSERT} ON CONFLICT (session_id) DO UPDATE "
        "SET beat_at = clock_timestamp(), moved_at = clock_timestamp()",
        session_id,
    )


def name_writer(session_id: int) -> None:
    """Note which process of the database serves this connection, the session's writer."""
    _run(
        f"UPDATE {_TABLE} SET backend_pid = a.pid, backend_start = a.backend_start "  # noqa: S608
        "FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid() AND session_id = %s",
        session_id,
    )


def beat(cursor: Any, session_id: int) -> bool | None:
    """Give a sign of life on the heartbeat's own connection.

    Returns:
        Whether somebody asked to cancel; None when the session is active no more.
    """
    cursor.execute(_BEAT, [session_id])
    row = cursor.fetchone()
    return None if row is None else bool(row[0])


def chunk_note(session_id: int, chunk: int) -> tuple[str, list[Any]]:
    """Give the statement that notes a chunk in its transaction: a sign of life and of progress."""
    statement = (
        f"UPDATE {_TABLE} SET beat_at = clock_timestamp(), moved_at = clock_timestamp(), "  # noqa: S608
        "chunk = %s WHERE session_id = %s"
    )
    return statement, [chunk, session_id]


def last_chunk(session_id: int) -> int | None:
    """Give the number of the last committed chunk; None when the session is active no more."""
    found = ImportLease.objects.filter(pk=session_id).values_list("chunk", flat=True)
    return found.first()


def note_publication(session_id: int, *, after: int | None = None) -> bool:
    """Note that a message is about to be published; say whether this caller may do it.

    `after` is the number of publications that the caller saw: of two callers one wins.
    """
    return bool(
        _run(
            f"UPDATE {_TABLE} SET publications = publications + 1, "  # noqa: S608
            "published_at = clock_timestamp() "
            "WHERE session_id = %s AND publications = coalesce(%s, publications)",
            session_id,
            after,
        )
    )


def ask_to_cancel(session_id: int, wish: Wish) -> bool:
    """Leave a request for the process at work; the first one stands. False: there is no lease."""
    return bool(
        _run(
            f"UPDATE {_TABLE} SET "  # noqa: S608
            "cancel_requested_by = CASE WHEN cancel_requested_at IS NULL "
            "THEN %s ELSE cancel_requested_by END, "
            "cancel_reason = CASE WHEN cancel_requested_at IS NULL THEN %s ELSE cancel_reason END, "
            "cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()) "
            "WHERE session_id = %s",
            wish.by[:255],
            wish.reason[:500],
            session_id,
        )
    )


def close_lease(session_id: int) -> None:
    """Remove the row of a session that ends, within the transaction that ends it."""
    _run(f"DELETE FROM {_TABLE} WHERE session_id = %s", session_id)  # noqa: S608


@dataclass(frozen=True)
class Pulse:
    """How an active session does, by the database's clock. Ages count from the last event.

    `silent` is the time without a sign of life, `unmoved` without a committed chunk;
    `cancel_asked_by` is None until somebody asks.
    """

    session_id: int
    status: str
    age: timedelta
    silent: timedelta
    unmoved: timedelta
    unpublished: timedelta
    publications: int
    backend_pid: int | None
    backend_start: datetime | None
    cancel_asked_by: str | None

    @property
    def stalled(self) -> bool:
        """Whether the process lives, but has committed nothing for long."""
        return not self.lost and self.unmoved > STALLED_AFTER

    @property
    def lost(self) -> bool:
        """Whether the process must be taken for dead."""
        return self.silent > LEASE


def pulses(statuses: frozenset[str], *, session_id: int | None = None) -> list[Pulse]:
    """Give the pulse of every session in one of these statuses, or of one of them."""
    with connection.cursor() as cursor:
        cursor.execute(_PULSES, [sorted(statuses), session_id, session_id])
        return [Pulse(*row) for row in cursor.fetchall()]


_BEAT = (
    f"UPDATE {_TABLE} SET beat_at = clock_timestamp() WHERE session_id = %s "  # noqa: S608
    "RETURNING cancel_requested_at IS NOT NULL"
)
_INSERT = (
    f"INSERT INTO {_TABLE} (session_id, beat_at, moved_at, chunk, cancel_requested_by, "  # noqa: S608
    "cancel_reason, publications) "
    "VALUES (%s, clock_timestamp(), clock_timestamp(), 0, '', '', 0)"
)

# A session without a lease (made by hand, or by an older version) counts from its start.
_PULSES = f"""
SELECT s.id, s.status,
       clock_timestamp() - s.created_at,
       clock_timestamp() - coalesce(l.beat_at, greatest(s.started_at, s.created_at)),
       clock_timestamp() - coalesce(l.moved_at, greatest(s.started_at, s.created_at)),
       clock_timestamp() - coalesce(l.published_at, s.created_at),
       coalesce(l.publications, 0), l.backend_pid, l.backend_start,
       CASE WHEN l.cancel_requested_at IS NOT NULL THEN l.cancel_requested_by END
FROM import_sessions AS s LEFT JOIN {_TABLE} AS l ON l.session_id = s.id
WHERE s.status = ANY(%s) AND (%s::bigint IS NULL OR s.id = %s)
ORDER BY s.id
"""  # noqa: S608


def _run(statement: str, *parameters: str | int | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        count: int = cursor.rowcount
        return count
