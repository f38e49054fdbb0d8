"""Makes a backup: dump, read back, bring to the disk, name."""

import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from . import files
from .errors import BackupError, DumpBroken, from_os_error, full_disk
from .processes import ProgramFailed, Stop, run_program
from .programs import Programs, programs_for
from .target import Target, access, ask_server, current_target
from .verification import never, read_whole

LOCK_WAIT = 30.0
"""Seconds that pg_dump waits for tables that others hold locked (a migration, for example)."""

# What a first dump may need: of a database about half is indexes, which a dump does not hold, and
# rows shrink when compressed. (Sizes of single tables would wait for their locks.)
_ESTIMATE = "SELECT pg_database_size(current_database()) / 2"


@dataclass(frozen=True)
class Backup:
    """A finished, verified backup.

    Args:
        path: the file, mode 0600.
        size: in bytes.
        seconds: how long dump and verification took.
        sha256: of the file, in hexadecimal digits.
        database: the database's name.
    """

    path: Path
    size: int
    seconds: float
    sha256: str
    database: str


def make_backup(
    output: Path | None = None, *, stop: Stop | None = None, lock_wait: float = LOCK_WAIT
) -> Backup:
    """Dump Django's default database to a file and read the file back whole.

    Nothing appears under the final name before the dump is complete, verified and on the disk, and
    nothing else stays behind. Leftovers of killed runs in BACKUP_DIR are removed first.

    Args:
        output: the file to write; an earlier dump there is replaced at the very end. Default: a
            new file in BACKUP_DIR, named by database, time (UTC) and check sum.
        stop: asked several times a second; True ends the work.
        lock_wait: seconds to wait for locked tables.

    Raises:
        BackupCancelled: `stop` said so.
        BackupError: anything else; the sentence says what failed and what to do.
    """
    started = time.monotonic()
    target = current_target()
    programs = programs_for(target.server_major)
    try:
        part = _prepare(target, output)
        with files.unfinished(part) as descriptor:
            _dump(part, descriptor, target, programs, stop or never, lock_wait)
            _read_back(part, programs, stop or never)
            digest = files.sha256(part)
            final = output.absolute() if output else files.final_name(part, digest)
            files.finish(descriptor, part, final)
        size = final.stat().st_size
    except OSError as error:
        raise from_os_error(error, output or settings.BACKUP_DIR) from error
    return Backup(final, size, time.monotonic() - started, digest, target.database)


def _prepare(target: Target, output: Path | None) -> Path:
    """Return the unfinished file's name in a directory that is there, tidy and large enough."""
    home = files.backup_directory()
    files.remove_leftovers(home)
    earlier = files.dumps_of(target.database, home)
    if output is None:
        part = home / files.part_name(target.database)
    else:
        part = output.absolute().with_name(output.name + files.PART)
        files.make_directory(part.parent)
        files.require_replaceable(output)
    expected = earlier[0].path.stat().st_size if earlier else ask_server(target, _ESTIMATE)[0]
    files.require_space(part.parent, expected)
    return part


def _dump(
    part: Path, descriptor: int, target: Target, programs: Programs, stop: Stop, lock_wait: float
) -> None:
    # The file exists already, with mode 0600; pg_dump inherits our lock on it. It is no redirected
    # standard output: there pg_dump 18 appends a second table of contents, which nobody reads back.
    command = [
        programs.path("pg_dump"),
        "--format=custom",
        "--compress=1",
        "--no-password",
        f"--file={part}",
        f"--lock-wait-timeout={round(lock_wait * 1000)}",
        target.option,
        *([f"--role={target.role}"] if target.role else []),
    ]
    try:
        with access(target) as granted:
            run_program(command, granted.with_inherited(descriptor), stop)
    except ProgramFailed as failure:
        raise _failed(
            failure, target, part.parent
        ) from None  # its words may hold what must not be shown


def _read_back(part: Path, programs: Programs, stop: Stop) -> None:
    try:
        read_whole(part, programs, stop)
    except DumpBroken as error:
        raise BackupError(
            _("The new backup could not be read back and was removed. Check the disk. %s") % error
        ) from error


def _failed(failure: ProgramFailed, target: Target, place: Path) -> BackupError:
    if failure.disk_full:
        return full_disk(place)
    reason = target.redact(failure.reason)
    # pg_dump waits for its locks under a statement timeout, and sets it for nothing else.
    if "lock timeout" in failure.words or "statement timeout" in failure.words:
        sentence = _(
            "No backup was made: another process holds a table locked, a migration perhaps "
            "(%(reason)s). Let it end, or end it, and try again."
        )
    elif "password authentication failed" in failure.words or "no password" in failure.words:
        sentence = _(
            "No backup was made: the database refused the login (%(reason)s). Check DATABASE_URL."
        )
    elif failure.returncode < 0:
        sentence = _(
            "No backup was made: pg_dump was ended from outside (%(reason)s). Look into the "
            "system's log, for lack of memory perhaps, and try again."
        )
    else:
        sentence = _(
            "No backup was made: %(reason)s. Correct what pg_dump complains about, or run "
            "pg_dump by hand to see more."
        )
    return BackupError(sentence % {"reason": reason})
