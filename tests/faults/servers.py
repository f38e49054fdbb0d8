"""A PostgreSQL and a Valkey that a test may restart, fill up and mistreat."""

import os
import signal
import sys
from pathlib import Path

import psutil
import psycopg2
import redis

from freesport.embedded import processes
from freesport.embedded.accounts import server_account
from tests.faults.lab import PATIENCE, Database
from tests.faults.shop import Shop
from tests.freesport.embedded.lab import Lab
from tests.support.processes import Process, alive, wait_until


class Servers:
    """A private PostgreSQL and Valkey, with the project's tables."""

    def __init__(self, lab: Lab, directory: Path) -> None:
        self._lab, self._directory = lab, directory
        self._user = lab.start()
        urls = self._user.answer()
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "freesport.settings.test",
            "DATABASE_URL": urls["database"],
            "REDIS_URL": urls["redis"],
            "LANGUAGE": "en",
            "REDIS_KEY_PREFIX": "restarts",
            "ONEC_DATA_DIR": str(directory),
            "ONEC_RECOVERY_INTERVAL": "1",
        }
        self.redis_url = urls["redis"]
        self.database = Database(urls["database"])
        migrating = self.manage("migrate", "--verbosity", "0")
        migrating.start()
        assert migrating.wait(PATIENCE) == 0, migrating.text()
        # As in production: what is confirmed survives a crash.
        self.database.run("ALTER ROLE CURRENT_USER SET synchronous_commit = on")

    def manage(self, *arguments: str) -> Process:
        """Give a `manage.py` call on these servers."""
        command = [sys.executable, "manage.py", *arguments]
        return Process(command, self.environment, self._directory / f"{arguments[0]}.log")

    def restart(self, variable: str, number: signal.Signals) -> None:
        """Stop a server, and start it again with the same words."""
        pid = self._lab.pid(variable)
        assert pid is not None
        server = psutil.Process(pid)
        words = server.cmdline()
        children = server.children(recursive=True)
        server.send_signal(number)
        wait_until(
            lambda: not any(alive(process) for process in [server, *children]),
            30,
            lambda: f"{words[0]} does not end",
        )
        log = self._directory / "server.log"
        with log.open("ab") as output:
            processes.spawn(words, output, server_account())
        wait_until(self._answer, 60, lambda: f"{words[0]} does not answer again")

    def _answer(self) -> bool:
        """Whether both servers take connections; after a crash that takes a moment."""
        try:
            self.database.one("SELECT 1")
            with redis.Redis.from_url(self.redis_url) as client:
                client.ping()
        except (psycopg2.OperationalError, redis.ConnectionError):
            return False
        return True

    def stop(self) -> None:
        """Stop both."""
        self._user.end()


def trigger(servers: Servers, shop: Shop, directory: Path, **variables: str) -> Process:
    """Submit an import as the portal does; the process tells how long that took."""
    code = (
        "import sys; sys.path.insert(0, '.'); import django; django.setup();"
        "from pathlib import Path;"
        "from apps.products.sessions.submit import submit; import time; began = time.monotonic();"
        "from apps.products.sessions.parameters import Parameters;"
        "from apps.products.sessions.states import ImportType, Trigger;"
        "from apps.products.sessions.errors import BrokerDown\n"
        f"try: submit(Parameters(ImportType.CATALOG, Path({str(shop.first.path)!r}), chunk_size=20,"
        "skip_backup=True), user=None, trigger=Trigger.SCHEDULE)\n"
        "except BrokerDown as error: print(error)\n"
        "print(f'answered after {time.monotonic() - began:.3f} s')"
    )
    environment = servers.environment | variables
    process = Process([sys.executable, "-c", code], environment, directory / "trigger.log")
    process.start()
    return process


def sessions(database: Database) -> list[str]:
    """Give the status of every session."""
    statuses = database.one("SELECT array_agg(status ORDER BY id) FROM import_sessions")[0]
    assert isinstance(statuses, list)
    return statuses
