"""Brokers that are gone or silent, and answers that are not remembered from the test before."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from apps.monitoring.health.data_dir import data_directory
from apps.monitoring.health.worker import answering_workers
from apps.monitoring.periods import PERIODS
from apps.monitoring.snapshot import cache_key
from tests.support.processes import wait_until
from tests.support.worker import Worker


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    # Not `cache.clear()`: the broker's queues are on the same server.
    cache.delete_many([cache_key(period) for period in PERIODS])
    answering_workers.forget()
    data_directory.forget()
    yield
    answering_workers.forget()
    data_directory.forget()


@pytest.fixture
def english(client: Client) -> Client:
    """A client whose browser prefers English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def closed_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def heard_worker(celery_worker: Worker) -> Worker:
    """A worker whose answer has been heard and is remembered: a busy machine may be slow to it."""

    def heard() -> bool:
        answering_workers.forget()
        return celery_worker.name in answering_workers.get()

    wait_until(heard, 30, lambda: f"The worker is not heard:\n{celery_worker.text()}")
    return celery_worker


@pytest.fixture
def no_worker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask in a corner of the broker where no worker listens: another test's may be running."""
    corner = urlsplit(settings.REDIS_URL)._replace(path="/9").geturl()
    monkeypatch.setattr(current_app.conf, "broker_write_url", corner)


@pytest.fixture
def refused_broker(settings: Settings, closed_port: int) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{closed_port}/0"


@pytest.fixture
def silent_broker(settings: Settings, silent_port: int) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{silent_port}/0"
