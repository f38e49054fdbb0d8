"""Celery tasks of customers: thin wraps around management commands."""

from typing import Any

from celery import shared_task

from apps.products.imports.task import run_import_command
from apps.products.sessions.states import ImportType


@shared_task
def import_customers_from_1c_task(session_id: int | None = None, **options: Any) -> int:
    """Import customers: the queued session `session_id`, or a new one with these options.

    Options are the command's (`data_dir`, `chunk_size`, `dry_run`, `skip_backup`). Gives the
    session's id, however the import ended: the session's row tells.

    Raises:
        ImportBusy: called with options while another import is active.
    """
    return run_import_command(
        "import_customers_from_1c", ImportType.CUSTOMERS, session_id=session_id, options=options
    )
