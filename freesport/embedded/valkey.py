"""The private Valkey: Celery's broker and the cache, on one loopback port with a password.

One TCP address because no one socket address suits both clients. Queued tasks survive a restart
(append-only file), and a full memory refuses writes instead of dropping tasks (``noeviction``).
"""

import os
import secrets
import signal
import socket
from pathlib import Path

from freesport.embedded import ports, programs
from freesport.embedded.places import make_owned, make_private, write_private
from freesport.embedded.server import Access, Server


class Valkey(Server):
    """The private Valkey (or Redis 6.2 and later) of one data directory."""

    label = "Valkey"
    variable = "REDIS_URL"
    port_variable = "FREESPORT_REDIS_PORT"
    folder = "valkey"
    names = programs.VALKEY_NAMES
    signals = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))

    @property
    def pid_file(self) -> Path:
        """Written by the server, in its data directory."""
        return self.data / "valkey.pid"

    @property
    def mark(self) -> tuple[str]:
        """The configuration's path; ``set-proc-title no`` keeps it on the command line."""
        return (os.fspath(self.directory / "valkey.conf"),)

    def prepare(self) -> Path:
        """Make directory and password where missing; return the server program.

        Raises:
            EmbeddedError: there is no program.
        """
        program = programs.valkey_server(self.place)
        make_private(self.directory, self.place.account)
        if not self.data.exists():
            make_owned(self.data, self.place.account)
        if not self.access_file.exists():
            Access(ports.free_port(), secrets.token_urlsafe(24)).write(self.access_file)
        return program

    def command(self, program: Path, access: Access) -> list[str]:
        """Write the configuration, for a password has no place on a command line, and name it."""
        lines = {
            "bind": ports.LOOPBACK,
            "port": str(access.port),
            "requirepass": access.password,
            "dir": _quoted(self.data),
            "pidfile": _quoted(self.pid_file),
            "daemonize": "no",
            "set-proc-title": "no",
            "appendonly": "yes",
            "save": '""',
            "maxmemory-policy": "noeviction",
        }
        text = "".join(f"{name} {value}\n" for name, value in lines.items())
        write_private(Path(*self.mark), text, self.place.account)
        return [os.fspath(program), *self.mark]

    def answers(self, access: Access) -> bool:
        """Tell whether the server knows our password and has loaded its data."""
        request = f"AUTH {access.password}\r\nPING\r\nQUIT\r\n".encode()
        try:
            with socket.create_connection((ports.LOOPBACK, access.port), timeout=2) as connection:
                connection.sendall(request)
                with connection.makefile("rb") as reply:
                    return reply.read().startswith(b"+OK\r\n+PONG\r\n")
        except OSError:
            return False

    def url(self, access: Access) -> str:
        """Return the address of database 0, for broker and cache alike."""
        return f"redis://:{access.password}@{ports.LOOPBACK}:{access.port}/0"


def _quoted(path: Path) -> str:
    escaped = os.fspath(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
