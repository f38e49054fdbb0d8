"""P9: the whole history as CSV, and the program that takes it (`python -m …`)."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any
from wsgiref.util import setup_testing_defaults

from psycopg2 import sql

from .goals import BY_NAME, Result
from .history_rows import empty_history, fill_history
from .programs import Measured, export_history
from .server import connect, settle
from .sizes import Sizes, repeats, taken

# What the file holds, as it lies in the table.
_COLUMNS = (
    *("id", "import_type", "status", "dry_run", "requested_by_name", "trigger", "started_at"),
    *("duration_ms", "changed_count", "error_count", "warning_count"),
)
_CHIEF = "chief"


class _Sink:
    """Takes what COPY sends and forgets it."""

    def write(self, data: bytes) -> int:
        """Forget it."""
        return len(data)


def measure_export(sizes: Sizes) -> Iterator[Result]:
    """Measure COPY and the export by turns."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415  (needs loaded apps)

    users = get_user_model()._default_manager  # noqa: SLF001  (the documented way to it)
    chief = users.create(username=_CHIEF, is_staff=True, is_superuser=True)
    fill_history(sizes.history, [(chief.pk, _CHIEF)])
    copies: list[float] = []
    files: list[Measured] = []
    for _ in range(repeats(sizes.history)):
        settle()
        copies.append(_copy())
        files.append(export_history())
    empty_history()
    seconds = median(file.seconds for file in files)
    peak = max(int(file.answer["peak"]) for file in files) / 1e6
    yield Result(
        BY_NAME["P9"],
        (median(copies) / seconds, peak),
        f"{sizes.history:,} sessions in {seconds:.2f} s, {files[0].answer['bytes'] / 1e6:.0f} MB, "
        f"COPY of the same columns {median(copies):.2f} s, {taken(sizes.history)}",
    )


def _copy() -> float:
    columns = sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
    statement = sql.SQL(
        "COPY (SELECT {} FROM import_sessions ORDER BY id DESC) TO STDOUT (FORMAT csv)"
    )
    with connect() as connection, connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.copy_expert(statement.format(columns), _Sink())
        return time.perf_counter() - started


def main() -> None:
    """Request the file as a web server does, count its bytes and forget them."""
    os.environ["ALLOWED_HOSTS"] = "127.0.0.1"
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415  (settings read that)

    application = get_wsgi_application()
    environ = _request()
    statuses: list[str] = []

    def begin(status: str, *_rest: Any) -> Callable[[bytes], object]:
        statuses.append(status)
        return len  # nobody writes by it: the application gives the pieces

    started = time.perf_counter()
    pieces = application(environ, begin)
    length = sum(map(len, pieces))
    seconds = time.perf_counter() - started
    if statuses != ["200 OK"]:
        raise RuntimeError(f"The export was answered with {statuses}.")
    answer = {"seconds": seconds, "bytes": length, "peak": _peak()}
    sys.stdout.write(json.dumps(answer) + "\n")


def _request() -> dict[str, Any]:
    """Give the request of somebody who may export and is logged in."""
    from django.conf import settings  # noqa: PLC0415  (needs loaded apps)
    from django.contrib import auth  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415

    from freesport.operations import OPERATIONS  # noqa: PLC0415

    chief = auth.get_user_model()._default_manager.get(username=_CHIEF)  # noqa: SLF001
    session = SessionStore()
    session[auth.SESSION_KEY] = str(chief.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = chief.get_session_auth_hash()
    session.save()
    environ: dict[str, Any] = {
        "PATH_INFO": OPERATIONS[0].url("history"),
        "QUERY_STRING": "_export=csv",
        "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={session.session_key}",
    }
    setup_testing_defaults(environ)
    return environ


def _peak() -> int:
    """Give this program's peak memory in bytes.

    What the system tells of an ended child begins with its parent's, from before it was a program
    of its own; Linux knows better.
    """
    told = Path("/proc/self/status")
    if told.is_file():
        lines = dict(line.split(":", 1) for line in told.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main()
