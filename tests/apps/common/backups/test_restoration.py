"""Restoring, whole or not at all."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.common.backups import (
    REFUSAL,
    Backup,
    BackupCancelled,
    BackupError,
    DumpBroken,
    Guard,
    RestoreRefused,
    examine,
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

    def test_says_so_when_nobody_knows_whether_it_was_committed(
        self, backup: Backup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Psql that is killed as it commits: here the server had done it."""
        before = contents()
        SyncLog.objects.update(sync_type="newer")
        for name in NAMES:
            program = tmp_path / name
            real = programs_for(current_target().server_major).path(name)
            ending = "kill -KILL $$" if name == "psql" else ""
            program.write_text(f'#!/bin/sh\n"{real}" "$@" || exit\n{ending}\n')
            program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        with pytest.raises(BackupError, match=r"is not known: .*psql: SIGKILL"):
            restore(backup.path)
        assert contents() == before

    def test_rolls_back_when_the_commit_is_refused(self, backup: Backup) -> None:
        SyncLog.objects.update(sync_type="newer")
        before = contents()
        unique = "CREATE TABLE late (n int UNIQUE DEFERRABLE INITIALLY DEFERRED);"
        twice = f"{unique} INSERT INTO late VALUES (1), (1);"
        with pytest.raises(BackupError, match=r"was left as it was: .*duplicate key"):
            restore(backup.path, guard=Guard(last=twice))
        assert contents() == before

    def test_can_be_stopped_up_to_the_commit(self, backup: Backup) -> None:
        """The guard's last statement runs by then; the server would need a minute for it."""
        SyncLog.objects.update(sync_type="newer")
        before = contents()

        def sleeps() -> bool:
            with connect() as other, other.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND wait_event = 'PgSleep'"
                )
                return bool(cursor.fetchone()[0])

        with pytest.raises(BackupCancelled):
            restore(backup.path, guard=Guard(last="SELECT pg_sleep(60);"), stop=sleeps)
        assert contents() == before

    def test_rolls_back_when_stopped(self, backup: Backup, monkeypatch: pytest.MonkeyPatch) -> None:
        SyncLog.objects.update(sync_type="newer")
        before = contents()
        monkeypatch.setattr("apps.common.backups.restoration.verify", lambda path, stop: None)
        with pytest.raises(BackupCancelled):
            restore(backup.path, stop=lambda: True)
        assert contents() == before

    def test_says_that_the_servers_disk_is_full(self, backup: Backup) -> None:
        before = contents()
        words = "could not extend file: No space left on device"
        full = Guard(last=f"DO $$ BEGIN RAISE EXCEPTION '{words}'; END $$;")
        with pytest.raises(BackupError, match=r"was left as it was: its server has no space left"):
            restore(backup.path, guard=full)
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


class TestGuard:
    def test_its_refusal_changes_nothing_and_has_an_error_of_its_own(self, backup: Backup) -> None:
        SyncLog.objects.update(sync_type="newer")
        before = contents()
        refusing = Guard(first=f"DO $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$;")
        with pytest.raises(RestoreRefused):
            restore(backup.path, guard=refusing)
        assert contents() == before

    def test_its_statements_see_what_was_there_and_what_came_back(self, backup: Backup) -> None:
        SyncLog.objects.all().delete()
        first = f"DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM {TABLE}); END $$;"
        last = f"DELETE FROM {TABLE} WHERE id NOT IN (SELECT min(id) FROM {TABLE});"
        restore(backup.path, guard=Guard(first=first, last=last))
        assert SyncLog.objects.count() == 1


class TestExamine:
    def test_tells_what_a_dump_is(self, backup: Backup) -> None:
        facts = examine(backup.path)
        assert (facts.path, facts.size, facts.database) == (
            backup.path,
            backup.size,
            backup.database,
        )
        made = datetime.fromisoformat(facts.made.rpartition(" ")[0])
        assert abs(timezone.make_aware(made) - timezone.now()) < timedelta(minutes=10)
        assert facts.server_version.startswith(f"{current_target().server_major}.")

    def test_refuses_a_damaged_one(self, backup: Backup) -> None:
        backup.path.write_bytes(backup.path.read_bytes()[:-100])
        with pytest.raises(DumpBroken):
            examine(backup.path)
