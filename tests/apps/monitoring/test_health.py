"""Each component, with the real thing up and with the real thing down."""

import os
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import redis
from django.db import connection
from django.utils import timezone, translation
from pytest_django import Settings

from apps.common.backups import make_backup
from apps.monitoring.health import ComponentHealth, IntegrationHealthCheck, State
from apps.monitoring.health.backups import backups_health
from apps.monitoring.health.broker import broker_health
from apps.monitoring.health.components import worst
from apps.monitoring.health.data_dir import data_dir_health
from apps.monitoring.health.database import database_health
from apps.monitoring.health.disk import disk_health
from apps.monitoring.health.imports import imports_health
from apps.monitoring.health.remembered import Remembered
from apps.monitoring.health.worker import answering_workers, ask_workers, worker_health
from apps.products.models import ImportSession
from tests.support.worker import Worker


class TestDatabase:
    @pytest.mark.django_db
    def test_a_database_that_answers_works(self) -> None:
        assert database_health().state == State.OK

    @pytest.mark.django_db
    def test_a_database_that_is_gone_is_down_and_says_what_to_do(
        self, closed_port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        monkeypatch.setitem(connection.settings_dict, "PORT", str(closed_port))
        health = database_health()
        assert health.state == State.DOWN
        assert health.advice

    @pytest.mark.django_db
    def test_a_silent_database_is_down_too(
        self, silent_port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        monkeypatch.setitem(connection.settings_dict, "PORT", str(silent_port))
        assert database_health().state == State.DOWN


class TestBroker:
    def test_a_broker_that_takes_messages_works(self) -> None:
        assert broker_health().state == State.OK

    @pytest.mark.usefixtures("refused_broker")
    def test_nobody_listens(self) -> None:
        health = broker_health()
        assert health.state == State.DOWN
        assert health.advice

    @pytest.mark.usefixtures("silent_broker")
    def test_silence_counts_as_down(self) -> None:
        assert broker_health().state == State.DOWN

    @pytest.mark.own_servers
    def test_a_wrong_password_is_told_from_silence(self, settings: Settings) -> None:
        parts = urlsplit(settings.REDIS_URL)
        address = f"{parts.hostname}:{parts.port}"
        settings.CELERY_BROKER_URL = parts._replace(netloc=f":wrong@{address}").geturl()
        with translation.override("en"):
            assert "password" in broker_health().message

    def test_a_full_broker_is_down_although_it_answers(self, settings: Settings) -> None:
        with redis.Redis.from_url(settings.REDIS_URL) as server:
            limits = server.config_get("maxmemory*")
            try:
                server.config_set("maxmemory-policy", "noeviction")
                server.config_set("maxmemory", 1)
                with translation.override("en"):
                    health = broker_health()
            finally:
                server.config_set("maxmemory", limits["maxmemory"])
                server.config_set("maxmemory-policy", limits["maxmemory-policy"])
        assert health.state == State.DOWN
        assert "full" in health.message


@pytest.mark.usefixtures("no_worker")
class TestWorkerAbsent:
    def test_no_worker_is_down_and_says_what_to_do(self) -> None:
        health = worker_health(broker_works=True)
        assert health.state == State.DOWN
        assert health.advice

    def test_without_a_broker_nobody_can_be_asked(self) -> None:
        assert worker_health(broker_works=False).state == State.UNKNOWN

    def test_a_worker_of_another_queue_is_no_help(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(answering_workers, "_ask", lambda: {"mail@host": ["mail"]})
        with translation.override("en"):
            health = worker_health(broker_works=True)
        assert health.state == State.DOWN
        assert "imports" in health.message

    def test_asking_leaves_nothing_behind_in_the_broker(self, settings: Settings) -> None:
        def keys(server: redis.Redis) -> list[tuple[bytes, int]]:
            found = server.scan_iter(f"{settings.REDIS_KEY_PREFIX}:*kombu*")
            return sorted((key, server.memory_usage(key)) for key in found)

        with redis.Redis.from_url(settings.REDIS_URL) as server:
            ask_workers()
            before = keys(server)
            ask_workers()
            assert keys(server) == before


@pytest.mark.worker
class TestWorkerPresent:
    def test_a_worker_that_answers_works(self, heard_worker: Worker) -> None:
        assert answering_workers.get() == {heard_worker.name: ["imports"]}
        assert worker_health(broker_works=True).state == State.OK

    def test_an_import_could_start_now(self, heard_worker: Worker) -> None:
        check = IntegrationHealthCheck()
        assert check.ready(), check.readiness()

    def test_a_worker_that_died_is_noticed(self, heard_worker: Worker) -> None:
        assert worker_health(broker_works=True).works
        heard_worker.kill()
        answering_workers.forget()
        assert worker_health(broker_works=True).state == State.DOWN


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


class TestCheck:
    @pytest.mark.django_db
    @pytest.mark.usefixtures("refused_broker")
    def test_without_a_broker_nothing_can_start(self) -> None:
        check = IntegrationHealthCheck()
        assert not check.ready()
        assert check.state() == State.DOWN
        assert [part.name for part in check.components()] == [
            "database",
            "broker",
            "worker",
            "data_directory",
            "import_catalog",
            "import_customers",
            "backups",
            "disk",
        ]

    @pytest.mark.parametrize(
        ("states", "expected"),
        [
            ([], State.OK),
            ([State.OK, State.WARNING], State.WARNING),
            ([State.WARNING, State.UNKNOWN], State.WARNING),
            ([State.DOWN, State.WARNING, State.OK], State.DOWN),
        ],
    )
    def test_the_worst_state_is_the_whole_state(self, states: list[State], expected: State) -> None:
        assert worst(ComponentHealth("x", "X", state, "") for state in states) == expected


class TestRemembered:
    def test_asks_once_and_again_when_told_to_forget(self) -> None:
        asked: list[float] = []
        answer = Remembered(lambda: asked.append(time.monotonic()) or len(asked), seconds=60)
        assert [answer.get(), answer.get()] == [1, 1]
        answer.forget()
        assert answer.get() == 2

    def test_asks_again_when_the_answer_is_old(self) -> None:
        asked: list[float] = []
        answer = Remembered(lambda: asked.append(time.monotonic()) or len(asked), seconds=0)
        answer.get()
        time.sleep(0.001)
        assert answer.get() == 2


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
