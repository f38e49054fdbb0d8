"""Reads a dump whole. A list of its contents would not do: that passes truncated and bent files."""

from pathlib import Path

from django.utils.translation import gettext as _

from .errors import BackupError, DumpBroken, from_os_error
from .files import digest_in_name, is_dump, sha256
from .processes import ProgramFailed, Stop, run_program
from .programs import Programs, newest_programs
from .target import Access, handed_on_environment


def verify(path: Path, *, stop: Stop | None = None) -> None:
    """Read a dump from the first to the last byte with pg_restore, and compare its check sum.

    The check sum stands in the names that :func:`make_backup` gives; a file named by a person is
    judged by pg_restore alone.

    Raises:
        DumpBroken: the file is damaged, cut off or no dump.
        BackupCancelled: `stop` said so.
        BackupError: it cannot be judged here (missing file, pg_restore too old).
    """
    try:
        _require_dump(path)
        _compare_digest(path)
    except OSError as error:
        raise from_os_error(error, path) from error
    read_whole(path, newest_programs(), stop or never)


def read_whole(path: Path, programs: Programs, stop: Stop) -> None:
    """Let pg_restore unpack every row of a dump, to nowhere. Raises like :func:`verify`."""
    command = [programs.path("pg_restore"), "--file=/dev/null", str(path.absolute())]
    try:
        run_program(command, Access(handed_on_environment()), stop)
    except ProgramFailed as failure:
        raise unreadable(path, failure) from failure


def never() -> bool:
    """Never ask for an end."""
    return False


def _require_dump(path: Path) -> None:
    if not path.is_file():
        raise BackupError(_("There is no file %s. Check its name.") % path)
    if not is_dump(path):
        raise DumpBroken(
            _("%s is no database dump in pg_dump's custom format. Choose another file.") % path
        )


def _compare_digest(path: Path) -> None:
    promised = digest_in_name(path)
    if promised and not sha256(path).startswith(promised):
        raise DumpBroken(
            _("%s is damaged: it does not fit the check sum in its name. Use another backup.")
            % path
        )


def unreadable(path: Path, failure: ProgramFailed) -> BackupError:
    """Return the error for a dump that pg_restore did not read."""
    values = {"path": path, "reason": failure.reason}
    if "unsupported version" in failure.words:
        return BackupError(
            _(
                "%(path)s was made by a newer pg_dump than this machine's pg_restore can read "
                "(%(reason)s). Install newer PostgreSQL client programs."
            )
            % values
        )
    return DumpBroken(
        _("%(path)s cannot be read to its end (%(reason)s). Use another backup.") % values
    )
