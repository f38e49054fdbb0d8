"""Ending a session, whoever does it: the process at work, a canceller, recovery.

One transaction does all that belongs to an end: the compare-and-swap of the status, the audit log,
the lease's removal, and what becomes of a session that waits for this one.
"""

from typing import Any

from django.db import models, transaction
from django.db.models import ExpressionWrapper, F, QuerySet
from django.db.models.functions import Cast, Extract, Now
from django.utils.translation import gettext as _

from ..models import ImportSession
from . import leases, publishing
from .audit import write_sync_log
from .states import Status, sources_of


def end(
    rows: QuerySet[ImportSession], status: Status, *, error: str, **columns: Any
) -> ImportSession | None:
    """End the one session among `rows` whose status allows it; None when there is none.

    A session that waits for it becomes queued when it completed, else cancelled.
    """
    with transaction.atomic():
        ended = rows.filter(status__in=sources_of(status)).values_list("pk", flat=True)
        pk = ended.select_for_update(no_key=True).first()
        if pk is None:
            return None
        ImportSession.objects.filter(pk=pk).update(
            status=status, error_message=error, **_end_columns(), **columns
        )
        session = ImportSession.objects.get(pk=pk)
        leases.close_lease(pk)
        write_sync_log(session)
        _release_follower(session)
        return session


def _release_follower(session: ImportSession) -> None:
    followers = ImportSession.objects.filter(follows=session.pk, status=Status.WAITING)
    if session.status == Status.COMPLETED:
        for follower in followers:
            followers.filter(pk=follower.pk).update(status=Status.PENDING)
            leases.open_lease(follower.pk)
            transaction.on_commit(lambda: publishing.ring(follower), robust=True)  # noqa: B023
            return  # one place, one follower
    while end(followers, Status.CANCELLED, error=_did_not_complete(session)):
        pass


def _did_not_complete(session: ImportSession) -> str:
    return _(
        "It was to follow session #%(id)s, which did not complete. Nothing was imported. Find out "
        "why, then run it again."
    ) % {"id": session.pk}


def _end_columns() -> dict[str, Any]:
    """Give the columns that every end sets; times are the database's."""
    elapsed = ExpressionWrapper(Now() - F("started_at"), output_field=models.DurationField())
    milliseconds = Cast(Extract(elapsed, "epoch") * 1000, models.BigIntegerField())
    return {"finished_at": Now(), "duration_ms": milliseconds, "token": None, "stage": ""}
