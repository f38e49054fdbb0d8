"""Starting server processes, telling ours from others', and stopping them."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import psutil

from freesport.embedded.accounts import Account, identity

# A server knows nothing of our environment; English messages, so that we can read them.
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC"}

LOG_LIMIT = 1_000_000
"""Bytes after which a log is put aside at the next start."""


class Detached(subprocess.Popen[bytes]):
    """A process that is meant to outlive us, so that leaving it behind is no mistake."""

    def __del__(self) -> None:
        """Do not warn that the process still runs."""


def spawn(
    command: Sequence[str],
    log: IO[bytes],
    account: Account | None = None,
    environment: dict[str, str] | None = None,
) -> Detached:
    """Start a program apart from our terminal and session, its output going to the log.

    ``cwd`` is the root folder because the account may not be able to enter ours.
    """
    return Detached(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=environment or ENVIRONMENT,
        start_new_session=True,
        **identity(account),
    )


def open_log(path: Path) -> IO[bytes]:
    """Open a log to append to; one that has grown long is put aside as ``.1`` first."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_name(f"{path.name}.1"))
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    return os.fdopen(descriptor, "ab")


def read_since(path: Path, offset: int) -> str:
    """Return what was written to a log after this many bytes."""
    with path.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")


def owned(pid_file: Path, programs: Sequence[str], mark: Sequence[str]) -> psutil.Process | None:
    """Return the living process that a pid file names, if its command line proves it ours.

    Process ids are used again: after a crash, the file may name a process of somebody else. Ours
    runs one of ``programs`` with the arguments ``mark``, which name our own data.
    """
    try:
        process = psutil.Process(int(pid_file.read_bytes().split(b"\n", 1)[0]))
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    return process if _runs(process, programs, mark) else None


def running(programs: Sequence[str], mark: Sequence[str]) -> list[psutil.Process]:
    """Return all processes that their command lines prove ours, also where no pid file is left.

    That is so when somebody removed the data directory below a running server.
    """
    return [process for process in psutil.process_iter() if _runs(process, programs, mark)]


def _runs(process: psutil.Process, programs: Sequence[str], mark: Sequence[str]) -> bool:
    try:
        command = process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # a zombie is no such process
        return False
    if not mark or not command or Path(command[0]).name not in programs:
        return False
    return any(command[at : at + len(mark)] == list(mark) for at in range(1, len(command)))


def is_alive(process: psutil.Process) -> bool:
    """Tell whether a process still runs; one that only waits for its parent's notice does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end(process: psutil.Process, signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """Stop a process: send each signal in turn, and wait for its number of seconds."""
    for number, seconds in signals:
        deadline = time.monotonic() + seconds
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            return
        while is_alive(process):
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
        else:
            return
