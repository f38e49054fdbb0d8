"""Command line: ``python -m freesport.embedded status|stop|urls [data directory]``.

``status`` exits with 3 when a server does not run, ``urls`` when none does; ``urls`` prints the
passwords, for a shell's ``export``. No command starts a server.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from freesport import embedded
from freesport.embedded import keeper

NOT_RUNNING = 3


def print_status(data_dir: Path) -> int:
    """Print which servers run, and where."""
    servers = embedded.status(data_dir)
    for server in servers:
        state = (
            f"runs on port {server.port}, process {server.pid}" if server.pid else "does not run"
        )
        print(f"{server.name} {state} ({server.directory})")  # noqa: T201 - a command's output
    return 0 if all(server.pid for server in servers) else NOT_RUNNING


def print_urls(data_dir: Path) -> int:
    """Print the variables of the servers that run."""
    servers = [server for server in embedded.status(data_dir) if server.url]
    for server in servers:
        print(f"{server.variable}={server.url}")  # noqa: T201 - a command's output
    if not servers:
        print("No embedded server runs.", file=sys.stderr)  # noqa: T201 - a command's output
    return 0 if servers else NOT_RUNNING


def stop(data_dir: Path) -> int:
    """Stop the servers, whoever uses them, and print which ran."""
    stopped = embedded.stop(data_dir)
    print(f"Stopped: {', '.join(stopped) or 'nothing ran'}.")  # noqa: T201 - a command's output
    return 0


def keep(data_dir: Path) -> int:
    """Stop the servers once nobody uses them (started by ``ensure()``, not by hand)."""
    from freesport.embedded import supervisor  # noqa: PLC0415 - as in the package

    supervisor.keep(data_dir)
    return 0


COMMANDS: dict[str, Callable[[Path], int]] = {
    "status": print_status,
    "stop": stop,
    "urls": print_urls,
    keeper.COMMAND: keep,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m freesport.embedded",
        description="Look after the private PostgreSQL and Valkey of development and tests.",
        epilog="The data directory defaults to FREESPORT_DATA_DIR, then to .data in the project.",
    )
    parser.add_argument("command", choices=COMMANDS, metavar="status|stop|urls")
    parser.add_argument("data_dir", nargs="?", type=Path, default=embedded.default_data_dir())
    options = parser.parse_args(arguments)
    try:
        return COMMANDS[options.command](options.data_dir)
    except embedded.EmbeddedError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's output
        return 1


if __name__ == "__main__":
    sys.exit(main())
