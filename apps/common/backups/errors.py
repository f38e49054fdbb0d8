"""What can go wrong with backups, each with a sentence for its reader; none holds a secret."""

import errno

from django.utils.translation import gettext as _

FULL_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class BackupError(Exception):
    """The message says what failed and what to do next."""


class BackupCancelled(BackupError):
    """The caller's `stop` asked for an end: nothing was left behind, nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("Stopped on request, nothing was left behind."))


class DumpBroken(BackupError):
    """The file itself is damaged, cut off or no dump at all."""


class RestoreRefused(BackupError):
    """The caller's own guard said no (`Guard.first`): the database was left as it was."""

    def __init__(self) -> None:
        super().__init__(_("The database is in use and was left as it was. Try again later."))


def full_disk(place: object) -> BackupError:
    """Return the error for a full disk, a used-up quota or a file size limit."""
    return BackupError(
        _(
            "No space was left for the backup in %(place)s (disk full, or a quota or a file size "
            "limit reached). Free some space or set BACKUP_DIR to another disk, then try again."
        )
        % {"place": place}
    )


def from_os_error(error: OSError, place: object) -> BackupError:
    """Turn a failure of the operating system into a sentence that names the file or directory."""
    if error.errno in FULL_DISK_ERRORS:
        return full_disk(place)
    return BackupError(
        _(
            "%(place)s cannot be used: %(error)s. Check that the directory exists and that the "
            "account of this process may write to it."
        )
        % {"place": place, "error": error.strerror or error}
    )
