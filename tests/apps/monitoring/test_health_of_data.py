"""What imports read and leave: exports, last successes, backups, room on the disk."""

import os
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import timezone, translation
from pytest_django import Settings

from apps.common.backups import make_backup
from apps.monitoring.health import State
from apps.monitoring.health.backups import backups_health
from apps.monitoring.health.data_dir import data_dir_health
from apps.monitoring.health.disk import disk_health
from apps.monitoring.health.imports import imports_health
from apps.products.models import ImportSession


class TestDataDirectory:
    def test_a_missing_directory_needs_attention(self, settings: Settings, tmp_path: Path) -> None:
        settings.ONEC_DATA_DIR = tmp_path / "nowhere"
        health = data_dir_health()
        assert health.state == State.WARNING
        assert "nowhere" in health.message

    def test_a_directory_without_exports_needs_attention(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        settings.ONEC_DATA_DIR = tmp_path
        (tmp_path / "readme.txt").write_text("no export")
        assert data_dir_health().state == State.WARNING

    def test_says_how_old_the_newest_export_is(self, settings: Settings, tmp_path: Path) -> None:
        settings.ONEC_DATA_DIR = tmp_path
        (tmp_path / "goods").mkdir()
        for name, days in (("goods/old.xml", 9), ("goods/NEW.XML", 2)):
            (tmp_path / name).write_text("<a/>")
            then = (timezone.now() - timedelta(days=days, hours=1)).timestamp()
            os.utime(tmp_path / name, (then, then))
        with translation.override("en"):
            health = data_dir_health()
        assert health.state == State.OK
        assert health.message == "2 files; the newest is 2\xa0days old."

    @pytest.mark.parametrize(("days", "state"), [(6, State.OK), (8, State.WARNING)])
    def test_old_exports_need_attention(
        self, settings: Settings, tmp_path: Path, days: int, state: State
    ) -> None:
        settings.ONEC_DATA_DIR = tmp_path
        (tmp_path / "goods.xml").write_text("<a/>")
        then = (timezone.now() - timedelta(days=days)).timestamp()
        os.utime(tmp_path / "goods.xml", (then, then))
        assert data_dir_health().state == state

    def test_a_link_to_elsewhere_is_not_followed(self, settings: Settings, tmp_path: Path) -> None:
        settings.ONEC_DATA_DIR = tmp_path / "exports"
        (tmp_path / "exports").mkdir()
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "goods.xml").write_text("<a/>")
        (tmp_path / "exports" / "link").symlink_to(tmp_path / "elsewhere")
        assert data_dir_health().state == State.WARNING

    def test_a_link_to_nothing_does_no_harm(self, settings: Settings, tmp_path: Path) -> None:
        settings.ONEC_DATA_DIR = tmp_path
        (tmp_path / "goods.xml").write_text("<a/>")
        (tmp_path / "lost.xml").symlink_to(tmp_path / "gone.xml")
        assert data_dir_health().state == State.OK


@pytest.mark.django_db
class TestImports:
    def test_one_that_never_succeeded_needs_attention(self) -> None:
        ImportSession.objects.create(import_type="catalog", status="failed", trigger="cli")
        ImportSession.objects.create(
            import_type="catalog", status="completed", trigger="cli", dry_run=True
        )
        catalogue, customers = imports_health()
        assert (catalogue.state, customers.state) == (State.WARNING, State.WARNING)
        assert catalogue.advice

    @pytest.mark.parametrize(("hours", "state"), [(47, State.OK), (49, State.WARNING)])
    def test_an_old_success_needs_attention(self, hours: int, state: State) -> None:
        session = self.completed(hours)
        ImportSession.objects.create(import_type="catalog", status="failed", trigger="cli")
        health = imports_health()[0]
        assert (health.name, health.state, health.session) == ("import_catalog", state, session.pk)
        assert f"/sessions/{session.pk}/" in health.session_link
        assert bool(health.advice) is (state == State.WARNING)

    def test_the_limit_is_a_setting(self, settings: Settings) -> None:
        self.completed(3)
        settings.MONITORING_IMPORT_MAX_AGE_HOURS = {"catalog": 2, "customers": 0}
        catalogue, customers = imports_health()
        assert (catalogue.state, customers.state) == (State.WARNING, State.OK)

    def test_says_how_long_ago(self) -> None:
        self.completed(3)
        with translation.override("en"):
            assert imports_health()[0].message == "It last succeeded 3\xa0hours ago."

    def completed(self, hours_ago: float) -> ImportSession:
        return ImportSession.objects.create(
            import_type="catalog",
            status="completed",
            trigger="cli",
            finished_at=timezone.now() - timedelta(hours=hours_ago),
        )


@pytest.mark.django_db(transaction=True)
class TestBackups:
    @pytest.fixture(autouse=True)
    def directory(self, settings: Settings, tmp_path: Path) -> Path:
        settings.BACKUP_DIR = tmp_path / "backups"
        return tmp_path / "backups"

    def test_none_needs_attention_and_makes_no_directory(self, directory: Path) -> None:
        assert backups_health().state == State.WARNING
        assert not directory.exists()

    def test_a_fresh_one_is_whole(self) -> None:
        make_backup()
        with translation.override("en"):
            health = backups_health()
        assert health.state == State.OK
        assert "it is whole" in health.message

    def test_a_damaged_one_is_told(self) -> None:
        path = make_backup().path
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        with translation.override("en"):
            health = backups_health()
        assert (health.state, "damaged" in health.message) == (State.DOWN, True)
        assert health.advice

    def test_what_is_no_dump_is_damaged(self) -> None:
        make_backup().path.write_bytes(b"")
        assert backups_health().state == State.DOWN

    def test_a_large_one_is_not_read_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        make_backup()
        monkeypatch.setattr("apps.monitoring.health.backups.READ_AT_MOST", 10)
        with translation.override("en"):
            assert "it was read back when it was made" in backups_health().message

    def test_an_old_one_needs_attention(self) -> None:
        path = make_backup().path
        then = (timezone.now() - timedelta(days=8)).strftime("%Y%m%dT%H%M%S.000Z")
        parts = path.name.split("-")
        path.rename(path.with_name("-".join([*parts[:-2], then, parts[-1]])))
        with translation.override("en"):
            health = backups_health()
        assert (health.state, "1\xa0week old" in health.message) == (State.WARNING, True)


class TestDisk:
    @pytest.fixture(autouse=True)
    def directory(self, settings: Settings, tmp_path: Path) -> Path:
        settings.BACKUP_DIR = tmp_path / "not made yet"
        return tmp_path

    @pytest.fixture
    def space(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """Free and total bytes that every disk reports; nobody fills one for a test."""
        sizes = [50, 100]
        monkeypatch.setattr(
            "shutil.disk_usage", lambda _path: SimpleNamespace(free=sizes[0], total=sizes[1])
        )
        return sizes

    def test_the_real_disk_is_asked(self, directory: Path) -> None:
        assert str(directory) in disk_health().message

    @pytest.mark.parametrize(("free", "state"), [(10, State.OK), (9, State.WARNING)])
    def test_a_nearly_full_one_needs_attention(
        self, space: list[int], free: int, state: State
    ) -> None:
        space[0] = free
        health = disk_health()
        assert (health.state, bool(health.advice)) == (state, state != State.OK)

    @pytest.mark.django_db(transaction=True)
    def test_no_room_for_the_next_backup_is_down(self, space: list[int]) -> None:
        space[:] = [10**12, 10**12]
        size = make_backup().size
        space[0] = int(size * 1.2) - 1
        assert disk_health().state == State.DOWN
        space[:] = [int(size * 1.2), size]
        assert disk_health().state == State.OK
