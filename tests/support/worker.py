"""A Celery worker of the tests' own: their database, their key prefix, their data directory."""

import os
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from freesport.celery import app
from tests.support.processes import Process, wait_until

READY_WITHIN = 60.0


class Worker(Process):
    """A worker process; `name` is its Celery node name."""

    def __init__(self, directory: Path, data_dir: Path) -> None:
        self.name = f"test-{uuid.uuid4().hex[:8]}@localhost"
        command = [
            *(sys.executable, "-m", "celery", "--app", "freesport", "worker"),
            *("--hostname", self.name, "--concurrency", "1", "--loglevel", "info"),
            *("--without-gossip", "--without-mingle"),
        ]
        environment = worker_environment(data_dir, backup_dir=directory / "backups")
        super().__init__(command, environment, directory / "worker.log")

    def ensure_running(self) -> None:
        """Start the worker unless it runs, and wait until it answers."""
        if self.running:
            return
        self.start()
        wait_until(self.answers, READY_WITHIN, lambda: f"The worker is silent:\n{self.text()}")

    def listen(self) -> None:
        """Take messages, but none that an earlier test has left behind."""
        app.control.purge()
        self._command("add_consumer")

    def ignore(self) -> None:
        """Leave all messages to whoever else reads the queue: tests do."""
        self._command("cancel_consumer")

    def _command(self, name: str) -> None:
        answer = app.control.broadcast(
            name,
            arguments={"queue": settings.CELERY_TASK_DEFAULT_QUEUE},
            destination=[self.name],
            reply=True,
            timeout=10,
            limit=1,
        )
        assert answer, f"The worker did not obey {name}:\n{self.text()}"

    def answers(self) -> bool:
        """Ask the worker for a sign of life."""
        assert self.running, f"The worker has ended:\n{self.text()}"
        return bool(app.control.ping(destination=[self.name], timeout=0.5))


def worker_environment(data_dir: Path, backup_dir: Path) -> dict[str, str]:
    """Return our environment, pointed at the test database, queue and directories."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "freesport.settings.test",
        "DATABASE_URL": test_database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "REDIS_KEY_PREFIX": settings.REDIS_KEY_PREFIX,
        "ONEC_DATA_DIR": str(data_dir),
        "BACKUP_DIR": str(backup_dir),
        # Between tests nothing is to be looked for: emptying the tables could meet the look.
        "ONEC_RECOVERY_INTERVAL": "3600",
    }


def test_database_url() -> str:
    """Return the address of the database that pytest-django made for this run."""
    name = connection.settings_dict["NAME"]
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


test_database_url.__test__ = False  # type: ignore[attr-defined]  # its name is no test's
