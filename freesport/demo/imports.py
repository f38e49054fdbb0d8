"""The demo's imports: handed to the worker like the portal's own, watched on the terminal."""

import time
from collections.abc import Iterator
from typing import Never

from tqdm import tqdm

from apps.products.figures import ENTITIES
from apps.products.models import ImportSession
from apps.products.sessions.errors import SessionError
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import FINAL, Status
from apps.products.sessions.submit import submit
from apps.users.models import User
from freesport.demo.children import Child
from freesport.demo.console import table
from freesport.demo.errors import DemoError

STALLED_AFTER = 120.0
COLUMNS = ("read", "created", "updated", "unchanged", "hidden", "skipped", "failed", "absent")


def run_import(parameters: Parameters, worker: Child) -> ImportSession:
    """Import through Celery and wait for the end.

    Raises:
        DemoError: it did not complete, or could not be started; with the reason.
    """
    try:
        session = submit(parameters, user=User.objects.get(username="admin"))
    except SessionError as error:
        raise DemoError(f"The import could not be started. {error}") from error
    session = _watch(session, worker)
    if session.status != Status.COMPLETED:
        raise DemoError(
            f"Import #{session.pk} ended as {session.status}: {session.error_message} "
            f"{worker.last_words()}"
        )
    return session


def _watch(session: ImportSession, worker: Child) -> ImportSession:
    """Draw the session's progress until it ends. Off a terminal there is no bar."""
    moved = time.monotonic()
    with tqdm(desc=f"Import #{session.pk}", unit=" records", disable=None) as bar:
        while session.status not in FINAL:
            worker.check()
            time.sleep(0.2)
            before = _position(session)
            session.refresh_from_db()
            if _position(session) != before:
                moved = time.monotonic()
            if time.monotonic() - moved > STALLED_AFTER:
                raise DemoError(f"Import #{session.pk} does not move. {worker.last_words()}")
            _draw(bar, session)
    return session


def _position(session: ImportSession) -> tuple[str, str, int]:
    return session.status, session.stage, session.progress_done


def _draw(bar: "tqdm[Never]", session: ImportSession) -> None:
    bar.total = session.progress_total
    bar.set_postfix_str(session.stage, refresh=False)
    bar.update(session.progress_done - bar.n)


def report(session: ImportSession) -> Iterator[str]:
    """Give the lines that tell a session with its counters."""
    seconds = (session.duration_ms or 0) / 1000
    yield (
        f"Session #{session.pk}: {session.import_type}, {session.status} in {seconds:.1f} s, "
        f"{session.warning_count} warnings, {session.error_count} errors"
    )
    rows = [
        (entity, *(session.counters[entity].get(column, 0) for column in COLUMNS))
        for entity in (*ENTITIES, "total")
        if entity in session.counters
    ]
    yield from table(("", *COLUMNS), rows)
