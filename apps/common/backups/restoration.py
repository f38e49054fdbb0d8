"""Brings a database back to what a dump holds, in one transaction: wholly, or not at all."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from .errors import BackupCancelled, BackupError, RestoreRefused, from_os_error
from .files import MAGIC
from .processes import ProgramFailed, Stop, run_program
from .programs import Programs, newest_programs, programs_for
from .replacement import REFUSAL, Guard, replace_content
from .target import Target, access, current_target
from .verification import never, verify

LOCK_WAIT = 30.0
"""Seconds to wait for tables that others hold locked."""

# Archive format -> first major version whose pg_restore reads it (pg_backup_archiver.h).
_READ_SINCE = {(1, 14): 12, (1, 15): 16, (1, 16): 17}
_NO_GUARD = Guard()


@dataclass(frozen=True)
class Restored:
    """A finished restore: into which database, and how many seconds it took."""

    database: str
    seconds: float


def restore(
    path: Path,
    *,
    database: str | None = None,
    guard: Guard = _NO_GUARD,
    verified: bool = False,
    stop: Stop | None = None,
    lock_wait: float = LOCK_WAIT,
) -> Restored:
    """Replace everything in a database by what a dump holds; on any error it stays as it was.

    The dump is verified first. Objects belong to the account that restores. Others wait for their
    tables until the end. Afterwards Django's connection is closed: the next query opens a new one.

    Args:
        path: a dump that :func:`make_backup` made.
        database: an existing database on the same server; default: Django's own.
        guard: SQL of the caller's, first and last in the transaction: whether no import runs, for
            example.
        verified: the caller has just read the dump whole: it need not be read again.
        stop: asked several times a second; True rolls back. Not asked any more during the COMMIT.
        lock_wait: seconds to wait for locked tables.

    Raises:
        DumpBroken: the file is damaged; the database was not touched.
        BackupCancelled: `stop` said so; the database was not touched.
        RestoreRefused: the guard said so; the database was not touched.
        BackupError: anything else; the sentence says what failed and what to do.
    """
    begun = time.monotonic()
    stop = stop or never
    if connection.in_atomic_block:
        raise BackupError(
            _("A restore cannot run inside a transaction: its own locks would block it.")
        )
    target = current_target()
    if database is not None:
        target = target.with_database(database)
    if not verified:
        verify(path, stop=stop)
    try:
        programs = _programs(path, target)
        replace_content(path, target, programs, guard=guard, stop=stop, lock_wait=lock_wait)
    except ProgramFailed as failure:
        # A service manager's SIGTERM reaches psql as well as us: no failure of its own.
        if stop():
            raise BackupCancelled from None
        raise _failed(failure, target) from None  # its words may hold what must not be shown
    except OSError as error:
        raise from_os_error(error, path) from error
    _analyze(target, programs, stop)
    connection.close()
    return Restored(target.database, time.monotonic() - begun)


def _programs(path: Path, target: Target) -> Programs:
    with path.open("rb") as file:
        major, minor = file.read(len(MAGIC) + 2)[len(MAGIC) :]
    needed = _READ_SINCE.get((major, minor)) or newest_programs().major
    return programs_for(target.server_major, at_least=needed)


def _analyze(target: Target, programs: Programs, stop: Stop) -> None:
    """Give the planner its figures now; whatever prevents it, autovacuum does it later."""
    command = [programs.path("psql"), "--no-psqlrc", "--no-password", "--command=ANALYZE"]
    with suppress(ProgramFailed, BackupCancelled), access(target) as granted:
        run_program([*command, target.option], granted, stop)


def _failed(failure: ProgramFailed, target: Target) -> BackupError:
    if REFUSAL in failure.words:
        return RestoreRefused()
    values = {"database": target.database, "reason": target.redact(failure.reason)}
    if failure.disk_full:
        sentence = _(
            "%(database)s was left as it was: its server has no space left (%(reason)s). Free some "
            "space there, then try again."
        )
    elif "lock timeout" in failure.words or "deadlock detected" in failure.words:
        sentence = _(
            "%(database)s was left as it was: another process holds a table locked (%(reason)s). "
            "Stop the worker and the web server, and try again."
        )
    else:
        sentence = _(
            "%(database)s was left as it was: %(reason)s. Correct what PostgreSQL complains about, "
            "or restore into an empty database."
        )
    return BackupError(sentence % values)
