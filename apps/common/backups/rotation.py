"""Removes old backups, and never the last one that can be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from .errors import BackupError, DumpBroken, from_os_error
from .files import Dump, backup_directory, dumps_of
from .processes import Stop
from .target import current_target
from .verification import verify

KEEP = 3
"""How many backups stay unless the caller says otherwise."""


@dataclass(frozen=True)
class Rotation:
    """What a rotation did: the files kept and removed, newest first.

    `spared` is an older backup that stays because none of the newer ones can be read.
    """

    kept: tuple[Path, ...]
    removed: tuple[Path, ...]
    spared: Path | None = None


def rotate_backups(
    keep: int = KEEP, *, verified: Path | None = None, stop: Stop | None = None
) -> Rotation:
    """Remove all but the newest backups of Django's default database from BACKUP_DIR.

    Only files named by :func:`make_backup` count; one that a person named is theirs. Before
    anything goes, one of those that stay is read whole.

    Args:
        keep: how many stay, at least 1.
        verified: a backup just made: it need not be read again.
        stop: asked several times a second; True ends the work before anything is removed.

    Raises:
        BackupCancelled: `stop` said so.
        BackupError: no backup can be read (then all stay), or a file cannot be removed.
    """
    if keep < 1:
        raise BackupError(_("At least one backup must be kept."))
    try:
        dumps = dumps_of(current_target().database, backup_directory())
        kept, old = dumps[:keep], dumps[keep:]
        spared = _to_spare(kept, old, verified, stop) if old else None
        removed = [dump.path for dump in old if dump.path != spared]
        for path in removed:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise from_os_error(error, settings.BACKUP_DIR) from error
    return Rotation(tuple(dump.path for dump in kept), tuple(removed), spared)


def _to_spare(
    kept: list[Dump], old: list[Dump], verified: Path | None, stop: Stop | None
) -> Path | None:
    paths = [dump.path for dump in kept]
    if (verified and verified.absolute() in paths) or _first_readable(paths, stop):
        return None
    readable = _first_readable([dump.path for dump in old], stop)
    if readable is None:
        raise BackupError(
            _("None of the %(count)s backups can be read, so none was removed. Make a new one.")
            % {"count": len(kept) + len(old)}
        )
    return readable


def _first_readable(paths: Iterable[Path], stop: Stop | None) -> Path | None:
    for path in paths:
        try:
            verify(path, stop=stop)
        except DumpBroken:
            continue
        return path
    return None
