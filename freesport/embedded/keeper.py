"""The keeper: a small process that stops the servers when their last user was killed.

A killed process runs no exit handler; without a keeper its servers would stay until the next user
comes and goes. It sleeps on the users' lock and costs nothing but its memory.
"""

import os
import signal
import sys
from pathlib import Path

from freesport.embedded import processes
from freesport.embedded.places import Place, make_private, write_private

PROJECT_ROOT = Path(__file__).resolve().parents[2]
NAMES = (Path(sys.executable).name, "python", "python3")
COMMAND = "keep"


def ensure(place: Place) -> None:
    """Start the keeper of this place unless it runs. Call it with the start lock held."""
    if processes.owned(_pid_file(place), NAMES, _mark(place)):
        return
    logs = place.home / "logs"
    make_private(logs, None)
    import_path = os.pathsep.join([os.fspath(PROJECT_ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": import_path.rstrip(os.pathsep)}
    command = [sys.executable, "-m", *_mark(place)]
    with processes.open_log(logs / "keeper.log") as log:
        child = processes.spawn(command, log, environment=environment)
    write_private(_pid_file(place), f"{child.pid}\n")


def stop(place: Place) -> None:
    """Stop the keeper, whose work is done. Call it with the start lock held."""
    for process in processes.running(NAMES, _mark(place)):
        processes.end(process, ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)))


def _pid_file(place: Place) -> Path:
    return place.control / "keeper.pid"


def _mark(place: Place) -> tuple[str, str, str]:
    return "freesport.embedded", COMMAND, os.fspath(place.control.parent)
