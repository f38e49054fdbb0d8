"""Submitting: the row first, then the message; a dead broker is told within seconds."""

import socket
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from kombu import pools

from apps.products.models import ImportSession
from apps.products.sessions.errors import BrokerDown, ImportBusy
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import ImportType, Status
from apps.products.sessions.submit import submit

pytestmark = pytest.mark.django_db(transaction=True)

PARAMETERS = Parameters(ImportType.CATALOG, Path("/data"))


@pytest.fixture
def broker():
    """Point Celery to another broker for one test."""
    original = current_app.conf.broker_url

    def use(url: str) -> None:
        current_app.conf.broker_write_url = url
        current_app.amqp._producer_pool = None
        current_app._pool = None
        pools.reset()

    yield use
    use(original)


@pytest.fixture
def silent_port():
    """A socket that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


class TestSubmit:
    def test_the_row_names_the_task_that_was_published(self, django_user_model):
        user = django_user_model.objects.create_user("olga")
        current_app.control.purge()  # what earlier tests have left in the queue
        session = submit(PARAMETERS, user=user)
        assert session.status == Status.PENDING
        assert session.requested_by_name == "olga"
        with current_app.connection_for_read() as connection:
            message = connection.SimpleQueue(settings.CELERY_TASK_DEFAULT_QUEUE).get(timeout=5)
            message.ack()
        assert message.headers["id"] == session.celery_task_id
        assert message.payload[1] == {"session_id": session.pk}

    def test_a_busy_place_publishes_nothing(self):
        first = submit(PARAMETERS, user=None)
        with pytest.raises(ImportBusy) as caught:
            submit(PARAMETERS, user=None)
        assert caught.value.session == first
        assert ImportSession.objects.count() == 1
        current_app.control.purge()

    @pytest.mark.parametrize("kind", ["refused", "silent"])
    def test_a_broker_that_is_gone_fails_the_session_at_once(self, broker, silent_port, kind):
        port = silent_port if kind == "silent" else 1
        broker(f"redis://127.0.0.1:{port}/0")
        with pytest.raises(BrokerDown, match="broker"):
            submit(PARAMETERS, user=None)
        session = ImportSession.objects.get()
        assert session.status == Status.FAILED
        assert "Nothing was imported" in session.error_message

    def test_the_way_is_free_when_the_broker_is_back(self, broker):
        broker("redis://127.0.0.1:1/0")
        with pytest.raises(BrokerDown):
            submit(PARAMETERS, user=None)
        broker(settings.CELERY_BROKER_URL)
        assert submit(PARAMETERS, user=None).status == Status.PENDING
        current_app.control.purge()
