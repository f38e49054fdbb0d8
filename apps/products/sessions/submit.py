"""Hand an import to a worker: the row first, committed, then the message."""

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from ..models import ImportSession
from .errors import BrokerDown
from .lifecycle import fail_unstarted, open_session
from .parameters import Parameters
from .publishing import NotPublished, publish
from .states import Trigger


def submit(
    parameters: Parameters,
    *,
    user: AbstractBaseUser | None,
    trigger: Trigger = Trigger.PORTAL,
    retry_of: ImportSession | None = None,
    then: Parameters | None = None,
) -> ImportSession:
    """Open a session and publish its task; answers in about a second even when the broker is dead.

    Args:
        parameters: what to import.
        user: who asks.
        trigger: how.
        retry_of: the session that this one repeats.
        then: what to import next, once this import has completed.

    Raises:
        ImportBusy: another import is active; nothing was written.
        BrokerDown: no worker could be told; the session is marked failed and says so.
    """
    session = open_session(parameters, trigger=trigger, user=user, retry_of=retry_of, then=then)
    try:
        publish(session)
    except NotPublished as error:
        fail_unstarted(
            session,
            _(
                "The message broker does not answer, so no worker could be told. Nothing was "
                "imported. Start the broker, then run the import again."
            ),
        )
        raise BrokerDown(session) from error
    return session
