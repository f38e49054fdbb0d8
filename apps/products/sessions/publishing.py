"""The message that tells a worker of a queued session. It is a doorbell: the row is the truth."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

from ..models import ImportSession
from . import leases
from .states import ImportType

log = logging.getLogger(__name__)

# By name: the customers' task lives in an app above this one.
TASKS = {
    ImportType.CATALOG: "apps.products.tasks.import_catalog_from_1c_task",
    ImportType.CUSTOMERS: "apps.users.tasks.import_customers_from_1c_task",
}


class NotPublished(Exception):
    """The broker did not take the message."""


def publish(session: ImportSession, *, after: int | None = None) -> bool:
    """Tell a worker; answers in about a second even when the broker is dead.

    Args:
        session: a queued session; its id is the task's only argument.
        after: publish only if nobody else has published since the caller saw this many messages.

    Returns:
        Whether this call published: False when another one was quicker.

    Raises:
        NotPublished: the broker refused, was silent, is full or does not know the password.
    """
    from redis.exceptions import RedisError  # noqa: PLC0415  (large, and most processes never publish)

    if not leases.note_publication(session.pk, after=after):
        return False
    try:
        current_app.send_task(
            TASKS[ImportType(session.import_type)],
            kwargs={"session_id": session.pk},
            task_id=session.celery_task_id,
            retry=False,
        )
    except (OperationalError, OSError, RedisError) as error:
        log.warning("Session %s could not be published: %s", session.pk, error)
        raise NotPublished(str(error)) from error
    return True


def ring(session: ImportSession) -> None:
    """Publish a session whose turn has come; if that fails, recovery publishes it later."""
    try:
        publish(session, after=0)
    except NotPublished:
        log.info("Session %s stays queued; its message will be published again.", session.pk)
