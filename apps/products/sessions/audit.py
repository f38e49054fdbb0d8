"""The audit log: one `SyncLog` for each session, written in the transaction that ends it."""

import uuid

from apps.common.models import SyncLog

from ..models import ImportSession
from ..models.sessions import Severity

# The log names the first errors; the session has them all.
_ERRORS_NAMED = 100


def write_sync_log(session: ImportSession) -> None:
    """Leave the record of an ended session."""
    total = session.counters.get("total", {})
    SyncLog.objects.create(
        sync_type=session.import_type,
        status=session.status,
        started_at=session.started_at or session.created_at,
        completed_at=session.finished_at,
        records_processed=total.get("read", 0),
        errors_count=session.error_count or total.get("failed", 0),
        error_details=_error_details(session),
        duration_ms=session.duration_ms,
        correlation_id=correlation_of(session),
        session=session,
    )


def correlation_of(session: ImportSession) -> uuid.UUID:
    """Give the id that all log rows of one run share, known before the run ends."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"import-session:{session.pk}:{session.created_at}")


def _error_details(session: ImportSession) -> list[dict[str, object]]:
    errors = session.issues.filter(severity=Severity.ERROR)[:_ERRORS_NAMED]
    details: list[dict[str, object]] = [
        {"code": i.code, "entity": i.entity, "onec_id": i.onec_id, "file": i.file, "line": i.line}
        for i in errors
    ]
    if session.error_message:
        details.insert(0, {"code": session.status, "message": session.error_message})
    return details
