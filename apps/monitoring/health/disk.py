"""Room on the disks where backups, exports and pictures lie."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from apps.common.backups.files import SPACE_FACTOR

from .backups import last_dump
from .components import ComponentHealth, State

# Share of a disk that should be free: databases and logs grow meanwhile.
FREE_SHARE = 0.1


@dataclass(frozen=True)
class Room:
    """A disk, named by the directory of ours on it. Sizes are bytes."""

    directory: Path
    free: int
    total: int

    @property
    def scarce(self) -> bool:
        """Whether too small a share is free."""
        return self.free < FREE_SHARE * self.total

    def __str__(self) -> str:
        return _("%(directory)s: %(free)s of %(total)s are free.") % {
            "directory": self.directory,
            "free": filesizeformat(self.free),
            "total": filesizeformat(self.total),
        }


def disk_health() -> ComponentHealth:
    """Say whether the next backup fits, and whether any of our disks is nearly full."""
    try:
        rooms = list(_rooms())
        needed = _needed_for_backup()
    except OSError as error:
        return _health(
            State.WARNING,
            _("The disk cannot be asked: %(error)s.") % {"error": error.strerror or error},
            _("Ask your administrator to look into the machine's log."),
        )
    said = " ".join(map(str, rooms))
    if rooms[0].free < needed:
        return _health(
            State.DOWN,
            _("There is no room for the next backup, so imports will fail. %(rooms)s")
            % {"rooms": said},
            _("Ask your administrator to free at least %(size)s, or to set BACKUP_DIR elsewhere.")
            % {"size": filesizeformat(needed - rooms[0].free)},
        )
    if any(room.scarce for room in rooms):
        return _health(
            State.WARNING,
            _("A disk is nearly full. %(rooms)s") % {"rooms": said},
            _("Ask your administrator to free some space before imports fail."),
        )
    return _health(State.OK, said)


def _rooms() -> Iterator[Room]:
    """Give each disk once, that of the backups first."""
    seen: set[int] = set()
    for directory in (settings.BACKUP_DIR, settings.ONEC_DATA_DIR, settings.MEDIA_ROOT):
        place = _existing(Path(directory).absolute())
        device = place.stat().st_dev
        if device not in seen:
            seen.add(device)
            usage = shutil.disk_usage(place)
            yield Room(place, usage.free, usage.total)


def _existing(directory: Path) -> Path:
    """Give the directory, or the nearest above it: some are made when first used."""
    return next(place for place in (directory, *directory.parents) if place.is_dir())


def _needed_for_backup() -> int:
    dump = last_dump()
    return int(SPACE_FACTOR * dump.path.stat().st_size) if dump else 0


def _health(state: State, message: str, advice: str = "") -> ComponentHealth:
    return ComponentHealth("disk", _("Disk space"), state, message, advice)
