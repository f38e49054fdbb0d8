"""Brings a database back to what a dump holds, in one transaction: wholly, or not at all.

pg_restore writes the SQL and psql runs it. The COMMIT is sent by us, and only after pg_restore has
come to the end of the dump without an error, so that a torn stream can never be taken for a whole
one. (pg_restore alone would leave tables that the dump does not know, and with them a history of
migrations that does not fit; and one newer than version 16 cannot restore into an older server.)
"""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from .errors import BackupCancelled, BackupError, from_os_error, full_disk
from .files import MAGIC
from .processes import ProgramFailed, Running, Stop, started
from .programs import Programs, newest_programs, programs_for
from .target import Access, Target, access, current_target, handed_on_environment
from .verification import never, verify

LOCK_WAIT = 30.0
"""Seconds to wait for tables that others hold locked."""
BLOCK = 1 << 20

# Archive format -> first major version whose pg_restore reads it (pg_backup_archiver.h).
_READ_SINCE = {(1, 14): 12, (1, 15): 16, (1, 16): 17}
# Written by pg_restore 17 and newer, unknown to older servers.
_UNKNOWN_SETTING = b"SET transaction_timeout = 0;\n"
_HEAD_LINES = 40

# Everything with rows or a definition of its own; what extensions brought along stays with them.
_EMPTY_DATABASE = """
DO $empty$
DECLARE relation record;
BEGIN
    FOR relation IN
        SELECT n.nspname, c.relname, CASE c.relkind
                WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
          AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                          AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY c.relkind = 'S'
    LOOP
        EXECUTE format('DROP %s IF EXISTS %I.%I CASCADE',
                       relation.kind, relation.nspname, relation.relname);
    END LOOP;
END
$empty$;
"""


@dataclass(frozen=True)
class Restored:
    """A finished restore: into which database, and how many seconds it took."""

    database: str
    seconds: float


def restore(
    path: Path,
    *,
    database: str | None = None,
    stop: Stop | None = None,
    lock_wait: float = LOCK_WAIT,
) -> Restored:
    """Replace everything in a database by what a dump holds; on any error it stays as it was.

    The dump is verified first. Objects belong to the account that restores. Others wait for their
    tables until the end. The caller makes sure that no import runs.

    Args:
        path: a dump that :func:`make_backup` made.
        database: an existing database on the same server; default: Django's own.
        stop: asked while the data flow; True rolls back.
        lock_wait: seconds to wait for locked tables.

    Raises:
        DumpBroken: the file is damaged; the database was not touched.
        BackupCancelled: `stop` said so; the database was not touched.
        BackupError: anything else; the sentence says what failed and what to do.
    """
    begun = time.monotonic()
    if connection.in_atomic_block:
        raise BackupError(
            _("A restore cannot run inside a transaction: its own locks would block it.")
        )
    target = current_target()
    if database is not None:
        target = target.with_database(database)
    verify(path, stop=stop)
    programs = _programs(path, target)
    try:
        _replace(path, target, programs, stop or never, lock_wait)
    except ProgramFailed as failure:
        raise _failed(failure, target) from None  # its words may hold what must not be shown
    except OSError as error:
        raise from_os_error(error, path) from error
    return Restored(target.database, time.monotonic() - begun)


def _programs(path: Path, target: Target) -> Programs:
    with path.open("rb") as file:
        major, minor = file.read(len(MAGIC) + 2)[len(MAGIC) :]
    needed = _READ_SINCE.get((major, minor)) or newest_programs().major
    return programs_for(target.server_major, at_least=needed)


def _replace(path: Path, target: Target, programs: Programs, stop: Stop, lock_wait: float) -> None:
    options = ["--file=-", "--clean", "--if-exists", "--no-owner"]
    reading = [programs.path("pg_restore"), *options, str(path.absolute())]
    options = ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]
    running = [programs.path("psql"), *options, target.option]
    with (
        access(target) as granted,
        started(reading, Access(handed_on_environment()), stdout=subprocess.PIPE) as reader,
        started(running, granted, stdin=subprocess.PIPE) as writer,
    ):
        try:
            _send(writer, _opening(target, lock_wait))
            _copy(reader, writer, stop, old_server=target.server_major < 17)
            reader.finish(stop)
            _send(writer, b"COMMIT;\nANALYZE;\n")
        except BrokenPipeError:
            pass  # psql has ended early: its exit code and words, asked for next, say why
        writer.close_input()
        writer.finish(never)


def _opening(target: Target, lock_wait: float) -> bytes:
    role = f"SET ROLE {connection.ops.quote_name(target.role)};\n" if target.role else ""
    return (
        f"{role}BEGIN;\n"
        "SET LOCAL client_min_messages = warning;\n"
        f"SET LOCAL lock_timeout = {round(lock_wait * 1000)};\n"
        f"{_EMPTY_DATABASE}"
    ).encode()


def _copy(reader: Running, writer: Running, stop: Stop, *, old_server: bool) -> None:
    lines = reader.output
    for _number in range(_HEAD_LINES):
        line = lines.readline()
        if not (old_server and line == _UNKNOWN_SETTING):
            _send(writer, line)
    while block := lines.read(BLOCK):
        if stop():
            raise BackupCancelled
        _send(writer, block)


def _send(writer: Running, data: bytes) -> None:
    writer.input.write(data)
    writer.input.flush()


def _failed(failure: ProgramFailed, target: Target) -> BackupError:
    if failure.disk_full:
        return full_disk(_("the database"))
    values = {"database": target.database, "reason": target.redact(failure.reason)}
    if "lock timeout" in failure.words:
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
