"""The programs that the demo starts: each in a process group of its own, none outliving it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from freesport.demo.errors import DemoError

READY_WITHIN = 90.0
POLITE_STOP = 15.0
TAIL_LINES = 15


class Child:
    """A program whose output goes to a log, apart from the terminal's signals."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, inherited: Sequence[int] = ()
    ) -> None:
        self.name = name
        self.log = log
        with log.open("wb") as output:
            self._popen = subprocess.Popen(  # noqa: S603 - our own programs
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=inherited,
            )

    def check(self) -> None:
        """Do nothing while the program runs.

        Raises:
            DemoError: it has ended, which it never does by itself.
        """
        code = self._popen.poll()
        if code is not None:
            raise DemoError(f"The {self.name} has ended with exit code {code}. {self.last_words()}")

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Wait until the program is ready for work.

        Raises:
            DemoError: it ended instead, or took longer than `READY_WITHIN` seconds.
        """
        deadline = time.monotonic() + READY_WITHIN
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise DemoError(
                    f"The {self.name} does not answer after {READY_WITHIN:.0f} seconds. "
                    f"{self.last_words()}"
                )
            time.sleep(0.1)

    def last_words(self) -> str:
        """Return where the log lies and its last lines."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
        return "\n  ".join([f"The end of {self.log}:", *(lines or ["(it is empty)"])])

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the program; its own children are its own business."""
        if self._popen.poll() is None:
            self._popen.terminate()

    def end(self, deadline: float) -> None:
        """Wait for the end until the deadline, then kill what is left of the process group."""
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(max(0.0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):  # nothing is left
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait()


@contextmanager
def family() -> Iterator[list[Child]]:
    """Give a list for children; at the end all of them are stopped, within `POLITE_STOP` seconds.

    A second Ctrl-C during that time kills at once.
    """
    children: list[Child] = []
    try:
        yield children
    finally:
        deadline = time.monotonic() + POLITE_STOP
        for child in children:
            child.ask_to_stop()
        try:
            for child in children:
                child.end(deadline)
        finally:
            for child in children:
                child.end(0.0)
