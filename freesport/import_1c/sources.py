"""Which directories staff may import from: `ONEC_DATA_DIR` and what lies directly in it.

A name comes back from a browser, so it is resolved and checked against the root each time; the
path that a session keeps is checked again by the import itself.
"""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation

# Directories of the split layout (1C's own spelling) and of customers.
ENTITY_DIRECTORIES = frozenset(
    {
        "groups",
        "goods",
        "offers",
        "prices",
        "rests",
        "storages",
        "units",
        "pricelists",
        "propertiesgoods",
        "propertiesoffers",
        "contragents",
        "customers",
    }
)
# The name by which a form says "the root itself".
ROOT = "."


@dataclass(frozen=True)
class Source:
    """One directory to import from; `name` is what the form sends."""

    name: str
    path: Path


def root() -> Path:
    """Give the directory that bounds all sources, with its links resolved."""
    return Path(settings.ONEC_DATA_DIR).resolve()


def sources() -> list[Source]:
    """Give what staff may choose, never nothing.

    The root is the only source when it holds XML or entity directories, or nothing at all: the
    portal then says that there is nothing to import.
    """
    base = root()
    entries = _entries(base)
    if any(_is_content(entry) for entry in entries):
        return [Source(ROOT, base)]
    found = [Source(entry.name, entry.resolve()) for entry in entries if _is_inside(entry, base)]
    return found or [Source(ROOT, base)]


def resolve(name: str) -> Path:
    """Give the directory of a source that a browser named.

    Raises:
        SuspiciousFileOperation: it is none of `sources()`, or leads out of the root.
    """
    for source in sources():
        if source.name == name and source.path.is_relative_to(root()):
            return source.path
    raise SuspiciousFileOperation(f"{name!r} is no directory to import from")


def _entries(base: Path) -> list[Path]:
    try:
        return sorted(entry for entry in base.iterdir() if not entry.name.startswith("."))
    except OSError:
        return []  # missing or closed: the session that is started anyway tells staff


def _is_content(entry: Path) -> bool:
    if entry.is_dir():
        return entry.name.lower() in ENTITY_DIRECTORIES
    return entry.suffix.lower() == ".xml"


def _is_inside(entry: Path, base: Path) -> bool:
    """Whether it is a directory that a link does not lead out of the root."""
    return entry.is_dir() and entry.resolve().is_relative_to(base)
