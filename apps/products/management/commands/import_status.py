"""`manage.py import_status`: what an import session is doing, or how it ended, for scripts."""

import json
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.products.imports.command import EXIT_BUSY, EXIT_FAILED, facts_of, figures
from apps.products.models import ImportSession
from apps.products.sessions.errors import ImportBusy
from apps.products.sessions.lifecycle import active_session
from apps.products.sessions.recovery import recover
from apps.products.sessions.restoring import keep_restores_out
from apps.products.sessions.states import ACTIVE

# A new version's other columns may not be there yet when a script asks before it migrates.
TOLD_WHEN_BUSY = [
    "import_type",
    "status",
    "trigger",
    "requested_by_name",
    "created_at",
    "started_at",
]


class Command(BaseCommand):
    """Show one session: the one named, or the active one, or the last one.

    Exit codes: 0 shown, however the session ended; 1 no such session; 2 wrong options; 75 while the
    database is being restored, and with `--require-idle` while an import is active, in the words
    that an import itself would use.
    """

    help = "Show an import session: the one named, else the active one, else the last one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the session's number and the options."""
        parser.add_argument(
            "session", nargs="?", type=int, metavar="ID", help=_("number of the session")
        )
        parser.add_argument("--json", action="store_true", help=_("print one line of JSON"))
        parser.add_argument(
            "--require-idle",
            action="store_true",
            help=_("show nothing; exit with 75 and say who imports while an import is active"),
        )

    def handle(
        self,
        *_args: Any,
        session: int | None,
        require_idle: bool,
        **options: Any,
    ) -> None:
        """Print the session.

        Raises:
            CommandError: there is none (1), or one is active that must not be (75).
        """
        try:
            if require_idle:
                _require_idle()
                return
            _look_for_the_dead()
        except ImportBusy as busy:
            raise CommandError(f"{busy}\n{facts_of(busy)}", returncode=EXIT_BUSY) from busy
        found = _find(session)
        if options["json"]:
            # Pure ASCII: no console's code page spoils the names in it.
            self.stdout.write(json.dumps(_facts(found)))
        else:
            self.stdout.write("\n".join(_words(found)))


def _require_idle() -> None:
    """Raise `ImportBusy` while an import is active; works before this version's migrations ran."""
    if ImportSession._meta.db_table not in connection.introspection.table_names():  # noqa: SLF001
        return
    with suppress(ProgrammingError):  # then the import that follows looks, in migrated tables
        _look_for_the_dead()
    active = ImportSession.objects.filter(status__in=ACTIVE).only(*TOLD_WHEN_BUSY).first()
    if active:
        raise ImportBusy(active)


def _look_for_the_dead() -> None:
    """End sessions whose process is gone, so that none is taken for running.

    Raises:
        BeingRestored: after a second, instead of waiting for the restore's end.
    """
    with transaction.atomic():
        keep_restores_out()
    recover()


def _find(number: int | None) -> ImportSession:
    if number is None:
        session = active_session() or ImportSession.objects.first()
        if session is None:
            raise CommandError(_("No import was ever started."), returncode=EXIT_FAILED)
        return session
    session = ImportSession.objects.filter(pk=number).first()
    if session is None:
        raise CommandError(
            _("There is no import session #%(id)d. Without a number the last one is shown.")
            % {"id": number},
            returncode=EXIT_FAILED,
        )
    return session


def _facts(session: ImportSession) -> dict[str, Any]:
    """Give what `--json` prints (docs/architecture.md)."""
    return {
        "id": session.pk,
        "import_type": session.import_type,
        "status": session.status,
        "active": session.is_active,
        "dry_run": session.dry_run,
        "trigger": session.trigger,
        "started_by": session.requested_by_name,
        "stage": session.stage,
        "done": session.progress_done,
        "total": session.progress_total,
        "created_at": session.created_at.isoformat(),
        "started_at": session.started_at.isoformat() if session.started_at else None,
        "finished_at": session.finished_at.isoformat() if session.finished_at else None,
        "counters": session.counters,
        "issues": {"warning": session.warning_count, "error": session.error_count},
        "error": session.error_message,
    }


def _words(session: ImportSession) -> list[str]:
    lines = [
        str(session) + (_(" (dry run)") if session.dry_run else ""),
        _("  started by %(who)s (%(trigger)s)")
        % {"who": session.requested_by_name or "—", "trigger": session.get_trigger_display()},
    ]
    for name, moment in (
        (_("queued"), session.created_at),
        (_("started"), session.started_at),
        (_("finished"), session.finished_at),
    ):
        if moment:
            lines.append(f"  {name}: {timezone.localtime(moment):%Y-%m-%d %H:%M:%S %Z}")
    if session.progress_total:
        lines.append(
            _("  records: %(done)d of %(total)d %(stage)s")
            % {
                "done": session.progress_done,
                "total": session.progress_total,
                "stage": session.stage and f"({session.stage})",
            }
        )
    if session.error_message:
        lines.append(f"  {session.error_message}")
    return [line.rstrip() for line in (*lines, *figures(session))]
