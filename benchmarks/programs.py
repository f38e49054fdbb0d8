"""Each measurement is a program of its own: no warm cache, no heap of the one before."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_CATALOGUE = "import_catalog_from_1c"
_CUSTOMERS = "import_customers_from_1c"
# ru_maxrss is in kilobytes, on macOS in bytes.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Measured:
    """What a program said, and its peak memory in bytes (resident set size)."""

    answer: dict[str, Any]
    peak: int

    @property
    def seconds(self) -> float:
        """How long its work took, without the start of the interpreter and of Django."""
        return float(self.answer["seconds"])


def migrate() -> None:
    """Create the tables."""
    _call("manage.py", "migrate", "--verbosity", "0")


def import_catalogue(directory: Path, *, tracked: bool = True) -> Measured:
    """Import a catalogue by the command that everybody uses, or by it without its tracking."""
    program = ("manage.py",) if tracked else ("-m", "benchmarks.untracked")
    return _import(program, _CATALOGUE, directory)


def import_customers(directory: Path, *options: str) -> Measured:
    """Import customers by the command that everybody uses."""
    return _import(("manage.py",), _CUSTOMERS, directory, *options)


def parse(directory: Path) -> Measured:
    """Measure floor P."""
    return _ask("-m", "benchmarks.parse_floor", str(directory))


def import_with_rival(directory: Path) -> Measured:
    """Have django-import-export import CSV files twice."""
    return _ask("-m", "benchmarks.rival", str(directory))


def export_history() -> Measured:
    """Take the whole history away as CSV."""
    return _ask("-m", "benchmarks.history_export")


def time_a_start() -> Measured:
    """Start imports by the portal's form and see how soon a worker has them."""
    return _ask("-m", "benchmarks.latency")


def _import(program: tuple[str, ...], command: str, directory: Path, *options: str) -> Measured:
    common = ("--json", "--skip-backup", "--data-dir", str(directory))
    return _ask(*program, command, *common, *options)


def _ask(*arguments: str) -> Measured:
    output, peak = _call(*arguments)
    return Measured(json.loads(output.splitlines()[-1]), peak)


def _call(*arguments: str) -> tuple[str, int]:
    """Run a Python program; give its output and its peak memory in bytes.

    Raises:
        RuntimeError: it failed; its own words are in the message.
    """
    command = [sys.executable, *arguments]
    with TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output)  # noqa: S603  (our own)
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}. {text}")
    return text, usage.ru_maxrss * _RSS_UNIT
