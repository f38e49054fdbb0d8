"""A real worker and a real broker stop and start again: every page says so, in plain words."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from celery import current_app
from django.test import Client
from kombu import pools
from pytest_django import Settings

from tests.support.broker import Broker
from tests.support.people import People
from tests.support.processes import wait_until
from tests.support.worker import Worker

# What is promised to staff, and what a program may take to start on a busy machine.
NOTICED_WITHIN = 30
STARTED_WITHIN = 90
DASHBOARD = "/admin/monitoring/dashboard/"
START = "/admin/products/import-1c/"

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def broker(tmp_path: Path, settings: Settings) -> Iterator[Broker]:
    """A broker and cache of this test's own, which all of the project uses meanwhile."""
    broker = Broker(tmp_path)
    broker.start()
    with pytest.MonkeyPatch.context() as patch:
        # Before the settings, which it is read from while it is unset: else it would be put back to
        # the address of a broker that is no more.
        patch.setattr(current_app.conf, "broker_write_url", broker.url)
        settings.REDIS_URL = settings.CELERY_BROKER_URL = broker.url
        caches = deepcopy(settings.CACHES)
        caches["default"]["LOCATION"] = broker.url
        settings.CACHES = caches
        _forget_connections()
        yield broker
    _forget_connections()
    broker.stop()


def _forget_connections() -> None:
    """Celery keeps connections to the broker that it was told of first."""
    current_app.amqp._producer_pool = None
    current_app._pool = None
    pools.reset()


@pytest.fixture
def worker(broker: Broker, tmp_path: Path, data_root: Path) -> Iterator[Worker]:
    """A worker of this test's own at that broker."""
    worker = Worker(tmp_path, data_root)
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def client_in(english: Client, people: People) -> Client:
    english.force_login(people.operator)
    return english


def becomes(fact: Callable[[], bool], seconds: float, *processes: Broker | Worker) -> None:
    wait_until(fact, seconds, lambda: "\n".join(process.text() for process in processes))


def all_is_well(client: Client) -> bool:
    return (
        client.get("/readyz/").status_code == 200
        and "1 worker answers and takes imports." in client.get(DASHBOARD).text
        and "Ask your administrator to start" not in client.get(START).text
    )


def pages_say(client: Client, component: str, words: str) -> bool:
    probe = client.get("/readyz/")
    return (
        probe.status_code == 503
        and probe.json()["components"][component] == "down"
        and "Imports cannot be run from the portal now." in client.get(DASHBOARD).text
        and all(words in client.get(page).text for page in (DASHBOARD, START))
    )


class TestWorker:
    def test_its_end_and_its_return_are_told(
        self, client_in: Client, broker: Broker, worker: Worker
    ) -> None:
        becomes(lambda: all_is_well(client_in), STARTED_WITHIN, worker)
        worker.stop()
        silence = "No worker answers: an import started from the portal would wait for one."
        becomes(lambda: pages_say(client_in, "worker", silence), NOTICED_WITHIN, worker)
        worker.start()
        becomes(lambda: all_is_well(client_in), STARTED_WITHIN, worker)


class TestBroker:
    def test_its_end_and_its_return_are_told(
        self, client_in: Client, broker: Broker, worker: Worker
    ) -> None:
        becomes(lambda: all_is_well(client_in), STARTED_WITHIN, worker)
        broker.stop()
        silence = "The message broker does not answer: no import can be started from the portal."
        becomes(lambda: pages_say(client_in, "broker", silence), NOTICED_WITHIN, broker)
        broker.start()
        becomes(lambda: all_is_well(client_in), STARTED_WITHIN, broker, worker)
