"""`manage.py restore_db`: puts a backup in the place of the database."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from apps.common.backups import (
    BackupCancelled,
    BackupError,
    DumpFacts,
    RestoreRefused,
    current_database,
    examine,
    restore,
)
from apps.products.imports.command import (
    EXIT_BUSY,
    EXIT_CANCELLED,
    EXIT_FAILED,
    EXIT_USAGE,
    facts_of,
    stop_on_signal,
)
from apps.products.imports.stopping import StopWish
from apps.products.models import ImportSession
from apps.products.sessions import lifecycle, restoring
from apps.products.sessions.errors import ImportBusy
from apps.products.sessions.recovery import recover


class Command(BaseCommand):
    """Replace everything in the database by what a backup holds, in one transaction.

    It says what the backup is and which database goes, and asks on the terminal for the database's
    name; `--yes` answers beforehand. No import starts meanwhile, and none that the backup shows as
    running stays so. Exit codes: 0 restored, 1 failed (the database is as it was), 2 wrong
    options, 75 an import is active, 130 interrupted.
    """

    help = "Replace everything in the database by what a backup holds."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--input`, `--yes` and `--no-input`."""
        parser.add_argument(
            "--input",
            required=True,
            type=_file,
            dest="path",
            metavar="FILE",
            help=_("the backup to restore"),
        )
        parser.add_argument(
            "--yes", action="store_true", help=_("do not ask: the database may be replaced")
        )
        parser.add_argument(
            "--no-input",
            "--noinput",
            action="store_false",
            dest="interactive",
            help=_("never ask; without --yes that refuses"),
        )

    def handle(
        self, *_args: Any, path: Path, yes: bool, interactive: bool, **_options: Any
    ) -> None:
        """Restore.

        Raises:
            CommandError: with the exit code, unless the database was restored.
        """
        if not yes and not (interactive and sys.stdin.isatty()):
            raise CommandError(
                _("Nobody can be asked whether the database may be replaced: say so with --yes."),
                returncode=EXIT_USAGE,
            )
        stop = StopWish()
        try:
            database = current_database()
            _refuse_while_active()
            with stop_on_signal(stop, listen=True):
                facts = examine(path, stop=stop.is_set)
            self._show(facts, database)
            if not yes:
                _ask(database)
            with stop_on_signal(stop, listen=True):
                self._restore(path, stop)
        except ImportBusy as error:
            raise CommandError(f"{error}\n{facts_of(error)}", returncode=EXIT_BUSY) from error
        except (BackupCancelled, KeyboardInterrupt):
            raise CommandError(
                _("Interrupted: the database was left as it was."), returncode=EXIT_CANCELLED
            ) from None
        except BackupError as error:
            raise CommandError(str(error), returncode=EXIT_FAILED) from error

    def _show(self, facts: DumpFacts, database: str) -> None:
        size = facts.size / 10**6
        host, port = connection.settings_dict["HOST"], connection.settings_dict["PORT"]
        lines = [
            _("Backup:   %(path)s (%(size).1f MB)") % {"path": facts.path, "size": size},
            _("Made:     %(made)s, of the database %(database)s (PostgreSQL %(version)s)")
            % {
                "made": facts.made,
                "database": facts.database,
                "version": facts.server_version,
            },
            _("Verified: read back whole just now"),
            _("Replaces: everything in the database %(database)s on %(host)s")
            % {"database": database, "host": f"{host or 'localhost'}:{port or 5432}"},
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _restore(self, path: Path, stop: StopWish) -> None:
        try:
            done = restore(path, guard=restoring.guard(), verified=True, stop=stop.is_set)
        except RestoreRefused as error:
            raise ImportBusy(_active()) from error
        self.stdout.write(
            _("%(database)s was restored in %(seconds).1f s.")
            % {"database": done.database, "seconds": done.seconds}
        )
        if _is_older_than_this_program():
            self.stdout.write(
                _("The backup is older than this program: run `manage.py migrate` now.")
            )


def _refuse_while_active() -> None:
    """Say it before anybody reads a large file; what counts is the guard inside the restore.

    Raises:
        ImportBusy: an import is active, or another restore.
    """
    session = _active()
    if session is not None:
        raise ImportBusy(session)


def _active() -> ImportSession | None:
    """Give the active import, unless its process is gone: then it is ended."""
    try:
        with transaction.atomic():
            restoring.keep_restores_out()
        recover()
        return lifecycle.active_session()
    except ProgrammingError:  # the table is not there, or not as this program knows it
        return None


def _ask(database: str) -> None:
    prompt = _("Type the database's name to replace it, anything else to leave it: ")
    try:
        answer = input(prompt)
    except EOFError:
        answer = ""
    if answer.strip() != database:
        raise CommandError(
            _("The answer is not “%(database)s”: the database was left as it was.")
            % {"database": database},
            returncode=EXIT_FAILED,
        )


def _is_older_than_this_program() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _file(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError(_("must name a file"))
    return Path(text)
