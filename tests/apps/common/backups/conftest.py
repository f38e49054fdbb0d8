"""A database with rows, a place for its backups, and hands on the running pg_dump."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest
from django.db import connection
from django.utils import timezone, translation
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, quote_ident
from pytest_django import Settings

from apps.common.backups import Backup, make_backup
from apps.common.models import SyncLog, SyncStatus
from tests.support.backups import works_as

TABLE = SyncLog._meta.db_table


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def backup_dir(settings: Settings, tmp_path: Path) -> Path:
    """BACKUP_DIR of this test; it does not exist yet."""
    settings.BACKUP_DIR = tmp_path / "kept" / "backups"
    return settings.BACKUP_DIR


@pytest.fixture
def rows(transactional_db: None) -> int:
    """Committed rows, which pg_dump sees; hardly compressible, so that they fill the dump."""
    number = 4000
    SyncLog.objects.bulk_create(
        SyncLog(
            sync_type="каталог",
            status=SyncStatus.COMPLETED,
            started_at=timezone.now(),
            error_details=[{"text": "Ёлка 🎄 \\ \n", "noise": secrets.token_hex(64)}],
        )
        for _ in range(number)
    )
    return number


@pytest.fixture
def backup(rows: int, backup_dir: Path) -> Backup:
    """A finished backup of these rows."""
    return make_backup()


def connect(database: str | None = None) -> Any:
    """Return a connection beside Django's to the same server."""
    parameters = connection.get_connection_params()
    return psycopg2.connect(**{**parameters, "dbname": database or parameters["dbname"]})


@pytest.fixture
def second_database(transactional_db: None) -> Iterator[str]:
    """The name of an empty database on the same server; it needs quoting."""
    name = f"restored='{os.getpid()} \\x"
    admin = connect()
    admin.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    quoted = quote_ident(name, admin)
    with admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0")
        yield name
        cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")
    admin.close()


@contextmanager
def locked_table() -> Iterator[None]:
    """Hold a table so that pg_dump must wait for it."""
    other = connect()
    try:
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        other.close()


def contents(database: str | None = None) -> dict[str, tuple[int, str]]:
    """Return the number of rows and a digest of each table."""
    other = connect(database)
    with other.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables ORDER BY 1")
        tables = [quote_ident(name, other) for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) "
                f"FROM {table} t"
            )
            found[table] = cursor.fetchone()
    other.close()
    return found


def running_pg_dump(parent: psutil.Process | None = None) -> psutil.Process | None:
    """Return the pg_dump that a process (default: this one) runs, once it has become so."""
    for child in (parent or psutil.Process()).children(recursive=True):
        if works_as(child, "pg_dump"):
            return child
    return None


def names(directory: Path) -> list[str]:
    """Return what lies in a directory."""
    return sorted(path.name for path in directory.iterdir())
