"""The directory where exports from 1C arrive: how many files lie there, and how old they are."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .components import ComponentHealth, State
from .remembered import Remembered

REMEMBER_SECONDS = 30.0


@dataclass(frozen=True)
class DataDirectory:
    """What lies below a directory. `newest` is None without any XML file; `error` names trouble."""

    path: Path
    files: int = 0
    newest: datetime | None = None
    error: str = ""


def data_dir_health() -> ComponentHealth:
    """Say how fresh the exports are that the next import would read."""
    found = data_directory.get()
    if found.error:
        return _health(
            State.WARNING,
            _("The data directory %(path)s cannot be read: %(error)s.")
            % {"path": found.path, "error": found.error},
            _("Ask your administrator to make it, or to set ONEC_DATA_DIR to where exports lie."),
        )
    if found.newest is None:
        return _health(
            State.WARNING,
            _("The data directory %(path)s holds no export from 1C.") % {"path": found.path},
            _("Copy an export there, for example with sync_import_data.ps1."),
        )
    said = _fresh(found.files, found.newest)
    limit = timedelta(hours=settings.MONITORING_DATA_MAX_AGE_HOURS)
    if limit and timezone.now() - found.newest > limit:
        return _health(
            State.WARNING,
            said,
            _("1C has sent nothing for long. Check the export in 1C and sync_import_data.ps1."),
        )
    return _health(State.OK, said)


def look_into_data_dir() -> DataDirectory:
    """Walk below `ONEC_DATA_DIR`; links to other directories are not followed."""
    path = Path(settings.ONEC_DATA_DIR)
    try:
        times = list(_times_of_xml(path))
    except OSError as error:
        return DataDirectory(path, error=error.strerror or str(error))
    newest = datetime.fromtimestamp(max(times), tz=UTC) if times else None
    return DataDirectory(path, files=len(times), newest=newest)


data_directory = Remembered(look_into_data_dir, REMEMBER_SECONDS)


def _times_of_xml(path: Path) -> Iterator[float]:
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _times_of_xml(Path(entry.path))
            elif entry.name.lower().endswith(".xml"):
                with suppress(FileNotFoundError):  # replaced by a newer one, or a link to nothing
                    yield entry.stat().st_mtime


def _fresh(files: int, newest: datetime) -> str:
    text = ngettext(
        "%(count)d file; the newest is %(age)s old.",
        "%(count)d files; the newest is %(age)s old.",
        files,
    )
    return text % {"count": files, "age": timesince(newest, depth=1)}


def _health(state: State, message: str, advice: str = "") -> ComponentHealth:
    return ComponentHealth("data_directory", _("Exports from 1C"), state, message, advice)
