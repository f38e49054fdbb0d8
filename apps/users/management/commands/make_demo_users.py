"""`manage.py make_demo_users`: people to log in as in a demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.users.demo import DEMO_PASSWORD, DEMO_USERS, make_demo_user


class Command(BaseCommand):
    """Makes `admin` (superuser), `operator` and `viewer` and prints how to log in.

    The password is fixed and the same for all, because whoever tries the demonstration should not
    have to look for it. That makes it worthless as a secret: the command refuses to work unless
    DEBUG is on, or `--i-know` says that the risk is understood. An account that exists already
    keeps its password, its groups and its rights, so that repeating the command changes nothing.

    Exit codes: 0 done, 1 refused.
    """

    help = "Make the users of the demonstration: admin, operator, viewer."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option."""
        parser.add_argument(
            "--i-know",
            action="store_true",
            help=_("make users with a publicly known password although DEBUG is off"),
        )

    def handle(self, *, i_know: bool, **_options: Any) -> None:
        """Make those that are missing.

        Raises:
            CommandError: DEBUG is off and nobody said that they know.
        """
        if not (settings.DEBUG or i_know):
            raise CommandError(
                _(
                    "Refused: the password of the demonstration's users is public, and DEBUG is "
                    "off, so this may be a real shop. Make real users with `manage.py "
                    "createsuperuser`, or repeat the command with --i-know."
                )
            )
        for demo in DEMO_USERS:
            made = make_demo_user(demo)
            note = (
                _("password: %(password)s") % {"password": DEMO_PASSWORD}
                if made
                else _("exists already, left as it is")
            )
            self.stdout.write(f"{demo.username:<10} {note}")
