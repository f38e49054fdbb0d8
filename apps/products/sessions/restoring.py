"""Imports and restores keep out of each other's way.

A restore replaces the table of sessions with everything else. Its transaction locks that table
first and refuses while an import is active; before it commits it ends the sessions that the backup
shows as running, because the processes behind them are those of another day. Whoever opens a
session meanwhile is told within a second (docs/howto/restore-a-backup.md).
"""

from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from psycopg2.errors import LockNotAvailable
from psycopg2.extensions import QuotedString

from apps.common.backups import REFUSAL, Guard
from apps.common.models import CustomerSyncLog, SyncLog

from ..models import ImportLease, ImportSession
from .errors import BeingRestored
from .states import ACTIVE, Status, sources_of

_TABLE = ImportSession._meta.db_table  # noqa: SLF001  (Django's documented model API)
_LEASES = ImportLease._meta.db_table  # noqa: SLF001
_SYNC_LOG = SyncLog._meta.db_table  # noqa: SLF001
_CUSTOMER_LOG = CustomerSyncLog._meta.db_table  # noqa: SLF001

# A setting of the transaction: ids are not given twice, because messages, logs and processes of
# before the restore may still name them.
_LAST_ID = "freesport.last_session_id"

# Weak enough for any number of openings at once, too strong to be had while a restore works.
_KEEP_OUT = f"""
SET LOCAL lock_timeout = '1s';
LOCK TABLE {_TABLE} IN ROW EXCLUSIVE MODE;
SET LOCAL lock_timeout TO DEFAULT;
"""


def keep_restores_out() -> None:
    """Make restores wait for the open transaction's end.

    Raises:
        BeingRestored: one is at work; told after a second.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP_OUT)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise BeingRestored from None
        raise


def guard() -> Guard:
    """Give what a restore must do about sessions, in SQL, because psql runs it.

    A database or a dump without the table of sessions has none. Of that table nothing is named but
    columns of the first migration, so that dumps of any age will do.
    """
    return Guard(first=_refuse_while_active(), last=_end_what_came_back())


def _refuse_while_active() -> str:
    return f"""
DO $guard$
BEGIN
    IF to_regclass('{_TABLE}') IS NOT NULL THEN
        LOCK TABLE {_TABLE} IN ACCESS EXCLUSIVE MODE;
        IF EXISTS (SELECT FROM {_TABLE} WHERE status IN ({_listed(ACTIVE)})) THEN
            RAISE EXCEPTION '{REFUSAL}';
        END IF;
        PERFORM set_config('{_LAST_ID}', coalesce(max(id), 0)::text, true) FROM {_TABLE};
    END IF;
END
$guard$;
"""  # noqa: S608  (our own constants)


def _end_what_came_back() -> str:
    # What `ending.end` does, for all at once. Customers' log rows already bear the id that all rows
    # of the run share.
    return f"""
DO $guard$
DECLARE
    ids text;
    last_id bigint := nullif(current_setting('{_LAST_ID}', true), '')::bigint;
BEGIN
    IF to_regclass('{_TABLE}') IS NULL THEN
        RETURN;
    END IF;
    WITH ended AS (
        UPDATE {_TABLE}
        SET status = '{Status.FAILED}', finished_at = now(), token = NULL, stage = '',
            error_message = CASE WHEN started_at IS NULL
                            THEN {_quoted(_queued())} ELSE {_quoted(_ran())} END,
            duration_ms = extract(epoch FROM now() - started_at) * 1000
        WHERE status IN ({_listed(sources_of(Status.FAILED))})
        RETURNING *
    )
    INSERT INTO {_SYNC_LOG} (sync_type, status, started_at, completed_at, records_processed,
        errors_count, error_details, duration_ms, correlation_id, session_id)
    SELECT import_type, status, coalesce(started_at, created_at), finished_at,
        coalesce((report_details #>> '{{counters,total,read}}')::bigint, 0),
        error_count,
        jsonb_build_array(jsonb_build_object('code', status, 'message', error_message)),
        duration_ms,
        coalesce((SELECT log.correlation_id FROM {_CUSTOMER_LOG} log
                  WHERE log.session_id = ended.id LIMIT 1), gen_random_uuid()),
        id
    FROM ended;
    IF to_regclass('{_LEASES}') IS NOT NULL THEN
        DELETE FROM {_LEASES};
    END IF;
    ids := pg_get_serial_sequence('{_TABLE}', 'id');
    IF last_id > coalesce(pg_sequence_last_value(ids::regclass), 0) THEN
        PERFORM setval(ids::regclass, last_id);
    END IF;
END
$guard$;
"""  # noqa: S608  (our own constants, and quoted sentences)


def _ran() -> str:
    return _(
        "Restored from a backup that was made while it ran: it did not go on. What it wrote after "
        "the backup is not in the database. Run the import again."
    )


def _queued() -> str:
    return _(
        "Restored from a backup that was made while it was queued: it will not begin. Run the "
        "import again."
    )


def _listed(statuses: frozenset[Status]) -> str:
    return ", ".join(f"'{status}'" for status in sorted(statuses))


def _quoted(text: str) -> str:
    quoted = QuotedString(text)
    quoted.encoding = "utf-8"
    return quoted.getquoted().decode()
