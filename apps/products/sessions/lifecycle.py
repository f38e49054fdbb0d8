"""How an import session begins, goes on and ends. Every move is a compare-and-swap UPDATE.

The guard against two imports is the database's constraint `import_sessions_one_active`, not a look
before the leap: of any number of simultaneous openings exactly one is accepted.
"""

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from ..models import ImportSession
from . import leases
from .ending import end
from .errors import BeingRestored, CancelAsked, ImportBusy, NotClaimable, OwnershipLost
from .parameters import Parameters
from .recovery import recover
from .refusals import note_refusal
from .restoring import keep_restores_out
from .states import ACTIVE, RUNNING, Status, Trigger, sources_of

GUARD = "import_sessions_one_active"
_META = ImportSession._meta  # noqa: SLF001  (Django's documented model API)


def active_session() -> ImportSession | None:
    """Give the import that holds the one place, if any."""
    return ImportSession.objects.filter(status__in=ACTIVE).first()


def open_session(
    parameters: Parameters,
    *,
    trigger: Trigger,
    user: AbstractBaseUser | str | None = None,
    retry_of: ImportSession | None = None,
    then: Parameters | None = None,
    worker: str = "",
    task_id: str = "",
) -> ImportSession:
    """Insert a session and commit it, so that whoever is told its id finds it.

    Args:
        parameters: what to import.
        trigger: how it was started.
        user: who started it: an account of the shop, or a name where there is none.
        retry_of: the session that this one repeats.
        then: what to import once this one has completed: a second session that waits for it.
        worker: the process that opens the session to run it itself: it is claimed from the start.
        task_id: of the Celery task that opens it.

    Raises:
        ImportBusy: another import is active; no row is left behind.
        BeingRestored: the same, because the whole database is being replaced.
    """
    account = user if isinstance(user, AbstractBaseUser) else None
    name = account.get_username() if account else str(user or "")
    session = ImportSession(
        import_type=parameters.import_type,
        status=Status.PENDING,
        trigger=trigger,
        requested_by_id=account.pk if account else None,
        requested_by_name=name,
        parameters=parameters.as_json(),
        dry_run=parameters.dry_run,
        retry_of=retry_of,
        celery_task_id=task_id or ("" if worker else str(uuid.uuid4())),
    )
    try:
        _insert(session, worker, then)
    except BeingRestored:
        raise  # there is nothing to look at before it has ended
    except ImportBusy as busy:
        if not recover():
            note_refusal(busy.session, name, trigger)
            raise
        _insert(session, worker, then)  # the place was a dead process's
    return session


def _insert(session: ImportSession, worker: str, then: Parameters | None) -> None:
    try:
        with transaction.atomic(durable=True):
            keep_restores_out()
            session.pk = None
            session.save(force_insert=True)
            leases.open_lease(session.pk)
            if worker:
                _claim(session.pk, worker)
            if then:
                _follower(session, then).save(force_insert=True)
    except IntegrityError as error:
        if GUARD not in str(error):
            raise
        raise ImportBusy(active_session()) from None
    if worker:
        session.refresh_from_db()


def _follower(session: ImportSession, parameters: Parameters) -> ImportSession:
    return ImportSession(
        import_type=parameters.import_type,
        status=Status.WAITING,
        trigger=session.trigger,
        requested_by_id=session.requested_by_id,
        requested_by_name=session.requested_by_name,
        parameters=parameters.as_json(),
        dry_run=parameters.dry_run,
        follows=session,
        celery_task_id=str(uuid.uuid4()),
    )


def claim(session_id: int, *, worker: str) -> ImportSession:
    """Take a queued session for this process: it gets a fresh token, the proof of ownership.

    Raises:
        NotClaimable: it is not queued; a redelivered task ends up here.
    """
    with transaction.atomic():
        if not _claim(session_id, worker):
            raise NotClaimable(session_id)
    return ImportSession.objects.get(pk=session_id)


def _claim(session_id: int, worker: str) -> bool:
    claimed = ImportSession.objects.filter(pk=session_id, status=Status.PENDING).update(
        status=Status.STARTED, token=uuid.uuid4(), worker=worker, started_at=Now()
    )
    if claimed:
        leases.take(session_id)
    return bool(claimed)


def begin_records(session: ImportSession, source: dict[str, Any], total: int) -> None:
    """Note that backup and inventory are done and records are read from here on.

    Raises:
        OwnershipLost: the session was taken away.
    """
    target = Status.IN_PROGRESS
    moved = ImportSession.objects.filter(
        pk=session.pk, token=session.token, status__in=sources_of(target)
    ).update(status=target, source=source, progress_total=total)
    if not moved:
        raise OwnershipLost(session.pk)
    session.refresh_from_db()


def prove_ownership(session: ImportSession) -> None:
    """Open a chunk's transaction: lock our row, or learn that it is ours no more.

    NO KEY UPDATE lets others insert issues and log lines that refer to the row meanwhile.

    Raises:
        OwnershipLost: the session was taken away; roll back.
        CancelAsked: it is ours, but somebody wants it to stop; roll back and end it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PROOF, [session.pk, str(session.token), sorted(RUNNING)])
        owned = cursor.fetchone()
    if owned is None:
        raise OwnershipLost(session.pk)
    if owned[0]:
        raise CancelAsked


_PROOF = """
SELECT l.cancel_requested_at IS NOT NULL
FROM import_sessions AS s LEFT JOIN import_leases AS l ON l.session_id = s.id
WHERE s.id = %s AND s.token = %s AND s.status = ANY(%s)
FOR NO KEY UPDATE OF s
"""


def save_progress(session: ImportSession, **columns: Any) -> None:
    """Write columns of a session that this process owns."""
    statement, values = _update(session, columns)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def note_chunk(session: ImportSession, chunk: int, columns: dict[str, Any]) -> None:
    """Note the chunk's number, progress and counters: the last statement of its transaction."""
    statement, values = leases.chunk_note(session.pk, chunk)
    if columns:
        update, more = _update(session, columns)
        statement, values = f"WITH noted AS ({statement}) {update}", values + more
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _update(session: ImportSession, columns: dict[str, Any]) -> tuple[str, list[Any]]:
    """Give a statement and its parameters. Built by hand, as the proof is: every chunk does it."""
    fields = {field.column: field for field in _META.concrete_fields if field.column in columns}
    assignments = ", ".join(f"{name} = %s" for name in columns)
    values = [fields[name].get_db_prep_save(value, connection) for name, value in columns.items()]
    return (
        f"UPDATE {_META.db_table} SET {assignments} WHERE id = %s AND token = %s",  # noqa: S608
        [*values, session.pk, session.token],
    )


def finish(session: ImportSession, status: Status, *, error: str = "", **columns: Any) -> None:
    """End a session that this process owns, with its audit log.

    Raises:
        OwnershipLost: somebody else has ended it.
    """
    rows = ImportSession.objects.filter(pk=session.pk, token=session.token)
    if end(rows, status, error=error, **columns) is None:
        raise OwnershipLost(session.pk)
    session.refresh_from_db()


def is_ended_as(session: ImportSession, status: Status, error: str) -> bool:
    """Whether the session has ended, by the process that owned it, in just this way."""
    ended = ImportSession.objects.get(pk=session.pk)
    if (ended.status, ended.error_message, ended.worker) != (status, error, session.worker):
        return False
    session.refresh_from_db()
    return True


def fail_unstarted(session: ImportSession, error: str) -> None:
    """End a queued session that no process could be told of."""
    queued = ImportSession.objects.filter(pk=session.pk, status=Status.PENDING)
    end(queued, Status.FAILED, error=error)
    session.refresh_from_db()
