"""Replaces a database's content by a dump's: one transaction, whose COMMIT is ours to send.

pg_restore writes the SQL and psql runs it. The COMMIT goes out only after pg_restore has come to
the end of the dump without an error and psql has said that it ran everything, so that a torn stream
can never be taken for a whole one, and until then the work can be stopped. (pg_restore alone would
leave tables that the dump does not know, and with them a history of migrations that does not fit;
and one newer than version 16 cannot restore into an older server.)
"""

import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from .errors import BackupError
from .processes import ProgramFailed, Running, Stop, started
from .programs import Programs
from .target import Access, Target, access, handed_on_environment
from .verification import never

BLOCK = 1 << 20

REFUSAL = "the restore was refused by its guard"
"""What `Guard.first` raises as an exception's message to refuse the restore."""

# Written by pg_restore 17 and newer, unknown to older servers.
_UNKNOWN_SETTING = b"SET transaction_timeout = 0;\n"
_HEAD_LINES = 40
_READY = "everything but the COMMIT is done"
_SCRIPT_ERROR = 3
"""psql's exit code when the server refused a statement."""

# When psql is gone, the server notices within a second and rolls back, instead of building an index
# to its end. Older servers and some systems cannot do that.
_NOTICE_OUR_END = """
DO $notice$
BEGIN
    PERFORM set_config('client_connection_check_interval', '1s', true);
EXCEPTION WHEN OTHERS THEN
END
$notice$;
"""

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
class Guard:
    """The caller's own SQL statements, run inside the restore's transaction.

    Both meet the connection's usual settings, `search_path` among them, and the account's rights.

    Args:
        first: before anything changes. It may lock what must hold still, and raises an exception
            with the message `REFUSAL` when the database must not be replaced now.
        last: when everything is back, immediately before the COMMIT.
    """

    first: str = ""
    last: str = ""


def replace_content(
    path: Path,
    target: Target,
    programs: Programs,
    *,
    guard: Guard,
    stop: Stop,
    lock_wait: float,
) -> None:
    """Do it, or leave the database as it was.

    Raises:
        BackupCancelled: `stop` said so before the COMMIT.
        ProgramFailed: anything else that ended it before the COMMIT, or the COMMIT was refused.
        BackupError: psql ended during the COMMIT, so that nobody knows.
    """
    options = ["--file=-", "--clean", "--if-exists", "--no-owner"]
    reading = [programs.path("pg_restore"), *options, str(path.absolute())]
    options = ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]
    running = [programs.path("psql"), *options, "--output=/dev/null", target.option]
    pipe = subprocess.PIPE
    with (
        access(target) as granted,
        started(reading, Access(handed_on_environment()), stdout=pipe, apart=True) as reader,
        started(running, granted, stdin=pipe, stdout=pipe, apart=True) as writer,
    ):
        try:
            writer.send(_opening(target, guard, lock_wait), stop)
            _copy(reader, writer, stop, old_server=target.server_major < 17)
            reader.finish(stop)
            writer.send(_closing(guard), stop)
            writer.hear(f"{_READY}\n".encode(), stop)
        except BrokenPipeError:
            writer.finish(never)  # psql has ended early: its exit code and words say why
            raise
        _commit(writer, target)


def _opening(target: Target, guard: Guard, lock_wait: float) -> bytes:
    role = f"SET ROLE {connection.ops.quote_name(target.role)};\n" if target.role else ""
    return (
        f"{role}BEGIN ISOLATION LEVEL READ COMMITTED;\n"
        "SET LOCAL client_min_messages = warning;\n"
        f"SET LOCAL lock_timeout = {round(lock_wait * 1000)};\n"
        f"{_NOTICE_OUR_END}{guard.first}\n{_EMPTY_DATABASE}"
    ).encode()


def _closing(guard: Guard) -> bytes:
    # pg_restore has changed both for its own statements.
    settings = "RESET search_path;\nSET LOCAL client_encoding = 'UTF8';\n"
    return f"{settings}{guard.last}\n\\echo {_READY}\n".encode()


def _copy(reader: Running, writer: Running, stop: Stop, *, old_server: bool) -> None:
    lines = reader.output
    for _number in range(_HEAD_LINES):
        line = lines.readline()
        if not (old_server and line == _UNKNOWN_SETTING):
            writer.send(line, stop)
    while block := lines.read(BLOCK):
        writer.send(block, stop)


def _commit(writer: Running, target: Target) -> None:
    # From here on nobody is asked: what was sent cannot be called back.
    try:
        with suppress(BrokenPipeError):
            writer.send(b"COMMIT;\n", never)
        writer.close_input()
        writer.finish(never)
    except ProgramFailed as failure:
        if failure.returncode == _SCRIPT_ERROR:
            raise
        raise BackupError(
            _(
                "Whether %(database)s was restored is not known: the connection broke as the work "
                "was being saved (%(reason)s). Look at the data; restoring once more does no harm."
            )
            % {"database": target.database, "reason": target.redact(failure.reason)}
        ) from None  # its words may hold what must not be shown
