"""The backup that an import would make first: whether it fits, and which the last one is."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from apps.common.backups.files import SPACE_FACTOR, dumps_of
from ops_portal.preflight import Check, Level


def backup_check(values: Mapping[str, Any]) -> Check:
    """Say what will become of the backup."""
    title = _("Backup")
    try:
        newest = _newest()
        last = _told(newest)
        free, needed = _space(newest)
    except OSError as error:
        reason = error.strerror or str(error)
        return Check(
            title,
            Level.WARNING,
            _("BACKUP_DIR cannot be looked into: %(reason)s.") % {"reason": reason},
            _("Ask your administrator to correct its permissions."),
        )
    if values["dry_run"]:
        return Check(title, Level.NOTE, _("A dry run needs none.") + " " + last)
    if values["skip_backup"]:
        said = _("None will be made, so the import cannot be undone.") + " " + last
        return Check(title, Level.WARNING, said)
    if free < needed:
        said = _(
            "Only %(free)s are free for a backup of about %(needed)s, so the import would fail."
        )
        return Check(
            title,
            Level.WARNING,
            said % _sizes(free, needed) + " " + last,
            _("Ask your administrator to free some space, or to set BACKUP_DIR elsewhere."),
        )
    said = _("%(free)s are free; about %(needed)s are needed.") % _sizes(free, needed)
    return Check(title, Level.OK, f"{said} {last}")


def _newest() -> Path | None:
    directory = Path(settings.BACKUP_DIR)
    if not directory.is_dir():
        return None  # made by the first backup
    dumps = dumps_of(str(connection.settings_dict["NAME"]), directory)
    return dumps[0].path if dumps else None


def _told(newest: Path | None) -> str:
    if newest is None:
        return _("There is no backup yet.")
    status = newest.stat()
    made = datetime.fromtimestamp(status.st_mtime, tz=UTC)
    return _("The last one was made %(age)s (%(size)s).") % {
        "age": naturaltime(made),
        "size": filesizeformat(status.st_size),
    }


def _space(newest: Path | None) -> tuple[int, int]:
    """Give bytes that are free, and about how many the next backup takes, with a reserve."""
    directory = Path(settings.BACKUP_DIR).absolute()
    existing = next(place for place in (directory, *directory.parents) if place.is_dir())
    expected = newest.stat().st_size if newest else _half_of_the_database()
    return shutil.disk_usage(existing).free, int(expected * SPACE_FACTOR)


def _half_of_the_database() -> int:
    """Guess a first dump: about half of a database is indexes, which a dump does not hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / 2")
        size: int = cursor.fetchone()[0]
        return size


def _sizes(free: int, needed: int) -> dict[str, str]:
    return {"free": filesizeformat(free), "needed": filesizeformat(needed)}
