"""`/healthz/` and `/readyz/`: for machines, open to anyone, telling no secrets."""

import pytest
from django.test import Client

from apps.monitoring.health.worker import answering_workers
from tests.support.worker import Worker


class TestLiveness:
    def test_answers_without_database_broker_or_login(self, client: Client) -> None:
        response = client.get("/healthz/")
        assert (response.status_code, response.json()) == (200, {"status": "ok"})

    @pytest.mark.parametrize("address", ["/healthz/", "/readyz/"])
    @pytest.mark.django_db
    def test_only_reading_is_allowed(self, client: Client, address: str) -> None:
        assert client.post(address).status_code == 405

    def test_is_never_kept_in_a_cache(self, client: Client) -> None:
        assert "no-store" in client.get("/healthz/")["Cache-Control"]


@pytest.mark.django_db
class TestReadiness:
    @pytest.mark.usefixtures("no_worker")
    def test_without_a_worker_it_is_not_ready(self, client: Client) -> None:
        response = client.get("/readyz/")
        assert response.status_code == 503
        assert response.json() == {
            "status": "down",
            "components": {"database": "ok", "broker": "ok", "worker": "down"},
        }

    @pytest.mark.usefixtures("refused_broker")
    def test_without_a_broker_it_is_not_ready(self, client: Client) -> None:
        response = client.get("/readyz/")
        assert response.status_code == 503
        assert response.json()["components"] == {
            "database": "ok",
            "broker": "down",
            "worker": "unknown",
        }

    @pytest.mark.usefixtures("silent_broker")
    def test_a_silent_broker_does_not_hold_it_up(self, client: Client) -> None:
        """The broker's own time limits bound the answer; a worker is not even asked."""
        asked: list[int] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(answering_workers, "_ask", lambda: asked.append(1) or {})
            response = client.get("/readyz/")
        assert response.status_code == 503
        assert not asked

    @pytest.mark.worker
    def test_with_everything_there_it_is_ready(self, client: Client, heard_worker: Worker) -> None:
        response = client.get("/readyz/")
        assert response.status_code == 200
        assert response.json() == {
            "status": "ok",
            "components": {"database": "ok", "broker": "ok", "worker": "ok"},
        }
