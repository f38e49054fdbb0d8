"""Pages do not wait for ever for a table that a restore or a migration holds locked.

Without a limit such a page hangs until the work is done, and with it the web server's threads, one
after the other. With it the page says what goes on, and the server answers everybody else.
"""

from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from psycopg2.errors import LockNotAvailable

LOCK_WAIT = "5s"
"""Longer than a chunk of an import holds its rows, shorter than a reader's patience."""
RETRY_AFTER = 60


def limit_lock_waits() -> None:
    """Let this process, a web server's, wait no longer than `LOCK_WAIT` for any lock."""
    connection_created.connect(_limit, dispatch_uid="freesport.patience")


def _limit(connection: BaseDatabaseWrapper, **_details: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_WAIT])


class LockedAnswer:
    """Middleware: the answer to a page whose lock did not come is 503 and a sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:  # noqa: ARG002  (Django's signature)
        """Answer for a view that waited in vain; leave every other error alone."""
        waited = isinstance(error, OperationalError) and isinstance(
            error.__cause__, LockNotAvailable
        )
        if not waited:
            return None
        text = _(
            "The database is busy: it is being restored or rebuilt, or an import holds what this "
            "page needs. Try again in a minute."
        )
        return HttpResponse(
            text,
            status=503,
            headers={"Retry-After": str(RETRY_AFTER)},
            content_type="text/plain; charset=utf-8",
        )
