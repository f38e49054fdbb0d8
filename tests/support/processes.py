"""Real processes for tests: started apart from our terminal, stopped by their ids, bounded."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """A program in a process group of its own whose output goes to a log file."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.command = list(command)
        self.environment = dict(environment)
        self.log = log
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._popen is not None, "the process was not started"
        return self._popen.pid

    @property
    def running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self._popen is not None and self._popen.poll() is None

    @property
    def started(self) -> bool:
        """Whether the process was started, whatever became of it."""
        return self._popen is not None

    def start(self) -> None:
        """Start the program; its output is appended to the log."""
        with self.log.open("ab") as output:
            self._popen = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program alone, not to its children."""
        os.kill(self.pid, number)

    def wait(self, seconds: float = 30) -> int:
        """Wait for the program's end and return its exit code."""
        assert self._popen is not None, "the process was not started"
        return self._popen.wait(seconds)

    def stop(self, seconds: float = 15) -> None:
        """End the program and all that it started: politely first, then by force."""
        if self._popen is None:
            return
        if self.running:
            self.send(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):  # then it is killed below
                self.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """Kill the program's whole group at once."""
        assert self._popen is not None, "the process was not started"
        with suppress(ProcessLookupError):  # it ended, with all its children
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait(10)

    def text(self) -> str:
        """Return what the program has said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def alive(process: psutil.Process) -> bool:
    """Whether a process works; one that nobody has buried yet does not."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def wait_until(fact: Callable[[], bool], seconds: float, otherwise: Callable[[], str]) -> None:
    """Wait until a fact holds; fail with a sentence when it does not in time."""
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            raise AssertionError(otherwise())
        time.sleep(0.05)
