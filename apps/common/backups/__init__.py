"""Backups of the database: made, read back, rotated and restored with PostgreSQL's own programs.

A file under a final name was complete once, was read back whole and reached the disk; everything
else bears the ending `.part`. Nothing here knows of import sessions: who restores while imports may
run hands its own :class:`Guard` to :func:`restore`.

The rules come from the part on backups in `docs/`.
"""

from .dump import Backup, make_backup
from .errors import BackupCancelled, BackupError, DumpBroken, RestoreRefused
from .examination import DumpFacts, examine
from .replacement import REFUSAL, Guard
from .restoration import Restored, restore
from .rotation import Rotation, rotate_backups
from .target import current_database
from .verification import verify

__all__ = [
    "REFUSAL",
    "Backup",
    "BackupCancelled",
    "BackupError",
    "DumpBroken",
    "DumpFacts",
    "Guard",
    "RestoreRefused",
    "Restored",
    "Rotation",
    "current_database",
    "examine",
    "make_backup",
    "restore",
    "rotate_backups",
    "verify",
]
