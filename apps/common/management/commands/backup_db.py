"""`manage.py backup_db`: a verified backup of the database, made now."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.common.backups import BackupError, make_backup


class Command(BaseCommand):
    """Dump the database, read the dump back whole and print its path.

    Standard output holds the path alone; size and time go to standard error. Exit codes: 0 done,
    1 failed (nothing is left under the final name), 2 wrong options, 130 interrupted.
    """

    help = "Make a verified backup of the database and print its path."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--output`."""
        parser.add_argument(
            "--output",
            type=_file_name,
            metavar="FILE",
            help=_(
                "file to write; an earlier dump there is replaced (default: a new file in "
                "BACKUP_DIR, named by database, time and check sum)"
            ),
        )

    def handle(self, *args: Any, output: Path | str | None, **options: Any) -> None:  # noqa: ARG002
        """Make the backup."""
        try:
            backup = make_backup(Path(output) if output else None)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(_("Interrupted: no backup was made."), returncode=130) from None
        self.stdout.write(str(backup.path))
        if options["verbosity"] > 0:
            self.stderr.write(
                _("%(size).1f MB in %(seconds).1f s, read back whole.")
                % {"size": backup.size / 10**6, "seconds": backup.seconds},
                style_func=str,
            )


def _file_name(text: str) -> Path:
    if not text or text.endswith("/"):
        raise argparse.ArgumentTypeError(_("must name a file"))
    return Path(text)
