"""Cancelling in two phases: a request at once, an end when the process at work has heard it."""

from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from ..models import ImportLogLine, ImportSession
from ..models.sessions import LogLevel
from . import leases
from .ending import end
from .leases import Wish
from .states import RUNNING, Status, sources_of

# An open chunk holds the session's row. The request does not need it, only its display does.
_WAIT_FOR_ROW = "1s"


class Cancelled(Enum):
    """What became of a wish to cancel."""

    AT_ONCE = auto()  # nobody had begun: it is over
    REQUESTED = auto()  # the process stops at the end of its chunk
    TOO_LATE = auto()  # it had ended before


@dataclass(frozen=True)
class Cancellation:
    """A session after a wish to cancel it."""

    session: ImportSession
    outcome: Cancelled


def cancel(session: ImportSession, wish: Wish) -> Cancellation:
    """Cancel a session that has not begun; ask the process of one that runs to stop.

    What is committed stays. Asking twice is harmless; the first reason stands.
    """
    unstarted = ImportSession.objects.filter(
        pk=session.pk, status__in=(Status.WAITING, Status.PENDING)
    )
    if ended := end(unstarted, Status.CANCELLED, error=_before_it_began(wish)):
        return Cancellation(ended, Cancelled.AT_ONCE)
    running = ImportSession.objects.filter(pk=session.pk, status__in=RUNNING).exists()
    if not running or not leases.ask_to_cancel(session.pk, wish):
        session.refresh_from_db()
        return Cancellation(session, Cancelled.TOO_LATE)
    ImportLogLine.objects.create(
        session_id=session.pk,
        code="cancel_requested",
        level=LogLevel.WARNING,
        params={"who": wish.by, "reason": wish.reason},
    )
    _show_it(session.pk)
    session.refresh_from_db()
    return Cancellation(session, Cancelled.REQUESTED)


def _show_it(session_id: int) -> None:
    """Set the status, if the row can be had soon; the request itself does not depend on it."""
    target = Status.CANCELLING
    with suppress(OperationalError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_WAIT_FOR_ROW])
        ImportSession.objects.filter(pk=session_id, status__in=sources_of(target)).update(
            status=target
        )


def _before_it_began(wish: Wish) -> str:
    return sentence(_("Cancelled by %(who)s before it began. Nothing was imported."), wish)


def sentence(text: str, wish: Wish) -> str:
    """Fill in who wanted it, and add why."""
    filled = text % {"who": wish.by or "—"}
    if not wish.reason:
        return filled
    reason = _("Reason: %(reason)s") % {"reason": wish.reason}
    return f"{filled} {reason}"
