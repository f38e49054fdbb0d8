"""The shell scripts run for real: on the test database, with generated exports."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.support.processes import ROOT
from tests.support.worker import worker_environment

MANAGE = f"{sys.executable} {ROOT / 'manage.py'}"
FULL_IMPORT = "scripts/inport_from_1C/full_import.sh"
# The steps that it says it begins.
ASKING = "Is another import active?"
IMPORTS = ["Importing the catalogue", "Importing the customers", "The last session"]
# Nothing listens on port 1: the scripts are promised to do without broker and worker.
NO_BROKER = "redis://127.0.0.1:1/0"
SETTINGS_OF_SYNC = ("ONEC_SYNC_SERVER", "ONEC_SYNC_PATH", "ONEC_SYNC_KEY", "ONEC_SYNC_DATA_DIR")


@dataclass(frozen=True)
class Ended:
    """How a script ended."""

    code: int
    out: str
    error: str

    @property
    def steps(self) -> list[str]:
        """The steps that it said it began."""
        said = (line[3:] for line in self.error.splitlines() if line.startswith("== "))
        return [line for line in said if not line.startswith("Ended")]


Script = Callable[..., Ended]


@pytest.fixture
def environment(transactional_db: None, tmp_path: Path) -> dict[str, str]:
    """What the scripts find: the test database, no broker, no portal, directories of their own."""
    found = worker_environment(tmp_path / "export", tmp_path / "backups")
    for name in (*SETTINGS_OF_SYNC, "MANAGE"):
        found.pop(name, None)
    return found | {
        "REDIS_URL": NO_BROKER,
        "OPS_PORTAL_ENABLED": "false",
        "MEDIA_ROOT": str(tmp_path / "media"),
    }


@pytest.fixture
def export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A small generated export, catalogue and customers, where the settings look for one."""
    directory = tmp_path / "export"
    call_command("generate_1c_export", output=str(directory), products=8, customers=4, full=True)
    capsys.readouterr()
    return directory


def run_script(path: str, *arguments: str, environment: dict[str, str]) -> Ended:
    """Run a script of the project to its end."""
    ended = subprocess.run(
        ["sh", str(ROOT / path), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def put_on_path(directory: Path, environment: dict[str, str], **programs: str) -> None:
    """Put programs, given as shell scripts, before those of the machine."""
    directory.mkdir(exist_ok=True)
    for name, body in programs.items():
        program = directory / name
        program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        program.chmod(0o755)
    environment["PATH"] = f"{directory}:{environment['PATH']}"


@pytest.fixture
def full_import(environment: dict[str, str]) -> Script:
    """Run the script with a plain manage.py; migrations are left out unless asked for."""

    def run(*arguments: str, manage: str = MANAGE, migrate: bool = False) -> Ended:
        skip = [] if migrate else ["--skip-migrate"]
        return run_script(
            FULL_IMPORT, "--manage", manage, *skip, *arguments, environment=environment
        )

    return run
