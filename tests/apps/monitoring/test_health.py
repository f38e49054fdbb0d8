"""Each component, with the real thing up and with the real thing down."""

import time
from urllib.parse import urlsplit

import pytest
import redis
from django.db import connection
from django.utils import translation
from pytest_django import Settings

from apps.monitoring.health import ComponentHealth, IntegrationHealthCheck, State
from apps.monitoring.health.broker import broker_health
from apps.monitoring.health.components import worst
from apps.monitoring.health.database import database_health
from apps.monitoring.health.remembered import Remembered
from apps.monitoring.health.worker import answering_workers, ask_workers, worker_health
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
