"""Commands and catalogues for the tests of backups and restores."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import psutil
import psycopg2
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from apps.products.models import (
    ImportChange,
    ImportIssue,
    ImportLease,
    ImportLogLine,
    ImportSession,
)
from tests.support.processes import ROOT, Process, wait_until
from tests.support.worker import worker_environment

OPERATION = (ImportChange, ImportIssue, ImportLease, ImportLogLine, ImportSession)
CATALOGUE = [
    model._meta.db_table
    for model in apps.get_app_config("products").get_models(include_auto_created=True)
    if model not in OPERATION
]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    error: str


def run(name: str, *arguments: str, **options: Any) -> Ended:
    """Run a command in this process."""
    out, err = StringIO(), StringIO()
    try:
        call_command(name, *arguments, stdout=out, stderr=err, **options)
    except CommandError as error:
        return Ended(error.returncode, out.getvalue(), str(error))
    return Ended(0, out.getvalue(), err.getvalue())


def program(*arguments: str) -> list[str]:
    """Return the command line of a manage.py."""
    return [sys.executable, "manage.py", *arguments]


def environment() -> dict[str, str]:
    """Return what a manage.py of its own needs to meet this test's database and directories."""
    variables = worker_environment(Path(settings.ONEC_DATA_DIR), Path(settings.BACKUP_DIR))
    return variables | {"MEDIA_ROOT": str(settings.MEDIA_ROOT)}


def run_apart(*arguments: str, largest_file: int | None = None) -> Ended:
    """Run a command as a program of its own, which may write files of so many kilobytes."""
    command = program(*arguments)
    if largest_file is not None:  # a shell counts in blocks of 512 bytes
        command = ["sh", "-c", f'ulimit -f {largest_file * 2} && exec "$0" "$@"', *command]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@contextmanager
def running(log: Path, *arguments: str) -> Iterator[Process]:
    """Run a command beside a block; it does not outlive it."""
    process = Process(program(*arguments), environment(), log)
    process.start()
    try:
        yield process
    finally:
        process.kill()


def child(process: Process, name: str) -> psutil.Process:
    """Wait until a program runs another one, and return that."""
    found: list[psutil.Process] = []

    def look() -> bool:
        assert process.running, f"The program has ended:\n{process.text()}"
        children = psutil.Process(process.pid).children(recursive=True)
        found.extend(child for child in children if works_as(child, name))
        return bool(found)

    wait_until(look, 60, lambda: f"{name} was not started:\n{process.text()}")
    return found[0]


def works_as(process: psutil.Process, name: str) -> bool:
    """Whether a process runs this program, and does not just say its version."""
    try:
        return process.name() == name and "--version" not in process.cmdline()
    except psutil.Error:  # it has ended meanwhile
        return False


@contextmanager
def locked(table: str, mode: str = "ACCESS EXCLUSIVE") -> Iterator[None]:
    """Hold a table, so that others must wait for it."""
    other = psycopg2.connect(**connection.get_connection_params())
    try:
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN {mode} MODE")
        yield
    finally:
        other.close()


def digests(tables: Sequence[str] = CATALOGUE) -> dict[str, tuple[int, str]]:
    """Return the number of rows and a digest of all their columns, by table."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) "
                f"FROM {table} t"
            )
            found[table] = cursor.fetchone()
    return found


def files(directory: Path) -> list[str]:
    """Return the files below a directory, relative to it."""
    return sorted(str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file())
