"""SIGKILL at any moment: the session ends in the truth, the way is free, repeating heals."""

import random
import shutil
import signal
import time
from pathlib import Path

import psutil
import pytest

from apps.products.models import ImportSession
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.recovery import recover
from apps.products.sessions.states import ImportType, Status
from apps.products.sessions.submit import submit
from tests.faults.lab import CHAOS, Database, random_share, rounds, run_to_end, tell
from tests.faults.shop import Shop
from tests.support.processes import wait_until
from tests.support.worker import Worker

FREE_WITHIN = 35.0

pytestmark = pytest.mark.usefixtures("slow_chunks")


@pytest.mark.parametrize("number", range(rounds(2, 5)))
def test_a_killed_command_is_ended_by_the_next_one(
    number: int, shop: Shop, database: Database, command, chance: random.Random
) -> None:
    importing = command(shop.first.path)
    importing.start()
    assert database.wait_for_rows(random_share(chance, shop.first.rows), importing)
    importing.kill()
    pk = database.last_session()[0]
    if CHAOS:
        wait_for_the_lease(int(str(pk)))
    else:
        database.age_lease()
    run_to_end(lambda: command(shop.first.path))
    killed = ImportSession.objects.get(pk=pk)
    assert killed.status == Status.FAILED
    assert "no sign of life" in killed.error_message
    assert database.digest() == shop.first.digest


def wait_for_the_lease(pk: int) -> None:
    """Look every half second, as a page does, and tell when the session was ended."""
    killed_at = time.monotonic()
    while ImportSession.objects.get(pk=pk).is_active:
        assert time.monotonic() - killed_at < FREE_WITHIN
        recover()
        time.sleep(0.5)
    tell("SIGKILL of the command until the way was free", time.monotonic() - killed_at)


def test_a_session_counts_what_was_committed(shop: Shop, database: Database, command) -> None:
    importing = command(shop.first.path)
    importing.start()
    assert database.wait_for_rows(shop.first.rows // 2, importing)
    importing.kill()
    created = ImportSession.objects.get().counters
    stand_ins = database.one("SELECT count(*) FROM products_productvariant WHERE is_default")[0]
    told = sum(created.get(n, {}).get("created", 0) for n in TOLD)
    assert told + int(str(stand_ins)) == database.written()


TOLD = ("products", "variants", "prices", "stocks")


class TestWorker:
    @pytest.mark.parametrize("number", range(rounds(1, 40)))
    def test_a_killed_child_is_known_within_seconds(
        self, number: int, shop: Shop, database: Database, own_worker: Worker, chance, data_root
    ) -> None:
        parameters = import_of(shop.first.path, data_root)
        session = submit(parameters, user=None)
        assert database.wait_for_rows(random_share(chance, shop.first.rows), own_worker)
        child_of(own_worker).kill()
        killed_at = time.monotonic()
        wait_until(lambda: ended(session), FREE_WITHIN, own_worker.text)
        tell("SIGKILL of a worker's child until the way was free", time.monotonic() - killed_at)
        assert session.status == Status.FAILED
        assert "was killed" in session.error_message
        again = submit(parameters, user=None, retry_of=session)
        wait_until(lambda: ended(again), 120, own_worker.text)
        assert again.status == Status.COMPLETED, again.error_message
        assert database.digest() == shop.first.digest

    @pytest.mark.parametrize("number", range(rounds(1, 5)))
    def test_a_killed_worker_is_mended_by_the_next_one(
        self, number: int, shop: Shop, database: Database, own_worker: Worker, chance, data_root
    ) -> None:
        session = submit(import_of(shop.first.path, data_root), user=None)
        assert database.wait_for_rows(random_share(chance, shop.first.rows), own_worker)
        own_worker.kill()
        killed_at = time.monotonic()
        if not CHAOS:
            database.age_lease()
        own_worker.ensure_running()
        wait_until(lambda: ended(session), FREE_WITHIN, own_worker.text)
        tell("SIGKILL of a whole worker until the way was free", time.monotonic() - killed_at)
        assert session.status == Status.FAILED
        again = submit(import_of(shop.first.path, data_root), user=None)
        wait_until(lambda: ended(again), 120, own_worker.text)
        assert again.status == Status.COMPLETED, again.error_message
        assert database.digest() == shop.first.digest

    def test_sigterm_stops_it_at_the_next_chunk(
        self, shop: Shop, database: Database, own_worker: Worker, data_root
    ) -> None:
        session = submit(import_of(shop.first.path, data_root), user=None)
        assert database.wait_for_rows(1, own_worker)
        own_worker.send(signal.SIGTERM)
        asked_at = time.monotonic()
        own_worker.wait(60)
        tell("SIGTERM to a worker until it was gone", time.monotonic() - asked_at)
        session.refresh_from_db()
        assert session.status == Status.CANCELLED
        assert "The worker was shut down" in session.error_message
        assert 0 < session.progress_done < session.progress_total


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_the_command(
    number: signal.Signals, shop: Shop, database: Database, command
) -> None:
    importing = command(shop.first.path)
    importing.start()
    assert database.wait_for_rows(1, importing)
    importing.send(number)
    assert importing.wait(60) == 130, importing.text()
    session = ImportSession.objects.get()
    assert session.status == Status.CANCELLED
    assert "already written and stay" in session.error_message


def import_of(export: Path, data_root: Path) -> Parameters:
    """Give an import of an export that lies where the portal reads."""
    directory = data_root / export.name
    shutil.copytree(export, directory, dirs_exist_ok=True)
    return Parameters(ImportType.CATALOG, directory, chunk_size=20, skip_backup=True)


def child_of(worker: Worker) -> psutil.Process:
    """Give the process that runs the worker's task."""
    (child,) = psutil.Process(worker.pid).children()
    return child


def ended(session: ImportSession) -> bool:
    session.refresh_from_db()
    return not session.is_active
