"""Command line: ``python -m freesport.demo [--once] [--port N]``.

Exit codes: 0 done, or ended by Ctrl-C while serving; 1 a step failed, with the reason; 2 wrong
options; 130 interrupted before it served; 143 terminated.
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import django
from django.core.management.base import CommandError
from django.db import OperationalError

from freesport.demo.console import say, step
from freesport.demo.errors import DemoError
from freesport.demo.place import listen, settle
from freesport.embedded import EmbeddedError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; return its exit code."""
    options = _parse(arguments)
    _hear_signals()
    try:
        _demo(once=options.once, port=options.port)
    except (DemoError, EmbeddedError, CommandError, OperationalError) as error:
        say(f"The demo failed. {error}")
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
        return 128 + signal.SIGINT
    return 0


def _demo(*, once: bool, port: int | None) -> None:
    place = settle()
    with listen(port, serves=not once) as listener:
        with step("Starting the database and the broker"):
            django.setup()
        from freesport.demo.run import run  # noqa: PLC0415  (needs Django set up)

        run(place, listener, once=once)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m freesport.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the imports")
    parser.add_argument("--port", type=_port, help="port of the portal (default: 8000 or the next)")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 1 to 65535")
    return int(text)


def _hear_signals() -> None:
    """Make each way to end the demo end it well, started in a shell's background too.

    There a shell has SIGINT ignored, which Python would leave so.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
