"""Backups of the database: made, read back, rotated and restored with PostgreSQL's own programs.

A file under a final name was complete once, was read back whole and reached the disk; everything
else bears the ending `.part`. Nothing here knows of import sessions: who restores while imports may
run holds the guard around :func:`restore`.

The rules come from the part on backups in `docs/`.
"""

from .dump import Backup, make_backup
from .errors import BackupCancelled, BackupError, DumpBroken
from .restoration import Restored, restore
from .rotation import Rotation, rotate_backups
from .verification import verify

__all__ = [
    "Backup",
    "BackupCancelled",
    "BackupError",
    "DumpBroken",
    "Restored",
    "Rotation",
    "make_backup",
    "restore",
    "rotate_backups",
    "verify",
]
