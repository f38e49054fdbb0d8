"""Sessions in any state, with their lease, and time that has passed."""

import queue
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection

from apps.products.models import ImportSession
from apps.products.sessions import lifecycle
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import ImportType, Trigger

CATALOGUE = Parameters(ImportType.CATALOG, Path("/data"))
CUSTOMERS = Parameters(ImportType.CUSTOMERS, Path("/data"))


def queued(**values) -> ImportSession:
    """A session that waits for a worker."""
    return lifecycle.open_session(CATALOGUE, trigger=Trigger.PORTAL, **values)


def at_work(**values) -> ImportSession:
    """A session that a process has claimed."""
    return lifecycle.open_session(CATALOGUE, trigger=Trigger.CLI, worker="host:1", **values)


def let_pass(session: ImportSession, time: timedelta) -> None:
    """Make all that is known of a session this much older."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE import_sessions SET created_at = created_at - %s, "
            "started_at = started_at - %s WHERE id = %s",
            [time, time, session.pk],
        )
        cursor.execute(
            "UPDATE import_leases SET beat_at = beat_at - %s, moved_at = moved_at - %s, "
            "published_at = published_at - %s WHERE session_id = %s",
            [time, time, time, session.pk],
        )


@pytest.fixture
def messages(transactional_db):
    """Give the tasks that lie in the broker, and take them out."""
    current_app.control.purge()

    def take() -> list[str]:
        found = []
        with current_app.connection_for_read() as connection:
            messages = connection.SimpleQueue(current_app.conf.task_default_queue)
            with suppress(queue.Empty):
                while message := messages.get_nowait():
                    found.append(message.headers["id"])
                    message.ack()
        return found

    yield take
    current_app.control.purge()
