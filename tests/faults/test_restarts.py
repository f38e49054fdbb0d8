"""PostgreSQL and the broker are restarted while an import runs. Servers of the tests' own."""

import random
import signal
import sys
from pathlib import Path

import pytest

from tests.faults.lab import PATIENCE, Command, random_share, rounds
from tests.faults.servers import Servers, sessions, trigger
from tests.faults.shop import Shop
from tests.support.processes import Process, wait_until

# The undisturbed import of the shop runs in the test database.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_servers]


@pytest.mark.parametrize("number", range(rounds(1, 20)))
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_an_import_survives_a_restart_of_postgresql(
    number: int,
    how: signal.Signals,
    servers: Servers,
    shop: Shop,
    tmp_path: Path,
    chance: random.Random,
) -> None:
    """SIGINT is PostgreSQL's fast shutdown; SIGQUIT its immediate one, like a crash."""
    database = servers.database
    database.empty()
    importing = Command(shop.first.path, servers.environment, tmp_path / "import.log")
    with database.slow_chunks():
        importing.start()
        assert database.wait_for_rows(random_share(chance, shop.first.rows), importing)
        servers.restart("DATABASE_URL", how)
        assert importing.wait(PATIENCE) == 0, importing.text()
    assert database.digest() == shop.first.digest
    assert database.last_session()[1] == "completed"


@pytest.mark.parametrize("number", range(rounds(1, 20)))
def test_an_import_in_a_worker_does_not_need_the_broker(
    number: int, servers: Servers, shop: Shop, tmp_path: Path, chance: random.Random
) -> None:
    database = servers.database
    database.empty()
    worker = Process(
        [
            *(sys.executable, "-m", "celery", "--app", "freesport", "worker"),
            *("--concurrency", "1", "--without-gossip", "--without-mingle"),
        ],
        servers.environment,
        tmp_path / "worker.log",
    )
    worker.start()
    try:
        assert trigger(servers, shop, tmp_path).wait(PATIENCE) == 0
        assert database.wait_for_rows(random_share(chance, shop.first.rows // 2), worker)
        servers.restart("REDIS_URL", signal.SIGTERM)
        wait_until(lambda: database.last_session()[1] == "completed", PATIENCE, worker.text)
        assert database.digest() == shop.first.digest
        # And the worker takes the next one, told by whoever looks if the message got lost.
        assert trigger(servers, shop, tmp_path).wait(PATIENCE) == 0
        wait_until(lambda: sessions(database) == ["completed"] * 2, PATIENCE, worker.text)
    finally:
        worker.stop()
