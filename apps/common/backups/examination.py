"""Says what a dump is, for somebody who is about to put it in the place of a database."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .processes import ProgramFailed, Stop, started
from .programs import newest_programs
from .target import Access, handed_on_environment
from .verification import never, unreadable, verify

_FACT = re.compile(
    r"^; +(?P<name>Archive created at|dbname:|Dumped from database version:) (?P<value>.*)$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class DumpFacts:
    """What a verified dump tells of itself.

    Args:
        path: the file.
        size: in bytes.
        made: when the dump began, in words of pg_restore, in the time zone of this process.
        database: the name of the database that was dumped.
        server_version: of the server that it was dumped from.
    """

    path: Path
    size: int
    made: str
    database: str
    server_version: str


def examine(path: Path, *, stop: Stop | None = None) -> DumpFacts:
    """Read a dump whole, as :func:`verify` does and with its errors, and say what it is."""
    verify(path, stop=stop)
    command = [newest_programs().path("pg_restore"), "--list", str(path.absolute())]
    try:
        with started(command, Access(handed_on_environment()), stdout=subprocess.PIPE) as running:
            listed = running.output.read().decode(errors="replace")
            running.finish(stop or never)
    except ProgramFailed as failure:
        raise unreadable(path, failure) from failure
    facts = {found["name"]: found["value"].strip() for found in _FACT.finditer(listed)}
    return DumpFacts(
        path=path.absolute(),
        size=path.stat().st_size,
        made=facts.get("Archive created at", ""),
        database=facts.get("dbname:", ""),
        server_version=facts.get("Dumped from database version:", ""),
    )
