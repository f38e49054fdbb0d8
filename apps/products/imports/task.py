"""What the import tasks have in common: find or open the session, then call the command."""

import logging
from pathlib import Path
from typing import Any

from celery import current_task
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from ..sessions import lifecycle
from ..sessions.parameters import Parameters
from ..sessions.states import ImportType, Trigger

log = logging.getLogger(__name__)


def run_import_command(
    command: str, import_type: ImportType, *, session_id: int | None, options: dict[str, Any]
) -> int:
    """Run an import's command in this process and give the session's id.

    A command that refuses or fails is no failure of the task: the session's row says what became
    of the import, and a redelivered message that finds its session claimed just ends.

    Raises:
        ImportBusy: no `session_id` was given and another import is active.
    """
    if session_id is None:
        session_id = _open(import_type, options)
    try:
        call_command(command, session_id=session_id)
    except CommandError as error:
        log.warning("Session %s: %s", session_id, error)
    return session_id


def _open(import_type: ImportType, options: dict[str, Any]) -> int:
    """Open a queued session; the command claims it, as it claims those of the portal."""
    data_dir = Path(options.pop("data_dir", settings.ONEC_DATA_DIR)).absolute()
    parameters = Parameters(import_type=import_type, data_dir=data_dir, **options)
    # Called by a program in its own process, there is no task.
    task_id = str(current_task.request.id or "") if current_task else ""
    return lifecycle.open_session(parameters, trigger=Trigger.SCHEDULE, task_id=task_id).pk
