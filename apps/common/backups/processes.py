"""Runs one of PostgreSQL's programs: can be stopped, leaves no child behind, keeps its words."""

import os
import re
import selectors
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from .errors import BackupCancelled
from .target import Access

Stop = Callable[[], bool]
"""Asked several times a second; True ends the work with `BackupCancelled`."""

POLL = 0.2
"""Seconds between two questions to `stop`."""
PATIENCE = 5.0
"""Seconds a program gets to end after SIGTERM."""

_FULL_DISK = ("No space left on device", "Disk quota exceeded", "File too large")
_COMPLAINT = re.compile(r"error:|ERROR:|FATAL:")
# Lines that quote rows of tables: they may hold personal data.
_QUOTES_DATA = re.compile(r"^\s*(DETAIL|CONTEXT|Command was)\b")


class ProgramFailed(Exception):
    """A program ended with an error; `words` is all that it said."""

    def __init__(self, name: str, returncode: int, words: str) -> None:
        super().__init__(name, returncode)
        self.name = name
        self.returncode = returncode
        self.words = words

    @property
    def disk_full(self) -> bool:
        """Whether the disk, a quota or a file size limit stopped it."""
        return self.returncode == -signal.SIGXFSZ or any(text in self.words for text in _FULL_DISK)

    @property
    def reason(self) -> str:
        """Its complaint in a line, without quoted rows; or how it ended."""
        lines = [line for line in self.words.splitlines() if not _QUOTES_DATA.match(line)]
        complaints = [line.strip() for line in lines if _COMPLAINT.search(line)][:2]
        return " ".join(complaints)[:400] or self._ending()

    def _ending(self) -> str:
        if self.returncode < 0:
            return f"{self.name}: {signal.Signals(-self.returncode).name}"
        return f"{self.name}: exit {self.returncode}"


class Running:
    """A program that runs, with the file of its complaints."""

    def __init__(self, process: subprocess.Popen[bytes], words: IO[bytes]) -> None:
        self._process = process
        self._words = words

    @property
    def input(self) -> IO[bytes]:
        """Its standard input, where it was started with a pipe."""
        return _present(self._process.stdin)

    @property
    def output(self) -> IO[bytes]:
        """Its standard output, where it was started with a pipe."""
        return _present(self._process.stdout)

    def send(self, data: bytes, stop: Stop) -> None:
        """Write to its standard input, however slowly it reads.

        Raises:
            BackupCancelled: `stop` said so before it had taken everything.
            BrokenPipeError: it has ended.
        """
        os.set_blocking(self.input.fileno(), False)
        rest = memoryview(data)
        while rest:
            if stop():
                raise BackupCancelled
            if _ready(self.input, selectors.EVENT_WRITE):
                rest = rest[os.write(self.input.fileno(), rest) :]

    def hear(self, line: bytes, stop: Stop) -> None:
        """Wait until it says this line, and nothing else, on its standard output.

        Raises:
            BackupCancelled: `stop` said so before.
            BrokenPipeError: it ended without saying it.
        """
        heard = b""
        while heard != line:
            if stop():
                raise BackupCancelled
            if _ready(self.output, selectors.EVENT_READ):
                said = os.read(self.output.fileno(), len(line))
                if not said:
                    raise BrokenPipeError
                heard += said

    def close_input(self) -> None:
        """Tell it that nothing follows."""
        _close(self.input)

    def finish(self, stop: Stop) -> None:
        """Wait for its end.

        Raises:
            BackupCancelled: `stop` said so before.
            ProgramFailed: it ended with anything but 0.
        """
        while True:
            if stop():
                raise BackupCancelled
            if self._ended():
                break
        if self._process.returncode != 0:
            # Ctrl-C and a service manager's SIGTERM reach it as well as us: no failure of its own.
            if stop():
                raise BackupCancelled
            raise ProgramFailed(self._name, self._process.returncode, self._said())

    def end(self) -> None:
        """End it now, if it still runs."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                _close(stream)
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    @property
    def _name(self) -> str:
        command: Sequence[str] = self._process.args  # type: ignore[assignment] # always our list
        return Path(command[0]).name

    def _ended(self) -> bool:
        try:
            self._process.wait(POLL)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _said(self) -> str:
        self._words.seek(0)
        return self._words.read().decode(errors="replace")


def run_program(command: Sequence[str], granted: Access, stop: Stop) -> None:
    """Run a program to its end; what it says counts only when it fails.

    Raises:
        BackupCancelled: `stop` said so; the program was ended.
        ProgramFailed: it ended with anything but 0.
    """
    with started(command, granted) as running:
        running.finish(stop)


@contextmanager
def started(
    command: Sequence[str],
    granted: Access,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
    *,
    apart: bool = False,
) -> Iterator[Running]:
    """Run a program beside a block; it does not outlive it.

    `apart`: Ctrl-C in the terminal reaches us alone, so that we decide what becomes of it.
    """
    with TemporaryFile() as words:
        process = subprocess.Popen(  # noqa: S603 - the list is ours, no shell reads it
            command,
            stdin=stdin,
            stdout=stdout,
            stderr=words,
            env=dict(granted.environment),
            pass_fds=granted.inherited,
            process_group=0 if apart else None,
        )
        running = Running(process, words)
        try:
            yield running
        finally:
            running.end()


def _ready(stream: IO[bytes], event: int) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(stream, event)
        return bool(selector.select(POLL))


def _present(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("This program was started without a pipe.")
    return stream


def _close(stream: IO[bytes]) -> None:
    # The program at the other end may be gone: its exit code tells why.
    with suppress(BrokenPipeError):
        stream.close()
