"""What can go wrong with a session, each with a sentence for its reader."""

from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import ImportSession


class SessionError(Exception):
    """Base of this module's errors."""


class ImportBusy(SessionError):
    """Another import holds the one place. `session` is that import."""

    def __init__(self, session: ImportSession | None) -> None:
        super().__init__(busy_sentence(session))
        self.session = session


class BeingRestored(ImportBusy):
    """The table of sessions is locked: a restore or a migration is at work. No row was written."""

    def __init__(self) -> None:
        SessionError.__init__(
            self,
            _(
                "The database is being restored or rebuilt at this moment, so no import can "
                "start. Try again in a few minutes."
            ),
        )
        self.session = None


class NotClaimable(SessionError):
    """The session is not queued (any more): another process has it, or it has ended."""

    def __init__(self, session_id: int) -> None:
        super().__init__(
            _("Session #%(id)s is not queued: it was claimed before, or has ended.")
            % {"id": session_id}
        )


class OwnershipLost(SessionError):
    """The session was taken away while its process worked: nothing more may be written."""

    def __init__(self, session_id: int) -> None:
        super().__init__(
            _("Session #%(id)s no longer belongs to this process. The open chunk was rolled back.")
            % {"id": session_id}
        )


class CancelAsked(SessionError):
    """Somebody asked the process at work to stop; the lease says who and why."""


class BrokerDown(SessionError):
    """The task could not be handed to a worker; `session` is marked failed."""

    def __init__(self, session: ImportSession) -> None:
        super().__init__(session.error_message)
        self.session = session


def busy_sentence(session: ImportSession | None) -> str:
    """Say which import is active, of what type, who started it and when."""
    if session is None:
        return _("Another import was active a moment ago. Try again.")
    since = timezone.localtime(session.started_at or session.created_at)
    return _(
        "Import #%(id)s (%(type)s) is active: started by %(who)s at %(since)s. "
        "Wait until it has ended, or cancel it."
    ) % {
        "id": session.pk,
        "type": session.get_import_type_display(),
        "who": session.requested_by_name or session.get_trigger_display(),
        "since": f"{since:%Y-%m-%d %H:%M:%S %Z}",
    }
