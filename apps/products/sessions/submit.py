"""Hand an import to a worker: the row first, committed, then the message."""

import logging
import uuid

from celery import current_app
from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from ..models import ImportSession
from .errors import BrokerDown
from .lifecycle import fail_unstarted, open_session
from .parameters import Parameters
from .states import ImportType, Trigger

log = logging.getLogger(__name__)

# By name: the customers' task lives in an app above this one.
TASKS = {
    ImportType.CATALOG: "apps.products.tasks.import_catalog_from_1c_task",
    ImportType.CUSTOMERS: "apps.users.tasks.import_customers_from_1c_task",
}


def submit(
    parameters: Parameters,
    *,
    user: AbstractBaseUser | None,
    trigger: Trigger = Trigger.PORTAL,
    retry_of: ImportSession | None = None,
) -> ImportSession:
    """Open a session and publish its task; answers in about a second even when the broker is dead.

    Raises:
        ImportBusy: another import is active; nothing was written.
        BrokerDown: no worker could be told; the session is marked failed and says so.
    """
    task_id = str(uuid.uuid4())
    session = open_session(
        parameters, trigger=trigger, user=user, retry_of=retry_of, celery_task_id=task_id
    )
    try:
        current_app.send_task(
            TASKS[parameters.import_type],
            kwargs={"session_id": session.pk},
            task_id=task_id,
            retry=False,
        )
    except (OperationalError, OSError) as error:
        log.warning("Session %s could not be published: %s", session.pk, error)
        fail_unstarted(
            session,
            _(
                "The message broker does not answer, so no worker could be told. Nothing was "
                "imported. Start the broker, then run the import again."
            ),
        )
        raise BrokerDown(session) from error
    return session
