"""What a Celery worker does for imports beside running them: it looks after those that died.

When it starts and every few seconds it recovers; when one of its children is killed it learns
that within seconds, without waiting for the lease.
"""

import logging
import threading
from typing import Any

from billiard.exceptions import WorkerLostError
from celery import signals
from django.conf import settings
from django.db import Error, connection
from django.utils.translation import gettext as _

from ..models import ImportSession
from ..sessions.recovery import recover, take_away
from ..sessions.states import RUNNING

log = logging.getLogger(__name__)

_over = threading.Event()


@signals.worker_ready.connect
def _start(**_details: Any) -> None:
    """Watch from the worker's main process: its children come and go."""
    _over.clear()
    threading.Thread(target=_watch, name="import-watchman", daemon=True).start()


@signals.worker_shutting_down.connect
def _stop(**_details: Any) -> None:
    _over.set()


@signals.task_failure.connect
def _child_died(exception: Any = None, task_id: str = "", **_details: Any) -> None:
    """End the session of a child that was killed: sent in the main process, at once."""
    if not isinstance(exception, WorkerLostError):
        return
    try:
        for session in ImportSession.objects.filter(celery_task_id=task_id, status__in=RUNNING):
            take_away(session.pk, _killed(session))
    except Error as error:
        log.warning("After a worker process died: %s; the next look will end its session", error)
    finally:
        connection.close()


def _watch() -> None:
    """Look until the worker ends. The connection is closed in between: children are forked."""
    while True:
        try:
            recover()
        except Exception as error:  # noqa: BLE001  (whatever it is, the next look may do better)
            log.warning("Recovery: %s", error)
        finally:
            connection.close()
        if _over.wait(settings.ONEC_RECOVERY_INTERVAL):
            return


def _killed(session: ImportSession) -> str:
    return _(
        "The worker process that ran this import was killed (perhaps for want of memory). The "
        "%(done)d records that it had saved stay; hiding was not begun. Run the import again: "
        "that completes it."
    ) % {"done": session.progress_done}
