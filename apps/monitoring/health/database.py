"""The database, asked on a connection of its own."""

from contextlib import closing

from django.db import connection
from django.db.utils import DatabaseError, InterfaceError
from django.utils.translation import gettext as _

from .components import ComponentHealth, State

# Seconds; the least that libpq honours.
CONNECT_TIMEOUT = 2


def database_health() -> ComponentHealth:
    """Say whether the database lets us in and answers a query, within about two seconds."""
    try:
        _ask()
    except (DatabaseError, InterfaceError):
        return ComponentHealth(
            "database",
            _("Database"),
            State.DOWN,
            _("The database does not answer: neither the shop nor imports can work."),
            _("Ask your administrator to start PostgreSQL and to look into its log."),
        )
    return ComponentHealth("database", _("Database"), State.OK, _("The database answers."))


def _ask() -> None:
    """Connect anew: the request's own connection may be older than the trouble."""
    own = connection.copy()
    own.settings_dict["OPTIONS"] = own.settings_dict["OPTIONS"] | {
        "connect_timeout": CONNECT_TIMEOUT
    }
    with closing(own), own.cursor() as cursor:
        cursor.execute("SELECT 1")
