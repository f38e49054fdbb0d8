"""Who uses the embedded servers, and when they are stopped.

Two locks lie in ``<data dir>/embedded``. ``users.lock`` is shared by every process that uses the
servers; ``start.lock`` is held while somebody starts or stops them. A process that ends takes the
start lock, then tries the users' lock alone: it gets it when it was the last, and stops the
servers. The keeper does the same for a last user that was killed.
"""

import atexit
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from freesport.embedded import keeper
from freesport.embedded.accounts import server_account
from freesport.embedded.endpoints import ServerStatus
from freesport.embedded.errors import EmbeddedError, from_os_error
from freesport.embedded.locks import FileLock
from freesport.embedded.places import Place, find, open_control, settle
from freesport.embedded.postgres import Postgres
from freesport.embedded.server import Server
from freesport.embedded.valkey import Valkey

SERVERS: tuple[type[Server], ...] = (Postgres, Valkey)


class Session:
    """This process's use of the servers of one data directory, until it ends."""

    def __init__(self, data_dir: Path) -> None:
        self._account = server_account()
        self._control = open_control(data_dir, self._account)
        self._users = FileLock(self._control / "users.lock")
        self._starting = FileLock(self._control / "start.lock")
        self._place: Place | None = None

    def provide(self, variables: Iterable[str]) -> dict[str, str]:
        """Start or join the servers for these variables; return their addresses."""
        wanted = set(variables)
        with self._starting.alone():
            self._users.share()
            self._place = settle(self._control, self._account)
            keeper.ensure(self._place)
            servers = [server(self._place) for server in SERVERS if server.variable in wanted]
            return {server.variable: server.ensure() for server in servers}

    def release(self) -> None:
        """End the use; stop the servers if nobody else uses them."""
        with self._starting.alone():
            if self._place and self._users.try_alone():
                stop_servers(self._place)
                keeper.stop(self._place)
        self._users.close()
        self._starting.close()


_sessions: dict[Path, Session] = {}
_guard = threading.Lock()


def ensure(data_dir: Path, variables: Iterable[str]) -> Mapping[str, str]:
    """Start or join the servers behind these variables; see ``freesport.embedded.ensure``."""
    path = data_dir.resolve()
    with _guard, _sentences(path):
        session = _sessions.get(path) or _sessions.setdefault(path, Session(path))
        return session.provide(variables)


def status(data_dir: Path) -> list[ServerStatus]:
    """Return the state of each server as found; see ``freesport.embedded.status``."""
    path = data_dir.resolve()
    with _sentences(path):
        place = find(path, None) or Place(path, path, None)
        return [server(place).status() for server in SERVERS]


def stop(data_dir: Path) -> list[str]:
    """Stop the servers now; see ``freesport.embedded.stop``."""
    path = data_dir.resolve()
    with _sentences(path):
        place = find(path, None)
        if place is None:
            return []
        lock = FileLock(place.control / "start.lock")
        try:
            with lock.alone():
                return stop_servers(place)
        finally:
            lock.close()


def keep(data_dir: Path) -> None:
    """Wait until nobody uses the servers, and stop them: the keeper's whole life."""
    place = find(data_dir.resolve(), None)
    if place is None:
        return
    users = FileLock(place.control / "users.lock")
    starting = FileLock(place.control / "start.lock")
    while True:
        users.wait_until_free()
        with starting.alone():
            if users.try_alone():
                stop_servers(place)
                return


def stop_servers(place: Place) -> list[str]:
    """Stop all servers of a place; return the names of those that ran."""
    return [server.label for kind in SERVERS if (server := kind(place)).stop()]


@contextmanager
def _sentences(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise from_os_error(error, directory) from error
    except psutil.Error as error:
        raise EmbeddedError(
            f"A process of the embedded servers in {directory} cannot be seen or signalled: "
            f"{error}. Run as the user who started it, or set DATABASE_URL and REDIS_URL."
        ) from error


def _release_all() -> None:
    while _sessions:
        path, session = _sessions.popitem()
        try:
            with _sentences(path):
                session.release()
        except EmbeddedError as error:
            sys.stderr.write(f"{error}\n")


def _forget_inherited() -> None:
    # A forked child is no user: its parent answers for the servers, and has closed its locks here.
    global _guard  # noqa: PLW0603 - the parent's may be locked for ever in the child
    _guard = threading.Lock()
    _sessions.clear()


atexit.register(_release_all)
os.register_at_fork(after_in_child=_forget_inherited)
