"""What PostgreSQL and Valkey have in common: being found, started, joined and stopped.

A server is *ours* when the pid file in its data directory names a process whose command line names
that directory. All functions that start or stop expect the start lock to be held.
"""

import json
import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

import psutil

from freesport.embedded import ports, processes
from freesport.embedded.endpoints import ServerStatus
from freesport.embedded.errors import EmbeddedError, full_disk, tells_full_disk
from freesport.embedded.places import Place, make_private, write_private

START_TIMEOUT = 30.0
"""Seconds until a server must answer, a recovery after a crash included."""
LOG_LINES = 15
ADDRESS_IN_USE = "Address already in use"


@dataclass(frozen=True)
class Access:
    """The remembered port and password of a server."""

    port: int
    password: str

    @classmethod
    def read(cls, path: Path) -> "Access | None":
        """Read ``access.json``; None when there is none."""
        if not path.is_file():
            return None
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def write(self, path: Path) -> None:
        """Write ``access.json``, readable by its owner alone."""
        write_private(path, json.dumps(asdict(self)))


class Server(ABC):
    """One private server: its files, its process, its address."""

    label: ClassVar[str]
    variable: ClassVar[str]
    port_variable: ClassVar[str]
    folder: ClassVar[str]
    names: ClassVar[tuple[str, ...]]
    signals: ClassVar[Sequence[tuple[signal.Signals, float]]]
    retried: ClassVar[tuple[str, ...]] = ()
    """Complaints of a failed start that pass by themselves."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.directory = place.home / self.folder
        self.data = self.directory / "data"
        self.access_file = self.directory / "access.json"
        self.log = place.home / "logs" / f"{self.folder}.log"

    @property
    @abstractmethod
    def pid_file(self) -> Path:
        """The file where the running server writes its process id."""

    @property
    @abstractmethod
    def mark(self) -> Sequence[str]:
        """The arguments on the server's command line that no other server has."""

    @abstractmethod
    def prepare(self) -> Path:
        """Make the data directory where missing; return the program to run."""

    @abstractmethod
    def command(self, program: Path, access: Access) -> list[str]:
        """Return the command line that serves on this port."""

    @abstractmethod
    def answers(self, access: Access) -> bool:
        """Tell whether the server takes connections."""

    @abstractmethod
    def url(self, access: Access) -> str:
        """Return the address for clients, password included."""

    def clear_stale(self) -> None:  # noqa: B027 - not every server leaves something
        """Put away what a crash left and what would keep the server from starting."""

    def process(self) -> psutil.Process | None:
        """Return the living process of this server, if any."""
        return processes.owned(self.pid_file, self.names, self.mark)

    def status(self) -> ServerStatus:
        """Return the state as found, without waiting for anything."""
        process, access = self.process(), Access.read(self.access_file)
        if process is None or access is None:
            return ServerStatus(self.label, self.variable, self.directory)
        return ServerStatus(
            self.label, self.variable, self.directory, process.pid, access.port, self.url(access)
        )

    def ensure(self) -> str:
        """Start the server, or join it when it runs; return its address once it answers.

        Raises:
            EmbeddedError: it cannot start, or does not answer in time.
        """
        process, access = self.process(), Access.read(self.access_file)
        if process is None or access is None:
            return self._start()
        fixed = ports.fixed_port(self.port_variable)
        if fixed not in {None, access.port}:
            raise EmbeddedError(
                f"The embedded {self.label} of {self.directory} already runs on port "
                f"{access.port}, but {self.port_variable} says {fixed}. Unset the variable, or "
                "end the processes that use the server (see 'python -m freesport.embedded stop')."
            )
        if not self._wait_for(process, access):
            raise self._failure(f"does not answer (process {process.pid})", self._log_end(0))
        return self.url(access)

    def stop(self) -> bool:
        """Stop the server; False when it did not run."""
        found = processes.running(self.names, self.mark)
        for process in found:
            processes.end(process, self.signals)
        return bool(found)

    def _start(self) -> str:
        program = self.prepare()
        self.stop()  # strays whose pid file is gone
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            access = self._choose_access()
            self.clear_stale()
            said = self._launch(program, access)
            if said is None:
                return self.url(access)
            if not self._passes(said) or time.monotonic() > deadline:
                raise self._start_failure(said, access)
            time.sleep(0.2)

    def _choose_access(self) -> Access:
        remembered = Access.read(self.access_file)
        if remembered is None:
            raise EmbeddedError(
                f"{self.access_file}, the password of the embedded {self.label}, is missing. "
                f"Remove {self.directory} to begin anew; its data is lost then."
            )
        port = ports.choose_port(self.label, self.port_variable, remembered.port)
        access = Access(port, remembered.password)
        if access != remembered:
            access.write(self.access_file)
        return access

    def _launch(self, program: Path, access: Access) -> str | None:
        """Run the server; None when it answers, else what it said before it failed."""
        make_private(self.log.parent, None)
        with processes.open_log(self.log) as log:
            offset = os.fstat(log.fileno()).st_size
            command = self.command(program, access)
            child = processes.spawn(command, log, self.place.account)
        process = psutil.Process(child.pid)
        if self._wait_for(process, access):
            return None
        processes.end(process, self.signals)
        child.poll()
        return self._log_end(offset)

    def _wait_for(self, process: psutil.Process, access: Access) -> bool:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if not processes.is_alive(process):
                return False
            if self.answers(access):
                return True
            time.sleep(0.02)
        return False

    def _passes(self, said: str) -> bool:
        texts = self.retried
        if ports.fixed_port(self.port_variable) is None:
            texts = (*texts, ADDRESS_IN_USE)  # taken since we looked: choose another
        return any(text in said for text in texts)

    def _start_failure(self, said: str, access: Access) -> EmbeddedError:
        if tells_full_disk(said):
            return full_disk(self.directory)
        if ADDRESS_IN_USE in said:
            return ports.taken(self.label, self.port_variable, access.port)
        return self._failure("did not start", said)

    def _failure(self, what: str, said: str) -> EmbeddedError:
        return EmbeddedError(
            f"The embedded {self.label} in {self.directory} {what}. Its last words, from "
            f"{self.log}:\n{said}\nIf its data is damaged, remove {self.directory} to begin anew; "
            f"or set {self.variable} to a server of your own."
        )

    def _log_end(self, offset: int) -> str:
        if not self.log.is_file():
            return ""
        return "\n".join(processes.read_since(self.log, offset).splitlines()[-LOG_LINES:])
