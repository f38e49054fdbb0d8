"""Restoring, whole or not at all."""

import os
from pathlib import Path

import pytest
from django.db import connection, transaction

from apps.common.backups import (
    Backup,
    BackupCancelled,
    BackupError,
    DumpBroken,
    make_backup,
    restore,
)
from apps.common.backups.programs import NAMES, programs_for
from apps.common.backups.target import current_target
from apps.common.models import SyncLog
from tests.apps.common.backups.conftest import TABLE, connect, contents, locked_table


class TestRestoreIntoAnEmptyDatabase:
    def test_brings_every_table_with_every_row(
        self, backup: Backup, rows: int, second_database: str
    ) -> None:
        restored = restore(backup.path, database=second_database)
        assert contents(second_database) == contents()
        assert contents(second_database)[f'"{TABLE}"'][0] == rows
        assert restored.database == second_database

    def test_brings_constraints_and_counters_too(
        self, backup: Backup, second_database: str
    ) -> None:
        restore(backup.path, database=second_database)
        definitions = (  # a check's text is put differently by the server once it was restored
            "SELECT conname, contype, conrelid::regclass::text, "
            "CASE contype WHEN 'c' THEN '' ELSE pg_get_constraintdef(oid) END "
            "FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 3"
        )
        counters = "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
        for query in (definitions, counters):
            found = []
            for name in (None, second_database):
                with connect(name) as other, other.cursor() as cursor:
                    cursor.execute(query)
                    found.append(cursor.fetchall())
            assert found[0] == found[1]
            assert found[0]


class TestRestoreOverData:
    def test_undoes_what_came_after_the_backup(self, backup: Backup) -> None:
        before = contents()
        SyncLog.objects.filter(pk__in=SyncLog.objects.values("pk")[:100]).delete()
        SyncLog.objects.update(sync_type="changed")
        with connection.cursor() as cursor:  # tables of a later migration
            cursor.execute(f"CREATE TABLE later (log bigint REFERENCES {TABLE} (id))")
            cursor.execute("CREATE VIEW latest AS SELECT * FROM later")
        restore(backup.path)
        assert contents() == before

    def test_changes_nothing_when_the_dump_is_broken(self, backup: Backup) -> None:
        before = contents()
        backup.path.write_bytes(backup.path.read_bytes()[:-100])
        with pytest.raises(DumpBroken):
            restore(backup.path)
        assert contents() == before

    def test_rolls_back_when_the_dump_breaks_off_on_the_way(
        self, backup: Backup, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A dump that went bad after it was verified: pg_restore fails among the rows."""
        SyncLog.objects.update(sync_type="newer")
        before = contents()
        backup.path.write_bytes(backup.path.read_bytes()[: int(backup.size * 0.8)])
        monkeypatch.setattr("apps.common.backups.restoration.verify", lambda path, stop: None)
        with pytest.raises(BackupError, match="was left as it was"):
            restore(backup.path)
        assert contents() == before

    def test_rolls_back_when_pg_restore_fails_at_the_very_end(
        self, backup: Backup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        SyncLog.objects.update(sync_type="newer")
        before = contents()
        for name in NAMES:
            program = tmp_path / name
            real = programs_for(current_target().server_major).path(name)
            ending = "case $1 in --file=-) exit 1; esac" if name == "pg_restore" else ""
            program.write_text(f'#!/bin/sh\n"{real}" "$@" || exit\n{ending}\n')
            program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        with pytest.raises(BackupError, match="was left as it was: pg_restore: exit 1"):
            restore(backup.path)
        assert contents() == before

    def test_rolls_back_when_stopped(self, backup: Backup, monkeypatch: pytest.MonkeyPatch) -> None:
        SyncLog.objects.update(sync_type="newer")
        before = contents()
        monkeypatch.setattr("apps.common.backups.restoration.verify", lambda path, stop: None)
        with pytest.raises(BackupCancelled):
            restore(backup.path, stop=lambda: True)
        assert contents() == before

    def test_says_that_a_table_is_locked(self, backup: Backup) -> None:
        before = contents()
        with locked_table(), pytest.raises(BackupError, match="holds a table locked"):
            restore(backup.path, lock_wait=0.2)
        assert contents() == before

    def test_refuses_to_wait_for_its_own_transaction(self, backup: Backup) -> None:
        with transaction.atomic(), pytest.raises(BackupError, match="inside a transaction"):
            restore(backup.path)

    def test_names_a_database_that_does_not_exist(self, backup: Backup) -> None:
        with pytest.raises(BackupError, match='database "nowhere" does not exist'):
            restore(backup.path, database="nowhere")

    def test_takes_a_dump_named_by_a_person(self, rows: int, backup_dir: Path) -> None:
        before = contents()
        backup = make_backup(backup_dir / "before upgrade.dump")
        SyncLog.objects.all().delete()
        restore(backup.path)
        assert contents() == before
