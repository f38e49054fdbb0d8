"""`manage.py clear_abandoned_carts`: delete the carts that nobody came back to."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.cart.abandoned import abandoned_carts, delete_abandoned_carts


class Command(BaseCommand):
    """Deletes carts untouched for `--days` days, with their items, and prints how many.

    Exit codes: 0 done, 2 wrong options.
    """

    help = "Delete carts that nobody has touched for a while."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--days",
            type=int,
            metavar="N",
            help=_("days without a touch (default: the setting CART_ABANDONED_AFTER_DAYS)"),
        )
        parser.add_argument(
            "--dry-run", action="store_true", help=_("count the carts, delete nothing")
        )

    def handle(self, *, days: int | None, dry_run: bool, **_options: Any) -> None:
        """Delete or count.

        Raises:
            CommandError: `days` is below 1.
        """
        if days is None:
            days = settings.CART_ABANDONED_AFTER_DAYS
        if days < 1:
            raise CommandError(_("--days must be 1 or more."), returncode=2)
        if dry_run:
            count = abandoned_carts(days).count()
            text = ngettext(
                "%d abandoned cart would be deleted.",
                "%d abandoned carts would be deleted.",
                count,
            )
        else:
            count = delete_abandoned_carts(days)
            text = ngettext("%d abandoned cart deleted.", "%d abandoned carts deleted.", count)
        self.stdout.write(text % count)
