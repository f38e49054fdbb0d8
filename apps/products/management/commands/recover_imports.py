"""End import sessions whose process is gone. Pages, triggers and workers do so by themselves."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.products.sessions import leases
from apps.products.sessions.lifecycle import active_session
from apps.products.sessions.recovery import recover


class Command(BaseCommand):
    """Look once, say what was found."""

    help = "End import sessions whose process is gone, and remind workers of queued ones."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Recover, and tell what is left."""
        for session in recover():
            self.stdout.write(f"{session}. {session.error_message}")
        active = active_session()
        if active is None:
            self.stdout.write(_("No import is active: the next one can start."))
            return
        for pulse in leases.pulses(frozenset({active.status}), session_id=active.pk):
            seconds = int(pulse.silent.total_seconds())
            sign = ngettext(
                "last sign of life %(count)d second ago",
                "last sign of life %(count)d seconds ago",
                seconds,
            ) % {"count": seconds}
            self.stdout.write(
                _("%(session)s: it is alive, %(sign)s.") % {"session": active, "sign": sign}
            )
