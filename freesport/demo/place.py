"""Where the demo keeps its files, and the port that it serves on."""

import errno
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from freesport import embedded
from freesport.demo.errors import DemoError

LOOPBACK = "127.0.0.1"
FIRST_PORT = 8000
PORTS_TRIED = 100


@dataclass(frozen=True)
class Place:
    """The demo's directory and what lies in it.

    `own_database`: nobody named another one, so what the shop holds is the demo's to change.
    """

    home: Path
    own_database: bool

    @property
    def exports(self) -> Path:
        """`ONEC_DATA_DIR`: each subdirectory is a source that the portal offers."""
        return self.home / "import_1c"

    def log(self, name: str) -> Path:
        """Return the log file of a program."""
        return self.home / f"{name}.log"


def settle() -> Place:
    """Make the demo's directory, and point settings that are read from here on to it.

    The demo never touches the directories that a shop has configured.
    """
    own_database = not os.environ.get("DATABASE_URL")
    place = Place(embedded.default_data_dir() / "demo", own_database)
    place.home.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "freesport.settings.dev",
        "ONEC_DATA_DIR": str(place.exports),
        "BACKUP_DIR": str(place.home / "backups"),
        "MEDIA_ROOT": str(place.home / "media"),
    }
    return place


def listen(port: int | None, *, serves: bool) -> socket.socket:
    """Return a listening socket on loopback: on this port, or the first free one from 8000.

    A demo that only imports needs no address to remember and takes any port.

    Raises:
        DemoError: the port is taken, or not for us to use.
    """
    if port is not None:
        return _listen_on(port, "choose another with PORT=, or leave PORT out")
    if not serves:
        return _bind(0)
    for candidate in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        try:
            return _bind(candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise DemoError(
        f"No port from {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} is free. Name one with PORT=."
    )


def _listen_on(port: int, advice: str) -> socket.socket:
    try:
        return _bind(port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise DemoError(f"Port {port} is taken by another program: {advice}.") from error
        raise DemoError(f"Port {port} cannot be used ({error.strerror}): {advice}.") from error


def _bind(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
