"""The last backup: how old it is, and whether it is still what was read back when it was made."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from apps.common.backups.files import Dump, digest_in_name, dumps_of, is_dump, sha256

from .components import ComponentHealth, State

# Bytes; a larger backup is not read for its check sum by a page that somebody waits for.
READ_AT_MOST = 256 * 2**20

# By path, size and time of change: a file that nobody touched need be read once only.
_judged: dict[tuple[Path, int, int], "Verdict"] = {}


@dataclass(frozen=True)
class Verdict:
    """Whether a backup's content was looked at, and found whole."""

    whole: bool
    compared: bool


def backups_health() -> ComponentHealth:
    """Say how old the last backup is, and whether it fits the check sum in its name."""
    try:
        dump = last_dump()
        if dump is None:
            return _health(
                State.WARNING,
                _("There is no backup in %(directory)s.") % {"directory": settings.BACKUP_DIR},
                _("Ask your administrator to make one: manage.py backup_db."),
            )
        return _told(dump, dump.path.stat().st_size, _judge(dump.path))
    except OSError as error:
        return _health(
            State.WARNING,
            _("The backups in %(directory)s cannot be read: %(error)s.")
            % {"directory": settings.BACKUP_DIR, "error": error.strerror or error},
            _("Ask your administrator to let this process read BACKUP_DIR."),
        )


def last_dump() -> Dump | None:
    """Give the newest backup of our database under a name of ours, if there is one.

    Raises:
        OSError: the directory is there but cannot be read.
    """
    directory = Path(settings.BACKUP_DIR)
    if not directory.is_dir():
        return None
    dumps = dumps_of(str(connection.settings_dict["NAME"]), directory)
    return dumps[0] if dumps else None


def _told(dump: Dump, size: int, verdict: Verdict) -> ComponentHealth:
    made = datetime.strptime(dump.stamp, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    values = {"age": timesince(made, depth=1), "size": filesizeformat(size)}
    if not verdict.whole:
        return _health(
            State.DOWN,
            _("The last backup, %(age)s old, is damaged: nothing can be restored from it.")
            % values,
            _("Ask your administrator to make a new one (manage.py backup_db) and check the disk."),
        )
    if verdict.compared:
        said = _("The last one is %(age)s old (%(size)s); it is whole, as when it was made.")
    else:
        said = _("The last one is %(age)s old (%(size)s); it was read back when it was made.")
    limit = timedelta(hours=settings.MONITORING_BACKUP_MAX_AGE_HOURS)
    if limit and timezone.now() - made > limit:
        return _health(
            State.WARNING,
            said % values,
            _("Backups are older than they should be. Ask your administrator for a new one."),
        )
    return _health(State.OK, said % values)


def _judge(path: Path) -> Verdict:
    status = path.stat()
    key = (path, status.st_size, status.st_mtime_ns)
    if key not in _judged:
        verdict = _look_into(path, status.st_size)
        _judged.clear()
        _judged[key] = verdict
    return _judged[key]


def _look_into(path: Path, size: int) -> Verdict:
    if not is_dump(path):
        return Verdict(whole=False, compared=True)
    if size > READ_AT_MOST:
        return Verdict(whole=True, compared=False)
    return Verdict(whole=sha256(path).startswith(digest_in_name(path)), compared=True)


def _health(state: State, message: str, advice: str = "") -> ComponentHealth:
    return ComponentHealth("backups", _("Backups"), state, message, advice)
