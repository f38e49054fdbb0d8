"""Cancelling and recovering sessions on behalf of staff, with an answer in words."""

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from apps.products.models import ImportSession
from apps.products.sessions import leases
from apps.products.sessions.cancelling import Cancelled, cancel
from apps.products.sessions.leases import Wish
from apps.products.sessions.recovery import recover, take_away
from apps.products.sessions.states import RUNNING, Status
from ops_portal.operations import Answer


def cancelled(session: ImportSession, user: AbstractBaseUser, reason: str) -> Answer:
    """Cancel a session, or say that it is over."""
    if session.status in {Status.COMPLETED, Status.FAILED, Status.CANCELLED}:
        return _over(session)
    cancellation = cancel(session, Wish(user.get_username(), reason))
    if cancellation.outcome is Cancelled.AT_ONCE:
        text = _("Session #%(id)s is cancelled. It had not begun, so nothing was imported.")
    elif cancellation.outcome is Cancelled.REQUESTED:
        text = _(
            "Session #%(id)s stops after the present step. What it has saved until then stays; "
            "this page will say how much that is."
        )
    else:
        return _over(cancellation.session)
    return Answer(text % {"id": session.pk})


def recovered(session: ImportSession, user: AbstractBaseUser) -> Answer:
    """End a session that is lost or stalled; leave one alone that does its work."""
    if any(ended.pk == session.pk for ended in recover()):
        return _ended(session)
    pulse = next(iter(leases.pulses(RUNNING, session_id=session.pk)), None)
    if pulse is None:
        session.refresh_from_db()
        if session.status in {Status.WAITING, Status.PENDING}:
            return Answer(
                _("Session #%(id)s has not begun, so there is nothing to recover. Cancel it.")
                % {"id": session.pk},
                done=False,
            )
        return _over(session)
    if not pulse.stalled:
        return Answer(
            _(
                "Session #%(id)s is alive: its last sign of life came %(seconds)d seconds ago. "
                "To stop it, cancel it."
            )
            % {"id": session.pk, "seconds": pulse.silent.total_seconds()},
            done=False,
        )
    reason = _(
        "%(who)s ended this session: it had saved nothing for %(minutes)d minutes. What it saved "
        "before stays. Run the import again: that completes it."
    ) % {"who": user.get_username(), "minutes": pulse.unmoved.total_seconds() // 60}
    return _ended(session) if take_away(session.pk, reason) else _over(session)


def _ended(session: ImportSession) -> Answer:
    return Answer(
        _("Session #%(id)s was ended. The way is free for the next import.") % {"id": session.pk}
    )


def _over(session: ImportSession) -> Answer:
    return Answer(
        _("Session #%(id)s is over already: %(status)s.")
        % {"id": session.pk, "status": session.get_status_display().lower()},
        done=False,
    )
