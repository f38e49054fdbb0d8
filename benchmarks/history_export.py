"""P9: the whole history as CSV, and the program that takes it (`python -m …`)."""

import json
import sys
import time
from collections.abc import Iterator
from statistics import median

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
    peak = max(file.peak for file in files) / 1e6
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
    """Request the file as a browser does, count its bytes and forget them."""
    import django  # noqa: PLC0415  (the settings are in the environment)

    django.setup()
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.test import Client, override_settings  # noqa: PLC0415

    from freesport.operations import OPERATIONS  # noqa: PLC0415

    with override_settings(ALLOWED_HOSTS=["testserver"]):
        client = Client()
        client.force_login(get_user_model()._default_manager.get(username=_CHIEF))  # noqa: SLF001
        started = time.perf_counter()
        response = client.get(OPERATIONS[0].url("history"), {"_export": "csv"})
        pieces: Iterator[bytes] = response.streaming_content  # type: ignore[attr-defined]  # it streams
        length = sum(map(len, pieces))
        seconds = time.perf_counter() - started
    sys.stdout.write(json.dumps({"seconds": seconds, "bytes": length}) + "\n")


if __name__ == "__main__":
    main()
