"""The only code that moves an import session. Every move is a compare-and-swap UPDATE.

The guard against two imports is the database's constraint `import_sessions_one_active`, not a look
before the leap: of any number of simultaneous openings exactly one is accepted.
"""

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, models, transaction
from django.db.models import ExpressionWrapper, F
from django.db.models.functions import Cast, Extract, Now

from ..models import ImportSession
from .errors import ImportBusy, NotClaimable, OwnershipLost
from .parameters import Parameters
from .states import ACTIVE, RUNNING, Status, Trigger, sources_of

GUARD = "import_sessions_one_active"


def active_session() -> ImportSession | None:
    """Give the import that holds the one place, if any."""
    return ImportSession.objects.filter(status__in=ACTIVE).first()


def open_session(
    parameters: Parameters,
    *,
    trigger: Trigger,
    user: AbstractBaseUser | None = None,
    user_name: str = "",
    retry_of: ImportSession | None = None,
    celery_task_id: str = "",
) -> ImportSession:
    """Insert a queued session and commit it, so that whoever is told its id finds it.

    Raises:
        ImportBusy: another import is active; no row is left behind.
    """
    session = ImportSession(
        import_type=parameters.import_type,
        status=Status.PENDING,
        trigger=trigger,
        requested_by_id=user.pk if user else None,
        requested_by_name=user_name or (user.get_username() if user else ""),
        parameters=parameters.as_json(),
        dry_run=parameters.dry_run,
        retry_of=retry_of,
        celery_task_id=celery_task_id,
    )
    try:
        with transaction.atomic(durable=True):
            session.save(force_insert=True)
    except IntegrityError as error:
        if GUARD not in str(error):
            raise
        raise ImportBusy(active_session()) from None
    return session


def claim(session_id: int, *, worker: str) -> ImportSession:
    """Take a queued session for this process: it gets a fresh token, the proof of ownership.

    Raises:
        NotClaimable: it is not queued; a redelivered task ends up here.
    """
    token = uuid.uuid4()
    claimed = ImportSession.objects.filter(pk=session_id, status=Status.PENDING).update(
        status=Status.STARTED,
        token=token,
        worker=worker,
        started_at=Now(),
    )
    if not claimed:
        raise NotClaimable(session_id)
    return ImportSession.objects.get(pk=session_id)


def begin_records(session: ImportSession, source: dict[str, Any], total: int) -> None:
    """Note that backup and inventory are done and records are read from here on.

    Raises:
        OwnershipLost: the session was taken away.
    """
    _move(session, Status.IN_PROGRESS, source=source, progress_total=total)


def prove_ownership(session: ImportSession) -> None:
    """Open a chunk's transaction: lock our row, or learn that it is ours no more.

    NO KEY UPDATE lets others insert issues and log lines that refer to the row meanwhile.

    Raises:
        OwnershipLost: the session was taken away; roll back.
    """
    owned = (
        ImportSession.objects.select_for_update(no_key=True)
        .filter(pk=session.pk, token=session.token, status__in=RUNNING)
        .values_list("pk", flat=True)
        .first()
    )
    if owned is None:
        raise OwnershipLost(session.pk)


def save_progress(session: ImportSession, **columns: Any) -> None:
    """Write progress and counters: the last statement of a chunk's transaction."""
    ImportSession.objects.filter(pk=session.pk, token=session.token).update(**columns)


def finish(session: ImportSession, status: Status, *, error: str = "", **columns: Any) -> None:
    """End a session that this process owns.

    Raises:
        OwnershipLost: somebody else has ended it.
    """
    _move(session, status, error_message=error, **_end_columns(), **columns)


def fail_unstarted(session: ImportSession, error: str) -> None:
    """End a queued session that no process could be told of."""
    ImportSession.objects.filter(pk=session.pk, status=Status.PENDING).update(
        status=Status.FAILED, error_message=error, **_end_columns()
    )
    session.refresh_from_db()


def _move(session: ImportSession, target: Status, **columns: Any) -> None:
    moved = ImportSession.objects.filter(
        pk=session.pk, token=session.token, status__in=sources_of(target)
    ).update(status=target, **columns)
    if not moved:
        raise OwnershipLost(session.pk)
    session.refresh_from_db()


def _end_columns() -> dict[str, Any]:
    """Give the columns that every end sets; times are the database's."""
    elapsed = ExpressionWrapper(Now() - F("started_at"), output_field=models.DurationField())
    milliseconds = Cast(Extract(elapsed, "epoch") * 1000, models.BigIntegerField())
    return {"finished_at": Now(), "duration_ms": milliseconds, "token": None, "stage": ""}
