"""A process that was thought dead comes back: none of its writes land."""

import random
import signal
import sys
import time

import pytest

from apps.products.models import ImportSession
from apps.products.sessions.recovery import recover
from apps.products.sessions.states import Status
from tests.faults.lab import (
    CHAOS,
    PATIENCE,
    Command,
    Database,
    random_share,
    rounds,
    run_to_end,
    tell,
    wait_for,
)
from tests.faults.shop import Shop
from tests.support.processes import ROOT

FREE_WITHIN = 65.0
UNFENCED = (sys.executable, str(ROOT / "tests/faults/unfenced.py"))

pytestmark = pytest.mark.usefixtures("slow_chunks")


@pytest.mark.parametrize("number", range(rounds(2, 20)))
def test_a_thawed_import_writes_nothing(
    number: int, shop: Shop, database: Database, command, chance: random.Random
) -> None:
    frozen = frozen_import(command(shop.first.path), shop, database, chance)
    take_over(frozen, database, real_time=CHAOS and number < 3)
    run_to_end(lambda: command(shop.second.path))
    frozen.send(signal.SIGCONT)
    assert frozen.wait(PATIENCE) == 1, frozen.text()
    assert "no longer belongs to this process" in frozen.text()
    assert database.digest() == shop.second.digest
    first, second = ImportSession.objects.order_by("pk")
    assert (first.status, second.status) == (Status.FAILED, Status.COMPLETED)


@pytest.mark.parametrize("number", range(rounds(1, 10)))
def test_one_that_froze_inside_a_copy_keeps_nobody_out(
    number: int, shop: Shop, database: Database, command, chance: random.Random
) -> None:
    frozen = frozen_in_transaction(lambda: command(shop.first.path), database)
    take_over(frozen, database, real_time=CHAOS and number < 2)
    run_to_end(lambda: command(shop.second.path))
    frozen.send(signal.SIGCONT)
    assert frozen.wait(PATIENCE) == 1, frozen.text()
    assert database.digest() == shop.second.digest


def test_it_comes_back_while_the_next_import_runs(
    shop: Shop, database: Database, command, chance: random.Random
) -> None:
    frozen = frozen_import(command(shop.first.path), shop, database, chance)
    take_over(frozen, database, real_time=False)
    database.run("TRUNCATE products_product CASCADE")
    second = command(shop.second.path)
    second.start()
    assert database.wait_for_rows(shop.second.rows // 4, second)
    frozen.send(signal.SIGCONT)
    assert frozen.wait(PATIENCE) == 1, frozen.text()
    assert second.wait(PATIENCE) == 0, second.text()
    assert database.digest() == shop.second.digest


def test_without_the_proof_late_writes_would_land(
    shop: Shop, database: Database, command, chance: random.Random
) -> None:
    """Proves that the tests above look at the fence and at nothing else."""
    unfenced = command(shop.first.path)
    unfenced.command[:2] = UNFENCED
    frozen = frozen_import(unfenced, shop, database, chance)
    take_over(frozen, database, real_time=False)
    run_to_end(lambda: command(shop.second.path))
    frozen.send(signal.SIGCONT)
    frozen.wait(PATIENCE)
    assert database.digest() != shop.second.digest


def frozen_import(
    importing: Command, shop: Shop, database: Database, chance: random.Random
) -> Command:
    """Start an import and stop its process at a random moment of its first half."""
    importing.start()
    assert database.wait_for_rows(random_share(chance, shop.first.rows // 2), importing)
    importing.send(signal.SIGSTOP)
    return importing


def frozen_in_transaction(make, database: Database) -> Command:
    """Stop imports until one stands inside a chunk, in the middle of a COPY if that can be had."""
    deadline = time.monotonic() + PATIENCE
    while True:
        importing = make()
        importing.start()
        while importing.running:
            importing.send(signal.SIGSTOP)
            if inside_a_chunk(database, copying=time.monotonic() < deadline - PATIENCE / 2):
                return importing
            importing.send(signal.SIGCONT)
            time.sleep(0.002)
        assert time.monotonic() < deadline, "no import was ever met inside a chunk"
        database.empty()


def inside_a_chunk(database: Database, *, copying: bool) -> bool:
    """Whether the writer stands in a transaction, and perhaps in a COPY into the catalogue."""
    pattern = "COPY products%" if copying else "%"
    return bool(
        database.one(
            "SELECT count(*) FROM pg_stat_activity AS a JOIN import_leases AS l "
            "ON l.backend_pid = a.pid WHERE a.xact_start IS NOT NULL AND a.query LIKE %s "
            "AND (a.state = 'active') = %s",
            pattern,
            copying,
        )[0]
    )


def take_over(frozen: Command, database: Database, *, real_time: bool) -> None:
    """Look for the dead until the frozen import's session was ended."""
    since = time.monotonic()
    if not real_time:
        database.age_lease()

    def is_free() -> bool:
        recover()
        return not ImportSession.objects.filter(status__in=["started", "in_progress"]).exists()

    wait_for(is_free, frozen, FREE_WITHIN)
    if real_time:
        tell("SIGSTOP until the way was free", time.monotonic() - since)
