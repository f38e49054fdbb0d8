"""What scenes act upon: a worker that comes and goes, imports, locks, and time that passes."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import connection, connections
from psycopg2 import sql

from apps.monitoring.health.worker import REMEMBER_SECONDS
from apps.products.models import ImportSession
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import FINAL, ImportType
from apps.products.sessions.submit import submit
from apps.products.tasks import import_catalog_from_1c_task
from apps.users.models import User
from freesport.demo import programs
from freesport.demo.children import Child
from freesport.demo.errors import DemoError
from freesport.demo.place import Place

_PATIENCE = 90.0
_TIMES = """
SELECT table_name, array_agg(column_name::text) FROM information_schema.columns
WHERE table_schema = 'public' AND data_type = 'timestamp with time zone'
  AND table_name NOT IN ('django_session', 'django_migrations') GROUP BY table_name
"""
_HELD = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@dataclass
class World:
    """The stage of a story. `children` are stopped at its end, whatever happens."""

    place: Place
    language: str
    children: list[Child]
    worker: Child | None = None

    def source(self, name: str) -> Path:
        """Give the directory of an export."""
        return self.place.exports / name

    def start_worker(self) -> None:
        """Start a worker, and wait until pages have forgotten that there was none."""
        self.worker = programs.start_worker(self.place)
        self.children.append(self.worker)
        self.worker.wait_until(programs.worker_answers)
        time.sleep(REMEMBER_SECONDS)

    def kill_worker(self) -> None:
        """Kill the worker with all its processes: nobody is left to say what happened."""
        if self.worker is not None:
            self.worker.end(0.0)
            self.children.remove(self.worker)
            self.worker = None

    def start(
        self,
        source: str,
        import_type: ImportType = ImportType.CATALOG,
        *,
        then: Parameters | None = None,
        who: str = "operator",
        dry_run: bool = False,
    ) -> ImportSession:
        """Hand an import to the worker, as the portal does."""
        parameters = Parameters(import_type, self.source(source), dry_run=dry_run)
        return submit(parameters, user=User.objects.get(username=who), then=then)

    def run(self, source: str, **options: object) -> ImportSession:
        """Start an import and wait for its end."""
        return self.finish(self.start(source, **options))  # type: ignore[arg-type]  # as given

    def finish(self, session: ImportSession) -> ImportSession:
        """Wait for a session's end."""

        def ended() -> bool:
            session.refresh_from_db()
            return session.status in FINAL

        self._wait(ended, f"Session #{session.pk} does not end.")
        return session

    def run_scheduled(self, source: str) -> ImportSession:
        """Run an import as a schedule does."""
        before = ImportSession.objects.count()
        import_catalog_from_1c_task.delay(data_dir=str(self.source(source)))
        self._wait(lambda: ImportSession.objects.count() > before, "The schedule did nothing.")
        return self.finish(ImportSession.objects.latest())

    def run_command(self, source: str) -> ImportSession:
        """Run an import on the command line."""
        command = (sys.executable, "manage.py", "import_catalog_from_1c", "--data-dir")
        subprocess.run([*command, self.source(source)], check=True, capture_output=True)  # noqa: S603
        return ImportSession.objects.latest()

    @contextmanager
    def held_at(self, table: str) -> Iterator[None]:
        """Let an import come no further than its first write to a table, as long as this lasts."""
        other = connections.create_connection("default")
        try:
            other.set_autocommit(False)
            with other.cursor() as cursor:
                cursor.execute(
                    sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.Identifier(table))
                )
            yield
        finally:
            other.close()

    def wait_until_held(self, table: str) -> None:
        """Wait until an import stands before a table that is held."""
        self._wait(lambda: self._one(_HELD, table) > 0, f"No import waits for {table}.")

    def let_time_pass(self, span: timedelta) -> None:
        """Make everything that the database knows older."""
        with connection.cursor() as cursor:
            cursor.execute(_TIMES)
            for table, columns in cursor.fetchall():
                moved = sql.SQL(", ").join(
                    sql.SQL("{0} = {0} - %(span)s::interval").format(sql.Identifier(column))
                    for column in columns
                )
                statement = sql.SQL("UPDATE {} SET {}").format(sql.Identifier(table), moved)
                cursor.execute(statement, {"span": str(span)})

    def execute(self, statement: str, *parameters: str) -> None:
        """Run a statement on the database."""
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)

    def _one(self, statement: str, *parameters: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return int(cursor.fetchone()[0])

    def _wait(self, fact: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not fact():
            if self.worker is not None:
                self.worker.check()
            if time.monotonic() > deadline:
                raise DemoError(f"{otherwise} {self.worker.last_words() if self.worker else ''}")
            time.sleep(0.05)
