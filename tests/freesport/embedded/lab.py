"""A directory where embedded servers may run, and the processes that use them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class with a small name

from freesport import embedded

ROOT = Path(__file__).resolve().parents[3]
USE = """
import json, os, sys
from freesport import embedded
try:
    e = embedded.ensure()
except embedded.EmbeddedError as error:
    print(json.dumps({"error": str(error)}), flush=True)
    sys.exit(1)
print(json.dumps({"database": e.database_url, "redis": e.redis_url}), flush=True)
"""
WAIT = "sys.stdin.read()\n"


class User:
    """A process that uses the servers until it is told to end, or killed."""

    def __init__(
        self, code: str, environment: dict[str, str], limit: Callable[[], None] | None
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE + code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
            preexec_fn=limit,  # noqa: PLW1509 - the test run has no threads then
        )

    def line(self) -> str:
        return self.process.stdout.readline()

    def answer(self) -> dict[str, str]:
        """Return the addresses, or the error, that ``ensure()`` gave this process."""
        answer: dict[str, str] = json.loads(self.line())
        return answer

    def end(self) -> int:
        with self.process:  # closes the pipe that the process waits on
            pass
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.end()


class Lab:
    """A data directory and what runs for it."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.data_dir = base / "data"
        self.users: list[User] = []

    def start(
        self,
        code: str = WAIT,
        data_dir: Path | None = None,
        limit: Callable[[], None] | None = None,
        **variables: str,
    ) -> User:
        """Start a process that calls ``ensure()`` and then runs this code."""
        environment = self.environment(data_dir or self.data_dir, **variables)
        self.users.append(User(code, environment, limit))
        return self.users[-1]

    def environment(self, data_dir: Path, **variables: str) -> dict[str, str]:
        """Return our environment without what names or tunes the servers of this test run."""
        dropped = {"DATABASE_URL", "REDIS_URL", *(n for n in os.environ if "FREESPORT_" in n)}
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        path = [variables.pop("PYTHONPATH", ""), str(ROOT), os.environ.get("PYTHONPATH", "")]
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, path))
        return {**kept, "FREESPORT_DATA_DIR": str(data_dir), **variables}

    def processes(self, directory: Path | None = None) -> list[psutil.Process]:
        """Return the servers and keepers whose command line names a path below the directory."""
        place = str(directory or self.base)
        found = []
        for process in psutil.process_iter():
            try:
                words = process.cmdline()
            except psutil.Error:
                continue
            if any(word.startswith(place) for word in words):
                found.append(process)
        return found

    def pid(self, variable: str = "DATABASE_URL") -> int | None:
        return next(s.pid for s in embedded.status(self.data_dir) if s.variable == variable)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``python -m freesport.embedded``."""
        return subprocess.run(
            [sys.executable, "-m", "freesport.embedded", *arguments],
            env=self.environment(self.data_dir),
            capture_output=True,
            text=True,
            check=False,
        )

    def clear(self) -> None:
        """Kill what a failed test left, and fail the test that left something."""
        for user in self.users:
            user.kill()
        quiet = eventually(lambda: not self.processes())
        for process in self.processes():
            process.kill()
        assert quiet, "embedded servers were left running"


@contextmanager
def cursor(url: str) -> Iterator[Cursor]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
