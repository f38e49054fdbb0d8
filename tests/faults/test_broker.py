"""A broker that takes no message: a clear answer at once, and the next trigger works."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from tests.faults.lab import PATIENCE, tell
from tests.faults.servers import Servers, sessions, trigger
from tests.faults.shop import Shop

# The undisturbed import of the shop runs in the test database.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_servers]


@contextmanager
def full(servers: Servers) -> Iterator[None]:
    """Let the broker have no memory left."""
    with redis.Redis.from_url(servers.redis_url) as client:
        client.config_set("maxmemory", 1)
        try:
            yield
        finally:
            client.config_set("maxmemory", 0)


def submit(servers: Servers, shop: Shop, directory: Path, **variables: str) -> str:
    """Submit an import and give what the process said."""
    process = trigger(servers, shop, directory, **variables)
    assert process.wait(PATIENCE) == 0, process.text()
    return process.text()


def answered_after(said: str) -> float:
    """Give the seconds that a submission took."""
    return float(said.splitlines()[-1].split()[-2])


def test_a_full_one(servers: Servers, shop: Shop, tmp_path: Path) -> None:
    servers.database.empty()
    with full(servers):
        said = submit(servers, shop, tmp_path)
    tell("answer when the broker is full", answered_after(said))
    assert "Nothing was imported" in said
    submit(servers, shop, tmp_path)
    assert sessions(servers.database) == ["failed", "pending"]


def test_one_that_does_not_know_our_password(servers: Servers, shop: Shop, tmp_path: Path) -> None:
    servers.database.empty()
    password = servers.redis_url.partition("://:")[2].partition("@")[0]
    said = submit(servers, shop, tmp_path, REDIS_URL=servers.redis_url.replace(password, "wrong"))
    tell("answer when the broker has another password", answered_after(said))
    assert "Nothing was imported" in said
    assert "wrong" not in said
    assert sessions(servers.database) == ["failed"]


@pytest.mark.parametrize("port", [1])
def test_one_that_is_not_there(servers: Servers, shop: Shop, tmp_path: Path, port: int) -> None:
    servers.database.empty()
    said = submit(servers, shop, tmp_path, REDIS_URL=f"redis://127.0.0.1:{port}/0")
    tell("answer when the broker is gone", answered_after(said))
    assert sessions(servers.database) == ["failed"]
