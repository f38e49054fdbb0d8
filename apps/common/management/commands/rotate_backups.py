"""`manage.py rotate_backups`: removes old backups, never the last that can be read."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.common.backups import BackupError, rotate_backups
from apps.common.backups.rotation import KEEP


class Command(BaseCommand):
    """Remove all but the newest backups from BACKUP_DIR and print what went.

    Files that a person named (`backup_db --output`) do not count and stay. Exit codes: 0 done, 1
    failed (no backup can be read: all stay), 2 wrong options, 130 interrupted.
    """

    help = "Remove old backups from BACKUP_DIR, but never the last one that can be read."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--keep`."""
        parser.add_argument(
            "--keep",
            type=_at_least_one,
            default=KEEP,
            metavar="N",
            help=_("how many of the newest backups stay (default: %(default)s)"),
        )

    def handle(self, *args: Any, keep: int, **options: Any) -> None:  # noqa: ARG002
        """Rotate."""
        try:
            rotation = rotate_backups(keep)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(_("Interrupted."), returncode=130) from None
        for path in rotation.removed:
            self.stdout.write(_("Removed %s") % path)
        for path in rotation.kept:
            self.stdout.write(_("Kept %s") % path)
        if rotation.spared:
            self.stdout.write(
                _("Kept %s as well: none of the newer ones can be read.") % rotation.spared
            )


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(_("must be at least 1"))
    return number
