"""Files of backups: their names, their modes, and how one becomes final.

A dump is written to a name ending in `.part`, locked (`flock`) for as long as we or pg_dump hold it
open: the kernel frees the lock of killed processes, so an unlocked `.part` is a leftover.
"""

import fcntl
import hashlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from .errors import BackupError, from_os_error

MAGIC = b"PGDMP"
PART = ".part"
SPACE_FACTOR = 1.2
"""How much more space than the expected size must be free: data grow between two dumps."""

_STAMP = r"\d{8}T\d{6}\.\d{3}Z"
_DIGEST_LENGTH = 12
_OURS = re.compile(
    rf"(?P<database>.+)-(?P<stamp>{_STAMP})-(?P<digest>[0-9a-f]{{{_DIGEST_LENGTH}}})\.dump"
)
_OUR_PART = re.compile(rf".+-{_STAMP}-[0-9a-f]{{8}}\.dump\.part")


@dataclass(frozen=True)
class Dump:
    """A dump under a name of ours: NAME-20261123T101500.123Z-3f9a1c0b77de.dump.

    The time is UTC, with milliseconds so that no two names are alike. The last part is the
    beginning of the file's SHA-256, so that damage shows even where the format has no check sum.
    """

    path: Path
    database: str
    stamp: str
    digest: str


def backup_directory() -> Path:
    """Return BACKUP_DIR, made or set to mode 0700: whoever may list it sees when backups ran."""
    directory = Path(settings.BACKUP_DIR).absolute()
    make_directory(directory)
    if stat.S_IMODE(directory.stat().st_mode) != 0o700:
        directory.chmod(0o700)
    return directory


def make_directory(directory: Path) -> None:
    """Make a directory, and its missing parents, for this account alone."""
    for missing in [*reversed(directory.parents), directory]:
        if not missing.is_dir():
            missing.mkdir(mode=0o700, exist_ok=True)


def part_name(database: str) -> str:
    """Return the name of a dump that begins now."""
    now = datetime.now(UTC)
    stamp = f"{now:%Y%m%dT%H%M%S}.{now.microsecond // 1000:03}Z"
    return f"{_label(database)}-{stamp}-{secrets.token_hex(4)}.dump{PART}"


def final_name(part: Path, digest: str) -> Path:
    """Return the name that a dump begun under :func:`part_name` gets once it is whole."""
    beginning = part.name.removesuffix(f".dump{PART}").rpartition("-")[0]
    return part.with_name(f"{beginning}-{digest[:_DIGEST_LENGTH]}.dump")


def digest_in_name(path: Path) -> str:
    """Return the beginning of the SHA-256 that the name promises, or an empty string."""
    match = _OURS.fullmatch(path.name)
    return match["digest"] if match else ""


def dumps_of(database: str, directory: Path) -> list[Dump]:
    """Return this database's dumps under names of ours, newest first."""
    found = [
        Dump(path, match["database"], match["stamp"], match["digest"])
        for path in directory.iterdir()
        if (match := _OURS.fullmatch(path.name)) and path.is_file() and not path.is_symlink()
    ]
    mine = [dump for dump in found if dump.database == _label(database)]
    return sorted(mine, key=lambda dump: dump.stamp, reverse=True)


def sha256(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_dump(path: Path) -> bool:
    """Tell whether a file begins like a dump in pg_dump's custom format."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def require_space(directory: Path, expected: int) -> None:
    """Check that a dump of this many bytes fits, with a reserve.

    Raises:
        BackupError: it does not; the sentence names both sizes.
    """
    needed, free = int(expected * SPACE_FACTOR), shutil.disk_usage(directory).free
    if free < needed:
        raise BackupError(
            _(
                "Too little space for a backup in %(directory)s: about %(needed)s MB are needed, "
                "%(free)s MB are free. Free some space, remove old backups, or set BACKUP_DIR to "
                "another disk."
            )
            % {"directory": directory, "needed": needed // 10**6 + 1, "free": free // 10**6}
        )


def require_replaceable(path: Path) -> None:
    """Check that a file named by a person is new, empty or an earlier dump.

    Raises:
        BackupError: something else would be lost.
    """
    if not path.exists():
        return
    if not path.is_file() or (path.stat().st_size > 0 and not is_dump(path)):
        raise BackupError(
            _("%s exists and is no database dump: it is left alone. Choose another file name.")
            % path
        )


@contextmanager
def unfinished(path: Path) -> Iterator[int]:
    """Own a `.part` file for a block, which gets its descriptor; it goes unless it was renamed.

    Raises:
        BackupError: another process writes it at this moment.
    """
    descriptor = _claim(path)
    try:
        yield descriptor
    finally:
        if _is_at(descriptor, path):
            path.unlink()
        os.close(descriptor)


def finish(descriptor: int, part: Path, final: Path) -> None:
    """Bring a file to the disk and give it its final name: both survive a power cut."""
    os.fsync(descriptor)
    part.replace(final)
    directory = os.open(final.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def remove_leftovers(directory: Path) -> list[Path]:
    """Remove the unfinished dumps of processes that were killed; return them."""
    parts = [path for path in directory.iterdir() if _OUR_PART.fullmatch(path.name)]
    return [path for path in parts if _remove_unless_locked(path)]


def _label(database: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", database) or "database"


def _remove_unless_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        free = _lock(descriptor) and _is_at(descriptor, path)
        if free:
            path.unlink()
    finally:
        os.close(descriptor)
    return free


def _claim(path: Path) -> int:
    while True:
        descriptor = _open_part(path)
        try:
            _require_lock(descriptor, path)
            if _is_at(descriptor, path):
                os.ftruncate(descriptor, 0)
                os.fchmod(descriptor, 0o600)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its last owner removed it between our open and our lock


def _require_lock(descriptor: int, path: Path) -> None:
    if not _lock(descriptor):
        raise BackupError(
            _("Another process is writing a backup to %s. Wait until it has ended.") % path
        )


def _open_part(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise from_os_error(error, path) from error


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False
