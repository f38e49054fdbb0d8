"""Celery tasks of the catalogue: thin wraps around management commands."""

from typing import Any

from celery import shared_task

from .imports.task import run_import_command
from .sessions.states import ImportType


@shared_task
def import_catalog_from_1c_task(session_id: int | None = None, **options: Any) -> int:
    """Import the catalogue: the queued session `session_id`, or a new one with these options.

    Options are the command's (`data_dir`, `chunk_size`, `file_type`, `dry_run`, `skip_backup`, …).
    Gives the session's id, however the import ended: the session's row tells.

    Raises:
        ImportBusy: called with options while another import is active.
    """
    return run_import_command(
        "import_catalog_from_1c", ImportType.CATALOG, session_id=session_id, options=options
    )
