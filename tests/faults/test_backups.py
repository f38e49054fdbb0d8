"""What goes wrong with the backup before an import, through the real command.

A backup that fails lets nothing be imported: the session says why, the catalogue is untouched, no
file appears that is not whole, and the last good backup is still there.
"""

import functools
import os
import secrets
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from apps.common.backups import Backup, make_backup, verify
from apps.common.models import SyncLog
from apps.common.synthetic import ExportOptions, write_export
from apps.products.imports import run as import_run
from apps.products.models import ImportLease, ImportSession, Product
from apps.products.sessions.states import Status
from tests.support.backups import (
    Ended,
    child,
    digests,
    files,
    locked,
    run,
    run_apart,
    running,
)
from tests.support.disks import small_disk
from tests.support.processes import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

BYSTANDER = "cart_cart"
"""A table that an import without customers neither reads nor writes."""


@pytest.fixture(autouse=True)
def _apart(settings, tmp_path) -> None:
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def export(tmp_path) -> Path:
    """A directory with a catalogue to import."""
    directory = tmp_path / "export"
    write_export(directory, ExportOptions(products=20, customers=0, seed=3))
    return directory


@pytest.fixture
def last_backup() -> Backup:
    """The last good backup: of a database that is worth one."""
    Product.objects.create(onec_id="precious", name="Мяч", slug="precious")
    return make_backup()


def grow(size: int) -> None:
    """Fill the database with what takes at least so many bytes in a dump, too."""
    SyncLog.objects.bulk_create(
        SyncLog(
            sync_type="noise",
            status="completed",
            started_at=timezone.now(),
            error_details=[secrets.token_hex(500)],
        )
        for _ in range(size // 500)
    )


class Scene:
    """What was there before the fault."""

    def __init__(self, export: Path, last_backup: Backup) -> None:
        self.arguments = ("import_catalog_from_1c", "--data-dir", str(export))
        self.backup = last_backup
        self.catalogue = digests()

    def assert_nothing_was_imported(self, ended: Ended, reason: str) -> None:
        session = ImportSession.objects.get()
        assert (ended.code, session.status) == (1, Status.FAILED), ended.error
        assert session.error_message.startswith("The backup failed, so nothing was imported.")
        assert reason in session.error_message
        assert session.error_message in ended.error
        assert (session.backup_path, session.changed_count) == ("", 0)
        assert SyncLog.objects.get(session=session).status == "failed"
        assert digests() == self.catalogue
        verify(self.backup.path)

    def assert_the_next_import_works(self) -> None:
        ended = run(*self.arguments)
        assert ended.code == 0, ended.error
        assert Product.objects.count() > 1
        verify(Path(ImportSession.objects.latest().backup_path))


@pytest.fixture
def scene(export, last_backup) -> Scene:
    return Scene(export, last_backup)


class TestBackup:
    def test_a_full_disk(self, scene):
        """A limit on the size of files, which is how a quota looks, and which needs no rights."""
        limit = scene.backup.size // 2 // 1024
        scene.assert_nothing_was_imported(
            run_apart(*scene.arguments, largest_file=limit), "No space was left for the backup"
        )
        assert files(scene.backup.path.parent) == [scene.backup.path.name]
        scene.assert_the_next_import_works()

    def test_a_disk_that_the_grown_data_fill(self, scene, settings, tmp_path):
        """The last dump would fit again, so that it begins; this one does not."""
        with small_disk(tmp_path / "disk", scene.backup.size * 3 // 1024) as disk:
            settings.BACKUP_DIR = disk
            last = Path(shutil.copy(scene.backup.path, disk))
            grow(scene.backup.size * 3)
            ended = run(*scene.arguments)
            scene.assert_nothing_was_imported(ended, "No space was left for the backup")
            assert files(disk) == [last.name]
            verify(last)
            SyncLog.objects.all().delete()
            scene.assert_the_next_import_works()

    def test_too_little_space_is_refused_before_anything_is_written(self, scene):
        directory = scene.backup.path.parent
        free = os.statvfs(directory).f_bavail * os.statvfs(directory).f_frsize
        name = f"{scene.backup.database}-20990101T000000.000Z-000000000000.dump"
        with (directory / name).open("wb") as later:
            later.truncate(int(free / 1.1))  # a sparse file: it takes no space
        scene.assert_nothing_was_imported(run(*scene.arguments), "Too little space for a backup")
        assert files(directory) == sorted([name, scene.backup.path.name])
        (directory / name).unlink()
        scene.assert_the_next_import_works()

    def test_a_killed_pg_dump(self, scene, tmp_path):
        with locked(BYSTANDER), running(tmp_path / "log", *scene.arguments) as command:
            child(command, "pg_dump").kill()
            code = command.wait(60)
        ended = Ended(code, "", command.text())
        scene.assert_nothing_was_imported(ended, "pg_dump was ended from outside")
        assert files(scene.backup.path.parent) == [scene.backup.path.name]
        scene.assert_the_next_import_works()

    def test_a_killed_import_leaves_no_dump_to_be_mistaken_for_a_whole_one(self, scene, tmp_path):
        with locked(BYSTANDER), running(tmp_path / "log", *scene.arguments) as command:
            dumping = child(command, "pg_dump")
            command.kill()
        wait_until(lambda: not dumping.is_running(), 60, lambda: "pg_dump lives on.")
        assert digests() == scene.catalogue
        left = [name for name in files(scene.backup.path.parent) if not name.endswith(".part")]
        assert left == [scene.backup.path.name]
        verify(scene.backup.path)
        ImportLease.objects.update(beat_at=timezone.now() - timedelta(hours=1))
        scene.assert_the_next_import_works()
        assert not [name for name in files(scene.backup.path.parent) if name.endswith(".part")]

    @pytest.mark.own_servers
    def test_a_password_that_was_changed_under_the_import(self, scene, monkeypatch):
        """The import's own connections were made before; pg_dump has to log in anew."""

        def with_the_old_password(**options):
            with monkeypatch.context() as patch:
                patch.setitem(connection.settings_dict, "PASSWORD", "of-yesterday")
                return make_backup(**options)

        with monkeypatch.context() as patch:
            patch.setattr(import_run, "make_backup", with_the_old_password)
            ended = run(*scene.arguments)
        scene.assert_nothing_was_imported(ended, "password authentication failed")
        assert "of-yesterday" not in ended.error
        assert files(scene.backup.path.parent) == [scene.backup.path.name]
        scene.assert_the_next_import_works()

    def test_a_table_that_stays_locked(self, scene, monkeypatch):
        with monkeypatch.context() as patch, locked(BYSTANDER):
            impatient = functools.partial(make_backup, lock_wait=0.3)
            patch.setattr(import_run, "make_backup", impatient)
            ended = run(*scene.arguments)
        scene.assert_nothing_was_imported(ended, "another process holds a table locked")
        assert files(scene.backup.path.parent) == [scene.backup.path.name]
        scene.assert_the_next_import_works()
